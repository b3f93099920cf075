//! One token shared by all workers: fetched once, renewed once, however many ask.
//!
//! Every request for a token declares that claims challenges are understood; what one asks for goes into the next request.
//!
//! Client credentials: <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>

use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::azure_cli::{azure_cli, claims_wanted};
use super::challenge::{Challenge, claims_parameter};
use super::claims::Claims;
use super::credential::Credential;
use super::device::KeptSignIn;
use super::machine::Machine;
use super::service::Service;
use super::settings::{GraphSettings, SettingsError};
use super::sign_in::SignInError;
use super::token_endpoint::{Granted, granted, post};

/// A token is renewed when a tenth of its life is left, but never more than this before its end.
const MARGIN_MAX: Duration = Duration::from_secs(300);
/// When an early renewal fails and the token is still good, the next attempt waits this long.
const RENEWAL_PAUSE: Duration = Duration::from_secs(30);
/// An endpoint of managed identities that is being changed is there again within 70 seconds, and the last wait before that may be long.
/// <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#error-handling>
const IDENTITY_PATIENCE: Duration = Duration::from_secs(130);
/// No token is used longer, whatever is said of it.
const LIFE_MAX: Duration = Duration::from_secs(7 * 86_400);

#[derive(Debug)]
pub(super) struct TokenSource {
    url: Url,
    scope: String,
    tenant: String,
    client_id: String,
    credential: Credential,
    /// Only for a managed identity.
    machine: Option<Machine>,
    state: Mutex<State>,
    /// How many fetches have ended; lets a waiter see that one ended while it waited.
    fetches: AtomicU64,
    /// The generation of the newest token that the service turned away.
    rejected: AtomicU64,
    /// What the service asked for when it turned that token away.
    challenge: std::sync::Mutex<Option<(u64, Challenge)>>,
}

#[derive(Debug, Default)]
struct State {
    token: Option<Token>,
    generation: u64,
    last_failure: Option<SignInError>,
}

#[derive(Debug)]
struct Token {
    header: HeaderValue,
    generation: u64,
    renew_at: Instant,
    expires_at: Instant,
    claims: Option<Claims>,
    /// What stands in the place of the refresh token that was used.
    next: Option<SecretString>,
}

/// What to put into the `Authorization` header, and which token it is.
#[derive(Debug, Clone)]
pub(super) struct Bearer {
    pub header: HeaderValue,
    pub generation: u64,
}

impl Bearer {
    /// The token itself, which no answer may bring back.
    pub fn token(&self) -> &str {
        let value = self.header.to_str().ok();
        value
            .and_then(|value| value.strip_prefix("Bearer "))
            .unwrap_or_default()
    }
}

/// A token, and for how long it is good.
pub(super) struct Given {
    pub token: String,
    pub life: Duration,
    /// What stands in the place of the refresh token that was used.
    pub next: Option<SecretString>,
}

impl TokenSource {
    pub fn new(settings: &GraphSettings) -> Result<TokenSource, SettingsError> {
        Ok(TokenSource {
            url: settings.token_url()?,
            scope: match &settings.credential {
                // Without the second one the refresh token would not replace itself.
                Credential::Person(_) => format!("{} offline_access", settings.scope()),
                _ => settings.scope(),
            },
            tenant: settings.tenant.clone(),
            client_id: settings.client_id.clone(),
            credential: settings.credential.clone(),
            machine: match &settings.credential {
                Credential::ManagedIdentity => Some(Machine::new()?),
                _ => None,
            },
            state: Mutex::default(),
            fetches: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
            challenge: std::sync::Mutex::default(),
        })
    }

    /// How long the first sign-in is tried, where the sign-in service has so long.
    pub fn patience(&self, of_service: Duration) -> Duration {
        match self.credential {
            Credential::ManagedIdentity => IDENTITY_PATIENCE,
            _ => of_service,
        }
    }

    /// A token that is good for a request now. Callers that come while one is fetched wait and share what it brings,
    /// the failure as well: a wrong secret is tried once, not once per worker.
    pub async fn bearer(&self, service: &Service) -> Result<Bearer, SignInError> {
        let seen = self.fetches.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        if let Some(bearer) = self.usable(&state, true) {
            return Ok(bearer);
        }
        let fetched_meanwhile = self.fetches.load(Ordering::Acquire) != seen;
        if let (true, Some(failure)) = (fetched_meanwhile, &state.last_failure) {
            return Err(failure.clone());
        }
        let challenge = self.challenge_of(state.generation);
        let outcome = self
            .fetch(service, state.generation + 1, challenge.as_ref())
            .await;
        self.fetches.fetch_add(1, Ordering::Release);
        // Whoever signs in elsewhere meanwhile does not go on with somebody else's work.
        let outcome = match (outcome, &state.token) {
            (Ok(token), Some(before)) if self.credential.is_of_elsewhere() && token.is_of_another(before) => {
                Err(SignInError::other_identity())
            }
            // It gives out of its memory what it has; what the service asks for, it is asked by a person.
            (Ok(token), Some(before)) => match &challenge {
                Some(challenge)
                    if matches!(self.credential, Credential::AzureCli) && token.header == before.header =>
                {
                    let claims = token.claims.as_ref();
                    Err(claims_wanted(&self.tenant, &self.scope, challenge, claims))
                }
                _ => Ok(token),
            },
            (outcome, _) => outcome,
        };
        match outcome {
            Ok(mut token) => {
                // Only what is of whom and where it should be is kept.
                if let (Credential::Person(kept), Some(next)) = (&self.credential, token.next.take()) {
                    kept.replace(next);
                }
                let bearer = token.bearer();
                state.generation = token.generation;
                state.token = Some(token);
                state.last_failure = None;
                Ok(bearer)
            }
            // An early renewal that fails costs nothing while the old token is good.
            Err(failure) => match self.usable(&state, false) {
                Some(bearer) => {
                    if let Some(token) = &mut state.token {
                        token.renew_at = Instant::now() + RENEWAL_PAUSE;
                    }
                    Ok(bearer)
                }
                None => {
                    state.last_failure = Some(failure.clone());
                    Err(failure)
                }
            },
        }
    }

    /// The service turned a token away. The next caller fetches another, unless that has happened already, with the claims
    /// that the service asked for.
    pub fn reject(&self, generation: u64, challenge: Option<Challenge>) {
        // The challenge must be there when the next caller sees that the token is not usable.
        if let Some(challenge) = challenge {
            let mut present = self.challenge.lock().unwrap_or_else(PoisonError::into_inner);
            if present.as_ref().is_none_or(|(known, _)| *known <= generation) {
                *present = Some((generation, challenge));
            }
        }
        self.rejected.fetch_max(generation, Ordering::AcqRel);
    }

    /// What was asked for when the present token was turned away; a newer token has met it.
    fn challenge_of(&self, generation: u64) -> Option<Challenge> {
        let present = self.challenge.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, challenge) = present.as_ref().filter(|(known, _)| *known == generation)?;
        Some(challenge.clone())
    }

    /// The claims of the present token, if there is one and it can be read.
    pub async fn claims(&self) -> Option<Claims> {
        let state = self.state.lock().await;
        state.token.as_ref()?.claims.clone()
    }

    fn usable(&self, state: &State, early: bool) -> Option<Bearer> {
        let token = state.token.as_ref()?;
        let end = if early { token.renew_at } else { token.expires_at };
        let good = Instant::now() < end.min(token.expires_at)
            && token.generation > self.rejected.load(Ordering::Acquire);
        good.then(|| token.bearer())
    }

    async fn fetch(
        &self,
        service: &Service,
        generation: u64,
        challenge: Option<&Challenge>,
    ) -> Result<Token, SignInError> {
        let asked = Instant::now();
        let given = match &self.credential {
            Credential::ManagedIdentity => match &self.machine {
                Some(machine) => machine.managed_identity(&self.client_id, &self.scope).await?,
                None => return Err(SignInError::no_identity("it was not set up")),
            },
            Credential::AzureCli => azure_cli(&self.tenant, &self.scope).await?,
            Credential::Person(kept) => self.refresh(service, kept.as_ref(), challenge).await?,
            Credential::Secret(_) | Credential::Certificate(_) | Credential::Federated(_) => {
                self.prove(service, challenge).await?
            }
        };
        let claims = Claims::read(&given.token);
        if self.credential.is_of_elsewhere()
            && let Some(error) = SignInError::of_other_tenant(&self.tenant, claims.as_ref())
        {
            return Err(error);
        }
        let mut header = HeaderValue::from_str(&format!("Bearer {}", given.token)).map_err(|_| {
            SignInError::unreadable(200, "a token with characters no header can carry".to_owned())
        })?;
        header.set_sensitive(true);
        let life = given.life.min(LIFE_MAX);
        Ok(Token {
            header,
            generation,
            renew_at: asked + life - MARGIN_MAX.min(life / 10),
            expires_at: asked + life,
            claims,
            next: given.next,
        })
    }

    /// Asks the token endpoint, with a proof.
    async fn prove(&self, service: &Service, challenge: Option<&Challenge>) -> Result<Given, SignInError> {
        let proof = self
            .credential
            .proof(&self.client_id, self.url.as_str())
            .map_err(SignInError::no_proof)?;
        let mut fields = proof.fields();
        fields.push(("grant_type", "client_credentials"));
        self.ask(service, &fields, proof.secret(), challenge).await
    }

    /// Asks the token endpoint for a person, with the refresh token; another one comes in its place.
    async fn refresh(
        &self,
        service: &Service,
        kept: &dyn KeptSignIn,
        challenge: Option<&Challenge>,
    ) -> Result<Given, SignInError> {
        let token = kept
            .refresh_token()
            .map_err(|reason| SignInError::person(&reason, "Sign in with `dirsheet login`."))?;
        let secret = token.expose_secret();
        let fields = [("grant_type", "refresh_token"), ("refresh_token", secret)];
        let asking = self.ask(service, &fields, secret, challenge);
        asking.await.map_err(SignInError::of_person)
    }

    async fn ask(
        &self,
        service: &Service,
        fields: &[(&str, &str)],
        secret: &str,
        challenge: Option<&Challenge>,
    ) -> Result<Given, SignInError> {
        let claims = claims_parameter(challenge);
        let mut form = vec![("client_id", self.client_id.as_str()), ("scope", &self.scope)];
        form.extend(fields);
        form.push(("claims", &claims));
        let response = post(service, self.url.clone(), &form).await?;
        granted(response, secret).map(Given::of).map_err(|error| *error)
    }
}

impl Given {
    fn of(granted: Granted) -> Given {
        Given {
            life: granted.life(),
            token: granted.access_token,
            next: granted.refresh_token.map(SecretString::from),
        }
    }
}

impl Token {
    /// Whether two tokens name two identities.
    fn is_of_another(&self, before: &Token) -> bool {
        let who = |token: &Token| token.claims.as_ref().and_then(|claims| claims.oid.clone());
        matches!((who(self), who(before)), (Some(now), Some(then)) if now != then)
    }

    fn bearer(&self) -> Bearer {
        Bearer {
            header: self.header.clone(),
            generation: self.generation,
        }
    }
}

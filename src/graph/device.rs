//! People sign in: a code is shown, typed in a browser elsewhere, and exchanged for tokens; later a refresh token brings new ones.
//!
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code>, RFC 8628, and
//! <https://learn.microsoft.com/entra/identity-platform/refresh-tokens>

use std::fmt::Debug;
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::Instant;

use super::challenge::claims_parameter;
use super::claims::Claims;
use super::harmless::harmless;
use super::service::{Response, Service};
use super::settings::{GraphSettings, SettingsError, is_loopback};
use super::sign_in::SignInError;
use super::token_endpoint::{granted, post, refused};

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// What a client waits that was not told otherwise. RFC 8628, section 3.2.
const INTERVAL: Duration = Duration::from_secs(5);
/// What `slow_down` adds, for good. RFC 8628, section 3.5.
const SLOWER: Duration = Duration::from_secs(5);
/// No code is good for longer, whatever is said of it.
const CODE_LIFE_MAX: Duration = Duration::from_secs(3_600);

/// Where the sign-in of a person is kept. This room knows no keyring.
pub trait KeptSignIn: Debug + Send + Sync {
    /// The refresh token as it is now.
    ///
    /// # Errors
    /// Why there is none, in words that may be shown.
    fn refresh_token(&self) -> Result<SecretString, String>;

    /// Each use brings another one, which takes its place.
    fn replace(&self, token: SecretString);
}

/// Signs a person in.
#[derive(Debug)]
pub struct DeviceSignIn {
    service: Service,
    authority: String,
    graph: String,
    client_id: String,
    tenant: String,
}

/// A code that a person types elsewhere.
#[derive(Debug)]
pub struct DeviceCode {
    pub user_code: String,
    /// Where it is typed.
    pub page: String,
    pub life: Duration,
    code: SecretString,
    interval: Duration,
}

/// A person who has signed in.
#[derive(Debug)]
pub struct SignedIn {
    pub refresh_token: SecretString,
    pub claims: Option<Claims>,
}

#[derive(Deserialize)]
struct Begun {
    device_code: String,
    user_code: String,
    verification_uri: String,
    expires_in: u64,
    interval: Option<u64>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl DeviceSignIn {
    /// Checks the settings; nothing is sent yet.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn open(settings: &GraphSettings) -> Result<DeviceSignIn, SettingsError> {
        settings.validate()?;
        Ok(DeviceSignIn {
            service: Service::new(settings)?,
            authority: settings.authority_root(),
            graph: settings.graph_root(),
            client_id: settings.client_id.clone(),
            tenant: settings.tenant.clone(),
        })
    }

    /// Asks for a code. `permissions`: what the person is asked to consent to; without any, what the app registration lists.
    ///
    /// # Errors
    /// Nobody was reached, or the sign-in service said no.
    pub async fn begin(&self, permissions: &[&str]) -> Result<DeviceCode, SignInError> {
        let mut scopes: Vec<String> = permissions
            .iter()
            .map(|name| format!("{}/{name}", self.graph))
            .collect();
        if scopes.is_empty() {
            scopes.push(format!("{}/.default", self.graph));
        }
        scopes.push("offline_access".to_owned());
        let scope = scopes.join(" ");
        let response = self
            .post("devicecode", &[("client_id", &self.client_id), ("scope", &scope)])
            .await?;
        let status = response.status.as_u16();
        if !response.status.is_success() {
            return Err(refused(response, "").of_person());
        }
        let begun: Begun = serde_json::from_slice(&response.body)
            .map_err(|_| SignInError::unreadable(status, "no code".to_owned()))?;
        // People open it, so it is no file and no word of another program.
        let is_page = Url::parse(&begun.verification_uri)
            .is_ok_and(|page| page.scheme() == "https" || (page.scheme() == "http" && is_loopback(&page)));
        if !is_page {
            return Err(SignInError::unreadable(status, "no page to open".to_owned()));
        }
        Ok(DeviceCode {
            user_code: harmless(&begun.user_code, 40),
            page: harmless(&begun.verification_uri, 200),
            life: Duration::from_secs(begun.expires_in).min(CODE_LIFE_MAX),
            code: SecretString::from(begun.device_code),
            interval: begun
                .interval
                .map_or(INTERVAL, Duration::from_secs)
                .min(CODE_LIFE_MAX),
        })
    }

    /// Waits until the person has decided, at the pace that the service asks for.
    ///
    /// # Errors
    /// The person declined, the time is over, or the sign-in service said no.
    pub async fn wait(&self, code: &DeviceCode) -> Result<SignedIn, SignInError> {
        let end = Instant::now() + code.life;
        let mut interval = code.interval.max(Duration::from_secs(1));
        let secret = code.code.expose_secret();
        let claims = claims_parameter(None);
        let form = [
            ("grant_type", DEVICE_GRANT),
            ("client_id", &self.client_id),
            ("device_code", secret),
            ("claims", &claims),
        ];
        loop {
            if Instant::now() + interval >= end {
                return Err(too_late());
            }
            tokio::time::sleep(interval).await;
            let response = match self.post("token", &form).await {
                Ok(response) => response,
                // RFC 8628 asks for patience with a connection that times out.
                Err(error) if error.is_transient() => {
                    interval = (interval * 2).min(Duration::from_secs(60));
                    continue;
                }
                Err(error) => return Err(error),
            };
            if response.status.is_success() {
                let signed_in = signed_in(response, secret).map_err(|error| *error)?;
                let other = SignInError::of_other_tenant(&self.tenant, signed_in.claims.as_ref());
                return other.map_or(Ok(signed_in), Err);
            }
            let word = serde_json::from_slice::<Refusal>(&response.body).map(|refusal| refusal.error);
            match Step::after(word.as_deref().unwrap_or_default(), interval) {
                Step::Wait(next) => interval = next,
                Step::Declined => {
                    return Err(SignInError::person(
                        "the sign-in was declined",
                        "Nothing was kept; run it again when it was not meant.",
                    ));
                }
                Step::Expired => return Err(too_late()),
                Step::Unknown => {
                    let error = refused(response, secret).of_person();
                    if !error.is_transient() {
                        return Err(error);
                    }
                    interval = (interval * 2).min(Duration::from_secs(60));
                }
            }
        }
    }

    async fn post(&self, endpoint: &str, form: &[(&str, &str)]) -> Result<Response, SignInError> {
        let text = format!("{}/oauth2/v2.0/{endpoint}", self.authority);
        let url = Url::parse(&text)
            .map_err(|_| SignInError::unreadable(0, "an address that is none".to_owned()))?;
        post(&self.service, url, form).await
    }
}

/// What an answer that is no token means.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Wait(Duration),
    Declined,
    Expired,
    Unknown,
}

impl Step {
    /// Microsoft's page and RFC 8628 name the same refusal in two ways.
    fn after(word: &str, interval: Duration) -> Step {
        match word {
            "authorization_pending" => Step::Wait(interval),
            "slow_down" => Step::Wait(interval + SLOWER),
            "authorization_declined" | "access_denied" => Step::Declined,
            "expired_token" => Step::Expired,
            _ => Step::Unknown,
        }
    }
}

fn too_late() -> SignInError {
    SignInError::person(
        "the code was not entered in time",
        "Ask for another one, and enter it within the time that is told.",
    )
}

fn signed_in(response: Response, secret: &str) -> Result<SignedIn, Box<SignInError>> {
    let granted = granted(response, secret)?;
    let Some(refresh_token) = granted.refresh_token else {
        return Err(Box::new(SignInError::person(
            "the sign-in service gave no refresh token",
            "Allow the app the delegated permission `offline_access`.",
        )));
    };
    Ok(SignedIn {
        claims: Claims::read(&granted.access_token),
        refresh_token: SecretString::from(refresh_token),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_documented_word_is_waited_for_or_ends_the_waiting() {
        let five = Duration::from_secs(5);
        for (word, step) in [
            ("authorization_pending", Step::Wait(five)),
            ("slow_down", Step::Wait(Duration::from_secs(10))),
            ("authorization_declined", Step::Declined),
            ("access_denied", Step::Declined),
            ("expired_token", Step::Expired),
            ("bad_verification_code", Step::Unknown),
            ("", Step::Unknown),
        ] {
            assert_eq!(Step::after(word, five), step, "{word}");
        }
    }
}

//! The sign-in that a machine already has: its managed identity. Microsoft's SDK knows where to ask; its requests go through a
//! client of ours, so that there is one kind of TLS, no redirect and no proxy.
//!
//! Managed identity: <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token>,
//! <https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference>.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential};
use azure_core::http::{AsyncRawResponse, ClientOptions, HttpClient, RetryOptions, StatusCode, Transport};
use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};
use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::harmless::taken_out_of;
use super::retry_after::parse_retry_after;
use super::service::{Request, Service};
use super::settings::SettingsError;
use super::sign_in::SignInError;
use super::token::Given;
use super::transport::TransportError;

/// The endpoint answers from the machine itself or from the host below it.
const ENDPOINT_TIMEOUT: Duration = Duration::from_secs(10);
/// Where a virtual machine asks.
const IMDS: &str = "169.254.169.254";
/// For so long a token that was just handed out is tried.
const LIFE_MIN: Duration = Duration::from_secs(60);
/// Its own messages are a line or two.
const STDERR_CHARS_MAX: usize = 400;

/// Asks for the tokens of a machine.
#[derive(Debug)]
pub(super) struct Machine {
    courier: Arc<Courier>,
}

impl Machine {
    pub fn new() -> Result<Machine, SettingsError> {
        Ok(Machine {
            courier: Arc::new(Courier {
                service: Service::for_machine(ENDPOINT_TIMEOUT)?,
                failure: Mutex::default(),
                #[cfg(test)]
                instead: None,
            }),
        })
    }

    /// The same with another server in the place of the fixed address, for tests.
    #[cfg(test)]
    pub fn answered_by(instead: reqwest::Url) -> Machine {
        Machine {
            courier: Arc::new(Courier {
                service: Service::for_machine(ENDPOINT_TIMEOUT).unwrap(),
                failure: Mutex::default(),
                instead: Some(instead),
            }),
        }
    }

    /// A token of the managed identity: the one with this client id, else the machine's own.
    pub async fn managed_identity(&self, client_id: &str, scope: &str) -> Result<Given, SignInError> {
        let options = ManagedIdentityCredentialOptions {
            user_assigned_id: (!client_id.is_empty()).then(|| UserAssignedId::ClientId(client_id.to_owned())),
            client_options: ClientOptions {
                transport: Some(Transport::new(Arc::clone(&self.courier) as Arc<dyn HttpClient>)),
                // The session repeats, and knows until when.
                retry: RetryOptions::none(),
                ..ClientOptions::default()
            },
        };
        self.courier.take_failure();
        // A new one each time: it would hand out of its memory the token that the service has just turned away.
        let outcome = match ManagedIdentityCredential::new(Some(options)) {
            Ok(credential) => credential.get_token(&[scope], None).await,
            Err(error) => Err(error),
        };
        match (outcome, self.courier.take_failure()) {
            (Ok(token), _) => Ok(given(&token)),
            (Err(_), Some(Failure::Transport(error))) => Err(SignInError::endpoint(error)),
            (Err(_), Some(Failure::Answer { status, .. })) if status < 300 => {
                Err(SignInError::no_token_of_machine(status))
            }
            (
                Err(_),
                Some(Failure::Answer {
                    status,
                    of_imds,
                    body,
                    retry_after,
                }),
            ) => {
                let mut error = SignInError::identity_refused((status, of_imds), &body, retry_after);
                error.description = without_tokens(&error.description);
                Err(error)
            }
            // It could not even ask: another kind of host, or an address that is none.
            (Err(error), None) => Err(SignInError::no_identity(&without_tokens(&error.to_string()))),
        }
    }
}

/// A token of the SDK's.
pub(super) fn given(token: &AccessToken) -> Given {
    let seconds = token.expires_on.unix_timestamp() - Timestamp::now().as_second();
    Given {
        token: token.token.secret().to_owned(),
        // By the clock of this machine it may seem to have ended; whether it has, the service says.
        life: Duration::from_secs(u64::try_from(seconds).unwrap_or(0)).max(LIFE_MIN),
        next: None,
    }
}

/// Foreign text for a message: on one line, and without anything that begins like a token.
pub(super) fn without_tokens(text: &str) -> String {
    let words = text.split_whitespace().map(|word| match word.contains("eyJ") {
        true => "…",
        false => word,
    });
    let line = words.collect::<Vec<_>>().join(" ");
    super::harmless::harmless(&line, STDERR_CHARS_MAX)
}

/// What came instead of a token.
#[derive(Debug)]
enum Failure {
    Transport(TransportError),
    Answer {
        status: u16,
        /// Whether the fixed address of virtual machines was asked, and no endpoint of an app.
        of_imds: bool,
        body: Vec<u8>,
        retry_after: Option<Duration>,
    },
}

/// Carries the SDK's requests, and remembers what came instead of a token: the SDK's own words are fewer.
#[derive(Debug)]
struct Courier {
    service: Service,
    failure: Mutex<Option<Failure>>,
    #[cfg(test)]
    instead: Option<reqwest::Url>,
}

impl Courier {
    fn take_failure(&self) -> Option<Failure> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn note(&self, failure: Failure) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
    }

    /// Where a request goes.
    fn address(&self, url: &reqwest::Url) -> reqwest::Url {
        #[cfg(test)]
        if let Some(instead) = self.instead.as_ref().filter(|_| url.host_str() == Some(IMDS)) {
            let mut there = instead.clone();
            there.set_path(url.path());
            there.set_query(url.query());
            return there;
        }
        url.clone()
    }
}

#[async_trait]
impl HttpClient for Courier {
    async fn execute_request(
        &self,
        request: &azure_core::http::Request,
    ) -> azure_core::Result<AsyncRawResponse> {
        // Not of the kind that the SDK repeats by itself: for a virtual machine it does, whatever its settings say.
        let other =
            |what: &'static str| azure_core::Error::with_message(azure_core::error::ErrorKind::Other, what);
        if request.method() != azure_core::http::Method::Get {
            return Err(other("something else than a question"));
        }
        let mut headers = HeaderMap::new();
        let mut secret = String::new();
        for (name, value) in request.headers().iter() {
            if name.as_str().eq_ignore_ascii_case("x-identity-header") {
                secret = value.as_str().to_owned();
            }
            let name = HeaderName::from_bytes(name.as_str().as_bytes());
            let value = HeaderValue::from_str(value.as_str());
            let (Ok(name), Ok(mut value)) = (name, value) else {
                return Err(other("a header that cannot be sent"));
            };
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let of_imds = request.url().host_str() == Some(IMDS);
        let request = Request {
            headers,
            ..Request::get(self.address(request.url()))
        };
        let response = match self.service.send(request).await {
            Ok(response) => response,
            Err(error) => {
                self.note(Failure::Transport(error));
                return Err(other("no answer"));
            }
        };
        let status = response.status.as_u16();
        let is_good = response.status.is_success();
        self.note(Failure::Answer {
            status,
            of_imds,
            // Of a good answer nothing is kept: there is a token in it.
            body: if is_good {
                Vec::new()
            } else {
                taken_out_of(response.body.clone(), &secret)
            },
            retry_after: parse_retry_after(&response.headers, Timestamp::now()),
        });
        if !is_good {
            return Err(other("a refusal"));
        }
        Ok(AsyncRawResponse::from_bytes(
            StatusCode::from(status),
            azure_core::http::headers::Headers::new(),
            response.body,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_token_is_not_repeated() {
        let told = without_tokens("ERROR: AADSTS50076:\n token eyJhbGciOi.a.b \"eyJx\" is bad");
        assert_eq!(told, "ERROR: AADSTS50076: token … … is bad");
    }
}

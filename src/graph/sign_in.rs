//! Why a sign-in failed, and what to do about it.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use super::harmless::{MESSAGE_CHARS_MAX, beginning, harmless, taken_out_of, without};
use super::transport::{TransportError, TransportErrorKind};
use super::trouble::in_words;

/// No token could be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInError {
    pub reason: SignInReason,
    /// The number behind `AADSTS`.
    pub code: Option<u32>,
    /// The authority's own first sentence, without trace ids.
    pub description: String,
    /// For Microsoft's support.
    pub correlation_id: Option<String>,
    pub what_to_do: String,
}

/// The kind of failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInReason {
    /// The authority said no.
    Refused {
        status: u16,
        /// How long it asked to wait, if it did.
        retry_after: Option<Duration>,
    },
    /// The authority could not be reached.
    Transport(TransportError),
    /// The authority answered something that is neither a token nor a refusal.
    Unreadable { status: u16 },
    /// There was nothing to prove the application with; nothing was sent.
    NoProof,
    /// The endpoint of managed identities is being changed; it comes back within minutes.
    Updating { retry_after: Option<Duration> },
    /// The endpoint of managed identities says that there is nothing: it is being changed, or has not heard of the identity yet, or
    /// never will.
    NotFound { retry_after: Option<Duration> },
    /// The token is of another tenant than the one that was configured, or of another identity than the one before.
    OtherTenant,
}

/// The body of a refusal. <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#error-response-1>
#[derive(Debug, Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_description: String,
    #[serde(default)]
    error_codes: Vec<u32>,
    correlation_id: Option<String>,
}

impl SignInError {
    pub(super) fn transport(error: TransportError) -> SignInError {
        SignInError {
            code: None,
            description: error.to_string(),
            correlation_id: None,
            what_to_do: error.hint().to_owned(),
            reason: SignInReason::Transport(error),
        }
    }

    /// What was to prove the application could not be made or read.
    pub(super) fn no_proof(description: String) -> SignInError {
        SignInError::plain(
            SignInReason::NoProof,
            description,
            "look whether the file is there, and who writes it: a pod gets it from its service account, a workflow from its identity token",
        )
    }

    /// Without anything that a sign-in service adds.
    fn plain(reason: SignInReason, description: String, what_to_do: &str) -> SignInError {
        SignInError {
            reason,
            code: None,
            description,
            correlation_id: None,
            what_to_do: what_to_do.to_owned(),
        }
    }

    /// Reads any answer that brought no token. `secret` is taken out of whatever is repeated.
    pub(super) fn answer(
        status: u16,
        body: &[u8],
        secret: &str,
        retry_after: Option<Duration>,
    ) -> SignInError {
        let clean = |text: &str| without(text, secret).unwrap_or_else(|| text.to_owned());
        let Ok(refusal) = serde_json::from_slice::<Refusal>(body) else {
            if status == 429 {
                // Whoever stands in front of the service and asks to wait does not answer in its words.
                return SignInError::plain(
                    SignInReason::Refused { status, retry_after },
                    "it answered 429, too many requests".to_owned(),
                    "Nothing is wrong with the settings: try again when that time is over.",
                );
            }
            let body = taken_out_of(body.to_vec(), secret);
            return SignInError::unreadable(status, beginning(&body));
        };
        let code = aadsts(&refusal.error_description).or(refusal.error_codes.first().copied());
        let mut description = harmless(&clean(first_line(&refusal.error_description)), MESSAGE_CHARS_MAX);
        if description.is_empty() {
            description = harmless(&clean(&refusal.error), 100);
        }
        SignInError {
            reason: SignInReason::Refused { status, retry_after },
            code,
            description,
            correlation_id: refusal.correlation_id.map(|id| harmless(&clean(&id), 100)),
            what_to_do: advise(code, status).to_owned(),
        }
    }

    pub(super) fn unreadable(status: u16, beginning: String) -> SignInError {
        SignInError::unreadable_from("the authority", status, &beginning)
    }

    /// The same of another one who was asked.
    fn unreadable_from(who: &str, status: u16, beginning: &str) -> SignInError {
        let shown = if beginning.is_empty() {
            "nothing".to_owned()
        } else {
            format!("`{beginning}`")
        };
        SignInError::plain(
            SignInReason::Unreadable { status },
            format!("{who} answered {status} with {shown} instead of a token"),
            &format!("check the address of {who} and a proxy in between"),
        )
    }

    /// Whether the same sign-in may succeed a little later.
    pub fn is_transient(&self) -> bool {
        match &self.reason {
            SignInReason::Refused { status, .. } => {
                *status == 429 || *status >= 500 || matches!(self.code, Some(90033 | 50196))
            }
            SignInReason::Transport(error) => !matches!(
                error.kind,
                TransportErrorKind::Certificate
                    | TransportErrorKind::BodyTooLarge
                    | TransportErrorKind::Other
            ),
            SignInReason::Unreadable { status } => *status >= 500 || *status == 429,
            SignInReason::Updating { .. } | SignInReason::NotFound { .. } => true,
            SignInReason::NoProof | SignInReason::OtherTenant => false,
        }
    }
}

impl fmt::Display for SignInError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            SignInReason::Refused {
                status: 429,
                retry_after,
            } => {
                let wait = retry_after.map(|wait| format!(" for {}", in_words(wait)));
                let wait = wait.unwrap_or_default();
                write!(f, "the sign-in service asks to wait{wait}: {}", self.description)
            }
            SignInReason::Refused { .. } => write!(f, "the sign-in was refused: {}", self.description),
            SignInReason::Transport(_)
            | SignInReason::Unreadable { .. }
            | SignInReason::NoProof
            | SignInReason::Updating { .. }
            | SignInReason::NotFound { .. }
            | SignInReason::OtherTenant => write!(f, "the sign-in failed: {}", self.description),
        }
    }
}

impl std::error::Error for SignInError {}

/// The authority puts trace ids on further lines, or behind the sentence.
fn first_line(description: &str) -> &str {
    let line = description.lines().next().unwrap_or_default();
    line.split(" Trace ID:").next().unwrap_or(line).trim()
}

fn aadsts(description: &str) -> Option<u32> {
    let rest = description.split("AADSTS").nth(1)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

/// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>
fn advise(code: Option<u32>, status: u16) -> &'static str {
    match code {
        Some(7000215) => {
            "the secret is wrong: set the secret's value (not its id) from the app registration's page Certificates & secrets"
        }
        Some(7000222) => {
            "the secret has expired: make a new one on the app registration's page Certificates & secrets and set its value"
        }
        Some(7000218 | 7000216) => "the secret is missing: set the client secret",
        Some(700016) => {
            "the application does not exist in this tenant: check the client id, and whether the tenant is the right one"
        }
        Some(90002 | 900023 | 900021) => {
            "the tenant does not exist: check its id or domain, and whether the authority is that of its cloud"
        }
        Some(50034) => "the account does not exist in this tenant: check the tenant and the account",
        Some(53003 | 53000 | 53001 | 53011) => {
            "a Conditional Access policy blocks the sign-in: ask the tenant's administrator to let this application in"
        }
        Some(70011 | 500011 | 1002012) => {
            "the address of Graph does not belong to this cloud: check it against the authority"
        }
        Some(7000112 | 7000113) => {
            "the application is disabled in this tenant: have it enabled under Enterprise applications"
        }
        Some(65001) => "the application has no consent in this tenant: have an administrator grant it",
        Some(50196 | 90033) => "the sign-in service is busy: try again in some minutes",
        Some(700027) => {
            "the certificate is not the application's: upload it (without its key) on the app registration's page Certificates & secrets, and compare the thumbprints; `dirsheet doctor` shows them"
        }
        Some(700024) => {
            "the proof is not valid now: set the clock of this machine; a federated token must be a fresh one"
        }
        Some(1000502) => {
            "the certificate has expired: make a new one, and upload it on the app registration's page Certificates & secrets"
        }
        Some(700023) => {
            "the proof was made for another sign-in service: check the authority, and whether the cloud is the tenant's"
        }
        Some(50027) => "the token is no whole one: look at the file it comes from",
        Some(70021 | 50013 | 700211..=700213 | 7002138) => {
            "the federated token is not the one that the application trusts: compare issuer, subject and audience with the app registration's federated credential, letter by letter"
        }
        Some(700021 | 700022 | 700214..=700226) => {
            "the credential is not registered with the application: compare it with the app registration"
        }
        _ if status == 429 || status >= 500 => "the sign-in service is busy: try again in some minutes",
        _ => {
            "check tenant, client id and secret or certificate; the number can be looked up at https://login.microsoftonline.com/error"
        }
    }
}

mod elsewhere;

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u32, text: &str) -> SignInError {
        let body = serde_json::json!({
            "error": "invalid_client",
            "error_description": format!("AADSTS{code}: {text}\r\nTrace ID: 1\r\nCorrelation ID: 2\r\nTimestamp: 3"),
            "error_codes": [code],
            "trace_id": "1",
            "correlation_id": "2"
        });
        SignInError::answer(401, body.to_string().as_bytes(), "s3cret", None)
    }

    #[test]
    fn the_usual_refusals_say_what_to_do() {
        for (code, word) in [
            (7000215, "secret is wrong"),
            (7000222, "expired"),
            (7000218, "missing"),
            (700016, "client id"),
            (90002, "tenant does not exist"),
            (50034, "account"),
            (53003, "Conditional Access"),
            (70011, "cloud"),
            (500011, "cloud"),
            (1, "tenant, client id and secret"),
            (700027, "thumbprints"),
            (700024, "clock"),
            (1000502, "expired"),
            (700023, "another sign-in service"),
            (50013, "federated credential"),
            (700213, "subject"),
            (700021, "not registered"),
        ] {
            let error = refused(code, "Some text.");
            assert_eq!(error.code, Some(code));
            assert!(error.what_to_do.contains(word), "{code}: {}", error.what_to_do);
            assert!(!error.is_transient(), "{code}");
        }
    }

    #[test]
    fn only_the_first_line_is_kept_and_never_the_secret() {
        let error = refused(7000215, "Invalid client secret s3cret provided.");
        assert_eq!(
            error.description,
            "AADSTS7000215: Invalid client secret … provided."
        );
        assert_eq!(error.correlation_id.as_deref(), Some("2"));
        let html = SignInError::answer(200, b"<html>s3cret</html>", "s3cret", None);
        assert!(!format!("{html:?} {html}").contains("s3cret"));
        let one_line = SignInError::answer(
            400,
            br#"{"error":"x","error_description":"AADSTS90002: No. Trace ID: 7"}"#,
            "",
            None,
        );
        assert_eq!(one_line.description, "AADSTS90002: No.");
    }

    #[test]
    fn a_long_proof_is_taken_out_before_the_answer_is_cut() {
        let proof = format!("eyJhbGciOiJQUzI1NiJ9.{}.c2ln", "x".repeat(700));
        let body = format!("<html>client_assertion={proof} is not allowed here");
        let error = SignInError::answer(502, body.as_bytes(), &proof, None);
        assert!(!format!("{error:?}").contains("eyJ"), "{error:?}");
        assert!(
            error.description.contains("client_assertion=… is not allowed"),
            "{error}"
        );
    }

    #[test]
    fn a_busy_authority_is_worth_another_try() {
        assert!(SignInError::answer(503, b"", "x", None).is_transient());
        assert!(SignInError::answer(429, br#"{"error":"too_many"}"#, "x", None).is_transient());
        assert!(!SignInError::answer(200, b"<html>", "x", None).is_transient());
    }
}

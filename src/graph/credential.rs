//! With what an application proves who it is when it asks for a token.
//!
//! Forms: <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>

use std::fmt::Debug;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::certificate::Certificate;
use super::device::KeptSignIn;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// With what is signed in. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub enum Credential {
    /// The value of a client secret.
    Secret(SecretString),
    /// A certificate that is registered with the application.
    Certificate(Arc<Certificate>),
    /// A token of another issuer (Kubernetes, GitHub Actions), fetched for each request, because whoever makes it renews it.
    Federated(Arc<dyn FederatedToken>),
    /// The identity that Azure gives to the machine; with a client id in the settings, the one that was assigned to it.
    ManagedIdentity,
    /// Whoever is signed in to the Azure CLI.
    AzureCli,
    /// A person who has signed in.
    Person(Arc<dyn KeptSignIn>),
}

/// Where the token of another issuer is. This room knows no files.
pub trait FederatedToken: Debug + Send + Sync {
    /// The token as it is now.
    ///
    /// # Errors
    /// Why there is none, in words that may be shown.
    fn read(&self) -> Result<SecretString, String>;
}

/// A proof, good for one request.
pub(super) struct Proof {
    secret: SecretString,
    is_assertion: bool,
}

impl Credential {
    /// Whether there is nothing to prove anything with.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Credential::Secret(secret) if secret.expose_secret().is_empty())
    }

    /// Whether an id of an application belongs to it.
    pub(super) fn needs_app(&self) -> bool {
        !matches!(self, Credential::ManagedIdentity | Credential::AzureCli)
    }

    /// Whether somebody signed in elsewhere, so that the tenant is theirs.
    pub(super) fn is_of_elsewhere(&self) -> bool {
        matches!(
            self,
            Credential::ManagedIdentity | Credential::AzureCli | Credential::Person(_)
        )
    }

    /// A proof for a request to this token endpoint.
    ///
    /// # Errors
    /// There is no federated token now: why, in words that may be shown.
    pub(super) fn proof(&self, client_id: &str, token_url: &str) -> Result<Proof, String> {
        let (secret, is_assertion) = match self {
            Credential::Secret(secret) => (secret.clone(), false),
            Credential::Certificate(certificate) => {
                let signed = certificate.assertion(client_id, token_url, Timestamp::now());
                (signed.map_err(|error| format!("the certificate: {error}"))?, true)
            }
            Credential::Federated(source) => (federated(source.as_ref())?, true),
            Credential::ManagedIdentity | Credential::AzureCli | Credential::Person(_) => {
                return Err("there is nothing to prove".to_owned());
            }
        };
        Ok(Proof { secret, is_assertion })
    }
}

impl Proof {
    /// What no answer may bring back.
    pub fn secret(&self) -> &str {
        self.secret.expose_secret()
    }

    /// The fields of the form.
    pub fn fields(&self) -> Vec<(&'static str, &str)> {
        match self.is_assertion {
            false => vec![("client_secret", self.secret())],
            true => vec![
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", self.secret()),
            ],
        }
    }
}

fn federated(source: &dyn FederatedToken) -> Result<SecretString, String> {
    let failed = |reason: &str| format!("the federated token: {reason}");
    let token = source.read().map_err(|reason| failed(&reason))?;
    let text = token.expose_secret();
    let is_token =
        text.split('.').filter(|part| !part.is_empty()).count() == 3 && !text.contains(char::is_whitespace);
    if !is_token {
        return Err(failed(
            "a token has three parts with dots between them, and this has not",
        ));
    }
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Fixed(Result<&'static str, &'static str>);

    impl FederatedToken for Fixed {
        fn read(&self) -> Result<SecretString, String> {
            self.0.map(SecretString::from).map_err(str::to_owned)
        }
    }

    fn fields(credential: &Credential) -> Result<Vec<(String, String)>, String> {
        let proof = credential.proof("app", "https://login.example/t/oauth2/v2.0/token")?;
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Ok(proof.fields().into_iter().map(owned).collect())
    }

    #[test]
    fn a_secret_goes_as_it_is_and_everything_else_as_an_assertion() {
        let secret = fields(&Credential::Secret("s~1".into())).unwrap();
        assert_eq!(secret, [("client_secret".to_owned(), "s~1".to_owned())]);
        let told = fields(&Credential::Federated(Arc::new(Fixed(Ok("a.b.c"))))).unwrap();
        assert_eq!(
            told[0],
            ("client_assertion_type".to_owned(), ASSERTION_TYPE.to_owned())
        );
        assert_eq!(told[1], ("client_assertion".to_owned(), "a.b.c".to_owned()));
        let pem = include_bytes!("../../tests/keys/app.pem");
        let certificate = Credential::Certificate(Arc::new(
            Certificate::read(pem, &SecretString::default()).unwrap(),
        ));
        assert_eq!(fields(&certificate).unwrap()[1].1.split('.').count(), 3);
    }

    #[test]
    fn a_federated_token_that_is_none_is_told_without_what_stands_there() {
        for (read, word) in [
            (Err("`/run/token` cannot be read"), "/run/token"),
            (Ok("s3cret"), "three parts"),
            (Ok("a.b.c d"), "three parts"),
            (Ok("a..c"), "three parts"),
        ] {
            let error = fields(&Credential::Federated(Arc::new(Fixed(read)))).unwrap_err();
            assert!(error.contains(word) && !error.contains("s3cret"), "{error}");
        }
    }
}

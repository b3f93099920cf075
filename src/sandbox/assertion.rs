//! What an application may prove itself with instead of a secret: an assertion signed by its certificate, or the token of another
//! issuer that it trusts.
//!
//! Certificates: <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>. Federated credentials:
//! <https://learn.microsoft.com/entra/workload-id/workload-identity-federation>. The numbers and texts of refusals are as people saw
//! them; the pages promise none.

use super::base64;
use ring::{
    digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest},
    signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents},
};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use serde::Deserialize;
use serde_json::Value;

/// How far two clocks may be apart, in seconds.
const CLOCKS_APART: i64 = 300;
/// The type of an assertion.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What is registered with the application beside its secret.
#[derive(Debug, Clone, Default)]
pub struct Registered {
    certificates: Vec<Vec<u8>>,
    federated: Vec<FederatedCredential>,
}

/// A federated credential: whose tokens the application trusts, and the keys of that issuer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FederatedCredential {
    issuer: String,
    subject: String,
    #[serde(default = "usual_audience")]
    audience: String,
    jwks: Keys,
}

#[derive(Debug, Clone, Deserialize)]
struct Keys {
    keys: Vec<Key>,
}

/// An RSA key of a key set; both numbers are base64url.
#[derive(Debug, Clone, Deserialize)]
struct Key {
    n: String,
    e: String,
}

fn usual_audience() -> String {
    "api://AzureADTokenExchange".to_owned()
}

/// A number and a text.
pub type Refused = (u32, String);

impl Registered {
    /// Adds the certificates of a PEM text.
    ///
    /// # Errors
    /// It holds none, or is damaged.
    pub fn add_certificates(&mut self, pem: &[u8]) -> Result<(), String> {
        let read: Result<Vec<CertificateDer<'_>>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let read = read.map_err(|error| error.to_string())?;
        if read.is_empty() {
            return Err("it holds no certificate in PEM".to_owned());
        }
        self.certificates.extend(read.iter().map(|der| der.to_vec()));
        Ok(())
    }

    /// Adds a federated credential: JSON with `issuer`, `subject`, `audience` (the usual one without it) and `jwks`.
    ///
    /// # Errors
    /// It is none.
    pub fn add_federated(&mut self, json: &[u8]) -> Result<(), String> {
        self.federated
            .push(serde_json::from_slice(json).map_err(|error| error.to_string())?);
        Ok(())
    }

    /// Whether the assertion proves the application. `kind`: the form's `client_assertion_type`; `is_endpoint`: whether an address is
    /// that of the token endpoint.
    pub fn check(
        &self,
        assertion: &str,
        kind: Option<&str>,
        client_id: &str,
        is_endpoint: &dyn Fn(&str) -> bool,
        now: i64,
    ) -> Result<(), Refused> {
        if kind != Some(ASSERTION_TYPE) {
            let text = "The request body must contain the following parameter: 'client_assertion_type'.";
            return Err((900_144, text.to_owned()));
        }
        let malformed = || (50_027, "JWT token is invalid or malformed.".to_owned());
        let jwt = Jwt::read(assertion).ok_or_else(malformed)?;
        let text = |name: &str| jwt.claims[name].as_str().unwrap_or_default();
        if text("iss").eq_ignore_ascii_case(client_id) {
            self.certified(&jwt, client_id)?;
            if !is_endpoint(text("aud")) {
                let told = "Client assertion audience claim does not match Realm issuer.";
                return Err((700_023, told.to_owned()));
            }
        } else {
            self.federated(&jwt)?;
        }
        in_time(&jwt.claims, now)
    }

    /// An assertion of the application's own.
    fn certified(&self, jwt: &Jwt<'_>, client_id: &str) -> Result<(), Refused> {
        if !jwt.claims["sub"]
            .as_str()
            .is_some_and(|subject| subject.eq_ignore_ascii_case(client_id))
        {
            let told = "Client assertion application identifier doesn't match 'client_id' parameter.";
            return Err((700_021, told.to_owned()));
        }
        let thumbprint = |name: &str| base64::decode(jwt.head[name].as_str()?);
        let (new, old) = (thumbprint("x5t#S256"), thumbprint("x5t"));
        let own = self.certificates.iter().find(|der| match (&new, &old) {
            (Some(new), _) => digest(&SHA256, der).as_ref() == new,
            (None, Some(old)) => digest(&SHA1_FOR_LEGACY_USE_ONLY, der).as_ref() == old,
            (None, None) => false,
        });
        let Some(own) = own else {
            let told = "The certificate with identifier used to sign the client assertion is not registered on application.";
            return Err((700_027, told.to_owned()));
        };
        let algorithm = match jwt.algorithm() {
            "PS256" => webpki::ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
            _ => webpki::ring::RSA_PKCS1_2048_8192_SHA256,
        };
        let der = CertificateDer::from(own.as_slice());
        let is_signed = webpki::EndEntityCert::try_from(&der).is_ok_and(|own| {
            own.verify_signature(algorithm, jwt.signed, &jwt.signature)
                .is_ok()
        });
        match is_signed {
            true => Ok(()),
            false => Err((
                700_027,
                "Client assertion failed signature validation.".to_owned(),
            )),
        }
    }

    /// The token of another issuer. Issuer, subject and audience are compared letter by letter.
    fn federated(&self, jwt: &Jwt<'_>) -> Result<(), Refused> {
        let text = |name: &str| jwt.claims[name].as_str().unwrap_or_default();
        let none = |number: u32, what: &str, value: &str| {
            let told = format!(
                "No matching federated identity record found for presented assertion {what} '{value}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion."
            );
            (number, told)
        };
        let issued: Vec<&FederatedCredential> = self
            .federated
            .iter()
            .filter(|one| one.issuer == text("iss"))
            .collect();
        if issued.is_empty() {
            return Err(none(700_211, "issuer", text("iss")));
        }
        let audiences = match &jwt.claims["aud"] {
            Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
            one => vec![one.as_str().unwrap_or_default()],
        };
        let heard: Vec<&FederatedCredential> = issued
            .into_iter()
            .filter(|one| audiences.contains(&one.audience.as_str()))
            .collect();
        if heard.is_empty() {
            return Err(none(700_212, "audience", &audiences.join("', '")));
        }
        let Some(own) = heard.into_iter().find(|one| one.subject == text("sub")) else {
            return Err(none(700_213, "subject", text("sub")));
        };
        let is_signed = jwt.algorithm() == "RS256"
            && own.jwks.keys.iter().any(|key| {
                let numbers = base64::decode(&key.n).zip(base64::decode(&key.e));
                numbers.is_some_and(|(n, e)| {
                    RsaPublicKeyComponents { n, e }
                        .verify(&RSA_PKCS1_2048_8192_SHA256, jwt.signed, &jwt.signature)
                        .is_ok()
                })
            });
        match is_signed {
            true => Ok(()),
            false => Err((
                50_013,
                "Assertion failed signature validation. [Reason - The key was not found.]".to_owned(),
            )),
        }
    }
}

/// A token, taken apart and not believed yet.
struct Jwt<'a> {
    head: Value,
    claims: Value,
    signed: &'a [u8],
    signature: Vec<u8>,
}

impl<'a> Jwt<'a> {
    fn read(text: &'a str) -> Option<Jwt<'a>> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (head, claims) = signed.split_once('.')?;
        let part = |part: &str| serde_json::from_slice(&base64::decode(part)?).ok();
        let jwt = Jwt {
            head: part(head)?,
            claims: part(claims)?,
            signed: signed.as_bytes(),
            signature: base64::decode(signature)?,
        };
        ["PS256", "RS256"].contains(&jwt.algorithm()).then_some(jwt)
    }

    fn algorithm(&self) -> &str {
        self.head["alg"].as_str().unwrap_or_default()
    }
}

fn in_time(claims: &Value, now: i64) -> Result<(), Refused> {
    let moment = |name: &str| claims[name].as_i64();
    let begin = moment("nbf").or(moment("iat")).unwrap_or(now);
    let is_now = moment("exp").is_some_and(|end| {
        now < end.saturating_add(CLOCKS_APART) && begin.saturating_sub(CLOCKS_APART) <= now && begin < end
    });
    match is_now {
        true => Ok(()),
        false => Err((
            700_024,
            "Client assertion is not within its valid time range.".to_owned(),
        )),
    }
}

//! The certificate of an application, and the assertion it signs.
//!
//! Form: <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{KeyPair, RSA_PSS_SHA256, RsaKeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::SecretString;
use serde_json::json;
use thiserror::Error;
use uuid::Uuid;

/// How long an assertion is good for; the page advises five to ten minutes.
const LIFE: SignedDuration = SignedDuration::from_mins(10);

/// A certificate with its private key. `Debug` shows neither.
pub struct Certificate {
    /// SHA-256 of the certificate, by which the authority finds it.
    thumbprint: [u8; 32],
    key: RsaKeyPair,
}

/// Why a file is no certificate to sign in with. Nothing of what stands in it is told.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CertificateError {
    #[error("it is a PFX (PKCS #12) file, and PEM is needed")]
    Pfx,
    #[error("it is not PEM text")]
    NotPem,
    #[error("its private key is encrypted, and nobody is there to type a password")]
    Encrypted,
    #[error("it holds no private key")]
    NoKey,
    #[error("it holds no certificate")]
    NoCertificate,
    #[error("its private key is no RSA key of 2048 bits or more, and the sign-in service takes no other")]
    KeyKind,
    #[error("none of its certificates belongs to its private key")]
    NotAPair,
    #[error("its PEM is damaged")]
    Damaged,
}

impl CertificateError {
    /// What to do about it. `path`: of the file, as a shell takes it.
    pub fn help(&self, path: &str) -> String {
        match self {
            CertificateError::Pfx => format!(
                "convert it: `openssl pkcs12 -in {path} -nodes -out app.pem`, give the new file to its owner alone (`chmod 600 app.pem`), and name that"
            ),
            CertificateError::Encrypted => format!(
                "take the password off: `openssl pkey -in {path} -out key.pem`, and put the certificate behind it (`cat key.pem cert.pem > app.pem`)"
            ),
            CertificateError::NoKey | CertificateError::NoCertificate | CertificateError::NotAPair => {
                "put the private key and its certificate into one file: `cat key.pem cert.pem > app.pem`"
                    .to_owned()
            }
            CertificateError::KeyKind => {
                "make one that Entra ID takes: `openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 365`, and upload `cert.pem` to the app registration"
                    .to_owned()
            }
            CertificateError::NotPem | CertificateError::Damaged => {
                "name a file that begins with `-----BEGIN`, and holds the private key and the certificate"
                    .to_owned()
            }
        }
    }
}

impl Certificate {
    /// Reads PEM text that holds an RSA private key (PKCS #8 or PKCS #1) and its certificate, in any order, with or without the
    /// certificates above it.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn from_pem(bytes: &[u8]) -> Result<Certificate, CertificateError> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) if text.contains("-----BEGIN ") => text,
            // DER begins with a sequence, and that of a PFX holds the number of its version at once.
            _ if bytes.starts_with(&[0x30]) && bytes.get(2..9).is_some_and(has_version_three) => {
                return Err(CertificateError::Pfx);
            }
            _ => return Err(CertificateError::NotPem),
        };
        if text.contains("ENCRYPTED") {
            return Err(CertificateError::Encrypted);
        }
        if !text.contains("PRIVATE KEY-----") {
            return Err(CertificateError::NoKey);
        }
        let der = PrivateKeyDer::from_pem_slice(bytes).map_err(|_| CertificateError::Damaged)?;
        let key = match &der {
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err(CertificateError::KeyKind),
        };
        let key = key.map_err(|_| CertificateError::KeyKind)?;
        let certificates: Vec<CertificateDer<'_>> = CertificateDer::pem_slice_iter(bytes)
            .collect::<Result<_, _>>()
            .map_err(|_| CertificateError::Damaged)?;
        if certificates.is_empty() {
            return Err(CertificateError::NoCertificate);
        }
        // The public key stands in its certificate as it is.
        let public = key.public_key().as_ref();
        let holds_key = |der: &&CertificateDer<'_>| der.windows(public.len()).any(|part| part == public);
        let own = certificates
            .iter()
            .find(holds_key)
            .ok_or(CertificateError::NotAPair)?;
        let mut thumbprint = [0; 32];
        thumbprint.copy_from_slice(digest(&SHA256, own).as_ref());
        Ok(Certificate { thumbprint, key })
    }

    /// The thumbprint, as the portal shows it where it shows SHA-256.
    pub fn thumbprint(&self) -> String {
        self.thumbprint.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    /// Says, signed, that it is the application who asks. `audience`: the address of the token endpoint.
    ///
    /// # Errors
    /// The key could not sign.
    pub(super) fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<SecretString, CertificateError> {
        let begin = now.as_second();
        let head = json!({
            "alg": "PS256",
            "typ": "JWT",
            "x5t#S256": URL_SAFE_NO_PAD.encode(self.thumbprint),
        });
        let claims = json!({
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": Uuid::new_v4().to_string(),
            "iat": begin,
            "nbf": begin,
            "exp": begin + LIFE.as_secs(),
        });
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&head), part(&claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(
                &RSA_PSS_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .map_err(|_| CertificateError::KeyKind)?;
        Ok(SecretString::from(format!(
            "{signed}.{}",
            URL_SAFE_NO_PAD.encode(signature)
        )))
    }
}

/// The beginning of a PFX behind its first length: INTEGER, one byte, 3.
fn has_version_three(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|part| part == [0x02, 0x01, 0x03])
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("thumbprint", &self.thumbprint())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};

    const APP: &str = include_str!("../../tests/keys/app.pem");
    const OTHER: &str = include_str!("../../tests/keys/other.pem");

    /// The key and the certificate of a file.
    fn parts(pem: &str) -> (&str, &str) {
        pem.split_at(pem.find("-----BEGIN CERTIFICATE").unwrap())
    }

    #[test]
    fn an_assertion_is_signed_by_the_key_and_says_who_asks_whom_and_until_when() {
        let certificate = Certificate::from_pem(APP.as_bytes()).unwrap();
        let now: Timestamp = "2026-11-30T02:00:00Z".parse().unwrap();
        let url = "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token";
        let assertion = certificate.assertion("app-1", url, now).unwrap();
        let text = secrecy::ExposeSecret::expose_secret(&assertion);
        let (signed, signature) = text.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, certificate.key.public_key())
            .verify(signed.as_bytes(), &signature)
            .unwrap();
        let read = |part: &str| -> serde_json::Value {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        let (head, claims) = signed.split_once('.').unwrap();
        let (head, claims) = (read(head), read(claims));
        assert_eq!(head["alg"], "PS256");
        assert_eq!(
            head["x5t#S256"],
            URL_SAFE_NO_PAD.encode(certificate.thumbprint).as_str()
        );
        assert_eq!(
            (&claims["iss"], &claims["sub"]),
            (&"app-1".into(), &"app-1".into())
        );
        assert_eq!(claims["aud"], url);
        assert_eq!(
            claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap(),
            600
        );
        assert_ne!(
            text,
            secrecy::ExposeSecret::expose_secret(&certificate.assertion("app-1", url, now).unwrap())
        );
    }

    #[test]
    fn the_certificate_of_the_key_is_found_among_others_and_the_order_does_not_matter() {
        let alone = Certificate::from_pem(APP.as_bytes()).unwrap().thumbprint();
        let (key, own) = parts(APP);
        let (_, other) = parts(OTHER);
        for text in [format!("{own}{key}"), format!("{other}{key}{own}")] {
            assert_eq!(
                Certificate::from_pem(text.as_bytes()).unwrap().thumbprint(),
                alone
            );
        }
    }

    #[test]
    fn what_cannot_sign_in_is_told_with_its_reason_and_a_way_on() {
        let (key, own) = parts(APP);
        let (_, other) = parts(OTHER);
        let elliptic = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\n";
        for (bytes, expected) in [
            (
                &b"\x30\x82\x09\x41\x02\x01\x03\x30\x82\x09"[..],
                CertificateError::Pfx,
            ),
            (b"\x30\x82\x03\x11\x30\x82", CertificateError::NotPem),
            (b"secret", CertificateError::NotPem),
            (own.as_bytes(), CertificateError::NoKey),
            (key.as_bytes(), CertificateError::NoCertificate),
            (format!("{key}{other}").as_bytes(), CertificateError::NotAPair),
            (format!("{elliptic}{own}").as_bytes(), CertificateError::KeyKind),
            (
                b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE\n-----END ENCRYPTED PRIVATE KEY-----\n",
                CertificateError::Encrypted,
            ),
            (
                b"-----BEGIN PRIVATE KEY-----\n!!!\n-----END PRIVATE KEY-----\n",
                CertificateError::Damaged,
            ),
        ] {
            let error = Certificate::from_pem(bytes).unwrap_err();
            assert_eq!(error, expected);
            assert!(!error.help("app.pfx").is_empty());
        }
    }

    #[test]
    fn neither_the_key_nor_the_certificate_is_shown() {
        let shown = format!("{:?}", Certificate::from_pem(APP.as_bytes()).unwrap());
        let line = parts(APP).0.lines().nth(1).unwrap();
        assert!(
            shown.starts_with("Certificate { thumbprint:") && !shown.contains(line),
            "{shown}"
        );
    }
}

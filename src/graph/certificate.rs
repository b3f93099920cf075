//! The certificate of an application, and the assertion it signs.
//!
//! Form: <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{KeyPair, RSA_PSS_SHA256, RsaKeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use uuid::Uuid;

mod der;
mod error;
mod pbe;
mod pfx;
#[cfg(test)]
mod pfx_tests;

pub use error::CertificateError;
use pfx::Held;

/// How long an assertion is good for; the page advises five to ten minutes.
const LIFE: SignedDuration = SignedDuration::from_mins(10);
/// Before a private key in PKCS #8 that a password locks.
const LOCKED: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";

/// A certificate with its private key. `Debug` shows neither.
pub struct Certificate {
    /// SHA-256 of the certificate, by which the authority finds it.
    thumbprint: [u8; 32],
    /// SHA-1 of it, by which the portal shows it; nothing is decided by it.
    short_thumbprint: Vec<u8>,
    /// When it ends; `None` where that cannot be read, and then the authority alone knows.
    end: Option<Timestamp>,
    key: RsaKeyPair,
}

fn end(der: &[u8]) -> Option<Timestamp> {
    use x509_cert::der::Decode;
    let certificate = x509_cert::Certificate::from_der(der).ok()?;
    let end = certificate
        .tbs_certificate()
        .validity()
        .not_after
        .to_unix_duration();
    Timestamp::from_second(i64::try_from(end.as_secs()).ok()?).ok()
}

impl Certificate {
    /// Reads a file that holds one RSA private key and its certificate, with or without the certificates above it: PEM text, in any
    /// order, with the key in PKCS #8 (locked or not) or PKCS #1; or a PFX, as it is or as Base64, which is what Azure Key Vault hands
    /// out. `password`: takes the lock off, and is not looked at where there is none; empty for none.
    /// <https://learn.microsoft.com/azure/key-vault/certificates/how-to-export-certificate>
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(bytes: &[u8], password: &SecretString) -> Result<Certificate, CertificateError> {
        let password = password.expose_secret();
        if pfx::is_pfx(bytes) {
            return Certificate::of_pfx(pfx::open(bytes, password)?);
        }
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(CertificateError::Utf16);
        }
        // Windows puts a mark in front of UTF-8.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        // What stands between its parts may be in any encoding: openssl writes names there.
        let text = String::from_utf8_lossy(bytes);
        if !text.contains("-----BEGIN ") {
            let decoded = of_base64(&text).filter(|bytes| pfx::is_pfx(bytes));
            let decoded = decoded.ok_or(CertificateError::NeitherForm)?;
            return Certificate::of_pfx(pfx::open(&decoded, password)?);
        }
        if text.contains("Proc-Type: 4,ENCRYPTED") {
            return Err(CertificateError::Encrypted);
        }
        let key = match text.split_once(LOCKED) {
            Some((_, key)) => {
                let key = key.split("-----").next().and_then(of_base64);
                let key = key.ok_or(CertificateError::Damaged)?;
                rsa_key(&pfx::unlock(&key, password)?)?
            }
            None if !text.contains("PRIVATE KEY-----") => return Err(CertificateError::NoKey),
            None => match PrivateKeyDer::from_pem_slice(bytes).map_err(|_| CertificateError::Damaged)? {
                PrivateKeyDer::Pkcs8(der) => rsa_key(der.secret_pkcs8_der())?,
                PrivateKeyDer::Pkcs1(der) => {
                    RsaKeyPair::from_der(der.secret_pkcs1_der()).map_err(|_| CertificateError::KeyKind)?
                }
                _ => return Err(CertificateError::KeyKind),
            },
        };
        let certificates: Vec<CertificateDer<'_>> = CertificateDer::pem_slice_iter(bytes)
            .collect::<Result<_, _>>()
            .map_err(|_| CertificateError::Damaged)?;
        if certificates.is_empty() {
            return Err(CertificateError::NoCertificate);
        }
        Certificate::of_parts(key, certificates.iter().map(AsRef::as_ref))
    }

    fn of_pfx(held: Held) -> Result<Certificate, CertificateError> {
        let key = match &held.keys[..] {
            [] => return Err(CertificateError::PfxNoKey),
            [key] => rsa_key(key)?,
            several => return Err(CertificateError::SeveralKeys(several.len())),
        };
        if held.certificates.is_empty() {
            return Err(CertificateError::PfxNoCertificate);
        }
        Certificate::of_parts(key, held.certificates.iter().map(Vec::as_slice))
    }

    /// The key, and that one of the certificates that belongs to it.
    fn of_parts<'a>(
        key: RsaKeyPair,
        mut certificates: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Certificate, CertificateError> {
        // The public key stands in its certificate as it is.
        let public = key.public_key().as_ref();
        let holds_key = |der: &&[u8]| der.windows(public.len()).any(|part| part == public);
        let own = certificates.find(holds_key).ok_or(CertificateError::NotAPair)?;
        let mut thumbprint = [0; 32];
        thumbprint.copy_from_slice(digest(&SHA256, own).as_ref());
        let short_thumbprint = digest(&SHA1_FOR_LEGACY_USE_ONLY, own).as_ref().to_vec();
        Ok(Certificate {
            thumbprint,
            short_thumbprint,
            end: end(own),
            key,
        })
    }

    /// The thumbprint with SHA-256, in capital hexadecimal digits.
    pub fn thumbprint(&self) -> String {
        in_digits(&self.thumbprint)
    }

    /// The thumbprint with SHA-1, as the portal shows it.
    pub fn short_thumbprint(&self) -> String {
        in_digits(&self.short_thumbprint)
    }

    /// The last moment at which it is good.
    pub fn end(&self) -> Option<Timestamp> {
        self.end
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

fn in_digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// A private key in PKCS #8.
fn rsa_key(pkcs8: &[u8]) -> Result<RsaKeyPair, CertificateError> {
    RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| CertificateError::KeyKind)
}

/// What Base64 means, whatever lines it stands in.
fn of_base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let text: Zeroizing<String> = Zeroizing::new(text.split_ascii_whitespace().collect());
    STANDARD.decode(text.as_bytes()).ok().map(Zeroizing::new)
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

    fn read(bytes: &[u8]) -> Result<Certificate, CertificateError> {
        Certificate::read(bytes, &SecretString::default())
    }

    /// The key and the certificate of a file.
    fn parts(pem: &str) -> (&str, &str) {
        pem.split_at(pem.find("-----BEGIN CERTIFICATE").unwrap())
    }

    #[test]
    fn an_assertion_is_signed_by_the_key_and_says_who_asks_whom_and_until_when() {
        let certificate = read(APP.as_bytes()).unwrap();
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
        let alone = read(APP.as_bytes()).unwrap().thumbprint();
        let (key, own) = parts(APP);
        let (_, other) = parts(OTHER);
        for text in [
            format!("{own}{key}"),
            format!("{other}{key}{own}"),
            format!("\u{feff}{key}{own}"),
            format!("Bag Attributes\n    friendlyName: ENCRYPTED backup\n{key}{own}"),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap().thumbprint(), alone);
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
                CertificateError::PfxForm,
            ),
            (b"\x30\x82\x03\x11\x30\x82", CertificateError::NeitherForm),
            (b"secret", CertificateError::NeitherForm),
            (b"\xff\xfe-\0-\0-\0", CertificateError::Utf16),
            (b"\xfe\xff\0-\0-\0-", CertificateError::Utf16),
            (own.as_bytes(), CertificateError::NoKey),
            (key.as_bytes(), CertificateError::NoCertificate),
            (format!("{key}{other}").as_bytes(), CertificateError::NotAPair),
            (format!("{elliptic}{own}").as_bytes(), CertificateError::KeyKind),
            (
                b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE\n-----END ENCRYPTED PRIVATE KEY-----\n",
                CertificateError::Damaged,
            ),
            (
                b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n",
                CertificateError::Encrypted,
            ),
            (
                b"-----BEGIN PRIVATE KEY-----\n!!!\n-----END PRIVATE KEY-----\n",
                CertificateError::Damaged,
            ),
        ] {
            let error = read(bytes).unwrap_err();
            assert_eq!(error, expected);
            let help = error.help("app.pfx");
            // A line that writes to the file itself destroys the key in it.
            assert!(
                !help.contains("> app.pfx)") && !help.contains("-out app.pfx)"),
                "{help}"
            );
            assert_eq!(
                help.contains("openssl") || help.contains("cat ") || help.contains("iconv"),
                help.contains("umask 077"),
                "{help}"
            );
        }
    }

    #[test]
    fn neither_the_key_nor_the_certificate_is_shown() {
        let shown = format!("{:?}", read(APP.as_bytes()).unwrap());
        let line = parts(APP).0.lines().nth(1).unwrap();
        assert!(
            shown.starts_with("Certificate { thumbprint:") && !shown.contains(line),
            "{shown}"
        );
    }
}

//! PFX (PKCS #12): a private key and its certificates in one file, which a password locks. Form: RFC 7292.

use secrecy::zeroize::Zeroizing;
use x509_cert::der::asn1::AnyRef;

use super::CertificateError;
use super::der::{Damaged, explicit, implicit, number, octets, oid, one, sequence};
use super::pbe::{Closed, Password};

const DATA: &str = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA: &str = "1.2.840.113549.1.7.6";
const KEY: &str = "1.2.840.113549.1.12.10.1.1";
const LOCKED_KEY: &str = "1.2.840.113549.1.12.10.1.2";
const CERTIFICATE: &str = "1.2.840.113549.1.12.10.1.3";
const MORE: &str = "1.2.840.113549.1.12.10.1.6";
const X509: &str = "1.2.840.113549.1.9.22.1";
/// Bags in bags in bags are of nobody who means well.
const DEPTH_MAX: u8 = 4;

/// What stands in a file.
#[derive(Default)]
pub(super) struct Held {
    /// Private keys in PKCS #8.
    pub keys: Vec<Zeroizing<Vec<u8>>>,
    pub certificates: Vec<Vec<u8>>,
}

/// Whether it begins as a PFX does: a sequence, and in it the version 3 and another sequence.
pub(super) fn is_pfx(bytes: &[u8]) -> bool {
    let begin = &bytes[..bytes.len().min(10)];
    begin.starts_with(&[0x30]) && begin.windows(4).any(|part| part == [0x02, 0x01, 0x03, 0x30])
}

/// Opens it.
pub(super) fn open(bytes: &[u8], password: &str) -> Result<Held, CertificateError> {
    by_password(password, |password| open_with(bytes, password))
}

/// Opens a private key alone: EncryptedPrivateKeyInfo, to PKCS #8.
pub(super) fn unlock(bytes: &[u8], password: &str) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
    by_password(password, |password| unlocked(one(bytes)?, password)).map_err(|error| match error {
        CertificateError::PfxForm => CertificateError::Damaged,
        other => other,
    })
}

/// An empty password is also tried as none at all: there are programs that write it so.
fn by_password<T>(
    password: &str,
    open: impl Fn(&Password) -> Result<T, Closed>,
) -> Result<T, CertificateError> {
    let closed = match open(&Password::new(password)) {
        Err(Closed::Password) if password.is_empty() => open(&Password::none()),
        other => other,
    };
    closed.map_err(|closed| match closed {
        Closed::Password if password.is_empty() => CertificateError::NoPassword,
        Closed::Password => CertificateError::WrongPassword,
        Closed::Unknown(what) => CertificateError::Cipher(what),
        Closed::Damaged => CertificateError::PfxForm,
    })
}

fn open_with(bytes: &[u8], password: &Password) -> Result<Held, Closed> {
    let whole = sequence(one(bytes)?)?;
    let [version, safe, mac @ ..] = &whole[..] else {
        return Err(Closed::Damaged);
    };
    if number(*version)? != 3 {
        return Err(Closed::Damaged);
    }
    let (kind, safe) = content(*safe)?;
    if kind != DATA {
        return Err(Closed::Unknown(kind));
    }
    let safe = octets(safe)?;
    if let Some(mac) = mac.first()
        && !password.made(*mac, safe)?
    {
        return Err(Closed::Password);
    }
    let mut held = Held::default();
    for part in sequence(one(safe)?)? {
        let (kind, part) = content(part)?;
        let read = match kind.as_str() {
            DATA => bags(octets(part)?, password, DEPTH_MAX, &mut held),
            ENCRYPTED_DATA => {
                let [_, part] = sequence(part)?[..] else {
                    return Err(Closed::Damaged);
                };
                let [_, algorithm, encrypted] = sequence(part)?[..] else {
                    return Err(Closed::Damaged);
                };
                let plain = password.open(algorithm, implicit(encrypted)?)?;
                bags(&plain, password, DEPTH_MAX, &mut held)
            }
            // For the owner of another key, or for the accounts of a domain.
            _ => Err(Closed::Unknown(kind)),
        };
        // Without a check sum a wrong password is known by what it makes.
        read.map_err(|closed| match closed {
            Closed::Damaged if mac.is_empty() => Closed::Password,
            other => other,
        })?;
    }
    Ok(held)
}

/// The kind of a ContentInfo, and what is in it.
fn content(part: AnyRef<'_>) -> Result<(String, AnyRef<'_>), Damaged> {
    let [kind, inner] = sequence(part)?[..] else {
        return Err(Damaged);
    };
    Ok((oid(kind)?, explicit(inner)?))
}

/// SafeContents: keys, certificates, and what is passed over.
fn bags(bytes: &[u8], password: &Password, depth: u8, held: &mut Held) -> Result<(), Closed> {
    for bag in sequence(one(bytes)?)? {
        let parts = sequence(bag)?;
        let [kind, inner, ..] = &parts[..] else {
            return Err(Closed::Damaged);
        };
        let inner = || explicit(*inner);
        match oid(*kind)?.as_str() {
            KEY => held.keys.push(Zeroizing::new(whole(inner()?)?)),
            // Of several keys nobody knows which one is meant: they are counted, and each would take its time to open.
            LOCKED_KEY if !held.keys.is_empty() => held.keys.push(Zeroizing::default()),
            LOCKED_KEY => held.keys.push(unlocked(inner()?, password)?),
            CERTIFICATE => {
                let [kind, certificate] = sequence(inner()?)?[..] else {
                    return Err(Closed::Damaged);
                };
                if oid(kind)? == X509 {
                    held.certificates.push(octets(explicit(certificate)?)?.to_vec());
                }
            }
            MORE if depth > 0 => bags(&Zeroizing::new(whole(inner()?)?), password, depth - 1, held)?,
            // A list of revoked certificates, or a secret that is no key.
            _ => {}
        }
    }
    Ok(())
}

/// EncryptedPrivateKeyInfo: the key in PKCS #8.
fn unlocked(part: AnyRef<'_>, password: &Password) -> Result<Zeroizing<Vec<u8>>, Closed> {
    let [algorithm, encrypted] = sequence(part)?[..] else {
        return Err(Closed::Damaged);
    };
    let key = password.open(algorithm, octets(encrypted)?)?;
    // What a wrong password makes ends as it should once in 256 times.
    match one(&key).and_then(sequence) {
        Ok(_) => Ok(key),
        Err(_) => Err(Closed::Password),
    }
}

/// A value as it stands, with its tag and its length.
fn whole(part: AnyRef<'_>) -> Result<Vec<u8>, Damaged> {
    use x509_cert::der::Encode;
    part.to_der().map_err(|_| Damaged)
}

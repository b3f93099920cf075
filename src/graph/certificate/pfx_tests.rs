//! PFX files that OpenSSL 3.0 made of `tests/keys/app.pem` (`openssl pkcs12 -export` with the ciphers of old Windows, of Azure and of
//! today), and two that it does not make, put together here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

use super::der::{octets, one, sequence};
use super::pbe::Password;
use super::{Certificate, CertificateError};

const PASSWORD: &str = "Tür 7";

macro_rules! file {
    ($name:literal) => {
        &include_bytes!(concat!("../../../tests/keys/pfx/", $name))[..]
    };
}

fn read(bytes: &[u8], password: &str) -> Result<Certificate, CertificateError> {
    Certificate::read(bytes, &SecretString::from(password.to_owned()))
}

fn thumbprint() -> String {
    let pem = include_bytes!("../../../tests/keys/app.pem");
    read(pem, "").unwrap().thumbprint()
}

/// One value of DER that is longer than 255 bytes.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x82][..], &length, &content].concat()
}

/// The AuthenticatedSafe of the file that nothing locks: its ContentInfos.
fn unlocked_safe() -> Vec<u8> {
    let whole = sequence(one(file!("open.pfx")).unwrap()).unwrap();
    let content = sequence(whole[1]).unwrap();
    octets(super::der::explicit(content[1]).unwrap())
        .unwrap()
        .to_vec()
}

fn pfx(safe: &[u8], mac: &[u8]) -> Vec<u8> {
    const DATA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
    let data = der(0xa0, &[&der(0x04, &[safe])]);
    der(0x30, &[&[2, 1, 3], &der(0x30, &[DATA, &data]), mac])
}

#[test]
fn the_ciphers_of_old_and_of_today_are_opened_by_their_password() {
    for (name, bytes, password) in [
        ("today's OpenSSL", file!("modern.pfx"), PASSWORD),
        ("OpenSSL before 3", file!("legacy.pfx"), PASSWORD),
        ("old Windows", file!("windows-old.pfx"), PASSWORD),
        ("an empty password", file!("empty.pfx"), ""),
        (
            "RC2 of 128 bits, 3DES with two keys",
            file!("rc2-128.pfx"),
            PASSWORD,
        ),
        ("AES of 128 and 192 bits", file!("aes-128.pfx"), PASSWORD),
        ("3DES with PBKDF2", file!("des3.pfx"), PASSWORD),
        ("without a check sum", file!("no-sum.pfx"), PASSWORD),
        ("not locked", file!("open.pfx"), ""),
        ("not locked, and a password all the same", file!("open.pfx"), "x"),
        ("a locked key in PEM", file!("locked.pem"), PASSWORD),
    ] {
        let certificate = read(bytes, password).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(certificate.thumbprint(), thumbprint(), "{name}");
    }
}

#[test]
fn what_a_key_vault_hands_out_as_base64_is_read() {
    let text = STANDARD.encode(file!("empty.pfx"));
    let (begin, end) = text.split_at(64);
    for text in [text.clone(), format!("\u{feff}{begin}\r\n{end}\r\n")] {
        assert_eq!(read(text.as_bytes(), "").unwrap().thumbprint(), thumbprint());
    }
}

#[test]
fn what_no_password_opens_says_why() {
    use CertificateError as Error;
    let modern = file!("modern.pfx");
    let cut = &modern[..modern.len() - 9];
    let indefinite = &b"\x30\x80\x02\x01\x03\x30\x80\x06\x09"[..];
    let safe = unlocked_safe();
    let contents = one(&safe).unwrap().value();
    let several = pfx(&der(0x30, &[contents, contents]), &[]);
    let pem = include_bytes!("../../../tests/keys/other.pem");
    let pem = String::from_utf8_lossy(pem);
    let other = pem.split_at(pem.find("-----BEGIN CERTIFICATE").unwrap()).1;
    let locked = String::from_utf8_lossy(file!("locked.pem")).into_owned();
    let key_of_locked = locked.split_at(locked.find("-----BEGIN CERTIFICATE").unwrap()).0;
    let strange = [key_of_locked, other].concat();
    for (name, bytes, password, expected) in [
        ("wrong", modern, "tür 7", Error::WrongPassword),
        ("wrong, old", file!("legacy.pfx"), "x", Error::WrongPassword),
        (
            "wrong, without a sum",
            file!("no-sum.pfx"),
            "x",
            Error::WrongPassword,
        ),
        ("wrong, PEM", file!("locked.pem"), "x", Error::WrongPassword),
        ("none given", modern, "", Error::NoPassword),
        ("none given, PEM", file!("locked.pem"), "", Error::NoPassword),
        ("not wanted", file!("empty.pfx"), "x", Error::WrongPassword),
        ("no key", file!("no-key.pfx"), PASSWORD, Error::PfxNoKey),
        (
            "no certificate",
            file!("no-certificate.pfx"),
            PASSWORD,
            Error::PfxNoCertificate,
        ),
        ("several", &several, "", Error::SeveralKeys(2)),
        ("elliptic", file!("elliptic.pfx"), PASSWORD, Error::KeyKind),
        ("of another", strange.as_bytes(), PASSWORD, Error::NotAPair),
        (
            "RC4",
            file!("rc4.pfx"),
            PASSWORD,
            Error::Cipher("1.2.840.113549.1.12.1.1".to_owned()),
        ),
        ("cut off", cut, PASSWORD, Error::PfxForm),
        ("BER", indefinite, PASSWORD, Error::PfxForm),
    ] {
        let error = read(bytes, password).expect_err(name);
        assert_eq!(error, expected, "{name}");
        let told = format!("{error} {}", error.help("app.pfx"));
        assert!(!told.contains("tür 7") && !told.contains(PASSWORD), "{told}");
    }
}

#[test]
fn a_check_sum_of_no_password_at_all_is_taken_beside_one_of_an_empty_password() {
    let safe = unlocked_safe();
    for (password, opens) in [
        (Password::none(), true),
        (Password::new(""), true),
        (Password::new("x"), false),
    ] {
        let sum = password.sum_of(&safe, b"saltsalt", 3);
        let sha1 = [0x30, 9, 0x06, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0];
        let sum = [&[0x04, 20][..], &sum].concat();
        let digest = [&[0x30, 33][..], &sha1, &sum].concat();
        let mac = [&[0x30, 48][..], &digest, &[0x04, 8], b"saltsalt", &[2, 1, 3]].concat();
        let read = read(&pfx(&safe, &mac), "").map(|certificate| certificate.thumbprint());
        match opens {
            true => assert_eq!(read, Ok(thumbprint())),
            false => assert_eq!(read, Err(CertificateError::NoPassword)),
        }
    }
}

#[test]
fn more_than_two_million_rounds_are_not_begun() {
    let safe = unlocked_safe();
    let sha1 = [0x30, 9, 0x06, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0];
    let digest = [&[0x30, 33][..], &sha1, &[0x04, 20], &[0; 20]].concat();
    // 2,000,001
    let rounds = [2, 3, 0x1e, 0x84, 0x81];
    let mac = [&[0x30, 50][..], &digest, &[0x04, 8], b"saltsalt", &rounds].concat();
    let told = read(&pfx(&safe, &mac), "").map(|certificate| certificate.thumbprint());
    assert_eq!(told, Err(CertificateError::Cipher("2000001 rounds".to_owned())));
}

#[test]
fn no_byte_that_is_changed_or_missing_ends_in_a_panic_or_takes_long() {
    for bytes in [file!("legacy.pfx"), file!("open.pfx"), file!("no-sum.pfx")] {
        // The beginning, where the lengths and the counts of rounds stand, and some of the rest.
        for place in (0..bytes.len()).filter(|place| *place < 120 || place % 53 == 0) {
            for flip in [0xff, 0x80, 0x01] {
                let mut changed = bytes.to_vec();
                changed[place] ^= flip;
                let _any = read(&changed, "x");
            }
            let _cut = read(&bytes[..place], PASSWORD);
        }
    }
}

//! Taking off what a password has put on: the ciphers in which PFX files and private keys are written, the old ones and those of today.
//!
//! Forms: RFC 7292, appendices B and C (PKCS #12), RFC 8018 (PBES2). The ciphers are RustCrypto's, the digests ring's.

use std::cell::Cell;
use std::num::NonZeroU32;

use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit};
use ring::digest::{self, digest};
use ring::{hmac, pbkdf2};
use secrecy::zeroize::Zeroizing;
use x509_cert::der::Tag;
use x509_cert::der::asn1::AnyRef;

use super::der::{self, number, octets, oid, sequence};

/// A hostile file may ask for so many rounds that nobody lives to see the end; what is written in earnest has thousands.
const ROUNDS_MAX: u32 = 2_000_000;

/// The same for all parts of a file together, of which there may be hundreds: some seconds.
const ROUNDS_TOTAL: u32 = 6_000_000;

/// Why it stays closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Closed {
    /// What comes out makes no sense, or the check sum is another one.
    Password,
    /// It is written in a way that is not known here; its object identifier or a word for it.
    Unknown(String),
    Damaged,
}

impl From<der::Damaged> for Closed {
    fn from(_: der::Damaged) -> Closed {
        Closed::Damaged
    }
}

/// A password in the two ways in which it goes into a key.
pub(super) struct Password {
    /// UTF-8, for PBES2.
    plain: Zeroizing<Vec<u8>>,
    /// UTF-16 with its high bytes first and two zeros behind it, for everything that is PKCS #12's own.
    wide: Zeroizing<Vec<u8>>,
    /// How many rounds a file may still ask for.
    rounds_left: Cell<u32>,
}

impl Password {
    pub(super) fn new(text: &str) -> Password {
        let mut wide = Zeroizing::new(Vec::with_capacity(2 * text.len() + 2));
        for unit in text.encode_utf16().chain([0]) {
            wide.extend(unit.to_be_bytes());
        }
        Password {
            plain: Zeroizing::new(text.as_bytes().to_vec()),
            wide,
            rounds_left: Cell::new(ROUNDS_TOTAL),
        }
    }

    /// No password at all, which some programs write otherwise than an empty one.
    pub(super) fn none() -> Password {
        Password {
            plain: Zeroizing::default(),
            wide: Zeroizing::default(),
            rounds_left: Cell::new(ROUNDS_TOTAL),
        }
    }

    /// Takes it off. `algorithm`: the AlgorithmIdentifier that stands before what is encrypted.
    pub(super) fn open(&self, algorithm: AnyRef<'_>, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, Closed> {
        let [name, parameters, ..] = sequence(algorithm)?[..] else {
            return Err(Closed::Damaged);
        };
        match oid(name)?.as_str() {
            "1.2.840.113549.1.5.13" => self.open_modern(parameters, bytes),
            "1.2.840.113549.1.12.1.3" => self.open_old::<des::TdesEde3>(24, parameters, bytes),
            "1.2.840.113549.1.12.1.4" => self.open_old::<des::TdesEde2>(16, parameters, bytes),
            "1.2.840.113549.1.12.1.5" => self.open_old::<rc2::Rc2>(16, parameters, bytes),
            "1.2.840.113549.1.12.1.6" => self.open_old::<rc2::Rc2>(5, parameters, bytes),
            other => Err(Closed::Unknown(other.to_owned())),
        }
    }

    /// PBES2: what OpenSSL 3, Windows and Azure write today.
    fn open_modern(&self, parameters: AnyRef<'_>, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, Closed> {
        let [derivation, scheme] = sequence(parameters)?[..] else {
            return Err(Closed::Damaged);
        };
        let [name, parameters] = sequence(derivation)?[..] else {
            return Err(Closed::Damaged);
        };
        let name = oid(name)?;
        if name != "1.2.840.113549.1.5.12" {
            return Err(Closed::Unknown(name));
        }
        let parts = sequence(parameters)?;
        let [salt, rounds, more @ ..] = &parts[..] else {
            return Err(Closed::Damaged);
        };
        // The length of the key, which the cipher says as well, may stand between.
        let algorithm = match more.iter().find(|part| is_sequence(**part)) {
            None => pbkdf2::PBKDF2_HMAC_SHA1,
            Some(function) => {
                let function = sequence(*function)?;
                let name = oid(*function.first().ok_or(Closed::Damaged)?)?;
                match name.as_str() {
                    "1.2.840.113549.2.7" => pbkdf2::PBKDF2_HMAC_SHA1,
                    "1.2.840.113549.2.9" => pbkdf2::PBKDF2_HMAC_SHA256,
                    "1.2.840.113549.2.10" => pbkdf2::PBKDF2_HMAC_SHA384,
                    "1.2.840.113549.2.11" => pbkdf2::PBKDF2_HMAC_SHA512,
                    _ => return Err(Closed::Unknown(name)),
                }
            }
        };
        let rounds = self.rounds_of(*rounds)?;
        let salt = octets(*salt)?;
        let [name, begin] = sequence(scheme)?[..] else {
            return Err(Closed::Damaged);
        };
        let begin = octets(begin)?;
        let key = |bytes: usize| {
            let mut key = Zeroizing::new(vec![0; bytes]);
            pbkdf2::derive(algorithm, rounds, salt, &self.plain, &mut key);
            key
        };
        match oid(name)?.as_str() {
            "2.16.840.1.101.3.4.1.2" => decrypted::<aes::Aes128>(&key(16), begin, bytes),
            "2.16.840.1.101.3.4.1.22" => decrypted::<aes::Aes192>(&key(24), begin, bytes),
            "2.16.840.1.101.3.4.1.42" => decrypted::<aes::Aes256>(&key(32), begin, bytes),
            "1.2.840.113549.3.7" => decrypted::<des::TdesEde3>(&key(24), begin, bytes),
            other => Err(Closed::Unknown(other.to_owned())),
        }
    }

    /// What PKCS #12 had before: SHA-1 and a cipher with blocks of eight bytes.
    fn open_old<C: BlockCipherDecrypt + KeyInit>(
        &self,
        key_bytes: usize,
        parameters: AnyRef<'_>,
        bytes: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Closed> {
        let [salt, rounds] = sequence(parameters)?[..] else {
            return Err(Closed::Damaged);
        };
        let (salt, rounds) = (octets(salt)?, self.rounds_of(rounds)?);
        let sha1 = &digest::SHA1_FOR_LEGACY_USE_ONLY;
        let key = self.derived(sha1, Purpose::Key, salt, rounds, key_bytes);
        let begin = self.derived(sha1, Purpose::Begin, salt, rounds, 8);
        decrypted::<C>(&key, &begin, bytes)
    }

    /// Whether the check sum of a file is the one that this password makes. `mac`: the MacData of the file, `bytes`: what it is of.
    pub(super) fn made(&self, mac: AnyRef<'_>, bytes: &[u8]) -> Result<bool, Closed> {
        let parts = sequence(mac)?;
        let [sum, salt, rounds @ ..] = &parts[..] else {
            return Err(Closed::Damaged);
        };
        let [algorithm, sum] = sequence(*sum)?[..] else {
            return Err(Closed::Damaged);
        };
        let name = oid(*sequence(algorithm)?.first().ok_or(Closed::Damaged)?)?;
        let (digest, mac) = match name.as_str() {
            "1.3.14.3.2.26" => (
                &digest::SHA1_FOR_LEGACY_USE_ONLY,
                hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            ),
            "2.16.840.1.101.3.4.2.1" => (&digest::SHA256, hmac::HMAC_SHA256),
            "2.16.840.1.101.3.4.2.2" => (&digest::SHA384, hmac::HMAC_SHA384),
            "2.16.840.1.101.3.4.2.3" => (&digest::SHA512, hmac::HMAC_SHA512),
            _ => return Err(Closed::Unknown(name)),
        };
        let rounds = rounds
            .first()
            .map_or(Ok(NonZeroU32::MIN), |part| self.rounds_of(*part))?;
        let key = self.derived(
            digest,
            Purpose::CheckSum,
            octets(*salt)?,
            rounds,
            digest.output_len(),
        );
        let key = hmac::Key::new(mac, &key);
        Ok(hmac::verify(&key, bytes, octets(sum)?).is_ok())
    }

    /// How often a derivation is to be repeated, as far as there is patience for it.
    fn rounds_of(&self, part: AnyRef<'_>) -> Result<NonZeroU32, Closed> {
        let rounds = NonZeroU32::new(number(part)?).ok_or(Closed::Damaged)?;
        if rounds.get() > ROUNDS_MAX {
            return Err(Closed::Unknown(format!("{rounds} rounds")));
        }
        let left = self.rounds_left.get().checked_sub(rounds.get());
        self.rounds_left.set(left.ok_or_else(|| {
            Closed::Unknown(format!(
                "parts that ask for more than {ROUNDS_TOTAL} rounds together"
            ))
        })?);
        Ok(rounds)
    }

    /// The derivation of RFC 7292, appendix B.2.
    fn derived(
        &self,
        algorithm: &'static digest::Algorithm,
        purpose: Purpose,
        salt: &[u8],
        rounds: NonZeroU32,
        length: usize,
    ) -> Zeroizing<Vec<u8>> {
        let block = algorithm.block_len();
        // Each of them again and again, to the end of a block.
        let filled = |bytes: &[u8]| -> Vec<u8> {
            let length = bytes.len().div_ceil(block) * block;
            bytes.iter().copied().cycle().take(length).collect()
        };
        let mut input = Zeroizing::new(filled(salt));
        input.extend(Zeroizing::new(filled(&self.wide)).iter());
        let mut key = Zeroizing::new(Vec::with_capacity(length + algorithm.output_len()));
        while key.len() < length {
            let mut whole = Zeroizing::new(vec![purpose as u8; block]);
            whole.extend(input.iter());
            let mut sum = digest(algorithm, &whole);
            for _ in 1..rounds.get() {
                sum = digest(algorithm, sum.as_ref());
            }
            key.extend(sum.as_ref());
            // The next piece comes from the same input, with this sum and one added to each of its blocks.
            for part in input.chunks_mut(block) {
                let mut carry = 1;
                let added: Vec<u8> = sum.as_ref().iter().copied().cycle().take(block).collect();
                for (digit, add) in part.iter_mut().zip(added).rev() {
                    carry += u16::from(*digit) + u16::from(add);
                    *digit = carry.to_be_bytes()[1];
                    carry >>= 8;
                }
            }
        }
        key.truncate(length);
        key
    }
}

/// What is derived from the password: the "diversifier" of the RFC.
#[derive(Clone, Copy)]
enum Purpose {
    Key = 1,
    Begin = 2,
    CheckSum = 3,
}

fn is_sequence(part: AnyRef<'_>) -> bool {
    use x509_cert::der::Tagged;
    part.tag() == Tag::Sequence
}

fn decrypted<C: BlockCipherDecrypt + KeyInit>(
    key: &[u8],
    begin: &[u8],
    bytes: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Closed> {
    let cipher = Decryptor::<C>::new_from_slices(key, begin).map_err(|_| Closed::Damaged)?;
    let mut buffer = Zeroizing::new(bytes.to_vec());
    let length = cipher
        .decrypt_padded::<Pkcs7>(&mut buffer)
        .map_err(|_| Closed::Password)?
        .len();
    buffer.truncate(length);
    Ok(buffer)
}

#[cfg(test)]
impl Password {
    /// A check sum with SHA-1, as a file would bring it.
    pub(super) fn sum_of(&self, bytes: &[u8], salt: &[u8], rounds: u32) -> Vec<u8> {
        let rounds = NonZeroU32::new(rounds).unwrap();
        let key = self.derived(
            &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Purpose::CheckSum,
            salt,
            rounds,
            20,
        );
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
        hmac::sign(&key, bytes).as_ref().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_file_share_six_million_rounds() {
        let two_million = [2, 3, 0x1e, 0x84, 0x80];
        let part = der::one(&two_million).unwrap();
        let password = Password::new("x");
        for _ in 0..3 {
            assert_eq!(password.rounds_of(part).map(NonZeroU32::get), Ok(ROUNDS_MAX));
        }
        let one_more = der::one(&[2, 1, 1]).unwrap();
        let told = "parts that ask for more than 6000000 rounds together";
        assert_eq!(
            password.rounds_of(one_more),
            Err(Closed::Unknown(told.to_owned()))
        );
        assert!(Password::none().rounds_of(part).is_ok());
    }
}

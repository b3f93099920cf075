//! Pictures: known by the fingerprint of their bytes. The bytes themselves never are a value; whoever keeps them is asked through
//! [`Pictures`].

use super::UserId;
use super::rules::CellProblem;

const PREFIX: &str = "sha256:";

/// The fingerprint of a picture's bytes, as it stands in plans, journals and snapshots.
pub fn fingerprint(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    let mut text = PREFIX.to_owned();
    for byte in digest.as_ref() {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// The 64 digits of a fingerprint; `None` for any other text.
pub fn fingerprint_digits(text: &str) -> Option<&str> {
    let digits = text.strip_prefix(PREFIX)?;
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (digits.len() == 64 && digits.bytes().all(is_digit)).then_some(digits)
}

/// The name under which an export writes a user's picture.
pub fn photo_file_name(user: UserId) -> String {
    format!("{user}.jpg")
}

/// Where pictures are kept. The service's pictures come in, those that are to be sent go out.
pub trait Pictures: std::fmt::Debug + Send + Sync {
    /// The fingerprint of the picture that this user had under this mark of the service; `None` when it must be read.
    fn known(&self, user: UserId, etag: &str) -> Option<String>;

    /// Takes in a picture that was read, and gives its fingerprint.
    ///
    /// # Errors
    /// It could not be kept; the text says why.
    fn take_in(&self, user: UserId, etag: Option<&str>, bytes: &[u8]) -> Result<String, String>;

    /// Notes that the service made these bytes of a picture that was sent: from then on they are known as that one.
    fn stored_as(&self, sent: &str, stored: &str);

    /// The bytes of a picture, whole and as its fingerprint says; `None` when they are not kept.
    fn bytes(&self, fingerprint: &str) -> Option<Vec<u8>>;
}

/// Names that mean a device on Windows, whatever follows a dot.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// The parts of a path that stays below its folder on every system; `None` for one that could leave it or mean a device.
pub fn path_below(text: &str) -> Option<Vec<&str>> {
    let parts: Vec<&str> = text.split(['/', '\\']).collect();
    let is_sound = |part: &&str| {
        let stem = part.split('.').next().unwrap_or_default().trim_end();
        !part.is_empty()
            && part.len() <= 255
            && !part.ends_with(['.', ' '])
            && !part.starts_with(' ')
            && !part.contains(|c: char| c.is_control() || "<>:\"|?*".contains(c))
            && !DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device))
    };
    (parts.len() <= 8 && parts.iter().all(is_sound)).then_some(parts)
}

/// A cell about a picture: the name of a file, or a fingerprint as an export wrote it.
pub(super) fn picture(text: &str) -> Result<String, CellProblem> {
    if fingerprint_digits(text).is_some() || path_below(text).is_some() {
        return Ok(text.to_owned());
    }
    Err(CellProblem::new(
        "not-a-file-name",
        "this is not the name of a file below the folder of `--photos`",
        "write the name of a file in that folder, such as `anna.jpg`, without a drive, without `..` and without a `/` in front",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_that_of_the_bytes() {
        let empty = fingerprint(b"");
        assert_eq!(
            empty,
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(fingerprint_digits(&empty).map(str::len), Some(64));
        for other in [
            "",
            "sha256:",
            "sha256:E3",
            "e3b0",
            &empty[..70],
            &empty.to_uppercase(),
        ] {
            assert_eq!(fingerprint_digits(other), None, "{other}");
        }
    }

    #[test]
    fn a_path_stays_below_its_folder_on_every_system() {
        for good in [
            "anna.jpg",
            "team/anna.jpg",
            "team\\anna.jpg",
            "Ünal 1.png",
            "a..b.jpg",
            ".a",
        ] {
            assert!(path_below(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "..",
            "../anna.jpg",
            "team/../../anna.jpg",
            "..\\anna.jpg",
            "/etc/passwd",
            "\\\\server\\share\\a.jpg",
            "C:\\a.jpg",
            "C:a.jpg",
            "a.jpg:stream",
            "./anna.jpg",
            "team//anna.jpg",
            "team/",
            "NUL",
            "con.jpg",
            "team/Aux .png",
            "com1",
            "a.jpg.",
            "a.jpg ",
            "a\u{0}.jpg",
            "a?.jpg",
        ] {
            assert!(path_below(bad).is_none(), "{bad:?}");
        }
    }
}

//! Names of things, each with a type of its own so that one cannot stand in for another.

use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The object id of a user. Graph treats it as opaque but documents GUID text; it compares without regard to case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(Uuid);

impl UserId {
    /// Reads the 36-character form, in any case; anything else is not an id.
    pub fn parse(text: &str) -> Option<UserId> {
        (text.len() == 36)
            .then(|| Uuid::try_parse_ascii(text.as_bytes()).ok())
            .flatten()
            .map(UserId)
    }

    /// An id the service sent.
    pub fn from_uuid(uuid: Uuid) -> UserId {
        UserId(uuid)
    }

    /// A number for the id, the same for as long as this process lives. Other ids may have it too.
    pub fn hashed(&self) -> u64 {
        BuildHasherDefault::<DefaultHasher>::default().hash_one(self)
    }

    /// The sixteen bytes, as databases keep them.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// The id with these sixteen bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> UserId {
        UserId(Uuid::from_bytes(bytes))
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A snapshot's name: `snap-20261123-150312-9f3a`. It begins with letters so that no spreadsheet takes it for a number or a date.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SnapshotId(String);

/// A run's name: `run-20261123-150312-9f3a`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RunId(String);

macro_rules! dated_id {
    ($type:ident, $prefix:literal) => {
        impl $type {
            /// Made from the moment (UTC) and two bytes of chance, both handed in: this room has no clock.
            pub fn new(moment: jiff::Timestamp, chance: [u8; 2]) -> Self {
                let stamp = moment.strftime("%Y%m%d-%H%M%S");
                Self(format!(
                    "{}{}-{:02x}{:02x}",
                    $prefix, stamp, chance[0], chance[1]
                ))
            }

            /// Accepts only text of the shape this type makes, so that it is safe as a file name.
            pub fn parse(text: &str) -> Option<Self> {
                let rest = text.strip_prefix($prefix)?;
                let parts: Vec<&str> = rest.split('-').collect();
                let shape = parts.len() == 3
                    && parts[0].len() == 8
                    && parts[1].len() == 6
                    && parts[2].len() == 4
                    && rest.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
                shape.then(|| Self(text.to_owned()))
            }

            /// The whole name, prefix included.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $type {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                Self::parse(&text).ok_or_else(|| format!("this is not a name that begins with `{}`", $prefix))
            }
        }

        impl From<$type> for String {
            fn from(id: $type) -> String {
                id.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

dated_id!(SnapshotId, "snap-");
dated_id!(RunId, "run-");

impl SnapshotId {
    /// The name as far as it tells the second it was made in.
    pub fn second(&self) -> &str {
        self.0.rsplit_once('-').map_or("", |(second, _)| second)
    }
}

/// A userPrincipalName as a key: compared without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UpnKey(Box<str>);

impl UpnKey {
    /// The key of this name, in any case.
    pub fn new(upn: &str) -> UpnKey {
        // Nearly all names; and every row of every sheet comes this way.
        if upn.is_ascii() {
            return UpnKey(upn.trim().to_ascii_lowercase().into());
        }
        // A character such as the Kelvin sign, whose lower case is an ASCII letter, must not become that letter.
        let lower = |c: char| {
            let kept = (!c.is_ascii() && c.to_lowercase().all(|lower| lower.is_ascii())).then_some(c);
            let lowered = kept.is_none().then(|| c.to_lowercase());
            kept.into_iter().chain(lowered.into_iter().flatten())
        };
        UpnKey(upn.trim().chars().flat_map(lower).collect())
    }

    /// Whether this is the name, in any case.
    pub fn is(&self, upn: &str) -> bool {
        // What is kept has no capital of ASCII.
        if upn.is_ascii() {
            return self.0.eq_ignore_ascii_case(upn.trim());
        }
        *self == UpnKey::new(upn)
    }

    /// The name in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A number for the name, the same for as long as this process lives. Other names may have it too.
    pub fn hashed(&self) -> u64 {
        BuildHasherDefault::<DefaultHasher>::default().hash_one(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_in_any_case_and_shown_in_lower_case() {
        let id = UserId::parse("0A1B2C3D-0000-4000-8000-00000000000F").unwrap();
        assert_eq!(id.to_string(), "0a1b2c3d-0000-4000-8000-00000000000f");
    }

    #[test]
    fn text_that_is_not_a_guid_of_36_characters_is_no_id() {
        for text in [
            "",
            "42",
            "0a1b2c3d00004000800000000000000f",
            "{0a1b2c3d-0000-4000-8000-00000000000f}",
        ] {
            assert_eq!(UserId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_is_the_same_in_any_case_and_never_for_a_letter_that_only_looks_so() {
        for (one, two, expected) in [
            ("Ann@X.example", " ann@x.EXAMPLE ", true),
            ("ann@x.example", "anna@x.example", false),
            ("K@x.example", "\u{212A}@x.example", false),
            ("\u{212A}@x.example", "k@x.example", false),
            ("ÖZ@x.example", "öz@x.example", true),
            ("ÖZ@x.example", "oz@x.example", false),
        ] {
            assert_eq!(UpnKey::new(one).is(two), expected, "{one} {two}");
            assert_eq!(UpnKey::new(one) == UpnKey::new(two), expected, "{one} {two}");
        }
    }

    #[test]
    fn a_snapshot_id_survives_being_read_back_and_cannot_leave_its_folder() {
        let id = SnapshotId::new("2026-11-23T15:03:12Z".parse().unwrap(), [0x9f, 0x3a]);
        assert_eq!(id.as_str(), "snap-20261123-150312-9f3a");
        assert_eq!(SnapshotId::parse(id.as_str()), Some(id));
        for text in [
            "snap-../../etc-passwd-x",
            "snap-20261123-150312-9f3",
            "run-20261123-150312-9f3a",
            "",
        ] {
            assert_eq!(SnapshotId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_in_a_file_is_checked_like_any_other() {
        let run = RunId::new("2026-11-23T15:03:12Z".parse().unwrap(), [0x9f, 0x3a]);
        let json = serde_json::to_string(&run).unwrap();
        assert_eq!(json, "\"run-20261123-150312-9f3a\"");
        assert_eq!(serde_json::from_str::<RunId>(&json).unwrap(), run);
        assert!(serde_json::from_str::<RunId>("\"../../etc/passwd\"").is_err());
        assert!(serde_json::from_str::<SnapshotId>("\"snap-../x\"").is_err());
    }
}

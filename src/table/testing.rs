//! A small catalogue of its own for the tests of this room, so that they do not lean on particular entries.

use super::reader::{ReadOptions, Sheet};
use super::vocabulary::Vocabulary;
use crate::catalogue::{
    Attribute, ClearRule, Kind, Mastery, PatchPlace, Permissions, ReadRule, Section, Sensitivity, Spread,
    WriteRule,
};

const fn attribute(name: &'static str, label: &'static str, aliases: &'static [&'static str]) -> Attribute {
    Attribute {
        name,
        label,
        aliases,
        section: Section::Identity,
        kind: Kind::Text { max: None },
        read: ReadRule::List { select: name },
        write: WriteRule::MainPatch(PatchPlace::Property),
        clear: ClearRule::Null,
        sensitivity: Sensitivity::Ordinary,
        mastery: Mastery::OnPremises,
        spread: Spread::Shared,
        read_permission: Permissions::NONE,
        write_permission: Permissions::NONE,
        at_birth: true,
        extension: None,
        note: "",
    }
}

static ATTRIBUTES: [Attribute; 7] = [
    attribute("id", "Object ID", &[]),
    attribute("userPrincipalName", "User principal name", &["UPN"]),
    attribute("displayName", "Display name", &[]),
    attribute("jobTitle", "Job title", &["Title"]),
    attribute("department", "Department", &[]),
    attribute("mobilePhone", "Mobile phone", &[]),
    attribute("employeeOrgData.division", "Division", &[]),
];

pub(super) fn vocabulary() -> Vocabulary {
    Vocabulary::new(ATTRIBUTES.iter())
}

pub(super) fn attribute_named(name: &str) -> &'static Attribute {
    ATTRIBUTES
        .iter()
        .find(|attribute| attribute.name == name)
        .unwrap()
}

pub(super) fn sheet(bytes: impl AsRef<[u8]>) -> Sheet {
    Sheet::with_vocabulary(
        "users.csv",
        bytes.as_ref().to_vec(),
        ReadOptions::default(),
        &vocabulary(),
    )
    .unwrap()
}

/// The rules of the findings that make these bytes unusable.
pub(super) fn refusal(bytes: impl AsRef<[u8]>) -> Vec<&'static str> {
    Sheet::with_vocabulary(
        "users.csv",
        bytes.as_ref().to_vec(),
        ReadOptions::default(),
        &vocabulary(),
    )
    .unwrap_err()
    .findings()
    .iter()
    .map(|finding| finding.rule)
    .collect()
}

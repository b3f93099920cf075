//! Microsoft's own files of users: which one a sheet is, and what its columns mean there.
//!
//! The headers are those of Microsoft's pages and of real files: the portal's bulk templates and downloads
//! (<https://learn.microsoft.com/entra/identity/users/users-bulk-add>), the admin centre, `Get-MgUser | Export-Csv`, and
//! `m365 entra user list --output csv`. `docs/formats/sheet.md` has the table for people.

mod cli;
mod names;

use super::beginning::Above;
use super::forms::{bracketed, key};
use super::vocabulary::{Meaning, SNAPSHOT_COLUMN};
use crate::catalogue::{ReadOnlyReason, WriteRule};
use crate::domain::{Extent, Finding, Place};

pub(super) use cli::{is_default_list, json_list, may_be_cli, one_or_zero};

/// Which of Microsoft's files a sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The portal's template for creating users, with or without its version row.
    PortalCreate,
    /// The portal's template for inviting guests.
    PortalInvite,
    /// The portal's template for deleting users.
    PortalDelete,
    /// The portal's template for restoring deleted users.
    PortalRestore,
    /// The portal's template for adding members to a group or removing them.
    PortalGroupMembers,
    /// The portal's "Download users".
    PortalDownload,
    /// The portal's "Download users" with the columns of the list (preview of 2025).
    PortalDownloadPreview,
    /// The admin centre's template for adding several users.
    AdminCenterTemplate,
    /// The admin centre's "Export users".
    AdminCenterExport,
    /// `Get-MgUser | Export-Csv` of Microsoft Graph PowerShell.
    GraphPowerShell,
    /// `m365 entra user list --output csv` of CLI for Microsoft 365.
    CliForMicrosoft365,
}

impl Origin {
    /// Its name in JSON; stable.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::PortalCreate => "portal_create",
            Origin::PortalInvite => "portal_invite",
            Origin::PortalDelete => "portal_delete",
            Origin::PortalRestore => "portal_restore",
            Origin::PortalGroupMembers => "portal_group_members",
            Origin::PortalDownload => "portal_download",
            Origin::PortalDownloadPreview => "portal_download_preview",
            Origin::AdminCenterTemplate => "admin_center_template",
            Origin::AdminCenterExport => "admin_center_export",
            Origin::GraphPowerShell => "graph_powershell",
            Origin::CliForMicrosoft365 => "cli_microsoft365",
        }
    }

    /// Its name for people.
    pub fn in_words(self) -> &'static str {
        match self {
            Origin::PortalCreate => "the portal's template for creating users",
            Origin::PortalInvite => "the portal's template for inviting guests",
            Origin::PortalDelete => "the portal's template for deleting users",
            Origin::PortalRestore => "the portal's template for restoring users",
            Origin::PortalGroupMembers => "the portal's template for the members of a group",
            Origin::PortalDownload => "a list of users downloaded from the portal",
            Origin::PortalDownloadPreview => {
                "a list of users downloaded from the portal, with the columns of its view"
            }
            Origin::AdminCenterTemplate => "the admin centre's template for adding users",
            Origin::AdminCenterExport => "a list of users exported from the admin centre",
            Origin::GraphPowerShell => "an export of Microsoft Graph PowerShell",
            Origin::CliForMicrosoft365 => "an export of CLI for Microsoft 365",
        }
    }

    /// Why such a file is no sheet, for those that are orders for another job.
    pub(super) fn refusal(self, place: Place) -> Option<Finding> {
        let job = match self {
            Origin::PortalDelete => "it deletes the users it names",
            Origin::PortalRestore => "it restores the deleted users it names",
            Origin::PortalGroupMembers => "it changes who is in a group",
            _ => return None,
        };
        Some(
            Finding::error(
                "template-for-another-job",
                Extent::Sheet,
                format!(
                    "this is {}: {job}, and has no column that could be edited",
                    self.in_words()
                ),
                match self {
                    Origin::PortalDelete | Origin::PortalRestore => "upload it in the portal if that is what you want; here, users go and come back by the words of a column `_action` beside `id` or `userPrincipalName`",
                    _ => "upload it in the portal if that is what you want; to edit users, start with `dirsheet export -o users.csv`",
                },
            )
            .at(place),
        )
    }

    /// The attribute that a header means in this file, where it means nothing or something else anywhere else.
    pub(super) fn attribute(self, header: &str) -> Option<&'static str> {
        let table: &[(&str, &str)] = match self {
            Origin::AdminCenterExport => names::ADMIN_EXPORT,
            Origin::AdminCenterTemplate => names::ADMIN_TEMPLATE,
            _ => &[],
        };
        let key = key(header);
        table
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, name)| *name)
    }

    /// Whether the file always has a column with this header, and nothing of it can be edited.
    pub(super) fn ignores(self, header: &str) -> bool {
        let table: &[&str] = match self {
            Origin::PortalCreate => return is_password(header),
            Origin::PortalDownload => names::DOWNLOAD_IGNORED,
            Origin::PortalDownloadPreview => names::PREVIEW_IGNORED,
            Origin::AdminCenterExport => names::ADMIN_EXPORT_IGNORED,
            Origin::GraphPowerShell => names::POWERSHELL_IGNORED,
            _ => &[],
        };
        table.contains(&key(header).as_str())
    }
}

/// Whether a column holds passwords, or the structure they are part of.
fn is_password(header: &str) -> bool {
    let name = bracketed(header).map_or(header, |(_, property)| property);
    key(name).starts_with("passwordprofile")
}

/// Whether a column holds first passwords: the attribute, or the column of the portal's template.
pub(super) fn is_first_password(header: &str, meaning: Meaning) -> bool {
    match meaning {
        Meaning::Attribute(attribute) => attribute.name == "passwordProfile.password",
        Meaning::Foreign => {
            let name = bracketed(header).map_or(header, |(_, property)| property);
            key(name) == "passwordprofile"
        }
        _ => false,
    }
}

/// Words for a password, as [`key`] writes them.
const PASSWORDS: [&str; 6] = [
    "password",
    "passwort",
    "kennwort",
    "wachtwoord",
    "motdepasse",
    "contrasena",
];

/// Whether the cells of a column may be passwords, whoever's file it is: these are never kept.
pub(super) fn holds_passwords(header: &str, meaning: Meaning) -> bool {
    match meaning {
        // `passwordPolicies` and the like hold none.
        Meaning::Attribute(attribute) | Meaning::Repeated(attribute) => {
            attribute.write == WriteRule::ReadOnly(ReadOnlyReason::Secret)
        }
        _ => {
            let header = key(header);
            PASSWORDS.iter().any(|word| header.contains(word))
        }
    }
}

/// Which of Microsoft's files has this header, as far as the header tells; `above` are the rows over it.
pub(super) fn recognise(header: &[String], above: &[Above]) -> Option<Origin> {
    let keys: Vec<String> = header.iter().map(|text| key(text)).collect();
    let has = |wanted: &str| keys.iter().any(|key| key == wanted);
    let count = |wanted: &[&str]| wanted.iter().filter(|wanted| has(wanted)).count();
    if has(SNAPSHOT_COLUMN) {
        return None;
    }
    if let Some(origin) = portal_template(header) {
        return Some(origin);
    }
    let is_graph_type = |row: &Above| {
        let first = row.cells.first().map(|cell| cell.trim().to_lowercase());
        first.is_some_and(|mark| mark.starts_with("#type ") && mark.contains("microsoft.graph"))
    };
    if above.iter().any(is_graph_type) || (has("additionalproperties") && has("userprincipalname")) {
        return Some(Origin::GraphPowerShell);
    }
    if has("userprincipalname") && has("blockcredential") && count(names::ADMIN_EXPORT_IGNORED) >= 2 {
        return Some(Origin::AdminCenterExport);
    }
    if has("username") && has("displayname") && count(&["officenumber", "officephone", "mobilephone"]) >= 2 {
        return Some(Origin::AdminCenterTemplate);
    }
    if has("userprincipalname") && count(names::DOWNLOAD_MARKS) >= 2 {
        return Some(Origin::PortalDownload);
    }
    if has("userprincipalname") && count(names::PREVIEW_IGNORED) >= 1 {
        return Some(Origin::PortalDownloadPreview);
    }
    None
}

/// Headers of the form `Label [property] Required` are the portal's templates.
fn portal_template(header: &[String]) -> Option<Origin> {
    let properties: Vec<String> = header
        .iter()
        .filter_map(|text| bracketed(text))
        .map(|(_, property)| key(property))
        .collect();
    let has = |wanted: &str| properties.iter().any(|property| property == wanted);
    let is_only = |wanted: &str| {
        properties.len() == 1
            && has(wanted)
            && header.iter().filter(|text| !text.trim().is_empty()).count() == 1
    };
    if has("inviteeemail") {
        Some(Origin::PortalInvite)
    } else if has("memberobjectidorupn") {
        Some(Origin::PortalGroupMembers)
    } else if has("upnorobjectid") || is_only("userprincipalname") {
        Some(Origin::PortalDelete)
    } else if is_only("objectid") {
        Some(Origin::PortalRestore)
    } else if has("userprincipalname") && (has("passwordprofile") || has("accountenabled")) {
        Some(Origin::PortalCreate)
    } else {
        None
    }
}

/// Whether a row is the example that the portal's templates have under their header.
pub(super) fn is_example<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    const WORDS: [&str; 5] = ["example", "voorbeeld", "beispiel", "exemple", "ejemplo"];
    let filled: Vec<&str> = cells.map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let is_one = |cell: &&str| {
        cell.split_once(':')
            .is_some_and(|(word, _)| WORDS.contains(&key(word).as_str()))
    };
    let examples = filled.iter().filter(|cell| is_one(cell)).count();
    let names_somebody = filled
        .iter()
        .any(|cell| crate::domain::UserId::parse(cell).is_some());
    // Some editions of the templates say it in the first cell alone.
    !names_somebody && (examples >= 2 || filled.first().is_some_and(is_one))
}

#[cfg(test)]
mod tests;

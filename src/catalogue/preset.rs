//! Named sets of columns for `--columns`.
//!
//! They are written out, so that a new entry of the catalogue does not slip into somebody's scheduled export.
//! `onPremisesSyncEnabled` is in every one: it tells the reader which cells the cloud will let them edit.

use super::{Attribute, all};

/// The portal's groups Identity, Job Information, Contact Information, Parental controls and Settings: all that can
/// be edited there, and the few facts a reader wants beside it (`createdDateTime`, `onPremisesSyncEnabled`).
///
/// Left out: `passwordPolicies`, a rule for sign-in that nobody should fill down with the job titles;
/// `employeeLeaveDateTime`, which needs a permission of its own; and what the portal shows of licences, password and
/// sign-in, which cannot be edited here and would fill the sheet with structures.
const DEFAULT: &[&str] = &[
    "displayName",
    "givenName",
    "surname",
    "userType",
    "preferredLanguage",
    "createdDateTime",
    "jobTitle",
    "department",
    "companyName",
    "officeLocation",
    "employeeId",
    "employeeType",
    "employeeHireDate",
    "employeeOrgData.division",
    "employeeOrgData.costCenter",
    "manager",
    "mail",
    "mailNickname",
    "otherMails",
    "businessPhones",
    "mobilePhone",
    "faxNumber",
    "streetAddress",
    "city",
    "state",
    "postalCode",
    "country",
    "ageGroup",
    "consentProvidedForMinor",
    "accountEnabled",
    "usageLocation",
    "onPremisesSyncEnabled",
];

/// Enough to recognise a person and their place in the house.
const MINIMAL: &[&str] = &[
    "displayName",
    "givenName",
    "surname",
    "jobTitle",
    "department",
    "mail",
    "onPremisesSyncEnabled",
];

/// What an HR department keeps about an employee: who it is, the employment, the place in the organisation, the work
/// address and whether the account is open. No private addresses and nothing about sign-in.
const HR: &[&str] = &[
    "displayName",
    "givenName",
    "surname",
    "preferredLanguage",
    "jobTitle",
    "department",
    "companyName",
    "officeLocation",
    "employeeId",
    "employeeType",
    "employeeHireDate",
    "employeeOrgData.division",
    "employeeOrgData.costCenter",
    "manager",
    "mail",
    "businessPhones",
    "mobilePhone",
    "city",
    "country",
    "accountEnabled",
    "usageLocation",
    "onPremisesSyncEnabled",
];

/// A named set of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// What the portal's profile page shows.
    Default,
    /// Everything that can be read without a permission of its own.
    All,
    /// Who is who.
    Minimal,
    /// What an HR department keeps.
    Hr,
}

impl Preset {
    /// Every preset with the word that chooses it.
    pub const NAMES: [(&'static str, Preset); 4] = [
        ("default", Preset::Default),
        ("all", Preset::All),
        ("minimal", Preset::Minimal),
        ("hr", Preset::Hr),
    ];

    /// The preset with this name, in exactly this spelling.
    pub fn by_name(name: &str) -> Option<Preset> {
        Self::NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, preset)| *preset)
    }

    /// The preset's columns, in catalogue order; `id` and `userPrincipalName` are in every one.
    pub fn columns(self) -> Vec<&'static Attribute> {
        let named: &[&str] = match self {
            Preset::All => return all().filter(|a| a.is_exportable() && !a.is_opt_in()).collect(),
            Preset::Default => DEFAULT,
            Preset::Minimal => MINIMAL,
            Preset::Hr => HR,
        };
        all()
            .filter(|a| a.name == "id" || a.name == "userPrincipalName" || named.contains(&a.name))
            .collect()
    }
}

//! Changes that the service would refuse, and why.

use serde::{Deserialize, Serialize};

use super::{Change, RowNote, RowStatus, UserId, UserState};
use crate::catalogue::{Attribute, Mastery};

/// Why the service would refuse a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForeseenReason {
    /// The user is synchronised and the attribute is mastered in Active Directory.
    MasteredOnPremises,
    /// The user was synchronised once, and Exchange keeps the attribute.
    OnceSynchronised,
    /// The user stands in a restricted management administrative unit.
    ManagementRestricted,
    /// An agent user, which this tool shows and does not edit.
    AgentUser,
    /// The user holds a role, and the attribute is sensitive: the caller's own role is too weak.
    AdminProtected,
    /// The token lacks the permission for the column.
    PermissionMissing,
    /// The caller holds no directory role, which this needs beside the permission.
    RoleMissing,
    /// This national cloud does not have the attribute.
    NotInThisCloud,
    /// The licence comes through a group.
    LicenseFromGroup,
    /// An application is signed in, and the profile store is documented to let none in.
    ProfileStore,
    /// A role of whoever is signed in would be taken.
    OwnRole,
    /// Nobody would be left who can do everything.
    LastGlobalAdministrator,
}

impl ForeseenReason {
    /// Every reason.
    pub const ALL: [ForeseenReason; 12] = [
        ForeseenReason::MasteredOnPremises,
        ForeseenReason::OnceSynchronised,
        ForeseenReason::ManagementRestricted,
        ForeseenReason::AgentUser,
        ForeseenReason::AdminProtected,
        ForeseenReason::PermissionMissing,
        ForeseenReason::RoleMissing,
        ForeseenReason::NotInThisCloud,
        ForeseenReason::LicenseFromGroup,
        ForeseenReason::ProfileStore,
        ForeseenReason::OwnRole,
        ForeseenReason::LastGlobalAdministrator,
    ];

    /// The stable word in reports.
    pub fn code(self) -> &'static str {
        match self {
            ForeseenReason::MasteredOnPremises => "mastered-on-premises",
            ForeseenReason::OnceSynchronised => "once-synchronised",
            ForeseenReason::ManagementRestricted => "management-restricted",
            ForeseenReason::AgentUser => "agent-user",
            ForeseenReason::AdminProtected => "admin-protected",
            ForeseenReason::PermissionMissing => "permission-missing",
            ForeseenReason::RoleMissing => "role-missing",
            ForeseenReason::NotInThisCloud => "not-in-this-cloud",
            ForeseenReason::LicenseFromGroup => "license-from-group",
            ForeseenReason::ProfileStore => "profile-store",
            ForeseenReason::OwnRole => "own-role",
            ForeseenReason::LastGlobalAdministrator => "last-global-administrator",
        }
    }

    /// Why it would be refused.
    pub fn message(self) -> &'static str {
        match self {
            ForeseenReason::MasteredOnPremises => {
                "the user is synchronised from Active Directory, and this attribute is mastered there"
            }
            ForeseenReason::OnceSynchronised => {
                "the user is or was synchronised, and Exchange keeps this attribute for such users"
            }
            ForeseenReason::ManagementRestricted => {
                "the user is in a restricted management administrative unit, which ordinary permissions do not reach"
            }
            ForeseenReason::AgentUser => "this is an agent user, which dirsheet shows and does not edit",
            ForeseenReason::AdminProtected => {
                "the user holds an administrator role, and only a higher role may change this sensitive attribute"
            }
            ForeseenReason::PermissionMissing => "the sign-in has no permission to write this column",
            ForeseenReason::RoleMissing => {
                "passwords are set by a directory role as well as a permission, and the sign-in holds no such role"
            }
            ForeseenReason::NotInThisCloud => "this national cloud does not have the attribute",
            ForeseenReason::LicenseFromGroup => {
                "a licence that the cell takes away or changes comes through a group, and goes only there"
            }
            ForeseenReason::OwnRole => {
                "the role belongs to the account that is signed in, which loses none by a sheet"
            }
            ForeseenReason::LastGlobalAdministrator => {
                "nobody would be left who is Global Administrator directly and for the whole directory"
            }
            ForeseenReason::ProfileStore => {
                "the profile store keeps this attribute, and Microsoft says that no application may write there"
            }
        }
    }

    /// Who could do it.
    pub fn hint(self) -> &'static str {
        match self {
            ForeseenReason::MasteredOnPremises => {
                "change it in the on-premises Active Directory; the next sync brings it here"
            }
            ForeseenReason::OnceSynchronised => {
                "change it in Exchange or in the on-premises Active Directory"
            }
            ForeseenReason::ManagementRestricted => {
                "ask an administrator whose role is scoped to that administrative unit"
            }
            ForeseenReason::AgentUser => "change it where the agent is managed",
            ForeseenReason::AdminProtected => {
                "ask an administrator with a higher role, or give such a role to the application"
            }
            ForeseenReason::PermissionMissing => "grant the permission with admin consent",
            ForeseenReason::RoleMissing => "give such a role to the application",
            ForeseenReason::NotInThisCloud => "leave the column out",
            ForeseenReason::LicenseFromGroup => {
                "take the user out of the group, or keep the licence in the cell"
            }
            ForeseenReason::OwnRole => "let another administrator take it",
            ForeseenReason::LastGlobalAdministrator => {
                "give the role to somebody else in a run before this one"
            }
            ForeseenReason::ProfileStore => {
                "let the person change it in their own profile, or a SharePoint administrator in the admin center; \
                 with the permission Sites.ReadWrite.All it is tried all the same, as some report success"
            }
        }
    }
}

/// A change that is held back because the service would refuse it; the other cells of the row still go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    pub user: UserId,
    #[serde(rename = "userPrincipalName")]
    pub upn: String,
    pub row: u64,
    #[serde(flatten)]
    pub change: Change,
    pub reason: ForeseenReason,
    /// The role or the permission that would be needed, where that is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub needs: String,
}

impl Withheld {
    /// What to do, with the role or the permission that is needed.
    pub fn hint(&self) -> String {
        match (self.reason, self.needs.as_str()) {
            (reason, "") => reason.hint().to_owned(),
            (ForeseenReason::PermissionMissing, needs) => format!("grant it with admin consent: {needs}"),
            (_, needs) => format!("it needs the role {needs}"),
        }
    }

    /// The same for the report of the row.
    pub(super) fn note(&self) -> RowNote {
        RowNote {
            status: RowStatus::Skipped,
            code: self.reason.code().to_owned(),
            message: format!("{}: {}", self.change.attribute.name, self.reason.message()),
            hint: self.hint(),
        }
    }
}

/// Why the service would refuse to write this attribute of this user, as far as the directory tells.
pub fn foreseen(attribute: &Attribute, user: &UserState) -> Option<ForeseenReason> {
    if user.agent {
        return Some(ForeseenReason::AgentUser);
    }
    if user.restricted {
        return Some(ForeseenReason::ManagementRestricted);
    }
    match (attribute.mastery, user.synced) {
        (Mastery::OnPremises | Mastery::OnPremisesOnce, Some(true)) => {
            Some(ForeseenReason::MasteredOnPremises)
        }
        (Mastery::OnPremisesOnce, Some(false)) => Some(ForeseenReason::OnceSynchronised),
        (Mastery::OnPremises, Some(false) | None)
        | (Mastery::OnPremisesOnce, None)
        | (Mastery::Cloud | Mastery::Unknown, _) => None,
    }
}

//! The type of one entry, and the vocabulary its rules are written in.

use super::{AccountPart, Extension, Permissions, Resource};

/// One thing the directory holds about a user.
#[derive(Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Graph's name, and the header of the column; a leaf of a complex property is written with a dot.
    pub name: &'static str,
    /// What the portal's profile page calls it (English).
    pub label: &'static str,
    /// Other headers that mean this attribute, beside `name` and `label` (Microsoft's own CSV files use them).
    pub aliases: &'static [&'static str],
    pub section: Section,
    pub kind: Kind,
    pub read: ReadRule,
    pub write: WriteRule,
    pub clear: ClearRule,
    pub sensitivity: Sensitivity,
    pub mastery: Mastery,
    /// Whether many people may share one value, for the guard against filled-down columns.
    pub spread: Spread,
    /// Application permissions to read it.
    pub read_permission: Permissions,
    /// Application permissions to write it; none for read-only attributes.
    pub write_permission: Permissions,
    /// Whether `POST /users` is documented to take it; what it does not follows in a PATCH.
    /// <https://learn.microsoft.com/graph/api/user-post-users>
    pub at_birth: bool,
    /// What the tenant says of it, when it is one of the tenant's own.
    pub extension: Option<Extension>,
    /// One sentence for `docs/attributes.md`; empty when there is nothing to add.
    pub note: &'static str,
}

/// The group of the portal's profile page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Identity,
    JobInformation,
    ContactInformation,
    ParentalControls,
    Settings,
    OnPremises,
    /// The profile store (`aboutMe`, `skills`, …).
    Profile,
    /// Phone and email for sign-in.
    Authentication,
    /// What the tenant made for itself; the portal does not show it.
    Extensions,
}

/// A `max` that Microsoft does not publish, for kinds that need a number: longer than anything that is sent.
pub const NO_LIMIT: u16 = u16::MAX;

/// What a cell of this attribute holds, and its limits. Lengths are in UTF-16 code units, as the service counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Free text of at most `max` characters; `None` where Microsoft publishes no limit.
    Text { max: Option<u16> },
    /// A telephone number: free text for the service, compared without regard to invisible characters.
    Phone { max: u16 },
    /// A telephone number for signing in: `+31 612345678`, for an office with `x12` behind it where `extension` says so; compared
    /// by its digits. <https://learn.microsoft.com/graph/api/resources/phoneauthenticationmethod#properties>
    SignInPhone { extension: bool },
    /// An SMTP address; compared without regard to case.
    Email { max: Option<u16> },
    /// An address that begins with `http://` or `https://`.
    WebAddress,
    /// `alias@domain`, 113 characters, 64 before and 48 after the `@`; compared without regard to case.
    UserPrincipalName,
    /// `mailNickname`: no blanks and none of `@ ( ) \ [ ] " ; : < > ,`.
    MailNickname { max: u16 },
    /// `en-US`: language and region.
    Language,
    /// ISO 3166 alpha-2, upper case.
    Country,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A moment, ISO 8601 in UTC; compared as an instant.
    DateTime,
    /// A GUID; compared without regard to case.
    Guid,
    /// One of these words; compared exactly, offered without regard to case.
    Choice(&'static [&'static str]),
    /// Any combination of these words in one text, joined by `, ` (`passwordPolicies`).
    Flags(&'static [&'static str]),
    /// Several texts in one cell, joined by `; `; compared as a set.
    TextList { items_max: u16, item_max: u16 },
    /// Several SMTP addresses in one cell, joined by `; `; compared as a set without regard to case.
    EmailList { items_max: u16, item_max: u16 },
    /// Ways to sign in, in one cell, each `signInType|issuer|issuerAssignedId`, joined by `; `; compared as a set.
    /// <https://learn.microsoft.com/graph/api/resources/objectidentity>
    Identities { items_max: u16 },
    /// A structure shown as compact JSON; never editable.
    Json,
    /// Another user, by userPrincipalName or id.
    Reference,
    /// Several users in one cell, by userPrincipalName or id, joined by `; `; compared as a set.
    References { items_max: u16 },
    /// A picture: a file in a sheet, the fingerprint of its bytes everywhere else; compared by that.
    Picture,
}

/// How the value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadRule {
    /// In `GET /users` with this name in `$select`; a leaf selects its parent.
    List { select: &'static str },
    /// The same, but only when asked for: it costs something or needs a permission of its own, and would break the whole list.
    ListOptIn { select: &'static str, reason: OptIn },
    /// In `GET /users` with `$expand`.
    Expand { navigation: &'static str },
    /// Only in `GET /users/{id}`, one user at a time (profile store, mailbox settings).
    SingleUser { select: &'static str },
    /// A resource of its own below the user (authentication methods).
    Resource(Resource),
    /// Out of the list of everybody's role assignments.
    RoleAssignments,
    /// No property: whether the account stands among the users or among the deleted ones.
    Account,
    /// Never returned (passwords).
    Never,
}

/// Why a column is left out unless it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptIn {
    /// Naming it without its permission makes the whole list call fail with 403.
    OwnPermission,
    /// It needs its permission and lowers the largest page from 999 to 500.
    SmallPages,
}

/// How the value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteRule {
    /// In the body of `PATCH /users/{id}`.
    MainPatch(PatchPlace),
    /// `PUT` and `DELETE /users/{id}/{navigation}/$ref`.
    Reference { navigation: &'static str },
    /// A PATCH of its own with nothing of the directory in it (profile store).
    ProfilePatch,
    /// An address of its own below the user (phone and email methods).
    Resource(Resource),
    /// `POST /users/{id}/assignLicense` with everything that is given and taken.
    Licences,
    /// `POST /roleManagement/directory/roleAssignments` for each role given, `DELETE` for each taken.
    Roles,
    /// An action on the account, which only the column `_action` asks for.
    Account(AccountPart),
    /// Cannot be written with this tool.
    ReadOnly(ReadOnlyReason),
}

/// Where in the PATCH body the value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchPlace {
    /// `{"name": value}`
    Property,
    /// `{"parent": {"leaf": value}}`; leaves that are not mentioned keep their value.
    Leaf {
        parent: &'static str,
        leaf: &'static str,
    },
    /// The same, but a leaf that is left out becomes null: all leaves of the parent are always sent.
    WholeParent {
        parent: &'static str,
        leaf: &'static str,
    },
    /// `{"parent": {"set": {"leaf": value}}}` with types beside it; what is not mentioned keeps its value.
    InSet {
        parent: &'static str,
        set: &'static str,
        leaf: &'static str,
    },
}

/// Why an attribute is read-only; the text a person gets is made in `domain::rules`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadOnlyReason {
    /// The service sets or computes it.
    SetByService,
    /// Mastered by Active Directory and only shown in the cloud.
    SetOnPremises,
    /// Managed by Exchange.
    SetByExchange,
    /// It has an endpoint or an action of its own that this version does not use.
    OwnEndpoint,
    /// All of it in one; its parts have columns of their own.
    InParts,
    /// Microsoft does not say that it can be written.
    Undocumented,
    /// A secret, which has no place in a sheet, a plan or a journal.
    Secret,
    /// Bytes, which nobody types into a cell.
    Bytes,
}

/// What an emptied cell may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClearRule {
    /// Cleared with `null`.
    Null,
    /// Cleared with `[]`.
    EmptyList,
    /// The service refuses to clear it.
    Never,
}

/// Whether Microsoft counts a change as a sensitive action: against holders of roles it needs a higher role.
/// <https://learn.microsoft.com/graph/api/resources/users#who-can-perform-sensitive-actions>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensitivity {
    Ordinary,
    Sensitive,
}

/// What happens to a write for a user that is synchronised from Active Directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mastery {
    /// Refused: mastered on premises.
    OnPremises,
    /// Also refused for users that were synchronised once and no longer are (Exchange attributes 1–15).
    OnPremisesOnce,
    /// Editable in the cloud for everybody.
    Cloud,
    /// Microsoft does not say; it is tried, and a refusal is reported per row.
    Unknown,
}

/// Whether one value on many people is ordinary or looks like a filled-down column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// Departments, cities, countries: many people share a value.
    Shared,
    /// Names, phones, numbers of a person: many people with one value is suspicious.
    Individual,
}

impl Section {
    /// The heading on the portal's profile page.
    pub const fn title(self) -> &'static str {
        match self {
            Section::Identity => "Identity",
            Section::JobInformation => "Job Information",
            Section::ContactInformation => "Contact Information",
            Section::ParentalControls => "Parental controls",
            Section::Settings => "Settings",
            Section::OnPremises => "On-premises",
            Section::Profile => "Profile",
            Section::Authentication => "Authentication",
            Section::Extensions => "Extensions",
        }
    }
}

impl Attribute {
    /// Whether a changed cell of this column can lead to a write.
    pub fn is_writable(&self) -> bool {
        !matches!(self.write, WriteRule::ReadOnly(_) | WriteRule::Account(_))
    }

    /// The part of the account that an action changes under this name.
    pub fn account_part(&self) -> Option<AccountPart> {
        match self.write {
            WriteRule::Account(part) => Some(part),
            _ => None,
        }
    }

    /// Whether the attribute can be a column of an export.
    pub fn is_exportable(&self) -> bool {
        !matches!(self.read, ReadRule::Never | ReadRule::Account)
    }

    /// Whether it is exported only when it is named.
    pub fn is_opt_in(&self) -> bool {
        matches!(self.read, ReadRule::ListOptIn { .. } | ReadRule::RoleAssignments)
            || self.is_read_by_itself()
    }

    /// Whether reading it takes a request of its own for each user.
    pub fn is_read_by_itself(&self) -> bool {
        matches!(
            self.read,
            ReadRule::SingleUser { .. } | ReadRule::Resource(_) | ReadRule::Account
        )
    }

    /// The first-level property to name in `$select`, if it is read from the list.
    pub fn select(&self) -> Option<&'static str> {
        match self.read {
            ReadRule::List { select } | ReadRule::ListOptIn { select, .. } => Some(select),
            ReadRule::Expand { .. }
            | ReadRule::SingleUser { .. }
            | ReadRule::Resource(_)
            | ReadRule::RoleAssignments
            | ReadRule::Account
            | ReadRule::Never => None,
        }
    }

    /// Whether screens and reports show its values only in part: they are how a person proves who they are.
    pub fn is_masked(&self) -> bool {
        self.section == Section::Authentication
    }

    /// Parent and leaf, for an attribute inside a complex property.
    pub fn parent_and_leaf(&self) -> Option<(&'static str, &'static str)> {
        self.name.split_once('.')
    }
}

//! What this directory knows about a user: one line per property, written from Microsoft's documents alone.
//!
//! The client keeps a catalogue of its own. The two never share a line, so that a mistake in one cannot be
//! hidden by the same mistake in the other; a test lays both beside `user-attributes.csv`.

pub use super::properties::PROPERTIES;

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    Text,
    /// A boolean.
    Flag,
    /// A whole number.
    Whole,
    /// A date and time with an offset.
    Moment,
    /// A list of strings; unset reads as `[]`.
    TextList,
    /// A complex value with the leaves named here.
    Group(&'static [Leaf]),
    /// A complex value that is kept as it is.
    Opaque,
    /// A list of complex values that is kept as it is; unset reads as `[]`.
    OpaqueList,
}

/// A property inside a complex property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// The name as in the metadata.
    pub name: &'static str,
    /// The kind: text, flag, moment or list of text.
    pub kind: LeafKind,
    /// Longest text, where documented.
    pub max: Option<usize>,
}

/// What a leaf holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafKind {
    /// A string.
    Text,
    /// A boolean.
    Flag,
    /// A date and time.
    Moment,
    /// A list of strings.
    TextList,
    /// Something complex.
    Opaque,
}

/// Filter operators, as bits.
pub mod op {
    /// `eq`
    pub const EQ: u16 = 1;
    /// `ne`
    pub const NE: u16 = 2;
    /// `not`
    pub const NOT: u16 = 4;
    /// `ge`
    pub const GE: u16 = 8;
    /// `le`
    pub const LE: u16 = 16;
    /// `in`
    pub const IN: u16 = 32;
    /// `startsWith`
    pub const STARTS: u16 = 64;
    /// `endsWith`
    pub const ENDS: u16 = 128;
    /// `eq null`
    pub const NULL: u16 = 256;
    /// `$orderby` in plain mode
    pub const SORT: u16 = 512;
    /// `/$count eq 0`
    pub const COUNT: u16 = 1024;
    /// Every use is an advanced query.
    pub const ADVANCED: u16 = 2048;
    /// `startsWith` is an advanced query.
    pub const STARTS_ADVANCED: u16 = 4096;
    /// The common set of a text property.
    pub const USUAL: u16 = EQ | NE | NOT | GE | LE | IN | STARTS | NULL;
    /// Equality without order.
    pub const SAME: u16 = EQ | NE | NOT | IN;
    /// Order without `startsWith`.
    pub const RANGE: u16 = EQ | NE | NOT | GE | LE | IN;
}

/// One property of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Property {
    /// The name as in the metadata.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Longest text (or list item), in characters.
    pub max: Option<usize>,
    /// The metadata's word; what may be cleared is `clearable`.
    pub nullable: bool,
    /// Whether `null` (or `[]` for a list) empties it.
    pub clearable: bool,
    /// Whether the main PATCH takes it.
    pub updatable: bool,
    /// Whether changing it on an administrator asks for more than a permission.
    pub sensitive: bool,
    /// Whether a synced user's value is mastered on premises.
    pub mastered: bool,
    /// Whether a request without `$select` returns it.
    pub by_default: bool,
    /// Whether it can only be read one user at a time.
    pub single_only: bool,
    /// Whether it lives in SharePoint (a PATCH of its own, and never by an app).
    pub sharepoint: bool,
    /// Filter operators of [`op`].
    pub ops: u16,
    /// Application permissions of which one must be there to read it, beside the ordinary ones.
    pub read_roles: &'static [&'static str],
    /// Application permissions of which one must be there to write it, instead of the ordinary ones.
    pub write_roles: &'static [&'static str],
}

impl Property {
    pub(super) const fn new(name: &'static str, kind: Kind) -> Self {
        let nullable = !matches!(kind, Kind::TextList | Kind::OpaqueList);
        Property {
            name,
            kind,
            max: None,
            nullable,
            clearable: false,
            updatable: false,
            sensitive: false,
            mastered: false,
            by_default: false,
            single_only: false,
            sharepoint: false,
            ops: 0,
            read_roles: &[],
            write_roles: &[],
        }
    }
    pub(super) const fn max(mut self, max: usize) -> Self {
        self.max = Some(max);
        self
    }
    pub(super) const fn nullable(mut self, nullable: bool) -> Self {
        self.nullable = nullable;
        self
    }
    /// Writable, and emptied by `null` or `[]`.
    pub(super) const fn write(mut self) -> Self {
        self.updatable = true;
        self.clearable = true;
        self
    }
    /// Writable, never emptied.
    pub(super) const fn keep(mut self) -> Self {
        self.updatable = true;
        self
    }
    pub(super) const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }
    pub(super) const fn mastered(mut self) -> Self {
        self.mastered = true;
        self
    }
    pub(super) const fn shown(mut self) -> Self {
        self.by_default = true;
        self
    }
    pub(super) const fn single(mut self) -> Self {
        self.single_only = true;
        self
    }
    pub(super) const fn sharepoint(mut self) -> Self {
        self.single_only = true;
        self.sharepoint = true;
        self
    }
    pub(super) const fn ops(mut self, ops: u16) -> Self {
        self.ops = ops;
        self
    }
    pub(super) const fn read_roles(mut self, roles: &'static [&'static str]) -> Self {
        self.read_roles = roles;
        self
    }
    pub(super) const fn write_roles(mut self, roles: &'static [&'static str]) -> Self {
        self.write_roles = roles;
        self
    }

    /// Whether an unset value reads as `[]`.
    pub fn is_list(&self) -> bool {
        matches!(self.kind, Kind::TextList | Kind::OpaqueList)
    }
}

<<<<<<< HEAD
const fn text(name: &'static str) -> Property {
    Property::new(name, Kind::Text)
}
const fn moment(name: &'static str) -> Property {
    Property::new(name, Kind::Moment)
}
const fn flag(name: &'static str) -> Property {
    Property::new(name, Kind::Flag)
}
const fn texts(name: &'static str) -> Property {
    Property::new(name, Kind::TextList)
}
const fn group(name: &'static str, leaves: &'static [Leaf]) -> Property {
    Property::new(name, Kind::Group(leaves))
}
const fn opaque(name: &'static str) -> Property {
    Property::new(name, Kind::Opaque)
}
const fn opaques(name: &'static str) -> Property {
    Property::new(name, Kind::OpaqueList)
}
const fn leaf(name: &'static str, kind: LeafKind) -> Leaf {
    Leaf {
        name,
        kind,
        max: None,
    }
}
const fn extension(name: &'static str) -> Leaf {
    Leaf {
        name,
        kind: LeafKind::Text,
        max: Some(1024),
    }
}

const EXTENSIONS: &[Leaf] = &[
    extension("extensionAttribute1"),
    extension("extensionAttribute2"),
    extension("extensionAttribute3"),
    extension("extensionAttribute4"),
    extension("extensionAttribute5"),
    extension("extensionAttribute6"),
    extension("extensionAttribute7"),
    extension("extensionAttribute8"),
    extension("extensionAttribute9"),
    extension("extensionAttribute10"),
    extension("extensionAttribute11"),
    extension("extensionAttribute12"),
    extension("extensionAttribute13"),
    extension("extensionAttribute14"),
    extension("extensionAttribute15"),
];
const ORG_DATA: &[Leaf] = &[
    leaf("division", LeafKind::Text),
    leaf("costCenter", LeafKind::Text),
];
const PASSWORD: &[Leaf] = &[
    leaf("password", LeafKind::Text),
    leaf("forceChangePasswordNextSignIn", LeafKind::Flag),
    leaf("forceChangePasswordNextSignInWithMfa", LeafKind::Flag),
];
const SIGN_IN: &[Leaf] = &[
    leaf("lastSignInDateTime", LeafKind::Moment),
    leaf("lastSignInRequestId", LeafKind::Text),
    leaf("lastNonInteractiveSignInDateTime", LeafKind::Moment),
    leaf("lastNonInteractiveSignInRequestId", LeafKind::Text),
    leaf("lastSuccessfulSignInDateTime", LeafKind::Moment),
    leaf("lastSuccessfulSignInRequestId", LeafKind::Text),
];
const MAILBOX: &[Leaf] = &[
    leaf("timeZone", LeafKind::Text),
    leaf("language", LeafKind::Opaque),
    leaf("dateFormat", LeafKind::Text),
    leaf("timeFormat", LeafKind::Text),
    leaf("automaticRepliesSetting", LeafKind::Opaque),
    leaf("workingHours", LeafKind::Opaque),
    leaf("delegateMeetingMessageDeliveryOptions", LeafKind::Text),
    leaf("archiveFolder", LeafKind::Text),
    leaf("userPurpose", LeafKind::Text),
];
const CERTIFICATES: &[Leaf] = &[leaf("certificateUserIds", LeafKind::TextList)];

const PHONE: &[&str] = &[
    "User-Phone.ReadWrite.All",
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
];
const MAILS: &[&str] = &[
    "User-Mail.ReadWrite.All",
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
];
const ENABLE: &[&str] = &["User.EnableDisableAccount.All"];
const IDENTITIES: &[&str] = &["User.ManageIdentities.All"];
const PASSWORDS: &[&str] = &["User-PasswordProfile.ReadWrite.All"];
const LIFE_READ: &[&str] = &["User-LifeCycleInfo.Read.All", "User-LifeCycleInfo.ReadWrite.All"];
const LIFE_WRITE: &[&str] = &["User-LifeCycleInfo.ReadWrite.All"];
const SECURITY_READ: &[&str] = &[
    "CustomSecAttributeAssignment.Read.All",
    "CustomSecAttributeAssignment.ReadWrite.All",
];
const SECURITY_WRITE: &[&str] = &["CustomSecAttributeAssignment.ReadWrite.All"];
const MAILBOX_READ: &[&str] = &["MailboxSettings.Read", "MailboxSettings.ReadWrite"];

use op::*;

/// Every property, in the order in which a full read shows them.
pub static PROPERTIES: &[Property] = &[
    text("id").nullable(false).shown().ops(SAME),
    texts("businessPhones")
        .max(64)
        .write()
        .sensitive()
        .mastered()
        .shown()
        .ops(EQ | NOT | GE | LE | STARTS)
        .write_roles(PHONE),
    text("displayName")
        .max(256)
        .keep()
        .mastered()
        .shown()
        .ops(USUAL | SORT),
    text("givenName").max(64).write().mastered().shown().ops(USUAL),
    text("jobTitle").max(128).write().mastered().shown().ops(USUAL),
    text("mail").keep().mastered().shown().ops(USUAL | ENDS),
    text("mobilePhone")
        .max(64)
        .write()
        .sensitive()
        .mastered()
        .shown()
        .ops(USUAL | STARTS_ADVANCED)
        .write_roles(PHONE),
    text("officeLocation")
        .max(128)
        .write()
        .mastered()
        .shown()
        .ops(USUAL),
    text("preferredLanguage").write().mastered().shown().ops(USUAL),
    text("surname").max(64).write().mastered().shown().ops(USUAL),
    text("userPrincipalName")
        .max(113)
        .keep()
        .sensitive()
        .mastered()
        .shown()
        .ops(RANGE | STARTS | ENDS | SORT),
    flag("accountEnabled")
        .keep()
        .sensitive()
        .ops(SAME)
        .write_roles(ENABLE),
    text("ageGroup").write().ops(SAME),
    opaques("assignedLicenses").ops(EQ | NOT | COUNT),
    opaques("assignedPlans").ops(EQ | NOT),
    group("authorizationInfo", CERTIFICATES),
    text("city").max(128).write().mastered().ops(USUAL),
    text("companyName").max(64).write().mastered().ops(USUAL),
    text("consentProvidedForMinor").write().ops(SAME),
    text("country").max(128).write().mastered().ops(USUAL),
    moment("createdDateTime").ops(RANGE),
    text("creationType").ops(SAME),
    opaque("customSecurityAttributes")
        .write()
        .read_roles(SECURITY_READ)
        .write_roles(SECURITY_WRITE),
    moment("deletedDateTime").ops(RANGE),
    text("department").max(64).write().mastered().ops(RANGE | NULL),
    Property::new("deviceEnrollmentLimit", Kind::Whole).nullable(false),
    moment("employeeHireDate").write().ops(RANGE),
    text("employeeId").max(16).write().mastered().ops(USUAL),
    moment("employeeLeaveDateTime")
        .write()
        .ops(RANGE)
        .read_roles(LIFE_READ)
        .write_roles(LIFE_WRITE),
    group("employeeOrgData", ORG_DATA).write().ops(RANGE),
    text("employeeType").write().ops(RANGE | STARTS),
    text("externalUserState").ops(SAME),
    moment("externalUserStateChangeDateTime").ops(SAME),
    text("faxNumber").write().mastered().ops(USUAL),
    opaques("identities")
        .nullable(true)
        .keep()
        .ops(EQ)
        .write_roles(IDENTITIES),
    text("identityParentId"),
    texts("imAddresses").ops(EQ | NOT | GE | LE | STARTS),
    flag("isManagementRestricted"),
    flag("isResourceAccount"),
    moment("lastPasswordChangeDateTime"),
    text("legalAgeGroupClassification"),
    opaques("licenseAssignmentStates").nullable(true),
    text("mailNickname").max(64).keep().mastered().ops(USUAL),
    text("onPremisesDistinguishedName"),
    text("onPremisesDomainName"),
    group("onPremisesExtensionAttributes", EXTENSIONS)
        .write()
        .mastered()
        .ops(SAME | ADVANCED),
    text("onPremisesImmutableId")
        .write()
        .sensitive()
        .mastered()
        .ops(RANGE),
    moment("onPremisesLastSyncDateTime").ops(RANGE),
    opaques("onPremisesProvisioningErrors")
        .nullable(true)
        .ops(EQ | NOT | GE | LE),
    text("onPremisesSamAccountName").ops(RANGE | STARTS),
    text("onPremisesSecurityIdentifier").ops(EQ | NULL),
    flag("onPremisesSyncEnabled").ops(SAME | NULL),
    text("onPremisesUserPrincipalName").ops(RANGE | STARTS),
    texts("otherMails")
        .max(250)
        .write()
        .sensitive()
        .ops(EQ | NOT | GE | LE | IN | STARTS | ENDS | COUNT)
        .write_roles(MAILS),
    text("passwordPolicies").write().ops(NE | NOT | NULL),
    group("passwordProfile", PASSWORD)
        .keep()
        .sensitive()
        .mastered()
        .ops(SAME | NULL)
        .write_roles(PASSWORDS),
    text("postalCode").max(40).write().mastered().ops(USUAL),
    text("preferredDataLocation"),
    opaque("print"),
    opaques("provisionedPlans").ops(EQ | NOT | GE | LE),
    texts("proxyAddresses").ops(EQ | NOT | GE | LE | STARTS | ENDS | COUNT),
    text("securityIdentifier").ops(EQ | NOT | GE | LE | STARTS),
    opaques("serviceProvisioningErrors").nullable(true).ops(EQ | NOT),
    flag("showInAddressList"),
    group("signInActivity", SIGN_IN)
        .ops(EQ | NE | NOT | GE | LE)
        .read_roles(&["AuditLog.Read.All"]),
    moment("signInSessionsValidFromDateTime"),
    text("state").max(128).write().mastered().ops(USUAL),
    text("streetAddress").max(1024).write().mastered().ops(USUAL),
    text("usageLocation").max(2).keep().ops(USUAL),
    text("userType").keep().ops(SAME | NULL),
    text("aboutMe").write().sharepoint(),
    moment("birthday").nullable(false).keep().sharepoint(),
    moment("hireDate").nullable(false).single(),
    texts("interests").nullable(true).write().sharepoint(),
    group("mailboxSettings", MAILBOX)
        .single()
        .read_roles(MAILBOX_READ),
    text("mySite").write().sharepoint(),
    texts("pastProjects").nullable(true).write().sharepoint(),
    text("preferredName").single(),
    texts("responsibilities").nullable(true).write().sharepoint(),
    texts("schools").nullable(true).write().sharepoint(),
    texts("skills").nullable(true).write().sharepoint(),
];

=======
>>>>>>> sandbox
/// The place of a property in [`PROPERTIES`]; names are written as in the metadata, case and all.
pub fn slot(name: &str) -> Option<u8> {
    PROPERTIES
        .iter()
        .position(|property| property.name == name)
        .and_then(|at| u8::try_from(at).ok())
}

/// The property at a place.
pub fn property(slot: u8) -> Option<&'static Property> {
    PROPERTIES.get(usize::from(slot))
}

/// What the parts `a.b` or `a/b` of a leaf name stand for.
pub fn leaf_of(name: &str, separator: char) -> Option<(u8, &'static Leaf)> {
    let (outer, inner) = name.split_once(separator)?;
    let at = slot(outer)?;
    match property(at)?.kind {
        Kind::Group(leaves) => leaves
            .iter()
            .find(|leaf| leaf.name == inner)
            .map(|leaf| (at, leaf)),
        _ => None,
    }
}

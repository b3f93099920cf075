//! The table of properties: one line each, in the order in which a full read shows them.

use super::schema::{Kind, Leaf, LeafKind, Property, op::*};

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
        .ops(EQ | NE | NOT | STARTS)
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
    texts("imAddresses")
        .nullable(true)
        .ops(EQ | NOT | GE | LE | STARTS),
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
    opaque("authentication").hidden(),
    opaques("sponsors").hidden(),
    opaques("directoryRoles").hidden(),
    opaque("photo").hidden(),
    opaque("extensionValues").hidden(),
    flag("goneForGood").hidden(),
    text("aboutMe").keep().sharepoint(),
    moment("birthday").nullable(false).keep().sharepoint(),
    moment("hireDate").nullable(false).single(),
    texts("interests").nullable(true).write().sharepoint(),
    group("mailboxSettings", MAILBOX)
        .single()
        .read_roles(MAILBOX_READ),
    text("mySite").keep().sharepoint(),
    texts("pastProjects").nullable(true).write().sharepoint(),
    text("preferredName").single(),
    texts("responsibilities").nullable(true).write().sharepoint(),
    texts("schools").nullable(true).write().sharepoint(),
    texts("skills").nullable(true).write().sharepoint(),
];

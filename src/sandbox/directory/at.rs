//! The places of the properties that the store itself works with.

use super::super::schema;
use std::sync::LazyLock;

macro_rules! places {
    ($($name:ident = $text:literal),* $(,)?) => {
        $(#[doc = concat!("The place of `", $text, "`.")]
        pub static $name: LazyLock<u8> = LazyLock::new(|| schema::slot($text).unwrap_or(u8::MAX));)*
    };
}
places!(
    ID = "id",
    UPN = "userPrincipalName",
    MAIL = "mail",
    PROXIES = "proxyAddresses",
    SID = "securityIdentifier",
    IDENTITIES = "identities",
    ANCHOR = "onPremisesImmutableId",
    SYNCED = "onPremisesSyncEnabled",
    RESTRICTED = "isManagementRestricted",
    PARENT = "identityParentId",
    PASSWORD = "passwordProfile",
    EXTENSIONS = "onPremisesExtensionAttributes",
    PREFERRED_NAME = "preferredName",
    BIRTHDAY = "birthday",
    HIRE = "hireDate",
    MAILBOX = "mailboxSettings",
    AUTHENTICATION = "authentication",
    PHOTO = "photo",
    SECURITY = "customSecurityAttributes",
    EXTENSION_VALUES = "extensionValues",
    AGE_GROUP = "ageGroup",
    CONSENT = "consentProvidedForMinor",
    LEGAL_AGE = "legalAgeGroupClassification",
    DELETED = "deletedDateTime",
    SESSIONS = "signInSessionsValidFromDateTime",
    PASSWORD_CHANGED = "lastPasswordChangeDateTime",
    LICENCES = "assignedLicenses",
    LICENCE_STATES = "licenseAssignmentStates",
    SPONSORS = "sponsors",
    ROLES = "directoryRoles",
    USAGE_LOCATION = "usageLocation",
    DISPLAY_NAME = "displayName",
    GONE = "goneForGood",
);

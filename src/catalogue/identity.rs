//! Who the person is and how the account came to be: the portal's group "Identity".
//!
//! <https://learn.microsoft.com/graph/api/resources/user> (properties),
//! <https://learn.microsoft.com/graph/api/user-update> (what can be written).

use super::Section::Identity;
use super::entry::{READ_BASIC, editable, shown};
use super::{
    Attribute, ClearRule, Kind, Mastery, NO_LIMIT, OptIn, Permissions, ReadOnlyReason, ReadRule, Resource,
    Sensitivity, Spread, WriteRule,
};

const FREE_TEXT: Kind = Kind::Text { max: None };

pub(super) const ATTRIBUTES: &[Attribute] = &[
    Attribute {
        aliases: &["objectId"],
        spread: Spread::Individual,
        read_permission: READ_BASIC,
        note: "The surest key of a row: it never changes, while names and addresses do.",
        ..shown(
            Identity,
            "id",
            "Object ID",
            Kind::Guid,
            ReadOnlyReason::SetByService,
        )
    },
    Attribute {
        clear: ClearRule::Never,
        sensitivity: Sensitivity::Sensitive,
        spread: Spread::Individual,
        read_permission: READ_BASIC,
        note: "What the person signs in with; the domain must be one of the tenant's verified domains.",
        ..editable(
            Identity,
            "userPrincipalName",
            "User principal name",
            Kind::UserPrincipalName,
        )
    },
    Attribute {
        clear: ClearRule::Never,
        spread: Spread::Individual,
        read_permission: READ_BASIC,
        ..editable(
            Identity,
            "displayName",
            "Display name",
            Kind::Text { max: Some(256) },
        )
    },
    Attribute {
        spread: Spread::Individual,
        read_permission: READ_BASIC,
        ..editable(Identity, "givenName", "First name", Kind::Text { max: Some(64) })
    },
    Attribute {
        spread: Spread::Individual,
        read_permission: READ_BASIC,
        ..editable(Identity, "surname", "Last name", Kind::Text { max: Some(64) })
    },
    Attribute {
        clear: ClearRule::Never,
        mastery: Mastery::Cloud,
        note: "Says which rights the account has, not where the person signs in; Microsoft does not say whether \
               it can be emptied, so that is not tried.",
        ..editable(
            Identity,
            "userType",
            "User type",
            Kind::Choice(&["Member", "Guest"]),
        )
    },
    editable(
        Identity,
        "preferredLanguage",
        "Preferred language",
        Kind::Language,
    ),
    Attribute {
        mastery: Mastery::Unknown,
        note: "The word None stands for no special policy and means the same as an empty cell.",
        ..editable(
            Identity,
            "passwordPolicies",
            "Password policies",
            Kind::Flags(&["DisablePasswordExpiration", "DisableStrongPassword"]),
        )
    },
    Attribute {
        note: "With `--allow passwords-in-sheet` it is the first password of a new user or of `reset-password`; nobody else gets it.",
        ..secret(
            "passwordProfile.password",
            "Initial password",
            Kind::Text { max: Some(256) },
            &["passwordProfile"],
        )
    },
    secret(
        "passwordProfile.forceChangePasswordNextSignIn",
        "Force password change at next sign-in",
        Kind::Boolean,
        &[],
    ),
    secret(
        "passwordProfile.forceChangePasswordNextSignInWithMfa",
        "Force password change with MFA at next sign-in",
        Kind::Boolean,
        &[],
    ),
    Attribute {
        note: "Empty for ordinary accounts; otherwise Invitation, LocalAccount, EmailVerified or \
               SelfServiceSignUp.",
        ..shown(
            Identity,
            "creationType",
            "Creation type",
            FREE_TEXT,
            ReadOnlyReason::SetByService,
        )
    },
    Attribute {
        aliases: &["profilePhoto"],
        read: ReadRule::Resource(Resource::Photo),
        write: WriteRule::Resource(Resource::Photo),
        mastery: Mastery::Cloud,
        spread: Spread::Individual,
        read_permission: Permissions {
            least: &[&["ProfilePhoto.Read.All"]],
            also: &[
                "ProfilePhoto.ReadWrite.All",
                "User.Read.All",
                "User.ReadWrite.All",
            ],
        },
        write_permission: Permissions {
            least: &[&["ProfilePhoto.ReadWrite.All"]],
            also: &["User.ReadWrite.All"],
        },
        note: "A cell names a file in the folder of `--photos`; Exchange keeps the picture, so the user needs a mailbox.",
        ..editable(Identity, "photo", "Profile picture", Kind::Picture)
    },
    Attribute {
        note: "Empty for some accounts that are older than June 2018.",
        ..moment("createdDateTime", "Created date time")
    },
    moment("lastPasswordChangeDateTime", "Last password change date time"),
    Attribute {
        aliases: &["invitationState"],
        note: "For invited guests: PendingAcceptance or Accepted.",
        ..shown(
            Identity,
            "externalUserState",
            "External user state",
            FREE_TEXT,
            ReadOnlyReason::SetByService,
        )
    },
    moment(
        "externalUserStateChangeDateTime",
        "External user state change date time",
    ),
    Attribute {
        note: "Moves forward when the sessions of the person are revoked: the word revoke-sessions in the column \
               _action does that.",
        ..shown(
            Identity,
            "signInSessionsValidFromDateTime",
            "Sign in sessions valid from date time",
            Kind::DateTime,
            ReadOnlyReason::SetByService,
        )
    },
    Attribute {
        clear: ClearRule::Never,
        mastery: Mastery::Unknown,
        spread: Spread::Individual,
        write_permission: Permissions {
            least: &[&["User.ManageIdentities.All"]],
            also: &[],
        },
        note: "All of them are replaced together, and the one of the userPrincipalName must stay as it is; written only with \
               `--allow identities`, since a mistake locks the person out.",
        ..editable(
            Identity,
            "identities",
            "Identities",
            Kind::Identities { items_max: 10 },
        )
    },
    Attribute {
        read: ReadRule::ListOptIn {
            select: "customSecurityAttributes",
            reason: OptIn::OwnPermission,
        },
        read_permission: Permissions {
            least: &[&["CustomSecAttributeAssignment.Read.All"]],
            also: &[],
        },
        note: "Defined by each tenant in sets; no role for users lets an application read them, only the permission of \
               their own.",
        ..shown(
            Identity,
            "customSecurityAttributes",
            "Custom security attributes",
            Kind::Json,
            ReadOnlyReason::InParts,
        )
    },
    Attribute {
        read: ReadRule::List {
            select: "authorizationInfo",
        },
        note: "Binds certificates to the account for certificate-based sign-in.",
        ..shown(
            Identity,
            "authorizationInfo.certificateUserIds",
            "Authorization info (Certificate user IDs)",
            Kind::TextList {
                items_max: NO_LIMIT,
                item_max: NO_LIMIT,
            },
            ReadOnlyReason::Undocumented,
        )
    },
    Attribute {
        spread: Spread::Individual,
        read_permission: READ_BASIC,
        ..shown(
            Identity,
            "securityIdentifier",
            "Security identifier",
            FREE_TEXT,
            ReadOnlyReason::SetByService,
        )
    },
    Attribute {
        note: "True for accounts in a restricted management administrative unit: expect changes to them to be \
               refused.",
        ..shown(
            Identity,
            "isManagementRestricted",
            "Management restricted",
            Kind::Boolean,
            ReadOnlyReason::SetByService,
        )
    },
    Attribute {
        note: "Counts failed attempts too.",
        ..sign_in(
            "signInActivity.lastSignInDateTime",
            "Last interactive sign-in date",
            Kind::DateTime,
        )
    },
    sign_in(
        "signInActivity.lastSignInRequestId",
        "Last interactive sign-in request ID",
        FREE_TEXT,
    ),
    sign_in(
        "signInActivity.lastNonInteractiveSignInDateTime",
        "Last non-interactive sign-in date",
        Kind::DateTime,
    ),
    sign_in(
        "signInActivity.lastNonInteractiveSignInRequestId",
        "Last non-interactive sign-in request ID",
        FREE_TEXT,
    ),
    sign_in(
        "signInActivity.lastSuccessfulSignInDateTime",
        "Last successful sign-in date",
        Kind::DateTime,
    ),
    sign_in(
        "signInActivity.lastSuccessfulSignInRequestId",
        "Last successful sign-in request ID",
        FREE_TEXT,
    ),
];

/// A moment that the service notes down.
const fn moment(name: &'static str, label: &'static str) -> Attribute {
    shown(
        Identity,
        name,
        label,
        Kind::DateTime,
        ReadOnlyReason::SetByService,
    )
}

/// Part of the password profile: known, so that such a column is refused with its reason instead of as unknown.
const fn secret(
    name: &'static str,
    label: &'static str,
    kind: Kind,
    aliases: &'static [&'static str],
) -> Attribute {
    Attribute {
        aliases,
        read: ReadRule::Never,
        sensitivity: Sensitivity::Sensitive,
        spread: Spread::Individual,
        read_permission: Permissions::NONE,
        ..shown(Identity, name, label, kind, ReadOnlyReason::Secret)
    }
}

/// A leaf of `signInActivity`, which halves the pages and has a slow limit of its own.
const fn sign_in(name: &'static str, label: &'static str, kind: Kind) -> Attribute {
    Attribute {
        read: ReadRule::ListOptIn {
            select: "signInActivity",
            reason: OptIn::SmallPages,
        },
        read_permission: Permissions {
            least: &[&["AuditLog.Read.All", "User.Read.All"]],
            also: &[],
        },
        ..shown(Identity, name, label, kind, ReadOnlyReason::SetByService)
    }
}

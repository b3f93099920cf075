//! The account itself: the portal's groups "Settings", "Parental controls" and "On-premises" (the fifteen extension
//! attributes stand in `extension`).
//!
//! <https://learn.microsoft.com/graph/api/resources/user>,
//! <https://learn.microsoft.com/graph/api/resources/users#legal-age-group-property-definitions>.

use super::Section::{OnPremises, ParentalControls, Settings};
use super::entry::{EVERYTHING, editable, shown};
use super::{
    Attribute, ClearRule, Kind, Mastery, NO_LIMIT, Permissions, ReadOnlyReason, Sensitivity, Spread,
    WriteRule,
};

const FREE_TEXT: Kind = Kind::Text { max: None };

pub(super) const ATTRIBUTES: &[Attribute] = &[
    Attribute {
        mastery: Mastery::Cloud,
        ..editable(
            ParentalControls,
            "ageGroup",
            "Age group",
            Kind::Choice(&["Minor", "NotAdult", "Adult"]),
        )
    },
    Attribute {
        mastery: Mastery::Cloud,
        note: "Granted and Denied make sense only where the age group is Minor.",
        ..editable(
            ParentalControls,
            "consentProvidedForMinor",
            "Consent provided for minor",
            Kind::Choice(&["Granted", "Denied", "NotRequired"]),
        )
    },
    Attribute {
        note: "Worked out by the service from the age group and the consent.",
        ..shown(
            ParentalControls,
            "legalAgeGroupClassification",
            "Legal age group classification",
            FREE_TEXT,
            ReadOnlyReason::SetByService,
        )
    },
    Attribute {
        clear: ClearRule::Never,
        sensitivity: Sensitivity::Sensitive,
        mastery: Mastery::Unknown,
        write_permission: Permissions {
            least: &[&["User.EnableDisableAccount.All", "User.Read.All"]],
            also: EVERYTHING,
        },
        note: "true lets the person sign in, the opposite of Block sign in in the portal's upload template; for \
               synchronised people Active Directory may set it back.",
        ..editable(Settings, "accountEnabled", "Account enabled", Kind::Boolean)
    },
    Attribute {
        clear: ClearRule::Never,
        mastery: Mastery::Cloud,
        note: "Has to be set before a licence can be assigned; editable for synchronised people too.",
        ..editable(Settings, "usageLocation", "Usage location", Kind::Country)
    },
    Attribute {
        note: "Only in tenants with Multi-Geo; a code such as EUR, APC or CAN.",
        ..shown(
            Settings,
            "preferredDataLocation",
            "Preferred data location",
            FREE_TEXT,
            ReadOnlyReason::Undocumented,
        )
    },
    Attribute {
        write: WriteRule::Licences,
        clear: ClearRule::EmptyList,
        mastery: Mastery::Cloud,
        write_permission: Permissions {
            least: &[&["LicenseAssignment.ReadWrite.All"]],
            also: EVERYTHING,
        },
        note: "Products by name (skuPartNumber) or id, and service plans that are off behind them, like \
               `ENTERPRISEPACK(-TEAMS1 -SWAY)`; written only with `--allow licenses`, and what comes through a group is \
               taken away only there.",
        ..editable(
            Settings,
            "assignedLicenses",
            "Assigned licenses",
            Kind::TextList {
                items_max: NO_LIMIT,
                item_max: NO_LIMIT,
            },
        )
    },
    Attribute {
        note: "Where assignedByGroup is null, the licence was given directly.",
        ..structure(
            "licenseAssignmentStates",
            "License assignment states",
            ReadOnlyReason::SetByService,
        )
    },
    structure("assignedPlans", "Assigned plans", ReadOnlyReason::SetByService),
    structure(
        "provisionedPlans",
        "Provisioned plans",
        ReadOnlyReason::SetByService,
    ),
    structure(
        "serviceProvisioningErrors",
        "Service provisioning errors",
        ReadOnlyReason::SetByService,
    ),
    Attribute {
        aliases: &["directorySynced"],
        note: "true means synchronised now, false synchronised once, empty never or moved to the cloud; it \
               decides which cells of a row can be edited here.",
        ..synchronised("onPremisesSyncEnabled", "On-premises sync enabled", Kind::Boolean)
    },
    synchronised(
        "onPremisesLastSyncDateTime",
        "On-premises last sync date time",
        Kind::DateTime,
    ),
    synchronised(
        "onPremisesDistinguishedName",
        "On-premises distinguished name",
        FREE_TEXT,
    ),
    synchronised("onPremisesDomainName", "On-premises domain name", FREE_TEXT),
    synchronised(
        "onPremisesSamAccountName",
        "On-premises SAM account name",
        FREE_TEXT,
    ),
    synchronised(
        "onPremisesSecurityIdentifier",
        "On-premises security identifier",
        FREE_TEXT,
    ),
    synchronised(
        "onPremisesUserPrincipalName",
        "On-premises user principal name",
        FREE_TEXT,
    ),
    Attribute {
        sensitivity: Sensitivity::Sensitive,
        spread: Spread::Individual,
        note: "Ties the account to its object in Active Directory or to its federated identity; it holds \
               neither $ nor _ and is unique in the tenant.",
        ..editable(
            OnPremises,
            "onPremisesImmutableId",
            "On-premises immutable ID",
            FREE_TEXT,
        )
    },
    shown(
        OnPremises,
        "onPremisesProvisioningErrors",
        "On-premises provisioning errors",
        Kind::Json,
        ReadOnlyReason::SetByService,
    ),
];

/// A structure about licences and plans.
const fn structure(name: &'static str, label: &'static str, reason: ReadOnlyReason) -> Attribute {
    shown(Settings, name, label, Kind::Json, reason)
}

/// What Active Directory says about the account.
const fn synchronised(name: &'static str, label: &'static str, kind: Kind) -> Attribute {
    shown(OnPremises, name, label, kind, ReadOnlyReason::SetOnPremises)
}

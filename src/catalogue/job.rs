//! Work and employment: the portal's group "Job Information" (the manager stands in `relation`).
//!
//! <https://learn.microsoft.com/graph/api/resources/user>,
//! <https://learn.microsoft.com/graph/api/resources/employeeorgdata>.

use super::Section::JobInformation;
use super::entry::editable;
use super::{Attribute, Kind, Mastery, OptIn, PatchPlace, Permissions, ReadRule, Spread, WriteRule};

pub(super) const ATTRIBUTES: &[Attribute] = &[
    editable(
        JobInformation,
        "jobTitle",
        "Job title",
        Kind::Text { max: Some(128) },
    ),
    editable(
        JobInformation,
        "department",
        "Department",
        Kind::Text { max: Some(64) },
    ),
    editable(
        JobInformation,
        "companyName",
        "Company name",
        Kind::Text { max: Some(64) },
    ),
    Attribute {
        aliases: &["physicalDeliveryOfficeName", "Office"],
        ..editable(
            JobInformation,
            "officeLocation",
            "Office location",
            Kind::Text { max: Some(128) },
        )
    },
    Attribute {
        spread: Spread::Individual,
        note: "Kept as text, so leading zeros count; the service does not check that it is unique.",
        ..editable(
            JobInformation,
            "employeeId",
            "Employee ID",
            Kind::Text { max: Some(16) },
        )
    },
    Attribute {
        mastery: Mastery::Unknown,
        note: "Free text, for example Employee, Contractor, Consultant or Vendor.",
        ..editable(
            JobInformation,
            "employeeType",
            "Employee type",
            Kind::Text { max: None },
        )
    },
    Attribute {
        mastery: Mastery::Unknown,
        note: "Microsoft's pages disagree on whether an app alone may write it; it is tried, and a refusal is \
               reported for the row.",
        ..editable(
            JobInformation,
            "employeeHireDate",
            "Employee hire date",
            Kind::DateTime,
        )
    },
    Attribute {
        read: ReadRule::ListOptIn {
            select: "employeeLeaveDateTime",
            reason: OptIn::OwnPermission,
        },
        mastery: Mastery::Unknown,
        read_permission: Permissions {
            least: &[&["User.Read.All", "User-LifeCycleInfo.Read.All"]],
            also: &[],
        },
        write_permission: Permissions {
            least: &[&["User.Read.All", "User-LifeCycleInfo.ReadWrite.All"]],
            also: &[],
        },
        at_birth: false,
        note: "Has a permission of its own, so it has to be asked for by name; without the permission its cells say that they were not read.",
        ..editable(
            JobInformation,
            "employeeLeaveDateTime",
            "Employee leave date",
            Kind::DateTime,
        )
    },
    org_data(
        "employeeOrgData.division",
        "division",
        "Division",
        "Written together with the cost center, which the service would otherwise empty.",
    ),
    org_data(
        "employeeOrgData.costCenter",
        "costCenter",
        "Cost center",
        "Written together with the division, which the service would otherwise empty.",
    ),
];

/// A leaf of `employeeOrgData`: the service empties a leaf that is not sent.
const fn org_data(
    name: &'static str,
    leaf: &'static str,
    label: &'static str,
    note: &'static str,
) -> Attribute {
    Attribute {
        read: ReadRule::List {
            select: "employeeOrgData",
        },
        write: WriteRule::MainPatch(PatchPlace::WholeParent {
            parent: "employeeOrgData",
            leaf,
        }),
        mastery: Mastery::Unknown,
        note,
        ..editable(JobInformation, name, label, Kind::Text { max: None })
    }
}

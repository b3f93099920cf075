//! Which of Microsoft's clouds a directory is in, and what its users lack there.
//!
//! Addresses: <https://learn.microsoft.com/graph/deployments>. What is absent: the `user` type in the metadata that Microsoft
//! publishes for each cloud, as of 2026-08.

use super::{Attribute, Section};

/// A cloud with a directory of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cloud {
    Global,
    UsGov,
    China,
    Bleu,
    Delos,
    GovSg,
    UsNat,
    UsSec,
}

/// In `USNat` and `USSec`.
const ABSENT_US_SECRET: &[&str] = &[
    "createdDateTime",
    "deviceEnrollmentLimit",
    "employeeHireDate",
    "employeeLeaveDateTime",
    "employeeOrgData",
    "employeeType",
    "print",
];

impl Cloud {
    /// Every cloud with the word for a profile. The addresses of the last five are not public.
    pub const NAMES: [(&'static str, Cloud); 8] = [
        ("global", Cloud::Global),
        ("usgov", Cloud::UsGov),
        ("china", Cloud::China),
        ("bleu", Cloud::Bleu),
        ("delos", Cloud::Delos),
        ("govsg", Cloud::GovSg),
        ("usnat", Cloud::UsNat),
        ("ussec", Cloud::UsSec),
    ];

    /// The cloud whose service has this host name; what is not known is taken for the worldwide one.
    pub fn of_host(host: &str) -> Cloud {
        match host.to_ascii_lowercase().as_str() {
            "graph.microsoft.us" | "dod-graph.microsoft.us" => Cloud::UsGov,
            "microsoftgraph.chinacloudapi.cn" => Cloud::China,
            _ => Cloud::Global,
        }
    }

    /// Whether users have no such attribute there. A listing that names one is refused as a whole.
    pub fn lacks(self, attribute: &Attribute) -> bool {
        let property = attribute.name.split('.').next().unwrap_or(attribute.name);
        let absent: &[&str] = match self {
            Cloud::Global | Cloud::UsGov => &[],
            Cloud::China => &["print"],
            Cloud::Bleu | Cloud::Delos => &["print", "serviceProvisioningErrors", "authentication"],
            Cloud::GovSg if attribute.section == Section::Profile => return true,
            Cloud::GovSg => &["mailboxSettings", "signInActivity", "photo", "authentication"],
            Cloud::UsNat | Cloud::UsSec => ABSENT_US_SECRET,
        };
        absent.contains(&property)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::by_name;

    #[test]
    fn a_cloud_lacks_what_its_metadata_does_not_name() {
        for (cloud, name, lacks) in [
            (Cloud::Global, "employeeType", false),
            (Cloud::UsGov, "employeeOrgData.division", false),
            (Cloud::UsNat, "employeeType", true),
            (Cloud::UsSec, "employeeOrgData.division", true),
            (Cloud::UsSec, "jobTitle", false),
            (Cloud::GovSg, "signInActivity.lastSignInDateTime", true),
            (Cloud::GovSg, "skills", true),
            (Cloud::GovSg, "mailboxSettings.timeZone", true),
            (Cloud::Bleu, "skills", false),
            (Cloud::China, "signInActivity.lastSignInDateTime", false),
            (Cloud::Delos, "serviceProvisioningErrors", true),
            (Cloud::Bleu, "authentication.phoneMethods.office", true),
            (Cloud::GovSg, "authentication.emailMethods.emailAddress", true),
            (Cloud::China, "authentication.emailMethods.emailAddress", false),
        ] {
            assert_eq!(cloud.lacks(by_name(name).unwrap()), lacks, "{cloud:?} {name}");
        }
        assert_eq!(Cloud::of_host("Graph.Microsoft.us"), Cloud::UsGov);
        assert_eq!(Cloud::of_host("microsoftgraph.chinacloudapi.cn"), Cloud::China);
        assert_eq!(Cloud::of_host("127.0.0.1"), Cloud::Global);
    }
}

//! Permissions as data: which sets of them are enough.
//!
//! <https://learn.microsoft.com/graph/permissions-reference>, <https://learn.microsoft.com/graph/api/user-update#permissions>.

/// Several ways to be allowed something; each way is a set of permissions that are needed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    /// The ways Microsoft documents as least privileged, the one to be named first before the others. Empty where nothing is needed or nothing helps.
    pub least: &'static [&'static [&'static str]],
    /// Higher permissions that are enough as well.
    pub also: &'static [&'static str],
}

/// Reading permissions that come with others.
const INCLUDED_IN: [(&str, &[&str]); 5] = [
    (
        "User.ReadBasic.All",
        &[
            "User.Read.All",
            "User.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
    ),
    (
        "User.Read.All",
        &[
            "User.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
    ),
    (
        "User-LifeCycleInfo.Read.All",
        &["User-LifeCycleInfo.ReadWrite.All"],
    ),
    (
        "CustomSecAttributeAssignment.Read.All",
        &["CustomSecAttributeAssignment.ReadWrite.All"],
    ),
    ("MailboxSettings.Read", &["MailboxSettings.ReadWrite"]),
];

impl Permissions {
    /// Nothing.
    pub const NONE: Permissions = Permissions {
        least: &[],
        also: &[],
    };

    /// Whether there is none to be named.
    pub const fn is_empty(&self) -> bool {
        self.least.is_empty()
    }

    /// Whether what was granted is enough.
    pub fn covered_by<S: AsRef<str>>(&self, granted: &[S]) -> bool {
        self.least.is_empty()
            || self.also.iter().any(|name| has(granted, name))
            || self
                .least
                .iter()
                .any(|all| all.iter().all(|name| holds(granted, name)))
    }

    /// What is missing of the least privileged way that lacks least; `None` when what was granted is enough.
    pub fn missing<S: AsRef<str>>(&self, granted: &[S]) -> Option<Vec<&'static str>> {
        if self.covered_by(granted) {
            return None;
        }
        let lacks = |way: &'static [&'static str]| -> Vec<&'static str> {
            way.iter().copied().filter(|name| !holds(granted, name)).collect()
        };
        self.least.iter().map(|way| lacks(way)).min_by_key(Vec::len)
    }

    /// `A and B, or C`: the least privileged ways.
    pub fn in_words(&self) -> String {
        let ways: Vec<String> = self.least.iter().map(|all| all.join(" and ")).collect();
        ways.join(", or ")
    }
}

fn has<S: AsRef<str>>(granted: &[S], name: &str) -> bool {
    granted.iter().any(|granted| granted.as_ref() == name)
}

fn holds<S: AsRef<str>>(granted: &[S], name: &str) -> bool {
    let included = INCLUDED_IN.iter().find(|(lesser, _)| *lesser == name);
    has(granted, name) || included.is_some_and(|(_, others)| others.iter().any(|other| has(granted, other)))
}

#[cfg(test)]
mod tests {
    use crate::catalogue::by_name;

    #[test]
    fn a_set_of_permissions_is_enough_when_it_is_whole_or_when_a_higher_one_is_there() {
        for (name, granted, enough) in [
            ("jobTitle", &["User.ReadUpdate.All"][..], true),
            ("jobTitle", &["User.ReadWrite.All"], true),
            ("jobTitle", &["Directory.ReadWrite.All"], true),
            ("jobTitle", &["User-Phone.ReadWrite.All", "User.Read.All"], false),
            ("mobilePhone", &["User-Phone.ReadWrite.All"], true),
            ("mobilePhone", &["User.ReadUpdate.All"], false),
            ("accountEnabled", &["User.EnableDisableAccount.All"], false),
            (
                "accountEnabled",
                &["User.EnableDisableAccount.All", "User.Read.All"],
                true,
            ),
            (
                "accountEnabled",
                &["User.EnableDisableAccount.All", "Directory.Read.All"],
                true,
            ),
            // The leave date is the one column that User.ReadWrite.All alone does not open.
            ("employeeLeaveDateTime", &["User.ReadWrite.All"], false),
            (
                "employeeLeaveDateTime",
                &["User.ReadWrite.All", "User-LifeCycleInfo.ReadWrite.All"],
                true,
            ),
            ("manager", &["User.ReadUpdate.All"], false),
        ] {
            let attribute = by_name(name).unwrap();
            assert_eq!(
                attribute.write_permission.covered_by(granted),
                enough,
                "{name} {granted:?}"
            );
        }
        assert_eq!(
            by_name("accountEnabled").unwrap().write_permission.in_words(),
            "User.EnableDisableAccount.All and User.Read.All"
        );
        assert_eq!(
            by_name("jobTitle").unwrap().write_permission.in_words(),
            "User.ReadWrite.All, or User.ReadUpdate.All"
        );
    }
}

//! Files that dirsheet wrote for people to read, and that somebody gives back as a sheet of users.

use std::path::Path;

use super::reader::{ReadOptions, Sheet};
use crate::domain::{Extent, Finding, Place};

/// The rule of the finding about such a file.
const OWN_PAPER: &str = "own-paper";

/// Whether this is such a file, so that a newer one may take its place; nothing that somebody typed is lost with it.
pub fn is_own_paper(path: &Path) -> bool {
    Sheet::open(path, ReadOptions::default())
        .is_err_and(|error| error.findings().iter().any(|finding| finding.rule == OWN_PAPER))
}

/// A file for people that lists users and is no sheet of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OwnPaper {
    /// A page of the workbook of `plan -o PLAN.xlsx`.
    Plan,
    /// `plan --handover`.
    Handover,
    /// `diff -o`.
    Differences,
}

impl OwnPaper {
    /// What a header of these texts belongs to. Each has names together that no sheet of users has.
    pub(super) fn of_header<S: AsRef<str>>(texts: &[S]) -> Option<OwnPaper> {
        let has = |name: &str| texts.iter().any(|text| text.as_ref().trim() == name);
        let all = |names: &[&str]| names.iter().all(|name| has(name));
        let first = texts.first().map_or("", |text| text.as_ref().trim());
        if all(&["id", "onPremisesSamAccountName", "row", "reason", "who"]) {
            Some(OwnPaper::Handover)
        } else if all(&["_what", "_user", "_before", "_after"]) {
            Some(OwnPaper::Differences)
        } else if all(&["Row of the sheet", "Who", "What changes"])
            || (first.starts_with("Plan for ") && !has("id") && !has("userPrincipalName"))
        {
            Some(OwnPaper::Plan)
        } else {
            None
        }
    }

    /// Says what the file is, and which one is meant.
    pub(super) fn finding(self, place: Place) -> Finding {
        let (is, help) = match self {
            OwnPaper::Plan => (
                "a plan as a workbook, which `plan -o PLAN.xlsx` wrote for people to read",
                "give the sheet that the plan was made of; to carry out a plan that was looked at, write it with `plan SHEET -o plan.json` and give `apply` that file",
            ),
            OwnPaper::Handover => (
                "a list of what dirsheet does not write, which `plan --handover` made for the people who can do it",
                "give the sheet that the plan was made of",
            ),
            OwnPaper::Differences => (
                "a list of differences, which `diff -o` wrote",
                "give one of the two sheets that were compared; `plan --restore SNAPSHOT` sets users back to a snapshot",
            ),
        };
        Finding::error(
            OWN_PAPER,
            Extent::Sheet,
            format!("this is {is}, and not a sheet of users"),
            help,
        )
        .at(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_of_users_is_no_paper_of_ours() {
        for header in [
            &["id", "userPrincipalName", "jobTitle", "_snapshot"][..],
            &["id", "jobTitle", "row", "reason", "who"],
            &["Plan for 2027", "id"],
            &["_status", "id", "_user"],
            &[],
        ] {
            assert_eq!(OwnPaper::of_header(header), None, "{header:?}");
        }
        assert_eq!(
            OwnPaper::of_header(&["Plan for users.csv", ""]),
            Some(OwnPaper::Plan)
        );
    }
}

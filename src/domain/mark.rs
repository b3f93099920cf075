//! The mark of a sheet of conflicts: for which sheet, tenant and base it was made.

use ring::digest;

use super::PlanBinding;

/// Why a row of a sheet of conflicts is not about this plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stranger {
    /// There is no mark, or none of ours.
    NoMark,
    /// Another tenant, or another address of the service.
    Tenant,
    /// A sheet of another name with other bytes.
    OtherSheet,
    /// The sheet of this name, before or after it was changed.
    ChangedSheet,
    /// The same sheet beside another base.
    OtherBase,
}

impl Stranger {
    /// What a row with this mark was made for, and what to do.
    pub fn in_words(self) -> &'static str {
        match self {
            Stranger::NoMark => {
                "without the mark in `_plan` that `plan --conflict-sheet` writes; leave that column as it was"
            }
            Stranger::Tenant => "made for another tenant; check which tenant you are signed in to",
            Stranger::OtherSheet => "made for another sheet; give the one that belongs to this sheet",
            Stranger::ChangedSheet => {
                "made before this sheet was changed; make the sheet of conflicts again with `plan --conflict-sheet`"
            }
            Stranger::OtherBase => {
                "made with another base; give the same `--base` as then, or make the sheet of conflicts again with `plan --conflict-sheet`"
            }
        }
    }
}

const WORD: &str = "plan";
const PARTS: usize = 4;

/// Ties a sheet of conflicts to what it was made for: the word in its column `_plan`. It has a part each for the tenant, the
/// bytes of the sheet, the base and the name of the sheet, so that it can be said what differs. It begins with a letter, so
/// that no spreadsheet takes it for a number.
pub fn sheet_mark(binding: &PlanBinding) -> String {
    let parts = parts(binding);
    format!("{WORD}-{}", parts.join("-"))
}

/// Whether a row with this mark is about another plan than the one with this binding. The name of the sheet alone does not
/// matter.
pub fn stranger(mark: &str, binding: &PlanBinding) -> Option<Stranger> {
    let found: Vec<&str> = mark.trim().split('-').collect();
    let Some((&WORD, found)) = found.split_first() else {
        return Some(Stranger::NoMark);
    };
    if found.len() != PARTS {
        return Some(Stranger::NoMark);
    }
    let expected = parts(binding);
    let is_same = |part: usize| found[part].eq_ignore_ascii_case(&expected[part]);
    match [is_same(0), is_same(1), is_same(2), is_same(3)] {
        [false, ..] => Some(Stranger::Tenant),
        [true, false, _, false] => Some(Stranger::OtherSheet),
        [true, false, _, true] => Some(Stranger::ChangedSheet),
        [true, true, false, _] => Some(Stranger::OtherBase),
        [true, true, true, _] => None,
    }
}

fn parts(binding: &PlanBinding) -> [String; PARTS] {
    let mut snapshots: Vec<String> = binding.snapshots.iter().map(ToString::to_string).collect();
    snapshots.sort_unstable();
    [
        short(&[&binding.tenant.to_ascii_lowercase(), &binding.graph_url]),
        short(&[&binding.sheet_sha256]),
        short(&[
            binding.base_file.as_deref().unwrap_or_default(),
            &snapshots.join(" "),
        ]),
        short(&[&binding.sheet_name]),
    ]
}

fn short(texts: &[&str]) -> String {
    let digest = digest::digest(&digest::SHA256, texts.join("\n").as_bytes());
    let digits = digest.as_ref().iter().take(4);
    digits.map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    fn binding() -> PlanBinding {
        PlanBinding {
            tenant: "contoso".to_owned(),
            graph_url: "https://graph.microsoft.com".to_owned(),
            sheet_name: "users.csv".to_owned(),
            sheet_sha256: "ab".repeat(32),
            snapshots: Vec::new(),
            base_file: None,
            restores: None,
            catalogue: catalogue::VERSION,
        }
    }

    #[test]
    fn a_mark_says_which_part_of_a_plan_is_another_one() {
        let mark = sheet_mark(&binding());
        type Alter = fn(&mut PlanBinding);
        let cases: [(Alter, Option<Stranger>); 8] = [
            (|_| {}, None),
            (|one| one.tenant = "Contoso".to_owned(), None),
            (|one| one.sheet_name = "copy.csv".to_owned(), None),
            (|one| one.tenant = "fabrikam".to_owned(), Some(Stranger::Tenant)),
            (
                |one| one.graph_url = "https://graph.example".to_owned(),
                Some(Stranger::Tenant),
            ),
            (
                |one| one.sheet_sha256 = "11".repeat(32),
                Some(Stranger::ChangedSheet),
            ),
            (
                |one| {
                    one.sheet_sha256 = "11".repeat(32);
                    one.sheet_name = "other.csv".to_owned();
                },
                Some(Stranger::OtherSheet),
            ),
            (
                |one| one.base_file = Some("old.csv".to_owned()),
                Some(Stranger::OtherBase),
            ),
        ];
        for (number, (alter, expected)) in cases.into_iter().enumerate() {
            let mut other = binding();
            alter(&mut other);
            assert_eq!(stranger(&mark, &other), expected, "{number}");
        }
        for text in ["", "plan", "plan-000000000000", "x-1-2-3-4"] {
            assert_eq!(stranger(text, &binding()), Some(Stranger::NoMark), "{text}");
        }
    }
}

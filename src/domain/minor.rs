//! The age group of a person and the consent for a minor: each is taken by itself, and only together they say something.
//!
//! Microsoft documents what each word means and what is worked out of the two, and no pair that the service refuses; that Granted
//! and Denied belong to a minor is what other tools insist on. So nothing here is an error: what would be is told, and written.
//! <https://learn.microsoft.com/graph/api/resources/users#legal-age-group-property-definitions>

use super::alternate::wanted;
use super::base::BaseRow;
use super::check::CheckedCell;
use super::edit::Edit;
use super::{CheckedRow, Directory, Extent, Finding, Plan, UserChanges, UserId};
use std::collections::HashMap;

const AGE: &str = "ageGroup";
const CONSENT: &str = "consentProvidedForMinor";
const WITHOUT_MINOR: &str = "consent-without-minor";
const WITHOUT_CONSENT: &str = "minor-without-consent";

/// A word that somebody would have, and whether it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Would {
    word: String,
    is_written: bool,
}

/// What is noteworthy about these two words; the column is the one that is written.
fn look(age: &Would, consent: &Would) -> Option<(&'static str, Finding)> {
    if !(age.is_written || consent.is_written) {
        return None;
    }
    match (age.word.as_str(), consent.word.as_str()) {
        ("Minor", "") => {
            let column = if age.is_written { AGE } else { CONSENT };
            Some((column, without_consent()))
        }
        ("Minor", _) => None,
        (age_word, "Granted" | "Denied") => {
            let column = if consent.is_written { CONSENT } else { AGE };
            Some((column, without_minor(age_word, &consent.word)))
        }
        _ => None,
    }
}

fn without_minor(age: &str, consent: &str) -> Finding {
    let age = match age {
        "" => "no age group".to_owned(),
        word => format!("the age group {word}"),
    };
    Finding::warning(
        WITHOUT_MINOR,
        Extent::Cell,
        format!(
            "the person would have {age} (`{AGE}`) and the consent {consent} (`{CONSENT}`), which is about minors"
        ),
        format!("write Minor in `{AGE}`, or NotRequired or nothing in `{CONSENT}`"),
    )
}

fn without_consent() -> Finding {
    Finding::warning(
        WITHOUT_CONSENT,
        Extent::Cell,
        format!(
            "the person would be a minor without a word about consent (`{CONSENT}`), and Microsoft documents no legal age group for that"
        ),
        format!("write Granted, Denied or NotRequired in `{CONSENT}`"),
    )
}

fn is_ours(finding: &Finding) -> bool {
    [WITHOUT_MINOR, WITHOUT_CONSENT].contains(&finding.rule)
}

/// What the cells of a row say, beside what was exported: all that is known without the directory.
pub(super) fn in_row(cells: &[CheckedCell], base: Option<&BaseRow>) -> Option<(usize, Finding)> {
    let would = |name: &str| match cells.iter().find(|cell| cell.attribute.name == name) {
        Some(cell) => Some(Would {
            word: match &cell.edit {
                Edit::Set(value) => value.to_cell(),
                Edit::Clear | Edit::Refer(_) | Edit::ReferHolder(_) => String::new(),
            },
            is_written: true,
        }),
        None => base.and_then(|base| base.text(name)).map(|word| Would {
            word: word.to_owned(),
            is_written: false,
        }),
    };
    let (name, finding) = look(&would(AGE)?, &would(CONSENT)?)?;
    let cell = cells.iter().find(|cell| cell.attribute.name == name)?;
    Some((cell.column, finding.column(name)))
}

/// The same beside the directory, which knows better than an export what the other word is.
pub(super) fn settle_minors(plan: &Plan, rows: &mut [CheckedRow], directory: &Directory) {
    let told: HashMap<UserId, (&'static str, Finding)> = plan
        .users
        .iter()
        .filter_map(|user| Some((user.user, of_user(user, directory)?)))
        .collect();
    for (planned, row) in plan.rows.iter().zip(rows) {
        let Some(user) = planned.user else { continue };
        row.drop_findings(is_ours);
        let Some((name, finding)) = told.get(&user) else {
            continue;
        };
        let cell = row.cells().iter().find(|cell| cell.attribute.name == *name);
        if let Some(column) = cell.map(|cell| cell.column) {
            row.add_finding(finding.clone().at(row.place().at(column)).column(name));
        }
    }
}

fn of_user(user: &UserChanges, directory: &Directory) -> Option<(&'static str, Finding)> {
    let would = |name: &'static str| {
        wanted(user, name, directory).map(|(value, is_written)| Would {
            word: value.to_cell(),
            is_written,
        })
    };
    look(&would(AGE)?, &would(CONSENT)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Base;
    use crate::domain::tests::fixtures::*;

    #[test]
    fn the_two_words_are_looked_at_together_and_told_where_one_is_written() {
        let would = |word: &str| match word.strip_prefix('*') {
            Some(word) => Would {
                word: word.to_owned(),
                is_written: true,
            },
            None => Would {
                word: word.to_owned(),
                is_written: false,
            },
        };
        // A star: the word is written.
        for (age, consent, expected) in [
            ("*Minor", "*Granted", None),
            ("*Minor", "*Denied", None),
            ("*Minor", "NotRequired", None),
            ("*Minor", "", Some((AGE, WITHOUT_CONSENT))),
            ("Minor", "*", Some((CONSENT, WITHOUT_CONSENT))),
            ("*Minor", "*", Some((AGE, WITHOUT_CONSENT))),
            ("Minor", "", None),
            ("*Adult", "Granted", Some((AGE, WITHOUT_MINOR))),
            ("Adult", "*Granted", Some((CONSENT, WITHOUT_MINOR))),
            ("*Adult", "*Denied", Some((CONSENT, WITHOUT_MINOR))),
            ("NotAdult", "*Denied", Some((CONSENT, WITHOUT_MINOR))),
            ("*", "Denied", Some((AGE, WITHOUT_MINOR))),
            ("", "*Granted", Some((CONSENT, WITHOUT_MINOR))),
            ("Adult", "Granted", None),
            ("*Adult", "", None),
            ("*Adult", "NotRequired", None),
            ("", "*NotRequired", None),
            ("*", "*", None),
        ] {
            let found = look(&would(age), &would(consent)).map(|(column, finding)| (column, finding.rule));
            assert_eq!(found, expected, "{age} {consent}");
        }
    }

    #[test]
    fn a_row_is_told_of_by_its_export_until_the_directory_says_otherwise() {
        let names = ["id", AGE, CONSENT];
        let key = id(1).to_string();
        // Exported, edited, then the two words in the directory: the rules of check, and those of plan.
        for (exported, edited, live, of_check, of_plan) in [
            (
                ["Minor", "Granted"],
                ["Adult", "Granted"],
                ["Minor", "Granted"],
                &[WITHOUT_MINOR][..],
                &[WITHOUT_MINOR][..],
            ),
            (
                ["Minor", "Granted"],
                ["Adult", "Granted"],
                ["Minor", ""],
                &[WITHOUT_MINOR],
                &[],
            ),
            (
                ["", ""],
                ["Minor", ""],
                ["", ""],
                &[WITHOUT_CONSENT],
                &[WITHOUT_CONSENT],
            ),
            (["", ""], ["Minor", ""], ["", "Granted"], &[WITHOUT_CONSENT], &[]),
            (["", ""], ["Adult", ""], ["", "Denied"], &[], &[WITHOUT_MINOR]),
            (["", ""], ["Minor", "Granted"], ["", ""], &[], &[]),
            (
                ["Adult", ""],
                ["Adult", "Granted"],
                ["Adult", ""],
                &[WITHOUT_MINOR],
                &[WITHOUT_MINOR],
            ),
            // Somebody else has written it already.
            (["", ""], ["Minor", ""], ["Minor", ""], &[WITHOUT_CONSENT], &[]),
        ] {
            let of = |cells: [&'static str; 2]| [cells[0], cells[1]];
            let (was, is) = (of(exported), of(edited));
            let exported = base(&names, &[&key, was[0], was[1]]);
            let mut rows = [checked(&names, &[&key, is[0], is[1]], exported)];
            assert_eq!(rules(&rows[0]), of_check, "{was:?} {is:?}");
            let value = |word: &str| match word {
                "" => crate::domain::Value::Empty,
                word => text(word),
            };
            let person = user(1, &[(AGE, value(live[0])), (CONSENT, value(live[1]))]);
            plan(&mut rows, &directory([person]));
            assert_eq!(rules(&rows[0]), of_plan, "{was:?} {is:?} {live:?}");
        }
    }

    #[test]
    fn a_sheet_with_one_of_the_two_columns_is_told_of_beside_the_directory() {
        let mut rows = foreign_rows(&["id", AGE], &[&[&id(1).to_string(), "Adult"]]);
        assert_eq!(rules(&rows[0]), [""; 0]);
        plan(&mut rows, &directory([user(1, &[(CONSENT, text("Granted"))])]));
        assert_eq!(rules(&rows[0]), [WITHOUT_MINOR]);
        // Not with words that were not read.
        let mut rows = [checked(&["id", AGE], &[&id(1).to_string(), "Adult"], Base::None)];
        let mut person = user(1, &[]);
        person.unread.push(CONSENT);
        plan(&mut rows, &directory([person]));
        assert_eq!(rules(&rows[0]), [""; 0]);
    }
}

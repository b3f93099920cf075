//! People whom a run made that a person took back. An undo deletes nobody; whoever then deletes the account by hand has said that it
//! is wrong, and a feed that made it again at night would overrule them.

use super::super::MappedRow;
use super::super::matching::{Doubt, Match};
use super::Ground;
use super::joiners::{Joining, Waits};
use crate::domain::{KeyValue, RunId, UpnKey, UserId, shorten};

/// Somebody whom a run made that a person took back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeBefore {
    /// What the run called the user.
    pub user: UserId,
    pub upn: String,
    /// Where the run wrote one.
    pub number: Option<String>,
    /// The run that made them, and the one that took it back; the same where nothing of it could be taken back.
    pub run: RunId,
    pub by: RunId,
}

impl MadeBefore {
    fn is(&self, row: &MappedRow, upn: &str, ground: Ground<'_>) -> bool {
        let loose = |text: &str| KeyValue::new(ground.key, text).map(|value| value.loose());
        let number = self.number.as_deref().and_then(loose);
        UpnKey::new(&self.upn) == UpnKey::new(upn)
            || (number.is_some() && number == row.key.as_deref().and_then(loose))
    }
}

/// Leaves to a person the rows whose people would be made once more, and tells which of `made` they are, each once.
pub fn not_again(
    rows: &[MappedRow],
    matches: &mut [Match],
    made: &[MadeBefore],
    ground: Ground<'_>,
) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    if made.is_empty() {
        return found;
    }
    loop {
        // A name that one of them would have got may now be another's.
        let joining = Joining::decide(rows, matches, ground);
        let mut is_settled = true;
        for (index, (row, is_about)) in rows.iter().zip(matches.iter_mut()).enumerate() {
            if *is_about != Match::Nobody {
                continue;
            }
            let Waits::Made { upn, .. } = joining.of(index) else {
                continue;
            };
            let Some(at) = made.iter().position(|one| one.is(row, upn, ground)) else {
                continue;
            };
            is_settled = false;
            if !found.contains(&at) {
                found.push(at);
            }
            if let Some(one) = made.get(at) {
                *is_about = Match::Unclear(doubt(one));
            }
        }
        if is_settled {
            return found;
        }
    }
}

fn doubt(one: &MadeBefore) -> Doubt {
    let how = match one.run == one.by {
        true => "that run was to be taken back with `undo`".to_owned(),
        false => format!("that run was taken back with `undo` ({})", one.by),
    };
    Doubt::new(
        format!(
            "the feed made `{}` for this person in {}, {how}, and the account is gone: it is not made again",
            shorten(&one.upn),
            one.run
        ),
        "take the row out of the HR system if the person is none; if the account was deleted by mistake, restore it; if it is to be made again, feed this file of dead letters with this row alone (take the others out) and `--refeed FILE --write-undone`",
    )
}

#[cfg(test)]
mod tests {
    use super::super::super::matching::match_rows;
    use super::super::super::settings::FeedSettings;
    use super::super::super::testing::{attribute, id, row};
    use super::super::tests::{BASE, TODAY, people};
    use super::super::{ToldKind, decide};
    use super::*;

    const JOINERS: &str = "[joiners]\ncreate = true\nnames = '{givenName}@contoso.com'\n[attributes]\ngivenName = { column = 'First' }\n[leavers]\nlast-day = 'x'\n";

    fn made(number: &str, upn: &str) -> MadeBefore {
        MadeBefore {
            user: id(9),
            upn: upn.to_owned(),
            number: Some(number.to_owned()),
            run: RunId::parse("run-20261129-023004-9f3a").unwrap(),
            by: RunId::parse("run-20261129-083004-9f3a").unwrap(),
        }
    }

    /// Who is made, and which rows are for a person.
    fn night(rows: &[MappedRow], made: &[MadeBefore]) -> (Vec<String>, Vec<u64>, usize) {
        let settings: FeedSettings = toml::from_str(&format!("{BASE}{JOINERS}")).unwrap();
        let names = "{givenName}@contoso.com".parse().unwrap();
        let directory = people();
        let ground = Ground {
            settings: &settings,
            directory: &directory,
            key: attribute("employeeId"),
            names: Some(&names),
            today: TODAY.parse().unwrap(),
        };
        let mut matches = match_rows(rows, &directory, ground.key);
        let found = not_again(rows, &mut matches, made, ground);
        let decided = decide(rows, &matches, ground);
        assert_eq!(decided.told_of(ToldKind::ForAPerson), 0);
        let people = decided.people.iter().map(|one| one.upn.clone());
        (
            people.collect(),
            decided.letters.iter().map(|one| one.row).collect(),
            found.len(),
        )
    }

    #[test]
    fn who_was_made_by_a_run_that_was_taken_back_is_not_made_again_by_number_or_name() {
        let rows = [
            row(2, "0500", &[("givenName", "Zoe")]),
            row(3, "501", &[("givenName", "Kim")]),
            row(4, "502", &[("givenName", "Lee")]),
        ];
        let all = ["zoe@contoso.com", "kim@contoso.com", "lee@contoso.com"];
        assert_eq!(night(&rows, &[]).0, all);
        let made = [made("500", "other@contoso.com"), made("9999", "kim@CONTOSO.com")];
        assert_eq!(night(&rows, &made), (vec![all[2].to_owned()], vec![2, 3], 2));
    }

    #[test]
    fn who_has_left_or_is_there_is_nobodys_question() {
        let left = MappedRow {
            has_left: true,
            ..row(2, "500", &[("givenName", "Zoe")])
        };
        let there = row(3, "1001", &[]);
        let made = [made("500", "zoe@contoso.com"), made("1001", "ana@contoso.com")];
        assert_eq!(night(&[left, there], &made), (Vec::new(), Vec::new(), 0));
    }
}

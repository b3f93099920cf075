//! The laws of the road from a sheet to a plan and its requests, held against random people, sheets and edits.
//!
//! The directory is a plain table here, and what should happen is said by the simplest model that could be right.

// Helpers of tests, which may give up like the tests themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bytes;
mod damage;
mod empty_plan;
mod intake;
mod model;
mod ods;
mod requests;
mod saving;
mod undoing;
mod unsayable;

use dirsheet::catalogue;
use dirsheet::domain::{
    Base, BaseRow, CheckOptions, CheckedRow, ColumnRole, ConflictPolicy, Finding, ParsedRow, RawRow,
    Severity, SheetColumn, Value, Verdict, merge, same,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::Config;

use model::*;

/// How hard to try; `PROPTEST_CASES` tries harder.
fn config() -> Config {
    Config {
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_untouched_export_asks_for_nothing(people in people()) {
        let sheet = export(&people);
        let (with_base, rows) = plan(&sheet, Some(&sheet), &people);
        prop_assert!(with_base.is_empty() && with_base.withheld().is_empty() && with_base.conflicts().is_empty());
        for row in &rows {
            prop_assert_eq!(row.findings(), &[]);
        }
        prop_assert_eq!(with_base.summary().unchanged_rows, people.len() as u64);
        let (without_base, _) = plan(&sheet, None, &people);
        prop_assert_eq!(as_set(&without_base), Vec::<String>::new());
    }

    #[test]
    fn an_untouched_export_asks_for_nothing_whatever_happened_since(before in people(), noise in touches()) {
        let sheet = export(&before);
        let mut after = before.clone();
        for (row, column, cell) in &noise {
            let name = COLUMNS[*column];
            let person = row % before.len();
            if name != "userPrincipalName" && matches!(after[person].values[name], Value::Text(_)) {
                after[person].values.insert(name, text(cell.clone()));
            }
        }
        let (plan, rows) = plan(&sheet, Some(&sheet), &after);
        prop_assert!(plan.is_empty() && plan.conflicts().is_empty());
        prop_assert!(rows.iter().all(|row| row.findings().is_empty()));
    }

    #[test]
    fn an_applied_plan_leaves_nothing_to_do(people in people(), touches in touches()) {
        let exported = export(&people);
        let sheet = touched(exported.clone(), &touches);
        let (first, first_rows) = plan(&sheet, Some(&exported), &people);
        prop_assert_eq!(first.conflicts(), &[]);
        let after = apply(&first, &people);
        let (again, _) = plan(&sheet, Some(&exported), &after);
        // A rename lets names be found, or frees them, that made an error of another row at first.
        let renamed = first.changes().any(|(_, change)| change.attribute.name == "userPrincipalName");
        for (user, change) in again.changes() {
            let had_errors = first_rows[number_of(user.user)].findings().iter().any(Finding::is_error);
            prop_assert!(renamed && had_errors, "{:?}", change);
        }
        let (fresh, rows) = plan(&export(&after), Some(&export(&after)), &after);
        prop_assert!(fresh.is_empty() && rows.iter().all(|row| row.findings().is_empty()));
    }

    #[test]
    fn an_applied_foreign_sheet_leaves_nothing_to_do(people in people(), touches in touches()) {
        let sheet = touched(export(&people), &touches);
        let (first, _) = plan(&sheet, None, &people);
        let after = apply(&first, &people);
        let (again, _) = plan(&sheet, None, &after);
        prop_assert_eq!(as_set(&again), Vec::<String>::new());
    }

    #[test]
    fn only_cells_that_a_person_changed_are_written(people in people(), touches in touches()) {
        let exported = export(&people);
        let sheet = touched(exported.clone(), &touches);
        let (first, _) = plan(&sheet, Some(&exported), &people);
        for (user, change) in first.changes() {
            let column = COLUMNS.iter().position(|name| *name == change.attribute.name).unwrap();
            let row = number_of(user.user);
            prop_assert_ne!(&sheet[row][column], &exported[row][column]);
            prop_assert!(change.attribute.is_writable());
            prop_assert!(!same(change.attribute, &change.before, &change.after));
            prop_assert_eq!(change.is_clear(), says_clear(&sheet[row][column]));
        }
        let after = apply(&first, &people);
        for (row, person) in people.iter().enumerate() {
            for (column, name) in COLUMNS.iter().enumerate() {
                if sheet[row][column] == exported[row][column] {
                    prop_assert_eq!(&after[row].values[name], &person.values[name], "{}", name);
                }
            }
        }
    }

    #[test]
    fn a_blank_cell_without_a_base_changes_nothing(people in people(), blanks in touches()) {
        let blanks: Vec<Touch> = blanks.into_iter().map(|(row, column, _)| (row, column, String::new())).collect();
        let (plan, _) = plan(&touched(export(&people), &blanks), None, &people);
        prop_assert_eq!(as_set(&plan), Vec::<String>::new());
    }

    #[test]
    fn the_order_of_rows_and_the_presence_of_other_columns_do_not_matter(
        people in people(),
        touches in touches(),
        kept in subsequence((2..COLUMNS.len()).collect::<Vec<_>>(), 0..COLUMNS.len() - 2),
        backwards in any::<bool>(),
        with_base in any::<bool>(),
    ) {
        let exported = export(&people);
        let sheet = touched(exported.clone(), &touches);
        let base = with_base.then_some(&exported);
        let (whole, _) = plan(&sheet, base, &people);
        let mut columns = vec![0, 1];
        columns.extend(&kept);
        if backwards {
            columns[1..].reverse();
        }
        let names: Vec<&str> = columns.iter().map(|column| COLUMNS[*column]).collect();
        let mut part: Sheet = sheet
            .iter()
            .map(|row| columns.iter().map(|column| row[*column].clone()).collect())
            .collect();
        part.reverse();
        let mut rows = check(&names, &part, base);
        let few = plan_of(&mut rows, &people, ConflictPolicy::Stop);
        let expected: Vec<String> = as_set(&whole)
            .into_iter()
            .filter(|change| names.iter().any(|name| change.split(' ').nth(1) == Some(name)))
            .collect();
        prop_assert_eq!(as_set(&few), expected);
        let after = apply(&few, &people);
        for (row, person) in people.iter().enumerate() {
            for name in COLUMNS.iter().filter(|name| !names.contains(name)) {
                prop_assert_eq!(&after[row].values[name], &person.values[name], "{}", name);
            }
        }
    }

    #[test]
    fn a_plan_taken_back_restores_every_cell_it_touched_or_says_why_not(people in people(), touches in touches()) {
        let exported = export(&people);
        let (there, _) = plan(&touched(exported.clone(), &touches), Some(&exported), &people);
        let after = apply(&there, &people);
        let now = export(&after);
        let mut wish = now.clone();
        for (user, change) in there.changes() {
            let column = COLUMNS.iter().position(|name| *name == change.attribute.name).unwrap();
            wish[number_of(user.user)][column] = change.before.to_cell();
        }
        let (back, rows) = plan(&wish, Some(&now), &after);
        let restored = apply(&back, &after);
        for (user, change) in there.changes() {
            let number = number_of(user.user);
            let found = rows[number].is_held()
                || rows[number]
                    .findings()
                    .iter()
                    .any(|finding| finding.column.as_deref() == Some(change.attribute.name));
            let value = &restored[number].values[change.attribute.name];
            let alike = same(change.attribute, value, &change.before) || is_quiet_difference(value, &change.before);
            prop_assert!(
                alike || found,
                "{} {:?} {:?} {:?}", change.attribute.name, change.before, change.after, value
            );
        }
    }

    #[test]
    fn a_conflict_is_where_all_three_differ(
        base in 0usize..4, edited in 0usize..4, live in 0usize..4, policy in select(vec![
            ConflictPolicy::Stop, ConflictPolicy::Skip, ConflictPolicy::Mine,
        ]),
        (name, words) in select(vec![
            ("jobTitle", ["", "Cook", "Chef", "Baker"]),
            ("otherMails", ["", "a@x.nl", "b@x.nl", "a@x.nl; b@x.nl"]),
            ("employeeHireDate", ["", "2026-06-05T00:00:00Z", "2026-06-06T00:00:00Z", "2026-06-07T00:00:00Z"]),
            ("mobilePhone", ["", "+31 6 1", "+31 6 2", "06-3"]),
        ]),
    ) {
        let value = |word: usize| match (words[word], name) {
            ("", _) => Value::Empty,
            (list, "otherMails") => Value::list(list.split("; ").map(str::to_owned).collect()),
            (word, _) => text(word),
        };
        let mut person = Person {
            values: COLUMNS.iter().map(|name| (*name, Value::Empty)).collect(),
            synced: None,
        };
        person.values.insert("id", text(id(0).to_string()));
        person.values.insert("userPrincipalName", text(upn(0)));
        let with = |word: usize| {
            let mut person = person.clone();
            person.values.insert(name, value(word));
            vec![person]
        };
        let mut rows = check(&COLUMNS, &export(&with(edited)), Some(&export(&with(base))));
        let plan = plan_of(&mut rows, &with(live), policy);
        let all_differ = edited != base && live != base && edited != live;
        let wins = all_differ && policy == ConflictPolicy::Mine;
        prop_assert_eq!(plan.conflicts().len(), usize::from(all_differ && !wins));
        let written = wins || (edited != base && live == base);
        prop_assert_eq!(plan.changes().count(), usize::from(written));
        for (_, change) in plan.changes() {
            prop_assert_eq!((&change.before, &change.after), (&value(live), &value(edited)));
        }
    }

    #[test]
    fn equality_holds_in_both_directions_and_a_merge_never_writes_what_is_there(
        (name, left, right) in (2..COLUMNS.len()).prop_flat_map(|column| {
            let name = COLUMNS[column];
            (Just(name), live_value(name, 3), live_value(name, 3))
        }),
        base in prop::option::of(nasty()),
    ) {
        let attribute = attribute(name);
        prop_assert!(same(attribute, &left, &left));
        prop_assert_eq!(same(attribute, &left, &right), same(attribute, &right, &left));
        let verdict = merge(attribute, base.as_deref(), &left, &right);
        prop_assert_eq!(
            same(attribute, &left, &right),
            matches!(verdict, Verdict::AlreadyThere)
        );
    }

    #[test]
    fn no_text_makes_the_checks_fail(name in select(catalogue::all().map(|a| a.name).collect::<Vec<_>>()), edited in any::<String>(), exported in prop::option::of(any::<String>())) {
        let columns = [
            SheetColumn { header: "id".to_owned(), role: ColumnRole::Attribute(attribute("id")) },
            SheetColumn { header: name.to_owned(), role: ColumnRole::Attribute(attribute(name)) },
        ];
        let key = id(0).to_string();
        let raw = RawRow { line: 2, row: 2, cells: vec![key.clone(), edited.clone()].into(), bared: Default::default() };
        let untouched = exported.as_ref() == Some(&edited);
        let base = exported.map_or(Base::None, |exported| {
            Base::Row(BaseRow::new(["id".to_owned(), name.to_owned()].into(), vec![key, exported]))
        });
        let row = CheckedRow::check(ParsedRow::read(raw, &columns), &columns, base, &CheckOptions::default());
        prop_assert!(!untouched || row.cells().is_empty());
        prop_assert!(row.cells().len() <= 1);
        for finding in row.findings() {
            prop_assert!(!finding.message.is_empty() && !finding.help.is_empty());
            // A warning comes with the edit it doubts; whatever else is found of a cell holds it back.
            prop_assert_eq!(finding.severity == Severity::Warning, row.cells().len() == 1);
        }
    }
}

/// What a wish to clear looks like.
fn says_clear(cell: &str) -> bool {
    cell.is_empty() || cell.trim().eq_ignore_ascii_case("<clear>")
}

/// A value that comes back in its cleaned spelling: blanks, case and invisible marks are no edit.
fn is_quiet_difference(left: &Value, right: &Value) -> bool {
    let seen = |value: &Value| -> String {
        let cell = value.to_cell();
        cell.chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
            .to_lowercase()
    };
    seen(left) == seen(right)
}

//! The file beside what the directory holds now.

use super::*;
use crate::domain::{Directory, Value};
use crate::feed::settings::{OutOfReach, PeopleRules};
use crate::feed::testing::{Somebody, attribute, directory, id, row, text};
use crate::feed::{MappedRow, Match};

/// So many people who hold numbers and have a job title; the account of number 0 is off.
fn company(count: u8) -> Directory {
    let numbers: Vec<String> = (0..count).map(|n| format!("E{n:05}")).collect();
    let values: Vec<[(&str, Value); 3]> = numbers
        .iter()
        .enumerate()
        .map(|(at, number)| {
            [
                ("employeeId", text(number)),
                ("jobTitle", text("Clerk")),
                ("accountEnabled", Value::Boolean(at != 0)),
            ]
        })
        .collect();
    let users: Vec<Somebody<'_>> = values
        .iter()
        .zip(0..)
        .map(|(values, n)| (n, "x@contoso.example", values.as_slice()))
        .collect();
    directory(&users)
}

fn reading<'a>(columns: &'a [String], clears: bool) -> Reading<'a> {
    Reading {
        attribute: attribute("jobTitle"),
        columns,
        clears,
        people: PeopleRules::default(),
    }
}

/// A file of so many of them, in which the first have no title.
fn file(people: u8, blanks: u8) -> (Vec<MappedRow>, Vec<Match>) {
    let title = |n: u8| if n < blanks { " " } else { "Clerk" };
    let rows = (0..people)
        .map(|n| row(u64::from(n) + 2, &format!(" E{n:05}"), &[("jobTitle", title(n))]))
        .collect();
    (rows, (0..people).map(|n| Match::Holder(id(n))).collect())
}

fn facts(people: u8, blanks: u8, held: u8, clears: bool) -> DirectoryFacts {
    let (rows, matches) = file(people, blanks);
    let columns = ["Job".to_owned()];
    let readings = [reading(&columns, clears)];
    DirectoryFacts::of(
        &rows,
        &matches,
        &company(held),
        attribute("employeeId"),
        &readings,
    )
}

/// Two nights of the same file, beside these directories.
pub(super) fn verdict(then: Option<DirectoryFacts>, now: DirectoryFacts, rules: &GateRules) -> Verdict {
    let (mut last, mut file) = nights(&people(50), &people(50));
    file.figures.directory = Some(now);
    last.figures.directory = then.clone();
    judged(then.is_some().then_some(&last), &file, rules)
}

fn standing(verdict: &Verdict, name: MeasureName) -> Option<Standing> {
    let mut measures = verdict.measures.iter();
    measures
        .find(|measure| measure.name == name)
        .map(|measure| measure.standing)
}

#[test]
fn it_is_counted_who_is_named_who_is_nobody_and_where_a_known_value_is_blank() {
    let counted = facts(60, 7, 50, true);
    assert_eq!(
        (counted.unknown_keys, counted.holders, counted.named),
        (10, 49, 49),
        "whose account is off is not expected"
    );
    let job = &counted.attributes[0];
    assert_eq!(
        (job.attribute.as_str(), job.held, job.blanked),
        ("jobTitle", 50, 7)
    );
    let part = facts(20, 0, 50, true);
    assert_eq!((part.unknown_keys, part.holders, part.named), (0, 49, 19));
}

#[test]
fn who_is_found_for_the_first_time_holds_the_number_after_the_night_and_a_missing_cell_is_no_blank() {
    let users: [Somebody<'_>; 2] = [(1, "a@x", &[]), (2, "b@x", &[])];
    let rows = [row(2, "E1", &[("jobTitle", "")]), row(3, "E2", &[])];
    let matches = [
        Match::FirstTime {
            user: id(1),
            by: attribute("mail"),
        },
        Match::Nobody,
    ];
    let columns = ["Job".to_owned()];
    let facts = DirectoryFacts::of(
        &rows,
        &matches,
        &directory(&users),
        attribute("employeeId"),
        &[reading(&columns, true)],
    );
    assert_eq!((facts.unknown_keys, facts.holders, facts.named), (1, 1, 1));
    assert_eq!(
        (facts.attributes[0].held, facts.attributes[0].blanked),
        (0, 0),
        "the directory holds nothing"
    );
}

#[test]
fn blanks_that_would_clear_refuse_a_first_night_too_and_name_the_column() {
    let rules = GateRules::default();
    let first = verdict(None, facts(100, 6, 100, true), &rules);
    assert_eq!(refused(&first), [(MeasureName::ValuesBlanked, None)]);
    assert_eq!(first.measures[0].attribute.as_deref(), Some("jobTitle"));
    assert_eq!(
        first.hints,
        [Hint::ValuesBlanked {
            attribute: "jobTitle".to_owned(),
            columns: vec!["Job".to_owned()],
            blanked: 6,
            held: 100
        }]
    );
    // What the last file said of it does not matter.
    let night = verdict(Some(facts(100, 6, 100, true)), facts(100, 6, 100, true), &rules);
    assert_eq!(refused(&night), [(MeasureName::ValuesBlanked, None)]);
    assert_eq!(refused(&verdict(None, facts(100, 5, 100, true), &rules)), []);
}

#[test]
fn blanks_that_keep_are_told_in_the_night_in_which_they_begin() {
    let rules = GateRules::default();
    let told = |then, now| standing(&verdict(then, now, &rules), MeasureName::ValuesBlanked);
    let (few, many) = (facts(100, 2, 100, false), facts(100, 90, 100, false));
    assert_eq!(told(None, many.clone()), Some(Standing::Warned));
    assert_eq!(told(Some(few.clone()), many.clone()), Some(Standing::Warned));
    assert_eq!(told(Some(many.clone()), many), Some(Standing::Passed));
    assert_eq!(told(None, few), Some(Standing::Passed));
}

#[test]
fn one_column_has_its_own_limit_of_blanks_and_off_measures_nothing() {
    let now = || facts(100, 20, 100, true);
    for (settings, refuses) in [
        ("values-blanked = \"20%\"", false),
        ("values-blanked = 19", true),
        ("values-blanked = \"off\"", false),
        ("[columns.Job]\nvalues-blanked = \"20%\"", false),
        ("[columns.City]\nvalues-blanked = \"20%\"", true),
    ] {
        let rules = toml::from_str(settings).unwrap();
        let verdict = verdict(None, now(), &rules);
        assert_eq!(refused(&verdict).len(), usize::from(refuses), "{settings}");
    }
}

#[test]
fn a_share_of_the_directory_that_falls_is_refused_and_a_small_one_is_told_first() {
    let rules = GateRules::default();
    // 99 hold a number and are at work.
    let (all, most, fewer) = (
        facts(100, 0, 100, true),
        facts(91, 0, 100, true),
        facts(89, 0, 100, true),
    );
    assert_eq!(refused(&verdict(Some(all.clone()), most, &rules)), []);
    let fell = verdict(Some(all.clone()), fewer.clone(), &rules);
    assert_eq!(refused(&fell), [(MeasureName::CoverageLost, None)]);
    assert_eq!(fell.measures[0].then, Some(Amount::Share { count: 99, of: 99 }));
    assert_eq!(
        refused(&verdict(Some(fewer), all.clone(), &rules)),
        [],
        "more is no loss"
    );
    let branch = facts(30, 0, 100, true);
    let first = verdict(None, branch.clone(), &rules);
    assert_eq!(first.outcome, GateOutcome::FirstRun);
    assert_eq!(standing(&first, MeasureName::CoverageMin), Some(Standing::Warned));
    let first = verdict(None, all, &rules);
    assert_eq!(standing(&first, MeasureName::CoverageMin), Some(Standing::Off));
    let night = verdict(Some(branch.clone()), branch.clone(), &rules);
    assert_eq!(standing(&night, MeasureName::CoverageMin), Some(Standing::Off));
    let least: GateRules = toml::from_str("coverage-min = \"80%\"").unwrap();
    assert_eq!(
        refused(&verdict(None, branch, &least)),
        [(MeasureName::CoverageMin, None)]
    );
}

#[test]
fn a_blank_of_somebody_whom_the_service_would_not_let_be_written_takes_nothing_away() {
    let (rows, matches) = file(60, 10);
    let columns = ["Job".to_owned()];
    let mut company = Directory::new(company(60).columns().clone());
    for mut user in self::company(60).all().cloned().collect::<Vec<_>>() {
        // The first six are synchronised, and of the next one an agent takes care.
        user.synced = Some((0..6).any(|n| user.id == id(n)));
        user.agent = user.id == id(6);
        company.insert(user);
    }
    let facts = DirectoryFacts::of(
        &rows,
        &matches,
        &company,
        attribute("employeeId"),
        &[reading(&columns, true)],
    );
    assert_eq!((facts.attributes[0].held, facts.attributes[0].blanked), (53, 3));
    assert_eq!(refused(&verdict(None, facts, &GateRules::default())), []);
}

#[test]
fn a_blank_of_somebody_whom_the_feed_leaves_alone_takes_nothing_away_either() {
    // The cloud masters it, of synchronised people too.
    let values = [("employeeId", text("E1")), ("usageLocation", text("NL"))];
    let mut company = directory(&[(1, "x@contoso.example", &values)]);
    for mut user in company.all().cloned().collect::<Vec<_>>() {
        user.synced = Some(true);
        company.insert(user);
    }
    let columns = ["Country".to_owned()];
    for (synced, held) in [(OutOfReach::Person, 1), (OutOfReach::Leave, 0)] {
        let reading = Reading {
            attribute: attribute("usageLocation"),
            people: PeopleRules {
                synced,
                ..PeopleRules::default()
            },
            ..reading(&columns, true)
        };
        let rows = [row(2, "E1", &[("usageLocation", "")])];
        let matches = [Match::Holder(id(1))];
        let facts = DirectoryFacts::of(&rows, &matches, &company, attribute("employeeId"), &[reading]);
        assert_eq!(facts.attributes[0].held, held, "{synced:?}");
    }
}

#[test]
fn more_people_who_hold_a_number_are_no_people_who_are_gone_from_the_file() {
    let beside = |named, holders| DirectoryFacts {
        named,
        holders,
        ..DirectoryFacts::default()
    };
    let rules = GateRules::default();
    assert_eq!(
        refused(&verdict(Some(beside(30, 60)), beside(30, 100), &rules)),
        []
    );
    assert_eq!(
        refused(&verdict(Some(beside(30, 60)), beside(28, 100), &rules)),
        []
    );
    assert_eq!(
        refused(&verdict(Some(beside(30, 60)), beside(26, 100), &rules)),
        [(MeasureName::CoverageLost, None)]
    );
}

#[test]
fn keys_are_counted_as_the_matching_compares_them() {
    let users: [Somebody<'_>; 1] = [(1, "a@x", &[("mail", text("anna@contoso.example"))])];
    let mut users_of = directory(&users);
    users_of.watch(attribute("mail"));
    let rows = [row(2, " ANNA@contoso.example", &[])];
    let facts = DirectoryFacts::of(&rows, &[Match::Holder(id(1))], &users_of, attribute("mail"), &[]);
    assert_eq!((facts.unknown_keys, facts.holders, facts.named), (0, 1, 1));
}

#[test]
fn the_strictest_limit_counts_where_an_attribute_is_made_of_several_columns() {
    let rules: GateRules = toml::from_str(
        "[columns.Known]\nblanks = \"off\"\n[columns.First]\nvalues-blanked = \"50%\"\n[columns.Title]\nvalues-blanked = 1\n",
    )
    .unwrap();
    let limits = GateLimits::of(&rules).unwrap();
    let of = |columns: &[&str]| {
        let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
        limits.values_blanked(&columns, 100).origin.clone()
    };
    assert_eq!(
        of(&["Known", "First", "Title"]),
        "gate.columns.Title.values-blanked"
    );
    assert_eq!(of(&["Known", "First"]), "gate.columns.First.values-blanked");
    assert_eq!(of(&["Known"]), "default");
}

#[test]
fn in_a_very_small_company_half_of_it_is_not_little() {
    let rules = GateRules::default();
    let lost = |then, now| {
        let (last, now) = nights(&people(then), &people(now));
        refused(&judged(Some(&last), &now, &rules)).contains(&(MeasureName::RowsLost, None))
    };
    assert!(lost(5, 2) && lost(6, 3) && !lost(5, 3) && !lost(8, 5));
    assert_eq!(refused(&verdict(None, facts(5, 3, 5, true), &rules)).len(), 1);
    assert_eq!(refused(&verdict(None, facts(5, 2, 5, true), &rules)), []);
}

#[test]
fn a_table_of_words_that_lost_its_rows_is_refused_and_one_with_other_words_is_told() {
    let (mut last, mut now) = nights(&people(50), &people(50));
    let words = |name: &str, rows, sha256: &str| TableFigures {
        name: name.to_owned(),
        rows,
        sha256: sha256.to_owned(),
    };
    last.figures.tables = vec![words("departments", 40, "aa"), words("offices", 3, "bb")];
    let mut judged_with = |tables| {
        now.figures.tables = tables;
        judged(Some(&last), &now, &GateRules::default())
    };
    let cut = judged_with(vec![words("offices", 3, "bb"), words("departments", 37, "cc")]);
    assert_eq!(refused(&cut), [(MeasureName::TableRows, None)]);
    assert_eq!(cut.measures[0].table.as_deref(), Some("departments"));
    assert_eq!(
        cut.hints,
        [Hint::TableShrank {
            table: "departments".to_owned(),
            lost: 3
        }]
    );
    let other = judged_with(vec![words("offices", 2, "bc"), words("departments", 38, "cc")]);
    assert_eq!(refused(&other), []);
    let told = other
        .measures
        .iter()
        .find(|measure| measure.name == MeasureName::TablesChanged);
    assert_eq!(
        told.map(|measure| (&measure.now, measure.standing)),
        Some((&Amount::Text("offices, departments".to_owned()), Standing::Warned))
    );
    // A table that is new, or that the settings name no longer, is held against nothing.
    assert_eq!(
        judged_with(vec![words("cities", 1, "dd")]).outcome,
        GateOutcome::Passed
    );
}

#[test]
fn other_people_are_refused_where_they_are_many_and_many_more_than_in_the_last_good_night() {
    let of = |disputed: u64, found: u64| DirectoryFacts {
        disputed,
        found,
        ..facts(50, 0, 50, true)
    };
    // A fifth of a first file, and a tenth more than there were: both.
    for (then, now, expected) in [
        (None, (21, 100), Standing::Refused),
        (None, (20, 100), Standing::Passed),
        (Some((0, 100)), (20, 100), Standing::Passed),
        (Some((0, 100)), (21, 100), Standing::Refused),
        (Some((15, 100)), (15, 100), Standing::Passed),
        (Some((15, 100)), (25, 100), Standing::Passed),
        (Some((15, 100)), (26, 100), Standing::Refused),
        (Some((40, 100)), (40, 100), Standing::Passed),
        (Some((40, 100)), (80, 200), Standing::Passed),
        (Some((40, 100)), (51, 100), Standing::Refused),
        (Some((0, 0)), (30, 100), Standing::Refused),
    ] {
        let then = then.map(|(disputed, found)| of(disputed, found));
        let verdict = verdict(then.clone(), of(now.0, now.1), &GateRules::default());
        let standing = standing(&verdict, MeasureName::Disputed);
        assert_eq!(standing, Some(expected), "{then:?}, {now:?}");
    }
    // What an earlier version kept says nothing of them.
    let old = DirectoryFacts {
        key: String::new(),
        ..of(0, 0)
    };
    let verdict = verdict(Some(old), of(90, 100), &GateRules::default());
    assert_eq!(standing(&verdict, MeasureName::Disputed), None);
}

//! What becomes of people, rule by rule.

use super::super::matching::match_rows;
use super::super::testing::{attribute, directory, points_to, row, text};
use super::*;

pub(super) const BASE: &str = "name = 'hr'\nsource = { path = 'x.csv' }\nkey = { column = 'Nr' }\n";
pub(super) const TODAY: &str = "2026-11-29";

pub(super) fn people() -> Directory {
    directory(&[
        (
            1,
            "ana@contoso.com",
            &[
                ("employeeId", text("1001")),
                ("department", text("Sales")),
                ("manager", points_to(2, "bo@contoso.com")),
                ("businessPhones", Value::List(vec!["+31 20".to_owned()])),
            ],
        ),
        (2, "bo@contoso.com", &[("employeeId", text("1002"))]),
        (
            3,
            "off@contoso.com",
            &[
                ("employeeId", text("1003")),
                ("accountEnabled", Value::Boolean(false)),
            ],
        ),
    ])
}

pub(super) fn decided(settings: &str, rows: &[MappedRow]) -> Decided {
    let settings: FeedSettings = toml::from_str(&format!("{BASE}{settings}")).unwrap();
    let names = settings
        .joiners
        .as_ref()
        .and_then(|joiners| joiners.names.clone());
    let names: Option<NameTemplate> = names.map(|names| names.parse().unwrap());
    let directory = people();
    let key = attribute("employeeId");
    let ground = Ground {
        settings: &settings,
        directory: &directory,
        key,
        names: names.as_ref(),
        today: TODAY.parse().unwrap(),
    };
    decide(rows, &match_rows(rows, &directory, key), ground)
}

/// `column=text` of everybody who changes, and `!disable`.
fn wishes(decided: &Decided) -> Vec<String> {
    let of = |person: &PersonWish| {
        let cells = person
            .cells
            .iter()
            .map(|cell| format!("{}={}", cell.attribute.name, cell.text));
        let name = person.upn.split('@').next().unwrap().to_owned();
        let all: Vec<String> = cells
            .chain(person.disable.map(|rule| format!("!{rule}")))
            .collect();
        format!("{name}: {}", all.join(", "))
    };
    decided.people.iter().map(of).collect()
}

pub(super) fn reasons(decided: &Decided) -> Vec<String> {
    let doubts = decided.letters.iter().flat_map(|letter| &letter.doubts);
    doubts.map(|doubt| doubt.reason.clone()).collect()
}

#[test]
fn a_cell_is_written_as_its_authority_and_its_blanks_allow() {
    for (rule, name, cell, expected) in [
        ("", "department", "Sales", None),
        ("", "department", "HR", Some("HR")),
        ("", "department", "", None),
        ("", "department", "  ", None),
        ("blank = 'clear'", "department", "", Some("<clear>")),
        ("blank = 'clear'", "jobTitle", "", None),
        ("authority = 'when-empty'", "department", "HR", None),
        ("authority = 'when-empty'", "jobTitle", "Clerk", Some("Clerk")),
        (
            "authority = 'when-empty'\nblank = 'clear'",
            "department",
            "",
            None,
        ),
        ("authority = 'on-create'", "jobTitle", "Clerk", None),
        ("authority = 'on-create'\nblank = 'clear'", "department", "", None),
        // The kind decides what is the same.
        ("", "businessPhones", "+31 20", None),
        ("", "businessPhones", "+31 30", Some("+31 30")),
        // What is no value at all is for the checks of the sheet to say.
        ("", "accountEnabled", "perhaps", Some("perhaps")),
        ("", "accountEnabled", "TRUE", None),
    ] {
        let settings = format!("[attributes.{name}]\ncolumn = 'X'\n{rule}\n");
        let decided = decided(&settings, &[row(2, "1001", &[(name, cell)])]);
        let expected: Vec<String> = expected
            .iter()
            .map(|text| format!("ana: {name}={text}"))
            .collect();
        assert_eq!(wishes(&decided), expected, "{rule} {name} {cell}");
        assert_eq!(decided.unchanged, u64::from(expected.is_empty()));
    }
}

#[test]
fn a_word_of_sheets_in_the_source_clears_nothing() {
    for word in ["<clear>", " <CLEAR> ", "<not read>"] {
        let decided = decided("", &[row(7, "1001", &[("department", word)])]);
        assert_eq!(wishes(&decided), Vec::<String>::new());
        assert!(reasons(&decided)[0].contains("means something else"), "{word}");
    }
}

#[test]
fn a_joiner_is_made_in_the_days_around_the_first_one() {
    let make = "[joiners]\ncreate = true\nfirst-day = 'x'\nnames = '{givenName}@contoso.com'\n";
    for (settings, first_day, told) in [
        (make, Some("2026-12-13"), "made"),
        (make, Some("2026-12-14"), "from 2026-11-30 on"),
        (make, Some("2026-09-30"), "made"),
        (make, Some("2026-09-29"), "more than 60 days ago"),
        (make, None, "no first day"),
        ("", Some("2026-11-29"), "`joiners.create` is not set"),
        (
            "[joiners]\nfirst-day = 'x'\n",
            Some("2026-11-29"),
            "`joiners.create` is not set",
        ),
        (
            "[joiners]\ncreate = true\nnames = '{givenName}@contoso.com'\n",
            None,
            "made",
        ),
        (
            "[joiners]\ncreate = true\n",
            None,
            "nothing says the userPrincipalName",
        ),
        (
            "[joiners]\ncreate = true\nnames = '{surname}@contoso.com'\n",
            None,
            "no free name",
        ),
    ] {
        let mut new = row(
            2,
            "2001",
            &[("givenName", "Ana"), ("displayName", "Ana B"), ("jobTitle", "")],
        );
        new.first_day = first_day.map(|day| day.parse().unwrap());
        let decided = decided(settings, &[new]);
        let all: Vec<String> = decided
            .told
            .iter()
            .map(|told| told.message.clone())
            .chain(reasons(&decided))
            .chain(wishes(&decided).iter().map(|wish| format!("made {wish}")))
            .collect();
        assert_eq!(all.len(), 1, "{settings} {first_day:?}: {all:?}");
        assert!(all[0].contains(told), "{settings} {first_day:?}: {all:?}");
        if told == "made" {
            // `ana` is taken.
            let made = "made ana2: userPrincipalName=ana2@contoso.com, employeeId=2001, givenName=Ana, displayName=Ana B, accountEnabled=true";
            assert_eq!(all[0], made);
        }
    }
}

#[test]
fn a_joiner_with_a_problem_or_a_name_that_is_taken_is_for_a_person() {
    let make = "[joiners]\ncreate = true\n";
    let mut broken = row(2, "2001", &[("userPrincipalName", "new@contoso.com")]);
    broken.problems.push(MappingProblem {
        rule: "attributes.surname".to_owned(),
        column: Some("Last".to_owned()),
        message: "it is bad".to_owned(),
        help: "mend it".to_owned(),
    });
    let taken = row(3, "2002", &[("userPrincipalName", "BO@contoso.com")]);
    let decided = decided(make, &[broken, taken]);
    assert_eq!(wishes(&decided), Vec::<String>::new());
    let reasons = reasons(&decided);
    assert_eq!(reasons[0], "attributes.surname (column `Last`): it is bad");
    assert!(
        reasons[1].contains("whole or not at all") && reasons[2].contains("`bo@contoso.com` has the name"),
        "{reasons:?}"
    );
}

#[test]
fn a_leaver_is_switched_off_from_the_day_after_and_nobody_is_switched_on() {
    for (settings, key, last_day, gone, wish, told) in [
        ("", "1001", Some("2020-01-01"), true, "", ""),
        ("[leavers]\n", "1001", Some("2026-11-29"), false, "", ""),
        (
            "[leavers]\n",
            "1001",
            Some("2026-11-28"),
            false,
            "ana: !leavers.last-day",
            "",
        ),
        (
            "[leavers]\ndays-after = 2\n",
            "1001",
            Some("2026-11-27"),
            false,
            "",
            "",
        ),
        (
            "[leavers]\ndays-after = 2\n",
            "1001",
            Some("2026-11-26"),
            false,
            "ana: !leavers.last-day",
            "",
        ),
        ("[leavers]\n", "1001", None, true, "ana: !leavers.when", ""),
        (
            "[leavers]\naction = 'report'\n",
            "1001",
            Some("2026-11-28"),
            false,
            "",
            "has left, with 2026-11-28",
        ),
        // Already off, a name nobody has, and somebody who came back.
        ("[leavers]\n", "1003", Some("2026-11-28"), false, "", ""),
        ("[leavers]\n", "2001", Some("2026-11-28"), false, "", ""),
        (
            "[leavers]\n",
            "1003",
            Some("2026-12-31"),
            false,
            "",
            "switches nobody on",
        ),
        ("[leavers]\n", "1003", None, false, "", "switches nobody on"),
    ] {
        let mut one = row(2, key, &[]);
        one.last_day = last_day.map(|day| day.parse().unwrap());
        one.has_left = gone;
        let decided = decided(settings, &[one]);
        let wishes = wishes(&decided).join("; ");
        let said: Vec<&str> = decided.told.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(wishes, wish, "{settings} {key} {last_day:?}");
        assert!(
            said.join("; ").contains(told) && said.is_empty() == told.is_empty(),
            "{settings} {key}: {said:?}"
        );
        assert_eq!(decided.letters, [], "{settings} {key}");
    }
}

#[test]
fn a_leavers_other_cells_are_written_but_not_the_switch() {
    let mut one = row(
        2,
        "1001",
        &[("department", "Alumni"), ("accountEnabled", "false")],
    );
    one.has_left = true;
    assert_eq!(
        wishes(&decided("[leavers]\n", &[one])),
        ["ana: department=Alumni, !leavers.when"]
    );
}

#[test]
fn a_manager_is_found_by_number_in_the_directory_and_in_the_file() {
    let settings = "[manager]\ncolumn = 'M'\nblank = 'clear'\n[joiners]\ncreate = true\n";
    let new = || row(9, "2001", &[("userPrincipalName", "new@contoso.com")]);
    for (key, manager, wish, told) in [
        ("1001", "1002", "", ""),
        ("1001", "1003", "ana: manager=off@contoso.com", ""),
        ("1001", "2001", "ana: manager=new@contoso.com", ""),
        ("1001", "", "ana: manager=<clear>", ""),
        ("1002", "", "", ""),
        ("1001", "1001", "", "own number"),
        ("1001", "4444", "", "nobody holds employeeId `4444`"),
        (
            "1001",
            "01002",
            "",
            "nobody holds employeeId `01002` as it stands",
        ),
    ] {
        let mut one = row(2, key, &[]);
        one.manager = Some(manager.to_owned());
        let decided = decided(settings, &[one, new()]);
        let wishes: Vec<String> = wishes(&decided)
            .into_iter()
            .filter(|one| !one.starts_with("new:"))
            .collect();
        assert_eq!(wishes.join("; "), wish, "{key} {manager}");
        let reasons = reasons(&decided).join("; ");
        assert!(
            reasons.contains(told) && reasons.is_empty() == told.is_empty(),
            "{key} {manager}: {reasons}"
        );
    }
}

#[test]
fn a_manager_who_is_not_there_yet_is_waited_for() {
    let settings = "[manager]\ncolumn = 'M'\n[joiners]\ncreate = true\nfirst-day = 'x'\n";
    let mut new = row(9, "2001", &[("userPrincipalName", "new@contoso.com")]);
    new.first_day = Some("2027-01-15".parse().unwrap());
    let mut one = row(2, "1001", &[]);
    one.manager = Some("2001".to_owned());
    let decided = decided(settings, &[one, new]);
    assert_eq!(decided.letters, []);
    assert_eq!(decided.told_of(ToldKind::ManagerWaits), 1);
}

#[test]
fn somebody_found_for_the_first_time_gets_the_number() {
    let mut one = row(2, "1999", &[]);
    one.first_match = vec![(attribute("userPrincipalName"), "nobody@contoso.com".to_owned())];
    let bare = directory(&[(1, "nobody@contoso.com", &[])]);
    let matches = match_rows(std::slice::from_ref(&one), &bare, attribute("employeeId"));
    let settings: FeedSettings = toml::from_str(BASE).unwrap();
    let ground = Ground {
        settings: &settings,
        directory: &bare,
        key: attribute("employeeId"),
        names: None,
        today: TODAY.parse().unwrap(),
    };
    assert_eq!(
        wishes(&decide(&[one], &matches, ground)),
        ["nobody: employeeId=1999"]
    );
}

#[test]
fn a_row_of_which_nobody_knows_whether_it_counts_writes_nothing() {
    for (rule, written) in [("rows", 0), ("attributes.jobTitle", 1)] {
        let mut one = row(2, "1001", &[("department", "Board")]);
        one.problems.push(MappingProblem {
            rule: rule.to_owned(),
            column: None,
            message: "it is bad".to_owned(),
            help: String::new(),
        });
        let decided = decided("", &[one]);
        assert_eq!(
            (decided.people.len(), decided.letters.len()),
            (written, 1),
            "{rule}"
        );
    }
}

/// A row whose value for this rule could not be made.
fn with_problem(number: u64, key: &str, rule: &str) -> MappedRow {
    MappedRow {
        problems: vec![MappingProblem {
            rule: rule.to_owned(),
            column: None,
            message: "cannot be made".to_owned(),
            help: String::new(),
        }],
        ..row(number, key, &[])
    }
}

#[test]
fn what_would_not_be_written_of_somebody_who_is_there_needs_nobody() {
    for (name, authority, key, letters) in [
        ("mailNickname", "on-create", "1001", 0),
        ("mailNickname", "always", "1001", 1),
        ("department", "when-empty", "1001", 0),
        ("department", "when-empty", "1002", 1),
        // Of somebody new all of it is needed.
        ("mailNickname", "on-create", "7777", 1),
    ] {
        let settings = format!(
            "[attributes.{name}]\ncolumn = 'X'\nauthority = '{authority}'\n[joiners]\ncreate = true\nfirst-day = 'x'\nnames = '{{givenName}}@contoso.com'\n"
        );
        let mut own = with_problem(2, key, &format!("attributes.{name}"));
        own.first_day = Some(TODAY.parse().unwrap());
        let decided = decided(&settings, &[own]);
        assert_eq!(decided.letters.len(), letters, "{name} {authority} {key}");
    }
}

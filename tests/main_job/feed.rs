//! Nights of an HR feed, end to end: what is written, what is refused, and what a person must look at.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::feed_office::{Office, SETTINGS, name, row_of};
use super::stand::people;

#[test]
fn a_first_night_needs_a_go_and_a_second_has_nothing_to_do() {
    let mut office = Office::of(40);
    office.set(3, "Dept", "Board");
    let before = office.stand.stats();
    let refused = office.night(&[], 4);
    assert_eq!(refused["outcome"], "failed");
    // A person reads of a refusal, which it is.
    let history = office.stand.run(&["feed", "history", "FEED.toml"]).must(0).stdout;
    assert!(
        history.contains("  refused") && !history.contains("failed"),
        "{history}"
    );
    let after = office.stand.stats();
    let sent = after.http_requests - before.http_requests;
    assert_eq!(refused["counts"]["requests"], sent, "{refused:#}");
    assert!(
        refused["message"].as_str().unwrap().contains("first file"),
        "{refused:#}"
    );
    let shown = office.start(&["--dry-run"], 0);
    assert_eq!(
        (&shown["outcome"], shown["counts"]["changed"].as_u64()),
        (&Json::from("shown"), Some(1))
    );
    assert!(office.stand.history().is_empty());
    let first = office.start(&["--go"], 0);
    assert_eq!(
        (&first["outcome"], first["counts"]["users_written"].as_u64()),
        (&Json::from("written"), Some(1)),
        "{first:#}"
    );
    assert_eq!(office.user(&name(3))["department"], "Board");
    // The file is in the archive; the same content again is known.
    assert!(
        first["papers"]["file"].as_str().unwrap().contains("archive"),
        "{first:#}"
    );
    assert_eq!(office.start(&[], 0)["outcome"], "no-file");
    assert_eq!(office.night(&[], 0)["outcome"], "seen-before");
    assert_eq!(office.start(&["--again"], 0)["outcome"], "unchanged");
    assert_eq!(office.stand.history().len(), 1);
    let history = office.stand.json(&["feed", "history", "FEED.toml"], 0);
    let told: Vec<&str> = history["nights"]
        .as_array()
        .unwrap()
        .iter()
        .map(|night| night["outcome"].as_str().unwrap())
        .collect();
    let all = ["nothing", "seen-before", "no-file", "done", "failed"];
    assert_eq!(told, all, "{history:#}");
}

#[test]
fn movers_a_rename_joiners_and_leavers_are_written_and_nothing_else() {
    let mut office = Office::settled(40);
    office.set(5, "Dept", "Board");
    office.set(6, "Last", "Newname");
    office.set(7, "Title", "");
    office.set(8, "To", "2021-01-31");
    office.set(8, "Dept", "Alumni");
    office.set(9, "Boss", "N2001");
    let mut new = row_of(41);
    for (column, text) in [
        ("Nr", "N2001"),
        ("First", "Zoë"),
        ("Last", "Śmit"),
        ("Mail", ""),
        ("From", "2020-01-01"),
    ] {
        new.insert(column.to_owned(), text.to_owned());
    }
    office.rows.push(new);
    // The first day of this joiner is long ago: an account should be there.
    let late = office.night(&[], 6);
    assert_eq!(late["counts"]["dead_letters"], 2, "{late:#}");
    assert_eq!(late["counts"]["users_written"], 4, "{late:#}");
    let today = jiff::tz::Offset::UTC
        .to_datetime(jiff::Timestamp::now())
        .date()
        .to_string();
    office.set(40, "From", &today);
    let night = office.night(&[], 0);
    assert_eq!(
        (&night["outcome"], &night["counts"]["joiners"]),
        (&Json::from("written"), &Json::from(1)),
        "{night:#}"
    );
    assert_eq!(office.user(&name(5))["department"], "Board");
    assert_eq!(office.user(&name(6))["displayName"], "First Newname");
    assert_eq!(office.user(&name(7))["jobTitle"], Json::Null);
    let left = office.user(&name(8));
    assert_eq!(
        (&left["accountEnabled"], &left["department"]),
        (&Json::Bool(false), &Json::from("Alumni"))
    );
    let zoe = office.user("zoe.smit");
    assert_eq!(
        (&zoe["employeeId"], &zoe["accountEnabled"]),
        (&Json::from("N2001"), &Json::Bool(true))
    );
    assert_eq!(office.user(&name(9))["manager"], zoe["id"]);
    assert_eq!(office.night(&["--again"], 0)["outcome"], "unchanged");
    let passwords: Vec<_> = std::fs::read_dir(office.stand.path("passwords"))
        .unwrap()
        .collect();
    assert_eq!(passwords.len(), 1);
}

#[test]
fn a_file_that_looks_like_an_accident_is_refused_with_its_figures_and_goes_to_quarantine() {
    let mut office = Office::settled(60);
    let whole = office.text();
    let lines: Vec<&str> = whole.lines().collect();
    let doubled = format!("{whole}{}\n", lines[1..].join("\n"));
    let cut: String = whole.chars().take(whole.len() / 2).collect();
    let rows = office.rows.clone();
    for row in &mut office.rows {
        row.insert("Dept".to_owned(), String::new());
    }
    let emptied = office.text();
    office.rows.clone_from(&rows);
    let renamed = whole.replacen("Dept", "Department", 1);
    for (accident, text, code) in [
        ("doubled", doubled, 4),
        ("cut", cut, 4),
        ("emptied", emptied, 4),
        ("renamed", renamed, 3),
    ] {
        office.drop(&text);
        let night = office.start(&[], code);
        assert_eq!(night["outcome"], "refused", "{accident}: {night:#}");
        assert!(
            night["papers"]["file"].as_str().unwrap().contains("quarantine"),
            "{accident}: {night:#}"
        );
        let told = !night["refusals"].as_array().unwrap().is_empty() || code == 3;
        assert!(told, "{accident}: {night:#}");
    }
    assert!(office.stand.history().is_empty());
    // The next good file is held against the last good one, not against these.
    office.set(1, "Dept", "Board");
    assert_eq!(office.night(&[], 0)["outcome"], "written");
}

#[test]
fn a_file_that_a_person_has_looked_at_passes_the_measures_that_are_lifted_and_no_others() {
    let mut office = Office::settled(60);
    office.rows.truncate(30);
    office.set(1, "Dept", "Board");
    let refused = office.night(&[], 4);
    let rules: Vec<&str> = refused["refusals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["rule"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["gate.rows-lost", "gate.key-churn"], "{refused:#}");
    let file = refused["papers"]["file"].as_str().unwrap().to_owned();
    let again = office.start(&["--file", &file, "--lift", "rows-lost"], 4);
    assert_eq!(again["refusals"].as_array().unwrap().len(), 1, "{again:#}");
    let file = again["papers"]["file"].as_str().unwrap().to_owned();
    let passed = office.start(&["--file", &file, "--lift", "rows-lost,key-churn"], 0);
    assert_eq!(
        (&passed["outcome"], &passed["counts"]["users_written"]),
        (&Json::from("written"), &Json::from(1)),
        "{passed:#}"
    );
    // The next file is held against this one, without a lift.
    office.set(2, "Dept", "Board");
    assert_eq!(office.night(&[], 0)["outcome"], "written");
    office
        .stand
        .run(&["feed", "run", "FEED.toml", "--lift", "column-missing"])
        .must(2)
        .says(&["without a column that is read nothing can be made of the rows"]);
}

#[test]
fn dead_letters_are_the_sources_own_rows_and_can_be_fed_again() {
    let mut office = Office::settled(40);
    office.set(4, "Boss", "N4444");
    office.set(4, "Dept", "Board");
    office.set(5, "Dept", "Board");
    let night = office.night(&[], 6);
    assert_eq!(
        (&night["outcome"], &night["counts"]["dead_letters"]),
        (&Json::from("needs-person"), &Json::from(1)),
        "{night:#}"
    );
    assert_eq!(office.user(&name(4))["department"], "Board");
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    assert!(
        letters
            .lines()
            .next()
            .unwrap()
            .ends_with("\"_reason\",\"_what_to_do\",\"_night\""),
        "{letters}"
    );
    assert!(letters.contains("nobody holds employeeId `N4444`"), "{letters}");
    office.stand.write(
        "mended.csv",
        letters.replace("N4444", "N1003").replace("Board", "Law"),
    );
    let fed = office.start(&["--refeed", "mended.csv"], 0);
    assert_eq!(
        (&fed["outcome"], &fed["counts"]["rows"]),
        (&Json::from("written"), &Json::from(1)),
        "{fed:#}"
    );
    let user = office.user(&name(4));
    assert_eq!(
        (&user["manager"], &user["department"]),
        (&office.user(&name(2))["id"], &Json::from("Law"))
    );
    // It is no file that the next is held against.
    office.set(4, "Boss", "N1003");
    office.set(4, "Dept", "Law");
    assert_eq!(office.night(&[], 0)["outcome"], "unchanged");
}

#[test]
fn above_a_number_a_sealed_plan_waits_and_its_approval_is_in_the_history() {
    let mut office = Office::settled(40);
    for number in 1..5 {
        office.set(number, "Title", "Lead");
    }
    let night = office.night(&["--approve-above", "3"], 21);
    assert_eq!(night["outcome"], "waiting");
    assert!(office.stand.history().is_empty());
    let plan = night["papers"]["plan"].as_str().unwrap().to_owned();
    office
        .stand
        .run(&["apply", &plan, "--yes", "--feed", "FEED.toml"])
        .must(0);
    assert_eq!(office.stand.history().len(), 4);
    let run = office.stand.newest_run();
    let history = office.stand.json(&["feed", "history", "FEED.toml"], 0);
    assert_eq!(
        (&history["nights"][0]["outcome"], &history["nights"][0]["run"]),
        (&Json::from("awaits-approval"), &Json::from(run))
    );
    office.set(1, "Dept", "Board");
    let next = office.night(&[], 0);
    assert_eq!(next["counts"]["users_written"], 1, "{next:#}");
}

#[test]
fn a_guard_that_refuses_ends_the_night_and_names_its_key() {
    let settings = SETTINGS.replace("[guards]", "[guards]\nmax-users = 3");
    let mut office = Office::open(40, people(0), &settings);
    office.night(&["--go"], 0);
    for number in 1..6 {
        office.set(number, "Title", "Lead");
    }
    let night = office.night(&[], 4);
    assert_eq!(night["outcome"], "guard-refused", "{night:#}");
    assert!(night.to_string().contains("guards.max-users = 5"), "{night:#}");
    assert!(office.stand.history().is_empty());
}

#[test]
fn what_the_gate_warns_of_stands_in_the_summary_and_in_the_ledger() {
    let mut office = Office::settled(40);
    office.add_column("Extra", "x");
    office.set(3, "Dept", "Board");
    let night = office.night(&[], 0);
    assert_eq!(
        night["warnings"],
        serde_json::json!([{ "rule": "gate.columns-new", "found": "Extra" }]),
        "{night:#}"
    );
    let history = office.stand.json(&["feed", "history", "FEED.toml"], 0);
    let note = history["nights"][0]["note"].as_str().unwrap();
    assert!(
        note.contains("the gate warned: gate.columns-new: Extra"),
        "{note}"
    );
}

#[test]
fn a_night_that_is_killed_is_finished_by_the_next_start_and_writes_nothing_twice() {
    let office = Office::killed_at_its_writes();
    let next = office.start(&[], 0);
    assert_eq!(next["resumed"].as_array().unwrap().len(), 1, "{next:#}");
    let told = next["help"].to_string();
    assert!(
        told.contains("which an earlier night began, has written 100 users"),
        "{next:#}"
    );
    assert_eq!(next["outcome"], "unchanged", "{next:#}");
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for write in office.stand.history() {
        *times.entry(write.user_id).or_default() += 1;
    }
    assert_eq!((times.len(), times.values().max()), (100, Some(&1)));
    assert_eq!(office.start(&[], 0)["outcome"], "no-file");
}

#[test]
fn who_is_in_no_row_is_switched_off_and_who_is_left_out_is_not_missing() {
    let settings = format!("{SETTINGS}[missing]\naction = \"disable\"\nnights = 1\n");
    let mut office = Office::open(40, people(0), &settings);
    office.night(&["--go"], 0);
    office.set(3, "Type", "External");
    office.rows.pop();
    let night = office.night(&[], 0);
    let counts = &night["counts"];
    assert_eq!(
        (
            &counts["missing"],
            &counts["left_out"],
            &counts["leavers"],
            &counts["users_written"]
        ),
        (&Json::from(1), &Json::from(1), &Json::from(0), &Json::from(1)),
        "{night:#}"
    );
    assert_eq!(office.user(&name(39))["accountEnabled"], false);
    assert_eq!(office.user(&name(3))["accountEnabled"], true);
}

//! Plans of large directories: everybody in ranges of names at the same time, whoever changed meanwhile once more, and what it cost.

use std::time::Duration;

use dirsheet::sandbox::SandboxOptions;
use serde_json::Value;

use super::sheet::Sheet;
use super::stand::{Stand, finish, people, until};

/// Enough for ranges, few enough for a test.
const USERS: usize = 12_000;
/// So many edited rows that a list of everybody takes fewer requests than they do.
const EDITED: usize = 700;

/// A directory of which an export with edits in many rows lies there.
fn edited(latency: u64) -> (Stand, Vec<String>) {
    let stand = Stand::open(SandboxOptions {
        latency: Duration::from_millis(latency),
        ..people(USERS)
    });
    let mut sheet = stand.export_columns("id,userPrincipalName,employeeType,jobTitle");
    let ids: Vec<String> = stand
        .ordinary()
        .iter()
        .map(|user| user["id"].as_str().unwrap().to_owned())
        .step_by(7)
        .take(EDITED)
        .collect();
    for (number, id) in ids.iter().enumerate() {
        sheet.set(id, "employeeType", format!("Type {number}"));
    }
    stand.save("edited.csv", &sheet);
    (stand, ids)
}

/// Whom the plan changes, in order.
fn changed(plan: &Value) -> Vec<String> {
    let changes = plan["changes"].as_array().unwrap_or_else(|| panic!("{plan:#}"));
    let mut all: Vec<String> = changes
        .iter()
        .map(|change| change["user"].as_str().unwrap().to_owned())
        .collect();
    all.sort();
    all
}

/// The plan of the edited sheet.
const PLAN: [&str; 9] = [
    "plan",
    "edited.csv",
    "--json",
    "--allow",
    "admins",
    "--max-users",
    "1000",
    "--max-same-value",
    "1000",
];

#[test]
fn a_sheet_with_many_edits_is_planned_from_ranges_of_names_and_the_cost_is_said() {
    let (stand, ids) = edited(0);
    let pages = stand.stats().list_pages;
    let ran = stand.run(&PLAN).must(0);
    let ran = ran.says(&[
        "Read all 12000 users in",
        "ranges of names at the same time",
        "requests",
    ]);
    assert!(stand.stats().list_pages >= pages + 12, "a list of everybody");
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(changed(&plan).len(), ids.len());

    // A few rows are read by themselves.
    let mut few: Sheet = stand.sheet("edited.csv");
    few.keep_rows(&ids.iter().take(20).map(String::as_str).collect::<Vec<_>>());
    stand.save("few.csv", &few);
    let pages = stand.stats().list_pages;
    let ran = stand.run(&["plan", "few.csv", "--allow", "admins"]).must(0);
    ran.says(&["Read 20 of 12000 users"]);
    assert_eq!(stand.stats().list_pages, pages);
}

#[test]
fn who_changes_while_ranges_are_read_is_planned_as_they_are_afterwards() {
    let (stand, ids) = edited(40);
    let child = stand.command(&PLAN).spawn().unwrap();
    let pages = stand.stats().list_pages;
    until("some pages", || stand.stats().list_pages > pages + 12);
    // Everybody who is edited: some were read already, some were not. Names move between ranges, and people are given what the sheet would write.
    for (number, id) in ids.iter().enumerate() {
        match number % 3 {
            0 => stand.edit(id, "employeeType", format!("Type {number}")),
            1 => stand.edit(
                id,
                "userPrincipalName",
                format!("a{number}.moved@contoso.example"),
            ),
            _ => stand.edit(
                id,
                "userPrincipalName",
                format!("z{number}.moved@contoso.example"),
            ),
        }
    }
    let ran = finish(child, "plan".to_owned());
    let ran = ran.says(&["ranges of names", "changed meanwhile"]);
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    let expected = ids.iter().enumerate().filter(|(number, _)| number % 3 != 0);
    let mut expected: Vec<String> = expected.map(|(_, id)| id.clone()).collect();
    expected.sort_unstable();
    let planned = changed(&plan);
    assert_eq!(planned, expected);
}

#[test]
fn where_changes_are_not_told_or_ranges_not_listed_a_plan_reads_one_page_after_another_and_says_why() {
    let (stand, ids) = edited(0);
    for (faults, why) in [
        ("403,on=delta", "the service does not tell changes"),
        (
            "403,on=item,times=40",
            "the service does not list ranges of names",
        ),
        ("delta-expired,times=1", "does not tell what has changed"),
    ] {
        stand.faults(faults);
        let ran = stand.run(&PLAN).must(0);
        let ran = ran.says(&["one page after another", why]);
        let plan: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(changed(&plan).len(), ids.len(), "{faults}");
    }
}

//! Large directories: read in ranges of names while others write, as of one moment, and from an earlier snapshot.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::sheet::unguarded;
use super::stand::{Ran, Stand, finish, people, until};
use dirsheet::sandbox::SandboxOptions;

/// Enough for ranges, few enough for a test.
const USERS: usize = 12_000;

fn large(latency: u64, churn: Option<u32>) -> Stand {
    Stand::open(SandboxOptions {
        latency: Duration::from_millis(latency),
        churn,
        ..people(USERS)
    })
}

fn export(stand: &Stand, more: &[&str]) -> Ran {
    stand.run(&[&["export", "-o", "users.csv", "--json"], more].concat())
}

fn reading(ran: &Ran) -> Value {
    let told: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    told["reading"].clone()
}

/// The sheet holds what the store holds, and nobody else.
#[track_caller]
fn same_as_store(stand: &Stand, told: &Value) {
    let sheet = stand.sheet("users.csv");
    let not_covered = told["not_covered"].as_array().unwrap();
    let store = stand.sandbox().own_state();
    let store: BTreeMap<&str, &Value> = store
        .iter()
        .filter(|user| user["deleted"] == false)
        .map(|user| (user["id"].as_str().unwrap(), user))
        .collect();
    let ids = sheet.cells("id");
    assert_eq!(ids.len(), store.len());
    let name = |id: &Value| match id.as_str() {
        Some(id) => store[id]["set"]["userPrincipalName"].as_str().unwrap(),
        None => "",
    };
    for (row, id) in ids.into_iter().enumerate() {
        let user = store.get(id).unwrap_or_else(|| panic!("{id} is gone"));
        for column in [
            "userPrincipalName",
            "displayName",
            "jobTitle",
            "department",
            "city",
            "employeeId",
        ] {
            let there = user["set"][column].as_str().unwrap_or_default();
            assert_eq!(
                unguarded(sheet.cell(row, column)),
                unguarded(there),
                "{column} of {id}"
            );
        }
        // Of a manager who was deleted and is back the service tells nothing; then the export says so.
        if !sheet.cell(row, "manager").is_empty() || !not_covered.contains(&"manager".into()) {
            assert_eq!(
                sheet.cell(row, "manager"),
                name(&user["manager"]),
                "manager of {id}"
            );
        }
    }
}

#[test]
fn a_large_export_is_the_directory_as_of_one_moment_though_others_write() {
    let stand = large(25, Some(400));
    let child = stand
        .command(&["export", "-o", "users.csv", "--json"])
        .spawn()
        .unwrap();
    let before = stand.stats().list_pages;
    until("some pages", || stand.stats().list_pages > before + 40);
    let changes = stand.sandbox().stop_churn();
    let ran = finish(child, "export".to_owned()).must(0);
    let told = reading(&ran);
    assert!(changes > 50, "{changes}");
    assert_eq!(
        (&told["way"], &told["exact"]),
        (&"ranges".into(), &true.into()),
        "{told:#}"
    );
    assert!(told["changed"].as_u64().unwrap() > 20, "{told:#}");
    same_as_store(&stand, &told);
    assert_eq!(told["counted"], stand.sheet("users.csv").rows.len());
    ran.says(&["Everybody as of ", "ranges of names"]);
    let left: Vec<_> = std::fs::read_dir(stand.state().join("exports"))
        .unwrap()
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_next_export_takes_the_changes_only_and_reads_everybody_where_they_are_not_told_any_more() {
    let stand = large(0, None);
    let first = reading(&export(&stand, &[]).must(0));
    assert_eq!(
        (&first["exact"], &first["changed"]),
        (&true.into(), &0.into()),
        "{first:#}"
    );
    let users = stand.ordinary();
    for (number, user) in users.iter().take(30).enumerate() {
        let id = user["id"].as_str().unwrap();
        stand.edit(id, "jobTitle", format!("Title {number}"));
        stand.edit(id, "manager", users[100 + number]["id"].clone());
    }
    // A manager's new name is in the rows of people who did not change.
    let manager = users.iter().find_map(|user| user["manager"].as_str()).unwrap();
    stand.edit(manager, "userPrincipalName", "renamed.manager@contoso.example");
    let pages = stand.stats().list_pages;
    let ran = export(&stand, &[]).must(0);
    let told = reading(&ran);
    assert_eq!(
        (&told["way"], &told["exact"]),
        (&"refresh".into(), &true.into()),
        "{told:#}"
    );
    assert!(
        stand.stats().list_pages <= pages + 2,
        "users are counted, and no page of them is read"
    );
    assert_eq!(
        told["refreshed"].as_str().map(|id| id.starts_with("snap-")),
        Some(true)
    );
    ran.says(&["up to date instead of reading everybody"]);
    same_as_store(&stand, &told);
    // What it wrote is a base like any other.
    stand.run(&["plan", "users.csv", "--detailed-exitcode"]).must(0);

    let full = reading(&export(&stand, &["--full"]).must(0));
    assert_eq!(full["way"], "ranges");
    for fault in ["delta-expired,times=1", "delta-reset,times=1"] {
        stand.faults(fault);
        let ran = export(&stand, &[]).must(0);
        let told = reading(&ran);
        assert_eq!(
            (&told["way"], &told["exact"]),
            (&"ranges".into(), &true.into()),
            "{told:#}"
        );
        ran.says(&["no longer told"]);
        same_as_store(&stand, &told);
    }
    let files = std::fs::read_dir(stand.state().join("snapshots"))
        .unwrap()
        .count();
    assert!(files > 4);
    let listed = stand.run(&["snapshots", "--json"]).must(0);
    assert!(!listed.stdout.contains("deltatoken"));
}

#[test]
fn a_lost_page_a_full_budget_and_lost_changes_cost_time_and_no_user() {
    for faults in [
        "stale-page,after=2,times=2",
        "429:1,on=list,every=9,times=3",
        "delta-expired,times=1",
        "delta-reset,times=1",
        "late-change:2,times=1",
    ] {
        let stand = large(5, Some(100));
        stand.faults(faults);
        let child = stand
            .command(&["export", "-o", "users.csv", "--json"])
            .spawn()
            .unwrap();
        until("some pages", || stand.stats().list_pages > 36);
        stand.sandbox().stop_churn();
        let told = reading(&finish(child, faults.to_owned()).must(0));
        assert_eq!(
            (&told["way"], &told["exact"]),
            (&"ranges".into(), &true.into()),
            "{faults}: {told:#}"
        );
        // Nobody can know of a change that was not told yet; the next reading does.
        let told = match faults.starts_with("late-change") {
            true => reading(&export(&stand, &[]).must(0)),
            false => told,
        };
        same_as_store(&stand, &told);
    }
}

#[test]
fn where_the_service_refuses_counts_or_changes_everybody_is_read_all_the_same_and_it_is_said() {
    let stand = large(0, None);
    stand.faults("403,on=delta");
    let ran = export(&stand, &[]).must(0);
    let told = reading(&ran);
    assert_eq!(
        (&told["way"], &told["exact"]),
        (&"ranges".into(), &false.into()),
        "{told:#}"
    );
    ran.says(&["Not exact"]);
    same_as_store(&stand, &told);

    stand.faults("403,on=item");
    let ran = export(&stand, &[]).must(0);
    let told = reading(&ran);
    assert_eq!(
        (&told["way"], &told["exact"]),
        (&"pages".into(), &true.into()),
        "{told:#}"
    );
    ran.says(&["Not in ranges of names"]);
    same_as_store(&stand, &told);
    stand.faults("");

    let filter = "startsWith(userPrincipalName,'a') or userPrincipalName ge 'b'";
    let told = reading(&export(&stand, &["--filter", filter]).must(0));
    assert_eq!(
        (&told["way"], &told["exact"]),
        (&"ranges".into(), &false.into()),
        "{told:#}"
    );
    let users = stand.dump();
    let found = |user: &Value| {
        let name = user["userPrincipalName"].as_str().unwrap().to_lowercase();
        name.starts_with('a') || name.as_str() >= "b"
    };
    let expected = users.values().filter(|user| found(user)).count();
    assert_eq!(stand.sheet("users.csv").rows.len(), expected);

    let told = reading(
        &export(
            &stand,
            &[
                "--columns",
                "id,userPrincipalName,signInActivity.lastSignInDateTime",
            ],
        )
        .must(6),
    );
    assert_eq!(told["way"], "pages");
}

#[cfg(unix)]
#[test]
fn an_export_that_was_broken_off_goes_on_with_what_it_has() {
    let stand = large(150, Some(40));
    let begin = || {
        let before = stand.stats().list_pages;
        let child = stand
            .command(&["export", "-o", "users.csv", "--json"])
            .spawn()
            .unwrap();
        (child, before)
    };
    let (mut child, _) = begin();
    until("a range", || {
        let exports = std::fs::read_dir(stand.state().join("exports"));
        let files = exports
            .into_iter()
            .flatten()
            .flatten()
            .flat_map(|one| std::fs::read_dir(one.path()));
        let mut files = files.flatten().flatten();
        files.any(|file| file.file_name().to_string_lossy().starts_with("range-"))
    });
    child.kill().unwrap();
    finish(child, "export".to_owned());
    assert_eq!(stand.json(&["snapshots"], 0), serde_json::json!([]));
    // What the dead one had asked for is answered before the next one begins.
    stand.settle();
    let (child, before) = begin();
    until("a page", || stand.stats().list_pages > before);
    super::stand::interrupt(&child);
    let ran = finish(child, "export".to_owned()).must(130);
    ran.says(&["goes on from there until"]);
    stand.sandbox().stop_churn();
    let told = reading(&export(&stand, &[]).must(0));
    assert!(told["ranges_kept"].as_u64().unwrap() > 0, "{told:#}");
    assert_eq!(told["exact"], true);
    same_as_store(&stand, &told);
    let left: Vec<_> = std::fs::read_dir(stand.state().join("exports"))
        .unwrap()
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

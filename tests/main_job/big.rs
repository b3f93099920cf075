//! Ten thousand people, a thousand edited rows: what was meant is there afterwards, and nothing else.

use std::collections::BTreeSet;
use std::time::Duration;

use super::stand::{Stand, people};
use super::wishes::COLUMNS;
pub use super::wishes::{Wish, fulfilled, id, requests, same_directory, wishes, write_into};
use dirsheet::sandbox::{Quota, SandboxOptions};

/// Exports, edits by script, shuffles the rows and drops columns; then plans, applies, compares, and applies again.
fn whole_road(stand: &Stand, edited: usize, arguments: &[&str]) -> Vec<Wish> {
    stand
        .run(&["export", "-o", "users.csv", "--columns", COLUMNS])
        .must(0);
    let before = stand.dump();
    let mut sheet = stand.sheet("users.csv");
    assert_eq!(sheet.rows.len(), before.len());
    let wishes = wishes(&stand.ordinary(), edited);
    write_into(&mut sheet, &wishes);
    sheet.drop_columns(&[
        "displayName",
        "givenName",
        "surname",
        "createdDateTime",
        "state",
        "userPrincipalName",
    ]);
    sheet.shuffle(7);
    stand.save("edited.csv", &sheet);

    let allow = [
        "--max-enables",
        "100%",
        "--allow",
        "disable",
        "--max-same-value",
        "3000",
        "--max-users",
        "100%",
        "--max-clears",
        "20%",
    ];
    let plan = stand.json(&[&["plan", "edited.csv"][..], &allow].concat(), 0);
    let users: BTreeSet<&str> = wishes.iter().map(|wish| wish.user.as_str()).collect();
    assert_eq!(plan["summary"]["users_changed"], users.len());
    assert_eq!(plan["summary"]["cells_changed"], wishes.len());
    assert_eq!(plan["summary"]["requests"], requests(&wishes));
    assert_eq!(plan["summary"]["conflicts"], 0);
    assert_eq!(stand.history().len(), 0, "showing a plan writes nothing");

    let apply = [&["apply", "edited.csv", "--yes"][..], &allow, arguments].concat();
    let done = stand.json(&apply, 0);
    assert_eq!(done["summary"]["updated"], users.len());
    assert_eq!(done["summary"]["unchanged"], sheet.rows.len() - users.len());
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
    let stats = stand.stats();
    assert_eq!(stats.writes_accepted as usize, requests(&wishes));
    assert_eq!(stand.history().len(), requests(&wishes));

    let again = stand.run(&["apply", "edited.csv", "--yes"]).must(0);
    again.says(&["Nothing was written"]);
    assert_eq!(stand.history().len(), requests(&wishes));
    assert_eq!(stand.stats().writes_received, stats.writes_received);
    wishes
}

/// Takes its minute: the client keeps the documented pace of writes by itself, whatever the directory would allow.
#[test]
fn ten_thousand_users_and_a_thousand_edited_rows_end_as_meant_and_nothing_else_is_changed() {
    let stand = Stand::of(10_000);
    whole_road(&stand, 1_000, &[]);
    let stats = stand.stats();
    assert_eq!(stats.throttled, 0);
    assert_eq!(stats.writes_refused, 0);
}

#[test]
fn with_a_quota_that_comes_near_the_run_ends_the_same_way() {
    let stand = Stand::open(SandboxOptions {
        quota: Quota::Scaled(0.11),
        ..people(1_000)
    });
    whole_road(&stand, 240, &[]);
}

/// More requests under way together than the budget has room for: no pacing can foresee that, and 429 must be lived with.
#[test]
fn a_service_that_throttles_gets_every_write_once_and_in_its_own_time() {
    let stand = Stand::open(SandboxOptions {
        quota: Quota::Scaled(0.0933),
        latency: Duration::from_millis(300),
        ..people(600)
    });
    let mut sheet = stand.export();
    let before = stand.dump();
    let mut wishes = wishes(&stand.ordinary(), 286);
    wishes.retain(|wish| wish.column == "jobTitle");
    write_into(&mut sheet, &wishes);
    stand.save("edited.csv", &sheet);
    let ran = stand
        .run(&["apply", "edited.csv", "--yes", "--max-users", "100%"])
        .must(0);
    let waits: Vec<&str> = ran
        .stderr
        .lines()
        .filter(|line| line.starts_with("waiting"))
        .collect();
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
    let stats = stand.stats();
    assert!(!waits.is_empty(), "{stats:?} {:?}", ran.took);
    assert_eq!(stats.writes_accepted as usize, requests(&wishes));
    assert!(stats.throttled > 0, "{stats:?}");
}

#[test]
fn answers_429_inside_and_outside_of_batches_cost_time_and_no_row() {
    let stand = Stand::with_faults(
        600,
        "429:1,on=item,every=9,times=40; 429:1,on=write-batch,every=5,times=6; 503,on=item,every=31,times=6",
    );
    whole_road(&stand, 300, &[]);
    assert!(stand.stats().throttled > 20, "{:?}", stand.stats());
}

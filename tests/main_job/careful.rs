//! Going carefully: a canary first, a stop after too many failures, and a look at each user just before the write.

use super::big::{fulfilled, requests, same_directory};
use super::breaking_off::{APPLY, resumed, slow};
use super::stand::{Stand, finish, until};

#[test]
fn a_canary_is_written_and_read_back_and_the_rest_waits_for_somebody_to_look() {
    let (stand, wishes, before) = slow(200, 90, 0);
    let ran = stand.run(&[&APPLY[..], &["--canary", "7"]].concat()).must(130);
    let ran = ran.says(&["first 7 rows were written and read back", "dirsheet resume run-"]);
    assert!(ran.stdout.contains("confirmed"), "{}", ran.stdout);
    let rows: Vec<&str> = {
        let mut rows: Vec<&str> = wishes.iter().map(|wish| wish.user.as_str()).collect();
        rows.dedup();
        rows
    };
    let touched: std::collections::BTreeSet<String> =
        stand.history().into_iter().map(|write| write.user_id).collect();
    assert_eq!(touched.len(), 7);
    assert!(touched.iter().all(|user| rows.contains(&user.as_str())));
    let run = stand.newest_run();
    assert_eq!(stand.json(&["runs"], 0)[0]["state"], "interrupted");
    assert_eq!(resumed(&stand, &run), 1);
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
    assert_eq!(stand.history().len(), requests(&wishes), "no write twice");
}

#[test]
fn a_canary_that_is_not_as_it_should_be_ends_the_run_before_the_rest() {
    let (stand, wishes, _) = slow(200, 90, 0);
    stand.faults("lost,on=patch,times=1");
    stand
        .run(&[&APPLY[..], &["--canary", "5", "--verify-patience", "1s"]].concat())
        .must(6)
        .says(&["not all of it is as it should be", "dirsheet resume run-"]);
    assert!(stand.history().len() < 10 && requests(&wishes) > 90);
}

#[test]
fn a_canary_as_large_as_the_run_is_the_run() {
    let (stand, wishes, before) = slow(200, 30, 0);
    stand.run(&[&APPLY[..], &["--canary", "30"]].concat()).must(0);
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
}

/// So many people get an address that another object holds, which the service refuses for each of them.
fn refused_addresses(stand: &Stand, refused: usize, good: usize) {
    let users = stand.ordinary();
    let taken = users[0]["mail"].as_str().unwrap().to_owned();
    let mut sheet = stand.export();
    for (at, user) in users.iter().skip(1).take(refused + good).enumerate() {
        let id = user["id"].as_str().unwrap();
        if at < refused {
            sheet.set(id, "mail", &taken);
        } else {
            sheet.set(id, "jobTitle", "Pilot");
        }
    }
    stand.save("users.csv", &sheet);
}

#[test]
fn a_run_stops_when_the_service_refuses_more_than_is_allowed() {
    for (limit, stops) in [("12", true), ("10%", true), ("61", false), ("100%", false)] {
        let stand = Stand::of(400);
        refused_addresses(&stand, 60, 60);
        let apply = [
            "apply",
            "users.csv",
            "--yes",
            "--max-users",
            "100%",
            "--max-same-value",
            "100%",
            "--stop-after-failures",
            limit,
        ];
        let ran = stand.run(&apply).must(6);
        let report = stand.json(&["report", &stand.newest_run()], 0);
        let waiting = report["remaining"].as_u64().unwrap();
        assert_eq!(waiting > 0, stops, "{limit}: {}", ran.stdout);
        if stops {
            assert!(ran.stderr.contains("--stop-after-failures"), "{}", ran.stderr);
            assert!(ran.stdout.contains("dirsheet resume"), "{}", ran.stdout);
        }
    }
}

#[test]
fn a_row_that_moved_while_the_run_went_on_is_a_conflict_and_not_a_victim() {
    let (stand, wishes, before) = slow(800, 400, 100);
    // The last wish of the sheet that sets a job title; its row goes out with the last batches.
    let last = wishes.iter().rfind(|wish| wish.column == "jobTitle").unwrap();
    let child = stand
        .command(&[&APPLY[..], &["--progress", "json"]].concat())
        .spawn()
        .unwrap();
    until("the first writes", || !stand.history().is_empty());
    stand.edit(&last.user, "jobTitle", "Somebody else");
    finish(child, "apply".to_owned()).must(6);
    let mut expected = fulfilled(&before, &wishes);
    expected.get_mut(&last.user).unwrap()["jobTitle"] = "Somebody else".into();
    same_directory(&expected, &stand.dump());
    let report = stand.report(&stand.newest_run());
    assert!(["conflict", "partial"].contains(&report.of(&last.user, "_status")));
    assert!(report.of(&last.user, "_error").contains("Somebody else"));
}

#[test]
fn flags_that_contradict_each_other_or_make_no_sense_are_mistakes() {
    let stand = Stand::of(40);
    stand.export();
    for flags in [
        &["--canary", "0"][..],
        &["--stop-after-failures", "many"],
        &["--no-verify", "--verify-patience", "5s"],
    ] {
        stand
            .run(&[&["apply", "users.csv", "--yes"], flags].concat())
            .must(2);
    }
    assert!(stand.history().is_empty());
}

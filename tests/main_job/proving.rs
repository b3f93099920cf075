//! Accepted is not confirmed: what was written is read back, with patience, and the report says what was seen.

use std::time::Duration;

use dirsheet::sandbox::SandboxOptions;
use serde_json::Value;

use super::big::{fulfilled, requests, same_directory};
use super::breaking_off::{APPLY, slow};
use super::stand::{Stand, people};

/// A sheet in which the first ordinary people get another job title.
fn titles(stand: &Stand, count: usize) -> Vec<String> {
    let users: Vec<String> = stand
        .ordinary()
        .iter()
        .take(count)
        .map(|user| user["id"].as_str().unwrap().to_owned())
        .collect();
    let mut sheet = stand.export();
    for (at, user) in users.iter().enumerate() {
        sheet.set(user, "jobTitle", format!("Pilot {at}"));
    }
    stand.save("users.csv", &sheet);
    users
}

fn row<'r>(report: &'r Value, user: &str) -> &'r Value {
    let rows = report["rows"].as_array().unwrap();
    rows.iter().find(|row| row["user"] == user).unwrap()
}

#[test]
fn everything_that_was_written_is_read_back_and_confirmed() {
    let (stand, wishes, before) = slow(200, 90, 0);
    let ran = stand.json(&APPLY, 0);
    assert_eq!(ran["verified"]["confirmed"], wishes.len());
    for other in ["not_visible_yet", "lost", "not_checked"] {
        assert_eq!(ran["verified"][other], 0, "{other}");
    }
    assert_eq!(row(&ran, &wishes[0].user)["_verified"], "confirmed");
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
    assert_eq!(
        stand.history().len(),
        requests(&wishes),
        "reading back writes nothing"
    );
}

#[test]
fn a_directory_that_shows_what_was_before_for_a_while_is_waited_for() {
    let stand = Stand::open(SandboxOptions {
        lag: Duration::from_millis(1_500),
        ..people(120)
    });
    let users = titles(&stand, 50);
    let ran = stand.json(&["apply", "users.csv", "--yes", "--max-users", "100%"], 0);
    assert_eq!(ran["verified"]["confirmed"], users.len());
    assert_eq!(stand.history().len(), users.len());
}

#[test]
fn what_does_not_show_in_time_is_told_apart_from_a_failure_and_looked_at_again_by_resume() {
    let stand = Stand::of(60);
    let users = titles(&stand, 3);
    // The service says yes and stores nothing.
    stand.faults("lost,on=patch,after=1,times=1");
    let ran = stand.json(&["apply", "users.csv", "--yes", "--verify-patience", "1s"], 0);
    assert_eq!(ran["verified"]["confirmed"], 2);
    assert_eq!(ran["verified"]["not_visible_yet"], 1);
    assert_eq!(ran["summary"]["updated"], 3);
    let late = ran["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["_verified"] == "not visible yet")
        .unwrap();
    assert!(late["_hint"].as_str().unwrap().contains("looks again"));
    let user = late["user"].as_str().unwrap();
    let place = users.iter().position(|known| known == user).unwrap();
    stand.edit(user, "jobTitle", format!("Pilot {place}"));
    let run = stand.newest_run();
    let again = stand.json(&["resume", &run], 0);
    assert_eq!(again["verified"]["confirmed"], 3);
    assert_eq!(stand.history().len(), 2, "looking again writes nothing");
}

#[test]
fn a_run_of_which_nothing_shows_ends_with_8_and_says_so() {
    let stand = Stand::of(60);
    let users = titles(&stand, 3);
    stand.faults("lost,on=patch");
    stand
        .run(&["apply", "users.csv", "--yes", "--verify-patience", "1s"])
        .must(8)
        .says(&["Nothing of what the service accepted shows in the directory so far"]);
    for (place, user) in users.iter().enumerate() {
        stand.edit(user, "jobTitle", format!("Pilot {place}"));
    }
    stand.run(&["resume", &stand.newest_run()]).must(0);
}

#[test]
fn a_value_that_somebody_wrote_over_is_lost_and_the_row_needs_work() {
    let stand = Stand::of(60);
    let users = titles(&stand, 3);
    stand
        .run(&["apply", "users.csv", "--yes", "--no-verify"])
        .must(0)
        .says(&["not checked"]);
    // Accepted is not confirmed, and nobody has looked.
    let listed = stand.run(&["runs"]).must(0).stdout;
    let words = ["  accepted     apply", "; 3 requests accepted and not confirmed"];
    assert!(words.iter().all(|word| listed.contains(word)), "{listed}");
    assert_eq!(stand.json(&["runs"], 0)[0]["accepted"], 3);
    stand.edit(&users[1], "jobTitle", "Somebody else");
    let run = stand.newest_run();
    let again = stand.json(&["resume", &run, "--yes"], 6);
    assert_eq!(again["verified"]["confirmed"], 2);
    assert_eq!(again["verified"]["lost"], 1);
    assert!(
        stand
            .run(&["runs"])
            .must(0)
            .stdout
            .contains("  finished     apply")
    );
    let lost = row(&again, &users[1]);
    assert_eq!(lost["_status"], "failed");
    assert_eq!(lost["_error_code"], "lost");
    assert!(lost["_error"].as_str().unwrap().contains("Somebody else"));
    assert_eq!(stand.report(&run).of(&users[1], "_status"), "failed");
}

#[test]
fn without_verification_nothing_is_read_after_the_last_write() {
    let stand = Stand::of(60);
    titles(&stand, 3);
    let reads = stand.stats().reads;
    stand
        .run(&["apply", "users.csv", "--yes", "--no-verify", "--no-recheck"])
        .must(0);
    // The size of the directory, and three people, once.
    assert_eq!(stand.stats().reads - reads, 1 + 1);
}

//! What an undo takes for the run's own work, and what for somebody else's.

use std::time::Duration;

use dirsheet::sandbox::SandboxOptions;
use serde_json::{Value, json};

use super::big::{id, same_directory};
use super::stand::{Stand, people, until};

/// Two columns of the first ordinary people are edited; the plan is sealed.
fn sealed(count: usize) -> (Stand, Vec<String>) {
    sealed_in(Stand::of(40), count)
}

fn sealed_in(stand: Stand, count: usize) -> (Stand, Vec<String>) {
    let users: Vec<String> = stand.ordinary().iter().take(count).map(id).collect();
    let mut sheet = stand.export();
    for (at, user) in users.iter().enumerate() {
        sheet.set(user, "jobTitle", format!("Pilot {at}"));
        sheet.set(user, "department", format!("Flying {at}"));
    }
    stand.save("users.csv", &sheet);
    stand.run(&["plan", "users.csv", "-o", "plan.json"]).must(0);
    (stand, users)
}

/// What was written for a user from this place of the history on, as the names of the properties.
fn written(stand: &Stand, user: &str, from: usize) -> Vec<String> {
    stand.history()[from..]
        .iter()
        .filter(|write| write.user_id == user)
        .flat_map(|write| match &write.body {
            Value::Object(body) => body.keys().cloned().collect(),
            _ => Vec::new(),
        })
        .collect()
}

#[test]
fn a_cell_that_somebody_else_set_before_the_run_sent_anything_is_not_taken_back() {
    let (stand, users) = sealed(2);
    let mut expected = stand.dump();
    stand.edit(&users[0], "jobTitle", "Pilot 0");
    stand.run(&["apply", "plan.json", "--yes"]).must(0);
    assert_eq!(written(&stand, &users[0], 0), ["department"]);
    stand
        .run(&["undo", &stand.newest_run(), "--yes", "--quiet"])
        .must(0);
    expected.get_mut(&users[0]).unwrap()["jobTitle"] = json!("Pilot 0");
    same_directory(&expected, &stand.dump());
}

#[test]
fn what_landed_unheard_and_was_found_there_by_resume_is_taken_back() {
    let (stand, users) = sealed(3);
    let before = stand.dump();
    // The batch is carried out, and its answer does not arrive.
    stand.faults("slow-body:60000,on=write-batch");
    let mut child = stand.command(&["apply", "plan.json", "--yes"]).spawn().unwrap();
    until("all writes", || stand.history().len() == users.len());
    child.kill().unwrap();
    child.wait().unwrap();
    stand.faults("");
    stand.settle();
    let run = stand.newest_run();
    stand.run(&["resume", &run, "--yes"]).must(0);
    assert_eq!(stand.history().len(), users.len(), "nothing is sent again");
    stand.run(&["undo", &run, "--yes", "--quiet"]).must(0);
    same_directory(&before, &stand.dump());
}

/// An old value may be what a server that is behind still shows, so seeing it proves nothing.
#[test]
fn what_an_undo_sent_unheard_is_sent_once_more_by_resume_and_no_third_time() {
    let (stand, users) = sealed(3);
    let before = stand.dump();
    stand.run(&["apply", "plan.json", "--yes"]).must(0);
    let undone = stand.newest_run();
    let applied = stand.history().len();
    stand.faults("slow-body:60000,on=write-batch");
    let mut child = stand.command(&["undo", &undone, "--yes"]).spawn().unwrap();
    until("all writes", || stand.history().len() == applied + users.len());
    child.kill().unwrap();
    child.wait().unwrap();
    stand.faults("");
    stand.settle();
    let run = stand.newest_run();
    stand.run(&["resume", &run, "--yes"]).must(0);
    assert_eq!(stand.history().len(), applied + 2 * users.len());
    same_directory(&before, &stand.dump());
    stand.run(&["resume", &run, "--yes"]);
    assert_eq!(stand.history().len(), applied + 2 * users.len());
}

const BEHIND: &str = "because a server may be behind";

#[test]
fn a_server_that_is_behind_hides_nothing_from_an_undo_and_the_next_one_finds_nothing_to_do() {
    // Every other read shows what was there before the run, for much longer than anybody waits.
    let lagging = Stand::open(SandboxOptions {
        lag: Duration::from_secs(600),
        ..people(120)
    });
    let (stand, users) = sealed_in(lagging, 16);
    let before = stand.dump();
    stand.run(&["apply", "plan.json", "--yes", "--no-verify"]).must(0);
    let run = stand.newest_run();
    let shown = stand.run(&["undo", &run]).must(2);
    shown.says(&["Nothing to see of the run's write", BEHIND]);
    stand.run(&["undo", &run, "--yes", "--quiet"]).must(0);
    same_directory(&before, &stand.dump());
    assert_eq!(stand.history().len(), 2 * users.len());
    let report = stand.report(&stand.newest_run());
    let hidden = users
        .iter()
        .filter(|user| report.of(user, "_hint").contains(BEHIND))
        .count();
    assert!((1..users.len()).contains(&hidden), "{hidden}");
    for user in &users {
        assert_eq!(report.of(user, "_status"), "updated");
    }
    stand
        .run(&["undo", &run, "--yes"])
        .must(0)
        .says(&["Nothing is left to undo"]);
    assert_eq!(stand.history().len(), 2 * users.len());
}

#[test]
fn a_confirmed_write_that_is_not_to_be_seen_is_set_back_once_more() {
    let (stand, users) = sealed(3);
    let before = stand.dump();
    stand.run(&["apply", "plan.json", "--yes"]).must(0);
    let run = stand.newest_run();
    stand.edit(&users[1], "jobTitle", before[&users[1]]["jobTitle"].clone());
    stand.run(&["undo", &run, "--yes", "--quiet"]).must(0);
    let mut both = written(&stand, &users[1], 3);
    both.sort();
    assert_eq!(both, ["department", "jobTitle"]);
    same_directory(&before, &stand.dump());
    // What the undo wrote is explained, also where only a part was asked for.
    stand
        .run(&["undo", &run, "--yes"])
        .must(0)
        .says(&["Nothing is left"]);
}

/// Two rows without a base name one user and share a request: the first sets the title and the city, the second the city and
/// the department.
fn two_rows_of_one_user() -> (Stand, String, Value, String) {
    let stand = Stand::of(40);
    let person = stand.ordinary().remove(0);
    let user = id(&person);
    let sheet = format!("id,jobTitle,city,department\n{user},Pilot,Delft,\n{user},,Delft,Flying\n");
    stand.write("pair.csv", sheet);
    stand.run(&["apply", "pair.csv", "--yes"]).must(0);
    assert_eq!(written(&stand, &user, 0).len(), 3);
    let run = stand.newest_run();
    (stand, user, person, run)
}

#[test]
fn of_rows_that_share_a_request_only_the_cells_of_the_named_row_are_taken_back() {
    let (stand, user, person, run) = two_rows_of_one_user();
    let dry = stand.run(&["undo", &run, "--rows", "2", "--yes", "--expect", "1"]);
    dry.must(0);
    let now = &stand.dump()[&user];
    assert_eq!(
        (&now["jobTitle"], &now["city"]),
        (&person["jobTitle"], &person["city"])
    );
    assert_eq!(now["department"], "Flying");
    // The city was asked for by both, and both are told.
    let report = stand.report(&stand.newest_run());
    assert_eq!(report.cells("_status"), ["updated", "updated"]);
    assert!(
        report
            .cells("_changes")
            .iter()
            .all(|changes| changes.contains("city"))
    );
    let left = stand.json(&["undo", &run, "--rows", "3", "--yes"], 0);
    assert_eq!(left["summary"]["updated"], 1);
    assert_eq!(left["rows"][0]["_status"], "unchanged");
    assert_eq!(left["rows"][1]["_status"], "updated");
    assert_eq!(stand.dump()[&user]["department"], person["department"]);
}

#[test]
fn a_journal_that_does_not_tell_whose_cell_it_was_takes_such_rows_back_only_together() {
    let (stand, user, person, run) = two_rows_of_one_user();
    let journal = stand.state().join("runs").join(&run).join("journal.sqlite");
    rusqlite::Connection::open(journal)
        .unwrap()
        .execute_batch("ALTER TABLE rows DROP COLUMN writes")
        .unwrap();
    stand
        .run(&["undo", &run, "--rows", "3", "--yes"])
        .must(2)
        .says(&["the rows 3 and 2 name the same user", "--rows 3,2"]);
    assert_eq!(stand.history().len(), 1);
    stand.run(&["undo", &run, "--rows", "3,2", "--yes"]).must(0);
    assert_eq!(stand.dump()[&user], person);
}

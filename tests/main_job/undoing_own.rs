//! What an undo takes for the run's own work, and what for somebody else's.

use serde_json::{Value, json};

use super::big::{id, same_directory};
use super::stand::{Stand, until};

/// Two columns of the first ordinary people are edited; the plan is sealed.
fn sealed(count: usize) -> (Stand, Vec<String>) {
    let stand = Stand::of(40);
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
    let run = stand.newest_run();
    stand.run(&["resume", &run, "--yes"]).must(0);
    assert_eq!(stand.history().len(), users.len(), "nothing is sent again");
    stand.run(&["undo", &run, "--yes", "--quiet"]).must(0);
    same_directory(&before, &stand.dump());
}

//! Undo of invitations: exactly the guests of the run are deleted.

use super::guests::{ANNA, apply, invitations, one, sample, with_mail};
use super::stand::{Stand, people};

/// Deletes the guests of the newest run, and gives back whom the requests named.
fn undone(stand: &Stand) -> Vec<String> {
    let run = stand.newest_run();
    let before = stand.history().len();
    stand.run(&["undo", &run, "--yes", "--allow", "delete"]);
    let writes = stand.history().split_off(before);
    assert!(writes.iter().all(|write| write.method == "DELETE"), "{writes:?}");
    writes
        .iter()
        .map(|write| write.path.rsplit('/').next().unwrap().to_owned())
        .collect()
}

/// Leaves nothing of the address in the guest.
fn rename(stand: &Stand, id: &str) {
    stand.edit(id, "mail", "anna@elsewhere.example");
    stand.edit(id, "otherMails", serde_json::json!([]));
    stand.edit(id, "userPrincipalName", "anna.b@contoso.example");
}

#[test]
fn an_undo_deletes_the_guests_of_a_run_when_that_is_allowed() {
    let stand = sample(people(0));
    let before = stand.dump().into_values();
    let guests = before.filter(|user| user["creationType"] == "Invitation").count();
    apply(&stand, &[]).must(0);
    let run = stand.newest_run();
    stand
        .run(&["undo", &run, "--yes"])
        .must(4)
        .says(&["--allow delete"]);
    assert_eq!(with_mail(&stand, ANNA).len(), 1);
    let before = stand.history().len();
    stand.run(&["undo", &run, "--yes", "--allow", "delete"]).must(0);
    // One request for each guest, and nothing else is set back of them.
    let deleted: Vec<_> = stand.history().split_off(before);
    assert_eq!(deleted.len(), 3);
    assert!(deleted.iter().all(|write| write.method == "DELETE"));
    let left = stand.dump().into_values();
    let alive = left.filter(|user| user["creationType"] == "Invitation" && user["deletedDateTime"].is_null());
    assert_eq!(alive.count(), guests);
    stand.run(&["undo", &run, "--yes", "--allow", "delete"]);
    assert_eq!(stand.history().len(), before + 3);
}

#[test]
fn a_guest_is_deleted_by_the_id_of_the_answer_whatever_became_of_the_address() {
    let stand = sample(people(0));
    apply(&stand, &[]).must(0);
    let first = stand.newest_run();
    let anna = one(&stand, ANNA)["id"].as_str().unwrap().to_owned();
    let report = stand.json(&["report", &first], 0);
    let row = report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["row"] == 3);
    assert_eq!(row.unwrap()["user"], anna.as_str(), "{report}");
    rename(&stand, &anna);
    // Somebody else has the address now.
    stand.write(
        "again.csv",
        format!("inviteeEmail,inviteRedirectURL\n{ANNA},https://x.example\n"),
    );
    stand
        .run(&["apply", "again.csv", "--yes", "--allow", "invite"])
        .must(0);
    assert_eq!(invitations(&stand).0, 4);
    let other = one(&stand, ANNA)["id"].as_str().unwrap().to_owned();
    let before = stand.history().len();
    stand.run(&["undo", &first, "--yes", "--allow", "delete"]).must(0);
    let gone: Vec<String> = stand
        .history()
        .split_off(before)
        .into_iter()
        .map(|write| write.path)
        .collect();
    assert_eq!(gone.len(), 3);
    assert!(gone.iter().any(|path| path.ends_with(&anna)), "{gone:?}");
    assert!(!gone.iter().any(|path| path.ends_with(&other)), "{gone:?}");
    // Who was there before the run is left, id or no id.
    assert_eq!(with_mail(&stand, ANNA).len(), 1);
}

#[test]
fn a_guest_whose_answer_was_lost_is_found_by_the_address_and_not_if_that_is_gone() {
    for renamed in [false, true] {
        let stand = sample(people(0));
        stand.faults("drop-after,on=write-batch,times=1");
        let ran = apply(&stand, &["--deadline", "60s"]);
        stand.faults("");
        if ran.code != Some(0) {
            let run = stand.newest_run();
            stand.run(&["resume", &run, "--yes"]).must(0);
        }
        let anna = one(&stand, ANNA)["id"].as_str().unwrap().to_owned();
        if renamed {
            rename(&stand, &anna);
        }
        assert_eq!(undone(&stand).contains(&anna), !renamed);
    }
}

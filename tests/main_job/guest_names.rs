//! Names of guests, which have `#EXT#` in the middle: as a key and in addresses, on every road.

use std::time::Duration;

use dirsheet::sandbox::SandboxOptions;
use serde_json::Value as Json;

use super::guests::{ANNA, apply, invitations, one, sample, with_mail};
use super::sheet::Sheet;
use super::stand::{Stand, people, until};

fn name(user: &Json) -> &str {
    user["userPrincipalName"].as_str().unwrap()
}

#[test]
fn the_name_of_a_guest_finds_it_for_edits_managers_photos_sign_in_numbers_and_deleting() {
    let stand = Stand::open(SandboxOptions {
        roles: [
            "User.ReadWrite.All",
            "UserAuthenticationMethod.ReadWrite.All",
            "User.DeleteRestore.All",
            "User.EnableDisableAccount.All",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..people(120)
    });
    let users = stand.sandbox().dump();
    let guests: Vec<&Json> = users
        .iter()
        .filter(|user| name(user).contains("#EXT#"))
        .take(2)
        .collect();
    let (guest, other) = (guests[0], guests[1]);
    let member = stand.ordinary().remove(3);
    let id = guest["id"].as_str().unwrap();
    stand.save(
        "users.csv",
        &Sheet::new(
            &[
                "userPrincipalName",
                "jobTitle",
                "manager",
                "authentication.phoneMethods.mobile",
            ],
            &[
                &[name(guest), "Found by name", name(other), "+31 612345678"],
                &[name(&member), "", name(guest), ""],
            ],
        ),
    );
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let after = stand.dump();
    assert_eq!(after[id]["jobTitle"], "Found by name");
    assert_eq!(after[id]["manager"], other["id"]);
    assert_eq!(after[member["id"].as_str().unwrap()]["manager"], guest["id"]);
    let methods = stand
        .history()
        .iter()
        .filter(|write| write.path.contains("/phoneMethods"))
        .count();
    assert_eq!(methods, 1);
    // A photo whose file has the name of the guest.
    let picture = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples/photos/zoe.brouwer@contoso.example.png");
    std::fs::create_dir(stand.path("photos")).unwrap();
    std::fs::copy(picture, stand.path(&format!("photos/{}.png", name(guest)))).unwrap();
    stand.run(&["apply", "--photos", "photos", "--yes"]).must(0);
    assert!(
        stand
            .history()
            .iter()
            .any(|write| write.path.contains(id) && write.path.ends_with("/photo/$value"))
    );
    // Deleted by the name, brought back by the id.
    let action = |key: &str, text: &str, word: &str| {
        stand.save("users.csv", &Sheet::new(&[key, "_action"], &[&[text, word]]));
        stand
            .run(&["apply", "users.csv", "--yes", "--allow", word])
            .must(0);
    };
    action("userPrincipalName", name(guest), "delete");
    assert!(stand.dump()[id]["deletedDateTime"].is_string());
    action("id", id, "restore");
    assert!(stand.dump()[id]["deletedDateTime"].is_null());
}

#[test]
fn a_run_killed_at_its_invitations_is_resumed_and_nobody_is_invited_twice() {
    let stand = sample(SandboxOptions {
        latency: Duration::from_millis(150),
        ..people(0)
    });
    let mut child = stand
        .command(&["apply", "guests.csv", "--yes", "--allow", "invite"])
        .spawn()
        .unwrap();
    until("an invitation", || invitations(&stand).0 > 0);
    child.kill().unwrap();
    child.wait().unwrap();
    stand.settle();
    let run = stand.newest_run();
    stand.run(&["resume", &run, "--yes"]).must(0);
    assert_eq!(invitations(&stand), (3, 1));
    let anna = one(&stand, ANNA);
    assert_eq!(anna["jobTitle"], "Partner manager");
    assert_eq!(one(&stand, "bo.lind@adatum.example")["manager"], anna["id"]);
    // What an interrupted run invited is taken back as well.
    stand.run(&["undo", &run, "--yes", "--allow", "delete"]).must(0);
    assert!(stand.dump()[anna["id"].as_str().unwrap()]["deletedDateTime"].is_string());
}

#[test]
fn a_guest_who_was_invited_by_somebody_else_meanwhile_is_not_written_to() {
    let stand = sample(people(0));
    stand
        .run(&["plan", "guests.csv", "--allow", "invite", "-o", "plan.json"])
        .must(0);
    // Somebody else invites the same person from the same sheet, without the other columns.
    stand.write(
        "other.csv",
        format!("inviteeEmail,inviteRedirectURL\n{ANNA},https://elsewhere.example\n"),
    );
    stand
        .run(&["apply", "other.csv", "--yes", "--allow", "invite"])
        .must(0);
    stand
        .run(&["apply", "plan.json", "--yes", "--allow", "invite"])
        .must(5)
        .says(&["changed by somebody else after the plan was made"]);
    let skip = [
        "apply",
        "plan.json",
        "--yes",
        "--allow",
        "invite",
        "--conflicts",
        "skip",
    ];
    // What was to follow the invitation is closed; nothing of the two rows is written.
    stand.run(&skip).must(6);
    assert_eq!(with_mail(&stand, ANNA).len(), 1);
    assert_eq!(one(&stand, ANNA)["jobTitle"], Json::Null);
    assert_eq!(invitations(&stand), (3, 0));
    // Planned again, the row is about the guest who is there.
    apply(&stand, &[]).must(0);
    assert_eq!(one(&stand, ANNA)["jobTitle"], "Partner manager");
    assert_eq!(invitations(&stand), (3, 0));
}

#[test]
fn a_guest_whom_replicas_hide_after_a_lost_answer_gets_no_second_mail() {
    let stand = sample(SandboxOptions {
        lag: Duration::from_secs(4),
        ..people(0)
    });
    stand.faults("drop-after,on=write-batch,times=1");
    let ran = apply(&stand, &["--deadline", "60s"]);
    if ran.code != Some(0) {
        let run = stand.newest_run();
        stand.run(&["resume", &run, "--yes"]).must(0);
    }
    let mails = |mail: &str| {
        let history = stand.history();
        let to = history.iter().filter(|write| {
            write.body["invitedUserEmailAddress"] == mail && write.body["sendInvitationMessage"] == true
        });
        to.count()
    };
    assert_eq!(mails(ANNA), 1);
    assert_eq!(one(&stand, ANNA)["department"], "Logistics");
}

#[test]
fn a_resume_that_loses_an_answer_too_sends_no_mail_twice() {
    let stand = sample(SandboxOptions {
        lag: Duration::from_secs(4),
        ..people(0)
    });
    let row = |mail: &str| format!("{mail},https://x.example,true\n");
    let rows = [row(ANNA), row("bo.lind@adatum.example")].concat();
    stand.write(
        "guests.csv",
        format!("inviteeEmail,inviteRedirectURL,sendEmail\n{rows}"),
    );
    // Nobody was invited, which nobody knows.
    stand.faults("drop-before,on=write-batch,times=1");
    apply(&stand, &[]).must(8);
    assert_eq!(invitations(&stand), (0, 0));
    // Both were invited, which may not show yet.
    let run = stand.newest_run();
    stand.faults("drop-after,on=write-batch,times=1");
    if stand.run(&["resume", &run, "--yes"]).code != Some(0) {
        assert_eq!(invitations(&stand), (2, 2));
        stand.run(&["resume", &run, "--yes"]).must(0);
    }
    assert_eq!(invitations(&stand), (2, 2));
}

#[test]
fn an_undo_of_some_columns_leaves_the_guests_and_one_of_all_frees_whom_they_manage() {
    let stand = sample(people(0));
    // Somebody who is there gets a guest of the same run as manager.
    let joost = one(&stand, "joost.vanthoff@contoso.example");
    stand.write(
        "guests.csv",
        format!(
            "userPrincipalName,inviteeEmail,inviteRedirectURL,department,manager\n\
             ,{ANNA},https://x.example,Logistics,\n\
             joost.vanthoff@contoso.example,,,,{ANNA}\n"
        ),
    );
    apply(&stand, &[]).must(0);
    let run = stand.newest_run();
    let anna = one(&stand, ANNA);
    let manager = |stand: &Stand| one(stand, "joost.vanthoff@contoso.example")["manager"].clone();
    assert_eq!(manager(&stand), anna["id"]);
    stand
        .run(&["undo", &run, "--yes", "--columns", "department"])
        .must(0);
    assert_eq!(one(&stand, ANNA)["department"], Json::Null);
    stand.run(&["undo", &run, "--yes", "--allow", "delete"]).must(0);
    assert_eq!(manager(&stand), joost["manager"]);
    assert!(stand.dump()[anna["id"].as_str().unwrap()]["deletedDateTime"].is_string());
}

#[test]
fn columns_that_the_service_fills_by_itself_are_written_after_the_invitation() {
    let stand = sample(people(0));
    stand.write(
        "guests.csv",
        format!(
            "inviteeEmail,inviteRedirectURL,userType,otherMails,department\n{ANNA},https://x.example,Member,anna@third.example,Logistics\n"
        ),
    );
    apply(&stand, &[]).must(0);
    let anna = one(&stand, ANNA);
    assert_eq!(anna["userType"], "Member");
    assert_eq!(anna["otherMails"], serde_json::json!(["anna@third.example"]));
    assert_eq!(anna["department"], "Logistics");
}

#[test]
fn an_undo_finds_a_guest_by_mail_alone_and_leaves_one_who_was_invited_again() {
    let stand = sample(people(0));
    apply(&stand, &[]).must(0);
    let run = stand.newest_run();
    let (anna, bo) = (one(&stand, ANNA), one(&stand, "bo.lind@adatum.example"));
    let id = |user: &serde_json::Value| user["id"].as_str().unwrap().to_owned();
    stand.edit(&id(&anna), "userPrincipalName", "anna@contoso.example");
    // Somebody deletes Bo, and the same address is invited again: that is another guest.
    stand.save(
        "gone.csv",
        &Sheet::new(&["id", "_action"], &[&[id(&bo).as_str(), "delete"]]),
    );
    stand
        .run(&["apply", "gone.csv", "--yes", "--allow", "delete"])
        .must(0);
    apply(&stand, &[]).must(0);
    let again = with_mail(&stand, "bo.lind@adatum.example")
        .into_iter()
        .find(|user| user["id"] != bo["id"])
        .unwrap();
    stand
        .run(&[
            "undo",
            &run,
            "--yes",
            "--allow",
            "delete",
            "--columns",
            "displayName",
        ])
        .must(6)
        .says(&["nobody is deleted for some columns alone"]);
    assert!(stand.dump()[&id(&anna)]["deletedDateTime"].is_null());
    stand.run(&["undo", &run, "--yes", "--allow", "delete"]);
    let left = stand.dump();
    assert!(left[&id(&anna)]["deletedDateTime"].is_string());
    assert!(left[&id(&again)]["deletedDateTime"].is_null());
}

#[test]
fn a_row_with_an_action_invites_nobody() {
    let stand = sample(people(0));
    stand.write(
        "guests.csv",
        format!("inviteeEmail,inviteRedirectURL,_action\n{ANNA},https://x.example,disable\n"),
    );
    apply(&stand, &["--allow", "invite,disable"])
        .must(3)
        .says(&["unknown-user", "invites nobody"]);
    assert_eq!(invitations(&stand), (0, 0));
}

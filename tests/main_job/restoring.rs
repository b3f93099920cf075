//! Setting users back to a snapshot is a plan like any other.

use serde_json::{Value, json};

use super::big::{id, same_directory};
use super::stand::Stand;

/// A directory, its snapshot, and the ids of some ordinary people whose titles and cities were changed after it.
fn changed_since() -> (Stand, String, Vec<String>) {
    let stand = Stand::of(40);
    let snapshot = exported(&stand);
    let ids: Vec<String> = stand.ordinary().iter().take(4).map(id).collect();
    for user in &ids {
        stand.edit(user, "jobTitle", "Clown");
        stand.edit(user, "city", "Elsewhere");
    }
    (stand, snapshot, ids)
}

fn exported(stand: &Stand) -> String {
    let told = stand.json(&["export", "-o", "users.csv"], 0);
    told["snapshot"].as_str().unwrap().to_owned()
}

#[test]
fn a_restored_directory_is_the_directory_of_the_snapshot() {
    let stand = Stand::of(40);
    let snapshot = exported(&stand);
    let before = stand.dump();
    let ids: Vec<String> = stand.ordinary().iter().take(4).map(id).collect();
    stand.edit(&ids[0], "jobTitle", "Clown");
    stand.edit(&ids[1], "mobilePhone", Value::Null);
    stand.edit(&ids[2], "otherMails", json!(["new@contoso.example"]));
    stand.edit(&ids[3], "city", "Elsewhere");
    let plan = stand.json(&["plan", "--restore", &snapshot], 0);
    let users: Vec<&str> = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["user"].as_str().unwrap())
        .collect();
    assert!(
        users.iter().all(|user| ids.iter().any(|id| id == user)),
        "{plan:#}"
    );
    let done = stand.json(&["apply", "--restore", &snapshot, "--yes"], 0);
    assert_eq!(done["summary"]["failed"], 0);
    same_directory(&before, &stand.dump());
    assert_eq!(
        stand.json(&["plan", "--restore", &snapshot], 0)["changes"],
        json!([])
    );
}

#[test]
fn only_the_columns_and_users_that_are_named_go_back() {
    let (stand, snapshot, ids) = changed_since();
    let upn = stand.dump()[&ids[1]]["userPrincipalName"]
        .as_str()
        .unwrap()
        .to_uppercase();
    let users = format!("{},{upn}", ids[0]);
    let plan = stand.json(
        &[
            "plan",
            "--restore",
            &snapshot,
            "--columns",
            "jobTitle",
            "--users",
            &users,
        ],
        0,
    );
    assert_eq!(plan["summary"]["users_changed"], 2, "{plan:#}");
    assert_eq!(plan["summary"]["cells_changed"], 2);
    stand.write("rows.csv", format!("id,jobTitle\n{},\n{},\n", ids[2], ids[3]));
    let plan = stand.json(&["plan", "--restore", &snapshot, "--rows-of", "rows.csv"], 0);
    assert_eq!(plan["summary"]["users_changed"], 2);
    assert_eq!(plan["summary"]["cells_changed"], 4);
    assert!(stand.history().is_empty());
}

#[test]
fn who_was_renamed_since_is_named_by_the_name_of_then_and_of_now_and_a_name_that_changed_hands_by_neither() {
    let (stand, snapshot, ids) = changed_since();
    let name = |user: &str| {
        let upn = stand.dump()[user]["userPrincipalName"].clone();
        upn.as_str().unwrap().to_owned()
    };
    let (old, other) = (name(&ids[0]), name(&ids[1]));
    stand.edit(&ids[0], "userPrincipalName", "moved.on@contoso.example");
    let plan = |user: &str| {
        let columns = ["--columns", "jobTitle", "--users", user];
        [&["plan", "--restore", &snapshot][..], &columns]
            .concat()
            .iter()
            .map(|&word| word.to_owned())
            .collect::<Vec<String>>()
    };
    for user in [old.as_str(), "Moved.On@contoso.example", &ids[0]] {
        let arguments = plan(user);
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let told = stand.json(&words, 0);
        assert_eq!(told["changes"][0]["user"], json!(ids[0]), "{user}");
        assert_eq!(told["summary"]["users_changed"], 1, "{user}");
    }
    stand.edit(&ids[1], "userPrincipalName", old.as_str());
    for (user, words) in [
        (old.as_str(), ["give the id", ids[1].as_str()]),
        ("nobody@contoso.example", ["not in the snapshot", "as it is now"]),
    ] {
        let arguments = plan(user);
        let typed: Vec<&str> = arguments.iter().map(String::as_str).collect();
        stand.run(&typed).must(2).says(&words);
    }
    let arguments = plan(&other);
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    assert_eq!(stand.json(&words, 0)["changes"][0]["user"], json!(ids[1]));
}

#[test]
fn a_restore_is_sealed_reviewed_and_taken_back_like_any_plan() {
    let (stand, snapshot, ids) = changed_since();
    let edited = stand.dump();
    let restore = ["--restore", &snapshot, "--columns", "jobTitle"];
    stand
        .run(&[&["plan", "-o", "plan.json"], &restore[..]].concat())
        .must(0)
        .says(&["users are set back to", &snapshot]);
    let file: Value = serde_json::from_str(&stand.read("plan.json")).unwrap();
    assert_eq!(file["plan"]["binding"]["restores"], json!(snapshot));
    let fingerprint = file["fingerprint"].as_str().unwrap();
    let printed = stand
        .run(&[&["plan", "--fingerprint"], &restore[..]].concat())
        .must(0);
    assert_eq!(printed.stdout.trim(), fingerprint);
    stand
        .run(&["apply", "plan.json", "--yes", "--fingerprint", &fingerprint[..12]])
        .must(0);
    assert_ne!(stand.dump()[&ids[0]]["jobTitle"], "Clown");
    let run = stand.newest_run();
    stand.run(&["undo", &run, "--yes"]).must(0);
    same_directory(&edited, &stand.dump());
}

#[test]
fn the_guards_count_what_a_restore_clears_and_changes() {
    let (stand, snapshot, _) = changed_since();
    stand
        .run(&["apply", "--restore", &snapshot, "--yes", "--max-users", "3"])
        .must(4)
        .says(&["--max-users 4"]);
    stand
        .run(&["apply", "--restore", &snapshot, "--yes", "--expect", "5"])
        .must(4);
    assert!(stand.history().is_empty());
}

#[test]
fn what_cannot_be_set_back_is_named() {
    let (mut stand, snapshot, ids) = changed_since();
    let run = |arguments: &[&str]| stand.run(&[&["plan", "--restore"], arguments].concat());
    run(&["snap-20200101-000000-0000"])
        .must(2)
        .says(&["there is no snapshot"]);
    run(&["users.csv"]).must(2).says(&["there is no snapshot"]);
    run(&[&snapshot, "--columns", "shoeSize"])
        .must(2)
        .says(&["there is no such column"]);
    run(&[&snapshot, "--columns", "createdDateTime"])
        .must(2)
        .says(&["cannot be written"]);
    run(&[
        &snapshot,
        "--users",
        &format!("{},nobody@contoso.example", ids[0]),
    ])
    .must(2)
    .says(&["nobody@contoso.example"]);
    run(&[&snapshot, "users.csv"])
        .must(2)
        .says(&["cannot be used with"]);
    stand.run(&["plan", "users.csv", "--columns", "jobTitle"]).must(2);
    stand.run(&["plan"]).must(2);
    let other = Stand::open(dirsheet::sandbox::SandboxOptions {
        seed: 2,
        ..super::stand::people(40)
    });
    stand.turn_to(&other);
    stand
        .run(&["apply", "--restore", &snapshot, "--yes"])
        .must(2)
        .says(&["is of tenant", "nothing was written"]);
    assert!(other.history().is_empty());
}

#[test]
fn what_cannot_be_emptied_or_is_gone_is_told_before_anything_is_written() {
    let stand = Stand::of(40);
    let ids: Vec<String> = stand.ordinary().iter().take(2).map(id).collect();
    stand.edit(&ids[0], "usageLocation", Value::Null);
    let snapshot = exported(&stand);
    stand.edit(&ids[0], "usageLocation", "BE");
    stand.edit(&ids[0], "city", "Elsewhere");
    let told = stand.json(&["plan", "--restore", &snapshot], 0);
    let left = &told["left_alone"];
    assert_eq!(left.as_array().map(Vec::len), Some(1), "{told:#}");
    assert_eq!(left[0]["reason"], "cannot-be-emptied");
    assert_eq!(left[0]["user"], ids[0].as_str());
    let files = ["-o", "plan.xlsx", "--html", "plan.html"];
    let plan = stand
        .run(&[&["plan", "--restore", &snapshot][..], &files].concat())
        .must(0);
    plan.says(&[
        "Cannot be set back (1)",
        "usageLocation: was empty in the snapshot",
    ]);
    let page = stand.read("plan.html");
    assert!(page.contains("Cannot be set back (1)") && page.contains("1</b> not set back"));
    // The other cell of the row goes, and the row still needs somebody.
    stand.run(&["apply", "--restore", &snapshot, "--yes"]).must(6);
    assert_eq!(stand.history().len(), 1);
    // A sheet says the same by its findings, and lists nothing here.
    let of_sheet = stand.json(&["plan", "users.csv"], 0);
    assert_eq!(of_sheet["left_alone"], json!([]));
}

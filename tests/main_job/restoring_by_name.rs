//! Deleted users who come back by the name they had: rows with `_action` restore and a userPrincipalName alone.

use super::accounts::{enabled, options};
use super::sheet::Sheet;
use super::stand::Stand;

const ALLOW: [&str; 2] = ["--allow", "restore"];

fn name(stand: &Stand, id: &str) -> String {
    stand.dump()[id]["userPrincipalName"].as_str().unwrap().to_owned()
}

fn sheet(stand: &Stand, names: &[&str]) {
    let rows: Vec<[&str; 2]> = names.iter().map(|name| [*name, "restore"]).collect();
    let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
    stand.save("back.csv", &Sheet::new(&["userPrincipalName", "_action"], &rows));
}

#[test]
fn somebody_is_brought_back_by_name_proved_and_taken_back() {
    let stand = Stand::open(options(60));
    let id = enabled(&stand, 1).remove(0);
    let name = name(&stand, &id);
    stand.edit(&id, "deletedDateTime", "2026-01-02T00:00:00Z");
    sheet(&stand, &[&name.to_uppercase()]);
    let before = stand.stats().http_requests;
    let told = stand.json(&[&["plan", "back.csv"][..], &ALLOW].concat(), 0);
    // Sign-in, the size of the directory, the name among the users and among the deleted ones, roles.
    let cost = stand.stats().http_requests - before;
    assert!(cost <= 8, "{cost}");
    assert_eq!(told["changes"][0]["user"], id.as_str());
    assert_eq!(told["changes"][0]["kind"], "restore");
    stand
        .run(&["apply", "back.csv", "--yes"])
        .must(4)
        .says(&["--allow restore"]);
    stand
        .run(&[&["apply", "back.csv", "--yes"][..], &ALLOW].concat())
        .must(0);
    assert!(stand.dump()[&id]["deletedDateTime"].is_null());
    let run = stand.newest_run();
    assert_eq!(stand.json(&["report", &run], 0)["summary"]["updated"], 1);
    // The same sheet once more: the person is there, and nothing is to do.
    let again = stand.json(&[&["plan", "back.csv"][..], &ALLOW].concat(), 0);
    assert_eq!(again["summary"]["cells_changed"], 0);
    stand.run(&["undo", &run, "--yes", "--allow", "delete"]).must(0);
    assert!(stand.dump()[&id]["deletedDateTime"].is_string());
}

#[test]
fn a_plan_file_names_the_person_by_id() {
    let stand = Stand::open(options(60));
    let id = enabled(&stand, 1).remove(0);
    sheet(&stand, &[&name(&stand, &id)]);
    stand.edit(&id, "deletedDateTime", "2026-01-02T00:00:00Z");
    stand
        .run(&[&["plan", "back.csv", "-o", "back.json"][..], &ALLOW].concat())
        .must(0);
    stand
        .run(&[&["apply", "back.json", "--yes"][..], &ALLOW].concat())
        .must(0);
    assert!(stand.dump()[&id]["deletedDateTime"].is_null());
}

#[test]
fn of_two_with_one_name_none_is_taken_and_nobody_comes_back_in_a_strangers_place() {
    let stand = Stand::open(options(60));
    let people = enabled(&stand, 3);
    let name = name(&stand, &people[0]);
    stand.edit(&people[0], "deletedDateTime", "2026-01-02T00:00:00Z");
    stand.edit(&people[1], "userPrincipalName", name.as_str());
    sheet(&stand, &[&name, "nobody@contoso.example"]);
    let plan = [&["plan", "back.csv"][..], &ALLOW].concat();
    stand
        .run(&plan)
        .must(3)
        .says(&["name-taken", "another user's now", "unknown-user"]);
    stand.edit(&people[1], "deletedDateTime", "2026-02-03T00:00:00Z");
    stand.run(&plan).must(3).says(&[
        "ambiguous-deleted-user",
        &people[0],
        &people[1],
        "2026-01-02T00:00:00Z",
        "2026-02-03T00:00:00Z",
    ]);
    assert!(stand.history().is_empty());
}

//! Base, edited, live: what happens when somebody else was there, and where the base comes from.

use serde_json::{Value, json};

use super::big::id;
use super::sheet::Sheet;
use super::stand::Stand;

/// Three ordinary users; the first two get a title in the sheet, and the first one another title behind the sheet's back.
fn with_a_conflict() -> (Stand, [String; 2]) {
    let stand = Stand::of(40);
    let mut sheet = stand.export();
    let users = stand.ordinary();
    let (torn, plain) = (id(&users[1]), id(&users[2]));
    sheet.set(&torn, "jobTitle", "Mine");
    sheet.set(&torn, "department", "Also mine");
    sheet.set(&plain, "jobTitle", "Undisputed");
    stand.save("users.csv", &sheet);
    stand.edit(&torn, "jobTitle", "Theirs");
    (stand, [torn, plain])
}

#[test]
fn a_conflict_stops_everything_and_is_shown_with_all_three_values() {
    let (stand, [torn, _]) = with_a_conflict();
    let plan = stand.json(&["plan", "users.csv"], 5);
    let conflicts = plan["conflicts"].as_array().unwrap();
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0]["user"], torn);
    assert_eq!(conflicts[0]["column"], "jobTitle");
    assert_eq!(conflicts[0]["edited"], "Mine");
    assert_eq!(conflicts[0]["live"], "Theirs");
    stand.run(&["apply", "users.csv", "--yes"]).must(5).says(&[
        "nothing was written",
        "--conflicts skip",
        "--conflicts mine",
        "Theirs",
        "Mine",
    ]);
    assert!(stand.history().is_empty());
}

#[test]
fn skipping_leaves_the_cell_in_conflict_and_writes_the_rest() {
    let (stand, [torn, plain]) = with_a_conflict();
    let done = stand.json(&["apply", "users.csv", "--yes", "--conflicts", "skip"], 6);
    assert_eq!(done["summary"]["updated"], 1);
    let after = stand.dump();
    assert_eq!(after[&torn]["jobTitle"], "Theirs");
    assert_eq!(after[&torn]["department"], "Also mine");
    assert_eq!(after[&plain]["jobTitle"], "Undisputed");
    let report = stand.report(&stand.newest_run());
    assert!(["partial", "conflict"].contains(&report.of(&torn, "_status")));
    assert!(
        report.of(&torn, "_error").contains("Theirs"),
        "{}",
        report.of(&torn, "_error")
    );
}

#[test]
fn mine_writes_the_sheets_value_over_the_other() {
    let (stand, [torn, _]) = with_a_conflict();
    stand
        .run(&["apply", "users.csv", "--yes", "--conflicts", "mine"])
        .must(0);
    assert_eq!(stand.dump()[&torn]["jobTitle"], "Mine");
}

#[test]
fn what_somebody_else_changed_in_a_cell_nobody_edited_stays() {
    let stand = Stand::of(40);
    let sheet = stand.export();
    let user = id(&stand.ordinary()[0]);
    stand.edit(&user, "jobTitle", "Changed meanwhile");
    stand.edit(&user, "businessPhones", json!(["+31 20 7654321"]));
    stand.save("users.csv", &sheet);
    stand
        .run(&["apply", "users.csv", "--yes"])
        .must(0)
        .says(&["Nothing was written"]);
    assert_eq!(stand.dump()[&user]["jobTitle"], "Changed meanwhile");
}

#[test]
fn two_people_who_wanted_the_same_are_not_in_conflict() {
    let stand = Stand::of(40);
    let mut sheet = stand.export();
    let user = id(&stand.ordinary()[0]);
    sheet.set(&user, "mobilePhone", "+31 6 1234 5678");
    stand.edit(&user, "mobilePhone", "+31 6 1234 5678");
    stand.save("users.csv", &sheet);
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    assert!(stand.history().is_empty());
}

#[test]
fn a_blank_clears_with_a_base_and_keeps_without_one() {
    let stand = Stand::of(40);
    let user = id(&stand.ordinary()[0]);
    stand.edit(&user, "jobTitle", "Pilot");
    let mut sheet = stand.export();
    sheet.set(&user, "jobTitle", "");
    let mut without = sheet.clone();
    without.drop_columns(&["_snapshot"]);
    without.keep_rows(&[&user]);
    stand.save("without.csv", &without);
    stand.run(&["apply", "without.csv", "--yes"]).must(0);
    assert!(stand.history().is_empty());
    without.set(&user, "jobTitle", "<clear>");
    stand.save("cleared.csv", &without);
    let plan = stand.json(&["plan", "cleared.csv"], 0);
    assert_eq!(plan["summary"]["clears"], 1);
    assert_eq!(plan["changes"][0]["kind"], "clear");
    stand.save("users.csv", &sheet);
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    assert!(stand.dump()[&user]["jobTitle"].is_null());
    let writes = stand.history();
    assert_eq!(writes.len(), 1);
    assert_eq!(writes[0].body, json!({ "jobTitle": null }));
}

#[test]
fn a_column_that_is_not_there_and_a_row_that_is_not_there_mean_nothing() {
    let stand = Stand::of(40);
    let mut sheet = stand.export();
    let user = id(&stand.ordinary()[0]);
    sheet.keep_columns(&["id", "jobTitle", "_snapshot"]);
    sheet.keep_rows(&[&user]);
    sheet.set(&user, "jobTitle", "Only this");
    stand.save("users.csv", &sheet);
    let before = stand.dump();
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let mut expected = before;
    expected.get_mut(&user).unwrap()["jobTitle"] = json!("Only this");
    super::big::same_directory(&expected, &stand.dump());
}

#[test]
fn rows_of_another_tenants_export_are_refused() {
    let stand = Stand::of(40);
    let mut other = Stand::open(dirsheet::sandbox::SandboxOptions {
        seed: 2,
        ..super::stand::people(40)
    });
    other.set("DIRSHEET_STATE_DIR", &stand.state().display().to_string());
    let sheet = other.export();
    stand.save("users.csv", &sheet);
    stand
        .run(&["apply", "users.csv", "--yes"])
        .must(3)
        .says(&["other-tenant", "belongs to the directory it came from"]);
    assert!(stand.history().is_empty());
}

/// A snapshot as one of this tenant that was read from the real service.
fn from_the_real_service(stand: &Stand) -> &'static str {
    let id = "snap-20261129-121124-3199";
    let kept = format!("{}/tests/compat/{id}.sqlite", env!("CARGO_MANIFEST_DIR"));
    let file = stand.state().join("snapshots").join(format!("{id}.sqlite"));
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::copy(kept, &file).unwrap();
    let connection = rusqlite::Connection::open(&file).unwrap();
    let changed = connection.execute(
        "UPDATE meta SET json = json_set(json, '$.graph_host', 'https://graph.microsoft.com', '$.tenant', ?1)",
        [stand.sandbox().tenant_id()],
    );
    assert_eq!(changed.unwrap(), 1);
    id
}

#[test]
fn what_was_read_from_the_real_service_is_refused_in_a_practice_directory_of_the_same_tenant() {
    let stand = Stand::of(40);
    stand.export();
    let id = from_the_real_service(&stand);
    let user = stand.ordinary()[0].clone();
    let upn = user["userPrincipalName"].as_str().unwrap();
    stand.write(
        "users.csv",
        format!("userPrincipalName,jobTitle,_snapshot\n{upn},Chief,{id}\n"),
    );
    for command in ["plan", "apply"] {
        stand.run(&[command, "users.csv"]).must(3).says(&[
            "other-service",
            "https://graph.microsoft.com",
            "http://127.0.0.1:",
        ]);
    }
    for command in [
        ["plan", "--restore", id],
        ["apply", "--restore", id],
        ["diff", id, "live"],
    ] {
        stand
            .run(&command)
            .must(2)
            .says(&["from `https://graph.microsoft.com`", "http://127.0.0.1:"]);
    }
    assert!(stand.history().is_empty());
}

#[test]
fn rows_of_an_unknown_snapshot_are_refused_until_their_base_is_given() {
    let stand = Stand::of(40);
    let mut sheet = stand.export();
    let user = id(&stand.ordinary()[0]);
    stand.edit(&user, "department", "Somewhere");
    let snapshot = sheet.cell(0, "_snapshot").to_owned();
    stand.save("original.csv", &sheet);
    sheet.set(&user, "jobTitle", "New");
    sheet.set(&user, "faxNumber", "");
    stand.save("users.csv", &sheet);
    std::fs::remove_file(
        stand
            .state()
            .join("snapshots")
            .join(format!("{snapshot}.csv.zst")),
    )
    .unwrap();
    let plan = stand
        .run(&["plan", "users.csv"])
        .must(3)
        .says(&["unknown-snapshot", "--base FILE"]);
    assert!(!plan.stdout.contains("department"));
    let plan = stand.json(&["plan", "users.csv", "--base", "original.csv"], 0);
    let told = stand
        .run(&["plan", "users.csv", "--base", "original.csv"])
        .must(0);
    assert!(told.stdout.contains("base: original.csv"), "{}", told.stdout);
    let columns: Vec<&str> = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["column"].as_str().unwrap())
        .collect();
    assert!(
        columns.contains(&"jobTitle") && !columns.contains(&"department"),
        "{columns:?}"
    );
    stand
        .run(&["apply", "users.csv", "--yes", "--base", "original.csv"])
        .must(0);
    assert_eq!(stand.dump()[&user]["jobTitle"], "New");
    assert_eq!(stand.history().len(), 1);
}

#[test]
fn a_snapshot_given_by_name_is_the_base_of_rows_that_name_none() {
    let stand = Stand::of(40);
    let mut sheet = stand.export();
    let snapshot = sheet.cell(0, "_snapshot").to_owned();
    let user = id(&stand.ordinary()[0]);
    stand.edit(&user, "department", "Theirs");
    sheet.drop_columns(&["_snapshot"]);
    sheet.keep_rows(&[&user]);
    sheet.set(&user, "jobTitle", "New");
    stand.save("users.csv", &sheet);
    // Without the base the stale department would be put back.
    let plan = stand.json(&["plan", "users.csv"], 0);
    assert_eq!(plan["summary"]["cells_changed"], 2);
    let plan = stand.json(&["plan", "users.csv", "--base", &snapshot], 0);
    assert_eq!(plan["summary"]["cells_changed"], 1, "{:#}", plan["changes"]);
    assert_eq!(plan["changes"][0]["column"], "jobTitle");
    stand
        .run(&["plan", "users.csv", "--base", "nowhere.csv"])
        .must(2)
        .says(&["nowhere.csv"]);
    stand
        .run(&["plan", "users.csv", "--base", "snap-20200101-000000-0000"])
        .must(2)
        .says(&["dirsheet snapshots"]);
}

#[test]
fn rows_moved_between_the_sheets_of_two_snapshots_keep_their_own_base() {
    let stand = Stand::of(40);
    let users = stand.ordinary();
    let (early, late) = (id(&users[0]), id(&users[1]));
    let first = stand.export();
    stand.edit(&early, "jobTitle", "Between the exports");
    stand.edit(&late, "jobTitle", "Between the exports");
    let second = stand.export();
    assert_ne!(first.cell(0, "_snapshot"), second.cell(0, "_snapshot"));
    let mut mixed = Sheet {
        header: first.header.clone(),
        rows: vec![
            first.rows[first.row_of(&early)].clone(),
            second.rows[second.row_of(&late)].clone(),
        ],
    };
    stand.save("mixed.csv", &mixed);
    stand.run(&["apply", "mixed.csv", "--yes"]).must(0);
    assert!(stand.history().is_empty(), "both rows are as they were exported");
    mixed.set(&early, "jobTitle", "Edited");
    mixed.set(&late, "jobTitle", "Edited");
    stand.save("mixed.csv", &mixed);
    let plan = stand.json(&["plan", "mixed.csv"], 5);
    let in_conflict: Vec<&Value> = plan["conflicts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|conflict| &conflict["user"])
        .collect();
    assert_eq!(
        in_conflict,
        [&json!(early)],
        "only the row of the older export is stale"
    );
}

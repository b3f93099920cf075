//! Whom a row and a manager cell are about when neither id nor name says it: a key column, an employee number, a display name.

use serde_json::json;

use super::big::id;
use super::sheet::Sheet;
use super::stand::Stand;

/// Three ordinary users with employee numbers of their own.
fn with_numbers() -> (Stand, [String; 3]) {
    let stand = Stand::of(60);
    let users = stand.ordinary();
    let ids = [id(&users[1]), id(&users[2]), id(&users[3])];
    for (user, number) in ids.iter().zip(["00'701", "00702", "00703"]) {
        stand.edit(user, "employeeId", number);
    }
    (stand, ids)
}

fn rules(told: &serde_json::Value) -> Vec<&str> {
    let findings = told["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect()
}

#[test]
fn a_key_column_finds_its_users_and_is_never_written() {
    let (stand, ids) = with_numbers();
    let sheet = Sheet::new(
        &["employeeId", "jobTitle"],
        &[&["00'701", "One"], &[" 00702 ", "Two"]],
    );
    stand.save("users.csv", &sheet);
    stand
        .run(&["check", "users.csv"])
        .must(3)
        .says(&["no-key-column", "--key employeeId"]);
    stand.run(&["check", "users.csv", "--key", "employeeid"]).must(0);
    stand
        .run(&["apply", "users.csv", "--key", "employeeId", "--yes"])
        .must(0);
    let after = stand.dump();
    assert_eq!(after[&ids[0]]["jobTitle"], "One");
    assert_eq!(after[&ids[1]]["jobTitle"], "Two");
    assert_eq!(after[&ids[1]]["employeeId"], "00702");
    assert_eq!(stand.history().len(), 2);
}

#[test]
fn a_key_that_is_damaged_held_twice_unknown_or_blank_is_told_and_never_guessed() {
    let (stand, ids) = with_numbers();
    let others = stand.ordinary();
    stand.edit(&id(&others[5]), "employeeId", "00703");
    stand.edit(&id(&others[6]), "employeeId", "AB9");
    let name = others[1]["userPrincipalName"].as_str().unwrap();
    let sheet = Sheet::new(
        &["employeeId", "userPrincipalName", "jobTitle"],
        &[
            &["702", "", "No zeros"],
            &["00703", "", "Two people"],
            &["99887766", "", "Nobody"],
            &["", "", "No key"],
            &["00702", name, "Two keys"],
            &["ab9", "", "Other capitals"],
        ],
    );
    stand.save("users.csv", &sheet);
    let plan = stand.json(&["plan", "users.csv", "--key", "employeeId"], 3);
    assert_eq!(
        rules(&plan),
        [
            "near-key",
            "ambiguous-key",
            "unknown-user",
            "no-key",
            "keys-disagree",
            "near-key"
        ]
    );
    let text = plan.to_string();
    assert!(text.contains("00702"), "{text}");
    let both = [&ids[2], &id(&others[5])]
        .map(|id| stand.dump()[id]["userPrincipalName"].as_str().unwrap().to_owned());
    assert!(both.iter().all(|name| text.contains(name)), "{text}");
    assert_eq!(plan["changes"], json!([]));
    assert_eq!(plan["summary"]["errors"], 6);
    let sums = plan["summary"]["errors_by_rule"].as_array().unwrap();
    assert_eq!(sums.len(), 5, "{sums:?}");
    assert!(
        sums.contains(&json!({ "rule": "near-key", "count": 2 })),
        "{sums:?}"
    );
}

#[test]
fn with_a_base_the_exported_key_counts() {
    let (stand, ids) = with_numbers();
    let mut sheet = stand.export();
    sheet.keep_columns(&["employeeId", "jobTitle", "userPrincipalName", "_snapshot"]);
    let rows: Vec<Vec<String>> = sheet
        .rows
        .iter()
        .filter(|row| {
            row.iter()
                .any(|cell| cell.contains("00702") || cell.contains("00703"))
        })
        .cloned()
        .collect();
    assert_eq!(rows.len(), 2);
    sheet.rows = rows;
    sheet.drop_columns(&["userPrincipalName"]);
    let title = sheet.column("jobTitle");
    for row in &mut sheet.rows {
        row[title] = String::new();
    }
    stand.save("users.csv", &sheet);
    // The number went to somebody else since the export, and the user got another one and another name.
    stand.edit(&ids[1], "jobTitle", "Pilot");
    stand.edit(&ids[1], "employeeId", "55555");
    stand.edit(&ids[0], "employeeId", "00702");
    stand.edit(&ids[1], "userPrincipalName", "renamed@contoso.example");
    let plan = stand.json(
        &["plan", "users.csv", "--key", "employeeId", "--conflicts", "mine"],
        0,
    );
    let changes = plan["changes"].as_array().unwrap();
    assert!(
        changes.iter().any(|change| change["user"] == ids[1]),
        "{changes:?}"
    );
    assert!(
        changes.iter().all(|change| change["user"] != ids[0]),
        "{changes:?}"
    );
}

#[test]
fn a_manager_is_found_by_employee_number_or_by_a_name_that_only_one_user_has() {
    let (stand, ids) = with_numbers();
    let others = stand.ordinary();
    let (same_a, same_b) = (id(&others[7]), id(&others[8]));
    stand.edit(&ids[2], "displayName", "Zoë Only");
    stand.edit(&same_a, "displayName", "Jan Twice");
    stand.edit(&same_b, "displayName", "Jan Twice");
    let (first, second, third) = (id(&others[10]), id(&others[11]), id(&others[12]));
    let sheet = Sheet::new(
        &["id", "manager"],
        &[&[&first, "employeeId:00702"], &[&second, "Zoë Only"]],
    );
    stand.save("users.csv", &sheet);
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let after = stand.dump();
    assert_eq!(after[&first]["manager"], json!(ids[1]));
    assert_eq!(after[&second]["manager"], json!(ids[2]));
    let by_number = Sheet::new(&["id", "manager"], &[&[&third, "00'701"]]);
    stand.save("numbers.csv", &by_number);
    stand
        .run(&["apply", "numbers.csv", "--manager-by", "employeeId", "--yes"])
        .must(0);
    assert_eq!(stand.dump()[&third]["manager"], json!(ids[0]));
    let bad = Sheet::new(
        &["id", "manager"],
        &[
            &[&first, "Jan Twice"],
            &[&second, "Nobody Atall"],
            &[&third, "employeeId:702"],
        ],
    );
    stand.save("bad.csv", &bad);
    let plan = stand.json(&["plan", "bad.csv"], 3);
    assert_eq!(
        rules(&plan),
        ["ambiguous-reference", "unknown-reference", "unknown-reference"]
    );
    let name = others[7]["userPrincipalName"].as_str().unwrap();
    assert!(plan.to_string().contains(name) && plan.to_string().contains("00702"));
}

#[test]
fn managers_in_a_circle_through_plan_and_directory_are_refused_with_the_way() {
    let stand = Stand::of(60);
    let users = stand.ordinary();
    let [a, b, c] = [id(&users[3]), id(&users[4]), id(&users[5])];
    // b reports to c in the directory, c to a by the sheet, and a to b by the sheet.
    stand.edit(&b, "manager", c.as_str());
    let sheet = Sheet::new(&["id", "manager"], &[&[&a, &b], &[&c, &a]]);
    stand.save("users.csv", &sheet);
    let plan = stand.json(&["plan", "users.csv"], 3);
    assert_eq!(rules(&plan), ["manager-circle", "manager-circle"]);
    for user in [3, 4, 5] {
        let name = users[user]["userPrincipalName"].as_str().unwrap();
        assert!(plan.to_string().contains(name), "{plan}");
    }
    assert_eq!(plan["changes"], json!([]));
    // Without the second row there is no circle, however long the way up is.
    stand.save("one.csv", &Sheet::new(&["id", "manager"], &[&[&a, &b]]));
    stand.edit(&c, "manager", json!(null));
    stand.run(&["plan", "one.csv"]).must(0);
}

#[test]
fn a_manager_named_as_the_sheet_renames_them_is_told_with_both_names() {
    let stand = Stand::of(40);
    let users = stand.ordinary();
    let (boss, worker) = (&users[0], &users[1]);
    let old = boss["userPrincipalName"].as_str().unwrap();
    let new = "brand.new@contoso.example";
    let mut sheet = stand.export();
    sheet.set(&id(boss), "userPrincipalName", new);
    sheet.set(&id(worker), "manager", new);
    stand.save("users.csv", &sheet);
    stand
        .run(&["plan", "users.csv", "--allow", "rename"])
        .must(3)
        .says(&[
            "unknown-reference",
            &format!("`{new}` yet: this sheet gives the name to `{old}`"),
            &format!("write `{old}` here"),
        ]);
    // Somebody renamed them meanwhile, and the sheet still says the old name.
    sheet.set(&id(boss), "userPrincipalName", old);
    sheet.set(&id(worker), "manager", old);
    stand.save("users.csv", &sheet);
    stand.edit(&id(boss), "userPrincipalName", "moved.on@contoso.example");
    stand
        .run(&["plan", "users.csv"])
        .must(3)
        .says(&["any more: the user was exported so, and is `moved.on@contoso.example` now"]);
}

#[test]
fn a_column_that_cannot_be_asked_for_is_no_key() {
    let stand = Stand::of(40);
    stand.save("users.csv", &Sheet::new(&["id", "department"], &[]));
    stand
        .run(&["plan", "users.csv", "--key", "department"])
        .must(2)
        .says(&["employeeId", "onPremisesImmutableId"]);
    stand
        .run(&["check", "users.csv", "--key", "employeeId"])
        .must(3)
        .says(&["`--key` names"]);
}

#[test]
fn a_number_that_may_have_lost_its_zeros_is_never_taken_for_somebody_elses() {
    let (stand, ids) = with_numbers();
    stand.edit(&id(&stand.ordinary()[5]), "employeeId", "702");
    let mut exported = stand.export();
    let sheet = Sheet::new(&["employeeId", "jobTitle"], &[&["702", "Somebody else's"]]);
    stand.save("users.csv", &sheet);
    let plan = stand.json(&["plan", "users.csv", "--key", "employeeId"], 3);
    assert_eq!(rules(&plan), ["near-key"]);
    assert_eq!(plan["changes"], json!([]));
    // Nor where the export knows both.
    exported.keep_columns(&["employeeId", "jobTitle", "_snapshot"]);
    exported
        .rows
        .retain(|row| row.iter().any(|cell| cell.trim_start_matches('\'') == "00702"));
    assert_eq!(exported.rows.len(), 1);
    let key = exported.column("employeeId");
    exported.rows[0][key] = "702".to_owned();
    stand.save("users.csv", &exported);
    let plan = stand.json(&["plan", "users.csv", "--key", "employeeId"], 3);
    assert_eq!(rules(&plan), ["near-key"]);
    // With its zeros it is one user beyond doubt.
    let sheet = Sheet::new(&["employeeId", "jobTitle"], &[&["00702", "Chef"]]);
    stand.save("users.csv", &sheet);
    let plan = stand.json(&["plan", "users.csv", "--key", "employeeId"], 0);
    assert_eq!(plan["changes"][0]["user"], json!(ids[1]));
}

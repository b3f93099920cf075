//! Rows of which only a part can land: administrators, synchronised users, and whoever else is out of reach.

use serde_json::{Value, json};

use super::big::id;
use super::sheet::Sheet;
use super::stand::{Stand, people, until};
use dirsheet::sandbox::SandboxOptions;

/// Users who satisfy something, in the directory's order.
fn those(stand: &Stand, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    stand.sandbox().dump().into_iter().filter(wanted).collect()
}

fn an_admin(stand: &Stand) -> Value {
    let admins = those(stand, |user| {
        user["roles"].as_array().is_some_and(|roles| !roles.is_empty())
            && user["onPremisesSyncEnabled"].is_null()
    });
    admins[0].clone()
}

#[test]
fn an_administrators_title_lands_while_the_phone_is_refused_and_the_row_is_partial() {
    let stand = Stand::of(60);
    let mut sheet = stand.export();
    let admin = an_admin(&stand);
    let before = stand.dump();
    sheet.set(&id(&admin), "jobTitle", "Head of Keys");
    sheet.set(&id(&admin), "mobilePhone", "+31 6 11223344");
    stand.save("users.csv", &sheet);
    let done = stand.json(&["apply", "users.csv", "--yes"], 6);
    assert_eq!(done["summary"]["partial"], 1);
    assert_eq!(done["summary"]["unchanged"], 59);
    let row = done["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["user"] == admin["id"])
        .unwrap();
    assert_eq!(row["_status"], "partial");
    assert_eq!(row["_error_code"], "Authorization_RequestDenied");
    assert!(
        row["_error"].as_str().unwrap().starts_with("mobilePhone:"),
        "{row}"
    );
    assert!(
        row["_changes"].as_str().unwrap().contains("Head of Keys"),
        "{row}"
    );
    assert!(
        !row["_changes"].as_str().unwrap().contains("mobilePhone"),
        "{row}"
    );
    assert!(
        row["_hint"].as_str().unwrap().contains("administrator role"),
        "{row}"
    );
    assert!(!row["_request_id"].as_str().unwrap().is_empty());
    let after = stand.dump();
    assert_eq!(after[&id(&admin)]["jobTitle"], "Head of Keys");
    assert_eq!(
        after[&id(&admin)]["mobilePhone"],
        before[&id(&admin)]["mobilePhone"]
    );
    assert_eq!(stand.history().len(), 1);
}

#[test]
fn nobody_elses_row_suffers_from_the_one_that_is_refused() {
    let stand = Stand::of(60);
    let mut sheet = stand.export();
    let admin = id(&an_admin(&stand));
    let others: Vec<String> = stand.ordinary().iter().take(25).map(id).collect();
    sheet.set(&admin, "businessPhones", "+31 20 1112223");
    for user in &others {
        sheet.set(
            user,
            "businessPhones",
            format!("+31 20 {}", &user[..6].replace(char::is_alphabetic, "1")),
        );
        sheet.set(user, "department", "Harbour");
    }
    stand.save("users.csv", &sheet);
    let apply = [
        "apply",
        "users.csv",
        "--yes",
        "--max-users",
        "50%",
        "--max-same-value",
        "30",
    ];
    let done = stand.json(&apply, 6);
    assert_eq!(
        (&done["summary"]["updated"], &done["summary"]["failed"]),
        (&json!(25), &json!(1))
    );
    let after = stand.dump();
    assert!(others.iter().all(|user| after[user]["department"] == "Harbour"));
}

#[test]
fn one_leaf_of_the_organisation_data_is_edited_and_the_other_stays() {
    let stand = Stand::of(60);
    let users = stand.ordinary();
    let (with, without) = (&id(&users[0]), &id(&users[1]));
    stand.edit(with, "employeeOrgData.division", "Sea");
    stand.edit(with, "employeeOrgData.costCenter", "4711");
    stand.edit(without, "employeeOrgData.division", "Land");
    stand.edit(without, "employeeOrgData.costCenter", Value::Null);
    let mut sheet = stand.export();
    sheet.set(with, "employeeOrgData.division", "Air");
    sheet.set(without, "employeeOrgData.division", "");
    // A sheet without the other leaf's column must not forget it either.
    sheet.drop_columns(&["employeeOrgData.costCenter"]);
    stand.save("users.csv", &sheet);
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let after = stand.dump();
    assert_eq!(
        after[with]["employeeOrgData"],
        json!({"division": "Air", "costCenter": "4711"})
    );
    assert!(after[without]["employeeOrgData"]["division"].is_null());
    assert!(after[without]["employeeOrgData"]["costCenter"].is_null());
    stand
        .run(&["apply", "users.csv", "--yes"])
        .must(0)
        .says(&["Nothing was written"]);
    assert_eq!(stand.history().len(), 2);
}

#[test]
fn refusals_that_can_be_foreseen_are_said_in_the_plan_and_the_rest_of_the_row_goes() {
    let stand = Stand::of(200);
    let mut sheet = stand.export();
    let is_synced =
        |user: &Value| user["onPremisesSyncEnabled"] == true && user["isManagementRestricted"] != true;
    let synced = id(&those(&stand, is_synced)[0]);
    let restricted = id(&those(&stand, |user| user["isManagementRestricted"] == true)[0]);
    let agent = id(&those(&stand, |user| user["identityParentId"].is_string())[0]);
    sheet.set(&synced, "jobTitle", "Not from here");
    sheet.set(&synced, "usageLocation", "BE");
    stand.edit(&synced, "usageLocation", "BE");
    stand.edit(&synced, "usageLocation", "NL");
    sheet.set(&restricted, "jobTitle", "Out of reach");
    sheet.set(&agent, "jobTitle", "Robot");
    stand.save("users.csv", &sheet);
    let plan = stand.json(&["plan", "users.csv", "--conflicts", "mine"], 0);
    let foreseen: Vec<&str> = plan["refusals_foreseen"]
        .as_array()
        .unwrap()
        .iter()
        .map(|refusal| refusal["reason"].as_str().unwrap())
        .collect();
    assert_eq!(plan["summary"]["refusals_foreseen"], 3, "{plan:#}");
    for reason in ["mastered-on-premises", "management-restricted", "agent-user"] {
        assert!(foreseen.contains(&reason), "{foreseen:?}");
    }
    let done = stand.json(&["apply", "users.csv", "--yes", "--conflicts", "mine"], 6);
    assert_eq!(done["summary"]["partial"], 1, "{:#}", done["summary"]);
    assert_eq!(done["summary"]["skipped"], 2);
    assert_eq!(stand.history().len(), 1, "what would be refused is never sent");
    assert_eq!(stand.stats().writes_refused, 0);
    assert_eq!(stand.dump()[&synced]["usageLocation"], "BE");
}

#[test]
fn two_rows_of_one_user_that_ask_for_different_columns_become_one_write() {
    let stand = Stand::of(40);
    let user = id(&stand.ordinary()[0]);
    let sheet = Sheet::new(
        &["id", "jobTitle", "department"],
        &[&[&user, "One", ""], &[&user, "", "Two"]],
    );
    stand.save("users.csv", &sheet);
    let done = stand.json(&["apply", "users.csv", "--yes"], 0);
    assert_eq!(done["summary"]["updated"], 2);
    assert_eq!(stand.history().len(), 1);
    let after = &stand.dump()[&user];
    assert_eq!(
        (&after["jobTitle"], &after["department"]),
        (&json!("One"), &json!("Two"))
    );
}

/// Such rows come from a key that was filled down: one of the two is about somebody else.
#[test]
fn two_exported_rows_of_one_user_that_differ_are_refused() {
    let stand = Stand::of(40);
    let mut sheet = stand.export();
    let user = id(&stand.ordinary()[0]);
    let row = sheet.rows[sheet.row_of(&user)].clone();
    sheet.rows = vec![row.clone(), row];
    let column = sheet.column("jobTitle");
    sheet.rows[1][column] = "Another".to_owned();
    stand.save("users.csv", &sheet);
    stand
        .run(&["apply", "users.csv", "--yes"])
        .must(3)
        .says(&["duplicate-user", "help: "]);
    assert!(stand.history().is_empty());
}

#[test]
fn a_row_whose_manager_is_refused_still_gets_its_title() {
    let stand = Stand::with_faults(40, "500,on=manager");
    let mut sheet = stand.export();
    let users = stand.ordinary();
    let (user, boss) = (id(&users[5]), &users[9]);
    sheet.set(&user, "jobTitle", "Deputy");
    sheet.set(&user, "manager", boss["userPrincipalName"].as_str().unwrap());
    stand.save("users.csv", &sheet);
    let ran = stand.run(&["apply", "users.csv", "--yes"]);
    assert!(ran.code == Some(6) || ran.code == Some(8), "{ran:?}");
    until("the title is there", || {
        stand.dump()[&user]["jobTitle"] == "Deputy"
    });
    let report = stand.report(&stand.newest_run());
    assert_eq!(report.of(&user, "_status"), "partial");
}

#[test]
fn what_is_refused_again_and_again_no_longer_holds_up_the_rest_of_its_row() {
    let stand = Stand::open(SandboxOptions {
        // May write profiles, and not switch accounts on and off.
        roles: vec!["User.ReadWrite.All".to_owned()],
        latency: std::time::Duration::from_millis(20),
        ..people(1_300)
    });
    let mut sheet = stand.export();
    let users: Vec<Value> = stand.ordinary().into_iter().take(800).collect();
    for (at, user) in users.iter().enumerate() {
        sheet.set(&id(user), "jobTitle", format!("Pilot {at}"));
        let other = user["accountEnabled"] != true;
        sheet.set(&id(user), "accountEnabled", other.to_string());
    }
    stand.save("users.csv", &sheet);
    let apply = [
        "apply",
        "users.csv",
        "--yes",
        "--max-users",
        "100%",
        "--max-same-value",
        "100%",
        "--max-enables",
        "100%",
        "--allow",
        "disable",
    ];
    let done = stand.json(&apply, 6);
    assert_eq!(done["summary"]["partial"], 800);
    let after = stand.dump();
    for (at, user) in users.iter().enumerate() {
        assert_eq!(after[&id(user)]["jobTitle"], format!("Pilot {at}"));
        assert_eq!(after[&id(user)]["accountEnabled"], user["accountEnabled"]);
    }
    // Whole, and then in two parts: three writes. In two parts from the start: two. Of forty batches at most 32 are sent before
    // anything is known.
    let received = stand.stats().writes_received;
    assert!((1_600..=2 * 800 + 32 * 20).contains(&received), "{received}");
}

#[test]
fn users_who_are_not_shown_are_told_all_at_once_and_left_out_with_skip_errors() {
    let stand = Stand::of(30);
    let people = stand.ordinary();
    let mut sheet = "id,jobTitle\n".to_owned();
    for user in people.iter().take(6) {
        sheet.push_str(&format!("{},Locksmith\n", user["id"].as_str().unwrap()));
    }
    stand.write("sheet.csv", sheet);
    stand.faults("403,on=item,times=2");
    let told = stand.run(&["plan", "sheet.csv"]).must(3);
    assert_eq!(
        told.stdout.matches("user-not-shown").count() + told.stderr.matches("user-not-shown").count(),
        2,
        "{told:?}"
    );
    stand.faults("403,on=item,times=2");
    let applied = stand.json(&["apply", "sheet.csv", "--yes", "--skip-errors"], 6);
    assert_eq!(stand.history().len(), 4, "{applied}");
    let report = stand.report(applied["run"].as_str().unwrap());
    let codes = report.cells("_error_code");
    assert_eq!(
        codes.iter().filter(|code| **code == "user-not-shown").count(),
        2,
        "{codes:?}"
    );
}

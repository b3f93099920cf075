//! Custom security attributes: what is refused and why, and what is not read.

use serde_json::{Value as Json, json};

use super::big::id;
use super::security_attributes::{ASSIGN, DEFINE, OPEN, full, stand};
use super::stand::Stand;

fn findings(stand: &Stand, arguments: &[&str], code: i32) -> Vec<(String, String, String)> {
    let told = stand.json(arguments, code);
    let found = told["findings"].as_array().unwrap().iter();
    found
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            (text("rule"), text("message"), text("help"))
        })
        .collect()
}

#[test]
fn a_value_that_the_definition_does_not_allow_is_refused_with_its_cell_also_offline() {
    let stand = stand(10, &[ASSIGN, DEFINE]);
    let user = stand.ordinary()[0].clone();
    stand
        .run(&[
            "export",
            "--columns",
            "customSecurityAttributes.*",
            "-o",
            "all.csv",
        ])
        .must(0);
    let sheet = stand.sheet("all.csv");
    let long = "x".repeat(65);
    let many: Vec<String> = (0..51).map(|number| number.to_string()).collect();
    for (own, cell, rule, words) in [
        (
            "Engineering.Project",
            "alpine",
            "not-a-predefined-value",
            "did you mean `Alpine`?",
        ),
        (
            "Engineering.Project",
            "Alpine; Zebras",
            "not-a-predefined-value",
            "letter for letter",
        ),
        (
            "Marketing.Grade",
            "7",
            "not-a-predefined-value",
            "letter for letter",
        ),
        (
            "Marketing.OldCode",
            "x",
            "security-attribute-deactivated",
            "activated again",
        ),
        ("Engineering.NumVendors", "2147483648", "number-out-of-range", ""),
        ("Engineering.NumVendors", "many", "not-a-number", ""),
        ("Engineering.Certification", "perhaps", "not-true-or-false", ""),
        ("Engineering.ProjectDate", long.as_str(), "too-long", ""),
        ("Engineering.CostCenter", &many.join("; "), "too-many-items", ""),
    ] {
        let mut edited = sheet.clone();
        edited.set(&id(&user), &full(own), cell);
        stand.save("bad.csv", &edited);
        for command in ["check", "plan"] {
            let found = findings(&stand, &[command, "bad.csv"], 3);
            assert_eq!(found[0].0, rule, "{command} {own} {cell}: {found:?}");
            assert!(found[0].2.contains(words), "{found:?}");
        }
    }
    assert_eq!(stand.history(), []);
}

#[test]
fn a_name_that_the_tenant_does_not_have_is_refused_with_the_nearest_one_and_any_case_is_the_same_name() {
    let stand = stand(10, &[ASSIGN, DEFINE]);
    let user = stand.ordinary()[0].clone();
    let header = "customSecurityAttributes.Engineering.NumVendor";
    stand.write("wrong.csv", format!("id,{header}\n{},1\n", id(&user)));
    let found = findings(&stand, &["plan", "wrong.csv"], 3);
    assert_eq!(found[0].0, "unknown-extension");
    assert!(found[0].1.contains("custom security attribute"), "{found:?}");
    assert!(found[0].2.contains(&full("Engineering.NumVendors")), "{found:?}");
    for (columns, words) in [
        (header, full("Engineering.NumVendors")),
        (
            "customSecurityAttributes.Sales.*",
            "no custom security attribute".to_owned(),
        ),
    ] {
        stand
            .run(&["export", "--columns", columns, "-o", "x.csv"])
            .must(2)
            .says(&[&words]);
    }
    let header = "customSecurityAttributes.ENGINEERING.numvendors";
    stand.write("case.csv", format!("id,{header}\n{},9\n", id(&user)));
    stand
        .run(&[&["apply", "case.csv", "--yes"], &OPEN[..]].concat())
        .must(0);
    let held = stand.dump()[&id(&user)]["customSecurityAttributes"].clone();
    assert_eq!(held["Engineering"]["NumVendors"], 9, "{held}");
    // All of them in one cell are shown, and the message says where to write.
    stand
        .run(&[
            "export",
            "--columns",
            "customSecurityAttributes",
            "-o",
            "json.csv",
        ])
        .must(0);
    let mut sheet = stand.sheet("json.csv");
    assert!(
        sheet
            .of(&id(&user), "customSecurityAttributes")
            .contains("NumVendors")
    );
    sheet.set(&id(&user), "customSecurityAttributes", "{}");
    stand.save("json.csv", &sheet);
    let found = findings(&stand, &["check", "json.csv"], 3);
    assert_eq!(found[0].0, "read-only");
    assert!(
        found[0].1.contains("customSecurityAttributes.{set}.{name}"),
        "{found:?}"
    );
}

#[test]
fn without_the_permission_for_definitions_the_missing_one_is_told_and_offline_the_cells_are_texts() {
    let stand = stand(10, &[ASSIGN]);
    let user = stand.ordinary()[0].clone();
    let level = full("Marketing.Level");
    stand.write("x.csv", format!("id,{level}\n{},Public\n", id(&user)));
    let found = findings(&stand, &["plan", "x.csv"], 3);
    assert_eq!(found[0].0, "extension-not-read");
    assert!(found[0].1.contains(DEFINE), "{found:?}");
    stand
        .run(&["export", "--columns", &level, "-o", "y.csv"])
        .must(2)
        .says(&[DEFINE]);
    let found = findings(&stand, &["check", "x.csv"], 0);
    assert_eq!(found[0].0, "extension-type-not-known");
    assert!(found[0].1.contains("custom security attribute"), "{found:?}");
}

#[test]
fn what_may_not_be_read_is_not_taken_for_empty_and_nothing_is_planned_from_it() {
    let stand = stand(10, &[DEFINE]);
    let user = stand.ordinary()[0].clone();
    let level = full("Marketing.Level");
    stand.edit(&id(&user), &level, "Confidential");
    let columns = format!("id,jobTitle,{level}");
    stand
        .run(&["export", "--columns", &columns, "-o", "hidden.csv"])
        .must(6)
        .says(&[&level, "CustomSecAttributeAssignment.Read.All"]);
    let mut sheet = stand.sheet("hidden.csv");
    assert!(sheet.cells(&level).iter().all(|cell| *cell == "<not read>"));
    // The other columns can be planned.
    sheet.set(&id(&user), "jobTitle", "Cook");
    stand.save("hidden.csv", &sheet);
    let plan = stand.json(&[&["plan", "hidden.csv"], &OPEN[..]].concat(), 0);
    assert_eq!(plan["summary"]["cells_changed"], 1, "{}", plan["summary"]);
    sheet.set(&id(&user), &level, "Public");
    stand.save("hidden.csv", &sheet);
    let found = findings(&stand, &["plan", "hidden.csv"], 3);
    assert_eq!(found[0].0, "not-read", "{found:?}");
    // Nor from a sheet that never saw it.
    stand.write("fresh.csv", format!("id,{level}\n{},Public\n", id(&user)));
    let found = findings(&stand, &["plan", "fresh.csv"], 3);
    assert_eq!(found[0].0, "not-read", "{found:?}");
    assert_eq!(stand.history(), []);
}

#[test]
fn whoever_may_only_read_them_writes_the_other_cells_and_is_told_what_is_missing() {
    let stand = stand(10, &["CustomSecAttributeAssignment.Read.All", DEFINE]);
    let user = stand.ordinary()[0].clone();
    let level = full("Marketing.Level");
    let columns = format!("id,jobTitle,{level}");
    stand
        .run(&["export", "--columns", &columns, "-o", "two.csv"])
        .must(0);
    let mut sheet = stand.sheet("two.csv");
    sheet.set(&id(&user), "jobTitle", "Cook");
    sheet.set(&id(&user), &level, "Public");
    stand.save("two.csv", &sheet);
    let ran = stand
        .run(&[&["apply", "two.csv", "--yes"], &OPEN[..]].concat())
        .must(6);
    ran.says(&["CustomSecAttributeAssignment.ReadWrite.All"]);
    let bodies: Vec<Json> = stand.history().into_iter().map(|write| write.body).collect();
    assert_eq!(bodies, [json!({"jobTitle": "Cook"})]);
}

#[test]
fn what_somebody_else_wrote_meanwhile_is_a_conflict_and_the_attributes_beside_it_stay() {
    let stand = stand(10, &[ASSIGN, DEFINE]);
    let user = stand.ordinary()[0].clone();
    let (vendors, project) = (full("Engineering.NumVendors"), full("Engineering.Project"));
    let columns = format!("id,{vendors},{project}");
    stand
        .run(&["export", "--columns", &columns, "-o", "e.csv"])
        .must(0);
    let mut sheet = stand.sheet("e.csv");
    stand.edit(&id(&user), &project, json!(["Baker"]));
    sheet.set(&id(&user), &vendors, "5");
    stand.save("e.csv", &sheet);
    stand
        .run(&[&["apply", "e.csv", "--yes"], &OPEN[..]].concat())
        .must(0);
    let held = stand.dump()[&id(&user)]["customSecurityAttributes"].clone();
    assert_eq!(held["Engineering"]["NumVendors"], 5);
    assert_eq!(held["Engineering"]["Project"], json!(["Baker"]));
    sheet.set(&id(&user), &project, "Alpine");
    stand.save("e.csv", &sheet);
    stand.run(&[&["plan", "e.csv"], &OPEN[..]].concat()).must(5);
}

//! Custom security attributes of every type, from export to undo, and what it costs.

use std::collections::BTreeMap;

use dirsheet::sandbox::{Extensions, People, SandboxOptions};
use serde_json::{Value as Json, json};

use super::big::id;
use super::breaking_off::resumed;
use super::stand::{Stand, people};

/// Set and name with the type, what stands there before (JSON), what is typed into the cell, what an export shows afterwards where
/// that is another text, and what stands in its set in the body of the PATCH.
type Line = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static str,
);

#[rustfmt::skip]
const TABLE: &[Line] = &[
    ("Engineering.ProjectDate:String", r#""2022-10-01""#, "after the summer", None, r#"{"ProjectDate": "after the summer"}"#),
    ("Engineering.NumVendors:Integer", "4", "-2147483648", None, r##"{"NumVendors@odata.type": "#Int32", "NumVendors": -2147483648}"##),
    ("Engineering.Certification:Boolean", "null", "FALSE", Some("false"), r#"{"Certification": false}"#),
    ("Engineering.Project:String[]=Alpine|Baker|Cascade", r#"["Alpine"]"#, "Baker; Cascade", None, r##"{"Project@odata.type": "#Collection(String)", "Project": ["Baker", "Cascade"]}"##),
    ("Engineering.CostCenter:Integer[]", "[1001]", "1001; 1003", None, r##"{"CostCenter@odata.type": "#Collection(Int32)", "CostCenter": [1001, 1003]}"##),
    ("Marketing.Level:String=Public|Confidential", r#""Public""#, "Confidential", None, r#"{"Level": "Confidential"}"#),
    ("Marketing.Grade:Integer=1|2|3", "1", "3", None, r##"{"Grade@odata.type": "#Int32", "Grade": 3}"##),
    ("Marketing.Cleared:String", r#""old""#, "<clear>", Some(""), r#"{"Cleared": null}"#),
    ("Marketing.ClearedList:Integer[]", "[5]", "<clear>", Some(""), r#"{"ClearedList": []}"#),
    ("Marketing.OldCode:String~", r#""kept""#, "<clear>", Some(""), r#"{"OldCode": null}"#),
];

pub const ASSIGN: &str = "CustomSecAttributeAssignment.ReadWrite.All";
pub const DEFINE: &str = "CustomSecAttributeDefinition.Read.All";
pub const OPEN: [&str; 4] = ["--max-users", "100%", "--max-clears", "100%"];
const SET_TYPE: &str = "#Microsoft.DirectoryServices.CustomSecurityAttributeValue";

/// `customSecurityAttributes.Engineering.Project` of a line of the table or a part of it.
pub fn full(own: &str) -> String {
    let own = own.split(':').next().unwrap();
    format!("customSecurityAttributes.{own}")
}

/// A tenant with these definitions, to whose users an application with these permissions beside the ordinary ones comes.
pub fn stand(users: usize, roles: &[&str]) -> Stand {
    let options = people(users);
    let mut extensions = Extensions::default();
    for (own, ..) in TABLE {
        assert!(
            extensions.register(&format!("customSecurityAttributes.{own}")),
            "{own}"
        );
    }
    let roles = roles.iter().map(|role| (*role).to_owned());
    Stand::open(SandboxOptions {
        roles: options.roles.iter().cloned().chain(roles).collect(),
        extensions,
        ..options
    })
}

fn value(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

/// The body of one attribute.
fn body(own: &str, values: &str) -> Json {
    let mut set = value(values);
    set["@odata.type"] = json!(SET_TYPE);
    json!({"customSecurityAttributes": {own.split('.').next().unwrap(): set}})
}

#[test]
fn an_attribute_of_every_type_is_exported_edited_planned_applied_verified_and_taken_back() {
    let stand = stand(60, &[ASSIGN, DEFINE]);
    let users: Vec<Json> = stand.ordinary().into_iter().take(TABLE.len()).collect();
    for ((own, before, ..), user) in TABLE.iter().zip(&users) {
        stand.edit(&id(user), &full(own), value(before));
        // What no column is about stays.
        stand.edit(&id(user), &full("Marketing.Grade"), 2);
    }
    let columns = "id,customSecurityAttributes.*";
    let export = |file: &str| {
        stand.run(&["export", "--columns", columns, "-o", file]).must(0);
        stand.sheet(file)
    };
    let first = export("first.csv");
    assert_eq!(first.header.len(), 3 + TABLE.len(), "{:?}", first.header);
    let before = stand.dump();
    // Untouched, it asks for nothing.
    assert_eq!(
        stand.json(&["plan", "first.csv"], 0)["summary"]["cells_changed"],
        0
    );

    let mut edited = first.clone();
    for ((own, _, cell, ..), user) in TABLE.iter().zip(&users) {
        edited.set(&id(user), &full(own), *cell);
    }
    stand.save("edited.csv", &edited);
    // Offline the export itself knows the definitions.
    stand.run(&["check", "edited.csv"]).must(0);
    let plan = stand.json(
        &[&["plan", "edited.csv", "-o", "plan.json"], &OPEN[..]].concat(),
        0,
    );
    let planned: BTreeMap<&str, &str> = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            (
                change["user"].as_str().unwrap(),
                change["column"].as_str().unwrap(),
            )
        })
        .collect();
    for ((own, ..), user) in TABLE.iter().zip(&users) {
        assert_eq!(planned.get(id(user).as_str()), Some(&full(own).as_str()));
    }
    assert_eq!(planned.len(), TABLE.len());

    let applied = stand.json(&[&["apply", "plan.json", "--yes"], &OPEN[..]].concat(), 0);
    assert_eq!(
        applied["summary"]["updated"],
        TABLE.len(),
        "{}",
        applied["summary"]
    );
    let history = stand.history();
    for ((own, _, _, _, values), user) in TABLE.iter().zip(&users) {
        let sent: Vec<&Json> = history
            .iter()
            .filter(|write| write.user_id == id(user))
            .map(|write| &write.body)
            .collect();
        assert_eq!(sent, [&body(own, values)], "{own}");
    }
    let second = export("second.csv");
    for ((own, _, cell, shown, _), user) in TABLE.iter().zip(&users) {
        assert_eq!(second.of(&id(user), &full(own)), shown.unwrap_or(cell), "{own}");
    }
    // Two exports are compared by the kind of value, and a sheet with the directory.
    let diff = stand.json(&["diff", "first.csv", "second.csv"], 0);
    assert_eq!(
        diff["summary"]["users_changed"],
        TABLE.len(),
        "{}",
        diff["summary"]
    );
    let diff = stand.json(&["diff", "second.csv", "live"], 0);
    assert_eq!(diff["summary"]["users_changed"], 0);
    let run = applied["run"].as_str().unwrap().to_owned();
    let report = stand.report(&run);
    assert!(
        report.header.contains(&full("Engineering.Project")),
        "{:?}",
        report.header
    );

    // What is deactivated can be taken away and not given back.
    let undone = stand.json(&["undo", &run, "--yes"], 6);
    let summary = &undone["summary"];
    assert_eq!(
        (&summary["updated"], &summary["failed"]),
        (&json!(TABLE.len() - 1), &json!(1)),
        "{summary}"
    );
    let after = stand.dump();
    for ((own, ..), user) in TABLE
        .iter()
        .zip(&users)
        .filter(|((own, ..), _)| !own.ends_with('~'))
    {
        let held = |dump: &super::stand::Dump| dump[&id(user)]["customSecurityAttributes"].clone();
        assert_eq!(held(&before), held(&after), "{own}");
    }
}

#[test]
fn several_sets_of_a_user_are_one_request_and_the_other_cells_another() {
    let stand = stand(20, &[ASSIGN, DEFINE]);
    let user = stand.ordinary()[0].clone();
    let columns = format!(
        "id,jobTitle,{},{}",
        full("Engineering.NumVendors"),
        full("Marketing.Level")
    );
    stand
        .run(&["export", "--columns", &columns, "-o", "two.csv"])
        .must(0);
    let mut sheet = stand.sheet("two.csv");
    sheet.set(&id(&user), "jobTitle", "Cook");
    sheet.set(&id(&user), &full("Engineering.NumVendors"), "7");
    sheet.set(&id(&user), &full("Marketing.Level"), "Public");
    stand.save("two.csv", &sheet);
    stand
        .run(&[&["apply", "two.csv", "--yes"], &OPEN[..]].concat())
        .must(0);
    let bodies: Vec<Json> = stand.history().into_iter().map(|write| write.body).collect();
    assert_eq!(
        bodies,
        [
            json!({"jobTitle": "Cook"}),
            json!({"customSecurityAttributes": {
                "Engineering": {"@odata.type": SET_TYPE, "NumVendors@odata.type": "#Int32", "NumVendors": 7},
                "Marketing": {"@odata.type": SET_TYPE, "Level": "Public"},
            }}),
        ]
    );
}

#[test]
fn a_run_that_broke_off_is_resumed_without_the_definitions_and_a_snapshot_brings_them_back() {
    let stand = stand(40, &[ASSIGN, DEFINE]);
    let users: Vec<Json> = stand.ordinary().into_iter().take(8).collect();
    let columns = "customSecurityAttributes.Engineering.*";
    stand
        .run(&["export", "--columns", columns, "-o", "e.csv"])
        .must(0);
    let snapshot = stand.json(&["snapshots"], 0)[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut sheet = stand.sheet("e.csv");
    for user in &users {
        sheet.set(&id(user), &full("Engineering.Project"), "Alpine");
    }
    stand.save("e.csv", &sheet);
    stand.faults("503,on=write-batch");
    let apply = ["apply", "e.csv", "--yes", "--deadline", "2s"];
    let broken = stand.run(&[&apply, &OPEN[..]].concat());
    assert_ne!(broken.code, Some(0), "{broken:?}");
    stand.faults("");
    resumed(&stand, &stand.newest_run());
    let held = |user: &Json| stand.dump()[&id(user)]["customSecurityAttributes"].clone();
    for user in &users {
        assert_eq!(held(user)["Engineering"]["Project"], json!(["Alpine"]));
    }
    let restore = ["apply", "--restore", &snapshot, "--yes", "--allow", "emptied"];
    stand.run(&[&restore, &OPEN[..]].concat()).must(0);
    assert!(users.iter().all(|user| held(user).is_null()));
}

#[test]
fn the_definitions_cost_one_request_and_a_cell_no_more_than_any_other() {
    let stand = stand(30, &[ASSIGN, DEFINE]);
    let cost = |columns: &str, column: &str, cell: &str| {
        let before = stand.stats().http_requests;
        stand
            .run(&["export", "-o", "cost.csv", "--columns", columns])
            .must(0);
        let exported = stand.stats().http_requests - before;
        let mut sheet = stand.sheet("cost.csv");
        sheet.set(&id(&stand.ordinary()[0]), column, cell);
        stand.save("cost.csv", &sheet);
        let before = stand.stats().http_requests;
        stand
            .run(&[&["apply", "cost.csv", "--yes"], &OPEN[..]].concat())
            .must(0);
        (exported, stand.stats().http_requests - before)
    };
    let plain = cost("id,jobTitle", "jobTitle", "Cook");
    let level = full("Marketing.Level");
    let own = cost(&format!("id,{level}"), &level, "Public");
    assert_eq!(own, (plain.0 + 1, plain.1 + 1));
}

#[test]
fn the_sample_gives_people_projects_and_levels() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let stand = Stand::open(SandboxOptions {
        people: People::FromSheet(folder.join("directory.csv")),
        ..SandboxOptions::for_practice()
    });
    let sample = std::fs::read(folder.join("security-attributes.csv")).unwrap();
    stand.write("security-attributes.csv", sample);
    let apply = ["apply", "security-attributes.csv", "--yes"];
    let applied = stand.json(&[&apply, &OPEN[..]].concat(), 0);
    assert_eq!(applied["summary"]["updated"], 3, "{}", applied["summary"]);
    assert_eq!(stand.history().len(), 3);
}

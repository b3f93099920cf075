//! What the tenant made for itself: directory extensions of every type and schema extensions, from export to undo.

use std::collections::BTreeMap;

use dirsheet::sandbox::{Extensions, SandboxOptions};
use serde_json::{Value as Json, json};

use super::big::id;
use super::stand::{Stand, people};

pub const APP: &str = "extension_0123456789abcdef0123456789abcdef";

/// Own name and type, what stands there before (JSON), what is typed into the cell, what an export shows afterwards where that is
/// another text, and what stands in the body of the PATCH.
type Line = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static str,
);

#[rustfmt::skip]
const TABLE: &[Line] = &[
    ("costCentre", "String", r#""K-1""#, "K-77", None, r#""K-77""#),
    ("nothingYet", "String", "null", "first", None, r#""first""#),
    ("level", "Integer", "3", "-2147483648", None, "-2147483648"),
    ("badge", "LargeInteger", "1", "9007199254740993", None, "9007199254740993"),
    ("remote", "Boolean", "true", "FALSE", Some("false"), "false"),
    ("until", "DateTime", r#""2026-01-01T00:00:00Z""#, "2031-02-03", Some("2031-02-03T00:00:00Z"), r#""2031-02-03T00:00:00Z""#),
    ("teams", "String[]", r#"["A"]"#, "B; \"C; D\"", None, r#"["B","C; D"]"#),
    ("rooms", "Integer[]", "[1,2]", "7; 8", None, "[7,8]"),
    ("flags", "Boolean[]", "[true]", "true; false", None, "[true,false]"),
    ("days", "DateTime[]", "null", "2031-02-03", Some("2031-02-03T00:00:00Z"), r#"["2031-02-03T00:00:00Z"]"#),
    ("cleared", "String", r#""old""#, "<clear>", Some(""), "null"),
    ("clearedList", "Integer[]", "[5]", "<clear>", Some(""), "null"),
];

pub fn full(own: &str) -> String {
    format!("{APP}_{own}")
}

pub fn registered(more: &[&str]) -> Extensions {
    let mut extensions = Extensions::default();
    for (own, data_type, ..) in TABLE {
        assert!(extensions.register(&format!("{}:{data_type}", full(own))));
    }
    for header in more {
        assert!(extensions.register(header), "{header}");
    }
    extensions
}

pub fn stand(users: usize, more: &[&str]) -> Stand {
    let options = people(users);
    let roles = ["Directory.Read.All", "Application.Read.All"].map(str::to_owned);
    Stand::open(SandboxOptions {
        roles: options.roles.iter().cloned().chain(roles).collect(),
        extensions: registered(more),
        ..options
    })
}

fn all() -> String {
    let names: Vec<String> = TABLE.iter().map(|(own, ..)| full(own)).collect();
    format!("id,{}", names.join(","))
}

fn value(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

pub const OPEN: [&str; 4] = ["--max-users", "100%", "--max-clears", "100%"];

#[test]
fn an_extension_of_every_type_is_exported_edited_planned_applied_verified_and_taken_back() {
    let stand = stand(60, &[]);
    let users: Vec<Json> = stand.ordinary().into_iter().take(TABLE.len()).collect();
    assert_eq!(users.len(), TABLE.len());
    for ((own, _, before, ..), user) in TABLE.iter().zip(&users) {
        stand.edit(&id(user), &full(own), value(before));
    }
    let export = |file: &str| {
        stand.run(&["export", "--columns", &all(), "-o", file]).must(0);
        stand.sheet(file)
    };
    let first = export("first.csv");
    let before = stand.dump();
    // Untouched, it asks for nothing.
    assert_eq!(
        stand.json(&["plan", "first.csv"], 0)["summary"]["cells_changed"],
        0
    );

    let mut edited = first.clone();
    for ((own, _, _, cell, ..), user) in TABLE.iter().zip(&users) {
        edited.set(&id(user), &full(own), *cell);
    }
    stand.save("edited.csv", &edited);
    // Offline the export itself knows the types.
    stand.run(&["check", "edited.csv"]).must(0);
    let plan = stand.json(&[&["plan", "edited.csv"], &OPEN[..]].concat(), 0);
    assert_eq!(plan["summary"]["cells_changed"], TABLE.len(), "{plan}");
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
        assert_eq!(planned[id(user).as_str()], full(own));
    }

    let applied = stand.json(&[&["apply", "edited.csv", "--yes"], &OPEN[..]].concat(), 0);
    assert_eq!(
        applied["summary"]["updated"],
        TABLE.len(),
        "{}",
        applied["summary"]
    );
    let history = stand.history();
    for ((own, _, _, _, _, body), user) in TABLE.iter().zip(&users) {
        let sent: Vec<&Json> = history
            .iter()
            .filter(|write| write.user_id == id(user))
            .map(|write| &write.body)
            .collect();
        assert_eq!(sent, [&json!({ full(own): value(body) })], "{own}");
    }
    let second = export("second.csv");
    for ((own, _, _, cell, shown, _), user) in TABLE.iter().zip(&users) {
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
    assert_eq!(
        stand.json(&["diff", "second.csv", "live"], 0)["summary"]["users_changed"],
        0
    );

    let run = applied["run"].as_str().unwrap().to_owned();
    let undone = stand.json(&["undo", &run, "--yes"], 0);
    assert_eq!(undone["summary"]["updated"], TABLE.len(), "{}", undone["summary"]);
    let after = stand.dump();
    for user in &users {
        assert_eq!(
            before[&id(user)]["extensionValues"],
            after[&id(user)]["extensionValues"]
        );
    }
}

//! What the tenant made for itself: which extensions there are here, and how their values are compared.

use dirsheet::sandbox::{Extensions, SandboxOptions};
use serde_json::json;

use super::big::id;
use super::stand::{Stand, people};

pub const APP: &str = "extension_0123456789abcdef0123456789abcdef";

/// Own name and type of the extensions here: every type in which somebody can type. The way of each from export to undo is a line in
/// `everything`.
const OWN: [(&str, &str); 12] = [
    ("costCentre", "String"),
    ("nothingYet", "String"),
    ("level", "Integer"),
    ("badge", "LargeInteger"),
    ("remote", "Boolean"),
    ("until", "DateTime"),
    ("teams", "String[]"),
    ("rooms", "Integer[]"),
    ("flags", "Boolean[]"),
    ("days", "DateTime[]"),
    ("cleared", "String"),
    ("clearedList", "Integer[]"),
];

pub fn full(own: &str) -> String {
    format!("{APP}_{own}")
}

pub fn registered(more: &[&str]) -> Extensions {
    let mut extensions = Extensions::default();
    for (own, data_type) in OWN {
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

pub const OPEN: [&str; 4] = ["--max-users", "100%", "--max-clears", "100%"];

#[test]
fn extensions_are_compared_by_the_kind_of_value_and_known_offline_by_their_export() {
    let stand = stand(60, &[]);
    let users: Vec<String> = stand.ordinary().iter().take(3).map(id).collect();
    let before = [
        ("costCentre", json!("K-1")),
        ("until", json!("2026-01-01T00:00:00Z")),
        ("teams", json!(["A", "B"])),
    ];
    for ((own, value), user) in before.iter().zip(&users) {
        stand.edit(user, &full(own), value.clone());
    }
    let columns = before.each_ref().map(|(own, _)| full(own)).join(",");
    let export = |file: &str| {
        stand.run(&["export", "--columns", &columns, "-o", file]).must(0);
        stand.sheet(file)
    };
    let mut edited = export("first.csv");
    let differ = |one: &str, other: &str| {
        let diff = stand.json(&["diff", one, other], 0);
        diff["summary"]["users_changed"].as_u64().unwrap()
    };
    // Untouched, it asks for nothing.
    let plan = stand.json(&["plan", "first.csv"], 0);
    assert_eq!(plan["summary"]["cells_changed"], 0);
    assert_eq!(differ("first.csv", "live"), 0);
    // Other words for the same are the same.
    edited.set(&users[1], &full("until"), "2026-01-01");
    edited.set(&users[2], &full("teams"), "B; A");
    stand.save("edited.csv", &edited);
    assert_eq!(differ("first.csv", "edited.csv"), 0);
    edited.set(&users[0], &full("costCentre"), "K-77");
    stand.save("edited.csv", &edited);
    assert_eq!(differ("first.csv", "edited.csv"), 1);
    // Offline the export itself knows the types.
    stand.run(&["check", "edited.csv"]).must(0);
    stand
        .run(&[&["apply", "edited.csv", "--yes"], &OPEN[..]].concat())
        .must(0);
    export("second.csv");
    assert_eq!(differ("edited.csv", "second.csv"), 0);
    assert_eq!(differ("first.csv", "live"), 1);
}

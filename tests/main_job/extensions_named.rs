//! Extensions by their short names, names and values that are refused, what cannot be edited, schema extensions, and what it costs.

use dirsheet::sandbox::SandboxOptions;
use serde_json::{Value as Json, json};

use super::big::id;
use super::extensions::{APP, OPEN, full, registered, stand};
use super::stand::{Stand, people};

const OTHER_APP: &str = "extension_fedcba9876543210fedcba9876543210";
const SCHEMA: [&str; 3] = [
    "ext2a3b4c5d_company.level:Integer",
    "ext2a3b4c5d_company.title:String",
    "ext2a3b4c5d_company.until:DateTime",
];

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
fn a_short_name_is_enough_where_it_means_one_extension_and_nothing_else() {
    let stand = stand(20, &[]);
    let user = stand.ordinary()[0].clone();
    stand
        .run(&["export", "--columns", "id,COSTCENTRE", "-o", "one.csv"])
        .must(0);
    let header = stand.sheet("one.csv").header;
    assert!(header.contains(&full("costCentre")), "{header:?}");
    // The short name in a header means the same, also for the base.
    stand.write(
        "short.csv",
        format!(
            "id,Cost Centre,jobTitle\n{},K-9,{}\n",
            id(&user),
            user["jobTitle"].as_str().unwrap_or("<clear>")
        ),
    );
    let text = stand.read("short.csv").replace("Cost Centre", "costCentre");
    stand.write("short.csv", text);
    stand
        .run(&[&["apply", "short.csv", "--yes"], &OPEN[..]].concat())
        .must(0);
    assert_eq!(
        stand.dump()[&id(&user)]["extensionValues"][full("costCentre")],
        "K-9"
    );
    assert_eq!(stand.history().len(), 1);
}

#[test]
fn a_short_name_of_two_extensions_is_refused_with_both_full_names() {
    let other = format!("{OTHER_APP}_costCentre:Integer");
    let stand = stand(10, &[&other]);
    let user = stand.ordinary()[0].clone();
    let names = [full("costCentre"), format!("{OTHER_APP}_costCentre")];
    stand
        .run(&["export", "--columns", "costCentre", "-o", "x.csv"])
        .must(2)
        .says(&[
            "means more than one extension of the tenant",
            &names[0],
            &names[1],
        ]);
    stand.write("two.csv", format!("id,costCentre\n{},1\n", id(&user)));
    let found = findings(&stand, &["plan", "two.csv"], 3);
    assert_eq!(found[0].0, "unknown-column");
    assert!(names.iter().all(|name| found[0].2.contains(name)), "{found:?}");
}

#[test]
fn a_short_name_that_an_attribute_has_means_the_attribute() {
    let mine = format!("{APP}_jobTitle:String");
    let stand = stand(10, &[&mine]);
    let user = stand.ordinary()[0].clone();
    stand.write("job.csv", format!("id,jobTitle\n{},Cook\n", id(&user)));
    stand
        .run(&[&["apply", "job.csv", "--yes"], &OPEN[..]].concat())
        .must(0);
    assert_eq!(stand.history()[0].body, json!({"jobTitle": "Cook"}));
}

#[test]
fn a_name_that_the_tenant_does_not_have_is_refused_at_once_with_the_nearest_ones() {
    let stand = stand(10, &[]);
    let user = stand.ordinary()[0].clone();
    stand.write("wrong.csv", format!("id,{APP}_costCenter\n{},1\n", id(&user)));
    let found = findings(&stand, &["plan", "wrong.csv"], 3);
    assert_eq!(found[0].0, "unknown-extension");
    assert!(found[0].2.contains(&full("costCentre")), "{found:?}");
    stand
        .run(&["export", "--columns", &format!("{APP}_costCenter"), "-o", "x.csv"])
        .must(2)
        .says(&["has no extension", &full("costCentre")]);
    assert_eq!(stand.history(), []);
}

#[test]
fn a_value_of_another_type_is_refused_with_its_cell() {
    let stand = stand(10, &[]);
    let user = stand.ordinary()[0].clone();
    let long = "x".repeat(257);
    let many = (0..101).map(|n| n.to_string()).collect::<Vec<_>>().join("; ");
    for (own, cell, rule) in [
        ("costCentre", long.as_str(), "too-long"),
        ("level", "three", "not-a-number"),
        ("level", "2147483648", "number-out-of-range"),
        ("badge", "1.5", "not-a-number"),
        ("remote", "perhaps", "not-true-or-false"),
        ("until", "03/02/2031", "not-a-date"),
        ("teams", long.as_str(), "too-long"),
        ("rooms", "1; two", "not-a-number"),
        ("rooms", "1; 2147483648", "number-out-of-range"),
        ("rooms", many.as_str(), "too-many-items"),
        ("flags", "true; perhaps", "not-true-or-false"),
        ("days", "2031-02-03; never", "not-a-date"),
    ] {
        stand.write("bad.csv", format!("id,{}\n{},{cell}\n", full(own), id(&user)));
        let found = findings(&stand, &["plan", "bad.csv"], 3);
        assert_eq!(found[0].0, rule, "{own} {cell}: {found:?}");
    }
    assert_eq!(stand.history(), []);
}

#[test]
fn what_comes_from_active_directory_and_what_holds_bytes_is_shown_and_not_edited() {
    let (synced, bytes) = (format!("{APP}_fromAd:String!"), format!("{APP}_key:Binary"));
    let stand = stand(10, &[&synced, &bytes]);
    let user = stand.ordinary()[0].clone();
    stand.edit(&id(&user), &full("fromAd"), "A-1");
    stand.edit(&id(&user), &full("key"), "AAEC");
    let columns = format!("{},{}", full("fromAd"), full("key"));
    stand
        .run(&["export", "--columns", &columns, "-o", "shown.csv"])
        .must(0);
    let mut sheet = stand.sheet("shown.csv");
    assert_eq!(sheet.of(&id(&user), &full("key")), "AAEC");
    for (own, reason) in [
        ("fromAd", "it comes from the on-premises Active Directory"),
        ("key", "it holds bytes"),
    ] {
        let before = sheet.of(&id(&user), &full(own)).to_owned();
        sheet.set(&id(&user), &full(own), "BBBB");
        stand.save("edited.csv", &sheet);
        let found = findings(&stand, &["plan", "edited.csv"], 3);
        assert_eq!(found[0].0, "read-only");
        assert!(found[0].1.contains(reason), "{found:?}");
        sheet.set(&id(&user), &full(own), before);
    }
}

#[test]
fn offline_a_type_that_nobody_knows_is_said_and_no_error() {
    let stand = stand(10, &[]);
    let user = stand.ordinary()[0].clone();
    stand.write("new.csv", format!("id,{}\n{},three\n", full("level"), id(&user)));
    let found = findings(&stand, &["check", "new.csv"], 0);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "extension-type-not-known");
    // An export of the column knows it.
    stand
        .run(&["export", "--columns", "level", "-o", "level.csv"])
        .must(0);
    let mut sheet = stand.sheet("level.csv");
    sheet.set(&id(&user), &full("level"), "three");
    stand.save("level.csv", &sheet);
    let found = findings(&stand, &["check", "level.csv"], 3);
    assert_eq!(found[0].0, "not-a-number");
}

#[test]
fn all_extensions_of_users_are_exported_on_request_and_nothing_of_other_objects() {
    let stand = stand(10, &[]);
    stand
        .run(&["export", "--columns", "minimal", "--extensions", "-o", "all.xlsx"])
        .must(0);
    stand
        .run(&["export", "--columns", "minimal", "--extensions", "-o", "all.csv"])
        .must(0);
    let header = stand.sheet("all.csv").header;
    let own = header.iter().filter(|name| name.starts_with(APP)).count();
    assert_eq!(own, 12);
    // The workbook is as good a sheet as any.
    let plan = stand.json(&["plan", "all.xlsx"], 0);
    assert_eq!(plan["summary"]["cells_changed"], 0);
}

#[test]
fn without_the_permission_a_named_extension_is_refused_in_words_and_nothing_is_asked() {
    let stand = Stand::open(SandboxOptions { ..people(10) });
    let user = stand.ordinary()[0].clone();
    stand.write("x.csv", format!("id,{}\n{},1\n", full("level"), id(&user)));
    let found = findings(&stand, &["plan", "x.csv"], 3);
    assert_eq!(found[0].0, "extension-not-read");
    assert!(found[0].1.contains("Directory.Read.All"));
    stand
        .run(&["export", "--extensions", "-o", "x.csv"])
        .must(7)
        .says(&["Directory.Read.All"]);
}

#[test]
fn a_leaf_of_a_schema_extension_is_written_with_the_leaves_beside_it() {
    let stand = stand(20, &SCHEMA);
    let users: Vec<Json> = stand.ordinary().into_iter().take(3).collect();
    let leaf = |leaf: &str| format!("ext2a3b4c5d_company.{leaf}");
    stand.edit(&id(&users[0]), &leaf("level"), 3);
    stand.edit(&id(&users[0]), &leaf("title"), "Boss");
    stand.edit(&id(&users[1]), &leaf("title"), "Cook");
    let columns = format!("{},{}", leaf("level"), leaf("title"));
    let export = |file: &str| {
        stand.run(&["export", "--columns", &columns, "-o", file]).must(0);
        stand.sheet(file)
    };
    let mut sheet = export("schema.csv");
    let before = stand.dump();
    sheet.set(&id(&users[0]), &leaf("level"), "4");
    sheet.set(&id(&users[1]), &leaf("title"), "<clear>");
    sheet.set(&id(&users[2]), &leaf("level"), "1");
    stand.save("schema.csv", &sheet);
    let applied = stand.json(&[&["apply", "schema.csv", "--yes"], &OPEN[..]].concat(), 0);
    assert_eq!(applied["summary"]["updated"], 3, "{}", applied["summary"]);
    let bodies: Vec<Json> = users
        .iter()
        .map(|user| {
            let history = stand.history();
            let own = history.iter().find(|write| write.user_id == id(user)).unwrap();
            own.body["ext2a3b4c5d_company"].clone()
        })
        .collect();
    assert_eq!(
        bodies,
        [
            json!({"level": 4, "title": "Boss", "until": null}),
            json!({"level": null, "title": null, "until": null}),
            json!({"level": 1, "title": null, "until": null}),
        ]
    );
    let after = export("after.csv");
    assert_eq!(after.of(&id(&users[0]), &leaf("title")), "Boss");
    let run = applied["run"].as_str().unwrap().to_owned();
    stand.run(&["undo", &run, "--yes"]).must(0);
    for user in &users {
        assert_eq!(
            stand.dump()[&id(user)]["extensionValues"],
            before[&id(user)]["extensionValues"]
        );
    }
    stand.write(
        "no.csv",
        format!("id,ext2a3b4c5d_company.rank\n{},1\n", id(&users[0])),
    );
    assert_eq!(findings(&stand, &["plan", "no.csv"], 3)[0].0, "unknown-extension");
}

#[test]
fn the_definitions_cost_one_request_and_nobody_else_pays_for_them() {
    let stand = stand(30, &SCHEMA);
    let cost = |columns: &str| {
        let before = stand.stats().http_requests;
        stand
            .run(&["export", "-o", "cost.csv", "--columns", columns])
            .must(0);
        stand.stats().http_requests - before
    };
    let plain = cost("id,jobTitle");
    assert_eq!(cost("id,jobTitle,level,rooms"), plain + 1);
    assert_eq!(cost("id,ext2a3b4c5d_company.level"), plain + 1);
    assert_eq!(cost("id,level,ext2a3b4c5d_company.level"), plain + 2);
    let applied = |columns: &str, column: &str, cell: &str| {
        cost(columns);
        let mut sheet = stand.sheet("cost.csv");
        sheet.set(&id(&stand.ordinary()[0]), column, cell);
        stand.save("cost.csv", &sheet);
        let before = stand.stats().http_requests;
        stand
            .run(&[&["apply", "cost.csv", "--yes"], &OPEN[..]].concat())
            .must(0);
        stand.stats().http_requests - before
    };
    let plain = applied("id,jobTitle", "jobTitle", "Cook");
    assert_eq!(applied("id,level", &full("level"), "5"), plain + 1);
    let leaf = "ext2a3b4c5d_company.level";
    assert_eq!(applied(&format!("id,level,{leaf}"), leaf, "5"), plain + 2);
}

#[test]
fn in_a_tenant_whose_list_is_empty_a_full_name_is_asked_of_its_application() {
    let mut extensions = registered(&[]);
    extensions.crowded = true;
    let options = people(20);
    let stand = Stand::open(SandboxOptions {
        roles: options
            .roles
            .iter()
            .cloned()
            .chain(["Directory.Read.All".to_owned()])
            .collect(),
        extensions,
        ..options
    });
    let user = stand.ordinary()[0].clone();
    stand.write("level.csv", format!("id,{}\n{},5\n", full("level"), id(&user)));
    stand
        .run(&[&["apply", "level.csv", "--yes"], &OPEN[..]].concat())
        .must(0);
    assert_eq!(stand.history()[0].body, json!({full("level"): 5}));
    stand.write("none.csv", format!("id,{OTHER_APP}_level\n{},5\n", id(&user)));
    assert_eq!(
        findings(&stand, &["plan", "none.csv"], 3)[0].0,
        "unknown-extension"
    );
}

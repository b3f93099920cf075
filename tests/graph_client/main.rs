//! The practice directory, driven by Microsoft's own JavaScript client (`@microsoft/microsoft-graph-client`), and its outcomes beside ours.
//!
//! Where Node.js or the client is missing, the tests say so loudly and pass; `.ci/run` installs the client and sets
//! `DIRSHEET_GRAPH_CLIENT=required`, which turns a skipped test into a failed one. By hand:
//! `npm ci --prefix target/graph_client` after copying the two `package` files there.

// Helpers of tests may stop a test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod client;
#[allow(dead_code)]
#[path = "../common/sheet.rs"]
mod sheet;
#[allow(dead_code)]
#[path = "../common/stand.rs"]
mod stand;

use std::collections::BTreeMap;

use dirsheet::sandbox::SandboxOptions;
use serde_json::{Value as Json, json};

use client::Client;
use sheet::unguarded;
use stand::{Stand, people};

/// Columns that are plain texts on both sides.
const COLUMNS: [&str; 8] = [
    "userPrincipalName",
    "displayName",
    "jobTitle",
    "department",
    "officeLocation",
    "mobilePhone",
    "employeeId",
    "usageLocation",
];

fn id(user: &Json) -> &str {
    user["id"].as_str().unwrap()
}

/// A small picture.
fn jpeg() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(64, 64, |x, y| image::Rgb([x as u8 * 4, y as u8 * 4, 90]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

fn by_id(users: &Json) -> BTreeMap<&str, &Json> {
    users
        .as_array()
        .unwrap()
        .iter()
        .map(|user| (id(user), user))
        .collect()
}

#[test]
fn the_official_client_collects_page_by_page_what_dirsheet_exports() {
    let stand = Stand::of(137);
    let Some(client) = Client::find(&stand) else {
        return;
    };
    let columns = COLUMNS.join(",");
    let path = format!(
        "/users?$select=id,{columns}&$expand=manager($levels=1;$select=id,userPrincipalName)&$top=20&$count=true"
    );
    let got = client.step(
        "pages",
        &json!({"path": path, "headers": {"ConsistencyLevel": "eventual"}}),
    );
    assert_eq!(got["firstPage"], 20);
    let users = by_id(&got["items"]);
    assert_eq!((users.len(), &got["count"]), (137, &json!(137)));

    let sheet = stand.export_columns(&format!("id,{columns},manager"));
    assert_eq!(sheet.rows.len(), 137);
    for (row, id) in sheet.cells("id").into_iter().enumerate() {
        let user = users[id];
        for column in COLUMNS {
            let theirs = user[column].as_str().unwrap_or_default();
            assert_eq!(
                unguarded(sheet.cell(row, column)),
                unguarded(theirs),
                "{column} of {id}"
            );
        }
        let manager = user["manager"]["userPrincipalName"].as_str().unwrap_or_default();
        assert_eq!(sheet.cell(row, "manager"), manager, "manager of {id}");
    }
}

#[test]
fn a_patch_of_either_is_seen_by_the_other() {
    let stand = Stand::of(40);
    let Some(client) = Client::find(&stand) else {
        return;
    };
    let users = stand.ordinary();
    let (ours, theirs, boss) = (id(&users[1]), id(&users[2]), id(&users[3]));

    // Ours, seen by the official client.
    stand.wish(
        "id,jobTitle,employeeOrgData.division",
        "jobTitle",
        &[(ours, "Pilot é 😀")],
    );
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let got = client.step(
        "get",
        &json!({"path": format!("/users/{ours}?$select=id,jobTitle")}),
    );
    assert_eq!(got["jobTitle"], "Pilot é 😀");

    // Theirs, seen by dirsheet; a 204 is nothing to the client.
    let path = format!("/users/{theirs}");
    let body = json!({"jobTitle": "Chef", "department": null, "businessPhones": ["+31 612345678"]});
    let answer = client.step("patch", &json!({"path": path, "body": body}));
    assert_eq!(
        (&answer["answer"], &answer["sent"][0]["status"]),
        (&Json::Null, &json!(204))
    );
    let sheet = stand.export_columns("id,jobTitle,department,businessPhones");
    assert_eq!(unguarded(sheet.of(theirs, "jobTitle")), "Chef");
    assert_eq!(sheet.of(theirs, "department"), "");
    assert_eq!(unguarded(sheet.of(theirs, "businessPhones")), "+31 612345678");

    let got = client.step("manager", &json!({"user": theirs, "manager": boss}));
    assert_eq!(got, json!({"found": boss, "gone": 404}));

    // What the service refuses, the client can read: code, request id and date stand where it looks for them.
    let refused = client.step(
        "refused",
        &json!({"path": format!("/users/{theirs}"), "method": "PATCH", "body": {"jobTitle": ""}}),
    );
    assert_eq!(refused["statusCode"], 400);
    assert_eq!(refused["code"], refused["body"]["code"]);
    assert!(
        refused["requestId"].as_str().is_some_and(|id| id.len() == 36),
        "{refused}"
    );
    assert_eq!(refused["hasDate"], true);
    let unknown = client.step(
        "refused",
        &json!({"path": "/users/nobody@contoso.example", "method": "GET"}),
    );
    assert_eq!(
        (&unknown["statusCode"], &unknown["code"]),
        (&json!(404), &json!("Request_ResourceNotFound"))
    );
}

#[test]
fn a_batch_of_the_official_client_is_answered_item_by_item() {
    let stand = Stand::of(30);
    let Some(client) = Client::find(&stand) else {
        return;
    };
    let users = stand.ordinary();
    let user = |at: usize| format!("/users/{}", id(&users[at]));
    let requests = json!([
        {"id": "1", "method": "GET", "path": format!("{}?$select=id", user(1))},
        {"id": "2", "method": "PATCH", "path": user(2), "body": {"jobTitle": "By batch"}},
        {"id": "3", "method": "PATCH", "path": user(3), "body": {"noSuchProperty": "x"}},
        {"id": "4", "method": "GET", "path": "/users/nobody@contoso.example"},
    ]);
    let got = client.step("batch", &json!({"requests": requests}));
    let statuses = ["1", "2", "3", "4"].map(|id| got[id]["status"].as_u64().unwrap());
    assert_eq!(statuses, [200, 204, 400, 404], "{got}");
    assert_eq!(got["1"]["body"]["id"], users[1]["id"]);
    assert_eq!(stand.dump()[id(&users[2])]["jobTitle"], "By batch");

    // One after another: what depends on a request that failed is not done.
    let serial = json!([
        {"id": "a", "method": "PATCH", "path": user(4), "body": {"noSuchProperty": "x"}},
        {"id": "b", "method": "PATCH", "path": user(5), "body": {"jobTitle": "Never"}, "dependsOn": ["a"]},
    ]);
    let got = client.step("batch", &json!({"requests": serial}));
    assert_eq!(
        (&got["a"]["status"], &got["b"]["status"]),
        (&json!(400), &json!(424))
    );
    assert_ne!(stand.dump()[id(&users[5])]["jobTitle"], "Never");
}

#[test]
fn the_official_client_follows_changes_and_gets_those_that_dirsheet_made() {
    let stand = Stand::of(60);
    let Some(client) = Client::find(&stand) else {
        return;
    };
    let first = client.step(
        "pages",
        &json!({"path": "/users/delta?$select=id,jobTitle", "headers": {}}),
    );
    assert_eq!(by_id(&first["items"]).len(), 60);
    let users = stand.ordinary();
    let (one, two) = (id(&users[1]), id(&users[2]));
    stand.wish(
        "id,jobTitle",
        "jobTitle",
        &[(one, "Changed one"), (two, "Changed two")],
    );
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let next = client.step("pages", &json!({"path": first["deltaLink"], "headers": {}}));
    let changed = by_id(&next["items"]);
    assert_eq!(changed.len(), 2, "{next}");
    assert_eq!(changed[one]["jobTitle"], "Changed one");
    assert!(next["deltaLink"].is_string());
    let quiet = client.step("pages", &json!({"path": next["deltaLink"], "headers": {}}));
    assert_eq!(quiet["items"], json!([]));
}

#[test]
fn a_photo_of_either_is_the_others_byte_for_byte() {
    let stand = Stand::open(SandboxOptions {
        roles: SandboxOptions::for_practice().roles,
        app_role: SandboxOptions::for_practice().app_role,
        ..people(20)
    });
    let Some(client) = Client::find(&stand) else {
        return;
    };
    let users = stand.ordinary();
    let (theirs, ours) = (id(&users[1]), id(&users[2]));
    let picture = stand.path("picture.jpg");
    std::fs::write(&picture, jpeg()).unwrap();
    client.step("photo-put", &json!({"user": theirs, "file": picture}));
    stand
        .run(&[
            "export",
            "-o",
            "users.csv",
            "--columns",
            "id,photo",
            "--photos",
            "pictures",
        ])
        .must(0);
    let sheet = stand.sheet("users.csv");
    let name = unguarded(sheet.of(theirs, "photo")).to_owned();
    let exported = std::fs::read(stand.path("pictures").join(name)).unwrap();
    assert_eq!(exported, std::fs::read(&picture).unwrap());

    // The other way: dirsheet makes its own picture of a file, and the client gets what was sent.
    std::fs::create_dir(stand.path("mine")).unwrap();
    std::fs::copy(&picture, stand.path("mine/me.jpg")).unwrap();
    stand.write("photos.csv", format!("id,photo\n{ours},me.jpg\n"));
    stand
        .run(&["apply", "photos.csv", "--photos", "mine", "--yes"])
        .must(0);
    let file = stand.path("theirs.jpg");
    let facts = client.step("photo-get", &json!({"user": ours, "file": file}));
    assert_eq!(facts["@odata.mediaContentType"], "image/jpeg");
    stand
        .run(&[
            "export",
            "-o",
            "again.csv",
            "--columns",
            "id,photo",
            "--photos",
            "again",
        ])
        .must(0);
    let name = unguarded(stand.sheet("again.csv").of(ours, "photo")).to_owned();
    assert_eq!(
        std::fs::read(&file).unwrap(),
        std::fs::read(stand.path("again").join(name)).unwrap()
    );
}

#[test]
fn the_official_client_waits_as_long_as_the_directory_says_and_tries_again() {
    let stand = Stand::of(10);
    let Some(client) = Client::find(&stand) else {
        return;
    };
    let users = stand.ordinary();
    stand.faults("429:2,on=patch,times=1");
    let got = client.step(
        "patch",
        &json!({"path": format!("/users/{}", id(&users[1])), "body": {"jobTitle": "Patient"}}),
    );
    let sent = got["sent"].as_array().unwrap();
    let statuses: Vec<&Json> = sent.iter().map(|one| &one["status"]).collect();
    assert_eq!(statuses, [&json!(429), &json!(204)], "{got}");
    assert_eq!(sent[0]["retryAfter"], "2");
    let waited = sent[1]["at"].as_u64().unwrap() - sent[0]["at"].as_u64().unwrap();
    assert!((1_900..10_000).contains(&waited), "{waited} ms");
    assert_eq!(stand.dump()[id(&users[1])]["jobTitle"], "Patient");
    assert_eq!(stand.history().len(), 1);
}

#[test]
fn microsofts_own_types_have_what_the_table_beside_the_metadata_says() {
    let stand = Stand::of(1);
    let Some(client) = Client::find(&stand) else {
        return;
    };
    let mut reader = csv::Reader::from_reader(include_str!("../facts/beside.csv").as_bytes());
    let mut table = Vec::new();
    let mut beta = Vec::new();
    for row in reader
        .records()
        .map(Result::unwrap)
        .filter(|row| !row[0].is_empty())
    {
        // What only the preview of the service has, Microsoft's types of the service do not have.
        if row[3].ends_with("view=graph-rest-beta") {
            beta.push(format!("{}.{}", &row[0], &row[1]));
        }
        table.push(json!({"owner": &row[0], "member": &row[1]}));
    }
    let got = client.step("types", &json!({"table": table}));
    assert!(got["interfaces"].as_u64().unwrap() > 1_000, "{got}");
    assert_eq!(got["unknown"], json!(beta));
}

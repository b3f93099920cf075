//! Directory extensions and schema extensions: their lists, and what a PATCH of one takes.

use crate::{Answer, Desk, people, send};
use dirsheet::sandbox::{People, SandboxOptions};
use reqwest::Method;
use serde_json::{Value, json};

const APP: &str = "extension_0123456789abcdef0123456789abcdef";
const LIST: &str = "/directoryObjects/getAvailableExtensionProperties";

/// A sheet of people whose headers register the extensions.
async fn desk(roles: &[&str]) -> (tempfile::TempDir, Desk) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    std::fs::write(
        &path,
        format!(
            "userPrincipalName,{APP}_text,{APP}_small:Integer,{APP}_large:LargeInteger,{APP}_yes:Boolean,{APP}_day:DateTime,\
             {APP}_bytes:Binary,{APP}_many:Integer[],{APP}_ad:String!,ext1_company.level:Integer,ext1_company.title\n\
             ann@contoso.example,T,1,2,true,,,1; 2,A,3,Boss\nbob@contoso.example,,,,,,,,,,\n"
        ),
    )
    .unwrap();
    let options = SandboxOptions {
        people: People::FromSheet(path),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        ..people(1)
    };
    (folder, Desk::open(options).await)
}

async fn ask(desk: &Desk, body: Value) -> Answer {
    send(desk.request(Method::POST, LIST).json(&body)).await
}

const ROLES: [&str; 3] = ["User.ReadWrite.All", "Directory.Read.All", "Application.Read.All"];

#[tokio::test]
async fn extensions_are_listed_to_who_may_read_them() {
    let (_folder, desk) = desk(&ROLES).await;
    let list = ask(&desk, json!({})).await;
    let listed = list.json["value"].as_array().unwrap();
    assert_eq!(listed.len(), 8);
    assert_eq!(listed[0]["name"], format!("{APP}_text"));
    assert_eq!(listed[0]["dataType"], "String");
    assert_eq!(listed[6]["isMultiValued"], true);
    let synced = ask(&desk, json!({"isSyncedFromOnPremises": true})).await;
    assert_eq!(synced.json["value"][0]["name"], format!("{APP}_ad"));
    assert_eq!(synced.json["value"].as_array().unwrap().len(), 1);
    let schema = desk
        .get("/schemaExtensions?$filter=id%20eq%20'ext1_company'")
        .await;
    assert_eq!(
        schema.json["value"][0]["properties"],
        json!([{"name": "level", "type": "Integer"}, {"name": "title", "type": "String"}])
    );
    let path = "/applications(appId='01234567-89ab-cdef-0123-456789abcdef')/extensionProperties";
    assert_eq!(desk.get(path).await.json["value"].as_array().unwrap().len(), 8);
    let other = path.replace("0123-456789abcdef", "0123-000000000000");
    assert_eq!(desk.get(&other).await.status, 404);
    let (_folder, small) = self::desk(&["User.ReadWrite.All"]).await;
    assert_eq!(ask(&small, json!({})).await.status, 403);
    assert_eq!(small.get("/schemaExtensions").await.status, 403);
    assert_eq!(small.get(path).await.status, 403);
}

#[tokio::test]
async fn a_read_shows_what_is_named_and_set_and_refuses_what_is_not_registered() {
    let (_folder, desk) = desk(&ROLES).await;
    let select = format!("/users?$select=id,{APP}_text,{APP}_many,{APP}_day,ext1_company");
    let list = desk.get(&select).await;
    let users = list.json["value"].as_array().unwrap();
    assert_eq!(users[0][format!("{APP}_text")], "T");
    assert_eq!(users[0][format!("{APP}_many")], json!([1, 2]));
    assert_eq!(users[0]["ext1_company"]["title"], "Boss");
    assert_eq!(users[1].as_object().unwrap().len(), 1);
    let unknown = desk.get(&format!("/users?$select={APP}_none")).await;
    assert_eq!(unknown.status, 400);
    assert!(unknown.message().contains("Could not find a property named"));
}

#[tokio::test]
async fn a_patch_is_checked_by_the_type_and_an_unknown_extension_refuses_the_whole() {
    let (_folder, desk) = desk(&ROLES).await;
    let user = "ann@contoso.example";
    for (own, value, status) in [
        ("text", json!("new"), 204),
        ("text", json!(""), 400),
        ("text", json!("x".repeat(257)), 400),
        ("text", json!(3), 400),
        ("small", json!(2_147_483_647), 204),
        ("small", json!(2_147_483_648_i64), 400),
        ("small", json!("3"), 400),
        ("large", json!(2_147_483_648_i64), 204),
        ("yes", json!("true"), 400),
        ("day", json!("2031-02-03T00:00:00Z"), 204),
        ("day", json!("03/02/2031"), 400),
        ("bytes", json!("AAEC"), 204),
        ("many", json!([3]), 204),
        ("many", json!(["3"]), 400),
        ("many", json!(3), 400),
        ("many", json!((0..101).collect::<Vec<i32>>()), 400),
        ("many", json!(null), 204),
        ("ad", json!("x"), 400),
    ] {
        let answer = desk.patch(user, json!({format!("{APP}_{own}"): value})).await;
        assert_eq!(answer.status.as_u16(), status, "{own} {value}: {}", answer.text);
    }
    let body = json!({"jobTitle": "Cook", format!("{APP}_none"): "x"});
    let refused = desk.patch(user, body).await;
    assert_eq!(refused.status, 400);
    assert_eq!(
        refused.message(),
        format!("The following extension properties are not available: {APP}_none.")
    );
    // A leaf that is not mentioned is lost.
    desk.patch(user, json!({"ext1_company": {"level": 4}})).await;
    let read = desk
        .get(&format!("/users/{user}?$select=ext1_company,jobTitle"))
        .await;
    assert_eq!(read.json["ext1_company"]["level"], 4);
    assert_eq!(read.json["ext1_company"].get("title"), None);
    assert!(read.json["jobTitle"].is_null());
}

//! Custom security attributes: their definitions, what a PATCH of one takes, and who sees them.

use crate::{Desk, people};
use dirsheet::sandbox::{Extensions, SandboxOptions};
use serde_json::{Value, json};

const LIST: &str = "/directory/customSecurityAttributeDefinitions";
const ROLES: [&str; 3] = [
    "User.ReadWrite.All",
    "CustomSecAttributeAssignment.ReadWrite.All",
    "CustomSecAttributeDefinition.Read.All",
];

async fn desk(roles: &[&str]) -> Desk {
    let mut extensions = Extensions::default();
    let many: Vec<String> = (0..25).map(|number| format!("V{number}")).collect();
    for header in [
        "customSecurityAttributes.Engineering.Project:String[]=Alpine|Baker|-Cascade",
        "customSecurityAttributes.Engineering.ProjectDate",
        "customSecurityAttributes.Engineering.NumVendors:Integer",
        "customSecurityAttributes.Engineering.CostCenter:Integer[]",
        "customSecurityAttributes.Engineering.Certification:Boolean",
        "customSecurityAttributes.Marketing.OldCode:String~",
        &format!(
            "customSecurityAttributes.Marketing.Many:String={}",
            many.join("|")
        ),
    ] {
        assert!(extensions.register(header), "{header}");
    }
    Desk::open(SandboxOptions {
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        extensions,
        ..people(20)
    })
    .await
}

fn of(set: &str, mut values: Value) -> Value {
    values["@odata.type"] = json!("#Microsoft.DirectoryServices.CustomSecurityAttributeValue");
    json!({"customSecurityAttributes": {set: values}})
}

#[tokio::test]
async fn definitions_are_listed_to_who_may_read_them_with_at_most_twenty_values_expanded() {
    let desk = desk(&ROLES).await;
    let list = desk.get(&format!("{LIST}?$expand=allowedValues")).await;
    let listed = list.json["value"].as_array().unwrap();
    assert_eq!(listed.len(), 7);
    assert_eq!(listed[0]["id"], "Engineering_Project");
    assert_eq!(listed[0]["isCollection"], true);
    assert_eq!(listed[0]["usePreDefinedValuesOnly"], true);
    assert_eq!(
        listed[0]["allowedValues"],
        json!([
            {"id": "Alpine", "isActive": true},
            {"id": "Baker", "isActive": true},
            {"id": "Cascade", "isActive": false},
        ])
    );
    assert_eq!(listed[5]["status"], "Deprecated");
    assert_eq!(listed[6]["allowedValues"].as_array().unwrap().len(), 20);
    let values = desk.get(&format!("{LIST}/Marketing_Many/allowedValues")).await;
    assert_eq!(values.json["value"].as_array().unwrap().len(), 25);
    assert_eq!(
        desk.get(&format!("{LIST}/No_Such/allowedValues")).await.status,
        404
    );
    let plain = desk.get(LIST).await;
    assert_eq!(plain.json["value"][0].get("allowedValues"), None);
    let small = self::desk(&ROLES[..2]).await;
    assert_eq!(small.get(LIST).await.status, 403);
}

#[tokio::test]
async fn a_patch_keeps_what_it_does_not_name_and_an_answer_has_the_types() {
    let desk = desk(&ROLES).await;
    let user = desk.plain();
    let first = of(
        "Engineering",
        json!({"Project@odata.type": "#Collection(String)", "Project": ["Baker"],
               "NumVendors@odata.type": "#Int32", "NumVendors": 4, "Certification": true}),
    );
    assert_eq!(desk.patch(&user, first).await.status, 204);
    let second = of(
        "Engineering",
        json!({"CostCenter@odata.type": "#Collection(Int32)", "CostCenter": [1001], "NumVendors": null}),
    );
    assert_eq!(desk.patch(&user, second).await.status, 204);
    let select = format!("/users/{user}?$select=customSecurityAttributes");
    assert_eq!(
        desk.get(&select).await.json["customSecurityAttributes"],
        json!({"Engineering": {
            "@odata.type": "#microsoft.graph.customSecurityAttributeValue",
            "Project@odata.type": "#Collection(String)",
            "Project": ["Baker"],
            "CostCenter@odata.type": "#Collection(Int32)",
            "CostCenter": [1001],
            "Certification": true,
        }})
    );
    let third = of(
        "Engineering",
        json!({"CostCenter": [], "Project": [], "Certification": null}),
    );
    assert_eq!(desk.patch(&user, third).await.status, 204);
    assert_eq!(
        desk.get(&select).await.json["customSecurityAttributes"],
        Value::Null
    );
}

#[tokio::test]
async fn a_value_that_no_definition_allows_refuses_the_whole() {
    let desk = desk(&ROLES).await;
    let user = desk.plain();
    let long = "x".repeat(65);
    for (set, values, status) in [
        ("Engineering", json!({"ProjectDate": "2024-11-15"}), 204),
        ("Engineering", json!({"ProjectDate": long}), 400),
        ("Engineering", json!({"ProjectDate": ""}), 400),
        ("Engineering", json!({"ProjectDate": 3}), 400),
        ("Engineering", json!({"NumVendors": 8}), 400),
        (
            "Engineering",
            json!({"NumVendors@odata.type": "#Int32", "NumVendors": 2_147_483_648_i64}),
            400,
        ),
        ("Engineering", json!({"Certification": "true"}), 400),
        ("Engineering", json!({"Project": ["Baker"]}), 400),
        (
            "Engineering",
            json!({"Project@odata.type": "#Collection(String)", "Project": ["baker"]}),
            400,
        ),
        (
            "Engineering",
            json!({"Project@odata.type": "#Collection(String)", "Project": ["Cascade"]}),
            400,
        ),
        ("Engineering", json!({"Project": null}), 400),
        ("Engineering", json!({"Nothing": "x"}), 400),
        ("Sales", json!({"Level": "x"}), 400),
        ("Marketing", json!({"OldCode": "x"}), 400),
        ("Marketing", json!({"OldCode": null}), 204),
        (
            "Engineering",
            json!({"CostCenter@odata.type": "#Collection(Int32)", "CostCenter": (0..50).collect::<Vec<i32>>()}),
            400,
        ),
    ] {
        let answer = desk.patch(&user, of(set, values.clone())).await;
        assert_eq!(answer.status.as_u16(), status, "{set} {values}: {}", answer.text);
    }
    let untyped = json!({"customSecurityAttributes": {"Engineering": {"ProjectDate": "x"}}});
    assert_eq!(desk.patch(&user, untyped).await.status, 400);
}

#[tokio::test]
async fn whoever_may_not_read_them_is_answered_null_and_whoever_may_not_write_them_is_refused() {
    let desk = desk(&["User.ReadWrite.All"]).await;
    let user = desk.plain();
    let body = of("Engineering", json!({"ProjectDate": "2024-11-15"}));
    assert_eq!(desk.patch(&user, body).await.status, 403);
    let list = desk.get("/users?$select=id,customSecurityAttributes").await;
    assert_eq!(list.status, 200);
    let users = list.json["value"].as_array().unwrap();
    assert!(
        users
            .iter()
            .all(|user| user.get("customSecurityAttributes") == Some(&Value::Null))
    );
}

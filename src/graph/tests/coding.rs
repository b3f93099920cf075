//! Users out of JSON and operations into requests: shapes, orders, limits.

use serde_json::{Value as Json, json};

use super::super::decode::{Decoder, value_of};
use super::super::encode::{EncodeError, encode};
use super::super::testing::{attribute, change, columns, operation, text, user_id};
use crate::catalogue::{DataType, schema_leaves};
use crate::domain::{Action, Change, Columns, Companion, Operation, Reference, UserState, Value};

const ROOT: &str = "https://graph.microsoft.com/v1.0";

#[test]
fn each_kind_of_value_is_read_and_wrong_types_are_kept_as_text() {
    let list = |items: &[&str]| Value::List(items.iter().map(|item| (*item).to_owned()).collect());
    for (name, json, expected) in [
        ("jobTitle", json!("Nurse"), text("Nurse")),
        ("jobTitle", json!(" Nurse "), text(" Nurse ")),
        ("jobTitle", json!(null), Value::Empty),
        ("jobTitle", json!(""), Value::Empty),
        ("jobTitle", json!(12), text("12")),
        ("jobTitle", json!(["a"]), text("[\"a\"]")),
        ("accountEnabled", json!(false), Value::Boolean(false)),
        ("accountEnabled", json!("true"), text("true")),
        ("deviceEnrollmentLimit", json!(-5), Value::Integer(-5)),
        ("deviceEnrollmentLimit", json!(1.5), text("1.5")),
        (
            "employeeHireDate",
            json!("2014-01-01T00:00:00.0000000Z"),
            text("2014-01-01T00:00:00.0000000Z"),
        ),
        ("businessPhones", json!([]), Value::Empty),
        ("businessPhones", json!(["+1", "+2"]), list(&["+1", "+2"])),
        ("businessPhones", json!(["+1", null]), text("[\"+1\",null]")),
        ("businessPhones", json!("+1"), text("+1")),
        (
            "identities",
            json!([{"signInType": "x"}]),
            text("[{\"signInType\":\"x\"}]"),
        ),
        ("identities", json!([]), Value::Empty),
        (
            "manager",
            json!({"@odata.type": "#microsoft.graph.orgContact", "id": user_id(7)}),
            Value::Reference(Reference {
                id: user_id(7),
                upn: None,
            }),
        ),
        (
            "manager",
            json!({"id": user_id(7), "userPrincipalName": "m@x.com"}),
            Value::Reference(Reference {
                id: user_id(7),
                upn: Some("m@x.com".into()),
            }),
        ),
        ("manager", json!({"id": "7"}), text("{\"id\":\"7\"}")),
    ] {
        assert_eq!(value_of(attribute(name), json.clone()), expected, "{name} {json}");
    }
}

#[test]
fn a_page_is_read_with_whatever_stands_around_it() {
    let columns = columns(&[
        "id",
        "jobTitle",
        "employeeOrgData.division",
        "employeeOrgData.costCenter",
        "onPremisesExtensionAttributes.extensionAttribute1",
        "manager",
        "jobTitle",
        "employeeOrgData.costCenter",
    ]);
    let body = json!({
        "@odata.context": "x", "@microsoft.graph.tips": "y", "@odata.count": 9,
        "value": [
            {"@odata.type": "#microsoft.graph.agentUser", "unknown": {"deep": [1]}, "jobTitle": "A",
             "id": "0A1B2C3D-0000-4000-8000-000000000001", "userPrincipalName": "a@x.com",
             "onPremisesSyncEnabled": true, "isManagementRestricted": true,
             "employeeOrgData": {"costCenter": "7", "division": null},
             "onPremisesExtensionAttributes": {"extensionAttribute1": "e", "extensionAttribute2": "f"},
             "manager": {"id": user_id(9), "userPrincipalName": "m@x.com", "manager": null}},
            {"id": user_id(2), "employeeOrgData": null, "onPremisesExtensionAttributes": "odd"}
        ],
        "@odata.nextLink": "https://graph.microsoft.com/v1.0/users?$skiptoken=a'b"
    });
    let page = Decoder::new(&columns).page(body.to_string().as_bytes()).unwrap();
    assert_eq!(
        page.next_link.as_deref(),
        Some("https://graph.microsoft.com/v1.0/users?$skiptoken=a'b")
    );
    let manager = Value::Reference(Reference {
        id: user_id(9),
        upn: Some("m@x.com".into()),
    });
    assert_eq!(
        page.users[0],
        UserState {
            id: user_id(1),
            upn: "a@x.com".into(),
            synced: Some(true),
            restricted: true,
            agent: true,
            values: thin_vec::thin_vec![
                text("0A1B2C3D-0000-4000-8000-000000000001"),
                text("A"),
                Value::Empty,
                text("7"),
                text("e"),
                manager,
                text("A"),
                text("7"),
            ],
            unread: Default::default(),
        }
    );
    let second = &page.users[1];
    assert_eq!(
        (
            second.synced,
            second.restricted,
            second.agent,
            second.upn.as_str()
        ),
        (None, false, false, "")
    );
    assert_eq!(second.values[1..4], [Value::Empty, Value::Empty, Value::Empty]);
    assert_eq!(second.values[4], text("odd"));
}

#[test]
fn a_body_that_is_no_page_is_an_error() {
    let decoder = Decoder::new(&columns(&["jobTitle"]));
    for body in [
        "",
        "<html>",
        "[]",
        "{}",
        r#"{"value":{}}"#,
        r#"{"value":[{"jobTitle":"x"}]}"#,
        r#"{"value":[{"id":"42"}]}"#,
        r#"{"value":[1]}"#,
        r#"{"value":[]} trailing"#,
        r#"{"value":[{"id":"0a1b2c3d-0000-4000-8000-000000000001"#,
    ] {
        assert!(decoder.page(body.as_bytes()).is_err(), "{body}");
    }
    assert!(
        decoder
            .page(br#"{"value":[],"@odata.nextLink":null}"#)
            .unwrap()
            .next_link
            .is_none()
    );
}

fn body_of(operation: &Operation) -> Json {
    encode(operation, ROOT).unwrap().body.unwrap()
}

#[test]
fn a_patch_holds_only_what_changes_each_in_its_place() {
    let mut changed = operation(
        1,
        vec![
            change("jobTitle", text("Nurse")),
            change("mobilePhone", Value::Empty),
            change("accountEnabled", Value::Boolean(false)),
            change("deviceEnrollmentLimit", Value::Integer(5)),
            change("businessPhones", Value::List(vec!["+31 6".into()])),
            change("employeeOrgData.division", text("Care")),
            change("onPremisesExtensionAttributes.extensionAttribute1", Value::Empty),
        ],
    );
    if let Action::Patch { companions, .. } = &mut changed.action {
        companions.push(Companion {
            attribute: attribute("employeeOrgData.costCenter"),
            value: text("77"),
        });
    }
    let encoded = encode(&changed, ROOT).unwrap();
    assert_eq!(
        (encoded.method.as_str(), encoded.path.as_str()),
        ("PATCH", "/users/0a1b2c3d-0000-4000-8000-000000000001")
    );
    assert_eq!(
        encoded.body,
        Some(json!({
            "jobTitle": "Nurse",
            "mobilePhone": null,
            "accountEnabled": false,
            "deviceEnrollmentLimit": 5,
            "businessPhones": ["+31 6"],
            "employeeOrgData": {"division": "Care", "costCenter": "77"},
            "onPremisesExtensionAttributes": {"extensionAttribute1": null}
        }))
    );
    assert_eq!(
        body_of(&operation(1, vec![change("businessPhones", Value::Empty)])),
        json!({"businessPhones": []})
    );

    if let Action::Patch { companions, .. } = &mut changed.action {
        companions[0].value = Value::Empty;
    }
    assert_eq!(
        body_of(&changed)["employeeOrgData"],
        json!({"division": "Care", "costCenter": null})
    );
}

#[test]
fn what_no_request_can_say_is_never_encoded() {
    let one = |name: &str, value: Value| encode(&operation(1, vec![change(name, value)]), ROOT).unwrap_err();
    assert_eq!(
        one("usageLocation", Value::Empty),
        EncodeError::NotCleared("usageLocation")
    );
    assert_eq!(one("jobTitle", text("")), EncodeError::WrongType("jobTitle"));
    assert_eq!(
        one("jobTitle", Value::Boolean(true)),
        EncodeError::WrongType("jobTitle")
    );
    assert_eq!(
        one("accountEnabled", text("true")),
        EncodeError::WrongType("accountEnabled")
    );
    assert_eq!(
        one("businessPhones", text("+1")),
        EncodeError::WrongType("businessPhones")
    );
    assert_eq!(
        one("businessPhones", Value::List(vec![])),
        EncodeError::WrongType("businessPhones")
    );
    assert_eq!(
        one("identities", text("[]")),
        EncodeError::NotWritten("identities")
    );
    assert_eq!(one("manager", Value::Empty), EncodeError::NotWritten("manager"));
    assert_eq!(encode(&operation(1, vec![]), ROOT), Err(EncodeError::Nothing));
    let twice = operation(
        1,
        vec![change("jobTitle", text("a")), change("jobTitle", text("b"))],
    );
    assert_eq!(encode(&twice, ROOT), Err(EncodeError::Twice("jobTitle")));
}

#[test]
fn a_manager_is_put_by_address_and_deleted_when_cleared() {
    let relation = |after: Value| Operation {
        action: Action::Relation {
            change: change("manager", after),
        },
        ..operation(1, vec![])
    };
    let reference = |upn: Option<&str>| {
        Value::Reference(Reference {
            id: user_id(9),
            upn: upn.map(str::to_owned),
        })
    };
    let put = encode(&relation(reference(Some("m@x.com"))), ROOT).unwrap();
    assert_eq!(
        (put.method.as_str(), put.path.as_str()),
        ("PUT", "/users/0a1b2c3d-0000-4000-8000-000000000001/manager/$ref")
    );
    assert_eq!(
        put.body,
        Some(
            json!({"@odata.id": "https://graph.microsoft.com/v1.0/users/0a1b2c3d-0000-4000-8000-000000000009"})
        )
    );
    let contact = encode(&relation(reference(None)), ROOT).unwrap().body.unwrap();
    assert_eq!(
        contact["@odata.id"],
        "https://graph.microsoft.com/v1.0/directoryObjects/0a1b2c3d-0000-4000-8000-000000000009"
    );
    let delete = encode(&relation(Value::Empty), ROOT).unwrap();
    assert_eq!((delete.method.as_str(), delete.body), ("DELETE", None));
    assert_eq!(
        encode(&relation(text("m@x.com")), ROOT),
        Err(EncodeError::WrongType("manager"))
    );
}

#[test]
fn a_selected_property_that_the_answer_leaves_out_is_unread_and_not_empty() {
    let columns: Columns = [
        "jobTitle",
        "city",
        "employeeOrgData.division",
        "employeeOrgData.costCenter",
        "manager",
    ]
    .map(|name| crate::catalogue::by_name(name).unwrap())
    .into();
    let user = |json| Decoder::new(&columns).user(json).unwrap();
    let id = "0a1b2c3d-0000-4000-8000-000000000001";
    let bare = user(json!({"id": id, "city": null}));
    assert_eq!(
        bare.unread,
        [
            "jobTitle",
            "employeeOrgData.division",
            "employeeOrgData.costCenter"
        ]
    );
    let half = user(json!({"id": id, "jobTitle": "a", "city": null, "employeeOrgData": {"division": "x"}}));
    assert_eq!(half.unread, ["employeeOrgData.costCenter"]);
    let whole = user(json!({"id": id, "jobTitle": null, "city": null, "employeeOrgData": null}));
    assert!(whole.unread.is_empty());
}

#[test]
fn a_leaf_with_bytes_travels_along_and_beside_a_leaf_that_nobody_knows_nothing_is_known() {
    let leaves = [
        ("level".to_owned(), DataType::Integer),
        ("seal".to_owned(), DataType::Binary),
    ];
    let [level, seal] = schema_leaves("ext2a3b4c5d_company", &leaves)[..] else {
        panic!("two leaves");
    };
    let columns: Columns = vec![level, seal].into();
    let read = |company: Json| {
        let json = json!({"id": user_id(1).to_string(), "userPrincipalName": "a@x.example", "ext2a3b4c5d_company": company});
        Decoder::new(&columns).user(json).unwrap()
    };
    let user = read(json!({"@odata.type": "#x", "level": 3, "seal": "AQI=", "gone": null}));
    assert!(user.unread.is_empty());
    assert_eq!(user.values, [Value::Integer(3), text("AQI=")]);
    assert_eq!(
        read(json!({"level": 3, "new": 1})).unread,
        [level.name, seal.name]
    );
    let patch = Action::Patch {
        changes: vec![Change {
            attribute: level,
            before: Value::Integer(3),
            after: Value::Integer(4),
        }],
        companions: vec![Companion {
            attribute: seal,
            value: text("AQI="),
        }],
    };
    let patched = Operation {
        action: patch,
        ..operation(1, Vec::new())
    };
    let body = encode(&patched, ROOT).unwrap().body.unwrap();
    assert_eq!(body, json!({"ext2a3b4c5d_company": {"level": 4, "seal": "AQI="}}));
}

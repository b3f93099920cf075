//! What a PATCH of custom security attributes says, and where an answer has them.

use super::*;

fn extension(data: DataType) -> Option<Extension> {
    Some(Extension::of(data))
}

#[test]
fn values_of_several_sets_stand_in_one_body_each_with_its_type() {
    let mut body = Map::new();
    let parent = SECURITY_ATTRIBUTES;
    for (set, leaf, data, value) in [
        (
            "Engineering",
            "ProjectDate",
            DataType::String,
            json!("2022-10-01"),
        ),
        (
            "Engineering",
            "Project",
            DataType::String,
            json!(["Baker", "Alpine"]),
        ),
        ("Engineering", "NumVendors", DataType::Integer, json!(8)),
        ("Engineering", "CostCenter", DataType::Integer, json!([1001])),
        ("Engineering", "Certification", DataType::Boolean, json!(false)),
        ("Marketing", "Level", DataType::String, Json::Null),
        ("Marketing", "Regions", DataType::Integer, json!([])),
    ] {
        put(&mut body, (parent, set, leaf), extension(data), value).unwrap();
    }
    assert_eq!(
        Json::Object(body.clone()),
        json!({"customSecurityAttributes": {
            "Engineering": {
                "@odata.type": "#Microsoft.DirectoryServices.CustomSecurityAttributeValue",
                "ProjectDate": "2022-10-01",
                "Project@odata.type": "#Collection(String)",
                "Project": ["Baker", "Alpine"],
                "NumVendors@odata.type": "#Int32",
                "NumVendors": 8,
                "CostCenter@odata.type": "#Collection(Int32)",
                "CostCenter": [1001],
                "Certification": false,
            },
            "Marketing": {
                "@odata.type": "#Microsoft.DirectoryServices.CustomSecurityAttributeValue",
                "Level": null,
                "Regions": [],
            },
        }})
    );
    let twice = put(&mut body, (parent, "Marketing", "Level"), None, json!("x"));
    assert_eq!(twice, None);
}

#[test]
fn an_answer_is_searched_set_by_set_without_regard_to_case() {
    let answer = json!({"Engineering": {"@odata.type": "#microsoft.graph.customSecurityAttributeValue", "Level": 3}, "plain": 1});
    let parent = answer.as_object().unwrap();
    assert_eq!(leaf_in(parent, "Engineering.Level"), Some(&json!(3)));
    assert_eq!(leaf_in(parent, "engineering.LEVEL"), Some(&json!(3)));
    assert_eq!(leaf_in(parent, "Marketing.Level"), None);
    assert_eq!(leaf_in(parent, "plain"), Some(&json!(1)));
}

#[test]
fn a_definition_may_have_nulls_and_one_of_an_unknown_type_is_told() {
    let definition: WireDefinition = serde_json::from_value(json!({
        "attributeSet": "Engineering", "name": "Level", "type": "Integer", "isCollection": null,
        "usePreDefinedValuesOnly": null, "status": null, "allowedValues": null,
    }))
    .unwrap();
    let name = definition.attribute().map(|attribute| attribute.name);
    assert_eq!(name, Some("customSecurityAttributes.Engineering.Level"));
    let nameless: WireDefinition = serde_json::from_value(json!({"attributeSet": null})).unwrap();
    assert_eq!(nameless.place(), None);
    let strange: WireDefinition =
        serde_json::from_value(json!({"attributeSet": "Engineering", "name": "When", "type": "Day"}))
            .unwrap();
    assert!(strange.place().is_some() && strange.attribute().is_none());
}

#[test]
fn a_property_that_is_left_out_as_a_whole_is_unread_and_a_set_or_value_that_is_not_there_is_empty() {
    let level = Extension::of(DataType::Integer)
        .attribute("customSecurityAttributes.Engineering.Level")
        .unwrap();
    let columns: Columns = vec![level].into();
    let decoder = super::super::decode::Decoder::new(&columns);
    for (answer, unread) in [
        (json!({}), true),
        (json!({"customSecurityAttributes": null}), false),
        (json!({"customSecurityAttributes": {}}), false),
        (
            json!({"customSecurityAttributes": {"Engineering": {"Other": 1}}}),
            false,
        ),
    ] {
        let mut user = answer.clone();
        user["id"] = json!("00000000-0000-4000-8000-000000000007");
        let user = decoder.user(user).unwrap();
        assert_eq!(!user.unread.is_empty(), unread, "{answer}");
        assert!(user.values[0].is_empty());
    }
}

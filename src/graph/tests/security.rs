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

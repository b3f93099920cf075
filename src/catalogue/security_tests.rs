//! Entries of custom security attributes, made from a text alone.

use super::super::{by_name, stored_name};
use super::*;

const PROJECT: &str = "customSecurityAttributes.Engineering.Project";

#[test]
fn an_entry_comes_back_from_its_stored_name_and_with_its_definition_from_the_told_one() {
    let values = ["Alpine", "a|b", "100%"].map(str::to_owned);
    let made = security_attribute(
        "Engineering",
        "Project",
        (DataType::String, true),
        true,
        Some(&values),
    )
    .unwrap();
    assert_eq!(made.name, PROJECT);
    assert_eq!(stored_name(made), format!("{PROJECT}:String[]"));
    let told = told_name(made);
    assert_eq!(told, format!("{PROJECT}:String[]~=Alpine|a%7Cb|100%25"));
    let again = by_name(&told).unwrap();
    let definition = again.extension.unwrap().definition;
    assert!(definition.is_deactivated);
    assert_eq!(definition.predefined, Some(&["Alpine", "a|b", "100%"][..]));
    // A plan knows it without its definition, and it is the same attribute.
    let stored = by_name(&stored_name(made)).unwrap();
    assert_eq!(stored, made);
    assert_eq!(stored.extension.unwrap().definition.predefined, None);
    assert!(std::ptr::eq(stored, by_name(&stored_name(stored)).unwrap()));
}

#[test]
fn its_kind_follows_from_its_type_with_the_limits_of_custom_security_attributes() {
    for (word, kind, clear) in [
        ("String", Kind::Text { max: Some(64) }, ClearRule::Null),
        ("Integer", Kind::Integer, ClearRule::Null),
        ("Boolean", Kind::Boolean, ClearRule::Null),
        ("?", Kind::Text { max: None }, ClearRule::Null),
        (
            "String[]",
            Kind::TextList {
                items_max: 50,
                item_max: 64,
            },
            ClearRule::EmptyList,
        ),
        (
            "Integer[]",
            Kind::TextList {
                items_max: 50,
                item_max: NO_LIMIT,
            },
            ClearRule::EmptyList,
        ),
    ] {
        let made = by_name(&format!("{PROJECT}:{word}")).unwrap();
        assert_eq!((made.kind, made.clear), (kind, clear), "{word}");
        assert_eq!(made.select(), Some("customSecurityAttributes"));
        assert!(!made.at_birth && made.is_writable());
    }
}

#[test]
fn what_is_no_name_or_no_type_of_one_makes_nothing() {
    for text in [
        "customSecurityAttributes.Engineering:String",
        "customSecurityAttributes.Engineering.Cost Center:String",
        "customSecurityAttributes.Engineering.Cost_Center:String",
        "customSecurityAttributes.1st.Project:String",
        "customSecurityAttributes.Engineering.Project.More:String",
        "customSecurityAttributes.Engineering.Project:DateTime",
        "customSecurityAttributes.Engineering.Project:Boolean[]",
        "customSecurityAttributes.Engineering.Project:String!",
        "customSecurityAttributes.Engineering.ThisNameIsLongerThanThirtyTwoLetters:String",
        PROJECT,
    ] {
        assert_eq!(by_name(text), None, "{text}");
    }
}

//! Entries made from a name and a type.

use super::super::by_name;
use super::*;

const COST: &str = "extension_0123456789abcdef0123456789abcdef_costCentre";

#[test]
fn a_stored_name_and_nothing_else_makes_the_entry_again() {
    for (word, kind, is_writable) in [
        ("String", Kind::Text { max: Some(256) }, true),
        ("Integer", Kind::Integer, true),
        ("LargeInteger", Kind::Integer, true),
        ("Boolean", Kind::Boolean, true),
        ("DateTime", Kind::DateTime, true),
        ("Binary", Kind::Text { max: None }, false),
        ("?", Kind::Text { max: None }, true),
        (
            "String[]",
            Kind::TextList {
                items_max: 100,
                item_max: 256,
            },
            true,
        ),
        ("String!", Kind::Text { max: Some(256) }, false),
        (
            "Integer[]!",
            Kind::TextList {
                items_max: 100,
                item_max: NO_LIMIT,
            },
            false,
        ),
    ] {
        let text = format!("{COST}:{word}");
        let attribute = by_name(&text).unwrap();
        assert_eq!(
            (attribute.name, attribute.label, attribute.kind),
            (COST, "costCentre", kind)
        );
        assert_eq!(attribute.is_writable(), is_writable, "{word}");
        assert_eq!(stored_name(attribute), text);
        assert!(std::ptr::eq(attribute, by_name(&text).unwrap()));
    }
}

#[test]
fn a_name_without_its_type_and_a_text_that_is_no_name_make_nothing() {
    for text in [
        COST,
        "extension_0123_costCentre:String",
        "extension_0123456789abcdef0123456789abcdef_:String",
        "extension_0123456789abcdef0123456789abcdef_cost centre:String",
        "extension_0123456789abcdef0123456789abcdef_cost&x:String",
        "extension_0123456789abcdef0123456789abcdef_cost:Text",
        "jobTitle:String",
        "company.field:String",
        "ext_company.a b:String",
        "ext_company.a:String|b",
    ] {
        assert_eq!(by_name(text), None, "{text}");
    }
    assert_eq!(Extension::of(DataType::String).attribute("jobTitle"), None);
}

#[test]
fn the_leaves_of_a_schema_extension_know_each_other() {
    let leaves = [
        ("level".to_owned(), DataType::Integer),
        ("title".to_owned(), DataType::String),
        ("until".to_owned(), DataType::DateTime),
    ];
    let made = schema_leaves("ext2a3b_company", &leaves);
    let names: Vec<&str> = made.iter().map(|leaf| leaf.name).collect();
    assert_eq!(
        names,
        [
            "ext2a3b_company.level",
            "ext2a3b_company.title",
            "ext2a3b_company.until"
        ]
    );
    assert_eq!(made[0].select(), Some("ext2a3b_company"));
    assert_eq!(sibling_leaves(made[1]), [made[0], made[2]]);
    for leaf in &made {
        assert!(std::ptr::eq(by_name(&stored_name(leaf)).unwrap(), *leaf));
    }
    assert_eq!(
        sibling_leaves(by_name("jobTitle").unwrap()),
        Vec::<&Attribute>::new()
    );
}

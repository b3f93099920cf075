//! Sponsors of a user, from the text of a cell to changes of one item each.

use super::*;

fn to(number: u8) -> Reference {
    user(number, &[]).reference()
}

fn group() -> Reference {
    Reference { id: id(9), upn: None }
}

fn planned(cell: &str) -> (Vec<CheckedRow>, Plan) {
    let sponsors = Value::references(vec![to(2), group()]);
    let directory = directory([
        user(1, &[("sponsors", sponsors)]),
        user(2, &[("sponsors", Value::Empty)]),
        user(3, &[("sponsors", Value::Empty)]),
    ]);
    let mut rows = foreign_rows(&["id", "sponsors"], &[&[&id(1).to_string(), cell]]);
    let plan = plan(&mut rows, &directory);
    (rows, plan)
}

fn given(number: u8) -> Change {
    change("sponsors", Value::Empty, Value::Reference(to(number)))
}

#[test]
fn a_group_is_shown_by_its_id_and_can_be_kept_or_taken_and_not_added() {
    let (_, plan) = planned(&format!("{}; {}; {}", upn(2), id(9), upn(3)));
    assert_eq!(plan.users()[0].changes, [given(3)]);
    let (_, plan) = planned(&format!("{}; {}", upn(2), upn(3)));
    let taken = change("sponsors", Value::Reference(group()), Value::Empty);
    assert_eq!(plan.users()[0].changes, [given(3), taken]);
    let (rows, plan) = planned(&format!("{}; {}", upn(2), id(8)));
    assert_eq!(rules(&rows[0]), ["unknown-reference"]);
    assert!(plan.is_empty());
}

#[test]
fn a_name_and_an_id_of_one_person_are_one_sponsor_and_nobody_is_their_own() {
    let (_, plan) = planned(&format!("{}; {}; {}; {}", upn(2), id(9), id(3), upn(3)));
    assert_eq!(plan.users()[0].changes, [given(3)]);
    let (rows, plan) = planned(&upn(1));
    assert_eq!(rules(&rows[0]), ["own-sponsor"]);
    assert!(plan.is_empty());
    let (rows, _) = planned("Anna");
    assert_eq!(rules(&rows[0]), ["not-a-user"]);
}

#[test]
fn values_travel_through_files_as_they_are() {
    for value in [
        Value::references(vec![to(2), group()]),
        Value::Reference(group()),
        Value::list(vec!["a".to_owned()]),
    ] {
        let text = serde_json::to_string(&value).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
    let sponsors = attribute("sponsors");
    let both = Value::references(vec![group(), to(2)]);
    assert_eq!(both.to_cell(), format!("{}; {}", id(9), upn(2)));
    assert!(same(sponsors, &both, &Value::references(vec![to(2), group()])));
    assert!(!same(sponsors, &both, &Value::Reference(to(2))));
    assert!(same(
        sponsors,
        &Value::references(vec![to(2)]),
        &Value::Reference(to(2))
    ));
}

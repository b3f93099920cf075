//! Which requests the changes of one user become, and in which order.

use super::super::{Action, Change, PersonFacts, UserChanges, Value, newcomer_id};
use crate::catalogue::{Attribute, ClearRule, Kind, PhoneType, Resource, WriteRule, by_name};

fn below(resource: Resource) -> &'static Attribute {
    let model = by_name("mobilePhone").unwrap();
    Box::leak(Box::new(Attribute {
        name: resource.path(),
        aliases: &[],
        kind: Kind::Text { max: None },
        write: WriteRule::Resource(resource),
        clear: ClearRule::Null,
        ..*model
    }))
}

fn change(attribute: &'static Attribute, after: &str) -> Change {
    Change {
        attribute,
        before: Value::Text("before".to_owned()),
        after: match after {
            "" => Value::Empty,
            text => Value::Text(text.to_owned()),
        },
    }
}

fn resources(changes: &[Change]) -> Vec<&'static Attribute> {
    Action::of(changes, &[])
        .iter()
        .filter_map(|action| match action {
            Action::Resource { change } => Some(change.attribute),
            _ => None,
        })
        .collect()
}

#[test]
fn an_alternate_number_comes_after_the_mobile_one_and_goes_before_it() {
    let mobile = below(Resource::Phone(PhoneType::Mobile));
    let alternate = below(Resource::Phone(PhoneType::AlternateMobile));
    let both = [change(alternate, "+31 6"), change(mobile, "+31 6")];
    assert_eq!(resources(&both), [mobile, alternate]);
    let cleared = [change(mobile, ""), change(alternate, "")];
    assert_eq!(resources(&cleared), [alternate, mobile]);
}

#[test]
fn what_the_directory_holds_goes_first_and_the_profile_store_goes_alone() {
    let profile: &'static Attribute = Box::leak(Box::new(Attribute {
        name: "aboutMe",
        write: WriteRule::ProfilePatch,
        ..*by_name("jobTitle").unwrap()
    }));
    let changes = [
        change(below(Resource::Email), "a@b.example"),
        change(profile, "hello"),
        change(by_name("manager").unwrap(), ""),
        change(by_name("jobTitle").unwrap(), "Cook"),
        change(by_name("city").unwrap(), ""),
    ];
    let kinds: Vec<(&str, usize)> = Action::of(&changes, &[])
        .iter()
        .map(|action| match action {
            Action::Create { changes, .. } => ("create", changes.len()),
            Action::Patch { changes, .. } => ("patch", changes.len()),
            Action::Profile { changes } => ("profile", changes.len()),
            Action::Relation { .. } => ("relation", 1),
            Action::Resource { .. } => ("resource", 1),
            Action::Account { .. } => ("account", 1),
        })
        .collect();
    assert_eq!(
        kinds,
        [("patch", 2), ("profile", 1), ("relation", 1), ("resource", 1)]
    );
}

#[test]
fn nobody_is_made_of_nothing() {
    let mut user = UserChanges {
        user: newcomer_id("new@contoso.com"),
        upn: "new@contoso.com".to_owned(),
        person: PersonFacts::default(),
        row: 2,
        changes: Vec::new(),
        companions: Default::default(),
        is_new: true,
        invitation: None,
    };
    assert_eq!(Action::all_of(&user), []);
    user.changes = vec![change(by_name("displayName").unwrap(), "New")];
    assert!(matches!(
        Action::all_of(&user).as_slice(),
        [Action::Create { .. }]
    ));
}

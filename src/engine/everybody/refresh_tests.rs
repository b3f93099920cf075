//! What follows from changes for people who did not change: names of managers, and managers who are gone.

use super::*;
use crate::catalogue;
use crate::domain::Reference;

const SINCE: &str = "2026-11-28T02:00:00Z";

fn columns() -> Columns {
    ["jobTitle", MANAGER, CREATED]
        .iter()
        .filter_map(|name| catalogue::by_name(name))
        .collect()
}

fn id(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

fn user(n: u8, upn: &str, title: &str, manager: Option<(u8, &str)>, created: &str) -> UserState {
    UserState {
        id: id(n),
        upn: upn.to_owned(),
        synced: None,
        restricted: false,
        agent: false,
        values: thin_vec::thin_vec![
            Value::Text(title.to_owned()),
            manager.map_or(Value::Empty, |(n, upn)| {
                Value::Reference(Reference {
                    id: id(n),
                    upn: Some(upn.to_owned()),
                })
            }),
            Value::Text(created.to_owned()),
        ],
        unread: Default::default(),
    }
}

fn kept() -> HashMap<UserId, UserState> {
    let long_ago = "2020-01-01T00:00:00Z";
    let boss = Some((1, "boss@contoso.example"));
    [
        user(1, "boss@contoso.example", "Boss", None, long_ago),
        user(2, "ann@contoso.example", "Clerk", boss, long_ago),
        user(3, "ben@contoso.example", "Clerk", boss, long_ago),
    ]
    .into_iter()
    .map(|user| (user.id, user))
    .collect()
}

fn changed(users: &[UserState], gone: &[UserId], returned: bool) -> Changed {
    Changed {
        users: users.to_vec(),
        gone: gone.to_vec(),
        returned,
        link: DeltaLink::new("https://graph.example/delta".to_owned(), SINCE.parse().unwrap()),
    }
}

fn taken_in(users: &[UserState], gone: &[UserId]) -> Result<HashMap<UserId, UserState>, String> {
    let mut all = kept();
    take_in(
        &mut all,
        changed(users, gone, false),
        &columns(),
        SINCE.parse().unwrap(),
    )?;
    Ok(all)
}

#[test]
fn a_managers_new_name_is_in_the_values_of_people_who_did_not_change() {
    let renamed = user(1, "chief@contoso.example", "Boss", None, "2020-01-01T00:00:00Z");
    let users = taken_in(&[renamed], &[]).unwrap();
    for n in [2, 3] {
        assert_eq!(users[&id(n)].values[1].to_cell(), "chief@contoso.example");
    }
}

#[test]
fn who_changed_together_with_a_manager_has_the_managers_new_name() {
    let long_ago = "2020-01-01T00:00:00Z";
    let renamed = user(1, "chief@contoso.example", "Boss", None, long_ago);
    let report = user(
        2,
        "ann@contoso.example",
        "Lead",
        Some((1, "boss@contoso.example")),
        long_ago,
    );
    let users = taken_in(&[report, renamed], &[]).unwrap();
    assert_eq!(users[&id(2)].values[1].to_cell(), "chief@contoso.example");
}

#[test]
fn people_whose_manager_is_gone_have_none() {
    let users = taken_in(&[], &[id(1)]).unwrap();
    assert_eq!(users.len(), 2);
    assert!(users.values().all(|user| user.values[1].is_empty()));
}

#[test]
fn who_was_made_since_is_taken_in_and_who_is_back_from_the_deleted_makes_everybody_be_read() {
    let new = user(4, "new@contoso.example", "Clerk", None, "2026-11-28T09:00:00Z");
    assert_eq!(taken_in(&[new], &[]).unwrap().len(), 4);
    let back = user(4, "back@contoso.example", "Clerk", None, "2021-05-01T09:00:00Z");
    assert!(taken_in(&[back], &[]).unwrap_err().contains("is back"));
    let all = take_in(
        &mut kept(),
        changed(&[], &[], true),
        &columns(),
        SINCE.parse().unwrap(),
    );
    assert!(all.is_err(), "back in the same round");
    let of_no_day = user(4, "odd@contoso.example", "Clerk", None, "");
    assert!(taken_in(&[of_no_day], &[]).is_err());
}

#[test]
fn who_changed_is_as_they_were_read_now() {
    let changed = user(
        2,
        "ann@contoso.example",
        "Lead",
        Some((3, "ben@contoso.example")),
        "2020-01-01T00:00:00Z",
    );
    let users = taken_in(std::slice::from_ref(&changed), &[]).unwrap();
    assert_eq!(users[&id(2)], changed);
    assert_eq!(users[&id(3)], kept()[&id(3)]);
}

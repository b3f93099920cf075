//! Permissions that are missing: foreseen only where that is certain.

use super::*;
use crate::catalogue;
use crate::domain::{Caller, ForeseenReason, Foresight, Role, RoleHolders};

const USER_ADMIN: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";
const READERS: &str = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";

fn may(caller: Caller<'_>, user: u8, name: &str) -> bool {
    caller.may_write(&id(user), catalogue::by_name(name).unwrap())
}

#[test]
fn a_role_stands_in_for_permissions_of_an_application_and_not_of_a_person() {
    let granted = ["User.Read.All".to_owned()];
    let (admin, reader, made_here) = (
        [Role::of_id(USER_ADMIN)],
        [Role::of_id(READERS)],
        [Role::of_id("made-here")],
    );
    for (is_application, roles, expected) in [
        (true, Some(&admin[..]), true),
        (true, Some(&made_here[..]), true),
        (true, Some(&reader[..]), false),
        (true, Some(&[][..]), false),
        (true, None, false),
        (false, Some(&admin[..]), false),
    ] {
        let caller = Caller {
            granted: &granted,
            roles,
            is_application,
            own: None,
        };
        assert_eq!(may(caller, 1, "jobTitle"), expected, "{roles:?} {is_application}");
    }
    assert!(
        may(Caller::default(), 1, "jobTitle"),
        "a token that does not tell"
    );
}

#[test]
fn the_permission_for_the_own_profile_writes_nobody_elses() {
    let granted = ["User.ReadWrite".to_owned(), "User.ReadBasic.All".to_owned()];
    let caller = Caller {
        granted: &granted,
        own: Some(id(1)),
        ..Caller::default()
    };
    assert!(may(caller, 1, "jobTitle"));
    assert!(!may(caller, 2, "jobTitle"));
    assert!(!may(Caller { own: None, ..caller }, 1, "jobTitle"));
    let only_basic = Caller {
        granted: &granted[1..],
        ..caller
    };
    assert!(!may(only_basic, 1, "jobTitle"));
}

#[test]
fn the_profile_store_is_closed_to_an_application_unless_it_holds_what_is_said_to_help() {
    let refused = |granted: &[&str], is_application| {
        let granted: Vec<String> = granted.iter().map(|name| (*name).to_owned()).collect();
        let caller = Caller {
            granted: &granted,
            is_application,
            ..Caller::default()
        };
        let names = ["id", "skills"];
        let key = id(1).to_string();
        let mut rows = [checked(&names, &[&key, "a; b"], base(&names, &[&key, ""]))];
        let mut plan = plan(&mut rows, &directory([user(1, &[("skills", Value::Empty)])]));
        assert_eq!(plan.changes().count(), 1);
        plan.foresee(Foresight {
            caller,
            roles: &RoleHolders::NotAsked,
        });
        let reasons: Vec<_> = plan.withheld().iter().map(|held| held.reason).collect();
        assert_eq!(plan.changes().count() + reasons.len(), 1);
        reasons == [ForeseenReason::ProfileStore]
    };
    assert!(refused(&["User.ReadWrite.All", "Directory.ReadWrite.All"], true));
    assert!(!refused(&["User.ReadWrite.All", "Sites.ReadWrite.All"], true));
    assert!(
        !refused(&["User.ReadWrite.All"], false),
        "a person may have the right"
    );
    assert!(!refused(&[], true), "a token that does not tell");
}

//! Directory roles in a plan: whom the book of roles is needed for, who keeps the last one, and who is counted.

use std::sync::Arc;

use super::*;
use crate::domain::appointing::{RoleBook, RoleDefinition};
use crate::domain::roles::GLOBAL;

pub(super) fn book(administrators: &[u8]) -> RoleBook {
    let role = |id: &str, name: &str, is_privileged| RoleDefinition {
        id: id.to_owned(),
        template: id.to_owned(),
        name: name.to_owned(),
        is_privileged,
    };
    RoleBook {
        roles: vec![
            role(GLOBAL, "Global Administrator", true),
            role("a", "Reports Reader", false),
            role("b", "Guest Inviter", false),
        ],
        global_administrators: administrators.iter().map(|number| id(*number)).collect(),
        ..RoleBook::default()
    }
}

pub(super) fn roles(items: &[&str]) -> Value {
    Value::list(items.iter().map(|item| (*item).to_owned()).collect())
}

fn planned(
    users: Vec<UserState>,
    book: Option<RoleBook>,
    columns: &[&str],
    cells: &[&[&str]],
) -> (Vec<CheckedRow>, Plan) {
    let mut directory = directory(users);
    directory.set_roles(book.map(Arc::new));
    let mut rows = foreign_rows(columns, cells);
    let plan = plan(&mut rows, &directory);
    (rows, plan)
}

#[test]
fn without_the_roles_of_the_tenant_nobody_is_given_one() {
    let users = || vec![user(1, &[("directoryRoles", Value::Empty)])];
    let own = id(1).to_string();
    let cells: &[&[&str]] = &[&[&own, "Global Administrator"]];
    let (rows, plan) = planned(users(), None, &["id", "directoryRoles"], cells);
    assert_eq!(rules(&rows[0]), ["not-read"]);
    assert!(plan.is_empty());
    let (_, plan) = planned(users(), Some(book(&[])), &["id", "directoryRoles"], cells);
    assert_eq!(plan.privileged_changes().count(), 1);
}

#[test]
fn a_role_that_nobody_can_look_up_counts_as_a_privileged_one() {
    let mut plan = Plan::begin(binding(), 1, 1);
    let (_, known) = planned(
        vec![user(1, &[("directoryRoles", Value::Empty)])],
        Some(book(&[])),
        &["id", "directoryRoles"],
        &[&[&id(1).to_string(), "Reports Reader"]],
    );
    assert_eq!(known.privileged_changes().count(), 0);
    plan.users = known.users().to_vec();
    crate::domain::appointing::settle_roles(&mut plan, &directory([]));
    assert_eq!(plan.privileged_changes().count(), 1);
}

#[test]
fn the_last_global_administrator_keeps_the_role_also_where_the_other_one_is_deleted_or_disabled() {
    let ids = [id(1).to_string(), id(2).to_string()];
    let held = roles(&["Global Administrator"]);
    let users = || {
        let own = |number| {
            user(
                number,
                &[
                    ("directoryRoles", held.clone()),
                    ("accountEnabled", Value::Boolean(true)),
                ],
            )
        };
        vec![own(1), own(2)]
    };
    for (enabled, written) in [
        ("false", vec!["accountEnabled"]),
        ("true", vec!["directoryRoles"]),
    ] {
        let cells: &[&[&str]] = &[
            &[&ids[0], "<clear>", "true"],
            &[&ids[1], "Global Administrator", enabled],
        ];
        let columns = ["id", "directoryRoles", "accountEnabled"];
        let (_, plan) = planned(users(), Some(book(&[1, 2])), &columns, cells);
        let names: Vec<&str> = plan.changes().map(|(_, change)| change.attribute.name).collect();
        assert_eq!(names, written, "{enabled}");
    }
}

//! Rows of a sheet that would make users, and what keeps them from it.

use super::*;

/// The plan of rows that may make users.
fn joined(rows: &mut [CheckedRow], directory: &Directory) -> Plan {
    let settling = Settling::from(ConflictPolicy::Stop).with_new_users(Some(Joining::default()));
    build_plan(binding(), rows, 0, directory, settling)
}

/// The names of the users that a plan makes.
fn made(plan: &Plan) -> Vec<&str> {
    let new = plan.users().iter().filter(|user| user.is_new);
    new.map(|user| user.upn.as_str()).collect()
}

#[test]
fn a_row_with_an_action_makes_nobody_and_is_about_nobody_who_is_only_made() {
    let directory = directory([user(1, &[("displayName", text("One"))])]);
    let names = ["userPrincipalName", "displayName", "accountEnabled", "_action"];
    for (enabled, action) in [
        ("", "disable"),
        ("", "enable"),
        ("true", "enable"),
        ("true", "revoke-sessions"),
        ("true", "reset-password"),
    ] {
        let mut rows = foreign_rows(&names, &[&["usr1@example.com", "One", enabled, action]]);
        let plan = joined(&mut rows, &directory);
        assert!(plan.is_empty(), "{action}");
        assert_eq!(rules(&rows[0]), ["unknown-user"], "{action}");
        assert!(!rows[0].findings()[0].help.contains("--allow create"), "{action}");
        let mut rows = foreign_rows(
            &names,
            &[
                &["new@example.com", "New", "true", ""],
                &["new@example.com", "New", "", action],
            ],
        );
        let plan = joined(&mut rows, &directory);
        assert_eq!(made(&plan), ["new@example.com"], "{action}");
        assert_eq!(rules(&rows[1]), ["unknown-user"], "{action}");
    }
}

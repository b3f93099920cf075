//! Guests in a plan and in an undo: who is invited, who is edited, and who is deleted again.

use super::*;

const ADDRESS: &str = "anna@fabrikam.example";

/// A row with an address, a page to go to, and these cells.
fn invited(names: &[&str], cells: &[&str]) -> CheckedRow {
    let mut columns: Vec<SheetColumn> = [InvitationPart::Address, InvitationPart::Redirect]
        .map(|part| SheetColumn {
            header: format!("{part:?}"),
            role: ColumnRole::Invitation(part),
        })
        .to_vec();
    columns.extend(sheet(names));
    let cells = [&[ADDRESS, "https://contoso.example"], cells].concat();
    CheckedRow::check(
        ParsedRow::read(raw(2, &cells), &columns),
        &columns,
        Base::None,
        &CheckOptions::default(),
    )
}

fn planned(rows: &mut [CheckedRow], directory: &Directory) -> Plan {
    let inviting = Inviting {
        redirect: None,
        domains: &[],
    };
    let settling = Settling::from(ConflictPolicy::Stop).with_guests(Some(inviting));
    build_plan(binding(), rows, 0, directory, settling)
}

#[test]
fn nobody_is_invited_whose_row_has_an_error_that_only_shows_beside_the_directory() {
    let names = ["jobTitle", "manager"];
    for (manager, invites) in [(upn(1), true), (upn(9), false)] {
        let mut rows = [invited(&names, &["Chef", &manager])];
        let plan = planned(&mut rows, &directory([user(1, &[])]));
        let users: Vec<bool> = plan
            .users()
            .iter()
            .map(|user| user.invitation.is_some())
            .collect();
        assert_eq!(users, if invites { vec![true] } else { vec![] }, "{manager}");
        assert_eq!(plan.rows()[0].writes.is_empty(), !invites);
        assert_eq!(rows[0].findings().iter().any(Finding::is_error), !invites);
    }
}

#[test]
fn a_guest_who_is_there_loses_the_cell_with_the_error_and_no_other() {
    let mut rows = [invited(&["jobTitle", "manager"], &["Chef", &upn(9)])];
    let there = user(2, &[("mail", text(ADDRESS))]);
    let plan = planned(&mut rows, &directory([user(1, &[]), there]));
    let written: Vec<&str> = plan.changes().map(|(_, change)| change.attribute.name).collect();
    assert_eq!(written, ["jobTitle"]);
    assert_eq!(rules(&rows[0]), ["unknown-reference"]);
}

#[test]
fn identities_do_not_go_with_an_invitation() {
    let mut rows = [invited(&["identities"], &["userName = anna @ contoso.example"])];
    assert!(planned(&mut rows, &directory([user(1, &[])])).is_empty());
    assert!(rows[0].findings().iter().any(Finding::is_error));
}

#[test]
fn what_the_service_gives_a_guest_is_nobodys_change() {
    let member = change("userType", Value::Empty, text("Member"));
    let title = change("jobTitle", Value::Empty, text("Chef"));
    let moved = |change: &Change, live: &str, of_guest| {
        matches!(standing(change, &text(live), of_guest), Standing::Moved(_))
    };
    assert!(!moved(&member, "Guest", true));
    assert!(moved(&member, "Guest", false));
    assert!(moved(&title, "Cook", true));
    assert_eq!(standing(&member, &text("Member"), true), Standing::AlreadyThere);
}

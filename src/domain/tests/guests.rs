//! Guests in a plan and in an undo: who is invited, who is edited, and who is deleted again.

use super::undo::{done, moment, undo};
use super::*;
use crate::domain::IdentityKey;

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
    let inviting = Inviting { redirect: None };
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
    let there = user(2, &[("mail", text(ADDRESS)), ("userType", text("Guest"))]);
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

/// An undo of an invitation, found as user 1, and of a later change.
fn undo_of_invitation() -> Undo {
    let mut later = patch(vec![change("jobTitle", Value::Empty, text("Chef"))], Vec::new());
    later.number = OperationNumber(1);
    let invitation = Operation {
        number: OperationNumber(0),
        action: Action::Create {
            changes: vec![change("mail", Value::Empty, text(ADDRESS))],
            invitation: Some(Invitation {
                redirect: "https://contoso.example".to_owned(),
                send_mail: false,
                message: None,
            }),
        },
        ..later.clone()
    };
    let result = |operation: &Operation| done(operation, vec![Outcome::Accepted]);
    let (first, second) = (result(&invitation), result(&later));
    let mut undo = undo(&[(2, vec![(invitation, first), (later, second)])]);
    for operation in undo.written.values_mut() {
        operation.not_before = Some(moment(-60));
    }
    undo
}

fn guest(kind: &str, created: jiff::Timestamp) -> UserState {
    user(
        1,
        &[
            ("mail", text(ADDRESS)),
            ("jobTitle", text("Chef")),
            ("creationType", text(kind)),
            ("createdDateTime", text(&created.to_string())),
        ],
    )
}

#[test]
fn only_the_guest_of_the_run_is_deleted_and_not_whoever_has_the_address_now() {
    for (kind, created, deleted) in [
        ("Invitation", moment(-30), true),
        // Invited again since, or there before; and a member.
        ("Invitation", moment(86_400), false),
        ("Invitation", moment(-86_400), false),
        ("", moment(-30), false),
    ] {
        let directory = directory([guest(kind, created)]);
        let plan = build_undo(binding(), &undo_of_invitation(), &directory, ConflictPolicy::Stop);
        let actions: Vec<_> = plan
            .changes()
            .map(|(_, change)| AccountAction::of(change))
            .collect();
        let expected = if deleted {
            vec![Some(AccountAction::Delete)]
        } else {
            vec![]
        };
        assert_eq!(actions, expected, "{kind} {created}");
        let notes: Vec<&str> = plan.rows()[0]
            .notes
            .iter()
            .map(|note| note.code.as_str())
            .collect();
        assert_eq!(notes, if deleted { vec![] } else { vec!["guest-is-another"] });
    }
}

#[test]
fn the_id_of_the_answer_is_believed_only_of_somebody_whom_an_invitation_made_since_the_run_began() {
    for (kind, created, deleted) in [
        ("Invitation", moment(-30), true),
        // The clock of the service is ahead, and the id says that it is the one.
        ("Invitation", moment(900), true),
        // Inviting somebody who is there is answered with who that is.
        ("Invitation", moment(-86_400), false),
        ("", moment(-30), false),
    ] {
        let directory = directory([guest(kind, created)]);
        let mut undo = undo_of_invitation();
        for operation in undo.written.values_mut().filter(|operation| operation.invites) {
            operation.made = Some(operation.user);
        }
        let plan = build_undo(binding(), &undo, &directory, ConflictPolicy::Stop);
        assert_eq!(plan.changes().count(), usize::from(deleted), "{kind} {created}");
    }
}

#[test]
fn for_some_columns_nobody_is_deleted() {
    let directory = directory([guest("Invitation", moment(-30))]);
    for (columns, expected, note) in [
        (vec!["mail"], vec![], Some("guest-not-deleted")),
        (vec!["jobTitle"], vec!["jobTitle"], None),
        (
            vec!["mail", "jobTitle"],
            vec!["jobTitle"],
            Some("guest-not-deleted"),
        ),
    ] {
        let columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
        let mut undo = undo_of_invitation();
        for operation in undo.written.values_mut() {
            operation.keep_columns(&columns);
        }
        let plan = build_undo(binding(), &undo, &directory, ConflictPolicy::Stop);
        let written: Vec<&str> = plan.changes().map(|(_, change)| change.attribute.name).collect();
        assert_eq!(written, expected);
        let told = plan.rows()[0].notes.first().map(|note| note.code.as_str());
        assert_eq!(told, note);
    }
}

#[test]
fn whoever_has_the_address_is_not_invited_and_a_member_is_not_called_a_guest() {
    let identity = |item: &str| Value::List(vec![item.to_owned()]);
    let kind = |kind: &str| ("userType", text(kind));
    for (values, there) in [
        (vec![("mail", text(ADDRESS)), kind("Guest")], Some(There::Guest)),
        (vec![("mail", text(ADDRESS)), kind("Member")], Some(There::Member)),
        (vec![("mail", text(ADDRESS))], Some(There::Member)),
        (
            vec![
                (
                    "identities",
                    identity("federated|fabrikam.example|Anna@Fabrikam.example"),
                ),
                kind("Guest"),
            ],
            Some(There::Guest),
        ),
        (
            vec![(
                "identities",
                identity("emailAddress|contoso.example|anna@fabrikam.example"),
            )],
            Some(There::Member),
        ),
        // What is only like an address, or somebody else's.
        (
            vec![("identities", identity("federated|fabrikam.example|anna"))],
            None,
        ),
        (
            vec![(
                "identities",
                identity("federated|fabrikam.example|hanna@fabrikam.example"),
            )],
            None,
        ),
    ] {
        let mut someone = user(1, &values);
        if there == Some(There::Member) {
            // Somebody of the tenant itself is not edited by the address of a guest; without edits nothing is wrong.
            let mut rows = [invited(&["jobTitle"], &["Chef"])];
            let plan = planned(&mut rows, &directory([someone.clone()]));
            assert_eq!(rules(&rows[0]), ["address-of-member"], "{values:?}");
            assert!(plan.is_empty(), "{values:?}");
            let mut rows = [invited(&["jobTitle"], &[""])];
            let plan = planned(&mut rows, &directory([someone.clone()]));
            assert_eq!((rules(&rows[0]).len(), plan.rows()[0].there), (0, there));
            // A guest who was made a member is.
            someone.upn = "anna_fabrikam.example#EXT#@contoso.example".to_owned();
        }
        if let (Some(There::Member), None) = (there, values.iter().find(|(name, _)| *name == "userType")) {
            // Nothing but the name could say so, and now it says the other.
            continue;
        }
        let mut rows = [invited(&["jobTitle"], &["Chef"])];
        let plan = planned(&mut rows, &directory([someone]));
        assert_eq!(plan.rows()[0].there, there, "{values:?}");
        assert_eq!(
            plan.users()[0].invitation.is_none(),
            there.is_some(),
            "{values:?}"
        );
        let remarks = plan.rows()[0].remarks.join("");
        assert_eq!(
            remarks.contains("is no guest"),
            there == Some(There::Member),
            "{remarks}"
        );
    }
}

#[test]
fn nobody_is_invited_while_it_is_not_known_who_has_the_address() {
    for (unknown, told) in [("ANNA@fabrikam.example", true), ("otto@fabrikam.example", false)] {
        let mut directory = directory([]);
        directory.set_unknown_identities(vec![IdentityKey::new("mail", unknown)]);
        let mut rows = [invited(&["jobTitle"], &["Chef"])];
        let plan = planned(&mut rows, &directory);
        assert_eq!(
            rules(&rows[0]).contains(&"guest-not-known"),
            told,
            "{:?}",
            rules(&rows[0])
        );
        assert_eq!(plan.users().is_empty(), told, "{unknown}");
    }
}

#[test]
fn a_tenant_without_a_domain_is_one_that_does_not_tell_them() {
    let mut directory = directory([]);
    directory.set_verified_domains(Some(Vec::new()));
    assert_eq!(directory.verified_domains(), None);
}

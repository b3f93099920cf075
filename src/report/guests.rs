//! Guests in a plan: whom it invites, who gets a mail, and who is there already.

use super::changes::person;
use super::plan::counted;
use super::plan::{PlanView, USERS_SHOWN_MAX, folded};
use super::visible::harmless;
use crate::domain::{Plan, PlanSummary, PlannedRow, There, UserChanges};

/// Who would be invited, a line each, and who is there already.
pub(super) fn guests_text(plan: &Plan, view: PlanView) -> String {
    let summary = plan.summary();
    let guests: Vec<&UserChanges> = plan
        .users()
        .iter()
        .filter(|user| user.invitation.is_some())
        .collect();
    let mut text = String::new();
    let shown_max = if view.full { usize::MAX } else { USERS_SHOWN_MAX };
    if !guests.is_empty() {
        let title = format!(
            "Guests invited ({}); invitation mails sent: {}",
            guests.len(),
            summary.invitation_mails
        );
        text.push_str(&format!("\n{}\n", view.paint.warn(&title)));
        for user in guests.iter().take(shown_max) {
            let mail = match &user.invitation {
                Some(invitation) if invitation.send_mail => "a mail is sent",
                _ => "no mail is sent",
            };
            text.push_str(&format!(
                "  row {:<5} {}: {mail}\n",
                user.row,
                person(user, view.paint)
            ));
        }
        text.push_str(&folded(guests.len(), shown_max));
    }
    for (there, title, what) in [
        (There::Guest, "Guests who are there already", "is there already"),
        (
            There::Member,
            "Users who have the address of a row and are no guests",
            "has this address and is no guest",
        ),
    ] {
        let rows: Vec<&PlannedRow> = plan
            .rows()
            .iter()
            .filter(|row| row.there == Some(there))
            .collect();
        if rows.is_empty() {
            continue;
        }
        text.push_str(&format!("\n{title} ({})\n", rows.len()));
        for row in rows.iter().take(shown_max) {
            text.push_str(&format!(
                "  row {:<5} {} {what}, so nobody is invited\n",
                row.row,
                harmless(&row.label())
            ));
        }
        text.push_str(&folded(rows.len(), shown_max));
    }
    text
}

/// How many are invited, in one line; nothing for nearly every plan.
pub(super) fn guests_line(summary: &PlanSummary) -> String {
    match summary.users_invited {
        0 => String::new(),
        guests => format!(
            "{} invited; invitation mails sent: {}.\n",
            counted(guests, "guest is", "guests are"),
            summary.invitation_mails
        ),
    }
}

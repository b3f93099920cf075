//! The figures under a plan.

use serde::{Deserialize, Serialize};

use super::Plan;
use crate::domain::Action;
use crate::domain::undo::irreversible;

/// The figures under a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSummary {
    pub users_changed: u64,
    /// How many of them are new.
    #[serde(default)]
    pub users_created: u64,
    /// How many guests are invited.
    #[serde(default)]
    pub users_invited: u64,
    /// How many of them get a mail.
    #[serde(default)]
    pub invitation_mails: u64,
    pub cells_changed: u64,
    pub clears: u64,
    pub unchanged_rows: u64,
    pub conflicts: u64,
    pub refusals_foreseen: u64,
    /// Errors of the sheet, each of which holds something back.
    #[serde(default)]
    pub errors: u64,
    /// Changes that no later `undo` can take back.
    #[serde(default)]
    pub cannot_be_undone: u64,
    /// Writes the service will count.
    pub requests: u64,
}

impl Plan {
    /// The figures.
    pub fn summary(&self) -> PlanSummary {
        let requests = self.users.iter().map(|user| Action::all_of(user).len());
        let invitations = || self.users.iter().filter_map(|user| user.invitation.as_deref());
        PlanSummary {
            users_changed: self.users.len() as u64,
            users_created: self.users.iter().filter(|user| user.is_made()).count() as u64,
            users_invited: invitations().count() as u64,
            invitation_mails: invitations().filter(|invitation| invitation.send_mail).count() as u64,
            cells_changed: self.changes().count() as u64,
            clears: self.changes().filter(|(_, change)| change.is_clear()).count() as u64,
            unchanged_rows: self
                .rows
                .iter()
                .filter(|row| row.writes.is_empty() && row.notes.is_empty())
                .count() as u64,
            conflicts: self.conflicts.len() as u64,
            refusals_foreseen: self.withheld.len() as u64,
            errors: self.errors,
            cannot_be_undone: self
                .changes()
                .filter(|(user, change)| user.is_made() || (!user.is_new && irreversible(change).is_some()))
                .count() as u64,
            requests: requests.sum::<usize>() as u64,
        }
    }
}

//! What a sheet would change.

use std::fmt;

use super::finding::told;
use super::{Finding, Warning};
use crate::cli::hosted::Made;
use crate::domain::{self, Contacts, GuardReport, disputed_text};
use crate::report::{change_kind, kind_of};

/// What a sheet would change, made by [`Directory::plan`](crate::Directory::plan) and carried out, once, by
/// [`Directory::apply`](crate::Directory::apply).
///
/// An apply that fails before a run begins gives it back ([`NotApplied`](crate::NotApplied)).
///
/// It holds for the sheet as it was, byte for byte, and for as long as a plan file of the tool does (`guards.max_plan_age`, seven days).
/// Telephone numbers and addresses for signing in are told in part (`+31 ••••••78`).
pub struct Plan {
    made: Made,
    warnings: Vec<Warning>,
}

/// One attribute of one user, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The spreadsheet's row, counted from 1 with the header.
    pub row: u64,
    /// The user's object id. Of a user who is to be made it is one of dirsheet's own.
    pub user: String,
    /// The user's name for signing in.
    pub user_principal_name: String,
    /// The attribute.
    pub column: &'static str,
    /// What is in the directory; empty for nothing.
    pub before: String,
    /// What will be; empty for nothing.
    pub after: String,
    /// `set`, `clear`, `create`, `invite`, or the action on the account (`delete`, `restore`, `revoke-sessions`, `reset-password`), as in `plan --json`.
    pub kind: &'static str,
}

/// A cell that was changed in the sheet and by somebody else in the directory, to different values.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict {
    /// The spreadsheet's row.
    pub row: u64,
    /// The user's object id.
    pub user: String,
    /// The user's name for signing in.
    pub user_principal_name: String,
    /// The attribute.
    pub column: &'static str,
    /// What was exported.
    pub base: String,
    /// What is in the sheet.
    pub edited: String,
    /// What is in the directory now.
    pub live: String,
}

/// A change that the service would refuse, or that nobody here may make. It is not sent; the other cells of the row are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The change.
    pub change: Change,
    /// A stable word for the reason.
    pub reason: &'static str,
    /// The reason.
    pub message: String,
    /// What to do, and who can.
    pub help: String,
}

/// What a guard counted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Guard {
    /// Its name.
    pub name: &'static str,
    /// The column, where it counts by column.
    pub column: Option<String>,
    /// Whether it lets the plan through.
    pub passed: bool,
    /// What it counted.
    pub counted: u64,
    /// Its limit, in words.
    pub limit: String,
    /// Where the limit was set.
    pub origin: String,
    /// The flag of the tool that lifts it; [`PlanOptions`](crate::PlanOptions) has the same names.
    pub flag: String,
    /// What was counted, in a sentence.
    pub message: String,
}

/// Why a plan cannot be applied; the weightiest reason where there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Obstacle {
    /// The sheet has errors.
    SheetErrors,
    /// A guard refuses.
    Guards,
    /// There are conflicts.
    Conflicts,
}

impl Plan {
    pub(super) fn new(made: Made, warnings: Vec<Warning>) -> Plan {
        Plan { made, warnings }
    }

    pub(super) fn into_parts(self) -> (Made, Vec<Warning>) {
        (self.made, self.warnings)
    }

    fn plan(&self) -> &domain::Plan {
        &self.made.planned.plan
    }

    /// What stands in the way of an apply, if anything does.
    pub fn obstacle(&self) -> Option<Obstacle> {
        self.made.obstacle.map(|obstacle| match obstacle {
            domain::Obstacle::SheetErrors => Obstacle::SheetErrors,
            domain::Obstacle::Guards => Obstacle::Guards,
            domain::Obstacle::Conflicts => Obstacle::Conflicts,
        })
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.plan().is_empty()
    }

    /// How many users would be changed.
    pub fn users_changed(&self) -> u64 {
        self.plan().summary().users_changed
    }

    /// How many users the directory has.
    pub fn users_total(&self) -> u64 {
        self.plan().users_total()
    }

    /// Writes that the service will count.
    pub fn requests(&self) -> u64 {
        self.made.planned.forecast.requests
    }

    /// How long the writing will take at the service's pace, in seconds.
    pub fn seconds(&self) -> u64 {
        self.made.planned.forecast.seconds
    }

    /// SHA-256 over the plan, in hexadecimal: two plans with the same one change the same.
    pub fn fingerprint(&self) -> String {
        self.plan().fingerprint()
    }

    /// Everything that would be written, in the order of the sheet.
    pub fn changes(&self) -> impl Iterator<Item = Change> {
        self.plan().changes().map(|(user, change)| Change {
            kind: change_kind(user, change),
            ..written(&user.user, &user.upn, user.row, change)
        })
    }

    /// Cells in conflict that nobody has settled.
    pub fn conflicts(&self) -> impl Iterator<Item = Conflict> {
        self.plan().conflicts().iter().map(|conflict| {
            let shown = |text: &str| Contacts::Masked.text(conflict.attribute, text);
            Conflict {
                row: conflict.row,
                user: conflict.user.to_string(),
                user_principal_name: conflict.upn.clone(),
                column: conflict.attribute.name,
                base: shown(&conflict.base),
                edited: shown(&disputed_text(&conflict.edited)),
                live: shown(&disputed_text(&conflict.live)),
            }
        })
    }

    /// Changes that are not sent, because the service would refuse them.
    pub fn refusals(&self) -> impl Iterator<Item = Refusal> {
        self.plan().withheld().iter().map(|withheld| Refusal {
            change: written(&withheld.user, &withheld.upn, withheld.row, &withheld.change),
            reason: withheld.reason.code(),
            message: withheld.reason.message().to_owned(),
            help: withheld.hint(),
        })
    }

    /// What the guards counted, as they will count when the plan is applied; the directory may have changed by then.
    pub fn guards(&self) -> impl Iterator<Item = Guard> {
        self.made.planned.guards.iter().map(guard)
    }

    /// What was found in the sheet, in its order.
    pub fn findings(&self) -> Vec<Finding> {
        told(&self.made.planned.findings)
    }

    /// What was said when it was made.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// All of it as `dirsheet plan --json` prints it (`docs/formats/json.md`).
    pub fn to_json(&self) -> String {
        self.made.json().to_string()
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Plan");
        shown.field("fingerprint", &self.fingerprint());
        shown.field("obstacle", &self.obstacle()).finish_non_exhaustive()
    }
}

/// A change as it is told. A user who is made has words of its own for `kind`.
fn written(user: &domain::UserId, upn: &str, row: u64, change: &domain::Change) -> Change {
    let shown = |value| Contacts::Masked.cell(change.attribute, value);
    Change {
        row,
        user: user.to_string(),
        user_principal_name: upn.to_owned(),
        column: change.attribute.name,
        before: shown(&change.before),
        after: shown(&change.after),
        kind: kind_of(change),
    }
}

fn guard(report: &GuardReport) -> Guard {
    Guard {
        name: report.guard,
        column: report.column.clone(),
        passed: report.passed,
        counted: report.counted,
        limit: report.limit.clone(),
        origin: report.origin.clone(),
        flag: report.flag.clone(),
        message: report.message.clone(),
    }
}

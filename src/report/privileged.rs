//! Privileged roles that a plan gives or takes, before everything else it does.

use super::plan::{PlanView, USERS_SHOWN_MAX, folded};
use crate::domain::{Plan, shorten};

/// Under a heading of their own; nothing where there are none.
pub(super) fn privileged_text(plan: &Plan, view: PlanView) -> String {
    let changes: Vec<_> = plan.privileged_changes().collect();
    if changes.is_empty() {
        return String::new();
    }
    let shown_max = if view.full { usize::MAX } else { USERS_SHOWN_MAX };
    let title = format!("Privileged roles ({})", changes.len());
    let mut text = format!("\n{}\n", view.paint.warn(&title));
    for (user, change, role) in changes.iter().take(shown_max) {
        let what = if change.takes_role() { "loses" } else { "gets" };
        text.push_str(&format!(
            "  row {:<5} {} {what} {}\n",
            user.row,
            shorten(&user.upn),
            shorten(role)
        ));
    }
    text.push_str(&folded(changes.len(), shown_max));
    text
}

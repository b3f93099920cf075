//! People who have left: from which day on, and what becomes of their accounts.

use jiff::ToSpan;
use jiff::civil::Date;

use super::super::MappedRow;
use super::super::settings::LeaverAction;
use super::{Decided, Ground, PersonWish, Told, ToldKind};
use crate::domain::{UserId, Value};

/// Whether the person has left by this day.
pub fn has_left(row: &MappedRow, ground: Ground<'_>) -> bool {
    let Some(leavers) = &ground.settings.leavers else {
        return false;
    };
    let days = i64::from(leavers.days_after());
    // A day beyond the calendar never comes.
    let over = |last: Date| last.checked_add(days.days()).is_ok_and(|end| ground.today > end);
    row.has_left || row.last_day.is_some_and(over)
}

/// Switches off who has left, or tells it; and tells of whom the file has at work and whose account is off.
pub fn leaving(
    row: &MappedRow,
    left: bool,
    user: UserId,
    wish: &mut PersonWish,
    ground: Ground<'_>,
    decided: &mut Decided,
) {
    let (Some(rules), Some(user)) = (&ground.settings.leavers, ground.directory.user(&user)) else {
        return;
    };
    let is_off = ground.directory.value(user, "accountEnabled") == Value::Boolean(false);
    let mut tell = |kind, message: String| {
        decided.told.push(Told {
            row: Some(row.row),
            who: wish.upn.clone(),
            kind,
            message,
        });
    };
    match (left, is_off, rules.action) {
        (true, false, LeaverAction::Disable) => {
            wish.disable = Some(if row.has_left { "leavers.when" } else { "leavers.last-day" });
        }
        (true, false, LeaverAction::Report) => tell(
            ToldKind::Leaver,
            match row.last_day {
                Some(day) if !row.has_left => format!("has left, with {day} as the last day, and can still sign in"),
                _ => "has left, and can still sign in".to_owned(),
            },
        ),
        (false, true, _) if wish.cells.iter().all(|cell| cell.attribute.name != "accountEnabled") => tell(
            ToldKind::SwitchedOff,
            "is at work as the file says, and the account is switched off; a feed switches nobody on by itself".to_owned(),
        ),
        _ => {}
    }
}

//! People whom the service does not let a feed change, and whom the settings leave alone: told, and nobody's work.

use super::super::MappedRow;
use super::super::matching::Doubt;
use super::{Decided, Ground, PersonWish, Told, ToldKind, of_mapping};
use crate::domain::{Directory, UserState, Value};
use crate::feed::matching::is_guest;
use crate::feed::settings::{Guests, OutOfReach, PeopleRules};

/// As what the settings leave a user alone; `None` for everybody else.
pub fn left_alone(user: &UserState, directory: &Directory, rules: PeopleRules) -> Option<ToldKind> {
    if rules.synced == OutOfReach::Leave && user.synced == Some(true) {
        Some(ToldKind::Synced)
    } else if rules.restricted == OutOfReach::Leave && user.restricted {
        Some(ToldKind::Restricted)
    } else if rules.guests == Guests::Leave && is_guest(user, directory) {
        Some(ToldKind::Guest)
    } else {
        None
    }
}

/// Whether somebody who is left alone has left cannot be told from the row: where nobody else would see to it, that is for a person as it is
/// where they have left.
pub fn tell_of_days(
    kind: ToldKind,
    row: &MappedRow,
    user: &UserState,
    ground: Ground<'_>,
    decided: &mut Decided,
) {
    let is_off = ground.directory.value(user, "accountEnabled") == Value::Boolean(false);
    if kind == ToldKind::Synced || is_off {
        return;
    }
    let of_leavers = row
        .problems
        .iter()
        .filter(|problem| problem.rule.starts_with("leavers."));
    for problem in of_leavers {
        decided.letter(row.row, of_mapping(problem));
    }
}

/// What would have been written of somebody who is left alone. Who has left and can still sign in is for a person all the same where
/// nobody else would see to it: the directory on premises switches its people off, and a restricted unit does nothing by itself, nor does
/// anybody who looks after guests hear from HR.
pub fn leave_alone(kind: ToldKind, mut wish: PersonWish, decided: &mut Decided) {
    let (why, who) = match kind {
        ToldKind::Restricted => (
            "is in a restricted administrative unit",
            "let an administrator of the unit switch",
        ),
        ToldKind::Guest => ("is that of a guest", "let whoever looks after guests switch"),
        _ => ("", ""),
    };
    if !why.is_empty() && wish.disable.take().is_some() {
        let doubt = Doubt::new(
            format!(
                "the person has left and can still sign in: the account {why}, and the feed leaves it alone"
            ),
            format!("{who} the account off"),
        );
        match wish.row {
            Some(row) => decided.letter(row, doubt),
            None => decided.told.push(Told {
                row: None,
                who: wish.upn.clone(),
                kind: ToldKind::ForAPerson,
                message: format!(
                    "is not in the file, and can still sign in: the account {why}, and the feed leaves it alone; {who} it off"
                ),
            }),
        }
        if wish.cells.is_empty() {
            return;
        }
    }
    let mut wanted: Vec<&str> = wish.cells.iter().map(|cell| cell.attribute.name).collect();
    if wish.disable.is_some() {
        wanted.push("accountEnabled");
    }
    let why = match kind {
        ToldKind::Restricted => "is in a restricted administrative unit",
        ToldKind::Guest => "is a guest",
        _ => "is synced from on-premises",
    };
    decided.told.push(Told {
        row: wish.row,
        who: wish.upn,
        kind,
        message: match wish.row {
            Some(_) => format!(
                "{why} and left alone; the night would have written {}",
                wanted.join(", ")
            ),
            None => format!("is not in the file; {why} and left alone"),
        },
    });
}

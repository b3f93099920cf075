//! People whom the service does not let a feed change, and whom the settings leave alone: told, and nobody's work.

use super::{PersonWish, Told, ToldKind};
use crate::domain::UserState;
use crate::feed::settings::{OutOfReach, PeopleRules};

/// As what the settings leave a user alone; `None` for everybody else.
pub fn left_alone(user: &UserState, rules: PeopleRules) -> Option<ToldKind> {
    if rules.synced == OutOfReach::Leave && user.synced == Some(true) {
        Some(ToldKind::Synced)
    } else if rules.restricted == OutOfReach::Leave && user.restricted {
        Some(ToldKind::Restricted)
    } else {
        None
    }
}

/// What would have been written of somebody who is left alone.
pub fn told_of_left(kind: ToldKind, wish: &PersonWish) -> Told {
    let mut wanted: Vec<&str> = wish.cells.iter().map(|cell| cell.attribute.name).collect();
    if wish.disable.is_some() {
        wanted.push("accountEnabled");
    }
    let why = match kind {
        ToldKind::Restricted => "is in a restricted administrative unit",
        _ => "is synced from on-premises",
    };
    Told {
        row: wish.row,
        who: wish.upn.clone(),
        kind,
        message: format!(
            "{why} and left alone; the night would have written {}",
            wanted.join(", ")
        ),
    }
}

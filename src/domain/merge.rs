//! The three-way merge of one cell.
//!
//! *Base* is the cell as exported, *edited* as it is in the sheet now, *live* as it is in the directory now.
//! Only cells that a person changed arrive here; an untouched cell asks for nothing and is never written.
//!
//! | base | live, compared with the wanted value | verdict |
//! |---|---|---|
//! | any or none | the same | already there: nothing to write |
//! | none | different | set (two-way: a foreign sheet or a feed) |
//! | same as live | different | set |
//! | differs from live | different | conflict: both moved, to different values |
//!
//! Blank without a base means *keep*, and blank with a base means *clear*; both were decided when the row was checked,
//! because only there the exported text is known.

use super::edit::{Edit, UserKey};
use super::items::split_items;
use super::rules;
use super::{Reference, Value, same};
use crate::catalogue::Attribute;

/// What is to be done about one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The directory already holds it.
    AlreadyThere,
    /// Write it.
    Set { before: Value, after: Value },
    /// Somebody else changed the cell since the export, to something else.
    Conflict { live: Value, edited: Value },
}

/// Decides about one cell. `wanted` is the edit with its reference resolved.
pub fn merge(attribute: &Attribute, base: Option<&str>, wanted: &Value, live: &Value) -> Verdict {
    let reached = same(attribute, wanted, live);
    let untouched_by_others = base.map(|base| is_base(attribute, base, live));
    match (reached, untouched_by_others) {
        (true, None | Some(true) | Some(false)) => Verdict::AlreadyThere,
        (false, None | Some(true)) => Verdict::Set {
            before: live.clone(),
            after: wanted.clone(),
        },
        (false, Some(false)) => Verdict::Conflict {
            live: live.clone(),
            edited: wanted.clone(),
        },
    }
}

/// Whether the directory still holds what was exported.
fn is_base(attribute: &Attribute, base: &str, live: &Value) -> bool {
    if live.to_cell() == base {
        return true;
    }
    let is_named = |one: &Reference, text: &str| UserKey::parse(text).is_some_and(|key| key.names(one));
    if let Value::Reference(manager) = live {
        // A manager who was renamed since the export is still the same manager only when the cell named the id.
        return is_named(manager, base);
    }
    if let (Value::References(people), Ok(items)) = (live, split_items(base)) {
        return people.len() == items.len()
            && people
                .iter()
                .all(|one| items.iter().any(|item| is_named(one, item)));
    }
    match rules::interpret(attribute, base) {
        Some(Edit::Set(base)) => same(attribute, &base, live),
        Some(Edit::Clear | Edit::Refer(_) | Edit::ReferHolder(_)) | None => false,
    }
}

//! Damage that no single cell shows: values that stand in other rows or columns than they were exported in, and values that were
//! filled. Each pattern is asked of a [`Grid`], which holds only what differs from the base. `docs/design/damage.md` explains the
//! thresholds.

mod baseless;
mod columns;
mod filled;
mod grid;
mod handed;
mod letters;
mod mixed;
mod moved;
mod neighbours;
mod pattern;
mod phones;
mod plain;
mod rows;
mod series;

pub(super) use baseless::doubt_baseless;
pub(super) use letters::{changed_letters, letters_came_back, lost_letters};
pub use mixed::refuse_mixed;
pub(super) use pattern::find_patterns;
pub(super) use phones::doubt_phones;
pub(super) use plain::believe_plain_letters;

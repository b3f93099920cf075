//! What spreadsheets and other programs do to cells: told from what a person did wherever the exported text makes that possible.
//!
//! Three questions, each with its own answer. [`certain`]: is the text one that no person types (`#NAME?`)? [`rewritten`]: is it
//! only what a program makes of the text that stood there? [`doubt`]: does a new value look like damage, although nobody can
//! tell? Whatever is none of these is an edit. Each family of damage has a file of its own here, with a table of what is damage
//! and what only looks like it. `docs/design/damage.md` gives the reasons.

mod blanks;
mod certain;
mod cut;
mod dates;
mod doubts;
mod errors;
mod evidence;
mod families;
mod letters;
mod marks;
mod money;
mod months;
mod numbers;
mod objects;
mod times;
mod truth;
mod typing;

pub(super) use certain::certain;
pub(super) use dates::{days, serial_days};
pub(super) use doubts::doubt;
pub(super) use evidence::settle;
pub(super) use families::{Damage, rewritten};
pub(super) use letters::flattened;
pub use truth::yes_or_no;
pub(super) use truth::{likely_truth, truth};

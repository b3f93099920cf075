//! What dirsheet exists for, pure and synchronous: values, edits, checks, the three-way merge, the plan, its guards, packing and outcomes.
//!
//! This room sees no clock, file, network or environment, so it cannot fail for a reason outside its arguments.

mod finding;
mod ids;
mod operation;
mod outcome;
mod place;
mod row;
mod user;
mod value;

pub use finding::{Extent, FOUND_CHARS_MAX, Finding, Severity, shorten};
pub use ids::{RunId, SnapshotId, UpnKey, UserId};
pub use operation::{Action, BATCH_OPERATIONS_MAX, Batch, Change, Companion, Operation, OperationNumber};
pub use outcome::{ChangeOutcome, OperationResult, Outcome, Refusal, RowStatus};
pub use place::{Place, column_letters};
pub use row::RawRow;
pub use user::{Columns, UserState};
pub use value::{LIST_SEPARATOR, Reference, Value, same};

//! The surface for other programs: the catalogue, a sheet, a plan, its apply. `src/lib.rs` has its names at the root of the crate.
//!
//! Nothing is decided here. Each call goes to the function of the command that does the same (`cli/hosted.rs`), and what comes back is
//! put into types that can stay as they are while the rooms behind them change (`docs/design/library.md`).
#![warn(missing_docs)]

mod attributes;
mod directory;
mod error;
mod event;
mod finding;
mod options;
mod plan;
mod run;
mod settings;
mod warning;

pub use attributes::{Attribute, attribute, attributes};
pub use directory::{Directory, Exported, Stopper, Unread};
pub use error::{Error, ErrorKind, NotApplied};
pub use event::{Event, Phase};
pub use finding::{Checked, Finding, Severity, check};
pub use options::{ApplyOptions, Conflicts, ExportOptions, Limit, Permission, PlanOptions, SheetOptions};
pub use plan::{Change, Conflict, Guard, Obstacle, Plan, Refusal};
pub use run::{Ended, Row, Run, Status};
pub use settings::Settings;
pub use warning::{Warning, WarningKind};

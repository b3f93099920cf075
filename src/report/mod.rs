//! Findings, plans and runs as text for people and JSON for programs, a sheet with comments, and a run as CSV files.
//!
//! Nothing here prints: every function returns text or writes into what it is given.

mod annotate;
mod book;
mod changes;
mod conflict_sheet;
mod diff;
mod difference;
mod feed_gate;
mod feed_hints;
mod findings;
mod fixed;
mod guests;
mod handover;
mod held_back;
mod json;
mod left_alone;
mod nothing;
mod page;
mod paint;
mod paper;
mod plan;
mod privileged;
mod run;
mod run_csv;
mod undo;
mod visible;

pub use annotate::{annotate, annotations};
pub use book::write_book;
pub use conflict_sheet::{
    CONFLICT_COLUMNS, CONFLICT_FORM, ChoiceNotes, ConflictRows, FilledIn, holds_choices, read_choices,
    write_conflicts,
};
pub use diff::{DiffFacts, DiffSide, diff_json, diff_sheet, diff_text};
pub use feed_gate::{feed_gate_json, feed_gate_refusal, feed_gate_text};
pub use feed_hints::feed_gate_hint;
pub use findings::{FINDINGS_SHOWN_MAX, findings_text, sheet_line};
pub use fixed::Fixes;
pub use handover::{HANDOVER_IDENTITY, write_handover};
pub use json::{SheetFacts, change_kind, check_json, findings_json, kind_of, plan_json};
pub use page::{is_plan_page, write_page};
pub use paint::Paint;
pub use paper::Paper;
pub use plan::{PlanView, amount, counted, duration, figures, origin, plan_text};
pub use run::{RunSummary, Verified, hands, hands_text, row_json, run_json, run_text, summary_json};
pub use run_csv::{REPORT_COLUMNS, ReportFile, ReportLine, RowFacts, Selection};
pub use undo::{undo_json, undo_text};
pub use visible::beside;

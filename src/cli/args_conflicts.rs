//! Flags about cells that two people changed.

use std::path::PathBuf;

use clap::Args;

use super::values::conflicts;
use crate::domain::ConflictPolicy;

/// How cells in conflict are settled.
#[derive(Debug, Clone, Default, Args)]
pub struct SettleArgs {
    /// Cells that you and somebody else changed: stop (the default), leave them (skip), or write the sheet's value (mine)
    #[arg(long, value_name = "stop|skip|mine", value_parser = conflicts)]
    pub conflicts: Option<ConflictPolicy>,
    /// Settle cells one by one, as the column `_choice` of this sheet says, which `plan --conflict-sheet` wrote
    #[arg(long, value_name = "FILE", conflicts_with = "restore")]
    pub choices: Option<PathBuf>,
}

impl SettleArgs {
    /// What to do where nothing else was said.
    pub fn policy(&self) -> ConflictPolicy {
        self.conflicts.unwrap_or_default()
    }
}

/// Where the conflicts of a plan are written down.
#[derive(Debug, Clone, Args)]
pub struct ConflictSheetArgs {
    /// Write the cells in conflict to this sheet, to be settled one by one; it ends in `.csv` or `.xlsx`
    #[arg(long, value_name = "FILE", conflicts_with = "restore")]
    pub conflict_sheet: Option<PathBuf>,
}

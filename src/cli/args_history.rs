//! Flags about what was before: plans that were reviewed, snapshots, and the way back to one.

use std::path::PathBuf;

use clap::Args;

use super::values::{age, at_least_one, column, fingerprint, whole};
use crate::domain::FingerprintPrefix;

/// How an apply is tied to the plan that was reviewed.
#[derive(Debug, Clone, Default, Args)]
pub struct SealArgs {
    /// Write only if the plan has this fingerprint, which `plan --fingerprint` printed; its first 12 digits are enough
    #[arg(long, value_name = "HEX", value_parser = fingerprint)]
    pub fingerprint: Option<FingerprintPrefix>,
    /// Refuse a plan file that is older, like `24h` or `7d`; without it, `guards.max_plan_age` or 7 days
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub max_age: Option<jiff::SignedDuration>,
    /// Ask with the numbers of the plan; for a large one, how many users it changes must be typed
    #[arg(long, conflicts_with = "yes")]
    pub interactive: bool,
}

/// A plan that sets users back to a snapshot.
#[derive(Debug, Clone, Default, Args)]
pub struct RestoreArgs {
    /// Set users back to what this snapshot holds, instead of carrying out a sheet
    #[arg(long, value_name = "SNAPSHOT", conflicts_with_all = ["sheet", "base", "delimiter", "encoding", "worksheet", "accept_derived", "skip_errors", "choices", "photos", "key", "manager_by", "new_names"])]
    pub restore: Option<String>,
    /// With --restore: only these columns; without it, every column of the snapshot that can be written
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = column, requires = "restore")]
    pub columns: Vec<String>,
    /// With --restore: only these users, by id or userPrincipalName
    #[arg(long, value_name = "USER,…", value_delimiter = ',', requires = "restore")]
    pub users: Vec<String>,
    /// With --restore: only the users that the rows of this sheet name
    #[arg(long, value_name = "SHEET", requires = "restore", conflicts_with = "users")]
    pub rows_of: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct DiffArgs {
    /// A snapshot, a sheet, or `live` for the directory now
    #[arg(value_name = "A")]
    pub before: String,
    /// What it is held against: a snapshot, a sheet, or `live`
    #[arg(value_name = "B", default_value = "live")]
    pub after: String,
    /// Compare only these columns
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = column)]
    pub columns: Vec<String>,
    /// Write the differences to this file, which ends in `.csv` or `.xlsx`
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Show every user, and beside a sheet also those who are not in it
    #[arg(long)]
    pub full: bool,
    /// Exit with 20 when there are differences
    #[arg(long)]
    pub detailed_exitcode: bool,
}

#[derive(Debug, Clone, Args)]
pub struct PruneArgs {
    /// Remove old snapshots, after showing them and asking
    #[arg(long)]
    pub prune: bool,
    /// With --prune: keep so many of each tenant, the newest; without it, as the configuration file says
    #[arg(long, value_name = "N", requires = "prune", value_parser = at_least_one)]
    pub keep: Option<u64>,
    /// With --prune: keep those of so many days
    #[arg(long, value_name = "N", requires = "prune", value_parser = whole::<u64>)]
    pub keep_days: Option<u64>,
    /// With --prune: do not ask
    #[arg(long, requires = "prune")]
    pub yes: bool,
}

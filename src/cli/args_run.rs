//! Flags about how a run is carried out.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::values::{at_least_one, duration, failures};
use crate::domain::Limit;

/// How a run is carried out.
#[derive(Debug, Clone, Default, Args)]
pub struct RunArgs {
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Write the report files into this folder
    #[arg(long, value_name = "DIR")]
    pub report_dir: Option<PathBuf>,
    /// End in good order after this time, like `90s`, `30m` or `2h`
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub deadline: Option<Duration>,
    /// Write the first N rows, read them back, and ask (or stop, where nobody can be asked) before the rest
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub canary: Option<u64>,
    /// Stop when the service has refused so many requests, as a number or a share of the run
    #[arg(long, value_name = "N|P%", value_parser = failures)]
    pub stop_after_failures: Option<Limit>,
    /// Do not read back what was written
    #[arg(long)]
    pub no_verify: bool,
    /// How long to wait until what was written shows
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "no_verify")]
    pub verify_patience: Option<Duration>,
    /// Do not read each user again just before writing
    #[arg(long)]
    pub no_recheck: bool,
    /// Write the passwords of new users and of `reset-password` into this new file, which only you can read
    #[arg(long, value_name = "FILE")]
    pub passwords: Option<PathBuf>,
    /// Write the link of each guest who is invited into this new file, which only you can read
    #[arg(long, value_name = "FILE")]
    pub invitations: Option<PathBuf>,
}

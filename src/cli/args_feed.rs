//! The flags of `feed`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::values::duration;

#[derive(Debug, Subcommand)]
pub enum FeedCommand {
    /// Take the newest file of an HR system into the directory; nobody is asked
    Run(FeedRunArgs),
    /// List the nights of a feed, newest first
    History(FeedHistoryArgs),
}

#[derive(Debug, Clone, Args)]
pub struct FeedRunArgs {
    /// The settings of the feed
    #[arg(value_name = "FEED.toml")]
    pub settings: PathBuf,
    /// Take this file instead of the one that the settings name
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Feed a mended file of dead letters: it is held against no earlier file, and nobody is missing from it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "go", "again"])]
    pub refeed: Option<PathBuf>,
    /// Say that a first file, which nothing can be held against, is right
    #[arg(long)]
    pub go: bool,
    /// Take a file although it was taken before
    #[arg(long)]
    pub again: bool,
    /// Above so many users leave a sealed plan for approval instead of writing; overrides the settings
    #[arg(long, value_name = "N")]
    pub approve_above: Option<u64>,
    /// Tell what would be done, and write and keep nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write the files of the night into this folder
    #[arg(long, value_name = "DIR")]
    pub report_dir: Option<PathBuf>,
    /// End in good order after this time, like `90s`, `30m` or `2h`
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub deadline: Option<Duration>,
}

#[derive(Debug, Clone, Args)]
pub struct FeedHistoryArgs {
    /// The settings of the feed
    #[arg(value_name = "FEED.toml")]
    pub settings: PathBuf,
}

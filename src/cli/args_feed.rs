//! The flags of `feed`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::values::{duration, whole};
use crate::feed::Lift;
use crate::feed::schedule::Scheduler;

#[derive(Debug, Clone, Subcommand)]
pub enum FeedCommand {
    /// Check the settings of a feed, its mapping and a file; no network
    Check(FeedCheckArgs),
    /// Show what comes out of the mapping for each person, and which rule made each value; no network
    Preview(FeedPreviewArgs),
    /// Propose settings for a feed from the headers and values of a file
    Init(FeedInitArgs),
    /// Print the JSON Schema of `FEED.toml`, for editors
    Schema,
    /// Take the newest file of an HR system into the directory; nobody is asked
    Run(FeedRunArgs),
    /// List the nights of a feed, newest first
    History(FeedHistoryArgs),
    /// Print what starts a feed every night: for systemd, cron, Windows, Kubernetes or GitHub Actions
    Schedule(FeedScheduleArgs),
    /// Send a trial message to everybody whom a feed tells of its nights, and say who got it
    Notify(FeedNotifyArgs),
}

#[derive(Debug, Clone, Args)]
pub struct FeedCheckArgs {
    /// The settings of the feed
    #[arg(value_name = "FEED.toml")]
    pub settings: PathBuf,
    /// The file; without it, the newest that the settings name
    pub file: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct FeedPreviewArgs {
    /// The settings of the feed
    #[arg(value_name = "FEED.toml")]
    pub settings: PathBuf,
    /// The file; without it, the newest that the settings name
    pub file: Option<PathBuf>,
    /// Show this row alone; it has the number that a spreadsheet shows
    #[arg(long, value_name = "N", conflicts_with = "key", value_parser = whole::<u64>)]
    pub row: Option<u64>,
    /// Show the person with this key alone
    #[arg(long, value_name = "K")]
    pub key: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub struct FeedInitArgs {
    /// A file as the HR system writes it
    pub file: PathBuf,
    /// Write the proposal to this file, which must not be there yet; without it, to stdout
    #[arg(long, short, value_name = "FEED.toml")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct FeedRunArgs {
    /// The settings of the feed
    #[arg(value_name = "FEED.toml")]
    pub settings: PathBuf,
    /// Take this file instead of the one that the settings name
    #[arg(long, value_name = "FILE", group = "named")]
    pub file: Option<PathBuf>,
    /// Feed a mended file of dead letters: it is held against no earlier file, and nobody is missing from it
    #[arg(long, value_name = "FILE", group = "named", conflicts_with = "go")]
    pub refeed: Option<PathBuf>,
    /// Say that a first file, which nothing can be held against, is right
    #[arg(long)]
    pub go: bool,
    /// Let these pass this once, after somebody has looked at the file: measures of the gate such as `rows-lost`, limits of
    /// `[guards]` such as `max-users`, `leavers.max` and `missing.max`
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', conflicts_with = "refeed")]
    pub lift: Vec<Lift>,
    /// Take a file although it was taken before; with `--refeed`, rows of an earlier night, which are written over what a newer file
    /// has said since
    #[arg(long)]
    pub again: bool,
    /// Read everybody of the directory, although what the last night read could be brought up to date
    #[arg(long)]
    pub full: bool,
    /// Write also what a person took back with `undo` and the file still says: with `--refeed` of its rows alone, with `--file` of
    /// all; one of the two is needed
    #[arg(long, requires = "named")]
    pub write_undone: bool,
    /// Above so many users leave a sealed plan for approval instead of writing; overrides the settings
    #[arg(long, value_name = "N", value_parser = whole::<u64>)]
    pub approve_above: Option<u64>,
    /// Tell what would be done, and write and keep nothing but the files of `--report-dir`
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

#[derive(Debug, Clone, Args)]
pub struct FeedNotifyArgs {
    /// The settings of the feed
    #[arg(value_name = "FEED.toml")]
    pub settings: PathBuf,
}

#[derive(Debug, Clone, Args)]
pub struct FeedScheduleArgs {
    /// The settings of the feed
    #[arg(value_name = "FEED.toml")]
    pub settings: PathBuf,
    /// For which scheduler; without it, for the usual one of this system
    #[arg(long = "as", value_enum, value_name = "SCHEDULER")]
    pub scheduler: Option<SchedulerWord>,
    /// Write the files into this folder instead of to stdout
    #[arg(long, short, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Where the program is on the machine it is for; without it, where it is here
    #[arg(long, value_name = "PATH")]
    pub program: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchedulerWord {
    Systemd,
    Cron,
    Windows,
    Kubernetes,
    Github,
}

impl From<SchedulerWord> for Scheduler {
    fn from(word: SchedulerWord) -> Scheduler {
        match word {
            SchedulerWord::Systemd => Scheduler::Systemd,
            SchedulerWord::Cron => Scheduler::Cron,
            SchedulerWord::Windows => Scheduler::Windows,
            SchedulerWord::Kubernetes => Scheduler::Kubernetes,
            SchedulerWord::Github => Scheduler::Github,
        }
    }
}

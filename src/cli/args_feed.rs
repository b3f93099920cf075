//! The flags of `feed`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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
    /// The file; without it, the one of the settings, if they name one and it is there
    pub file: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct FeedPreviewArgs {
    /// The settings of the feed
    #[arg(value_name = "FEED.toml")]
    pub settings: PathBuf,
    /// The file; without it, the one of the settings, if they name one and it is there
    pub file: Option<PathBuf>,
    /// Show this row alone; it has the number that a spreadsheet shows
    #[arg(long, value_name = "N", conflicts_with = "key")]
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

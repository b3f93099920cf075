//! The flags of `feed`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::feed::schedule::Scheduler;

#[derive(Debug, Clone, Subcommand)]
pub enum FeedCommand {
    /// Print what starts a feed every night: for systemd, cron, Windows, Kubernetes or GitHub Actions
    Schedule(FeedScheduleArgs),
    /// Send a trial message to everybody whom a feed tells of its nights, and say who got it
    Notify(FeedNotifyArgs),
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

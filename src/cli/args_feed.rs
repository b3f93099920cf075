//! The flags of `feed`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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

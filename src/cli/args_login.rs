//! The flags of signing a person in.

use clap::Args;

#[derive(Debug, Clone, Args)]
pub struct LoginArgs {
    /// Ask for the permissions of these columns, separated by commas, or of a preset: default, all, minimal, hr; without it for what
    /// the app registration lists
    #[arg(long, value_name = "A,B|preset")]
    pub columns: Option<String>,
}

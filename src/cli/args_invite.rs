//! Flags about guests who are invited.

use clap::Args;

use super::values::{limit, web_address};
use crate::domain::Limit;

/// How guests are invited.
#[derive(Debug, Clone, Default, Args)]
pub struct InviteArgs {
    /// With `--allow invite`: where a guest goes after accepting, when the row does not say it
    #[arg(long, value_name = "URL", value_parser = web_address, conflicts_with = "restore")]
    pub invite_redirect: Option<String>,
    /// Most guests that may be invited, as a number or a share [default: 20]
    #[arg(long, value_name = "N|P%", value_parser = limit)]
    pub max_invites: Option<Limit>,
}

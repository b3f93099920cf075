//! `feed schema`: the JSON Schema of `FEED.toml`, for editors.

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::feed;

pub fn run(output: Output) -> Result<Exit, CliError> {
    output.json(&feed::settings_schema())?;
    Ok(Exit::Done)
}

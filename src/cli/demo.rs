//! `demo`: the whole road on the embedded directory.

use std::path::Path;

use super::error::CliError;
use super::exit::Exit;
use super::output::Output;

pub async fn run(_folder: &Path, _output: Output) -> Result<Exit, CliError> {
    Ok(Exit::Done)
}

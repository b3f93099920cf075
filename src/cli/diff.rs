//! `diff`.
use super::args::DiffArgs;
use super::connect::Context;
use super::error::CliError;
use super::exit::Exit;
pub async fn run(_context: &Context, _arguments: &DiffArgs) -> Result<Exit, CliError> {
    Err(CliError::usage("not there yet"))
}

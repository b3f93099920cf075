//! `man`: the manual pages, made from the same grammar as the help.

use std::path::Path;

use super::error::CliError;
use super::exit::Exit;
use super::grammar::grammar;
use super::output::Output;

/// Writes `dirsheet.1`, `dirsheet-export.1` and so on into a folder, which is made where it is not there.
pub fn run(folder: &Path, output: Output) -> Result<Exit, CliError> {
    let failed = |error: std::io::Error| {
        CliError::usage(format!(
            "`{}`: the pages cannot be written: {error}",
            folder.display()
        ))
        .hint("name a folder of your own, such as `~/.local/share/man/man1`")
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(grammar(), folder).map_err(failed)?;
    output.say(&format!(
        "Wrote the manual pages into {}; `man -l {}` shows the first.",
        folder.display(),
        folder.join("dirsheet.1").display()
    ));
    Ok(Exit::Done)
}

//! `feed init`: a proposal for `FEED.toml`, made from the headers and values of a file.

use std::io::Write;

use super::opening::file_name;
use super::reading;
use crate::cli::args::FeedInitArgs;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::feed;
use crate::table::PlainOptions;

pub fn run(output: Output, arguments: &FeedInitArgs) -> Result<Exit, CliError> {
    let read = reading::table(&arguments.file, &PlainOptions::default(), output)?;
    let name = file_name(&arguments.file);
    let proposal = feed::propose(&name, &read.table);
    let Some(target) = &arguments.output else {
        output.data(&proposal.text)?;
        return Ok(Exit::Done);
    };
    // `create_new` refuses a file that is there in the same step in which it makes one.
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(target)
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => CliError::usage(format!(
                "`{}` is there already, and is left as it is",
                target.display()
            ))
            .hint("name another file with `-o`"),
            _ => CliError::usage(format!("cannot write `{}`: {error}", target.display())),
        })?;
    file.write_all(proposal.text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|error| {
            CliError::new(
                Exit::Unexpected,
                format!("cannot write `{}`: {error}", target.display()),
            )
        })?;
    output.say(&format!(
        "{} proposes {} rules; look at the {} comments that begin with `# ?` before you use it, then run\n    dirsheet feed check {} {}",
        target.display(),
        proposal.rules,
        proposal.doubts,
        target.display(),
        arguments.file.display()
    ));
    Ok(Exit::Done)
}

//! `--choices`: a sheet of conflicts comes back with decisions in it.

use std::path::Path;

use super::error::CliError;
use super::output::Output;
use crate::domain::PlanBinding;
use crate::report::{ChoiceNotes, FilledIn, read_choices};
use crate::table::{ReadOptions, Sheet};

/// How many problems or cells are listed before the rest is counted.
const SHOWN_MAX: usize = 50;

/// What a person decided in the file, if one is given.
///
/// # Errors
/// Everything that is wrong with it at once. The sheet itself is not at fault, so it is a mistake of usage.
pub fn read(path: Option<&Path>, binding: &PlanBinding) -> Result<FilledIn, CliError> {
    let Some(path) = path else {
        return Ok(FilledIn::default());
    };
    let refused = |problems: Vec<String>| {
        let count = match problems.len() {
            1 => "1 problem".to_owned(),
            many => format!("{many} problems"),
        };
        let message = format!(
            "the choices in `{}` cannot be used, {count}; nothing was written",
            path.display()
        );
        listed(problems)
            .into_iter()
            .fold(CliError::usage(message), CliError::hint)
    };
    let sheet = Sheet::open(path, ReadOptions::default()).map_err(|error| {
        let told = error.findings().iter();
        refused(told.map(|finding| finding.message.clone()).collect())
    })?;
    read_choices(&sheet, binding).map_err(refused)
}

/// The first ones, and how many more there are.
fn listed(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(SHOWN_MAX);
    lines.truncate(SHOWN_MAX);
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    lines
}

/// Says which choices did not count; what changes nothing and harms nobody is not for those who asked for quiet.
pub fn tell(notes: &ChoiceNotes, output: Output) {
    for line in listed(notes.void.clone()) {
        output.complain(&line);
    }
    for line in listed(notes.idle.clone()) {
        output.say(&line);
    }
}

//! `--choices`: a sheet of conflicts comes back with decisions in it.

use std::path::Path;

use super::error::CliError;
use super::output::Output;
use crate::domain::{Choices, Plan, PlanBinding, shorten};
use crate::report::read_choices;
use crate::table::{ReadOptions, Sheet};

/// How many problems or cells are listed before the rest is counted.
const SHOWN_MAX: usize = 50;

/// What a person decided in the file, if one is given.
///
/// # Errors
/// Everything that is wrong with it at once. The sheet itself is not at fault, so it is a mistake of usage.
pub fn read(path: Option<&Path>, binding: &PlanBinding) -> Result<Choices, CliError> {
    let Some(path) = path else {
        return Ok(Choices::default());
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
    Ok(read_choices(&sheet, binding).map_err(refused)?.choices)
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

/// Says which choices did not count.
pub fn tell(choices: &Choices, plan: &Plan, output: Output) {
    let outdated: Vec<String> = choices
        .outdated(plan)
        .map(|(conflict, choice)| {
            format!(
                "row {} {}: the choice about {} does not count any more: it was made for {} in the sheet and {} in the directory, and now these are {} and {}",
                conflict.row,
                shorten(&conflict.upn),
                conflict.attribute.name,
                quoted(&choice.sheet),
                quoted(&choice.directory),
                quoted(&conflict.edited.to_cell()),
                quoted(&conflict.live.to_cell()),
            )
        })
        .collect();
    for line in listed(outdated) {
        output.complain(&line);
    }
    match choices.unneeded(plan) {
        0 => {}
        1 => output.say("1 choice is about a cell that is not in conflict now, and changes nothing."),
        many => output.say(&format!(
            "{many} choices are about cells that are not in conflict now, and change nothing."
        )),
    }
}

fn quoted(text: &str) -> String {
    if text.is_empty() {
        "(empty)".to_owned()
    } else {
        format!("“{}”", shorten(text))
    }
}

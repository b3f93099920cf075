//! `--choices`: a sheet of conflicts comes back with decisions in it.

use std::path::{Path, PathBuf};

use super::error::CliError;
use super::output::Output;
use crate::catalogue::Attribute;
use crate::domain::{Choices, Plan, PlanBinding};
use crate::report::{ChoiceNotes, FilledIn, read_choices};
use crate::table::{ReadOptions, Sheet};

/// How many problems or cells are listed before the rest is counted.
const SHOWN_MAX: usize = 50;

/// What a person decided: in a file, and in answer to questions. The file is read once, before anything else is done.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    path: PathBuf,
    filled_in: FilledIn,
    answers: Choices,
}

impl Chosen {
    /// Reads the file, if one is given.
    ///
    /// # Errors
    /// Everything that is wrong with it at once. The sheet itself is not at fault, so it is a mistake of usage.
    pub fn read(path: Option<&Path>) -> Result<Chosen, CliError> {
        let Some(path) = path else {
            return Ok(Chosen::default());
        };
        let sheet = Sheet::open(path, ReadOptions::default()).map_err(|error| {
            let told = error.findings().iter();
            refused(path, told.map(|finding| finding.message.clone()).collect())
        })?;
        let filled_in = read_choices(&sheet).map_err(|problems| refused(path, problems))?;
        Ok(Chosen {
            path: path.to_owned(),
            filled_in,
            answers: Choices::default(),
        })
    }

    /// The same with answers, which come later than what is in the file.
    pub fn with_answers(self, answers: &Choices) -> Chosen {
        Chosen {
            answers: self.answers.and_later(answers),
            ..self
        }
    }

    /// The choices for the plan with this binding.
    ///
    /// # Errors
    /// The file was made for another plan.
    pub fn about(&self, binding: &PlanBinding) -> Result<Choices, CliError> {
        let belongs = self.filled_in.check_belongs(binding);
        belongs.map_err(|problems| refused(&self.path, problems))?;
        Ok(self.filled_in.choices.clone().and_later(&self.answers))
    }

    /// What is said of these choices beside the plan they were used for. `columns` are the attributes of the sheet.
    ///
    /// # Errors
    /// A choice is about a user or a column that the sheet does not have.
    pub fn notes(
        &self,
        choices: &Choices,
        columns: &[&'static Attribute],
        plan: &Plan,
    ) -> Result<ChoiceNotes, CliError> {
        let file = &self.filled_in.file;
        let misplaced = ChoiceNotes::misplaced(file, choices, columns, plan);
        if !misplaced.is_empty() {
            return Err(refused(&self.path, misplaced));
        }
        let mut notes = ChoiceNotes::about(file, choices, &self.filled_in.doubled, plan);
        notes.warnings.clone_from(&self.filled_in.warnings);
        Ok(notes)
    }
}

fn refused(path: &Path, problems: Vec<String>) -> CliError {
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

/// Says which choices did not count or changed nothing, and what is odd about their file. Like warnings of a sheet, this is
/// said to those who asked for quiet as well.
pub fn tell(notes: &ChoiceNotes, output: Output) {
    for line in listed(notes.warnings.clone())
        .iter()
        .chain(&listed(notes.void.clone()))
        .chain(&listed(notes.idle.clone()))
    {
        output.complain(line);
    }
}

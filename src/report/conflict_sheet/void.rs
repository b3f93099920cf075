//! What is said of choices that change nothing.

use std::collections::HashSet;

use super::read::told;
use crate::domain::{Choice, Choices, ChosenIn, Plan, shorten};

/// What is said of choices that change nothing, a line each that names file, line and cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChoiceNotes {
    /// The cell is still in conflict, and the choice about it does not count any more.
    pub void: Vec<String>,
    /// Nothing is left to choose, or it was said before.
    pub idle: Vec<String>,
}

impl ChoiceNotes {
    /// What the choices of this file, and answers beside them, do not do in this plan. `doubled` is what was said of rows
    /// that only repeat another.
    pub fn about(file: &str, choices: &Choices, doubled: &[String], plan: &Plan) -> ChoiceNotes {
        let outdated = choices.outdated(plan).map(|(conflict, choice)| {
            let what = format!(
                "row {} {}: the choice about {} does not count any more: it was made for {} in the sheet and {} in the directory, and now these are {} and {}",
                conflict.row,
                shorten(&conflict.upn),
                conflict.attribute.name,
                quoted(&choice.sheet),
                quoted(&choice.directory),
                quoted(&conflict.edited.to_cell()),
                quoted(&conflict.live.to_cell()),
            );
            at(file, choice, &what)
        });
        let mut seen = HashSet::new();
        let mut void: Vec<String> = outdated.collect();
        // A cell that two rows dispute is told once.
        void.retain(|line| seen.insert(line.clone()));
        let users: HashSet<_> = plan.rows().iter().filter_map(|row| row.user).collect();
        let unneeded = choices.unneeded(plan).into_iter().map(|choice| {
            let name = choice.attribute.name;
            let what = if users.contains(&choice.user) {
                format!("{name} of {} is not in conflict now; the choice changes nothing", choice.user)
            } else {
                format!(
                    "no row of the sheet is about a user of the directory with the id {}; the choice changes nothing",
                    choice.user
                )
            };
            at(file, choice, &what)
        });
        ChoiceNotes {
            void,
            idle: doubled.iter().cloned().chain(unneeded).collect(),
        }
    }

    /// Those that are not among `earlier` ones.
    pub fn without(&self, earlier: &ChoiceNotes) -> ChoiceNotes {
        let new = |lines: &[String], told: &[String]| {
            let told: HashSet<&String> = told.iter().collect();
            lines
                .iter()
                .filter(|line| !told.contains(line))
                .cloned()
                .collect()
        };
        ChoiceNotes {
            void: new(&self.void, &earlier.void),
            idle: new(&self.idle, &earlier.idle),
        }
    }
}

fn at(file: &str, choice: &Choice, what: &str) -> String {
    match choice.chosen_in {
        ChosenIn::Sheet(place) => told(file, Some(place), what),
        ChosenIn::Question => format!("your answer: {what}"),
    }
}

fn quoted(text: &str) -> String {
    if text.is_empty() {
        "(empty)".to_owned()
    } else {
        format!("“{}”", shorten(text))
    }
}

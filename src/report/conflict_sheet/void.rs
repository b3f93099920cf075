//! What is said of choices that change nothing.

use std::collections::HashSet;

use super::read::told;
use crate::catalogue::Attribute;
use crate::domain::{
    Choice, Choices, ChosenIn, Conflict, Plan, disputed_text, shorten, told_text, was_rewritten,
};

/// What is said of choices that change nothing, a line each that names file, line and cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChoiceNotes {
    /// The cell is still in conflict, and the choice about it does not count any more.
    pub void: Vec<String>,
    /// Nothing is left to choose, or it was said before.
    pub idle: Vec<String>,
    /// What is odd about the file itself.
    pub warnings: Vec<String>,
}

impl ChoiceNotes {
    /// What the choices of this file, and answers beside them, do not do in this plan. `doubled` is what was said of rows
    /// that only repeat another.
    pub fn about(file: &str, choices: &Choices, doubled: &[String], plan: &Plan) -> ChoiceNotes {
        let outdated = choices.outdated(plan).map(|(conflict, choice)| {
            let of = |text: &str| quoted(&told_text(conflict.attribute, text));
            let what = format!(
                "row {} {}: the choice about {} does not count any more: it was made for {} in the sheet and {} in the directory, and now these are {} and {}; {}",
                conflict.row,
                shorten(&conflict.upn),
                conflict.attribute.name,
                of(&choice.sheet),
                of(&choice.directory),
                of(&disputed_text(&conflict.edited)),
                of(&disputed_text(&conflict.live)),
                way_on(conflict, choice),
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
            warnings: Vec::new(),
        }
    }

    /// What is wrong with choices about users or columns that the sheet does not have, a line each. `columns` are the
    /// attributes of the sheet. Where rows of the sheet are about nobody, nothing is said of users: it may be one of these.
    pub fn misplaced(
        file: &str,
        choices: &Choices,
        columns: &[&'static Attribute],
        plan: &Plan,
    ) -> Vec<String> {
        let users: HashSet<_> = plan.rows().iter().filter_map(|row| row.user).collect();
        let all_are_known = plan.rows().iter().all(|row| row.user.is_some());
        let unneeded = choices.unneeded(plan).into_iter();
        let misplaced = unneeded.filter_map(|choice| {
            let what = if !columns.contains(&choice.attribute) {
                format!("the sheet has no column `{}`", choice.attribute.name)
            } else if all_are_known && !users.contains(&choice.user) {
                format!("no row of the sheet is about a user with the id {}", choice.user)
            } else {
                return None;
            };
            Some(at(file, choice, &what))
        });
        misplaced.collect()
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
            warnings: new(&self.warnings, &earlier.warnings),
        }
    }
}

/// What to do about a choice that does not count.
fn way_on(conflict: &Conflict, choice: &Choice) -> &'static str {
    let is_rewritten = was_rewritten(conflict.attribute, &choice.sheet, &conflict.edited)
        || was_rewritten(conflict.attribute, &choice.directory, &conflict.live);
    if is_rewritten {
        "a spreadsheet program rewrote the value in the sheet of conflicts: write it as it was, or make that sheet again as `.xlsx`"
    } else {
        "make the sheet of conflicts again, and decide about these values"
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

//! The questions about cells in conflict, put to whoever applies a sheet in a terminal and has not said what to do about them.

use std::collections::{HashSet, VecDeque};

use super::args::ApplyArgs;
use super::ask::answered;
use super::connect::Job;
use super::error::CliError;
use super::exit::Exit;
use super::prepare::Planned;
use crate::domain::{Choice, Choices, Conflict, Contacts, Obstacle, Side, shorten};
use crate::terminal::{ask_text, somebody_can_be_asked};

/// Asks about each conflict, where it is only conflicts that stand in the way; `None` when there is nothing to ask or nobody
/// to be asked.
///
/// # Errors
/// When the person breaks off.
pub async fn ask(
    job: Job<'_>,
    planned: &Planned,
    arguments: &ApplyArgs,
) -> Result<Option<Choices>, CliError> {
    let skip_errors = arguments.guards.skip_errors && !planned.unusable;
    let obstacle = planned.plan.obstacle(&planned.guards, skip_errors, false);
    let has_said = arguments.run.yes || arguments.guards.settle.conflicts.is_some();
    if has_said || obstacle != Some(Obstacle::Conflicts) || !somebody_can_be_asked() {
        return Ok(None);
    }
    let mut questions = Questions::about(planned.plan.conflicts(), job.context.output.contacts);
    while let Some(question) = questions.next() {
        let line = answered(job, move || ask_text(&question)).await?;
        if questions.hear(line.as_deref().unwrap_or_default()) == Heard::Quit {
            return Err(CliError::new(
                Exit::Conflicts,
                "the conflicts were not settled; nothing was written",
            )
            .hint(
                "`dirsheet plan SHEET --conflict-sheet conflicts.xlsx` writes them down, to be decided later",
            ));
        }
    }
    match Choices::of(questions.choices) {
        Ok(choices) => Ok(Some(choices)),
        // Each cell is asked about once.
        Err(_) => Ok(None),
    }
}

/// What came of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    Answer,
    /// It is none of the answers, so the question comes again.
    Unknown,
    Quit,
}

/// The cells that are still open, and what was chosen for the others.
struct Questions<'p> {
    open: VecDeque<&'p Conflict>,
    contacts: Contacts,
    count: usize,
    choices: Vec<Choice>,
    was_unknown: bool,
}

impl<'p> Questions<'p> {
    fn about(conflicts: &'p [Conflict], contacts: Contacts) -> Questions<'p> {
        let mut seen = HashSet::new();
        let cells = conflicts.iter();
        let open: VecDeque<&Conflict> = cells
            .filter(|conflict| seen.insert((conflict.user, conflict.attribute.name)))
            .collect();
        Questions {
            contacts,
            count: open.len(),
            open,
            choices: Vec::new(),
            was_unknown: false,
        }
    }

    /// The next question; `None` when all are answered.
    fn next(&self) -> Option<String> {
        let conflict = self.open.front()?;
        let answers = "[m]ine [t]heirs [M]ine for all that are left [T]heirs for all that are left [q]uit:";
        if self.was_unknown {
            return Some(format!("Answer with m, t, M, T or q. {answers}"));
        }
        Some(format!(
            "\nConflict {} of {}: row {} {} {}, {}\n  exported   {}\n  sheet      {}\n  directory  {}\n{answers}",
            self.choices.len() + 1,
            self.count,
            conflict.row,
            shorten(&conflict.upn),
            shorten(&conflict.display_name),
            conflict.attribute.name,
            shown(&self.contacts.text(conflict.attribute, &conflict.base)),
            shown(&self.contacts.cell(conflict.attribute, &conflict.edited)),
            shown(&self.contacts.cell(conflict.attribute, &conflict.live)),
        ))
    }

    /// Takes a line. The end of the input, which has no line end, breaks off.
    fn hear(&mut self, line: &str) -> Heard {
        self.was_unknown = false;
        let (side, cells) = match line.trim() {
            "m" | "mine" => (Side::Mine, 1),
            "t" | "theirs" => (Side::Theirs, 1),
            "M" => (Side::Mine, self.open.len()),
            "T" => (Side::Theirs, self.open.len()),
            "q" | "Q" | "quit" => return Heard::Quit,
            "" if !line.ends_with('\n') => return Heard::Quit,
            _ => {
                self.was_unknown = true;
                return Heard::Unknown;
            }
        };
        let settled = self.open.drain(..cells.min(self.open.len()));
        self.choices.extend(settled.map(|conflict| Choice {
            user: conflict.user,
            attribute: conflict.attribute,
            side: Some(side),
            sheet: conflict.edited.to_cell(),
            directory: conflict.live.to_cell(),
        }));
        Heard::Answer
    }
}

fn shown(text: &str) -> String {
    if text.is_empty() {
        "(empty)".to_owned()
    } else {
        shorten(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::domain::{UserId, Value};

    fn conflict(user: u8, name: &str) -> Conflict {
        Conflict {
            user: UserId::parse(&format!("00000000-0000-4000-8000-00000000000{user}")).unwrap(),
            upn: format!("user{user}@contoso.example"),
            display_name: format!("User {user}"),
            row: u64::from(user) + 1,
            attribute: catalogue::by_name(name).unwrap(),
            base: "Cook".to_owned(),
            edited: Value::Text("Chef".to_owned()),
            live: Value::Empty,
        }
    }

    /// One cell is disputed by two rows, and asked about once.
    fn three() -> [Conflict; 4] {
        let again = Conflict {
            row: 9,
            ..conflict(1, "jobTitle")
        };
        [
            conflict(1, "jobTitle"),
            again,
            conflict(1, "city"),
            conflict(2, "jobTitle"),
        ]
    }

    /// What was chosen when these lines are typed, `m` or `t` for each cell; `None` when the person broke off.
    fn chosen(lines: &[&str]) -> Option<String> {
        let conflicts = three();
        let mut questions = Questions::about(&conflicts, Contacts::Masked);
        let mut lines = lines.iter();
        while questions.next().is_some() {
            if questions.hear(lines.next().unwrap_or(&"")) == Heard::Quit {
                return None;
            }
        }
        assert_eq!(lines.next(), None, "nothing is asked beyond the last cell");
        let side = |choice: &Choice| if choice.side == Some(Side::Mine) { 'm' } else { 't' };
        let cells: Vec<_> = questions
            .choices
            .iter()
            .map(|one| (one.user, one.attribute.name))
            .collect();
        let asked = [&conflicts[0], &conflicts[2], &conflicts[3]].map(|one| (one.user, one.attribute.name));
        assert_eq!(cells, asked);
        Some(questions.choices.iter().map(side).collect())
    }

    #[test]
    fn each_answer_settles_one_cell_or_all_that_are_left() {
        for (lines, sides) in [
            (&["m\n", "t\n", "m\n"][..], Some("mtm")),
            (&["mine\r\n", " theirs \n", "t\n"], Some("mtt")),
            (&["M\n"], Some("mmm")),
            (&["m\n", "T\n"], Some("mtt")),
            // Wrong answers are asked again, an empty line too.
            (&["\n", "y\n", "yes\n", "mm\n", "t\n", "M\n"], Some("tmm")),
            (&["m\n", "q\n"], None),
            (&["quit\n"], None),
            // The end of the input.
            (&["m\n", "t\n"], None),
            (&[], None),
        ] {
            assert_eq!(chosen(lines).as_deref(), sides, "{lines:?}");
        }
    }

    #[test]
    fn a_question_shows_all_three_values_and_what_was_seen_is_kept_with_the_choice() {
        let conflicts = three();
        let mut questions = Questions::about(&conflicts, Contacts::Masked);
        let question = questions.next().unwrap();
        for word in [
            "Conflict 1 of 3: row 2 user1@contoso.example User 1, jobTitle",
            "exported   Cook",
            "sheet      Chef",
            "directory  (empty)",
        ] {
            assert!(question.contains(word), "{question}");
        }
        assert_eq!(questions.hear("what\n"), Heard::Unknown);
        assert!(
            questions
                .next()
                .unwrap()
                .starts_with("Answer with m, t, M, T or q.")
        );
        assert_eq!(questions.hear("m\n"), Heard::Answer);
        assert!(questions.next().unwrap().contains("Conflict 2 of 3"));
        let choice = &questions.choices[0];
        assert_eq!((choice.sheet.as_str(), choice.directory.as_str()), ("Chef", ""));
    }
}

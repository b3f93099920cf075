//! The questions about cells in conflict, put to whoever applies a sheet in a terminal and has not said what to do about them.

use std::collections::{HashSet, VecDeque};
use std::path::Path;

use super::args::ApplyArgs;
use super::ask::answered;
use super::conflict_sheet;
use super::connect::Job;
use super::error::CliError;
use super::exit::Exit;
use super::keeper::Keeper;
use super::prepare::Planned;
use super::typed;
use crate::domain::{Choice, Choices, Conflict, Contacts, Obstacle, SettledBy, Side, disputed_text, shorten};
use crate::report::beside;
use crate::terminal::{ask_text, ask_yes, somebody_can_be_asked};

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
    let (skip_errors, _) = planned.skips(&arguments.guards);
    let obstacle = planned.plan.obstacle(&planned.guards, skip_errors, false);
    let has_said = arguments.run.yes || arguments.guards.settle.conflicts.is_some();
    if has_said || obstacle != Some(Obstacle::Conflicts) || !somebody_can_be_asked() {
        return Ok(None);
    }
    let mut questions = Questions::about(planned.plan.conflicts(), job.context.output.contacts);
    while let Some(question) = questions.next() {
        let line = answered(job, move || ask_text(&question)).await?;
        let line = line.unwrap_or_default();
        if questions.hear(&line) == Heard::Quit {
            // At the end of the input nobody can be asked any more.
            let can_answer = line.ends_with('\n');
            return Err(broken_off(job, planned, arguments, questions.choices, can_answer).await?);
        }
    }
    match Choices::of(questions.choices) {
        Ok(choices) => Ok(Some(choices)),
        // Each cell is asked about once.
        Err(_) => Ok(None),
    }
}

/// What is said to whoever breaks off. What they answered can be kept.
///
/// # Errors
/// The answers cannot be written.
async fn broken_off(
    job: Job<'_>,
    planned: &Planned,
    arguments: &ApplyArgs,
    choices: Vec<Choice>,
    can_answer: bool,
) -> Result<CliError, CliError> {
    let sheet = typed::sheet(arguments.sheet.as_deref(), &arguments.reading, &arguments.guards);
    let name = typed::free_name("conflicts");
    let error = CliError::new(
        Exit::Conflicts,
        "the conflicts were not settled; nothing was written",
    );
    let before = planned.plan.settled().iter();
    let before = before.filter(|one| one.by == SettledBy::Question).count();
    if can_answer && before + choices.len() > 0 {
        let question = format!("Keep what you answered in {name}, to go on later?");
        if answered(job, move || ask_yes(&question)).await? == Some(true) {
            let answers = Choices::of(choices).unwrap_or_default();
            let file = Keeper::new(job.state, job.context.output).begin_copy(Path::new(&name))?;
            conflict_sheet::write(file, &job.context.output.contacts.plan(&planned.plan), &answers)?;
            return Ok(error.hint(format!(
                "your answers are in {name}; fill in the rest, then: `dirsheet apply {sheet} --choices {name}`"
            )));
        }
    }
    Ok(error.hint(format!(
        "`dirsheet plan {sheet} --conflict-sheet {name}` writes them down, to be decided later"
    )))
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
        let answers = "[m]ine, [t]heirs, `all mine` or `all theirs` for all that are left, [q]uit:";
        if self.was_unknown {
            return Some(format!("Answer with m, t, all mine, all theirs or q. {answers}"));
        }
        let whole = [
            conflict.base.clone(),
            disputed_text(&conflict.edited),
            disputed_text(&conflict.live),
        ];
        let differ = whole[1] != whole[2];
        let texts = whole.map(|text| self.contacts.text(conflict.attribute, &text));
        // Nobody can decide between two texts that look the same.
        let alike = if differ && texts[1] == texts[2] {
            "\n  they differ in what is not told; `--show-contacts` tells it"
        } else {
            ""
        };
        let [mut base, mut edited, mut live] = beside(texts.each_ref().map(String::as_str));
        for (shown, text, nothing) in [
            (&mut base, &texts[0], "(empty)"),
            (&mut edited, &texts[1], "(would be cleared)"),
            (&mut live, &texts[2], "(empty)"),
        ] {
            if text.is_empty() {
                nothing.clone_into(shown);
            }
        }
        Some(format!(
            "\nConflict {} of {}: row {} {} {}, {}\n  exported   {}\n  sheet      {}\n  directory  {}{alike}\n{answers}",
            self.choices.len() + 1,
            self.count,
            conflict.row,
            shorten(&conflict.upn),
            shorten(&conflict.display_name),
            conflict.attribute.name,
            base,
            edited,
            live,
        ))
    }

    /// Takes a line. The end of the input, which has no line end, breaks off.
    fn hear(&mut self, line: &str) -> Heard {
        self.was_unknown = false;
        // What holds for all is a word of its own, and nothing that a caps lock makes of another answer.
        let words: Vec<String> = line.split_whitespace().map(str::to_lowercase).collect();
        let (side, cells) = match words.join(" ").as_str() {
            "m" | "mine" => (Side::Mine, 1),
            "t" | "theirs" => (Side::Theirs, 1),
            "all mine" => (Side::Mine, self.open.len()),
            "all theirs" => (Side::Theirs, self.open.len()),
            "q" | "quit" => return Heard::Quit,
            "" if !line.ends_with('\n') => return Heard::Quit,
            _ => {
                self.was_unknown = true;
                return Heard::Unknown;
            }
        };
        let settled = self.open.drain(..cells.min(self.open.len()));
        self.choices
            .extend(settled.map(|conflict| Choice::answer(conflict, side)));
        Heard::Answer
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
            is_void: false,
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
            (&["all mine\n"], Some("mmm")),
            (&["m\n", "All  theirs\n"], Some("mtt")),
            // A caps lock settles one cell.
            (&["M\n", "T\n", "M\n"], Some("mtm")),
            // Wrong answers are asked again, an empty line too.
            (&["\n", "y\n", "yes\n", "mm\n", "t\n", "all mine\n"], Some("tmm")),
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
            "exported   “Cook”",
            "sheet      “Chef”",
            "directory  (empty)",
        ] {
            assert!(question.contains(word), "{question}");
        }
        assert_eq!(questions.hear("what\n"), Heard::Unknown);
        assert!(
            questions
                .next()
                .unwrap()
                .starts_with("Answer with m, t, all mine, all theirs or q.")
        );
        assert_eq!(questions.hear("m\n"), Heard::Answer);
        assert!(questions.next().unwrap().contains("Conflict 2 of 3"));
        let choice = &questions.choices[0];
        assert_eq!((choice.sheet.as_str(), choice.directory.as_str()), ("Chef", ""));
    }
}

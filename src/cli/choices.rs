//! `--choices`: a sheet of conflicts comes back with decisions in it.

use std::path::Path;

use super::error::CliError;
use super::output::Output;
use crate::catalogue;
use crate::domain::{
    Choice, Choices, Extent, Place, Plan, PlanBinding, RawRow, Side, UserId, sheet_mark, shorten, told_text,
};
use crate::table::{ReadOptions, Sheet};

/// How many problems or cells are listed before the rest is counted.
const SHOWN_MAX: usize = 50;

/// The columns that are read, wherever they stand.
const COLUMNS: [&str; 6] = ["id", "column", "sheet", "directory", "_choice", "_plan"];

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
    let mut reading = Reading::of(&sheet).map_err(refused)?;
    reading.rows(&sheet, &sheet_mark(binding));
    reading.finish().map_err(refused)
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

/// A sheet of conflicts on its way to choices.
struct Reading {
    /// The places of [`COLUMNS`].
    at: [usize; 6],
    choices: Vec<(Place, Choice)>,
    problems: Vec<String>,
    /// Rows that were made for another sheet, and the first of them.
    strangers: Option<(Place, u64)>,
}

impl Reading {
    fn of(sheet: &Sheet) -> Result<Reading, Vec<String>> {
        let broken = sheet.findings().iter();
        let broken = broken.filter(|finding| finding.is_error() && finding.extent == Extent::Sheet);
        let mut problems: Vec<String> = broken.map(|finding| finding.message.clone()).collect();
        let mut at = [0; 6];
        for (at, name) in at.iter_mut().zip(COLUMNS) {
            let columns = sheet.header().columns().iter().enumerate();
            let found: Vec<usize> = columns
                .filter(|(_, column)| column.text.trim().eq_ignore_ascii_case(name))
                .map(|(index, _)| index)
                .collect();
            match found[..] {
                [one] => *at = one,
                [] => problems.push(format!(
                    "there is no column `{name}`; leave the columns as `plan --conflict-sheet` wrote them"
                )),
                _ => problems.push(format!("the column `{name}` is there more than once")),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let held = sheet
            .held_cells()
            .iter()
            .filter(|cell| cell.place.column.is_some_and(|column| at.contains(&column)));
        let problems = held
            .map(|cell| {
                format!(
                    "{}: the cell holds a formula or is merged; put its text there",
                    name(cell.place)
                )
            })
            .collect();
        Ok(Reading {
            at,
            choices: Vec::new(),
            problems,
            strangers: None,
        })
    }

    fn rows(&mut self, sheet: &Sheet, mark: &str) {
        for row in sheet.rows() {
            match row {
                Ok(row) => self.row(&row, mark),
                Err(unreadable) => {
                    let why = unreadable
                        .finding
                        .map_or_else(|| "the quotes are broken".to_owned(), |finding| finding.message);
                    self.problems.push(format!("row {}: {why}", unreadable.raw.row));
                }
            }
        }
    }

    fn row(&mut self, row: &RawRow, mark: &str) {
        let place = Place::row(row.line, row.row);
        let text = |index: usize| row.cells.get(index).map_or("", String::as_str);
        let [id, column, sheet, directory, choice, plan] = self.at;
        if text(plan).trim() != mark {
            let (_, count) = self.strangers.get_or_insert((place.at(plan), 0));
            *count += 1;
            return;
        }
        let mut complain =
            |at: usize, what: String| self.problems.push(format!("{}: {what}", name(place.at(at))));
        let user = UserId::parse(text(id).trim());
        if user.is_none() {
            complain(id, format!("`{}` is no id of a user", shorten(text(id))));
        }
        let attribute = catalogue::by_name(text(column).trim());
        if attribute.is_none() {
            complain(column, format!("there is no column `{}`", shorten(text(column))));
        }
        let side = Side::parse(text(choice));
        if side.is_err() {
            complain(
                choice,
                format!(
                    "`{}` is no choice; write `mine`, `theirs`, or nothing",
                    shorten(text(choice))
                ),
            );
        }
        if let (Some(user), Some(attribute), Ok(side)) = (user, attribute, side) {
            let (sheet, directory) = (text(sheet).to_owned(), text(directory).to_owned());
            let choice = Choice {
                user,
                attribute,
                side,
                sheet,
                directory,
            };
            self.choices.push((place.at(self.at[4]), choice));
        }
    }

    fn finish(mut self) -> Result<Choices, Vec<String>> {
        if let Some((place, count)) = self.strangers {
            let rows = if count == 1 {
                "1 row was".to_owned()
            } else {
                format!("{count} rows were")
            };
            self.problems.insert(
                0,
                format!(
                    "{}: {rows} made for another sheet or tenant, or before this sheet was changed; make it again with `plan --conflict-sheet`",
                    name(place)
                ),
            );
        }
        let all = self.choices.iter().map(|(_, choice)| choice.clone());
        let contradictions = match Choices::of(all) {
            Ok(choices) if self.problems.is_empty() => return Ok(choices),
            Ok(_) => Vec::new(),
            Err(contradictions) => contradictions,
        };
        let said = self
            .choices
            .iter()
            .filter(|(_, choice)| contradictions.contains(choice));
        self.problems.extend(said.map(|(place, choice)| {
            format!(
                "{}: another row says something else about `{}` of the same user; keep one of them",
                name(*place),
                choice.attribute.name
            )
        }));
        Err(self.problems)
    }
}

fn name(place: Place) -> String {
    place.cell_name().unwrap_or_else(|| format!("row {}", place.row))
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
                quoted(&told_text(conflict.attribute, &choice.sheet)),
                quoted(&told_text(conflict.attribute, &choice.directory)),
                quoted(&told_text(conflict.attribute, &conflict.edited.to_cell())),
                quoted(&told_text(conflict.attribute, &conflict.live.to_cell())),
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

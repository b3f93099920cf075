//! Reading a sheet of conflicts that comes back with choices in it.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::columns::{CHOICE, COLUMN, DIRECTORY, ID, PLAN, SHEET};
use crate::domain::{
    Choice, Choices, ChosenIn, Extent, Place, PlanBinding, RawRow, Side, Stranger, UserId, shorten, stranger,
};
use crate::table::{Column, ColumnNames, Sheet};

/// What a person filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilledIn {
    /// The name of the file, as messages call it.
    pub file: String,
    pub choices: Choices,
    /// What is said of rows that only repeat another, a line each.
    pub doubled: Vec<String>,
    /// What else is said of the file, a line each.
    pub warnings: Vec<String>,
    /// What the rows were made for: each mark once, where it stands first, and how many rows have it.
    marks: Vec<(String, Place, u64)>,
}

impl FilledIn {
    /// Whether the rows were made for the plan with this binding.
    ///
    /// # Errors
    /// What they were made for, a line for each kind that names the first of its rows.
    pub fn check_belongs(&self, binding: &PlanBinding) -> Result<(), Vec<String>> {
        let mut strangers: BTreeMap<Stranger, (Place, u64)> = BTreeMap::new();
        for (mark, place, count) in &self.marks {
            if let Some(stranger) = stranger(mark, binding) {
                strangers.entry(stranger).or_insert((*place, 0)).1 += count;
            }
        }
        if strangers.is_empty() {
            return Ok(());
        }
        let lines = strangers.into_iter().map(|(stranger, (place, count))| {
            let rows = if count == 1 {
                "1 row was".to_owned()
            } else {
                format!("{count} rows were")
            };
            let rows = match stranger {
                Stranger::NoMark => rows.replace(" was", " is").replace(" were", " are"),
                _ => rows,
            };
            told(
                &self.file,
                Some(place),
                &format!("{rows} {}", stranger.in_words()),
            )
        });
        Err(lines.collect())
    }
}

/// Reads the choices of a sheet of conflicts. The columns may stand in any order, and rows may be missing.
///
/// # Errors
/// Everything that is wrong with it at once, a line each that names the cell.
pub fn read_choices(sheet: &Sheet) -> Result<FilledIn, Vec<String>> {
    let mut reading = Reading::of(sheet)?;
    reading.rows(sheet);
    reading.finish()
}

/// Whether a sheet is one of conflicts, and then whether somebody wrote into it; `None` for every other sheet.
pub fn holds_choices(sheet: &Sheet) -> Option<bool> {
    let columns = sheet.header().columns();
    let place = |name: &str| {
        let is_it = |column: &Column| column.text.trim().eq_ignore_ascii_case(name);
        columns.iter().position(is_it)
    };
    let is_one = READ.iter().all(|name| place(name).is_some());
    let choice = place(CHOICE).filter(|_| is_one)?;
    let is_filled = |row: Result<RawRow, _>| {
        row.map_or(true, |row| {
            row.cells.get(choice).is_some_and(|cell| !cell.trim().is_empty())
        })
    };
    let is_held = sheet
        .held_cells()
        .iter()
        .any(|cell| cell.place.column == Some(choice));
    Some(is_held || sheet.rows().any(is_filled))
}

/// The columns that are read, wherever they stand.
pub(super) const READ: [&str; 6] = [ID, COLUMN, SHEET, DIRECTORY, CHOICE, PLAN];

/// A sheet of conflicts on its way to choices.
struct Reading {
    /// The name of the file.
    file: String,
    /// The places of [`READ`].
    at: [usize; 6],
    choices: Vec<Choice>,
    problems: Vec<String>,
    warnings: Vec<String>,
    names: ColumnNames,
    /// Cells whose text does not count, by row and column; what is wrong with them is said already.
    held: HashSet<(u64, usize)>,
    /// Each mark, where it stands first, and how many rows have it.
    marks: HashMap<String, (Place, u64)>,
}

impl Reading {
    fn of(sheet: &Sheet) -> Result<Reading, Vec<String>> {
        let file = sheet.name().to_owned();
        let (mut problems, mut warnings) = (Vec::new(), Vec::new());
        // That columns of this sheet are none of users is what it is.
        let findings = sheet.findings().iter();
        for finding in findings.filter(|finding| finding.rule != "unknown-column") {
            let line = told(&file, finding.place, &finding.message);
            // A choice on another page would be passed over.
            if finding.rule == "several-worksheets" {
                problems.push(format!(
                    "{line}; leave the one with the choices, and remove the others"
                ));
            } else if finding.is_error() && finding.extent == Extent::Sheet {
                problems.push(line);
            } else {
                warnings.push(line);
            }
        }
        let mut at = [0; 6];
        for (at, name) in at.iter_mut().zip(READ) {
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
        let mut held = HashSet::new();
        for cell in sheet.held_cells() {
            let Some(column) = cell.place.column.filter(|column| at.contains(column)) else {
                continue;
            };
            held.insert((cell.place.row, column));
            problems.push(told(
                &file,
                Some(cell.place),
                "the cell holds a formula or is merged; put its text there",
            ));
        }
        Ok(Reading {
            file,
            at,
            choices: Vec::new(),
            problems,
            warnings,
            names: ColumnNames::new(),
            held,
            marks: HashMap::new(),
        })
    }

    fn rows(&mut self, sheet: &Sheet) {
        for row in sheet.rows() {
            match row {
                Ok(row) => self.row(&row),
                Err(unreadable) => {
                    let why = unreadable
                        .finding
                        .map_or_else(|| "the quotes are broken".to_owned(), |finding| finding.message);
                    let place = Place::row(unreadable.raw.line, unreadable.raw.row);
                    self.problems.push(told(&self.file, Some(place), &why));
                }
            }
        }
    }

    fn row(&mut self, row: &RawRow) {
        let place = Place::row(row.line, row.row);
        let text = |index: usize| row.cells.get(index).unwrap_or_default();
        let [id, column, sheet, directory, choice, plan] = self.at;
        let mark = text(plan).trim();
        match self.marks.get_mut(mark) {
            Some((_, count)) => *count += 1,
            None => drop(self.marks.insert(mark.to_owned(), (place.at(plan), 1))),
        }
        let mut complain = |at: usize, what: &str| {
            if !self.held.contains(&(row.row, at)) {
                self.problems.push(told(&self.file, Some(place.at(at)), what));
            }
        };
        let user = UserId::parse(text(id).trim());
        if user.is_none() {
            complain(id, &format!("`{}` is no id of a user", shorten(text(id))));
        }
        let attribute = self.names.attribute(text(column));
        if attribute.is_none() {
            complain(column, &format!("there is no column `{}`", shorten(text(column))));
        }
        let side = Side::parse(text(choice));
        if side.is_err() {
            complain(
                choice,
                &format!(
                    "`{}` is no choice; write `mine`, `theirs`, or nothing",
                    shorten(text(choice))
                ),
            );
        }
        if let (Some(user), Some(attribute), Ok(side)) = (user, attribute, side) {
            let (sheet, directory) = (text(sheet).to_owned(), text(directory).to_owned());
            let made = Choice {
                user,
                attribute,
                side,
                sheet,
                directory,
                chosen_in: ChosenIn::Sheet(place.at(choice)),
            };
            self.choices.push(made);
        }
    }

    /// What is said of rows that repeat another one's choice.
    fn doubled(&self) -> Vec<String> {
        let mut first: HashMap<_, Option<String>> = HashMap::new();
        let mut lines = Vec::new();
        for choice in self.choices.iter().filter(|choice| choice.side.is_some()) {
            let place = place_of(choice);
            match first.entry((choice.user, choice.attribute.name)) {
                Entry::Vacant(vacant) => drop(vacant.insert(place.and_then(|place| place.cell_name()))),
                Entry::Occupied(known) => {
                    let what = format!(
                        "{} says the same about `{}` of the same user; it counts once",
                        known.get().as_deref().unwrap_or("another row"),
                        choice.attribute.name
                    );
                    lines.push(told(&self.file, place, &what));
                }
            }
        }
        lines
    }

    fn finish(mut self) -> Result<FilledIn, Vec<String>> {
        let doubled = self.doubled();
        let contradictions = match Choices::of(self.choices) {
            Ok(choices) if self.problems.is_empty() => {
                let marks = self.marks.into_iter();
                let mut marks: Vec<_> = marks.map(|(mark, (place, count))| (mark, place, count)).collect();
                marks.sort_unstable_by_key(|(_, place, _)| *place);
                return Ok(FilledIn {
                    file: self.file,
                    choices,
                    doubled,
                    warnings: self.warnings,
                    marks,
                });
            }
            Ok(_) => Vec::new(),
            Err(contradictions) => contradictions,
        };
        self.problems.extend(contradictions.iter().map(|said| {
            let first = place_of(&said.first).and_then(|place| place.cell_name());
            let what = format!(
                "{} says something else about `{}` of the same user; keep one of the two rows",
                first.as_deref().unwrap_or("another row"),
                said.second.attribute.name
            );
            let place = place_of(&said.second);
            told(&self.file, place, &what)
        }));
        Err(self.problems)
    }
}

fn place_of(choice: &Choice) -> Option<Place> {
    match choice.chosen_in {
        ChosenIn::Sheet(place) => Some(place),
        ChosenIn::Question => None,
    }
}

/// `conflicts.csv:5 I5: what is wrong`.
pub(super) fn told(file: &str, place: Option<Place>, what: &str) -> String {
    match place {
        None => format!("{file}: {what}"),
        Some(place) => match place.cell_name() {
            Some(cell) => format!("{file}:{} {cell}: {what}", place.line),
            None => format!("{file}:{} row {}: {what}", place.line, place.row),
        },
    }
}

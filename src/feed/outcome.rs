//! What a night leaves on paper: the sheet of what differs, the dead letters, and the reasons.

use std::collections::{HashMap, HashSet};

use super::rules::{DeadLetter, Decided, PersonWish};
use crate::catalogue::{Attribute, MANAGER};
use crate::domain::{AccountAction, SourceTable};

/// A sheet in dirsheet's own words. It has no base, so an empty cell keeps what is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutcomeSheet {
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
    /// For each row, the row of the source it comes from; `None` for who is not in it.
    pub sources: Vec<Option<u64>>,
}

impl OutcomeSheet {
    /// The row of the source behind a row of the sheet, by the number that a spreadsheet shows.
    pub fn source_of(&self, row: u64) -> Option<u64> {
        let index = usize::try_from(row.checked_sub(2)?).ok()?;
        self.sources.get(index).copied().flatten()
    }

    /// The same without these rows, by the same numbers.
    pub fn without(&self, rows: &[u64]) -> OutcomeSheet {
        let numbered = (2..).zip(self.rows.iter().zip(&self.sources));
        let kept = numbered.filter(|(number, _)| !rows.contains(number));
        let (rows, sources) = kept.map(|(_, (row, source))| (row.clone(), *source)).unzip();
        OutcomeSheet {
            columns: self.columns.clone(),
            rows,
            sources,
        }
    }

    /// Whether a row of the sheet, by the same number, is to switch its account off.
    pub fn switches_off(&self, row: u64) -> bool {
        let index = row.checked_sub(2).and_then(|index| usize::try_from(index).ok());
        let cells = index.and_then(|index| self.rows.get(index));
        let column = self.columns.iter().position(|column| *column == ACTION);
        let cell = column.and_then(|column| cells?.get(column));
        cell.is_some_and(|cell| cell == AccountAction::Disable.word())
    }
}

const ID: &str = "id";
const NAME: &str = "userPrincipalName";
const ACTION: &str = "_action";

/// Everybody of whom something differs, joiners last: they may be somebody's manager, and the order of a sheet means nothing.
pub fn outcome_sheet(people: &[PersonWish]) -> OutcomeSheet {
    let columns = columns_of(people);
    let place: HashMap<&str, usize> = columns.iter().enumerate().map(|(at, name)| (*name, at)).collect();
    let mut sheet = OutcomeSheet {
        columns: columns.clone(),
        ..OutcomeSheet::default()
    };
    let (there, new): (Vec<&PersonWish>, Vec<&PersonWish>) =
        people.iter().partition(|person| person.user.is_some());
    for person in there.into_iter().chain(new) {
        let mut row = vec![String::new(); columns.len()];
        let mut put = |name: &str, text: String| {
            if let Some(cell) = place.get(name).and_then(|at| row.get_mut(*at)) {
                *cell = text;
            }
        };
        if let Some(user) = person.user {
            put(ID, user.to_string());
        }
        for cell in &person.cells {
            put(cell.attribute.name, cell.text.clone());
        }
        if person.disable.is_some() {
            put(ACTION, AccountAction::Disable.word().to_owned());
        }
        sheet.rows.push(row);
        sheet.sources.push(person.row);
    }
    sheet
}

/// `id`, the name, the attributes in the order in which they come up, the manager, `_action`.
fn columns_of(people: &[PersonWish]) -> Vec<&'static str> {
    let mut seen: HashSet<&'static str> = HashSet::new();
    let mut attributes: Vec<&'static Attribute> = Vec::new();
    for cell in people.iter().flat_map(|person| &person.cells) {
        if seen.insert(cell.attribute.name) {
            attributes.push(cell.attribute);
        }
    }
    let has = |name: &str| seen.contains(name);
    let acts = people.iter().any(|person| person.disable.is_some());
    let others = attributes
        .iter()
        .map(|attribute| attribute.name)
        .filter(|name| ![NAME, MANAGER].contains(name));
    std::iter::once(ID)
        .chain(has(NAME).then_some(NAME))
        .chain(others)
        .chain(has(MANAGER).then_some(MANAGER))
        .chain(acts.then_some(ACTION))
        .collect()
}

/// What stands beside a dead letter. A file of dead letters is fed again as it is: nobody maps these columns.
pub const LETTER_COLUMNS: [&str; 3] = ["_reason", "_what_to_do", NIGHT_COLUMN];

/// Of which night a dead letter is: a word, because a spreadsheet makes a date or a number of everything else.
pub const NIGHT_COLUMN: &str = "_night";

/// The header of a file of dead letters: the source's own columns, and why.
pub fn letter_columns(source: &SourceTable) -> Vec<&str> {
    let own = own_columns(source).map(|(_, column)| column);
    own.chain(LETTER_COLUMNS).collect()
}

/// The dead letters as rows of the source, with all reasons of each and its night in the last cells. A letter that was fed again stays
/// one of its own night, for it says what HR said then; one of a night that nobody knows is not made newer either.
pub fn dead_letter_rows(source: &SourceTable, letters: &[DeadLetter], night: &str) -> Vec<Vec<String>> {
    let of_before = source.column(NIGHT_COLUMN);
    let is_fed_again = LETTER_COLUMNS.iter().any(|name| source.column(name).is_some());
    let by_row: HashMap<u64, &DeadLetter> = letters.iter().map(|letter| (letter.row, letter)).collect();
    let places: Vec<usize> = own_columns(source).map(|(at, _)| at).collect();
    let rows = source.rows().iter().filter_map(|row| {
        let letter = by_row.get(&row.row())?;
        let own = places.iter().map(|at| row.cell(*at).to_owned());
        let reasons = together(letter.doubts.iter().map(|doubt| doubt.reason.as_str()));
        let help = together(letter.doubts.iter().map(|doubt| doubt.help.as_str()));
        let before = of_before.map_or("", |at| row.cell(at));
        let night = if is_fed_again { before } else { night }.to_owned();
        Some(own.chain([reasons, help, night]).collect())
    });
    rows.collect()
}

/// Those of an earlier night, where it is a file of dead letters that is fed, are not kept.
fn own_columns(source: &SourceTable) -> impl Iterator<Item = (usize, &str)> {
    let all = source.columns().iter().map(String::as_str).enumerate();
    all.filter(|(_, column)| !LETTER_COLUMNS.contains(column))
}

fn together<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for text in texts {
        if !text.is_empty() && !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen.join("; ")
}

/// `row, user, column, before, after, rule, dead_letter`: why each cell differs, and what else is told of people. The last is `yes`
/// where the row needs a person, so that not all of it was written.
pub fn reason_rows(decided: &Decided, letters: &[DeadLetter]) -> (Vec<&'static str>, Vec<Vec<String>>) {
    let number = |row: Option<u64>| row.map(|row| row.to_string()).unwrap_or_default();
    let of_letters: HashSet<u64> = letters.iter().map(|letter| letter.row).collect();
    let is_letter = |row: Option<u64>| row.is_some_and(|row| of_letters.contains(&row));
    let mark = |row: Option<u64>| if is_letter(row) { "yes" } else { "" }.to_owned();
    let mut rows = Vec::new();
    for person in &decided.people {
        let line = |column: &str, before: &str, after: &str, rule: &str| -> Vec<String> {
            let texts = [column, before, after, rule].map(str::to_owned);
            [number(person.row), person.upn.clone()]
                .into_iter()
                .chain(texts)
                .chain([mark(person.row)])
                .collect()
        };
        let cells = person.cells.iter();
        rows.extend(cells.map(|cell| line(cell.attribute.name, &cell.before, &cell.text, &cell.rule)));
        rows.extend(
            person
                .disable
                .map(|rule| line(ACTION, "", AccountAction::Disable.word(), rule)),
        );
    }
    for told in &decided.told {
        let texts = ["", "", "", &told.message].map(str::to_owned);
        rows.push(
            [number(told.row), told.who.clone()]
                .into_iter()
                .chain(texts)
                .chain([mark(told.row)])
                .collect(),
        );
    }
    let columns = vec!["row", "user", "column", "before", "after", "rule", "dead_letter"];
    (columns, rows)
}

#[cfg(test)]
mod tests {
    use super::super::matching::Doubt;
    use super::super::rules::Wish;
    use super::super::testing::{attribute, id};
    use super::*;
    use crate::domain::SourceRow;

    fn wish(name: &str, text: &str) -> Wish {
        Wish {
            attribute: attribute(name),
            text: text.to_owned(),
            before: String::new(),
            rule: format!("attributes.{name}"),
        }
    }

    fn person(row: Option<u64>, user: Option<u8>, cells: Vec<Wish>, disable: bool) -> PersonWish {
        PersonWish {
            row,
            user: user.map(id),
            upn: "x@contoso.com".to_owned(),
            cells,
            disable: disable.then_some("leavers.when"),
        }
    }

    #[test]
    fn the_sheet_has_only_what_differs_and_knows_where_it_comes_from() {
        let people = [
            person(
                Some(5),
                None,
                vec![
                    wish("userPrincipalName", "new@contoso.com"),
                    wish("displayName", "New"),
                ],
                false,
            ),
            person(
                Some(2),
                Some(1),
                vec![wish("manager", "<clear>"), wish("jobTitle", "=1+1")],
                false,
            ),
            person(None, Some(3), Vec::new(), true),
        ];
        let sheet = outcome_sheet(&people);
        assert_eq!(
            sheet.columns,
            [
                "id",
                "userPrincipalName",
                "displayName",
                "jobTitle",
                "manager",
                "_action"
            ]
        );
        assert_eq!(sheet.rows[0][1..], ["", "", "=1+1", "<clear>", ""]);
        assert_eq!(sheet.rows[1][1..], ["", "", "", "", "disable"]);
        assert_eq!(sheet.rows[2], ["", "new@contoso.com", "New", "", "", ""]);
        assert_eq!(
            [2, 3, 4, 5, 1].map(|row| sheet.source_of(row)),
            [Some(2), None, Some(5), None, None]
        );
    }

    #[test]
    fn a_file_of_dead_letters_is_the_source_with_reasons_also_the_second_time() {
        let columns = ["Nr", "Name", "_reason", "_what_to_do", "_night"]
            .map(str::to_owned)
            .to_vec();
        let rows = vec![
            SourceRow::new(2, ["1", "Ana", "old", "old", "night-1"]),
            SourceRow::new(3, ["2", "Bo", "", "", ""]),
        ];
        let source = SourceTable::new(columns, rows);
        let doubt = |reason: &str| Doubt {
            reason: reason.to_owned(),
            help: "mend it".to_owned(),
        };
        let letters = [
            DeadLetter {
                row: 2,
                doubts: vec![doubt("a"), doubt("b"), doubt("a")],
            },
            DeadLetter {
                row: 3,
                doubts: vec![doubt("c")],
            },
        ];
        assert_eq!(
            letter_columns(&source),
            ["Nr", "Name", "_reason", "_what_to_do", "_night"]
        );
        assert_eq!(
            dead_letter_rows(&source, &letters, "night-2"),
            [
                ["1", "Ana", "a; b", "mend it", "night-1"],
                ["2", "Bo", "c", "mend it", ""]
            ]
        );
        // Files of letters from before had no night.
        let columns = ["Nr", "_reason", "_what_to_do"].map(str::to_owned).to_vec();
        let source = SourceTable::new(columns, vec![SourceRow::new(3, ["2", "", ""])]);
        assert_eq!(
            dead_letter_rows(&source, &letters, "night-2"),
            [["2", "c", "mend it", ""]]
        );
        let source = SourceTable::new(vec!["Nr".to_owned()], vec![SourceRow::new(3, ["2"])]);
        assert_eq!(
            dead_letter_rows(&source, &letters, "night-2"),
            [["2", "c", "mend it", "night-2"]]
        );
    }
}

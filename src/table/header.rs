//! The header row: the columns of a sheet and what each of them means.

use super::complaints::no_such_key;
use super::error::Refusal;
use super::extensions;
use super::foreign::Origin;
use super::forms::bracketed;
use super::own_paper::OwnPaper;
use super::vocabulary::{Meaning, Reading, Vocabulary};
use crate::catalogue::{self, Attribute};
use crate::domain::{Extent, Finding, InvitationPart, Place, column_letters, shorten};

/// The most columns a sheet may have; a workbook has no more either.
pub const COLUMNS_MAX: usize = 16_384;
/// So many cells, filled or not, are the most that a sheet may have: a million people with a hundred columns.
pub(super) const CELLS_MAX: u64 = 100_000_000;

/// How many unknown columns are named one by one.
const UNKNOWN_LISTED_MAX: usize = 100;

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The header as the file has it, a formula guard taken off. Of an inverted column it is the attribute's name, because
    /// that is what its cells are about once they are turned round.
    pub text: String,
    pub meaning: Meaning,
    /// The file asks for the opposite (`Block sign in`); the rows are delivered with the answers turned round.
    pub inverted: bool,
}

/// The columns in the order of the sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    columns: Vec<Column>,
}

impl Header {
    /// Reads the header's texts; `place` is the header row. Empty columns at its end are still there.
    pub(super) fn read(
        texts: Vec<String>,
        place: Place,
        vocabulary: &Vocabulary,
        origin: Option<Origin>,
        key: Option<&'static Attribute>,
    ) -> (Header, Vec<Finding>) {
        if texts.len() > COLUMNS_MAX {
            let finding = Finding::error(
                "too-many-columns",
                Extent::Sheet,
                format!(
                    "the header has {} columns; at most {COLUMNS_MAX} are read",
                    texts.len()
                ),
                "keep only the columns you need; `dirsheet columns` lists the ones that are known",
            );
            return (Header { columns: Vec::new() }, vec![finding.at(place)]);
        }
        if let Some(paper) = OwnPaper::of_header(&texts) {
            return (Header { columns: Vec::new() }, vec![paper.finding(place)]);
        }
        let mut header = Header {
            columns: Vec::with_capacity(texts.len()),
        };
        let mut findings = Vec::new();
        let mut unknown = 0;
        let mut ignored = Vec::new();
        for (index, mut text) in texts.into_iter().enumerate() {
            let place = place.at(index);
            let Reading {
                mut meaning,
                inverted,
            } = read_column(&text, vocabulary, origin);
            let earlier = header.columns.iter().position(|column| column.meaning == meaning);
            match (meaning, earlier) {
                (Meaning::Attribute(attribute), Some(earlier)) => {
                    meaning = Meaning::Repeated(attribute);
                    findings.push(header.duplicate(earlier, attribute.name, &text, place));
                }
                (Meaning::Snapshot, Some(earlier)) => {
                    findings.push(header.duplicate(earlier, super::SNAPSHOT_COLUMN, &text, place));
                }
                (Meaning::Action, Some(earlier)) => {
                    findings.push(header.duplicate(earlier, super::ACTION_COLUMN, &text, place));
                }
                (Meaning::Invitation(_), Some(earlier)) => {
                    let name = header.columns.get(earlier).map(|column| column.text.clone());
                    findings.push(header.duplicate(earlier, &name.unwrap_or_default(), &text, place));
                }
                (Meaning::Unknown, _) => {
                    unknown += 1;
                    if unknown <= UNKNOWN_LISTED_MAX {
                        findings.push(unknown_column(&text, place, vocabulary));
                    }
                }
                (Meaning::Foreign, _) if origin == Some(Origin::PortalCreate) => {
                    findings.push(password_column(&text, place));
                }
                (Meaning::Foreign, _) => ignored.push((place, text.clone())),
                _ => {}
            }
            if let (Meaning::Attribute(attribute), true) = (meaning, inverted) {
                findings.push(inverted_column(&text, attribute.name, place));
                text = attribute.name.to_owned();
            }
            header.columns.push(Column {
                text,
                meaning,
                inverted: inverted && matches!(meaning, Meaning::Attribute(_)),
            });
        }
        if let (Some(origin), Some((first, _))) = (origin, ignored.first()) {
            let names: Vec<&str> = ignored.iter().map(|(_, text)| text.as_str()).collect();
            findings.push(ignored_columns(origin, &names, *first));
        }
        if unknown > UNKNOWN_LISTED_MAX {
            findings.push(Finding::error(
                "unknown-column",
                Extent::Column,
                format!("{} more columns are unknown", unknown - UNKNOWN_LISTED_MAX),
                "look whether this is the right file; `dirsheet columns` lists the names that are known",
            ));
        }
        findings.extend(extensions::untyped_columns(&header, place));
        let has = |name: &str| header.index_of(name).is_some();
        match key {
            Some(key) if !has(key.name) => findings.push(no_such_key(key, place)),
            None if !has("id") && !has("userPrincipalName") && !header.invites() => {
                findings.push(header.no_key(place))
            }
            Some(_) | None => {}
        }
        (header, findings)
    }

    fn duplicate(&self, earlier: usize, name: &str, text: &str, place: Place) -> Finding {
        let earlier_text = self.columns.get(earlier).map_or("", |column| &column.text);
        let here = place.column.map(column_letters).unwrap_or_default();
        Finding::error(
            "duplicate-column",
            Extent::Sheet,
            format!(
                "columns {} (`{earlier_text}`) and {here} (`{text}`) both mean `{name}`; a column may be there only once",
                column_letters(earlier),
                earlier_text = shorten(earlier_text),
                text = shorten(text),
            ),
            "delete one of the two, or rename it so that it is not taken for the other",
        )
        .at(place)
        .column(text)
        .found(text)
    }

    fn no_key(&self, place: Place) -> Finding {
        let first: Vec<&str> = self
            .columns
            .iter()
            .map(|column| column.text.as_str())
            .take(5)
            .collect();
        Finding::error(
            "no-key-column",
            Extent::Sheet,
            "the header has neither `id` nor `userPrincipalName`, so no row says which user it is about",
            "put the column names in the first row of the sheet, with `id` or `userPrincipalName` among them; where another column says who is meant, name it: `--key employeeId`",
        )
        .at(place)
        .found(&first.join(" | "))
    }

    /// Takes empty columns off the end, as far as `keep`.
    pub(super) fn drop_blank_end(&mut self, keep: usize) {
        while self.columns.len() > keep && self.columns.last().is_some_and(|c| c.meaning == Meaning::Blank) {
            self.columns.pop();
        }
    }

    /// The columns in the order of the sheet; their positions are those of [`crate::domain::RawRow::cells`].
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there is no column.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The text of a column's header.
    pub fn text(&self, index: usize) -> Option<&str> {
        self.columns.get(index).map(|column| column.text.as_str())
    }

    /// The columns that mean an attribute; a repeated one is left out.
    pub fn attribute_columns(&self) -> impl Iterator<Item = (usize, &'static Attribute)> + '_ {
        self.columns
            .iter()
            .enumerate()
            .filter_map(|(index, column)| match column.meaning {
                Meaning::Attribute(attribute) => Some((index, attribute)),
                Meaning::Repeated(_)
                | Meaning::Snapshot
                | Meaning::Action
                | Meaning::Invitation(_)
                | Meaning::Report
                | Meaning::Foreign
                | Meaning::Unknown
                | Meaning::Blank => None,
            })
    }

    /// Whether rows may name guests by their addresses.
    fn invites(&self) -> bool {
        let address = Meaning::Invitation(InvitationPart::Address);
        self.columns.iter().any(|column| column.meaning == address)
    }

    /// Where the ids of the snapshots stand.
    pub fn snapshot_column(&self) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| column.meaning == Meaning::Snapshot)
    }

    /// Where the attribute with this Graph name stands.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.attribute_columns()
            .find(|(_, attribute)| attribute.name == name)
            .map(|(index, _)| index)
    }
}

/// What a column means in a file of this origin.
fn read_column(text: &str, vocabulary: &Vocabulary, origin: Option<Origin>) -> Reading {
    let reading = vocabulary.read(text);
    let Some(origin) = origin else { return reading };
    let straight = |meaning| Reading {
        meaning,
        inverted: false,
    };
    if let Some(attribute) = origin.attribute(text).and_then(catalogue::by_name) {
        return straight(Meaning::Attribute(attribute));
    }
    if origin.ignores(text) {
        return straight(Meaning::Foreign);
    }
    reading
}

/// How many ignored columns are named.
const IGNORED_LISTED_MAX: usize = 12;

fn ignored_columns(origin: Origin, names: &[&str], first: Place) -> Finding {
    let listed: Vec<String> = names
        .iter()
        .take(IGNORED_LISTED_MAX)
        .map(|name| format!("`{}`", shorten(name)))
        .collect();
    let more = match names.len().saturating_sub(IGNORED_LISTED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Finding::warning(
        "ignored-columns",
        Extent::Sheet,
        format!(
            "this is {}; these columns of it cannot be edited here and are ignored: {}{more}",
            origin.in_words(),
            listed.join(", ")
        ),
        "nothing needs to be done; `dirsheet columns` lists what can be edited",
    )
    .at(first)
}

fn password_column(text: &str, place: Place) -> Finding {
    Finding::warning(
        "password-column",
        Extent::Column,
        "the initial passwords in this column are not read, not kept and not set",
        "delete the column, and treat the passwords as known to everybody who had the file; `--allow passwords-in-sheet` uses them for new users",
    )
    .at(place)
    .column(text)
}

fn inverted_column(text: &str, name: &str, place: Place) -> Finding {
    Finding::warning(
        "inverted-column",
        Extent::Column,
        format!("the column asks the opposite of `{name}`, so yes is read as false and no as true"),
        format!("nothing needs to be done; reports call the column `{name}` and show the turned values"),
    )
    .at(place)
    .column(text)
    .found(text)
}

/// The label and the property in brackets name two attributes.
fn contradicts_itself(text: &str, label: &str, property: &str, place: Place) -> Finding {
    Finding::error(
        "header-contradicts-itself",
        Extent::Column,
        format!("the label of this column means `{label}`, and the brackets behind it say `{property}`, so it is not clear which of them its cells are"),
        format!("look at the cells, and call the column `{label}` or `{property}`"),
    )
    .at(place)
    .column(text)
    .found(text)
}

fn unknown_column(text: &str, place: Place, vocabulary: &Vocabulary) -> Finding {
    if let Some(finding) = extensions::unknown(text, place, vocabulary) {
        return finding;
    }
    if let Some((label, property)) = vocabulary.contradiction(text) {
        return contradicts_itself(text, label.name, property.name, place);
    }
    if let Some(names) = vocabulary.candidates(text) {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        return Finding::error(
            "unknown-column",
            Extent::Column,
            "this name can mean more than one attribute",
            format!("call the column by what it holds: {}", names.join(" or ")),
        )
        .at(place)
        .column(text)
        .found(text);
    }
    if bracketed(text).is_some_and(|(_, property)| property == "accountEnabled") {
        return Finding::error(
            "unknown-column",
            Extent::Column,
            "it is not clear whether yes means here that the person can sign in, or that sign-in is blocked",
            "call the column `accountEnabled` (true: can sign in) or `Block sign in` (yes: cannot)",
        )
        .at(place)
        .column(text)
        .found(text);
    }
    let nearest = vocabulary.nearest(text);
    let (message, help) = extensions::what_may_be_meant(text, nearest, vocabulary);
    let finding = Finding::error("unknown-column", Extent::Column, message, help)
        .at(place)
        .column(text)
        .found(text);
    match nearest {
        Some(name) => finding.repair(name),
        None => finding,
    }
}

/// Cells are filled below a header that is empty.
pub(super) fn nameless_column(place: Place, found: &str) -> Finding {
    let letters = place.column.map(column_letters).unwrap_or_default();
    Finding::error(
        "column-without-name",
        Extent::Column,
        format!(
            "column {letters} has no name in the header, but cells below it are filled; this is the first"
        ),
        "give the column its name in the first row, or empty it",
    )
    .at(place)
    .found(found)
}

/// Refuses a sheet whose header is so wide that its rows, padded to that width, would fill the memory.
pub(super) fn check_size(header: &Header, records: u64) -> Result<(), Refusal> {
    if (header.len() as u64).saturating_mul(records) <= CELLS_MAX {
        return Ok(());
    }
    Err(Refusal::Found(vec![Finding::error(
        "too-many-columns",
        Extent::Sheet,
        format!(
            "the header has {} columns and there are {records} rows; at most {CELLS_MAX} cells are read",
            header.len()
        ),
        "keep only the columns you need, and look for a lost text far to the right of them",
    )]))
}

#[cfg(test)]
mod tests;

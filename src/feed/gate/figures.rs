//! What is counted of a file.

use std::borrow::Cow;
use std::collections::HashSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DirectoryFacts, Prints};
use crate::domain::{SourceRow, SourceTable};

/// What is known of the file itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Without its folder.
    pub name: String,
    /// In lower-case hexadecimal digits.
    pub sha256: String,
    pub bytes: u64,
    /// When it was written last, as the file system says.
    pub modified: Timestamp,
    /// As messages name it.
    pub encoding: String,
    /// Whether the last line ends as the others do; a file that was cut off mostly does not.
    pub ends_with_line_end: bool,
    /// Rows that cannot be trusted, which are not among the table's.
    pub unreadable: u64,
}

/// What one row is to the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKey<'a> {
    /// The key, as the matching uses it; blanks around it are taken off.
    Key(Cow<'a, str>),
    /// It has none.
    Empty,
    /// The row does not count (`rows` in the settings).
    LeftOut,
}

/// The figures of a file. They hold no value of any cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub file: FileFacts,
    /// Rows that count.
    pub rows: u64,
    /// Rows that the settings leave out.
    pub left_out: u64,
    /// Every header, in the order of the file.
    pub columns: Vec<String>,
    /// The columns that the settings read and the file has.
    pub mapped: Vec<ColumnFigures>,
    /// Those that it does not have.
    pub missing: Vec<String>,
    /// Different keys.
    pub keys: u64,
    /// Keys that stand in two rows or more.
    pub duplicate_keys: u64,
    pub rows_without_key: u64,
    /// Rows that are the header again.
    pub header_rows: u64,
    /// The file beside the directory; `None` in figures of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<DirectoryFacts>,
    /// The tables of words that the templates look into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<TableFigures>,
}

/// The figures of a table of words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFigures {
    /// As the settings name it.
    pub name: String,
    pub rows: u64,
    /// Of its file, in lower-case hexadecimal digits.
    pub sha256: String,
}

/// The figures of one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnFigures {
    pub header: String,
    /// Where it stands, from 0.
    pub position: usize,
    /// Rows in which it is blank.
    pub blanks: u64,
    /// Different values, blank ones not counted; blanks around a value do not make another.
    pub distinct: u64,
}

/// A file that was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub figures: Figures,
    pub prints: Prints,
    /// The rows whose key stands in another row too, and those without one.
    pub doubled: Vec<u64>,
    pub without_key: Vec<u64>,
}

impl Counted {
    /// Counts a table. `mapped` are the headers that the settings read, in any order; `key` says what a row is to the gate.
    /// Memory beside the table: the prints, and the different values of one column at a time.
    pub fn of<'a>(
        table: &'a SourceTable,
        mapped: &[String],
        file: FileFacts,
        key: impl Fn(&'a SourceRow) -> RowKey<'a>,
    ) -> Counted {
        let key = |row: &'a SourceRow| match key(row) {
            RowKey::Key(text) => trimmed(text),
            other => other,
        };
        let mut figures = Figures {
            file,
            rows: 0,
            left_out: 0,
            columns: table.columns().to_vec(),
            mapped: Vec::new(),
            missing: Vec::new(),
            keys: 0,
            duplicate_keys: 0,
            rows_without_key: 0,
            header_rows: 0,
            directory: None,
            tables: Vec::new(),
        };
        let mut seen: HashSet<Cow<'a, str>> = HashSet::new();
        let mut doubled: HashSet<Cow<'a, str>> = HashSet::new();
        let mut counting: Vec<&SourceRow> = Vec::with_capacity(table.rows().len());
        for row in table.rows() {
            match key(row) {
                RowKey::LeftOut => {
                    figures.left_out += 1;
                    continue;
                }
                RowKey::Empty => figures.rows_without_key += 1,
                RowKey::Key(text) => {
                    if !seen.insert(text.clone()) {
                        doubled.insert(text);
                    }
                }
            }
            counting.push(row);
            let is_header = table
                .columns()
                .iter()
                .enumerate()
                .all(|(at, header)| row.cell(at).trim() == header);
            figures.header_rows += u64::from(is_header);
        }
        figures.rows = counting.len() as u64;
        figures.keys = seen.len() as u64;
        figures.duplicate_keys = doubled.len() as u64;
        let mut rows_of = (Vec::new(), Vec::new());
        if !doubled.is_empty() || figures.rows_without_key > 0 {
            for row in &counting {
                match key(row) {
                    RowKey::Key(text) if doubled.contains(&text) => rows_of.0.push(row.row()),
                    RowKey::Empty => rows_of.1.push(row.row()),
                    RowKey::Key(_) | RowKey::LeftOut => {}
                }
            }
        }
        drop((seen, doubled));
        let mut positions: Vec<(String, usize)> = Vec::new();
        for header in mapped {
            match table.column(header) {
                Some(at) if positions.iter().all(|(_, known)| *known != at) => {
                    positions.push((header.clone(), at))
                }
                Some(_) => {}
                None => figures.missing.push(header.clone()),
            }
        }
        positions.sort_by_key(|(_, at)| *at);
        for (header, at) in &positions {
            let mut distinct: HashSet<&str> = HashSet::new();
            let mut blanks = 0;
            for row in &counting {
                match row.cell(*at).trim() {
                    "" => blanks += 1,
                    text => {
                        distinct.insert(text);
                    }
                }
            }
            figures.mapped.push(ColumnFigures {
                header: header.clone(),
                position: *at,
                blanks,
                distinct: distinct.len() as u64,
            });
        }
        drop(counting);
        let kept = positions.len();
        let beside = beside(&positions, table.columns());
        positions.extend(beside);
        let prints = Prints::of(table, &positions, kept, &key);
        Counted {
            figures,
            prints,
            doubled: rows_of.0,
            without_key: rows_of.1,
        }
    }
}

fn trimmed(text: Cow<'_, str>) -> RowKey<'_> {
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    };
    if text.is_empty() {
        RowKey::Empty
    } else {
        RowKey::Key(text)
    }
}

/// The columns beside the mapped ones: that is where values stand when a column came in or went.
fn beside(mapped: &[(String, usize)], columns: &[String]) -> Vec<(String, usize)> {
    let is_mapped = |at: usize| mapped.iter().any(|(_, known)| *known == at);
    let is_beside = |at: usize| is_mapped(at + 1) || at.checked_sub(1).is_some_and(is_mapped);
    let all = columns.iter().enumerate();
    all.filter(|(at, _)| !is_mapped(*at) && is_beside(*at))
        .map(|(at, header)| (header.clone(), at))
        .collect()
}

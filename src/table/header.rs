//! The header row: the columns of a sheet and what each of them means.

use super::vocabulary::{Meaning, Vocabulary};
use crate::catalogue::Attribute;
use crate::domain::{Extent, Finding, Place, column_letters, shorten};

/// The most columns a sheet may have; a workbook has no more either.
pub const COLUMNS_MAX: usize = 16_384;

/// How many unknown columns are named one by one.
const UNKNOWN_LISTED_MAX: usize = 100;

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The header as the file has it, a formula guard taken off.
    pub text: String,
    pub meaning: Meaning,
}

/// The columns in the order of the sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    columns: Vec<Column>,
}

impl Header {
    /// Reads the header's texts; `place` is the header row. Empty columns at its end are still there.
    pub(super) fn read(texts: Vec<String>, place: Place, vocabulary: &Vocabulary) -> (Header, Vec<Finding>) {
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
        let mut header = Header {
            columns: Vec::with_capacity(texts.len()),
        };
        let mut findings = Vec::new();
        let mut unknown = 0;
        for (index, text) in texts.into_iter().enumerate() {
            let place = place.at(index);
            let mut meaning = vocabulary.meaning(&text);
            let earlier = header.columns.iter().position(|column| column.meaning == meaning);
            match (meaning, earlier) {
                (Meaning::Attribute(attribute), Some(earlier)) => {
                    meaning = Meaning::Repeated(attribute);
                    findings.push(header.duplicate(earlier, attribute.name, &text, place));
                }
                (Meaning::Snapshot, Some(earlier)) => {
                    findings.push(header.duplicate(earlier, super::SNAPSHOT_COLUMN, &text, place));
                }
                (Meaning::Unknown, _) => {
                    unknown += 1;
                    if unknown <= UNKNOWN_LISTED_MAX {
                        findings.push(unknown_column(&text, place, vocabulary));
                    }
                }
                _ => {}
            }
            header.columns.push(Column { text, meaning });
        }
        if unknown > UNKNOWN_LISTED_MAX {
            findings.push(Finding::error(
                "unknown-column",
                Extent::Column,
                format!("{} more columns are unknown", unknown - UNKNOWN_LISTED_MAX),
                "look whether this is the right file; `dirsheet columns` lists the names that are known",
            ));
        }
        if header.index_of("id").is_none() && header.index_of("userPrincipalName").is_none() {
            findings.push(header.no_key(place));
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
            "put the column names in the first row of the sheet, with `id` or `userPrincipalName` among them; an export has both",
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
                | Meaning::Report
                | Meaning::Unknown
                | Meaning::Blank => None,
            })
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

fn unknown_column(text: &str, place: Place, vocabulary: &Vocabulary) -> Finding {
    let nearest = vocabulary.nearest(text);
    let finding = Finding::error(
        "unknown-column",
        Extent::Column,
        "no attribute has this name, so it is not clear what the column is for",
        match nearest {
            Some(name) => {
                format!("did you mean `{name}`? Rename the column, or delete it; `dirsheet columns` lists all names")
            }
            None => "delete the column, or give it a name that `dirsheet columns` lists".to_owned(),
        },
    )
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::testing::vocabulary;

    fn read(texts: &[&str]) -> (Header, Vec<Finding>) {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        Header::read(texts, Place::row(1, 1), &vocabulary())
    }

    fn rules(texts: &[&str]) -> Vec<&'static str> {
        read(texts).1.iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_good_header_is_silent_and_tells_its_columns() {
        let (header, findings) = read(&["id", "Job title", "_snapshot", "_status", "DEPARTMENT"]);
        assert_eq!(findings, []);
        let columns: Vec<_> = header.attribute_columns().map(|(i, a)| (i, a.name)).collect();
        assert_eq!(columns, [(0, "id"), (1, "jobTitle"), (4, "department")]);
        assert_eq!(header.snapshot_column(), Some(2));
        assert_eq!(header.columns()[3].meaning, Meaning::Report);
        assert_eq!(header.index_of("department"), Some(4));
        assert_eq!(header.index_of("displayName"), None);
        assert_eq!(header.text(1), Some("Job title"));
    }

    #[test]
    fn each_fault_of_a_header_has_its_rule() {
        for (texts, expected) in [
            (&["UPN"][..], &[][..]),
            (&["id", "jobTitle", "Title"], &["duplicate-column"]),
            (&["id", "ID"], &["duplicate-column"]),
            (&["id", "_snapshot", "_SNAPSHOT"], &["duplicate-column"]),
            (&["id", "_status", "_status"], &[]),
            (&["id", "shoe size"], &["unknown-column"]),
            (&["jobTitle"], &["no-key-column"]),
            (
                &["x", "y"],
                &["unknown-column", "unknown-column", "no-key-column"],
            ),
            (&["id", "", "jobTitle"], &[]),
        ] {
            assert_eq!(rules(texts), expected, "{texts:?}");
        }
    }

    #[test]
    fn a_duplicate_names_both_columns_and_counts_once() {
        let (header, findings) = read(&["id", "jobTitle", "department", "Job Title"]);
        assert!(
            findings[0].message.contains("B (`jobTitle`) and D (`Job Title`)"),
            "{}",
            findings[0].message
        );
        assert_eq!(findings[0].extent, Extent::Sheet);
        assert_eq!(header.attribute_columns().count(), 3);
    }

    #[test]
    fn a_misspelt_column_is_offered_its_name() {
        let (_, findings) = read(&["id", "jobTilte"]);
        assert_eq!(findings[0].repair.as_deref(), Some("jobTitle"));
        assert!(findings[0].help.contains("did you mean `jobTitle`?"));
        assert_eq!(
            findings[0].place.and_then(|p| p.cell_name()).as_deref(),
            Some("B1")
        );
    }

    #[test]
    fn a_flood_of_unknown_columns_is_summed_up() {
        let names: Vec<String> = (0..500).map(|n| format!("unknown {n}")).collect();
        let mut texts = vec!["id"];
        texts.extend(names.iter().map(String::as_str));
        let (_, findings) = read(&texts);
        assert_eq!(findings.len(), UNKNOWN_LISTED_MAX + 1);
        assert!(findings[UNKNOWN_LISTED_MAX].message.starts_with("400 more"));
        assert_eq!(rules(&vec!["x"; COLUMNS_MAX + 1]), ["too-many-columns"]);
    }
}

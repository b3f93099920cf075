//! Any sheet as the plainest one: UTF-8, one header row of Graph's names, comma separated. For a reader that understands no more.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::container::check_ordinary;
use super::dialect::Layout;
use super::error::SheetError;
use super::options::ReadOptions;
use super::reader::Sheet;
use super::rows::UnreadableRow;
use super::vocabulary::Meaning;
use crate::domain::{Extent, Finding, RawRow};

/// How many rows are taken together.
const CHUNK_ROWS: usize = 4_096;

/// A plain sheet: the file itself where it is one, else a copy that lives as long as this.
#[derive(Debug)]
pub struct PlainCsv {
    path: PathBuf,
    _copy: Option<NamedTempFile>,
    told: Option<String>,
}

/// Why a sheet cannot be made plain.
#[derive(Debug, thiserror::Error)]
pub enum NotPlain {
    /// It is no sheet.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// A finding of the file or of a row.
    #[error("{place}: {message}; {help}", place = .0.place_in(.1), message = .0.message, help = .0.help)]
    Found(Box<Finding>, String),
    /// It cannot be read, or the copy not be written.
    #[error("{0}")]
    Disk(#[from] io::Error),
}

impl PlainCsv {
    /// Copies what is not plain: a workbook, another encoding, a `sep=` line. The row of a user is its line in the copy.
    ///
    /// # Errors
    /// It is no sheet, or something in it would be read otherwise than it is meant.
    pub fn of(path: &Path) -> Result<PlainCsv, NotPlain> {
        check_ordinary(path)?;
        let bytes = std::fs::read(path)?;
        let sheet = match (is_plain(&bytes), Sheet::open(path, ReadOptions::default())) {
            (true, sheet)
                if sheet
                    .as_ref()
                    .map_or(true, |sheet| has_names_of_graph(sheet, &bytes)) =>
            {
                return Ok(PlainCsv {
                    path: path.to_owned(),
                    _copy: None,
                    told: None,
                });
            }
            (_, sheet) => sheet?,
        };
        let shown = path.display().to_string();
        // A column that only the tenant can explain is no error here.
        let stops = |finding: &&Finding| finding.is_error() && finding.extent != Extent::Column;
        if let Some(finding) = sheet.findings().iter().find(stops) {
            return Err(NotPlain::Found(Box::new(finding.clone()), shown));
        }
        if let Some(held) = sheet.held_cells().first() {
            let header = held.place.column.and_then(|column| sheet.header().text(column));
            let finding = held.finding(header.unwrap_or_default(), "");
            return Err(NotPlain::Found(Box::new(finding), shown));
        }
        let mut file = tempfile::Builder::new()
            .prefix("dirsheet-")
            .suffix(".csv")
            .tempfile()?;
        write(&sheet, &mut file, &shown)?;
        Ok(PlainCsv {
            path: file.path().to_owned(),
            told: Some(match sheet.layout() {
                Layout::Workbook(facts) => format!("the worksheet `{}` ({})", facts.worksheet, facts.format),
                Layout::Text(dialect) => format!("a text in {}", dialect.encoding.as_str()),
            }),
            _copy: Some(file),
        })
    }

    /// Where the plain sheet is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was read, where a copy was needed: `the worksheet `Users` (xlsx)`.
    pub fn told(&self) -> Option<&str> {
        self.told.as_deref()
    }
}

/// UTF-8 with or without a byte order mark, and no line for spreadsheets in front.
fn is_plain(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = text.iter().position(|byte| !b"\" \t".contains(byte)).unwrap_or(0);
    let is_marked = text[start..]
        .get(..4)
        .is_some_and(|first| first.eq_ignore_ascii_case(b"sep="));
    !is_marked && !text.starts_with(b"PK") && !text.contains(&0) && std::str::from_utf8(text).is_ok()
}

/// Whether the first line is the header, with nothing but Graph's names of attributes, and a separator that everybody knows.
fn has_names_of_graph(sheet: &Sheet, bytes: &[u8]) -> bool {
    let Layout::Text(dialect) = sheet.layout() else {
        return false;
    };
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(dialect.delimiter.byte())
        .from_reader(text);
    let mut first = csv::StringRecord::new();
    let is_read = reader.read_record(&mut first).unwrap_or(false);
    let columns = sheet.header().columns();
    let is_known = b",;\t".contains(&dialect.delimiter.byte());
    let is_named = |column: &super::Column| match column.meaning {
        Meaning::Attribute(attribute) => column.text.split(':').next() == Some(attribute.name),
        _ => true,
    };
    let texts = columns.iter().map(|column| column.text.trim());
    is_read && is_known && columns.iter().all(is_named) && first.iter().map(str::trim).eq(texts)
}

fn write(sheet: &Sheet, file: &mut NamedTempFile, shown: &str) -> Result<(), NotPlain> {
    let mut sink = BufWriter::new(file);
    let columns = sheet.header().columns();
    let kept: Vec<usize> = (0..columns.len())
        .filter(|index| columns[*index].meaning != Meaning::Blank)
        .collect();
    let names = kept.iter().map(|index| match columns[*index].meaning {
        // What stands behind a colon tells the type of an attribute of the tenant's own.
        Meaning::Attribute(attribute) if !columns[*index].text.contains(':') => attribute.name,
        Meaning::Snapshot => super::SNAPSHOT_COLUMN,
        _ => &columns[*index].text,
    });
    line(&mut sink, names)?;
    let mut rows = sheet.rows();
    let mut at = 2;
    loop {
        let chunk = rows.chunk(CHUNK_ROWS);
        if chunk.is_empty() {
            break;
        }
        for row in chunk {
            let row: RawRow = row.map_err(|unreadable| {
                let UnreadableRow { raw, finding } = *unreadable;
                let finding = finding.unwrap_or_else(|| {
                    Finding::error(
                        "row-not-readable",
                        Extent::Row,
                        "the cells of this row cannot be told apart",
                        "look at this row and the one before it",
                    )
                    .at(raw.place())
                });
                NotPlain::Found(Box::new(finding), shown.to_owned())
            })?;
            while at < row.row {
                sink.write_all(b"\n")?;
                at += 1;
            }
            line(
                &mut sink,
                kept.iter().map(|index| row.cells.get(*index).unwrap_or_default()),
            )?;
            at += 1;
        }
    }
    Ok(sink.flush()?)
}

/// A line, every cell quoted. One apostrophe is the guard of an export for whoever reads it, so an own one is doubled.
fn line<'c>(sink: &mut impl Write, cells: impl Iterator<Item = &'c str>) -> io::Result<()> {
    for (index, cell) in cells.enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let guard = if cell.starts_with('\'') { "'" } else { "" };
        write!(sink, "{comma}\"{guard}{}\"", cell.replace('"', "\"\""))?;
    }
    sink.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0a1b2c3d-0000-4000-8000-00000000000f";

    fn plain(bytes: &[u8]) -> Result<(Option<String>, String), NotPlain> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        std::fs::write(&path, bytes).unwrap();
        let plain = PlainCsv::of(&path)?;
        let text = std::fs::read_to_string(plain.path()).unwrap();
        Ok((plain.told().map(str::to_owned), text))
    }

    #[test]
    fn a_plain_sheet_is_taken_as_it_is_and_any_other_becomes_one_with_its_rows_as_lines() {
        let own = format!("\u{feff}id;jobTitle\r\n{ID};\"a;b\"\r\n");
        assert_eq!(plain(own.as_bytes()).unwrap(), (None, own));
        let utf16: Vec<u8> = format!("\u{feff}id\tJob title\r\n{ID}\t\"'=1 \"\"x\"\"\"\r\n")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let (told, text) = plain(&utf16).unwrap();
        assert!(told.unwrap().starts_with("a text in "));
        assert!(text.starts_with("\"id\",\"jobTitle\"\n"), "{text}");
        let marked = format!("sep=;\r\nid;jobTitle\r\n{ID};Cook\r\n");
        let (_, text) = plain(marked.as_bytes()).unwrap();
        assert_eq!(text, format!("\"id\",\"jobTitle\"\n\n\"{ID}\",\"Cook\"\n"));
    }

    #[test]
    fn what_cannot_be_read_is_told_and_not_half_copied() {
        assert!(matches!(plain(b"PK\x03\x04 cut"), Err(NotPlain::Sheet(_))));
        let broken = format!("sep=,\r\nid,jobTitle\r\n{ID},Cook,too many\r\n");
        let told = plain(broken.as_bytes()).unwrap_err().to_string();
        assert!(told.contains("users.csv:3"), "{told}");
    }
}

//! How a CSV file is laid out: its encoding, what stands between cells, how lines end.

use std::fmt;
use std::str::FromStr;

use super::vocabulary::{Meaning, Vocabulary};
use crate::domain::{Extent, Finding, Place};

/// How letters are bytes. Others are refused with a remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    /// With a byte order mark, as Excel wants it.
    Utf8Bom,
}

impl Encoding {
    /// Its name in messages and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf8Bom => "UTF-8 with BOM",
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Delimiter {
    #[default]
    Comma,
    Semicolon,
    Tab,
}

impl Delimiter {
    /// Every delimiter, the most usual first.
    pub const ALL: [Delimiter; 3] = [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab];

    /// The byte that stands between cells.
    pub fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
        }
    }

    /// As it is typed on the command line: `,`, `;` or `tab`.
    pub fn as_str(self) -> &'static str {
        match self {
            Delimiter::Comma => ",",
            Delimiter::Semicolon => ";",
            Delimiter::Tab => "tab",
        }
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Delimiter {
    type Err = String;

    fn from_str(text: &str) -> Result<Delimiter, String> {
        Delimiter::ALL
            .into_iter()
            .find(|delimiter| delimiter.as_str() == text || text.as_bytes() == [delimiter.byte()])
            .ok_or_else(|| format!("`{text}` is not a delimiter: use `,`, `;` or `tab`"))
    }
}

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    CrLf,
    Lf,
    /// A lone carriage return, as very old programs for the Mac write it.
    Cr,
}

/// The layout of a file that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    pub encoding: Encoding,
    pub delimiter: Delimiter,
    /// That of most lines.
    pub line_end: LineEnd,
}

/// What the beginning of a text tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Beginning {
    pub delimiter: Delimiter,
    /// Where the records begin: after a `sep=` line, if there is one.
    pub offset: usize,
    /// The line number at `offset`, 1-based.
    pub line: u64,
}

/// No header is longer than this, in bytes; more is not looked at for the delimiter.
const HEADER_BYTES_MAX: usize = 256 * 1024;

/// Finds the delimiter that splits the header into the most known names. `forced` takes the choice away, not the check.
pub(super) fn detect(
    text: &[u8],
    forced: Option<Delimiter>,
    vocabulary: &Vocabulary,
) -> Result<Beginning, Box<Finding>> {
    let separator = separator_line(text);
    let (offset, line, hint) = match separator {
        Some((length, hint)) => (length, 2, hint),
        None => (0, 1, None),
    };
    let head = &text[offset..text.len().min(offset.saturating_add(HEADER_BYTES_MAX))];
    let splits = Delimiter::ALL.map(|delimiter| Split::new(head, delimiter, vocabulary));
    let best = splits
        .iter()
        .filter(|split| forced.is_none_or(|delimiter| split.delimiter == delimiter))
        // The last of equals wins, so the order of preference is turned around.
        .rev()
        .max_by_key(|split| (split.known, hint == Some(split.delimiter), split.cells.len()));
    let Some(best) = best else {
        return Ok(Beginning {
            delimiter: forced.unwrap_or_default(),
            offset,
            line,
        });
    };
    match wrong_separator(best, vocabulary) {
        Some(finding) => Err(Box::new(finding.at(Place::row(line, line)))),
        None => Ok(Beginning {
            delimiter: best.delimiter,
            offset,
            line,
        }),
    }
}

/// The header as one delimiter splits it.
struct Split {
    delimiter: Delimiter,
    cells: Vec<String>,
    /// How many different known names there are.
    known: usize,
}

impl Split {
    fn new(head: &[u8], delimiter: Delimiter, vocabulary: &Vocabulary) -> Split {
        let mut record = csv::ByteRecord::new();
        // The reader works on memory, so there is nothing to fail.
        let _ = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter.byte())
            .from_reader(head)
            .read_byte_record(&mut record);
        let cells: Vec<String> = record
            .iter()
            .map(|cell| String::from_utf8_lossy(cell).into_owned())
            .collect();
        let known = count_known(cells.iter().map(String::as_str), vocabulary);
        Split {
            delimiter,
            cells,
            known,
        }
    }
}

fn count_known<'a>(names: impl Iterator<Item = &'a str>, vocabulary: &Vocabulary) -> usize {
    let mut seen: Vec<Meaning> = Vec::new();
    for name in names.filter(|name| vocabulary.knows(name)) {
        let meaning = vocabulary.meaning(name);
        if meaning == Meaning::Report || !seen.contains(&meaning) {
            seen.push(meaning);
        }
    }
    seen.len()
}

/// One known column at most, while a cell of the header still holds several names: the file was opened with another
/// delimiter than it was written with, and saved again, or it uses one that is not read.
fn wrong_separator(best: &Split, vocabulary: &Vocabulary) -> Option<Finding> {
    if best.known > 1 {
        return None;
    }
    let needed = if best.cells.len() == 1 { 1 } else { 2 };
    let (cell, inner) = best.cells.iter().find_map(|cell| {
        [',', ';', '\t', '|', ':']
            .into_iter()
            .find(|inner| {
                let pieces = cell.split(*inner).map(|piece| piece.trim().trim_matches('"'));
                cell.contains(*inner) && count_known(pieces, vocabulary) >= needed
            })
            .map(|inner| (cell, inner))
    })?;
    let shown = if inner == '\t' {
        "tab".to_owned()
    } else {
        inner.to_string()
    };
    Some(
        Finding::error(
            "wrong-separator",
            Extent::Sheet,
            format!("one cell of the header holds several column names with `{shown}` between them: the file was opened with the wrong separator and saved"),
            "take the file again from where it came from, open it with the right separator (in Excel: `Data`, `From Text/CSV`), and save it with `,`, `;` or tab between cells",
        )
        .found(cell),
    )
}

/// The length of a leading `sep=X` line, with its line end, and the delimiter it names. Programs save it quoted and
/// padded with delimiters when they took it for a row.
fn separator_line(text: &[u8]) -> Option<(usize, Option<Delimiter>)> {
    let end = text
        .iter()
        .take(SEPARATOR_LINE_BYTES_MAX)
        .position(|byte| matches!(byte, b'\r' | b'\n'))
        .unwrap_or(text.len());
    let line = text
        .get(..end)
        .filter(|line| line.len() <= SEPARATOR_LINE_BYTES_MAX)?;
    let line = line.trim_ascii_start();
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    if !line.get(..4)?.eq_ignore_ascii_case(b"sep=") {
        return None;
    }
    let (named, rest) = match &line[4..] {
        [] => (None, &[][..]),
        [named, rest @ ..] => (Some(*named), rest),
    };
    if !rest
        .iter()
        .all(|byte| matches!(byte, b',' | b';' | b'\t' | b' ' | b'"'))
    {
        return None;
    }
    let line_end = match &text[end..] {
        [b'\r', b'\n', ..] => 2,
        [] => 0,
        _ => 1,
    };
    let hint = named.and_then(|named| {
        Delimiter::ALL
            .into_iter()
            .find(|delimiter| delimiter.byte() == named)
    });
    Some((end + line_end, hint))
}

/// A `sep=` line padded over as many columns as a workbook has would still fit.
const SEPARATOR_LINE_BYTES_MAX: usize = 17_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::testing::vocabulary;

    fn detected(text: &str) -> Result<Beginning, Box<Finding>> {
        detect(text.as_bytes(), None, &vocabulary())
    }

    #[test]
    fn the_delimiter_that_gives_the_most_known_names_wins() {
        for (text, delimiter) in [
            ("id,jobTitle\n", Delimiter::Comma),
            ("id;jobTitle\n", Delimiter::Semicolon),
            ("id\tjobTitle\n", Delimiter::Tab),
            ("\"id\";\"Job title\"\n", Delimiter::Semicolon),
            ("id;jobTitle;\"a,b,c,d\"\n", Delimiter::Semicolon),
            ("\"x;y\",id,jobTitle\n", Delimiter::Comma),
            ("\n\nid;jobTitle\n1,2,3,4\n", Delimiter::Semicolon),
            ("id\n", Delimiter::Comma),
            ("a;b;c\n", Delimiter::Semicolon),
            ("id,_status,_error,_hint\n", Delimiter::Comma),
        ] {
            assert_eq!(detected(text).map(|d| d.delimiter), Ok(delimiter), "{text:?}");
        }
    }

    #[test]
    fn a_sep_line_is_dropped_and_decides_between_equals() {
        // text, delimiter, offset, line
        for (text, delimiter, offset, line) in [
            ("sep=;\r\nid\r\n", Delimiter::Semicolon, 7, 2),
            ("SEP=,\nid;jobTitle\n", Delimiter::Semicolon, 6, 2),
            ("\"sep=;\"\nid;jobTitle\n", Delimiter::Semicolon, 8, 2),
            ("sep=;,,,\nid,jobTitle\n", Delimiter::Comma, 9, 2),
            ("sep=\t\rid\tjobTitle\r", Delimiter::Tab, 6, 2),
            ("sep=\nid,jobTitle\n", Delimiter::Comma, 5, 2),
            ("sep=x is not one,id\n", Delimiter::Comma, 0, 1),
        ] {
            let expected = Beginning {
                delimiter,
                offset,
                line,
            };
            assert_eq!(detected(text), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn a_header_that_fell_into_one_cell_is_refused() {
        for text in [
            "\"id;jobTitle;department\"\n",
            "\"id,jobTitle\"\n",
            "id|jobTitle|department\n",
            "id|shoe size\n",
            "\"id;\"\"jobTitle\"\"\",,\n",
            "sep=|\nid|jobTitle\n",
        ] {
            let finding = detected(text).unwrap_err();
            assert_eq!(
                (finding.rule, finding.extent),
                ("wrong-separator", Extent::Sheet),
                "{text:?}"
            );
        }
        let forced = detect(b"id,jobTitle\n", Some(Delimiter::Semicolon), &vocabulary());
        assert_eq!(forced.unwrap_err().rule, "wrong-separator");
    }

    #[test]
    fn a_delimiter_is_named_as_it_is_typed() {
        for delimiter in Delimiter::ALL {
            assert_eq!(delimiter.to_string().parse(), Ok(delimiter));
        }
        assert_eq!("\t".parse(), Ok(Delimiter::Tab));
        assert!("|".parse::<Delimiter>().unwrap_err().contains("`tab`"));
    }
}

//! Where the header of a sheet is, and what stands between its cells.
//!
//! The delimiter is the one that gives the most known column names; what the cells below hold has no vote. Rows above the
//! header (a version mark, a title, the name of a table) are passed over, at most ten of them.

use super::dialect::{Delimiter, Start};
use super::error::Refusal;
use super::forms::is_template_header;
use super::rows::Records;
use super::source::Source;
use super::vocabulary::{Meaning, Vocabulary};
use crate::domain::{Extent, Finding, Place, shorten};

/// What the beginning of a text tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Beginning {
    pub delimiter: Delimiter,
    /// Where the header begins.
    pub start: Start,
    /// The filled rows above it, a `sep=` line left out.
    pub above: Vec<Above>,
}

/// A row above the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Above {
    pub place: Place,
    /// Its filled cells.
    pub cells: Vec<String>,
}

/// No header is longer than this, in bytes; more is not looked at for the delimiter.
const HEADER_BYTES_MAX: u64 = 256 * 1024;

/// How many rows may stand above the header.
const ABOVE_MAX: usize = 10;

/// Finds the delimiter that splits the header into the most known names. `forced` takes the choice away, not the check.
pub(super) fn detect(
    source: &Source,
    start: Start,
    forced: Option<Delimiter>,
    vocabulary: &Vocabulary,
) -> Result<Beginning, Refusal> {
    let (start, hint) = separator_line_of(source, start)?;
    let splits = Delimiter::ALL.map(|delimiter| Split::new(source, start, delimiter, vocabulary));
    let best = splits
        .into_iter()
        .filter(|split| forced.is_none_or(|delimiter| split.delimiter == delimiter))
        // The last of equals wins, so the order of preference is turned around.
        .rev()
        .max_by_key(|split| {
            let header = &split.header;
            (header.known, hint == Some(split.delimiter), header.cells.len())
        });
    let Some(best) = best else {
        return Ok(Beginning {
            delimiter: forced.unwrap_or_default(),
            start,
            above: Vec::new(),
        });
    };
    if let Some(finding) = wrong_separator(&best.header, vocabulary) {
        return Err(finding
            .at(Place::row(best.header.start.line, best.header.start.row))
            .into());
    }
    Ok(Beginning {
        delimiter: best.delimiter,
        start: best.header.start,
        above: best.above,
    })
}

/// One record as a delimiter splits it.
struct Candidate {
    start: Start,
    cells: Vec<String>,
    /// How many different known names there are.
    known: usize,
    /// Whether one of them says whom a row is about.
    has_key: bool,
}

impl Candidate {
    /// Whether it can be nothing but a header.
    fn is_header(&self) -> bool {
        self.has_key || self.known >= 2
    }
}

/// The beginning as one delimiter splits it.
struct Split {
    delimiter: Delimiter,
    header: Candidate,
    above: Vec<Above>,
}

impl Split {
    fn new(source: &Source, start: Start, delimiter: Delimiter, vocabulary: &Vocabulary) -> Split {
        let mut records = Records::new(
            source.piece(start.offset, HEADER_BYTES_MAX),
            delimiter.byte(),
            start,
        );
        let mut candidates: Vec<Candidate> = Vec::new();
        while candidates.len() <= ABOVE_MAX {
            // What cannot be read here will be a finding of the scan.
            let Some(Ok(place)) = records.advance() else { break };
            let cells: Vec<String> = records.cells.iter().map(str::to_owned).collect();
            let meanings = known_meanings(cells.iter().map(String::as_str), vocabulary);
            let candidate = Candidate {
                start: Start {
                    offset: start.offset + records.offset(),
                    line: place.line,
                    row: place.row,
                    ..start
                },
                cells,
                known: meanings.len(),
                has_key: meanings.iter().any(|meaning| is_key(*meaning))
                    || records.cells.iter().any(is_template_header),
            };
            let is_header = candidate.is_header();
            candidates.push(candidate);
            // A header in the first row ends the search.
            if is_header && candidates.len() == 1 {
                break;
            }
        }
        let at = (0..candidates.len())
            .filter(|index| candidates[*index].is_header())
            .rev()
            .max_by_key(|index| (candidates[*index].has_key, candidates[*index].known))
            // Without a header anywhere, the first filled row is told what is wrong with it.
            .or_else(|| {
                candidates
                    .iter()
                    .position(|candidate| !is_blank(&candidate.cells))
            })
            .unwrap_or(0);
        let header = if at < candidates.len() {
            candidates.swap_remove(at)
        } else {
            Candidate {
                start,
                cells: Vec::new(),
                known: 0,
                has_key: false,
            }
        };
        candidates.truncate(at);
        Split {
            delimiter,
            above: candidates
                .into_iter()
                .filter(|candidate| !is_blank(&candidate.cells))
                .map(|candidate| Above {
                    place: Place::row(candidate.start.line, candidate.start.row),
                    cells: candidate
                        .cells
                        .into_iter()
                        .filter(|cell| !cell.trim().is_empty())
                        .collect(),
                })
                .collect(),
            header,
        }
    }
}

fn is_blank(cells: &[String]) -> bool {
    cells.iter().all(|cell| cell.trim().is_empty())
}

fn is_key(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Attribute(attribute) if matches!(attribute.name, "id" | "userPrincipalName"))
}

fn known_meanings<'a>(names: impl Iterator<Item = &'a str>, vocabulary: &Vocabulary) -> Vec<Meaning> {
    let mut seen: Vec<Meaning> = Vec::new();
    for name in names.filter(|name| vocabulary.knows(name)) {
        let meaning = vocabulary.meaning(name);
        if meaning == Meaning::Report || !seen.contains(&meaning) {
            seen.push(meaning);
        }
    }
    seen
}

/// A mark that a program puts above the header, and that says nothing about users.
fn is_mark(cells: &[String]) -> bool {
    match cells {
        [mark] => {
            let mark = mark.trim().to_lowercase();
            mark.starts_with("version:v") || mark.starts_with("#type ")
        }
        _ => false,
    }
}

/// Says which rows above the header were passed over; nothing when they are only marks.
pub(super) fn rows_above(above: &[Above], header_row: u64) -> Option<Finding> {
    let unknown: Vec<&Above> = above.iter().filter(|row| !is_mark(&row.cells)).collect();
    let first = unknown.first()?;
    let rows = if unknown.len() == 1 {
        format!("row {} stands", first.place.row)
    } else {
        format!("{} rows stand", unknown.len())
    };
    Some(
        Finding::warning(
            "rows-above-header",
            Extent::Sheet,
            format!("{rows} above the header, which is in row {header_row}; they are passed over"),
            "look whether something you need is among them; a sheet begins best with its header",
        )
        .at(first.place)
        .found(&shorten(&first.cells.join(" | "))),
    )
}

/// One known column at most, while a cell of the header still holds several names: the file was opened with another
/// delimiter than it was written with, and saved again, or it uses one that is not read.
fn wrong_separator(header: &Candidate, vocabulary: &Vocabulary) -> Option<Finding> {
    if header.known > 1 {
        return None;
    }
    let needed = if header.cells.len() == 1 { 1 } else { 2 };
    let (cell, inner) = header.cells.iter().find_map(|cell| {
        [',', ';', '\t', '|', ':']
            .into_iter()
            .find(|inner| {
                let pieces = cell.split(*inner).map(|piece| piece.trim().trim_matches('"'));
                cell.contains(*inner) && known_meanings(pieces, vocabulary).len() >= needed
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
            "take the file again from where it came from, open it with the right separator (in Excel: `Data`, `From Text/CSV`), and save it with `,`, `;`, tab or `|` between cells",
        )
        .found(cell),
    )
}

/// Where the text begins after a leading `sep=X` line, and the delimiter that it names.
pub(super) fn separator_line_of(
    source: &Source,
    start: Start,
) -> std::io::Result<(Start, Option<Delimiter>)> {
    let first = source.bytes(start.offset, SEPARATOR_LINE_BYTES_MAX)?;
    Ok(match separator_line(&first) {
        Some((length, hint)) => {
            let after = Start {
                offset: start.offset + length as u64,
                line: start.line + 1,
                row: start.row + 1,
                ..start
            };
            (after, hint)
        }
        None => (start, None),
    })
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
        .all(|byte| matches!(byte, b',' | b';' | b'\t' | b'|' | b' ' | b'"'))
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
mod tests;

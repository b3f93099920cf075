//! The text of a sheet, wherever it came from: a file that was decoded, or a worksheet brought to text.

use super::ReadOptions;
use super::container::{Taken, is_archive};
use super::dialect::{Start, WorkbookFacts};
use super::encoding::{Certainty, Encoding, to_text};
use super::error::{Refusal, SheetError};
use super::held::HeldCell;
use super::source::Source;
use super::typed_cell::TypedCell;
use super::vocabulary::Vocabulary;
use super::workbook::{self, DATA_SHEET, READ_ME_SHEET, READ_ME_TITLE};
use crate::domain::{Extent, Finding, Place};

/// The text of a sheet, and what is known of it before its header is read.
pub(super) struct Text {
    pub source: Source,
    /// Where the first row begins, a byte order mark passed over.
    pub start: Start,
    /// That of the file it came from.
    pub sha256: String,
    pub kind: TextKind,
    /// What was found on the way.
    pub findings: Vec<Finding>,
    pub held: Vec<HeldCell>,
    pub typed: Vec<TypedCell>,
}

/// Where a text came from.
pub(super) enum TextKind {
    /// A text file: its encoding, how sure that is, and whether its byte order mark was taken for letters once.
    File {
        encoding: Encoding,
        certainty: Certainty,
        has_garbled_mark: bool,
    },
    /// A worksheet, brought to comma separated text with every cell quoted, one record a row.
    Worksheet(WorkbookFacts),
}

impl Text {
    /// Decodes what was taken from a file, or reads its worksheet.
    ///
    /// # Errors
    /// It is neither text that can be decoded nor a workbook that can be read, or it is the page of a workbook that explains it.
    pub fn of(
        taken: Taken,
        options: &ReadOptions,
        name: &str,
        vocabulary: &Vocabulary,
    ) -> Result<Text, SheetError> {
        let text = Text::taken(taken, options, name, vocabulary)?;
        let is_page = is_read_me(&text).map_err(|error| Refusal::Disk(error).into_error(name))?;
        if is_page {
            return Err(SheetError::unusable(name, vec![read_me()]));
        }
        Ok(text)
    }

    fn taken(
        taken: Taken,
        options: &ReadOptions,
        name: &str,
        vocabulary: &Vocabulary,
    ) -> Result<Text, SheetError> {
        let refused = |refusal: Refusal| refusal.into_error(name);
        if is_archive(&taken.bytes).map_err(refused)? {
            let read = workbook::read(&taken.bytes, options.worksheet.as_deref(), vocabulary)
                .map_err(|finding| SheetError::unusable(name, vec![*finding]))?;
            return Ok(Text {
                source: read.source,
                start: Start::worksheet(),
                sha256: taken.sha256,
                kind: TextKind::Worksheet(read.facts),
                findings: read.findings,
                held: read.held,
                typed: read.typed,
            });
        }
        let decoded = to_text(taken.bytes, options.encoding).map_err(refused)?;
        Ok(Text {
            source: decoded.text,
            start: Start::text(decoded.start),
            sha256: taken.sha256,
            kind: TextKind::File {
                encoding: decoded.encoding,
                certainty: decoded.certainty,
                has_garbled_mark: decoded.has_garbled_mark,
            },
            findings: Vec::new(),
            held: Vec::new(),
            typed: Vec::new(),
        })
    }
}

/// Whether the text is the first page of a workbook that dirsheet wrote: a spreadsheet saves the page in front as CSV.
fn is_read_me(text: &Text) -> std::io::Result<bool> {
    let head = text.source.bytes(text.start.offset, 2 * READ_ME_TITLE.len())?;
    let head = String::from_utf8_lossy(&head);
    Ok(head.trim_start_matches('"').starts_with(READ_ME_TITLE))
}

fn read_me() -> Finding {
    Finding::error(
        "read-me-page",
        Extent::Sheet,
        format!(
            "this is the page “{READ_ME_SHEET}” of a workbook that dirsheet wrote, which explains it and names no users"
        ),
        format!(
            "give the workbook itself, or open it, choose the page “{DATA_SHEET}”, and save that one as `CSV UTF-8 (comma delimited)`"
        ),
    )
    .at(Place::cell(1, 1, 0))
}

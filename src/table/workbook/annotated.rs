//! A sheet as a workbook in which every cell that has a finding is coloured and commented.
//!
//! The texts are those of the sheet, in the same rows and columns. Where a text would be taken for something else than it was
//! (a row that could not be read, a cell under a merged one), something stands in its place that is refused when the workbook
//! is read: nobody may get a finding out of the world by asking for comments.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use rust_xlsxwriter::{Color, Format, FormatAlign, Note, Url, Workbook, Worksheet, XlsxError};

use super::look::{ColumnLook, Formats, Role, text_format};
use super::put::put_text;
use super::write::{calm, invalid, is_too_long};
use super::{DATA_SHEET, FINDINGS_SHEET, ROWS_MAX};
use crate::catalogue::{ReadOnlyReason, WriteRule};
use crate::domain::Place;
use crate::table::held::HeldReason;
use crate::table::treatment::Treatment;
use crate::table::vocabulary::Meaning;
use crate::table::{COLUMNS_MAX, Sheet, guard};

/// How much a mark weighs; the colours are those of every spreadsheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    Bad,
    Doubtful,
    Good,
}

impl Tone {
    fn format(self) -> Format {
        let (background, letters) = match self {
            Tone::Bad => (0xFF_C7CE, 0x9C_0006),
            Tone::Doubtful => (0xFF_EB9C, 0x7F_6000),
            Tone::Good => (0xC6_EFCE, 0x00_6100),
        };
        text_format()
            .set_background_color(Color::RGB(background))
            .set_font_color(Color::RGB(letters))
    }
}

/// What is said of one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellMark {
    pub tone: Tone,
    pub note: String,
}

/// A line of the first page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnotationLine {
    /// The cell or row to go to.
    pub place: Option<Place>,
    pub tone: Tone,
    /// One text for each of [`Annotations::columns`], without the first column, which is the cell.
    pub texts: Vec<String>,
}

/// Everything that is said of a sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Annotations {
    pub title: String,
    /// The lines under the title.
    pub summary: Vec<String>,
    /// The headings of the list, and the width of each in characters.
    pub columns: Vec<(&'static str, u16)>,
    pub lines: Vec<AnnotationLine>,
    /// By row, as a spreadsheet counts, and column, counted from 0.
    pub marks: BTreeMap<(u64, usize), CellMark>,
}

/// The most comments; a workbook with more takes minutes to open. The other cells are coloured only.
const NOTES_MAX: usize = 10_000;

/// What stands in the place of a text that nobody knows: every program knows it as `not available`, and so does a check.
const NOT_AVAILABLE: &str = "#N/A";

/// What stands behind a row that could not be read. A cell beyond the header holds its row back.
const UNREADABLE: &str =
    "\u{2190} this row could not be read as it stands: mend its cells, then empty this one";

/// Writes the annotated sheet. `folder` is where the rows wait until they are all there.
///
/// # Errors
/// Those of the sink and of the temporary file; the sheet has more rows or columns than a worksheet.
pub fn write_annotated<W: Write + Send>(
    mut sink: W,
    sheet: &Sheet,
    annotations: &Annotations,
    folder: Option<&Path>,
) -> io::Result<W> {
    let formats = Formats::new();
    let mut workbook = Workbook::new();
    calm(|| {
        if let Some(folder) = folder {
            workbook.set_tempdir(folder)?;
        }
        write_list(workbook.add_worksheet(), annotations, &formats)?;
        workbook
            .add_worksheet_with_constant_memory()?
            .set_name(DATA_SHEET)?;
        Ok(())
    })?;
    let mut page = DataPage {
        sheet,
        annotations,
        formats: &formats,
        tones: [Tone::Bad, Tone::Doubtful, Tone::Good].map(Tone::format),
        notes: 0,
        last_row: 0,
    };
    page.write(&mut workbook)?;
    calm(|| workbook.save_to_writer(&mut sink))?;
    Ok(sink)
}

fn write_list(page: &mut Worksheet, annotations: &Annotations, formats: &Formats) -> Result<(), XlsxError> {
    page.set_name(FINDINGS_SHEET)?.set_active(true);
    page.write_string_with_format(0, 0, &annotations.title, &formats.title)?;
    let mut row = 1;
    for line in &annotations.summary {
        page.write_string_with_format(row, 0, line, &formats.line)?;
        row += 1;
    }
    row += 1;
    for (column, (heading, width)) in (0..).zip(&annotations.columns) {
        page.set_column_width(column, *width)?;
        page.write_string_with_format(row, column, *heading, formats.header(Role::Editable))?;
    }
    page.set_freeze_panes(row + 1, 0)?;
    let wrapped = formats.line.clone().set_text_wrap().set_align(FormatAlign::Top);
    for line in &annotations.lines {
        row += 1;
        if let Some(place) = line.place {
            let cell = place.cell_name().unwrap_or_else(|| format!("A{}", place.row));
            let link = Url::new(format!("internal:{DATA_SHEET}!{cell}")).set_text(&cell);
            page.write_url_with_format(
                row,
                0,
                link,
                &Format::new().set_hyperlink().set_align(FormatAlign::Top),
            )?;
        }
        let tone = line.tone.format().set_align(FormatAlign::Top);
        let mut text_lines = 1;
        for (column, text) in (1u16..).zip(&line.texts) {
            let format = if column == 1 { &tone } else { &wrapped };
            page.write_string_with_format(row, column, text, format)?;
            let width = annotations
                .columns
                .get(usize::from(column))
                .map_or(20, |(_, width)| *width);
            text_lines = text_lines.max(text.chars().count().div_ceil(usize::from(width).max(1)));
        }
        // Not every program makes room for a text on several lines by itself.
        page.set_row_height(row, 15.0 * text_lines.min(20) as f64)?;
    }
    Ok(())
}

struct DataPage<'a> {
    sheet: &'a Sheet,
    annotations: &'a Annotations,
    formats: &'a Formats,
    tones: [Format; 3],
    notes: usize,
    last_row: u32,
}

impl DataPage<'_> {
    fn write(&mut self, workbook: &mut Workbook) -> io::Result<()> {
        let header = self.sheet.header();
        calm(|| {
            let page = workbook.worksheet_from_name(DATA_SHEET)?;
            for (index, column) in (0..).zip(header.columns()) {
                let name = match column.meaning {
                    Meaning::Attribute(attribute) => attribute.name,
                    _ => &column.text,
                };
                page.set_column_width(index, ColumnLook::new(name).width)?;
                page.set_column_format(index, self.formats.cell(Role::Editable))?;
            }
            Ok(())
        })?;
        for above in self.sheet.above() {
            let cells: Vec<String> = above.cells.clone();
            self.write_row(workbook, above.place.row, &cells, None)?;
        }
        let mut records = self.sheet.records();
        let mut rows = self.sheet.rows().peekable();
        let mut held = self.sheet.held_cells();
        let mut header_row = None;
        while let Some(record) = records.advance() {
            let place = record.map_err(|finding| io::Error::other(finding.message))?;
            let mut cells: Vec<String> = records.cells.iter().map(str::to_owned).collect();
            if header_row.is_none() {
                header_row = Some(place.row);
                let texts: Vec<String> = cells.iter().map(|cell| self.unguarded(cell)).collect();
                self.write_row(workbook, place.row, &texts, Some(Role::Editable))?;
                continue;
            }
            for (column, cell) in cells.iter_mut().enumerate() {
                *cell = if self.is_secret(column) {
                    String::new()
                } else {
                    self.unguarded(cell)
                };
            }
            while let Some((first, rest)) = held.split_first().filter(|(cell, _)| cell.place.row <= place.row)
            {
                let at = first.place.column.filter(|_| first.place.row == place.row);
                if let Some(column) = at.filter(|_| first.reason != HeldReason::FormulaWithoutValue)
                    && self.annotations.marks.contains_key(&(place.row, column))
                {
                    cells.resize(cells.len().max(column + 1), String::new());
                    NOT_AVAILABLE.clone_into(&mut cells[column]);
                }
                held = rest;
            }
            let row_of = |row: &Result<_, Box<crate::table::UnreadableRow>>| match row {
                Ok(crate::domain::RawRow { row, .. }) => *row,
                Err(unreadable) => unreadable.raw.row,
            };
            while rows.next_if(|row| row_of(row) < place.row).is_some() {}
            if let Some(Err(_)) = rows.next_if(|row| row_of(row) == place.row) {
                cells.resize(cells.len().max(header.len()), String::new());
                cells.push(UNREADABLE.to_owned());
            }
            self.write_row(workbook, place.row, &cells, None)?;
        }
        let last_row = self.last_row;
        calm(|| {
            let page = workbook.worksheet_from_name(DATA_SHEET)?;
            let first = header_row.and_then(|row| u32::try_from(row).ok()).unwrap_or(1);
            page.set_freeze_panes(first, 0)?;
            if let Some(last) = header
                .len()
                .checked_sub(1)
                .and_then(|last| u16::try_from(last).ok())
            {
                page.autofilter(first - 1, 0, last_row.max(first - 1), last)?;
            }
            Ok(())
        })
    }

    /// The text that a cell of the file stands for.
    fn unguarded(&self, cell: &str) -> String {
        let text = if self.sheet.options().keep_guard {
            cell
        } else {
            guard::take_off(cell)
        };
        guard::keep_apostrophe(text).into_owned()
    }

    /// Whether the column is for secrets: they are nowhere written down.
    fn is_secret(&self, column: usize) -> bool {
        let meaning = self
            .sheet
            .header()
            .columns()
            .get(column)
            .map(|column| column.meaning);
        self.sheet.treatments().get(column) == Some(&Treatment::Blank)
            || matches!(
                meaning,
                Some(Meaning::Attribute(attribute) | Meaning::Repeated(attribute))
                    if attribute.write == WriteRule::ReadOnly(ReadOnlyReason::Secret)
            )
    }

    fn write_row(
        &mut self,
        workbook: &mut Workbook,
        number: u64,
        cells: &[String],
        header: Option<Role>,
    ) -> io::Result<()> {
        let marks = self.annotations.marks.range((number, 0)..=(number, COLUMNS_MAX));
        let marks: BTreeMap<usize, &CellMark> = marks.map(|((_, column), mark)| (*column, mark)).collect();
        let row = u32::try_from(number - 1).ok().filter(|row| *row < ROWS_MAX);
        let last = marks
            .keys()
            .next_back()
            .map_or(0, |column| column + 1)
            .max(cells.len());
        let (Some(row), true) = (row, last <= COLUMNS_MAX) else {
            return Err(invalid(format!(
                "a worksheet has at most {ROWS_MAX} rows and {COLUMNS_MAX} columns, and the sheet has more: divide it into several files"
            )));
        };
        self.last_row = row;
        let (formats, tones, notes) = (self.formats, &self.tones, &mut self.notes);
        calm(|| {
            let page = workbook.worksheet_from_name(DATA_SHEET)?;
            for (column, index) in (0..last).zip(0u16..) {
                let text = cells.get(column).map_or("", String::as_str);
                let text = if is_too_long(text) { NOT_AVAILABLE } else { text };
                let mark = marks.get(&column);
                let format = match (mark, header) {
                    (Some(mark), _) => &tones[mark.tone as usize],
                    (None, Some(role)) => formats.header(role),
                    (None, None) => formats.cell(Role::Editable),
                };
                match (text, mark) {
                    ("", Some(_)) => page.write_blank(row, index, format).map(drop)?,
                    ("", None) => {}
                    (text, _) => put_text(page, row, index, text, format)?,
                }
                if let Some(mark) = mark.filter(|_| *notes < NOTES_MAX) {
                    *notes += 1;
                    page.insert_note(row, index, &note(&mark.note))?;
                }
            }
            Ok(())
        })
    }
}

/// A comment as large as its text.
fn note(text: &str) -> Note {
    const WIDTH: u32 = 360;
    // So many letters fit into a line of this width.
    let lines: usize = text.lines().map(|line| 1 + line.chars().count() / 52).sum();
    let height = 16 * u32::try_from(lines.min(40)).unwrap_or(40) + 12;
    Note::new(text)
        .set_author("dirsheet")
        .add_author_prefix(false)
        .set_width(WIDTH)
        .set_height(height)
}

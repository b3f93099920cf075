//! Writing a workbook row by row, in memory that does not grow with the rows.
//!
//! The rows go to a nameless temporary file first, because a workbook is a zip archive whose parts are written one after
//! another, and into the sink when everything is known. A cell is always a text cell: the file says so, and no program
//! takes it for a number, a date or a formula. So no formula guard is needed.

use std::cell::Cell;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Formula, IgnoreError, ProtectionOptions, Workbook, XlsxError,
};

use super::lists::List;
use super::look::{ColumnLook, Formats, text_format};
use super::offer::{Choice, FormColumn, offer, typing};
use super::put::put_text;
use super::read_me::{self, DirectoryFacts};
use super::{CELL_UNITS_MAX, CONFLICTS_SHEET, DATA_SHEET, LISTS_SHEET, READ_ME_SHEET, ROWS_MAX};
use crate::catalogue::Attribute;
use crate::domain::{column_letters, shorten};
use crate::table::{COLUMNS_MAX, Written, guard};

/// What is in a workbook beside its rows.
#[derive(Debug, Clone, Default)]
pub struct WorkbookStyle {
    directory: Option<DirectoryFacts>,
    lock: bool,
    folder: Option<PathBuf>,
    form: &'static [FormColumn],
    extensions: Vec<&'static Attribute>,
}

impl WorkbookStyle {
    /// An export of the directory: with the page that explains it, and with lists to choose from.
    pub fn export(directory: DirectoryFacts) -> WorkbookStyle {
        WorkbookStyle {
            directory: Some(directory),
            ..WorkbookStyle::default()
        }
    }

    /// Only the worksheet with the rows.
    pub fn plain() -> WorkbookStyle {
        WorkbookStyle::default()
    }

    /// A form: the columns that offer words are to be filled in, and the others are there to go by.
    pub fn form(columns: &'static [FormColumn]) -> WorkbookStyle {
        WorkbookStyle {
            form: columns,
            ..WorkbookStyle::default()
        }
    }

    /// Protects the key columns and the read-only ones, without a password. Excel then sorts no rows and deletes none.
    pub fn locked(mut self, lock: bool) -> WorkbookStyle {
        self.lock = lock;
        self
    }

    /// The tenant's own attributes, which the catalogue does not list.
    pub fn with_extensions(mut self, extensions: Vec<&'static Attribute>) -> WorkbookStyle {
        self.extensions = extensions;
        self
    }

    /// Where the rows wait until they are all there; without it, in the system's folder for temporary files.
    pub fn waiting_in(mut self, folder: &Path) -> WorkbookStyle {
        self.folder = Some(folder.to_owned());
        self
    }
}

/// Writes one workbook. Nothing reaches the sink before [`WorkbookWriter::finish`].
pub struct WorkbookWriter<W: Write> {
    sink: W,
    style: WorkbookStyle,
    workbook: Workbook,
    /// The place of the data sheet among the worksheets.
    data: usize,
    formats: Formats,
    columns: Vec<ColumnLook>,
    lists: Vec<List>,
    written: Written,
    rows_max: u32,
}

impl<W: Write + Send> WorkbookWriter<W> {
    /// Begins a workbook.
    ///
    /// # Errors
    /// No temporary file can be made.
    pub fn new(sink: W, style: WorkbookStyle) -> io::Result<WorkbookWriter<W>> {
        let mut workbook = Workbook::new();
        let mut data = 0;
        calm(|| {
            // The same rows at the same moment give the same bytes.
            let moment = style
                .directory
                .as_ref()
                .map_or(0, |facts| facts.taken_at.as_second());
            let properties = DocProperties::new()
                .set_author("dirsheet")
                .set_creation_datetime(&ExcelDateTime::from_timestamp(moment.max(0))?);
            workbook.set_properties(&properties);
            if let Some(folder) = &style.folder {
                workbook.set_tempdir(folder)?;
            }
            if style.directory.is_some() {
                workbook.add_worksheet().set_name(READ_ME_SHEET)?;
                data = 1;
            }
            workbook
                .add_worksheet_with_constant_memory()?
                .set_name(if style.form.is_empty() {
                    DATA_SHEET
                } else {
                    CONFLICTS_SHEET
                })?
                .set_active(true)
                .set_first_tab(data == 0);
            Ok(())
        })?;
        Ok(WorkbookWriter {
            sink,
            style,
            workbook,
            data,
            formats: Formats::new(),
            columns: Vec::new(),
            lists: Vec::new(),
            written: Written::default(),
            rows_max: ROWS_MAX,
        })
    }

    /// The same with a smaller worksheet, for tests.
    #[cfg(test)]
    pub(super) fn with_rows_max(self, rows_max: u32) -> WorkbookWriter<W> {
        WorkbookWriter { rows_max, ..self }
    }

    /// Writes the header row. It comes first, and once.
    ///
    /// # Errors
    /// Too many columns, a name that does not fit into a cell, the disk.
    pub fn write_header(&mut self, names: &[&str]) -> io::Result<()> {
        if names.len() > COLUMNS_MAX {
            return Err(invalid(format!(
                "a worksheet has at most {COLUMNS_MAX} columns, and there are {}",
                names.len()
            )));
        }
        let form = self.style.form;
        let own = |name: &&str| {
            let mut own = self.style.extensions.iter().copied();
            own.find(|attribute| attribute.name == *name)
        };
        let looks = names.iter().map(|name| match own(name) {
            None => ColumnLook::new(name),
            own => ColumnLook::of(name, own),
        });
        self.columns = looks.map(|look| FormColumn::shape(form, look)).collect();
        self.lists = match self.style.directory {
            Some(_) => self.columns.iter().map(List::of).collect(),
            None => names.iter().map(|_| List::None).collect(),
        };
        for (index, name) in names.iter().enumerate() {
            fits(0, index, name, name)?;
        }
        let (columns, formats, data) = (&self.columns, &self.formats, self.data);
        let workbook = &mut self.workbook;
        calm(|| {
            let sheet = workbook.worksheet_from_index(data)?;
            for (index, look) in (0..).zip(columns) {
                sheet.set_column_width(index, look.width)?;
                sheet.set_column_format(index, formats.cell(look.role))?;
            }
            for (index, look) in (0..).zip(columns) {
                let name = guard::keep_apostrophe(&look.name);
                put_text(sheet, 0, index, &name, formats.header(look.role))?;
            }
            sheet.set_freeze_panes(1, frozen(columns))?;
            Ok(())
        })
    }

    /// Writes one row.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] when the row has another width than the header, when a text does not fit into a cell
    /// or when the worksheet is full; else those of the disk.
    pub fn write_row<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) -> io::Result<()> {
        let Some(row) = u32::try_from(self.written.rows + 1)
            .ok()
            .filter(|row| *row < self.rows_max)
        else {
            return Err(invalid(format!(
                "a worksheet holds at most {} users: choose fewer with `--filter`, or export to CSV",
                self.rows_max - 1
            )));
        };
        let (columns, formats, lists, data) = (&self.columns, &self.formats, &mut self.lists, self.data);
        let workbook = &mut self.workbook;
        let mut width = 0;
        let mut problem = None;
        calm(|| {
            let sheet = workbook.worksheet_from_index(data)?;
            for (index, cell) in cells.into_iter().enumerate() {
                width += 1;
                let (Some(look), Some(list), Ok(column)) =
                    (columns.get(index), lists.get_mut(index), u16::try_from(index))
                else {
                    continue;
                };
                let text = guard::keep_apostrophe(cell.as_ref());
                if let Err(error) = fits(row, index, &look.name, &text) {
                    problem = Some(error);
                    break;
                }
                list.see(&text);
                // An empty cell has the format of its column.
                put_text(sheet, row, column, &text, formats.cell(look.role))?;
            }
            Ok(())
        })?;
        if let Some(problem) = problem {
            return Err(problem);
        }
        if width != self.columns.len() {
            return Err(invalid(format!(
                "a row of {width} cells does not fit under a header of {} columns",
                self.columns.len()
            )));
        }
        self.written.rows += 1;
        Ok(())
    }

    /// Writes the whole workbook into the sink and hands it back.
    ///
    /// # Errors
    /// Those of the sink and of the temporary file.
    pub fn finish(mut self) -> io::Result<(W, Written)> {
        let last_row = u32::try_from(self.written.rows).unwrap_or(ROWS_MAX);
        let (workbook, columns, formats) = (&mut self.workbook, &self.columns, &self.formats);
        let lists = std::mem::take(&mut self.lists);
        let (style, data, users, sink) = (&self.style, self.data, self.written.rows, &mut self.sink);
        calm(|| {
            if let Some(facts) = &style.directory {
                read_me::write(workbook, facts, users, columns, formats)?;
            }
            let choices = write_lists(workbook, columns, lists)?;
            let sheet = workbook.worksheet_from_index(data)?;
            for ((index, look), choice) in (0..).zip(columns).zip(choices) {
                let validation = match style.directory {
                    Some(_) => typing(look, choice)?,
                    None => offer(style.form, look)?,
                };
                if let Some(validation) = validation {
                    sheet.add_data_validation(1, index, ROWS_MAX - 1, index, &validation)?;
                }
            }
            if let Some(last) = last_column(columns) {
                sheet.autofilter(0, 0, last_row, last)?;
                sheet.ignore_error_range(0, 0, ROWS_MAX - 1, last, IgnoreError::NumberStoredAsText)?;
            }
            if style.lock {
                sheet.protect_with_options(&lenient());
            }
            workbook.save_to_writer(sink)
        })?;
        Ok((self.sink, self.written))
    }
}

fn last_column(columns: &[ColumnLook]) -> Option<u16> {
    u16::try_from(columns.len().checked_sub(1)?).ok()
}

/// How many columns stay in sight while others are looked at: those that say who a row is about.
fn frozen(columns: &[ColumnLook]) -> u16 {
    match columns {
        [id, name, ..] if id.name == "id" && name.name == "userPrincipalName" => 2,
        _ => 0,
    }
}

/// Fills the hidden worksheet, and tells what each column offers.
fn write_lists(
    workbook: &mut Workbook,
    columns: &[ColumnLook],
    lists: Vec<List>,
) -> Result<Vec<Option<Choice>>, XlsxError> {
    let mut choices = Vec::with_capacity(lists.len());
    let mut used = 0u16;
    for (look, list) in columns.iter().zip(lists) {
        let is_complete = matches!(list, List::Fixed(_));
        let values = list.values();
        if values.is_empty() {
            choices.push(None);
            continue;
        }
        if used == 0 {
            workbook.add_worksheet().set_name(LISTS_SHEET)?.set_hidden(true);
        }
        let sheet = workbook.worksheet_from_name(LISTS_SHEET)?;
        let format = text_format();
        put_text(sheet, 0, used, &look.name, &format)?;
        for (row, value) in (1..).zip(&values) {
            put_text(sheet, row, used, value, &format)?;
        }
        let letters = column_letters(usize::from(used));
        let formula = format!("={LISTS_SHEET}!${letters}$2:${letters}${}", values.len() + 1);
        choices.push(Some(Choice {
            formula: Formula::new(formula),
            is_complete,
        }));
        used += 1;
    }
    Ok(choices)
}

/// Everything that Excel lets people do in a protected worksheet, except to the locked cells.
fn lenient() -> ProtectionOptions {
    ProtectionOptions {
        format_cells: true,
        format_columns: true,
        format_rows: true,
        insert_rows: true,
        delete_rows: true,
        sort: true,
        use_autofilter: true,
        edit_objects: true,
        ..ProtectionOptions::new()
    }
}

/// A text that is too long for a cell would be cut by every spreadsheet, without a word.
fn fits(row: u32, column: usize, name: &str, text: &str) -> io::Result<()> {
    if !is_too_long(text) {
        return Ok(());
    }
    Err(invalid(format!(
        "the text for cell {}{} (`{}`) has {} characters, and a cell of a workbook holds {CELL_UNITS_MAX}: leave the column out with `--columns`, or export to CSV",
        column_letters(column),
        row + 1,
        shorten(name),
        text.encode_utf16().count()
    )))
}

/// Whether a text is too long for a cell. A character has at most as many units as bytes.
pub(super) fn is_too_long(text: &str) -> bool {
    text.len() > CELL_UNITS_MAX && text.encode_utf16().count() > CELL_UNITS_MAX
}

pub(super) fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

thread_local! {
    static CALM: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic of this thread is one of the library's, which is told as an error and needs no words of its own.
pub fn is_calm() -> bool {
    CALM.get()
}

/// Runs a piece of work with the library, which panics when its temporary file cannot be written (a full disk).
pub(super) fn calm<T>(work: impl FnOnce() -> Result<T, XlsxError>) -> io::Result<T> {
    let before = CALM.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    CALM.set(before);
    match done {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(XlsxError::IoError(error))) => Err(error),
        Ok(Err(error)) => Err(io::Error::other(error.to_string())),
        Err(_) => Err(io::Error::new(
            io::ErrorKind::StorageFull,
            "the rows could not be kept in a temporary file; is the disk full?",
        )),
    }
}

//! A workbook to be read, not to be given back: pages of lines and tables, every cell a text.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;

use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, IgnoreError, Workbook};

use super::look::{Formats, Role, text_format};
use super::put::put_text;
use super::write::{calm, invalid, is_too_long};
use super::{CELL_UNITS_MAX, ROWS_MAX};

/// How a cell of a table is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shade {
    Plain,
    /// What was there before.
    Quiet,
    /// A new value.
    New,
    /// A new value of which a reader should be wary.
    Wary,
    /// Nothing takes the place of what was there, or something stands in the way.
    Danger,
}

impl Shade {
    const ALL: [Shade; 5] = [Shade::Plain, Shade::Quiet, Shade::New, Shade::Wary, Shade::Danger];

    fn format(self) -> Format {
        let format = text_format().set_align(FormatAlign::Top).set_text_wrap();
        let colours = match self {
            Shade::Plain => None,
            Shade::Quiet => Some((0xF2_F2F2, 0x40_4040)),
            Shade::New => Some((0xC6_EFCE, 0x00_6100)),
            Shade::Wary => Some((0xFF_D9A8, 0x7A_3E00)),
            Shade::Danger => Some((0xFF_C7CE, 0x9C_0006)),
        };
        match colours {
            None => format,
            Some((background, letters)) => format
                .set_background_color(Color::RGB(background))
                .set_font_color(Color::RGB(letters)),
        }
    }
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookCell<'t> {
    pub text: Cow<'t, str>,
    pub shade: Shade,
}

impl<'t> BookCell<'t> {
    /// A cell without a colour.
    pub fn plain(text: impl Into<Cow<'t, str>>) -> BookCell<'t> {
        BookCell::shaded(text, Shade::Plain)
    }

    /// A cell with a colour, also when its text is empty.
    pub fn shaded(text: impl Into<Cow<'t, str>>, shade: Shade) -> BookCell<'t> {
        BookCell {
            text: text.into(),
            shade,
        }
    }
}

/// Writes such a workbook. The rows of a table wait in a nameless temporary file; nothing reaches the sink before
/// [`BookWriter::finish`].
pub struct BookWriter<W: Write> {
    sink: W,
    workbook: Workbook,
    formats: Formats,
    shades: [Format; 5],
}

impl<W: Write + Send> BookWriter<W> {
    /// Begins a workbook. `folder` is where its rows wait, `made_at` the moment that stands in its properties.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub fn new(sink: W, folder: &Path, made_at: jiff::Timestamp) -> io::Result<BookWriter<W>> {
        let mut workbook = Workbook::new();
        calm(|| {
            let properties = DocProperties::new()
                .set_author("dirsheet")
                .set_creation_datetime(&ExcelDateTime::from_timestamp(made_at.as_second().max(0))?);
            workbook.set_properties(&properties);
            workbook.set_tempdir(folder)?;
            Ok(())
        })?;
        Ok(BookWriter {
            sink,
            workbook,
            formats: Formats::new(),
            shades: Shade::ALL.map(Shade::format),
        })
    }

    /// A page of lines under a title: names with what is told of each.
    ///
    /// # Errors
    /// The disk.
    pub fn page(&mut self, name: &str, title: &str, lines: &[(String, BookCell<'_>)]) -> io::Result<()> {
        let (workbook, formats, shades) = (&mut self.workbook, &self.formats, &self.shades);
        calm(|| {
            let page = workbook.add_worksheet().set_name(name)?;
            page.set_screen_gridlines(false);
            page.set_column_width(0, 30)?.set_column_width(1, 110)?;
            put_text(page, 0, 0, &shown(title), &formats.title)?;
            for (row, (name, told)) in (2..).zip(lines) {
                put_text(page, row, 0, &shown(name), &formats.strong)?;
                put_text(page, row, 1, &shown(&told.text), &shades[told.shade as usize])?;
            }
            Ok(())
        })
    }

    /// A table with a frozen header and a filter; each heading with its width in characters.
    ///
    /// # Errors
    /// More rows than a worksheet has; the disk.
    pub fn table<'t>(
        &mut self,
        name: &str,
        columns: &[(&str, u16)],
        rows: impl IntoIterator<Item = Vec<BookCell<'t>>>,
    ) -> io::Result<()> {
        let (workbook, formats, shades) = (&mut self.workbook, &self.formats, &self.shades);
        let mut last_row = 0;
        calm(|| {
            let sheet = workbook.add_worksheet_with_constant_memory()?.set_name(name)?;
            for (column, (_, width)) in (0..).zip(columns) {
                sheet.set_column_width(column, *width)?;
            }
            for (column, (heading, _)) in (0..).zip(columns) {
                put_text(sheet, 0, column, heading, formats.header(Role::Editable))?;
            }
            sheet.set_freeze_panes(1, 0)?;
            for (row, cells) in (1..).zip(rows) {
                last_row = row;
                if row >= ROWS_MAX {
                    break;
                }
                for (column, cell) in (0..).zip(&cells) {
                    let format = &shades[cell.shade as usize];
                    if cell.text.is_empty() && cell.shade != Shade::Plain {
                        sheet.write_blank(row, column, format)?;
                    } else {
                        put_text(sheet, row, column, &shown(&cell.text), format)?;
                    }
                }
            }
            if let Some(last) = u16::try_from(columns.len())
                .ok()
                .and_then(|count| count.checked_sub(1))
            {
                let last_row = last_row.min(ROWS_MAX - 1);
                sheet.autofilter(0, 0, last_row, last)?;
                sheet.ignore_error_range(0, 0, last_row, last, IgnoreError::NumberStoredAsText)?;
            }
            Ok(())
        })?;
        if last_row >= ROWS_MAX {
            return Err(invalid(format!(
                "a worksheet holds at most {} lines under its header: write the plan as a page with `--html`, or as JSON",
                ROWS_MAX - 1
            )));
        }
        Ok(())
    }

    /// Writes the whole workbook into the sink and hands it back.
    ///
    /// # Errors
    /// Those of the sink and of the temporary files.
    pub fn finish(mut self) -> io::Result<W> {
        let (workbook, sink) = (&mut self.workbook, &mut self.sink);
        calm(|| workbook.save_to_writer(sink))?;
        Ok(self.sink)
    }
}

/// The text of a cell as it is, for this workbook is not read back; what no cell can hold is cut, visibly.
fn shown(text: &str) -> Cow<'_, str> {
    if !is_too_long(text) {
        return Cow::Borrowed(text);
    }
    let mut units = 0;
    let beginning: String = text
        .chars()
        .take_while(|c| {
            units += c.len_utf16();
            units < CELL_UNITS_MAX - 1
        })
        .collect();
    Cow::Owned(format!("{beginning}…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_no_cell_can_hold_is_cut_visibly() {
        let long = "\u{1f600}".repeat(CELL_UNITS_MAX);
        let cut = shown(&long);
        assert!(cut.ends_with('…') && !is_too_long(&cut), "{}", cut.len());
        assert_eq!(shown("=1+1"), "=1+1");
    }
}

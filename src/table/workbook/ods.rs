//! Reading .ods: the one part that holds all tables, as a stream.
//!
//! The library that reads .xlsx reads .ods too, but it holds every table in memory and does not tell merged cells from empty
//! ones; so this is ours, on the XML library. A table is walked twice: when the workbook is opened, for its name and what is
//! not as it seems, and when its cells are taken.

use std::collections::HashSet;

use quick_xml::events::{BytesStart, Event};

use super::ROWS_MAX;
use super::archive::{Archive, PART_BYTES_MAX, WORKSHEET_BYTES_MAX};
use super::cells::{COLUMNS_MAX, Flow, Formula, Looked, Merged, Noted, Spot, TakeCell, looks_outside};
use super::fault::Fault;
use super::ods_text::{CellValue, Paragraphs};
use super::xml::{Xml, attribute, entity};
use crate::table::typed_cell::TypedKind;

/// The part with the tables.
const CONTENT: &str = "content.xml";

/// The most filled cells all tables may have, once repeated rows and columns are written out.
const CELLS_MAX: u64 = 64_000_000;

/// The longest piece of a formula that is kept, in characters.
const FORMULA_CHARS_MAX: usize = 200;

/// A workbook whose tables were looked at.
pub(super) struct OdsBook {
    archive: Archive,
    tables: Vec<Table>,
}

/// A table of the workbook.
struct Table {
    name: String,
    is_hidden: bool,
    looked: Looked,
}

impl OdsBook {
    /// Opens the workbook in this archive.
    pub fn open(mut archive: Archive) -> Result<OdsBook, Fault> {
        if let Some(manifest) = archive.find("META-INF/manifest.xml") {
            let mut xml = Xml::new(&manifest, archive.part(&manifest, PART_BYTES_MAX)?);
            while let Some(event) = xml.next()? {
                if matches!(&event, Event::Start(element) if element.name().as_ref() == "manifest:encryption-data")
                {
                    return Err(Fault::Encrypted);
                }
            }
        }
        let mut walk = Walk::default();
        walk.all(&mut archive, None, &mut |_, _, _| Ok(Flow::On))?;
        Ok(OdsBook {
            archive,
            tables: walk.tables,
        })
    }

    /// The tables in the order of their tabs, and whether each is hidden.
    pub fn worksheets(&self) -> impl Iterator<Item = (&str, bool)> {
        self.tables
            .iter()
            .map(|table| (table.name.as_str(), table.is_hidden))
    }

    /// What was seen in a table; it is handed out once.
    pub fn look(&mut self, name: &str) -> Looked {
        let table = self.tables.iter_mut().find(|table| table.name == name);
        table
            .map(|table| std::mem::take(&mut table.looked))
            .unwrap_or_default()
    }

    /// Reads the cells of a table.
    pub fn read(&mut self, name: &str, take: &mut TakeCell<'_>) -> Result<(), Fault> {
        Walk::default().all(&mut self.archive, Some(name), take)
    }
}

/// Where a walk through the tables is.
#[derive(Default)]
struct Walk {
    tables: Vec<Table>,
    /// The style that is read, and those of tables that are hidden.
    style: String,
    hidden_styles: HashSet<String>,
    path: Vec<Element>,
    /// Whether the cells of this table are taken.
    is_wanted: bool,
    row: u32,
    row_repeats: u32,
    column: u16,
    /// The filled cells of the row, each with how often it stands there.
    cells: Vec<(u16, u16, String, Option<TypedKind>)>,
    cell: Option<Cell>,
    /// The filled cells so far, repeated ones counted as often as they stand there.
    filled: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    /// Around the tables.
    Outside,
    Table,
    /// Rows that belong together.
    Group,
    Row,
    Cell,
    /// Inside a cell, where text counts.
    Text,
    /// Comments, drawings, changes: nothing in there counts.
    Ignored,
}

struct Cell {
    repeats: u16,
    value: CellValue,
    paragraphs: Paragraphs,
    formula: Option<String>,
    columns_spanned: u16,
    rows_spanned: u32,
}

impl Walk {
    fn all(
        &mut self,
        archive: &mut Archive,
        wanted: Option<&str>,
        take: &mut TakeCell<'_>,
    ) -> Result<(), Fault> {
        let mut xml = Xml::new(CONTENT, archive.part(CONTENT, WORKSHEET_BYTES_MAX)?);
        while let Some(event) = xml.next()? {
            match event {
                Event::Start(element) => self.start(&element, wanted)?,
                Event::End(_) if self.end(take)? == Flow::Enough => return Ok(()),
                Event::Text(text) => self.text(&text.xml10_content())?,
                Event::CData(text) => self.text(&text.xml10_content())?,
                Event::GeneralRef(reference) => {
                    let text = entity(&reference)?;
                    self.text(&text)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn start(&mut self, element: &BytesStart<'_>, wanted: Option<&str>) -> Result<(), Fault> {
        let inside = self.path.last().copied().unwrap_or(Element::Outside);
        // Programs agree on the prefixes.
        let name = element.name();
        let entered = match (inside, name.as_ref()) {
            (Element::Outside, "table:table") => {
                self.begin_table(element, wanted)?;
                Element::Table
            }
            (Element::Outside, "table:tracked-changes") => Element::Ignored,
            (Element::Outside, name) => {
                self.look_at_style(element, name)?;
                Element::Outside
            }
            (
                Element::Table | Element::Group,
                "table:table-row-group" | "table:table-header-rows" | "table:table-rows",
            ) => Element::Group,
            (Element::Table | Element::Group, "table:table-row") => {
                self.row_repeats = count(element, "table:number-rows-repeated", ROWS_MAX)?;
                self.column = 0;
                Element::Row
            }
            (Element::Row, "table:table-cell" | "table:covered-table-cell") => {
                self.begin_cell(element)?;
                Element::Cell
            }
            (Element::Cell | Element::Text, "office:annotation" | "text:ruby-text" | "text:note") => {
                Element::Ignored
            }
            (Element::Cell, "text:p" | "text:h") | (Element::Text, _) => {
                self.begin_text(element, name.as_ref())?;
                Element::Text
            }
            _ => Element::Ignored,
        };
        self.path.push(entered);
        Ok(())
    }

    /// A table is hidden by its style; the styles come before the tables.
    fn look_at_style(&mut self, element: &BytesStart<'_>, name: &str) -> Result<(), Fault> {
        match name {
            "style:style" => self.style = attribute(element, "style:name")?.unwrap_or_default(),
            "style:table-properties" if attribute(element, "table:display")?.as_deref() == Some("false") => {
                self.hidden_styles.insert(self.style.clone());
            }
            _ => {}
        }
        Ok(())
    }

    fn begin_table(&mut self, element: &BytesStart<'_>, wanted: Option<&str>) -> Result<(), Fault> {
        let name = attribute(element, "table:name")?.unwrap_or_default();
        if self.tables.iter().any(|table| table.name == name) {
            return Err(Fault::in_part(CONTENT, "two tables have the same name"));
        }
        self.is_wanted = wanted == Some(name.as_str());
        let style = attribute(element, "table:style-name")?;
        self.tables.push(Table {
            name,
            is_hidden: style.is_some_and(|style| self.hidden_styles.contains(&style)),
            looked: Looked::default(),
        });
        self.row = 0;
        Ok(())
    }

    fn begin_cell(&mut self, element: &BytesStart<'_>) -> Result<(), Fault> {
        self.cell = Some(Cell {
            repeats: u16::try_from(count(
                element,
                "table:number-columns-repeated",
                COLUMNS_MAX.into(),
            )?)
            .unwrap_or(COLUMNS_MAX),
            value: CellValue::of(element)?,
            paragraphs: Paragraphs::default(),
            formula: attribute(element, "table:formula")?,
            columns_spanned: u16::try_from(count(
                element,
                "table:number-columns-spanned",
                COLUMNS_MAX.into(),
            )?)
            .unwrap_or(COLUMNS_MAX),
            rows_spanned: count(element, "table:number-rows-spanned", ROWS_MAX)?,
        });
        Ok(())
    }

    fn begin_text(&mut self, element: &BytesStart<'_>, name: &str) -> Result<(), Fault> {
        let Some(cell) = &mut self.cell else {
            return Ok(());
        };
        match name {
            "text:p" | "text:h" => cell.paragraphs.begin(),
            "text:s" => cell
                .paragraphs
                .blanks(count(element, "text:c", super::CELL_UNITS_MAX as u32)?),
            "text:tab" => cell.paragraphs.exactly('\t'),
            "text:line-break" => cell.paragraphs.exactly('\n'),
            _ => {}
        }
        cell.paragraphs.is_bearable()
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        match (self.path.last(), &mut self.cell) {
            (Some(Element::Text), Some(cell)) => {
                cell.paragraphs.text(text);
                cell.paragraphs.is_bearable()
            }
            _ => Ok(()),
        }
    }

    fn end(&mut self, take: &mut TakeCell<'_>) -> Result<Flow, Fault> {
        match self.path.pop() {
            Some(Element::Cell) => self.end_cell().map(|()| Flow::On),
            Some(Element::Row) => self.end_row(take),
            // What comes after the wanted table is not needed.
            Some(Element::Table) if self.is_wanted => Ok(Flow::Enough),
            _ => Ok(Flow::On),
        }
    }

    fn end_cell(&mut self) -> Result<(), Fault> {
        let Some(cell) = self.cell.take() else {
            return Ok(());
        };
        let spot = Spot {
            row: self.row,
            column: self.column,
        };
        self.column = self
            .column
            .checked_add(cell.repeats)
            .filter(|column| *column <= COLUMNS_MAX)
            .ok_or_else(|| Fault::in_part(CONTENT, "a row has more cells than a table has columns"))?;
        let is_valued = cell.value.is_there();
        let kind = cell.value.kind();
        let text = cell.value.text(&cell.paragraphs.finish());
        if let Some(Table { looked, .. }) = self.tables.last_mut() {
            if cell.formula.is_some() && (cell.repeats > 1 || self.row_repeats > 1) {
                return Err(Fault::in_part(
                    CONTENT,
                    "a cell with a formula is repeated, as no program writes it",
                ));
            }
            if let Some(formula) = cell.formula {
                looked.formulas.push(Noted {
                    spot,
                    formula: match (is_valued, looks_outside(&formula)) {
                        (false, _) => Formula::Bare(formula.chars().take(FORMULA_CHARS_MAX).collect()),
                        (true, true) => Formula::External,
                        (true, false) => Formula::Valued,
                    },
                });
            }
            if cell.columns_spanned > 1 || cell.rows_spanned > 1 {
                looked.merged.push(Merged {
                    first: spot,
                    last: Spot {
                        row: (spot.row + cell.rows_spanned - 1).min(ROWS_MAX - 1),
                        column: spot
                            .column
                            .saturating_add(cell.columns_spanned - 1)
                            .min(COLUMNS_MAX - 1),
                    },
                });
            }
        }
        if !text.is_empty() {
            self.filled += u64::from(cell.repeats) * u64::from(self.row_repeats);
            if self.filled > CELLS_MAX {
                return Err(Fault::TooLarge(format!(
                    "its tables have more than {CELLS_MAX} filled cells"
                )));
            }
            if self.is_wanted {
                self.cells.push((spot.column, cell.repeats, text, kind));
            }
        }
        Ok(())
    }

    fn end_row(&mut self, take: &mut TakeCell<'_>) -> Result<Flow, Fault> {
        let first = self.row;
        self.row = first
            .checked_add(self.row_repeats)
            .filter(|row| *row <= ROWS_MAX)
            .ok_or_else(|| Fault::in_part(CONTENT, "it has more rows than a table has"))?;
        let cells = std::mem::take(&mut self.cells);
        if cells.is_empty() {
            return Ok(Flow::On);
        }
        for row in first..self.row {
            for (column, repeats, text, kind) in &cells {
                for column in *column..column + repeats {
                    if take(Spot { row, column }, text, *kind)? == Flow::Enough {
                        return Ok(Flow::Enough);
                    }
                }
            }
        }
        Ok(Flow::On)
    }
}

/// How often something is repeated, or how many it covers: one unless the element says more, and no more than there can be.
fn count(element: &BytesStart<'_>, name: &str, max: u32) -> Result<u32, Fault> {
    match attribute(element, name)? {
        None => Ok(1),
        Some(text) => match text.parse::<u32>() {
            Ok(0) => Ok(1),
            Ok(count) if count <= max => Ok(count),
            Ok(_) | Err(_) => Err(Fault::in_part(CONTENT, format!("`{name}` is not a sound number"))),
        },
    }
}

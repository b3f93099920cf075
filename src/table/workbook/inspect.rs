//! A first look at the parts of an .xlsx workbook, before the library reads them.
//!
//! The library is made to get values out of nearly everything. That is too kind for a sheet that may change a directory: a value
//! that stands in an unusual place, or a formula that was never computed, comes out of it as an empty cell, which would mean
//! `clear this`. And it believes what a file says about itself. So every part is looked through here first: well-formed to
//! its end, cells in order, each with at most one value in the place where programs write it.

use std::collections::HashSet;
use std::io::Read;

use quick_xml::events::{BytesStart, Event};

use super::cells::{Formula, Looked, Merged, Noted, Spot, looks_outside, row_number};
use super::fault::Fault;
use super::xml::{Xml, attribute, entity, local};
use crate::domain::{Extent, Finding, Place};

/// Reads a part to its end; nothing of it is kept.
pub(super) fn is_sound<R: Read>(mut xml: Xml<R>) -> Result<(), Fault> {
    while xml.next()?.is_some() {}
    Ok(())
}

/// Looks at the table of strings. `bytes` is how large it is.
pub(super) fn strings<R: Read>(mut xml: Xml<R>, bytes: u64) -> Result<(), Fault> {
    let mut told = 0;
    while let Some(event) = xml.next()? {
        if let Event::Start(element) = event
            && local(&element) == "sst"
        {
            // Room is made for so many before one is read; each takes five bytes at least.
            let count = attribute(&element, "uniqueCount")?.and_then(|count| count.parse().ok());
            told = told.max(count.unwrap_or(0));
        }
    }
    if told > bytes / 5 {
        return Err(xml.fault("it says that it holds more texts than there is room for"));
    }
    Ok(())
}

/// The longest piece of a formula that is kept, in characters.
const FORMULA_CHARS_MAX: usize = 200;

/// Looks at a worksheet.
pub(super) fn worksheet<R: Read>(mut xml: Xml<R>) -> Result<Looked, Fault> {
    let mut look = Look::default();
    loop {
        let Some(event) = xml.next()? else {
            return Ok(look.looked);
        };
        let done = match event {
            Event::Start(element) => look.start(&element),
            Event::End(_) => look.end(),
            Event::Text(text) => look.text(&text.xml10_content()),
            Event::CData(_) if look.is_in_value() => {
                Err("a value is not written as programs write it".into())
            }
            Event::GeneralRef(reference) => entity(&reference).map_err(Wrong::Fault).and_then(|text| {
                look.has_entity = true;
                look.text(&text)
            }),
            _ => Ok(()),
        };
        if let Err(wrong) = done {
            return Err(match wrong {
                Wrong::Told(told) => match look.cell {
                    Some(cell) => xml.fault(format!("cell {}: {told}", cell.spot.name())),
                    None => xml.fault(told),
                },
                Wrong::Fault(fault) => fault,
            });
        }
    }
}

/// What is not as it should be.
enum Wrong {
    Told(String),
    Fault(Fault),
}

impl From<&str> for Wrong {
    fn from(told: &str) -> Wrong {
        Wrong::Told(told.to_owned())
    }
}

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Wrong {
        Wrong::Fault(fault)
    }
}

/// Where the look is.
#[derive(Default)]
struct Look {
    looked: Looked,
    /// The elements around, outermost first; those inside a cell's inline string are only counted.
    path: Vec<Element>,
    data_seen: bool,
    /// The row that is read, and the one that comes next.
    row: u32,
    next_row: u32,
    next_column: u16,
    cell: Option<Cell>,
    text: String,
    /// How long the text in the cell itself is.
    inline_bytes: usize,
    has_entity: bool,
    /// The shared formulas that look into another file, by their index.
    outside: HashSet<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Data,
    Row,
    Cell,
    Formula,
    Value,
    Inline,
    Merges,
    Other,
}

#[derive(Default)]
struct Cell {
    spot: Spot,
    kind: String,
    has_value: bool,
    formula: Option<String>,
    is_outside: bool,
    shared: Option<u64>,
}

impl Look {
    fn is_in_value(&self) -> bool {
        self.path.last() == Some(&Element::Value)
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), Wrong> {
        let inside = self.path.last().copied();
        let name = element.local_name();
        let entered = match (inside, name.as_ref()) {
            (Some(Element::Other) | None, "sheetData") if self.path.len() == 1 => {
                if self.data_seen {
                    return Err("it has two tables of cells".into());
                }
                self.data_seen = true;
                Element::Data
            }
            (Some(Element::Data), "row") => {
                self.begin_row(element)?;
                Element::Row
            }
            (Some(Element::Row), "c") => {
                self.begin_cell(element)?;
                Element::Cell
            }
            (Some(Element::Cell), name @ ("f" | "v" | "is")) => self.begin_inside_cell(name, element)?,
            (Some(Element::Cell), _) => return Err("it holds something that is no value".into()),
            (Some(Element::Value | Element::Formula), _) => {
                return Err("an element stands inside a value".into());
            }
            (Some(Element::Inline), _) => Element::Inline,
            (Some(Element::Other), "mergeCells") if self.path.len() == 1 => Element::Merges,
            (Some(Element::Merges), "mergeCell") => {
                let range = attribute(element, "ref")?.unwrap_or_default();
                let merged = Merged::parse(&range).ok_or("a range of merged cells has no sound name")?;
                self.looked.merged.push(merged);
                Element::Other
            }
            _ => Element::Other,
        };
        self.path.push(entered);
        Ok(())
    }

    fn begin_row(&mut self, element: &BytesStart<'_>) -> Result<(), Wrong> {
        self.row = match attribute(element, "r")? {
            Some(number) => row_number(&number).ok_or("a row has no sound number")?,
            None => self.next_row,
        };
        if self.row < self.next_row || self.row >= super::ROWS_MAX {
            return Err("its rows are not in order".into());
        }
        self.next_row = self.row + 1;
        self.next_column = 0;
        Ok(())
    }

    fn begin_cell(&mut self, element: &BytesStart<'_>) -> Result<(), Wrong> {
        let mut cell = Cell {
            spot: Spot {
                row: self.row,
                column: self.next_column,
            },
            ..Cell::default()
        };
        for attribute in element.attributes() {
            let attribute = attribute.map_err(|error| Wrong::Told(error.to_string()))?;
            let value = attribute.value.as_ref();
            match attribute.key.as_ref() {
                "r" => {
                    let spot = Spot::parse(value).ok_or("a cell has no sound name")?;
                    if spot.row != self.row || spot.column < self.next_column {
                        return Err("its cells are not in order".into());
                    }
                    cell.spot = spot;
                }
                "t" => value.clone_into(&mut cell.kind),
                "s" if !value.bytes().all(|byte| byte.is_ascii_digit()) => {
                    return Err("a cell has no sound style".into());
                }
                _ => {}
            }
        }
        if cell.spot.column >= super::cells::COLUMNS_MAX {
            return Err("a row has more cells than a worksheet has columns".into());
        }
        self.next_column = cell.spot.column + 1;
        self.cell = Some(cell);
        Ok(())
    }

    fn begin_inside_cell(&mut self, name: &str, element: &BytesStart<'_>) -> Result<Element, Wrong> {
        self.text.clear();
        self.inline_bytes = 0;
        self.has_entity = false;
        let Some(cell) = &mut self.cell else {
            return Err("a value stands outside of a cell".into());
        };
        // What comes after a value would take its place.
        if cell.has_value || (name == "f" && cell.formula.is_some()) {
            return Err("it holds more than one value".into());
        }
        let is_inline = matches!(cell.kind.as_str(), "inlineStr" | "is");
        Ok(match name {
            "f" => {
                if attribute(element, "t")?.as_deref() == Some("shared") {
                    cell.shared = attribute(element, "si")?.and_then(|index| index.parse().ok());
                }
                Element::Formula
            }
            "is" => {
                cell.has_value = true;
                Element::Inline
            }
            _ if is_inline => return Err("its text is not where its kind says".into()),
            _ => Element::Value,
        })
    }

    fn text(&mut self, text: &str) -> Result<(), Wrong> {
        match self.path.last() {
            Some(Element::Value | Element::Formula) => self.text.push_str(text),
            Some(Element::Cell) if !text.trim().is_empty() => {
                return Err("text stands beside its value".into());
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Wrong> {
        match self.path.pop() {
            Some(Element::Formula) => {
                if let Some(cell) = &mut self.cell {
                    cell.is_outside = looks_outside(&self.text);
                    cell.formula = Some(self.text.chars().take(FORMULA_CHARS_MAX).collect());
                }
                Ok(())
            }
            Some(Element::Value) => self.end_value(),
            Some(Element::Cell) => self.end_cell(),
            _ => Ok(()),
        }
    }

    fn end_value(&mut self) -> Result<(), Wrong> {
        let Some(cell) = &mut self.cell else {
            return Ok(());
        };
        let is_plain = !self.has_entity;
        let is_sound = match cell.kind.as_str() {
            "str" | "d" => true,
            // An index that cannot be read would become another text.
            "s" => is_plain && self.text.bytes().all(|byte| byte.is_ascii_digit()),
            // Some readers take every other text for true.
            "b" => is_plain && matches!(self.text.trim(), "0" | "1"),
            "" | "n" | "e" => is_plain,
            _ => return Err("it is of a kind that no program writes".into()),
        };
        if !is_sound {
            return Err("a value is not written as programs write it".into());
        }
        if cell.kind == "e" && !self.text.is_empty() && !KNOWN_ERRORS.contains(&self.text.as_str()) {
            return Err(Wrong::Fault(Fault::Other(Box::new(error_value(
                cell.spot, &self.text,
            )))));
        }
        // A text may be empty; everything else that is empty is not there.
        cell.has_value = cell.kind == "str" || !self.text.is_empty();
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), Wrong> {
        let Some(cell) = self.cell.take() else {
            return Ok(());
        };
        let Some(formula) = cell.formula else {
            return Ok(());
        };
        let mut is_outside = cell.is_outside;
        if let Some(index) = cell.shared {
            // Only the first cell of a shared formula has its text.
            match is_outside {
                true => {
                    self.outside.insert(index);
                }
                false => is_outside = formula.is_empty() && self.outside.contains(&index),
            }
        }
        let formula = match (cell.has_value, is_outside) {
            (false, _) => Formula::Bare(formula),
            (true, true) => Formula::External,
            (true, false) => Formula::Valued,
        };
        self.looked.formulas.push(Noted {
            spot: cell.spot,
            formula,
        });
        Ok(())
    }
}

/// The error values that the library knows; it refuses the whole worksheet at any other.
const KNOWN_ERRORS: [&str; 7] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"];

fn error_value(spot: Spot, text: &str) -> Finding {
    let row = u64::from(spot.row) + 1;
    Finding::error(
        "spreadsheet-error",
        Extent::Sheet,
        "a cell holds an error value of the spreadsheet that is not known here, and the worksheet cannot be read beyond it",
        "put the right value into the cell, or the exported value back",
    )
    .at(Place::cell(row, row, usize::from(spot.column)))
    .found(text)
}

#[cfg(test)]
mod tests;

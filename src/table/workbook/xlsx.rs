//! Reading .xlsx and .xlsm: calamine gets the values, after [`inspect`] has looked at every part it will read.

use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use quick_xml::events::Event;

use super::archive::{Archive, Bytes, PART_BYTES_MAX, STRINGS_BYTES_MAX, SourceFile, WORKSHEET_BYTES_MAX};
use super::cells::{COLUMNS_MAX, Flow, Looked, Spot, TakeCell};
use super::fault::Fault;
use super::xml::{Xml, attribute, local};
use super::{ROWS_MAX, inspect, typed};
use crate::table::source::Source;
use crate::table::typed_cell::TypedKind;

/// A workbook whose common parts are sound.
pub(super) struct XlsxBook {
    archive: Archive,
    library: Xlsx<Bytes>,
    sheets: Vec<Sheet>,
}

/// A worksheet of the workbook.
struct Sheet {
    name: String,
    part: String,
    is_hidden: bool,
}

/// What a part points to.
struct Link {
    kind: String,
    target: String,
}

impl XlsxBook {
    /// Opens the workbook in this archive.
    pub fn open(mut archive: Archive, source: &Source) -> Result<XlsxBook, Fault> {
        let main = links(&mut archive, "_rels/.rels")?
            .into_values()
            .find(|link| link.kind.ends_with("/officeDocument"))
            .map(|link| link.target)
            .ok_or_else(|| Fault::Damaged("it does not say where its workbook is".to_owned()))?;
        let main = main.strip_prefix('/').unwrap_or(&main).to_owned();
        let (folder, file) = main
            .rsplit_once('/')
            .map_or(("", main.as_str()), |(folder, file)| (folder, file));
        let folder = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let links = links(&mut archive, &format!("{folder}_rels/{file}.rels"))?;
        for link in links.values() {
            // The library looks for these under their usual names only.
            for (kind, usual) in [("/styles", "styles.xml"), ("/sharedStrings", "sharedStrings.xml")] {
                let is_usual =
                    archive.find(&within(&folder, &link.target)) == archive.find(&format!("{folder}{usual}"));
                if link.kind.ends_with(kind) && !is_usual {
                    return Err(Fault::in_part(
                        &link.target,
                        "a part does not have its usual name",
                    ));
                }
            }
        }
        let sheets = sheets(&mut archive, &main, &folder, &links)?;
        for (part, limit) in [
            ("styles.xml", PART_BYTES_MAX),
            ("theme/theme1.xml", PART_BYTES_MAX),
        ] {
            if let Some(part) = archive.find(&format!("{folder}{part}")) {
                inspect::is_sound(Xml::new(&part, archive.part(&part, limit)?))?;
            }
        }
        if let Some(part) = archive.find(&format!("{folder}sharedStrings.xml")) {
            let bytes = io::copy(&mut archive.part(&part, STRINGS_BYTES_MAX)?, &mut io::sink())
                .map_err(|error| Fault::of_io(&error))?;
            inspect::strings(Xml::new(&part, archive.part(&part, STRINGS_BYTES_MAX)?), bytes)?;
        }
        let library = calm(|| Xlsx::new(SourceFile::open(source)))?;
        Ok(XlsxBook {
            archive,
            library,
            sheets,
        })
    }

    /// The worksheets in the order of their tabs, and whether each is hidden.
    pub fn worksheets(&self) -> impl Iterator<Item = (&str, bool)> {
        self.sheets
            .iter()
            .map(|sheet| (sheet.name.as_str(), sheet.is_hidden))
    }

    /// Looks at a worksheet; before that it must not be read.
    pub fn look(&mut self, name: &str) -> Result<Looked, Fault> {
        let sheet = self.sheets.iter().find(|sheet| sheet.name == name);
        let part = sheet
            .and_then(|sheet| self.archive.find(&sheet.part))
            .ok_or_else(|| missing(name))?;
        inspect::worksheet(Xml::new(&part, self.archive.part(&part, WORKSHEET_BYTES_MAX)?))
    }

    /// Reads a worksheet that was looked at.
    pub fn read(&mut self, name: &str, take: &mut TakeCell<'_>) -> Result<(), Fault> {
        let is_1904 = self.library.has_1904_epoch();
        let mut reader = calm(|| self.library.worksheet_cells_reader(name))?;
        let formats: Vec<String> = reader
            .styles()
            .iter()
            .map(|style| {
                style
                    .number_format
                    .as_ref()
                    .map_or("General", |format| &format.format_code)
                    .to_owned()
            })
            .collect();
        while let Some((cell, style)) = calm(|| reader.next_cell_with_style_id())? {
            let (row, column) = cell.get_position();
            let spot = Spot {
                row,
                column: u16::try_from(column)
                    .ok()
                    .filter(|column| *column < COLUMNS_MAX)
                    .ok_or_else(|| missing(name))?,
            };
            if row >= ROWS_MAX {
                return Err(missing(name));
            }
            let format = formats.get(style).map_or("General", String::as_str);
            let flow = match cell.get_value() {
                DataRef::Empty => Flow::On,
                DataRef::String(text) => take(spot, text, None)?,
                DataRef::SharedString(text) => take(spot, text, None)?,
                DataRef::Float(value) => {
                    let text = typed::number(*value, format);
                    let kind = if text.ends_with('%') {
                        TypedKind::Percentage
                    } else {
                        TypedKind::of_number(*value)
                    };
                    take(spot, &text, Some(kind))?
                }
                DataRef::Int(value) => {
                    let kind = TypedKind::of_number(*value as f64);
                    take(spot, &value.to_string(), Some(kind))?
                }
                DataRef::Bool(value) => {
                    let text = if *value { "TRUE" } else { "FALSE" };
                    take(spot, text, Some(TypedKind::Truth))?
                }
                DataRef::DateTime(moment) => {
                    let text = typed::moment(moment.as_f64(), is_1904, format);
                    take(spot, &text, Some(TypedKind::Moment))?
                }
                DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                    take(spot, text, Some(TypedKind::Moment))?
                }
                DataRef::Error(error) => take(spot, &error.to_string(), None)?,
            };
            if flow == Flow::Enough {
                break;
            }
        }
        Ok(())
    }
}

fn missing(name: &str) -> Fault {
    Fault::Damaged(format!("the worksheet `{name}` is not where the workbook says"))
}

/// A target as it is written in a part of this folder.
fn within(folder: &str, target: &str) -> String {
    match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("{folder}{target}"),
    }
}

/// What a part of links says, by id.
fn links(archive: &mut Archive, part: &str) -> Result<HashMap<String, Link>, Fault> {
    let Some(part) = archive.find(part) else {
        return Err(Fault::Damaged(format!("its part `{part}` is missing")));
    };
    let mut links = HashMap::new();
    let mut xml = Xml::new(&part, archive.part(&part, PART_BYTES_MAX)?);
    while let Some(event) = xml.next()? {
        if let Event::Start(element) = event
            && local(&element) == "Relationship"
        {
            links.insert(
                attribute(&element, "Id")?.unwrap_or_default(),
                Link {
                    kind: attribute(&element, "Type")?.unwrap_or_default(),
                    target: attribute(&element, "Target")?.unwrap_or_default(),
                },
            );
        }
    }
    Ok(links)
}

/// The worksheets that the workbook lists; sheets of another kind hold no rows.
fn sheets(
    archive: &mut Archive,
    main: &str,
    folder: &str,
    links: &HashMap<String, Link>,
) -> Result<Vec<Sheet>, Fault> {
    let Some(part) = archive.find(main) else {
        return Err(Fault::Damaged(format!("its part `{main}` is missing")));
    };
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut xml = Xml::new(&part, archive.part(&part, PART_BYTES_MAX)?);
    while let Some(event) = xml.next()? {
        let Event::Start(element) = event else {
            continue;
        };
        if local(&element) != "sheet" {
            continue;
        }
        let name = attribute(&element, "name")?.unwrap_or_default();
        let is_hidden = attribute(&element, "state")?.is_some_and(|state| state != "visible");
        let id = attribute(&element, "id")?.unwrap_or_default();
        let Some(link) = links.get(&id) else {
            return Err(missing(&name));
        };
        if sheets.iter().any(|sheet| sheet.name == name) {
            return Err(xml.fault("two worksheets have the same name"));
        }
        if link.kind.ends_with("/worksheet") {
            sheets.push(Sheet {
                name,
                part: within(folder, &link.target),
                is_hidden,
            });
        }
    }
    Ok(sheets)
}

/// Runs a piece of work with the library. It counts on sound names of cells and ranges, and some of them are in elements that
/// nobody needs (`dimension`); where it panics over one, the workbook is damaged.
fn calm<T>(work: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(XlsxError::Password)) => Err(Fault::Encrypted),
        Ok(Err(XlsxError::Io(error))) => Err(Fault::of_io(&error)),
        Ok(Err(XlsxError::Zip(error))) => Err(Fault::of_zip(error)),
        Ok(Err(error)) => Err(Fault::Damaged(error.to_string())),
        Err(_) => Err(Fault::Damaged("a part of it cannot be understood".to_owned())),
    }
}

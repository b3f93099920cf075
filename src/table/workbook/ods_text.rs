//! What a cell of an .ods table holds, as text.

use quick_xml::events::BytesStart;

use super::fault::Fault;
use super::typed;
use super::xml::attribute;
use crate::table::CELL_BYTES_MAX;
use crate::table::typed_cell::TypedKind;

/// The value of a cell, from its attributes.
#[derive(Debug, PartialEq)]
pub(super) enum CellValue {
    /// What its paragraphs say, or nothing.
    Shown {
        is_text: bool,
    },
    Text(String),
    Number(f64),
    Percentage(f64),
    Boolean(bool),
    /// As ISO writes it.
    Date(String),
    /// As `PT12H30M00S`.
    Time(String),
}

impl CellValue {
    /// Reads the attributes of a cell.
    pub fn of(element: &BytesStart<'_>) -> Result<CellValue, Fault> {
        let mut kind = String::new();
        let mut is_error = false;
        let (mut value, mut text, mut date, mut time, mut boolean) = (None, None, None, None, None);
        for attribute in element.attributes() {
            let attribute = attribute.map_err(|error| Fault::Damaged(error.to_string()))?;
            let place = match attribute.key.as_ref() {
                "office:value-type" => {
                    kind = attribute.value.as_ref().to_owned();
                    continue;
                }
                "calcext:value-type" => {
                    is_error = attribute.value.as_ref() == "error";
                    continue;
                }
                "office:value" => &mut value,
                "office:string-value" => &mut text,
                "office:date-value" => &mut date,
                "office:time-value" => &mut time,
                "office:boolean-value" => &mut boolean,
                _ => continue,
            };
            *place = self::attribute(element, attribute.key.local_name().as_ref())?;
        }
        let lacking = || Fault::Damaged(format!("a cell of the kind `{kind}` does not hold one"));
        let number = || {
            value
                .as_deref()
                .and_then(|value| value.parse::<f64>().ok())
                .filter(|value| value.is_finite())
        };
        Ok(match kind.as_str() {
            // The error's name is what the cell shows.
            _ if is_error => CellValue::Shown { is_text: true },
            "string" => text.map_or(CellValue::Shown { is_text: true }, CellValue::Text),
            "float" | "currency" => CellValue::Number(number().ok_or_else(lacking)?),
            "percentage" => CellValue::Percentage(number().ok_or_else(lacking)?),
            "boolean" => CellValue::Boolean(match boolean.as_deref() {
                Some("true") => true,
                Some("false") => false,
                _ => return Err(lacking()),
            }),
            "date" => CellValue::Date(date.ok_or_else(lacking)?),
            "time" => CellValue::Time(time.ok_or_else(lacking)?),
            _ => CellValue::Shown { is_text: false },
        })
    }

    /// Whether there is a value, be it an empty text.
    pub fn is_there(&self) -> bool {
        *self != CellValue::Shown { is_text: false }
    }

    /// What it holds where that is no text.
    pub fn kind(&self) -> Option<TypedKind> {
        match self {
            CellValue::Shown { .. } | CellValue::Text(_) => None,
            CellValue::Number(value) => Some(TypedKind::of_number(*value)),
            CellValue::Percentage(_) => Some(TypedKind::Percentage),
            CellValue::Boolean(_) => Some(TypedKind::Truth),
            CellValue::Date(_) | CellValue::Time(_) => Some(TypedKind::Moment),
        }
    }

    /// The text of the cell; `shown` is what its paragraphs say.
    pub fn text(self, shown: &str) -> String {
        match self {
            CellValue::Shown { .. } => shown.to_owned(),
            CellValue::Text(text) => text,
            CellValue::Number(value) if is_framed(value, shown) => shown.to_owned(),
            CellValue::Number(value) => typed::plain(value),
            CellValue::Percentage(value) => typed::number(value, "0%"),
            CellValue::Boolean(value) => if value { "TRUE" } else { "FALSE" }.to_owned(),
            CellValue::Date(text) => text,
            CellValue::Time(text) => clock(&text, shown).unwrap_or(text),
        }
    }
}

/// Whether the cell shows the whole number with zeros or a plus before its digits.
fn is_framed(value: f64, shown: &str) -> bool {
    if value < 0.0 || value.fract() != 0.0 || !shown.starts_with(['0', '+']) {
        return false;
    }
    let is_digits = |c: char| c.is_ascii_digit();
    let digits: String = shown.chars().filter(|c| is_digits(*c)).collect();
    let digits = digits.trim_start_matches('0');
    let plain = typed::plain(value);
    shown
        .chars()
        .all(|c| is_digits(c) || matches!(c, '+' | '-' | ' ' | '(' | ')' | '/'))
        && digits == plain.trim_start_matches('0')
}

/// `12:30`, or `12:30:15` where that is shown or there are seconds.
fn clock(text: &str, shown: &str) -> Option<String> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => ("-", text),
        None => ("", text),
    };
    let (hours, rest) = text.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let seconds = match seconds.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole,
        _ => seconds,
    };
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let start = format!("{sign}{hours:02}:{minutes:02}");
    if seconds.trim_matches('0').is_empty() && shown.matches(':').count() == 1 {
        Some(start)
    } else {
        Some(format!("{start}:{seconds}"))
    }
}

/// The paragraphs of a cell, joined by line feeds. Blanks in a row count once, and at the beginning not at all, unless they
/// are written as such.
#[derive(Debug, Default)]
pub(super) struct Paragraphs {
    text: String,
    is_begun: bool,
    /// Whether a blank that comes now is dropped.
    after_blank: bool,
}

impl Paragraphs {
    /// Begins a paragraph.
    pub fn begin(&mut self) {
        if self.is_begun {
            self.text.push('\n');
        }
        self.is_begun = true;
        self.after_blank = true;
    }

    /// Takes text as the file has it.
    pub fn text(&mut self, text: &str) {
        for character in text.chars() {
            if matches!(character, ' ' | '\t' | '\r' | '\n') {
                if !self.after_blank {
                    self.text.push(' ');
                }
                self.after_blank = true;
            } else {
                self.text.push(character);
                self.after_blank = false;
            }
        }
    }

    /// Takes a character that is meant.
    pub fn exactly(&mut self, character: char) {
        self.text.push(character);
        self.after_blank = false;
    }

    /// Takes blanks that are meant.
    pub fn blanks(&mut self, count: u32) {
        self.text.extend(std::iter::repeat_n(' ', count as usize));
        self.after_blank = false;
    }

    /// Whether the text is not longer than a cell's may be.
    pub fn is_bearable(&self) -> Result<(), Fault> {
        if self.text.len() > CELL_BYTES_MAX {
            return Err(Fault::TooLarge(
                "a cell of it holds more text than any cell does".to_owned(),
            ));
        }
        Ok(())
    }

    /// The whole text.
    pub fn finish(self) -> String {
        self.text
    }
}

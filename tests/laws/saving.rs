//! How programs save a CSV file that they opened.

use dirsheet::table::Delimiter;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// How a program that was given a file saves it.
#[derive(Debug, Clone)]
pub struct Saving {
    delimiter: char,
    quote_all: bool,
    line_end: &'static str,
    /// What becomes of line ends inside cells, if they do not stay.
    breaks: Option<&'static str>,
    /// It takes an apostrophe at the beginning for its own mark of a text.
    pub swallows_apostrophes: bool,
    pub encoding: Index,
    pub mark: bool,
}

pub fn saving() -> impl Strategy<Value = Saving> {
    (
        select(vec![',', ';', '\t', '|']),
        any::<bool>(),
        select(vec!["\r\n", "\n", "\r"]),
        select(vec![None, None, Some("\n"), Some("\r\n"), Some("\r")]),
        any::<bool>(),
        any::<Index>(),
        any::<bool>(),
    )
        .prop_map(
            |(delimiter, quote_all, line_end, breaks, swallows_apostrophes, encoding, mark)| Saving {
                delimiter,
                quote_all,
                line_end,
                breaks,
                swallows_apostrophes,
                encoding,
                mark,
            },
        )
}

impl Saving {
    /// A cell as the program has it once it is opened.
    fn cell(&self, text: &str) -> String {
        let text = match text.strip_prefix('\'') {
            Some(rest) if self.swallows_apostrophes => rest,
            _ => text,
        };
        match self.breaks {
            Some(line_end) => text
                .replace("\r\n", "\n")
                .replace('\r', "\n")
                .replace('\n', line_end),
            None => text.to_owned(),
        }
    }

    /// The file, opened and saved again, as text.
    pub fn text(&self, bytes: &[u8], delimiter: Delimiter) -> String {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .delimiter(delimiter.byte())
            .from_reader(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes));
        let mut saved = String::new();
        for record in reader.records() {
            let cells: Vec<String> = record
                .unwrap()
                .iter()
                .map(|cell| self.quoted(&self.cell(cell)))
                .collect();
            saved.push_str(&cells.join(&self.delimiter.to_string()));
            saved.push_str(self.line_end);
        }
        saved
    }

    fn quoted(&self, cell: &str) -> String {
        if self.quote_all || cell.contains([self.delimiter, '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    }
}

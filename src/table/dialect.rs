//! How a sheet is laid out: its encoding, what stands between cells, how lines end; or which worksheet it is.

use std::fmt;
use std::str::FromStr;

use super::encoding::{Certainty, Encoding};

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Delimiter {
    #[default]
    Comma,
    Semicolon,
    Tab,
    Pipe,
}

impl Delimiter {
    /// Every delimiter, the most usual first.
    pub const ALL: [Delimiter; 4] = [
        Delimiter::Comma,
        Delimiter::Semicolon,
        Delimiter::Tab,
        Delimiter::Pipe,
    ];

    /// The byte that stands between cells.
    pub fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
            Delimiter::Pipe => b'|',
        }
    }

    /// As it is typed on the command line: `,`, `;`, `tab` or `|`.
    pub fn as_str(self) -> &'static str {
        match self {
            Delimiter::Comma => ",",
            Delimiter::Semicolon => ";",
            Delimiter::Tab => "tab",
            Delimiter::Pipe => "|",
        }
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Delimiter {
    type Err = String;

    fn from_str(text: &str) -> Result<Delimiter, String> {
        if text == "pipe" {
            return Ok(Delimiter::Pipe);
        }
        Delimiter::ALL
            .into_iter()
            .find(|delimiter| delimiter.as_str() == text || text.as_bytes() == [delimiter.byte()])
            .ok_or_else(|| {
                format!("`{text}` is not a delimiter: use `,`, `;`, `tab` or `|` (also typed `pipe`)")
            })
    }
}

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    CrLf,
    Lf,
    /// A lone carriage return, as very old programs for the Mac write it.
    Cr,
}

/// The layout of a text that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    pub encoding: Encoding,
    /// How sure that is.
    pub certainty: Certainty,
    pub delimiter: Delimiter,
    /// That of most lines.
    pub line_end: LineEnd,
}

/// What is known of a workbook that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkbookFacts {
    /// `xlsx`, `xlsm` or `ods`.
    pub format: &'static str,
    /// The name of the worksheet that was read.
    pub worksheet: String,
}

/// What a sheet was, before it was rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    Text(Dialect),
    Workbook(WorkbookFacts),
}

impl Layout {
    /// The dialect, unless it was a workbook.
    pub fn dialect(&self) -> Option<Dialect> {
        match self {
            Layout::Text(dialect) => Some(*dialect),
            Layout::Workbook(_) => None,
        }
    }
}

/// Where reading begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    /// In bytes.
    pub offset: u64,
    /// The number of the line there, and of the row; 1-based.
    pub line: u64,
    pub row: u64,
    /// A worksheet has no lines: its rows are told as lines, whatever line ends its cells hold.
    pub lines_are_rows: bool,
}

impl Start {
    /// The first line of a text, at this offset.
    pub(super) fn text(offset: u64) -> Start {
        Start {
            offset,
            line: 1,
            row: 1,
            lines_are_rows: false,
        }
    }

    /// The first row of a worksheet.
    pub(super) fn worksheet() -> Start {
        Start {
            lines_are_rows: true,
            ..Start::text(0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_named_as_it_is_typed() {
        for delimiter in Delimiter::ALL {
            assert_eq!(delimiter.to_string().parse(), Ok(delimiter));
        }
        assert_eq!("\t".parse(), Ok(Delimiter::Tab));
        assert_eq!("pipe".parse(), Ok(Delimiter::Pipe));
        assert!(":".parse::<Delimiter>().unwrap_err().contains("`tab`"));
    }
}

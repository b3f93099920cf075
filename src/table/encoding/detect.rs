//! From the bytes of a file to text in UTF-8: which encoding it is, how sure that is, and what to tell about it.

use std::io::{self, Read};

use super::decode::{Faults, decode};
use super::guess::guess;
use super::{AskedEncoding, Certainty, Encoding};
use crate::domain::{Extent, Finding, Place};
use crate::table::container::what_else;
use crate::table::error::Refusal;
use crate::table::forms::GARBLED_MARKS;
use crate::table::lines::LineCounter;
use crate::table::source::Source;
use crate::table::survey::{Survey, survey};

/// How much of a file's beginning tells its encoding, in bytes.
const HEAD_BYTES: usize = 4096;

const UTF8_BOM: &[u8] = b"\xEF\xBB\xBF";

const NOT_UTF8: &str = "encoding-not-utf8";

const SAVE_AS_UTF8: &str =
    "save it again as `CSV UTF-8 (comma delimited)`, or name the encoding with `--encoding`";

/// A file as text.
#[derive(Debug)]
pub(in crate::table) struct Decoded {
    pub text: Source,
    /// Where it begins, after a byte order mark.
    pub start: u64,
    pub encoding: Encoding,
    pub certainty: Certainty,
    /// A byte order mark that was taken for letters and saved again stands at the beginning.
    pub has_garbled_mark: bool,
}

/// Brings a file to UTF-8, or says what it is instead. What is UTF-8 already is not copied.
pub(in crate::table) fn to_text(bytes: Source, asked: Option<AskedEncoding>) -> Result<Decoded, Refusal> {
    let head = bytes.bytes(0, HEAD_BYTES)?;
    if let Some(finding) = what_else(&head) {
        return Err(finding.into());
    }
    let marked = mark(&head)?;
    if let (Some(asked), Some((marked, _))) = (asked, marked)
        && !asked.allows(marked)
    {
        return Err(contradiction(asked, marked).into());
    }
    let marked_length = marked.map_or(0, |(_, length)| length);
    let start = marked_length as u64;
    let (encoding, certainty) = match (marked, asked) {
        (Some((marked, _)), Some(_)) => (marked, Certainty::Told),
        (Some((marked, _)), None) => (marked, Certainty::Certain),
        (None, Some(asked)) => (asked.without_mark(), Certainty::Told),
        (None, None) => match wide(&head) {
            Some(wide) => (wide?, Certainty::Likely),
            None => (Encoding::Utf8, Certainty::Certain),
        },
    };
    if encoding.is_utf8() {
        let found = survey(bytes.reader(start))?;
        check_text(&bytes, start, &found)?;
        if found.invalid == 0 {
            let mut garbled = GARBLED_MARKS.iter();
            let garbled = garbled.find(|mark| head[marked_length..].starts_with(mark.as_bytes()));
            return Ok(Decoded {
                text: bytes,
                start: start + garbled.map_or(0, |mark| mark.len() as u64),
                encoding,
                certainty,
                has_garbled_mark: garbled.is_some(),
            });
        }
        let is_told = asked.is_some() || marked.is_some();
        if is_told || found.invalid * MIXED_FACTOR <= found.sequences {
            let mut finding = not_utf8(&bytes, start, &found, is_told)?;
            if marked.is_none() && is_told && finding.rule == NOT_UTF8 {
                let (page, _) = guess(&bytes, start)?;
                finding.help = format!(
                    "save it again as `CSV UTF-8 (comma delimited)`, or name the encoding: it looks most like `--encoding {page}`"
                );
            }
            return Err(finding.into());
        }
        let (page, certainty) = guess(&bytes, start)?;
        return decoded(&bytes, start, page, certainty);
    }
    decoded(&bytes, start, encoding, certainty)
}

/// With so many letters in UTF-8 for each byte that is none, a file is UTF-8 with damage and not in a code page.
const MIXED_FACTOR: u64 = 3;

fn decoded(bytes: &Source, start: u64, encoding: Encoding, certainty: Certainty) -> Result<Decoded, Refusal> {
    let decoding = decode(bytes, start, encoding)?;
    if decoding.faults.count > 0 {
        return Err(not_decodable(encoding, certainty, &decoding.faults).into());
    }
    if let Some(finding) = what_else(&decoding.text.bytes(0, HEAD_BYTES)?) {
        return Err(finding.into());
    }
    let found = survey(decoding.text.reader(0))?;
    check_text(&decoding.text, 0, &found)?;
    Ok(Decoded {
        text: decoding.text,
        start: 0,
        encoding,
        certainty,
        has_garbled_mark: false,
    })
}

/// The byte order mark at the beginning, and its length; one that was put there twice counts whole.
fn mark(head: &[u8]) -> Result<Option<(Encoding, usize)>, Refusal> {
    // The longer mark of UTF-32 comes before the one of UTF-16 that it begins with.
    if head.starts_with(b"\xFF\xFE\0\0") || head.starts_with(b"\0\0\xFE\xFF") {
        return Err(utf32().into());
    }
    if head.starts_with(b"\xFF\xFE") {
        return Ok(Some((Encoding::Utf16Le, 2)));
    }
    if head.starts_with(b"\xFE\xFF") {
        return Ok(Some((Encoding::Utf16Be, 2)));
    }
    let mut length = 0;
    while head[length..].starts_with(UTF8_BOM) {
        length += UTF8_BOM.len();
    }
    Ok((length > 0).then_some((Encoding::Utf8Bom, length)))
}

/// UTF-16 without a mark: every second byte of a header in it is NUL.
fn wide(head: &[u8]) -> Option<Result<Encoding, Refusal>> {
    let pairs = head.len() / 2;
    let nuls = |offset: usize| {
        head.iter()
            .skip(offset)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (nuls(0), nuls(1));
    if pairs < 2 || (even + odd) * 4 < head.len() {
        return None;
    }
    if even > 0 && odd * 10 >= pairs * 6 && even * 10 >= pairs * 3 {
        return Some(Err(utf32().into()));
    }
    if odd * 2 > pairs && even * 10 <= odd {
        return Some(Ok(Encoding::Utf16Le));
    }
    if even * 2 > pairs && odd * 10 <= even {
        return Some(Ok(Encoding::Utf16Be));
    }
    None
}

fn utf32() -> Finding {
    Finding::error(
        "encoding-not-read",
        Extent::Sheet,
        "this is text in UTF-32, which is not read",
        "open it in your spreadsheet program and save it as `CSV UTF-8 (comma delimited)`",
    )
}

fn contradiction(asked: AskedEncoding, marked: Encoding) -> Finding {
    Finding::error(
        "encoding-contradicts-mark",
        Extent::Sheet,
        format!("`--encoding` says {asked}, but the file begins with the mark of {marked}"),
        "leave `--encoding` out; the mark is certain",
    )
}

/// What no text has, in whatever encoding.
fn check_text(text: &Source, start: u64, found: &Survey) -> Result<(), Refusal> {
    if found.is_blank {
        return Err(Finding::error(
            "file-empty",
            Extent::Sheet,
            "the file is empty",
            "the first row must hold the column names; `dirsheet export -o users.csv` makes a sheet with them",
        )
        .into());
    }
    if let Some(at) = found.first_nul {
        let line = lines_before(text, start + at)?.line();
        return Err(Finding::error(
            "nul-byte",
            Extent::Sheet,
            format!("line {line} holds a NUL byte, which no text has: the file is damaged or is no sheet"),
            "take the file again from where it came from; if this is right, remove the byte with a text editor",
        )
        .at(Place::row(line, line))
        .into());
    }
    Ok(())
}

/// Bytes that are not UTF-8 in a file that is, or must be.
fn not_utf8(bytes: &Source, start: u64, found: &Survey, is_told: bool) -> io::Result<Finding> {
    let Some(at) = found.first_invalid() else {
        return Ok(utf32());
    };
    let at = start + at;
    let lines = lines_before(bytes, at)?;
    let (line, line_start) = (lines.line(), lines.line_start());
    let from = line_start.max(at.saturating_sub(200));
    let before = bytes.bytes(from, usize::try_from(at - from).unwrap_or(0))?;
    let before = String::from_utf8_lossy(&before);
    let skip = before.chars().count().saturating_sub(30);
    let before: String = before.chars().skip(skip).collect();
    let byte = bytes.bytes(at, 1)?.first().copied().unwrap_or_default();
    let position = at.saturating_sub(line_start.max(start)) + 1;
    let message = format!(
        "the byte 0x{byte:02X} at position {position} of line {line} is not UTF-8, probably a letter in a Windows or Mac code page"
    );
    let finding = if is_told {
        Finding::error(
            NOT_UTF8,
            Extent::Sheet,
            format!("the file should be UTF-8, but {message}"),
            SAVE_AS_UTF8,
        )
    } else {
        Finding::error(
            "encoding-mixed",
            Extent::Sheet,
            format!(
                "nearly all letters of the file are UTF-8, but {message}; {} in all, in {}",
                counted(found.invalid, "such byte"),
                lines_of(bytes, start, found)?
            ),
            "the file was put together from texts in two encodings: correct these lines in a text editor and save the file as UTF-8, or name the encoding with `--encoding` if all of it is in one",
        )
    };
    Ok(finding
        .at(Place::row(line, line))
        .found(&format!("{before}\u{FFFD}")))
}

/// The lines of the first invalid bytes, in words.
fn lines_of(bytes: &Source, start: u64, found: &Survey) -> io::Result<String> {
    let mut lines = Vec::new();
    for at in &found.invalid_at {
        let line = lines_before(bytes, start + at)?.line();
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    Ok(lines_in_words(
        &lines,
        found.invalid > found.invalid_at.len() as u64,
    ))
}

fn lines_in_words(lines: &[u64], has_more: bool) -> String {
    let listed: Vec<String> = lines.iter().map(u64::to_string).collect();
    let noun = if listed.len() == 1 && !has_more {
        "line"
    } else {
        "lines"
    };
    let more = if has_more { " and more" } else { "" };
    format!("{noun} {}{more}", listed.join(", "))
}

fn not_decodable(encoding: Encoding, certainty: Certainty, faults: &Faults) -> Finding {
    let mut lines: Vec<u64> = faults.first.iter().map(|(line, _)| *line).collect();
    lines.dedup();
    let (line, byte) = faults.first.first().copied().unwrap_or((1, 0));
    let read_as = match certainty {
        Certainty::Told => format!("the file was to be read as {encoding}"),
        _ => format!("the file looks most like {encoding}"),
    };
    Finding::error(
        "encoding-not-decodable",
        Extent::Sheet,
        format!(
            "{read_as}, but {} no letter there, in {}; the first is 0x{byte:02X}",
            if faults.count == 1 {
                "1 byte is".to_owned()
            } else {
                format!("{} bytes are", faults.count)
            },
            lines_in_words(&lines, faults.count > faults.first.len() as u64)
        ),
        "name the encoding the file really has with `--encoding`, or save it again as `CSV UTF-8 (comma delimited)`",
    )
    .at(Place::row(line, line))
}

fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Counts the lines before an offset.
fn lines_before(bytes: &Source, at: u64) -> io::Result<LineCounter> {
    let mut lines = LineCounter::default();
    let mut reader = bytes.piece(0, at);
    let mut block = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut block) {
            Ok(0) => return Ok(lines),
            Ok(count) => lines.feed(&block[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

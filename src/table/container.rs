//! What a file is, before anything in it is read as a table: text in UTF-8, or one of the many things that are not.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::dialect::Encoding;
use super::error::SheetError;
use super::lines::count_line_ends;
use crate::domain::{Extent, Finding, Place};

/// The largest file that is read, in bytes: 1 GiB, some four million users with 25 columns.
pub const FILE_BYTES_MAX: u64 = 1 << 30;

const SAVE_AS_CSV: &str = "open it in your spreadsheet program and save it as `CSV UTF-8 (comma delimited)`";

/// Reads a whole file, at most [`FILE_BYTES_MAX`] of it.
pub(super) fn read_file(path: &Path, name: &str) -> Result<Vec<u8>, SheetError> {
    let failed = |error: io::Error| SheetError::Io {
        name: name.to_owned(),
        finding: Box::new(io_finding(path, error.kind())),
        source: Some(error),
    };
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(SheetError::Io {
            name: name.to_owned(),
            finding: Box::new(io_finding(path, io::ErrorKind::IsADirectory)),
            source: None,
        });
    }
    let too_large = || SheetError::unusable(name, vec![too_large(FILE_BYTES_MAX)]);
    if metadata.len() > FILE_BYTES_MAX {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(too_large());
    }
    Ok(bytes)
}

/// What went wrong with opening a file, and what to do.
fn io_finding(path: &Path, kind: io::ErrorKind) -> Finding {
    let shown = path.display();
    let (rule, message, help) = match kind {
        io::ErrorKind::NotFound => (
            "file-not-found",
            format!("there is no file `{shown}`"),
            "check the name and the folder; `dirsheet export -o users.csv` makes a sheet",
        ),
        io::ErrorKind::PermissionDenied => (
            "file-not-readable",
            format!("you are not allowed to read `{shown}`"),
            "give yourself read permission, or copy the file to a folder of your own",
        ),
        io::ErrorKind::IsADirectory => (
            "file-is-a-folder",
            format!("`{shown}` is a folder, not a file"),
            "name the sheet inside it, for example `users.csv`",
        ),
        _ => (
            "file-not-readable",
            format!("`{shown}` cannot be read"),
            "close other programs that have the file open, check the disk or network drive, and try again",
        ),
    };
    Finding::error(rule, Extent::Sheet, message, help)
}

fn too_large(limit: u64) -> Finding {
    Finding::error(
        "file-too-large",
        Extent::Sheet,
        format!(
            "the file is larger than {} MiB, the most that is read",
            limit >> 20
        ),
        "divide it into several files with the same header row",
    )
}

/// Tells the encoding and where the text begins, or says what the file is instead.
pub(super) fn recognise(bytes: &[u8]) -> Result<(Encoding, usize), Box<Finding>> {
    if let Some((rule, what, help)) = foreign(bytes) {
        return Err(Box::new(Finding::error(
            rule,
            Extent::Sheet,
            format!("this is {what}, not a CSV file"),
            help,
        )));
    }
    let mut start = 0;
    while bytes[start..].starts_with(UTF8_BOM) {
        start += UTF8_BOM.len();
    }
    let text = &bytes[start..];
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(Box::new(Finding::error(
            "file-empty",
            Extent::Sheet,
            "the file is empty",
            "the first row must hold the column names; `dirsheet export -o users.csv` makes a sheet with them",
        )));
    }
    if let Some(at) = text.iter().position(|byte| *byte == 0) {
        return Err(Box::new(nul(text, at)));
    }
    if let Err(error) = std::str::from_utf8(text) {
        return Err(Box::new(not_utf8(text, error.valid_up_to())));
    }
    let encoding = if start > 0 {
        Encoding::Utf8Bom
    } else {
        Encoding::Utf8
    };
    Ok((encoding, start))
}

const UTF8_BOM: &[u8] = b"\xEF\xBB\xBF";

type Foreign = (&'static str, &'static str, &'static str);

/// Files that begin with a mark of their own.
fn foreign(bytes: &[u8]) -> Option<Foreign> {
    const UTF16: Foreign = (
        "encoding-not-utf8",
        "text in UTF-16 (Excel calls it `Unicode Text`)",
        SAVE_AS_CSV,
    );
    const UTF32: Foreign = ("encoding-not-utf8", "text in UTF-32", SAVE_AS_CSV);
    const ZIP: Foreign = (
        "file-is-a-workbook",
        "an .xlsx workbook or another zip file, which this version does not read,",
        SAVE_AS_CSV,
    );
    const OLD_EXCEL: Foreign = ("file-is-a-workbook", "an old Excel workbook (.xls)", SAVE_AS_CSV);
    // The longer mark of UTF-32 comes before the one of UTF-16 that it begins with.
    const MARKS: &[(&[u8], Foreign)] = &[
        (b"\xFF\xFE\x00\x00", UTF32),
        (b"\x00\x00\xFE\xFF", UTF32),
        (b"\xFF\xFE", UTF16),
        (b"\xFE\xFF", UTF16),
        (b"PK\x03\x04", ZIP),
        (b"PK\x05\x06", ZIP),
        (b"\xD0\xCF\x11\xE0", OLD_EXCEL),
        (
            b"\x1F\x8B",
            (
                "file-is-compressed",
                "a gzip file",
                "unpack it first, for example with `gunzip`",
            ),
        ),
        (
            b"%PDF-",
            (
                "file-is-a-document",
                "a PDF document",
                "ask for the sheet it was made from",
            ),
        ),
    ];
    if let Some((_, foreign)) = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Some(*foreign);
    }
    let text = bytes.strip_prefix(UTF8_BOM).unwrap_or(bytes).trim_ascii_start();
    match text.first() {
        Some(b'<') => Some(("file-is-markup", "an HTML or XML page", SAVE_AS_CSV)),
        Some(b'{') => Some(("file-is-json", "JSON", "name the CSV sheet it belongs to")),
        Some(b'[') if text[1..].trim_ascii_start().starts_with(b"{") => {
            Some(("file-is-json", "JSON", "name the CSV sheet it belongs to"))
        }
        _ => None,
    }
}

fn nul(text: &[u8], at: usize) -> Finding {
    let sample = &text[..text.len().min(4096)];
    if sample.iter().filter(|byte| **byte == 0).count() * 4 > sample.len() {
        return Finding::error(
            "encoding-not-utf8",
            Extent::Sheet,
            "this looks like text in UTF-16 without a mark at its beginning; only UTF-8 is read",
            SAVE_AS_CSV,
        );
    }
    let line = count_line_ends(&text[..at]) + 1;
    Finding::error(
        "nul-byte",
        Extent::Sheet,
        format!("line {line} holds a NUL byte, which no text has: the file is damaged or is not a CSV file"),
        "take the file again from where it came from; if this is right, remove the byte with a text editor",
    )
    .at(Place::row(line, line))
}

fn not_utf8(text: &[u8], at: usize) -> Finding {
    let line = count_line_ends(&text[..at]) + 1;
    let line_start = text[..at]
        .iter()
        .rposition(|byte| matches!(byte, b'\n' | b'\r'))
        .map_or(0, |end| end + 1);
    let before = String::from_utf8_lossy(&text[line_start..at]);
    let skip = before.chars().count().saturating_sub(30);
    let before: String = before.chars().skip(skip).collect();
    Finding::error(
        "encoding-not-utf8",
        Extent::Sheet,
        format!(
            "the file is not UTF-8: line {line} holds the byte 0x{:02X} at position {}, probably a letter in a Windows or Mac code page",
            text.get(at).copied().unwrap_or_default(),
            at - line_start + 1
        ),
        SAVE_AS_CSV,
    )
    .at(Place::row(line, line))
    .found(&format!("{before}\u{FFFD}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_told_with_and_without_its_mark() {
        assert_eq!(recognise(b"id\n1\n"), Ok((Encoding::Utf8, 0)));
        assert_eq!(recognise(b"\xEF\xBB\xBFid\n1\n"), Ok((Encoding::Utf8Bom, 3)));
        assert_eq!(
            recognise(b"\xEF\xBB\xBF\xEF\xBB\xBFid\n"),
            Ok((Encoding::Utf8Bom, 6))
        );
        assert_eq!(recognise("id,näme\n".as_bytes()), Ok((Encoding::Utf8, 0)));
    }

    #[test]
    fn what_is_not_a_csv_file_is_named_and_told_what_to_do() {
        for (bytes, rule) in [
            (&b""[..], "file-empty"),
            (b"\xEF\xBB\xBF", "file-empty"),
            (b" \r\n\n", "file-empty"),
            (b"PK\x03\x04....", "file-is-a-workbook"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "file-is-a-workbook"),
            (b"\n <!DOCTYPE html>", "file-is-markup"),
            (b"\xEF\xBB\xBF<?xml?>", "file-is-markup"),
            (b"{\"value\":[]}", "file-is-json"),
            (b"[ {\"id\":1}]", "file-is-json"),
            (b"\xFF\xFEi\0d\0", "encoding-not-utf8"),
            (b"\xFE\xFF\0i\0d", "encoding-not-utf8"),
            (b"\xFF\xFE\0\0i\0\0\0", "encoding-not-utf8"),
            (b"\0\0\xFE\xFF\0\0\0i", "encoding-not-utf8"),
            (b"i\0d\0,\0", "encoding-not-utf8"),
            (b"id\nab\0cd\n", "nul-byte"),
            (b"id\nZo\xEB\n", "encoding-not-utf8"),
            (b"\x1F\x8B\x08", "file-is-compressed"),
            (b"%PDF-1.7", "file-is-a-document"),
        ] {
            let finding = recognise(bytes).unwrap_err();
            assert_eq!(finding.rule, rule, "{bytes:?}");
            assert_eq!(finding.extent, Extent::Sheet);
            assert!(!finding.help.is_empty());
        }
    }

    #[test]
    fn a_byte_that_is_not_utf8_is_named_with_its_line_and_position() {
        let finding = recognise(b"id,name\r\n1,\"a\r\nb\"\r\n2,Zo\xEB\r\n").unwrap_err();
        assert_eq!(finding.place.map(|place| place.line), Some(4));
        assert!(
            finding.message.contains("0xEB at position 5"),
            "{}",
            finding.message
        );
        assert_eq!(finding.found.as_deref(), Some("2,Zo\u{FFFD}"));
    }

    #[test]
    fn every_reason_not_to_open_a_file_has_words_and_a_remedy() {
        for (kind, rule) in [
            (io::ErrorKind::NotFound, "file-not-found"),
            (io::ErrorKind::PermissionDenied, "file-not-readable"),
            (io::ErrorKind::IsADirectory, "file-is-a-folder"),
            (io::ErrorKind::TimedOut, "file-not-readable"),
        ] {
            let finding = io_finding(Path::new("in/users.csv"), kind);
            assert_eq!(finding.rule, rule);
            assert!(finding.message.contains("`in/users.csv`"));
        }
    }

    #[test]
    fn a_folder_and_a_missing_file_are_refused_with_their_path() {
        let folder = tempfile::tempdir().unwrap();
        let error = read_file(folder.path(), "folder").unwrap_err();
        assert_eq!(error.findings()[0].rule, "file-is-a-folder");
        let error = read_file(&folder.path().join("none.csv"), "none.csv").unwrap_err();
        assert_eq!(error.findings()[0].rule, "file-not-found");
        assert!(error.to_string().contains("none.csv"), "{error}");
    }

    #[test]
    fn a_file_over_the_limit_is_refused_without_reading_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.csv");
        File::create(&path).unwrap().set_len(FILE_BYTES_MAX + 1).unwrap();
        let error = read_file(&path, "large.csv").unwrap_err();
        assert_eq!(error.findings()[0].rule, "file-too-large");
    }
}

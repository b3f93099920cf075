//! What a file is, before anything in it is read as a table: text in UTF-8, or one of the many things that are not.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use super::dialect::Encoding;
use super::digest::Sha256;
use super::error::{Refusal, SheetError};
use super::lines::LineCounter;
use super::source::{Source, SourceWriter};
use super::survey::survey;
use super::workbook::old_container;
use crate::domain::{Extent, Finding, Place};

/// The largest file that is read, in bytes: 1 GiB, some four million users with 25 columns.
pub const FILE_BYTES_MAX: u64 = 1 << 30;

/// How much of a file is read at once, in bytes.
const BLOCK_BYTES: usize = 256 * 1024;

/// How much of a file's beginning tells what kind of file it is, in bytes.
const HEAD_BYTES: usize = 4096;

const SAVE_AS_CSV: &str = "open it in your spreadsheet program and save it as `CSV UTF-8 (comma delimited)`";

/// A file, open for reading and not too large.
pub(super) fn open_file(path: &Path, name: &str) -> Result<File, SheetError> {
    let failed = |error: io::Error| SheetError::Io {
        name: name.to_owned(),
        finding: Box::new(io_finding(path, error.kind())),
        source: Some(error),
    };
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(SheetError::Io {
            name: name.to_owned(),
            finding: Box::new(io_finding(path, io::ErrorKind::IsADirectory)),
            source: None,
        });
    }
    if metadata.len() > FILE_BYTES_MAX {
        return Err(SheetError::unusable(name, vec![too_large(FILE_BYTES_MAX)]));
    }
    Ok(file)
}

/// The bytes of a file, taken once.
pub(super) struct Taken {
    pub bytes: Source,
    pub sha256: String,
}

/// Takes everything the file holds, at most [`FILE_BYTES_MAX`], in blocks. `path` is for messages.
pub(super) fn take(mut file: impl Read, path: &Path, name: &str) -> Result<Taken, SheetError> {
    let mut bytes = SourceWriter::new();
    let mut sha256 = Sha256::new();
    let mut block = vec![0; BLOCK_BYTES];
    let mut total = 0;
    loop {
        let count = match file.read(&mut block) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                return Err(SheetError::Io {
                    name: name.to_owned(),
                    finding: Box::new(io_finding(path, error.kind())),
                    source: Some(error),
                });
            }
        };
        total += count as u64;
        if total > FILE_BYTES_MAX {
            return Err(SheetError::unusable(name, vec![too_large(FILE_BYTES_MAX)]));
        }
        sha256.feed(&block[..count]);
        bytes
            .write_all(&block[..count])
            .map_err(|error| Refusal::Disk(error).into_error(name))?;
    }
    Ok(Taken {
        bytes: bytes
            .finish()
            .map_err(|error| Refusal::Disk(error).into_error(name))?,
        sha256: sha256.finish(),
    })
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

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recognised {
    /// Text in this encoding, from this byte on.
    Text(Encoding, u64),
    /// A zip archive, such as a workbook is.
    Archive,
}

/// Tells the encoding and where the text begins, or says what the file is instead.
pub(super) fn recognise(bytes: &Source) -> Result<Recognised, Refusal> {
    let head = bytes.bytes(0, HEAD_BYTES)?;
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Recognised::Archive);
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(old_container(bytes)?.into());
    }
    if let Some((rule, what, help)) = foreign(&head) {
        let message = format!("this is {what}, not a CSV file");
        return Err(Finding::error(rule, Extent::Sheet, message, help).into());
    }
    let mut start = 0;
    while head[start..].starts_with(UTF8_BOM) {
        start += UTF8_BOM.len();
    }
    let start = start as u64;
    let found = survey(bytes.reader(start))?;
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
        return Err(nul(bytes, start + at)?.into());
    }
    if let Some(at) = found.first_invalid {
        return Err(not_utf8(bytes, start + at)?.into());
    }
    let encoding = if start > 0 {
        Encoding::Utf8Bom
    } else {
        Encoding::Utf8
    };
    Ok(Recognised::Text(encoding, start))
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
    // The longer mark of UTF-32 comes before the one of UTF-16 that it begins with.
    const MARKS: &[(&[u8], Foreign)] = &[
        (b"\xFF\xFE\x00\x00", UTF32),
        (b"\x00\x00\xFE\xFF", UTF32),
        (b"\xFF\xFE", UTF16),
        (b"\xFE\xFF", UTF16),
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

fn nul(bytes: &Source, at: u64) -> io::Result<Finding> {
    let sample = bytes.bytes(0, HEAD_BYTES)?;
    if sample.iter().filter(|byte| **byte == 0).count() * 4 > sample.len() {
        return Ok(Finding::error(
            "encoding-not-utf8",
            Extent::Sheet,
            "this looks like text in UTF-16 without a mark at its beginning; only UTF-8 is read",
            SAVE_AS_CSV,
        ));
    }
    let line = lines_before(bytes, at)?.line();
    Ok(Finding::error(
        "nul-byte",
        Extent::Sheet,
        format!("line {line} holds a NUL byte, which no text has: the file is damaged or is not a CSV file"),
        "take the file again from where it came from; if this is right, remove the byte with a text editor",
    )
    .at(Place::row(line, line)))
}

fn not_utf8(bytes: &Source, at: u64) -> io::Result<Finding> {
    let lines = lines_before(bytes, at)?;
    let (line, line_start) = (lines.line(), lines.line_start());
    let from = line_start.max(at.saturating_sub(200));
    let before = bytes.bytes(from, usize::try_from(at - from).unwrap_or(0))?;
    let before = String::from_utf8_lossy(&before);
    let skip = before.chars().count().saturating_sub(30);
    let before: String = before.chars().skip(skip).collect();
    let byte = bytes.bytes(at, 1)?.first().copied().unwrap_or_default();
    Ok(Finding::error(
        "encoding-not-utf8",
        Extent::Sheet,
        format!(
            "the file is not UTF-8: line {line} holds the byte 0x{byte:02X} at position {}, probably a letter in a Windows or Mac code page",
            at - line_start + 1
        ),
        SAVE_AS_CSV,
    )
    .at(Place::row(line, line))
    .found(&format!("{before}\u{FFFD}")))
}

/// Counts the lines before an offset.
fn lines_before(bytes: &Source, at: u64) -> io::Result<LineCounter> {
    let mut lines = LineCounter::default();
    let mut reader = bytes.piece(0, at);
    let mut block = vec![0; BLOCK_BYTES];
    loop {
        match reader.read(&mut block) {
            Ok(0) => return Ok(lines),
            Ok(count) => lines.feed(&block[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognised(bytes: &[u8]) -> Result<(Encoding, u64), Box<Finding>> {
        let recognised = recognise(&Source::from(bytes.to_vec())).map(|recognised| match recognised {
            Recognised::Text(encoding, start) => (encoding, start),
            Recognised::Archive => panic!("an archive"),
        });
        recognised.map_err(|refusal| match refusal {
            Refusal::Found(mut findings) => Box::new(findings.remove(0)),
            Refusal::Disk(error) => panic!("{error}"),
        })
    }

    #[test]
    fn utf8_is_told_with_and_without_its_mark() {
        assert_eq!(recognised(b"id\n1\n"), Ok((Encoding::Utf8, 0)));
        assert_eq!(recognised(b"\xEF\xBB\xBFid\n1\n"), Ok((Encoding::Utf8Bom, 3)));
        assert_eq!(
            recognised(b"\xEF\xBB\xBF\xEF\xBB\xBFid\n"),
            Ok((Encoding::Utf8Bom, 6))
        );
        assert_eq!(recognised("id,näme\n".as_bytes()), Ok((Encoding::Utf8, 0)));
    }

    #[test]
    fn what_is_not_a_csv_file_is_named_and_told_what_to_do() {
        for (bytes, rule) in [
            (&b""[..], "file-empty"),
            (b"\xEF\xBB\xBF", "file-empty"),
            (b" \r\n\n", "file-empty"),
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
            let finding = recognised(bytes).unwrap_err();
            assert_eq!(finding.rule, rule, "{bytes:?}");
            assert_eq!(finding.extent, Extent::Sheet);
            assert!(!finding.help.is_empty());
        }
    }

    #[test]
    fn a_byte_that_is_not_utf8_is_named_with_its_line_and_position() {
        let finding = recognised(b"id,name\r\n1,\"a\r\nb\"\r\n2,Zo\xEB\r\n").unwrap_err();
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
        let error = open_file(folder.path(), "folder").unwrap_err();
        assert_eq!(error.findings()[0].rule, "file-is-a-folder");
        let error = open_file(&folder.path().join("none.csv"), "none.csv").unwrap_err();
        assert_eq!(error.findings()[0].rule, "file-not-found");
        assert!(error.to_string().contains("none.csv"), "{error}");
    }

    #[test]
    fn a_file_over_the_limit_is_refused_without_reading_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.csv");
        File::create(&path).unwrap().set_len(FILE_BYTES_MAX + 1).unwrap();
        let error = open_file(&path, "large.csv").unwrap_err();
        assert_eq!(error.findings()[0].rule, "file-too-large");
    }
}

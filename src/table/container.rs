//! The bytes of a file, taken once; and what it is when it is not text.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use super::digest::Sha256;
use super::error::{Refusal, SheetError};
use super::source::{Source, SourceWriter};
use super::workbook::old_container;
use crate::domain::{Extent, Finding};

/// The largest file that is read, in bytes: 1 GiB, some four million users with 25 columns.
pub const FILE_BYTES_MAX: u64 = 1 << 30;

/// How much of a file is read at once, in bytes.
const BLOCK_BYTES: usize = 256 * 1024;

const SAVE_AS_CSV: &str = "open it in your spreadsheet program and save it as `CSV UTF-8 (comma delimited)`";

/// A file, open for reading and not too large.
pub(super) fn open_file(path: &Path, name: &str) -> Result<File, SheetError> {
    let failed = |error: io::Error| SheetError::Io {
        name: name.to_owned(),
        finding: Box::new(io_finding(path, error.kind())),
        source: Some(error),
    };
    if let Some(finding) = lock_of_another(path) {
        return Err(SheetError::unusable(name, vec![finding]));
    }
    check_ordinary(path).map_err(failed)?;
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.len() > FILE_BYTES_MAX {
        return Err(SheetError::unusable(name, vec![too_large(FILE_BYTES_MAX)]));
    }
    Ok(file)
}

/// The small file that a spreadsheet keeps beside an open sheet is named by mistake, or found by a pattern.
fn lock_of_another(path: &Path) -> Option<Finding> {
    let name = path.file_name()?.to_str()?;
    let sheet = match name.strip_prefix(".~lock.") {
        Some(rest) => rest.strip_suffix('#')?,
        None => name.strip_prefix("~$")?,
    };
    Some(Finding::error(
        "file-is-a-lock",
        Extent::Sheet,
        format!("this is the mark that a spreadsheet leaves while `{sheet}` is open in it, and no sheet"),
        format!("save the sheet there, close it, and name `{sheet}`"),
    ))
}

/// The bytes of a file, taken once.
pub(super) struct Taken {
    pub bytes: Source,
    pub sha256: String,
}

impl From<Vec<u8>> for Taken {
    fn from(bytes: Vec<u8>) -> Taken {
        let mut sha256 = Sha256::new();
        sha256.feed(&bytes);
        Taken {
            bytes: bytes.into(),
            sha256: sha256.finish(),
        }
    }
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

/// Opening a named pipe waits until somebody writes to it, and no signal ends that: only ordinary files are opened.
///
/// # Errors
/// There is no such file, [`io::ErrorKind::IsADirectory`], or [`io::ErrorKind::InvalidInput`] for anything else.
pub(super) fn check_ordinary(path: &Path) -> io::Result<()> {
    let kind = std::fs::metadata(path)?;
    match () {
        () if kind.is_file() => Ok(()),
        () if kind.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        () => Err(io::ErrorKind::InvalidInput.into()),
    }
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
        io::ErrorKind::InvalidInput => (
            "file-not-readable",
            format!("`{shown}` is not an ordinary file, but a pipe or a device"),
            "save what comes out of it as a file first, and name that",
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

/// What a file is by its first bytes: a workbook of any kind, or text.
///
/// # Errors
/// It cannot be opened or read.
pub fn is_workbook(path: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    check_ordinary(path)?;
    File::open(path)?.take(4).read_to_end(&mut head)?;
    Ok([&b"PK\x03\x04"[..], b"PK\x05\x06", b"\xD0\xCF\x11\xE0"].contains(&head.as_slice()))
}

/// Whether the file is an archive, such as a workbook is.
///
/// # Errors
/// It is an old workbook or an encrypted one, which cannot be read.
pub(super) fn is_archive(bytes: &Source) -> Result<bool, Refusal> {
    let head = bytes.bytes(0, 4)?;
    if head.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(old_container(bytes)?.into());
    }
    Ok(head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06"))
}

/// Says what a file is that begins so and is no text, or text that is no table.
pub(super) fn what_else(head: &[u8]) -> Option<Finding> {
    foreign(head).map(|(rule, what, help)| {
        let message = format!("this is {what}, and no sheet");
        Finding::error(rule, Extent::Sheet, message, help)
    })
}

const NAME_THE_SHEET: &str = "name the sheet it belongs to; a plan file (`plan -o plan.json`) is carried out with `dirsheet apply plan.json`";

const UTF8_BOM: &[u8] = b"\xEF\xBB\xBF";

type Foreign = (&'static str, &'static str, &'static str);

const PICTURE: Foreign = (
    "file-is-a-document",
    "a picture",
    "name the sheet; pictures go into a folder of their own, and the command is told of it with `--photos DIR`",
);

/// Files that begin with a mark of their own.
fn foreign(bytes: &[u8]) -> Option<Foreign> {
    const MARKS: &[(&[u8], Foreign)] = &[
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
        (b"\x89PNG", PICTURE),
        (b"\xFF\xD8\xFF", PICTURE),
    ];
    if let Some((_, foreign)) = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Some(*foreign);
    }
    let text = bytes.strip_prefix(UTF8_BOM).unwrap_or(bytes).trim_ascii_start();
    match text.first() {
        Some(b'<') => Some(("file-is-markup", "an HTML or XML page", SAVE_AS_CSV)),
        Some(b'{') if names_google(text) => Some((
            "file-is-json",
            "a link to a Google Sheet, without what is in it",
            "open it in Google Sheets, choose `File`, `Download`, `Microsoft Excel (.xlsx)`, and give the file that is made",
        )),
        Some(b'{') => Some(("file-is-json", "JSON", NAME_THE_SHEET)),
        Some(b'[') if text[1..].trim_ascii_start().starts_with(b"{") => {
            Some(("file-is-json", "JSON", NAME_THE_SHEET))
        }
        _ => None,
    }
}

/// Whether JSON is what Google Drive keeps in the place of a sheet (`.gsheet`).
fn names_google(json: &[u8]) -> bool {
    [&b"\"doc_id\""[..], b"docs.google.com"]
        .iter()
        .any(|mark| json.windows(mark.len()).any(|window| window == *mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_of_an_open_sheet_is_known_by_its_name() {
        for (name, sheet) in [
            ("in/~$users.xlsx", "users.xlsx"),
            (".~lock.users.csv#", "users.csv"),
        ] {
            let finding = lock_of_another(Path::new(name)).unwrap();
            assert!(finding.help.contains(&format!("`{sheet}`")), "{}", finding.help);
        }
        assert_eq!(lock_of_another(Path::new("~$in/users.xlsx")), None);
        assert_eq!(lock_of_another(Path::new("users.xlsx")), None);
    }

    #[test]
    fn what_is_not_a_csv_file_is_named_and_told_what_to_do() {
        for (bytes, rule) in [
            (&b"\n <!DOCTYPE html>"[..], "file-is-markup"),
            (b"\xEF\xBB\xBF<?xml?>", "file-is-markup"),
            (b"{\"value\":[]}", "file-is-json"),
            (b"[ {\"id\":1}]", "file-is-json"),
            (b"{\"\":\"Do not edit\",\"doc_id\":\"1x\"}", "file-is-json"),
            (b"\x1F\x8B\x08", "file-is-compressed"),
            (b"%PDF-1.7", "file-is-a-document"),
            (b"\x89PNG\r\n", "file-is-a-document"),
            (b"\xFF\xD8\xFF\xE0", "file-is-a-document"),
        ] {
            let finding = what_else(bytes).unwrap();
            assert_eq!((finding.rule, finding.extent), (rule, Extent::Sheet), "{bytes:?}");
            assert!(!finding.help.is_empty());
        }
        let stub = what_else(b"{\"url\": \"https://docs.google.com/open?id=1x\"}").unwrap();
        assert!(stub.help.contains("Download"), "{}", stub.help);
        for text in ["id,jobTitle\n", "", "[jobTitle],id\n"] {
            assert_eq!(what_else(text.as_bytes()), None, "{text}");
        }
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

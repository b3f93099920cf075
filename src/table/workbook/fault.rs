//! Why a workbook cannot be read, and the words for it.

use std::io;

use zip::result::ZipError;

use crate::domain::{Extent, Finding, shorten};

/// What is wrong with the file as a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// It does not hold together; how.
    Damaged(String),
    /// It needs more than is given to a sheet; how.
    TooLarge(String),
    /// A password is needed.
    Encrypted,
    /// The disk or the system failed.
    System(String),
    /// It is sound and something else than a workbook that is read.
    Other(Box<Finding>),
}

impl Fault {
    /// Damage in a part, told in words of ours.
    pub fn in_part(part: &str, told: impl AsRef<str>) -> Fault {
        Fault::Damaged(format!("`{}`: {}", shorten(part), told.as_ref()))
    }

    /// A part that is larger than any real one.
    pub fn bomb(part: &str) -> Fault {
        Fault::TooLarge(format!(
            "its part `{}` unpacks to more than any real one does",
            shorten(part)
        ))
    }

    pub(super) fn of_zip(error: ZipError) -> Fault {
        match error {
            ZipError::Io(error) => Fault::of_io(&error),
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
                Fault::Encrypted
            }
            ZipError::FileNotFound => Fault::Damaged("a part is missing".to_owned()),
            ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => Fault::Damaged(
                "it is packed in a way that no spreadsheet program uses".to_owned(),
            ),
            // What the library says of an archive is for programmers.
            _ => Fault::Damaged(
                "the list of what is in it is missing or wrong, as in a file that was not copied or downloaded to its end"
                    .to_owned(),
            ),
        }
    }

    pub(super) fn of_io(error: &io::Error) -> Fault {
        match error.kind() {
            io::ErrorKind::FileTooLarge => {
                Fault::TooLarge("one of its parts unpacks to more than any real one does".to_owned())
            }
            io::ErrorKind::UnexpectedEof => Fault::Damaged("it ends too early".to_owned()),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
                Fault::Damaged("what is packed in it cannot be unpacked".to_owned())
            }
            _ => Fault::System(error.to_string()),
        }
    }

    /// The text could not be kept.
    pub(super) fn of_disk(error: &io::Error) -> Fault {
        match error.kind() {
            io::ErrorKind::FileTooLarge => Fault::TooLarge(error.to_string()),
            _ => Fault::System(error.to_string()),
        }
    }

    /// As a person reads it.
    pub fn finding(self) -> Finding {
        match self {
            Fault::Damaged(told) => Finding::error(
                "workbook-damaged",
                Extent::Sheet,
                format!("the workbook is damaged: {}", shorten(&told)),
                "take the file again from where it came from, or open it in the spreadsheet program and save it again",
            ),
            Fault::TooLarge(told) => Finding::error(
                "workbook-too-large",
                Extent::Sheet,
                format!("the workbook is not unpacked: {}", shorten(&told)),
                "copy the rows into a new workbook, or save the worksheet as `CSV UTF-8 (comma delimited)`",
            ),
            Fault::Encrypted => encrypted(),
            Fault::System(told) => Finding::error(
                "file-not-readable",
                Extent::Sheet,
                format!("the workbook could not be read: {}", shorten(&told)),
                "check the disk, and that there is room for temporary files, and try again",
            ),
            Fault::Other(finding) => *finding,
        }
    }
}

/// The words for a workbook with a password, however it is packed.
pub(super) fn encrypted() -> Finding {
    Finding::error(
        "workbook-encrypted",
        Extent::Sheet,
        "the workbook is encrypted: it opens with a password only",
        "open it, take the password off (in Excel: `File`, `Info`, `Protect Workbook`), and save it",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_libraries_reach_nobody() {
        let jargon = || io::Error::new(io::ErrorKind::InvalidData, "corrupt deflate stream: EOCD");
        for fault in [
            Fault::of_zip(ZipError::InvalidArchive("Could not find EOCD".into())),
            Fault::of_zip(ZipError::UnsupportedArchive("ZIP64 EOCD")),
            Fault::of_zip(ZipError::Io(jargon())),
            Fault::of_io(&jargon()),
        ] {
            let finding = fault.finding();
            assert_eq!(finding.rule, "workbook-damaged");
            assert!(!finding.message.contains("EOCD"), "{}", finding.message);
        }
    }
}

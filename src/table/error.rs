//! Why a file could not be read as a sheet, or not be written.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fmt, io, slice};

use crate::domain::{Extent, Finding};

/// Why a file cannot be used as a sheet at all. Either way [`SheetError::findings`] says what and what to do.
#[derive(Debug)]
pub enum SheetError {
    /// The file could not be opened or read.
    Io {
        /// The file's name, as messages show it.
        name: String,
        finding: Box<Finding>,
        /// What the system said; `None` when it is a rule of ours (a folder in the place of a file).
        source: Option<io::Error>,
    },
    /// The file was read, and what it holds is not a usable sheet.
    Unusable {
        /// The file's name, as messages show it.
        name: String,
        /// Never empty, and at least one has [`crate::domain::Extent::Sheet`]; the others are what was seen on the way.
        findings: Vec<Finding>,
    },
}

impl SheetError {
    pub(super) fn unusable(name: &str, findings: Vec<Finding>) -> SheetError {
        SheetError::Unusable {
            name: name.to_owned(),
            findings,
        }
    }

    /// The file's name, as messages show it.
    pub fn name(&self) -> &str {
        match self {
            SheetError::Io { name, .. } | SheetError::Unusable { name, .. } => name,
        }
    }

    /// Everything that is wrong; at least one.
    pub fn findings(&self) -> &[Finding] {
        match self {
            SheetError::Io { finding, .. } => slice::from_ref(finding.as_ref()),
            SheetError::Unusable { findings, .. } => findings,
        }
    }
}

impl fmt::Display for SheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.findings().iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{}", self.name())?;
            if let Some(place) = finding.place {
                write!(f, ":{}", place.line)?;
                if let Some(cell) = place.cell_name() {
                    write!(f, " {cell}")?;
                }
            }
            write!(f, ": {}: {}", finding.message, finding.help)?;
        }
        Ok(())
    }
}

impl Error for SheetError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            SheetError::Io { source, .. } => source.as_ref().map(|error| error as &(dyn Error + 'static)),
            SheetError::Unusable { .. } => None,
        }
    }
}

/// Why a step of the reading does not go on.
#[derive(Debug)]
pub(super) enum Refusal {
    /// What the file holds is not a usable sheet; never empty.
    Found(Vec<Finding>),
    /// The disk refused, when the text was kept or read again.
    Disk(io::Error),
}

impl Refusal {
    /// The error of the whole reading.
    pub(super) fn into_error(self, name: &str) -> SheetError {
        match self {
            Refusal::Found(findings) => SheetError::unusable(name, findings),
            Refusal::Disk(error) => SheetError::Io {
                name: name.to_owned(),
                finding: Box::new(reading_failed(&error)),
                source: Some(error),
            },
        }
    }
}

impl From<Finding> for Refusal {
    fn from(finding: Finding) -> Refusal {
        Refusal::Found(vec![finding])
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Refusal {
        Refusal::Disk(error)
    }
}

/// The text that was taken from a file could not be kept, or not be read again.
pub(super) fn reading_failed(error: &io::Error) -> Finding {
    Finding::error(
        "file-not-readable",
        Extent::Sheet,
        format!(
            "the text of the sheet cannot be kept in the temporary folder or not be read from it again: {error}"
        ),
        "make room on the disk that holds the temporary folder, and try again",
    )
}

/// Why a file could not be written. The target is as it was before.
#[derive(Debug)]
pub struct FileError {
    path: PathBuf,
    message: String,
    help: &'static str,
    source: Option<io::Error>,
}

impl FileError {
    pub(super) fn new(path: &Path, message: impl Into<String>, help: &'static str) -> FileError {
        FileError {
            path: path.to_owned(),
            message: message.into(),
            help,
            source: None,
        }
    }

    pub(super) fn because(mut self, source: io::Error) -> FileError {
        self.source = Some(source);
        self
    }

    /// The file that was to be written.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What to do.
    pub fn help(&self) -> &str {
        self.help
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be written: {}", self.path.display(), self.message)?;
        match &self.source {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

impl Error for FileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|error| error as &(dyn Error + 'static))
    }
}

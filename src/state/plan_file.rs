//! A plan as a file: written by `plan -o`, carried out by `apply PLAN.json`.
//!
//! `docs/formats/plan.md` documents it. The fingerprint (over the plan) and the seal (over everything beside it) are computed
//! again when the file is read, so a file that was edited is refused. Somebody who knows how can compute both again: they are no
//! signature.

use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use ring::digest;
use serde::{Deserialize, Serialize};

use crate::domain::Plan;

/// The file's format; a reader refuses others.
/// Version 2 had no seal: its age could be edited without a trace.
pub const PLAN_FILE_VERSION: u32 = 3;
const FORMAT: &str = "dirsheet plan";
/// A plan of a large directory has 200 MB.
const BUFFER_BYTES: usize = 256 * 1024;
/// Enough for the first name and its value.
const BEGINNING_BYTES: u64 = 256;

/// How the sheet is laid out, for the report that follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetShape {
    pub path: PathBuf,
    /// The texts of the columns as they are in the sheet.
    pub header: Vec<String>,
    pub delimiter: char,
    pub bom: bool,
    pub crlf: bool,
    /// How the file is to be read again; `None` where none was read, and in plans of an older dirsheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<SheetReading>,
}

/// How a sheet was read, beside its delimiter: what a later run needs to read the same cells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetReading {
    /// The worksheet of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worksheet: Option<String>,
    /// The encoding of a text file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The attribute of `--key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// A plan, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanFile {
    format: String,
    version: u32,
    pub created_at: jiff::Timestamp,
    pub fingerprint: String,
    pub sheet: SheetShape,
    /// SHA-256 (hex) over everything above it.
    seal: String,
    pub plan: Plan,
}

/// What the seal is over, in this order.
#[derive(Serialize)]
struct Sealed<'a> {
    format: &'a str,
    version: u32,
    created_at: &'a jiff::Timestamp,
    fingerprint: &'a str,
    sheet: &'a SheetShape,
}

impl Sealed<'_> {
    fn seal(&self) -> serde_json::Result<String> {
        // One text for one head: struct fields alone, in the order of their declaration.
        let text = serde_json::to_vec(self)?;
        let digest = digest::digest(&digest::SHA256, &text);
        Ok(digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Why a plan file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    #[error("cannot read the plan file `{path}`: {reason}")]
    Unreadable { path: PathBuf, reason: String },
    #[error(
        "the plan `{path}` was withdrawn: a newer file of its feed has said since what is right, and this plan would write what is not"
    )]
    Withdrawn { path: PathBuf },
    #[error("`{path}` is not a plan file of dirsheet: {reason}")]
    NotAPlan { path: PathBuf, reason: String },
    #[error(
        "the plan file `{path}` has version {found}, and this dirsheet knows version {PLAN_FILE_VERSION}"
    )]
    Version { path: PathBuf, found: u32 },
    #[error("the plan file `{path}` was changed after it was made (its fingerprint does not fit)")]
    Changed { path: PathBuf },
    #[error(
        "the head of the plan file `{path}` was changed after it was made (`created_at`, `fingerprint` or `sheet` does not fit its `seal`)"
    )]
    HeadChanged { path: PathBuf },
}

impl PlanFileError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            PlanFileError::Unreadable { .. } => "look at the name and at who may read the file",
            PlanFileError::Withdrawn { .. } => "approve the plan of the newer file",
            PlanFileError::NotAPlan { .. } => "write the plan again with `dirsheet plan SHEET -o PLAN.json`",
            PlanFileError::Version { .. }
            | PlanFileError::Changed { .. }
            | PlanFileError::HeadChanged { .. } => "make the plan again",
        }
    }
}

/// How the name of a plan ends that its feed has withdrawn.
pub const WITHDRAWN: &str = "withdrawn";

/// The part that is read first, so that another version gets a sentence instead of a parser's complaint.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

impl PlanFile {
    /// Seals a plan: its fingerprint and its seal are computed here.
    ///
    /// # Errors
    /// When the sheet's path is not UTF-8, which JSON cannot hold.
    pub fn new(plan: Plan, sheet: SheetShape, created_at: jiff::Timestamp) -> std::io::Result<PlanFile> {
        let mut file = PlanFile {
            format: FORMAT.to_owned(),
            version: PLAN_FILE_VERSION,
            created_at,
            fingerprint: plan.fingerprint(),
            sheet,
            seal: String::new(),
            plan,
        };
        file.seal = file.head().seal()?;
        Ok(file)
    }

    fn head(&self) -> Sealed<'_> {
        Sealed {
            format: &self.format,
            version: self.version,
            created_at: &self.created_at,
            fingerprint: &self.fingerprint,
            sheet: &self.sheet,
        }
    }

    /// Writes the plan as indented JSON. The writer of JSON writes word by word, so it is given a buffer.
    pub fn write(&self, sink: impl Write) -> std::io::Result<()> {
        let mut sink = BufWriter::with_capacity(BUFFER_BYTES, sink);
        serde_json::to_writer_pretty(&mut sink, self)?;
        sink.write_all(b"\n")?;
        sink.flush()
    }

    /// Whether the file says that it is a plan, whatever became of it since: a newer one may take its place.
    pub fn is_one(path: &Path) -> bool {
        let mut beginning = Vec::new();
        let is_read = std::fs::File::open(path)
            .and_then(|file| file.take(BEGINNING_BYTES).read_to_end(&mut beginning))
            .is_ok();
        let text = String::from_utf8_lossy(&beginning);
        let words: Vec<&str> = text.split('"').map(str::trim).collect();
        is_read && matches!(words[..], ["{", "format", ":", FORMAT, ..])
    }

    /// Reads and checks a plan file.
    pub fn read(path: &Path) -> Result<PlanFile, PlanFileError> {
        let unreadable = |reason: String| PlanFileError::Unreadable {
            path: path.to_owned(),
            reason,
        };
        let not_a_plan = |reason: String| PlanFileError::NotAPlan {
            path: path.to_owned(),
            reason,
        };
        if path.extension().is_some_and(|extension| extension == WITHDRAWN) {
            return Err(PlanFileError::Withdrawn {
                path: path.to_owned(),
            });
        }
        // Opening a named pipe would wait for ever.
        if std::fs::metadata(path).is_ok_and(|kind| !kind.is_file()) {
            return Err(unreadable("it is not an ordinary file".to_owned()));
        }
        if std::fs::metadata(path).is_ok_and(|file| file.len() == 0) {
            return Err(not_a_plan("it is empty".to_owned()));
        }
        let open = || {
            std::fs::File::open(path)
                .map(BufReader::new)
                .map_err(|error| unreadable(error.to_string()))
        };
        let head: Head = serde_json::from_reader(open()?).map_err(|error| not_a_plan(error.to_string()))?;
        if head.format != FORMAT {
            return Err(not_a_plan(format!("its format is `{}`", head.format)));
        }
        if head.version != PLAN_FILE_VERSION {
            return Err(PlanFileError::Version {
                path: path.to_owned(),
                found: head.version,
            });
        }
        let file: PlanFile =
            serde_json::from_reader(open()?).map_err(|error| not_a_plan(error.to_string()))?;
        if file.plan.fingerprint() != file.fingerprint {
            return Err(PlanFileError::Changed {
                path: path.to_owned(),
            });
        }
        let seal = file
            .head()
            .seal()
            .map_err(|error| not_a_plan(error.to_string()))?;
        if seal != file.seal {
            return Err(PlanFileError::HeadChanged {
                path: path.to_owned(),
            });
        }
        if let Some(attribute) = file.plan.unwritable() {
            return Err(not_a_plan(format!(
                "it would write `{attribute}`, which cannot be written"
            )));
        }
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts how often it is asked to write.
    #[derive(Default)]
    struct Counting {
        writes: usize,
        bytes: usize,
    }

    impl Write for &mut Counting {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.writes += 1;
            self.bytes += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_large_plan_is_written_in_large_pieces() {
        let row = |row: u64| {
            serde_json::json!({ "row": row, "line": row, "cells": ["a", "b", "c"], "user": null, "label": "row",
                "writes": [], "notes": [] })
        };
        let plan = serde_json::json!({
            "binding": { "tenant": "t", "graph_url": "sandbox", "sheet_name": "users.csv", "sheet_sha256": "00",
                "snapshots": [], "catalogue": 1 },
            "users_total": 1, "users": [], "conflicts": [], "withheld": [], "errors": 0,
            "rows": (2..5_000).map(row).collect::<Vec<_>>(),
        });
        let sheet = SheetShape {
            path: PathBuf::from("users.csv"),
            header: vec!["id".to_owned()],
            delimiter: ',',
            bom: false,
            crlf: false,
            reading: None,
        };
        let file = PlanFile::new(
            serde_json::from_value(plan).unwrap(),
            sheet,
            jiff::Timestamp::now(),
        )
        .unwrap();
        let mut counting = Counting::default();
        file.write(&mut counting).unwrap();
        assert!(counting.bytes > 500_000, "{}", counting.bytes);
        assert!(
            counting.writes <= counting.bytes / BUFFER_BYTES + 1,
            "{} writes",
            counting.writes
        );
    }
}

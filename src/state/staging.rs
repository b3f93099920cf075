//! An export under way, on the disk: what was read of each range of names, so that rows can wait for the changes that are told
//! last, and an export that was broken off can go on.
//!
//! ```text
//! exports/snap-…/plan.json        which export it is, where its changes begin, and its ranges
//! exports/snap-…/range-N.rows     a range that was read to its end
//! exports/snap-…/changes.rows     users who changed meanwhile
//! exports/snap-…/lock             held while a process works on it
//! ```

use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::{At, Doing, StateError};
use super::folder::{StateFolder, create_private_folder, private_file};
use super::snapshot::SnapshotMeta;
use super::staged_rows::{ChangesFile, RowsReader, RowsWriter};
use super::{lock, staged_rows};
use crate::domain::{DeltaLink, NameRange, SnapshotId};

const VERSION: u32 = 1;
const PLAN: &str = "plan.json";

/// What an export under way is of, and how far it may have come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagingPlan {
    version: u32,
    tenant: String,
    graph_host: String,
    columns: Vec<String>,
    extensions: Vec<String>,
    filter: Option<String>,
    pub begun: Timestamp,
    /// How many users there were when it began.
    pub users: u64,
    /// Where the changes begin that come on top; without it nobody can go on with the export.
    pub link: Option<DeltaLink>,
    /// In the order of the rows.
    pub ranges: Vec<StagedRange>,
}

/// One range and the number of its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagedRange {
    pub number: u32,
    pub range: NameRange,
    /// How many users the service counted in it.
    pub expected: u64,
}

/// Puts ranges in the place of one, or at the end, under numbers of their own.
pub fn put_ranges(
    all: &mut Vec<StagedRange>,
    number: Option<u32>,
    ranges: Vec<(NameRange, u64)>,
) -> Vec<StagedRange> {
    let first = all.iter().map(|range| range.number + 1).max().unwrap_or(0);
    let new: Vec<StagedRange> = (first..)
        .zip(ranges)
        .map(|(number, (range, expected))| StagedRange {
            number,
            range,
            expected,
        })
        .collect();
    let place = all.iter().position(|range| Some(range.number) == number);
    match place {
        Some(place) => {
            all.splice(place..=place, new.iter().cloned());
        }
        None => all.extend(new.iter().cloned()),
    }
    new
}

impl StagingPlan {
    /// The plan of an export of which this will be the snapshot.
    pub fn new(
        meta: &SnapshotMeta,
        users: u64,
        link: Option<DeltaLink>,
        ranges: Vec<(NameRange, u64)>,
    ) -> StagingPlan {
        let mut plan = StagingPlan {
            version: VERSION,
            tenant: meta.tenant.clone(),
            graph_host: meta.graph_host.clone(),
            columns: meta.columns.clone(),
            extensions: meta.extensions.clone(),
            filter: meta.filter.clone(),
            begun: meta.taken_at,
            users,
            link,
            ranges: Vec::new(),
        };
        plan.replace(None, ranges);
        plan
    }

    /// The same in the plan.
    pub fn replace(&mut self, number: Option<u32>, ranges: Vec<(NameRange, u64)>) -> Vec<StagedRange> {
        put_ranges(&mut self.ranges, number, ranges)
    }

    /// Whether it is an export of the same things from the same place.
    fn is_of(&self, meta: &SnapshotMeta) -> bool {
        self.version == VERSION
            && self.tenant == meta.tenant
            && self.graph_host == meta.graph_host
            && self.columns == meta.columns
            && self.extensions == meta.extensions
            && self.filter == meta.filter
    }

    fn can_go_on(&self, now: Timestamp) -> bool {
        self.link.as_ref().is_some_and(|link| now < link.good_until())
    }
}

/// An export under way, held by this process.
#[derive(Debug)]
pub struct Staging {
    folder: PathBuf,
    plan: StagingPlan,
    _held: File,
}

impl Staging {
    /// What it is of, and its ranges.
    pub fn plan(&self) -> &StagingPlan {
        &self.plan
    }

    /// Writes a changed plan down.
    pub fn set_plan(&mut self, plan: StagingPlan) -> Result<(), StateError> {
        let (draft, path) = (self.folder.join(".plan.json"), self.folder.join(PLAN));
        let json = serde_json::to_vec(&plan).at(&draft)?;
        let mut file = private_file();
        let mut file = file
            .create(true)
            .truncate(true)
            .open(&draft)
            .doing("create", &draft)?;
        std::io::Write::write_all(&mut file, &json).doing("write", &draft)?;
        std::fs::rename(&draft, &path).doing("name", &path)?;
        self.plan = plan;
        Ok(())
    }

    /// Begins a range; what an earlier try left of it is gone.
    pub fn writer(&self, number: u32) -> Result<RowsWriter, StateError> {
        RowsWriter::create(
            &self.folder.join(format!(".range-{number}.part")),
            &self.rows(number),
        )
    }

    /// Whether a range was read to its end.
    pub fn is_done(&self, number: u32) -> bool {
        self.rows(number).exists()
    }

    /// What was read of a range; `None` when it was not read to its end.
    pub fn reader(&self, number: u32) -> Result<Option<RowsReader>, StateError> {
        let path = self.rows(number);
        path.exists().then(|| RowsReader::open(&path)).transpose()
    }

    /// How many users a range holds; `None` when it was not read to its end.
    pub fn users(&self, number: u32) -> Result<Option<u64>, StateError> {
        let path = self.rows(number);
        path.exists().then(|| staged_rows::users_in(&path)).transpose()
    }

    /// A range is to be read again.
    pub fn forget(&self, number: u32) -> Result<(), StateError> {
        let path = self.rows(number);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).doing("remove", &path),
            _ => Ok(()),
        }
    }

    /// A place for users who change meanwhile. It begins empty: changes are told again from the beginning.
    pub fn changes(&self) -> Result<ChangesFile, StateError> {
        ChangesFile::create(&self.folder.join("changes.rows"))
    }

    /// The same for changes that are only looked at.
    pub fn later(&self) -> Result<ChangesFile, StateError> {
        ChangesFile::create(&self.folder.join("later.rows"))
    }

    /// Removes everything: the snapshot is there, or nobody can go on with this.
    pub fn remove(self) -> Result<(), StateError> {
        remove(&self.folder)
    }

    fn rows(&self, number: u32) -> PathBuf {
        self.folder.join(format!("range-{number}.rows"))
    }
}

impl StateFolder {
    /// An export of the same things that was broken off and can go on. What nobody can go on with is removed on the way.
    pub fn open_staging(&self, meta: &SnapshotMeta, now: Timestamp) -> Result<Option<Staging>, StateError> {
        let mut found: Option<Staging> = None;
        for folder in self.stagings()? {
            let path = folder.join("lock");
            // Somebody else works on it.
            let Ok(held) = lock::take_file(&path, || "an export".to_owned()) else {
                continue;
            };
            let plan = std::fs::read(folder.join(PLAN))
                .ok()
                .and_then(|json| serde_json::from_slice::<StagingPlan>(&json).ok());
            match plan {
                Some(plan) if plan.can_go_on(now) => {
                    let is_newer = found.as_ref().is_none_or(|known| known.plan.begun < plan.begun);
                    if plan.is_of(meta) && is_newer {
                        let before = found.replace(Staging {
                            folder,
                            plan,
                            _held: held,
                        });
                        before.map(Staging::remove).transpose()?;
                    }
                }
                _ => remove(&folder)?,
            }
        }
        Ok(found)
    }

    /// Begins an export under the name of its snapshot.
    pub fn create_staging(&self, id: &SnapshotId, plan: StagingPlan) -> Result<Staging, StateError> {
        let folder = self.exports().join(id.to_string());
        create_private_folder(&folder).doing("create the folder", &folder)?;
        let mut staging = Staging {
            _held: lock::take_file(&folder.join("lock"), || format!("export `{id}`"))?,
            folder,
            plan: plan.clone(),
        };
        staging.set_plan(plan)?;
        Ok(staging)
    }

    fn exports(&self) -> PathBuf {
        self.root().join("exports")
    }

    fn stagings(&self) -> Result<Vec<PathBuf>, StateError> {
        let folder = self.exports();
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error).doing("list", &folder),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.doing("list", &folder)?;
            let is_ours = entry.file_name().to_str().and_then(SnapshotId::parse).is_some();
            if is_ours {
                found.push(entry.path());
            }
        }
        Ok(found)
    }
}

fn remove(folder: &Path) -> Result<(), StateError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).doing("remove", folder),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "staging_tests.rs"]
mod tests;

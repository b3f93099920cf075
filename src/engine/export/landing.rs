//! Ranges of an export land in files, so that rows can wait for the changes that are told last.

use tokio::task::JoinHandle;

use super::super::gather::{Gatherer, Landed, Landing};
use super::{ExportError, user_cells};
use crate::catalogue::MANAGER;
use crate::domain::{Columns, NameRange, Repeats, UserId, UserState, Value};
use crate::graph::CallError;
use crate::state::{RowsWriter, StagedRange, StagedUser, Staging, StateError};

/// The files of an export, and who was read already.
struct Files<'a> {
    staging: &'a mut Staging,
    repeats: &'a mut Repeats,
    columns: &'a Columns,
}

impl Gatherer {
    /// Reads the ranges that are not there yet into files.
    pub(super) async fn gather_files(
        &self,
        staging: &mut Staging,
        repeats: &mut Repeats,
    ) -> Result<(), ExportError> {
        let mut files = Files {
            staging,
            repeats,
            columns: &self.columns,
        };
        self.gather(&mut files).await
    }
}

/// The file of one range.
struct RangeFile {
    columns: Columns,
    written: Written,
}

/// A file between two pages.
enum Written {
    Ready(RowsWriter),
    UnderWay(JoinHandle<Result<RowsWriter, StateError>>),
}

impl Landing for Files<'_> {
    type Error = ExportError;
    type Range = RangeFile;

    fn ranges(&self) -> Vec<StagedRange> {
        let ranges = self.staging.plan().ranges.iter();
        ranges
            .filter(|range| !self.staging.is_done(range.number))
            .cloned()
            .collect()
    }

    fn begin(&self, range: &StagedRange) -> Result<RangeFile, ExportError> {
        Ok(RangeFile {
            columns: self.columns.clone(),
            written: Written::Ready(self.staging.writer(range.number)?),
        })
    }

    fn part(&mut self, number: u32, parts: Vec<(NameRange, u64)>) -> Result<Vec<StagedRange>, ExportError> {
        let mut plan = self.staging.plan().clone();
        let parts = plan.replace(Some(number), parts);
        self.staging.set_plan(plan)?;
        Ok(parts)
    }

    fn whole(&mut self, ids: Vec<UserId>) {
        ids.into_iter().for_each(|id| self.repeats.note(id));
    }
}

impl Landed for RangeFile {
    type Error = ExportError;

    /// The next page is on its way while the one before is written.
    async fn page(self, users: Vec<UserState>) -> Result<RangeFile, ExportError> {
        let mut writer = self.written.writer().await?;
        let columns = self.columns.clone();
        let written = tokio::task::spawn_blocking(move || {
            for user in &users {
                writer.add(&staged(user, &columns))?;
            }
            Ok(writer)
        });
        Ok(RangeFile {
            columns: self.columns,
            written: Written::UnderWay(written),
        })
    }

    async fn end(self) -> Result<(), ExportError> {
        let writer = self.written.writer().await?;
        let finished = tokio::task::spawn_blocking(move || writer.finish()).await;
        joined(finished)??;
        Ok(())
    }
}

impl Written {
    async fn writer(self) -> Result<RowsWriter, ExportError> {
        match self {
            Written::Ready(writer) => Ok(writer),
            Written::UnderWay(task) => Ok(joined(task.await)??),
        }
    }
}

fn joined<T>(ended: Result<T, tokio::task::JoinError>) -> Result<T, ExportError> {
    ended.map_err(|ended| match ended.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => ExportError::Call(CallError::Unsupported {
            what: "writing was broken off".to_owned(),
        }),
    })
}

/// A user as a row, with who the manager is.
pub(super) fn staged(user: &UserState, columns: &Columns) -> StagedUser {
    let names: Vec<&'static str> = columns.iter().map(|attribute| attribute.name).collect();
    let manager = match user.value(columns, MANAGER) {
        _ if user.unread.contains(&MANAGER) => None,
        Some(Value::Reference(manager)) => Some(Some(manager.id)),
        Some(_) => Some(None),
        None => None,
    };
    StagedUser {
        id: user.id,
        upn: user.upn.clone(),
        manager,
        cells: user_cells(user, &names),
        untold: Vec::new(),
    }
}

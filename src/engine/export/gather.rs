//! Ranges read at the same time, each into a file of its own.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinHandle, JoinSet};

use super::super::counters::Counters;
use super::ranges::part;
use super::{ExportError, user_cells};
use crate::domain::{Columns, Repeats, UserId, UserState, Value};
use crate::graph::{CallError, DirectoryReader, ListQuery, PAGE_SIZE_MAX, PageGate};
use crate::state::{RowsWriter, StagedRange, StagedUser, Staging, StateError};

/// How often it is looked whether more ranges may be read together.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What ranges are read with.
pub(super) struct Gatherer {
    pub reader: DirectoryReader,
    pub columns: Columns,
    pub filter: Option<String>,
    pub gate: PageGate,
    pub counters: Arc<Counters>,
    /// About so many users in a range.
    pub users_max: u64,
}

/// How the reading of a range ended.
enum Ended {
    Whole(Vec<UserId>),
    /// It holds many more than were counted: it is parted instead.
    TooLarge,
}

impl Gatherer {
    /// Reads the ranges that are not there yet.
    pub async fn gather(&self, staging: &mut Staging, repeats: &mut Repeats) -> Result<(), ExportError> {
        let mut open: Vec<StagedRange> = staging.plan().ranges.clone();
        open.retain(|range| !staging.is_done(range.number));
        // The largest first, so that nobody waits for one of them at the end.
        open.sort_by_key(|range| std::cmp::Reverse(range.expected));
        let mut waiting: VecDeque<(StagedRange, bool)> =
            open.into_iter().map(|range| (range, true)).collect();
        let mut under_way: JoinSet<(StagedRange, Result<Ended, ExportError>)> = JoinSet::new();
        loop {
            while under_way.len() < self.gate.limit() as usize
                && let Some((range, may_part)) = waiting.pop_front()
            {
                let writer = staging.writer(range.number)?;
                let may_part = may_part && !range.range.boundaries().is_empty();
                under_way.spawn(self.task(range, writer, may_part));
            }
            if under_way.is_empty() {
                return Ok(());
            }
            let ended = match tokio::time::timeout(LOOK_AGAIN, under_way.join_next()).await {
                Err(_) => continue,
                Ok(None) => return Ok(()),
                Ok(Some(ended)) => ended,
            };
            let (range, ended) = match ended {
                Ok(ended) => ended,
                Err(ended) => match ended.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => continue,
                },
            };
            match ended? {
                Ended::Whole(ids) => ids.into_iter().for_each(|id| repeats.note(id)),
                Ended::TooLarge => {
                    let parts = part(
                        &self.reader,
                        self.filter.as_deref(),
                        &range.range,
                        &[],
                        self.users_max,
                    )
                    .await?;
                    let may_part = parts.len() > 1;
                    let mut plan = staging.plan().clone();
                    let parts = plan.replace(Some(range.number), parts);
                    staging.set_plan(plan)?;
                    waiting.extend(parts.into_iter().map(|part| (part, may_part)));
                }
            }
        }
    }

    /// Reads one range. The listing begins again by itself when the service has lost its place, and drops whom it has seen.
    fn task(
        &self,
        range: StagedRange,
        writer: RowsWriter,
        may_part: bool,
    ) -> impl Future<Output = (StagedRange, Result<Ended, ExportError>)> + Send + 'static {
        let mut pages = self
            .reader
            .pages(ListQuery {
                columns: self.columns.clone(),
                filter: range.range.filter(self.filter.as_deref()),
                page_size: None,
            })
            .through(&self.gate);
        let columns = self.columns.clone();
        let counters = Arc::clone(&self.counters);
        let users_max = range.expected * 2 + 2 * u64::from(PAGE_SIZE_MAX);
        async move {
            let read = async {
                let mut ids: Vec<UserId> = Vec::new();
                // The next page is on its way while the one before is written.
                let mut written: Written = Written::Ready(writer);
                while let Some(users) = pages.next_page().await? {
                    counters.users_read.add(users.len() as u64);
                    ids.extend(users.iter().map(|user| user.id));
                    if may_part && ids.len() as u64 > users_max {
                        return Ok(Ended::TooLarge);
                    }
                    let mut writer = written.writer().await?;
                    let columns = columns.clone();
                    written = Written::UnderWay(tokio::task::spawn_blocking(move || {
                        for user in &users {
                            writer.add(&staged(user, &columns))?;
                        }
                        Ok(writer)
                    }));
                }
                let writer = written.writer().await?;
                let finished = tokio::task::spawn_blocking(move || writer.finish()).await;
                joined(finished)??;
                Ok(Ended::Whole(ids))
            };
            (range, read.await)
        }
    }
}

/// A file between two pages.
enum Written {
    Ready(RowsWriter),
    UnderWay(JoinHandle<Result<RowsWriter, StateError>>),
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

/// The only column that names somebody else.
pub(super) const MANAGER: &str = "manager";

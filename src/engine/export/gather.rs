//! Ranges read at the same time, each into a file of its own.

use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinHandle, JoinSet};

use super::super::counters::Counters;
use super::choose::is_refusal;
use super::ranges::{counted, is_large};
use super::{ExportError, user_cells};
use crate::domain::{Columns, NameRange, Repeats, UserId, UserState, Value};
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

/// So many ranges are parted at the same time, beside those that are read.
const PARTED_TOGETHER: usize = 8;
/// No more is counted than this; what is then too large stays so.
const COUNTS_MAX: usize = 3_000;

/// What came of a range.
enum Ended {
    Whole(Vec<UserId>),
    /// It holds many more than were counted: it is parted instead.
    TooLarge,
    Parted(Vec<(NameRange, u64)>),
}

/// Ranges that nobody works on yet, the largest first, so that nobody waits for one of them at the end.
#[derive(Default)]
struct Waiting {
    to_part: BinaryHeap<Largest>,
    to_read: BinaryHeap<Largest>,
    counts: usize,
}

/// A range that comes before every smaller one.
struct Largest {
    range: StagedRange,
    /// Whether it may be given up and parted when it turns out to be large.
    may_part: bool,
}

impl Waiting {
    /// Takes a range in: to be parted where it is known to be too large and names can part it.
    fn push(&mut self, range: StagedRange, is_large: bool) {
        let boundaries = range.range.boundaries().len();
        let may_part = boundaries > 0 && self.counts + boundaries < COUNTS_MAX;
        if is_large && may_part {
            self.counts += boundaries + 1;
            self.to_part.push(Largest { range, may_part });
        } else {
            // What was counted as large and cannot be parted is read as it is.
            let may_part = may_part && !is_large;
            self.to_read.push(Largest { range, may_part });
        }
    }
}

impl PartialEq for Largest {
    fn eq(&self, other: &Largest) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Largest {}

impl PartialOrd for Largest {
    fn partial_cmp(&self, other: &Largest) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Largest {
    fn cmp(&self, other: &Largest) -> std::cmp::Ordering {
        let place = |one: &Largest| (one.range.expected, std::cmp::Reverse(one.range.number));
        place(self).cmp(&place(other))
    }
}

impl Gatherer {
    /// Reads the ranges that are not there yet.
    pub async fn gather(&self, staging: &mut Staging, repeats: &mut Repeats) -> Result<(), ExportError> {
        let mut waiting = Waiting::default();
        for range in &staging.plan().ranges {
            if !staging.is_done(range.number) {
                waiting.push(range.clone(), is_large(range.expected, self.users_max));
            }
        }
        let mut under_way: JoinSet<(StagedRange, Result<Ended, ExportError>)> = JoinSet::new();
        let mut parting = 0;
        loop {
            while parting < PARTED_TOGETHER
                && let Some(Largest { range, .. }) = waiting.to_part.pop()
            {
                under_way.spawn(self.part(range));
                parting += 1;
            }
            while under_way.len() - parting < self.gate.limit() as usize
                && let Some(Largest { range, may_part }) = waiting.to_read.pop()
            {
                let writer = staging.writer(range.number)?;
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
                Ended::TooLarge => waiting.push(range, true),
                Ended::Parted(parts) => {
                    parting -= 1;
                    // Where names do not part it, it is no use to ask again.
                    let is_parted = parts.len() > 1;
                    let mut plan = staging.plan().clone();
                    let parts = plan.replace(Some(range.number), parts);
                    staging.set_plan(plan)?;
                    for part in parts {
                        let is_large = is_large(part.expected, self.users_max);
                        waiting.push(part, is_large && is_parted);
                    }
                }
            }
        }
    }

    /// Parts one range into what is counted in it.
    fn part(
        &self,
        range: StagedRange,
    ) -> impl Future<Output = (StagedRange, Result<Ended, ExportError>)> + Send + 'static {
        let (reader, filter, users_max) = (self.reader.clone(), self.filter.clone(), self.users_max);
        async move {
            let (whole, boundaries) = (&range.range, range.range.boundaries());
            let parts = counted(&reader, filter.as_deref(), whole, &boundaries, users_max).await;
            let parts = match parts {
                // What the service does not count is read as it is.
                Err(error) if is_refusal(&error) => Ok(vec![(range.range.clone(), range.expected)]),
                parts => parts,
            };
            (range, parts.map(Ended::Parted).map_err(ExportError::from))
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

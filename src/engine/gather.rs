//! Ranges read at the same time. Where their users go is the landing's business: into files, or straight to whoever asked.

use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::counters::Counters;
use super::ranges::{counted, is_large, is_refusal};
use crate::domain::{Columns, NameRange, UserId, UserState};
use crate::graph::{CallError, DirectoryReader, ListQuery, PAGE_SIZE_MAX, PageGate};
use crate::state::StagedRange;

/// How often it is looked whether more ranges may be read together.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Where the users of ranges go.
pub(super) trait Landing {
    type Error: From<CallError> + Send + 'static;
    type Range: Landed<Error = Self::Error>;

    /// The ranges that are not there yet.
    fn ranges(&self) -> Vec<StagedRange>;

    /// Begins a range; what an earlier try left of it is gone or will come again.
    fn begin(&self, range: &StagedRange) -> Result<Self::Range, Self::Error>;

    /// Puts ranges in the place of one.
    fn part(&mut self, number: u32, parts: Vec<(NameRange, u64)>) -> Result<Vec<StagedRange>, Self::Error>;

    /// These users were in a range that was read to its end.
    fn whole(&mut self, ids: Vec<UserId>);
}

/// Where the users of one range go.
pub(super) trait Landed: Sized + Send + 'static {
    type Error;

    /// Takes a page; the next one may be fetched meanwhile.
    fn page(self, users: Vec<UserState>) -> impl Future<Output = Result<Self, Self::Error>> + Send;

    /// The range was read to its end.
    fn end(self) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

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
    pub async fn gather<L: Landing>(&self, landing: &mut L) -> Result<(), L::Error> {
        let mut waiting = Waiting::default();
        for range in landing.ranges() {
            let is_large = is_large(range.expected, self.users_max);
            waiting.push(range, is_large);
        }
        let mut under_way: JoinSet<(StagedRange, Result<Ended, L::Error>)> = JoinSet::new();
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
                let landed = landing.begin(&range)?;
                under_way.spawn(self.task(range, landed, may_part));
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
                Ended::Whole(ids) => landing.whole(ids),
                Ended::TooLarge => waiting.push(range, true),
                Ended::Parted(parts) => {
                    parting -= 1;
                    // Where names do not part it, it is no use to ask again.
                    let is_parted = parts.len() > 1;
                    for part in landing.part(range.number, parts)? {
                        let is_large = is_large(part.expected, self.users_max);
                        waiting.push(part, is_large && is_parted);
                    }
                }
            }
        }
    }

    /// Parts one range into what is counted in it.
    fn part<E: From<CallError> + Send + 'static>(
        &self,
        range: StagedRange,
    ) -> impl Future<Output = (StagedRange, Result<Ended, E>)> + Send + 'static {
        let (reader, filter, users_max) = (self.reader.clone(), self.filter.clone(), self.users_max);
        async move {
            let (whole, boundaries) = (&range.range, range.range.boundaries());
            let parts = counted(&reader, filter.as_deref(), whole, &boundaries, users_max).await;
            let parts = match parts {
                // What the service does not count is read as it is.
                Err(error) if is_refusal(&error) => Ok(vec![(range.range.clone(), range.expected)]),
                parts => parts,
            };
            (range, parts.map(Ended::Parted).map_err(E::from))
        }
    }

    /// Reads one range. The listing begins again by itself when the service has lost its place, and drops whom it has seen.
    fn task<R: Landed<Error: From<CallError> + Send>>(
        &self,
        range: StagedRange,
        mut landed: R,
        may_part: bool,
    ) -> impl Future<Output = (StagedRange, Result<Ended, R::Error>)> + Send + 'static {
        let mut pages = self
            .reader
            .pages(ListQuery {
                columns: self.columns.clone(),
                filter: range.range.filter(self.filter.as_deref()),
                page_size: None,
            })
            .through(&self.gate);
        let counters = Arc::clone(&self.counters);
        let users_max = range.expected * 2 + 2 * u64::from(PAGE_SIZE_MAX);
        async move {
            let read = async {
                let mut ids: Vec<UserId> = Vec::new();
                while let Some(users) = pages.next_page().await? {
                    counters.users_read.add(users.len() as u64);
                    ids.extend(users.iter().map(|user| user.id));
                    if may_part && ids.len() as u64 > users_max {
                        return Ok(Ended::TooLarge);
                    }
                    landed = landed.page(users).await?;
                }
                landed.end().await?;
                Ok(Ended::Whole(ids))
            };
            (range, read.await)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_are_always_too_large_are_not_parted_for_ever() {
        let mut waiting = Waiting::default();
        for number in 0..1_000 {
            let range = StagedRange {
                number,
                range: NameRange::everybody(),
                expected: 400_000_000,
            };
            waiting.push(range, true);
        }
        assert!(!waiting.to_part.is_empty());
        assert!(waiting.counts <= COUNTS_MAX, "{}", waiting.counts);
        // What was counted as large and is not parted is read as it is.
        assert!(!waiting.to_read.is_empty() && waiting.to_read.iter().all(|one| !one.may_part));
    }
}

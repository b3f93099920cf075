//! Everybody as of one moment: ranges, then changes, then whether nobody is missing.

use jiff::Timestamp;
use tokio::time::Instant;

use super::super::gather::Gatherer;
use super::super::ranges::{counted, is_refusal};
use super::super::rounds::{NoChanges, TOO_MANY};
use super::changes::Changes;
use super::compare::{Sum, why_short};
use super::held::{Held, Whole, note_range};
use super::pour::Tally;
use super::told::{ReadingLimit, ReadingTold};
use super::{ExportError, ExportRequest};
use crate::domain::{DeltaLink, NameRange, Reading, ReadingWay, Repeats};
use crate::graph::{CallError, DeltaError, DirectoryReader};
use crate::state::{Staging, StagingPlan, StateError, StateFolder};

/// The reading under way.
pub(super) struct Job {
    pub gatherer: Gatherer,
    pub repeats: Repeats,
    pub why_not_exact: Option<String>,
    pub why_pages: Option<String>,
    pub kept: usize,
    pub began: Instant,
}

impl Job {
    pub fn reader(&self) -> &DirectoryReader {
        &self.gatherer.reader
    }

    pub async fn count(&self) -> Result<u64, CallError> {
        let filter = self.gatherer.filter.clone();
        if filter.is_none() {
            return self.reader().directory_size().await;
        }
        let counted = self.reader().count_each(&[filter]).await?;
        Ok(counted.into_iter().sum())
    }

    /// Takes the place from which changes are told, then parts everybody into ranges. `None` where neither is to be had.
    pub async fn begin(
        &mut self,
        request: &ExportRequest,
        state: &StateFolder,
        users: u64,
        known: &[String],
    ) -> Result<Option<Staging>, ExportError> {
        let link = self.link_from_now().await?;
        let filter = self.gatherer.filter.clone();
        let everybody = NameRange::everybody();
        // The boundaries of an earlier day spare most of the counting. What is too large is parted while others are read already.
        let boundaries = match known {
            [] => everybody.boundaries(),
            known => known.to_vec(),
        };
        let parted = counted(
            self.reader(),
            filter.as_deref(),
            &everybody,
            &boundaries,
            self.gatherer.users_max,
        )
        .await;
        let ranges = match parted {
            Ok(ranges) => ranges,
            Err(error) if is_refusal(&error) => {
                self.why_pages = Some(format!(
                    "the service does not filter by ranges of names ({error})"
                ));
                if link.is_none() {
                    return Ok(None);
                }
                vec![(everybody, users)]
            }
            Err(error) => return Err(error.into()),
        };
        self.repeats = Repeats::for_users(users);
        let plan = StagingPlan::new(&request.meta, users, link, ranges);
        Ok(Some(state.create_staging(&request.meta.id, plan)?))
    }

    async fn link_from_now(&mut self) -> Result<Option<DeltaLink>, ExportError> {
        if self.gatherer.filter.is_some() {
            let why = "a filter cannot be applied to changes";
            self.why_not_exact = Some(why.to_owned());
            return Ok(None);
        }
        match self.reader().delta_from_now(&self.gatherer.columns).await {
            Ok(link) => Ok(Some(link)),
            Err(DeltaError::Call(error)) => Err(error.into()),
            Err(refused) => {
                self.why_not_exact = Some(refused.to_string());
                Ok(None)
            }
        }
    }

    /// Goes on with an export that was broken off, if its changes are still told; else it is removed.
    pub async fn take_up(&mut self, staging: Staging) -> Result<Option<Staging>, ExportError> {
        self.repeats = Repeats::for_users(staging.plan().users);
        let Some(link) = staging.plan().link.clone() else {
            staging.remove()?;
            return Ok(None);
        };
        let mut trial = Changes::new(&self.gatherer.columns, staging.changes()?);
        match trial.play(self.reader(), &link).await {
            Ok(_) => {}
            Err(NoChanges::Failed(error)) => return Err(error),
            Err(NoChanges::Lost(_) | NoChanges::Refused(_)) => {
                staging.remove()?;
                return Ok(None);
            }
        }
        for range in &staging.plan().ranges {
            match note_range(&staging, range.number, &mut self.repeats) {
                Ok(true) => self.kept += 1,
                Ok(false) => {}
                // Half of it was on the disk when the power went.
                Err(StateError::Damaged { .. }) => staging.forget(range.number)?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Some(staging))
    }

    /// Ranges, then changes, then the count.
    pub async fn whole(
        mut self,
        mut staging: Staging,
        why_not_refreshed: Option<String>,
    ) -> Result<Box<Whole>, ExportError> {
        let mut link = staging.plan().link.clone();
        let mut changes = Changes::new(&self.gatherer.columns, staging.changes()?);
        let (mut is_second, mut settled, mut counted) = (false, true, None);
        loop {
            self.gather(&mut staging).await?;
            let Some(from) = &link else { break };
            counted = self.count().await.ok().map(|count| (count, count));
            match changes.play(&self.gatherer.reader, from).await {
                Ok(end) => {
                    settled = end.1;
                    link = Some(end.0);
                    break;
                }
                Err(NoChanges::Failed(error)) => return Err(error),
                Err(NoChanges::Lost(_)) if !is_second => {
                    // What was read is as of no moment: once more from the beginning.
                    is_second = true;
                    self.kept = 0;
                    link = self.link_from_now().await?;
                    let mut plan = staging.plan().clone();
                    plan.link.clone_from(&link);
                    for range in &plan.ranges {
                        staging.forget(range.number)?;
                    }
                    self.repeats = Repeats::for_users(plan.users);
                    staging.set_plan(plan)?;
                    changes = Changes::new(&self.gatherer.columns, staging.changes()?);
                }
                Err(NoChanges::Lost(why) | NoChanges::Refused(why)) => {
                    self.why_not_exact = Some(format!("the changes could not be told ({why})"));
                    link = None;
                    break;
                }
            }
        }
        let mut sum = Sum {
            held: Held::Staging(staging),
            changes,
            repeats: std::mem::replace(&mut self.repeats, Repeats::for_users(0)),
            tally: Tally::default(),
            counted,
            settled,
        };
        sum = self.compare(sum, &mut link).await?;
        if !sum.settled {
            self.why_not_exact = Some(TOO_MANY.to_owned());
        } else if self.why_not_exact.is_none() {
            self.why_not_exact = why_short(sum.tally.users, sum.counted);
        }
        Ok(Box::new(self.told(sum, link, why_not_refreshed)))
    }

    /// Reads the ranges; where the service refuses ranges after all, everybody in one.
    async fn gather(&mut self, staging: &mut Staging) -> Result<(), ExportError> {
        match self.gatherer.gather_files(staging, &mut self.repeats).await {
            Err(ExportError::Call(error)) if is_refusal(&error) && staging.plan().ranges.len() > 1 => {
                self.why_pages = Some(format!("the service does not list ranges of names ({error})"));
                self.kept = 0;
                let mut plan = staging.plan().clone();
                for range in &plan.ranges {
                    staging.forget(range.number)?;
                }
                plan.ranges.clear();
                plan.replace(None, vec![(NameRange::everybody(), plan.users)]);
                staging.set_plan(plan)?;
                self.gatherer.gather_files(staging, &mut self.repeats).await
            }
            gathered => gathered,
        }
    }

    fn told(self, sum: Sum, link: Option<DeltaLink>, why_not_refreshed: Option<String>) -> Whole {
        let plan = sum.held.staging().plan();
        let pace = self.gatherer.gate.pace();
        let exact = link.is_some() && self.why_not_exact.is_none();
        let in_ranges = plan.ranges.len() > 1;
        let way = if in_ranges {
            ReadingWay::Ranges
        } else {
            ReadingWay::Pages
        };
        let untold = self.reader().untold_columns(&self.gatherer.columns);
        let not_covered: Vec<String> = untold
            .into_iter()
            .chain(sum.changes.stale())
            .filter(|_| exact)
            .map(str::to_owned)
            .collect();
        let moment = link.as_ref().map_or_else(Timestamp::now, DeltaLink::since);
        let counted = sum.counted.map(|(_, counted)| counted);
        let boundaries = plan.ranges.iter().filter_map(|range| range.range.from());
        let reading = Reading {
            way,
            moment,
            exact,
            why_not_exact: self.why_not_exact.clone(),
            not_covered: not_covered.clone(),
            changed: sum.changes.len(),
            counted,
            boundaries: boundaries.map(str::to_owned).collect(),
            refreshed: None,
            delta_link: link,
        };
        let told = ReadingTold {
            way,
            exact,
            why_not_exact: self.why_not_exact,
            why_pages: self.why_pages,
            moment: Some(moment),
            not_covered,
            changed: sum.changes.len(),
            counted,
            ranges: plan.ranges.len(),
            kept: self.kept,
            refreshed: None,
            why_not_refreshed,
            pace: Some(pace),
            limit: in_ranges.then(|| ReadingLimit::of(&pace)),
            reading: self.began.elapsed(),
        };
        Whole {
            held: sum.held,
            changes: sum.changes,
            repeats: sum.repeats,
            tally: sum.tally,
            reading,
            told,
        }
    }
}

//! Whether nobody is missing: what was read and changed, against the service's own count.

use super::super::ranges::has_odd_names;
use super::super::rounds::{NoChanges, SETTLING};
use super::ExportError;
use super::changes::Changes;
use super::held::{COMPLETIONS_MAX, Completed, Held, complete, look_through};
use super::job::Job;
use super::pour::Tally;
use crate::domain::{DeltaLink, NameRange, Repeats};
use crate::state::Staging;

/// What is said where fewer users were read than the service counted, whatever was done about it. More than it counted is no reason:
/// its index lags behind.
pub(super) fn why_short(read: u64, counted: Option<(u64, u64)>) -> Option<String> {
    let (least, _) = counted.filter(|(least, _)| read < *least)?;
    Some(format!("{read} users were found, and the service counts {least}"))
}

/// What was read, and how it compares.
pub(super) struct Sum {
    pub held: Held,
    pub changes: Changes,
    pub repeats: Repeats,
    pub tally: Tally,
    /// The least and the most that the service counted while it was looked.
    pub counted: Option<(u64, u64)>,
    /// Whether the last round of changes was told in one answer.
    pub settled: bool,
}

impl Sum {
    fn is_right(&self) -> bool {
        self.counted
            .is_none_or(|(least, most)| (least..=most).contains(&self.tally.users))
    }
}

impl Job {
    /// Holds what was read against the service's count. Where somebody is missing, the ranges are counted again: one that held more
    /// than was read is read again, and if somebody has a name that no range holds, everybody is read one page after another.
    pub async fn compare(&mut self, sum: Sum, link: &mut Option<DeltaLink>) -> Result<Sum, ExportError> {
        let mut sum = self.look(sum, link, false).await?;
        let is_exact = link.is_some();
        for wait in SETTLING.into_iter().filter(|_| is_exact) {
            if sum.is_right() {
                break;
            }
            tokio::time::sleep(wait).await;
            sum = self.look(sum, link, true).await?;
        }
        let is_short = sum.counted.is_some_and(|(_, most)| sum.tally.users < most);
        if !sum.is_right() && is_short {
            let changed = sum.changes.len();
            if let Held::Staging(staging) = &mut sum.held {
                self.read_again(staging, &mut sum.repeats, changed).await?;
            }
            sum = self.look(sum, link, true).await?;
        }
        self.complete(sum, link).await
    }

    /// Reads whoever is in no range and incompletely known, as of the moment of the last round of changes.
    async fn complete(&mut self, mut sum: Sum, link: &mut Option<DeltaLink>) -> Result<Sum, ExportError> {
        let Some(mut from) = link.clone() else {
            return Ok(sum);
        };
        let columns = self.gatherer.columns.clone();
        for _ in 0..COMPLETIONS_MAX {
            let scratch = Changes::new(&columns, sum.held.staging().later()?);
            match complete(
                self.reader(),
                &columns,
                &mut sum.changes,
                &sum.tally,
                scratch,
                &from,
            )
            .await?
            {
                Completed::Nobody => return Ok(sum),
                Completed::All => {
                    let looked = look_through(sum.held, sum.changes, sum.repeats).await?;
                    (sum.held, sum.changes, sum.repeats, sum.tally) = looked;
                    return Ok(sum);
                }
                Completed::Moved => sum = self.look(sum, link, true).await?,
            }
            from = link.clone().unwrap_or(from);
        }
        let left = sum.tally.incomplete.len();
        self.why_not_exact = Some(format!("{left} users who changed could not be read again"));
        Ok(sum)
    }

    /// Reads again what may lack somebody.
    async fn read_again(
        &mut self,
        staging: &mut Staging,
        repeats: &mut Repeats,
        changed: u64,
    ) -> Result<(), ExportError> {
        let filter = self.gatherer.filter.as_deref();
        let mut plan = staging.plan().clone();
        let filters: Vec<Option<String>> = plan
            .ranges
            .iter()
            .map(|range| range.range.filter(filter))
            .collect();
        let Ok(sizes) = self.reader().count_each(&filters).await else {
            return Ok(());
        };
        // Others write meanwhile; a page that was lost is more than that.
        let usual = match changed {
            0 => 0,
            changed => 5 + 3 * changed / (plan.ranges.len() as u64).max(1),
        };
        for (range, size) in plan.ranges.iter().zip(&sizes) {
            if staging
                .users(range.number)?
                .is_some_and(|read| read + usual < *size)
            {
                staging.forget(range.number)?;
            }
        }
        if has_odd_names(self.reader(), filter, &staging.plan().ranges).await {
            self.why_pages = Some("some users are in no range of names".to_owned());
            plan.replace(None, vec![(NameRange::everybody(), plan.users)]);
            staging.set_plan(plan)?;
        }
        self.gatherer.gather_files(staging, repeats).await
    }

    /// Counts on both sides. `again`: what has changed meanwhile is taken in first.
    async fn look(
        &self,
        mut sum: Sum,
        link: &mut Option<DeltaLink>,
        again: bool,
    ) -> Result<Sum, ExportError> {
        let mut counts: Vec<u64> = sum.counted.into_iter().map(|(count, _)| count).collect();
        if again && let Some(from) = link.clone() {
            counts = self.count().await.ok().into_iter().collect();
            match sum.changes.play(self.reader(), &from).await {
                Ok(end) => {
                    sum.settled = end.1;
                    *link = Some(end.0);
                }
                Err(NoChanges::Failed(error)) => return Err(error),
                Err(NoChanges::Lost(_) | NoChanges::Refused(_)) => sum.settled = false,
            }
        }
        counts.extend(self.count().await.ok());
        sum.counted = counts.iter().min().copied().zip(counts.iter().max().copied());
        let looked = look_through(sum.held, sum.changes, sum.repeats).await?;
        (sum.held, sum.changes, sum.repeats, sum.tally) = looked;
        Ok(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_is_missing_takes_the_exactness_away() {
        for (read, counted, is_short) in [
            (10, None, false),
            (10, Some((10, 10)), false),
            (10, Some((9, 9)), false),
            (10, Some((9, 12)), false),
            (10, Some((11, 12)), true),
        ] {
            assert_eq!(why_short(read, counted).is_some(), is_short, "{read} {counted:?}");
        }
    }
}

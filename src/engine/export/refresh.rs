//! An earlier snapshot and what has changed since, instead of everybody.

use jiff::Timestamp;

use super::super::rounds::{NoChanges, SETTLING, TOO_MANY};
use super::ExportError;
use super::ExportRequest;
use super::changes::Changes;
use super::held::{COMPLETIONS_MAX, Completed, Held, Whole, complete, look_through};
use crate::domain::{Columns, DeltaLink, Reading, ReadingWay, Repeats, SnapshotId};
use crate::graph::DirectoryReader;
use crate::state::{SnapshotMeta, StagingPlan, StateFolder};

use super::told::ReadingTold;

/// What came of it.
pub(super) enum Refreshed {
    Whole(Box<Whole>),
    /// Everybody has to be read, for this reason where there was something to refresh.
    Not(Option<String>),
}

/// The newest snapshot of the same things whose changes the service can still tell.
fn earlier(
    state: &StateFolder,
    meta: &SnapshotMeta,
    now: Timestamp,
) -> Option<(SnapshotId, DeltaLink, Reading)> {
    let listed = state.list_snapshots().ok()?;
    listed
        .into_iter()
        .filter_map(|one| one.meta.ok())
        .find_map(|known| {
            let same = known.tenant == meta.tenant
                && known.graph_host == meta.graph_host
                && known.columns == meta.columns
                && known.extensions == meta.extensions
                && known.filter.is_none()
                && meta.filter.is_none();
            let reading = known
                .reading
                .filter(|reading| same && reading.exact && reading.not_covered.is_empty())?;
            let link = reading
                .delta_link
                .clone()
                .filter(|link| now < link.good_until())?;
            Some((known.id, link, *reading))
        })
}

/// Boundaries of the newest snapshot of this tenant that has any.
pub(super) fn known_boundaries(state: &StateFolder, meta: &SnapshotMeta) -> Vec<String> {
    let listed = state.list_snapshots().unwrap_or_default();
    let readings = listed
        .into_iter()
        .filter_map(|one| one.meta.ok())
        .filter(|known| known.tenant == meta.tenant && known.filter == meta.filter)
        .filter_map(|known| known.reading);
    readings
        .map(|reading| reading.boundaries)
        .find(|boundaries| !boundaries.is_empty())
        .unwrap_or_default()
}

/// Brings the earlier snapshot up to date, if there is one and the service still knows its link.
pub(super) async fn refresh(
    reader: &DirectoryReader,
    request: &ExportRequest,
    columns: &Columns,
    state: &StateFolder,
) -> Result<Refreshed, ExportError> {
    let meta = &request.meta;
    let began = tokio::time::Instant::now();
    let Some((snapshot, link, before)) = earlier(state, meta, Timestamp::now()) else {
        return Ok(Refreshed::Not(None));
    };
    // Nobody can go on with this: it is begun anew in seconds.
    let staging = state.create_staging(&meta.id, StagingPlan::new(meta, 0, None, Vec::new()))?;
    let mut changes = Changes::new(columns, staging.changes()?);
    let mut end = link;
    let mut held = Held::Snapshot {
        state: state.clone(),
        snapshot: snapshot.clone(),
        staging,
    };
    let mut repeats = Repeats::for_users(0);
    let (mut waits, mut completed) = (SETTLING.into_iter(), 0);
    loop {
        end = match changes.play(reader, &end).await {
            Ok((end, true)) => end,
            Ok((_, false)) => {
                held.remove()?;
                return Ok(Refreshed::Not(Some(TOO_MANY.to_owned())));
            }
            Err(NoChanges::Failed(error)) => return Err(error),
            Err(NoChanges::Lost(reason) | NoChanges::Refused(reason)) => {
                held.remove()?;
                let reason = format!("the changes since {snapshot} are no longer told ({reason})");
                return Ok(Refreshed::Not(Some(reason)));
            }
        };
        let looked = look_through(held, changes, repeats).await?;
        let tally;
        (held, changes, repeats, tally) = looked;
        let scratch = Changes::new(columns, held.staging().later()?);
        let mut tally = tally;
        match complete(reader, columns, &mut changes, &tally, scratch, &end).await? {
            Completed::Nobody => {}
            Completed::All => {
                let looked = look_through(held, changes, repeats).await?;
                (held, changes, repeats, tally) = looked;
            }
            Completed::Moved if completed >= COMPLETIONS_MAX => break,
            Completed::Moved => {
                completed += 1;
                continue;
            }
        }
        let counted = reader.directory_size().await.ok();
        if counted.is_none_or(|counted| counted == tally.users) {
            let reading = Reading {
                way: ReadingWay::Refresh,
                moment: end.since(),
                exact: true,
                why_not_exact: None,
                not_covered: changes.stale().map(str::to_owned).into_iter().collect(),
                changed: changes.len(),
                counted,
                boundaries: before.boundaries,
                refreshed: Some(snapshot),
                delta_link: Some(end),
            };
            let told = ReadingTold {
                way: ReadingWay::Refresh,
                exact: true,
                why_not_exact: None,
                moment: Some(reading.moment),
                not_covered: reading.not_covered.clone(),
                changed: reading.changed,
                counted,
                refreshed: reading.refreshed.clone(),
                reading: began.elapsed(),
                ..ReadingTold::of_pages(None)
            };
            return Ok(Refreshed::Whole(Box::new(Whole {
                held,
                changes,
                repeats,
                tally,
                reading,
                told,
            })));
        }
        match waits.next() {
            Some(wait) => tokio::time::sleep(wait).await,
            None => break,
        }
    }
    held.remove()?;
    let reason = format!("with its changes, {snapshot} does not come to as many users as the service counts");
    Ok(Refreshed::Not(Some(reason)))
}

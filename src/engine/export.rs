//! All users into a sheet and a snapshot.
//!
//! A small directory is read page by page, and its rows are written as they come. A large one is read in ranges of names, several
//! pages at once, into files of the state folder; the changes that were made meanwhile come on top, and then the rows are written. Memory
//! grows with the directory by some twenty bytes a user, most of them in the snapshot's writer. Why it is done like this: `docs/design/export.md`.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc;

mod changes;
mod choose;
mod compare;
mod held;
mod job;
mod json_lines;
mod landing;
mod pour;
mod refresh;
mod rows;
mod told;

pub use json_lines::JsonLines;
pub use told::ReadingTold;

use self::choose::{OneByOne, Read};
use self::held::{Held, Whole};
use self::pour::pour;
use self::rows::Rows;

use super::event::{Event, Phase, Reporter};
use super::photo_export::PhotoExport;
use super::stop::{Stop, StopReason};
use crate::catalogue::{Attribute, Kind};
use crate::domain::{Columns, NOT_READ_WORD, UserId, UserState};
use crate::graph::{CallError, DirectoryReader, Pages};
use crate::state::{SnapshotMeta, StateError, StateFolder};
use crate::table::{RowSink, Written};

/// Pages that may wait for the disk while the next one is fetched.
const PAGES_WAITING_MAX: usize = 2;

/// What to export.
#[derive(Debug, Clone)]
pub struct ExportRequest {
    pub columns: Vec<&'static Attribute>,
    pub filter: Option<String>,
    pub meta: SnapshotMeta,
    /// Where pictures are written as files: the sheet names them, the snapshot their fingerprints.
    pub photos: Option<Arc<PhotoExport>>,
    /// Whether an earlier snapshot may be brought up to date instead of reading everybody.
    pub may_refresh: bool,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    pub snapshot: SnapshotMeta,
    pub users: u64,
    /// People without a picture of whom an earlier export wrote one.
    pub photos_gone: Vec<UserId>,
    /// How everybody was read.
    pub told: ReadingTold,
}

/// What an export that was broken off leaves for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptReading {
    /// Users in the ranges that were read to their end, as the service counted them.
    pub users: u64,
    pub of: u64,
    /// Until then the same export goes on from there.
    pub until: Timestamp,
}

/// Why an export ended early. Neither sheet nor snapshot is left behind.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error("the sheet could not be written: {0}")]
    Sink(#[from] std::io::Error),
    #[error("stopped before all users were read")]
    Stopped(StopReason),
}

/// Reads every user and writes rows and snapshot side by side. The snapshot becomes visible only when everybody is in it;
/// the caller puts the sheet in its place after that.
pub async fn export<S: RowSink + 'static>(
    reader: &DirectoryReader,
    request: ExportRequest,
    state: &StateFolder,
    sink: S,
    reporter: &Reporter,
    stop: &Stop,
) -> Result<(Exported, (S::Target, Written)), ExportError>
where
    S::Target: Send,
{
    reporter
        .emit(Event::PhaseStarted {
            phase: Phase::Export,
            total: None,
        })
        .await;
    let read = choose::read(reader, &request, state, reporter);
    let read = until_stopped(read, reader, reporter, stop).await?;
    let (rows, told, held) = match read {
        Read::Pages(one) => {
            let OneByOne { first, pages, told } = *one;
            let rows = Rows::begin(&request, state, request.meta.clone(), sink, stop)?;
            let rows = stream(first, pages, rows, reader, reporter, stop).await?;
            (rows, told, None)
        }
        Read::Whole(whole) => {
            let meta = SnapshotMeta {
                reading: Some(Box::new(whole.reading.clone())),
                ..request.meta.clone()
            };
            let rows = Rows::begin(&request, state, meta, sink, stop)?;
            let columns: Columns = request.columns.clone().into();
            let poured = tokio::task::spawn_blocking(move || write_whole(*whole, rows, &columns));
            joined(poured.await)?
        }
    };
    // The sheet first: putting a workbook together takes a while and may fail, and then there is no snapshot either.
    let (users, photos_gone) = (rows.users, rows.photos_gone);
    let (snapshot, sink) = (rows.snapshot, rows.sink);
    let finishing = tokio::task::spawn_blocking(move || {
        let written = sink.finish()?;
        let snapshot = snapshot.finish()?;
        held.map(Held::remove).transpose()?;
        Ok::<_, ExportError>((snapshot, written))
    });
    let (snapshot, written) = joined(finishing.await)?;
    reporter
        .emit(Event::PhaseFinished {
            phase: Phase::Export,
            done: users,
        })
        .await;
    let exported = Exported {
        snapshot,
        users,
        photos_gone,
        told,
    };
    Ok((exported, written))
}

/// What the same export will find, if this one was broken off.
pub fn kept_reading(state: &StateFolder, meta: &SnapshotMeta) -> Option<KeptReading> {
    let staging = state.open_staging(meta, Timestamp::now()).ok().flatten()?;
    let plan = staging.plan();
    let done = plan.ranges.iter().filter(|range| staging.is_done(range.number));
    let users = done.map(|range| range.expected).sum();
    let kept = KeptReading {
        users,
        of: plan.users,
        until: plan.link.as_ref()?.good_until(),
    };
    (users > 0).then_some(kept)
}

async fn until_stopped<T>(
    work: impl Future<Output = Result<T, ExportError>>,
    reader: &DirectoryReader,
    reporter: &Reporter,
    stop: &Stop,
) -> Result<T, ExportError> {
    tokio::select! {
        done = work => done,
        never = reporter.watch(reader) => match never {},
        () = stop.drained() => Err(stopped(stop)),
    }
}

fn stopped(stop: &Stop) -> ExportError {
    ExportError::Stopped(stop.reason().unwrap_or(StopReason::Interrupted))
}

fn joined<T>(ended: Result<Result<T, ExportError>, tokio::task::JoinError>) -> Result<T, ExportError> {
    match ended {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

/// Page by page: a page goes to a thread that writes while the next one is fetched.
async fn stream<S: RowSink + 'static>(
    first: Option<Vec<UserState>>,
    mut pages: Pages,
    mut rows: Rows<S>,
    reader: &DirectoryReader,
    reporter: &Reporter,
    stop: &Stop,
) -> Result<Rows<S>, ExportError> {
    let (page_sender, mut page_receiver) = mpsc::channel::<Vec<UserState>>(PAGES_WAITING_MAX);
    let progress = reporter.clone();
    let writer = tokio::task::spawn_blocking(move || {
        let names = rows.names();
        while let Some(page) = page_receiver.blocking_recv() {
            for user in &page {
                rows.add(&user.id, &user.upn, &mut user_cells(user, &names))?;
            }
            progress.counters().users_read.add(page.len() as u64);
        }
        Ok::<_, ExportError>(rows)
    });
    let read = async {
        // A closed channel means the writer has failed; its error is the one to tell.
        if let Some(first) = first
            && page_sender.send(first).await.is_err()
        {
            return Ok(());
        }
        while let Some(users) = pages.next_page().await? {
            if page_sender.send(users).await.is_err() {
                break;
            }
        }
        Ok::<(), ExportError>(())
    };
    let read = until_stopped(read, reader, reporter, stop).await;
    drop(page_sender);
    // A failed read explains a short sheet; a failed write stands for itself. Either way the snapshot is dropped unfinished.
    let rows = joined(writer.await)?;
    read.map(|()| rows)
}

/// Everything at once: it is all in files by now. They are given back, to be removed when the snapshot is there.
fn write_whole<S: RowSink>(
    mut whole: Whole,
    mut rows: Rows<S>,
    columns: &Columns,
) -> Result<(Rows<S>, ReadingTold, Option<Held>), ExportError> {
    let base = whole.held.base()?;
    pour(
        &base.base(&whole.held),
        &mut whole.changes,
        &mut whole.repeats,
        &whole.tally,
        columns,
        &mut rows,
    )?;
    Ok((rows, whole.told, Some(whole.held)))
}

/// The keys come from the user itself, so that they are there whatever was selected.
fn user_cells(user: &UserState, names: &[&str]) -> Vec<String> {
    names
        .iter()
        .zip(&user.values)
        .map(|(name, value)| match *name {
            "id" => user.id.to_string(),
            "userPrincipalName" => user.upn.clone(),
            name if user.unread.contains(&name) => NOT_READ_WORD.to_owned(),
            _ => value.to_cell(),
        })
        .collect()
}

/// The column of pictures, if there is one.
fn picture_column(columns: &[&'static Attribute]) -> Option<usize> {
    columns
        .iter()
        .position(|attribute| attribute.kind == Kind::Picture)
}

#[cfg(test)]
mod tests;

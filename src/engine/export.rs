//! All users into a sheet and a snapshot, page by page: memory does not grow with the directory beyond the ids seen.

use std::io::Write;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::event::{Event, Phase, Reporter};
use super::photo_export::PhotoExport;
use super::stop::{Stop, StopReason};
use crate::catalogue::{Attribute, Kind};
use crate::domain::{
    Columns, NOT_READ_WORD, SnapshotId, UserId, UserState, fingerprint_digits, photo_file_name,
};
use crate::graph::{CallError, DirectoryReader, ListQuery};
use crate::state::{SnapshotMeta, SnapshotWriter, StateError};
use crate::table::{RowSink, SNAPSHOT_COLUMN, Written};

/// Pages that may wait for the disk while the next one is fetched.
const PAGES_WAITING_MAX: usize = 2;

/// One JSON object a line, every cell as text.
pub struct JsonLines<W: Write> {
    sink: W,
}

impl<W: Write> JsonLines<W> {
    pub fn new(sink: W) -> JsonLines<W> {
        JsonLines { sink }
    }
}

impl<W: Write + Send> RowSink for JsonLines<W> {
    type Target = W;

    fn begin(&mut self, _columns: &[&str]) -> std::io::Result<()> {
        Ok(())
    }

    fn row(&mut self, columns: &[&str], cells: &[String]) -> std::io::Result<()> {
        let object: serde_json::Map<String, serde_json::Value> = columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| ((*column).to_owned(), cell.as_str().into()))
            .collect();
        serde_json::to_writer(&mut self.sink, &object)?;
        self.sink.write_all(b"\n")
    }

    fn finish(mut self) -> std::io::Result<(W, Written)> {
        self.sink.flush()?;
        Ok((self.sink, Written::default()))
    }
}

/// What to export.
#[derive(Debug, Clone)]
pub struct ExportRequest {
    pub columns: Vec<&'static Attribute>,
    pub filter: Option<String>,
    pub meta: SnapshotMeta,
    /// Where pictures are written as files: the sheet names them, the snapshot their fingerprints.
    pub photos: Option<Arc<PhotoExport>>,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    pub snapshot: SnapshotMeta,
    pub users: u64,
    /// People without a picture of whom an earlier export wrote one.
    pub photos_gone: Vec<UserId>,
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
    snapshot: SnapshotWriter,
    sink: S,
    reporter: &Reporter,
    stop: &Stop,
) -> Result<(Exported, (S::Target, Written)), ExportError>
where
    S::Target: Send,
{
    let columns: Columns = request.columns.clone().into();
    let mut pages = reader.pages(ListQuery {
        columns,
        filter: request.filter,
        page_size: None,
    });
    let (page_sender, page_receiver) = mpsc::channel::<Vec<UserState>>(PAGES_WAITING_MAX);
    let names: Vec<&'static str> = request.columns.iter().map(|attribute| attribute.name).collect();
    let id = request.meta.id.clone();
    reporter
        .emit(Event::PhaseStarted {
            phase: Phase::Export,
            total: None,
        })
        .await;
    let progress = reporter.clone();
    let photos = request
        .columns
        .iter()
        .position(|attribute| attribute.kind == Kind::Picture)
        .zip(request.photos);
    let writer = tokio::task::spawn_blocking(move || {
        write(page_receiver, &names, photos, &id, snapshot, sink, &progress)
    });
    let read = async {
        while let Some(users) = pages.next_page().await? {
            // A closed channel means the writer has failed; its error is the one to tell.
            if page_sender.send(users).await.is_err() {
                break;
            }
        }
        Ok::<(), ExportError>(())
    };
    let read = tokio::select! {
        read = read => read,
        never = reporter.watch(reader) => match never {},
        () = stop.drained() => Err(ExportError::Stopped(stop.reason().unwrap_or(StopReason::Interrupted))),
    };
    drop(page_sender);
    let written = match writer.await {
        Ok(written) => written,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    };
    // A failed read explains a short sheet; a failed write stands for itself. Either way the snapshot is dropped unfinished.
    let (snapshot, sink, users, photos_gone) = match (read, written) {
        (_, Err(error)) | (Err(error), _) => return Err(error),
        (Ok(()), Ok(written)) => written,
    };
    // The sheet first: putting a workbook together takes a while and may fail, and then there is no snapshot either.
    let finishing = tokio::task::spawn_blocking(move || {
        let written = sink.finish()?;
        Ok::<_, ExportError>((snapshot.finish()?, written))
    });
    let (snapshot, written) = match finishing.await {
        Ok(finished) => finished?,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    };
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
    };
    Ok((exported, written))
}

fn write<S: RowSink>(
    mut pages: mpsc::Receiver<Vec<UserState>>,
    names: &[&'static str],
    photos: Option<(usize, Arc<PhotoExport>)>,
    id: &SnapshotId,
    mut snapshot: SnapshotWriter,
    mut sink: S,
    reporter: &Reporter,
) -> Result<(SnapshotWriter, S, u64, Vec<UserId>), ExportError> {
    let with_snapshot: Vec<&str> = names.iter().copied().chain([SNAPSHOT_COLUMN]).collect();
    sink.begin(&with_snapshot)?;
    let mut users = 0;
    let mut gone = Vec::new();
    while let Some(page) = pages.blocking_recv() {
        for user in &page {
            let mut cells = user_cells(user, names);
            snapshot.add(&user.id, &user.upn, &cells)?;
            if let Some((column, files)) = &photos
                && let Some(cell) = cells.get_mut(*column)
            {
                if fingerprint_digits(cell).is_some() {
                    *cell = photo_file_name(user.id);
                } else if cell.is_empty() && files.wrote(user.id) {
                    gone.push(user.id);
                }
            }
            cells.push(id.to_string());
            sink.row(&with_snapshot, &cells)?;
            users += 1;
        }
        reporter.counters().users_read.add(page.len() as u64);
    }
    Ok((snapshot, sink, users, gone))
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

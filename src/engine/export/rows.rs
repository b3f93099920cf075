//! Rows of an export: each goes into the snapshot with its exact texts and into the sheet.

use std::sync::Arc;

use super::super::photo_export::PhotoExport;
use super::super::stop::Stop;
use super::{ExportError, ExportRequest, picture_column, stopped};
use crate::domain::{UserId, fingerprint_digits, photo_file_name};
use crate::state::{SnapshotMeta, SnapshotWriter, StateFolder};
use crate::table::{RowSink, SNAPSHOT_COLUMN};

/// After so many rows it is looked whether anybody wants to stop.
const LOOK_AFTER: u64 = 1_024;

/// Sheet and snapshot side by side.
pub(super) struct Rows<S> {
    columns: Vec<&'static str>,
    photos: Option<(usize, Arc<PhotoExport>)>,
    id: String,
    stop: Stop,
    pub snapshot: SnapshotWriter,
    pub sink: S,
    pub users: u64,
    /// People without a picture of whom an earlier export wrote one.
    pub photos_gone: Vec<UserId>,
}

impl<S: RowSink> Rows<S> {
    /// Opens the snapshot, which nobody sees before it is finished.
    pub fn begin(
        request: &ExportRequest,
        state: &StateFolder,
        meta: SnapshotMeta,
        mut sink: S,
        stop: &Stop,
    ) -> Result<Rows<S>, ExportError> {
        let names = request.columns.iter().map(|attribute| attribute.name);
        let columns: Vec<&'static str> = names.chain([SNAPSHOT_COLUMN]).collect();
        let id = meta.id.to_string();
        let snapshot = state.create_snapshot(meta)?;
        sink.begin(&columns)?;
        Ok(Rows {
            columns,
            photos: picture_column(&request.columns).zip(request.photos.clone()),
            id,
            stop: stop.clone(),
            snapshot,
            sink,
            users: 0,
            photos_gone: Vec::new(),
        })
    }

    /// The columns that hold what the directory holds.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names = self.columns.clone();
        names.pop();
        names
    }

    /// Adds a user; the cells are as they were afterwards, but for the picture's.
    pub fn add(&mut self, id: &UserId, upn: &str, cells: &mut Vec<String>) -> Result<(), ExportError> {
        if self.users.is_multiple_of(LOOK_AFTER) && self.stop.is_draining() {
            return Err(stopped(&self.stop));
        }
        self.snapshot.add(id, upn, cells)?;
        if let Some((column, files)) = &self.photos
            && let Some(cell) = cells.get_mut(*column)
        {
            if fingerprint_digits(cell).is_some() {
                *cell = photo_file_name(*id);
            } else if cell.is_empty() && files.wrote(*id) {
                self.photos_gone.push(*id);
            }
        }
        cells.push(self.id.clone());
        self.sink.row(&self.columns, cells)?;
        cells.pop();
        self.users += 1;
        Ok(())
    }
}

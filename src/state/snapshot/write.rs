//! Writing the file of a snapshot, frame by frame: memory is one frame, and twenty bytes for each user.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use ring::digest;

use super::SnapshotMeta;
use super::file::{Layout, MARK, TAIL_BYTES, Tail, VERSION};
use crate::domain::UserId;
use crate::state::error::{Doing, StateError};
use crate::state::folder::{private_file, publish};

/// Users in a frame: enough that it packs well, few enough that some of them fit into the memory of a small machine.
const FRAME_ROWS: usize = 4_096;

/// A frame ends earlier when its text is this long, in bytes.
const FRAME_BYTES: usize = 16 << 20;

/// How hard it is packed. A higher level made files of users no smaller.
const LEVEL: i32 = 1;

/// What begins a frame that readers of zstd skip (RFC 8878, 3.1.2).
const SKIPPABLE: u32 = 0x184D_2A5D;

/// The names of the columns that are put in front when the snapshot's own columns do not say who each row is.
const KEY_COLUMNS: [&str; 2] = ["_id", "_userPrincipalName"];

/// Writes the file. Dropped before [`FileWriter::finish`], it takes its draft away.
pub(super) struct FileWriter {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    layout: Layout,
    text: csv::Writer<Vec<u8>>,
    rows: u32,
    frames: Vec<(u64, u64, u32)>,
    /// Everybody who was added, to find who came twice.
    ids: Vec<(UserId, u32)>,
}

impl FileWriter {
    /// Makes the draft (0600), which must not exist. Until it is published a power cut may lose it.
    pub fn create(path: PathBuf, columns: &[String]) -> Result<FileWriter, StateError> {
        let file = private_file()
            .create_new(true)
            .open(&path)
            .doing("create", &path)?;
        let mut writer = FileWriter {
            path,
            file: Some(BufWriter::new(file)),
            layout: Layout::of(columns),
            text: frame_writer(),
            rows: 0,
            frames: Vec::new(),
            ids: Vec::new(),
        };
        let keys = KEY_COLUMNS.iter().copied().take(writer.layout.cells);
        let header: Vec<&str> = keys.chain(columns.iter().map(String::as_str)).collect();
        writer.record(&header)?;
        Ok(writer)
    }

    /// The draft.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a user, whose cells are as many as the columns.
    pub fn add(&mut self, id: &UserId, upn: &str, cells: &[String]) -> Result<(), StateError> {
        let text = id.to_string();
        let mut record: Vec<&str> = Vec::with_capacity(cells.len() + self.layout.cells);
        if self.layout.cells > 0 {
            record.extend([text.as_str(), upn]);
        }
        record.extend(cells.iter().map(String::as_str));
        if (record.get(self.layout.id), record.get(self.layout.upn)) != (Some(&text.as_str()), Some(&upn)) {
            return Err(StateError::Contradiction {
                path: self.path.clone(),
                detail: format!("the cells of the user {id} name somebody else"),
            });
        }
        self.record(&record)?;
        let row = self.ids.len() as u32;
        self.ids.push((*id, row));
        self.rows += 1;
        if self.rows as usize >= FRAME_ROWS || self.text.get_ref().len() >= FRAME_BYTES {
            self.end_frame()?;
        }
        Ok(())
    }

    fn record(&mut self, record: &[&str]) -> Result<(), StateError> {
        self.text
            .write_record(record)
            .map_err(|error| StateError::Contradiction {
                path: self.path.clone(),
                detail: error.to_string(),
            })
    }

    fn end_frame(&mut self) -> Result<(), StateError> {
        let text = std::mem::replace(&mut self.text, frame_writer()).into_inner();
        let text = text
            .map_err(|error| error.into_error())
            .doing("write", &self.path)?;
        if text.is_empty() {
            return Ok(());
        }
        let packed = pack(&text).doing("pack", &self.path)?;
        self.write(&packed)?;
        self.frames.push((
            packed.len() as u64,
            text.len() as u64,
            std::mem::take(&mut self.rows),
        ));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        match &mut self.file {
            Some(file) => file.write_all(bytes).doing("write", &self.path),
            None => Ok(()),
        }
    }

    /// Writes the last frame and gives the file its name. `meta` is what it says, with the users counted here.
    pub fn finish(mut self, mut meta: SnapshotMeta, to: &Path) -> Result<SnapshotMeta, StateError> {
        self.end_frame()?;
        let mut ids = std::mem::take(&mut self.ids);
        ids.sort_unstable();
        let later = ids.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        let mut repeated: Vec<u32> = later.map(|pair| pair[0].1).collect();
        repeated.sort_unstable();
        meta.users = (ids.len() - repeated.len()) as u64;
        meta.complete = true;
        let tail = Tail {
            meta,
            frames: std::mem::take(&mut self.frames),
            repeated,
        };
        let json = serde_json::to_vec(&tail).map_err(|error| StateError::Contradiction {
            path: self.path.clone(),
            detail: error.to_string(),
        })?;
        let length = (json.len() as u32).to_le_bytes();
        let whole = ((json.len() + TAIL_BYTES) as u32).to_le_bytes();
        let sha256 = digest::digest(&digest::SHA256, &json);
        for part in [
            &SKIPPABLE.to_le_bytes()[..],
            &whole,
            &json,
            sha256.as_ref(),
            &length,
            MARK,
            &[VERSION],
        ] {
            self.write(part)?;
        }
        if let Some(file) = self.file.take() {
            let file = file.into_inner().map_err(|error| error.into_error());
            drop(file.doing("write", &self.path)?);
        }
        publish(&self.path, to)?;
        Ok(tail.meta)
    }
}

impl Drop for FileWriter {
    fn drop(&mut self) {
        drop(self.file.take());
        // After publishing there is nothing under this name. If removing fails there is nobody left to tell.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn frame_writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(Vec::new())
}

/// One frame, with a checksum that unpacking verifies.
fn pack(text: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packer = zstd::bulk::Compressor::new(LEVEL)?;
    packer.include_checksum(true)?;
    packer.compress(text)
}

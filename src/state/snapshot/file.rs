//! The file of a snapshot: CSV in zstd frames that any tool reads, and a last frame that other tools skip.
//!
//! Every frame holds whole records and can be unpacked by itself, so frames are unpacked in parallel. The last frame says what
//! the snapshot is of, where its frames are, and that it is whole. `docs/formats/snapshot.md` is the description for others.

use std::fs::File;
use std::path::{Path, PathBuf};

use ring::digest;
use serde::{Deserialize, Serialize};

use super::SnapshotMeta;
use crate::domain::{CellTexts, CellTextsBuilder, UserId};
use crate::state::error::{Doing, StateError};

/// How the file ends, the version of the format last.
pub(super) const MARK: &[u8; 7] = b"dshSnap";
pub(super) const VERSION: u8 = b'2';

/// The tail behind the JSON: its SHA-256, its length, the mark and the version.
pub(super) const TAIL_BYTES: usize = 32 + 4 + MARK.len() + 1;

/// The largest JSON of the last frame, in bytes.
const JSON_BYTES_MAX: usize = 256 << 20;

/// What the last frame says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Tail {
    pub meta: SnapshotMeta,
    /// Of each frame: its length packed, its length unpacked, its users.
    pub frames: Vec<(u64, u64, u32)>,
    /// Rows of users who came again later, counted from 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<u32>,
}

/// Where in a record the keys and the cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub id: usize,
    pub upn: usize,
    /// How many columns stand in front of the snapshot's own.
    pub cells: usize,
}

impl Layout {
    /// Where the keys stand among these columns; in front of them when they are not both there.
    pub fn of(columns: &[String]) -> Layout {
        let place = |name: &str| columns.iter().position(|column| column == name);
        match (place("id"), place("userPrincipalName")) {
            (Some(id), Some(upn)) => Layout { id, upn, cells: 0 },
            _ => Layout {
                id: 0,
                upn: 1,
                cells: 2,
            },
        }
    }

    /// The userPrincipalName of a record.
    pub fn upn(self, record: &CellTexts) -> &str {
        record.get(self.upn).unwrap_or_default()
    }

    /// The snapshot's own cells of a record.
    pub fn cells(self, record: &CellTexts) -> CellTexts {
        record.without_first(self.cells)
    }

    /// Who a record is about; `None` when it holds no id.
    pub fn id_of(self, record: &csv::StringRecord) -> Option<UserId> {
        UserId::parse(record.get(self.id)?)
    }
}

/// A finished file, open for reading.
pub(super) struct SnapshotFile {
    pub path: PathBuf,
    file: File,
    pub meta: SnapshotMeta,
    pub layout: Layout,
    pub frames: Vec<FramePlace>,
    /// Rows of users who came again later, in order.
    pub repeated: Vec<u32>,
}

/// Where a frame is.
#[derive(Debug, Clone, Copy)]
pub(super) struct FramePlace {
    offset: u64,
    bytes: usize,
    pub text_bytes: usize,
    /// Its first user, counted from 0.
    pub first: u32,
    pub rows: u32,
}

/// An unpacked frame.
pub(super) struct Frame {
    pub first: u32,
    pub ids: Vec<UserId>,
    pub records: Vec<CellTexts>,
}

impl SnapshotFile {
    /// Opens a file and reads its last frame.
    pub fn open(path: &Path) -> Result<SnapshotFile, StateError> {
        let damaged = |detail: &str| StateError::Damaged {
            path: path.to_owned(),
            detail: detail.to_owned(),
        };
        let not_ours = || damaged("it is not a snapshot of dirsheet, or its end is missing");
        let file = File::open(path).doing("open", path)?;
        let length = file.metadata().doing("look at", path)?.len();
        let Some(tail_at) = length.checked_sub(TAIL_BYTES as u64) else {
            return Err(not_ours());
        };
        let mut tail = [0; TAIL_BYTES];
        read_at(&file, &mut tail, tail_at).doing("read", path)?;
        let (sha256, rest) = tail.split_at(32);
        let (json_bytes, mark) = rest.split_at(4);
        match mark.split_last() {
            Some((version, mark)) if mark == MARK => {
                if *version != VERSION {
                    return Err(StateError::Version {
                        path: path.to_owned(),
                        found: i32::from(version.saturating_sub(b'0')),
                        known: i32::from(VERSION - b'0'),
                    });
                }
            }
            _ => return Err(not_ours()),
        }
        let json_bytes = json_bytes.try_into().map_or(0, u32::from_le_bytes) as usize;
        let json_at = tail_at.checked_sub(json_bytes as u64);
        let json_at = json_at
            .filter(|_| json_bytes <= JSON_BYTES_MAX)
            .ok_or_else(not_ours)?;
        let mut json = vec![0; json_bytes];
        read_at(&file, &mut json, json_at).doing("read", path)?;
        if digest::digest(&digest::SHA256, &json).as_ref() != sha256 {
            return Err(damaged("what it says about itself was changed"));
        }
        let Tail {
            meta,
            frames,
            repeated,
        } = serde_json::from_slice(&json).map_err(|error| StateError::NotUnderstood {
            path: path.to_owned(),
            detail: error.to_string(),
        })?;
        let mut places = Vec::with_capacity(frames.len());
        let (mut offset, mut first) = (0_u64, 0_u32);
        for (bytes, text_bytes, rows) in frames {
            places.push(FramePlace {
                offset,
                bytes: bytes as usize,
                text_bytes: text_bytes as usize,
                first,
                rows,
            });
            offset += bytes;
            first += rows;
        }
        Ok(SnapshotFile {
            layout: Layout::of(&meta.columns),
            path: path.to_owned(),
            file,
            meta,
            frames: places,
            repeated,
        })
    }

    /// The text of a frame; of the first one it begins with the header.
    pub fn text(&self, place: FramePlace) -> Result<Vec<u8>, StateError> {
        let mut packed = vec![0; place.bytes];
        read_at(&self.file, &mut packed, place.offset).doing("read", &self.path)?;
        let text = zstd::bulk::decompress(&packed, place.text_bytes);
        text.map_err(|error| self.damaged(format!("a part of it cannot be unpacked: {error}")))
    }

    /// A frame, read as records.
    pub fn frame(&self, place: FramePlace) -> Result<Frame, StateError> {
        let text = self.text(place)?;
        let mut frame = Frame {
            first: place.first,
            ids: Vec::with_capacity(place.rows as usize),
            records: Vec::new(),
        };
        let rows = place.rows as usize;
        let cells = rows * (self.layout.cells + self.meta.columns.len());
        let mut texts = CellTextsBuilder::with_capacity(text.len(), cells, rows);
        self.read(&text, place, |id, record, _| {
            frame.ids.push(id);
            let ends = (0..record.len()).filter_map(|index| record.range(index));
            texts.push_all(record.as_slice(), ends.map(|range| range.end));
            texts.end_row();
        })?;
        frame.records = texts.finish();
        Ok(frame)
    }

    /// Reads the records of a frame: who it is, the record, and where in the text it begins.
    pub fn read(
        &self,
        text: &[u8],
        place: FramePlace,
        mut each: impl FnMut(UserId, &csv::StringRecord, u64),
    ) -> Result<(), StateError> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(place.first == 0)
            .from_reader(text);
        if place.first == 0 {
            reader
                .headers()
                .map_err(|error| self.damaged(error.to_string()))?;
        }
        let mut record = csv::StringRecord::new();
        let cells = self.layout.cells + self.meta.columns.len();
        let mut rows = 0;
        loop {
            let at = reader.position().byte();
            let more = reader.read_record(&mut record);
            if !more.map_err(|error| self.damaged(error.to_string()))? {
                break;
            }
            if record.len() != cells {
                return Err(self.damaged(format!("a row has {} cells where {cells} belong", record.len())));
            }
            let id = self.layout.id_of(&record);
            let id = id.ok_or_else(|| self.damaged("a row names no user".to_owned()))?;
            each(id, &record, at);
            rows += 1;
        }
        if rows == place.rows {
            Ok(())
        } else {
            Err(self.damaged(format!(
                "a part of it has {rows} users where it should have {}",
                place.rows
            )))
        }
    }

    /// Unpacks the first and the last frame, and looks whether the file is as long as its frames.
    pub fn look_at_ends(&self) -> Result<(), StateError> {
        let length = self.file.metadata().doing("look at", &self.path)?.len();
        let frames: u64 = self.frames.iter().map(|frame| frame.bytes as u64).sum();
        if frames.saturating_add(TAIL_BYTES as u64) > length {
            return Err(self.damaged("parts of it are missing".to_owned()));
        }
        for place in self.frames.first().into_iter().chain(self.frames.last()) {
            self.frame(*place)?;
        }
        Ok(())
    }

    /// How long all texts are together, in bytes.
    pub fn text_bytes(&self) -> usize {
        self.frames.iter().map(|frame| frame.text_bytes).sum()
    }

    /// The error of a file that contradicts itself.
    pub fn damaged(&self, detail: String) -> StateError {
        StateError::Damaged {
            path: self.path.clone(),
            detail,
        }
    }
}

#[cfg(unix)]
pub(super) fn read_at(file: &File, buffer: &mut [u8], at: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, at)
}

#[cfg(windows)]
pub(super) fn read_at(file: &File, mut buffer: &mut [u8], mut at: u64) -> std::io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, at)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            count => {
                buffer = &mut buffer[count..];
                at += count as u64;
            }
        }
    }
    Ok(())
}

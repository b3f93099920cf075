//! Finding users of a snapshot. Most sheets come back in the order in which they left, so the snapshot is walked in step with
//! them; where the order does not hold, an index is made once.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufWriter, Write};

use rayon::prelude::*;

use super::file::{Frame, FramePlace, SnapshotFile, read_at};
use crate::domain::{CellTexts, UpnKey, UserId};
use crate::state::error::{Doing, StateError};

/// Frames that are unpacked at once: as many as there are threads.
fn at_once() -> usize {
    rayon::current_num_threads().max(1)
}

/// The texts of a snapshot up to this size stay unpacked in memory when its users are asked for out of order, in bytes;
/// those of a larger one go to a nameless temporary file.
const KEPT_BYTES_MAX: usize = 64 << 20;

/// A snapshot file, and where in it somebody is.
pub(super) struct Walk {
    pub file: SnapshotFile,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    /// Frames unpacked ahead; the first is the one the walk is in.
    ahead: VecDeque<Frame>,
    /// The next record of the first of them.
    at: usize,
    /// The next frame to unpack.
    next: usize,
    index: Option<Index>,
    by_upn: Option<Vec<(u64, u32)>>,
}

/// Where everybody is: 20 bytes for each user, and 8 more where the texts are on the disk.
struct Index {
    ids: Vec<(UserId, u32)>,
    texts: Texts,
}

/// Texts that can be read in any order.
enum Texts {
    Memory(Vec<Frame>),
    /// Unpacked on the disk, and where each record begins; one more for the end.
    Disk(File, Vec<u64>),
}

impl Walk {
    /// A walk that stands before the first user.
    pub fn new(file: SnapshotFile) -> Walk {
        Walk {
            file,
            state: RefCell::default(),
        }
    }

    /// The cells of a user.
    pub fn cells_of(&self, id: &UserId) -> Result<Option<CellTexts>, StateError> {
        let mut state = self.state.borrow_mut();
        if let Some(record) = state.step(&self.file, id)? {
            return Ok(Some(self.file.layout.cells(&record)));
        }
        let Some(row) = state.index(&self.file)?.find(id) else {
            return Ok(None);
        };
        let record = state.record(&self.file, row)?;
        Ok(Some(self.file.layout.cells(&record.1)))
    }

    /// The user with this userPrincipalName; the later one where two had it.
    pub fn id_of_upn(&self, upn: &str) -> Result<Option<UserId>, StateError> {
        let wanted = UpnKey::new(upn);
        let hash = wanted.hashed();
        let mut state = self.state.borrow_mut();
        let by_upn = state.by_upn(&self.file)?;
        let from = by_upn.partition_point(|(known, _)| *known < hash);
        let same = by_upn.get(from..).unwrap_or_default();
        let rows: Vec<u32> = same
            .iter()
            .take_while(|(known, _)| *known == hash)
            .map(|(_, row)| *row)
            .collect();
        for row in rows.into_iter().rev() {
            let (id, record) = state.record(&self.file, row)?;
            if UpnKey::new(self.file.layout.upn(&record)) == wanted {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Everybody, in the order in which they were added: who, the userPrincipalName, the cells.
    pub fn for_each<E: From<StateError>>(
        &self,
        mut each: impl FnMut(UserId, &str, CellTexts) -> Result<(), E>,
    ) -> Result<(), E> {
        let layout = self.file.layout;
        for places in self.file.frames.chunks(at_once()) {
            for frame in unpack(&self.file, places) {
                let frame = frame?;
                for (row, (id, record)) in (frame.first..).zip(frame.ids.iter().zip(&frame.records)) {
                    if !self.file.is_repeated(row) {
                        each(*id, layout.upn(record), layout.cells(record))?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl SnapshotFile {
    fn is_repeated(&self, row: u32) -> bool {
        self.repeated.binary_search(&row).is_ok()
    }
}

fn unpack(file: &SnapshotFile, places: &[FramePlace]) -> Vec<Result<Frame, StateError>> {
    places.par_iter().map(|place| file.frame(*place)).collect()
}

impl State {
    /// The user's record when it comes next, or further on in the same frame.
    fn step(&mut self, file: &SnapshotFile, id: &UserId) -> Result<Option<CellTexts>, StateError> {
        if self.index.is_some() {
            return Ok(None);
        }
        if self.ahead.front().is_none_or(|frame| self.at >= frame.ids.len()) {
            self.ahead.pop_front();
            self.at = 0;
            if self.ahead.is_empty() {
                let rest = file.frames.get(self.next..).unwrap_or_default();
                let places = &rest[..rest.len().min(at_once())];
                for frame in unpack(file, places) {
                    self.ahead.push_back(frame?);
                }
                self.next += places.len();
            }
        }
        let Some(frame) = self.ahead.front() else {
            return Ok(None);
        };
        let rest = frame.ids.get(self.at..).unwrap_or_default();
        let Some(further) = rest.iter().position(|known| known == id) else {
            return Ok(None);
        };
        let place = self.at + further;
        if file.is_repeated(frame.first + place as u32) {
            return Ok(None);
        }
        self.at = place + 1;
        Ok(frame.records.get(place).cloned())
    }

    /// Makes the index when there is none.
    fn index(&mut self, file: &SnapshotFile) -> Result<&Index, StateError> {
        let index = match self.index.take() {
            Some(index) => index,
            None => Index::of(file)?,
        };
        self.ahead.clear();
        Ok(self.index.insert(index))
    }

    fn record(&mut self, file: &SnapshotFile, row: u32) -> Result<(UserId, CellTexts), StateError> {
        self.index(file)?.record(file, row)
    }

    fn by_upn(&mut self, file: &SnapshotFile) -> Result<&[(u64, u32)], StateError> {
        let by_upn = match self.by_upn.take() {
            Some(by_upn) => by_upn,
            None => {
                let mut all = Vec::with_capacity(file.meta.users as usize);
                for places in file.frames.chunks(at_once()) {
                    for frame in unpack(file, places) {
                        let frame = frame?;
                        for (row, record) in (frame.first..).zip(&frame.records) {
                            if !file.is_repeated(row) {
                                all.push((UpnKey::new(file.layout.upn(record)).hashed(), row));
                            }
                        }
                    }
                }
                all.sort_unstable();
                all
            }
        };
        Ok(self.by_upn.insert(by_upn))
    }
}

impl Index {
    fn of(file: &SnapshotFile) -> Result<Index, StateError> {
        let mut ids = Vec::with_capacity(file.meta.users as usize);
        let texts = if file.text_bytes() <= KEPT_BYTES_MAX {
            let mut frames = Vec::with_capacity(file.frames.len());
            for frame in unpack(file, &file.frames) {
                let frame = frame?;
                ids.extend((frame.first..).zip(&frame.ids).map(|(row, id)| (*id, row)));
                frames.push(frame);
            }
            Texts::Memory(frames)
        } else {
            let (kept, starts) = spread_out(file, &mut ids)?;
            Texts::Disk(kept, starts)
        };
        ids.sort_unstable();
        Ok(Index { ids, texts })
    }

    /// The row of a user, the last one of those that have the id.
    fn find(&self, id: &UserId) -> Option<u32> {
        let after = self.ids.partition_point(|(known, _)| known <= id);
        let (known, row) = self.ids.get(after.checked_sub(1)?)?;
        (known == id).then_some(*row)
    }

    fn record(&self, file: &SnapshotFile, row: u32) -> Result<(UserId, CellTexts), StateError> {
        let lost = || file.damaged("a user cannot be found where it should be".to_owned());
        match &self.texts {
            Texts::Memory(frames) => {
                let after = frames.partition_point(|frame| frame.first <= row);
                let frame = after
                    .checked_sub(1)
                    .and_then(|at| frames.get(at))
                    .ok_or_else(lost)?;
                let at = (row - frame.first) as usize;
                let record = frame.ids.get(at).zip(frame.records.get(at));
                record.map(|(id, record)| (*id, record.clone())).ok_or_else(lost)
            }
            Texts::Disk(kept, starts) => {
                let (from, to) = starts
                    .get(row as usize)
                    .zip(starts.get(row as usize + 1))
                    .ok_or_else(lost)?;
                let mut text = vec![0; usize::try_from(to - from).unwrap_or_default()];
                read_at(kept, &mut text, *from).doing("read what was unpacked of", &file.path)?;
                let mut reader = csv::ReaderBuilder::new()
                    .has_headers(false)
                    .from_reader(text.as_slice());
                let mut record = csv::StringRecord::new();
                let is_there = reader.read_record(&mut record).is_ok_and(|is_there| is_there);
                let id = file.layout.id_of(&record).filter(|_| is_there).ok_or_else(lost)?;
                Ok((id, record.iter().collect()))
            }
        }
    }
}

/// Unpacks everything into a nameless temporary file, notes where each record begins, and who it is.
fn spread_out(file: &SnapshotFile, ids: &mut Vec<(UserId, u32)>) -> Result<(File, Vec<u64>), StateError> {
    let doing = "make room to unpack";
    let mut kept = BufWriter::new(tempfile::tempfile().doing(doing, &file.path)?);
    let mut starts = Vec::with_capacity(file.meta.users as usize + 1);
    let mut end = 0_u64;
    for places in file.frames.chunks(at_once()) {
        let unpacked: Vec<Result<_, StateError>> = places
            .par_iter()
            .map(|place| {
                let text = file.text(*place)?;
                let mut rows = Vec::with_capacity(place.rows as usize);
                file.read(&text, *place, |id, _, at| rows.push((id, at)))?;
                Ok((*place, text, rows))
            })
            .collect();
        for unpacked in unpacked {
            let (place, text, rows) = unpacked?;
            kept.write_all(&text).doing(doing, &file.path)?;
            for (row, (id, at)) in (place.first..).zip(rows) {
                starts.push(end + at);
                ids.push((id, row));
            }
            end += text.len() as u64;
        }
    }
    starts.push(end);
    let kept = kept.into_inner().map_err(|error| error.into_error());
    Ok((kept.doing(doing, &file.path)?, starts))
}

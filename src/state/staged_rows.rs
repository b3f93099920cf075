//! Users as rows in a file of an export under way: written once, read through once or at one place.
//!
//! A row is its length and then id, manager, userPrincipalName and cells, each with its length before it. The last thing in a file is the number
//! of rows and a sum over them: a power cut may give a file its name before its bytes.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::error::{Doing, StateError};
use super::folder::private_file;
use crate::domain::UserId;

/// Of the file at a time.
const BUFFER_BYTES: usize = 1 << 18;
/// In the place of a row's length: no more rows.
const END: u32 = u32::MAX;
/// In the place of a cell's length: nothing is said of it.
const UNTOLD: u32 = u32::MAX;
/// Behind the last row: how many there are, and the CRC-32 of all.
const TAIL_BYTES: i64 = 8 + 4;
/// Far more than any user has; a length beyond this is damage.
const ROW_BYTES_MAX: u32 = 1 << 26;

/// A user as it was read, or as a change says it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedUser {
    pub id: UserId,
    /// Empty when a change did not name it.
    pub upn: String,
    /// `None` when nothing was said about it.
    pub manager: Option<Option<UserId>>,
    pub cells: Vec<String>,
    /// The places of cells of which nothing was said.
    pub untold: Vec<usize>,
}

impl StagedUser {
    /// Nobody yet, to be read into.
    pub fn empty() -> StagedUser {
        StagedUser {
            id: UserId::from_bytes([0; 16]),
            upn: String::new(),
            manager: None,
            cells: Vec::new(),
            untold: Vec::new(),
        }
    }

    /// Appends the row without its length.
    fn write(&self, row: &mut Vec<u8>) {
        row.extend_from_slice(self.id.as_bytes());
        match self.manager {
            None => row.push(0),
            Some(None) => row.push(1),
            Some(Some(id)) => {
                row.push(2);
                row.extend_from_slice(id.as_bytes());
            }
        }
        let mut text = |text: &str| {
            row.extend_from_slice(&(text.len() as u32).to_le_bytes());
            row.extend_from_slice(text.as_bytes());
        };
        text(&self.upn);
        let mut places: Vec<bool> = Vec::new();
        if !self.untold.is_empty() {
            places = vec![false; self.cells.len()];
            for place in &self.untold {
                if let Some(place) = places.get_mut(*place) {
                    *place = true;
                }
            }
        }
        for (at, cell) in self.cells.iter().enumerate() {
            if places.get(at) == Some(&true) {
                row.extend_from_slice(&UNTOLD.to_le_bytes());
            } else {
                row.extend_from_slice(&(cell.len() as u32).to_le_bytes());
                row.extend_from_slice(cell.as_bytes());
            }
        }
    }

    /// Reads a row into this user, whose memory is used again. `None` when it is none.
    fn read(&mut self, mut row: &[u8]) -> Option<()> {
        self.head(&mut row)?;
        self.untold.clear();
        let mut count = 0;
        while !row.is_empty() {
            let length = number(&mut row)?;
            if self.cells.len() == count {
                self.cells.push(String::new());
            }
            let cell = self.cells.get_mut(count)?;
            cell.clear();
            if length == UNTOLD {
                self.untold.push(count);
            } else {
                cell.push_str(text(&mut row, length)?);
            }
            count += 1;
        }
        self.cells.truncate(count);
        Some(())
    }

    fn head(&mut self, row: &mut &[u8]) -> Option<()> {
        self.id = id(row)?;
        let (kind, rest) = row.split_first()?;
        *row = rest;
        self.manager = match kind {
            0 => None,
            1 => Some(None),
            2 => Some(Some(id(row)?)),
            _ => return None,
        };
        let length = number(row)?;
        self.upn.clear();
        self.upn.push_str(text(row, length)?);
        Some(())
    }
}

fn number(row: &mut &[u8]) -> Option<u32> {
    let (bytes, rest) = row.split_first_chunk()?;
    *row = rest;
    Some(u32::from_le_bytes(*bytes))
}

fn id(row: &mut &[u8]) -> Option<UserId> {
    let (bytes, rest) = row.split_first_chunk()?;
    *row = rest;
    Some(UserId::from_bytes(*bytes))
}

fn text<'r>(row: &mut &'r [u8], length: u32) -> Option<&'r str> {
    let (bytes, rest) = row.split_at_checked(length as usize)?;
    *row = rest;
    std::str::from_utf8(bytes).ok()
}

/// A range that is being read.
#[derive(Debug)]
pub struct RowsWriter {
    draft: PathBuf,
    path: PathBuf,
    file: BufWriter<File>,
    row: Vec<u8>,
    sum: crc32fast::Hasher,
    users: u64,
}

impl RowsWriter {
    pub(super) fn create(draft: &Path, path: &Path) -> Result<RowsWriter, StateError> {
        let mut options = private_file();
        let file = options
            .create(true)
            .truncate(true)
            .open(draft)
            .doing("create", draft)?;
        Ok(RowsWriter {
            file: BufWriter::with_capacity(BUFFER_BYTES, file),
            draft: draft.to_owned(),
            path: path.to_owned(),
            row: Vec::new(),
            sum: crc32fast::Hasher::new(),
            users: 0,
        })
    }

    /// Appends a user.
    pub fn add(&mut self, user: &StagedUser) -> Result<(), StateError> {
        self.row.clear();
        user.write(&mut self.row);
        self.sum.update(&self.row);
        self.users += 1;
        let length = (self.row.len() as u32).to_le_bytes();
        let written = self
            .file
            .write_all(&length)
            .and_then(|()| self.file.write_all(&self.row));
        written.doing("write", &self.draft)
    }

    /// The range was read to its end.
    pub fn finish(mut self) -> Result<u64, StateError> {
        let mut end = END.to_le_bytes().to_vec();
        end.extend_from_slice(&self.users.to_le_bytes());
        end.extend_from_slice(&self.sum.finalize().to_le_bytes());
        let written = self.file.write_all(&end).and_then(|()| self.file.flush());
        written.doing("write", &self.draft)?;
        std::fs::rename(&self.draft, &self.path).doing("name", &self.path)?;
        Ok(self.users)
    }
}

/// How many rows a file says it has.
pub(super) fn users_in(path: &Path) -> Result<u64, StateError> {
    let mut bytes = [0; 8];
    let read = File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::End(-TAIL_BYTES))?;
        file.read_exact(&mut bytes)
    });
    read.doing("read", path)?;
    Ok(u64::from_le_bytes(bytes))
}

/// A range that was read, from its first row to its last.
#[derive(Debug)]
pub struct RowsReader {
    path: PathBuf,
    file: BufReader<File>,
    row: Vec<u8>,
    sum: crc32fast::Hasher,
    users: u64,
}

impl RowsReader {
    pub(super) fn open(path: &Path) -> Result<RowsReader, StateError> {
        Ok(RowsReader {
            file: BufReader::with_capacity(BUFFER_BYTES, File::open(path).doing("open", path)?),
            path: path.to_owned(),
            row: Vec::new(),
            sum: crc32fast::Hasher::new(),
            users: 0,
        })
    }

    /// The next user; `false` after the last.
    ///
    /// # Errors
    /// [`StateError::Damaged`] where it is not as it was written.
    pub fn next(&mut self, user: &mut StagedUser) -> Result<bool, StateError> {
        Ok(self.next_row()?
            && user
                .read(&self.row)
                .ok_or_else(|| self.damaged())
                .map(|()| true)?)
    }

    /// The same without the cells.
    pub fn next_head(&mut self, user: &mut StagedUser) -> Result<bool, StateError> {
        if !self.next_row()? {
            return Ok(false);
        }
        user.head(&mut self.row.as_slice())
            .ok_or_else(|| self.damaged())?;
        Ok(true)
    }

    fn next_row(&mut self) -> Result<bool, StateError> {
        let length = u32::from_le_bytes(self.bytes()?);
        if length == END {
            let users = u64::from_le_bytes(self.bytes()?);
            let sum = u32::from_le_bytes(self.bytes()?);
            if (users, sum) != (self.users, self.sum.clone().finalize()) {
                return Err(self.damaged());
            }
            return Ok(false);
        }
        if length > ROW_BYTES_MAX {
            return Err(self.damaged());
        }
        self.row.resize(length as usize, 0);
        self.file.read_exact(&mut self.row).map_err(|_| self.damaged())?;
        self.sum.update(&self.row);
        self.users += 1;
        Ok(true)
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], StateError> {
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes).map_err(|_| self.damaged())?;
        Ok(bytes)
    }

    fn damaged(&self) -> StateError {
        StateError::Damaged {
            path: self.path.clone(),
            detail: "it does not hold what was written".to_owned(),
        }
    }
}

/// Users who changed: each is found at the place that was given when it was added.
#[derive(Debug)]
pub struct ChangesFile {
    path: PathBuf,
    file: File,
    row: Vec<u8>,
    end: u64,
}

impl ChangesFile {
    pub(super) fn create(path: &Path) -> Result<ChangesFile, StateError> {
        let mut options = private_file();
        Ok(ChangesFile {
            file: options
                .create(true)
                .truncate(true)
                .open(path)
                .doing("create", path)?,
            path: path.to_owned(),
            row: Vec::new(),
            end: 0,
        })
    }

    /// Adds a user and gives its place.
    pub fn add(&mut self, user: &StagedUser) -> Result<u64, StateError> {
        self.row.clear();
        self.row.extend_from_slice(&[0; 4]);
        user.write(&mut self.row);
        let length = (self.row.len() as u32 - 4).to_le_bytes();
        for (to, from) in self.row.iter_mut().zip(length) {
            *to = from;
        }
        let at = self.end;
        let written = self
            .file
            .seek(SeekFrom::Start(at))
            .and_then(|_| self.file.write_all(&self.row));
        written.doing("write", &self.path)?;
        self.end += self.row.len() as u64;
        Ok(at)
    }

    /// The user at a place.
    pub fn read(&mut self, at: u64, user: &mut StagedUser) -> Result<(), StateError> {
        let mut length = [0; 4];
        let read = self
            .file
            .seek(SeekFrom::Start(at))
            .and_then(|_| self.file.read_exact(&mut length));
        read.doing("read", &self.path)?;
        let length = u32::from_le_bytes(length).min(ROW_BYTES_MAX);
        self.row.resize(length as usize, 0);
        self.file.read_exact(&mut self.row).doing("read", &self.path)?;
        user.read(&self.row).ok_or_else(|| StateError::Damaged {
            path: self.path.clone(),
            detail: "it does not hold what was written".to_owned(),
        })
    }
}

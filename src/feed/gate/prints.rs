//! A small hash of every mapped cell by key: what is kept of a good night to tell what changed in the next.
//!
//! A key takes eight bytes and a cell four, so 200,000 people with fifteen columns take 13.6 MB. The hash is FNV-1a with the
//! finish of MurmurHash3: the same on every machine and in every version, and no secret. Two different texts of a cell have
//! one hash once in four thousand million: then one changed value counts as unchanged. Two keys among 200,000 have one hash
//! once in a thousand million files: then one person is not compared. Neither can write anything; the gate only counts.

use super::figures::RowKey;
use crate::domain::{SourceRow, SourceTable};

/// The hashes of a file, by key in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prints {
    /// The columns by header; the first [`Prints::kept`] are those of the mapping, the others stand beside them.
    columns: Vec<String>,
    kept: usize,
    keys: Vec<u64>,
    /// For each key its cells, 0 where a cell is blank.
    cells: Vec<u32>,
}

/// Bytes that are no [`Prints`], or those of another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the kept hashes of the last good file cannot be read by this version")]
pub struct NotPrints;

const MARK: &[u8; 5] = b"dshP\x01";

impl Prints {
    /// Hashes these columns of a table, by header and position; the first `kept` of them are those of the mapping. Of rows
    /// with one key the first counts.
    pub(super) fn of<'a>(
        table: &'a SourceTable,
        columns: &[(String, usize)],
        kept: usize,
        key: &impl Fn(&'a SourceRow) -> RowKey<'a>,
    ) -> Prints {
        let mut order: Vec<(u64, u32)> = Vec::new();
        for (index, row) in (0_u32..).zip(table.rows()) {
            if let RowKey::Key(text) = key(row) {
                order.push((hash(&text), index));
            }
        }
        order.sort_unstable();
        order.dedup_by_key(|(key, _)| *key);
        let mut cells = Vec::with_capacity(order.len() * columns.len());
        for (_, index) in &order {
            let row = table.rows().get(*index as usize);
            cells.extend(
                columns
                    .iter()
                    .map(|(_, at)| row.map_or(0, |row| cell_hash(row.cell(*at)))),
            );
        }
        Prints {
            columns: columns.iter().map(|(header, _)| header.clone()).collect(),
            kept,
            keys: order.into_iter().map(|(key, _)| key).collect(),
            cells,
        }
    }

    /// How many different keys there are.
    pub fn keys(&self) -> u64 {
        self.keys.len() as u64
    }

    /// The columns of the mapping.
    pub fn columns(&self) -> &[String] {
        self.columns.get(..self.kept).unwrap_or_default()
    }

    pub(super) fn all_columns(&self) -> &[String] {
        &self.columns
    }

    /// Whether one of the rows has this key.
    pub fn holds(&self, key: &str) -> bool {
        self.keys.binary_search(&hash(key.trim())).is_ok()
    }

    /// How many keys both have.
    pub(super) fn common(&self, other: &Prints) -> u64 {
        self.pairs(other).count() as u64
    }

    /// The rows of both that have one key.
    pub(super) fn pairs<'a>(&'a self, other: &'a Prints) -> impl Iterator<Item = (usize, usize)> + 'a {
        let mut there = 0;
        self.keys.iter().enumerate().filter_map(move |(here, key)| {
            while other.keys.get(there).is_some_and(|other| other < key) {
                there += 1;
            }
            (other.keys.get(there) == Some(key)).then_some((here, there))
        })
    }

    /// The hash of a cell; 0 where it is blank.
    pub(super) fn cell(&self, row: usize, column: usize) -> u32 {
        self.cells
            .get(row * self.columns.len() + column)
            .copied()
            .unwrap_or(0)
    }

    /// The keys as cells would be hashed, in order.
    pub(super) fn keys_as_cells(&self) -> Vec<u32> {
        let mut cells: Vec<u32> = self.keys.iter().map(|key| fold(*key)).collect();
        cells.sort_unstable();
        cells
    }

    pub(super) fn rows(&self) -> usize {
        self.keys.len()
    }

    /// As it is kept; only the columns of the mapping.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(32 + self.keys.len() * (8 + 4 * self.kept));
        bytes.extend_from_slice(MARK);
        put(&mut bytes, self.kept as u64);
        for column in self.columns() {
            put(&mut bytes, column.len() as u64);
            bytes.extend_from_slice(column.as_bytes());
        }
        put(&mut bytes, self.keys.len() as u64);
        self.keys.iter().for_each(|key| put(&mut bytes, *key));
        for row in 0..self.keys.len() {
            for column in 0..self.kept {
                bytes.extend_from_slice(&self.cell(row, column).to_le_bytes());
            }
        }
        bytes
    }

    /// As [`Prints::to_bytes`] wrote it.
    ///
    /// # Errors
    /// The bytes are something else, of another version, or cut off.
    pub fn from_bytes(bytes: &[u8]) -> Result<Prints, NotPrints> {
        let mut rest = bytes.strip_prefix(MARK).ok_or(NotPrints)?;
        let count = take_number(&mut rest)?;
        let mut columns = Vec::new();
        for _ in 0..count {
            let length = usize::try_from(take_number(&mut rest)?).map_err(|_| NotPrints)?;
            let text = take(&mut rest, length)?;
            columns.push(String::from_utf8(text.to_vec()).map_err(|_| NotPrints)?);
        }
        let rows = usize::try_from(take_number(&mut rest)?).map_err(|_| NotPrints)?;
        let keys = take(&mut rest, rows.checked_mul(8).ok_or(NotPrints)?)?;
        let keys: Vec<u64> = keys
            .as_chunks()
            .0
            .iter()
            .map(|key| u64::from_le_bytes(*key))
            .collect();
        let cells = take(&mut rest, rows.checked_mul(4 * columns.len()).ok_or(NotPrints)?)?;
        let cells = cells
            .as_chunks()
            .0
            .iter()
            .map(|cell| u32::from_le_bytes(*cell))
            .collect();
        if !rest.is_empty() || !keys.is_sorted() {
            return Err(NotPrints);
        }
        Ok(Prints {
            kept: columns.len(),
            columns,
            keys,
            cells,
        })
    }
}

fn put(bytes: &mut Vec<u8>, number: u64) {
    bytes.extend_from_slice(&number.to_le_bytes());
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], NotPrints> {
    let (taken, left) = rest.split_at_checked(count).ok_or(NotPrints)?;
    *rest = left;
    Ok(taken)
}

fn take_number(rest: &mut &[u8]) -> Result<u64, NotPrints> {
    let bytes = take(rest, 8)?;
    bytes.try_into().map(u64::from_le_bytes).map_err(|_| NotPrints)
}

/// FNV-1a, finished as MurmurHash3 finishes, so that all bits depend on all letters.
fn hash(text: &str) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text.as_bytes() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

fn fold(hash: u64) -> u32 {
    // 0 is a blank cell.
    (((hash >> 32) ^ hash) as u32).max(1)
}

fn cell_hash(text: &str) -> u32 {
    match text.trim() {
        "" => 0,
        text => fold(hash(text)),
    }
}

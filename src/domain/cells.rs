//! The texts of one row's cells in one piece of memory, shared by everybody who holds the row.
//!
//! A row is held by the check, by the plan and by the report. With a `String` for every cell a row of 25 columns takes four
//! times its text, and copying it costs as much as reading it. Rows that were looked over are packed: their texts
//! take a fifth, and come back when somebody asks.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

mod packed;

use packed::Shared;
#[cfg(test)]
pub use packed::times_unpacked;

/// The texts of the cells of one row, in the order of the columns. A clone shares the texts, and so do rows that were
/// collected together.
#[derive(Clone, Default)]
pub struct CellTexts {
    texts: Arc<Shared>,
    /// Which of the texts are those of the row.
    first: u32,
    count: u32,
}

/// Texts one after another.
#[derive(Debug, Default)]
struct Texts {
    text: String,
    /// Where each ends, in bytes from the beginning.
    ends: Vec<u32>,
}

impl Texts {
    fn get(&self, at: usize) -> Option<&str> {
        self.text.get(self.start(at)?..self.start(at + 1)?)
    }

    /// Where a text begins, in bytes: where the one before it ends.
    fn start(&self, at: usize) -> Option<usize> {
        match at.checked_sub(1) {
            Some(before) => self.ends.get(before).map(|end| *end as usize),
            None => Some(0),
        }
    }

    /// Where some texts that follow one another end.
    fn ends(&self, first: u32, count: usize) -> Option<&[u32]> {
        self.ends.get(first as usize..first as usize + count)
    }
}

impl CellTexts {
    /// The text of a cell; `None` where the row has no such cell. Of packed rows everything is unpacked, and stays so:
    /// whoever looks at many of them takes them [`CellTexts::at_hand`].
    pub fn get(&self, index: usize) -> Option<&str> {
        if index >= self.len() {
            return None;
        }
        self.texts.texts().get(self.first as usize + index)
    }

    /// The same row, unpacked as long as somebody holds what this gives. Rows that were packed together are unpacked once
    /// when they are asked for one after another.
    pub fn at_hand(&self) -> CellTexts {
        CellTexts {
            texts: packed::at_hand(&self.texts),
            ..*self
        }
    }

    /// Packs the texts of these rows together; so many should be [`ROWS_PER_PACK`].
    pub fn pack(rows: &mut [&mut CellTexts]) {
        pack(rows.iter_mut().map(|row| &mut **row));
    }

    /// Whether its texts are packed and nobody unpacked them for good.
    pub fn is_packed(&self) -> bool {
        self.texts.is_packed()
    }

    /// Whether the first cells are, letter by letter, all the cells of the other row.
    pub(super) fn begins_with(&self, other: &CellTexts) -> bool {
        if other.count > self.count {
            return false;
        }
        let (own, others) = (self.texts.texts(), other.texts.texts());
        let count = other.len();
        let part = |texts: &Texts, first: u32| {
            let start = texts.start(first as usize)?;
            Some((start, texts.start(first as usize + count)?))
        };
        let (Some(here), Some(there)) = (part(own, self.first), part(others, other.first)) else {
            return false;
        };
        own.text.as_bytes().get(here.0..here.1) == others.text.as_bytes().get(there.0..there.1)
            && own
                .ends(self.first, count)
                .zip(others.ends(other.first, count))
                .is_some_and(|(one, two)| {
                    one.iter()
                        .zip(two)
                        .all(|(one, two)| *one as usize - here.0 == *two as usize - there.0)
                })
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether the row has no cell at all.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The texts, one after another.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        (0..self.len()).map(|index| self.get(index).unwrap_or_default())
    }

    /// The cells behind the first few.
    pub fn without_first(&self, count: usize) -> CellTexts {
        let count = count.min(self.len()) as u32;
        CellTexts {
            texts: Arc::clone(&self.texts),
            first: self.first + count,
            count: self.count - count,
        }
    }

    /// The texts, each by itself.
    pub fn to_vec(&self) -> Vec<String> {
        self.at_hand().iter().map(str::to_owned).collect()
    }

    /// The same row with other texts in some cells, in memory of its own.
    pub fn with<'t>(&self, other: impl Fn(usize) -> Option<&'t str>) -> CellTexts {
        let here = self.at_hand();
        let texts = here.iter().enumerate();
        texts.map(|(index, text)| other(index).unwrap_or(text)).collect()
    }
}

impl PartialEq for CellTexts {
    fn eq(&self, other: &CellTexts) -> bool {
        self.count == other.count && self.at_hand().iter().eq(other.at_hand().iter())
    }
}

impl Eq for CellTexts {}

impl<T: AsRef<str>> FromIterator<T> for CellTexts {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> CellTexts {
        let mut row = CellTextsBuilder::default();
        for text in texts {
            row.push(text.as_ref());
        }
        row.end_row();
        row.finish().pop().unwrap_or_default()
    }
}

impl From<Vec<String>> for CellTexts {
    fn from(texts: Vec<String>) -> CellTexts {
        texts.into_iter().collect()
    }
}

impl fmt::Debug for CellTexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.at_hand().iter()).finish()
    }
}

impl Serialize for CellTexts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.at_hand().iter())
    }
}

impl<'de> Deserialize<'de> for CellTexts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CellTexts, D::Error> {
        Vec::<String>::deserialize(deserializer).map(CellTexts::from)
    }
}

/// Collects rows that will share one piece of memory.
#[derive(Debug, Default)]
pub struct CellTextsBuilder {
    texts: Texts,
    /// Where each row ends among the texts.
    rows: Vec<u32>,
}

/// So many rows are packed together: enough that they pack well, few enough that unpacking one costs little.
pub const ROWS_PER_PACK: usize = 1024;

/// Packs the texts of these rows together.
pub(super) fn pack<'r>(rows: impl Iterator<Item = &'r mut CellTexts>) {
    let mut texts = CellTextsBuilder::default();
    let rows: Vec<&mut CellTexts> = rows.inspect(|row| texts.push_row(row)).collect();
    for (row, packed) in rows.into_iter().zip(texts.finish_packed()) {
        *row = packed;
    }
}

impl CellTextsBuilder {
    /// Adds a whole row.
    pub fn push_row(&mut self, row: &CellTexts) {
        row.at_hand().iter().for_each(|text| self.push(text));
        self.end_row();
    }

    /// How many bytes of text rows should share at most: few enough that places fit into 32 bits.
    pub const BYTES_MAX: usize = 64 << 20;

    /// Begins with room for so many bytes of text, in so many cells and rows.
    pub fn with_capacity(bytes: usize, cells: usize, rows: usize) -> CellTextsBuilder {
        CellTextsBuilder {
            texts: Texts {
                text: String::with_capacity(bytes),
                ends: Vec::with_capacity(cells),
            },
            rows: Vec::with_capacity(rows),
        }
    }

    /// Adds a cell to the row that was begun. A text that leads beyond 4 GiB is dropped; no file is read that has one.
    pub fn push(&mut self, text: &str) {
        if let Ok(end) = u32::try_from(self.texts.text.len() + text.len()) {
            self.texts.text.push_str(text);
            self.texts.ends.push(end);
        }
    }

    /// Adds cells whose texts follow one another in `text`, each ending at one of the ends.
    pub fn push_all(&mut self, text: &str, ends: impl Iterator<Item = usize>) {
        let start = self.texts.text.len();
        if u32::try_from(start + text.len()).is_ok() {
            self.texts.text.push_str(text);
            self.texts.ends.extend(ends.map(|end| (start + end) as u32));
        }
    }

    /// Ends the row that was begun.
    pub fn end_row(&mut self) {
        self.rows.push(self.texts.ends.len() as u32);
    }

    /// How many bytes of text were collected.
    pub fn bytes(&self) -> usize {
        self.texts.text.len()
    }

    /// The rows, in the order in which they ended.
    pub fn finish(mut self) -> Vec<CellTexts> {
        // Giving back a little would mean to copy all of it.
        let (length, room) = (self.texts.text.len(), self.texts.text.capacity());
        if room - length > length / 16 {
            self.texts.text.shrink_to_fit();
        }
        self.texts.ends.shrink_to_fit();
        CellTextsBuilder::parted(self.rows, Shared::open(self.texts))
    }

    /// The same, packed: for rows of which nobody asks for every text.
    pub fn finish_packed(self) -> Vec<CellTexts> {
        CellTextsBuilder::parted(self.rows, Shared::packed(self.texts))
    }

    fn parted(rows: Vec<u32>, texts: Shared) -> Vec<CellTexts> {
        let texts = Arc::new(texts);
        let mut first = 0;
        let rows = rows.into_iter().map(|end| {
            let begin = std::mem::replace(&mut first, end);
            CellTexts {
                texts: Arc::clone(&texts),
                first: begin,
                count: end - begin,
            }
        });
        rows.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back_and_none_beyond_the_last() {
        for row in [
            vec![],
            vec![""],
            vec!["a", "", "é", "", ""],
            vec!["", "\u{1F600}", "b,\"c\""],
        ] {
            let cells: CellTexts = row.iter().collect();
            assert_eq!(cells.iter().collect::<Vec<_>>(), row);
            assert_eq!((cells.len(), cells.is_empty()), (row.len(), row.is_empty()));
            assert_eq!(cells.get(row.len()), None);
            let json = serde_json::to_string(&cells).unwrap();
            assert_eq!(json, serde_json::to_string(&row).unwrap());
            assert_eq!(serde_json::from_str::<CellTexts>(&json).unwrap(), cells);
        }
    }

    #[test]
    fn rows_that_share_memory_know_their_own_cells() {
        let rows = [vec!["a", "bc"], vec![], vec!["", "d", "é"]];
        let mut builder = CellTextsBuilder::default();
        for row in &rows {
            row.iter().for_each(|text| builder.push(text));
            builder.end_row();
        }
        assert_eq!(builder.bytes(), 6);
        let shared = builder.finish();
        let texts: Vec<Vec<String>> = shared.iter().map(CellTexts::to_vec).collect();
        assert_eq!(texts, rows);
        assert_eq!(shared[0].get(2), None);
        assert_eq!(shared[2].without_first(1).to_vec(), ["d", "é"]);
        assert!(shared[0].without_first(3).is_empty());
    }

    fn built(rows: &[Vec<String>]) -> CellTextsBuilder {
        let mut builder = CellTextsBuilder::default();
        for row in rows {
            row.iter().for_each(|text| builder.push(text));
            builder.end_row();
        }
        builder
    }

    #[test]
    fn packed_rows_are_what_they_were_and_stay_packed_while_they_are_only_looked_at() {
        let rows: Vec<Vec<String>> = (0..500)
            .map(|row| vec![format!("{row}é"), String::new(), "Zürich".repeat(row % 70)])
            .collect();
        let (open, packed) = (built(&rows).finish(), built(&rows).finish_packed());
        for ((row, open), packed) in rows.iter().zip(&open).zip(&packed) {
            assert_eq!(packed.to_vec(), *row);
            assert_eq!(open, packed);
            assert_eq!(packed.at_hand().get(2), Some(row[2].as_str()));
            let json = |cells: &CellTexts| serde_json::to_string(cells).unwrap();
            assert_eq!(json(open), json(packed));
        }
        assert!(packed.iter().all(CellTexts::is_packed) && !open[0].is_packed());
        assert_eq!(packed[499].get(0), Some("499é"));
        assert!(!packed[0].is_packed(), "they share what was unpacked");
        assert!(!open[0].at_hand().is_packed());
    }

    #[test]
    fn rows_of_two_packs_are_told_apart_when_they_are_looked_at_in_turns() {
        let rows = |word: &str| [vec![word.repeat(200)], vec![word.repeat(300)]];
        let (one, two) = (
            built(&rows("a")).finish_packed(),
            built(&rows("b")).finish_packed(),
        );
        let before = times_unpacked();
        for row in 0..2 {
            assert_eq!(one[row].to_vec(), rows("a")[row]);
            assert_eq!(two[row].to_vec(), rows("b")[row]);
        }
        assert_eq!(times_unpacked() - before, 2);
        assert!(one.iter().chain(&two).all(CellTexts::is_packed));
    }

    #[test]
    fn a_row_begins_with_another_only_when_every_cell_is_the_same() {
        let rows = built(&[
            vec!["x".to_owned()],
            ["ab", "", "c", "d"].map(str::to_owned).to_vec(),
        ])
        .finish();
        for (other, expected) in [
            (vec![], true),
            (vec!["ab", "", "c"], true),
            (vec!["ab", "", "c", "d"], true),
            (vec!["ab", "", "c", "d", ""], false),
            (vec!["ab", "c"], false),
            (vec!["a", "b", "c"], false),
            (vec!["ab", "", "C"], false),
        ] {
            let other: CellTexts = other.into_iter().collect();
            assert_eq!(rows[1].begins_with(&other), expected, "{other:?}");
        }
    }

    #[test]
    fn rows_with_the_same_letters_in_other_cells_are_not_the_same() {
        let one: CellTexts = ["ab", "c"].into_iter().collect();
        let two: CellTexts = ["a", "bc"].into_iter().collect();
        assert_ne!(one, two);
        assert_eq!(one.with(|index| (index == 0).then_some("x")).to_vec(), ["x", "c"]);
    }
}

//! The texts of one row's cells in one piece of memory, shared by everybody who holds the row.
//!
//! A row is held by the check, by the plan and by the report. With a `String` for every cell a row of 25 columns takes four
//! times its text, and copying it costs as much as reading it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The texts of the cells of one row, in the order of the columns. A clone shares the texts, and so do rows that were
/// collected together.
#[derive(Clone, Default)]
pub struct CellTexts {
    texts: Arc<Texts>,
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

impl CellTexts {
    /// The text of a cell; `None` where the row has no such cell.
    pub fn get(&self, index: usize) -> Option<&str> {
        if index >= self.len() {
            return None;
        }
        let at = self.first as usize + index;
        let end = *self.texts.ends.get(at)? as usize;
        let start = match at.checked_sub(1) {
            Some(before) => *self.texts.ends.get(before)? as usize,
            None => 0,
        };
        self.texts.text.get(start..end)
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
        self.iter().map(str::to_owned).collect()
    }

    /// The same row with other texts in some cells, in memory of its own.
    pub fn with<'t>(&self, other: impl Fn(usize) -> Option<&'t str>) -> CellTexts {
        let texts = self.iter().enumerate();
        texts.map(|(index, text)| other(index).unwrap_or(text)).collect()
    }
}

impl PartialEq for CellTexts {
    fn eq(&self, other: &CellTexts) -> bool {
        self.iter().eq(other.iter())
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
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for CellTexts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
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

impl CellTextsBuilder {
    /// How many bytes of text rows should share at most: few enough that places fit into 32 bits.
    pub const BYTES_MAX: usize = 64 << 20;

    /// Begins with room for so many bytes of text and rows.
    pub fn with_capacity(bytes: usize, rows: usize) -> CellTextsBuilder {
        CellTextsBuilder {
            texts: Texts {
                text: String::with_capacity(bytes),
                ends: Vec::new(),
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
        self.texts.text.shrink_to_fit();
        self.texts.ends.shrink_to_fit();
        let texts = Arc::new(self.texts);
        let mut first = 0;
        let rows = self.rows.into_iter().map(|end| {
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

    #[test]
    fn rows_with_the_same_letters_in_other_cells_are_not_the_same() {
        let one: CellTexts = ["ab", "c"].into_iter().collect();
        let two: CellTexts = ["a", "bc"].into_iter().collect();
        assert_ne!(one, two);
        assert_eq!(one.with(|index| (index == 0).then_some("x")).to_vec(), ["x", "c"]);
    }
}

//! A text that stands in a cell of its row already, and is not kept a second time.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::num::NonZeroU16;

use super::CellTexts;

/// Which cell of a row has a text, and by what it is known without a look: there are many rows, and their cells are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextInCell {
    /// Counted from 1.
    column: NonZeroU16,
    hash: [u16; 3],
}

impl TextInCell {
    /// For a text that is in this column; `None` where a sheet has columns without end.
    pub fn of(column: usize, text: &str) -> Option<TextInCell> {
        let column = u16::try_from(column + 1).ok().and_then(NonZeroU16::new)?;
        let hash = hash(text);
        Some(TextInCell { column, hash })
    }

    /// Whether it is this text. By 48 bits of a hash: two texts are taken for one once in 280 billion times, so nothing may
    /// depend on it but what a message says.
    pub fn seems(self, text: &str) -> bool {
        self.hash == hash(text)
    }

    /// The text, out of the cells of its row.
    pub fn text(self, cells: &CellTexts) -> String {
        let cells = cells.at_hand();
        cells
            .get(usize::from(self.column.get()) - 1)
            .unwrap_or_default()
            .to_owned()
    }
}

fn hash(text: &str) -> [u16; 3] {
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(text);
    [hash as u16, (hash >> 16) as u16, (hash >> 32) as u16]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_a_cell_is_known_by_its_spelling_and_comes_out_of_the_cells() {
        let cells: CellTexts = ["", "Ann@x.example"].into_iter().collect();
        let text = TextInCell::of(1, "Ann@x.example").unwrap();
        assert!(text.seems("Ann@x.example") && !text.seems("ann@x.example") && !text.seems(""));
        assert_eq!(text.text(&cells), "Ann@x.example");
        assert_eq!(TextInCell::of(65_535, ""), None);
    }

    #[test]
    fn it_takes_no_more_room_than_the_length_of_a_text() {
        assert_eq!((size_of::<TextInCell>(), size_of::<Option<TextInCell>>()), (8, 8));
    }
}

//! What the letters beyond ASCII say about a file: whether they were decoded wrongly once before, and a few words by which
//! a person can tell whether a guess was right.

use super::encoding::{Certainty, Encoding};
use crate::domain::{Extent, Finding, Place, shorten, undo_mojibake};

/// The rule of the finding that tells of a guessed encoding.
pub const ENCODING_GUESSED: &str = "encoding-guessed";

/// How many words are shown.
const WORDS_MAX: usize = 3;

/// So many cells must be garbled, and so many of a hundred, before the whole file is called so.
const GARBLED_CELLS_MIN: u64 = 3;
const GARBLED_PERCENT_MIN: u64 = 80;

/// What was seen in the cells of a text.
#[derive(Debug, Default)]
pub(super) struct Letters {
    /// Cells that hold more than ASCII.
    cells: u64,
    /// The first words that do.
    words: Vec<(Place, String)>,
    /// Cells that make sense once they are decoded again.
    garbled: u64,
    /// The first words of those, as they are and as they were.
    undone: Vec<(Place, String, String)>,
}

impl Letters {
    /// Looks at a cell as it stands in the file.
    pub(super) fn look(&mut self, cell: &[u8], place: Place) {
        if cell.is_ascii() {
            return;
        }
        let Ok(text) = std::str::from_utf8(cell) else {
            return;
        };
        let text = text.trim_matches('"');
        self.cells += 1;
        if self.words.len() < WORDS_MAX
            && let Some(word) = word(text)
        {
            self.words.push((place, shorten(word)));
        }
        // A letter that was decoded wrongly is at least two characters, side by side.
        let has_neighbours = cell
            .windows(3)
            .any(|bytes| bytes.iter().all(|byte| *byte >= 0x80));
        if !has_neighbours {
            return;
        }
        if let Some(undone) = undo_mojibake(text) {
            self.garbled += 1;
            if self.undone.len() < WORDS_MAX {
                let was = word(&undone).unwrap_or(&undone);
                self.undone.push((place, shorten(text), shorten(was)));
            }
        }
    }

    /// Says that the code page was guessed, and shows the words that tell whether rightly.
    pub(super) fn guessed(&self, encoding: Encoding, certainty: Certainty) -> Finding {
        let is_guess = certainty == Certainty::Guess;
        let sure = if is_guess {
            "a guess from few letters"
        } else {
            "likely"
        };
        let words: Vec<String> = self
            .words
            .iter()
            .map(|(place, word)| format!("“{word}” ({})", place.cell_name().unwrap_or_default()))
            .collect();
        // Too little to go by is too little to write by.
        let finding = if is_guess {
            Finding::error
        } else {
            Finding::warning
        };
        let finding = finding(
            ENCODING_GUESSED,
            Extent::Sheet,
            format!(
                "nothing in the file says how its letters are encoded; it is read as {encoding} ({sure}), so that it says {}",
                words.join(", ")
            ),
            if is_guess {
                format!(
                    "look whether these words are right; if they are, say so with `--encoding {encoding}`; if not, name another encoding, or save the file as `CSV UTF-8 (comma delimited)`"
                )
            } else {
                "look whether these words are right; if not, name the encoding with `--encoding`, or save the file as `CSV UTF-8 (comma delimited)`".to_owned()
            },
        );
        match self.words.first() {
            Some((place, _)) => finding.at(*place),
            None => finding,
        }
    }

    /// A guess cannot be right when some letters are those of UTF-8.
    pub(super) fn mixed(&self, encoding: Encoding) -> Option<Finding> {
        let (place, garbled, was) = self.undone.first()?;
        Some(
            Finding::error(
                "encoding-mixed",
                Extent::Sheet,
                format!("most letters of the file look like {encoding}, but in {} they are UTF-8 (“{was}”)", self.garbled_in_words()),
                "the file was put together from texts in two encodings: correct it in a text editor and save it as UTF-8, or name the encoding with `--encoding`",
            )
            .at(*place)
            .found(garbled),
        )
    }

    /// Says that the file was decoded wrongly and saved again. `has_garbled_mark`: its byte order mark was, so fewer cells
    /// are enough. With a base each cell is held against what was exported, so it is only a warning then: the directory
    /// itself may hold such names.
    pub(super) fn mojibake(&self, has_garbled_mark: bool, has_base: bool) -> Option<Finding> {
        const HELP: &str = "take the file from before that program opened it and open it as UTF-8 (in Excel: `Data`, `From Text/CSV`, `65001: Unicode (UTF-8)`), or use .xlsx";
        let is_garbled =
            self.garbled >= GARBLED_CELLS_MIN && self.garbled * 100 >= self.cells * GARBLED_PERCENT_MIN;
        if !(is_garbled || (has_garbled_mark && self.garbled > 0)) {
            return has_garbled_mark.then(|| {
                Finding::warning(
                    "mojibake",
                    Extent::Sheet,
                    "a program took the file for another encoding and saved it so: its byte order mark became letters; no cell is affected",
                    HELP,
                )
            });
        }
        let examples: Vec<String> = self
            .undone
            .iter()
            .map(|(place, garbled, was)| {
                format!(
                    "“{garbled}” was “{was}” ({})",
                    place.cell_name().unwrap_or_default()
                )
            })
            .collect();
        let message = format!(
            "a program took the UTF-8 of this file for another encoding and saved it so, in {}: {}",
            self.garbled_in_words(),
            examples.join(", ")
        );
        let finding = if has_base {
            Finding::warning("mojibake", Extent::Sheet, message, HELP)
        } else {
            Finding::error("mojibake", Extent::Sheet, message, HELP)
        };
        match self.undone.first() {
            Some((place, garbled, _)) => Some(finding.at(*place).found(garbled)),
            None => Some(finding),
        }
    }

    fn garbled_in_words(&self) -> String {
        match self.garbled {
            1 => "1 cell".to_owned(),
            count => format!("{count} cells"),
        }
    }
}

/// The first word that holds more than ASCII.
fn word(text: &str) -> Option<&str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"'))
        .find(|word| !word.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Severity;

    fn letters(cells: &[&str]) -> Letters {
        let mut letters = Letters::default();
        for (index, cell) in cells.iter().enumerate() {
            letters.look(
                cell.as_bytes(),
                Place::cell(index as u64 + 2, index as u64 + 2, 1),
            );
        }
        letters
    }

    #[test]
    fn a_file_is_called_garbled_when_most_of_its_letters_are() {
        // cells, garbled mark, base, severity
        for (cells, mark, base, severity) in [
            (
                &["ZoÃ«", "JosÃ©", "RenÃ©e"][..],
                false,
                false,
                Some(Severity::Error),
            ),
            (&["ZoÃ«", "JosÃ©", "RenÃ©e"], false, true, Some(Severity::Warning)),
            (&["ZoÃ«", "JosÃ©", "RenÃ©e", "Anna", "Zoë"], false, false, None),
            (
                &["ZoÃ«", "JosÃ©", "RenÃ©e", "AndrÃ©", "Zoë"],
                false,
                false,
                Some(Severity::Error),
            ),
            (&["ZoÃ«", "JosÃ©"], false, false, None),
            (&["ZoÃ«"], true, false, Some(Severity::Error)),
            (&["Anna"], true, false, Some(Severity::Warning)),
            (&["Zoë", "José", "Renée"], false, false, None),
            (&["山田", "Иван", "שלום"], false, false, None),
            (&[], false, false, None),
        ] {
            let finding = letters(cells).mojibake(mark, base);
            assert_eq!(finding.map(|f| f.severity), severity, "{cells:?}");
        }
    }

    #[test]
    fn the_finding_says_what_the_words_were() {
        let letters = letters(&["\"ZoÃ« Jansen\"", "JosÃ©", "itâ€™s", "RenÃ©e"]);
        let finding = letters.mojibake(false, false).unwrap();
        assert!(
            finding.message.ends_with(
                "in 4 cells: “ZoÃ« Jansen” was “Zoë” (B2), “JosÃ©” was “José” (B3), “itâ€™s” was “it’s” (B4)"
            ),
            "{}",
            finding.message
        );
    }
}

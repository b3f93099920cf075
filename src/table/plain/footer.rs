//! Rows at the end of a file that are about the file and nobody in it: `Total: 123`, `End of report`.

use super::{RAGGED, UnreadableSource};
use crate::domain::{Extent, Finding, Place, SourceRow, shorten};
use crate::table::forms::key;

/// How many rows a footer may have.
const ROWS_MAX: usize = 5;
/// And filled cells in each of them.
const FILLED_MAX: usize = 3;

/// How the first filled cell of a footer begins, as [`key`] writes it.
const WORDS: [&str; 27] = [
    "total",
    "grandtotal",
    "count",
    "recordcount",
    "records",
    "numberof",
    "rowcount",
    "rows",
    "endof",
    "eof",
    "trailer",
    "trl",
    "totaal",
    "eindtotaal",
    "aantal",
    "einde",
    "summe",
    "gesamt",
    "anzahl",
    "ende",
    "nombre",
    "fin",
    "findel",
    "recuento",
    "generated",
    "***",
    "===",
];

type Parts = (
    Vec<SourceRow>,
    Option<Finding>,
    Vec<UnreadableSource>,
    Vec<SourceRow>,
);

/// Takes the footer off: rows below all others, with few filled cells, of which the first says so. A short row that says
/// nothing of the kind stays what it is: a row that was cut off.
pub(super) fn split(mut rows: Vec<SourceRow>, mut unreadable: Vec<UnreadableSource>) -> Parts {
    let mut footer = Vec::new();
    while footer.len() < ROWS_MAX {
        let whole = rows.last().map_or(0, SourceRow::row);
        let is_short = unreadable.last().is_some_and(|last| last.row.row() > whole);
        let last = if is_short {
            unreadable
                .last()
                .filter(|last| last.finding.rule == RAGGED)
                .map(|last| &last.row)
        } else {
            rows.last()
        };
        if !last.is_some_and(is_footer) {
            break;
        }
        let taken = if is_short {
            unreadable.pop().map(|last| last.row)
        } else {
            rows.pop()
        };
        footer.extend(taken);
    }
    footer.reverse();
    let told = footer.first().map(|first| {
        let text: Vec<&str> = first.cells().filter(|cell| !cell.trim().is_empty()).collect();
        Finding::warning(
            "footer-row",
            Extent::Row,
            format!("row {} at the end of the file says something about the file and is nobody's; it is passed over", first.row()),
            "nothing needs to be done; if it is a person, fill in the other columns",
        )
        .at(Place::row(first.row(), first.row()))
        .found(&shorten(&text.join(" | ")))
    });
    (footer, told, unreadable, rows)
}

fn is_footer(row: &SourceRow) -> bool {
    let filled: Vec<&str> = row.cells().filter(|cell| !cell.trim().is_empty()).collect();
    let Some(first) = filled.first() else { return false };
    let width = row.cells().count();
    let first = key(first);
    // With few columns a person fills as few cells as a footer.
    width > FILLED_MAX && filled.len() <= FILLED_MAX && WORDS.iter().any(|word| is_word(&first, word))
}

/// `total:123` and `total` begin with the word `total`; `totalovich` does not.
fn is_word(text: &str, word: &str) -> bool {
    let Some(rest) = text.strip_prefix(word) else {
        return false;
    };
    let opens = ["numberof", "endof", "findel", "generated", "***", "==="].contains(&word);
    opens
        || !rest.starts_with(char::is_alphabetic)
        || ["records", "rows", "rapport", "report", "employees", "workers"]
            .iter()
            .any(|noun| rest.starts_with(noun))
}

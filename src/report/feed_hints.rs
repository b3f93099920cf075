//! What kind of accident a refused file looks like, in words.

use super::feed_gate::grouped;
use super::plan::{counted, printable};
use crate::feed::gate::Hint;

/// What kind of accident it looks like.
pub fn feed_gate_hint(hint: &Hint) -> String {
    match hint {
        Hint::ColumnMoved {
            column,
            now_in,
            by,
            same,
            of,
        } => {
            let columns = counted(by.unsigned_abs(), "column", "columns");
            let side = if *by < 0 { "left" } else { "right" };
            format!(
                "columns have shifted: what stood in `{}` the last time stands in `{}` now, {columns} to the {side} ({} of {} people)",
                printable(column),
                printable(now_in),
                grouped(*same),
                grouped(*of)
            )
        }
        Hint::KeysMoved { now_in, same, of } => format!(
            "columns have shifted: the keys of the last time stand in `{}` now ({} of {} rows)",
            printable(now_in),
            grouped(*same),
            grouped(*of)
        ),
        Hint::ColumnEmptied { column } => format!("`{}` is empty in every row", printable(column)),
        Hint::ValuesBlanked {
            attribute,
            columns,
            blanked,
            held,
        } => {
            let columns: Vec<String> = columns
                .iter()
                .map(|column| format!("`{}`", printable(column)))
                .collect();
            let made_of = if columns.is_empty() {
                String::new()
            } else {
                format!(", made of {},", columns.join(" and "))
            };
            format!(
                "`{}`{made_of} is blank for {} of {} people for whom the directory holds a value, and a blank would clear it",
                printable(attribute),
                grouped(*blanked),
                grouped(*held)
            )
        }
        Hint::OtherPeople { disputed, of } => format!(
            "{} of the {} people whom it is about have other names, or the address of somebody else, in the directory: it looks like the file of another company, or like another number than that of `key.attribute`",
            grouped(*disputed),
            grouped(*of)
        ),
        Hint::HardlyKnown {
            key,
            known,
            of,
            first_match,
        } => {
            let first = if *first_match {
                "whether the columns of `key.first-match` say what the directory says"
            } else {
                "whether `key.first-match` can tell people who hold no number yet"
            };
            format!(
                "the directory knows {} of {} keys: look whether `key.attribute` ({}) holds these numbers, whether the column of [key] is the right one, and {first}",
                grouped(*known),
                grouped(*of),
                printable(key)
            )
        }
        Hint::TableShrank { table, lost } => format!(
            "the table of words `{}` lost {}: the file may be right, and what is made of it not",
            printable(table),
            counted(*lost, "row", "rows")
        ),
        Hint::LittleByLittle { nights } => format!(
            "it got worse little by little over the last {nights} good nights; no single night went too far"
        ),
        Hint::ColumnRenamed { column, now } => {
            format!(
                "`{}` is probably called `{}` now; if so, correct FEED.toml",
                printable(column),
                printable(now)
            )
        }
        Hint::Doubled { keys, of } => {
            format!(
                "the file was written twice into itself: {} of {} keys stand in several rows",
                grouped(*keys),
                grouped(*of)
            )
        }
        Hint::HeaderAmongRows { rows } => {
            format!(
                "the header stands {} among the rows: several files were put into one",
                counted(*rows, "time", "times")
            )
        }
        Hint::CutOff => "the file was cut off: it has fewer rows, and its last line has no end".to_owned(),
        Hint::OlderFile { last } => {
            format!("it is an old file: it was written before the last good one ({last})")
        }
    }
}

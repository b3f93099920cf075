//! New numbers that lack the plus or the zero with which the others of their column begin.

use super::super::{CheckOptions, CheckedCell, CheckedRow, ColumnRole, Edit, Extent, Finding, SheetColumn};
use crate::catalogue::{Attribute, Kind};

/// So many other values must show how the column is written.
const OTHERS_MIN: u64 = 3;
/// The share of them that must begin with a plus or a zero, in percent.
const SHARE_PERCENT: u64 = 80;
/// Fewer digits are an extension or a room.
const DIGITS_MIN: usize = 6;

/// Warns of edited cells that hold bare digits where most of the column begins with `+` or `0`.
pub(in super::super) fn doubt_phones(
    rows: &mut [CheckedRow],
    columns: &[SheetColumn],
    options: &CheckOptions,
) {
    for (index, column) in columns.iter().enumerate() {
        let ColumnRole::Attribute(attribute) = column.role else {
            continue;
        };
        if !holds_numbers(attribute) || options.accept_derived.iter().any(|name| name == attribute.name) {
            continue;
        }
        let suspects: Vec<usize> = (0..rows.len())
            .filter(|row| rows.get(*row).is_some_and(|row| is_suspect(row, index)))
            .collect();
        if suspects.is_empty() {
            continue;
        }
        let Some(sign) = usual_sign(rows, index) else {
            continue;
        };
        for row in suspects {
            if let Some(row) = rows.get_mut(row) {
                let place = row.place().at(index);
                let finding = doubt(attribute, row, index, &column.header, sign).at(place);
                row.add_finding(finding);
            }
        }
    }
}

/// Phones, and numbers of people such as `employeeId`.
fn holds_numbers(attribute: &Attribute) -> bool {
    matches!(attribute.kind, Kind::Phone { .. })
        || matches!(attribute.name, "businessPhones" | "employeeId" | "faxNumber")
}

fn is_suspect(row: &CheckedRow, column: usize) -> bool {
    let mut edits = row.cells().iter();
    let edit = edits.find(|cell| cell.column == column && matches!(cell.edit, Edit::Set(_)));
    edit.is_some_and(|cell| {
        let text = cell.text().trim();
        text.len() >= DIGITS_MIN && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit())
    })
}

/// The sign with which most of the other values begin.
fn usual_sign(rows: &[CheckedRow], column: usize) -> Option<char> {
    let (mut plus, mut zero, mut others) = (0, 0, 0);
    for row in rows.iter().filter(|row| !is_suspect(row, column)) {
        // What was exported counts, where a spreadsheet took the sign away.
        let exported = row.findings().iter().find(|finding| {
            finding.extent == Extent::Cell && finding.place.and_then(|place| place.column) == Some(column)
        });
        let cells = row.raw().cells.at_hand();
        let text = exported
            .and_then(Finding::exported_text)
            .or_else(|| cells.get(column));
        match text.and_then(|text| text.trim().chars().next()) {
            Some('+') => plus += 1,
            Some('0') => zero += 1,
            Some(_) => others += 1,
            None => {}
        }
    }
    let all: u64 = plus + zero + others;
    let (most, sign) = if plus >= zero { (plus, '+') } else { (zero, '0') };
    (all >= OTHERS_MIN && (plus + zero) * 100 >= all * SHARE_PERCENT && most > 0).then_some(sign)
}

fn doubt(attribute: &Attribute, row: &CheckedRow, column: usize, header: &str, sign: char) -> Finding {
    let cell = row.cells().iter().find(|cell| cell.column == column);
    let base = cell.and_then(|cell| cell.base.as_deref());
    let unknown = if base.is_some() {
        ""
    } else {
        "; without the exported value nobody can tell"
    };
    let text = cell.map_or("", CheckedCell::text);
    let finding = Finding::warning(
        "number-without-sign",
        Extent::Cell,
        format!(
            "most values of `{}` begin with `{sign}` and this one does not, as when a spreadsheet takes it away{unknown}",
            attribute.name
        ),
        format!("look at the number, and write the `{sign}` if it is missing; format the column as text first"),
    )
    .column(header)
    .found(text);
    match base {
        Some(base) => finding.exported(base),
        None => finding,
    }
}

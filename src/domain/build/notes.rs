//! What a plan says of a row beside what it writes.

use crate::catalogue::Attribute;
use crate::domain::{Change, Conflict, Finding, RowNote, RowStatus, shorten, told_text};

/// What is told of a cell that was left to the directory.
pub(super) fn left_alone(change: &Change) -> String {
    format!(
        "{}: {} was not written: you chose what the directory had when you decided, {}",
        change.attribute.name,
        shown_of(change.attribute, &change.after.to_cell()),
        shown_of(change.attribute, &change.before.to_cell())
    )
}

/// What is told of a cell that kept its exported value.
pub(super) fn remark(finding: &Finding) -> String {
    format!(
        "{}: “{}” was not written: {}",
        finding.column.as_deref().unwrap_or_default(),
        finding.found.as_deref().unwrap_or_default(),
        finding.message
    )
}

/// What to do about a cell that somebody decided about when it had other values.
const DECIDE_AGAIN: &str = "a choice was made about this cell, for other values, so no flag writes it; make a new sheet of conflicts with `plan --conflict-sheet`, and decide again";

/// What is told of a cell in conflict.
pub(super) fn conflict_note(conflict: &Conflict) -> RowNote {
    let hint = if conflict.is_void {
        DECIDE_AGAIN
    } else {
        "look at both; then `--conflicts mine` writes the sheet's value, and `--conflicts skip` leaves the directory's"
    };
    RowNote {
        status: RowStatus::Conflict,
        code: "conflict".to_owned(),
        message: format!(
            "{}: exported as {}, in the sheet {}, but meanwhile {} in the directory",
            conflict.attribute.name,
            shown_of(conflict.attribute, &conflict.base),
            shown_of(conflict.attribute, &conflict.edited.to_cell()),
            shown_of(conflict.attribute, &conflict.live.to_cell()),
        ),
        hint: hint.to_owned(),
    }
}

pub(super) fn held_note(attribute: &Attribute, rule: &str) -> RowNote {
    RowNote {
        status: RowStatus::Skipped,
        code: rule.to_owned(),
        message: format!("{}: held back, because its column looks damaged", attribute.name),
        hint: "look at the finding about the column; if it is meant, add `--allow shuffled`".to_owned(),
    }
}

pub(in crate::domain) fn finding_note(finding: &Finding) -> RowNote {
    RowNote {
        status: RowStatus::Skipped,
        code: finding.rule.to_owned(),
        message: match &finding.column {
            Some(column) => format!("{column}: {}", finding.message),
            None => finding.message.clone(),
        },
        hint: finding.help.clone(),
    }
}

/// The same for a cell of this attribute, of which sentences may tell only a part.
pub(in crate::domain) fn shown_of(attribute: &Attribute, text: &str) -> String {
    shown(&told_text(attribute, text))
}

/// A cell's text in a sentence.
pub(in crate::domain) fn shown(text: &str) -> String {
    if text.is_empty() {
        "empty".to_owned()
    } else {
        format!("“{}”", shorten(text))
    }
}

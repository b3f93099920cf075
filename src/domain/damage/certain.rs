//! Values that only a program writes.

use super::super::mojibake::undo_mojibake;
use super::super::rules::CellProblem;
use super::super::shorten;
use super::{cut, errors, letters, marks, numbers, objects};
use crate::catalogue::{Attribute, Kind};

/// A value that only a program writes: never sent, whatever the base.
pub fn certain(attribute: &Attribute, text: &str) -> Option<CellProblem> {
    let problem = |rule, message: &str, help: &str| Some(CellProblem::new(rule, message, help));
    if errors::is_error_value(text) {
        return problem(
            "spreadsheet-error",
            "the cell holds an error value of the spreadsheet, not a value",
            "put the right value into the cell, or the exported value back",
        );
    }
    if objects::is_object(text) {
        return problem(
            "not-a-value",
            "the cell holds what a script writes instead of a value: the name of a type, or an object in its own notation",
            "put the right value into the cell; in a script, join the values of a list before writing them",
        );
    }
    if let Some(inside) = marks::without_wrapper(text) {
        return Some(
            CellProblem::new(
                "formula",
                "the text stands in the form of a formula",
                "write the text without `=\"` and `\"`",
            )
            .repair(inside),
        );
    }
    if text.starts_with('=') {
        return problem(
            "formula",
            "the cell holds a formula instead of what it works out",
            "let the spreadsheet paste the values, not the formulas, and save again",
        );
    }
    if text.contains('\u{fffd}') || letters::holds_only_gaps(text) {
        return problem(
            "lost-letters",
            "the cell holds the marks that stand for letters which could not be read",
            "save the sheet as UTF-8 and type the letters again",
        );
    }
    if let Some(undone) = undo_mojibake(text) {
        return Some(CellProblem::new(
            "mojibake",
            "the text was read in the wrong encoding and saved again",
            format!(
                "it was probably “{}”; save the sheet as UTF-8 and type the letters again",
                shorten(&undone)
            ),
        ));
    }
    if text.len() >= cut::CELL_CHARS_MAX && text.encode_utf16().count() >= cut::CELL_CHARS_MAX {
        return Some(CellProblem::new(
            "cut-short",
            format!(
                "the text has {} characters or more, where spreadsheets cut a cell off",
                cut::CELL_CHARS_MAX
            ),
            "shorten the text, or put the exported value back",
        ));
    }
    let is_rounded = match attribute.kind {
        Kind::Phone { .. } | Kind::SignInPhone { .. } => {
            numbers::is_rounded_number(text) || numbers::is_unsigned_exponent(text)
        }
        kind => is_number_like(kind) && numbers::is_rounded_number(text),
    };
    if is_rounded {
        return problem(
            "scientific-notation",
            "the spreadsheet rounded a long number, and its last digits are lost",
            "format the column as text and type the whole number again",
        );
    }
    let address = match attribute.kind {
        Kind::Email { .. }
        | Kind::EmailList { .. }
        | Kind::UserPrincipalName
        | Kind::Reference
        | Kind::References { .. } => marks::without_link(text).filter(|address| address.contains('@')),
        Kind::Phone { .. } | Kind::SignInPhone { .. } | Kind::TextList { .. } => text
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("tel:"))
            .then(|| marks::without_link(text))
            .flatten(),
        _ => None,
    };
    address.map(|address| {
        CellProblem::new(
            "link-added",
            "a program made a link of this address or number",
            "write it without the `mailto:` or `tel:`",
        )
        .repair(address)
    })
}

/// Kinds whose values are often long digits.
fn is_number_like(kind: Kind) -> bool {
    match kind {
        Kind::Text { .. }
        | Kind::Phone { .. }
        | Kind::SignInPhone { .. }
        | Kind::TextList { .. }
        | Kind::Integer => true,
        Kind::Email { .. }
        | Kind::WebAddress
        | Kind::UserPrincipalName
        | Kind::MailNickname { .. }
        | Kind::Language
        | Kind::Country
        | Kind::Boolean
        | Kind::DateTime
        | Kind::Guid
        | Kind::Choice(_)
        | Kind::Flags(_)
        | Kind::EmailList { .. }
        | Kind::Identities { .. }
        | Kind::Json
        | Kind::Reference
        | Kind::References { .. }
        | Kind::Picture => false,
    }
}

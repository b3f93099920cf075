//! One cell: untouched, an edit, or a problem.

use std::borrow::Cow;

use super::apostrophe::take_off;
use super::check::CheckOptions;
use super::damage::{self, Damage};
use super::edit::{Edit, NOT_READ_WORD, UserKey};
use super::invisible::{line_feeds, marks_at_ends, trim};
use super::{Extent, Finding, Severity, fingerprint_digits, is_masked_text, masked, rules, same};
use crate::catalogue::{Attribute, Kind};

/// The three things a cell can be.
pub(super) enum CellCheck {
    Untouched,
    /// With what makes one doubt it.
    Edit(Edit, Option<Finding>),
    Problem(Finding),
}

/// Compares one cell with its base, the exported text, and checks it when it differs. `is_bared` tells that reading took an
/// apostrophe off. Without a base every filled cell counts.
pub(super) fn check_cell(
    attribute: &'static Attribute,
    header: &str,
    text: &str,
    is_bared: bool,
    base: Option<&str>,
    options: &CheckOptions,
) -> CellCheck {
    // `id` is the key and never an edit; its own shape was checked when the row was parsed. So is the column of `--key`.
    if attribute.name == "id" || options.key == Some(attribute) {
        return CellCheck::Untouched;
    }
    let accepts_derived = options
        .accept_derived
        .iter()
        .any(|column| column == attribute.name);
    // A file keeps its name when its picture changes: what it holds is looked at by whoever can.
    let is_file =
        attribute.kind == Kind::Picture && !trim(text).is_empty() && fingerprint_digits(text).is_none();
    if !is_file && base.is_some_and(|base| is_untouched(base, text, is_bared)) {
        return CellCheck::Untouched;
    }
    if text.trim().eq_ignore_ascii_case(NOT_READ_WORD) {
        return CellCheck::Untouched;
    }
    if attribute.is_masked() && is_masked_text(text) {
        // A report that is fed back: it tells the exported value in part.
        if base.is_some_and(|base| masked(base) == trim(text)) {
            return CellCheck::Untouched;
        }
        return CellCheck::Problem(Finding::error(
            "masked-value",
            Extent::Cell,
            format!(
                "the cell holds a value of `{}` that is told in part, as reports tell it",
                attribute.name
            ),
            "write the whole value, or take the cell from the sheet the report was made of",
        ));
    }
    let read = if text.is_empty() {
        match base {
            Some(_) => rules::clear(attribute),
            None => return CellCheck::Untouched,
        }
    } else if base.is_none() && !attribute.is_writable() {
        // Without a base nobody can tell whether a read-only cell was edited; the column is named once, as a warning.
        return CellCheck::Untouched;
    } else {
        match options.manager_by {
            Some(key) if attribute.kind == Kind::Reference => rules::read_cell(attribute, &by_key(key, text)),
            _ => rules::read_cell(attribute, text),
        }
    };
    if let Some(base) = base
        && !text.is_empty()
    {
        if !is_file && means_the_base(attribute, base, text) {
            return match case_only(attribute, base, text) {
                Some(told) => CellCheck::Problem(told),
                None => CellCheck::Untouched,
            };
        }
        if !accepts_derived && let Some(damage) = damage::rewritten(attribute.kind, base, text) {
            return CellCheck::Problem(repaired(attribute, damage, base, Kept::Exported));
        }
    }
    match read {
        Ok(edit @ Edit::Set(_)) if !accepts_derived => match damage::doubt(attribute, header, base, text) {
            None => CellCheck::Edit(edit, marks_taken_off(text)),
            Some(doubt) if doubt.severity == Severity::Error => CellCheck::Problem(Finding::error(
                doubt.rule,
                Extent::Cell,
                doubt.message,
                doubt.help,
            )),
            Some(doubt) => {
                let message = match marks_in_words(text) {
                    Some(marks) => format!("{}; and {marks}", doubt.message),
                    None => doubt.message,
                };
                let warning = Finding::warning(doubt.rule, Extent::Cell, message, doubt.help);
                CellCheck::Edit(edit, Some(warning))
            }
        },
        Ok(edit) => CellCheck::Edit(edit, marks_taken_off(text)),
        Err(problem) => {
            let mut finding = Finding::error(problem.rule, Extent::Cell, problem.message, problem.help);
            if let Some(repair) = problem.repair {
                finding = finding.repair(repair);
            }
            CellCheck::Problem(finding)
        }
    }
}

/// `at its ends stood U+202E, which nobody sees`; `None` where there is no such mark.
fn marks_in_words(text: &str) -> Option<String> {
    let marks = marks_at_ends(text);
    let named: Vec<String> = marks
        .iter()
        .map(|mark| format!("U+{:04X}", u32::from(*mark)))
        .collect();
    (!named.is_empty()).then(|| {
        format!(
            "at the ends of the cell stood what nobody sees: {}",
            named.join(", ")
        )
    })
}

/// The value is taken without them: they come along from a page or an address book, and nobody types them on purpose.
fn marks_taken_off(text: &str) -> Option<Finding> {
    marks_in_words(text).map(|marks| {
        Finding::warning(
            "marks-taken-off",
            Extent::Cell,
            format!("{marks}; the value is taken without it"),
            "look whether the text was copied from where it should be; typed again, it has no such mark",
        )
    })
}

/// A cell under `--manager-by`: what is not marked otherwise is a value of that attribute.
fn by_key<'t>(key: &Attribute, text: &'t str) -> Cow<'t, str> {
    let own =
        UserKey::parse(text).is_some() || text.contains(':') || text.contains('<') || trim(text).is_empty();
    if own {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("{}:{text}", key.name))
    }
}

/// What the key column says beside what was exported: the same, or with a note that a spreadsheet rewrote it.
///
/// # Errors
/// It says something else.
pub(super) fn check_key(
    attribute: &'static Attribute,
    base: &str,
    text: &str,
) -> Result<Option<Finding>, ()> {
    if is_untouched(base, text, false) || means_the_base(attribute, base, text) || trim(text).is_empty() {
        return Ok(None);
    }
    let damage = damage::rewritten(attribute.kind, base, text).ok_or(())?;
    Ok(Some(repaired(attribute, damage, base, Kept::Exported)))
}

/// Line ends inside a cell are the spreadsheet's business.
fn is_same_text(base: &str, text: &str) -> bool {
    base == text || line_feeds(base) == line_feeds(text)
}

/// The same, or what reading makes of an export without the guard: `is_bared` tells that the file has an apostrophe more than
/// was read.
fn is_untouched(base: &str, text: &str, is_bared: bool) -> bool {
    is_same_text(base, text) || (is_bared && is_same_text(take_off(base), text))
}

/// An address in other capitals: no program does that, and for the service it is the same address.
fn case_only(attribute: &Attribute, base: &str, text: &str) -> Option<Finding> {
    let is_address = matches!(
        attribute.kind,
        Kind::Email { .. } | Kind::UserPrincipalName | Kind::EmailList { .. }
    );
    let differs = trim(base) != trim(text) && base.to_lowercase() == text.to_lowercase();
    (is_address && attribute.is_writable() && differs).then(|| {
        Finding::repaired(
            "case-only",
            "only capital letters differ, and an address is the same in any case; nothing is written",
            "to change its capitals, use the portal, or write another address first",
            base,
        )
    })
}

/// Whether the cell says in other words what its base says: another case, another order, a translated truth value.
pub(super) fn means_the_base(attribute: &'static Attribute, base: &str, text: &str) -> bool {
    if trim(base) == trim(text) {
        return true;
    }
    match (
        rules::interpret(attribute, base),
        rules::interpret(attribute, text),
    ) {
        (Some(Edit::Set(base)), Some(Edit::Set(edited))) => same(attribute, &base, &edited),
        (Some(base @ Edit::Refer(_)), Some(edited @ Edit::Refer(_))) => base == edited,
        // A value that the directory holds may break our rules; then only its very text counts.
        _ => false,
    }
}

/// Which value a cell keeps that only a program changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Exported,
    Live,
}

/// A cell that keeps its value, because only a program changed it.
pub(super) fn repaired(attribute: &Attribute, damage: Damage, value: &str, kept: Kept) -> Finding {
    let kept = match kept {
        Kept::Exported => "the exported value is kept",
        Kept::Live => "the directory holds it as it was and keeps it",
    };
    Finding::repaired(
        damage.rule,
        format!("{}; {kept}, so nothing is written", damage.happened),
        format!("to really change it, add `--accept-derived {}`", attribute.name),
        value,
    )
    .about(attribute)
}

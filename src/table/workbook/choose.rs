//! Which worksheet of a workbook holds the users.

use super::cells::{Flow, Looked};
use super::fault::Fault;
use super::read::Book;
use super::{DATA_SHEET, FINDINGS_SHEET, LISTS_SHEET, READ_ME_SHEET};
use crate::domain::{Extent, Finding, Severity, shorten};
use crate::table::vocabulary::{Meaning, Vocabulary};

/// The worksheet that is read.
pub(super) struct Chosen {
    pub name: String,
    /// When it was looked at already.
    pub looked: Option<Looked>,
    pub finding: Option<Finding>,
}

/// The worksheet by its name, else the one an export has, else the first that has a column of keys near its top, else the
/// first.
pub(super) fn choose(
    book: &mut Book,
    wanted: Option<&str>,
    vocabulary: &Vocabulary,
) -> Result<Chosen, Fault> {
    let worksheets = book.worksheets();
    let names: Vec<&str> = worksheets.iter().map(|(name, _)| name.as_str()).collect();
    let Some(first) = names.first() else {
        return Err(Fault::Other(Box::new(Finding::error(
            "no-worksheet",
            Extent::Sheet,
            "the workbook has no worksheet",
            "look whether this is the right file; charts and macros alone hold no users",
        ))));
    };
    let chosen = |name: &str, looked, finding| Chosen {
        name: name.to_owned(),
        looked,
        finding,
    };
    if let Some(wanted) = wanted {
        let is_it = |name: &&&str| name.eq_ignore_ascii_case(wanted.trim());
        let found = names
            .iter()
            .find(|name| **name == wanted)
            .or_else(|| names.iter().find(is_it));
        return match found {
            Some(name) => Ok(chosen(name, None, None)),
            None => Err(Fault::Other(Box::new(no_such_worksheet(wanted, &names)))),
        };
    }
    let (name, looked) = if names.contains(&DATA_SHEET) {
        (DATA_SHEET, None)
    } else {
        let mut found = None;
        if names.len() > 1 {
            for name in names.iter().filter(|name| !is_ours(name)) {
                let looked = book.look(name)?;
                if has_key(book, name, vocabulary)? {
                    found = Some((*name, Some(looked)));
                    break;
                }
            }
        }
        found.unwrap_or((first, None))
    };
    let others: Vec<&str> = names
        .iter()
        .copied()
        .filter(|other| *other != name && !is_ours(other))
        .collect();
    if others.is_empty() {
        return Ok(chosen(name, looked, None));
    }
    let mut finding = told_which(name, &names);
    // Last month's users beside this month's: nobody but a person knows which are meant.
    if name != DATA_SHEET {
        for other in others {
            // Nothing of a worksheet is read before it was looked through.
            book.look(other)?;
            if has_key(book, other, vocabulary)? {
                finding.severity = Severity::Error;
                finding.message = format!(
                    "the worksheets `{}` and `{}` both name users, and nothing says which is meant",
                    shorten(name),
                    shorten(other)
                );
                break;
            }
        }
    }
    Ok(chosen(name, looked, Some(finding)))
}

/// The worksheets that dirsheet puts beside the users.
fn is_ours(name: &str) -> bool {
    [READ_ME_SHEET, LISTS_SHEET, FINDINGS_SHEET].contains(&name)
}

/// How far from its top a worksheet may have its header, in rows.
pub(super) const HEADER_ROWS_MAX: u32 = 11;

fn has_key(book: &mut Book, name: &str, vocabulary: &Vocabulary) -> Result<bool, Fault> {
    let mut found = false;
    book.read(name, &mut |spot, text, _| {
        if spot.row >= HEADER_ROWS_MAX {
            return Ok(Flow::Enough);
        }
        let is_key = |meaning| {
            matches!(meaning, Meaning::Attribute(attribute) if matches!(attribute.name, "id" | "userPrincipalName"))
        };
        found |= is_key(vocabulary.meaning(text));
        Ok(if found { Flow::Enough } else { Flow::On })
    })?;
    Ok(found)
}

/// Names as a message lists them.
fn listed(names: &[&str]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(12)
        .map(|name| format!("`{}`", shorten(name)))
        .collect();
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn no_such_worksheet(wanted: &str, names: &[&str]) -> Finding {
    Finding::error(
        "no-worksheet",
        Extent::Sheet,
        format!(
            "the workbook has no worksheet `{}`; it has {}",
            shorten(wanted),
            listed(names)
        ),
        "name one of these with `--worksheet`",
    )
}

fn told_which(name: &str, names: &[&str]) -> Finding {
    Finding::warning(
        "several-worksheets",
        Extent::Sheet,
        format!(
            "the workbook has the worksheets {}; only `{}` is read",
            listed(names),
            shorten(name)
        ),
        "choose another one with `--worksheet NAME`, or delete what is not needed",
    )
}

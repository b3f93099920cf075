//! Putting a text into a cell, so that it comes back as it is.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

/// Writes a text cell; a text that is empty is no cell.
pub(super) fn put_text(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    if text.is_empty() {
        return Ok(());
    }
    if !is_ambiguous(text) {
        return sheet
            .write_string_with_format(row, column, text, format)
            .map(drop);
    }
    // The library escapes runs of formatted text as XML, and leaves this to the caller.
    let run = escaped(text);
    sheet
        .write_rich_string_with_format(row, column, &[(&Format::default(), run.as_str())], format)
        .map(drop)
}

/// Whether the library's own escaping would come back as another text. A character that XML cannot carry is written as
/// `_x0001_`, and a text that looks like that as `_x005F_x0001_`; the library looks for such texts before it makes new ones,
/// and does not see those that begin in the text and end in an escape.
fn is_ambiguous(text: &str) -> bool {
    text.contains("_x") && text.chars().any(|c| escape(c).is_some())
}

/// The text with every character escaped that needs it, and every beginning of something that looks like an escape.
fn escaped(text: &str) -> String {
    let text = text.replace("_x", "_x005F_x");
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match escape(character) {
            Some(code) => escaped.push_str(&format!("_x{code:04X}_")),
            None => escaped.push(character),
        }
    }
    escaped
}

/// The code of a character that XML cannot carry.
fn escape(character: char) -> Option<u32> {
    match character {
        '\t' | '\n' => None,
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => Some(character.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_that_would_come_back_as_others_are_escaped_here() {
        for (text, expected) in [
            ("_x0042\0", Some("_x005F_x0042_x0000_")),
            ("_x0042_\r", Some("_x005F_x0042__x000D_")),
            ("\u{1}_x", Some("_x0001__x005F_x")),
            ("_x0042_", None),
            ("a\rb", None),
            ("_x\tb", None),
        ] {
            let found = is_ambiguous(text).then(|| escaped(text));
            assert_eq!(found.as_deref(), expected, "{text:?}");
        }
    }
}

//! Foreign text made fit for a terminal and a report.

/// The longest piece of a foreign body that an error repeats, in characters.
pub(super) const BEGINNING_CHARS_MAX: usize = 200;

/// The longest message of the service that is kept, in characters.
pub(super) const MESSAGE_CHARS_MAX: usize = 1_000;

/// The text on one line, without control characters and marks that turn the direction of a line around, cut to `chars_max`.
pub(super) fn harmless(text: &str, chars_max: usize) -> String {
    let mut shown = String::new();
    let mut length = 0;
    for c in text.chars() {
        let c = if c.is_control() || c.is_whitespace() {
            ' '
        } else {
            c
        };
        if turns_direction(c) || (c == ' ' && (shown.is_empty() || shown.ends_with(' '))) {
            continue;
        }
        if length == chars_max {
            shown.truncate(shown.trim_end().len());
            shown.push('…');
            return shown;
        }
        shown.push(c);
        length += 1;
    }
    shown.truncate(shown.trim_end().len());
    shown
}

/// The beginning of a body that could not be understood, whatever its encoding.
pub(super) fn beginning(body: &[u8]) -> String {
    // Four bytes are the most that one character takes.
    let head = body.get(..BEGINNING_CHARS_MAX * 4 + 4).unwrap_or(body);
    harmless(&String::from_utf8_lossy(head), BEGINNING_CHARS_MAX)
}

/// A body without this secret, should the service repeat what it was sent. Before anything is read from it or cut off.
pub(super) fn taken_out_of(body: Vec<u8>, secret: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(&body);
    if secret.is_empty() || !text.contains(secret) {
        return body;
    }
    text.replace(secret, "…").into_bytes()
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_comes_out_on_one_line_without_control_characters() {
        assert_eq!(harmless("  a\r\n\x1b[2Jb \u{202e}c\t", 50), "a [2Jb c");
        assert_eq!(harmless("abcdef", 3), "abc…");
        assert_eq!(harmless("abc", 3), "abc");
        assert_eq!(beginning(&[0xff, b'x']), "\u{FFFD}x");
        assert_eq!(
            beginning(&vec![b'y'; 10_000]).chars().count(),
            BEGINNING_CHARS_MAX + 1
        );
    }
}

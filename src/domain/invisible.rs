//! Characters nobody sees, which come along when text is copied from a page, a chat or an address book.

/// Marks without a width that stand for nothing in a profile: zero-width blanks, byte order marks, direction marks.
/// The two joiners are not among them, because Persian, Indic scripts and emoji need them.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
    ) || is_direction_control(c)
}

/// Marks that turn the direction of what follows, and can make a name read as another one.
pub fn is_direction_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text without blanks and invisible marks at its ends.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// Whether there is nothing to see at all.
pub fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_whitespace() || is_invisible(c) || matches!(c, '\u{200c}' | '\u{200d}'))
}

/// The text as the eye reads it: every blank a plain one, no invisible mark.
pub fn visible(text: &str) -> String {
    text.chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| {
            if c.is_whitespace() && !c.is_control() {
                ' '
            } else {
                c
            }
        })
        .collect()
}

/// The text with every line end as a line feed; how a line ends inside a cell is the spreadsheet's business.
pub fn line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

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

/// The invisible marks that [`trim`] takes off the ends of this text, each once, in their order.
pub fn marks_at_ends(text: &str) -> Vec<char> {
    let kept = trim(text);
    // What is kept is a part of the text, so both ends are known; a text of blanks and marks alone has one end.
    let start = text.len()
        - text
            .trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c))
            .len();
    let ends = [text.get(..start), text.get(start + kept.len()..)];
    let mut marks: Vec<char> = Vec::new();
    for mark in ends.into_iter().flatten().flat_map(str::chars) {
        if is_invisible(mark) && !marks.contains(&mark) {
            marks.push(mark);
        }
    }
    marks
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

//! What is wrong or noteworthy in a sheet: where, what was found, what is allowed, what to do.

use super::Place;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is written while it stands (or, with `--skip-errors`, not this cell or row).
    Error,
    /// Said, and the work goes on.
    Warning,
    /// Damage that was undone with the help of the base; nothing is written for the cell.
    Repaired,
}

impl Severity {
    /// Its word in messages and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Repaired => "repaired",
        }
    }
}

/// How much of the sheet an error holds back under `--skip-errors`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extent {
    /// The file cannot be used at all; nothing can be skipped.
    Sheet,
    /// One column.
    Column,
    /// One row.
    Row,
    /// One cell.
    Cell,
}

/// One finding. `rule` is a stable name (`docs/problems.md` has a paragraph for each).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub rule: &'static str,
    pub severity: Severity,
    pub extent: Extent,
    pub place: Option<Place>,
    /// The column's header.
    pub column: Option<String>,
    /// The user the row is about, as the row names it.
    pub user: Option<String>,
    /// The text found, shortened by [`shorten`].
    pub found: Option<String>,
    /// What is wrong and what is allowed.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The text that would be right, when it is certain.
    pub repair: Option<String>,
}

impl Finding {
    /// A finding that holds something back.
    pub fn error(
        rule: &'static str,
        extent: Extent,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Finding {
        Finding {
            rule,
            severity: Severity::Error,
            extent,
            place: None,
            column: None,
            user: None,
            found: None,
            message: message.into(),
            help: help.into(),
            repair: None,
        }
    }

    /// A finding that only tells.
    pub fn warning(
        rule: &'static str,
        extent: Extent,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Finding {
        Finding {
            severity: Severity::Warning,
            ..Finding::error(rule, extent, message, help)
        }
    }

    /// The place it is about.
    pub fn at(mut self, place: Place) -> Finding {
        self.place = Some(place);
        self
    }

    /// The header of its column; only its beginning is kept, and nothing a terminal would obey.
    pub fn column(mut self, header: impl AsRef<str>) -> Finding {
        self.column = Some(shorten(header.as_ref()));
        self
    }

    /// The user the row is about, made harmless in the same way.
    pub fn user(mut self, user: impl AsRef<str>) -> Finding {
        self.user = Some(shorten(user.as_ref()));
        self
    }

    /// The text found; only its beginning is kept.
    pub fn found(mut self, text: &str) -> Finding {
        self.found = Some(shorten(text));
        self
    }

    /// The text that would be right. It is told whole or not at all: half of a value would be a wrong one.
    pub fn repair(mut self, text: impl Into<String>) -> Finding {
        self.repair = Some(text.into()).filter(|text| is_harmless(text));
        self
    }

    /// Whether it holds something back.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The longest piece of a cell that a message repeats, in characters.
pub const FOUND_CHARS_MAX: usize = 80;

/// The beginning of a text, with control characters made visible so that a terminal obeys none of them.
pub fn shorten(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(FOUND_CHARS_MAX)
        .map(|c| match c {
            '\n' => '␊',
            '\r' => '␍',
            '\t' => '␉',
            c if c.is_control() || is_direction_mark(c) => '\u{FFFD}',
            c => c,
        })
        .collect();
    if text.chars().nth(FOUND_CHARS_MAX).is_some() {
        shown.push('…');
    }
    shown
}

/// Whether a message can repeat the whole text as it is.
fn is_harmless(text: &str) -> bool {
    shorten(text) == text
}

/// Characters that turn the direction of a line around, and could make a message read as something else.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_or_hostile_text_is_shortened_and_made_harmless() {
        assert_eq!(shorten("a\u{1b}[31mb\nc\u{202e}"), "a\u{FFFD}[31mb␊c\u{FFFD}");
        assert_eq!(shorten(&"x".repeat(200)).chars().count(), FOUND_CHARS_MAX + 1);
        assert_eq!(shorten("Zoë"), "Zoë");
    }
}

//! What is wrong or noteworthy in a sheet: where, what was found, what is allowed, what to do.

use super::{Place, masked};
use crate::catalogue::Attribute;

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
    /// The text that would be right, when it is certain: told whole or not at all, because half of a value would be a wrong
    /// one. [`Finding::fix`] has it even where it is too long to be told.
    pub repair: Option<String>,
    /// The text that was exported, where it is known and can be told whole.
    pub base: Option<String>,
    /// What `repair` and `base` are where a message cannot tell them.
    untold: Option<Box<Untold>>,
    /// Its texts are told in part: see [`Finding::about`].
    is_masked: bool,
}

/// Texts that are too long for a message, would do harm in one, or are nobody's business.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Untold {
    found: Option<String>,
    repair: Option<String>,
    base: Option<String>,
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
            base: None,
            untold: None,
            is_masked: false,
        }
    }

    /// A cell that only a program changed: it keeps `value`.
    pub fn repaired(
        rule: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
        value: &str,
    ) -> Finding {
        Finding {
            severity: Severity::Repaired,
            ..Finding::error(rule, Extent::Cell, message, help)
        }
        .repair(value)
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

    /// Where it is in this sheet: `users.csv:17 P12 usageLocation`, by the line of the file, the spreadsheet's cell (or the row, where
    /// that is another number than the line) and the column's header.
    pub fn place_in(&self, sheet: &str) -> String {
        let mut told = sheet.to_owned();
        if let Some(at) = self.place {
            told.push_str(&format!(":{}", at.line));
            match at.cell_name() {
                Some(cell) => told.push_str(&format!(" {cell}")),
                None if at.row != at.line => told.push_str(&format!(" row {}", at.row)),
                None => {}
            }
        }
        if let Some(column) = &self.column {
            told.push_str(&format!(" {column}"));
        }
        told
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

    /// The attribute whose cell it is about. Of some attributes the texts are told in part only; the whole ones stay known.
    pub fn about(mut self, attribute: &Attribute) -> Finding {
        if !attribute.is_masked() || self.is_masked {
            return self;
        }
        self.is_masked = true;
        if self.rule == "mojibake" {
            // It would tell the text with its letters put right.
            self.help = "save the sheet as UTF-8 and type the letters again".to_owned();
        }
        let (found, repair, base) = (self.found.take(), self.repair.take(), self.base.take());
        let mut finding = self;
        if let Some(found) = found {
            finding = finding.found(&found);
        }
        if let Some(repair) = repair {
            finding = finding.repair(repair);
        }
        match base {
            Some(base) => finding.exported(&base),
            None => finding,
        }
    }

    /// The same with its texts told whole.
    pub fn revealed(&self) -> Finding {
        let mut finding = self.clone();
        if !self.is_masked {
            return finding;
        }
        finding.is_masked = false;
        let untold = finding.untold.take().map(|untold| *untold).unwrap_or_default();
        if let Some(found) = untold.found {
            finding = finding.found(&found);
        }
        if let Some(repair) = untold.repair {
            finding = finding.repair(repair);
        }
        match untold.base {
            Some(base) => finding.exported(&base),
            None => finding,
        }
    }

    /// The text found; only its beginning is kept.
    pub fn found(mut self, text: &str) -> Finding {
        if self.is_masked {
            self.found = Some(shorten(&masked(text)));
            self.untold.get_or_insert_default().found = Some(text.to_owned());
        } else {
            self.found = Some(shorten(text));
        }
        self
    }

    /// The text that would be right.
    pub fn repair(mut self, text: impl Into<String>) -> Finding {
        let text = text.into();
        if is_harmless(&text) && !self.is_masked {
            self.repair = Some(text);
        } else {
            self.untold.get_or_insert_default().repair = Some(text);
        }
        self
    }

    /// The text that was exported.
    pub fn exported(mut self, text: &str) -> Finding {
        if is_harmless(text) && !self.is_masked {
            self.base = Some(text.to_owned());
        } else {
            self.untold.get_or_insert_default().base = Some(text.to_owned());
        }
        self
    }

    /// The whole text that was exported, at any length; `None` when it is not known.
    pub fn exported_text(&self) -> Option<&str> {
        let untold = || self.untold.as_ref()?.base.as_deref();
        self.base.as_deref().or_else(untold)
    }

    /// Whether the cell can be mended without asking: the right text is certain. Where it is only likely, `help` says so.
    pub fn is_fixable(&self) -> bool {
        self.fix().is_some()
    }

    /// The whole text that mends the cell, at any length.
    pub fn fix(&self) -> Option<&str> {
        match (self.extent, self.severity) {
            (Extent::Cell, Severity::Error | Severity::Repaired) => {
                let untold = || self.untold.as_ref()?.repair.as_deref();
                self.repair.as_deref().or_else(untold)
            }
            (Extent::Cell, Severity::Warning) | (Extent::Sheet | Extent::Column | Extent::Row, _) => None,
        }
    }

    /// What mends the cell, as a message may tell it.
    pub fn told_fix(&self) -> Option<String> {
        self.fix().map(|text| self.told(text))
    }

    /// The text that was exported, at any length, as a message may tell it.
    pub fn told_export(&self) -> Option<String> {
        self.exported_text().map(|text| self.told(text))
    }

    fn told(&self, text: &str) -> String {
        if self.is_masked {
            shorten(&masked(text))
        } else {
            text.to_owned()
        }
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
    // Nearly all texts are short and plain, and every row has one.
    if is_told_whole(text) {
        return text.to_owned();
    }
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

/// Whether a text is so short and plain that messages tell it as it is.
pub(super) fn is_told_whole(text: &str) -> bool {
    text.len() <= FOUND_CHARS_MAX && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
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

    #[test]
    fn a_certain_text_mends_a_cell_however_long_it_is() {
        let long = "x".repeat(200) + "\n";
        let error = Finding::error("a", Extent::Cell, "b", "c");
        assert!(!error.is_fixable());
        let told = error.clone().repair("NL").exported("nl");
        assert_eq!((told.fix(), told.repair.as_deref()), (Some("NL"), Some("NL")));
        assert_eq!(
            (told.exported_text(), told.base.as_deref()),
            (Some("nl"), Some("nl"))
        );
        let untold = error.repair(long.clone()).exported(&long);
        assert_eq!(
            (untold.fix(), untold.repair.as_deref()),
            (Some(long.as_str()), None)
        );
        assert_eq!(
            (untold.exported_text(), untold.base.as_deref()),
            (Some(long.as_str()), None)
        );
        let repaired = Finding::repaired("a", "b", "c", "007");
        assert_eq!(
            (repaired.severity, repaired.fix()),
            (Severity::Repaired, Some("007"))
        );
    }

    #[test]
    fn what_is_no_cell_or_only_a_warning_is_not_mended() {
        for extent in [Extent::Sheet, Extent::Column, Extent::Row] {
            assert!(!Finding::error("a", extent, "b", "c").repair("d").is_fixable());
        }
        assert!(
            !Finding::warning("a", Extent::Cell, "b", "c")
                .repair("d")
                .is_fixable()
        );
    }
}

//! What the strictness scan has to say: the words of each finding, how many of each are listed, which rows they break.

use crate::catalogue::Attribute;
use crate::domain::{Extent, Finding, Place};

/// The longest cell that is read, in bytes. No attribute of a user comes near; a longer cell is a lost quote.
pub const CELL_BYTES_MAX: usize = 1 << 20;

/// How many findings of one rule are listed; a last one says how many more there are.
pub const FINDINGS_PER_RULE_MAX: usize = 1000;

const TEXT_AFTER_QUOTE: &str = "text-after-quote";
const QUOTE_INSIDE: &str = "quote-inside-cell";
const CONTROL_CHARACTER: &str = "control-character";
const LONE_RETURN: &str = "lone-carriage-return";

/// The findings so far.
#[derive(Debug, Default)]
pub(super) struct Complaints {
    pub findings: Vec<Finding>,
    /// The records cannot be trusted.
    pub is_fatal: bool,
    /// Rows whose cells cannot be trusted, in the order they were found.
    pub broken_rows: Vec<u64>,
    /// How often each rule was broken.
    counts: Vec<(&'static str, usize)>,
}

impl Complaints {
    pub(super) fn quote_not_closed(&mut self, place: Place, found: &str) {
        self.add(
            Finding::error(
                "quote-not-closed",
                Extent::Sheet,
                format!(
                    "the quote that opens in line {} is never closed, so everything after it became one cell",
                    place.line
                ),
                "close it with `\"`; a quote that belongs to the text is written twice, `\"\"`, inside a quoted cell",
            )
            .at(place)
            .found(found),
        );
    }

    pub(super) fn cell_too_long(&mut self, place: Place, bytes: usize, found: &str) {
        self.add(
            Finding::error(
                "cell-too-long",
                Extent::Sheet,
                format!("a cell holds {bytes} bytes; at most {CELL_BYTES_MAX} are allowed"),
                "look for a quote that opens here and closes too late; shorten the text if it is really meant",
            )
            .at(place)
            .found(found),
        );
    }

    /// `lines`: where the quoted part opens and where it closes.
    pub(super) fn text_after_quote(&mut self, place: Place, lines: (u64, u64), extent: Extent, found: &str) {
        let span = match lines {
            (opened, closed) if opened < closed => format!("from line {opened} to line {closed}"),
            (opened, _) => format!("in line {opened}"),
        };
        self.add(
            Finding::error(
                TEXT_AFTER_QUOTE,
                extent,
                format!(
                    "text follows the closing quote of a cell {span}; only the delimiter or the end of the line is allowed there"
                ),
                "write a quote that belongs to the text twice, `\"\"`, or close the quote that was left open",
            )
            .at(place)
            .found(found),
        );
    }

    pub(super) fn quote_inside(&mut self, place: Place, extent: Extent, found: &str) {
        self.add(
            Finding::error(
                QUOTE_INSIDE,
                extent,
                "a quote stands inside a cell that does not begin with one",
                "put the whole cell in quotes and write the quote inside it twice, `\"\"`; take away blanks before an opening quote",
            )
            .at(place)
            .found(found),
        );
    }

    /// A warning only: the directory itself may hold such a text, and a cell that nobody edited is not written.
    pub(super) fn control_character(&mut self, place: Place, code: u32) {
        self.add(
            Finding::warning(
                CONTROL_CHARACTER,
                Extent::Cell,
                format!("the cell holds the invisible control character U+{code:04X}"),
                "remove it by typing the cell again; as long as the cell is as it was exported, nothing is written for it",
            )
            .at(place),
        );
    }

    pub(super) fn lone_return(&mut self, place: Place, extent: Extent) {
        self.broken_rows.push(place.row + 1);
        self.add(
            Finding::error(
                LONE_RETURN,
                extent,
                "a lone carriage return ends this row while other rows end with a line feed, so the row may be cut in two",
                "join the two halves, or put the cell that holds the line break in quotes",
            )
            .at(place),
        );
    }

    /// Cells with line breaks in them are changed by it as well, so the rows are not taken for what they were.
    pub(super) fn doubled_ends(&mut self, place: Place) {
        self.add(
            Finding::error(
                "doubled-line-ends",
                Extent::Sheet,
                "every line ends with CR CR LF: the file was written in text mode twice, and each time a carriage return was put before the line feed",
                "write it again so that line ends are not translated (in Python `open(…, newline=\"\")`), or mend it: `sed 's/\\r\\r$/\\r/' FILE > NEW`",
            )
            .at(place),
        );
    }

    fn add(&mut self, finding: Finding) {
        self.is_fatal |= finding.extent == Extent::Sheet;
        if let (Extent::Row, Some(place)) = (finding.extent, finding.place) {
            self.broken_rows.push(place.row);
        }
        let listed = match self.counts.iter_mut().find(|(rule, _)| *rule == finding.rule) {
            Some((_, count)) => {
                *count += 1;
                *count <= FINDINGS_PER_RULE_MAX
            }
            None => {
                self.counts.push((finding.rule, 1));
                true
            }
        };
        if listed {
            self.findings.push(finding);
        }
    }

    /// Says how many were not listed, and puts the broken rows in order.
    pub(super) fn conclude(mut self) -> Complaints {
        for (rule, count) in &self.counts {
            let more = count.saturating_sub(FINDINGS_PER_RULE_MAX);
            let last = self.findings.iter().rev().find(|finding| finding.rule == *rule);
            if let Some(mut rest) = last.filter(|_| more > 0).cloned() {
                rest.message = format!("{more} more cells have the same problem");
                rest.place = None;
                rest.found = None;
                self.findings.push(rest);
            }
        }
        self.broken_rows.sort_unstable();
        self.broken_rows.dedup();
        self
    }
}

/// The column that `--key` names is not there.
pub(super) fn no_such_key(key: &Attribute, place: Place) -> Finding {
    Finding::error(
        "no-key-column",
        Extent::Sheet,
        format!("the header has no column `{}`, which `--key` names", key.name),
        "correct the flag or the header; without `--key`, `id` or `userPrincipalName` says who is meant",
    )
    .at(place)
}

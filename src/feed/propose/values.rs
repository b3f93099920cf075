//! What the values of a column look like.

use std::collections::BTreeSet;

use jiff::fmt::strtime::BrokenDownTime;

use crate::catalogue::Attribute;
use crate::domain::{SourceRow, read_cell};
use crate::feed::template::{read_number, trimmed};

/// A column and its rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values<'t> {
    rows: &'t [SourceRow],
    place: usize,
}

impl<'t> Values<'t> {
    pub(super) fn new(rows: &'t [SourceRow], place: usize) -> Values<'t> {
        Values { rows, place }
    }

    fn all(self) -> impl Iterator<Item = (u64, &'t str)> {
        self.rows
            .iter()
            .map(move |row| (row.row(), trimmed(row.cell(self.place))))
    }

    pub(super) fn filled(self) -> impl Iterator<Item = (u64, &'t str)> {
        self.all().filter(|(_, text)| !text.is_empty())
    }

    pub(super) fn is_empty(self) -> bool {
        self.filled().next().is_none()
    }

    /// Filled in every row, and no value twice.
    pub(super) fn is_unique(self) -> bool {
        let mut seen = BTreeSet::new();
        !self.rows.is_empty() && self.all().all(|(_, text)| !text.is_empty() && seen.insert(text))
    }

    /// The distinct values, at most `max` of them.
    pub(super) fn distinct(self, max: usize) -> Option<Vec<&'t str>> {
        let mut seen = BTreeSet::new();
        for (_, text) in self.filled() {
            seen.insert(text);
            if seen.len() > max {
                return None;
            }
        }
        Some(seen.into_iter().collect())
    }

    /// Names that stand in capitals everywhere.
    pub(super) fn is_capitals(self) -> bool {
        let mut texts = self.filled().peekable();
        texts.peek().is_some()
            && texts.all(|(_, text)| text.chars().count() > 1 && !text.chars().any(char::is_lowercase))
    }

    pub(super) fn are_addresses(self) -> bool {
        let is_address = |text: &str| {
            text.split_once('@')
                .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
        };
        !self.is_empty() && self.filled().all(|(_, text)| is_address(text))
    }

    /// The first value that an attribute does not take: its row, and why.
    pub(super) fn refused(self, attribute: &Attribute) -> Option<(u64, String)> {
        self.filled().find_map(|(row, text)| {
            read_cell(attribute, text)
                .err()
                .map(|problem| (row, problem.message))
        })
    }

    /// The forms in which every value is a date.
    pub(super) fn date_forms(self) -> Vec<&'static str> {
        const FORMS: [&str; 14] = [
            "%Y-%m-%d",
            "%d-%m-%Y",
            "%m-%d-%Y",
            "%d/%m/%Y",
            "%m/%d/%Y",
            "%d.%m.%Y",
            "%Y%m%d",
            "%Y/%m/%d",
            "%d-%b-%Y",
            "%d %b %Y",
            "%b %d, %Y",
            "%Y-%m-%dT%H:%M:%S",
            "%Y-%m-%d %H:%M:%S",
            "%d-%m-%Y %H:%M:%S",
        ];
        if self.is_empty() {
            return Vec::new();
        }
        let fits = |form: &str, text: &str| {
            BrokenDownTime::parse(form, text)
                .and_then(|parts| parts.to_date())
                .is_ok_and(|date| date.year() >= 1900)
        };
        let forms = FORMS.into_iter();
        forms
            .filter(|form| self.filled().all(|(_, text)| fits(form, text)))
            .collect()
    }

    /// The first of these countries in which every value is a telephone number, else the row of the first that is none in the
    /// first of them.
    pub(super) fn numbers_of(self, countries: &[&'static str]) -> Result<&'static str, u64> {
        let bad = |country: &str| {
            self.filled()
                .find(|(_, text)| !read_number(text, country))
                .map(|(row, _)| row)
        };
        let found = countries.iter().find(|country| bad(country).is_none());
        match found {
            Some(country) => Ok(country),
            None => Err(countries
                .first()
                .and_then(|country| bad(country))
                .unwrap_or_default()),
        }
    }
}

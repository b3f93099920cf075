//! First and last days of a row: by their rules, and as values of attributes.

use jiff::civil::Date;
use minijinja::Value;

use super::super::days::{self, Which};
use super::super::judged::{AttributeMapping, Rule};
use super::super::mapped::MappingProblem;
use super::super::template::Fault;
use super::{Mapper, problem};
use crate::domain::{SourceRow, shorten};

impl Mapper<'_> {
    /// The text for an attribute. Of one that says a first or last day, the days that stand for none are as those of the rules.
    pub(super) fn cell(
        &self,
        own: &AttributeMapping,
        row: &SourceRow,
        context: &Value,
    ) -> Result<String, MappingProblem> {
        let text = self.text(&own.rule, row, context)?;
        // What is no date the checks of the sheet tell.
        let (Some(which), Some(day)) = (Which::of_attribute(own.attribute.name), days::of_text(&text)) else {
            return Ok(text);
        };
        let found = self.judged(&own.rule, day, which, row, context)?;
        Ok(if found.is_some() { text } else { String::new() })
    }

    /// A first or last day by its rule.
    pub(super) fn day(
        &self,
        rule: &Rule,
        which: Which,
        row: &SourceRow,
        context: &Value,
    ) -> Result<Option<Date>, MappingProblem> {
        match self.written_day(rule, row, context)? {
            Some(day) => self.judged(rule, day, which, row, context),
            None => Ok(None),
        }
    }

    fn judged(
        &self,
        rule: &Rule,
        day: Date,
        which: Which,
        row: &SourceRow,
        context: &Value,
    ) -> Result<Option<Date>, MappingProblem> {
        let first = match which {
            Which::First => None,
            Which::Last => self.first_day(row, context),
        };
        days::judge(day, which, first).map_err(|fault| problem(rule, fault))
    }

    /// The first day of the row, as far as it says one that is right.
    fn first_day(&self, row: &SourceRow, context: &Value) -> Option<Date> {
        let by_rule = || {
            self.written_day(self.feed.first_day.as_ref()?, row, context)
                .ok()?
        };
        let by_cell = || {
            let mut own = self.feed.attributes.iter();
            let own = own.find(|own| Which::of_attribute(own.attribute.name) == Some(Which::First))?;
            days::of_text(&self.text(&own.rule, row, context).ok()?)
        };
        by_rule().or_else(by_cell)
    }

    fn written_day(
        &self,
        rule: &Rule,
        row: &SourceRow,
        context: &Value,
    ) -> Result<Option<Date>, MappingProblem> {
        let text = self.text(rule, row, context)?;
        if text.is_empty() {
            return Ok(None);
        }
        let day = text.parse().map_err(|_| {
            problem(
                rule,
                Fault::row(
                    format!("`{}` is no date in the form 2026-11-30", shorten(&text)),
                    "let the filter `date` read it in the form of the file: `{{ row[\"…\"] | date(\"%d-%m-%Y\") }}`",
                ),
            )
        })?;
        Ok(Some(day))
    }
}

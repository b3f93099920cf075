//! From the rows of a file to what they say in dirsheet's words, and which rule said it.

use std::sync::Arc;

use minijinja::Value;

use super::SettingsProblem;
use super::days::Which;
use super::judged::{Feed, Rule, RuleSource};
use super::letters;
use super::mapped::{MappedCell, MappedRow, MappingProblem};
use super::near::suggestion;
use super::template::{Fault, Header, row_value};
use crate::catalogue::Attribute;
use crate::domain::{CLEAR_WORD, NOT_READ_WORD, SourceRow, SourceTable, read_cell, shorten};

/// What the mapping makes of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The rows that count, in the order of the file.
    pub rows: Vec<MappedRow>,
    /// How many rows the expression `rows` left out.
    pub left_out: u64,
}

/// A feed tied to the header of a file.
#[derive(Debug)]
pub struct Mapper<'f> {
    feed: &'f Feed,
    header: Arc<Header>,
}

/// What one rule made of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worked<'f> {
    pub rule: &'f Rule,
    /// The attribute it is for; `None` for the rows that count, dates and managers.
    pub attribute: Option<&'static Attribute>,
    /// The cells it read: header, place (from 0) and text.
    pub cells: Vec<(String, usize, String)>,
    pub result: Result<String, MappingProblem>,
}

/// Maps all rows of a file.
///
/// # Errors
/// What `FEED.toml` names and the file does not have.
pub fn map(feed: &Feed, table: &SourceTable) -> Result<Mapping, Vec<SettingsProblem>> {
    let mapper = Mapper::new(feed, table.columns())?;
    let mut mapping = Mapping::default();
    for row in table.rows() {
        match mapper.row(row) {
            Some(mapped) => mapping.rows.push(mapped),
            None => mapping.left_out += 1,
        }
    }
    Ok(mapping)
}

impl<'f> Mapper<'f> {
    /// Ties a feed to a header.
    ///
    /// # Errors
    /// Every column that `FEED.toml` names and the header does not have, or has twice.
    pub fn new(feed: &'f Feed, columns: &[String]) -> Result<Mapper<'f>, Vec<SettingsProblem>> {
        let header = Header::of(columns);
        let known: Vec<&str> = header.names().collect();
        let mut problems = Vec::new();
        let named = feed.rules().flat_map(|rule| {
            let columns = rule.columns.iter();
            columns.map(|column| (rule.key.as_str(), column.as_str(), rule.line))
        });
        let gate = feed.gate_columns.iter();
        let gate = gate.map(|(column, line)| ("gate.columns", column.as_str(), *line));
        for (key, column, line) in named.chain(gate) {
            let message = match header.place(column) {
                None => format!("the file has no column `{}`", shorten(column)),
                Some(_) if header.is_twice(column) => {
                    format!(
                        "the file has two columns `{}`, and nobody can tell which is meant",
                        shorten(column)
                    )
                }
                Some(_) => continue,
            };
            problems.push(SettingsProblem {
                line,
                key: key.to_owned(),
                message,
                help: match header.place(column) {
                    Some(_) => "let the HR system name its columns apart".to_owned(),
                    None => suggestion(column, &known),
                },
            });
        }
        problems.sort_by_key(|problem| problem.line);
        if problems.is_empty() {
            Ok(Mapper { feed, header })
        } else {
            Err(problems)
        }
    }

    /// What a row says; `None` when it does not count.
    pub fn row(&self, row: &SourceRow) -> Option<MappedRow> {
        let feed = self.feed;
        let context = row_value(&self.header, row);
        let mut mapped = MappedRow {
            row: row.row(),
            ..MappedRow::default()
        };
        if let Some(rule) = &feed.rows {
            match self.truth(rule, &context) {
                Ok(true) => {}
                Ok(false) => return None,
                // A person decides about it; it must not be taken for somebody who is gone.
                Err(problem) => mapped.problems.push(problem),
            }
        }
        mapped.key = match self.key(row, &context) {
            Ok(key) => Some(key).filter(|key| !key.is_empty()),
            Err(problem) => {
                mapped.problems.push(problem);
                None
            }
        };
        for own in &feed.first_match {
            match self.text(&own.rule, row, &context) {
                Ok(text) if text.is_empty() => {}
                Ok(text) => mapped.first_match.push((own.attribute, text)),
                Err(problem) => mapped.problems.push(problem),
            }
        }
        mapped.cells.reserve_exact(feed.attributes.len());
        for own in &feed.attributes {
            match self.cell(own, row, &context) {
                Ok(text) => mapped.cells.push(MappedCell {
                    attribute: own.attribute,
                    text,
                }),
                Err(problem) => mapped.problems.push(discreet(own.attribute, problem)),
            }
        }
        if let Some(own) = &feed.manager {
            match self.text(&own.rule, row, &context) {
                Ok(text) => mapped.manager = Some(text),
                Err(problem) => mapped.problems.push(problem),
            }
        }
        for (rule, which, day) in [
            (&feed.first_day, Which::First, &mut mapped.first_day),
            (&feed.last_day, Which::Last, &mut mapped.last_day),
        ] {
            let Some(rule) = rule else { continue };
            match self.day(rule, which, row, &context) {
                Ok(found) => *day = found,
                Err(problem) => mapped.problems.push(problem),
            }
        }
        if let Some(rule) = &feed.has_left {
            match self.truth(rule, &context) {
                Ok(has_left) => mapped.has_left = has_left,
                Err(problem) => mapped.problems.push(problem),
            }
        }
        Some(mapped)
    }

    /// What every rule made of a row, and out of what.
    pub fn explain(&self, row: &SourceRow) -> Vec<Worked<'f>> {
        let feed = self.feed;
        let context = row_value(&self.header, row);
        let mut worked = Vec::new();
        let mut put = |rule: &'f Rule, attribute, result| {
            let cells = rule.columns.iter().filter_map(|column| {
                let place = self.header.place(column)?;
                Some((column.clone(), place, row.cell(place).to_owned()))
            });
            worked.push(Worked {
                rule,
                attribute,
                cells: cells.collect(),
                result,
            });
        };
        let told = |truth: bool| if truth { "true" } else { "false" }.to_owned();
        if let Some(rule) = &feed.rows {
            put(rule, None, self.truth(rule, &context).map(told));
        }
        put(&feed.key.rule, Some(feed.key.attribute), self.key(row, &context));
        for own in &feed.first_match {
            put(
                &own.rule,
                Some(own.attribute),
                self.text(&own.rule, row, &context),
            );
        }
        for own in &feed.attributes {
            let result = self
                .cell(own, row, &context)
                .map_err(|problem| discreet(own.attribute, problem));
            let result = result.and_then(|text| match unusable(own.attribute, &own.rule, &text) {
                Some(problem) => Err(problem),
                None => Ok(text),
            });
            put(&own.rule, Some(own.attribute), result);
        }
        if let Some(own) = &feed.manager {
            put(&own.rule, None, self.text(&own.rule, row, &context));
        }
        for (rule, which) in [(&feed.first_day, Which::First), (&feed.last_day, Which::Last)] {
            let Some(rule) = rule else { continue };
            let day = self.day(rule, which, row, &context);
            put(
                rule,
                None,
                day.map(|day| day.map_or(String::new(), |day| day.to_string())),
            );
        }
        if let Some(rule) = &feed.has_left {
            put(rule, None, self.truth(rule, &context).map(told));
        }
        worked
    }

    /// What the rules of cells would refuse of a row: too long, no country, a formula, letters of a wrong code page. A value that the
    /// directory holds already is never wrong, so this is for looking at a file alone; a night checks the sheet of what differs.
    pub fn refused(&self, mapped: &MappedRow) -> Vec<MappingProblem> {
        let find = |cell: &MappedCell| {
            let own = self.feed.attributes.iter();
            let own = own
                .into_iter()
                .find(|own| own.attribute.name == cell.attribute.name)?;
            unusable(cell.attribute, &own.rule, &cell.text)
        };
        let garbled = |rule: &Rule, text: &str| {
            let damage = letters::damage(text)?;
            Some(problem(rule, Fault::row(damage, letters::HELP)))
        };
        let number = mapped.key.iter();
        let number = number.filter_map(|text| garbled(&self.feed.key.rule, text));
        number.chain(mapped.cells.iter().filter_map(find)).collect()
    }

    /// Where a column stands, from 0.
    pub fn place(&self, column: &str) -> Option<usize> {
        self.header.place(column)
    }

    fn key(&self, row: &SourceRow, context: &Value) -> Result<String, MappingProblem> {
        let own = &self.feed.key;
        let text = self.text(&own.rule, row, context)?;
        match refusal(own.attribute, &own.rule, &text) {
            // Keys that only the directory itself writes are compared, not written.
            Some(problem) if own.attribute.is_writable() => Err(problem),
            _ => Ok(text),
        }
    }

    fn text(&self, rule: &Rule, row: &SourceRow, context: &Value) -> Result<String, MappingProblem> {
        let text = match &rule.source {
            RuleSource::Column(column) => {
                let cell = self.header.place(column).map(|place| row.cell(place));
                super::template::trimmed(cell.unwrap_or_default()).to_owned()
            }
            RuleSource::Template(_) => {
                let rendered = self.feed.templates.render(&rule.key, context);
                rendered.map_err(|fault| problem(rule, fault))?
            }
        };
        let is_ours = [CLEAR_WORD, NOT_READ_WORD]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word));
        if is_ours {
            return Err(problem(
                rule,
                Fault::row(
                    format!("`{text}` is a word of dirsheet's sheets, and no file may order with it"),
                    "empty the cell in the HR system; `blank = \"clear\"` lets an empty cell take a value away",
                ),
            ));
        }
        Ok(text)
    }

    fn truth(&self, rule: &Rule, context: &Value) -> Result<bool, MappingProblem> {
        let truth = self.feed.templates.is_true(&rule.key, context);
        truth.map_err(|fault| problem(rule, fault))
    }
}

fn problem(rule: &Rule, fault: Fault) -> MappingProblem {
    MappingProblem {
        rule: rule.key.clone(),
        column: rule.columns.first().cloned(),
        message: fault.message,
        help: fault.help,
    }
}

/// How people sign in is told in part only, and a message would tell it whole.
fn discreet(attribute: &Attribute, problem: MappingProblem) -> MappingProblem {
    if attribute.is_masked() {
        MappingProblem {
            message: "the value cannot be made; its text is not told here".to_owned(),
            ..problem
        }
    } else {
        problem
    }
}

/// Why a value would not be written.
fn unusable(attribute: &Attribute, rule: &Rule, text: &str) -> Option<MappingProblem> {
    let damage = || letters::damage(text).map(|damage| problem(rule, Fault::row(damage, letters::HELP)));
    refusal(attribute, rule, text).or_else(damage)
}

/// Why the rules of cells refuse a value.
fn refusal(attribute: &Attribute, rule: &Rule, text: &str) -> Option<MappingProblem> {
    if text.is_empty() {
        return None;
    }
    let refused = read_cell(attribute, text).err()?;
    let help = match &refused.repair {
        Some(repair) if !attribute.is_masked() => {
            format!("{}; `{}` would be right", refused.help, shorten(repair))
        }
        _ => refused.help,
    };
    Some(problem(rule, Fault::row(refused.message, help)))
}

mod dated;
#[cfg(test)]
mod tests;

//! What is wrong with a feed, as text and as JSON.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::cli::output::Output;
use crate::domain::{column_letters, shorten};
use crate::feed::{Mapper, MappingProblem, SettingsProblem};

/// So many rows are told of each rule; `--json` tells all.
const ROWS_SHOWN: usize = 10;

/// Problems of the settings.
pub fn tell_settings(output: Output, name: &str, problems: &[SettingsProblem]) {
    let paint = output.paint_error();
    for problem in problems {
        let line = problem.line.map_or_else(String::new, |line| format!(":{line}"));
        let key = match problem.key.as_str() {
            "" => String::new(),
            key => format!(" {key}:"),
        };
        output.complain(&format!(
            "{}: {name}{line}:{key} {}\n  help: {}",
            paint.bad("error"),
            problem.message,
            problem.help
        ));
    }
}

/// Problems of the settings as JSON.
pub fn settings_json(problems: &[SettingsProblem]) -> Json {
    let told = problems.iter().map(|problem| {
        json!({
            "line": problem.line,
            "key": problem.key,
            "message": problem.message,
            "help": problem.help,
        })
    });
    told.collect()
}

/// A problem of one row of the file.
#[derive(Debug, Clone)]
pub struct RowProblem {
    pub row: u64,
    /// Place of the column, from 0, its header and the cell.
    pub cell: Option<(usize, String, String)>,
    pub problem: MappingProblem,
}

impl RowProblem {
    /// With the cell that the rule reads.
    pub fn of(mapper: &Mapper<'_>, row: &crate::domain::SourceRow, problem: MappingProblem) -> RowProblem {
        let cell = problem.column.as_ref().and_then(|column| {
            let place = mapper.place(column)?;
            Some((place, column.clone(), row.cell(place).to_owned()))
        });
        RowProblem {
            row: row.row(),
            cell,
            problem,
        }
    }

    /// `workday.csv D17 "Phone"`.
    fn place(&self, name: &str) -> String {
        match &self.cell {
            Some((place, header, _)) => {
                format!(
                    "{name} {}{} \"{}\"",
                    column_letters(*place),
                    self.row,
                    shorten(header)
                )
            }
            None => format!("{name} row {}", self.row),
        }
    }

    fn json(&self) -> Json {
        json!({
            "row": self.row,
            "cell": self.cell.as_ref().map(|(place, ..)| format!("{}{}", column_letters(*place), self.row)),
            "column": self.cell.as_ref().map(|(_, header, _)| header),
            "rule": self.problem.rule,
            "message": self.problem.message,
            "help": self.problem.help,
        })
    }
}

/// Problems of rows, the first of each rule whole.
pub fn tell_rows(output: Output, name: &str, problems: &[RowProblem]) {
    let paint = output.paint_error();
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for problem in problems {
        let count = shown.entry(&problem.problem.rule).or_default();
        *count += 1;
        if *count <= ROWS_SHOWN {
            output.complain(&format!(
                "{}: {}: {}: {}\n  help: {}",
                paint.bad("error"),
                problem.place(name),
                problem.problem.rule,
                problem.problem.message,
                problem.problem.help
            ));
        }
    }
    for (rule, count) in shown.into_iter().filter(|(_, count)| *count > ROWS_SHOWN) {
        output.complain(&format!(
            "… and {} more rows with a problem of {rule}; `--json` lists all of them",
            count - ROWS_SHOWN
        ));
    }
}

/// Problems of rows as JSON.
pub fn rows_json(problems: &[RowProblem]) -> Json {
    problems.iter().map(RowProblem::json).collect()
}

//! `feed check`: everything that can be said about a feed without the network: settings, mapping, file.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::folders::{self, Asked};
use super::guarding::NOBODY_PROTECTED;
use super::incoming::instead;
use super::opening::{self, Opened, file_name};
use super::problems::{RowProblem, rows_json, settings_json, tell_rows, tell_settings};
use super::reading;
use crate::cli::args::{FeedCheckArgs, Global};
use crate::cli::connect::{profile_protects, state_root};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::prepare::tell_findings;
use crate::domain::{Extent, Finding, SourceTable, shorten};
use crate::feed::settings::Authority;
use crate::feed::{Mapper, MappingProblem, SettingsProblem};
use crate::report::{check_json, counted};

pub fn run(global: &Global, arguments: &FeedCheckArgs) -> Result<Exit, CliError> {
    let output = Output::new(global);
    let name = file_name(&arguments.settings);
    let opened = match opening::open(&arguments.settings)? {
        Ok(opened) => opened,
        Err(problems) => return settings_are_wrong(output, &name, &problems),
    };
    let options = match reading::options(&opened) {
        Ok(options) => options,
        Err(problems) => return settings_are_wrong(output, &name, &problems),
    };
    // Whoever looks at one file may stand where the feed does not run.
    let state = match &arguments.file {
        None => Some(state_root(global)?),
        Some(_) => state_root(global).ok(),
    };
    let wrong = folders::wrong(
        &opened,
        Asked {
            // A night takes the file of the settings, whichever is looked at here.
            state: state.as_deref(),
            ..Asked::default()
        },
    );
    if !wrong.is_empty() {
        if arguments.file.is_none() {
            return settings_are_wrong(output, &name, &wrong);
        }
        output.complain(&folders::warning(&wrong));
    }
    // A profile that cannot be read is told by whatever needs it.
    if opened.feed.protected.is_empty() && !profile_protects(global).unwrap_or(true) {
        output.complain(&format!(
            "{}: {NOBODY_PROTECTED}",
            output.paint_error().warn("warning")
        ));
    }
    let Some(path) = reading::path(&opened, arguments.file.as_deref())? else {
        let pattern = shorten(&opened.feed.settings.source.path);
        if output.json {
            output.json(&json!({ "settings": [], "file": null }))?;
        }
        output.complain(&format!(
            "{}: there is no file `{pattern}` now: {}",
            output.paint_error().warn("warning"),
            instead(&opened)
        ));
        output.say(&format!(
            "{name} is in order as far as it can be checked without a file; name another one to check its columns and values."
        ));
        return Ok(Exit::Done);
    };
    let mut read = reading::table(&path, &options, output)?;
    let mapper = match Mapper::new(&opened.feed, read.table.columns()) {
        Ok(mapper) => mapper,
        // One of the two must change, and most nights it is the file that did.
        Err(problems) => {
            tell(output, &name, &problems)?;
            output.say(&format!(
                "{} has other columns than {name} names.",
                file_name(&path)
            ));
            return Ok(Exit::SheetErrors);
        }
    };
    let checked = Checked::of(&opened, &mapper, &read.table);
    let file = file_name(&path);
    let least = opened.feed.gate.rows_min.value;
    let has_no_rows = read.table.rows().is_empty() && read.unreadable.is_empty() && least > 0;
    if has_no_rows {
        read.findings.push(Finding::error(
            "no-rows",
            Extent::Sheet,
            "the file has the names of its columns and no rows: a night refuses it (`gate.rows-min`)",
            "look whether the HR system has written the file to its end",
        ));
    }
    let has_errors = checked.problems.len() as u64 > checked.of_new_people
        || read.findings.iter().any(|finding| finding.is_error());
    if output.json {
        output.json(&json!({
            "settings": [],
            "folders": settings_json(&wrong),
            "file": {
                "name": file,
                "rows": checked.rows,
                "left_out": checked.left_out,
                "findings": check_json(None, &read.findings, None)["findings"],
                "problems": rows_json(&checked.problems),
            },
        }))?;
    } else {
        if !read.findings.is_empty() {
            tell_findings(output, &file, read.table.rows().len() as u64, &read.findings);
        }
        tell_rows(output, &file, &checked.problems);
        let standing = match wrong.is_empty() {
            true if has_no_rows => "in order, and this file is not",
            true => "in order",
            false => "in order but for its folders",
        };
        output.say(&format!("{name} is {standing}. {}", checked.told(&file)));
    }
    Ok(match has_errors {
        true => Exit::SheetErrors,
        false => Exit::Done,
    })
}

fn tell(output: Output, name: &str, problems: &[SettingsProblem]) -> Result<(), CliError> {
    if output.json {
        return output.json(&json!({ "settings": settings_json(problems), "file": null }));
    }
    tell_settings(output, name, problems);
    Ok(())
}

fn settings_are_wrong(output: Output, name: &str, problems: &[SettingsProblem]) -> Result<Exit, CliError> {
    tell(output, name, problems)?;
    let count = counted(problems.len() as u64, "problem", "problems");
    output.say(&format!("{name} has {count}; no file was looked at."));
    Ok(Exit::Usage)
}

/// Whether the value would be written of new people alone.
fn is_for_new_people(opened: &Opened, problem: &MappingProblem) -> bool {
    let attributes = &opened.feed.settings.attributes;
    let name = problem.rule.strip_prefix("attributes.");
    name.and_then(|name| attributes.get(name))
        .is_some_and(|rule| rule.authority == Authority::OnCreate)
}

/// What was found in a file.
struct Checked {
    rows: u64,
    left_out: u64,
    problems: Vec<RowProblem>,
    /// Those of values that are for new people alone: of whoever is there they hold back nothing.
    of_new_people: u64,
    managers_elsewhere: usize,
}

impl Checked {
    fn of(opened: &Opened, mapper: &Mapper<'_>, table: &SourceTable) -> Checked {
        let mut checked = Checked {
            rows: 0,
            left_out: 0,
            problems: Vec::new(),
            of_new_people: 0,
            managers_elsewhere: 0,
        };
        let key_rule = &opened.feed.key.rule;
        let mut keys: BTreeMap<String, u64> = BTreeMap::new();
        let mut managers: BTreeSet<String> = BTreeSet::new();
        for row in table.rows() {
            let Some(mapped) = mapper.row(row) else {
                checked.left_out += 1;
                continue;
            };
            checked.rows += 1;
            let mut put = |problem: MappingProblem| {
                checked.of_new_people += u64::from(is_for_new_people(opened, &problem));
                checked.problems.push(RowProblem::of(mapper, row, problem));
            };
            let of_key = |message: String, help: &str| MappingProblem {
                rule: key_rule.key.clone(),
                column: key_rule.columns.first().cloned(),
                message,
                help: help.to_owned(),
            };
            for problem in mapper.refused(&mapped) {
                put(problem);
            }
            let key_is_told = mapped.problems.iter().any(|problem| problem.rule == key_rule.key);
            match &mapped.key {
                None if !key_is_told => put(of_key(
                    "the row has no key, so nobody can tell whom it is about".to_owned(),
                    "give the person a number in the HR system, or leave such rows out with `rows`",
                )),
                None => {}
                Some(key) => {
                    if let Some(first) = keys.get(key) {
                        put(of_key(
                            format!("the key `{}` stands in row {first} too", shorten(key)),
                            "leave one of the rows out with `rows`; who has two contracts needs one row",
                        ));
                    } else {
                        keys.insert(key.clone(), row.row());
                    }
                }
            }
            managers.extend(mapped.manager.filter(|manager| !manager.is_empty()));
            for problem in mapped.problems {
                put(problem);
            }
        }
        checked.managers_elsewhere = managers
            .iter()
            .filter(|manager| !keys.contains_key(*manager))
            .count();
        checked
    }

    fn told(&self, file: &str) -> String {
        let rows = counted(self.rows, "row counts", "rows count");
        let mut text = format!("{file}: {rows}");
        if self.left_out > 0 {
            text.push_str(&format!(
                ", {}",
                counted(self.left_out, "is left out", "are left out")
            ));
        }
        match self.problems.len() as u64 {
            0 => text.push_str("; every value can be made.\n"),
            count => {
                let values = counted(count, "value", "values");
                let alone = match self.of_new_people {
                    0 => String::new(),
                    own => format!(" ({own} for new people alone, `on-create`)"),
                };
                text.push_str(&format!("; {values} cannot be made or used{alone}.\n"));
            }
        }
        if self.managers_elsewhere > 0 {
            let managers = counted(self.managers_elsewhere as u64, "manager is", "managers are");
            text.push_str(&format!(
                "{managers} not in the file; the directory may know them.\n"
            ));
        }
        text
    }
}

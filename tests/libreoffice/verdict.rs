//! Whether what came back was understood: exactly the edit, or findings that name each damaged cell.

use std::collections::BTreeSet;

use dirsheet::catalogue::{self, Kind};
use dirsheet::domain::Place;
use serde_json::Value;

use super::office::{Opening, Saving};
use super::sheet::{Sheet, unguarded};
use super::stand::Stand;

/// The one cell a person changed.
#[derive(Debug, Clone)]
pub struct Edit {
    pub user: String,
    pub column: &'static str,
    pub text: &'static str,
}

/// One file that came back.
#[derive(Debug)]
pub struct Trip {
    pub file: String,
    pub from: &'static str,
    pub opening: Opening,
    pub saving: Saving,
    pub edit: Edit,
}

impl Trip {
    /// Whether the way out and the way back both keep every text, so that nothing but the edit may be seen.
    fn keeps_everything(&self) -> bool {
        let opened_as_text = match self.opening {
            Opening::QuotedAsText | Opening::Workbook => true,
            // The apostrophe before every risky cell does the same.
            Opening::Defaults | Opening::SpecialNumbers => self.from == "guarded.csv",
        };
        opened_as_text && self.saving != Saving::AnsiCsv
    }
}

/// What is wrong with the way a file was understood; empty when nothing is.
pub fn judge(stand: &Stand, exported: &Sheet, trip: &Trip) -> Vec<String> {
    let ran = stand.run(&["plan", &trip.file, "--json"]);
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{trip:?}: {ran:?}"));
    let list = |name: &str| plan[name].as_array().cloned().unwrap_or_default();
    let edit = &trip.edit;
    let wished = |change: &Value| {
        change["user"] == edit.user.as_str()
            && change["column"] == edit.column
            && one_value(&change["after"]) == edit.text
    };
    let mut wrong = Vec::new();
    let mut say = |what: String| wrong.push(format!("{}: {what}", trip.file));
    for change in list("changes").iter().filter(|change| !wished(change)) {
        let [column, before, after] = ["column", "before", "after"].map(|name| &change[name]);
        say(format!("a change nobody wanted: {column}: {before} → {after}"));
    }
    for conflict in list("conflicts") {
        say(format!("a conflict nobody made: {conflict}"));
    }
    let findings = list("findings");
    let errors: Vec<&Value> = findings
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .collect();
    let is_planned = list("changes").iter().any(wished);
    let told = |finding: &Value| {
        let parts = ["rule", "cell", "column", "found", "base"].map(|name| finding[name].to_string());
        parts.join(" ")
    };
    if trip.keeps_everything() {
        for error in &errors {
            say(format!("an error where nothing was lost: {}", told(error)));
        }
        if !is_planned {
            say("the edit is not in the plan".to_owned());
        }
        return wrong;
    }
    let refuses_all = plan["sheet"].is_null() || errors.iter().any(|finding| finding["cell"].is_null());
    if !is_planned && !refuses_all {
        say("the edit is neither planned nor held back".to_owned());
    }
    for finding in errors.iter().filter(|finding| finding["cell"].is_string()) {
        let (user, column) = (finding["user"].as_str(), finding["column"].as_str());
        let before = exported
            .rows
            .iter()
            .find(|row| user == Some(row[exported.column("userPrincipalName")].as_str()))
            .zip(column)
            .map(|(row, column)| unguarded(&row[exported.column(column)]));
        if before == finding["found"].as_str() {
            say(format!(
                "a cell that came back as it left is called an error: {}",
                told(finding)
            ));
        }
    }
    if trip.saving == Saving::Csv && !refuses_all {
        wrong.extend(unnamed_damage(stand, exported, trip, &findings));
    }
    wrong
}

/// The text of a change's value; a list with one item is that item.
fn one_value(value: &Value) -> &str {
    let item = value.as_array().and_then(|items| items.first()).unwrap_or(value);
    item.as_str().unwrap_or_default()
}

/// The damaged cells that no finding names: the saved text held against the export with another reader than ours.
fn unnamed_damage(stand: &Stand, exported: &Sheet, trip: &Trip, findings: &[Value]) -> Vec<String> {
    let named: BTreeSet<&str> = findings
        .iter()
        .filter_map(|finding| finding["cell"].as_str())
        .collect();
    let saved = stand.sheet(&trip.file);
    assert_eq!(saved.header, exported.header, "{trip:?}");
    let mut unnamed = Vec::new();
    for (at, row) in saved.rows.iter().enumerate() {
        let id = row[0].as_str();
        for (column, header) in saved.header.iter().enumerate() {
            let before = unguarded(exported.of(id, header)).replace("\r\n", "\n");
            let after = unguarded(&row[column]);
            let is_edit = id == trip.edit.user && header == trip.edit.column;
            let is_boolean =
                catalogue::by_name(header).is_some_and(|attribute| attribute.kind == Kind::Boolean);
            let is_truth = is_boolean && after.eq_ignore_ascii_case(&before);
            // Blanks at the ends are never a part of a value.
            if before.trim() == after.trim() || is_edit || is_truth || header == "_snapshot" {
                continue;
            }
            let place = Place::cell(0, at as u64 + 2, column);
            let cell = place.cell_name().unwrap_or_default();
            if !named.contains(cell.as_str()) {
                unnamed.push(format!(
                    "{}: {cell} became “{after}” from “{before}”, and no finding says so",
                    trip.file
                ));
            }
        }
    }
    unnamed
}

//! `check` and `plan` as JSON. The names are a contract (`docs/formats/json.md`): additions are allowed, changes are not.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::left_alone::{not_set_back, notes_json};
use super::plan::settled_not_sent;
use super::{ChoiceNotes, Fixes};
use crate::domain::{
    AccountAction, Change, Conflict, Finding, Forecast, GuardReport, Plan, UserChanges, Value, irreversible,
};

/// What is said about the sheet itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetFacts {
    /// `csv`, or the kind of workbook.
    pub format: &'static str,
    /// `None` for a workbook.
    pub encoding: Option<&'static str>,
    /// `None` for a workbook.
    pub delimiter: Option<String>,
    /// The worksheet that was read; `None` for a text file.
    pub worksheet: Option<String>,
    /// Which of Microsoft's programs made the file, where that shows.
    pub origin: Option<&'static str>,
    pub rows: u64,
    pub columns: Vec<String>,
}

impl SheetFacts {
    fn json(&self) -> Json {
        json!({
            "format": self.format,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "worksheet": self.worksheet,
            "origin": self.origin,
            "rows": self.rows,
            "columns": self.columns,
        })
    }
}

/// How many errors there are of each rule, by its name.
fn errors_by_rule(findings: &[Finding]) -> Json {
    let mut rules: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.is_error()) {
        *rules.entry(finding.rule).or_default() += 1;
    }
    let one = |(rule, count): (&str, u64)| json!({ "rule": rule, "count": count });
    rules.into_iter().map(one).collect()
}

/// One entry for each finding; `line` is the file's line, `row` the spreadsheet's row, `cell` its name of the cell.
pub fn findings_json(findings: &[Finding]) -> Json {
    let one = |finding: &Finding| {
        json!({
            "rule": finding.rule,
            "severity": finding.severity.as_str(),
            "line": finding.place.map(|place| place.line),
            "row": finding.place.map(|place| place.row),
            "cell": finding.place.and_then(|place| place.cell_name()),
            "column": finding.column,
            "user": finding.user,
            "found": finding.found,
            "message": finding.message,
            "help": finding.help,
            "repair": finding.repair,
            "base": finding.base,
        })
    };
    findings.iter().map(one).collect()
}

/// The answer of `check --json`. `sheet` is null when the file could not be read as a sheet at all.
/// `fixed` is the repaired copy, where one was written.
pub fn check_json(
    sheet: Option<&SheetFacts>,
    findings: &[Finding],
    fixed: Option<(&Path, &Fixes<'_>)>,
) -> Json {
    let mut answer = json!({ "sheet": sheet.map(SheetFacts::json), "findings": findings_json(findings) });
    if let Some((copy, fixes)) = fixed {
        answer["fixed"] = json!({ "file": copy.display().to_string(), "cells": fixes.json() });
    }
    answer
}

/// The answer of `plan --json`. `choices` is what was said of choices that do not count or change nothing.
pub fn plan_json(
    sheet: &SheetFacts,
    findings: &[Finding],
    plan: &Plan,
    guards: &[GuardReport],
    forecast: Forecast,
    choices: &ChoiceNotes,
) -> Json {
    let summary = plan.summary();
    let changes = plan.changes().map(|(user, change)| {
        json!({
            "user": user.user,
            "userPrincipalName": user.upn,
            "row": user.row,
            "column": change.attribute.name,
            "before": cell(&change.before),
            "after": cell(&change.after),
            "kind": change_kind(user, change),
            "undoable": !user.is_made() && (user.is_new || irreversible(change).is_none()),
        })
    });
    let conflicts = plan.conflicts().iter().map(conflict_json);
    let settled = plan.settled().iter().map(|one| {
        let mut told = conflict_json(&one.conflict);
        told["choice"] = Json::from(one.choice.as_str());
        told["by"] = Json::from(one.by.as_str());
        told
    });
    let refusals = plan.withheld().iter().map(|withheld| {
        json!({
            "user": withheld.user,
            "userPrincipalName": withheld.upn,
            "row": withheld.row,
            "column": withheld.change.attribute.name,
            "before": cell(&withheld.change.before),
            "after": cell(&withheld.change.after),
            "reason": withheld.reason.code(),
            "message": withheld.reason.message(),
            "help": withheld.hint(),
            "needs": text_or_null(&withheld.needs),
        })
    });
    let privileged = plan.privileged_changes().map(|(user, change, role)| {
        json!({
            "user": user.user,
            "userPrincipalName": user.upn,
            "row": user.row,
            "role": role,
            "given": !change.takes_role(),
        })
    });
    json!({
        "sheet": sheet.json(),
        "findings": findings_json(findings),
        "summary": {
            "users_changed": summary.users_changed,
            "users_created": summary.users_created,
            "users_invited": summary.users_invited,
            "invitation_mails": summary.invitation_mails,
            "cells_changed": summary.cells_changed,
            "clears": summary.clears,
            "unchanged_rows": summary.unchanged_rows,
            "cells_already_there": plan.cells_already_there(),
            "conflicts": summary.conflicts,
            "settled_not_sent": settled_not_sent(plan),
            "choices_void": plan.void_conflicts(),
            "refusals_foreseen": summary.refusals_foreseen,
            "cannot_be_undone": summary.cannot_be_undone,
            "requests": forecast.requests,
            "batches": forecast.batches,
            "seconds": forecast.seconds,
            "users_total": plan.users_total(),
            "errors": plan.errors(),
            "errors_by_rule": errors_by_rule(findings),
        },
        "fingerprint": plan.fingerprint(),
        "changes": changes.collect::<Json>(),
        "conflicts": conflicts.collect::<Json>(),
        "settled": settled.collect::<Json>(),
        "choices": { "void": choices.void, "unused": choices.idle, "warnings": choices.warnings },
        "refusals_foreseen": refusals.collect::<Json>(),
        "left_alone": notes_json(&not_set_back(plan)),
        "privileged_roles": privileged.collect::<Json>(),
        "guards": guards,
    })
}

/// The word for what a change does: whether the user is made, that of an action on the account, else whether a value is set or goes.
pub fn change_kind(user: &UserChanges, change: &Change) -> &'static str {
    match user.invitation {
        Some(_) => "invite",
        None if user.is_new => "create",
        None => kind_of(change),
    }
}

/// The same of a change alone: that of an action on the account, else whether a value is set or goes.
pub fn kind_of(change: &Change) -> &'static str {
    match AccountAction::of(change) {
        Some(action) => action.word(),
        None if change.is_clear() => "clear",
        None => "set",
    }
}

fn conflict_json(conflict: &Conflict) -> Json {
    json!({
        "user": conflict.user,
        "userPrincipalName": conflict.upn,
        "row": conflict.row,
        "column": conflict.attribute.name,
        "base": text_or_null(&conflict.base),
        "edited": cell(&conflict.edited),
        "live": cell(&conflict.live),
    })
}

/// A value as the text its cell would show; nothing is null.
fn cell(value: &Value) -> Json {
    text_or_null(&value.to_cell())
}

fn text_or_null(text: &str) -> Json {
    if text.is_empty() {
        Json::Null
    } else {
        Json::from(text)
    }
}

//! What differs between two sides, as text, JSON and a sheet. The changes are told as those of a plan.

use std::io;

use serde_json::{Value as Json, json};

use super::PlanView;
use super::changes::{counts_text, parts_text};
use super::plan::{USERS_SHOWN_MAX, counted, folded, printable};
use crate::domain::{Comparison, NOBODY, Person, Review, UserId};
use crate::table::RowSink;

/// One side, as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffSide {
    /// As it was named.
    pub name: String,
    /// `snapshot`, `sheet` or `live`.
    pub kind: &'static str,
    /// Unknown for a sheet whose export is not in the state folder.
    pub tenant: Option<String>,
    /// The address it was read from, or `sandbox`; unknown as the tenant is.
    pub service: Option<String>,
    /// When the snapshot was taken.
    pub taken_at: Option<jiff::Timestamp>,
    /// The filter of the snapshot: others are not in it.
    pub filter: Option<String>,
}

/// What is told beside the differences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffFacts {
    pub before: DiffSide,
    pub after: DiffSide,
    /// Columns that are not compared, each with the side that lacks it.
    pub not_compared: Vec<(String, String)>,
}

/// For people.
pub fn diff_text(facts: &DiffFacts, comparison: &Comparison, view: PlanView) -> String {
    let paint = view.paint;
    let title = format!("From {} to {}", side(&facts.before), side(&facts.after));
    let mut text = format!("{}\n", paint.bold(&title));
    for one in [&facts.before, &facts.after] {
        if let Some(filter) = &one.filter {
            text.push_str(&format!(
                "{} holds only users that `{}` found.\n",
                printable(&one.name),
                printable(filter)
            ));
        }
    }
    text.push_str(&not_compared(facts));
    let known = |name: &DiffSide| printable(&name.name);
    text.push_str(&people(
        &format!("Only in {}", known(&facts.after)),
        comparison.added(),
        view,
    ));
    text.push_str(&people(
        &format!("Only in {}", known(&facts.before)),
        comparison.removed(),
        view,
    ));
    text.push_str(&left_out(facts, comparison));
    let review = Review::of(comparison.changed());
    text.push_str(&parts_text(&review, view));
    text.push_str(&counts_text(&review, paint));
    let cells: usize = comparison.changed().iter().map(|user| user.changes.len()).sum();
    text.push_str(&if comparison.is_same() {
        format!(
            "\nNo difference: {} the same in {}.\n",
            counted(comparison.unchanged(), "user is", "users are"),
            counted(comparison.columns().len() as u64, "column", "columns")
        )
    } else {
        format!(
            "\n{} added, {} removed, {} changed ({}), {} the same.\n",
            comparison.added().len(),
            comparison.removed().len(),
            comparison.changed().len(),
            counted(cells as u64, "cell", "cells"),
            comparison.unchanged()
        )
    });
    text
}

/// Who is not in the sheet, in one line.
fn left_out(facts: &DiffFacts, comparison: &Comparison) -> String {
    let sheet = [&facts.before, &facts.after]
        .into_iter()
        .find(|one| one.kind == "sheet");
    match (comparison.left_out(), sheet) {
        (0, _) | (_, None) => String::new(),
        (count, Some(sheet)) => format!(
            "\n{} not in {}, which says nothing of them; --full lists them.\n",
            counted(count, "other user is", "other users are"),
            printable(&sheet.name)
        ),
    }
}

fn side(side: &DiffSide) -> String {
    match (side.kind, &side.taken_at) {
        ("live", _) => "the directory now".to_owned(),
        (_, Some(at)) => format!("{} ({at:.0})", printable(&side.name)),
        _ => printable(&side.name),
    }
}

/// One line for each side that lacks something.
fn not_compared(facts: &DiffFacts) -> String {
    let mut sides: Vec<&str> = facts.not_compared.iter().map(|(_, side)| side.as_str()).collect();
    sides.dedup();
    sides.sort_unstable();
    sides.dedup();
    let line = |lacking: &&str| {
        let columns: Vec<&str> = facts
            .not_compared
            .iter()
            .filter(|(_, side)| side == lacking)
            .map(|(column, _)| column.as_str())
            .collect();
        format!(
            "Not compared, because {} lacks it: {}.\n",
            printable(lacking),
            columns.join(", ")
        )
    };
    sides.iter().map(line).collect()
}

fn people(title: &str, people: &[Person], view: PlanView) -> String {
    if people.is_empty() {
        return String::new();
    }
    let shown_max = if view.full { usize::MAX } else { USERS_SHOWN_MAX };
    let title = format!("{title} ({})", counted(people.len() as u64, "user", "users"));
    let mut text = format!("\n{}\n", view.paint.warn(&title));
    for person in people.iter().take(shown_max) {
        let name = if person.upn.is_empty() {
            person.id.map(|id| id.to_string()).unwrap_or_default()
        } else {
            printable(&person.upn)
        };
        let facts = [&person.facts.display_name, &person.facts.department];
        let known: Vec<String> = facts
            .into_iter()
            .filter(|fact| !fact.is_empty())
            .map(|fact| printable(fact))
            .collect();
        text.push_str(&format!("  {name}  {}\n", view.paint.dim(&known.join(", "))).replace("  \n", "\n"));
    }
    text + &folded(people.len(), shown_max)
}

/// For programs (`docs/formats/json.md`).
pub fn diff_json(facts: &DiffFacts, comparison: &Comparison) -> Json {
    let review = Review::of(comparison.changed());
    let side = |side: &DiffSide| json!({ "name": side.name, "kind": side.kind, "tenant": side.tenant, "service": side.service, "taken_at": side.taken_at, "filter": side.filter });
    let person = |person: &Person| {
        json!({
            "user": person.id,
            "userPrincipalName": person.upn,
            "displayName": person.facts.display_name,
            "department": person.facts.department,
        })
    };
    let changes = comparison.changed().iter().flat_map(|user| {
        user.changes.iter().map(move |change| {
            json!({
                "user": known(user.user),
                "userPrincipalName": user.upn,
                "column": change.attribute.name,
                "before": text_or_null(change.before.to_cell()),
                "after": text_or_null(change.after.to_cell()),
                "kind": if change.is_clear() { "clear" } else { "set" },
            })
        })
    });
    let cells: usize = comparison.changed().iter().map(|user| user.changes.len()).sum();
    json!({
        "before": side(&facts.before),
        "after": side(&facts.after),
        "compared": comparison.columns().iter().map(|column| column.name).collect::<Vec<_>>(),
        "not_compared": facts.not_compared.iter().map(|(column, lacking)| json!({ "column": column, "missing_in": lacking })).collect::<Json>(),
        "summary": {
            "added": comparison.added().len(),
            "removed": comparison.removed().len(),
            "users_changed": comparison.changed().len(),
            "cells_changed": cells,
            "unchanged": comparison.unchanged(),
            "not_in_sheet": comparison.left_out(),
        },
        "columns": review.columns().iter().map(|one| json!({ "column": one.attribute.name, "set": one.set, "cleared": one.cleared })).collect::<Json>(),
        "departments": review.departments().iter().map(|one| json!({ "department": one.department, "users": one.users, "cells": one.cells })).collect::<Json>(),
        "alike": review.alike().iter().map(|one| json!({
            "column": one.change.attribute.name,
            "before": text_or_null(one.change.before.to_cell()),
            "after": text_or_null(one.change.after.to_cell()),
            "users": one.users.len(),
        })).collect::<Json>(),
        "added": comparison.added().iter().map(person).collect::<Json>(),
        "removed": comparison.removed().iter().map(person).collect::<Json>(),
        "changes": changes.collect::<Json>(),
    })
}

fn known(user: UserId) -> Option<UserId> {
    (user != NOBODY).then_some(user)
}

fn text_or_null(text: String) -> Json {
    if text.is_empty() {
        Json::Null
    } else {
        Json::from(text)
    }
}

/// The columns of the differences as a sheet. None of them is a column that an apply would take for a user's own.
const COLUMNS: [&str; 7] = [
    "_what",
    "_user",
    "_name",
    "_department",
    "_column",
    "_before",
    "_after",
];

/// Writes one row for each changed cell, and one for each user that only one side has.
///
/// # Errors
/// Those of the sheet's target.
pub fn diff_sheet(comparison: &Comparison, sink: &mut impl RowSink) -> io::Result<()> {
    sink.begin(&COLUMNS)?;
    let sides = [("added", comparison.added()), ("removed", comparison.removed())];
    for (what, people) in sides {
        for person in people {
            let row = [
                what,
                &person.upn,
                &person.facts.display_name,
                &person.facts.department,
                "",
                "",
                "",
            ];
            sink.row(&COLUMNS, &row.map(str::to_owned))?;
        }
    }
    for user in comparison.changed() {
        for change in &user.changes {
            let row = [
                if change.is_clear() { "cleared" } else { "changed" }.to_owned(),
                user.upn.clone(),
                user.person.display_name.clone(),
                user.person.department.clone(),
                change.attribute.name.to_owned(),
                change.before.to_cell(),
                change.after.to_cell(),
            ];
            sink.row(&COLUMNS, &row)?;
        }
    }
    Ok(())
}

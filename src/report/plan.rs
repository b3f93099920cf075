//! A plan as a person reads it: clears first and apart, then what is set, then what is held back, the guards, the cost.

use std::collections::{BTreeMap, HashSet};

use super::Paint;
use super::changes::{arrow, counts_text, new_users_text, parts_text};
use super::guests::{guests_line, guests_text};
use super::left_alone::not_set_back_text;
use super::nothing::nothing_to_write;
use super::privileged::privileged_text;
use super::visible::named;
use crate::domain::{
    AccountAction, Conflict, Forecast, GuardReport, Plan, PlanBinding, PlanSummary, Review, Side, Value,
    irreversible, shorten,
};

/// How a plan is shown.
#[derive(Debug, Clone, Copy)]
pub struct PlanView {
    pub paint: Paint,
    /// Show every user instead of folding a long plan.
    pub full: bool,
    /// The conflicts are written into a sheet of their own, so it is not proposed once more.
    pub decides_by_sheet: bool,
}

/// How many users a part of the plan shows before the rest is folded.
pub(super) const USERS_SHOWN_MAX: usize = 40;

/// The whole plan.
pub fn plan_text(plan: &Plan, guards: &[GuardReport], forecast: Forecast, view: PlanView) -> String {
    let mut text = head(plan, view.paint);
    text.push_str(&parts(plan, view, &OF_SHEET));
    text.push_str(&guards_text(guards, view.paint));
    text.push('\n');
    text.push_str(&figures(plan, forecast));
    text
}

/// What differs between the plan of a sheet and the plan that takes a run back.
pub(super) struct Words {
    pub conflicts: &'static str,
    pub conflict: fn(&Conflict) -> String,
    pub conflicts_help: &'static str,
}

const OF_SHEET: Words = Words {
    conflicts: "you and somebody else changed the same cell",
    conflict: |conflict| {
        format!(
            "exported {}, in the sheet {}, in the directory now {}",
            quoted(&conflict.base),
            value(&conflict.edited),
            value(&conflict.live)
        )
    },
    conflicts_help: "`--conflicts skip` leaves these cells as they are, `--conflicts mine` writes the sheet's value;\n  `plan --conflict-sheet conflicts.xlsx` lets you decide cell by cell",
};

/// What changes, what is in conflict and what is held back, and how many there are of what.
pub(super) fn parts(plan: &Plan, view: PlanView, words: &Words) -> String {
    let review = Review::of(plan.users());
    let mut text = privileged_text(plan, view);
    text.push_str(&new_users_text(&review, view));
    text.push_str(&guests_text(plan, view));
    text.push_str(&parts_text(&review, view));
    text.push_str(&conflicts(plan, view, words));
    text.push_str(&settled(plan, view, words));
    text.push_str(&withheld(plan, view));
    text.push_str(&not_set_back_text(plan, view));
    text.push_str(&counts_text(&review, view.paint));
    text
}

pub(super) fn guards_text(guards: &[GuardReport], paint: Paint) -> String {
    let lines: String = guards.iter().map(|guard| guard_line(guard, paint)).collect();
    format!("\n{}\n{lines}", paint.bold("Guards"))
}

fn head(plan: &Plan, paint: Paint) -> String {
    let binding = plan.binding();
    let base = match (&binding.restores, bases(binding)) {
        (Some(snapshot), _) => format!("users are set back to {snapshot}, whatever was changed since"),
        (None, None) => "no base: a blank cell keeps the value".to_owned(),
        (None, Some(bases)) => format!("base: {bases}"),
    };
    format!(
        "{}\n{base}\n",
        paint.bold(&format!(
            "Plan for {}, tenant {} ({} users)",
            printable(&binding.sheet_name),
            binding.tenant,
            plan.users_total()
        )),
    )
}

/// The bases of a plan by name; `None` without one.
pub(super) fn bases(binding: &PlanBinding) -> Option<String> {
    let bases: Vec<String> = binding
        .snapshots
        .iter()
        .map(|id| id.as_str().to_owned())
        .chain(binding.base_file.as_deref().map(printable))
        .collect();
    (!bases.is_empty()).then(|| bases.join(", "))
}

pub(super) fn folded(count: usize, shown_max: usize) -> String {
    match count.checked_sub(shown_max) {
        Some(rest) if rest > 0 => {
            format!("  … and {rest} more; `--full` shows all of them\n")
        }
        _ => String::new(),
    }
}

fn conflicts(plan: &Plan, view: PlanView, words: &Words) -> String {
    if plan.conflicts().is_empty() {
        return String::new();
    }
    let shown_max = if view.full { usize::MAX } else { USERS_SHOWN_MAX };
    let title = format!("Conflicts ({}): {}", plan.conflicts().len(), words.conflicts);
    let mut text = format!("\n{}\n", view.paint.warn(&title));
    for conflict in plan.conflicts().iter().take(shown_max) {
        text.push_str(&format!(
            "  row {:<5} {}\n      {:<22} {}\n",
            conflict.row,
            printable(&conflict.upn),
            conflict.attribute.name,
            (words.conflict)(conflict),
        ));
    }
    text.push_str(&folded(plan.conflicts().len(), shown_max));
    let void = plan.void_conflicts();
    if void < plan.conflicts().len() && !view.decides_by_sheet {
        text.push_str(&format!("  {}\n", words.conflicts_help));
    }
    if void > 0 {
        text.push_str(&format!(
            "  {} decided about when other values stood there, so no flag writes {}{}\n",
            counted(void as u64, "cell was", "cells were"),
            if void == 1 { "it" } else { "them" },
            match view.decides_by_sheet {
                true => "",
                false => ";\n  `plan --conflict-sheet conflicts.xlsx` lets you decide again",
            }
        ));
    }
    text
}

/// What was decided about cells in conflict, by whom, and what was disputed.
fn settled(plan: &Plan, view: PlanView, words: &Words) -> String {
    let settled = plan.settled();
    if settled.is_empty() {
        return String::new();
    }
    let shown_max = if view.full { usize::MAX } else { USERS_SHOWN_MAX };
    let of = |side| cells(settled.iter().filter(|one| one.choice == side).count() as u64);
    let not_sent = match settled_not_sent(plan) {
        0 => String::new(),
        count => format!(" ({count} of them not sent)"),
    };
    let title = format!(
        "Conflicts settled ({}): mine for {}{not_sent}, theirs for {}",
        settled.len(),
        of(Side::Mine),
        of(Side::Theirs)
    );
    let mut text = format!("\n{}\n", view.paint.warn(&title));
    for one in settled.iter().take(shown_max) {
        text.push_str(&format!(
            "  row {:<5} {}\n      {:<22} {}, chosen {}: {}\n",
            one.conflict.row,
            printable(&one.conflict.upn),
            one.conflict.attribute.name,
            one.choice.as_str(),
            one.by.in_words(),
            (words.conflict)(&one.conflict),
        ));
    }
    text.push_str(&folded(settled.len(), shown_max));
    text
}

/// How many cells were settled for the sheet and are not sent all the same; they are listed with what is withheld.
pub(super) fn settled_not_sent(plan: &Plan) -> u64 {
    let kept_back: HashSet<_> = plan
        .withheld()
        .iter()
        .map(|held| (held.user, held.change.attribute.name))
        .collect();
    let mine = plan.settled().iter().filter(|one| one.choice == Side::Mine);
    mine.filter(|one| kept_back.contains(&(one.conflict.user, one.conflict.attribute.name)))
        .count() as u64
}

fn withheld(plan: &Plan, view: PlanView) -> String {
    if plan.withheld().is_empty() {
        return String::new();
    }
    let shown_max = if view.full { usize::MAX } else { USERS_SHOWN_MAX };
    let title = format!(
        "Not sent, because the service would refuse it ({})",
        plan.withheld().len()
    );
    let mut text = format!("\n{}\n", view.paint.warn(&title));
    let mut reasons: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for withheld in plan.withheld() {
        let key = (withheld.reason, withheld.hint());
        reasons.entry(key).or_default().push(withheld);
    }
    for ((reason, hint), cells) in reasons {
        text.push_str(&format!(
            "  {} ({})\n  {}\n",
            reason.message(),
            counted(cells.len() as u64, "cell", "cells"),
            view.paint.dim(&hint)
        ));
        for withheld in cells.iter().take(shown_max) {
            text.push_str(&format!(
                "      row {:<5} {}  {}: {}\n",
                withheld.row,
                printable(&withheld.upn),
                withheld.change.attribute.name,
                match AccountAction::of(&withheld.change) {
                    // What is not sent must not read as if it were done.
                    Some(action) => action.would().to_owned(),
                    None => arrow(&withheld.change, view),
                },
            ));
        }
        text.push_str(&folded(cells.len(), shown_max));
    }
    text
}

/// Where a limit was set.
pub fn origin(guard: &GuardReport) -> String {
    if guard.origin == "default" {
        "by default".to_owned()
    } else {
        format!("from {}", guard.origin)
    }
}

fn guard_line(guard: &GuardReport, paint: Paint) -> String {
    let word = if guard.passed && !guard.known {
        paint.warn("unknown")
    } else if guard.passed {
        paint.good("ok     ")
    } else {
        paint.bad("REFUSED")
    };
    let mut text = format!(
        "  {word} {:<15} {}; limit {}, {}\n",
        guard.guard,
        named(&guard.message),
        guard.limit,
        origin(guard)
    );
    if !guard.passed {
        text.push_str(&format!("          if this is meant, add `{}`\n", guard.flag));
    }
    text
}

/// The last lines of a plan: what it comes to, and what it costs.
pub fn figures(plan: &Plan, forecast: Forecast) -> String {
    let summary = plan.summary();
    let rows = counted(plan.rows().len() as u64, "row", "rows");
    if plan.is_empty() {
        return nothing_to_write(plan, &summary);
    }
    format!(
        "{}, {} ({}); {}, {} not sent; {} of {rows} {} nothing.\n{}{}\
         Forecast: {} in {}, about {}.\n",
        counted(summary.users_changed, "user", "users"),
        cells(summary.cells_changed),
        counted(summary.clears, "clear", "clears"),
        counted(summary.conflicts, "conflict", "conflicts"),
        summary.refusals_foreseen,
        summary.unchanged_rows,
        if summary.unchanged_rows == 1 || plan.rows().len() == 1 {
            "needs"
        } else {
            "need"
        },
        guests_line(&summary),
        for_good(plan),
        counted(forecast.requests, "request", "requests"),
        counted(forecast.batches, "batch", "batches"),
        duration(forecast.seconds)
    )
}

/// `2 cells of 1 user (1 of them a clear)`.
pub fn amount(summary: &PlanSummary) -> String {
    let guests = match summary.users_invited {
        0 => String::new(),
        guests => format!(
            ", invite {} and send {}",
            counted(guests, "guest", "guests"),
            counted(summary.invitation_mails, "mail", "mails")
        ),
    };
    format!(
        "{} of {} ({} of them {}){guests}",
        cells(summary.cells_changed),
        counted(summary.users_changed, "user", "users"),
        summary.clears,
        if summary.clears == 1 { "a clear" } else { "clears" }
    )
}

/// What no `undo` could take back later, in one line; nothing for nearly every plan.
fn for_good(plan: &Plan) -> String {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut count = 0;
    for (_, change) in plan.changes().filter(|(user, _)| !user.is_new) {
        let Some(reason) = irreversible(change) else {
            continue;
        };
        count += 1;
        let names = reasons.entry(reason).or_default();
        if !names.contains(&change.attribute.name) {
            names.push(change.attribute.name);
        }
    }
    if reasons.is_empty() {
        return String::new();
    }
    let told: Vec<String> = reasons
        .into_iter()
        .map(|(reason, names)| format!("{} ({reason})", names.join(", ")))
        .collect();
    let changes = counted(count, "change", "changes");
    format!("{changes} cannot be undone later: {}\n", told.join("; "))
}

/// `90` is `1 min 30 s`.
pub fn duration(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

pub(super) fn cells(count: u64) -> String {
    counted(count, "cell", "cells")
}

/// `1 cell`, `2 cells`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

pub(super) fn value(value: &Value) -> String {
    quoted(&value.to_cell())
}

pub(super) fn quoted(text: &str) -> String {
    if text.is_empty() {
        "(empty)".to_owned()
    } else {
        format!("“{}”", shorten(text))
    }
}

/// A name from the directory, made harmless for a terminal.
pub(super) fn printable(text: &str) -> String {
    shorten(text)
}

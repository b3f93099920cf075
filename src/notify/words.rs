//! What is said of a night, the same for everybody who is told: figures, and no names.

use crate::feed::{NightOutcome, NightSummary};

/// Refusals that a message shows.
const REFUSALS_MAX: usize = 10;

/// The outcome in a few words.
pub(super) fn outcome(outcome: NightOutcome) -> &'static str {
    match outcome {
        NightOutcome::Written => "written",
        NightOutcome::Unchanged => "nothing differs",
        NightOutcome::NeedsPerson => "done, rows need a person",
        NightOutcome::NoFile => "no file",
        NightOutcome::SeenBefore => "no new file",
        NightOutcome::Refused => "FILE REFUSED, nothing written",
        NightOutcome::GuardRefused => "PLAN REFUSED, nothing written",
        NightOutcome::Waiting => "waits for approval, nothing written",
        NightOutcome::Unfinished => "UNFINISHED, goes on at the next start",
        NightOutcome::Failed => "FAILED",
        NightOutcome::Shown => "dry run",
    }
}

/// `workday: written, 12 users`.
pub(super) fn headline(night: &NightSummary) -> String {
    let counts = &night.counts;
    let figure = match night.outcome {
        NightOutcome::Written => format!(", {}", count(counts.users_written, "user", "users")),
        NightOutcome::NeedsPerson if counts.dead_letters > 0 => {
            format!(", {}", count(counts.dead_letters, "row", "rows"))
        }
        NightOutcome::Waiting => format!(", {}", count(counts.changed, "user", "users")),
        _ => String::new(),
    };
    format!("{}: {}{figure}", night.feed, outcome(night.outcome))
}

fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The figures that say something, each with its name.
pub(super) fn facts(night: &NightSummary) -> Vec<(&'static str, String)> {
    let counts = &night.counts;
    let mut facts: Vec<(&'static str, String)> = Vec::new();
    if let Some(file) = &night.file {
        facts.push(("File", file.clone()));
    }
    for (name, number) in [
        ("Rows", counts.rows),
        ("Users written", counts.users_written),
        ("Users that failed", counts.users_failed),
        ("Rows that need a person", counts.dead_letters),
        ("Taken back by a person, not written", counts.taken_back),
        ("Synced, left alone", counts.left_synced),
        ("Restricted, left alone", counts.left_restricted),
        ("Guests, left alone", counts.left_guests),
        ("New, with names of others", counts.namesakes),
        ("Joiners", counts.joiners),
        ("Leavers", counts.leavers),
        ("Missing from the file", counts.missing),
    ] {
        if number > 0 {
            facts.push((name, number.to_string()));
        }
    }
    if let Some(run) = &night.run {
        facts.push(("Run", run.clone()));
    }
    facts.push(("Exit code", night.exit.to_string()));
    facts.push(("Took", format!("{} s", night.seconds)));
    facts
}

/// What was refused, a line each; no more than a message can hold.
pub(super) fn refusals(night: &NightSummary) -> Vec<String> {
    let mut lines: Vec<String> = night
        .refusals
        .iter()
        .take(REFUSALS_MAX)
        .map(|refusal| {
            format!(
                "{}: {}; allowed: {}",
                refusal.rule, refusal.found, refusal.allowed
            )
        })
        .collect();
    if night.refusals.len() > REFUSALS_MAX {
        lines.push(format!("and {} more", night.refusals.len() - REFUSALS_MAX));
    }
    lines
}

/// What the gate warned of and let pass, a line each; no more than a message can hold.
pub(super) fn warnings(night: &NightSummary) -> Vec<String> {
    let told = night.warnings.iter().take(REFUSALS_MAX);
    let mut lines: Vec<String> = told
        .map(|warning| format!("{}: {}", warning.rule, warning.found))
        .collect();
    if night.warnings.len() > REFUSALS_MAX {
        lines.push(format!("and {} more", night.warnings.len() - REFUSALS_MAX));
    }
    if !night.lifted.is_empty() {
        lines.push(format!("lifted by a person: {}", night.lifted.join(", ")));
    }
    lines
}

/// What to do, a line each.
pub(super) fn help(night: &NightSummary) -> Vec<String> {
    let of_refusals = night.refusals.iter().map(|refusal| &refusal.help);
    let mut lines: Vec<String> = Vec::new();
    for line in night.help.iter().chain(of_refusals) {
        if !line.is_empty() && !lines.contains(line) && lines.len() < REFUSALS_MAX {
            lines.push(line.clone());
        }
    }
    lines
}

/// For a watchdog: a few lines.
pub(super) fn short(night: &NightSummary) -> String {
    let mut lines = vec![headline(night), night.message.clone()];
    lines.extend(night.file.iter().map(|file| format!("file: {file}")));
    lines.extend(refusals(night));
    lines.extend(warnings(night).iter().map(|line| format!("warning: {line}")));
    cut(&lines.join("\n"), 2_000)
}

/// The text without control characters but line ends, cut to so many letters.
pub(super) fn cut(text: &str, letters_max: usize) -> String {
    let plain = text
        .chars()
        .filter(|letter| *letter == '\n' || !letter.is_control());
    let mut kept: String = plain.clone().take(letters_max).collect();
    if plain.count() > letters_max {
        kept.pop();
        kept.push('…');
    }
    kept
}

//! `feed history`: the nights of a feed and the starts that took no file, newest first.

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::json;

use super::opening::{file_name, name_of_feed};
use super::waiting::approved;
use crate::cli::args::FeedHistoryArgs;
use crate::cli::connect::Context;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::domain::RunId;
use crate::report::counted;
use crate::state::{Night, NightId, NightOutcome, Start, StateFolder, Undos};

/// More nights than anybody reads.
const NIGHTS_MAX: u32 = 400;

/// What the history shows as one.
enum Entry {
    /// Of a file that was taken, or looked at; with how many of them it stands for, and when the first began.
    Night(Box<Night>, (u64, Timestamp)),
    /// Of starts that took no file.
    Start(Start),
}

impl Entry {
    fn at(&self) -> Timestamp {
        match self {
            Entry::Night(night, _) => night.started_at,
            Entry::Start(start) => start.repeats.last,
        }
    }
}

/// Nights and starts, the newest first; each kind in its own order, whatever the clock of the machine has done.
fn entries(state: &StateFolder, name: &str) -> Result<Vec<Entry>, CliError> {
    let mut repeated = state.repeated_nights(name)?;
    let nights = state.nights(name, NIGHTS_MAX)?.into_iter().map(|night| {
        let repeats = repeated.remove(&night.id).unwrap_or((1, night.started_at));
        Entry::Night(Box::new(night), repeats)
    });
    let starts = state.starts(name, NIGHTS_MAX)?.into_iter().map(Entry::Start);
    let (mut nights, mut starts) = (nights.peekable(), starts.peekable());
    let mut entries = Vec::new();
    loop {
        let is_start = match (nights.peek(), starts.peek()) {
            (None, None) => return Ok(entries),
            (night, Some(start)) => night.is_none_or(|night| start.at() >= night.at()),
            (Some(_), None) => false,
        };
        entries.extend(if is_start { starts.next() } else { nights.next() });
    }
}

pub fn run(context: &Context, arguments: &FeedHistoryArgs) -> Result<Exit, CliError> {
    // Also while the settings are wrong: that is when somebody looks.
    let name = &name_of_feed(&arguments.settings)?;
    let state = context.state()?;
    let entries = entries(&state, name)?;
    let undone = state.undos()?;
    let beside = Beside {
        lifted: state.lifted_of_nights(name)?,
        passed: state.passed_of_nights(name)?,
    };
    if context.output.json {
        let told = entries.iter().map(|entry| match entry {
            Entry::Night(night, repeats) => {
                let mut told = in_json(night, *repeats, &undone, &state);
                beside.add(night, &mut told);
                told
            }
            Entry::Start(start) => start_in_json(start),
        });
        let told: Vec<_> = told.collect();
        context.output.json(&json!({ "feed": name, "nights": told }))?;
        return Ok(Exit::Done);
    }
    if entries.is_empty() {
        context.output.say(&format!("The feed `{name}` has not run yet."));
    }
    for entry in &entries {
        let line = match entry {
            Entry::Night(night, repeats) => {
                let line = night_line(night, *repeats, &undone, &state);
                format!("{line}{}", beside.lines(night))
            }
            Entry::Start(start) => start_line(start),
        };
        context.output.data(&format!("{line}\n"))?;
    }
    Ok(Exit::Done)
}

/// What stands in the ledger beside the nights.
struct Beside {
    lifted: HashMap<NightId, Vec<String>>,
    passed: HashMap<NightId, Vec<PathBuf>>,
}

impl Beside {
    fn lines(&self, night: &Night) -> String {
        let mut lines = String::new();
        if let Some(names) = self.let_pass(night) {
            lines.push_str(&format!("\n    lifted: {}", names.join(", ")));
        }
        if let Some(files) = self.passed.get(&night.id) {
            let names: Vec<String> = files.iter().map(|file| file_name(file)).collect();
            lines.push_str(&format!("\n    older files passed over: {}", names.join(", ")));
        }
        lines
    }

    /// Of a night that was refused all the same, nothing was.
    fn let_pass(&self, night: &Night) -> Option<&Vec<String>> {
        let names = self.lifted.get(&night.id);
        names.filter(|_| night.outcome != Some(NightOutcome::Refused))
    }

    fn add(&self, night: &Night, told: &mut serde_json::Value) {
        told["lifted"] = json!(self.let_pass(night).cloned().unwrap_or_default());
        told["passed_over"] = json!(self.passed.get(&night.id).cloned().unwrap_or_default());
    }
}

/// Which runs took something of a night back, newest first, and how many cells are so still.
fn taken_back(night: &Night, undone: &Undos, state: &StateFolder) -> Option<(Vec<RunId>, u64)> {
    // Most nights are not looked at more closely than this.
    if undone.runs().is_empty() {
        return None;
    }
    let run = night.run.clone().or_else(|| approved(night, state))?;
    let by: Vec<RunId> = undone.of(&run).map(|undo| undo.id.clone()).collect();
    let cells = if by.is_empty() {
        0
    } else {
        undone.put_back(state, &run).ok()?.len() as u64
    };
    (cells > 0).then_some((by, cells))
}

/// How often, where it is not once.
fn often((times, first): (u64, Timestamp)) -> String {
    match times {
        1 => String::new(),
        times => format!(", {times} times since {first:.0}"),
    }
}

fn night_line(night: &Night, repeats: (u64, Timestamp), undone: &Undos, state: &StateFolder) -> String {
    let count = |word: &str| night.counts.get(word).copied().unwrap_or_default();
    let mut line = format!(
        "{:.0}  {}  {}",
        night.started_at,
        night
            .outcome
            .map_or("unfinished", |outcome| told(outcome, night.exit_code)),
        file_name(&night.file.path)
    );
    for (word, told) in [
        ("rows", "rows"),
        ("users_written", "written"),
        ("joiners", "new"),
        ("leavers", "who left"),
        ("left_synced", "synced and left alone"),
        ("left_restricted", "restricted and left alone"),
        ("left_guests", "guests and left alone"),
        ("namesakes", "new with names of others"),
        ("dead_letters", "for a person"),
    ] {
        if count(word) > 0 {
            line.push_str(&format!(", {} {told}", count(word)));
        }
    }
    line.push_str(&often(repeats));
    if let Some(note) = &night.note {
        line.push_str(&format!("\n    {note}"));
    }
    if let Some(run) = &night.run {
        line.push_str(&format!("\n    run {run}"));
    } else if let Some(run) = approved(night, state) {
        line.push_str(&format!("\n    its plan was approved: run {run}"));
    }
    if let Some((by, cells)) = taken_back(night, undone, state) {
        let by: Vec<String> = by.iter().map(ToString::to_string).collect();
        line.push_str(&format!(
            "\n    taken back by {}: {}",
            by.join(", "),
            counted(cells, "cell", "cells")
        ));
    }
    line
}

fn start_line(start: &Start) -> String {
    let (end, repeats) = (&start.end, start.repeats);
    let file = end.file.as_deref().map(file_name);
    let file = file.map_or_else(String::new, |file| format!("  {file}"));
    format!(
        "{:.0}  {}{file}{}\n    {}",
        repeats.last,
        told(end.outcome, Some(end.exit_code)),
        often((repeats.times, repeats.first)),
        end.note
    )
}

fn word(night: &Night) -> &'static str {
    night.outcome.map_or("unfinished", NightOutcome::as_str)
}

/// The same for a person. What a guard or the gate did not let pass has not failed, also where its file is not at fault and stays.
fn told(outcome: NightOutcome, exit_code: Option<u8>) -> &'static str {
    match outcome {
        NightOutcome::Failed if exit_code == Some(Exit::GuardRefused.code()) => {
            NightOutcome::Refused.as_str()
        }
        outcome => outcome.as_str(),
    }
}

fn in_json(
    night: &Night,
    (times, first): (u64, Timestamp),
    undone: &Undos,
    state: &StateFolder,
) -> serde_json::Value {
    let run = night.run.as_ref().map(ToString::to_string);
    json!({
        "started_at": night.started_at,
        "times": times,
        "first_started_at": first,
        "finished_at": night.finished_at,
        "outcome": word(night),
        "exit": night.exit_code,
        "file": night.file.path,
        "file_sha256": night.file.sha256,
        "moved_to": night.moved_to,
        "processed": night.processed,
        "run": run.or_else(|| approved(night, state).map(|run| run.to_string())),
        "undone": taken_back(night, undone, state).map(|(by, cells)| {
            let by: Vec<String> = by.iter().map(ToString::to_string).collect();
            json!({ "by": by, "cells": cells })
        }),
        "plan": night.plan,
        "counts": night.counts,
        "note": night.note,
        "told": night.told,
    })
}

/// With the keys of a night.
fn start_in_json(start: &Start) -> serde_json::Value {
    json!({
        "started_at": start.repeats.last,
        "times": start.repeats.times,
        "first_started_at": start.repeats.first,
        "finished_at": null,
        "outcome": start.end.outcome.as_str(),
        "exit": start.end.exit_code,
        "file": start.end.file,
        "file_sha256": start.end.sha256,
        "moved_to": null,
        "processed": false,
        "run": null,
        "undone": null,
        "plan": null,
        "counts": {},
        "note": start.end.note,
        "told": start.told,
        "lifted": [],
        "passed_over": [],
    })
}

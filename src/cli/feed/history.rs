//! `feed history`: the nights of a feed, newest first.

use serde_json::json;

use super::opening::load;
use super::waiting::approved;
use crate::cli::args::FeedHistoryArgs;
use crate::cli::connect::Context;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::state::{Night, NightOutcome, StateFolder};

/// More nights than anybody reads.
const NIGHTS_MAX: u32 = 400;

pub fn run(context: &Context, arguments: &FeedHistoryArgs) -> Result<Exit, CliError> {
    let loaded = load(&arguments.settings)?;
    let state = context.state()?;
    let name = &loaded.feed.settings.name;
    let nights = state.nights(name, NIGHTS_MAX)?;
    if context.output.json {
        let told: Vec<_> = nights.iter().map(|night| in_json(night, &state)).collect();
        context.output.json(&json!({ "feed": name, "nights": told }))?;
        return Ok(Exit::Done);
    }
    if nights.is_empty() {
        context.output.say(&format!("The feed `{name}` has not run yet."));
    }
    for night in &nights {
        let count = |word: &str| night.counts.get(word).copied().unwrap_or_default();
        let file = night.file.path.file_name().unwrap_or_default().to_string_lossy();
        let mut line = format!("{:.0}  {}  {file}", night.started_at, word(night));
        for (word, told) in [
            ("rows", "rows"),
            ("users_written", "written"),
            ("joiners", "new"),
            ("leavers", "have left"),
            ("left_synced", "synced and left alone"),
            ("left_restricted", "restricted and left alone"),
            ("dead_letters", "for a person"),
        ] {
            if count(word) > 0 {
                line.push_str(&format!(", {} {told}", count(word)));
            }
        }
        if let Some(note) = &night.note {
            line.push_str(&format!("\n    {note}"));
        }
        if let Some(run) = &night.run {
            line.push_str(&format!("\n    run {run}"));
        } else if let Some(run) = approved(night, &state) {
            line.push_str(&format!("\n    its plan was approved: run {run}"));
        }
        context.output.data(&format!("{line}\n"))?;
    }
    Ok(Exit::Done)
}

fn word(night: &Night) -> &'static str {
    night.outcome.map_or("unfinished", NightOutcome::as_str)
}

fn in_json(night: &Night, state: &StateFolder) -> serde_json::Value {
    let run = night.run.as_ref().map(ToString::to_string);
    json!({
        "started_at": night.started_at,
        "finished_at": night.finished_at,
        "outcome": word(night),
        "exit": night.exit_code,
        "file": night.file.path,
        "file_sha256": night.file.sha256,
        "moved_to": night.moved_to,
        "processed": night.processed,
        "run": run.or_else(|| approved(night, state).map(|run| run.to_string())),
        "plan": night.plan,
        "counts": night.counts,
        "note": night.note,
        "told": night.told,
    })
}

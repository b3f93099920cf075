//! `snapshots --prune`, and what a configured retention does after an export: old snapshots go, needed ones stay.

use std::time::Duration;

use serde_json::json;

use super::args::PruneArgs;
use super::connect::Context;
use super::error::CliError;
use super::exit::Exit;
use super::history::size;
use super::warning::WarningKind;
use crate::domain::{KeptSnapshot, Pruning, Retention, Sourced, prune, service_name};
use crate::report::counted;
use crate::state::StateFolder;
use crate::terminal::ask_yes;

pub fn run(context: &Context, arguments: &PruneArgs) -> Result<Exit, CliError> {
    let state = context.state()?;
    let output = context.output;
    let rule = rule(context, arguments)?;
    let (pruning, bytes) = decide(&state, rule.value)?;
    if !output.json {
        let mut text = String::new();
        for id in &pruning.remove {
            text.push_str(&format!("{id}  goes\n"));
        }
        for spared in &pruning.spared {
            text.push_str(&format!(
                "{}  stays: {} is not finished and is based on it\n",
                spared.id, spared.run
            ));
        }
        output.data(&text)?;
    }
    let count = pruning.remove.len();
    if count > 0 && !arguments.yes {
        let question = format!(
            "Remove {} ({}) for good? {} (from {}).",
            counted(count as u64, "snapshot", "snapshots"),
            size(bytes),
            in_words(rule.value),
            rule.origin
        );
        match ask_yes(&question) {
            Some(true) => {}
            Some(false) => return Err(CliError::usage("not confirmed; nothing was removed")),
            None => {
                return Err(CliError::usage(
                    "`snapshots --prune` needs a yes, and nobody can be asked here; nothing was removed",
                )
                .hint("look at the list, then add `--yes`"));
            }
        }
    }
    remove(&state, &pruning)?;
    let pictures = remove_pictures(&state);
    if output.json {
        let spared = |spared: &crate::domain::Spared| json!({ "id": spared.id, "run": spared.run });
        output.json(&json!({
            "removed": pruning.remove,
            "bytes": bytes,
            "pictures": pictures,
            "spared": pruning.spared.iter().map(spared).collect::<Vec<_>>(),
        }))?;
    }
    output.say(&match count {
        0 => "No snapshot has to go.".to_owned(),
        count => format!(
            "Removed {} ({}).",
            counted(count as u64, "snapshot", "snapshots"),
            size(bytes)
        ),
    });
    if pictures > 0 {
        output.say(&format!(
            "Removed {} that no run names.",
            counted(pictures as u64, "picture", "pictures")
        ));
    }
    Ok(Exit::Done)
}

/// Pictures that no run names can go after this time: by then no plan that needs them is young enough.
const PICTURES_IDLE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Removes them, and says how many; one that cannot be removed is tried again next time.
fn remove_pictures(state: &StateFolder) -> usize {
    let idle = state.idle_pictures(std::time::SystemTime::now(), PICTURES_IDLE);
    let files = idle.unwrap_or_default().files;
    files
        .iter()
        .filter(|file| std::fs::remove_file(file).is_ok())
        .count()
}

/// After an export, where the configuration file says so. A failure is told and is none of the export's.
pub fn after_export(context: &Context, state: &StateFolder) {
    let Some(rule) = &context.config.retention else {
        return;
    };
    let removed = decide(state, rule.value).and_then(|(pruning, bytes)| {
        remove(state, &pruning)?;
        remove_pictures(state);
        Ok((pruning.remove.len(), bytes))
    });
    match removed {
        Ok((0, _)) => {}
        Ok((count, bytes)) => context.output.say(&format!(
            "Removed {} ({}): {} (from {}).",
            counted(count as u64, "old snapshot", "old snapshots"),
            size(bytes),
            in_words(rule.value),
            rule.origin
        )),
        Err(error) => {
            let told = format!("warning: old snapshots could not be removed: {}", error.message);
            context.warner().complain(WarningKind::SnapshotsKept, &told);
        }
    }
}

/// The flags, else what the file says. Flags are taken as a whole, so that a number in the file adds nothing to them.
fn rule(context: &Context, arguments: &PruneArgs) -> Result<Sourced<Retention>, CliError> {
    let typed = Retention::new(arguments.keep, arguments.keep_days).map_err(CliError::usage)?;
    match (typed, &context.config.retention) {
        (Some(value), _) => Ok(Sourced {
            value,
            origin: "the flags".to_owned(),
        }),
        (None, Some(rule)) => Ok(rule.clone()),
        (None, None) => Err(CliError::usage("nothing says how many snapshots to keep")
            .hint("add `--keep 30` or `--keep-days 90`")
            .hint("or set `keep` or `keep_days` under `[snapshots]` in the configuration file")),
    }
}

fn in_words(rule: Retention) -> String {
    let keep = rule.keep.map(|keep| match keep {
        1 => "the newest of each tenant".to_owned(),
        keep => format!("the newest {keep} of each tenant"),
    });
    let days = rule.keep_days.map(|days| match days {
        1 => "those of the last day".to_owned(),
        days => format!("those of the last {days} days"),
    });
    let is_the_newest_alone = rule.keep == Some(1) && rule.keep_days.is_none();
    let kept: Vec<String> = keep.into_iter().chain(days).collect();
    match is_the_newest_alone {
        true => format!("What is kept: {}", kept.join(" and ")),
        false => format!("What is kept: {}, and always the newest", kept.join(" and ")),
    }
}

/// What goes, and how many bytes that is. A snapshot that cannot be read is left for somebody to look at.
fn decide(state: &StateFolder, rule: Retention) -> Result<(Pruning, u64), CliError> {
    let listed = state.list_snapshots()?;
    let kept: Vec<KeptSnapshot> = listed
        .iter()
        .filter_map(|one| one.meta.as_ref().ok())
        .map(|meta| KeptSnapshot {
            id: meta.id.clone(),
            tenant: format!(
                "{} {}",
                service_name(&meta.graph_host),
                meta.tenant.to_lowercase()
            ),
            taken_at: meta.taken_at,
        })
        .collect();
    let in_use = state.snapshots_in_use().map_err(|error| {
        CliError::from(error)
            .hint("no snapshot was removed: this run may be based on any of them")
            .hint("with the run's whole folder moved out of `runs`, snapshots can go again")
    })?;
    let pruning = prune(&kept, &in_use, rule, jiff::Timestamp::now());
    let gone = listed.iter().filter(|one| pruning.remove.contains(&one.id));
    Ok((pruning.clone(), gone.map(|one| one.bytes).sum()))
}

fn remove(state: &StateFolder, pruning: &Pruning) -> Result<(), CliError> {
    for id in &pruning.remove {
        state.delete_snapshot(id)?;
    }
    Ok(())
}

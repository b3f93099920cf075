//! Nights that nobody would hear of: one that was killed after its end and before its notices, and one that could not begin.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use super::notices::channels;
use super::remembering::record_start;
use super::telling::complain;
use crate::cli::args::FeedRunArgs;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::feed::settings::FeedSettings;
use crate::feed::{NightCounts, NightOutcome, NightSummary, read_settings};
use crate::notify::Channels;
use crate::state::{self, Ledger, NightStage, StateFolder};

/// Tells of the night before, where it came to its end and was cut off before it could tell. It is closed.
pub async fn tell_of_the_last(
    output: Output,
    channels: &Channels,
    feed: &str,
    ledger: &mut Ledger,
    state: &StateFolder,
) -> Result<(), CliError> {
    let Some(last) = ledger
        .unfinished()?
        .filter(|last| last.stage == NightStage::Settled)
    else {
        return Ok(());
    };
    ledger.carry(last.id)?;
    if last.outcome == Some(state::NightOutcome::Withdrawn) {
        // Nobody is to be asked for an approval that no longer counts.
        return Ok(ledger.close(last.id, &[])?);
    }
    // With the place of its file.
    let last = ledger.night(last.id)?.unwrap_or(last);
    let summary = late(feed, &last, state);
    output.complain(&summary.text());
    let notices = channels.ended(&summary).await;
    complain(output, feed, &notices);
    let told: Vec<String> = notices.iter().map(|notice| notice.in_words()).collect();
    Ok(ledger.close(last.id, &told)?)
}

/// What the ledger knows of a night, as its summary.
fn late(feed: &str, last: &state::Night, state: &StateFolder) -> NightSummary {
    let outcome = match last.outcome {
        Some(state::NightOutcome::Done) => NightOutcome::Written,
        Some(state::NightOutcome::Nothing) => NightOutcome::Unchanged,
        Some(state::NightOutcome::NeedsPerson) => NightOutcome::NeedsPerson,
        Some(state::NightOutcome::AwaitsApproval | state::NightOutcome::Withdrawn) => NightOutcome::Waiting,
        Some(state::NightOutcome::Refused) => NightOutcome::Refused,
        Some(state::NightOutcome::NoFile) => NightOutcome::NoFile,
        Some(state::NightOutcome::SeenBefore) => NightOutcome::SeenBefore,
        Some(state::NightOutcome::Failed | state::NightOutcome::Interrupted) | None => NightOutcome::Failed,
    };
    let note = last.note.as_deref().unwrap_or("the night came to its end");
    let message = format!("{note} (told late: the night was cut off before it could tell)");
    let mut summary = NightSummary::new(feed, outcome, message, last.started_at);
    summary.exit = last.exit_code.unwrap_or(Exit::Unexpected.code());
    summary.file = last
        .file
        .path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    if summary.outcome != NightOutcome::Refused {
        let lifted = state.lifted_of_nights(feed).unwrap_or_default();
        summary.lifted = lifted.get(&last.id).cloned().unwrap_or_default();
    }
    summary.file_sha256 = Some(last.file.sha256.clone());
    summary.counts = counts(&last.counts);
    summary.run = last.run.as_ref().map(ToString::to_string);
    summary.papers.plan = last.plan.as_ref().map(|path| path.display().to_string());
    summary.papers.file = last.moved_to.as_ref().map(|path| path.display().to_string());
    let papers = state.root().join("feeds").join(feed);
    summary.help = vec![format!(
        "`dirsheet feed history` shows the night; its papers are in `{}` or where `--report-dir` says",
        papers.display()
    )];
    summary
}

fn counts(kept: &BTreeMap<String, u64>) -> NightCounts {
    let count = |word: &str| kept.get(word).copied().unwrap_or_default();
    NightCounts {
        rows: count("rows"),
        left_out: count("left_out"),
        people: count("people"),
        joiners: count("joiners"),
        joiners_waiting: count("joiners_waiting"),
        joiners_gone: count("joiners_gone"),
        leavers: count("leavers"),
        changed: count("changed"),
        unchanged: count("unchanged"),
        cells: count("cells"),
        missing: count("missing"),
        left_synced: count("left_synced"),
        left_restricted: count("left_restricted"),
        left_guests: count("left_guests"),
        namesakes: count("namesakes"),
        taken_back: count("taken_back"),
        dead_letters: count("dead_letters"),
        users_written: count("users_written"),
        users_failed: count("users_failed"),
        requests: count("requests"),
    }
}

/// Settings, tables beside them, or a sign-in that cannot be used: who is told stands in them all the same, as far as that can be read.
pub async fn not_loaded(
    output: Output,
    arguments: &FeedRunArgs,
    authorities: Option<Vec<u8>>,
    state: Option<&StateFolder>,
    error: CliError,
) -> CliError {
    let path = &arguments.settings;
    let written = std::fs::read_to_string(path).ok();
    let Some(written) = written.and_then(|text| read_settings(&text).ok()) else {
        return error;
    };
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.clone());
    let folder = whole.parent().unwrap_or(&whole);
    let place = (&written.settings, folder, authorities);
    not_begun(output, place, arguments.dry_run, state, error).await
}

/// A night that could not begin: whoever wants to hear of nights hears of it, and it stands in the history of its feed, where the
/// state folder can be written to. With the settings come their folder, and whom to trust beside the system's authorities.
pub async fn not_begun(
    output: Output,
    (settings, folder, authorities): (&FeedSettings, &Path, Option<Vec<u8>>),
    dry_run: bool,
    state: Option<&StateFolder>,
    error: CliError,
) -> CliError {
    if dry_run {
        return error;
    }
    let mut summary = NightSummary::new(
        &settings.name,
        NightOutcome::Failed,
        format!("the night could not begin: {}", error.message),
        Timestamp::now(),
    );
    summary.exit = error.exit.code();
    summary.help.clone_from(&error.hints);
    // What the settings say of the feed may be wrong, and so may the folder: what cannot be kept is told all the same. The ledger is
    // let go of before anybody is told, which may take half a minute.
    let note = [&summary.message].into_iter().chain(&error.hints).cloned();
    let note: Vec<String> = note.collect();
    let start = state.and_then(|state| {
        // A start that does not begin brings nothing up: an older dirsheet may be what is put back for it.
        if Ledger::is_of_before(state, &settings.name) {
            return None;
        }
        let mut ledger = Ledger::open(state, &settings.name).ok()?;
        record_start(&mut ledger, &mut summary, None, note.join("; ")).ok()
    });
    let channels = channels(&settings.notify, folder, authorities).await;
    let notices = channels.ended(&summary).await;
    complain(output, &settings.name, &notices);
    if let Some((start, state)) = start.zip(state)
        && let Ok(mut ledger) = Ledger::open(state, &settings.name)
    {
        let told: Vec<String> = notices.iter().map(|notice| notice.in_words()).collect();
        // Who was told is worth no second complaint.
        let _kept = ledger.start_told(start, &told);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::NightFile;

    #[test]
    fn what_was_lifted_is_told_late_as_well_unless_the_night_was_refused() {
        let root = tempfile::tempdir().unwrap();
        let state = StateFolder::open(root.path().join("state")).unwrap();
        let mut ledger = Ledger::open(&state, "hr").unwrap();
        let now = Timestamp::now();
        let file = NightFile {
            path: root.path().join("hr.csv"),
            sha256: "00".to_owned(),
            bytes: 1,
            modified: now,
        };
        for (outcome, lifted) in [
            (state::NightOutcome::Done, vec!["rows-lost"]),
            (state::NightOutcome::Refused, Vec::new()),
        ] {
            let id = ledger.begin(&file, now).unwrap();
            ledger.keep_lifted(id, &["rows-lost".to_owned()]).unwrap();
            let night = state::Night {
                outcome: Some(outcome),
                ..ledger.night(id).unwrap().unwrap()
            };
            assert_eq!(late("hr", &night, &state).lifted, lifted);
            ledger.give_up(id, "", now).unwrap();
        }
    }
}

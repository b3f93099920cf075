//! What a night leaves in the ledger, and what an earlier one left there.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use super::believing::{Good, is_taken, kept};
use super::lifting;
use super::night::Night;
use super::opening::Opened;
use super::passing_over;
use super::resuming;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::feed::gate::{LastGood, Prints};
use crate::feed::{NightOutcome, NightSummary};
use crate::state::{
    self, Carried, KeptFigures, Ledger, NightEnd, NightFile, NightId, NightStage, PassedOver, Released,
    RunRecord, StartEnd, StartId, StateFolder,
};
use crate::table::file_sha256;

/// The file as it is now.
pub fn file_now(path: &Path) -> Result<NightFile, CliError> {
    let failed = |error: std::io::Error| {
        CliError::new(
            Exit::SheetErrors,
            format!("cannot read `{}`: {error}", path.display()),
        )
        .hint("nothing was written")
    };
    let metadata = std::fs::metadata(path).map_err(failed)?;
    let modified = metadata.modified().map_err(failed)?;
    Ok(NightFile {
        path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
        sha256: file_sha256(path).map_err(failed)?,
        bytes: metadata.len(),
        modified: Timestamp::try_from(modified).unwrap_or_else(|_| Timestamp::now()),
    })
}

/// So many good nights a ledger keeps.
const KEPT: u32 = 400;

/// The last good file's figures, with those of the good nights of so many days.
pub fn last_good(ledger: &Ledger, days: u64) -> Result<Option<LastGood>, CliError> {
    let Some(good) = ledger.last_good()? else {
        return Ok(None);
    };
    let figures = serde_json::from_str(&good.figures).map_err(|error| {
        CliError::new(
            Exit::Unexpected,
            format!("the figures of the last good file cannot be read: {error}"),
        )
        .hint("this file is then the first again: add `--go` when it is right")
    })?;
    let earlier = ledger.good_nights(if days == 1 { 1 } else { KEPT })?;
    let read = earlier
        .iter()
        .filter_map(|figures| serde_json::from_str(figures).ok());
    Ok(Some(LastGood {
        nights: LastGood::of_days(read.collect(), days),
        newest: ledger.last_processed()?.map(|night| night.file.modified),
        ..LastGood::of(figures, Prints::from_bytes(&good.prints).ok())
    }))
}

/// What a killed night left: files to move, and whether there was a run, which was taken to its end before this is called.
pub fn tidy_up(ledger: &mut Ledger, state: &StateFolder, night: &mut Night) -> Result<(), CliError> {
    if let Some(last) = ledger.unfinished()? {
        let now = Timestamp::now();
        match (last.stage, &last.run) {
            (NightStage::Running, Some(run)) if RunRecord::open(state, run)?.is_some() => {
                // The run is done; what else the file says is looked at again, with the same file.
                let [written, failed] = resuming::users_of(state, run)?;
                let end = NightEnd {
                    outcome: state::NightOutcome::Done,
                    exit_code: Exit::Done.code(),
                    counts: BTreeMap::from([
                        ("users_written".to_owned(), written),
                        ("users_failed".to_owned(), failed),
                    ]),
                    plan: None,
                    note: Some(
                        "the night was interrupted, and a later start took its run to the end".to_owned(),
                    ),
                    finished_at: now,
                    processed: false,
                    good: None,
                    sealed: None,
                    missing: None,
                    move_to: None,
                    released: Released::default(),
                    passed: PassedOver::default(),
                    way: None,
                };
                ledger.settle(last.id, &end)?;
                ledger.close(last.id, &[])?;
            }
            (NightStage::Settled, _) => {
                ledger.carry(last.id)?;
                ledger.close(last.id, &[])?;
            }
            _ => ledger.give_up(last.id, "interrupted before anything was written", now)?,
        }
    }
    for earlier in ledger.to_carry()? {
        ledger.carry(earlier.id)?;
    }
    // What cannot be moved is passed over all the same, and tried again.
    let left = passing_over::left(&ledger.carry_passed()?);
    night.summary.help_here.extend(left);
    Ok(())
}

/// Writes down how a night ended, and moves its file. An unfinished one stays open: the next start goes on with it.
pub fn remember(
    ledger: &mut Ledger,
    id: NightId,
    loaded: &Opened,
    night: &mut Night,
    good: Good,
    is_refeed: bool,
) -> Result<(), CliError> {
    if night.summary.outcome == NightOutcome::Unfinished {
        return Ok(());
    }
    let summary = &night.summary;
    let outcome = kept_outcome(summary.outcome);
    let is_done = is_taken(summary.outcome);
    let source = &loaded.feed.settings.source;
    // What failed for a reason outside the file is taken again from where it is.
    let folder = match outcome {
        _ if is_refeed => None,
        state::NightOutcome::Refused => source.quarantine.as_ref(),
        _ if is_done => source.archive.as_ref(),
        _ => None,
    };
    // What nobody has approved is nothing that the next file could be held against.
    let waits = summary.outcome == NightOutcome::Waiting;
    let plan = night.fingerprint.clone().filter(|_| waits);
    let kept = kept(&good, plan.clone()).filter(|_| is_done && !is_refeed);
    let kept = kept.map(|kept| KeptFigures { waits, ..kept });
    let counts: BTreeMap<String, u64> = serde_json::to_value(summary.counts)
        .and_then(serde_json::from_value)
        .unwrap_or_default();
    // What HR says otherwise is said; what somebody let be written is so when it was.
    let released = good.undone.released(is_done && !is_refeed, is_done && !waits);
    let end = NightEnd {
        outcome,
        exit_code: summary.exit,
        counts,
        plan: summary.papers.plan.as_ref().map(Into::into),
        note: Some(note(night)),
        finished_at: Timestamp::now(),
        processed: is_done && !is_refeed,
        good: kept,
        sealed: plan,
        missing: good.missing.filter(|_| is_done && !is_refeed),
        move_to: folder.map(|folder| loaded.path(folder)),
        released,
        passed: if is_done && !is_refeed {
            night.passed.clone()
        } else {
            PassedOver::default()
        },
        way: way(night),
    };
    ledger.settle(id, &end)?;
    passing_over::carry(&end.passed, ledger, night);
    if let Some((times, since)) = ledger.repeats(id)? {
        (night.summary.times, night.summary.since) = (times, Some(since));
    }
    match ledger.carry(id)? {
        Carried::Moved(to) => night.summary.papers.file = Some(to.display().to_string()),
        Carried::Nothing | Carried::Gone | Carried::Another => {}
    }
    Ok(())
}

/// The word of the ledger.
fn kept_outcome(outcome: NightOutcome) -> state::NightOutcome {
    match outcome {
        NightOutcome::Written => state::NightOutcome::Done,
        NightOutcome::Unchanged => state::NightOutcome::Nothing,
        NightOutcome::NeedsPerson => state::NightOutcome::NeedsPerson,
        NightOutcome::Waiting => state::NightOutcome::AwaitsApproval,
        NightOutcome::Refused | NightOutcome::GuardRefused => state::NightOutcome::Refused,
        NightOutcome::NoFile => state::NightOutcome::NoFile,
        NightOutcome::SeenBefore => state::NightOutcome::SeenBefore,
        NightOutcome::Unfinished | NightOutcome::Failed | NightOutcome::Shown => state::NightOutcome::Failed,
    }
}

/// A sentence with `#` for each figure, moment and id in it.
fn without_numbers(text: &str) -> String {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
    let mut told = String::new();
    let mut word = String::new();
    for letter in text.chars().chain([' ']) {
        if is_part(letter) {
            word.push(letter);
            continue;
        }
        match word.contains(|letter: char| letter.is_numeric()) {
            true => told.push('#'),
            false => told.push_str(&word),
        }
        word.clear();
        told.push(letter);
    }
    told.trim_end().to_owned()
}

/// In which way a night ended that wrote nothing, for the next may end so as well: its figures and what a service says of its
/// requests are others every time.
fn way(night: &Night) -> Option<String> {
    let summary = &night.summary;
    if night.fingerprint.is_some() || summary.run.is_some() {
        return None;
    }
    let rules: Vec<&str> = summary
        .refusals
        .iter()
        .map(|refusal| refusal.rule.as_str())
        .collect();
    Some(match rules.is_empty() {
        true => format!("{}: {}", summary.exit, without_numbers(&summary.message)),
        false => rules.join("; "),
    })
}

/// Writes down how a start ended that took no file, and how many have ended so.
pub fn record(ledger: &mut Ledger, night: &mut Night) -> Result<StartId, CliError> {
    let note = note(night);
    record_start(ledger, &mut night.summary, night.path.as_deref(), note)
}

/// The same with what is to be said of it.
pub fn record_start(
    ledger: &mut Ledger,
    summary: &mut NightSummary,
    file: Option<&Path>,
    note: String,
) -> Result<StartId, CliError> {
    let end = StartEnd {
        outcome: kept_outcome(summary.outcome),
        exit_code: summary.exit,
        file: file.map(|file| std::path::absolute(file).unwrap_or_else(|_| file.to_owned())),
        sha256: summary.file_sha256.clone(),
        note,
    };
    let (id, repeats) = ledger.record_start(&end, summary.started_at)?;
    if repeats.times > 1 {
        (summary.times, summary.since) = (repeats.times, Some(repeats.first));
    }
    Ok(id)
}

fn note(night: &Night) -> String {
    let refusals = night.summary.refusals.iter();
    let refusals: Vec<String> = refusals
        .map(|refusal| {
            format!(
                "{}: {}; allowed: {}",
                refusal.rule, refusal.found, refusal.allowed
            )
        })
        .collect();
    let warnings = night.summary.warnings.iter();
    let warnings: Vec<String> = warnings
        .map(|warning| format!("{}: {}", warning.rule, warning.found))
        .collect();
    let mut note = night.summary.message.clone();
    if !refusals.is_empty() {
        note.push_str(&format!(": {}", refusals.join("; ")));
    }
    if !warnings.is_empty() {
        note.push_str(&format!(" (the gate warned: {})", warnings.join("; ")));
    }
    if let Some(lifts) = &night.lifts {
        note.push_str(&lifting::noted(lifts));
    }
    note
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ends_are_told_apart_by_their_words_and_not_by_figures_moments_and_ids() {
        let told =
            |id: &str, why: &str| without_numbers(&format!("the service answered 503 (request {id}): {why}"));
        assert_eq!(told("1f2e-77", "wait 30 s"), told("99aa-01", "wait 41 s"));
        assert_ne!(told("1f2e-77", "no such tenant"), told("1f2e-77", "no such user"));
        assert_eq!(
            told("1f2e-77", "wait 30 s"),
            "the service answered # (request #): wait # s"
        );
    }
}

//! A night while it goes on, and how its end is told.

use std::path::PathBuf;
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::telling::Teller;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::feed::settings::FeedSettings;
use crate::feed::{Decided, Lift, NightOutcome, NightSummary, ToldKind};
use crate::state::PassedOver;
use crate::table::IncomingFile;

/// What is known so far.
pub struct Night {
    pub summary: NightSummary,
    pub teller: Teller,
    clock: Instant,
    /// Older files that lie beside its own.
    pub beside: Vec<IncomingFile>,
    /// Those of them that it passes over.
    pub passed: PassedOver,
    /// Where its file was before the night.
    pub path: Option<PathBuf>,
    /// What lets the refused file pass; `None` where nothing was refused, or it cannot be lifted.
    pub lifts: Option<Vec<Lift>>,
    /// Of the sealed plan.
    pub fingerprint: Option<String>,
    /// How an error that ends the night is to be called; else its exit code says it.
    pub if_it_fails: Option<NightOutcome>,
    /// Of earlier nights.
    pub before: Before,
    /// What is said behind everything else.
    pub remarks: Vec<String>,
}

/// What became of the runs of earlier nights that this one has taken to their end.
#[derive(Debug, Default)]
pub struct Before {
    pub told: Vec<String>,
    /// Rows of them were refused.
    pub needs_person: bool,
}

/// How a night ends that nothing stopped.
pub struct Ended {
    pub outcome: NightOutcome,
    pub exit: Exit,
    pub message: String,
    pub help: Vec<String>,
}

impl Ended {
    pub fn new(outcome: NightOutcome, exit: Exit, message: impl Into<String>) -> Ended {
        Ended {
            outcome,
            exit,
            message: message.into(),
            help: Vec::new(),
        }
    }

    pub fn help(mut self, help: impl Into<String>) -> Ended {
        self.help.push(help.into());
        self
    }
}

impl Night {
    pub fn begin(output: Output, feed: &str, dry_run: bool) -> Night {
        Night {
            summary: NightSummary {
                exit: Exit::Unexpected.code(),
                dry_run,
                ..NightSummary::new(feed, NightOutcome::Failed, "", Timestamp::now())
            },
            teller: Teller::begin(output, feed, dry_run),
            clock: Instant::now(),
            beside: Vec::new(),
            passed: PassedOver::default(),
            path: None,
            lifts: None,
            fingerprint: None,
            if_it_fails: None,
            before: Before::default(),
            remarks: Vec::new(),
        }
    }

    /// A name for the files of this night; to the millisecond, because a start that failed may be followed by the next at once.
    pub fn stamp(&self) -> String {
        stamp(self.summary.started_at)
    }

    /// Takes over what was decided.
    pub fn count(&mut self, decided: &Decided) {
        let counts = &mut self.summary.counts;
        counts.people = decided.matched;
        counts.joiners = decided.joiners();
        counts.joiners_waiting = decided.told_of(ToldKind::JoinerWaits);
        counts.joiners_gone = decided.told_of(ToldKind::JoinerGone);
        counts.leavers = decided.leavers();
        counts.left_synced = decided.told_of(ToldKind::Synced);
        counts.left_restricted = decided.told_of(ToldKind::Restricted);
        counts.left_guests = decided.told_of(ToldKind::Guest);
        counts.namesakes = decided.told_of(ToldKind::Namesake);
        counts.changed = decided.people.len() as u64;
        counts.unchanged = decided.unchanged;
        counts.cells = decided.cells();
    }

    /// Ends it, one way or the other.
    pub fn end(&mut self, ended: Result<Ended, CliError>) -> Exit {
        let ended = ended.unwrap_or_else(|error| {
            let outcome = self.if_it_fails.unwrap_or(match error.exit {
                Exit::GuardRefused => NightOutcome::GuardRefused,
                Exit::SheetErrors => NightOutcome::Refused,
                Exit::Interrupted | Exit::Unavailable if self.summary.run.is_some() => {
                    NightOutcome::Unfinished
                }
                _ => NightOutcome::Failed,
            });
            Ended {
                outcome,
                exit: error.exit,
                message: error.message,
                help: error.hints,
            }
        });
        let (mut outcome, mut exit) = (ended.outcome, ended.exit);
        if self.before.needs_person && exit == Exit::Done {
            (outcome, exit) = (NightOutcome::NeedsPerson, Exit::SomeFailed);
        }
        self.summary.outcome = outcome;
        if matches!(outcome, NightOutcome::Refused | NightOutcome::GuardRefused) {
            // Whatever was typed, nothing passed.
            self.summary.lifted.clear();
        }
        self.summary.exit = exit.code();
        self.summary.message = ended.message;
        self.summary.help = std::mem::take(&mut self.before.told);
        self.summary.help.extend(ended.help);
        self.summary.help.append(&mut self.remarks);
        self.summary.seconds = self.clock.elapsed().as_secs();
        exit
    }

    /// The ledger could not take the night, or its file could not be moved: whatever was done, somebody must make room for that.
    pub fn not_recorded(&mut self, error: &CliError) {
        let summary = &mut self.summary;
        if !summary.outcome.is_trouble() {
            summary.outcome = NightOutcome::Failed;
        }
        summary.exit = error.exit.code();
        summary.message = format!(
            "{}, but it could not be recorded: {}",
            summary.message, error.message
        );
        summary.help.extend(error.hints.iter().cloned());
        summary
            .help
            .push("the next start goes on from there; nothing is written twice".to_owned());
    }

    /// The summary: for people on stderr, or as JSON on stdout.
    pub fn tell(&self, output: Output) -> Result<(), CliError> {
        let text = self.summary.text();
        if self.summary.outcome.is_trouble() {
            output.complain(&text);
        } else {
            output.say(&text);
        }
        self.teller.finished(&self.summary);
        if output.json {
            output.json(&serde_json::to_value(&self.summary).unwrap_or_default())?;
        }
        Ok(())
    }
}

/// How the names of a night's files say when it was.
pub fn stamp(started_at: Timestamp) -> String {
    started_at.strftime("%Y%m%d-%H%M%S-%3f").to_string()
}

/// The day by which people begin and leave: that of `schedule.time-zone`, else of UTC.
///
/// # Errors
/// The zone is not known.
pub fn today(settings: &FeedSettings) -> Result<Date, CliError> {
    day_of(settings, Timestamp::now())
}

/// The day of a moment, by the same zone.
///
/// # Errors
/// The zone is not known.
pub fn day_of(settings: &FeedSettings, moment: Timestamp) -> Result<Date, CliError> {
    let zone = match settings.schedule.time_zone.as_deref() {
        None => TimeZone::UTC,
        Some(name) => TimeZone::get(name).map_err(|_| {
            CliError::usage(format!(
                "`schedule.time-zone` is `{name}`, which is no time zone that is known"
            ))
            .hint("write one of the IANA database, like `Europe/Amsterdam`")
        })?,
    };
    Ok(zone.to_datetime(moment).date())
}

//! Proof: accepted is not confirmed. What the service took is read back in bulk, with patience.
//!
//! A 2xx means that a write is stored durably, not that every replica shows it: two reads in a row may show the new value, the old
//! one and the new one again (<https://learn.microsoft.com/graph/delta-query-overview> and the service's notes on eventual consistency).
//! So one sight of the written value confirms it, the old value is waited for, and another value must be seen several times.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use super::event::{Event, Phase, Reporter};
use super::stop::{Stop, StopReason};
use super::survey::{SurveyError, Wanted, read_back};
use crate::domain::{
    Change, Directory, Operation, OperationResult, Outcome, Standing, UserKey, Value, reconcile,
};
use crate::graph::DirectoryReader;
use crate::state::{Entry, Journal, StateError};

/// How long the written values are waited for when nobody says otherwise.
pub const VERIFY_PATIENCE: Duration = Duration::from_secs(60);
/// Between the first looks; then twice as long each time, up to the second of these.
const PAUSE_FIRST: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(15);
/// So many looks in a row must show the same foreign value before the write counts as lost.
const SIGHTS: u32 = 3;
/// So many operations are held and read together.
const OPERATIONS_TOGETHER: usize = 20_000;
/// A write that does not show after this time is not late any more. Microsoft warns of up to a quarter of an hour.
const LATE_MAX: Duration = Duration::from_secs(15 * 60);

/// What the proof came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proved {
    /// Operations of which every accepted change was seen.
    pub confirmed: u64,
    /// With a change that does not show yet.
    pub not_visible: u64,
    /// With a change that is lost.
    pub lost: u64,
    /// That could not be looked at, and why.
    pub unread: Option<String>,
}

/// One operation on its way to a proof.
struct Case {
    operation: Operation,
    result: OperationResult,
    /// Foreign values seen, by attribute, and how often in a row.
    foreign: HashMap<&'static str, (Value, u32)>,
}

/// Reads back everything the journal holds as accepted and writes the proofs into it. Ends early when it is asked to; what was not
/// looked at stays accepted, and `resume` looks again.
///
/// # Errors
/// The journal cannot be read or written. That the directory cannot be read is no error: the writes stand.
pub async fn prove(
    journal: &mut Journal,
    reader: &DirectoryReader,
    patience: Duration,
    reporter: &Reporter,
    stop: &Stop,
) -> Result<Proved, StateError> {
    let unproved = journal.unproved()?;
    let mut proved = Proved::default();
    if unproved.is_empty() || stop.is_draining() {
        return Ok(proved);
    }
    let phase = Phase::Verify;
    let total = Some(unproved.len() as u64);
    reporter.emit(Event::PhaseStarted { phase, total }).await;
    let end = Instant::now() + patience;
    let mut unproved = unproved.into_iter().peekable();
    while unproved.peek().is_some() && proved.unread.is_none() && !stop.is_draining() {
        let cases = unproved
            .by_ref()
            .take(OPERATIONS_TOGETHER)
            .map(Case::new)
            .collect();
        look_until(cases, journal, reader, end, reporter, stop, &mut proved).await?;
    }
    let done = reporter.counters().operations_verified.get();
    reporter.emit(Event::PhaseFinished { phase, done }).await;
    Ok(proved)
}

/// Looks again and again until all is decided, the patience ends, or somebody asks to stop.
async fn look_until(
    mut cases: Vec<Case>,
    journal: &mut Journal,
    reader: &DirectoryReader,
    end: Instant,
    reporter: &Reporter,
    stop: &Stop,
    proved: &mut Proved,
) -> Result<(), StateError> {
    let mut pause = PAUSE_FIRST;
    let mut users_total = None;
    loop {
        let wanted = Wanted::by_operations(cases.iter().map(|case| &case.operation));
        let directory = match users_total {
            Some(known) => read_back(reader, &wanted, known, reporter, stop).await,
            None => match reader.directory_size().await {
                Ok(known) => read_back(reader, &wanted, known, reporter, stop).await,
                Err(error) => Err(error.into()),
            },
        };
        let directory = match directory {
            Ok(directory) => directory,
            Err(SurveyError::Stopped(StopReason::Interrupted | StopReason::Deadline)) => break,
            Err(error) => {
                proved.unread = Some(error.to_string());
                break;
            }
        };
        users_total = Some(directory.users_total());
        for case in &mut cases {
            case.look(&directory);
        }
        let last = Instant::now() + pause > end;
        if last {
            let now = Timestamp::now();
            cases.iter_mut().for_each(|case| case.give_up(now));
        }
        let (decided, open): (Vec<Case>, Vec<Case>) = cases.into_iter().partition(Case::is_decided);
        cases = open;
        record(decided, journal, reporter, proved)?;
        if cases.is_empty() || last {
            break;
        }
        tokio::select! {
            () = sleep(pause) => {}
            () = stop.drained() => break,
        }
        pause = (pause * 2).min(PAUSE_MAX);
    }
    // What was seen of the others before the end is kept as well.
    record(
        cases.into_iter().filter(Case::has_news).collect(),
        journal,
        reporter,
        proved,
    )
}

fn record(
    cases: Vec<Case>,
    journal: &mut Journal,
    reporter: &Reporter,
    proved: &mut Proved,
) -> Result<(), StateError> {
    if cases.is_empty() {
        return Ok(());
    }
    reporter.counters().operations_verified.add(cases.len() as u64);
    for case in &cases {
        let any = |is: fn(&Outcome) -> bool| case.result.outcomes.iter().any(|one| is(&one.outcome));
        if any(|outcome| matches!(outcome, Outcome::Lost { .. })) {
            proved.lost += 1;
        } else if any(|outcome| matches!(outcome, Outcome::NotVisible)) {
            proved.not_visible += 1;
        } else if !any(Outcome::is_unproved) {
            proved.confirmed += 1;
        }
    }
    let entries: Vec<Entry> = cases.into_iter().map(|case| Entry::Proof(case.result)).collect();
    journal.record(&entries)
}

impl Case {
    fn new((operation, mut result): (Operation, OperationResult)) -> Case {
        // What did not show last time is open again.
        for known in &mut result.outcomes {
            if known.outcome.is_unproved() {
                known.outcome = Outcome::Accepted;
            }
        }
        Case {
            operation,
            result,
            foreign: HashMap::new(),
        }
    }

    /// Takes in one look at the directory.
    fn look(&mut self, directory: &Directory) {
        let user = directory.find(&UserKey::Id(self.operation.user));
        for (change, known) in self.operation.changes().iter().zip(&mut self.result.outcomes) {
            if !known.outcome.is_unproved() {
                continue;
            }
            let live = match user {
                // What was not read is unknown, and not empty.
                Some(user) if user.unread.contains(&change.attribute.name) => continue,
                Some(user) => directory.value(user, change.attribute.name),
                None => Value::Empty,
            };
            match seen(change, &live, user.is_some()) {
                Standing::AlreadyThere => known.outcome = Outcome::Confirmed,
                Standing::ToSend => {
                    self.foreign.remove(change.attribute.name);
                }
                Standing::Moved(live) => {
                    let sight = self
                        .foreign
                        .entry(change.attribute.name)
                        .or_insert((live.clone(), 0));
                    *sight = if sight.0 == live {
                        (live, sight.1 + 1)
                    } else {
                        (live, 1)
                    };
                    if sight.1 >= SIGHTS {
                        known.outcome = Outcome::Lost {
                            live: sight.0.clone(),
                        };
                    }
                }
            }
        }
    }

    /// The patience is over: what does not show is late, or after a quarter of an hour lost.
    fn give_up(&mut self, now: Timestamp) {
        let age = now.duration_since(self.result.finished_at);
        let too_late = Duration::try_from(age).is_ok_and(|age| age > LATE_MAX);
        for (change, known) in self.operation.changes().iter().zip(&mut self.result.outcomes) {
            if !known.outcome.is_unproved() {
                continue;
            }
            known.outcome = if too_late {
                let foreign = self.foreign.get(change.attribute.name);
                Outcome::Lost {
                    live: foreign.map_or(&change.before, |(live, _)| live).clone(),
                }
            } else {
                Outcome::NotVisible
            };
        }
    }

    fn is_decided(&self) -> bool {
        let open = |outcome: &Outcome| matches!(outcome, Outcome::Accepted);
        !self.result.outcomes.iter().any(|known| open(&known.outcome))
    }

    fn has_news(&self) -> bool {
        self.result
            .outcomes
            .iter()
            .any(|known| matches!(known.outcome, Outcome::Confirmed | Outcome::Lost { .. }))
    }
}

/// What one look says of a change. A user who is not found is a foreign value, whatever the change wanted: also a clear would
/// otherwise seem to be there.
fn seen(change: &Change, live: &Value, found: bool) -> Standing {
    if found {
        reconcile(change, live)
    } else {
        Standing::Moved(live.clone())
    }
}

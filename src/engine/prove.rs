//! Proof: accepted is not confirmed. What the service took is read back in bulk, with patience.
//!
//! A 2xx means that a write is stored durably, not that every replica shows it: two reads in a row may show the new value, the old
//! one and the new one again (<https://learn.microsoft.com/graph/delta-query-overview> and the service's notes on eventual consistency).
//! So one sight of the written value confirms it, the old value is waited for, and another value must be seen several times.
//! In an undo the written value is one that a server may still show from before: there it must be seen several times as well.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use super::event::{Event, Phase, Reporter};
use super::stop::Stop;
use super::survey::{Read, SurveyError, Wanted, read_back};
use crate::catalogue::Kind;
use crate::domain::{
    Change, Operation, OperationNumber, OperationResult, Outcome, Standing, Value, reconcile,
};
use crate::graph::DirectoryReader;
use crate::state::{Entry, Journal, StateError};

/// How long the written values are waited for when nobody says otherwise.
pub const VERIFY_PATIENCE: Duration = Duration::from_secs(60);
/// Between the first looks; then twice as long each time, up to the second of these.
const PAUSE_FIRST: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(15);
/// So many looks in a row must show the same foreign value before the write counts as lost; by then seven seconds have passed.
const FOREIGN_SIGHTS: u32 = 5;
/// So many looks in a row must show a value that was there before: setting back is confirmed by a server that never saw the change.
const SIGHTS_OF_OLD_VALUE: u32 = 3;
/// So many operations are held and read together.
const OPERATIONS_TOGETHER: usize = 20_000;
/// A write that does not show after this time is not late any more. Microsoft warns of up to a quarter of an hour.
const LATE_MAX: Duration = Duration::from_secs(15 * 60);
/// A foreign picture is somebody else's when ours was accepted longer ago. A long run of large pictures must fit in.
const STORED_ANEW_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// What the proof came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proved {
    /// Operations of which every accepted change was seen.
    pub confirmed: u64,
    /// With a change that does not show yet.
    pub not_visible: u64,
    /// With a change that is lost.
    pub lost: u64,
    /// Why the directory could not be read any more.
    pub unread: Option<String>,
    /// With something that no answer showed.
    pub hidden: u64,
}

/// One operation on its way to a proof.
struct Case {
    operation: Operation,
    result: OperationResult,
    /// What the last looks showed of each attribute, and in how many of them in a row; as long as it decides nothing.
    seen: HashMap<&'static str, (Standing, u32)>,
    /// Attributes that the last look did not show at all: unknown, and not empty.
    unread: HashSet<&'static str>,
    sights_needed: u32,
    /// Pictures that were sent, and the form in which they were seen.
    stored_as: Vec<(String, String)>,
}

/// What `prove` is told beside the journal.
#[derive(Debug, Clone, Copy)]
pub struct ProveContext<'a> {
    pub reader: &'a DirectoryReader,
    /// How long the written values are waited for, from the first complete look on.
    pub patience: Duration,
    pub reporter: &'a Reporter,
    pub stop: &'a Stop,
}

/// Reads back everything the journal holds as accepted (of `only` these operations, if it is given) and writes the proofs into it.
/// Ends early when it is asked to; what was not looked at stays accepted, and `resume` looks again.
///
/// # Errors
/// The journal cannot be read or written. That the directory cannot be read is no error: the writes stand.
pub async fn prove(
    journal: &mut Journal,
    only: Option<&HashSet<OperationNumber>>,
    context: ProveContext<'_>,
) -> Result<Proved, StateError> {
    let mut unproved = journal.unproved()?;
    unproved.retain(|(operation, _)| only.is_none_or(|only| only.contains(&operation.number)));
    let mut proved = Proved::default();
    if unproved.is_empty() || context.stop.is_draining() {
        return Ok(proved);
    }
    let sights_needed = match journal.header().undoes {
        Some(_) => SIGHTS_OF_OLD_VALUE,
        None => 1,
    };
    let (reporter, phase) = (context.reporter, Phase::Verify);
    let total = Some(unproved.len() as u64);
    reporter.emit(Event::PhaseStarted { phase, total }).await;
    let mut unproved = unproved.into_iter().peekable();
    while unproved.peek().is_some() && proved.unread.is_none() && !context.stop.is_draining() {
        let cases = unproved
            .by_ref()
            .take(OPERATIONS_TOGETHER)
            .map(|one| Case::new(one, sights_needed))
            .collect();
        look_until(cases, journal, context, &mut proved).await?;
    }
    let done = reporter.counters().operations_verified.get();
    reporter.emit(Event::PhaseFinished { phase, done }).await;
    Ok(proved)
}

/// Looks again and again until all is decided, the patience ends, or somebody asks to stop.
async fn look_until(
    mut cases: Vec<Case>,
    journal: &mut Journal,
    context: ProveContext<'_>,
    proved: &mut Proved,
) -> Result<(), StateError> {
    let ProveContext {
        reader,
        patience,
        reporter,
        stop,
    } = context;
    let mut pause = PAUSE_FIRST;
    let mut users_total = None;
    let mut end = None;
    loop {
        let wanted = Wanted::by_operations(cases.iter().map(|case| &case.operation));
        let newcomers = cases.iter().flat_map(|case| case.operation.newcomers());
        if let Err(error) = reader.meet_newcomers(newcomers).await {
            proved.unread = Some(error.to_string());
            break;
        }
        let read = match users_total {
            Some(known) => read_back(reader, &wanted, known, reporter, stop).await,
            None => match reader.directory_size().await {
                Ok(known) => read_back(reader, &wanted, known, reporter, stop).await,
                Err(error) => Err(error.into()),
            },
        };
        let read = match read {
            Ok(read) => read,
            Err(SurveyError::Stopped(_)) => break,
            Err(error) => {
                proved.unread = Some(error.to_string());
                break;
            }
        };
        users_total = Some(read.directory.users_total());
        // A large directory is a while in reading: only from here on is anything waited for.
        let end = *end.get_or_insert_with(|| Instant::now().checked_add(patience));
        for case in &mut cases {
            case.look(&read, Timestamp::now());
            for (sent, stored) in case.stored_as.drain(..) {
                reader.picture_stored_as(&sent, &stored);
            }
        }
        let last = end.is_some_and(|end| Instant::now() + pause > end);
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
    if proved.unread.is_none() && !stop.is_draining() {
        proved.hidden += cases.len() as u64;
    }
    // What was seen of the others before the end is kept as well.
    let told = cases.into_iter().filter(Case::has_news).collect();
    record(told, journal, reporter, proved)
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
    fn new((operation, mut result): (Operation, OperationResult), sights_needed: u32) -> Case {
        // What did not show last time is open again.
        for known in &mut result.outcomes {
            if known.outcome.is_unproved() {
                known.outcome = Outcome::Accepted;
            }
        }
        Case {
            operation,
            result,
            seen: HashMap::new(),
            unread: HashSet::new(),
            sights_needed,
            stored_as: Vec::new(),
        }
    }

    /// Takes in one look at the directory.
    fn look(&mut self, read: &Read, now: Timestamp) {
        let age = Duration::try_from(now.duration_since(self.result.finished_at)).unwrap_or_default();
        let user = read.directory.anywhere(&self.operation.user);
        let hidden = read.hidden(self.operation.user).is_some();
        for (change, known) in self.operation.changes().iter().zip(&mut self.result.outcomes) {
            if !known.outcome.is_unproved() {
                continue;
            }
            let name = change.attribute.name;
            let standing = match user {
                Some(user) if user.unread.contains(&name) => None,
                Some(user) => Some(standing(
                    change,
                    &read.directory.value(user, name),
                    (age <= STORED_ANEW_MAX).then_some(&mut self.stored_as),
                )),
                None if hidden => None,
                // Between the users and the deleted ones nobody is seen for a while.
                None if change.attribute.account_part().is_some() => None,
                // A new user is a while in showing.
                None if self.operation.is_for_newcomer() => Some(Standing::ToSend),
                // Nobody is there, which is no clear of whatever was wanted.
                None => Some(Standing::Moved(Value::Empty)),
            };
            let Some(standing) = standing else {
                self.unread.insert(name);
                continue;
            };
            self.unread.remove(name);
            let times = match self.seen.remove(name) {
                Some((before, times)) if before == standing => times + 1,
                _ => 1,
            };
            match &standing {
                Standing::AlreadyThere if times >= self.sights_needed => known.outcome = Outcome::Confirmed,
                Standing::Moved(live) if times >= FOREIGN_SIGHTS => {
                    known.outcome = Outcome::Lost { live: live.clone() };
                }
                _ => {}
            }
            self.seen.insert(name, (standing, times));
        }
    }

    /// The patience is over: what does not show is late, or after a quarter of an hour lost. What nobody has seen stays accepted.
    fn give_up(&mut self, now: Timestamp) {
        let age = now.duration_since(self.result.finished_at);
        let too_late = Duration::try_from(age).is_ok_and(|age| age > LATE_MAX);
        for (change, known) in self.operation.changes().iter().zip(&mut self.result.outcomes) {
            let name = change.attribute.name;
            if !known.outcome.is_unproved() || self.unread.contains(name) {
                continue;
            }
            known.outcome = match self.seen.get(name) {
                Some((Standing::AlreadyThere, _)) if too_late => Outcome::Confirmed,
                Some((Standing::Moved(live), _)) if too_late => Outcome::Lost { live: live.clone() },
                Some((Standing::ToSend, _)) if too_late => Outcome::Lost {
                    live: change.before.clone(),
                },
                Some(_) => Outcome::NotVisible,
                None => continue,
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

/// A picture may be stored in another form than it was sent: one that is neither the former nor ours, after ours was accepted, is taken
/// for ours, and known as that from now on. Not for ever: `stored_as` is missing where it may as well be somebody else's.
fn standing(change: &Change, live: &Value, stored_as: Option<&mut Vec<(String, String)>>) -> Standing {
    match (reconcile(change, live), &change.after, stored_as) {
        (Standing::Moved(Value::Text(stored)), Value::Text(sent), Some(stored_as))
            if change.attribute.kind == Kind::Picture =>
        {
            stored_as.push((sent.clone(), stored));
            Standing::AlreadyThere
        }
        (standing, ..) => standing,
    }
}

#[cfg(test)]
#[path = "prove_tests.rs"]
mod tests;

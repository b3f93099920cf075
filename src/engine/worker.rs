//! One worker: takes a batch to its end.
//!
//! The walk of a batch: wait for the turn, look at its users, intent on disk, send, look at each answer. What was throttled or
//! unlucky stays with the worker and goes again; what was refused for one attribute is parted (row surgery); what may have been
//! stored without an answer is read before anything else; what is settled goes to the recorder.

mod deciding;
mod looking;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::apply::ApplyContext;
use super::event::Event;
use super::luck::Luck;
use super::pause::{Pause, Trouble};
use super::recorder::{JournalLost, Recorder, Settled};
use super::stop::StopReason;
use super::work::{NOT_MADE, Work};
use crate::domain::{Batch, OperationNumber, Outcome};
use crate::graph::{
    Answer, CallError, Decision, DirectoryReader, DirectoryWriter, Ending, LanePass, Pass, Session, Tries,
};

use deciding::is_in_the_way;
use looking::{Doubt, Looked, next_parts};

/// How long one batch is tried while the service gives no usable answer, before the whole run gives up. Being throttled is an
/// answer, and waiting for one's turn is no trouble.
pub(super) const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// Less than this is no wait for a hold.
const HELD_MIN: Duration = Duration::from_millis(50);

/// What carries batches: the recorder, the ways to the service, and what the whole run shares.
pub(super) struct Worker {
    pub recorder: Recorder,
    pub reader: DirectoryReader,
    pub writer: DirectoryWriter,
    pub context: ApplyContext,
    pub luck: Arc<Luck>,
    /// Whether a wanted value that is there proves anything; not in an undo, see `look_again`.
    pub believe: bool,
}

/// The operations of a batch on their way, each with its attempts.
type Cargo = HashMap<OperationNumber, (Work, Tries)>;

impl Worker {
    /// Takes one batch to its end: every operation of it is settled and recorded, or recorded as not sent or in doubt.
    pub async fn carry(&self, batch: Batch, work: Vec<Work>) -> Result<(), JournalLost> {
        let mut cargo: Cargo = work
            .into_iter()
            .map(|one| {
                let mut tries = Tries::new(true, self.context.deadline);
                if one.is_doubted() {
                    tries = tries.in_doubt();
                }
                if one.awaited().next().is_some() {
                    tries = tries.just_created();
                }
                (one.number(), (one, tries))
            })
            .collect();
        for (work, _) in cargo.values_mut() {
            // Whoever else has the name by now is nobody to write to.
            let is_missing = work.awaited().any(|user| !self.context.session.is_born(user));
            if is_missing && work.awaited().any(|user| self.context.session.is_given_up(user)) {
                work.user_was_not_made();
            } else if is_missing {
                work.not_sent("it is about a user who was to be made in this run and was not");
            }
        }
        let mut trouble = Trouble::default();
        while let Some(current) = next_parts(&batch, &cargo) {
            let pass = match self.turn(&current).await {
                Ok(pass) => pass,
                Err(reason) => {
                    self.leave(&mut cargo, &reason);
                    break;
                }
            };
            let in_doubt = cargo.values().any(|(_, tries)| tries.maybe_applied());
            if self.context.recheck || in_doubt {
                match self.look(&batch, &mut cargo).await {
                    Ok(Looked::Seen) => {}
                    Ok(Looked::Later(pause)) => {
                        drop(pass);
                        self.wait(pause).await;
                        continue;
                    }
                    Err(reason) => {
                        self.leave(&mut cargo, &reason);
                        break;
                    }
                }
            }
            for (work, tries) in cargo.values_mut() {
                // What may have been stored as a whole is decided as a whole.
                if !tries.maybe_applied() {
                    work.part_off(|attribute| self.context.suspects.suspect(attribute));
                }
            }
            let Some(current) = next_parts(&batch, &cargo) else {
                break;
            };
            // While the users were looked at somebody else may have been told to wait, or the run to end. What was seen before a wait
            // is old after it, and the refusal has emptied the budget: both begin anew.
            match self.waited_out_hold().await {
                Ok(false) => {}
                Ok(true) => {
                    // Whoever was told to wait has been answered, and the wait was no trouble.
                    trouble = Trouble::default();
                    continue;
                }
                Err(reason) => {
                    self.leave(&mut cargo, &reason);
                    break;
                }
            }
            // What goes in a lane may wait here for some seconds; the look is then that much older.
            let lane = match self.lane(&current).await {
                Ok(lane) => lane,
                Err(reason) => {
                    self.leave(&mut cargo, &reason);
                    break;
                }
            };
            let numbers = current
                .operations()
                .iter()
                .map(|operation| operation.number)
                .collect();
            self.recorder.intent(numbers, jiff::Timestamp::now()).await?;
            for operation in current.operations() {
                if let Some((work, _)) = cargo.get_mut(&operation.number) {
                    work.note_intent();
                }
            }
            let pause = self.send(&current, &mut cargo, (pass, lane), &mut trouble).await;
            self.record(&mut cargo, false).await?;
            self.wait(pause).await;
        }
        self.record(&mut cargo, true).await
    }

    /// Waits for a place in the gate and for the turn of these writes, or says why there will be none.
    async fn turn(&self, current: &Batch) -> Result<Pass, String> {
        let turn = async {
            let mut pass = self.context.session.gate().enter().await;
            self.writer.turn(current).await?;
            pass.sends();
            Ok::<Pass, CallError>(pass)
        };
        tokio::select! {
            biased;
            () = self.context.stop.drained() => Err(self.ended()),
            turn = turn => turn.map_err(|late| {
                self.context.stop.drain(StopReason::Deadline);
                late.to_string()
            }),
        }
    }

    /// Waits out a hold that began after the turn was given and says whether there was one, or why nothing is sent any more.
    async fn waited_out_hold(&self) -> Result<bool, String> {
        let began = Instant::now();
        tokio::select! {
            biased;
            () = self.context.stop.drained() => Err(self.ended()),
            free = self.writer.wait_out_hold() => match free {
                Ok(()) => Ok(began.elapsed() >= HELD_MIN),
                Err(late) => {
                    self.context.stop.drain(StopReason::Deadline);
                    Err(late.to_string())
                }
            },
        }
    }

    /// Waits for a place in the lane that these writes need, if they need one, or says why there will be none.
    async fn lane(&self, current: &Batch) -> Result<Option<LanePass>, String> {
        tokio::select! {
            biased;
            () = self.context.stop.drained() => Err(self.ended()),
            lane = self.writer.enter_lane(current) => lane.map_err(|late| {
                self.context.stop.drain(StopReason::Deadline);
                late.to_string()
            }),
        }
    }

    /// Sends and looks at each answer. What is to go again stays in the cargo; the pause says when.
    async fn send(
        &self,
        current: &Batch,
        cargo: &mut Cargo,
        (pass, lane): (Pass, Option<LanePass>),
        trouble: &mut Trouble,
    ) -> Pause {
        self.context
            .reporter
            .counters()
            .writes_sent
            .add(current.operations().len() as u64);
        let mut pause = Pause::default();
        let mut doubts = Vec::new();
        let began = Instant::now();
        let outcome = self.writer.send(current).await;
        pass.done(began.elapsed(), Ending::of(&outcome));
        // The last look needs a place of its own.
        drop(lane);
        trouble.note(&outcome);
        match outcome {
            Ok(answers) => {
                for answer in answers {
                    let Some((work, attempts)) = cargo.get_mut(&answer.number) else {
                        continue;
                    };
                    work.note_request(answer.request_id.clone());
                    match answer.failure() {
                        None if matches!(answer.answer, Answer::AlreadySo { .. }) => {
                            work.found_done(attempts.maybe_applied());
                            self.luck.good();
                        }
                        None => {
                            work.landed();
                            self.luck.good();
                            *attempts = attempts.anew();
                        }
                        Some(failure) => {
                            let decision = trouble.judge(attempts.after(&failure), attempts);
                            pause.add(decision, &failure);
                            let told = answer.to_refusal().message;
                            // What is in the way may be what an earlier attempt has made: the user of this name, or one who is
                            // restored already.
                            let in_own_way = decision == Decision::GiveUp
                                && work.is_post()
                                && attempts.maybe_applied()
                                && is_in_the_way(&failure);
                            if decision == Decision::InDoubt || in_own_way {
                                let message = if in_own_way {
                                    format!(
                                        "an attempt got no clear answer, and the next one was refused: {told}"
                                    )
                                } else {
                                    told
                                };
                                doubts.push(Doubt {
                                    number: answer.number,
                                    failure,
                                    message,
                                });
                            } else if self.decide(work, decision, &failure, answer.to_refusal()) {
                                // What is left of the row is another request and begins to count anew.
                                *attempts = attempts.anew();
                            }
                        }
                    }
                }
                self.last_look(current, cargo, doubts).await;
            }
            Err(error) => {
                let failure = error.failure();
                if matches!(error, CallError::PasswordNotKept { .. }) {
                    self.context.stop.explain(&error.to_string());
                    self.context.stop.drain(StopReason::Passwords);
                }
                for operation in current.operations() {
                    let Some((work, attempts)) = cargo.get_mut(&operation.number) else {
                        continue;
                    };
                    let decision = trouble.judge(attempts.after(&failure), attempts);
                    pause.add(decision, &failure);
                    let refusal = error.to_refusal();
                    let message = format!("{} {}", refusal.message, refusal.hint);
                    self.decide_whole(work, decision, &failure, message.trim_end());
                }
            }
        }
        pause
    }

    /// Hands everything that is settled to the recorder; at the end, whatever is left as well.
    async fn record(&self, cargo: &mut Cargo, all: bool) -> Result<(), JournalLost> {
        let numbers: Vec<OperationNumber> = cargo
            .iter()
            .filter(|(_, (work, _))| all || work.is_settled())
            .map(|(number, _)| *number)
            .collect();
        let unsent = numbers
            .iter()
            .filter(|number| cargo.get(number).is_some_and(|(work, _)| work.lacks_intent()));
        let unsent: Vec<OperationNumber> = unsent.copied().collect();
        if !unsent.is_empty() {
            self.recorder.intent(unsent, jiff::Timestamp::now()).await?;
        }
        let mut settled: Vec<Settled> = numbers
            .iter()
            .filter_map(|number| cargo.remove(number))
            .map(|(mut work, _)| {
                work.note_made(|own| self.context.session.id_as_answered(own));
                give_up_the_unmade(&self.context.session, &work);
                work.settled()
            })
            .collect();
        settled.sort_by_key(|settled| settled.result.number);
        for settled in &settled {
            let outcomes = &settled.result.outcomes;
            self.context.suspects.learn(outcomes);
            // What follows a refused making is no refusal of its own.
            let refused = |outcome: &Outcome| matches!(outcome, Outcome::Refused { refusal } if refusal.code != NOT_MADE);
            if outcomes.iter().any(|change| refused(&change.outcome)) && self.luck.failed() {
                self.context.stop.drain(StopReason::Failures);
            }
        }
        self.recorder.results(settled).await
    }

    /// Waits the longest wait anybody asked for, or until the run is asked to end.
    async fn wait(&self, pause: Pause) {
        if pause.new_connection {
            self.context.session.renew_connections();
        }
        if pause.after.is_zero() {
            return;
        }
        if pause.after >= Duration::from_secs(1) && self.context.pauses.begin(pause.after, &pause.reason) {
            let reason = pause.reason;
            let seconds = pause.after.as_secs_f64();
            self.context
                .reporter
                .emit(Event::Waiting { reason, seconds })
                .await;
        }
        tokio::select! {
            () = tokio::time::sleep(pause.after) => {}
            () = self.context.stop.drained() => {}
        }
    }
}

/// Whoever waits for a new user hears when none will come.
pub(super) fn give_up_the_unmade(session: &Session, work: &Work) {
    if work.has_not_made_its_user() {
        session.give_up_newcomers(std::iter::once((work.user(), work.upn())));
    }
}

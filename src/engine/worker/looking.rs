//! A worker looks before it writes, and once more at what got no clear answer.

use std::time::Duration;

use tokio::time::Instant;

use super::super::look::{Seen, look};
use super::super::pause::Pause;
use super::super::stop::StopReason;
use super::super::work::Work;
use super::{Cargo, PATIENCE, Worker};
use crate::domain::{Batch, Operation, OperationNumber};
use crate::graph::{CallError, Decision, Failure};

/// How long a last look is tried at what got no clear answer, before `resume` has to decide.
const LAST_LOOK: Duration = Duration::from_secs(30);

/// What may or may not have been stored, and why nobody knows.
pub(super) struct Doubt {
    pub number: OperationNumber,
    pub failure: Failure,
    pub message: String,
}

/// What came of a look.
pub(super) enum Looked {
    /// The users were read, and what that tells is taken in.
    Seen,
    /// The service asks to wait: another turn, and another look.
    Later(Pause),
}

/// Before another look where the service did not say how long to wait.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Between two looks for a guest who may have been invited by an earlier process.
const GUEST_SHOWS: Duration = Duration::from_secs(3);

impl Worker {
    /// Looks at the users of this batch before anything is written to them, or says why that cannot be done.
    pub(super) async fn look(&self, batch: &Batch, cargo: &mut Cargo) -> Result<Looked, String> {
        let Some(open) =
            batch.retain(|operation| cargo.contains_key(&operation.number).then(|| operation.clone()))
        else {
            return Ok(Looked::Seen);
        };
        let patience = Instant::now() + PATIENCE;
        let end = self
            .context
            .deadline
            .map_or(patience, |deadline| deadline.min(patience));
        let reader = self.reader.clone().until(Some(end));
        let looked = tokio::select! {
            biased;
            () = self.context.stop.drained() => return Err(self.ended()),
            looked = look(&reader, &open) => looked,
            never = self.context.reporter.watch(&reader) => match never {},
        };
        let looked = match looked {
            Ok(looked) => looked,
            Err(error) => {
                let failure = error.failure();
                let late = self
                    .context
                    .deadline
                    .is_some_and(|end| Instant::now() + failure.wish().unwrap_or_default() >= end);
                // Being told to wait, or waiting for a turn, is no trouble of the service's.
                let only_waited = matches!(failure, Failure::Answer { status: 429, .. })
                    || matches!(error, CallError::DeadlinePassed);
                if only_waited && !late {
                    return Ok(Looked::Later(Pause {
                        after: failure.wish().unwrap_or(LOOK_AGAIN),
                        new_connection: false,
                        reason: failure.in_words(),
                    }));
                }
                self.context.stop.explain(&format!("{error}; {}", error.hint()));
                self.context.stop.drain(self.why(&failure));
                return Err(error.to_string());
            }
        };
        let mut unseen = false;
        for operation in open.operations() {
            if let Some((work, tries)) = cargo.get_mut(&operation.number) {
                match looked.seen(operation.user) {
                    Seen::Live(_) if operation.makes_the_user() && !tries.maybe_applied() => {
                        work.name_is_taken();
                    }
                    Seen::Live(live) => {
                        let in_doubt = tries.maybe_applied();
                        let open = work.looked(|attribute| live.value(attribute), in_doubt, self.believe);
                        self.trust(work);
                        if in_doubt && !open {
                            // What comes next was never sent, and begins to count anew.
                            *tries = tries.anew();
                        }
                    }
                    Seen::Refused(refusal) => {
                        let reason = format!("the service does not show the user: {}", refusal.message);
                        work.not_shown(&reason, tries.maybe_applied());
                        let denied = refusal.code == "Authorization_RequestDenied";
                        if denied && self.luck.denied() {
                            self.context.stop.explain(&format!("{reason}. {}", refusal.hint));
                            self.context.stop.drain(StopReason::SignIn);
                        }
                    }
                    // A mail that may be on its way is not sent once more in the same breath, and by a later process only
                    // after some more looks: what was read may be behind.
                    Seen::Absent if work.sends_a_mail() && tries.maybe_applied() => {
                        if tries.is_own_doubt() {
                            work.in_doubt("an attempt got no clear answer, and the guest does not show yet");
                        } else if work.waits_for_guest() {
                            unseen = true;
                        }
                    }
                    Seen::Absent => {}
                }
            }
        }
        if unseen {
            return Ok(Looked::Later(Pause {
                after: GUEST_SHOWS,
                new_connection: false,
                reason: "a guest may have been invited already and not show yet".to_owned(),
            }));
        }
        Ok(Looked::Seen)
    }

    /// What is said of a request that the end of the run came before.
    pub(super) fn ended(&self) -> String {
        format!("{} before this was sent", self.context.stop.in_words())
    }

    /// Gives up what is still to be sent, so that the journal says so; what an earlier attempt may have stored is in doubt.
    pub(super) fn leave(&self, cargo: &mut Cargo, reason: &str) {
        let doubt = format!(
            "an attempt got no clear answer, and {}",
            self.context.stop.in_words()
        );
        for (work, tries) in cargo.values_mut() {
            if tries.maybe_applied() {
                work.in_doubt(&doubt);
            } else {
                work.not_sent(reason);
            }
        }
    }

    /// A user whose making got no clear answer, and who is there with all that was asked for, is the one this run has made.
    fn trust(&self, work: &Work) {
        if work.has_made_its_user() {
            self.context
                .session
                .trust_newcomers(std::iter::once((work.user(), work.upn())));
        }
    }

    /// What was tried as often as makes sense and got no clear answer is looked at once more; what even that does not settle is in
    /// doubt, and `resume` decides.
    pub(super) async fn last_look(&self, current: &Batch, cargo: &mut Cargo, doubts: Vec<Doubt>) {
        if doubts.is_empty() {
            return;
        }
        let mine = |operation: &Operation| {
            let doubted = doubts.iter().any(|doubt| doubt.number == operation.number);
            doubted.then(|| operation.clone())
        };
        let reader = self.reader.clone().until(Some(Instant::now() + LAST_LOOK));
        let looked = match current.retain(mine) {
            Some(batch) if !self.context.stop.is_draining() => look(&reader, &batch).await.ok(),
            _ => None,
        };
        for doubt in doubts {
            let Some((work, attempts)) = cargo.get_mut(&doubt.number) else {
                continue;
            };
            let open = match looked.as_ref().map(|looked| looked.seen(work.user())) {
                Some(Seen::Live(live)) => {
                    let open = work.looked(|attribute| live.value(attribute), true, self.believe);
                    self.trust(work);
                    open
                }
                Some(Seen::Refused(_) | Seen::Absent) | None => true,
            };
            if open {
                self.decide_whole(work, Decision::InDoubt, &doubt.failure, &doubt.message);
            } else {
                self.luck.good();
                *attempts = attempts.anew();
            }
        }
    }
}

/// What each operation of the batch sends next; `None` when all of them are settled.
pub(super) fn next_parts(batch: &Batch, cargo: &Cargo) -> Option<Batch> {
    batch.retain(|operation| {
        cargo
            .get(&operation.number)
            .and_then(|(work, _)| work.next_part())
    })
}

//! A worker looks before it writes, and once more at what got no clear answer.

use std::time::Duration;

use tokio::time::Instant;

use super::super::look::{Seen, look};
use super::super::stop::StopReason;
use super::{ASKED_TO_END, Cargo, PATIENCE, Worker};
use crate::domain::{Batch, Operation, OperationNumber};
use crate::graph::{Decision, Failure, Tries};

/// How long a last look is tried at what got no clear answer, before `resume` has to decide.
const LAST_LOOK: Duration = Duration::from_secs(30);

/// What may or may not have been stored, and why nobody knows.
pub(super) struct Doubt {
    pub number: OperationNumber,
    pub failure: Failure,
    pub message: String,
}

impl Worker {
    /// Looks at the users of this batch before anything is written to them, or says why that cannot be done.
    pub(super) async fn look(&self, batch: &Batch, cargo: &mut Cargo) -> Result<(), String> {
        let Some(open) =
            batch.retain(|operation| cargo.contains_key(&operation.number).then(|| operation.clone()))
        else {
            return Ok(());
        };
        let patience = Instant::now() + PATIENCE;
        let end = self
            .context
            .deadline
            .map_or(patience, |deadline| deadline.min(patience));
        let reader = self.reader.clone().until(Some(end));
        let looked = tokio::select! {
            biased;
            () = self.context.stop.drained() => return Err(ASKED_TO_END.to_owned()),
            looked = look(&reader, &open) => looked,
            never = self.context.reporter.watch(&reader) => match never {},
        };
        let looked = looked.map_err(|error| {
            self.context.stop.explain(&format!("{error}. {}", error.hint()));
            self.context.stop.drain(self.why(&error.failure()));
            error.to_string()
        })?;
        for operation in open.operations() {
            if let Some((work, tries)) = cargo.get_mut(&operation.number) {
                match looked.seen(operation.user) {
                    Seen::Live(live) => {
                        let in_doubt = tries.maybe_applied();
                        let open = work.looked(|attribute| live.value(attribute), in_doubt);
                        if in_doubt && !open {
                            // What comes next was never sent, and begins to count anew.
                            *tries = Tries::new(true, self.context.deadline);
                        }
                    }
                    Seen::Refused(refusal) => {
                        let reason = format!("the service does not show the user: {}", refusal.message);
                        work.not_shown(&reason, tries.maybe_applied());
                        if self.luck.denied() {
                            self.context.stop.drain(StopReason::SignIn);
                        }
                    }
                    Seen::Absent => {}
                }
            }
        }
        Ok(())
    }

    /// What was tried as often as makes sense and got no clear answer is looked at once more; what even that does not settle is in
    /// doubt, and `resume` decides.
    pub(super) async fn last_look(
        &self,
        current: &Batch,
        cargo: &mut Cargo,
        doubts: Vec<Doubt>,
        tries: &impl Fn() -> Tries,
    ) {
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
                Some(Seen::Live(live)) => work.looked(|attribute| live.value(attribute), true),
                Some(Seen::Refused(_) | Seen::Absent) | None => true,
            };
            if open {
                self.decide_whole(work, Decision::InDoubt, &doubt.failure, &doubt.message);
            } else {
                self.luck.good();
                *attempts = tries();
            }
        }
    }
}

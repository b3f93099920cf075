//! The life of an operation as its journal tells it: one pure function, used when an entry is written and when a journal is read.
//!
//! | now       | intent  | result                                                                                  | proof |
//! |-----------|---------|-----------------------------------------------------------------------------------------|-------|
//! | waiting   | sent    | only what can be known without sending (moved, already there, not sent)                  | refused |
//! | sent      | sent    | settled when final, else open                                                            | refused |
//! | open      | sent    | what can be known without sending, and what the earlier result knew; anything when it was in doubt | open |
//! | settled   | refused | refused                                                                                  | settled |
//!
//! A proof says what a look at the directory made of what was accepted: confirmed, not visible or lost. Nothing else may differ
//! from the result before it, so it needs something that was accepted and not shown by a read yet.
//!
//! A second intent without a result between them is a retry, or a resume after the process was killed.

use super::super::status::Mix;

/// Where an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationState {
    /// Nothing was ever sent.
    Waiting,
    /// An intent without a result. When no process works on the run any more, it is in doubt.
    Sent,
    /// A result that leaves something to do.
    Open(Mix),
    /// A final result.
    Settled(Mix),
}

/// An entry as far as it moves an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Intent,
    Result(Mix),
    Proof(Mix),
}

/// Why an entry cannot follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    #[error("has a result that only a request can bring about, but no intent to send one")]
    ResultWithoutIntent,
    #[error("has a second result after its final one")]
    SecondFinalResult,
    #[error("was to be sent again after its final result")]
    IntentAfterFinalResult,
    #[error("is not part of this run")]
    Unknown,
    #[error("has a result with another number of outcomes than it has changes")]
    OtherChanges,
    #[error("has an intent without a result, so the run is not finished")]
    StillSent,
    #[error("has a proof, but no result in which something waits for one")]
    ProofOfNothing,
    #[error("has a proof that changes more than what was accepted")]
    ProofOfOther,
}

/// The state after an entry, or why it cannot be.
pub fn next_state(state: OperationState, step: Step) -> Result<OperationState, StepError> {
    use OperationState::{Open, Sent, Settled, Waiting};
    match (state, step) {
        (Settled(_), Step::Intent) => Err(StepError::IntentAfterFinalResult),
        (Settled(_), Step::Result(_)) => Err(StepError::SecondFinalResult),
        (Waiting | Sent | Open(_), Step::Intent) => Ok(Sent),
        (Waiting | Sent | Open(_), Step::Result(mix)) if mix.is_empty() => Err(StepError::OtherChanges),
        (Sent, Step::Result(mix)) => Ok(after(mix)),
        (Waiting, Step::Result(mix)) if mix.by_sending().is_empty() => Ok(after(mix)),
        (Open(earlier), Step::Result(mix))
            if earlier.has(Mix::IN_DOUBT) || mix.by_sending().is_within(earlier) =>
        {
            Ok(after(mix))
        }
        (Waiting | Open(_), Step::Result(_)) => Err(StepError::ResultWithoutIntent),
        (Waiting | Sent, Step::Proof(_)) => Err(StepError::ProofOfNothing),
        (Open(earlier) | Settled(earlier), Step::Proof(_)) if !earlier.is_unproved() => {
            Err(StepError::ProofOfNothing)
        }
        (Open(earlier) | Settled(earlier), Step::Proof(mix)) if earlier.may_be_proved_as(mix) => {
            Ok(after(mix))
        }
        (Open(_) | Settled(_), Step::Proof(_)) => Err(StepError::ProofOfOther),
    }
}

fn after(mix: Mix) -> OperationState {
    if mix.is_final() {
        OperationState::Settled(mix)
    } else {
        OperationState::Open(mix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Mix = Mix::ACCEPTED;
    const T: Mix = Mix::ALREADY_THERE;
    const R: Mix = Mix::REFUSED;
    const M: Mix = Mix::MOVED;
    const N: Mix = Mix::NOT_SENT;
    const D: Mix = Mix::IN_DOUBT;
    const C: Mix = Mix::CONFIRMED;
    const V: Mix = Mix::NOT_VISIBLE;
    const L: Mix = Mix::LOST;

    #[test]
    fn every_state_and_entry_gives_the_next_state_or_names_the_law_it_breaks() {
        use OperationState::{Open, Sent, Settled, Waiting};
        use Step::{Intent, Proof, Result as Said};
        use StepError::{
            IntentAfterFinalResult, OtherChanges, ProofOfNothing, ProofOfOther, ResultWithoutIntent,
            SecondFinalResult,
        };
        for (state, step, expected) in [
            (Waiting, Intent, Ok(Sent)),
            (Waiting, Said(A), Err(ResultWithoutIntent)),
            (Waiting, Said(R), Err(ResultWithoutIntent)),
            (Waiting, Said(D), Err(ResultWithoutIntent)),
            (Waiting, Said(M.and(A)), Err(ResultWithoutIntent)),
            (Waiting, Said(M), Ok(Settled(M))),
            (Waiting, Said(T), Ok(Settled(T))),
            (Waiting, Said(N), Ok(Open(N))),
            (Waiting, Said(M.and(N)), Ok(Open(M.and(N)))),
            (Waiting, Said(Mix::default()), Err(OtherChanges)),
            (Sent, Intent, Ok(Sent)),
            (Sent, Said(A), Ok(Settled(A))),
            (Sent, Said(A.and(R)), Ok(Settled(A.and(R)))),
            (Sent, Said(N), Ok(Open(N))),
            (Sent, Said(D), Ok(Open(D))),
            (Sent, Said(A.and(D)), Ok(Open(A.and(D)))),
            (Sent, Said(Mix::default()), Err(OtherChanges)),
            (Open(N), Intent, Ok(Sent)),
            (Open(D), Intent, Ok(Sent)),
            (Open(N), Said(N), Ok(Open(N))),
            (Open(N), Said(M), Ok(Settled(M))),
            (Open(N), Said(A), Err(ResultWithoutIntent)),
            (Open(N.and(A)), Said(A.and(M)), Ok(Settled(A.and(M)))),
            (Open(N.and(A)), Said(A.and(R)), Err(ResultWithoutIntent)),
            (Open(D), Said(T), Ok(Settled(T))),
            (Open(D), Said(A), Ok(Settled(A))),
            (Open(D), Said(N), Ok(Open(N))),
            (Open(D), Said(Mix::default()), Err(OtherChanges)),
            (Settled(A), Intent, Err(IntentAfterFinalResult)),
            (Settled(A), Said(A), Err(SecondFinalResult)),
            (Settled(M), Said(N), Err(SecondFinalResult)),
            (Waiting, Proof(C), Err(ProofOfNothing)),
            (Sent, Proof(C), Err(ProofOfNothing)),
            (Settled(R), Proof(R), Err(ProofOfNothing)),
            (Settled(C), Proof(C), Err(ProofOfNothing)),
            (Settled(L.and(C)), Proof(C), Err(ProofOfNothing)),
            (Settled(A), Proof(A), Ok(Settled(A))),
            (Settled(A), Proof(C), Ok(Settled(C))),
            (Settled(A), Proof(V), Ok(Settled(V))),
            (Settled(A), Proof(L), Ok(Settled(L))),
            (Settled(A), Proof(C.and(V).and(L)), Ok(Settled(C.and(V).and(L)))),
            (Settled(V), Proof(C), Ok(Settled(C))),
            (Settled(V), Proof(L), Ok(Settled(L))),
            (Settled(V.and(C)), Proof(C), Ok(Settled(C))),
            (Settled(V.and(C)), Proof(L), Err(ProofOfOther)),
            (Settled(V.and(L)), Proof(C), Err(ProofOfOther)),
            (Settled(A.and(R)), Proof(C.and(R)), Ok(Settled(C.and(R)))),
            (Settled(A.and(R)), Proof(C), Err(ProofOfOther)),
            (Settled(A.and(R)), Proof(R), Err(ProofOfOther)),
            (Settled(A), Proof(C.and(M)), Err(ProofOfOther)),
            (Settled(A), Proof(Mix::default()), Err(ProofOfOther)),
            (Settled(A), Proof(N), Err(ProofOfOther)),
            (Open(A.and(N)), Proof(C.and(N)), Ok(Open(C.and(N)))),
            (Open(A.and(N)), Proof(C), Err(ProofOfOther)),
            (Open(N), Proof(N), Err(ProofOfNothing)),
            // What was proved stays so when the rest of the operation goes on.
            (Open(C.and(N)), Said(C.and(M)), Ok(Settled(C.and(M)))),
            (Open(N), Said(C), Err(ResultWithoutIntent)),
            (Open(A.and(N)), Said(C.and(M)), Err(ResultWithoutIntent)),
            (Waiting, Said(C), Err(ResultWithoutIntent)),
            (Sent, Said(C.and(A)), Ok(Settled(C.and(A)))),
        ] {
            assert_eq!(next_state(state, step), expected, "{state:?} then {step:?}");
        }
    }
}

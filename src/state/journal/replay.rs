//! The life of an operation as its journal tells it: one pure function, used when an entry is written and when a journal is read.
//!
//! | now       | intent  | result                                                                                  |
//! |-----------|---------|-----------------------------------------------------------------------------------------|
//! | waiting   | sent    | only what can be known without sending (moved, already there, not sent)                  |
//! | sent      | sent    | settled when final, else open                                                            |
//! | open      | sent    | what can be known without sending, and what the earlier result knew; anything when it was in doubt |
//! | settled   | refused | refused                                                                                  |
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

    #[test]
    fn every_state_and_entry_gives_the_next_state_or_names_the_law_it_breaks() {
        use OperationState::{Open, Sent, Settled, Waiting};
        use Step::{Intent, Result as Said};
        use StepError::{IntentAfterFinalResult, OtherChanges, ResultWithoutIntent, SecondFinalResult};
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
        ] {
            assert_eq!(next_state(state, step), expected, "{state:?} then {step:?}");
        }
    }
}

//! What was accepted and is still to be shown by a read.

use super::super::error::StateError;
use super::read::RunRecord;
use super::replay::{OperationState, StepError};
use super::slots::Slot;
use crate::domain::{Operation, OperationResult, Outcome};

impl RunRecord {
    /// How many operations have a change that was accepted and that no read has shown yet.
    pub fn unproved_count(&self) -> u64 {
        self.slots.iter().filter(|slot| is_unproved(slot)).count() as u64
    }

    /// These operations with their last results, in their order.
    ///
    /// One that was sent again since is not among them: only its next result tells what was accepted.
    pub fn unproved(&self) -> Result<Vec<(Operation, OperationResult)>, StateError> {
        let mut unproved = Vec::new();
        for slot in self.slots.iter().filter(|slot| is_unproved(slot)) {
            if let Some(result) = self.last_result(slot)? {
                unproved.push((self.operation(slot.number)?, result));
            }
        }
        Ok(unproved)
    }
}

fn is_unproved(slot: &Slot) -> bool {
    match slot.state {
        OperationState::Waiting | OperationState::Sent => false,
        OperationState::Open(mix) | OperationState::Settled(mix) => mix.is_unproved(),
    }
}

/// Whether a proof says the same as the result before it, but for what was accepted.
pub(super) fn check(earlier: &OperationResult, proof: &OperationResult) -> Result<(), StepError> {
    let may_become = |earlier: &Outcome, proof: &Outcome| {
        earlier == proof
            || (earlier.is_unproved()
                && matches!(
                    proof,
                    Outcome::Accepted | Outcome::Confirmed | Outcome::NotVisible | Outcome::Lost { .. }
                ))
    };
    let same = earlier.outcomes.len() == proof.outcomes.len()
        && earlier
            .outcomes
            .iter()
            .zip(&proof.outcomes)
            .all(|(earlier, proof)| {
                earlier.attribute == proof.attribute && may_become(&earlier.outcome, &proof.outcome)
            });
    if same {
        Ok(())
    } else {
        Err(StepError::ProofOfOther)
    }
}

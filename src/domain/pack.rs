//! Operations into batches: twenty at a time, never the same user twice in flight.

use std::collections::HashMap;

use super::operation::{BATCH_OPERATIONS_MAX, Batch, METHODS_TOGETHER_MAX};
use super::{ApprovedOperations, Operation, UserId};

/// Batches that may be in flight together. Every batch of a stage must be settled before the next stage begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    batches: Vec<Batch>,
}

impl Stage {
    /// The batches, in the order of the sheet.
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// The batches, in the order of the sheet, to be sent.
    pub fn into_batches(self) -> Vec<Batch> {
        self.batches
    }
}

/// Packs every operation exactly once, in order. A user's second operation goes into the second stage, and so on; what is about a
/// user whom the run makes goes behind the making. Requests for authentication methods have stages of their own after all others,
/// with smaller batches: they are slow, and are every user's last, whatever the order of its actions.
pub fn pack(operations: ApprovedOperations) -> Vec<Stage> {
    let (methods, others): (Vec<Operation>, Vec<Operation>) = operations
        .into_vec()
        .into_iter()
        .partition(Operation::is_sign_in_method);
    let mut stages = staged(others, BATCH_OPERATIONS_MAX);
    stages.extend(staged(methods, METHODS_TOGETHER_MAX));
    stages
}

fn staged(all: Vec<Operation>, together: usize) -> Vec<Stage> {
    let mut stages: Vec<Vec<Operation>> = Vec::new();
    let mut operations_of: HashMap<UserId, usize> = HashMap::new();
    for operation in all {
        let awaits = !operation.makes_the_user() && operation.newcomers().next().is_some();
        let next = operations_of.entry(operation.user).or_default();
        let stage = (*next).max(usize::from(awaits));
        while stages.len() <= stage {
            stages.push(Vec::new());
        }
        if let Some(stage) = stages.get_mut(stage) {
            stage.push(operation);
        }
        *next = stage + 1;
    }
    stages
        .into_iter()
        .filter(|operations| !operations.is_empty())
        .map(|operations| Stage {
            batches: operations
                .chunks(together)
                .filter_map(|chunk| Batch::new(chunk.to_vec()))
                .collect(),
        })
        .collect()
}

//! The one way from a plan to requests: approval.

use std::collections::HashSet;

use super::{GuardReport, Limits, Operation, OperationNumber, Plan, inspect};

/// A plan that may be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedPlan {
    plan: Plan,
}

/// Why a plan may not be carried out, in the order in which the reasons weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Errors in the sheet, and nobody said to go on without those cells.
    SheetErrors,
    Guards,
    Conflicts,
}

/// A plan that was not approved, and what stood in its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotApproved {
    pub plan: Plan,
    pub obstacle: Obstacle,
    /// What the guards counted.
    pub guards: Vec<GuardReport>,
}

impl Plan {
    /// The one way from a plan to requests.
    ///
    /// `skip_errors` goes on without the cells and rows that hold errors; `skip_conflicts` without the cells in conflict.
    pub fn approve(
        self,
        limits: &Limits,
        skip_errors: bool,
        skip_conflicts: bool,
    ) -> Result<ApprovedPlan, Box<NotApproved>> {
        let guards = inspect(&self, limits);
        match self.obstacle(&guards, skip_errors, skip_conflicts) {
            Some(obstacle) => Err(Box::new(NotApproved {
                plan: self,
                obstacle,
                guards,
            })),
            None => Ok(ApprovedPlan { plan: self }),
        }
    }

    /// What stands in the way of this plan, with what the guards said of it; the weightiest where there are several.
    pub fn obstacle(
        &self,
        guards: &[GuardReport],
        skip_errors: bool,
        skip_conflicts: bool,
    ) -> Option<Obstacle> {
        if self.errors() > 0 && !skip_errors {
            Some(Obstacle::SheetErrors)
        } else if guards.iter().any(|guard| !guard.passed) {
            Some(Obstacle::Guards)
        } else if !self.conflicts().is_empty() && !skip_conflicts {
            Some(Obstacle::Conflicts)
        } else {
            None
        }
    }
}

impl ApprovedPlan {
    /// The plan that was approved.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Every request of the plan, numbered in the sheet's order.
    pub fn operations(&self) -> ApprovedOperations {
        ApprovedOperations {
            operations: self.plan.operations(),
        }
    }
}

/// Operations that come from an approved plan, now or, through a journal, earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedOperations {
    operations: Vec<Operation>,
}

impl ApprovedOperations {
    /// What a run's journal says is still to be done. A journal is begun with approved operations and gets no others.
    pub fn from_journal(operations: Vec<Operation>) -> ApprovedOperations {
        ApprovedOperations { operations }
    }

    /// The operations, in their order.
    pub fn as_slice(&self) -> &[Operation] {
        &self.operations
    }

    /// The operations, in their order, to be taken apart.
    pub fn into_vec(self) -> Vec<Operation> {
        self.operations
    }

    /// Without those that need no request any more.
    pub fn without(self, done: &HashSet<OperationNumber>) -> ApprovedOperations {
        let operations = self
            .operations
            .into_iter()
            .filter(|operation| !done.contains(&operation.number))
            .collect();
        ApprovedOperations { operations }
    }
}

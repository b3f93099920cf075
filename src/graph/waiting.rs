//! Why requests wait, for display: each queue has a reason of its own.

use tokio::time::Instant;

use super::limits::Cost;

/// Why requests wait at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// The budget of resource units is used up.
    ResourceUnits,
    /// The budget of writes is used up.
    Writes,
    /// The service asked everybody to wait.
    RetryAfter,
    /// The service said that more of a limit is used than we used.
    NearLimit,
}

/// Until when requests wait, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub reason: WaitReason,
    pub until: Instant,
}

impl WaitReason {
    /// Whether it is the service that holds everybody up, and not the budget that sets the pace.
    pub fn is_hold(self) -> bool {
        self == WaitReason::RetryAfter
    }
}

impl std::fmt::Display for WaitReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            WaitReason::ResourceUnits => "the budget of resource units is used up",
            WaitReason::Writes => "the budget of writes is used up",
            WaitReason::RetryAfter => "the service asked to wait",
            WaitReason::NearLimit => "the service said that its limit is near",
        })
    }
}

/// Who waits behind whom: writes for writes; what only reads is not held up by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Queue {
    Writes,
    Reads,
}

impl Queue {
    pub fn of(cost: Cost) -> Queue {
        if cost.writes > 0 {
            Queue::Writes
        } else {
            Queue::Reads
        }
    }
}

/// What the first of each queue waits for.
#[derive(Debug, Default)]
pub(super) struct Waits {
    writes: Option<Waiting>,
    reads: Option<Waiting>,
}

impl Waits {
    pub fn set(&mut self, queue: Queue, waiting: Option<Waiting>) {
        match queue {
            Queue::Writes => self.writes = waiting,
            Queue::Reads => self.reads = waiting,
        }
    }

    /// The one to be shown: what holds up the writes holds up the run.
    pub fn shown(&self) -> Option<Waiting> {
        self.writes.or(self.reads)
    }
}

//! Totals for the eye: atomics that the terminal reads ten times a second. The record is in the journal, not here.

use std::sync::atomic::{AtomicU64, Ordering};

/// One number that grows, and begins anew only where a phase does.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    pub(super) fn begin_anew(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The totals of one command.
#[derive(Debug, Default)]
pub struct Counters {
    pub users_read: Counter,
    pub rows_checked: Counter,
    pub operations_settled: Counter,
    pub operations_failed: Counter,
    /// Operations whose attributes were read back after the run.
    pub operations_verified: Counter,
    /// Writes handed to the service, repeated ones as well.
    pub writes_sent: Counter,
    /// Time the journal took, in microseconds.
    pub journal_micros: Counter,
    /// Requests that had to be sent again.
    pub requests_repeated: Counter,
    /// Answers that said "too many requests".
    pub answers_throttled: Counter,
}

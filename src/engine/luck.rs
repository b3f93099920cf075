//! How a whole run fares, over all its workers, and when that is a reason to stop.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// How the whole run fares: one row's bad luck is its own, many in a row are the service's.
#[derive(Debug, Default)]
pub(super) struct Luck {
    landed: AtomicBool,
    in_doubt_in_a_row: AtomicU32,
    denied: AtomicU32,
    failed: AtomicU64,
    failed_max: Option<u64>,
}

impl Luck {
    /// So many operations in a row in doubt, over all workers, and the run stops.
    const IN_DOUBT_MAX: u32 = 10;
    /// So many refusals for lack of a permission before anything else came, and the run stops.
    const DENIED_MAX: u32 = 20;

    /// With so many operations that may be refused before the run stops.
    pub fn new(failed_max: Option<u64>) -> Luck {
        Luck {
            failed_max,
            ..Luck::default()
        }
    }

    /// Something landed, or was refused for a reason of its own.
    pub fn good(&self) {
        self.landed.store(true, Ordering::Relaxed);
        self.in_doubt_in_a_row.store(0, Ordering::Relaxed);
    }

    /// One more in doubt: whether the run should stop.
    pub fn bad(&self) -> bool {
        self.in_doubt_in_a_row.fetch_add(1, Ordering::Relaxed) + 1 >= Luck::IN_DOUBT_MAX
    }

    /// One more that the application may not do: whether the run should stop.
    pub fn denied(&self) -> bool {
        !self.landed.load(Ordering::Relaxed)
            && self.denied.fetch_add(1, Ordering::Relaxed) + 1 >= Luck::DENIED_MAX
    }

    /// One more operation with a refusal: whether that is one too many.
    pub fn failed(&self) -> bool {
        let failed = self.failed.fetch_add(1, Ordering::Relaxed) + 1;
        self.failed_max.is_some_and(|most| failed >= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_stop_the_run_at_the_number_given_and_never_without_one() {
        let luck = Luck::new(Some(3));
        assert_eq!(
            [luck.failed(), luck.failed(), luck.failed()],
            [false, false, true]
        );
        assert!((0..100).all(|_| !Luck::new(None).failed()));
    }

    #[test]
    fn doubts_in_a_row_stop_the_run_and_one_good_answer_begins_the_count_anew() {
        let luck = Luck::default();
        assert!((0..9).all(|_| !luck.bad()));
        luck.good();
        assert!((0..9).all(|_| !luck.bad()));
        assert!(luck.bad());
    }
}

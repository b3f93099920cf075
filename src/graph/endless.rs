//! When a listing is taken for one without an end, and an answer for too much: pages are the service's to give, and a service that does not stop must not fill the
//! memory or the disk of whoever asks.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use super::call_error::CallError;

/// Pages may be empty, or hold nobody new, but a service that sends nothing else is not going to end.
const EMPTY_PAGES_MAX: u64 = 500;
/// The service's own count lags behind and people come meanwhile: so many times its count, and so many more, are believed.
const COUNT_TIMES: u64 = 2;
const COUNT_MORE: u64 = 100_000;
/// Where nobody has counted: more users than any directory has.
const UNCOUNTED_MAX: u64 = 50_000_000;
/// A round of changes may tell of one user again and again.
const CHANGES_TIMES: u64 = 5;

/// How much one answer may hold: an object counts as twenty values, which is what it takes in memory, where a value takes up to thirty times
/// what it takes on the wire. 999 users with hundreds of plans, licences and addresses each stay below it.
const WEIGHT_MAX: usize = 12_000_000;
const OBJECT_WEIGHT: usize = 20;

/// Whether a body holds more than memory is for, by the signs that stand between and around its values.
pub(super) fn is_too_heavy(body: &[u8]) -> bool {
    if body.len() <= WEIGHT_MAX / OBJECT_WEIGHT {
        return false;
    }
    let weight = |byte: &u8| match byte {
        b'{' => OBJECT_WEIGHT,
        b',' | b'[' => 1,
        _ => 0,
    };
    body.iter().map(weight).sum::<usize>() > WEIGHT_MAX
}

/// More users than any directory has. What is made ready for so many fits into memory.
const COUNT_MAX: u64 = 500_000_000;

/// A number that the service counted.
///
/// # Errors
/// No directory is as large.
pub(super) fn believed(users: u64) -> Result<u64, String> {
    match users <= COUNT_MAX {
        true => Ok(users),
        false => Err(format!("a count of {users} users")),
    }
}

/// How many users the service counted, if it did; shared by everybody who reads.
#[derive(Debug, Default)]
pub(super) struct Counted(AtomicU64);

impl Counted {
    pub fn know(&self, users: u64) {
        self.0.fetch_max(users, Ordering::Relaxed);
    }

    /// A listing that gives more is not believed.
    pub fn users_max(&self) -> u64 {
        match self.0.load(Ordering::Relaxed) {
            0 => UNCOUNTED_MAX,
            users => users.saturating_mul(COUNT_TIMES).saturating_add(COUNT_MORE),
        }
    }

    pub fn changes_max(&self) -> u64 {
        self.users_max().saturating_mul(CHANGES_TIMES)
    }
}

/// What was followed so far, and what came of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Followed {
    links: HashSet<u64>,
    pages: u64,
    /// So many pages were read before the listing began again; they may come once more.
    before: u64,
    fruitless: u64,
    items: u64,
}

impl Followed {
    /// What would be followed after a page with so many items that were not there before and this next link.
    ///
    /// # Errors
    /// [`CallError::EndlessPages`].
    pub fn with(&self, items: usize, next: Option<&str>, items_max: u64) -> Result<Step, CallError> {
        let link = next.map(|link| {
            let mut hasher = DefaultHasher::new();
            link.hash(&mut hasher);
            hasher.finish()
        });
        let step = Step {
            link,
            items: self.items + items as u64,
            fruitless: if items == 0 { self.fruitless + 1 } else { 0 },
        };
        let is_repeated = link.is_some_and(|link| self.links.contains(&link));
        if is_repeated || step.items > items_max || step.fruitless > EMPTY_PAGES_MAX + self.before {
            return Err(CallError::EndlessPages);
        }
        Ok(step)
    }

    /// The page was taken in.
    pub fn take(&mut self, step: Step) {
        self.links.extend(step.link);
        self.pages += 1;
        self.items = step.items;
        self.fruitless = step.fruitless;
    }

    /// The listing begins again: the same links and users may come once more.
    pub fn begin_again(&mut self) {
        self.links.clear();
        // The longest pass: a short one in between says nothing about how much is known.
        self.before = self.before.max(std::mem::take(&mut self.pages));
        self.fruitless = 0;
    }
}

/// One page further.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    link: Option<u64>,
    items: u64,
    fruitless: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many pages are taken in until it is enough.
    fn pages(followed: &mut Followed, items: usize, items_max: u64, link: impl Fn(u64) -> String) -> u64 {
        for page in 0..10_000 {
            match followed.with(items, Some(&link(page)), items_max) {
                Ok(step) => followed.take(step),
                Err(_) => return page,
            }
        }
        10_000
    }

    #[test]
    fn a_link_that_comes_back_pages_without_anybody_and_too_many_people_are_no_listing() {
        let always_new = |page: u64| page.to_string();
        assert_eq!(
            pages(&mut Followed::default(), 9, 1_000_000, |_| "same".to_owned()),
            1
        );
        assert_eq!(
            pages(&mut Followed::default(), 0, 1_000_000, always_new),
            EMPTY_PAGES_MAX
        );
        assert_eq!(pages(&mut Followed::default(), 10, 995, always_new), 99);
        assert_eq!(pages(&mut Followed::default(), 10, 1_000_000, always_new), 10_000);
    }

    #[test]
    fn a_listing_that_begins_again_may_show_all_its_pages_once_more() {
        let mut followed = Followed::default();
        for page in 0..1_000 {
            let step = followed.with(999, Some(&page.to_string()), 2_000_000).unwrap();
            followed.take(step);
        }
        followed.begin_again();
        let more = pages(&mut followed, 0, 2_000_000, |page| page.to_string());
        assert_eq!(more, 1_000 + EMPTY_PAGES_MAX);
    }

    #[test]
    fn a_short_pass_between_two_long_ones_makes_nobody_give_up() {
        let mut followed = Followed::default();
        for length in [1_500, 3, 1_500] {
            for page in 0..length {
                let items = if followed.before == 0 { 999 } else { 0 };
                let step = followed.with(items, Some(&page.to_string()), 9_000_000).unwrap();
                followed.take(step);
            }
            followed.begin_again();
        }
    }

    #[test]
    fn an_object_weighs_as_much_as_twenty_values() {
        assert!(!is_too_heavy(&vec![b','; WEIGHT_MAX]));
        assert!(is_too_heavy(&vec![b','; WEIGHT_MAX + 1]));
        assert!(is_too_heavy(&vec![b'{'; WEIGHT_MAX / OBJECT_WEIGHT + 1]));
        assert!(!is_too_heavy(&vec![b'x'; 3 * WEIGHT_MAX]));
        // A full page: 999 users with 300 plans each, four properties to a plan.
        let plan = r#"{"assignedDateTime":"2026-01-01T00:00:00Z","capabilityStatus":"Enabled","service":"exchange","servicePlanId":"efb87545-963c-4e0d-99df-69c6916d9eb0"},"#;
        assert!(!is_too_heavy(plan.repeat(999 * 300).as_bytes()));
    }

    #[test]
    fn a_count_that_no_directory_has_is_not_believed() {
        assert_eq!(believed(COUNT_MAX), Ok(COUNT_MAX));
        assert!(believed(COUNT_MAX + 1).is_err());
    }

    #[test]
    fn what_the_service_counts_bounds_what_is_believed() {
        let counted = Counted::default();
        assert_eq!(counted.users_max(), UNCOUNTED_MAX);
        counted.know(1_000_000);
        counted.know(7);
        assert_eq!(counted.users_max(), 2_100_000);
        assert_eq!(counted.changes_max(), 10_500_000);
    }
}

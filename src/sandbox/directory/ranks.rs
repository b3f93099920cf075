//! Users in the order of a name without case, so that a range of names is found without a walk over everybody.
//!
//! An order is sorted at its first use and kept up from then on. It holds places alone: the names are read from the
//! records, as they are now.

use super::super::record::Record;
use super::{Directory, at};
use std::{ops::Bound, sync::OnceLock};
use tokio::time::Instant;

/// Where a range of names begins and where it ends.
pub type Range = (Bound<String>, Bound<String>);

/// A step in the order of a name: the name without case, and the place that parts users of one name.
pub type Step = (String, u32);

/// The orders that were asked for so far.
#[derive(Debug, Default)]
pub struct Ranks {
    by_principal_name: OnceLock<Vec<u32>>,
    by_display_name: OnceLock<Vec<u32>>,
}

/// The properties that have an order.
pub fn ranked() -> [u8; 2] {
    [*at::UPN, *at::DISPLAY_NAME]
}

/// The name of a record without case.
fn name(record: &Record, slot: u8) -> Option<String> {
    record.text(slot).map(|text| text.to_lowercase())
}

/// Whether a name stands in a range.
fn within(name: &str, (low, high): &Range) -> bool {
    not_below(name, low) && not_above(name, high)
}

fn not_below(name: &str, low: &Bound<String>) -> bool {
    match low {
        Bound::Included(low) => name >= low.as_str(),
        Bound::Excluded(low) => name > low.as_str(),
        Bound::Unbounded => true,
    }
}

fn not_above(name: &str, high: &Bound<String>) -> bool {
    match high {
        Bound::Included(high) => name <= high.as_str(),
        Bound::Excluded(high) => name < high.as_str(),
        Bound::Unbounded => true,
    }
}

impl Directory {
    fn order(&self, slot: u8) -> &OnceLock<Vec<u32>> {
        if slot == *at::UPN {
            &self.ranks.by_principal_name
        } else {
            &self.ranks.by_display_name
        }
    }

    fn rank(&self, slot: u8) -> &[u32] {
        self.order(slot).get_or_init(|| {
            let named =
                (0..self.len() as u32).filter_map(|place| Some((name(self.record(place), slot)?, place)));
            let mut named: Vec<Step> = named.collect();
            named.sort_unstable();
            named.into_iter().map(|(_, place)| place).collect()
        })
    }

    /// Where somebody stands, or would stand, in an order.
    fn standing(&self, order: &[u32], slot: u8, step: &Step) -> usize {
        order.partition_point(|place| {
            name(self.record(*place), slot)
                .is_some_and(|name| (name.as_str(), *place) < (step.0.as_str(), step.1))
        })
    }

    /// Takes somebody whose record is about to change out of the orders, or puts them in again.
    pub(super) fn stand(&mut self, place: u32, slots: &[u8], there: bool) {
        for slot in ranked().into_iter().filter(|slot| slots.contains(slot)) {
            let Some(name) = name(self.record(place), slot) else {
                continue;
            };
            let Some(order) = self.order(slot).get() else {
                continue;
            };
            let at = self.standing(order, slot, &(name, place));
            let own = order.get(at) == Some(&place);
            let order = match slot == *at::UPN {
                true => self.ranks.by_principal_name.get_mut(),
                false => self.ranks.by_display_name.get_mut(),
            };
            match order {
                Some(order) if there && !own => order.insert(at, place),
                Some(order) if !there && own => {
                    order.remove(at);
                }
                _ => {}
            }
        }
    }

    /// The step of a user as a reader sees it.
    pub fn step(&self, place: u32, slot: u8, stale: Option<Instant>) -> Step {
        (
            name(self.view(place, stale).record, slot).unwrap_or_default(),
            place,
        )
    }

    /// The places of a range in its order, from a step on; `stale` readers meet users where they stood before.
    pub fn walk<'a>(
        &'a self,
        slot: u8,
        range: &'a Range,
        from: Option<&Step>,
        stale: Option<Instant>,
    ) -> Box<dyn Iterator<Item = u32> + 'a> {
        let order = self.rank(slot);
        let named = |place: &u32| name(self.record(*place), slot).unwrap_or_default();
        let low = order.partition_point(|place| !not_below(&named(place), &range.0));
        let high = order.partition_point(|place| not_above(&named(place), &range.1));
        let low = from.map_or(low, |step| low.max(self.standing(order, slot, step)));
        let fresh = order.get(low..high).unwrap_or_default().iter().copied();
        let mut old: Vec<Step> = Vec::new();
        if let Some(now) = stale {
            let held = self.before.iter().filter(|(_, before)| before.until > now);
            let steps = held.filter_map(|(place, before)| Some((name(&before.record, slot)?, *place)));
            old.extend(steps.filter(|step| within(&step.0, range) && from.is_none_or(|from| step >= from)));
            old.sort_unstable();
        }
        if stale.is_none() || self.before.is_empty() {
            return Box::new(fresh);
        }
        // Those who were written to are met where they stood, and nowhere else.
        let mut fresh = fresh
            .filter(move |place| !self.is_before(*place, stale))
            .peekable();
        let mut old = old.into_iter().peekable();
        Box::new(std::iter::from_fn(move || match (fresh.peek(), old.peek()) {
            (Some(place), Some(step)) if self.step(*place, slot, stale) < *step => fresh.next(),
            (_, Some(_)) => old.next().map(|(_, place)| place),
            (_, None) => fresh.next(),
        }))
    }

    /// Whether a stale reader sees somebody as they were before.
    fn is_before(&self, place: u32, stale: Option<Instant>) -> bool {
        stale.is_some_and(|now| self.before.get(&place).is_some_and(|before| before.until > now))
    }

    /// How many users a reader sees: without the deleted ones.
    pub fn alive(&self, stale: Option<Instant>) -> usize {
        let mut alive = self.len() - self.deleted;
        for (place, before) in &self.before {
            if self.is_before(*place, stale) {
                alive += usize::from(before.record.raw(*at::DELETED).is_none());
                alive -= usize::from(!self.is_deleted(*place));
            }
        }
        alive
    }
}

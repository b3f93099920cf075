//! Ranges of userPrincipalNames that together hold everybody, whatever order the service sorts names in.
//!
//! Users can be filtered by `ge` and `le` only. Boundaries `b1 … bn` give `[..b1]`, `[b1..b2]`, …, `[bn..]`, both ends included. Take
//! anybody with a name, and an order in which any two names can be compared. Whoever is not `le b1` is `ge b1`; of these, whoever is
//! not `le b2` is `ge b2`; and so on to the last range, which has no upper end. So nobody is lost, even when the boundaries are not
//! sorted in the service's order: then ranges are empty or overlap, and whoever is read twice is dropped by id. Whoever has no
//! comparable name is in no range, and shows in the count of everybody.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// What boundaries are made of. In every usual order digits come before letters, and these in this order; where not, the ranges are
/// only less even.
const ALPHABET: &str = "0123456789abcdefghijklmnopqrstuvwxyz";

/// Longer names are not parted any further.
const BOUNDARY_CHARS_MAX: usize = 64;

/// From one name to another, both included; open where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NameRange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
}

impl NameRange {
    /// Everybody, also who has no name.
    pub fn everybody() -> NameRange {
        NameRange { from: None, to: None }
    }

    /// Whether it is everybody, so that nobody can be outside of it.
    pub fn is_everybody(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// Where it begins, if it has a beginning.
    pub fn from(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// The OData filter, not yet encoded; with another one that must hold too.
    pub fn filter(&self, and: Option<&str>) -> Option<String> {
        let mut text = String::new();
        for (operator, end) in [("ge", &self.from), ("le", &self.to)] {
            if let Some(name) = end {
                if !text.is_empty() {
                    text.push_str(" and ");
                }
                let _ = write!(
                    text,
                    "userPrincipalName {operator} '{}'",
                    name.replace('\'', "''")
                );
            }
        }
        match (text.is_empty(), and) {
            (true, and) => and.map(str::to_owned),
            (false, None) => Some(text),
            (false, Some(and)) => Some(format!("{text} and ({and})")),
        }
    }

    /// The ranges between these names, in the order in which they are given; as many as there are names, and one.
    pub fn split_at(&self, names: &[String]) -> Vec<NameRange> {
        let ends = names.iter().cloned().map(Some).chain([self.to.clone()]);
        let mut from = self.from.clone();
        ends.map(|to| NameRange {
            from: std::mem::replace(&mut from, to.clone()),
            to,
        })
        .collect()
    }

    /// The range that begins where this one does and ends where the next one does.
    pub fn joined(&self, next: &NameRange) -> NameRange {
        NameRange {
            from: self.from.clone(),
            to: next.to.clone(),
        }
    }

    /// Boundaries inside, in our order: those of the shortest beginnings that lie inside. None where it cannot be parted.
    ///
    /// They hold no `@`, so nobody's name is equal to one.
    pub fn boundaries(&self) -> Vec<String> {
        let from: Vec<char> = self.from.as_deref().unwrap_or_default().chars().collect();
        for length in 0..=from.len().min(BOUNDARY_CHARS_MAX) {
            let start: String = from.iter().take(length).collect();
            let inside = |name: &String| {
                self.from.as_deref().is_none_or(|from| name.as_str() > from)
                    && self.to.as_deref().is_none_or(|to| name.as_str() < to)
            };
            let names: Vec<String> = ALPHABET
                .chars()
                .map(|next| format!("{start}{next}"))
                .filter(inside)
                .collect();
            // Few names go on with a digit: all of these are one part, which is parted by itself where it is large.
            let letters = names
                .iter()
                .filter(|name| !name.ends_with(|c: char| ('1'..='9').contains(&c)));
            let letters: Vec<String> = letters.cloned().collect();
            if letters.iter().any(|name| !name.ends_with('0')) {
                return letters;
            }
            if !names.is_empty() {
                return names;
            }
        }
        Vec::new()
    }
}

/// Neighbours whose sizes together are at most this many become one range.
pub fn join_small(ranges: Vec<(NameRange, u64)>, users_max: u64) -> Vec<(NameRange, u64)> {
    let mut joined: Vec<(NameRange, u64)> = Vec::new();
    for (range, users) in ranges {
        match joined.last_mut() {
            Some((last, sum)) if *sum + users <= users_max => {
                *last = last.joined(&range);
                *sum += users;
            }
            _ => joined.push((range, users)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::*;

    /// A total order that has nothing to do with ours: letters by a shuffled table, some of them equal, short names last.
    fn strange(a: &str, b: &str, seed: u32) -> Ordering {
        let key = |text: &str| -> Vec<u32> {
            text.chars()
                .map(|c| (u32::from(c).wrapping_mul(seed | 1) >> 3) % 29)
                .collect()
        };
        let (a, b) = (key(a), key(b));
        (a.len() < 3).cmp(&(b.len() < 3)).then_with(|| a.cmp(&b))
    }

    fn holds(range: &NameRange, name: &str, seed: u32) -> bool {
        let above = |from: &String| strange(name, from, seed) != Ordering::Less;
        let below = |to: &String| strange(name, to, seed) != Ordering::Greater;
        range.from.as_ref().is_none_or(above) && range.to.as_ref().is_none_or(below)
    }

    proptest! {
        #[test]
        fn ranges_hold_everybody_in_any_order(
            boundaries in prop::collection::vec("[a-z0-9A-Z.#']{0,6}", 0..12),
            names in prop::collection::vec("[a-zA-Z0-9._'#-]{1,8}@x", 1..40),
            seed: u32,
        ) {
            let ranges = NameRange::everybody().split_at(&boundaries);
            prop_assert_eq!(ranges.len(), boundaries.len() + 1);
            for name in &names {
                prop_assert!(ranges.iter().any(|range| holds(range, name, seed)), "{} in {:?}", name, ranges);
            }
        }

        #[test]
        fn parting_and_joining_again_lose_nobody(
            steps in prop::collection::vec((0_usize..20, any::<bool>()), 0..12),
            names in prop::collection::vec("[a-zA-Z0-9._'#-]{1,8}@x", 1..40),
            seed: u32,
        ) {
            let mut ranges = vec![NameRange::everybody()];
            for (at, part) in steps {
                let at = at % ranges.len();
                if part {
                    let parts = ranges[at].split_at(&ranges[at].boundaries());
                    ranges.splice(at..=at, parts);
                } else if at + 1 < ranges.len() {
                    let joined = ranges[at].joined(&ranges[at + 1]);
                    ranges.splice(at..=at + 1, [joined]);
                }
            }
            for name in &names {
                prop_assert!(ranges.iter().any(|range| holds(range, name, seed)), "{} in {:?}", name, ranges);
            }
        }
    }

    #[test]
    fn a_range_is_parted_at_the_shortest_beginnings_inside_it() {
        let everybody = NameRange::everybody();
        assert_eq!(everybody.boundaries().concat(), "0abcdefghijklmnopqrstuvwxyz");
        let range = |from: &str, to: &str| NameRange {
            from: Some(from.to_owned()),
            to: Some(to.to_owned()),
        };
        assert_eq!(range("ab", "ae").boundaries(), ["ac", "ad"]);
        assert_eq!(range("a", "b").boundaries().len(), 27);
        // All names of a range that go on with digits alone.
        assert_eq!(range("a0", "aa").boundaries().concat(), "a1a2a3a4a5a6a7a8a9");
        assert_eq!(range("az", "b").boundaries()[0], "az0");
        assert!(range("b", "a").boundaries().is_empty());
        let last = NameRange {
            from: Some("z".to_owned()),
            to: None,
        };
        assert_eq!(last.boundaries()[26], "zz");
    }

    #[test]
    fn a_filter_names_both_ends_and_doubles_quotes() {
        let ranges = NameRange::everybody().split_at(&["d'a".to_owned(), "k".to_owned()]);
        let filters: Vec<_> = ranges.iter().map(|range| range.filter(None).unwrap()).collect();
        assert_eq!(
            filters,
            [
                "userPrincipalName le 'd''a'",
                "userPrincipalName ge 'd''a' and userPrincipalName le 'k'",
                "userPrincipalName ge 'k'"
            ]
        );
        assert_eq!(
            ranges[2]
                .filter(Some("city eq 'Oslo' or city eq 'Bergen'"))
                .unwrap(),
            "userPrincipalName ge 'k' and (city eq 'Oslo' or city eq 'Bergen')"
        );
        assert_eq!(NameRange::everybody().filter(Some("x")).as_deref(), Some("x"));
        assert_eq!(NameRange::everybody().filter(None), None);
    }

    #[test]
    fn small_neighbours_become_one_range() {
        let ranges = NameRange::everybody().split_at(&["b".to_owned(), "c".to_owned(), "d".to_owned()]);
        let sized = ranges.into_iter().zip([3, 4, 9, 1]).collect();
        let joined = join_small(sized, 10);
        let sizes: Vec<u64> = joined.iter().map(|(_, users)| *users).collect();
        assert_eq!(sizes, [7, 10]);
        assert_eq!(joined[0].0.filter(None).unwrap(), "userPrincipalName le 'c'");
        assert_eq!(joined[1].0.filter(None).unwrap(), "userPrincipalName ge 'c'");
    }
}

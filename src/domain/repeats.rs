//! Who may have been read twice, in little memory: two bytes for each user instead of a set of all ids.

use std::collections::HashSet;

use super::UserId;

/// Bits for each user: with four of them set, one user in some hundreds is suspected though it came once.
const BITS_PER_USER: u64 = 16;
const BITS_SET: u32 = 4;

/// Notes every id, and remembers those that may have been there before. What it lets pass is exact: whoever came twice is always
/// among the suspects, and suspects are looked at one by one.
#[derive(Debug)]
pub struct Repeats {
    bits: Vec<u64>,
    suspects: HashSet<UserId>,
    given: HashSet<UserId>,
}

impl Repeats {
    /// For about so many users; more are noted as well, with more suspects.
    pub fn for_users(users: u64) -> Repeats {
        let words = (users.max(1_000).saturating_mul(BITS_PER_USER) / 64)
            .next_power_of_two()
            .min(1 << 32);
        Repeats {
            bits: vec![0; usize::try_from(words).unwrap_or(1 << 20)],
            suspects: HashSet::new(),
            given: HashSet::new(),
        }
    }

    /// An id that was read.
    pub fn note(&mut self, id: UserId) {
        let [a, b] = halves(id);
        let mut seen = true;
        for step in 0..BITS_SET {
            let at = a.wrapping_add(b.wrapping_mul(u64::from(step)));
            let word = (at >> 6) as usize & (self.bits.len() - 1);
            let bit = 1_u64 << (at & 63);
            if let Some(word) = self.bits.get_mut(word) {
                seen &= *word & bit != 0;
                *word |= bit;
            }
        }
        if seen {
            self.suspects.insert(id);
        }
    }

    /// Whether this id is given for the first time since the last [`again`](Repeats::again). Only for ids that were noted.
    pub fn is_first(&mut self, id: UserId) -> bool {
        !self.suspects.contains(&id) || self.given.insert(id)
    }

    /// The users are gone through once more from the beginning.
    pub fn again(&mut self) {
        self.given.clear();
    }
}

/// Ids are random for the most part; where they are not, mixing makes up for it.
fn halves(id: UserId) -> [u64; 2] {
    let [a, b] = [0, 8].map(|at| {
        let mut half = [0_u8; 8];
        for (to, from) in half.iter_mut().zip(id.as_bytes().iter().skip(at)) {
            *to = *from;
        }
        u64::from_le_bytes(half)
    });
    let mixed = |value: u64| {
        let value = (value ^ (value >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (value ^ (value >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 3
    };
    [mixed(a ^ b.rotate_left(32)), mixed(b.wrapping_add(a)) | 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> UserId {
        UserId::from_bytes(number.to_be_bytes())
    }

    #[test]
    fn whoever_came_twice_is_given_once_and_few_others_are_suspected() {
        let mut repeats = Repeats::for_users(100_000);
        for number in 0..100_000 {
            repeats.note(id(number));
        }
        assert!(repeats.suspects.len() < 2_000, "{}", repeats.suspects.len());
        for number in (0..100_000).step_by(7) {
            repeats.note(id(number));
        }
        for _ in 0..2 {
            repeats.again();
            let all = (0..100_000).chain((0..100_000).step_by(7));
            let given = all.filter(|number| repeats.is_first(id(*number))).count();
            assert_eq!(given, 100_000);
        }
    }
}

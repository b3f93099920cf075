//! Repeatable chance: everything that varies here varies with the seed, so that a run can be shown again.

/// One step of a well mixed 64-bit sequence.
pub fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number for bytes under a key.
pub fn hash(key: u64, bytes: &[u8]) -> u64 {
    let mut state = mix(key ^ 0x51_7C_C1_B7_27_22_0A_95);
    for chunk in bytes.chunks(8) {
        let mut word = [0_u8; 8];
        for (to, from) in word.iter_mut().zip(chunk) {
            *to = *from;
        }
        state = mix(state ^ u64::from_le_bytes(word));
    }
    mix(state ^ bytes.len() as u64)
}

/// A stream of numbers from one beginning.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The stream of a seed and a lane; lanes of one seed do not touch each other.
    pub fn new(seed: u64, lane: u64) -> Self {
        Chance(mix(seed ^ mix(lane)))
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below `limit` (0 when the limit is 0).
    pub fn below(&mut self, limit: usize) -> usize {
        if limit == 0 {
            0
        } else {
            (self.number() % limit as u64) as usize
        }
    }

    /// True in `share` of a hundred cases.
    pub fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// A text out of several, empty when there is none.
    pub fn word(&mut self, from: &[&'static str]) -> &'static str {
        self.pick(from).copied().unwrap_or("")
    }

    /// Puts a list into another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            let other = self.below(at + 1);
            list.swap(at, other);
        }
    }
}

/// A GUID made of a key and a number, always the same one.
pub fn guid(key: u64, number: u64) -> uuid::Uuid {
    let high = mix(key ^ mix(number));
    let low = mix(high ^ number.rotate_left(17));
    let bytes = (u128::from(high) << 64) | u128::from(low);
    uuid::Builder::from_random_bytes(bytes.to_be_bytes()).into_uuid()
}

//! Little that becomes much: zeros packed with gzip by hand, so that no library of the client has a part in it.
//! <https://www.rfc-editor.org/rfc/rfc1951>, <https://www.rfc-editor.org/rfc/rfc1952>

/// Bits in the order of deflate: the lowest of a byte first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    open: u64,
    count: u32,
}

impl Bits {
    fn low_first(&mut self, value: u64, count: u32) {
        self.open |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push((self.open & 0xff) as u8);
            self.open >>= 8;
            self.count -= 8;
        }
    }

    /// Codes of Huffman stand with their highest bit first.
    fn code(&mut self, code: u64, count: u32) {
        for bit in (0..count).rev() {
            self.low_first((code >> bit) & 1, 1);
        }
    }
}

/// One zero and then copies of it, 258 at a time: thirteen bits each.
fn block(copies: usize, is_last: bool, bits: &mut Bits) {
    bits.low_first(u64::from(is_last), 1);
    bits.low_first(1, 2);
    bits.code(0b0011_0000, 8);
    for _ in 0..copies {
        bits.code(0b1100_0101, 8);
        bits.code(0, 5);
    }
    bits.code(0, 7);
}

/// A gzip file of about so many zeros. Its end is not told right, which nobody gets to.
pub fn zeros(bytes: usize) -> Vec<u8> {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut bits = Bits::default();
    block(bytes / 258, true, &mut bits);
    bits.low_first(0, 7);
    packed.extend(bits.bytes);
    packed.extend([0; 8]);
    packed
}

#[test]
fn a_bomb_is_a_hundredth_of_what_it_becomes() {
    let bomb = zeros(1 << 20);
    assert!(bomb.len() < (1 << 20) / 100, "{}", bomb.len());
}

//! Counting the lines of a text.

/// How many line ends the bytes hold; CRLF counts once, and so does a carriage return on its own.
pub(super) fn count_line_ends(bytes: &[u8]) -> u64 {
    let mut feeds = 0;
    let mut returns = 0;
    for byte in bytes {
        feeds += u64::from(*byte == b'\n');
        returns += u64::from(*byte == b'\r');
    }
    if returns == 0 {
        return feeds;
    }
    let pairs = bytes.windows(2).filter(|pair| *pair == b"\r\n").count() as u64;
    feeds + returns - pairs
}

/// Counts the line ends of a text that comes in blocks, and knows where the last line begins.
#[derive(Debug, Default)]
pub(super) struct LineCounter {
    ends: u64,
    /// How many bytes came so far, and how many of them belong to finished lines.
    bytes: u64,
    line_start: u64,
    after_return: bool,
}

impl LineCounter {
    /// Takes the next block.
    pub(super) fn feed(&mut self, block: &[u8]) {
        let Some(last) = block.last() else { return };
        // A line feed that belongs to the return before it was counted with it.
        let split_pair = self.after_return && block.first() == Some(&b'\n');
        self.ends += count_line_ends(block) - u64::from(split_pair);
        if let Some(end) = block.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')) {
            self.line_start = self.bytes + end as u64 + 1;
        }
        self.bytes += block.len() as u64;
        self.after_return = *last == b'\r';
    }

    /// The number of the line that goes on, 1-based.
    pub(super) fn line(&self) -> u64 {
        self.ends + 1
    }

    /// The offset at which that line begins.
    pub(super) fn line_start(&self) -> u64 {
        self.line_start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_the_same_in_blocks_of_any_size() {
        let text = b"a\r\nb\r\r\nc\n\nd\r";
        for size in 1..=text.len() {
            let mut counter = LineCounter::default();
            for block in text.chunks(size) {
                counter.feed(block);
            }
            assert_eq!(
                (counter.line(), counter.line_start()),
                (7, text.len() as u64),
                "{size}"
            );
        }
    }

    #[test]
    fn a_pair_of_return_and_feed_is_one_line_end() {
        for (text, ends) in [
            ("", 0),
            ("a", 0),
            ("a\nb\n", 2),
            ("a\r\nb\r\n", 2),
            ("a\rb\r", 2),
            ("\r\r\n\n", 3),
        ] {
            assert_eq!(count_line_ends(text.as_bytes()), ends, "{text:?}");
        }
    }
}

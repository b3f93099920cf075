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

#[cfg(test)]
mod tests {
    use super::*;

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

//! One look at all bytes of a file: are they text, and in UTF-8?

use std::io::{self, Read};

use super::source::SourceReader;

/// How much is looked at at once, in bytes.
const BLOCK_BYTES: usize = 256 * 1024;

/// What the look found. Offsets count from where it began.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// Nothing but white space, or nothing at all.
    pub is_blank: bool,
    pub is_ascii: bool,
    pub first_nul: Option<u64>,
    /// How many pieces are not UTF-8, and where the first of them stand.
    pub invalid: u64,
    pub invalid_at: Vec<u64>,
    /// How many characters beyond ASCII are UTF-8.
    pub sequences: u64,
}

/// How many places of invalid bytes are kept.
const INVALID_MAX: usize = 10;

/// Looks at everything the reader gives.
pub(super) fn survey(mut reader: SourceReader) -> io::Result<Survey> {
    let mut found = Survey {
        is_blank: true,
        is_ascii: true,
        ..Survey::default()
    };
    let mut block = vec![0; BLOCK_BYTES];
    // Bytes of a character that was cut by the end of a block stand at the beginning of the next.
    let mut carried = 0;
    let mut offset = 0;
    loop {
        let count = match reader.read(&mut block[carried..]) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let is_end = count == 0;
        let bytes = &block[..carried + count];
        found.is_blank = found.is_blank && bytes.iter().all(u8::is_ascii_whitespace);
        // Looking whether there is one is much faster than looking where it is.
        if found.first_nul.is_none() && bytes.contains(&0) {
            found.first_nul = bytes
                .iter()
                .position(|byte| *byte == 0)
                .map(|at| offset + at as u64);
        }
        let mut rest = 0;
        if !bytes.is_ascii() {
            found.is_ascii = false;
            rest = found.note_invalid(bytes, offset, is_end);
        }
        if is_end {
            return Ok(found);
        }
        let length = bytes.len();
        offset += (length - rest) as u64;
        block.copy_within(length - rest..length, 0);
        carried = rest;
    }
}

impl Survey {
    /// Counts what is UTF-8 and what is not; tells how many bytes at the end are the beginning of a character.
    fn note_invalid(&mut self, bytes: &[u8], offset: u64, is_end: bool) -> usize {
        let mut at = 0;
        while let Err(error) = std::str::from_utf8(&bytes[at..]) {
            let valid = at + error.valid_up_to();
            self.count_sequences(&bytes[at..valid]);
            at = valid;
            let length = match error.error_len() {
                Some(length) => length,
                None if is_end => bytes.len() - at,
                None => return bytes.len() - at,
            };
            self.invalid += 1;
            if self.invalid_at.len() < INVALID_MAX {
                self.invalid_at.push(offset + at as u64);
            }
            at += length;
        }
        self.count_sequences(&bytes[at..]);
        0
    }

    fn count_sequences(&mut self, valid: &[u8]) {
        // Every character beyond ASCII has one byte from 0xC0 on, its first.
        self.sequences += valid.iter().filter(|byte| **byte >= 0xC0).count() as u64;
    }

    /// Where the first byte is that is not UTF-8.
    pub(super) fn first_invalid(&self) -> Option<u64> {
        self.invalid_at.first().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::source::Source;

    fn look(bytes: &[u8]) -> Survey {
        survey(Source::from(bytes.to_vec()).reader(0)).unwrap()
    }

    #[test]
    fn bytes_are_told_to_be_blank_ascii_utf8_or_not() {
        // bytes, blank, ascii, first NUL, first invalid byte
        for (bytes, blank, ascii, nul, invalid) in [
            (&b""[..], true, true, None, None),
            (b" \r\n\t", true, true, None, None),
            (b"id\n", false, true, None, None),
            ("Zoë\n".as_bytes(), false, false, None, None),
            (b"a\0b", false, true, Some(1), None),
            (b"Zo\xEB\nZo\xEB", false, false, None, Some(2)),
            (b"Zo\xC3", false, false, None, Some(2)),
        ] {
            let found = look(bytes);
            assert_eq!(
                (
                    found.is_blank,
                    found.is_ascii,
                    found.first_nul,
                    found.first_invalid()
                ),
                (blank, ascii, nul, invalid),
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn a_character_that_is_cut_by_the_end_of_a_block_is_no_fault() {
        for shift in 0..4 {
            let text = format!("{}{}", "x".repeat(shift), "\u{1F600}é".repeat(100_000));
            assert_eq!(look(text.as_bytes()).first_invalid(), None, "{shift}");
            let broken = [text.as_bytes(), b"\xFF"].concat();
            assert_eq!(look(&broken).first_invalid(), Some(text.len() as u64), "{shift}");
        }
    }
}

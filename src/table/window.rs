//! A view that moves over a text once, in blocks, and keeps the cell it is in.

use std::io::{self, Read};

use super::complaints::CELL_BYTES_MAX;
use super::source::SourceReader;

/// How much is read at once, in bytes.
const BLOCK_BYTES: usize = 256 * 1024;

/// How much of a cell's beginning a message may show, in bytes.
const SHOWN_BYTES: usize = 400;

/// The part of a text that is in memory. It holds the cell that begins at the mark, as far as it was read; of a cell
/// over [`CELL_BYTES_MAX`] only the beginning. So it never holds more than such a cell and a block.
pub(super) struct Window {
    reader: SourceReader,
    buffer: Vec<u8>,
    /// The cursor.
    at: usize,
    /// Where the current cell begins.
    mark: usize,
    /// The beginning of a cell that was too long to keep, and how much of it is gone.
    head: Vec<u8>,
    dropped: usize,
    is_finished: bool,
    error: Option<io::Error>,
}

impl Window {
    pub(super) fn new(reader: SourceReader) -> Window {
        Window {
            reader,
            buffer: Vec::new(),
            at: 0,
            mark: 0,
            head: Vec::new(),
            dropped: 0,
            is_finished: false,
            error: None,
        }
    }

    /// The byte at the cursor.
    #[inline]
    pub(super) fn byte(&mut self) -> Option<u8> {
        loop {
            if let Some(byte) = self.buffer.get(self.at) {
                return Some(*byte);
            }
            if !self.read_more() {
                return None;
            }
        }
    }

    /// The byte after the one at the cursor.
    #[inline]
    pub(super) fn next_byte(&mut self) -> Option<u8> {
        loop {
            if let Some(byte) = self.buffer.get(self.at + 1) {
                return Some(*byte);
            }
            if !self.read_more() {
                return None;
            }
        }
    }

    /// Moves the cursor; only over bytes that were looked at.
    #[inline]
    pub(super) fn pass(&mut self, count: usize) {
        self.at += count;
    }

    /// Moves the cursor to the next byte that is marked in the table.
    #[inline]
    pub(super) fn skip_to(&mut self, table: &[bool; 256]) -> Option<u8> {
        loop {
            let rest = &self.buffer[self.at..];
            if let Some(steps) = rest.iter().position(|byte| table[usize::from(*byte)]) {
                self.at += steps;
                return self.buffer.get(self.at).copied();
            }
            self.at = self.buffer.len();
            if !self.read_more() {
                return None;
            }
        }
    }

    /// The line that begins at the cursor, without its end, and its end; `None` where that is a return alone, or not in memory yet.
    #[inline]
    pub(super) fn line(&self) -> Option<(&[u8], &[u8])> {
        let rest = self.buffer.get(self.at..)?;
        // Whoever looked for a feed alone would, in a file with returns, look through the whole block for every line.
        let (line, rest) = rest.split_at_checked(memchr::memchr2(b'\r', b'\n', rest)?)?;
        match rest {
            [b'\n', ..] => Some((line, b"\n")),
            [b'\r', b'\n', ..] => Some((line, b"\r\n")),
            _ => None,
        }
    }

    /// Moves the cursor over a whole line, of which nothing need be kept.
    #[inline]
    pub(super) fn pass_line(&mut self, count: usize) {
        self.pass(count);
        self.begin_cell();
    }

    /// A cell begins at the cursor.
    #[inline]
    pub(super) fn begin_cell(&mut self) {
        self.mark = self.at;
        self.dropped = 0;
        self.head.clear();
    }

    /// How long the cell is, from its beginning to the cursor, in bytes.
    #[inline]
    pub(super) fn cell_length(&self) -> usize {
        self.dropped + self.at - self.mark
    }

    /// The cell from its beginning to the cursor; nothing of a cell that is too long.
    #[inline]
    pub(super) fn cell(&self) -> &[u8] {
        if self.dropped > 0 {
            return &[];
        }
        self.buffer.get(self.mark..self.at).unwrap_or_default()
    }

    /// The text from the beginning of the cell on, for a message.
    pub(super) fn shown(&mut self) -> String {
        if self.dropped == 0 {
            while self.buffer.len() - self.mark < SHOWN_BYTES && self.read_more() {}
        }
        let bytes = if self.dropped > 0 {
            &self.head[..]
        } else {
            let end = self.buffer.len().min(self.mark + SHOWN_BYTES);
            &self.buffer[self.mark..end]
        };
        String::from_utf8_lossy(bytes)
            .trim_end_matches('\u{FFFD}')
            .to_owned()
    }

    /// What ended the reading before the end of the text.
    pub(super) fn into_error(self) -> Option<io::Error> {
        self.error
    }

    /// Reads another block; `false` at the end.
    #[cold]
    fn read_more(&mut self) -> bool {
        if self.is_finished {
            return false;
        }
        if self.at - self.mark > CELL_BYTES_MAX {
            if self.dropped == 0 {
                self.head = self.buffer[self.mark..self.mark + SHOWN_BYTES].to_vec();
            }
            self.dropped += self.at - self.mark;
            self.mark = self.at;
        }
        self.buffer.drain(..self.mark);
        self.at -= self.mark;
        self.mark = 0;
        let length = self.buffer.len();
        self.buffer.resize(length + BLOCK_BYTES, 0);
        let count = loop {
            match self.reader.read(&mut self.buffer[length..]) {
                Ok(count) => break count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.error = Some(error);
                    break 0;
                }
            }
        };
        self.buffer.truncate(length + count);
        self.is_finished = count == 0;
        !self.is_finished
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::source::Source;

    #[test]
    fn a_long_text_is_walked_through_without_keeping_it() {
        let text: Vec<u8> = (0..3_000_000u32)
            .map(|n| if n % 1000 == 999 { b',' } else { b'x' })
            .collect();
        let mut window = Window::new(Source::from(text).reader(0));
        let mut commas = [false; 256];
        commas[usize::from(b',')] = true;
        let mut cells = 0;
        let mut largest = 0;
        loop {
            window.begin_cell();
            let end = window.skip_to(&commas);
            largest = largest.max(window.buffer.len());
            if end.is_none() {
                break;
            }
            assert_eq!((window.cell_length(), window.cell().len()), (999, 999));
            window.pass(1);
            cells += 1;
        }
        assert_eq!(cells, 3000);
        assert!(largest < 2 * BLOCK_BYTES, "{largest}");
        assert!(window.into_error().is_none());
    }

    #[test]
    fn of_a_cell_without_end_only_the_beginning_is_kept() {
        let text = [b"begin ".to_vec(), vec![b'x'; 5 << 20]].concat();
        let mut window = Window::new(Source::from(text).reader(0));
        window.begin_cell();
        assert_eq!(window.skip_to(&[false; 256]), None);
        assert_eq!(window.cell_length(), 6 + (5 << 20));
        assert!(window.buffer.capacity() < 3 << 20, "{}", window.buffer.capacity());
        assert!(window.shown().starts_with("begin xxx"));
        assert!(window.cell().is_empty());
    }
}

//! The text of a sheet where nobody else can change it: in memory while it is small, in a nameless temporary file beyond that.
//!
//! A sheet is read several times (for its layout, for broken quotes, for its rows), and the file a person is working in
//! may be saved again meanwhile. So its text is taken once, as UTF-8, and every later reading reads the same bytes, in
//! blocks. The temporary file has no name: nothing of the directory stays behind, even when the machine loses power.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

/// What is kept in memory, in bytes; the text of a larger sheet goes to the disk.
const MEMORY_BYTES_MAX: usize = 8 << 20;

/// What goes to the disk at once, in bytes, when more is there than is kept in memory.
const BLOCK_BYTES: usize = 64 * 1024;

/// A text that can be read any number of times.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Memory(Arc<[u8]>),
    /// The file, and how many bytes of it are the text.
    File(Arc<File>, u64),
}

impl Source {
    /// How many bytes there are.
    pub fn len(&self) -> u64 {
        match self {
            Source::Memory(bytes) => bytes.len() as u64,
            Source::File(_, length) => *length,
        }
    }

    /// Reads from `start` to the end.
    pub fn reader(&self, start: u64) -> SourceReader {
        self.piece(start, u64::MAX)
    }

    /// Reads from `start` on, at most `count` bytes.
    pub fn piece(&self, start: u64, count: u64) -> SourceReader {
        SourceReader {
            source: self.clone(),
            at: start,
            end: start.saturating_add(count).min(self.len()),
        }
    }

    /// The bytes from `start` on, at most `count` of them.
    pub fn bytes(&self, start: u64, count: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.piece(start, count as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl From<Vec<u8>> for Source {
    fn from(bytes: Vec<u8>) -> Source {
        Source::Memory(bytes.into())
    }
}

/// One reading of a [`Source`]; several may go on at once.
#[derive(Debug)]
pub(super) struct SourceReader {
    source: Source,
    at: u64,
    /// Where it stops, at the end of the source at the latest.
    end: u64,
}

impl Read for SourceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = rest.min(buffer.len());
        let count = match &self.source {
            Source::Memory(bytes) => {
                let from = usize::try_from(self.at)
                    .ok()
                    .and_then(|at| bytes.get(at..at + wanted))
                    .unwrap_or_default();
                buffer[..from.len()].copy_from_slice(from);
                from.len()
            }
            Source::File(file, _) => {
                let count = read_at(file, &mut buffer[..wanted], self.at)?;
                if count == 0 && wanted > 0 {
                    // Somebody cut the file; a shorter text would look like a shorter sheet.
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                count
            }
        };
        self.at += count as u64;
        Ok(count)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

/// Collects a text that becomes a [`Source`].
#[derive(Debug, Default)]
pub(super) struct SourceWriter {
    memory: Vec<u8>,
    file: Option<(File, u64)>,
}

impl SourceWriter {
    /// Begins with nothing.
    pub fn new() -> SourceWriter {
        SourceWriter::default()
    }

    /// Ends the writing.
    ///
    /// # Errors
    /// The disk refused.
    pub fn finish(mut self) -> io::Result<Source> {
        if self.file.is_none() {
            return Ok(Source::Memory(self.memory.into()));
        }
        self.spill()?;
        Ok(match self.file {
            Some((file, length)) => Source::File(Arc::new(file), length),
            None => Source::Memory(self.memory.into()),
        })
    }

    /// Moves what is in memory to the disk.
    fn spill(&mut self) -> io::Result<()> {
        if self.file.is_none() {
            self.file = Some((tempfile::tempfile()?, 0));
        }
        if let Some((file, length)) = &mut self.file {
            file.write_all(&self.memory)?;
            *length += self.memory.len() as u64;
            self.memory.clear();
        }
        Ok(())
    }
}

impl Write for SourceWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            // Still in the processor's cache, and not copied once more.
            Some((file, length)) if self.memory.is_empty() && bytes.len() >= BLOCK_BYTES => {
                file.write_all(bytes)?;
                *length += bytes.len() as u64;
            }
            file => {
                let most = if file.is_some() {
                    BLOCK_BYTES
                } else {
                    MEMORY_BYTES_MAX
                };
                self.memory.extend_from_slice(bytes);
                if self.memory.len() > most {
                    self.spill()?;
                }
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(blocks: &[&[u8]]) -> Source {
        let mut writer = SourceWriter::new();
        for block in blocks {
            writer.write_all(block).unwrap();
        }
        writer.finish().unwrap()
    }

    fn whole(source: &Source, start: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        source.reader(start).read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_small_text_stays_in_memory_and_is_read_again_and_again() {
        let source = written(&[b"id\n", b"1\n"]);
        assert!(matches!(source, Source::Memory(_)));
        for _ in 0..2 {
            assert_eq!(whole(&source, 0), b"id\n1\n");
        }
        assert_eq!(whole(&source, 3), b"1\n");
        assert_eq!(whole(&source, 99), b"");
        assert_eq!((source.len(), source.bytes(0, 2).unwrap()), (5, b"id".to_vec()));
        assert_eq!(source.bytes(3, 99).unwrap(), b"1\n");
        assert_eq!(source.bytes(99, 99).unwrap(), b"");
    }

    #[test]
    fn a_file_that_lost_its_end_is_a_failure_and_no_shorter_text() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"id\n1\n").unwrap();
        let source = Source::File(Arc::new(file), 99);
        let error = source.reader(0).read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn small_and_large_pieces_stand_in_the_order_in_which_they_came() {
        let all: Vec<u8> = (0..30_000_000u32).map(|n| (n % 251) as u8).collect();
        let mut rest = all.as_slice();
        let mut pieces = Vec::new();
        for length in [7, 300_000, 1, BLOCK_BYTES, 3, BLOCK_BYTES - 1]
            .into_iter()
            .cycle()
        {
            let (piece, behind) = rest.split_at(length.min(rest.len()));
            pieces.push(piece);
            rest = behind;
            if rest.is_empty() {
                break;
            }
        }
        let source = written(&pieces);
        assert!(matches!(source, Source::File(..)));
        assert!(whole(&source, 0) == all);
    }

    #[test]
    fn a_large_text_goes_to_the_disk_and_reads_the_same() {
        let block: Vec<u8> = (0..1_000_000u32).map(|n| (n % 251) as u8).collect();
        let blocks: Vec<&[u8]> = std::iter::repeat_n(block.as_slice(), 20).collect();
        let source = written(&blocks);
        assert!(matches!(source, Source::File(..)));
        let all = blocks.concat();
        assert_eq!(source.len(), all.len() as u64);
        assert!(whole(&source, 0) == all);
        let mut first = source.reader(0);
        let mut second = source.reader(19_999_990);
        let (mut one, mut two) = ([0; 4], [0; 4]);
        first.read_exact(&mut one).unwrap();
        second.read_exact(&mut two).unwrap();
        assert_eq!(
            (one, two),
            (
                [0, 1, 2, 3],
                [all[19_999_990], all[19_999_991], all[19_999_992], all[19_999_993]]
            )
        );
    }
}

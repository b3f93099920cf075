//! The archive a workbook is, opened with distrust: how many parts, how large unpacked, whether any is there twice.
//!
//! Nothing is ever unpacked to the disk, so the names in an archive can point nowhere. Every part that is read is read
//! through [`Limited`], because what an archive declares about its sizes need not be true.

use std::collections::HashSet;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::read::ZipFile;

use super::fault::Fault;
use crate::table::source::Source;

/// The most parts a workbook may have.
const PARTS_MAX: usize = 10_000;

/// The most all parts together may declare to be, unpacked, in bytes: 4 GiB, some two million users with 25 columns.
const DECLARED_BYTES_MAX: u128 = 4 << 30;

/// The most a worksheet may be, unpacked.
pub(super) const WORKSHEET_BYTES_MAX: u64 = 4 << 30;

/// The most the table of strings may be, unpacked: it is held in memory.
pub(super) const STRINGS_BYTES_MAX: u64 = 512 << 20;

/// The most any other part may be, unpacked.
pub(super) const PART_BYTES_MAX: u64 = 64 << 20;

/// From here on a part is looked at for having been packed too well.
const RATIO_BYTES_MIN: u64 = 64 << 20;

/// A part that is so many times larger unpacked holds no people. Real worksheets stay below fifty.
const RATIO_MAX: u64 = 400;

/// A text or a tag of a part may be so long, in bytes: no cell comes near.
const PIECE_BYTES_MAX: usize = 8 << 20;

/// The bytes of a workbook, to be read at any place.
pub(super) type Bytes = BufReader<SourceFile>;

/// A [`Source`] as a file.
#[derive(Debug, Clone)]
pub(super) struct SourceFile {
    source: Source,
    at: u64,
}

impl SourceFile {
    /// At the beginning of the source.
    pub fn open(source: &Source) -> Bytes {
        BufReader::new(SourceFile {
            source: source.clone(),
            at: 0,
        })
    }
}

impl Read for SourceFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.reader(self.at).read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for SourceFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.source.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// An archive whose list of parts is sound.
pub(super) struct Archive {
    zip: ZipArchive<Bytes>,
}

impl Archive {
    /// Opens an archive and looks at its list of parts; nothing is unpacked yet.
    pub fn open(source: &Source) -> Result<Archive, Fault> {
        // The list itself is held in memory.
        if count_headers(source)? > PARTS_MAX {
            return Err(Fault::TooLarge(format!("it has more than {PARTS_MAX} parts")));
        }
        let mut zip = ZipArchive::new(SourceFile::open(source)).map_err(Fault::of_zip)?;
        if zip.has_duplicate_names() || has_twins(&zip) {
            return Err(Fault::Damaged("a part of the archive is there twice".to_owned()));
        }
        if zip.has_overlapping_files().map_err(Fault::of_zip)? {
            return Err(Fault::Damaged(
                "parts of the archive lie upon each other".to_owned(),
            ));
        }
        if zip
            .decompressed_size()
            .is_some_and(|bytes| bytes > DECLARED_BYTES_MAX)
        {
            return Err(Fault::TooLarge(format!(
                "it would unpack to more than {} GiB",
                DECLARED_BYTES_MAX >> 30
            )));
        }
        Ok(Archive { zip })
    }

    /// The names of all parts.
    pub fn names(&self) -> Vec<String> {
        self.zip
            .file_names()
            .filter_map(|name| name.ok().map(std::borrow::Cow::into_owned))
            .collect()
    }

    /// The name of a part as the archive spells it; capitals do not matter there.
    pub fn find(&self, name: &str) -> Option<String> {
        let name = name.strip_prefix('/').unwrap_or(name);
        self.names().into_iter().find(|other| is_same_name(other, name))
    }

    /// Reads one part, at most `limit` bytes of it.
    pub fn part(&mut self, name: &str, limit: u64) -> Result<Limited<ZipFile<'_, Bytes>>, Fault> {
        let part = self.zip.by_name(name).map_err(Fault::of_zip)?;
        let packed = part.compressed_size().max(1);
        if part.size() > limit || (part.size() > RATIO_BYTES_MIN && part.size() / packed > RATIO_MAX) {
            return Err(Fault::bomb(name));
        }
        Ok(Limited {
            inner: part,
            left: limit,
            packed,
            read: 0,
            piece: 0,
        })
    }
}

fn is_same_name(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one
            .bytes()
            .zip(other.bytes())
            .all(|(a, b)| a.eq_ignore_ascii_case(&b) || matches!((a, b), (b'\\', b'/') | (b'/', b'\\')))
}

/// Names that differ in capitals only would be one part to one program and two to another.
fn has_twins(zip: &ZipArchive<Bytes>) -> bool {
    let mut seen = HashSet::new();
    zip.file_names().any(|name| match name {
        Ok(name) => !seen.insert(name.replace('\\', "/").to_ascii_lowercase()),
        Err(_) => true,
    })
}

/// How many entries the list of parts may have at most: the places that look like one.
fn count_headers(source: &Source) -> Result<usize, Fault> {
    const MARK: &[u8] = b"PK\x01\x02";
    let mut reader = source.reader(0);
    let mut block = vec![0; 64 * 1024];
    let (mut kept, mut count) = (0, 0);
    loop {
        let read = reader
            .read(&mut block[kept..])
            .map_err(|error| Fault::of_io(&error))?;
        if read == 0 {
            return Ok(count);
        }
        let filled = kept + read;
        count += block[..filled]
            .windows(MARK.len())
            .filter(|window| *window == MARK)
            .count();
        // A mark may lie across two blocks.
        kept = filled.min(MARK.len() - 1);
        block.copy_within(filled - kept..filled, 0);
    }
}

/// A part that ends with an error when it becomes larger than it may be.
pub(super) struct Limited<R> {
    inner: R,
    left: u64,
    packed: u64,
    read: u64,
    /// Bytes since the last `<`.
    piece: usize,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read += count as u64;
        self.left = self.left.checked_sub(count as u64).ok_or_else(too_large)?;
        if self.read > RATIO_BYTES_MIN && self.read / self.packed > RATIO_MAX {
            return Err(too_large());
        }
        self.piece = match buffer[..count].iter().rposition(|byte| *byte == b'<') {
            Some(last) => count - last,
            None => self.piece + count,
        };
        if self.piece > PIECE_BYTES_MAX {
            return Err(too_large());
        }
        Ok(count)
    }
}

fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, "larger than it may be")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use zip::write::SimpleFileOptions;

    fn archive(parts: &[(&str, &[u8])]) -> Source {
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        Source::from(zip.finish().unwrap().into_inner())
    }

    fn fault(source: &Source) -> Fault {
        match Archive::open(source) {
            Ok(_) => panic!("it was opened"),
            Err(fault) => fault,
        }
    }

    fn unpacked(source: &Source, name: &str, limit: u64) -> Result<usize, Fault> {
        let mut archive = Archive::open(source)?;
        let mut part = archive.part(name, limit)?;
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes)
            .map_err(|error| Fault::of_io(&error))?;
        Ok(bytes.len())
    }

    #[test]
    fn parts_are_found_in_any_capitals_and_slashes() {
        let mut archive = Archive::open(&archive(&[
            ("xl/Workbook.xml", b"<a/>"),
            ("../../etc/passwd", b""),
        ]))
        .unwrap();
        assert_eq!(
            archive.find("/XL/workbook.xml").as_deref(),
            Some("xl/Workbook.xml")
        );
        assert_eq!(
            archive.find("xl\\workbook.xml").as_deref(),
            Some("xl/Workbook.xml")
        );
        assert_eq!(archive.find("xl/styles.xml"), None);
        let mut text = String::new();
        archive
            .part("xl/Workbook.xml", 99)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "<a/>");
    }

    #[test]
    fn what_is_no_sound_archive_is_a_fault() {
        let whole = archive(&[("a", b"<a/>"), ("b", &[7; 5000])]);
        let mut bytes = Vec::new();
        whole.reader(0).read_to_end(&mut bytes).unwrap();
        for end in [0, 3, 40, bytes.len() / 2, bytes.len() - 1] {
            let cut = Source::from(bytes[..end].to_vec());
            assert!(matches!(fault(&cut), Fault::Damaged(_)), "{end}");
        }
        let twins = archive(&[("xl/a.xml", b""), ("XL\\A.xml", b"")]);
        assert!(matches!(fault(&twins), Fault::Damaged(told) if told.contains("twice")));
    }

    #[test]
    fn a_name_that_is_there_twice_is_a_fault() {
        let mut bytes = Vec::new();
        archive(&[("one", b"1"), ("two", b"2")])
            .reader(0)
            .read_to_end(&mut bytes)
            .unwrap();
        while let Some(at) = bytes.windows(3).position(|window| window == b"two") {
            bytes[at..at + 3].copy_from_slice(b"one");
        }
        assert!(matches!(fault(&Source::from(bytes)), Fault::Damaged(told) if told.contains("twice")));
    }

    #[test]
    fn an_archive_with_too_many_parts_is_a_fault_before_its_list_is_read() {
        let names: Vec<String> = (0..=PARTS_MAX).map(|n| n.to_string()).collect();
        let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert!(matches!(fault(&archive(&parts)), Fault::TooLarge(_)));
        assert!(Archive::open(&archive(&parts[1..])).is_ok());
    }

    #[test]
    fn a_part_is_unpacked_to_its_limit_and_not_beyond() {
        let source = archive(&[("a", "<a>".repeat(100).as_bytes())]);
        assert_eq!(unpacked(&source, "a", 300), Ok(300));
        assert!(matches!(unpacked(&source, "a", 299), Err(Fault::TooLarge(_))));
    }

    #[test]
    fn a_part_that_declares_less_than_it_holds_is_stopped_where_it_is_read() {
        let mut limited = Limited {
            inner: io::repeat(b'<'),
            left: 1 << 40,
            packed: 1_000,
            read: 0,
            piece: 0,
        };
        let error = io::copy(&mut limited, &mut io::sink()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert!(limited.read < RATIO_BYTES_MIN + (1 << 20));
    }

    #[test]
    fn a_text_without_an_end_is_stopped_before_it_fills_the_memory() {
        let zeros = vec![0; PIECE_BYTES_MAX + (1 << 20)];
        let source = archive(&[("a", &zeros)]);
        assert!(matches!(unpacked(&source, "a", 1 << 30), Err(Fault::TooLarge(_))));
    }
}

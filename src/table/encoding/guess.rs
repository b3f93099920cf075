//! Which code page a text may be in, when nothing says so.
//!
//! The library guesses as a browser does. It does not know Mac Roman, and a browser does not know that sheets hold names;
//! so the guess is held against Mac Roman by how the words look.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::{Certainty, Encoding};
use crate::table::source::Source;

/// How much is looked at at once, and how much of what is not ASCII is looked at in all, in bytes.
const BLOCK_BYTES: usize = 64 * 1024;
const SAMPLE_BYTES_MAX: usize = 4 << 20;

/// So many letters beyond ASCII are enough to call a guess likely.
const LIKELY_FROM: usize = 24;

/// Guesses the code page of bytes that are not UTF-8.
pub(super) fn guess(bytes: &Source, start: u64) -> io::Result<(Encoding, Certainty)> {
    let sample = sample(bytes, start)?;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&sample, true);
    let guessed = detector.guess(None, Utf8Detection::Deny);
    let letters = sample.iter().filter(|byte| !byte.is_ascii()).count();
    let has_old_mac_lines = sample.contains(&b'\r') && !sample.contains(&b'\n');
    let mac = encoding_rs::MACINTOSH;
    let sure = if letters >= LIKELY_FROM {
        Certainty::Likely
    } else {
        Certainty::Guess
    };
    let guessed = as_windows_would(guessed, &sample);
    if guessed.is_single_byte() {
        let (as_guessed, as_mac) = (looks(guessed, &sample), looks(mac, &sample));
        if as_mac > as_guessed && (has_old_mac_lines || as_guessed < 0) {
            let sure = if has_old_mac_lines { sure } else { Certainty::Guess };
            return Ok((Encoding::web(mac), sure));
        }
        // Nothing reads well: whatever the number of letters, this is a guess.
        if as_guessed < 0 {
            return Ok((Encoding::web(guessed), Certainty::Guess));
        }
    }
    Ok((Encoding::web(guessed), sure))
}

/// Spreadsheet programs save in the code pages of Windows. A page of ISO that differs from one in few letters is only
/// believed when the text reads better in it.
fn as_windows_would(
    guessed: &'static encoding_rs::Encoding,
    sample: &[u8],
) -> &'static encoding_rs::Encoding {
    let siblings = [
        (encoding_rs::ISO_8859_2, encoding_rs::WINDOWS_1250),
        (encoding_rs::ISO_8859_4, encoding_rs::WINDOWS_1257),
        (encoding_rs::ISO_8859_5, encoding_rs::WINDOWS_1251),
        (encoding_rs::ISO_8859_6, encoding_rs::WINDOWS_1256),
        (encoding_rs::ISO_8859_7, encoding_rs::WINDOWS_1253),
        (encoding_rs::ISO_8859_8, encoding_rs::WINDOWS_1255),
        (encoding_rs::ISO_8859_13, encoding_rs::WINDOWS_1257),
    ];
    siblings
        .into_iter()
        .find(|(iso, _)| *iso == guessed)
        .map(|(_, windows)| windows)
        .filter(|windows| looks(windows, sample) >= looks(guessed, sample))
        .unwrap_or(guessed)
}

/// The blocks that hold more than ASCII, as many as are needed.
fn sample(bytes: &Source, start: u64) -> io::Result<Vec<u8>> {
    let mut reader = bytes.reader(start);
    let mut block = vec![0; BLOCK_BYTES];
    let mut sample = Vec::new();
    while sample.len() < SAMPLE_BYTES_MAX {
        match reader.read(&mut block) {
            Ok(0) => break,
            Ok(count) if block[..count].is_ascii() => {}
            Ok(count) => sample.extend_from_slice(&block[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sample)
}

/// How much the text looks like words in this encoding: letters within words count for it, signs within words and
/// capitals after small letters against it.
fn looks(encoding: &'static encoding_rs::Encoding, sample: &[u8]) -> i64 {
    let (text, _) = encoding.decode_without_bom_handling(sample);
    let mut score = 0;
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        if !c.is_ascii() {
            let after = characters.peek().copied().unwrap_or(' ');
            score += weight(before, c, after);
        }
        before = c;
    }
    score
}

fn weight(before: char, c: char, after: char) -> i64 {
    let touches_letters = before.is_alphabetic() || after.is_alphabetic();
    if c.is_control() || c == '\u{FFFD}' || ('\u{E000}'..='\u{F8FF}').contains(&c) {
        -4
    } else if c.is_alphabetic() {
        if c.is_uppercase() && before.is_lowercase() {
            -2
        } else if touches_letters {
            1
        } else {
            0
        }
    } else if matches!(c, '’' | '·' | '\u{a0}') || !touches_letters {
        0
    } else {
        -2
    }
}

//! Bytes in any encoding to text in UTF-8, block by block.

use std::io::{self, Read, Write};

use encoding_rs::{Decoder, DecoderResult};

use super::{CodePage, Encoding, Table};
use crate::table::lines::LineCounter;
use crate::table::source::{Source, SourceWriter};

/// How much is decoded at once, in bytes.
const BLOCK_BYTES: usize = 64 * 1024;

/// How many places of bytes that are no letters are kept.
const FAULTS_MAX: usize = 10;

/// A text that was decoded.
#[derive(Debug)]
pub(super) struct Decoding {
    pub text: Source,
    pub faults: Faults,
}

/// Bytes that are no letters in the encoding.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Faults {
    pub count: u64,
    /// The first of them: line and byte.
    pub first: Vec<(u64, u8)>,
}

impl Faults {
    fn add(&mut self, line: u64, byte: u8) {
        self.count += 1;
        if self.first.len() < FAULTS_MAX {
            self.first.push((line, byte));
        }
    }
}

/// Decodes everything from `start` on. What is no letter becomes U+FFFD, and a fault.
pub(super) fn decode(bytes: &Source, start: u64, encoding: Encoding) -> io::Result<Decoding> {
    let mut output = Output::default();
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => output.run(bytes, start, encoding_rs::UTF_8)?,
        Encoding::Utf16Le => output.run(bytes, start, encoding_rs::UTF_16LE)?,
        Encoding::Utf16Be => output.run(bytes, start, encoding_rs::UTF_16BE)?,
        Encoding::Page(CodePage(Table::Web(encoding))) => output.run(bytes, start, encoding)?,
        Encoding::Page(CodePage(Table::Ibm437)) => {
            output.run_table(bytes, start, &oem_cp::code_table::DECODING_TABLE_CP437)?;
        }
        Encoding::Page(CodePage(Table::Ibm850)) => {
            output.run_table(bytes, start, &oem_cp::code_table::DECODING_TABLE_CP850)?;
        }
    }
    Ok(Decoding {
        text: output.text.finish()?,
        faults: output.faults,
    })
}

#[derive(Default)]
struct Output {
    text: SourceWriter,
    lines: LineCounter,
    faults: Faults,
}

impl Output {
    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        self.lines.feed(text);
        self.text.write_all(text)
    }

    fn fault(&mut self, byte: u8) -> io::Result<()> {
        self.faults.add(self.lines.line(), byte);
        self.write("\u{FFFD}".as_bytes())
    }

    fn run(
        &mut self,
        bytes: &Source,
        start: u64,
        encoding: &'static encoding_rs::Encoding,
    ) -> io::Result<()> {
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let mut reader = bytes.reader(start);
        let mut block = vec![0; BLOCK_BYTES];
        let mut decoded = vec![0; BLOCK_BYTES * 3];
        loop {
            let count = read_some(&mut reader, &mut block)?;
            self.feed(&mut decoder, &block[..count], count == 0, &mut decoded)?;
            if count == 0 {
                return Ok(());
            }
        }
    }

    fn feed(
        &mut self,
        decoder: &mut Decoder,
        mut block: &[u8],
        is_last: bool,
        decoded: &mut [u8],
    ) -> io::Result<()> {
        let is_single_byte = decoder.encoding().is_single_byte();
        loop {
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(block, decoded, is_last);
            let text = &decoded[..written];
            if is_single_byte {
                self.write_without_controls(text)?;
            } else {
                self.write(text)?;
            }
            let taken = &block[..read];
            block = &block[read..];
            match result {
                DecoderResult::InputEmpty => return Ok(()),
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(_, _) => self.fault(taken.last().copied().unwrap_or_default())?,
            }
        }
    }

    /// Browsers show a byte that a code page has no letter for as a control character; in a sheet it is a fault.
    fn write_without_controls(&mut self, mut text: &[u8]) -> io::Result<()> {
        let is_control = |pair: &[u8]| pair[0] == 0xC2 && (0x80..0xA0).contains(&pair[1]);
        while let Some(at) = text.windows(2).position(is_control) {
            self.write(&text[..at])?;
            self.fault(text[at + 1])?;
            text = &text[at + 2..];
        }
        self.write(text)
    }

    fn run_table(&mut self, bytes: &Source, start: u64, table: &[char; 128]) -> io::Result<()> {
        let mut reader = bytes.reader(start);
        let mut block = vec![0; BLOCK_BYTES];
        let mut decoded = String::new();
        loop {
            let count = read_some(&mut reader, &mut block)?;
            if count == 0 {
                return Ok(());
            }
            decoded.clear();
            decoded.extend(block[..count].iter().map(|byte| match byte {
                0x80.. => table[usize::from(byte - 0x80)],
                byte => char::from(*byte),
            }));
            self.write(decoded.as_bytes())?;
        }
    }
}

fn read_some(reader: &mut impl Read, block: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(block) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

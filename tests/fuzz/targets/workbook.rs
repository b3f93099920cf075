//! Any bytes that begin like a zip archive: a workbook that is read, or refused with a sentence.
#![no_main]

mod law;

use dirsheet::table::{ReadOptions, Sheet};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut file = b"PK\x03\x04".to_vec();
    file.extend_from_slice(bytes.strip_prefix(b"PK\x03\x04").unwrap_or(bytes));
    match Sheet::from_bytes("fuzz.xlsx", file, ReadOptions::default()) {
        Ok(sheet) => law::holds(&sheet),
        Err(error) => assert!(!error.findings().is_empty()),
    }
});

//! Any bytes as a file: no panic, and what can be read can be written and read again.
#![no_main]

mod law;

use dirsheet::table::{ReadOptions, Sheet};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(sheet) = Sheet::from_bytes("fuzz.csv", bytes.to_vec(), ReadOptions::default()) {
        law::holds(&sheet);
    }
});

//! Any bytes below a good header, with each delimiter, so that the fuzzer gets past the header at once.
#![no_main]

mod law;

use dirsheet::table::{ReadOptions, Sheet};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, body)) = bytes.split_first() else {
        return;
    };
    let delimiter = [",", ";", "\t", "|"][usize::from(first % 4)];
    let line_end = ["\n", "\r\n", "\r"][usize::from(first / 4 % 3)];
    let mut file = ["id", "userPrincipalName", "jobTitle", "streetAddress", "_snapshot"]
        .join(delimiter)
        .into_bytes();
    file.extend_from_slice(line_end.as_bytes());
    file.extend_from_slice(body);
    if let Ok(sheet) = Sheet::from_bytes("fuzz.csv", file, ReadOptions::default()) {
        law::holds(&sheet);
    }
});

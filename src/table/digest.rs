//! The SHA-256 of a file, by which a plan knows its sheet again.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::container::check_ordinary;
use ring::digest::{Context, SHA256};

/// SHA-256 of a file's bytes, in lower-case hexadecimal digits, whatever the file holds.
///
/// # Errors
/// The file cannot be opened or read.
pub fn file_sha256(path: &Path) -> io::Result<String> {
    check_ordinary(path)?;
    let mut file = File::open(path)?;
    let mut digest = Context::new(&SHA256);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hexadecimal(digest)),
            Ok(count) => digest.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A SHA-256 that is made on the way, while something else reads the bytes.
#[derive(Clone)]
pub(super) struct Sha256(Context);

impl std::fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sha256")
    }
}

impl Sha256 {
    pub(super) fn new() -> Sha256 {
        Sha256(Context::new(&SHA256))
    }

    pub(super) fn feed(&mut self, block: &[u8]) {
        self.0.update(block);
    }

    /// As [`file_sha256`] writes it.
    pub(super) fn finish(self) -> String {
        hexadecimal(self.0)
    }
}

fn hexadecimal(digest: Context) -> String {
    digest
        .finish()
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_digest_of_its_bytes_whatever_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        for bytes in [
            Vec::new(),
            b"id\n".to_vec(),
            b"\xff\xfe\0broken \"".to_vec(),
            vec![7; 200_000],
        ] {
            std::fs::write(&path, &bytes).unwrap();
            let mut on_the_way = Sha256::new();
            for block in bytes.chunks(1000) {
                on_the_way.feed(block);
            }
            assert_eq!(file_sha256(&path).unwrap(), on_the_way.finish());
        }
        assert!(file_sha256(folder.path()).is_err());
        let error = file_sha256(&folder.path().join("gone.csv")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}

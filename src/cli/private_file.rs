//! A file with secrets: only its owner can read it, it is never one that was there already, and it has whole lines or none.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::error::CliError;
use crate::table::{SheetWriter, WriteStyle};

/// A file with a line for each secret: whose it is, and what.
pub struct PrivateFile {
    path: PathBuf,
    file: File,
}

impl PrivateFile {
    /// A new file with its header.
    ///
    /// # Errors
    /// It cannot be made; `taken` says that it is there already.
    pub fn create(
        path: &Path,
        header: [&str; 2],
        taken: fn(&Path) -> CliError,
    ) -> Result<PrivateFile, CliError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let cannot = |error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => taken(path),
            _ => CliError::usage(format!("cannot make `{}`: {error}", path.display())),
        };
        let mut file = options.open(path).map_err(cannot)?;
        let header = line(header).map_err(cannot)?;
        file.write_all(&header).map_err(cannot)?;
        // The name of the file must be on the disk too.
        #[cfg(unix)]
        {
            let folder = File::open(folder_of(path));
            folder.and_then(|folder| folder.sync_all()).map_err(cannot)?;
        }
        Ok(PrivateFile {
            path: path.to_owned(),
            file,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a line, which is on the disk when this returns.
    ///
    /// # Errors
    /// It could not be written; nothing of it is left then, as far as the disk allows.
    pub fn add(&mut self, cells: [&str; 2]) -> io::Result<()> {
        let line = line(cells)?;
        whole(&mut self.file, |file| {
            file.write_all(&line)?;
            file.sync_data()
        })
    }
}

/// The folder that a file is in, or would be.
pub fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// One line. A secret stands as it is, without a guard: it is to be typed, or followed.
fn line(cells: [&str; 2]) -> io::Result<Vec<u8>> {
    let mut sheet = SheetWriter::new(Vec::new(), WriteStyle::programs())?;
    sheet.write_row(cells)?;
    Ok(sheet.finish()?.0)
}

/// Writes all of it or, as far as the disk allows, nothing: half a line would be the beginning of the next one.
fn whole(file: &mut File, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let before = file.stream_position()?;
    write(file).inspect_err(|_| {
        let _ = file.set_len(before);
        let _ = file.seek(SeekFrom::Start(before));
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_could_not_be_written_to_its_end_is_taken_back() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"first\n").unwrap();
        let full = whole(&mut file, |file| {
            file.write_all(b"half a li")?;
            Err(io::Error::other("no room"))
        });
        assert_eq!(full.unwrap_err().to_string(), "no room");
        whole(&mut file, |file| file.write_all(b"second\n")).unwrap();
        file.rewind().unwrap();
        assert_eq!(io::read_to_string(file).unwrap(), "first\nsecond\n");
    }

    #[test]
    fn a_line_of_the_file_is_quoted_where_it_must_be_and_guarded_never() {
        for (upn, password, expected) in [
            ("a@b.c", "=Ab1-cde", "a@b.c,=Ab1-cde\n"),
            ("a@b.c", "a,b\"c", "a@b.c,\"a,b\"\"c\"\n"),
            ("o'x@b.c", "+1", "o'x@b.c,+1\n"),
        ] {
            assert_eq!(line([upn, password]).unwrap(), expected.as_bytes());
        }
    }
}

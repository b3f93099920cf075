//! Files that are written for people: what somebody wrote into the one that was there is kept beside the new one, and said.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::output::Output;
use crate::state::StateFolder;
use crate::table::{AtomicFile, DigestedFile, commit_keeping, retire};

/// Knows which files dirsheet wrote, and says what is kept.
#[derive(Debug, Clone, Copy)]
pub struct Keeper<'k> {
    state: &'k StateFolder,
    output: Output,
}

impl<'k> Keeper<'k> {
    /// One that remembers in this state folder.
    pub fn new(state: &'k StateFolder, output: Output) -> Keeper<'k> {
        Keeper { state, output }
    }

    /// Begins a file that will stand at `path`.
    ///
    /// # Errors
    /// It can be seen already that it cannot.
    pub fn begin(self, path: &Path) -> Result<KeptFile<'k>, CliError> {
        let file = DigestedFile::new(AtomicFile::create(path)?);
        Ok(KeptFile::new(file, self))
    }

    /// The same for a file that holds what somebody edited, which cannot be made again from the directory: where it takes the place
    /// of the sheet it was made of, no export may remove it.
    ///
    /// # Errors
    /// It can be seen already that it cannot.
    pub fn begin_copy(self, path: &Path) -> Result<KeptFile<'k>, CliError> {
        let file = self.begin(path)?;
        Ok(KeptFile {
            is_copy: true,
            ..file
        })
    }

    /// Removes a file that is out of date, if it is as it was written.
    ///
    /// # Errors
    /// The system refused.
    pub fn remove(self, path: &Path) -> io::Result<()> {
        let is_ours = |sha256: &str| self.state.knows_sheet(sha256) || self.state.knows_copy(sha256);
        let kept = retire(path, &minute(), is_ours)?;
        self.tell(path, kept.as_deref());
        Ok(())
    }

    fn tell(self, path: &Path, kept: Option<&Path>) {
        if let Some(kept) = kept {
            self.output.complain(&format!(
                "warning: `{}` was there and is not known to be as dirsheet wrote it; it is kept as `{}`",
                path.display(),
                kept.display()
            ));
        }
    }
}

/// A file being written. Dropped before [`commit`](KeptFile::commit), it leaves nothing behind.
#[derive(Debug)]
pub struct KeptFile<'k> {
    file: DigestedFile,
    keeper: Keeper<'k>,
    is_copy: bool,
}

impl<'k> KeptFile<'k> {
    /// The file, as far as it is written.
    pub fn new(file: DigestedFile, keeper: Keeper<'k>) -> KeptFile<'k> {
        KeptFile {
            file,
            keeper,
            is_copy: false,
        }
    }

    /// The target, as it was named.
    pub fn path(&self) -> &Path {
        self.file.file().path()
    }

    /// The folder it will stand in.
    pub fn folder(&self) -> &Path {
        self.file.file().folder()
    }

    /// Puts the file in its place. One that stood there and is not, byte by byte, what dirsheet wrote is kept beside it, and said.
    /// Returns its name.
    ///
    /// # Errors
    /// The disk refused; what stood there is there still, or where the error says.
    pub fn commit(self) -> Result<Option<PathBuf>, CliError> {
        let KeptFile {
            file,
            keeper,
            is_copy,
        } = self;
        let (file, sha256) = file.finish();
        let path = file.path().to_owned();
        let noted = match is_copy {
            true => keeper.state.note_copy(&sha256),
            false => keeper.state.note_sheet(&sha256),
        };
        if let Err(error) = noted {
            keeper.output.complain(&format!(
                "warning: whoever writes `{}` next will keep it, because it cannot be remembered that dirsheet wrote it: {error}",
                path.display()
            ));
        }
        let is_ours =
            |sha256: &str| keeper.state.knows_sheet(sha256) || is_copy && keeper.state.knows_copy(sha256);
        let kept = commit_keeping(file, &minute(), is_ours)?;
        keeper.tell(&path, kept.as_deref());
        Ok(kept)
    }
}

impl Write for KeptFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn minute() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d %H%M").to_string()
}

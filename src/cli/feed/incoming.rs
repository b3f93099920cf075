//! The file of the night: the newest that the settings name, once it is complete.

use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::opening::Opened;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::table::{Incoming, IncomingError, IncomingFile, Pending, Sighting, Wanted};

/// How often a file that still grows is looked at again.
const LOOKS_MAX: usize = 5;

/// How much further ahead the clock of whoever writes files may be.
const CLOCKS_DIFFER_MAX: SignedDuration = SignedDuration::from_mins(10);

/// A file that is there, or why none is taken.
pub enum Found {
    File(IncomingFile),
    /// In words: what was looked for, and what is missing.
    NotYet(String),
}

/// Looks for the file. A file that still grows is not taken.
///
/// # Errors
/// The folder is not there, or the path is no pattern.
pub async fn find(loaded: &Opened) -> Result<Found, CliError> {
    let source = &loaded.feed.settings.source;
    let wanted = wanted(loaded)?;
    let mut earlier: Option<Sighting> = None;
    for _ in 0..LOOKS_MAX {
        match wanted.look(Timestamp::now(), earlier.as_ref()).map_err(told)? {
            Incoming::Ready(file) => return not_of_the_future(file, Timestamp::now()).map(Found::File),
            Incoming::NotThere => {
                return Ok(Found::NotYet(format!("there is no file `{}`", source.path)));
            }
            Incoming::Pending { sighting, why, wait } => match why {
                Pending::Steady => {
                    tokio::time::sleep(Duration::try_from(wait).unwrap_or_default()).await;
                    earlier = Some(sighting);
                }
                Pending::Trigger(path) => {
                    return Ok(Found::NotYet(format!(
                        "`{}` is not there yet, which says that the file is complete",
                        path.display()
                    )));
                }
                Pending::OldTrigger(path) => {
                    return Ok(Found::NotYet(format!(
                        "`{}` is older than the file, so it is that of an earlier one",
                        path.display()
                    )));
                }
            },
        }
    }
    Ok(Found::NotYet(format!("`{}` is still being written", source.path)))
}

/// A file whose time lies ahead would stay the newest for as long, and hide every file that comes after it.
///
/// # Errors
/// Its time lies further ahead than clocks differ.
fn not_of_the_future(file: IncomingFile, now: Timestamp) -> Result<IncomingFile, CliError> {
    if file.modified.duration_since(now) <= CLOCKS_DIFFER_MAX {
        return Ok(file);
    }
    Err(CliError::new(
        Exit::SheetErrors,
        format!(
            "`{}` is of {:.0}, which lies in the future; no file that comes after it would be newer, so it is not taken",
            file.path.display(),
            file.modified
        ),
    )
    .hint("give the file its right time (`touch` does), or take it away; look at the clock of the machine that wrote it"))
}

/// The newest file that the settings name, complete or not, for looking at it.
///
/// # Errors
/// The folder is not there, or the path is no pattern.
pub fn newest(loaded: &Opened) -> Result<Option<PathBuf>, CliError> {
    let newest = wanted(loaded)?.newest().map_err(told)?;
    Ok(newest.map(|file| file.path))
}

fn wanted(loaded: &Opened) -> Result<Wanted, CliError> {
    let source = &loaded.feed.settings.source;
    Wanted::new(
        &loaded.folder,
        &source.path,
        loaded.feed.stable_for,
        source.trigger.as_deref(),
    )
    .map_err(told)
}

fn told(error: IncomingError) -> CliError {
    let exit = match &error {
        IncomingError::NoFolder { .. } | IncomingError::NotAFile { .. } | IncomingError::Io { .. } => {
            Exit::SheetErrors
        }
        IncomingError::Pattern { .. }
        | IncomingError::PatternInFolder { .. }
        | IncomingError::TemporaryName { .. } => Exit::Usage,
    };
    CliError::new(exit, error.to_string())
}

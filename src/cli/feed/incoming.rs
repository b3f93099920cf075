//! The file of the night: the newest that the settings name, once it is complete.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::opening::Opened;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::domain::shorten;
use crate::feed::{nearest, nearest_first};
use crate::state::{Ledger, NightFile};
use crate::table::{Incoming, IncomingError, IncomingFile, Pending, Sighting, Wanted};

/// The clocks of two machines differ by less.
const CLOCKS_APART: jiff::SignedDuration = jiff::SignedDuration::from_mins(15);
/// How often a file that still grows is looked at again.
const LOOKS_MAX: usize = 5;
/// Nobody reads more names of what is there instead.
const LISTED_MAX: usize = 5;
const NOT_MOUNTED: &str = "look whether the share is mounted and the name is right";

/// A file that is there, or why none is taken.
pub enum Found {
    /// With the older ones that lie beside it.
    File(IncomingFile, Vec<IncomingFile>),
    /// In words: what was looked for, and what is missing.
    NotYet(String),
}

/// Looks for the file. A file that still grows is not taken, and none of those that were passed over.
///
/// # Errors
/// The folder is not there, or the path is no pattern.
pub async fn find(loaded: &Opened, ledger: &Ledger) -> Result<Found, CliError> {
    let source = &loaded.feed.settings.source;
    let wanted = wanted(loaded)?.without(passed_over(ledger)?);
    let mut earlier: Option<Sighting> = None;
    for _ in 0..LOOKS_MAX {
        match wanted.look(Timestamp::now(), earlier.as_ref()).map_err(told)? {
            Incoming::Ready(file) => {
                let older = wanted.older_than(&file).map_err(told)?;
                return Ok(Found::File(file, older));
            }
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

fn passed_over(ledger: &Ledger) -> Result<Vec<IncomingFile>, CliError> {
    let passed = ledger.passed_over()?.into_iter();
    Ok(passed.map(as_incoming).collect())
}

fn as_incoming(file: NightFile) -> IncomingFile {
    IncomingFile {
        path: file.path,
        bytes: file.bytes,
        modified: file.modified,
    }
}

/// What lies where files come to and is older than the file of this content was when it came there: somebody named it, and it may be a
/// copy of now. Nothing is, where none of this content was ever found there, for then it is not known where it stands among the others.
///
/// # Errors
/// The ledger cannot be read.
pub fn older_than(loaded: &Opened, ledger: &Ledger, sha256: &str) -> Result<Vec<IncomingFile>, CliError> {
    // A folder that cannot be looked at has nothing to do with a file that lies elsewhere.
    let Ok(wanted) = wanted(loaded) else {
        return Ok(Vec::new());
    };
    let nights = ledger.nights_of(sha256)?.into_iter().map(|night| night.file);
    let came = nights.filter(|file| wanted.is_meant(&file.path));
    let Some(came) = came.min_by_key(|file| file.modified) else {
        return Ok(Vec::new());
    };
    let wanted = wanted.without(passed_over(ledger)?);
    let mut older = wanted.older_than(&as_incoming(came.clone())).unwrap_or_default();
    // The ledger's moments are those of the file system to the microsecond.
    older.retain(|one| one.modified.as_microsecond() < came.modified.as_microsecond());
    Ok(older)
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

/// What is wrong with a folder that files are to come from, and what is there instead; `None` when it is there. `shown`: as the
/// settings write it.
pub fn wrong_inbox(folder: &Path, shown: &str) -> Option<(String, String)> {
    if folder.is_dir() {
        return None;
    }
    let shown = shorten(shown);
    if folder.exists() {
        let message = format!("`{shown}` is a file, and no folder that files could come from");
        return Some((
            message,
            "name the folder and the file, like `inbox/hr-*.csv`".to_owned(),
        ));
    }
    let known = folder.ancestors().find(|part| part.is_dir());
    let gone = folder
        .ancestors()
        .take_while(|part| Some(*part) != known)
        .last()
        .and_then(Path::file_name);
    let (Some(known), Some(gone)) = (known, gone) else {
        return Some((
            format!("the folder `{shown}` is not there"),
            NOT_MOUNTED.to_owned(),
        ));
    };
    let gone = gone.to_string_lossy();
    let there: Vec<String> = names(known, |path| path.is_dir());
    let near = nearest(&gone, there.iter().map(String::as_str));
    let help = match near {
        Some(near) => format!("did you mean `{}`?", shorten(near)),
        None if there.is_empty() => format!("`{}` holds no folder; {NOT_MOUNTED}", known.display()),
        None => format!(
            "`{}` holds {}; {NOT_MOUNTED}",
            known.display(),
            listed(&nearest_first(&gone, &there, LISTED_MAX), there.len())
        ),
    };
    Some((
        format!(
            "the folder `{shown}` is not there: `{}` holds no `{}`",
            known.display(),
            shorten(&gone)
        ),
        help,
    ))
}

/// What lies in the folder that files come from, the names that are nearest to the wanted one first; for a person at the machine.
pub fn instead(loaded: &Opened) -> String {
    lying(loaded).unwrap_or_else(|| "its folder holds no files".to_owned())
}

/// The same where something lies there.
pub fn lying(loaded: &Opened) -> Option<String> {
    let text = &loaded.feed.settings.source.path;
    let path = loaded.path(text);
    let wanted = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let there = names(folder, |path| path.is_file());
    (!there.is_empty()).then(|| {
        format!(
            "its folder holds {}",
            listed(&nearest_first(&wanted, &there, LISTED_MAX), there.len())
        )
    })
}

fn names(folder: &Path, is_meant: impl Fn(&Path) -> bool) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let meant = entries.filter(|entry| is_meant(&entry.path()));
    let mut names: Vec<String> = meant
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

fn listed(near: &[String], all: usize) -> String {
    let ticked: Vec<String> = near.iter().map(|name| format!("`{}`", shorten(name))).collect();
    match all - near.len() {
        0 => ticked.join(", "),
        more => format!("{} and {more} more", ticked.join(", ")),
    }
}

/// A file that is dated in the future would be the newest until then, whatever comes after it.
pub fn in_the_future(file: &NightFile) -> Option<CliError> {
    let most = jiff::Timestamp::now() + CLOCKS_APART;
    (file.modified > most).then(|| {
        CliError::new(
            Exit::GuardRefused,
            format!(
                "the file is dated in the future, {:.0}; nothing was written",
                file.modified
            ),
        )
        .hint("set the clock of the machine that writes it; if the file is right, give it the date of now (`touch`)")
    })
}

fn told(error: IncomingError) -> CliError {
    CliError::usage(error.to_string())
}

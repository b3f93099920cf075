//! Which file a feed is to read: the newest that its path or pattern names, and whether whoever writes it has finished.
//!
//! A file is complete when its trigger file is there and not older than it, or else when its size and time have not moved
//! between two looks that lie `stable_for` apart. The clock is handed in. Only the newest file is ever taken: while it is
//! not complete, an older one is no substitute.

use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The folder of the file.
    folder: PathBuf,
    /// The name, or the pattern of names.
    name: String,
    pattern: Option<glob::Pattern>,
    stable_for: SignedDuration,
    /// With `{file}` in the place of the file.
    trigger: Option<String>,
    /// The folder that paths of the settings are from.
    base: PathBuf,
    /// Files that were passed over: as if they were not there.
    passed: Vec<IncomingFile>,
}

/// A file that is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingFile {
    pub path: PathBuf,
    pub bytes: u64,
    /// When it was written last.
    pub modified: Timestamp,
}

/// How a file was seen at some moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    pub file: IncomingFile,
    /// Since when it has been seen like this.
    pub since: Timestamp,
}

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// No file of this name, or none that fits the pattern.
    NotThere,
    /// The newest file may still be written. Look again after `wait`, and hand in the sighting.
    Pending {
        sighting: Sighting,
        why: Pending,
        wait: SignedDuration,
    },
    Ready(IncomingFile),
}

/// What a file waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pending {
    /// Its size and time must stay as they are for a while.
    Steady,
    /// This file is not there.
    Trigger(PathBuf),
    /// This file is there, and older than the file it announces: it is that of an earlier night.
    OldTrigger(PathBuf),
}

/// Why a file cannot be looked for.
#[derive(Debug, thiserror::Error)]
pub enum IncomingError {
    #[error(
        "`{path}` is no pattern: {detail}; `*` stands for any letters, `?` for one, `[0-9]` for one of several"
    )]
    Pattern { path: String, detail: String },
    #[error("`{path}` has a pattern in a folder's name; only the last part of a path may have one")]
    PatternInFolder { path: String },
    #[error(
        "`{path}` is the name of a file that is still being written, and is never taken; name the file it becomes"
    )]
    TemporaryName { path: String },
    #[error("the folder `{}` is not there; look whether the share is mounted and the name is right", path.display())]
    NoFolder { path: PathBuf },
    #[error("`{}` is not a file", path.display())]
    NotAFile { path: PathBuf },
    #[error("`{}` cannot be looked at: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// How long to wait before looking for a trigger file again.
const BETWEEN_LOOKS: SignedDuration = SignedDuration::from_secs(5);

/// Endings of files that a program is still writing.
const TEMPORARY: [&str; 9] = [
    ".part",
    ".partial",
    ".tmp",
    ".temp",
    ".filepart",
    ".crdownload",
    ".download",
    ".swp",
    ".upload",
];

impl Wanted {
    /// `path` and `trigger` as `FEED.toml` writes them, from the folder `base`.
    ///
    /// # Errors
    /// The path is no pattern that is understood, or a name that is never taken.
    pub fn new(
        base: &Path,
        path: &str,
        stable_for: SignedDuration,
        trigger: Option<&str>,
    ) -> Result<Wanted, IncomingError> {
        let full = base.join(path);
        let name = full
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let folder = full.parent().unwrap_or(Path::new("")).to_owned();
        if Path::new(path)
            .parent()
            .is_some_and(|folder| is_pattern(&folder.to_string_lossy()))
        {
            return Err(IncomingError::PatternInFolder {
                path: path.to_owned(),
            });
        }
        if is_temporary(&name) {
            return Err(IncomingError::TemporaryName {
                path: path.to_owned(),
            });
        }
        let pattern = is_pattern(&name).then(|| glob::Pattern::new(&name)).transpose();
        let pattern = pattern.map_err(|error| IncomingError::Pattern {
            path: path.to_owned(),
            detail: error.msg.to_owned(),
        })?;
        Ok(Wanted {
            folder,
            name,
            pattern,
            stable_for,
            trigger: trigger.map(str::to_owned),
            base: base.to_owned(),
            passed: Vec::new(),
        })
    }

    /// The same without these files. One that was written since is another.
    pub fn without(self, passed: Vec<IncomingFile>) -> Wanted {
        Wanted { passed, ..self }
    }

    /// What lies beside this file, is meant as well and is older.
    ///
    /// # Errors
    /// As of [`Wanted::newest`].
    pub fn older_than(&self, file: &IncomingFile) -> Result<Vec<IncomingFile>, IncomingError> {
        let mut older = self.all()?;
        older.retain(|one| (one.modified, &one.path) < (file.modified, &file.path));
        older.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(older)
    }

    /// Looks once. `earlier` is the sighting of the look before.
    ///
    /// # Errors
    /// The folder is not there or cannot be read, or a folder has the name of the file.
    pub fn look(&self, now: Timestamp, earlier: Option<&Sighting>) -> Result<Incoming, IncomingError> {
        let Some(file) = self.newest()? else {
            return Ok(Incoming::NotThere);
        };
        // A clock that went back must not make a file complete, nor keep it waiting for ever.
        let since = earlier
            .filter(|earlier| earlier.file == file && earlier.since <= now)
            .map_or(now, |earlier| earlier.since);
        let pending = |why, wait| Incoming::Pending {
            sighting: Sighting {
                file: file.clone(),
                since,
            },
            why,
            wait,
        };
        if let Some(trigger) = self.trigger_of(&file.path) {
            return Ok(match facts(&trigger)? {
                None => pending(Pending::Trigger(trigger), BETWEEN_LOOKS),
                Some(told) if told.modified < file.modified => {
                    pending(Pending::OldTrigger(trigger), BETWEEN_LOOKS)
                }
                Some(_) => Incoming::Ready(file),
            });
        }
        let left = self.stable_for - now.duration_since(since);
        Ok(if left.is_positive() {
            pending(Pending::Steady, left)
        } else {
            Incoming::Ready(file)
        })
    }

    /// Looks again and again until the file is complete, is not there, or `patience` has passed.
    ///
    /// # Errors
    /// As of [`Wanted::look`].
    pub fn wait(
        &self,
        patience: SignedDuration,
        clock: &mut dyn FnMut() -> Timestamp,
        sleep: &mut dyn FnMut(Duration),
    ) -> Result<Incoming, IncomingError> {
        let begin = clock();
        let mut earlier: Option<Sighting> = None;
        loop {
            let now = clock();
            let found = self.look(now, earlier.as_ref())?;
            let Incoming::Pending { sighting, wait, .. } = &found else {
                return Ok(found);
            };
            if now.duration_since(begin) >= patience {
                return Ok(found);
            }
            sleep(wait.unsigned_abs());
            earlier = Some(sighting.clone());
        }
    }

    /// The newest file that is meant, complete or not; of two of one moment the one whose name comes last.
    ///
    /// # Errors
    /// The folder is not there or cannot be read, or a folder has the name of the file.
    pub fn newest(&self) -> Result<Option<IncomingFile>, IncomingError> {
        let all = self.all()?.into_iter();
        Ok(all.max_by(|one, other| (one.modified, &one.path).cmp(&(other.modified, &other.path))))
    }

    fn all(&self) -> Result<Vec<IncomingFile>, IncomingError> {
        let whole = self.folder.join(&self.name);
        let literal = facts(&whole)?;
        let Some(pattern) = self.pattern.as_ref().filter(|_| literal.is_none()) else {
            if literal.is_none() {
                self.check_folder()?;
            }
            return Ok(literal.into_iter().filter(|file| !self.is_passed(file)).collect());
        };
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => IncomingError::NoFolder {
                path: self.folder.clone(),
            },
            _ => IncomingError::Io {
                path: self.folder.clone(),
                source,
            },
        };
        let folder = if self.folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &self.folder
        };
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let Some(name) = name.to_str() else { continue };
            let path = self.folder.join(name);
            if pattern.matches(name) && !is_temporary(name) && !path.is_dir() {
                // A file may be renamed between the listing and the look.
                found.extend(facts(&path)?);
            }
        }
        let triggers: Vec<PathBuf> = found
            .iter()
            .filter_map(|file| self.trigger_of(&file.path))
            .collect();
        found.retain(|file| !triggers.contains(&file.path));
        found.retain(|file| !self.is_passed(file));
        Ok(found)
    }

    /// By its name, for a folder may be named by another path by now; to the microsecond, which is what is kept of a moment.
    fn is_passed(&self, file: &IncomingFile) -> bool {
        let facts = |file: &IncomingFile| -> (Option<OsString>, u64, i64) {
            let name = file.path.file_name().map(OsStr::to_owned);
            (name, file.bytes, file.modified.as_microsecond())
        };
        self.passed.iter().any(|one| facts(one) == facts(file))
    }

    /// Whether a file of this path lies, or lay, where files come to, under a name that is meant.
    pub fn is_meant(&self, path: &Path) -> bool {
        let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = path.parent().map(whole);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_named = self
            .pattern
            .as_ref()
            .is_some_and(|pattern| pattern.matches(&name));
        folder == Some(whole(&self.folder)) && (is_named || *name == *self.name)
    }

    fn check_folder(&self) -> Result<(), IncomingError> {
        if self.folder.as_os_str().is_empty() || self.folder.is_dir() {
            return Ok(());
        }
        Err(IncomingError::NoFolder {
            path: self.folder.clone(),
        })
    }

    /// `{file}` is the path of the file, so that `{file}.done` stands beside it.
    fn trigger_of(&self, file: &Path) -> Option<PathBuf> {
        let trigger = self.trigger.as_ref()?;
        Some(self.base.join(trigger.replace("{file}", &file.to_string_lossy())))
    }
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// Whether a name is one of those that programs give to files they are still writing, or hide.
fn is_temporary(name: &str) -> bool {
    let lower = name.to_lowercase();
    name.starts_with('.')
        || name.starts_with("~$")
        || name.ends_with('~')
        || TEMPORARY.iter().any(|end| lower.ends_with(end))
}

fn facts(path: &Path) -> Result<Option<IncomingFile>, IncomingError> {
    let failed = |source: io::Error| IncomingError::Io {
        path: path.to_owned(),
        source,
    };
    let metadata: Metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(failed(error)),
    };
    if !metadata.is_file() {
        return Err(IncomingError::NotAFile {
            path: path.to_owned(),
        });
    }
    let modified = metadata.modified().map_err(failed)?;
    let modified = Timestamp::try_from(modified).map_err(|error| failed(io::Error::other(error)))?;
    Ok(Some(IncomingFile {
        path: path.to_owned(),
        bytes: metadata.len(),
        modified,
    }))
}

#[cfg(test)]
mod tests;

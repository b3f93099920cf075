//! The directory kept in a folder between processes.
//!
//! `directory.jsonl` holds the tenant and every user; `writes.jsonl` every write since, one line each, on its way to
//! the disk before the answer goes out. Lines say what a property is after the write, so reading them twice does no
//! harm; a last line that was torn by the end of the process was never acknowledged and is left out.

use super::{
    directory::{Directory, Effect, NewUser},
    options::SandboxError,
    record::Record,
    schema,
    tenant::Tenant,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};
use uuid::Uuid;

const USERS: &str = "directory.jsonl";
const WRITES: &str = "writes.jsonl";
const LOCK: &str = "lock";
/// How often the lock is tried, and how long apart: a second in all.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: std::time::Duration = std::time::Duration::from_millis(50);
const USERS_NEW: &str = "directory.jsonl.new";

/// Holds the folder, and writes into it.
#[derive(Debug)]
pub struct Keeper {
    folder: PathBuf,
    log: File,
    // Held for its lock.
    _lock: File,
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptUser {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    manager: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roles: Vec<String>,
    set: Map<String, Value>,
}

/// A user that was created since.
#[derive(Debug, Serialize, Deserialize)]
struct KeptBirth {
    born: KeptUser,
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptWrite {
    user: u32,
    #[serde(default)]
    set: Map<String, Value>,
    /// Absent: unchanged; null: none.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "doubled")]
    manager: Option<Option<u32>>,
}

/// Tells an absent manager from a removed one.
mod doubled {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(value: &Option<Option<u32>>, to: S) -> Result<S::Ok, S::Error> {
        value.as_ref().and_then(Option::as_ref).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<u32>>, D::Error> {
        Option::<u32>::deserialize(from).map(Some)
    }
}

fn file(path: &Path) -> impl FnOnce(std::io::Error) -> SandboxError + '_ {
    move |source| SandboxError::File {
        path: path.to_owned(),
        source,
    }
}

/// Whether a folder holds a directory.
pub fn exists(folder: &Path) -> bool {
    folder.join(USERS).is_file()
}

/// Removes the directory of a folder; one that is in use is left alone.
pub fn remove(folder: &Path) -> Result<(), SandboxError> {
    if !folder.exists() {
        return Ok(());
    }
    let lock = take_lock(folder)?;
    for name in [USERS, WRITES, USERS_NEW, LOCK] {
        let path = folder.join(name);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(SandboxError::File { path, source });
            }
            _ => {}
        }
    }
    drop(lock);
    Ok(())
}

fn take_lock(folder: &Path) -> Result<File, SandboxError> {
    let path = folder.join(LOCK);
    let lock = private()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(file(&path))?;
    // The one before may be in its last moments: its connections end one after another.
    for _ in 0..LOCK_TRIES {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(std::fs::TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(std::fs::TryLockError::Error(source)) => return Err(SandboxError::File { path, source }),
        }
    }
    Err(SandboxError::InUse(folder.to_owned()))
}

/// Files that only their owner may read: they hold a directory and a secret.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

impl Keeper {
    /// Opens a folder: the directory in it, or the one that `make` makes.
    pub fn open(
        folder: &Path,
        make: impl FnOnce() -> Result<Directory, SandboxError>,
    ) -> Result<(Keeper, Directory), SandboxError> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(file(folder))?;
        let lock = take_lock(folder)?;
        let known = exists(folder);
        let directory = if known { load(folder)? } else { make()? };
        let path = folder.join(WRITES);
        if !known {
            // A log without a directory belongs to one that was never finished.
            let _ = std::fs::remove_file(&path);
        }
        let log = private()
            .append(true)
            .create(true)
            .open(&path)
            .map_err(file(&path))?;
        let mut keeper = Keeper {
            folder: folder.to_owned(),
            log,
            _lock: lock,
        };
        if !known {
            keeper.rewrite(&directory)?;
        } else {
            keeper.compact(&directory)?;
        }
        Ok((keeper, directory))
    }

    /// Appends a write.
    pub fn append(&mut self, directory: &Directory, place: u32, effect: &Effect) -> std::io::Result<()> {
        debug_assert!((place as usize) < directory.len());
        let set = effect.settings.iter().filter_map(|(slot, json)| {
            let name = schema::property(*slot)?.name.to_owned();
            let value = json
                .as_deref()
                .map_or(Ok(Value::Null), serde_json::from_str)
                .ok()?;
            Some((name, value))
        });
        let write = KeptWrite {
            user: place,
            set: set.collect(),
            manager: effect.manager,
        };
        self.append_line(&write)
    }

    /// Appends a new user.
    pub fn append_user(&mut self, user: &NewUser) -> std::io::Result<()> {
        let born = KeptUser {
            id: user.id.to_string(),
            manager: None,
            roles: user.roles.clone(),
            set: kept(&user.record),
        };
        self.append_line(&KeptBirth { born })
    }

    fn append_line(&mut self, line: &impl Serialize) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(line)?;
        line.push(b'\n');
        let before = self.log.metadata()?.len();
        let written = self.log.write_all(&line).and_then(|()| self.log.flush());
        if written.is_err() {
            // Half a line would be taken for damage once another one follows it.
            let _ = self.log.set_len(before);
        }
        written
    }

    /// Puts what the log holds into the directory file; without a write there is nothing to do.
    pub fn compact(&mut self, directory: &Directory) -> Result<(), SandboxError> {
        let path = self.folder.join(WRITES);
        let logged = self.log.metadata().map_err(file(&path))?.len();
        if logged == 0 {
            Ok(())
        } else {
            self.rewrite(directory)
        }
    }

    /// Writes the whole directory and empties the log.
    fn rewrite(&mut self, directory: &Directory) -> Result<(), SandboxError> {
        let fresh = self.folder.join(USERS_NEW);
        let path = self.folder.join(USERS);
        write_all(&fresh, directory).map_err(file(&fresh))?;
        std::fs::rename(&fresh, &path).map_err(file(&path))?;
        self.log.set_len(0).map_err(file(&self.folder.join(WRITES)))
    }
}

fn write_all(path: &Path, directory: &Directory) -> std::io::Result<()> {
    let out = private().write(true).create(true).truncate(true).open(path)?;
    let mut out = BufWriter::new(out);
    serde_json::to_writer(&mut out, &directory.tenant)?;
    out.write_all(b"\n")?;
    for place in 0..directory.len() as u32 {
        let user = KeptUser {
            id: directory.id(place),
            manager: directory.manager(place),
            roles: directory.roles(place).to_vec(),
            set: kept(directory.record(place)),
        };
        serde_json::to_writer(&mut out, &user)?;
        out.write_all(b"\n")?;
    }
    let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()
}

/// The set properties under their names.
fn kept(record: &Record) -> Map<String, Value> {
    let named = record.iter().filter_map(|(slot, json)| {
        Some((
            schema::property(slot)?.name.to_owned(),
            serde_json::from_str(json).ok()?,
        ))
    });
    named.collect()
}

/// Adds a user of a file, with the place of its manager.
fn take_in(
    directory: &mut Directory,
    user: KeptUser,
    path: &Path,
    line: usize,
) -> Result<(u32, Option<u32>), SandboxError> {
    let set = settings(user.set, path, line)?;
    let id = Uuid::try_parse(&user.id).map_err(|error| damaged(path, line, error))?;
    let record = Record::of(set.into_iter().filter_map(|(slot, json)| Some((slot, json?))));
    let place = directory
        .add(NewUser {
            id,
            record,
            roles: user.roles,
        })
        .map_err(|property| damaged(path, line, format!("`{property}` is there twice")))?;
    Ok((place, user.manager))
}

fn lines(path: &Path) -> Result<impl Iterator<Item = (usize, Result<String, SandboxError>)>, SandboxError> {
    let reader = BufReader::new(File::open(path).map_err(file(path))?);
    let path = path.to_owned();
    Ok(reader.split(b'\n').enumerate().map(move |(at, line)| {
        let line = line.map_err(file(&path)).and_then(|bytes| {
            String::from_utf8(bytes).map_err(|_| damaged(&path, at + 1, "the line is not UTF-8"))
        });
        (at + 1, line)
    }))
}

fn damaged(path: &Path, line: usize, problem: impl ToString) -> SandboxError {
    SandboxError::Damaged {
        path: path.to_owned(),
        line,
        problem: problem.to_string(),
    }
}

fn settings(
    set: Map<String, Value>,
    path: &Path,
    line: usize,
) -> Result<Vec<(u8, Option<String>)>, SandboxError> {
    set.into_iter()
        .map(|(name, value)| {
            let slot = schema::slot(&name)
                .ok_or_else(|| damaged(path, line, format!("unknown property `{name}`")))?;
            Ok((
                slot,
                if value.is_null() {
                    None
                } else {
                    Some(value.to_string())
                },
            ))
        })
        .collect()
}

fn load(folder: &Path) -> Result<Directory, SandboxError> {
    let path = folder.join(USERS);
    let mut rows = lines(&path)?;
    let first = rows
        .next()
        .ok_or_else(|| damaged(&path, 1, "the file is empty"))?
        .1?;
    let tenant: Tenant = serde_json::from_str(&first).map_err(|error| damaged(&path, 1, error))?;
    let mut directory = Directory::new(tenant);
    let mut managers = Vec::new();
    for (line, text) in rows {
        let user: KeptUser = serde_json::from_str(&text?).map_err(|error| damaged(&path, line, error))?;
        let (place, manager) = take_in(&mut directory, user, &path, line)?;
        managers.extend(manager.map(|manager| (place, manager)));
    }
    for (place, manager) in managers {
        directory.apply(
            place,
            &Effect {
                settings: Vec::new(),
                manager: Some(Some(manager)),
            },
            None,
        );
    }
    replay(&mut directory, &folder.join(WRITES))?;
    Ok(directory)
}

fn replay(directory: &mut Directory, path: &Path) -> Result<(), SandboxError> {
    if !path.is_file() {
        return Ok(());
    }
    let mut torn: Option<SandboxError> = None;
    for (line, text) in lines(path)? {
        // Only what stands at the very end may be torn.
        if let Some(problem) = torn {
            return Err(problem);
        }
        let text = match text {
            Ok(text) if text.is_empty() => continue,
            Ok(text) => text,
            Err(problem) => {
                torn = Some(problem);
                continue;
            }
        };
        if let Ok(KeptBirth { born }) = serde_json::from_str(&text) {
            // One that is there already was put into the directory file before the process ended.
            if directory.resolve(&born.id).is_none() {
                take_in(directory, born, path, line)?;
            }
            continue;
        }
        match serde_json::from_str::<KeptWrite>(&text) {
            Ok(write) if (write.user as usize) < directory.len() => {
                let effect = Effect {
                    settings: settings(write.set, path, line)?,
                    manager: write.manager,
                };
                directory.apply(write.user, &effect, None);
            }
            Ok(_) => torn = Some(damaged(path, line, "the user is not there")),
            Err(error) => torn = Some(damaged(path, line, error)),
        }
    }
    Ok(())
}

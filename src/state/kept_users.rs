//! Everybody as a feed's last night read them, so that the next one asks only who has changed.
//!
//! ```text
//! ROOT/feeds/NAME/everybody.jsonl.zst    0600, written anew by each night that read a large directory, and never needed
//! ```
//!
//! Lines of JSON in one zstd frame with its checksum: what it is of, one line for each user, and how many there were. Whatever is wrong
//! with the file, the next night reads everybody.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::{Doing, StateError};
use super::folder::{StateFolder, create_private_folder, private_file};
use crate::catalogue::{self, stored_name};
use crate::domain::{Columns, DeltaLink, UserId, UserState, Value};

const VERSION: u32 = 1;
/// A higher level makes files of users no smaller.
const LEVEL: i32 = 1;
/// Lines that are taken apart together.
const LINES_TOGETHER: usize = 4_096;

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptUsers {
    pub users: HashMap<UserId, UserState>,
    pub since: KeptSince,
}

/// Since when something is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptSince {
    /// Where the changes begin that the last night was told, and where those after them do.
    pub links: [DeltaLink; 2],
    /// When everybody was last read whole.
    pub whole_at: Timestamp,
}

/// What there is for a night.
#[derive(Debug, Clone, PartialEq)]
pub enum Kept {
    Nothing,
    /// Of another tenant, other columns, another sign-in or with other permissions, or by another dirsheet.
    OfSomethingElse,
    Users(KeptUsers),
}

/// Of what a reading is: only the same thing may be brought up to date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingOf {
    /// The tenant's id.
    pub tenant: String,
    pub graph_host: String,
    /// Who is signed in, as far as the token tells, and with which permissions: they decide what is shown.
    sign_in: Option<String>,
    granted: Vec<String>,
    /// The attributes, those of the tenant's own with their types.
    columns: Vec<String>,
    version: u32,
    /// The catalogue decides how values are read.
    catalogue: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    of: ReadingOf,
    since: KeptSince,
}

#[derive(Debug, Serialize, Deserialize)]
struct End {
    users: u64,
}

/// A user in a line; who has unread attributes is not kept.
#[derive(Debug, Serialize, Deserialize)]
struct Line<'a>(
    UserId,
    std::borrow::Cow<'a, str>,
    Option<bool>,
    bool,
    bool,
    std::borrow::Cow<'a, [Value]>,
);

impl ReadingOf {
    /// A reading of these columns in this tenant.
    pub fn new(tenant: &str, graph_host: &str, columns: &Columns) -> ReadingOf {
        ReadingOf {
            tenant: tenant.to_owned(),
            graph_host: graph_host.to_owned(),
            sign_in: None,
            granted: Vec::new(),
            columns: columns.iter().map(|attribute| stored_name(attribute)).collect(),
            version: VERSION,
            catalogue: catalogue::VERSION,
        }
    }

    /// The same by this sign-in with these permissions.
    pub fn by(mut self, sign_in: Option<&str>, mut granted: Vec<String>) -> ReadingOf {
        granted.sort_unstable();
        self.sign_in = sign_in.map(str::to_owned);
        self.granted = granted;
        self
    }
}

impl StateFolder {
    /// What the last night of a feed read.
    ///
    /// # Errors
    /// [`StateError::Damaged`] when the file is not whole.
    pub fn kept_users(&self, feed: &str, of: &ReadingOf) -> Result<Kept, StateError> {
        let path = self.everybody_file(feed);
        let file = match std::fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Kept::Nothing),
            Err(error) => return Err(error).doing("read", &path),
        };
        let unpacked = zstd::stream::read::Decoder::new(file).doing("read", &path)?;
        read(BufReader::with_capacity(1 << 18, unpacked), of, &path)
    }

    /// Keeps what a night of a feed read. `false` where somebody has attributes that were not read: then nothing is kept.
    ///
    /// # Errors
    /// The file cannot be written; what was kept before is gone then.
    pub fn keep_users<'u>(
        &self,
        feed: &str,
        of: &ReadingOf,
        since: KeptSince,
        users: impl Iterator<Item = &'u UserState>,
    ) -> Result<bool, StateError> {
        let path = self.everybody_file(feed);
        self.forget_users(feed)?;
        let folder = path.parent().unwrap_or(self.root());
        create_private_folder(folder).doing("create the folder", folder)?;
        let draft = path.with_extension("part");
        let head = Head {
            of: of.clone(),
            since,
        };
        let written = write(&draft, &head, users);
        match written {
            Ok(true) => std::fs::rename(&draft, &path).doing("name", &path).map(|()| true),
            other => {
                // Half of it is of no use, and holds people's data.
                let _gone = std::fs::remove_file(&draft);
                other
            }
        }
    }

    /// Removes what is kept, if anything is.
    ///
    /// # Errors
    /// It is there and cannot be removed.
    pub fn forget_users(&self, feed: &str) -> Result<(), StateError> {
        let path = self.everybody_file(feed);
        for path in [path.with_extension("part"), path] {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error).doing("remove", &path);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn everybody_file(&self, feed: &str) -> PathBuf {
        self.root().join("feeds").join(feed).join("everybody.jsonl.zst")
    }
}

fn write<'u>(
    path: &Path,
    head: &Head,
    users: impl Iterator<Item = &'u UserState>,
) -> Result<bool, StateError> {
    let file = private_file().create_new(true).open(path).doing("create", path)?;
    let mut packer = zstd::stream::write::Encoder::new(BufWriter::new(file), LEVEL).doing("write", path)?;
    packer.include_checksum(true).doing("write", path)?;
    let mut lines = BufWriter::with_capacity(1 << 18, packer);
    let put = |json: serde_json::Result<Vec<u8>>, lines: &mut dyn Write| {
        let mut line = json.map_err(std::io::Error::from).doing("write", path)?;
        line.push(b'\n');
        lines.write_all(&line).doing("write", path)
    };
    put(serde_json::to_vec(head), &mut lines)?;
    let mut count = 0;
    for user in users {
        if !user.unread.is_empty() {
            return Ok(false);
        }
        let line = Line(
            user.id,
            (&user.upn).into(),
            user.synced,
            user.restricted,
            user.agent,
            user.values.as_slice().into(),
        );
        put(serde_json::to_vec(&line), &mut lines)?;
        count += 1;
    }
    put(serde_json::to_vec(&End { users: count }), &mut lines)?;
    let packer = lines
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)
        .doing("write", path)?;
    let mut file = packer.finish().doing("write", path)?;
    file.flush().doing("write", path)?;
    let file = file
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)
        .doing("write", path)?;
    file.sync_all().doing("write to the disk", path)?;
    Ok(true)
}

fn read(mut lines: impl BufRead, of: &ReadingOf, path: &Path) -> Result<Kept, StateError> {
    let damaged = |detail: String| StateError::Damaged {
        path: path.to_owned(),
        detail,
    };
    let mut line = String::new();
    lines
        .read_line(&mut line)
        .map_err(|error| damaged(error.to_string()))?;
    // One of another version, too, is of something else.
    let Ok(head) = serde_json::from_str::<Head>(&line) else {
        return Ok(Kept::OfSomethingElse);
    };
    if head.of != *of {
        return Ok(Kept::OfSomethingElse);
    }
    let width = of.columns.len();
    let mut users: HashMap<UserId, UserState> = HashMap::new();
    let mut chunk: Vec<String> = Vec::with_capacity(LINES_TOGETHER);
    let mut end = None;
    loop {
        let mut line = String::new();
        let bytes = lines
            .read_line(&mut line)
            .map_err(|error| damaged(error.to_string()))?;
        if bytes == 0 || chunk.len() == LINES_TOGETHER {
            let parsed: Vec<Result<UserState, String>> =
                chunk.par_iter().map(|line| user_of(line, width)).collect();
            for user in parsed {
                let user = user.map_err(damaged)?;
                users.insert(user.id, user);
            }
            chunk.clear();
        }
        if bytes == 0 {
            break;
        }
        if line.starts_with('{') {
            end = serde_json::from_str::<End>(&line).ok();
        } else {
            chunk.push(line);
        }
    }
    match end {
        Some(End { users: count }) if count == users.len() as u64 => Ok(Kept::Users(KeptUsers {
            users,
            since: head.since,
        })),
        _ => Err(damaged("it does not come to its end".to_owned())),
    }
}

fn user_of(line: &str, width: usize) -> Result<UserState, String> {
    let Line(id, upn, synced, restricted, agent, values) =
        serde_json::from_str(line).map_err(|error| error.to_string())?;
    if values.len() != width {
        return Err(format!("{} values where {width} belong", values.len()));
    }
    Ok(UserState {
        id,
        upn: upn.into_owned(),
        synced,
        restricted,
        agent,
        values: values.into_owned().into(),
        unread: Default::default(),
    })
}

#[cfg(test)]
#[path = "kept_users_tests.rs"]
mod tests;

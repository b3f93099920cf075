//! Moving a file into a folder so that a kill at any moment loses nothing and nothing is ever replaced.
//!
//! The target is reserved with an empty file of its name, which nobody else can do a second time; then the source is renamed
//! over it. Where that cannot be (another disk), the bytes are copied beside it, brought to the disk and renamed over it, and the
//! source is removed when its bytes are still those of the copy.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use ring::digest::{Context, SHA256};

use crate::state::error::{Doing, StateError};
use crate::state::folder::{create_private_folder, sync_folder};

/// What became of the file of a night.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// It stands here.
    Moved(PathBuf),
    /// Nothing was to be moved.
    Nothing,
    /// Somebody took it away.
    Gone,
    /// Another file has its name now; it was left where it is.
    Another,
}

/// The points between which a kill may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    Reserved,
    Copied,
    Moved,
    Written,
}

/// Is told of every point.
pub(super) type After<'a> = dyn FnMut(Point) -> Result<(), StateError> + 'a;

/// The name of a file in an archive: `hr-20261129T013000Z.csv`, from the second on with a number.
pub(super) fn target(source: &Path, folder: &Path, moment: Timestamp, number: u32) -> PathBuf {
    let part = |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
    let stem = part(source.file_stem()).unwrap_or_else(|| "file".to_owned());
    let moment = moment.strftime("%Y%m%dT%H%M%SZ");
    let number = if number > 1 {
        format!("-{number}")
    } else {
        String::new()
    };
    let extension = part(source.extension()).map_or_else(String::new, |extension| format!(".{extension}"));
    folder.join(format!("{stem}-{moment}{number}{extension}"))
}

/// Moves `source`, whose bytes have this SHA-256, to `target`. `None`: something else has that name.
pub(super) fn carry(
    source: &Path,
    target: &Path,
    sha256: &str,
    after: &mut After<'_>,
) -> Result<Option<Carried>, StateError> {
    let there = digest_of(target)?;
    let here = digest_of(source)?;
    if there.as_deref() == Some(sha256) {
        // A kill came after the bytes were there.
        if here.as_deref() == Some(sha256) && !is_same_file(source, target) {
            remove(source)?;
        }
        return Ok(Some(Carried::Moved(target.to_owned())));
    }
    if here.as_deref() != Some(sha256) {
        // What a killed try reserved for it.
        if is_empty(target) {
            remove(target)?;
        }
        return Ok(Some(if here.is_some() {
            Carried::Another
        } else {
            Carried::Gone
        }));
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    create_private_folder(folder).doing("create the folder", folder)?;
    let reserve = || File::options().write(true).create_new(true).open(target);
    // Another process that tried whether the folder can be made has removed what it made.
    let reserved = reserve().or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => create_private_folder(folder).and_then(|()| reserve()),
        _ => Err(error),
    });
    match reserved {
        Ok(_) => {}
        // Reserved by a night that was killed here: empty, under the name that the ledger gives to this file.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_empty(target) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
        Err(error) => return Err(error).doing("create", target),
    }
    after(Point::Reserved)?;
    if fs::rename(source, target).is_err() {
        copy(source, target, sha256).inspect_err(|_| {
            // The reservation holds nothing; if it cannot go, it is taken up by the next try.
            if is_empty(target) {
                let _ = fs::remove_file(target);
            }
        })?;
        after(Point::Copied)?;
        // Another file may have come under its name meanwhile.
        if digest_of(source)?.as_deref() == Some(sha256) {
            remove(source)?;
        }
    }
    after(Point::Moved)?;
    for folder in [Some(folder), source.parent()]
        .into_iter()
        .flatten()
        .filter(|folder| *folder != Path::new(""))
    {
        sync_folder(folder).doing("write to the disk", folder)?;
    }
    Ok(Some(Carried::Moved(target.to_owned())))
}

fn copy(source: &Path, target: &Path, sha256: &str) -> Result<(), StateError> {
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut from = File::open(source).doing("open", source)?;
    let mut to = tempfile::Builder::new()
        .prefix(".moving-")
        .tempfile_in(folder)
        .doing("create a file in", folder)?;
    let mut digest = Context::new(&SHA256);
    let mut block = vec![0; 64 * 1024];
    loop {
        let count = from.read(&mut block).doing("read", source)?;
        if count == 0 {
            break;
        }
        digest.update(&block[..count]);
        to.write_all(&block[..count]).doing("write", target)?;
    }
    if hexadecimal(digest) != sha256 {
        return Err(io::Error::other("it was changed while it was copied")).doing("move", source);
    }
    if let Ok(modified) = from.metadata().and_then(|metadata| metadata.modified()) {
        // Only for people who sort the folder by it.
        let _ = to.as_file().set_modified(modified);
    }
    to.as_file().sync_all().doing("write to the disk", target)?;
    to.persist(target)
        .map_err(|error| error.error)
        .doing("name", target)?;
    sync_folder(folder).doing("write to the disk", folder)
}

fn remove(path: &Path) -> Result<(), StateError> {
    fs::remove_file(path).doing("remove", path)
}

fn is_empty(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0)
}

/// Whether the two names lead to one file: then removing one would lose it.
fn is_same_file(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// The SHA-256 of a file, `None` where there is none.
fn digest_of(path: &Path) -> Result<Option<String>, StateError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).doing("open", path),
    };
    let mut digest = Context::new(&SHA256);
    let mut block = vec![0; 64 * 1024];
    loop {
        match file.read(&mut block).doing("read", path)? {
            0 => return Ok(Some(hexadecimal(digest))),
            count => digest.update(&block[..count]),
        }
    }
}

pub(super) fn hexadecimal(digest: Context) -> String {
    digest
        .finish()
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

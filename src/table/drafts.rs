//! Drafts of files: whose process was killed stays in the folder, until the next one comes by.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

/// How the name of a draft ends.
pub const SUFFIX: &str = ".tmp";

/// So many letters and digits by chance stand between prefix and suffix: more than a word that a person would write there.
pub const CHANCE: usize = 12;

/// A draft as old as this and held by nobody is one that nobody finishes. A system without locks tells of none who holds it, so that
/// the age must be enough by itself; there nothing is removed.
const OLD: Duration = Duration::from_hours(12);

/// How the name of a draft of this file begins.
pub fn prefix(file_name: &OsStr) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(file_name);
    prefix.push(".");
    prefix
}

/// Holds a draft for as long as it is written. Where the file system knows no locks, nobody will ask for one either.
pub fn hold(draft: &File) {
    let _no_locks = draft.try_lock();
}

/// Removes old drafts of this file that nobody holds. What cannot be read or removed stays.
pub fn sweep(folder: &Path, file_name: &OsStr) {
    let prefix = prefix(file_name);
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if is_draft(&entry.file_name(), &prefix)
            && entry.file_type().is_ok_and(|kind| kind.is_file())
            && is_left(&entry.path())
        {
            let _stays = fs::remove_file(entry.path());
        }
    }
}

fn is_draft(name: &OsStr, prefix: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    let chance = name.strip_prefix(prefix.as_encoded_bytes());
    let chance = chance.and_then(|rest| rest.strip_suffix(SUFFIX.as_bytes()));
    chance.is_some_and(|chance| chance.len() == CHANCE && chance.iter().all(u8::is_ascii_alphanumeric))
}

fn is_left(path: &Path) -> bool {
    // Open to write, because a lock over the network asks for that.
    let Ok(file) = File::options().read(true).write(true).open(path) else {
        return false;
    };
    let age = file.metadata().and_then(|known| known.modified());
    let is_old = age.is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age > OLD));
    is_old && file.try_lock().is_ok()
}

/// Whether the target is a file that only its owner may replace, and the draft is of somebody else: the folder has the sticky bit, as
/// `/tmp` has it.
#[cfg(unix)]
pub fn is_of_somebody_else(draft: &File, folder: &Path, target: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(draft), Ok(folder), Ok(target)) = (
        draft.metadata(),
        fs::metadata(folder),
        fs::symlink_metadata(target),
    ) else {
        return false;
    };
    is_kept_from(draft.uid(), (folder.uid(), folder.mode()), target.uid())
}

/// Elsewhere no folder is like that.
#[cfg(not(unix))]
pub fn is_of_somebody_else(_draft: &File, _folder: &Path, _target: &Path) -> bool {
    false
}

#[cfg(unix)]
fn is_kept_from(me: u32, (folder, mode): (u32, u32), target: u32) -> bool {
    const STICKY: u32 = 0o1000;
    mode & STICKY != 0 && me != 0 && me != target && me != folder
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn a_draft_goes_when_it_is_old_and_nobody_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str, hours: u64| {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_hours(hours))
                .unwrap();
            file
        };
        let held = make(".users.csv.aaaaaaaaaaa1.tmp", 13);
        hold(&held);
        for (name, hours) in [
            (".users.csv.aaaaaaaaaaa2.tmp", 13),
            (".users.csv.aaaaaaaaaaa3.tmp", 11),
            (".users.csv.a.b.c.d.e.f.tmp", 13),
            (".users.csv.backup.tmp", 13),
            (".users.csv.aaaaaaaaaaaa4.tmp", 13),
            (".other.csv.aaaaaaaaaaa5.tmp", 13),
            (".users.csv.aaaaaaaaaaa6.tmp~", 13),
        ] {
            drop(make(name, hours));
        }
        fs::create_dir(folder.path().join(".users.csv.folderfolder.tmp")).unwrap();
        sweep(folder.path(), OsStr::new("users.csv"));
        let is_there = |name: &str| folder.path().join(name).exists();
        assert!(!is_there(".users.csv.aaaaaaaaaaa2.tmp"));
        assert!(is_there(".users.csv.aaaaaaaaaaa1.tmp"), "it is being written");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 8);
        drop(held);
        sweep(folder.path(), OsStr::new("users.csv"));
        assert!(!is_there(".users.csv.aaaaaaaaaaa1.tmp"));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_of_file_or_folder_replaces_a_file_below_the_sticky_bit() {
        let (me, other, third) = (1000, 1001, 1002);
        for (who, folder, mode, target, is_kept) in [
            (me, third, 0o41777, other, true),
            (me, third, 0o40777, other, false),
            (me, third, 0o41777, me, false),
            (me, me, 0o41777, other, false),
            (0, third, 0o41777, other, false),
        ] {
            assert_eq!(is_kept_from(who, (folder, mode), target), is_kept);
        }
    }
}

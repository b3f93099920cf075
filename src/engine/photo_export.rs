//! Pictures of the directory as files in a folder.
//!
//! An index in the folder says which file was written with which mark and bytes. So a picture that is as it was is not fetched
//! again, and a file whose person has no picture any more is removed, where it still is what an export wrote.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::domain::{Pictures, UserId, fingerprint, photo_file_name};
use crate::table::AtomicFile;

/// A folder that an export writes pictures into.
#[derive(Debug)]
pub struct PhotoExport {
    folder: PathBuf,
    known: Mutex<HashMap<UserId, Noted>>,
}

/// What the index remembers of a picture.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Noted {
    id: UserId,
    /// The mark of the service, where it gave one.
    etag: Option<String>,
    /// Of the bytes that were written; `None` when the file was removed.
    fingerprint: Option<String>,
}

/// One line for each picture that was written or removed; the last one about a user counts.
const INDEX: &str = ".dirsheet-photos.jsonl";

impl PhotoExport {
    /// Opens the folder, which is made if need be, and reads what an earlier export noted. A line that was torn is left out.
    ///
    /// # Errors
    /// The folder cannot be made or written, or its index is no ordinary file.
    pub fn open(folder: &Path) -> io::Result<PhotoExport> {
        fs::create_dir_all(folder)?;
        // An export that was broken off may have left half a line, which must not swallow the next one.
        index(folder)?.write_all(b"\n")?;
        let lines = fs::read_to_string(folder.join(INDEX))?;
        let known = lines
            .lines()
            .filter_map(|line| serde_json::from_str::<Noted>(line).ok())
            .map(|noted| (noted.id, noted))
            .collect();
        Ok(PhotoExport {
            folder: folder.to_owned(),
            known: Mutex::new(known),
        })
    }

    /// Whether an export wrote a picture of this user that it did not remove again.
    pub fn wrote(&self, user: UserId) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&user).is_some_and(|noted| noted.fingerprint.is_some())
    }

    /// Removes the files of people who have no picture any more, and says how many these were. A file that is not what an export
    /// wrote is somebody's own, and stays.
    ///
    /// # Errors
    /// A file could not be removed; the others were.
    pub fn remove(&self, users: &[UserId]) -> io::Result<u64> {
        let mut removed = 0;
        let mut failed = None;
        for user in users {
            let noted = {
                let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                known.get(user).and_then(|noted| noted.fingerprint.clone())
            };
            if let Some(wanted) = noted
                && self.is_there(*user, &wanted)
            {
                if let Err(error) = fs::remove_file(self.folder.join(photo_file_name(*user))) {
                    failed.get_or_insert(error);
                    continue;
                }
                removed += 1;
            }
            // What stands there from now on is not ours, whatever bytes it has.
            self.note(Noted {
                id: *user,
                etag: None,
                fingerprint: None,
            });
        }
        failed.map_or(Ok(removed), Err)
    }

    /// Whether the user's file is an ordinary one with these bytes. What a link leads to is not looked at.
    fn is_there(&self, user: UserId, wanted: &str) -> bool {
        let path = self.folder.join(photo_file_name(user));
        let is_file = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file());
        is_file && fs::read(path).is_ok_and(|bytes| fingerprint(&bytes) == wanted)
    }

    /// Without its line a picture is read again next time, and nothing else.
    fn note(&self, noted: Noted) {
        if let (Ok(mut line), Ok(mut file)) = (serde_json::to_vec(&noted), index(&self.folder)) {
            line.push(b'\n');
            let _ = file.write_all(&line);
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(noted.id, noted);
    }
}

/// The index, for the owner only and to be appended to. A link in its place is refused: it would lead out of the folder.
fn index(folder: &Path) -> io::Result<fs::File> {
    let path = folder.join(INDEX);
    if fs::symlink_metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(io::Error::other(format!("`{INDEX}` in it is no ordinary file")));
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl Pictures for PhotoExport {
    fn known(&self, user: UserId, etag: &str) -> Option<String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = known
            .get(&user)
            .filter(|noted| noted.etag.as_deref() == Some(etag))?
            .fingerprint
            .clone()?;
        drop(known);
        // The file may have been changed or removed since.
        self.is_there(user, &noted).then_some(noted)
    }

    fn take_in(&self, user: UserId, etag: Option<&str>, bytes: &[u8]) -> Result<String, String> {
        let fingerprint = fingerprint(bytes);
        if !self.is_there(user, &fingerprint) {
            let path = self.folder.join(photo_file_name(user));
            let mut file = AtomicFile::replace(&path).map_err(|error| error.to_string())?;
            file.write_all(bytes).map_err(|error| error.to_string())?;
            file.commit().map_err(|error| error.to_string())?;
        }
        self.note(Noted {
            id: user,
            etag: etag.map(str::to_owned),
            fingerprint: Some(fingerprint.clone()),
        });
        Ok(fingerprint)
    }

    fn bytes(&self, _: &str) -> Option<Vec<u8>> {
        None
    }

    fn stored_as(&self, _: &str, _: &str) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u8) -> UserId {
        UserId::from_bytes([number; 16])
    }

    #[test]
    fn an_export_goes_on_where_it_was_and_believes_a_mark_only_with_its_file() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("photos");
        let export = PhotoExport::open(&folder).unwrap();
        let one = export.take_in(user(1), Some("a"), b"one").unwrap();
        export.take_in(user(2), None, b"two").unwrap();
        export.take_in(user(3), Some("c"), b"three").unwrap();
        assert_eq!(fs::read(folder.join(photo_file_name(user(2)))).unwrap(), b"two");
        drop(export);
        // It was broken off in the middle of a line.
        let mut torn = index(&folder).unwrap();
        torn.write_all(b"{\"id\":\"01").unwrap();
        let again = PhotoExport::open(&folder).unwrap();
        assert_eq!(again.known(user(1), "a"), Some(one));
        assert_eq!(again.known(user(1), "b"), None);
        assert_eq!(again.known(user(2), "b"), None, "without a mark nothing is known");
        fs::write(folder.join(photo_file_name(user(3))), "changed").unwrap();
        assert_eq!(again.known(user(3), "c"), None);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            for name in [INDEX.to_owned(), photo_file_name(user(1))] {
                let mode = fs::metadata(folder.join(&name)).unwrap().permissions().mode();
                assert_eq!(mode & 0o077, 0, "{name}");
            }
        }
    }
    #[test]
    fn the_file_of_a_photo_that_is_gone_is_removed_and_nobody_elses() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path();
        let export = PhotoExport::open(folder).unwrap();
        export.take_in(user(1), Some("a"), b"one").unwrap();
        export.take_in(user(2), None, b"two").unwrap();
        export.take_in(user(3), Some("c"), b"three").unwrap();
        let path = |number| folder.join(photo_file_name(user(number)));
        fs::write(path(3), "changed by hand").unwrap();
        fs::write(path(4), "never written by an export").unwrap();
        drop(export);
        let again = PhotoExport::open(folder).unwrap();
        let users = [1, 2, 3, 4].map(user);
        assert_eq!(users.map(|one| again.wrote(one)), [true, true, true, false]);
        assert_eq!(again.remove(&users).unwrap(), 2);
        assert_eq!(
            [1, 2, 3, 4].map(|one| path(one).exists()),
            [false, false, true, true]
        );
        // The same bytes put there by hand are no longer an export's.
        fs::write(path(1), "one").unwrap();
        let later = PhotoExport::open(folder).unwrap();
        assert!(!later.wrote(user(1)));
        assert_eq!(later.remove(&users).unwrap(), 0);
        assert!(path(1).exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_folder_is_replaced_and_what_it_leads_to_stays_as_it_was() {
        use std::os::unix::fs::symlink;
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("photos");
        let outside = place.path().join("outside");
        fs::write(&outside, "mine").unwrap();
        let export = PhotoExport::open(&folder).unwrap();
        let linked = folder.join(photo_file_name(user(1)));
        symlink(&outside, &linked).unwrap();
        export.take_in(user(1), Some("a"), b"one").unwrap();
        assert_eq!(fs::read(&outside).unwrap(), b"mine");
        assert!(fs::symlink_metadata(&linked).unwrap().is_file());
        assert_eq!(fs::read(&linked).unwrap(), b"one");
        fs::remove_file(folder.join(INDEX)).unwrap();
        symlink(&outside, folder.join(INDEX)).unwrap();
        assert!(
            PhotoExport::open(&folder).is_err(),
            "the index is not followed either"
        );
        assert_eq!(fs::read(&outside).unwrap(), b"mine");
    }
}

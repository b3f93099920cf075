//! Pictures that are sent, and those that stood there before, so that an undo can put them back.
//!
//! Each stands under the digits of its fingerprint, once, for the owner only. Beside them `stored-as` notes which bytes the service
//! made of which picture: it may store another form than was sent.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::error::{Doing, StateError};
use super::folder::{StateFolder, create_private_folder, private_file};
use super::journal::RunRecord;
use crate::domain::{Pictures, UserId, Value, fingerprint, fingerprint_digits};

const STORED_AS: &str = "stored-as";
/// Begins the name of a file that is still being written.
const UNFINISHED: &str = ".new-";

/// The pictures of a state folder.
#[derive(Debug)]
pub struct PictureStore {
    folder: PathBuf,
    /// What the service's marks meant in this process.
    marks: Mutex<HashMap<UserId, HashMap<String, String>>>,
    /// What the service stored, and what that was when it was sent.
    stored_as: Mutex<HashMap<String, String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl StateFolder {
    /// Its pictures; the folder for them is made with the first one.
    pub fn pictures(&self) -> PictureStore {
        let folder = self.root().join("pictures");
        let stored_as = fs::read_to_string(folder.join(STORED_AS)).unwrap_or_default();
        let stored_as = stored_as.lines().filter_map(|line| {
            let (stored, sent) = line.split_once(' ')?;
            let sound = fingerprint_digits(stored).is_some() && fingerprint_digits(sent).is_some();
            sound.then(|| (stored.to_owned(), sent.to_owned()))
        });
        PictureStore {
            folder,
            marks: Mutex::default(),
            stored_as: Mutex::new(stored_as.collect()),
        }
    }

    /// Keeps a sheet that was made out of the names in a folder of photos; the same text is the same file.
    ///
    /// # Errors
    /// The disk refused.
    pub fn keep_photo_sheet(&self, text: &str) -> Result<PathBuf, StateError> {
        let name = fingerprint(text.as_bytes());
        let digits = fingerprint_digits(&name).unwrap_or_default();
        let folder = self.root().join("pictures");
        let path = folder.join(format!("photos-{}.csv", digits.get(..12).unwrap_or_default()));
        put(&folder, &path, text.as_bytes())?;
        Ok(path)
    }

    /// Whether this is such a sheet.
    pub fn is_photo_sheet(&self, path: &Path) -> bool {
        let is_named_so = |name: &str| name.starts_with("photos-") && name.ends_with(".csv");
        path.parent() == Some(self.root().join("pictures").as_path())
            && path
                .file_name()
                .and_then(|name| name.to_str())
                .is_some_and(is_named_so)
    }
}

/// What of the pictures can go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IdlePictures {
    pub files: Vec<PathBuf>,
    pub bytes: u64,
}

impl StateFolder {
    /// The files among the pictures that are older than `age` and named by no run: an undo never asks for them, nor does a plan
    /// that is still young enough to be applied. Where a run cannot be read nothing is idle.
    ///
    /// # Errors
    /// The state folder cannot be read.
    pub fn idle_pictures(&self, now: SystemTime, age: Duration) -> Result<IdlePictures, StateError> {
        let mut idle = IdlePictures::default();
        let Ok(files) = fs::read_dir(self.root().join("pictures")) else {
            return Ok(idle);
        };
        let Some(named) = self.pictures_in_runs()? else {
            return Ok(idle);
        };
        for file in files.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            let is_named = match name.strip_suffix(".jpg") {
                Some(digits) => named.contains(digits),
                // What the sheets of folders say, a plan file says as well; a file that was never finished says nothing.
                None => !name.ends_with(".csv") && !name.starts_with(UNFINISHED),
            };
            let Ok(metadata) = file.metadata() else { continue };
            let is_old = metadata
                .modified()
                .is_ok_and(|made| now.duration_since(made).is_ok_and(|passed| passed > age));
            if !is_named && is_old {
                idle.bytes += metadata.len();
                idle.files.push(file.path());
            }
        }
        Ok(idle)
    }

    /// The digits of every picture that a run sent, or found before it.
    fn pictures_in_runs(&self) -> Result<Option<HashSet<String>>, StateError> {
        let mut named = HashSet::new();
        for run in self.list_runs()? {
            let record = match RunRecord::open(self, &run.id) {
                Ok(Some(record)) => record,
                Ok(None) => continue,
                Err(_) => return Ok(None),
            };
            let read = record.results::<StateError>(|operation, _| {
                let changes = operation.changes().iter();
                for value in changes.flat_map(|change| [&change.before, &change.after]) {
                    if let Value::Text(text) = value
                        && let Some(digits) = fingerprint_digits(text)
                    {
                        named.insert(digits.to_owned());
                    }
                }
                Ok(())
            });
            if read.is_err() {
                return Ok(None);
            }
        }
        Ok(Some(named))
    }
}

impl PictureStore {
    /// Keeps a picture, and gives its fingerprint.
    ///
    /// # Errors
    /// The disk refused.
    pub fn keep(&self, bytes: &[u8]) -> Result<String, StateError> {
        let fingerprint = fingerprint(bytes);
        if let Some(path) = self.path(&fingerprint) {
            // One that was damaged is mended. One that is there is needed anew, and is idle only some time after that; where its date
            // cannot be set it is written anew.
            let renewed = self.bytes(&fingerprint).is_some()
                && fs::File::options()
                    .write(true)
                    .open(&path)
                    .and_then(|file| file.set_modified(SystemTime::now()))
                    .is_ok();
            if !renewed {
                put(&self.folder, &path, bytes)?;
            }
        }
        Ok(fingerprint)
    }

    /// Whether a picture is kept, whole.
    pub fn has(&self, fingerprint: &str) -> bool {
        self.bytes(fingerprint).is_some()
    }

    fn path(&self, fingerprint: &str) -> Option<PathBuf> {
        fingerprint_digits(fingerprint).map(|digits| self.folder.join(format!("{digits}.jpg")))
    }

    fn as_sent(&self, stored: String) -> String {
        lock(&self.stored_as).get(&stored).cloned().unwrap_or(stored)
    }
}

impl Pictures for PictureStore {
    fn known(&self, user: UserId, etag: &str) -> Option<String> {
        let known = lock(&self.marks).get(&user)?.get(etag)?.clone();
        Some(self.as_sent(known))
    }

    fn take_in(&self, user: UserId, etag: Option<&str>, bytes: &[u8]) -> Result<String, String> {
        let fingerprint = self.keep(bytes).map_err(|error| error.to_string())?;
        if let Some(etag) = etag {
            let mut marks = lock(&self.marks);
            let of_user = marks.entry(user).or_default();
            // The same bytes under another mark may come from a server that is behind; then the mark proves nothing yet.
            if of_user.values().all(|known| *known != fingerprint) {
                of_user.insert(etag.to_owned(), fingerprint.clone());
            }
        }
        Ok(self.as_sent(fingerprint))
    }

    fn bytes(&self, wanted: &str) -> Option<Vec<u8>> {
        let bytes = fs::read(self.path(wanted)?).ok()?;
        // A file that somebody changed is not the picture that was planned.
        (fingerprint(&bytes) == wanted).then_some(bytes)
    }

    fn stored_as(&self, sent: &str, stored: &str) {
        let mut known = lock(&self.stored_as);
        if sent == stored || known.insert(stored.to_owned(), sent.to_owned()).as_deref() == Some(sent) {
            return;
        }
        // Should it not be written, it is learnt again from the next run; nothing is lost but an undo that asks.
        let _ = private_file()
            .append(true)
            .create(true)
            .open(self.folder.join(STORED_AS))
            .and_then(|mut file| file.write_all(format!("{stored} {sent}\n").as_bytes()));
    }
}

/// Writes a file that is all there or not there.
fn put(folder: &Path, path: &Path, bytes: &[u8]) -> Result<(), StateError> {
    create_private_folder(folder).doing("create the folder", folder)?;
    let mut file = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .tempfile_in(folder)
        .doing("write into the folder", folder)?;
    file.write_all(bytes)
        .and_then(|()| file.as_file().sync_all())
        .doing("write to the disk", path)?;
    file.persist(path)
        .map_err(|error| error.error)
        .doing("name", path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u8) -> UserId {
        UserId::from_bytes([number; 16])
    }

    #[test]
    fn a_picture_is_kept_once_and_comes_back_as_it_was() {
        let place = tempfile::tempdir().unwrap();
        let state = StateFolder::open(place.path().join("state")).unwrap();
        let store = state.pictures();
        let name = store.keep(b"picture").unwrap();
        assert_eq!(store.keep(b"picture").unwrap(), name);
        assert_eq!(state.pictures().bytes(&name).unwrap(), b"picture");
        assert!(store.has(&name) && !store.has("sha256:../x") && store.bytes("../x").is_none());
        let file = store.path(&name).unwrap();
        fs::write(&file, b"another").unwrap();
        assert_eq!(
            store.bytes(&name),
            None,
            "a file that somebody changed is not sent"
        );
        assert!(!store.has(&name));
        store.keep(b"picture").unwrap();
        assert!(store.has(&name));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o077, 0);
        }
    }

    #[test]
    fn a_mark_stands_for_the_bytes_that_came_with_it_unless_they_may_be_old() {
        let place = tempfile::tempdir().unwrap();
        let store = StateFolder::open(place.path().join("state")).unwrap().pictures();
        let old = store.take_in(user(1), Some("1"), b"old").unwrap();
        assert_eq!(store.known(user(1), "1"), Some(old.clone()));
        assert_eq!(store.known(user(2), "1"), None);
        assert_eq!(store.take_in(user(1), Some("2"), b"old").unwrap(), old);
        assert_eq!(store.known(user(1), "2"), None);
        let new = store.take_in(user(1), Some("2"), b"new").unwrap();
        assert_eq!(store.known(user(1), "2"), Some(new));
    }

    #[test]
    fn what_the_service_made_of_a_picture_is_known_as_what_was_sent() {
        let place = tempfile::tempdir().unwrap();
        let state = StateFolder::open(place.path().join("state")).unwrap();
        let store = state.pictures();
        let sent = store.keep(b"sent").unwrap();
        let stored = store.take_in(user(1), Some("1"), b"stored").unwrap();
        assert_ne!(sent, stored);
        store.stored_as(&sent, &stored);
        assert_eq!(store.known(user(1), "1").as_ref(), Some(&sent));
        let later = state.pictures();
        assert_eq!(later.take_in(user(1), None, b"stored").unwrap(), sent);
        assert_eq!(later.bytes(&sent).unwrap(), b"sent");
    }

    #[test]
    fn what_no_run_names_is_idle_once_it_is_old() {
        let place = tempfile::tempdir().unwrap();
        let state = StateFolder::open(place.path().join("state")).unwrap();
        let (day, later) = (
            Duration::from_secs(86_400),
            SystemTime::now() + Duration::from_secs(172_800),
        );
        assert_eq!(state.idle_pictures(later, day).unwrap(), IdlePictures::default());
        let store = state.pictures();
        let name = store.keep(b"picture").unwrap();
        store.stored_as(&name, &fingerprint(b"other"));
        state.keep_photo_sheet("id,photo\n").unwrap();
        assert!(
            state
                .idle_pictures(SystemTime::now(), day)
                .unwrap()
                .files
                .is_empty()
        );
        let idle = state.idle_pictures(later, day).unwrap();
        assert_eq!((idle.files.len(), idle.bytes), (2, 16));
        assert!(!idle.files.iter().any(|file| file.ends_with(STORED_AS)));
        fs::write(store.folder.join(".new-x"), b"half").unwrap();
        assert_eq!(state.idle_pictures(later, day).unwrap().files.len(), 3);
        // Kept again, it is as young as one that was never there.
        let file = fs::File::options()
            .write(true)
            .open(store.path(&name).unwrap())
            .unwrap();
        file.set_modified(SystemTime::now() - 3 * day).unwrap();
        let now = |state: &StateFolder| state.idle_pictures(SystemTime::now(), day).unwrap().files.len();
        assert_eq!(now(&state), 1);
        store.keep(b"picture").unwrap();
        assert_eq!(now(&state), 0);
    }
}

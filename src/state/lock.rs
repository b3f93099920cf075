//! Locks by the operating system: they end with the process that holds them, however it ends.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::{Doing, StateError};
use super::folder::{StateFolder, create_private_folder, private_file, sync_folder};
use crate::domain::RunId;

/// The right to work on one run, until dropped or until the process ends.
#[derive(Debug)]
pub struct RunLock {
    run: RunId,
    folder: PathBuf,
    _held: File,
}

impl RunLock {
    /// Takes the run, or says who has it ([`StateError::Busy`]). Makes the run's folder when it is not there.
    pub fn take(folder: &StateFolder, run: &RunId) -> Result<RunLock, StateError> {
        let run_folder = folder.run_folder(run);
        create_private_folder(&run_folder).doing("create the folder", &run_folder)?;
        Ok(RunLock {
            _held: take_file(&run_folder.join("lock"), || format!("run `{run}`"))?,
            run: run.clone(),
            folder: run_folder,
        })
    }

    /// The run this is the lock of.
    pub fn run(&self) -> &RunId {
        &self.run
    }

    /// Nobody goes on with this run any more: what it had not sent yet was given up.
    pub fn give_up(&self) -> Result<(), StateError> {
        self.mark(GIVEN_UP)
    }

    /// Somebody wanted to take the run back while nothing of it could be: whom it made nobody takes away.
    pub fn ask_back(&self) -> Result<(), StateError> {
        self.mark(ASKED_BACK)
    }

    fn mark(&self, name: &str) -> Result<(), StateError> {
        let path = self.folder.join(name);
        private_file()
            .create(true)
            .truncate(false)
            .open(&path)
            .and_then(|file| file.sync_all())
            .doing("create", &path)?;
        sync_folder(&self.folder).doing("write to the disk", &self.folder)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// The file that says that a run was given up.
const GIVEN_UP: &str = "given-up";

/// The file that says that somebody wanted to take a run back, and that nothing of it could be.
pub(super) const ASKED_BACK: &str = "asked-back";

impl StateFolder {
    /// Whether somebody gave up what the run had not sent yet.
    pub fn is_given_up(&self, run: &RunId) -> bool {
        self.run_folder(run).join(GIVEN_UP).exists()
    }
}

/// The right to write to one tenant from this state folder: two applies at once would overwrite each other unseen.
#[derive(Debug)]
pub struct TenantLock {
    _held: File,
}

impl TenantLock {
    /// Takes the tenant, or says who has it ([`StateError::Busy`]).
    pub fn take(folder: &StateFolder, tenant: &str) -> Result<TenantLock, StateError> {
        // A tenant is an id or a domain name; anything else is kept out of the file's name.
        let name: String = tenant
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .take(80)
            .collect();
        let path = folder.root().join(format!("apply-{name}.lock"));
        Ok(TenantLock {
            _held: take_file(&path, || format!("tenant `{tenant}`"))?,
        })
    }
}

/// Whether a living process holds the run in this folder.
pub(super) fn is_held(run_folder: &Path) -> Result<bool, StateError> {
    let path = run_folder.join("lock");
    let file = match private_file().open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).doing("open the lock file", &path),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error).doing("try the lock file", &path),
    }
}

/// Takes a lock that many may hold together. When nobody holds it, `alone` is done first, with nobody else coming in meanwhile.
pub(super) fn share(path: &Path, alone: impl FnOnce() -> Result<(), StateError>) -> Result<File, StateError> {
    let file = private_file()
        .create(true)
        .truncate(false)
        .open(path)
        .doing("open the lock file", path)?;
    match file.try_lock() {
        Ok(()) => {
            alone()?;
            file.unlock().doing("release the lock file", path)?;
        }
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error).doing("take the lock file", path),
    }
    // Waits at most for somebody else's `alone`.
    file.lock_shared().doing("take the lock file", path)?;
    Ok(file)
}

/// Somebody who only looks ([`is_held`]) holds the lock for an instant; that alone must not refuse an owner.
const TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_millis(10);

/// The lock file stays where it is: removing it would let two processes hold two files of one name.
pub(super) fn take_file(path: &Path, what: impl Fn() -> String) -> Result<File, StateError> {
    let mut file = private_file()
        .create(true)
        .truncate(false)
        .open(path)
        .doing("open the lock file", path)?;
    for tried in 1..=TRIES {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if tried < TRIES => std::thread::sleep(BETWEEN_TRIES),
            Err(TryLockError::WouldBlock) => {
                return Err(StateError::Busy {
                    what: what(),
                    owner: owner(&mut file),
                    path: path.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(error).doing("take the lock file", path),
        }
    }
    // The owner's process id is for the message only, so failing to write it is no reason to refuse.
    let _ = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| write!(file, "{}", std::process::id()));
    Ok(file)
}

/// The process id in the file; nothing where the system keeps others from reading a locked file.
fn owner(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> RunId {
        RunId::parse("run-20261123-150312-9f3a").unwrap()
    }

    #[test]
    fn a_run_is_worked_on_by_one_owner_at_a_time_and_the_refusal_names_it() {
        let place = tempfile::tempdir().unwrap();
        let folder = StateFolder::open(place.path().to_owned()).unwrap();
        let held = RunLock::take(&folder, &run()).unwrap();
        assert!(is_held(&folder.run_folder(&run())).unwrap());
        let error = RunLock::take(&folder, &run()).unwrap_err();
        assert!(
            error.to_string().contains("run `run-20261123-150312-9f3a`"),
            "{error}"
        );
        assert!(matches!(error, StateError::Busy { owner, .. } if owner == Some(std::process::id())));
        drop(held);
        assert!(!is_held(&folder.run_folder(&run())).unwrap());
        RunLock::take(&folder, &run()).unwrap();
    }

    #[test]
    fn a_run_that_was_given_up_stays_so() {
        let place = tempfile::tempdir().unwrap();
        let folder = StateFolder::open(place.path().to_owned()).unwrap();
        let held = RunLock::take(&folder, &run()).unwrap();
        assert!(!folder.is_given_up(&run()));
        held.give_up().unwrap();
        held.give_up().unwrap();
        drop(held);
        assert!(folder.is_given_up(&run()));
    }

    #[test]
    fn a_lock_file_left_by_a_dead_owner_does_not_block() {
        let place = tempfile::tempdir().unwrap();
        let folder = StateFolder::open(place.path().to_owned()).unwrap();
        std::fs::create_dir(folder.run_folder(&run())).unwrap();
        std::fs::write(folder.run_folder(&run()).join("lock"), "4242").unwrap();
        assert!(!is_held(&folder.run_folder(&run())).unwrap());
        RunLock::take(&folder, &run()).unwrap();
    }

    #[test]
    fn a_tenant_is_written_to_by_one_process_at_a_time() {
        let place = tempfile::tempdir().unwrap();
        let folder = StateFolder::open(place.path().to_owned()).unwrap();
        let held = TenantLock::take(&folder, "contoso.example").unwrap();
        assert!(matches!(
            TenantLock::take(&folder, "contoso.example"),
            Err(StateError::Busy { .. })
        ));
        drop(held);
        TenantLock::take(&folder, "contoso.example").unwrap();
    }
}

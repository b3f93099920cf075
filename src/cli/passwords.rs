//! Passwords of new users and of `reset-password`: made here, written into a file that only its owner can read, and nowhere else.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use ring::rand::{SecureRandom, SystemRandom};
use secrecy::SecretString;

use super::args::RunArgs;
use super::connect::Job;
use super::error::CliError;
use super::private_file::{PrivateFile, folder_of};
use crate::domain::{Change, Operation, Plan, first_password};
use crate::graph::{PasswordKeeper, Session};
use crate::report::counted;

/// Refuses a plan that makes users or resets passwords when there is nowhere to put their passwords.
///
/// # Errors
/// A usage error; nothing was written.
pub fn check(plan: &Plan, how: &RunArgs, session: &Session) -> Result<(), CliError> {
    let without = || {
        let users = plan.users().iter();
        users.filter(|user| !session.offers_password(&user.upn))
    };
    // A guest has no password.
    let new = without().filter(|user| user.is_made()).count();
    let resets = without()
        .filter(|user| user.changes.iter().any(Change::sets_password))
        .count();
    match &how.passwords {
        None if resets > 0 => Err(CliError::usage(format!(
            "the plan gives {}, and that must go somewhere",
            match resets {
                1 => "1 user a new password".to_owned(),
                _ => format!("{resets} users new passwords"),
            }
        ))
        .hint(HINT)),
        None if new > 0 => Err(CliError::usage(format!(
            "the plan makes {}, and first passwords must go somewhere",
            counted(new as u64, "user", "users")
        ))
        .hint(HINT)),
        // Also a link that leads nowhere is in the way of a new file.
        Some(path) if path.symlink_metadata().is_ok() => Err(taken(path)),
        Some(path) if new + resets > 0 => folder_is_there(path),
        _ => Ok(()),
    }
}

fn folder_is_there(path: &Path) -> Result<(), CliError> {
    let folder = folder_of(path);
    if folder.is_dir() {
        return Ok(());
    }
    Err(CliError::usage(format!(
        "there is no folder `{}` for the passwords; nothing was written",
        folder.display()
    ))
    .hint("make the folder, or name another file with `--passwords FILE`"))
}

const HINT: &str =
    "add `--passwords FILE`: a new file that only you can read; hand each password over, and delete the file";

fn taken(path: &Path) -> CliError {
    CliError::usage(format!(
        "`{}` is there already, and may hold passwords that somebody still needs",
        path.display()
    ))
    .hint("name a new file with `--passwords FILE`")
}

/// Whether some of these operations set a password that nobody has chosen. A guest has none.
pub fn are_set<'o>(session: &Session, mut operations: impl Iterator<Item = &'o Operation>) -> bool {
    operations.any(|one| one.sets_password() && !session.offers_password(&one.upn))
}

/// Refuses to go on with operations that set passwords when there is nowhere to put them.
///
/// # Errors
/// A usage error; nothing was written.
pub fn check_operations<'o>(
    how: &RunArgs,
    session: &Session,
    operations: impl Iterator<Item = &'o Operation>,
) -> Result<(), CliError> {
    match &how.passwords {
        None if are_set(session, operations) => Err(CliError::usage(
            "this run sets passwords, and these must go somewhere",
        )
        .hint("add `--passwords FILE`: a new file that only you can read")),
        _ => Ok(()),
    }
}

/// Opens the file when some of these operations set a password; call it before the journal says that a run has begun.
///
/// # Errors
/// The file cannot be made.
pub fn begin<'o>(
    job: Job<'_>,
    how: &RunArgs,
    operations: impl Iterator<Item = &'o Operation> + Clone,
) -> Result<(), CliError> {
    let session = &job.connected.session;
    check_operations(how, session, operations.clone())?;
    let Some(path) = how.passwords.as_ref().filter(|_| are_set(session, operations)) else {
        return Ok(());
    };
    let keeper = PasswordFile::create(path)?;
    session.keep_passwords(Arc::new(keeper));
    job.context.output.say(&format!(
        "New passwords go into {}; hand over those whose rows the report calls updated, and delete it.",
        path.display()
    ));
    Ok(())
}

/// A file with a line for each user who gets a password.
struct PasswordFile {
    inner: Mutex<Inner>,
    random: SystemRandom,
}

struct Inner {
    file: PrivateFile,
    known: HashMap<String, SecretString>,
}

impl fmt::Debug for PasswordFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordFile").finish_non_exhaustive()
    }
}

impl PasswordFile {
    fn create(path: &Path) -> Result<PasswordFile, CliError> {
        let file = PrivateFile::create(path, ["userPrincipalName", "password"], taken)?;
        Ok(PasswordFile {
            inner: Mutex::new(Inner {
                file,
                known: HashMap::new(),
            }),
            random: SystemRandom::new(),
        })
    }
}

impl PasswordKeeper for PasswordFile {
    fn password(&self, upn: &str) -> Result<SecretString, String> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = inner.known.get(upn) {
            return Ok(known.clone());
        }
        let mut failed = false;
        let mut bytes = [0_u8; 64];
        let mut left = 0;
        let password = first_password(|| {
            if left == 0 {
                failed |= self.random.fill(&mut bytes).is_err();
                left = bytes.len();
            }
            left -= 1;
            bytes.get(left).copied().unwrap_or_default()
        });
        if failed {
            return Err("this computer gives no random numbers for a password".to_owned());
        }
        // On the disk before the request leaves: an account whose password nobody knows helps nobody.
        if let Err(error) = inner.file.add([upn, &password]) {
            return Err(format!(
                "cannot write the password into `{}`: {error}",
                inner.file.path().display()
            ));
        }
        let secret = SecretString::from(password);
        inner.known.insert(upn.to_owned(), secret.clone());
        Ok(secret)
    }
}

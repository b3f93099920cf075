//! Passwords of new users and of `reset-password`: made here, written into a file that only its owner can read, and nowhere else.

use std::collections::HashMap;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ring::rand::{SecureRandom, SystemRandom};
use secrecy::SecretString;

use super::args::RunArgs;
use super::connect::Job;
use super::error::CliError;
use crate::catalogue::AccountPart;
use crate::domain::{Change, Operation, Plan, first_password};
use crate::graph::{PasswordKeeper, Session};
use crate::table::{SheetWriter, WriteStyle};

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
        .filter(|user| user.changes.iter().any(sets_password))
        .count();
    match &how.passwords {
        None if resets > 0 => Err(CliError::usage(format!(
            "the plan gives {resets} users new passwords, and these must go somewhere"
        ))
        .hint(HINT)),
        None if new > 0 => Err(CliError::usage(format!(
            "the plan makes {new} users, and their first passwords must go somewhere"
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

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

const HINT: &str =
    "add `--passwords FILE`: a new file that only you can read; hand each password over, and delete the file";

/// Whether a change is a new password for somebody who is there.
fn sets_password(change: &Change) -> bool {
    change.attribute.account_part() == Some(AccountPart::Password)
}

fn taken(path: &Path) -> CliError {
    CliError::usage(format!(
        "`{}` is there already, and may hold passwords that somebody still needs",
        path.display()
    ))
    .hint("name a new file with `--passwords FILE`")
}

/// Whether some of these operations set a password that nobody has chosen. A guest has none.
pub fn are_set<'o>(session: &Session, mut operations: impl Iterator<Item = &'o Operation>) -> bool {
    operations.any(|one| {
        let is_made_with_one = one.makes_the_user() && one.invitation().is_none();
        (is_made_with_one || one.changes().iter().any(sets_password)) && !session.offers_password(&one.upn)
    })
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
    path: PathBuf,
    inner: Mutex<Inner>,
    random: SystemRandom,
}

struct Inner {
    file: File,
    known: HashMap<String, SecretString>,
}

impl fmt::Debug for PasswordFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordFile").finish_non_exhaustive()
    }
}

/// One line of the file. A password stands as it is, without a guard: it is to be typed.
pub(super) fn line(cells: [&str; 2]) -> io::Result<Vec<u8>> {
    let mut sheet = SheetWriter::new(Vec::new(), WriteStyle::programs())?;
    sheet.write_row(cells)?;
    Ok(sheet.finish()?.0)
}

/// A new file that only its owner can read, with its header.
///
/// # Errors
/// It cannot be made; `taken` says that it is there already.
pub(super) fn private_file(
    path: &Path,
    header: [&str; 2],
    taken: fn(&Path) -> CliError,
) -> Result<File, CliError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let cannot = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => taken(path),
        _ => CliError::usage(format!("cannot make `{}`: {error}", path.display())),
    };
    let mut file = options.open(path).map_err(cannot)?;
    let header = line(header).map_err(cannot)?;
    file.write_all(&header).map_err(cannot)?;
    // The name of the file must be on the disk too.
    #[cfg(unix)]
    {
        let folder = File::open(folder_of(path));
        folder.and_then(|folder| folder.sync_all()).map_err(cannot)?;
    }
    Ok(file)
}

/// Writes all of it or, as far as the disk allows, nothing: half a line would be the beginning of the next one.
pub(super) fn whole(file: &mut File, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let before = file.stream_position()?;
    write(file).inspect_err(|_| {
        let _ = file.set_len(before);
        let _ = file.seek(SeekFrom::Start(before));
    })
}

impl PasswordFile {
    fn create(path: &Path) -> Result<PasswordFile, CliError> {
        let file = private_file(path, ["userPrincipalName", "password"], taken)?;
        Ok(PasswordFile {
            path: path.to_owned(),
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
        let written = line([upn, &password]).and_then(|line| {
            whole(&mut inner.file, |file| {
                file.write_all(&line)?;
                file.sync_data()
            })
        });
        if let Err(error) = written {
            return Err(format!(
                "cannot write the password into `{}`: {error}",
                self.path.display()
            ));
        }
        let secret = SecretString::from(password);
        inner.known.insert(upn.to_owned(), secret.clone());
        Ok(secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_could_not_be_written_to_its_end_is_taken_back() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"first\n").unwrap();
        let full = whole(&mut file, |file| {
            file.write_all(b"half a li")?;
            Err(io::Error::other("no room"))
        });
        assert_eq!(full.unwrap_err().to_string(), "no room");
        whole(&mut file, |file| file.write_all(b"second\n")).unwrap();
        file.rewind().unwrap();
        assert_eq!(io::read_to_string(file).unwrap(), "first\nsecond\n");
    }

    #[test]
    fn a_line_of_the_file_is_quoted_where_it_must_be_and_guarded_never() {
        for (upn, password, expected) in [
            ("a@b.c", "=Ab1-cde", "a@b.c,=Ab1-cde\n"),
            ("a@b.c", "a,b\"c", "a@b.c,\"a,b\"\"c\"\n"),
            ("o'x@b.c", "+1", "o'x@b.c,+1\n"),
        ] {
            assert_eq!(line([upn, password]).unwrap(), expected.as_bytes());
        }
    }
}

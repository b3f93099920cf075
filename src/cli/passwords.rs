//! `--passwords FILE`: the one place where new passwords are written.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};

use super::args::RunArgs;
use super::error::CliError;
use crate::catalogue::AccountPart;
use crate::domain::{Operation, PASSWORD_CHARS, UserId, password};
use crate::graph::NewPasswords;

/// A file with one line for each password, on the disk before its request is sent.
#[derive(Debug)]
pub struct PasswordFile {
    path: PathBuf,
    inside: Mutex<Inside>,
}

#[derive(Debug)]
struct Inside {
    file: File,
    known: HashMap<UserId, SecretString>,
}

/// So many times random bytes are asked for; two of three make a password.
const TRIES: usize = 200;

/// The file for the passwords of these operations; none where no password is set.
///
/// # Errors
/// No file was named, or it is there already, or it cannot be made.
pub fn open<'o>(
    how: &RunArgs,
    mut operations: impl Iterator<Item = &'o Operation>,
) -> Result<Option<Arc<PasswordFile>>, CliError> {
    let sets_one = |operation: &Operation| {
        let mut changes = operation.changes().iter();
        changes.any(|change| change.attribute.account_part() == Some(AccountPart::Password))
    };
    if !operations.any(sets_one) {
        return Ok(None);
    }
    let Some(path) = &how.passwords else {
        return Err(
            CliError::usage("new passwords need a file of their own; nothing was written").hint(
                "name one that is not there yet: `--passwords FILE.csv`; only you can read it, and nothing else holds the passwords",
            ),
        );
    };
    let file = create(path).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AlreadyExists => {
                "it is there already, and passwords are never added to a file or written over one".to_owned()
            }
            _ => error.to_string(),
        };
        CliError::usage(format!(
            "the file for new passwords `{}` cannot be made: {why}; nothing was written",
            path.display()
        ))
        .hint("name another file with `--passwords FILE.csv`")
    })?;
    Ok(Some(Arc::new(PasswordFile {
        path: path.clone(),
        inside: Mutex::new(Inside {
            file,
            known: HashMap::new(),
        }),
    })))
}

/// A new file that only its owner may read, with its header.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(b"id,userPrincipalName,password\r\n")?;
    file.sync_all()?;
    Ok(file)
}

impl PasswordFile {
    /// What is said at the end of a run.
    pub fn told(&self) -> String {
        format!(
            "New passwords are in {}; a line counts where the report says that its row was updated. Hand them on and delete the file.",
            self.path.display()
        )
    }
}

impl NewPasswords for PasswordFile {
    fn for_user(&self, user: UserId, upn: &str) -> Result<SecretString, String> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = inside.known.get(&user) {
            return Ok(known.clone());
        }
        let made = make().ok_or("this computer gives no random numbers")?;
        let line = format!(
            "{user},\"{}\",{}\r\n",
            upn.replace('"', "\"\""),
            made.expose_secret()
        );
        let written = inside.file.write_all(line.as_bytes());
        written
            .and_then(|()| inside.file.sync_data())
            .map_err(|error| format!("the file for new passwords cannot be written: {error}"))?;
        inside.known.insert(user, made.clone());
        Ok(made)
    }
}

fn make() -> Option<SecretString> {
    let system = SystemRandom::new();
    (0..TRIES).find_map(|_| {
        let mut random = [0; PASSWORD_CHARS];
        system.fill(&mut random).ok()?;
        password(&random).map(SecretString::from)
    })
}

//! What is kept from one command to the next and must not lie in a file: the keyring of the operating system. On Linux that of the
//! kernel, which is never on a disk; on macOS the keychain; on Windows the credential manager.

use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error};
use secrecy::{ExposeSecret, SecretString};

/// How everything of ours is called there.
const SERVICE: &str = "dirsheet";
/// Something that is no secret, to see whether a keyring works.
const TRIAL: &str = "trial";
/// Under how many names.
const TRIALS: u32 = 16;

/// Where it is, for messages.
pub const KEYRING: &str = if cfg!(target_os = "linux") {
    "the keyring of the kernel (until the machine restarts, or a few days after the last use)"
} else if cfg!(target_os = "macos") {
    "the keychain"
} else if cfg!(windows) {
    "the credential manager of Windows"
} else {
    "a keyring"
};

/// The keyring of whoever runs the command.
pub struct Keyring {
    store: Arc<CredentialStore>,
}

impl Keyring {
    /// Opens it.
    ///
    /// # Errors
    /// Why there is none, in words that may be shown.
    pub fn open() -> Result<Keyring, String> {
        Ok(Keyring { store: store()? })
    }

    /// One that lives in this process.
    #[cfg(test)]
    pub fn in_memory() -> Result<Keyring, String> {
        let store = keyring_core::mock::Store::new().map_err(words)?;
        Ok(Keyring { store })
    }

    /// The same keyring once more.
    #[cfg(test)]
    pub fn again(&self) -> Keyring {
        Keyring {
            store: Arc::clone(&self.store),
        }
    }

    /// Opens it, and tries with something that is no secret whether it keeps what it is given: one that refuses in the middle may have
    /// taken it all the same.
    ///
    /// # Errors
    /// Why there is none, in words that may be shown.
    pub fn proved() -> Result<Keyring, String> {
        let keyring = Keyring::open()?;
        // Commands that run side by side do not meet, and a keyring that does not let go of it is not filled.
        let name = format!("{TRIAL}-{}", std::process::id() % TRIALS);
        let entry = keyring.entry(&name)?;
        let kept = entry
            .set_secret(TRIAL.as_bytes())
            .and_then(|()| entry.get_secret());
        let gone = entry.delete_credential();
        match kept {
            Ok(bytes) if bytes == TRIAL.as_bytes() => gone.map(|()| keyring).map_err(words),
            Ok(_) => Err("it gives back something else than it was given".to_owned()),
            Err(error) => Err(words(error)),
        }
    }

    /// What is kept under a name, if anything is.
    ///
    /// # Errors
    /// The keyring cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<SecretString>, String> {
        match self.entry(name)?.get_secret() {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(SecretString::from(text))),
                Err(_) => Err("what is kept there is not ours".to_owned()),
            },
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(words(error)),
        }
    }

    /// Keeps something under a name, in the place of what was there.
    ///
    /// # Errors
    /// The keyring does not take it.
    pub fn keep(&self, name: &str, secret: &SecretString) -> Result<(), String> {
        let bytes = secret.expose_secret().as_bytes();
        self.entry(name)?.set_secret(bytes).map_err(words)
    }

    /// Forgets everything that is kept under a name; false when nothing was. Sessions that run side by side may have kept one each.
    ///
    /// # Errors
    /// The keyring does not let go of it.
    pub fn forget(&self, name: &str) -> Result<bool, String> {
        let mut was_there = false;
        for _ in 0..TRIALS {
            match self.entry(name)?.delete_credential() {
                Ok(()) => was_there = true,
                Err(Error::NoEntry) => return Ok(was_there),
                Err(error) => return Err(words(error)),
            }
        }
        Err("it gives it back again and again".to_owned())
    }

    fn entry(&self, name: &str) -> Result<Entry, String> {
        Entry::new_in_store(&self.store, SERVICE, name).map_err(words)
    }
}

#[cfg(target_os = "linux")]
fn store() -> Result<Arc<CredentialStore>, String> {
    let store = linux_keyutils_keyring_store::Store::new().map_err(words)?;
    Ok(store)
}

#[cfg(target_os = "macos")]
fn store() -> Result<Arc<CredentialStore>, String> {
    let store = apple_native_keyring_store::keychain::Store::new().map_err(words)?;
    Ok(store)
}

#[cfg(windows)]
fn store() -> Result<Arc<CredentialStore>, String> {
    let store = windows_native_keyring_store::Store::new().map_err(words)?;
    Ok(store)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn store() -> Result<Arc<CredentialStore>, String> {
    Err("this operating system has no keyring that is known here".to_owned())
}

/// The error without what it may carry: some hold the very bytes.
fn words(error: Error) -> String {
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "what is kept there cannot be read".to_owned(),
        Error::TooLong(_, most) => format!("it takes no more than {most} bytes"),
        Error::Ambiguous(_) => "there are several of the same name".to_owned(),
        other => other.to_string(),
    }
}

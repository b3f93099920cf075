//! Secrets by reference: from a file, or from a command. They are never written into the configuration itself.

use std::path::Path;
use std::process::{Command, Stdio};

use secrecy::SecretString;

use super::raw::{ConfigError, RawProfile};

/// The client secret from the file or the command the profile names; `None` when it names neither.
pub(super) fn secret(profile: &RawProfile) -> Result<Option<SecretString>, ConfigError> {
    if let Some(path) = &profile.client_secret_file {
        return secret_from_file(path).map(Some);
    }
    if let Some(words) = &profile.client_secret_command {
        return secret_from_command(words).map(Some);
    }
    Ok(None)
}

/// The only line of a file.
///
/// # Errors
/// [`ConfigError::Secret`], with the file's name and never what stands in it.
pub fn secret_from_file(path: &Path) -> Result<SecretString, ConfigError> {
    let origin = format!("`{}`", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Secret {
        origin: origin.clone(),
        reason: error.to_string(),
    })?;
    one_line(&text, origin)
}

/// The only line that a program prints. It waits until the program ends.
///
/// # Errors
/// [`ConfigError::Secret`], with the program's name and never what it printed or got as arguments.
pub fn secret_from_command(words: &[String]) -> Result<SecretString, ConfigError> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(ConfigError::Secret {
            origin: "a command".to_owned(),
            reason: "the command is empty".to_owned(),
        });
    };
    let origin = format!("the command `{program}`");
    let failed = |reason: String| ConfigError::Secret {
        origin: origin.clone(),
        reason,
    };
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(format!("it ended with {}", output.status)));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| failed("it printed no text".to_owned()))?;
    one_line(&text, origin)
}

/// A line end at the end of a file or an answer is no part of the secret.
fn one_line(text: &str, origin: String) -> Result<SecretString, ConfigError> {
    let text = text.trim_end_matches(['\n', '\r']);
    if text.is_empty() || text.contains('\n') {
        return Err(ConfigError::Secret {
            origin,
            reason: "exactly one line is expected".to_owned(),
        });
    }
    Ok(SecretString::from(text.to_owned()))
}

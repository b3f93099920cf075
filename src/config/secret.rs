//! Secrets by reference: from a file, or from a command. They are never written into the configuration itself.

#[cfg(unix)]
use std::io::IsTerminal;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use secrecy::SecretString;

use super::raw::{ConfigError, RawProfile};

/// How long a program may take that prints a secret: it may ask a vault, and must not hold up a night for ever.
const COMMAND_MAX: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// No secret is longer.
const SECRET_BYTES_MAX: u64 = 64 * 1024;

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

/// The only line that a program prints within 30 s.
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
    let text = printed(program, arguments, COMMAND_MAX).map_err(|reason| ConfigError::Secret {
        origin: origin.clone(),
        reason,
    })?;
    one_line(&text, origin)
}

/// What a program prints, or why there is nothing to be had of it.
fn printed(program: &str, arguments: &[String], most: Duration) -> Result<String, String> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // With a group of its own all that it starts can be ended. At a terminal it stays in ours: another group may not ask there.
    #[cfg(unix)]
    if !std::io::stdin().is_terminal() {
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
    }
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let answer = drained(child.stdout.take());
    let complaint = drained(child.stderr.take());
    let end = Instant::now() + most;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if Instant::now() < end => std::thread::sleep(LOOK_AGAIN),
            Ok(None) => break None,
            Err(error) => return Err(error.to_string()),
        }
    };
    let left = end.saturating_duration_since(Instant::now()).max(LOOK_AGAIN);
    // What it started may hold its output open after its end.
    let (Some(status), Ok(text)) = (status, answer.recv_timeout(left)) else {
        end_all(&mut child);
        return Err(format!(
            "it did not end within {} s, and was ended",
            most.as_secs()
        ));
    };
    if !status.success() {
        let complained = complaint
            .recv_timeout(LOOK_AGAIN)
            .is_ok_and(|text| !text.is_empty());
        let more = match complained {
            true => {
                "; what it said on stderr is not shown, because it may hold the secret: run it by hand to see it"
            }
            false => "",
        };
        return Err(format!("it ended with {status}{more}"));
    }
    String::from_utf8(text).map_err(|_| "it printed no text".to_owned())
}

/// Reads a stream beside us to its end, and hands over its beginning.
fn drained(stream: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            let _read = stream.by_ref().take(SECRET_BYTES_MAX).read_to_end(&mut bytes);
            let _rest = std::io::copy(&mut stream, &mut std::io::sink());
        }
        // Nobody waits for it any more when the time is over.
        let _late = sender.send(bytes);
    });
    receiver
}

/// Ends a program, and on Unix what it started, as far as that stays in its group.
fn end_all(child: &mut Child) {
    #[cfg(unix)]
    if !std::io::stdin().is_terminal() {
        let group = format!("-{}", child.id());
        let kill = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        // Where there is no such program, the child alone is ended.
        drop(kill);
    }
    let _gone = child.kill();
    let _ended = child.wait();
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

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn said(script: &str, most: Duration) -> Result<String, String> {
        printed("sh", &["-c".to_owned(), script.to_owned()], most)
    }

    #[test]
    fn a_program_that_hangs_is_ended_with_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let alive = folder.path().join("alive");
        let most = Duration::from_secs(1);
        for (what, script) in [
            ("itself", format!("sleep 3; touch {}", alive.display())),
            (
                "its child",
                format!("(sleep 3; touch {}) ; true", alive.display()),
            ),
            (
                "its child holds the output",
                format!("(sleep 3; touch {}) & echo hush", alive.display()),
            ),
            ("without end", "yes".to_owned()),
        ] {
            let begin = Instant::now();
            let told = said(&script, most);
            assert_eq!(
                told,
                Err("it did not end within 1 s, and was ended".to_owned()),
                "{what}"
            );
            assert!(begin.elapsed() < Duration::from_secs(3), "{what}");
        }
        // A test at a terminal leaves what was started.
        if !std::io::stdin().is_terminal() {
            std::thread::sleep(Duration::from_secs(3));
            assert!(!alive.exists());
        }
    }

    #[test]
    fn what_a_program_complains_of_is_not_repeated() {
        let most = Duration::from_secs(20);
        let told = said("echo hush >&2; exit 3", most).unwrap_err();
        assert!(
            told.contains("exit status: 3") && told.contains("run it by hand"),
            "{told}"
        );
        assert!(!told.contains("hush"), "{told}");
        assert_eq!(said("echo warning >&2; echo hush", most), Ok("hush\n".to_owned()));
        let told = said("exit 4", most).unwrap_err();
        assert!(!told.contains("stderr"), "{told}");
    }
}

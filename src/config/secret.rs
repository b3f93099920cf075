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
/// How long what was killed may take to let go of its output.
const LAST_BYTES: Duration = Duration::from_millis(500);
/// No secret is longer.
const SECRET_BYTES_MAX: u64 = 64 * 1024;
const HELD: &str = "; something that it started goes on and holds its output open";

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

/// The password of the profile's certificate, from the file or the command it names; `None` when it names neither.
pub(super) fn certificate_password(profile: &RawProfile) -> Result<Option<SecretString>, ConfigError> {
    if let Some(path) = &profile.client_certificate_password_file {
        return secret_from_file(path).map(Some);
    }
    let words = profile.client_certificate_password_command.as_deref();
    words.map(secret_from_command).transpose()
}

/// The only line of a file.
///
/// # Errors
/// [`ConfigError::Secret`], with the file's name and never what stands in it.
pub fn secret_from_file(path: &Path) -> Result<SecretString, ConfigError> {
    let origin = format!("`{}`", path.display());
    let read = std::fs::read(path).map_err(|error| error.to_string());
    let text = read
        .and_then(|bytes| text_of(bytes, "it is"))
        .map_err(|reason| ConfigError::Secret {
            origin: origin.clone(),
            reason,
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
    // Its output first: as long as its end was not asked for, the number of its group is nobody else's.
    let Ok(text) = answer.recv_timeout(most) else {
        end_all(&mut child);
        // Whatever is left of it has left its group.
        let is_held = answer.recv_timeout(LAST_BYTES).is_err();
        return Err(late(most, if is_held { HELD } else { "" }));
    };
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < end => std::thread::sleep(LOOK_AGAIN),
            Ok(None) => {
                end_all(&mut child);
                return Err(late(most, ""));
            }
            Err(error) => {
                // Whether its number is still its own is not known: its group is left.
                let _gone = child.kill();
                return Err(error.to_string());
            }
        }
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
    if text.len() as u64 > SECRET_BYTES_MAX {
        return Err(format!(
            "it printed more than {} KiB, and no secret is so long",
            SECRET_BYTES_MAX / 1024
        ));
    }
    text_of(text, "it printed")
}

/// The text of a secret, without the mark that editors and shells of Windows put in front of it. `what`: what a message begins with.
///
/// # Errors
/// It is UTF-16, as Windows PowerShell writes with `>`, or no text. Nothing of it is told.
fn text_of(bytes: Vec<u8>, what: &str) -> Result<String, String> {
    let has_mark = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    // Plain letters in UTF-16 have a zero beside each.
    let alternates = |first: usize| bytes.iter().skip(first).step_by(2).all(|byte| *byte == 0);
    if has_mark || (bytes.len() > 3 && (alternates(0) != alternates(1))) {
        return Err(format!(
            "{what} UTF-16, which Windows PowerShell writes with `>`; write UTF-8 instead, in PowerShell with `Set-Content -Encoding ascii`"
        ));
    }
    let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    let text = text.ok_or_else(|| format!("{what} no text in UTF-8"))?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

fn late(most: Duration, more: &str) -> String {
    format!("it did not end within {} s, and was ended{more}", most.as_secs())
}

/// Reads a stream beside us to its end, and hands over its beginning: one byte more than any secret has.
fn drained(stream: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            let _read = stream.by_ref().take(SECRET_BYTES_MAX + 1).read_to_end(&mut bytes);
            let _rest = std::io::copy(&mut stream, &mut std::io::sink());
        }
        // Nobody waits for it any more when the time is over.
        let _late = sender.send(bytes);
    });
    receiver
}

/// Ends a program whose end was not asked for yet, and on Unix what it started, as far as that stays in its group.
fn end_all(child: &mut Child) {
    #[cfg(unix)]
    if !std::io::stdin().is_terminal() {
        crate::process::end_group(child.id());
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
mod text_tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_mark_in_front_is_no_part_of_a_secret_and_utf_16_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let utf16 = |mark: &[u16], text: &str| -> Vec<u8> {
            let units = mark.iter().copied().chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        };
        for (bytes, wanted) in [
            (b"hush\n".to_vec(), Ok("hush")),
            (b"\xef\xbb\xbfhush\r\n".to_vec(), Ok("hush")),
            ("\u{feff}\u{feff}hush".into(), Ok("\u{feff}hush")),
            (utf16(&[0xfeff], "hush\r\n"), Err("Set-Content -Encoding ascii")),
            (utf16(&[], "hush\r\n"), Err("UTF-16")),
            (b"\xfe\xff\0h\0u\0s\0h".to_vec(), Err("UTF-16")),
            (b"h\xfcsh".to_vec(), Err("no text in UTF-8")),
            (b"hu\0sh".to_vec(), Err("no text in UTF-8")),
            (b"\xef\xbb\xbf".to_vec(), Err("exactly one line")),
        ] {
            std::fs::write(&path, &bytes).unwrap();
            match (secret_from_file(&path), wanted) {
                (Ok(secret), Ok(wanted)) => assert_eq!(secret.expose_secret(), wanted),
                (Err(error), Err(words)) => {
                    let told = error.to_string();
                    assert!(told.contains(words) && !told.contains("h\u{0}u"), "{told}");
                }
                (other, _) => panic!("{bytes:?}: {other:?}"),
            }
        }
    }
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
            let told = said(&script, most).unwrap_err();
            // At a terminal its children are not ended.
            let is_whole =
                told == late(most, "") || std::io::stdin().is_terminal() && told == late(most, HELD);
            assert!(is_whole, "{what}: {told}");
            assert!(begin.elapsed() < Duration::from_secs(3), "{what}");
        }
        // What leaves the group cannot be ended, and that is told. (`setsid` is no part of every system.)
        let holder = "command -v setsid >/dev/null || { sleep 3; exit; }; setsid sleep 3 & echo hush";
        let told = said(holder, most).unwrap_err();
        let is_told = told == late(most, HELD);
        assert!(
            is_told || Command::new("setsid").arg("true").status().is_err(),
            "{told}"
        );
        // A test at a terminal leaves what was started.
        if !std::io::stdin().is_terminal() {
            std::thread::sleep(Duration::from_secs(3));
            assert!(!alive.exists());
        }
    }

    #[test]
    fn a_program_has_thirty_seconds() {
        assert_eq!(COMMAND_MAX.as_secs(), 30, "the documents say so");
    }

    #[test]
    fn more_than_a_secret_can_be_is_none_and_not_its_beginning() {
        let print = |bytes: u64| {
            said(
                &format!("head -c {bytes} /dev/zero | tr '\\0' x"),
                Duration::from_secs(20),
            )
        };
        assert_eq!(
            print(SECRET_BYTES_MAX).map(|text| text.len() as u64),
            Ok(SECRET_BYTES_MAX)
        );
        let told = print(SECRET_BYTES_MAX + 1).unwrap_err();
        assert_eq!(told, "it printed more than 64 KiB, and no secret is so long");
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

//! Which stream may speak: data on stdout, everything else on stderr, and `--quiet` decided in one place.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};

use super::args::{ColorChoice, Global};
use super::error::CliError;
use super::exit::Exit;
use crate::domain::{Contacts, Finding};
use crate::report::Paint;
use crate::terminal::{ProgressMode, somebody_can_be_asked};

/// How a command speaks.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    pub json: bool,
    /// How telephone numbers and addresses for signing in are told.
    pub contacts: Contacts,
    /// Data is held back: the command has its own to tell.
    holds_data: bool,
    quiet: bool,
    /// Nothing is said at all: the streams belong to the program that uses the library.
    is_silent: bool,
    progress: ProgressMode,
    color: ColorChoice,
}

impl Output {
    pub fn new(global: &Global) -> Output {
        Output {
            json: global.json,
            contacts: if global.show_contacts {
                Contacts::Shown
            } else {
                Contacts::Masked
            },
            holds_data: false,
            // Whoever reads events line by line wants nothing in between; errors are still said.
            quiet: global.quiet || global.progress == ProgressMode::Json,
            progress: global.progress,
            color: global.color,
            is_silent: false,
        }
    }

    /// Says nothing, whatever happens.
    pub fn silent() -> Output {
        Output {
            json: false,
            contacts: Contacts::Masked,
            holds_data: true,
            quiet: true,
            is_silent: true,
            progress: ProgressMode::Silent,
            color: ColorChoice::Never,
        }
    }

    /// Whether a person is there who sees what is said, and can answer.
    pub fn can_ask(self) -> bool {
        !self.is_silent && somebody_can_be_asked()
    }

    /// The same for a part of a command, whose data is not the command's.
    pub fn without_data(self) -> Output {
        Output {
            holds_data: true,
            ..self
        }
    }

    /// The same for the command as a whole.
    pub fn with_data(self) -> Output {
        Output {
            holds_data: false,
            ..self
        }
    }

    /// Findings as they are told.
    pub fn findings(&self, findings: Vec<Finding>) -> Vec<Finding> {
        match self.contacts {
            Contacts::Masked => findings,
            Contacts::Shown => findings.iter().map(Finding::revealed).collect(),
        }
    }

    /// Colours for stdout.
    pub fn paint(&self) -> Paint {
        Paint::new(self.colours(std::io::stdout().is_terminal()))
    }

    /// Colours for stderr.
    pub fn paint_error(&self) -> Paint {
        Paint::new(self.colours(std::io::stderr().is_terminal()))
    }

    fn colours(&self, is_terminal: bool) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => is_terminal && is_coloured(std::env::var_os),
        }
    }

    pub fn progress(&self) -> ProgressMode {
        if self.quiet && self.progress != ProgressMode::Json {
            ProgressMode::Silent
        } else {
            self.progress
        }
    }

    /// Data, as it is. A reader that has gone away (`| head`) ends the command in silence.
    pub fn data(&self, text: &str) -> Result<(), CliError> {
        if self.holds_data {
            return Ok(());
        }
        let mut stdout = std::io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(CliError::new(
                Exit::Unexpected,
                format!("cannot write to stdout: {error}"),
            )),
            _ => Ok(()),
        }
    }

    /// Data as JSON.
    pub fn json(&self, data: &serde_json::Value) -> Result<(), CliError> {
        self.data(&format!("{data:#}\n"))
    }

    /// Something for people, on stderr; `--quiet` silences it.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            self.complain(text);
        }
    }

    /// Something that must be said even to those who asked for quiet.
    pub fn complain(&self, text: &str) {
        if self.is_silent {
            return;
        }
        let mut stderr = std::io::stderr().lock();
        // Nobody is left to be told that stderr is gone.
        let _gone = stderr.write_all(text.as_bytes()).and_then(|()| {
            if text.ends_with('\n') {
                Ok(())
            } else {
                stderr.write_all(b"\n")
            }
        });
    }
}

/// What the environment says about colours on a terminal.
fn is_coloured(variable: impl Fn(&'static str) -> Option<OsString>) -> bool {
    let is_unwanted = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
    let is_dumb = variable("TERM").is_some_and(|terminal| terminal == "dumb");
    !is_unwanted && !is_dumb
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_uses_the_library_is_never_asked_wherever_it_runs() {
        assert!(!Output::silent().can_ask());
    }

    #[test]
    fn a_terminal_has_colours_unless_somebody_says_no_or_it_has_none() {
        let with = |set: &'static [(&str, &str)]| {
            is_coloured(move |name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            })
        };
        assert!(with(&[]) && with(&[("NO_COLOR", ""), ("TERM", "xterm")]));
        assert!(!with(&[("NO_COLOR", "1")]) && !with(&[("TERM", "dumb")]));
    }
}

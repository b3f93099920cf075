//! What is said beside a result, whatever was asked for: to people on stderr, to a program with a word for each kind.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::connect::Context;
use super::listener::{Heard, Listener};
use super::output::Output;

/// What a warning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarningKind {
    /// The guards of a profile do not count.
    GuardsElsewhere,
    /// The environment names another tenant than the profile.
    CrossedTenant,
    /// Others may read a file one signs in with.
    OpenSecret,
    /// Something stands around the client secret that is perhaps none of it.
    OddSecret,
    /// Cells of an export would be formulas in a spreadsheet.
    Formulas,
    /// Old snapshots stay where they are.
    SnapshotsKept,
    /// Guests hear nothing of their invitation, and nobody has their links.
    NoLinks,
    /// Links could not be written into their file.
    LinksLost,
    /// First passwords of a sheet are not there any more, and new ones are made.
    NewPasswords,
    /// Somebody else began the run.
    OtherHands,
    /// What is left to do needs a file for passwords, or the sheet that they are in.
    NeedsPasswords,
    /// What was written could not be read back, or does not show.
    NotProved,
    /// What a feed makes of an undo.
    UndoOfFeed,
    /// What an undone run had not sent is given up, or still could be sent.
    Unsent,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    pub kind: WarningKind,
    pub message: String,
}

/// What was said so far.
#[derive(Debug, Clone, Default)]
pub struct Said(Arc<Mutex<Vec<Warning>>>);

/// Says warnings, to whoever is there.
#[derive(Clone)]
pub struct Warner {
    output: Output,
    said: Said,
    listener: Option<Listener>,
}

impl Said {
    /// What was said since the last time.
    pub fn take(&self) -> Vec<Warning> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Context {
    /// Who says warnings.
    pub fn warner(&self) -> Warner {
        Warner {
            output: self.output,
            said: self.said.clone(),
            listener: self.listener.clone(),
        }
    }
}

impl Warner {
    /// Says it, also to those who asked for quiet.
    pub fn complain(&self, kind: WarningKind, text: &str) {
        self.output.complain(text);
        self.keep(kind, text);
    }

    /// Says it, but to no person who asked for quiet.
    pub fn say(&self, kind: WarningKind, text: &str) {
        self.output.say(text);
        self.keep(kind, text);
    }

    fn keep(&self, kind: WarningKind, text: &str) {
        // The command has said it, and nobody asks for it again.
        let Some(listener) = &self.listener else {
            return;
        };
        let message = text.strip_prefix("warning: ").unwrap_or(text).to_owned();
        let warning = Warning { kind, message };
        let mut said = self.said.0.lock().unwrap_or_else(PoisonError::into_inner);
        said.push(warning.clone());
        drop(said);
        listener.hear(Heard::Warned(warning));
    }
}

impl fmt::Debug for Warner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Warner").finish_non_exhaustive()
    }
}

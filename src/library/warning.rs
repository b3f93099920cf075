//! What is said beside a result.

use std::fmt;

use crate::cli::hosted;

/// What a warning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// The guards of a profile do not count, because it is about another tenant.
    GuardsElsewhere,
    /// `AZURE_TENANT_ID` in the environment is another tenant than that of the profile, which counts.
    CrossedTenant,
    /// Others may read a file one signs in with.
    OpenSecret,
    /// A blank, the end of a line or quotation marks stand around the client secret.
    OddSecret,
    /// Cells of an export begin like a formula, and are not guarded.
    Formulas,
    /// Old snapshots could not be removed.
    SnapshotsKept,
    /// Guests get neither a mail nor a link: [`ApplyOptions::invitations`](crate::ApplyOptions::invitations) keeps the links.
    NoLinks,
    /// Guests are invited, and their links could not be written into the file for them.
    LinksLost,
    /// First passwords that were in the sheet are not there any more, and new ones are made.
    NewPasswords,
    /// Somebody else began the run.
    OtherHands,
    /// What is left to do sets passwords: to go on, [`Directory::resume`](crate::Directory::resume) needs a file for them, or the sheet as
    /// it was.
    NeedsPasswords,
    /// What was written could not be read back, or does not show yet. [`Directory::resume`](crate::Directory::resume) looks again.
    NotProved,
    /// The run was one of a feed, whose next nights heed the undo, or do not.
    UndoOfFeed,
    /// The run that is taken back was not finished, and what of it was not sent is given up, or could still be sent.
    Unsent,
}

/// Something that is said beside a result, whatever was asked for; show it to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// What it is about.
    pub kind: WarningKind,
    /// The whole of it, for people. No secret is ever in it.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Warning {
    pub(super) fn of(warning: hosted::Warning) -> Warning {
        let kind = match warning.kind {
            hosted::WarningKind::GuardsElsewhere => WarningKind::GuardsElsewhere,
            hosted::WarningKind::CrossedTenant => WarningKind::CrossedTenant,
            hosted::WarningKind::OpenSecret => WarningKind::OpenSecret,
            hosted::WarningKind::OddSecret => WarningKind::OddSecret,
            hosted::WarningKind::Formulas => WarningKind::Formulas,
            hosted::WarningKind::SnapshotsKept => WarningKind::SnapshotsKept,
            hosted::WarningKind::NoLinks => WarningKind::NoLinks,
            hosted::WarningKind::LinksLost => WarningKind::LinksLost,
            hosted::WarningKind::NewPasswords => WarningKind::NewPasswords,
            hosted::WarningKind::OtherHands => WarningKind::OtherHands,
            hosted::WarningKind::NeedsPasswords => WarningKind::NeedsPasswords,
            hosted::WarningKind::NotProved => WarningKind::NotProved,
            hosted::WarningKind::UndoOfFeed => WarningKind::UndoOfFeed,
            hosted::WarningKind::Unsent => WarningKind::Unsent,
        };
        Warning {
            kind,
            message: warning.message,
        }
    }

    pub(super) fn all(warnings: Vec<hosted::Warning>) -> Vec<Warning> {
        warnings.into_iter().map(Warning::of).collect()
    }
}

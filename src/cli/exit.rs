//! The exit codes: a contract, reached by one exhaustive match.

use std::process::ExitCode;

/// What the help says of them: one a line, each shorter than a terminal is wide.
pub const EXIT_CODES: &str = "\
Exit codes:
    0  done, nothing left to do
    1  unexpected
    2  usage or configuration
    3  the sheet has errors, nothing written
    4  a guard refused, nothing written
    5  conflicts, nothing written
    6  some rows need work, or a cell could not be read
    7  sign-in or permission
    8  the service stayed unavailable or the deadline passed, resume possible
   20  `plan` or `diff --detailed-exitcode`: there are changes
   21  a sealed plan of a feed waits for approval
  130  interrupted, resume possible";

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, nothing left to do.
    Done,
    /// Something that should not happen.
    Unexpected,
    /// The command line or the configuration is wrong.
    Usage,
    /// The sheet has errors, and nothing was written.
    SheetErrors,
    /// A guard refused, and nothing was written.
    GuardRefused,
    /// There are conflicts, and nothing was written.
    Conflicts,
    /// The run is finished, and some rows failed.
    SomeFailed,
    /// Sign-in or a permission stands in the way.
    SignIn,
    /// The service stayed unavailable or the deadline passed; a run that began can be resumed.
    Unavailable,
    /// `plan --detailed-exitcode`: there are changes.
    Changes,
    /// A sealed plan of a feed waits for approval; nothing was written.
    Waiting,
    /// Interrupted; a run that began can be resumed.
    Interrupted,
}

impl Exit {
    pub const ALL: [Exit; 12] = [
        Exit::Done,
        Exit::Unexpected,
        Exit::Usage,
        Exit::SheetErrors,
        Exit::GuardRefused,
        Exit::Conflicts,
        Exit::SomeFailed,
        Exit::SignIn,
        Exit::Unavailable,
        Exit::Changes,
        Exit::Waiting,
        Exit::Interrupted,
    ];

    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Unexpected => 1,
            Exit::Usage => 2,
            Exit::SheetErrors => 3,
            Exit::GuardRefused => 4,
            Exit::Conflicts => 5,
            Exit::SomeFailed => 6,
            Exit::SignIn => 7,
            Exit::Unavailable => 8,
            Exit::Changes => 20,
            Exit::Waiting => 21,
            Exit::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn every_ending_has_a_code_of_its_own() {
        let mut codes: Vec<u8> = Exit::ALL.iter().map(|exit| exit.code()).collect();
        codes.dedup();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 8, 20, 21, 130]);
    }
}

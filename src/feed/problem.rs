//! What is wrong with a `FEED.toml`: where, what was found, what is allowed, what to do.

use std::fmt;

/// One thing that a person must put right in `FEED.toml` before the feed can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsProblem {
    /// The line of the file, from 1; `None` when it is about something that is not there at all.
    pub line: Option<usize>,
    /// The key, like `attributes.mobilePhone.value`; empty when the file is no TOML.
    pub key: String,
    /// What was found and what is allowed.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl fmt::Display for SettingsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

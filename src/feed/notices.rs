//! What became of telling somebody.

use serde::Serialize;

/// One notice: to whom, and whether it arrived. It changes nothing about the night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticeResult {
    /// Who was told, like `webhook 1 (hooks.example)`, `mail`, `ping`, `metrics`; never an address that is a secret.
    pub to: String,
    pub told: bool,
    /// Why it did not arrive, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl NoticeResult {
    /// For the ledger: `mail`, or `webhook 1 (hooks.example): not told, it answered 500`.
    pub fn in_words(&self) -> String {
        match &self.problem {
            None => self.to.clone(),
            Some(problem) => format!("{}: not told, {problem}", self.to),
        }
    }
}

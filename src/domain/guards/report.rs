//! What a guard says.

use serde::Serialize;

use super::{Limits, Permission};

/// What one guard counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuardReport {
    pub guard: &'static str,
    /// The column, for guards that count per column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    pub passed: bool,
    pub counted: u64,
    /// The limit in words.
    pub limit: String,
    /// Where the limit was set.
    pub origin: String,
    /// The flag that lifts it.
    pub flag: String,
    /// Whether everything the guard looks at could be read; where not, what is missing stands in the message.
    #[serde(skip_serializing_if = "is_true")]
    pub known: bool,
    /// One sentence: what was counted.
    pub message: String,
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_true(known: &bool) -> bool {
    *known
}

/// `1 user`, `2 users`.
pub(super) fn users(count: u64) -> String {
    format!("{count} {}", if count == 1 { "user" } else { "users" })
}

/// All refusals, or else the report that came closest to its limit.
pub(super) fn worst_or_refused(
    reports: Vec<GuardReport>,
    none: impl FnOnce() -> GuardReport,
) -> Vec<GuardReport> {
    let refused: Vec<GuardReport> = reports.iter().filter(|report| !report.passed).cloned().collect();
    if !refused.is_empty() {
        return refused;
    }
    vec![
        reports
            .into_iter()
            .max_by_key(|report| report.counted)
            .unwrap_or_else(none),
    ]
}

/// A guard that lets nothing pass unless its permission was given, with the word that gives it.
pub(super) fn gate(
    limits: &Limits,
    needed: Permission,
    guard: &'static str,
    word: &str,
    counted: u64,
    origin: &str,
    message: String,
) -> GuardReport {
    let allowed = limits.allowed.contains(&needed);
    let (limit, origin) = if allowed {
        ("allowed", "--allow")
    } else {
        ("0", origin)
    };
    GuardReport {
        guard,
        column: None,
        passed: allowed || counted == 0,
        counted,
        limit: limit.to_owned(),
        origin: origin.to_owned(),
        flag: format!("--allow {word}"),
        known: true,
        message,
    }
}

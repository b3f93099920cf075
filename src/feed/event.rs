//! What a night tells while it goes: one JSON object a line for programs that watch, one plain line for people. No names.

use serde::Serialize;

use super::{NightSummary, NoticeResult};
use crate::domain::ReadingWay;

/// The steps of a night that take time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NightStep {
    Resume,
    Source,
    Table,
    Directory,
    Gate,
    Mapping,
    Matching,
    Outcome,
    Apply,
    Ledger,
    Notices,
}

impl NightStep {
    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            NightStep::Resume => "taking interrupted runs to their end",
            NightStep::Source => "looking for the file",
            NightStep::Table => "reading the file",
            NightStep::Directory => "reading the directory",
            NightStep::Gate => "comparing the file with the last good one",
            NightStep::Mapping => "working out what each row means",
            NightStep::Matching => "finding whom each row is about",
            NightStep::Outcome => "writing the sheet of what differs",
            NightStep::Apply => "applying it",
            NightStep::Ledger => "recording the night",
            NightStep::Notices => "telling whoever wants to hear",
        }
    }
}

/// Something that happened in a night. The names are stable: `--progress json` prints them as they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum NightEvent<'a> {
    NightStarted {
        feed: &'a str,
        dry_run: bool,
    },
    NightStepFinished {
        feed: &'a str,
        step: NightStep,
        seconds: f64,
    },
    /// How everybody was read: `pages` one after another, `ranges` of names at the same time, or a `refresh` of what an earlier night
    /// read; and how many users changed meanwhile or since and were read by themselves.
    DirectoryRead {
        feed: &'a str,
        way: ReadingWay,
        users: u64,
        changed: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<&'a str>,
    },
    /// What the gate measured: a threshold, what was found, what is allowed.
    GateMeasured {
        feed: &'a str,
        rule: &'a str,
        found: &'a str,
        allowed: &'a str,
        passed: bool,
    },
    NoticeSent {
        feed: &'a str,
        #[serde(flatten)]
        notice: &'a NoticeResult,
    },
    NightFinished {
        #[serde(flatten)]
        night: &'a NightSummary,
    },
}

impl NightEvent<'_> {
    /// One line of JSON, without its end.
    pub fn json(&self) -> String {
        // The types hold texts and numbers only, which always become JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// One line for people; `None` for what only programs want.
    pub fn plain(&self) -> Option<String> {
        match self {
            NightEvent::NightStarted { feed, dry_run } => Some(format!(
                "feed {feed}: the night begins{}",
                if *dry_run { "; nothing will be written" } else { "" }
            )),
            NightEvent::NightStepFinished { step, seconds, .. } => {
                Some(format!("{}: done in {seconds:.1} s", step.title()))
            }
            NightEvent::DirectoryRead {
                way: ReadingWay::Refresh,
                users,
                changed,
                ..
            } => Some(format!(
                "{users} users, as the last night read them, and {changed} who changed since and were read again"
            )),
            NightEvent::DirectoryRead {
                users,
                why: Some(why),
                ..
            } => Some(format!("{users} users read anew: {why}")),
            NightEvent::GateMeasured {
                rule,
                found,
                allowed,
                passed: false,
                ..
            } => Some(format!("refused by {rule}: {found}; allowed: {allowed}")),
            NightEvent::NoticeSent { notice, .. } => notice
                .problem
                .as_ref()
                .map(|problem| format!("warning: {} was not told: {problem}", notice.to)),
            NightEvent::DirectoryRead { .. }
            | NightEvent::GateMeasured { .. }
            | NightEvent::NightFinished { .. } => None,
        }
    }
}

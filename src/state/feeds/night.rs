//! What is known of one night.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;

use super::passed::PassedOver;
use crate::domain::{RunId, UserId};

/// The number of a night in its ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NightId(pub i64);

/// The file of a night, as it was when the night began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NightFile {
    pub path: PathBuf,
    /// In lower-case hexadecimal digits.
    pub sha256: String,
    pub bytes: u64,
    pub modified: Timestamp,
}

/// How far a night is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NightStage {
    /// Its file is known, and nothing was written to the directory.
    Begun,
    /// Its run has an id, and may have a journal.
    Running,
    /// Its outcome is known; its file may still have to be moved, and people be told.
    Settled,
    Closed,
}

impl NightStage {
    pub(super) fn parse(text: &str) -> Option<NightStage> {
        Some(match text {
            "begun" => NightStage::Begun,
            "running" => NightStage::Running,
            "settled" => NightStage::Settled,
            "closed" => NightStage::Closed,
            _ => return None,
        })
    }
}

/// What became of a night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NightOutcome {
    /// Everything that differed was written.
    Done,
    /// Nothing differed.
    Nothing,
    /// Done, and rows need a person.
    NeedsPerson,
    /// The gate or a guard refused.
    Refused,
    /// A sealed plan waits for somebody to approve it.
    AwaitsApproval,
    /// Its sealed plan was overtaken by a newer file before anybody approved it.
    Withdrawn,
    /// It did not come to an end that could be called one of these: the file, the settings, the service.
    Failed,
    /// It was cut short before anything was written.
    Interrupted,
    /// There was no complete file.
    NoFile,
    /// The file was taken before.
    SeenBefore,
}

impl NightOutcome {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            NightOutcome::Done => "done",
            NightOutcome::Nothing => "nothing",
            NightOutcome::NeedsPerson => "needs-person",
            NightOutcome::Refused => "refused",
            NightOutcome::AwaitsApproval => "awaits-approval",
            NightOutcome::Withdrawn => "withdrawn",
            NightOutcome::Failed => "failed",
            NightOutcome::Interrupted => "interrupted",
            NightOutcome::NoFile => "no-file",
            NightOutcome::SeenBefore => "seen-before",
        }
    }

    pub(super) fn parse(text: &str) -> Option<NightOutcome> {
        [
            NightOutcome::Done,
            NightOutcome::Nothing,
            NightOutcome::NeedsPerson,
            NightOutcome::Refused,
            NightOutcome::AwaitsApproval,
            NightOutcome::Withdrawn,
            NightOutcome::Failed,
            NightOutcome::Interrupted,
            NightOutcome::NoFile,
            NightOutcome::SeenBefore,
        ]
        .into_iter()
        .find(|outcome| outcome.as_str() == text)
    }
}

/// A night as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Night {
    pub id: NightId,
    pub started_at: Timestamp,
    pub file: NightFile,
    pub stage: NightStage,
    pub run: Option<RunId>,
    /// The sealed plan.
    pub plan: Option<PathBuf>,
    /// As they were kept, JSON.
    pub figures: Option<String>,
    pub outcome: Option<NightOutcome>,
    pub exit_code: Option<u8>,
    pub counts: BTreeMap<String, u64>,
    pub note: Option<String>,
    pub finished_at: Option<Timestamp>,
    /// Its content is not taken again.
    pub processed: bool,
    /// Where its file is to go.
    pub target: Option<PathBuf>,
    /// Where its file is.
    pub moved_to: Option<PathBuf>,
    /// Who was told; `None` when it is not known that anybody was.
    pub told: Option<Vec<String>>,
}

/// How a night ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NightEnd {
    pub outcome: NightOutcome,
    pub exit_code: u8,
    pub counts: BTreeMap<String, u64>,
    pub plan: Option<PathBuf>,
    pub note: Option<String>,
    pub finished_at: Timestamp,
    /// Whether the content must not be taken again.
    pub processed: bool,
    /// Of a file that was taken: what the next is held against.
    pub good: Option<KeptFigures>,
    /// The fingerprint of the plan that waits for approval, also where the file is held against nothing.
    pub sealed: Option<String>,
    /// Who was missing, where the file counts for that.
    pub missing: Option<MissingTally>,
    /// The folder the file goes to: the archive or the quarantine.
    pub move_to: Option<PathBuf>,
    /// What a person took back and may be written from now on.
    pub released: Released,
    /// Older files that lay beside its own.
    pub passed: PassedOver,
    /// In which way it ended, where the same file may end in the same way at the next start: then one night stands for both.
    pub way: Option<String>,
}

/// What a person took back and may be written from now on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Released {
    /// Cells by user and attribute, each for a run that took it back.
    pub cells: Vec<(UserId, String, RunId)>,
    /// Runs that took others back and are gone, about which nobody is to be asked any more.
    pub gone: Vec<String>,
}

/// The figures of a file that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFigures {
    /// JSON.
    pub figures: String,
    pub prints: Vec<u8>,
    /// A person has let something of it pass: it is not held against nights before it, and neither is a later one.
    pub begins: bool,
    /// It is no good night yet: a sealed plan waits, or a run is not at its end.
    pub waits: bool,
    /// Of the sealed plan that waits.
    pub fingerprint: Option<String>,
}

/// A night whose figures are kept until what was to be written is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingNight {
    pub night: Night,
    /// Of its sealed plan; `None` for a run, and for plans of ledgers of earlier versions.
    pub fingerprint: Option<String>,
}

/// Everybody who was missing in the file of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingTally {
    pub day: Date,
    pub keys: Vec<String>,
    /// A person has let all of them pass: as long as they are missing, they are not too many.
    pub let_pass: bool,
}

/// What the last good night looked like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodNight {
    pub night: NightId,
    /// JSON.
    pub figures: String,
    pub prints: Vec<u8>,
}

/// A path as the ledger keeps it. One that is no text loses letters; then the file is not found again, and stays where it is.
pub(super) fn path_text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

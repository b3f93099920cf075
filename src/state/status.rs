//! The word of a row, derived from what the plan said of it and what became of its operations. Pure.

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::domain::{OperationResult, Outcome, RowStatus};

/// What the plan said of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowStanding {
    /// Every cell is already right.
    Unchanged,
    /// It has operations.
    Planned,
    /// Cells of it were changed by somebody else meanwhile. When other cells of the row still go, it has operations as well.
    Conflict,
    /// Held back whole (`--skip-errors`).
    Skipped,
}

impl RowStanding {
    const ALL: [RowStanding; 4] = [
        RowStanding::Unchanged,
        RowStanding::Planned,
        RowStanding::Conflict,
        RowStanding::Skipped,
    ];

    /// Its name in journals and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            RowStanding::Unchanged => "unchanged",
            RowStanding::Planned => "planned",
            RowStanding::Conflict => "conflict",
            RowStanding::Skipped => "skipped",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<RowStanding> {
        RowStanding::ALL
            .into_iter()
            .find(|standing| standing.as_str() == name)
    }
}

/// Which outcomes occur among the changes of an operation, of a result or of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Mix(u16);

impl Mix {
    /// The service took it.
    pub const ACCEPTED: Mix = Mix(1);
    /// The directory held it already, and this run may have sent it before. Journals before version 3 say so of [`Mix::SO_BEFORE`] too.
    pub const ALREADY_THERE: Mix = Mix(2);
    /// The service refused it.
    pub const REFUSED: Mix = Mix(4);
    /// Somebody else changed it meanwhile.
    pub const MOVED: Mix = Mix(8);
    /// It was never sent.
    pub const NOT_SENT: Mix = Mix(16);
    /// It may or may not have been stored.
    pub const IN_DOUBT: Mix = Mix(32);
    /// A read after the run showed it.
    pub const CONFIRMED: Mix = Mix(64);
    /// Accepted, and not visible when the run stopped looking.
    pub const NOT_VISIBLE: Mix = Mix(128);
    /// Accepted, and the directory holds something else.
    pub const LOST: Mix = Mix(256);
    /// The directory held it before this run sent anything for it.
    pub const SO_BEFORE: Mix = Mix(512);

    const ALL: Mix = Mix(1023);
    /// What this run brought about.
    const WRITTEN: Mix = Mix(Mix::ACCEPTED.0 | Mix::ALREADY_THERE.0 | Mix::CONFIRMED.0 | Mix::NOT_VISIBLE.0);
    /// What the directory holds as it was wanted, whoever did it.
    const DONE: Mix = Mix(Mix::WRITTEN.0 | Mix::SO_BEFORE.0);
    const OPEN: Mix = Mix(Mix::NOT_SENT.0 | Mix::IN_DOUBT.0);
    /// What only a request can bring about; the others can be known by reading or without asking.
    const BY_SENDING: Mix = Mix(Mix::ACCEPTED.0 | Mix::REFUSED.0 | Mix::IN_DOUBT.0 | Mix::PROVED.0);
    /// What a look at the directory makes of what was accepted.
    const PROVED: Mix = Mix(Mix::CONFIRMED.0 | Mix::NOT_VISIBLE.0 | Mix::LOST.0);
    /// What a look at the directory can still settle.
    const UNPROVED: Mix = Mix(Mix::ACCEPTED.0 | Mix::NOT_VISIBLE.0);

    /// The outcomes that occur in a result.
    pub fn of(result: &OperationResult) -> Mix {
        result
            .outcomes
            .iter()
            .map(|change| match change.outcome {
                Outcome::Accepted => Mix::ACCEPTED,
                Outcome::Confirmed => Mix::CONFIRMED,
                Outcome::NotVisible => Mix::NOT_VISIBLE,
                Outcome::Lost { .. } => Mix::LOST,
                Outcome::AlreadyThere {
                    after_send: Some(false),
                } => Mix::SO_BEFORE,
                Outcome::AlreadyThere { .. } => Mix::ALREADY_THERE,
                Outcome::Refused { .. } => Mix::REFUSED,
                Outcome::Moved { .. } => Mix::MOVED,
                Outcome::NotSent { .. } => Mix::NOT_SENT,
                Outcome::InDoubt { .. } => Mix::IN_DOUBT,
            })
            .fold(Mix::default(), Mix::and)
    }

    /// Both together.
    pub fn and(self, other: Mix) -> Mix {
        Mix(self.0 | other.0)
    }

    /// Whether any of these occurs.
    pub fn has(self, other: Mix) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether nothing occurs at all.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether nothing is left to do.
    pub fn is_final(self) -> bool {
        !self.is_empty() && !self.has(Mix::OPEN)
    }

    /// Whether something was accepted and no read has shown it yet.
    pub fn is_unproved(self) -> bool {
        self.has(Mix::UNPROVED)
    }

    /// Whether what counts as failed here was sent without an answer, and nothing was refused or lost.
    pub(super) fn is_only_in_doubt(self) -> bool {
        self.has(Mix::IN_DOUBT) && !self.has(Mix(Mix::REFUSED.0 | Mix::LOST.0))
    }

    /// Whether a look at the directory can turn this into the later mix: only what was accepted may have moved, and what was
    /// confirmed or lost stays so.
    pub(super) fn may_be_proved_as(self, later: Mix) -> bool {
        let others = |mix: Mix| mix.as_before_version_3().0 & !(Mix::ACCEPTED.0 | Mix::PROVED.0);
        let settled = Mix(self.0 & (Mix::CONFIRMED.0 | Mix::LOST.0));
        self.is_unproved()
            && others(self) == others(later)
            && settled.is_within(later)
            && later.has(Mix(Mix::ACCEPTED.0 | Mix::PROVED.0))
    }

    /// The part that needs a request.
    pub(super) fn by_sending(self) -> Mix {
        Mix(self.0 & Mix::BY_SENDING.0)
    }

    /// Whether everything here is there too.
    pub(super) fn is_within(self, other: Mix) -> bool {
        self.0 & !other.0 == 0
    }

    /// The same in the words of older journals, whose entries a proof of now may follow.
    fn as_before_version_3(self) -> Mix {
        if self.has(Mix::SO_BEFORE) {
            Mix(self.0 & !Mix::SO_BEFORE.0 | Mix::ALREADY_THERE.0)
        } else {
            self
        }
    }

    pub(super) fn to_number(self) -> u16 {
        self.0
    }

    /// `None` for a number that no mix has.
    pub(super) fn from_number(number: u16) -> Option<Mix> {
        Some(Mix(number)).filter(|mix| mix.is_within(Mix::ALL))
    }
}

/// The status of a row. `has_notes`: cells of it were held back, or something else is to be told. One item per operation of the
/// row; `None` for one that has no result yet.
pub fn row_status(standing: RowStanding, has_notes: bool, results: &[Option<&OperationResult>]) -> RowStatus {
    let mix = results
        .iter()
        .map(|result| result.map_or(Mix::NOT_SENT, Mix::of))
        .fold(Mix::default(), Mix::and);
    status_of_mix(standing, has_notes, mix)
}

/// The same over the mix of all operations of the row; empty when it has none.
pub(super) fn status_of_mix(standing: RowStanding, has_notes: bool, mix: Mix) -> RowStatus {
    match standing {
        RowStanding::Skipped => RowStatus::Skipped,
        RowStanding::Unchanged if has_notes => RowStatus::Skipped,
        RowStanding::Unchanged => RowStatus::Unchanged,
        RowStanding::Conflict if mix.has(Mix::WRITTEN) => RowStatus::Partial,
        RowStanding::Conflict if failed(mix) => RowStatus::Failed,
        RowStanding::Conflict => RowStatus::Conflict,
        RowStanding::Planned if mix.is_empty() && has_notes => RowStatus::Skipped,
        RowStanding::Planned if mix.is_empty() => RowStatus::NotSent,
        // Somebody else was faster with all of it: as if the plan had never meant these cells.
        RowStanding::Planned if mix.is_within(Mix::SO_BEFORE) && has_notes => RowStatus::Skipped,
        RowStanding::Planned if mix.is_within(Mix::SO_BEFORE) => RowStatus::Unchanged,
        RowStanding::Planned if mix.is_within(Mix::DONE) && !has_notes => RowStatus::Updated,
        RowStanding::Planned if mix.has(Mix::WRITTEN) => RowStatus::Partial,
        RowStanding::Planned if failed(mix) => RowStatus::Failed,
        // A person has to decide about a cell that moved; what was merely not sent can wait for that.
        RowStanding::Planned if mix.has(Mix::MOVED) => RowStatus::Conflict,
        RowStanding::Planned => RowStatus::NotSent,
    }
}

/// "Not sent" would be untrue of a request that got no answer, so what is in doubt counts as failed until it is decided.
fn failed(mix: Mix) -> bool {
    mix.has(Mix::REFUSED) || mix.has(Mix::IN_DOUBT) || mix.has(Mix::LOST)
}

/// How many rows have each status. In JSON an object with one number per status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatusCounts([u64; RowStatus::ALL.len()]);

impl StatusCounts {
    /// Counts one more row.
    pub fn add(&mut self, status: RowStatus) {
        self.0[status as usize] += 1;
    }

    /// The rows with this status.
    pub fn of(&self, status: RowStatus) -> u64 {
        self.0[status as usize]
    }

    /// All rows of the sheet.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Every status with its number, zeros included, in the order in which they are shown.
    pub fn iter(&self) -> impl Iterator<Item = (RowStatus, u64)> + '_ {
        RowStatus::ALL.into_iter().map(|status| (status, self.of(status)))
    }
}

impl Serialize for StatusCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(RowStatus::ALL.len()))?;
        for (status, rows) in self.iter() {
            map.serialize_entry(status.as_str(), &rows)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for StatusCounts {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<StatusCounts, D::Error> {
        let map = std::collections::BTreeMap::<RowStatus, u64>::deserialize(deserializer)?;
        let mut counts = StatusCounts::default();
        for (status, rows) in map {
            counts.0[status as usize] = rows;
        }
        Ok(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Mix = Mix::ACCEPTED;
    const T: Mix = Mix::ALREADY_THERE;
    const R: Mix = Mix::REFUSED;
    const M: Mix = Mix::MOVED;
    const N: Mix = Mix::NOT_SENT;
    const D: Mix = Mix::IN_DOUBT;
    const C: Mix = Mix::CONFIRMED;
    const V: Mix = Mix::NOT_VISIBLE;
    const L: Mix = Mix::LOST;
    const S: Mix = Mix::SO_BEFORE;

    #[test]
    fn the_status_of_a_row_follows_from_the_plan_and_its_outcomes() {
        use RowStanding::{Conflict, Planned, Skipped, Unchanged};
        let none = Mix::default();
        for (standing, notes, mixes, expected) in [
            (Unchanged, false, vec![none], RowStatus::Unchanged),
            (Unchanged, true, vec![none], RowStatus::Skipped),
            (Skipped, false, vec![none], RowStatus::Skipped),
            (Skipped, true, vec![none], RowStatus::Skipped),
            (Planned, false, vec![A], RowStatus::Updated),
            (Planned, false, vec![T], RowStatus::Updated),
            (Planned, false, vec![A, T], RowStatus::Updated),
            (Planned, true, vec![A], RowStatus::Partial),
            (Planned, false, vec![A, R], RowStatus::Partial),
            (Planned, false, vec![A, M], RowStatus::Partial),
            (Planned, false, vec![A, N], RowStatus::Partial),
            (Planned, false, vec![T, D], RowStatus::Partial),
            (Planned, false, vec![R], RowStatus::Failed),
            (Planned, true, vec![R, M, N], RowStatus::Failed),
            (Planned, false, vec![D], RowStatus::Failed),
            (Planned, false, vec![D, N], RowStatus::Failed),
            (Planned, false, vec![M], RowStatus::Conflict),
            (Planned, false, vec![M, N], RowStatus::Conflict),
            (Planned, false, vec![N], RowStatus::NotSent),
            (Planned, true, vec![N], RowStatus::NotSent),
            (Planned, false, vec![none], RowStatus::NotSent),
            (Planned, true, vec![none], RowStatus::Skipped),
            (Conflict, false, vec![none], RowStatus::Conflict),
            (Conflict, true, vec![none], RowStatus::Conflict),
            (Conflict, false, vec![A], RowStatus::Partial),
            (Conflict, false, vec![R], RowStatus::Failed),
            (Conflict, false, vec![N], RowStatus::Conflict),
            (Planned, false, vec![C], RowStatus::Updated),
            (Planned, false, vec![V], RowStatus::Updated),
            (Planned, false, vec![A, C, V, T], RowStatus::Updated),
            (Planned, true, vec![C], RowStatus::Partial),
            (Planned, false, vec![L], RowStatus::Failed),
            (Planned, false, vec![L, M, N], RowStatus::Failed),
            (Planned, false, vec![C, L], RowStatus::Partial),
            (Planned, false, vec![V, L], RowStatus::Partial),
            (Planned, false, vec![C, R], RowStatus::Partial),
            (Conflict, false, vec![C], RowStatus::Partial),
            (Conflict, false, vec![L], RowStatus::Failed),
            (Planned, false, vec![S], RowStatus::Unchanged),
            (Planned, true, vec![S], RowStatus::Skipped),
            (Planned, false, vec![S, A], RowStatus::Updated),
            (Planned, true, vec![S, C], RowStatus::Partial),
            (Planned, false, vec![S, R], RowStatus::Failed),
            (Planned, false, vec![S, D], RowStatus::Failed),
            (Planned, false, vec![S, M], RowStatus::Conflict),
            (Planned, false, vec![S, N], RowStatus::NotSent),
            (Conflict, false, vec![S], RowStatus::Conflict),
            (Conflict, false, vec![S, A], RowStatus::Partial),
        ] {
            let mix = mixes.iter().copied().fold(Mix::default(), Mix::and);
            assert_eq!(
                status_of_mix(standing, notes, mix),
                expected,
                "{standing:?}, notes {notes}, {mixes:?}"
            );
        }
    }

    #[test]
    fn a_proof_may_follow_a_result_of_an_older_journal_that_had_one_word_for_two() {
        assert!(A.and(T).may_be_proved_as(C.and(S)));
        assert!(A.and(S).may_be_proved_as(C.and(S)));
        assert!(!A.may_be_proved_as(C.and(S)));
        assert_eq!(Mix::from_number(1023), Some(Mix::ALL));
        assert_eq!(Mix::from_number(1024), None);
    }

    #[test]
    fn an_operation_without_a_result_was_not_sent() {
        assert_eq!(
            row_status(RowStanding::Planned, false, &[None]),
            RowStatus::NotSent
        );
        assert_eq!(
            row_status(RowStanding::Unchanged, false, &[]),
            RowStatus::Unchanged
        );
    }

    #[test]
    fn counts_survive_json_and_every_status_has_a_place_of_its_own() {
        let mut counts = StatusCounts::default();
        for (times, status) in RowStatus::ALL.into_iter().enumerate() {
            (0..=times).for_each(|_| counts.add(status));
        }
        assert_eq!(counts.total(), 28);
        let json = serde_json::to_string(&counts).unwrap();
        assert!(json.starts_with(r#"{"updated":1,"partial":2,"#), "{json}");
        assert_eq!(serde_json::from_str::<StatusCounts>(&json).unwrap(), counts);
    }
}

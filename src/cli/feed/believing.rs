//! What a night leaves as the measure of later ones, and when it leaves nothing.

use super::night::{Ended, Night};
use super::remembering::last_good;
use super::undone::Undone;
use crate::feed::gate::Counted;
use crate::feed::{Decided, NightOutcome, Unbelieved};
use crate::report::counted;
use crate::state::{KeptFigures, Ledger, MissingTally};

/// What the ledger is told of a file that passed the gate.
#[derive(Default)]
pub struct Good {
    pub counted: Option<Counted>,
    /// A person has let pass what parts it from the files before it.
    pub begins: bool,
    /// Of most of its rows nothing was believed, so it is no measure: with how many rows it has about people.
    mostly_dead: Option<u64>,
    pub missing: Option<MissingTally>,
    /// What was taken back of earlier runs.
    pub undone: Undone,
}

impl Good {
    /// Whether nothing was believed of more than half of the rows that are about people. Only a file that a person has let pass may be
    /// of that kind: of any other the gate has found that it is like those before it.
    pub fn weigh(&mut self, unbelieved: &Unbelieved, unreadable: u64, decided: &Decided, night: &Night) {
        let counts = &night.summary.counts;
        let rows = counts.rows.saturating_sub(counts.left_out);
        self.mostly_dead = match self.begins {
            true => unbelieved.most_of(rows, unreadable, decided),
            false => None,
        };
    }

    /// Says that no later file is held against this one. The night has written, so it fails no more.
    pub fn tell(&self, ledger: &Ledger, ended: &mut Ended) {
        let Some(rows) = self.mostly_dead.filter(|_| self.counted.is_some()) else {
            return;
        };
        ended.message = format!(
            "{}; nothing was believed of most of {}, so no later file is held against this one",
            ended.message,
            counted(rows, "row", "rows")
        );
        ended.help.push(match last_good(ledger, 1).ok().flatten() {
            Some(last) => format!(
                "the next file is held against the last good one, of {:.0}, as this one was",
                last.figures.file.modified
            ),
            None => "the next file is a first one again, and needs `--go`".to_owned(),
        });
    }
}

/// Whether the file of a night that ends so was taken.
pub fn is_taken(outcome: NightOutcome) -> bool {
    matches!(
        outcome,
        NightOutcome::Written | NightOutcome::Unchanged | NightOutcome::NeedsPerson | NightOutcome::Waiting
    )
}

/// What is kept of a file that passed; with the fingerprint of its plan, where one waits.
pub fn kept(good: &Good, fingerprint: Option<String>) -> Option<KeptFigures> {
    let passed = good.counted.as_ref().filter(|_| good.mostly_dead.is_none());
    passed.map(|counted| KeptFigures {
        figures: serde_json::to_string(&counted.figures).unwrap_or_default(),
        prints: counted.prints.to_bytes(),
        begins: good.begins,
        waits: false,
        fingerprint,
    })
}

//! What a night leaves as the measure of later ones, and when it leaves nothing.

use super::night::{Ended, Night};
use super::remembering::last_good;
use super::undone::Undone;
use crate::cli::error::CliError;
use crate::feed::gate::Counted;
use crate::report::counted;
use crate::state::{KeptFigures, Ledger, MissingTally};

/// What the ledger is told of a file that passed the gate.
#[derive(Default)]
pub struct Good {
    pub counted: Option<Counted>,
    /// A person has let pass what parts it from the files before it.
    pub begins: bool,
    /// Most of its rows are dead letters, so it is no measure: with how many people it is about.
    mostly_dead: Option<u64>,
    pub missing: Option<MissingTally>,
    /// What was taken back of earlier runs.
    pub undone: Undone,
}

/// So few dead letters are never most of a file.
const FEW: u64 = 3;

impl Good {
    /// Whether more than half of the rows that are about people are dead letters; `gone` are rows of those who have left long ago.
    pub fn weigh_letters(&mut self, letters: u64, gone: u64, night: &Night) {
        let counts = &night.summary.counts;
        let rows = counts.rows.saturating_sub(counts.left_out + gone);
        self.mostly_dead = (letters > FEW && letters * 2 > rows).then_some(rows);
    }

    /// Says that no later file is held against this one.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn tell(&self, ledger: &Ledger, ended: &mut Ended) -> Result<(), CliError> {
        let Some(rows) = self.mostly_dead.filter(|_| self.counted.is_some()) else {
            return Ok(());
        };
        ended.message = format!(
            "{}; that is most of {}, so no later file is held against this one",
            ended.message,
            counted(rows, "row", "rows")
        );
        ended.help.push(match last_good(ledger, 1)? {
            Some(last) => format!(
                "the next file is held against the last good one, of {:.0}, as this one was",
                last.figures.file.modified
            ),
            None => "the next file is a first one again, and needs `--go`".to_owned(),
        });
        Ok(())
    }
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

//! The runs that took runs of a feed back: none may be missing, or a night would write again what a person said no to.

use std::collections::{BTreeSet, HashSet};

use crate::cli::args::FeedRunArgs;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::domain::RunId;
use crate::feed::feed_of;
use crate::state::{Ledger, StateError, StateFolder, Undos};

/// The runs that took runs of a feed back, all of them readable and none of them lost.
#[derive(Debug, Default)]
pub struct OfFeed {
    pub undos: Undos,
    /// Runs of the feed that a person took back or wanted to.
    pub runs: BTreeSet<RunId>,
    /// Seen by an earlier start and gone; somebody says that HR is right.
    pub gone: Vec<String>,
}

impl OfFeed {
    /// Looks for them, and keeps in the ledger which there are.
    ///
    /// # Errors
    /// A run cannot be read, or one that an earlier start has seen is gone: then nobody knows what must not be written.
    pub fn look(
        state: &StateFolder,
        ledger: &mut Ledger,
        feed: &str,
        arguments: &FeedRunArgs,
    ) -> Result<OfFeed, CliError> {
        let undos = state.undos()?.all_readable().map_err(unreadable)?;
        let own: Vec<_> = undos
            .runs()
            .iter()
            .filter(|undo| feed_of(&undo.sheet) == Some(feed))
            .cloned()
            .collect();
        let seen = ledger.seen_undos()?;
        let is_there = |id: &str| RunId::parse(id).is_some_and(|id| undos.has(&id));
        let gone: Vec<&(String, String)> = seen.iter().filter(|(id, _)| !is_there(id)).collect();
        let is_overruled = arguments.write_undone && arguments.file.is_some();
        if let Some((id, of)) = gone.first().filter(|_| !is_overruled) {
            return Err(lost(id, of, state));
        }
        for undo in own.iter().filter(|_| !is_overruled) {
            let is_seen = seen.iter().any(|(id, _)| id == undo.id.as_str());
            // A run that is gone may have been one that takes another back itself.
            if !is_seen && !undos.has(&undo.of) && !ledger.is_run_of_a_night(&undo.of)? {
                return Err(lost(undo.of.as_str(), undo.id.as_str(), state));
            }
        }
        ledger.see_undos(own.iter().map(|undo| (&undo.id, &undo.of)))?;
        let of_undos: HashSet<&RunId> = own.iter().map(|undo| &undo.id).collect();
        let taken = own.iter().map(|undo| &undo.of);
        let asked = undos.asked().iter();
        let asked = asked.filter(|(_, sheet)| feed_of(sheet) == Some(feed));
        let runs = taken.chain(asked.map(|(run, _)| run));
        let runs =
            runs.filter(|run| !of_undos.contains(run) && !seen.iter().any(|(id, _)| id == run.as_str()));
        Ok(OfFeed {
            runs: runs.cloned().collect(),
            gone: gone.into_iter().map(|(id, _)| id.clone()).collect(),
            undos,
        })
    }

    /// Whether some of this run is put back.
    ///
    /// # Errors
    /// A journal cannot be read.
    pub fn is_taken_back(&self, state: &StateFolder, run: &RunId) -> Result<bool, StateError> {
        Ok(!self.undos.put_back(state, run)?.is_empty())
    }
}

fn unreadable(error: StateError) -> CliError {
    CliError::new(
        Exit::Unexpected,
        format!("a run cannot be read, so it is not known what a person took back of this feed: {error}; nothing was written"),
    )
    .hint("let the user of the feed read the whole state folder (an `undo` that another user has typed, as with `sudo`, leaves a folder that is theirs); a folder of `runs` that is damaged and has nothing to do with the feed can be moved away")
}

fn lost(id: &str, other: &str, state: &StateFolder) -> CliError {
    CliError::new(
        Exit::Unexpected,
        format!(
            "`{id}`, by which a person took something of this feed back (with `{other}`), is not in `{}` any more, so it is not known what must not be written; nothing was written",
            state.root().join("runs").display()
        ),
    )
    .hint(format!(
        "put the folder `{id}` back; if HR is right in everything, `dirsheet feed run FEED.toml --file FILE --write-undone` writes it all again and asks no more for a run that took another back"
    ))
}

//! In which order a listing walks through the users, and from where.

use super::{
    directory::{Directory, ranks::Range},
    pager::Cursor,
};
use std::sync::Arc;
use tokio::time::Instant;

/// The order in which a listing walks through the users.
#[derive(Debug)]
pub(super) enum Sequence {
    /// As they came, or sorted.
    Places(Option<Arc<Vec<u32>>>),
    /// By a name, between two names.
    Names { slot: u8, range: Range },
}

impl Sequence {
    /// The users from a place on, each with its place in the sequence.
    pub(super) fn steps<'a>(
        &'a self,
        directory: &'a Directory,
        from: Option<&Cursor>,
        stale: Option<Instant>,
    ) -> Box<dyn Iterator<Item = (usize, u32)> + 'a> {
        match (self, from) {
            (Sequence::Places(sorted), from) => {
                let start = match from {
                    Some(Cursor::At(at)) => *at,
                    _ => 0,
                };
                match sorted {
                    Some(places) => Box::new(places.iter().copied().enumerate().skip(start)),
                    None => Box::new((start..directory.len()).map(|at| (at, at as u32))),
                }
            }
            (Sequence::Names { slot, range }, from) => {
                let from = match from {
                    Some(Cursor::Step(step)) => Some(step),
                    _ => None,
                };
                Box::new(directory.walk(*slot, range, from, stale).map(|place| (0, place)))
            }
        }
    }
}

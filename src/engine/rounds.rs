//! Rounds of changes, told by the service since a link.

use std::time::Duration;

use crate::domain::{Columns, DeltaLink};
use crate::graph::{CallError, DeltaError, DeltaItem, DirectoryReader};

/// Each round has what changed during the one before; where so many do not come to an end, changes come faster than they are told.
const ROUNDS_MAX: u32 = 10;
/// What is said then.
pub(super) const TOO_MANY: &str = "others changed users faster than the service told it";

/// Until changes have settled, a count and a reading may differ by them, and an answer may be behind.
pub(super) const SETTLING: [Duration; 2] = [Duration::from_millis(300), Duration::from_secs(1)];

/// Why changes did not come to their end.
#[derive(Debug)]
pub(super) enum NoChanges<E> {
    Lost(String),
    Refused(String),
    Failed(E),
}

/// Takes in what has changed since a link, in the order in which it is told. A round of several pages shows users as they are while it
/// is told; so rounds follow until one is told in a single answer, and its moment is the one everybody is as of.
///
/// Gives the link after it, and whether it came to such a round.
pub(super) async fn play<E: From<CallError>>(
    reader: &DirectoryReader,
    columns: &Columns,
    link: &DeltaLink,
    mut take_in: impl FnMut(DeltaItem) -> Result<(), E>,
) -> Result<(DeltaLink, bool), NoChanges<E>> {
    let mut link = link.clone();
    for _ in 0..ROUNDS_MAX {
        let mut round = reader.delta(&link, columns);
        let mut pages = 0;
        loop {
            let items = match round.next_page().await {
                Ok(Some(items)) => items,
                Ok(None) => break,
                Err(DeltaError::Lost(reason)) => return Err(NoChanges::Lost(reason)),
                Err(DeltaError::Refused(reason)) => return Err(NoChanges::Refused(reason)),
                Err(DeltaError::Call(error)) => return Err(NoChanges::Failed(error.into())),
            };
            pages += 1;
            for item in items {
                take_in(item).map_err(NoChanges::Failed)?;
            }
        }
        // A round ends with a link, or it has not ended.
        link = round.end().cloned().unwrap_or(link);
        if pages <= 1 {
            return Ok((link, true));
        }
    }
    Ok((link, false))
}

//! A fresh look before the write: time has passed since the plan was made or the run was interrupted, so every cell is compared
//! with the directory again.

use std::collections::{HashMap, HashSet};

use super::event::Reporter;
use super::stop::Stop;
use super::survey::{SurveyError, Wanted, survey_what_shows};
use super::work::{NOT_READ, Work};
use crate::catalogue::Attribute;
use crate::domain::{
    Change, Operation, OperationNumber, OperationResult, Outcome, Standing, UserKey, Value, reconcile,
};
use crate::graph::DirectoryReader;

/// What is known of operations from an earlier attempt.
#[derive(Debug, Default)]
pub struct Earlier {
    /// What they came to; what is settled there stays settled.
    pub results: HashMap<OperationNumber, OperationResult>,
    /// Those that may have been stored: sent, and not answered.
    pub in_doubt: HashSet<OperationNumber>,
}

/// Reads the users of these operations and says of every change whether it is still to be sent. A user whom the service does not
/// show is left alone, and the operation stays as open as it was.
pub async fn look_again(
    operations: Vec<Operation>,
    earlier: &Earlier,
    reader: &DirectoryReader,
    reporter: &Reporter,
    stop: &Stop,
) -> Result<Vec<Work>, SurveyError> {
    if operations.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = Wanted::by_operations(operations.iter());
    let read = survey_what_shows(reader, &wanted, reporter, stop).await?;
    let directory = &read.directory;
    let look = |operation: Operation| {
        let user = directory.find(&UserKey::Id(operation.user));
        let in_doubt = earlier.in_doubt.contains(&operation.number);
        let before = earlier.results.get(&operation.number);
        let live = |attribute: &'static Attribute| {
            // What was not read is unknown, and what is unknown is left alone.
            user.filter(|user| !user.unread.contains(&attribute.name))
                .map(|user| directory.value(user, attribute.name))
        };
        let open = |reason: String| {
            if in_doubt {
                Outcome::InDoubt { reason }
            } else {
                Outcome::NotSent { reason }
            }
        };
        let hidden = read.hidden(operation.user).map(str::to_owned);
        let known = |change: &Change| {
            let settled = before
                .and_then(|result| {
                    result
                        .outcomes
                        .iter()
                        .find(|known| known.attribute == change.attribute)
                })
                .filter(|known| known.outcome.is_final());
            match (settled, live(change.attribute), &hidden) {
                (Some(known), _, _) => Some(known.outcome.clone()),
                (None, Some(value), _) => match reconcile(change, &value) {
                    Standing::ToSend => None,
                    Standing::AlreadyThere => Some(Outcome::AlreadyThere),
                    Standing::Moved(live) => Some(Outcome::Moved { live }),
                },
                (None, None, Some(reason)) => Some(open(format!("the user is not shown: {reason}"))),
                (None, None, None) if user.is_some() => Some(open(NOT_READ.to_owned())),
                // The user is gone, and there is nothing to write to.
                (None, None, None) => Some(Outcome::Moved { live: Value::Empty }),
            }
        };
        Work::with_known(operation, known, live)
    };
    Ok(operations.into_iter().map(look).collect())
}

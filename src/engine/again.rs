//! A fresh look before the write: time has passed since the plan was made or the run was interrupted, so every cell is compared
//! with the directory again.

use std::collections::HashMap;

use super::event::Reporter;
use super::stop::Stop;
use super::survey::{Read, SurveyError, Wanted, survey_what_shows};
use super::work::{NOT_READ, Work, open};
use crate::catalogue::Attribute;
use crate::domain::{
    Change, Directory, MadeUser, Operation, OperationNumber, OperationResult, Outcome, Standing, UpnKey,
    UserId, Value, reconcile, standing,
};
use crate::graph::DirectoryReader;
use crate::state::{RunRecord, StateError};

/// Reads the users of these operations and says of every change whether it is still to be sent. `earlier` are results of an
/// earlier attempt; what they settled stays settled, and only what they left in doubt may be there because this run sent it. A
/// user whom the service does not show is left alone, and the operation stays as open as it was.
///
/// `believe` is false in an undo: there the wanted value is an old one, which a server that is behind may still show. It is sent
/// whether it seems to be there or not.
pub async fn look_again(
    operations: Vec<Operation>,
    earlier: &HashMap<OperationNumber, OperationResult>,
    believe: bool,
    reader: &DirectoryReader,
    reporter: &Reporter,
    stop: &Stop,
) -> Result<Vec<Work>, SurveyError> {
    if operations.is_empty() {
        return Ok(Vec::new());
    }
    reader
        .meet_newcomers(operations.iter().flat_map(Operation::newcomers))
        .await?;
    let wanted = Wanted::by_operations(operations.iter());
    let mut read = survey_what_shows(reader, &wanted, reporter, stop).await?;
    if believe {
        call_by_own_ids(&operations, &mut read.directory);
    }
    let look = |operation: Operation| {
        let earlier = earlier.get(&operation.number);
        after_look(operation, earlier, believe, &read)
    };
    let work: Vec<Work> = operations.into_iter().map(look).collect();
    let made = work.iter().filter(|work| work.has_made_its_user());
    reader.trust_newcomers(made.map(|work| (work.user(), work.upn())));
    Ok(work)
}

/// New users who are there already, with all that they were to begin with, are called by our ids wherever somebody points to them:
/// a sealed plan that is applied twice wants what is so.
fn call_by_own_ids(operations: &[Operation], directory: &mut Directory) {
    let is_there = |operation: &&Operation| {
        let user = directory.anywhere(&operation.user);
        operation.makes_the_user()
            && user.is_some_and(|user| {
                operation.changes().iter().all(|change| {
                    let live = directory.value(user, change.attribute.name);
                    !directory.is_unread(user, change.attribute.name)
                        && reconcile(change, &live) == Standing::AlreadyThere
                })
            })
    };
    let there: HashMap<UpnKey, UserId> = operations
        .iter()
        .filter(is_there)
        .map(|operation| (UpnKey::new(&operation.upn), operation.user))
        .collect();
    if there.is_empty() {
        return;
    }
    for operation in operations {
        let Some(mut user) = directory.user(&operation.user).cloned() else {
            continue;
        };
        for value in &mut user.values {
            for one in value.pointed_to_mut() {
                let own = one.upn.as_ref().and_then(|upn| there.get(&UpnKey::new(upn)));
                if let Some(own) = own {
                    one.id = *own;
                }
            }
        }
        directory.insert(user);
    }
}

/// The users whom a run has made, as its journal says.
///
/// # Errors
/// [`StateError`] when the journal cannot be read.
pub fn made_users(record: &RunRecord) -> Result<Vec<MadeUser>, StateError> {
    let mut made = Vec::new();
    record.results(|operation, result| {
        let Some(result) = result.filter(OperationResult::is_done_by_run) else {
            return Ok(());
        };
        if operation.makes_the_user() {
            made.push(MadeUser {
                own: operation.user,
                upn: operation.upn,
                id: result.made,
            });
        }
        Ok::<(), StateError>(())
    })?;
    Ok(made)
}

/// The users whom a run was to make and did not, with nothing left to try.
///
/// # Errors
/// [`StateError`] when the journal cannot be read.
pub fn unmade_users(record: &RunRecord) -> Result<Vec<(UserId, String)>, StateError> {
    let mut unmade = Vec::new();
    record.results(|operation, result| {
        let given_up = result.is_some_and(|result| result.is_final() && !result.is_done_by_run());
        if operation.makes_the_user() && given_up {
            unmade.push((operation.user, operation.upn));
        }
        Ok::<(), StateError>(())
    })?;
    Ok(unmade)
}

/// What is left of an operation after this look.
fn after_look(operation: Operation, earlier: Option<&OperationResult>, believe: bool, read: &Read) -> Work {
    let directory = &read.directory;
    let is_for_newcomer = operation.is_for_newcomer();
    let of_guest = operation.is_for_guest();
    let user = directory.anywhere(&operation.user);
    let live = |attribute: &'static Attribute| {
        // What was not read is unknown, and what is unknown is left alone.
        user.filter(|user| !directory.is_unread(user, attribute.name))
            .map(|user| directory.value(user, attribute.name))
    };
    let hidden = read.hidden(operation.user).map(str::to_owned);
    let known = |change: &Change| {
        let last = earlier
            .and_then(|result| {
                result
                    .outcomes
                    .iter()
                    .find(|known| known.attribute == change.attribute)
            })
            .map(|known| &known.outcome);
        let settled = last.filter(|outcome| outcome.is_final());
        let in_doubt = matches!(last, Some(Outcome::InDoubt { .. }));
        match (settled, live(change.attribute), &hidden) {
            (Some(known), _, _) => Some(known.clone()),
            (None, Some(value), _) => match standing(change, &value, of_guest) {
                Standing::ToSend => None,
                Standing::AlreadyThere if !believe => None,
                Standing::AlreadyThere => Some(Outcome::already_there(in_doubt)),
                Standing::Moved(live) => Some(Outcome::Moved { live }),
            },
            (None, None, Some(reason)) => Some(open(&format!("the user is not shown: {reason}"), in_doubt)),
            (None, None, None) if user.is_some() => Some(open(NOT_READ, in_doubt)),
            // Who is still to be made is not there, and what follows finds out about it when its turn comes.
            (None, None, None) if is_for_newcomer => None,
            // The user is gone, and there is nothing to write to.
            (None, None, None) => Some(Outcome::Moved { live: Value::Empty }),
        }
    };
    let in_doubt = earlier.is_some_and(|result| {
        let doubt = |outcome: &Outcome| matches!(outcome, Outcome::InDoubt { .. });
        result.outcomes.iter().any(|change| doubt(&change.outcome))
    });
    Work::with_known(operation, known, live).doubted(in_doubt)
}

#[cfg(test)]
#[path = "again_tests.rs"]
mod tests;

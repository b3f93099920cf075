//! A look at the users of one batch just before it is written.
//!
//! Time passes between the plan and a write: in a long run, hours. So each batch is read before it is sent, and a cell that
//! somebody else changed meanwhile is left alone. The service knows no condition on a write (last write wins), so what remains is
//! the time between this answer and that request. Reading costs resource units, of which there are plenty, and none of the
//! writes, which are scarce; under the service's quota it costs a run no time (`docs/design/apply.md` has the figures).

use std::collections::HashMap;

use super::survey::Wanted;
use crate::catalogue::Attribute;
use crate::domain::{Batch, Directory, Refusal, UserId, UserKey, Value};
use crate::graph::{CallError, DirectoryReader, Lookup};

/// What one look saw.
#[derive(Debug)]
pub(super) struct Looked {
    directory: Directory,
    refused: HashMap<UserId, Refusal>,
}

/// What is known of one user after a look.
pub(super) enum Seen<'a> {
    /// Its values as they are now.
    Live(Live<'a>),
    /// The service does not show this user, and a write that cannot be checked is not made.
    Refused(&'a Refusal),
    /// Nobody has this id, or it is not visible everywhere yet: the answer to the write itself tells which.
    Absent,
}

/// The values of one user.
#[derive(Clone, Copy)]
pub(super) struct Live<'a> {
    directory: &'a Directory,
    user: &'a crate::domain::UserState,
}

impl Live<'_> {
    /// The value now; `None` when the answer left it out, which is not the same as empty.
    pub fn value(&self, attribute: &'static Attribute) -> Option<Value> {
        let known = !self.directory.is_unread(self.user, attribute.name);
        known.then(|| self.directory.value(self.user, attribute.name))
    }
}

/// Reads the users of a batch, with the attributes it writes, in one request.
///
/// # Errors
/// [`CallError`], after all attempts of the reader.
pub(super) async fn look(reader: &DirectoryReader, batch: &Batch) -> Result<Looked, CallError> {
    let wanted = Wanted::by_operations(batch.operations().iter());
    let keys: Vec<UserKey> = batch
        .operations()
        .iter()
        .map(|operation| UserKey::Id(operation.user))
        .collect();
    let mut looked = Looked {
        directory: Directory::new(wanted.columns().clone()),
        refused: HashMap::new(),
    };
    let found = reader.users_by_key(&keys, wanted.columns()).await?;
    for (operation, lookup) in batch.operations().iter().zip(found) {
        match lookup {
            Lookup::Found(user) => looked.directory.insert(*user),
            Lookup::NotFound => {}
            Lookup::Mismatch => {
                looked.refused.insert(operation.user, mismatch());
            }
            Lookup::Failed(error) => {
                looked.refused.insert(operation.user, error.into_refusal());
            }
        }
    }
    Ok(looked)
}

/// The service, or something that answers in its place, showed another user than the one asked for.
fn mismatch() -> Refusal {
    Refusal {
        status: 0,
        code: "another user".to_owned(),
        message: "the answer is about another user than the one asked for".to_owned(),
        target: None,
        request_id: None,
        hint: "check the address of the service and a proxy in between".to_owned(),
    }
}

impl Looked {
    /// What is known of a user now.
    pub fn seen(&self, user: UserId) -> Seen<'_> {
        if let Some(refusal) = self.refused.get(&user) {
            return Seen::Refused(refusal);
        }
        match self.directory.anywhere(&user) {
            Some(user) => Seen::Live(Live {
                directory: &self.directory,
                user,
            }),
            None => Seen::Absent,
        }
    }
}

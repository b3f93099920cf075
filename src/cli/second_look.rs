//! The second look at what an undo sets back, after the question: only what somebody else changed meanwhile is left alone.

use super::apply::stop_where_moved;
use super::connect::Job;
use super::error::CliError;
use super::undo::read;
use crate::catalogue::Attribute;
use crate::domain::{
    ApprovedPlan, Change, ConflictPolicy, Directory, Operation, Outcome, Standing, UserKey, Value, reconcile,
};
use crate::engine::{Wanted, Work};

/// While the question stood there, somebody may have changed what is to be set back.
pub async fn look_after_question(
    job: Job<'_>,
    approved: &ApprovedPlan,
    policy: ConflictPolicy,
) -> Result<Vec<Work>, CliError> {
    let operations = approved.operations().into_vec();
    let directory = read(job, &Wanted::by_operations(operations.iter())).await?;
    let known: Vec<Work> = operations
        .into_iter()
        .map(|operation| without_moved(operation, &directory))
        .collect();
    stop_where_moved(&known, policy)?;
    Ok(known)
}

/// Everything of an operation but what somebody else changed. A value from before the run may be seen because a server is
/// behind; writing it once more does no harm.
fn without_moved(operation: Operation, directory: &Directory) -> Work {
    let user = directory.find(&UserKey::Id(operation.user));
    let live = |attribute: &'static Attribute| {
        user.filter(|user| !user.unread.contains(&attribute.name))
            .map(|user| directory.value(user, attribute.name))
    };
    let moved = |change: &Change| match live(change.attribute) {
        // The user is gone or not shown, and what is unknown is left alone.
        None => Some(Outcome::Moved { live: Value::Empty }),
        Some(live) => match reconcile(change, &live) {
            Standing::Moved(live) => Some(Outcome::Moved { live }),
            Standing::ToSend | Standing::AlreadyThere => None,
        },
    };
    Work::with_known(operation, moved, live)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::domain::{Action, Columns, OperationNumber, UserId, UserState};

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn only_what_moved_is_left_alone_and_nothing_is_taken_for_done() {
        let id = UserId::from_bytes([1; 16]);
        let names = ["jobTitle", "city", "department", "mobilePhone"];
        let columns: Columns = names.map(|name| catalogue::by_name(name).unwrap()).into();
        let changes = columns.iter().map(|attribute| Change {
            attribute,
            before: text("run"),
            after: text("before"),
        });
        let operation = Operation {
            number: OperationNumber(0),
            user: id,
            upn: "anna@contoso.example".to_owned(),
            row: 2,
            action: Action::Patch {
                changes: changes.collect(),
                companions: Vec::new(),
            },
        };
        let mut directory = Directory::new(columns.clone());
        let gone = without_moved(operation.clone(), &directory);
        assert!(gone.is_settled(), "there is nobody to write to");
        directory.insert(UserState {
            id,
            upn: operation.upn.clone(),
            synced: None,
            restricted: false,
            agent: false,
            values: ["run", "before", "somebody else's", "run"].map(text).to_vec(),
            unread: vec!["mobilePhone"],
        });
        let work = without_moved(operation, &directory);
        let sent = work.next_part().unwrap();
        let sent: Vec<&str> = sent
            .changes()
            .iter()
            .map(|change| change.attribute.name)
            .collect();
        // The city may be shown by a server that is behind.
        assert_eq!(sent, ["jobTitle", "city"]);
        let known: Vec<Option<&Outcome>> = work.changes().map(|(_, outcome)| outcome).collect();
        let moved = |live| Some(Outcome::Moved { live });
        assert_eq!(
            known,
            [
                None,
                None,
                moved(text("somebody else's")).as_ref(),
                moved(Value::Empty).as_ref()
            ]
        );
    }
}

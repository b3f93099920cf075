//! What a sealed plan and a resumed run have in common: time has passed, so every cell is looked at again before it is written.

use std::collections::HashMap;

use super::connect::{Connected, Job};
use super::error::CliError;
use crate::catalogue::{self, Attribute};
use crate::domain::{
    Change, Operation, OperationNumber, OperationResult, Outcome, Standing, UserKey, Value, reconcile,
    shorten,
};
use crate::engine::{Reporter, Wanted, Work, survey};
use crate::state::PlanFile;
use crate::table::{ReadOptions, Sheet};

/// A plan is carried out only where, and with what, it was made.
pub fn check_binding(file: &PlanFile, connected: &Connected) -> Result<(), CliError> {
    let binding = file.plan.binding();
    let again = "make the plan again";
    if binding.tenant != connected.tenant || binding.graph_url != connected.graph_url {
        return Err(CliError::usage(format!(
            "the plan was made for tenant `{}` at {}, and this is tenant `{}` at {}; nothing was written",
            binding.tenant, binding.graph_url, connected.tenant, connected.graph_url
        ))
        .hint("check which tenant you are signed in to, or make the plan again"));
    }
    if binding.catalogue != catalogue::VERSION {
        return Err(
            CliError::usage("the plan was made by another version of dirsheet; nothing was written")
                .hint(again),
        );
    }
    // A plan can travel without its sheet; but where the sheet is, it must be the one that was planned.
    if let Ok(sheet) = Sheet::open(&file.sheet.path, ReadOptions::default())
        && sheet.sha256() != binding.sheet_sha256
    {
        return Err(CliError::usage(format!(
            "the sheet `{}` was changed after the plan was made; nothing was written",
            file.sheet.path.display()
        ))
        .hint(again));
    }
    Ok(())
}

/// Reads the users of these operations and says of every change whether it is still to be sent. `earlier` are results of an
/// earlier attempt; what they settled stays settled.
pub async fn look_again(
    operations: Vec<Operation>,
    earlier: &HashMap<OperationNumber, OperationResult>,
    job: Job<'_>,
    reporter: &Reporter,
) -> Result<Vec<Work>, CliError> {
    if operations.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = Wanted::by_operations(operations.iter());
    let directory = survey(&job.connected.reader, &wanted, reporter, job.stop).await?;
    let look = |operation: Operation| {
        let user = directory.find(&UserKey::Id(operation.user));
        let earlier = earlier.get(&operation.number);
        let live = |attribute: &'static Attribute| user.map(|user| directory.value(user, attribute.name));
        let known = |change: &Change| {
            let settled = earlier
                .and_then(|result| {
                    result
                        .outcomes
                        .iter()
                        .find(|known| known.attribute == change.attribute)
                })
                .filter(|known| known.outcome.is_final());
            match (settled, live(change.attribute)) {
                (Some(known), _) => Some(known.outcome.clone()),
                // The user is gone, and there is nothing to write to.
                (None, None) => Some(Outcome::Moved { live: Value::Empty }),
                (None, Some(value)) => match reconcile(change, &value) {
                    Standing::ToSend => None,
                    Standing::AlreadyThere => Some(Outcome::AlreadyThere),
                    Standing::Moved(live) => Some(Outcome::Moved { live }),
                },
            }
        };
        Work::with_known(operation, known, live)
    };
    Ok(operations.into_iter().map(look).collect())
}

/// The cells that somebody else changed since, in words.
pub fn moved(work: &Work) -> Vec<String> {
    let shown = |value: &Value| match value.to_cell() {
        text if text.is_empty() => "empty".to_owned(),
        text => format!("“{}”", shorten(&text)),
    };
    work.changes()
        .filter_map(|(change, outcome)| match outcome {
            Some(Outcome::Moved { live }) => Some(format!(
                "row {} {} {}: planned from {}, is {} now",
                work.row(),
                shorten(work.upn()),
                change.attribute.name,
                shown(&change.before),
                shown(live)
            )),
            _ => None,
        })
        .collect()
}

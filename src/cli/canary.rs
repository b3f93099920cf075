//! The canary of a run: which rows go first, what became of them, and whether the rest follows.

use std::collections::HashSet;

use super::args::RunArgs;
use super::connect::Job;
use super::error::CliError;
use super::reports;
use crate::domain::{ApprovedOperations, OperationNumber};
use crate::engine::Proved;
use crate::report::ReportLine;
use crate::state::{Journal, StateError};
use crate::terminal::ask_yes;

/// How many rows of a canary are shown one by one.
const ROWS_SHOWN_MAX: usize = 20;

/// The operations of the first so many rows, and the others.
pub fn split(operations: ApprovedOperations, rows: u64) -> (ApprovedOperations, ApprovedOperations) {
    let mut seen = HashSet::new();
    let (first, rest) = operations.into_vec().into_iter().partition(|operation| {
        seen.contains(&operation.row) || ((seen.len() as u64) < rows && seen.insert(operation.row))
    });
    (
        ApprovedOperations::from_journal(first),
        ApprovedOperations::from_journal(rest),
    )
}

/// What follows from a canary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is good, and somebody said yes to the rest.
    Go,
    /// It is good, and nobody said yes.
    Wait,
    /// Something of it was refused, is lost, or does not show.
    Bad,
}

/// Shows what became of the canary, and says whether the rest goes as well: only after a good one, and only with a yes. (The journal is
/// borrowed alone, because it may go to another thread but not be on two while the question waits.)
pub async fn go_on(
    job: Job<'_>,
    how: &RunArgs,
    journal: &mut Journal,
    numbers: &HashSet<OperationNumber>,
    proved: &Proved,
    rest: usize,
) -> Result<Verdict, CliError> {
    let output = job.context.output;
    let rows = show(job, journal, numbers)?;
    let good = proved.lost == 0
        && proved.not_visible == 0
        && proved.unread.is_none()
        && proved.hidden == 0
        && all_landed(journal, numbers)?;
    let done = match rows {
        1 => "The first row was written and read back".to_owned(),
        rows => format!("The first {rows} rows were written and read back"),
    };
    if !good {
        output.complain(&format!(
            "{done}, and not all of it is as it should be; the rest was not sent."
        ));
        return Ok(Verdict::Bad);
    }
    if how.yes {
        output.say(&format!(
            "{done}. The other {rest} requests wait for a look at them."
        ));
        return Ok(Verdict::Wait);
    }
    let question = format!("{done}. Send the other {rest} requests?");
    let answer = tokio::task::spawn_blocking(move || ask_yes(&question));
    let yes = tokio::select! {
        answer = answer => matches!(answer, Ok(Some(true))),
        () = job.stop.drained() => false,
    };
    Ok(if yes { Verdict::Go } else { Verdict::Wait })
}

/// The rows of the canary, each with what became of it; says how many they are.
fn show(job: Job<'_>, journal: &Journal, numbers: &HashSet<OperationNumber>) -> Result<usize, CliError> {
    let mut lines: Vec<ReportLine> = Vec::new();
    journal.rows(|row| {
        if row.row.operations.iter().any(|number| numbers.contains(number)) {
            lines.push(reports::line(&row, job.context.output.contacts));
        }
        Ok::<(), StateError>(())
    })?;
    let mut text: String = lines.iter().take(ROWS_SHOWN_MAX).map(in_words).collect();
    if lines.len() > ROWS_SHOWN_MAX {
        text.push_str(&format!("  … and {} more\n", lines.len() - ROWS_SHOWN_MAX));
    }
    job.context.output.say(text.trim_end());
    Ok(lines.len())
}

/// `  row 4 anna@contoso.example: updated, confirmed: jobTitle: “A” → “B”`
fn in_words(line: &ReportLine) -> String {
    let parts = [line.status.as_str(), line.verified]
        .into_iter()
        .filter(|part| !part.is_empty());
    let state = parts.collect::<Vec<_>>().join(", ");
    let told = [line.changes.as_str(), line.error.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty());
    let told = told.collect::<Vec<_>>().join(" | ");
    format!("  row {} {}: {state}: {told}\n", line.row, line.label)
}

/// Whether every change of these operations is in the directory.
fn all_landed(journal: &Journal, numbers: &HashSet<OperationNumber>) -> Result<bool, CliError> {
    let mut good = true;
    journal.results(|operation, result| {
        if numbers.contains(&operation.number) {
            good &= result.is_some_and(|result| result.outcomes.iter().all(|one| one.outcome.is_done()));
        }
        Ok::<(), StateError>(())
    })?;
    Ok(good)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::domain::{Action, Change, Operation, UserId, Value};

    fn operation(number: u32, row: u64) -> Operation {
        let change = Change {
            attribute: catalogue::by_name("jobTitle").unwrap(),
            before: Value::Empty,
            after: Value::Text("x".to_owned()),
        };
        Operation {
            number: OperationNumber(number),
            user: UserId::from_bytes([row as u8; 16]),
            upn: String::new(),
            row,
            action: Action::Patch {
                changes: vec![change],
                companions: Vec::new(),
            },
        }
    }

    #[test]
    fn a_canary_takes_whole_rows_with_all_their_requests() {
        let rows = [2, 2, 5, 7, 7];
        let operations = (0..)
            .zip(rows)
            .map(|(number, row)| operation(number, row))
            .collect();
        let (first, rest) = split(ApprovedOperations::from_journal(operations), 2);
        let numbers = |some: &ApprovedOperations| -> Vec<u32> {
            some.as_slice().iter().map(|one| one.number.0).collect()
        };
        assert_eq!(numbers(&first), [0, 1, 2]);
        assert_eq!(numbers(&rest), [3, 4]);
    }
}

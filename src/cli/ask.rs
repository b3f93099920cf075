//! The question before the first write, which Ctrl-C answers as well.

use super::connect::Job;
use super::error::CliError;
use super::exit::Exit;
use crate::terminal::ask_yes;

/// Asks, and goes on only with a yes. `verb` is the command that asks.
pub async fn confirm(job: Job<'_>, verb: &str, question: String) -> Result<(), CliError> {
    match answered(job, move || ask_yes(&question)).await? {
        Some(true) => Ok(()),
        Some(false) => Err(CliError::usage("not confirmed; nothing was written")),
        None => Err(CliError::usage(format!(
            "`{verb}` needs a yes, and nobody can be asked here; nothing was written"
        ))
        .hint("look at the plan, then add `--yes`")),
    }
}

/// Puts a question to a person. Ctrl-C and the deadline end the waiting.
pub async fn answered<T: Send + 'static>(
    job: Job<'_>,
    ask: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CliError> {
    let answer = tokio::task::spawn_blocking(ask);
    let answer = tokio::select! {
        answer = answer => answer,
        () = job.stop.drained() => {
            let exit = if job.deadline.is_some_and(|deadline| tokio::time::Instant::now() >= deadline) {
                Exit::Unavailable
            } else {
                Exit::Interrupted
            };
            return Err(CliError::new(exit, "no answer was given; nothing was sent"));
        }
    };
    match answer {
        Ok(answer) => Ok(answer),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

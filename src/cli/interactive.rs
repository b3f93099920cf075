//! `apply --interactive`: the question with the numbers, answered by a yes, or for a large plan by the number of users.

use super::args::SealArgs;
use super::ask::answered;
use super::connect::Job;
use super::crossed::directory_name;
use super::error::CliError;
use super::prepare::forecast_of;
use crate::domain::{AccountAction, Change, Consent, Forecast, Part, Plan, UserChanges};
use crate::report::duration;
use crate::terminal::{ask_text, somebody_can_be_asked};

/// Whoever wants to be asked must be there, and that is said before anything is read.
pub fn check(arguments: &SealArgs) -> Result<(), CliError> {
    if arguments.interactive && !somebody_can_be_asked() {
        return Err(CliError::usage(
            "`--interactive` needs a terminal, and nobody can be asked here; nothing was written",
        )
        .hint("in a script, use a plan file or `--fingerprint` together with `--yes`"));
    }
    Ok(())
}

/// Asks, and goes on only with the right answer.
pub async fn confirm(job: Job<'_>, plan: &Plan) -> Result<(), CliError> {
    let forecast = forecast_of(plan, job.connected);
    let consent = Consent::needed(&plan.summary(), job.context.config.sealing.typed_over.value);
    let question = question(plan, forecast, &directory_name(job).await, consent);
    match answered(job, move || ask_text(&question)).await? {
        Some(answer) if consent.is_given_by(&answer) => Ok(()),
        Some(_) => Err(CliError::usage(match consent {
            Consent::Yes => "not confirmed; nothing was written".to_owned(),
            Consent::Count(users) => {
                format!(
                    "not confirmed: the plan changes {users} users, and something else was typed; nothing was written"
                )
            }
        })),
        None => Err(CliError::usage("nobody can be asked here; nothing was written")),
    }
}

fn question(plan: &Plan, forecast: Forecast, directory: &str, consent: Consent) -> String {
    let summary = plan.summary();
    let sensitive = plan
        .changes()
        .filter(|(_, change)| Part::of(change) == Part::Sensitive)
        .count();
    let line = |name: &str, what: String| format!("  {name:<10} {what}\n");
    let mut text = format!("\nTo be written to {directory}:\n");
    text.push_str(&line(
        "users",
        format!("{} of {}", summary.users_changed, plan.users_total()),
    ));
    text.push_str(&line("cells", summary.cells_changed.to_string()));
    text.push_str(&line("clears", summary.clears.to_string()));
    text.push_str(&line("sensitive", sensitive.to_string()));
    for action in AccountAction::ALL {
        let is_it = |(_, change): &(&UserChanges, &Change)| AccountAction::of(change) == Some(action);
        let count = plan.changes().filter(is_it).count();
        if count > 0 {
            text.push_str(&line(action.word(), count.to_string()));
        }
    }
    if summary.cannot_be_undone > 0 {
        text.push_str(&line(
            "for good",
            format!("{} no `undo` can take back", summary.cannot_be_undone),
        ));
    }
    text.push_str(&line("requests", summary.requests.to_string()));
    text.push_str(&line("time", format!("about {}", duration(forecast.seconds))));
    text.push_str(match consent {
        Consent::Yes => "Go on? [yes/no]",
        Consent::Count(_) => "This is a large plan. Type how many users it changes to go on:",
    });
    text
}

//! A named profile beside an environment that means another directory: told, and refused before anything is asked where it would be written.

use super::args::{Command, FeedCommand};
use super::connect::{Connected, Context, Job};
use super::error::CliError;
use super::warning::WarningKind;
use crate::config::Crossed;
use crate::domain::shorten;
use crate::terminal::somebody_can_be_asked;

/// How long a question waits for the name of the directory it is about.
const NAME_PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// Whether a command writes to the directory; `None` for one that does not reach it, or tells everything itself.
fn writes(command: &Command) -> Option<bool> {
    match command {
        Command::Apply(_) | Command::Resume(_) | Command::Undo(_) => Some(true),
        Command::Feed(FeedCommand::Run(arguments)) => Some(!arguments.dry_run),
        Command::Export(_) | Command::Plan(_) | Command::Diff(_) | Command::Login(_) => Some(false),
        Command::Demo { .. }
        | Command::Sandbox(_)
        | Command::Check(_)
        | Command::Runs
        | Command::Report { .. }
        | Command::Snapshots(_)
        | Command::Feed(_)
        | Command::Columns
        | Command::Doctor(_)
        | Command::Logout
        | Command::Completions { .. }
        | Command::Man { .. } => None,
    }
}

/// Refuses a command that would write; tells one that only reads.
pub fn look(context: &Context, command: &Command) -> Result<(), CliError> {
    let (Crossed { address, tenant }, output) = (&context.config.crossed, context.output);
    match (writes(command), address, tenant) {
        (Some(true), Some(told), _) => return Err(refused(told)),
        (Some(false), Some(told), _) => {
            output.complain(&format!(
                "warning: {told}; the profile counts, and a command that writes refuses"
            ));
        }
        // Other tools read this variable too.
        (Some(_), None, Some(_)) => tell_tenant(context),
        (None, ..) | (Some(_), None, None) => {}
    }
    Ok(())
}

/// Tells that the environment names another tenant, where it does.
pub fn tell_tenant(context: &Context) {
    if let Some(told) = &context.config.crossed.tenant {
        let told = format!("warning: {told}");
        context.warner().say(WarningKind::CrossedTenant, &told);
    }
}

/// Why nothing is written, and the two ways on.
pub fn refused(told: &str) -> CliError {
    CliError::usage(format!("{told}; nothing was written")).hints(ways_on())
}

pub fn ways_on() -> [String; 2] {
    [
        "for the directory of the environment, such as a practice directory: leave out `--profile`, and unset DIRSHEET_PROFILE".to_owned(),
        "for the directory of the profile: unset DIRSHEET_GRAPH_URL, or begin in a new window".to_owned(),
    ]
}

/// The directory that is about to be written to, for whoever is asked: its own name, its tenant's id and its host. The name is left
/// out where it may not be read, or does not come soon.
pub async fn directory_name(job: Job<'_>) -> String {
    let Connected { tenant, paced, .. } = job.connected;
    if !paced {
        return format!("the embedded directory (tenant {tenant})");
    }
    // Where nobody can be asked, nobody reads the name.
    let named = match somebody_can_be_asked() {
        true => tokio::time::timeout(NAME_PATIENCE, job.connected.reader.organization()).await,
        false => Ok(Ok(None)),
    };
    let named = match named {
        Ok(Ok(Some(organization))) => Some(organization.display_name),
        Ok(Ok(None) | Err(_)) | Err(_) => None,
    };
    let url = &job.connected.graph_url;
    let host = url.split_once("://").map_or(url.as_str(), |(_, host)| host);
    in_words(named.as_deref(), tenant, host)
}

fn in_words(name: Option<&str>, tenant: &str, host: &str) -> String {
    match name.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => format!("“{}” (tenant {tenant} at {host})", shorten(name)),
        None => format!("tenant {tenant} at {host}"),
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn a_directory_is_named_as_far_as_it_is_known_and_obeyed_by_no_terminal() {
        for (name, told) in [
            (Some("Contoso"), "“Contoso” (tenant t at graph.microsoft.com)"),
            (
                Some("Con\u{1b}toso"),
                "“Con\u{fffd}toso” (tenant t at graph.microsoft.com)",
            ),
            (Some(" "), "tenant t at graph.microsoft.com"),
            (None, "tenant t at graph.microsoft.com"),
        ] {
            assert_eq!(in_words(name, "t", "graph.microsoft.com"), told);
        }
    }
}

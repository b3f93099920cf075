//! `sandbox`: serves the embedded directory until it is interrupted.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::args::SandboxArgs;
use super::connect::{Context, kept_sandbox};
use super::error::CliError;
use super::exit::Exit;
use super::shell_lines::Shell;
use crate::sandbox::{self, Fault, People, Registered, SandboxError, SandboxOptions};
use crate::table::PlainCsv;

/// A profile that is named would be signed in to, whatever the other lines say.
const UNSET: [&str; 1] = ["DIRSHEET_PROFILE"];

pub async fn run(context: &Context, arguments: &SandboxArgs) -> Result<Exit, CliError> {
    let faults = match &arguments.faults {
        Some(text) => faults(text)?,
        None => Vec::new(),
    };
    let sheet = arguments
        .from
        .as_deref()
        .map(|path| plain(context, path))
        .transpose()?;
    let people = match (arguments.users, &sheet) {
        (_, Some(sheet)) => Some(People::FromSheet(sheet.path().to_owned())),
        (Some(users), None) => Some(People::Generated { users }),
        (None, None) => None,
    };
    // People of one's own live as long as the server; without them it is the directory that `--sandbox` uses.
    let start = match people {
        Some(people) => SandboxOptions {
            people,
            ..SandboxOptions::for_practice()
        },
        None => kept_sandbox(context.state()?.sandbox_folder()),
    };
    // A role can allow what no permission does, so whoever asks for few permissions gets them alone.
    let (roles, app_role) = match &arguments.permissions[..] {
        [] => (start.roles.clone(), start.app_role.clone()),
        chosen => (chosen.to_vec(), None),
    };
    let registered = registered(arguments)?;
    let sandbox = sandbox::start(SandboxOptions {
        registered,
        roles,
        app_role,
        listen: arguments.listen,
        quota: arguments.quota,
        latency: Duration::from_millis(arguments.latency_ms),
        lag: Duration::from_millis(arguments.lag_ms),
        faults,
        churn: arguments.churn,
        seed: arguments.seed,
        ..start
    })
    .await
    .map_err(|error| match (error, &arguments.from) {
        // The sheet that was named, and not a copy of it.
        (SandboxError::Sheet { problems, .. }, Some(path)) => SandboxError::Sheet {
            path: path.clone(),
            problems,
        },
        (error, _) => error,
    })?;
    drop(sheet);
    let settings = [
        ("AZURE_TENANT_ID", sandbox.tenant_id().to_owned()),
        ("AZURE_CLIENT_ID", sandbox.client_id().to_owned()),
        ("AZURE_CLIENT_SECRET", sandbox.client_secret().to_owned()),
        ("AZURE_AUTHORITY_HOST", sandbox.url()),
        ("DIRSHEET_GRAPH_URL", sandbox.url()),
    ];
    if context.output.json {
        let environment: serde_json::Map<String, serde_json::Value> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.as_str().into()))
            .collect();
        // One line, so that a program that waits for it can stop reading there.
        context.output.data(&format!(
            "{}\n",
            json!({
                "url": sandbox.url(),
                "users": sandbox.user_count(),
                "environment": environment,
                "unset": UNSET,
            })
        ))?;
    } else {
        let shell = arguments.shell.unwrap_or_else(Shell::usual);
        let lines: String = settings
            .iter()
            .map(|(name, value)| shell.set(name, value))
            .chain(UNSET.map(|name| shell.unset(name)))
            .collect();
        context.output.data(&lines)?;
    }
    context.output.say(&format!(
        "The embedded directory with {} users listens on {}. Ctrl-C ends it.",
        sandbox.user_count(),
        sandbox.url()
    ));
    context.stop.drained().await;
    let stats = sandbox.stats();
    sandbox.shutdown().await?;
    context.output.say(&format!(
        "Answered {} requests: {} reads, {} writes accepted, {} refused, {} throttled.",
        stats.http_requests, stats.reads, stats.writes_accepted, stats.writes_refused, stats.throttled
    ));
    Ok(Exit::Done)
}

/// The sheet as the embedded directory reads it, which knows UTF-8 and commas and nothing of ours: what `check` reads beside that is
/// brought to this form first.
fn plain(context: &Context, path: &Path) -> Result<PlainCsv, CliError> {
    let plain = PlainCsv::of(path).map_err(|error| {
        CliError::usage(format!("`--from {}`: {error}", path.display()))
            .hint("`dirsheet check FILE` tells all that is wrong with a sheet")
    })?;
    if let Some(told) = plain.told() {
        let shown = path.display();
        context.output.say(&format!("Read {told} out of {shown}."));
    }
    Ok(plain)
}

/// What the app may sign in with beside its secret.
fn registered(arguments: &SandboxArgs) -> Result<Registered, CliError> {
    let mut registered = Registered::default();
    let read = |path: &Path| std::fs::read(path).map_err(|error| error.to_string());
    let failed = |flag: &str, path: &Path, reason: String| {
        CliError::usage(format!("`{flag} {}`: {reason}", path.display()))
    };
    for path in &arguments.certificate {
        read(path)
            .and_then(|pem| registered.add_certificates(&pem))
            .map_err(|reason| failed("--certificate", path, reason))?;
    }
    for path in &arguments.federated {
        read(path)
            .and_then(|json| registered.add_federated(&json))
            .map_err(|reason| failed("--federated", path, reason))?;
    }
    Ok(registered)
}

fn faults(text: &str) -> Result<Vec<Fault>, CliError> {
    text.split(';')
        .map(str::trim)
        .filter(|fault| !fault.is_empty())
        .map(|fault| {
            fault
                .parse()
                .map_err(|error: String| CliError::usage(format!("`--faults`: {error}")))
        })
        .collect()
}

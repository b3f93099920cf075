//! `doctor`: looks at everything a command needs, in the order in which it would fail, and says how each thing is.
//!
//! Nothing is written to a tenant. The state folder is made where it is not there, and a file is tried in it.

mod checkup;
mod granting;
mod line;
mod permissions;
mod protection;
mod service;
mod settings;
mod state;

use checkup::Checkup;
pub use state::others_may_read;

use super::args::{DoctorArgs, Global};
use super::connect::{Connected, Context, Job, interrupted, state_root};
use super::crossed::ways_on;
use super::error::CliError;
use super::exit::Exit;
use super::export_shape;
use super::output::Output;
use crate::catalogue::{Attribute, Preset};
use crate::state::StateFolder;

/// The columns that are read, and those of them that somebody wants to write.
type Columns<'c> = (&'c [&'static Attribute], &'c [&'static Attribute]);

/// # Errors
/// The columns that were asked about are none.
pub async fn run(global: &Global, arguments: &DoctorArgs) -> Result<Exit, CliError> {
    let output = Output::new(global);
    let (columns, unknown) = export_shape::columns(&arguments.columns, None)?;
    // A sheet has the name of each user to find the user by; nobody who did not name it wants to write it.
    let is_named = |name: &str| {
        let mut words = arguments.columns.split(',').map(str::trim);
        Preset::by_name(&arguments.columns).is_some() || words.any(|word| word.eq_ignore_ascii_case(name))
    };
    let wanted: Vec<&'static Attribute> = columns
        .iter()
        .copied()
        .filter(|attribute| attribute.name != "userPrincipalName" || is_named(attribute.name))
        .collect();
    let mut checkup = Checkup::default();
    checkup.well(
        "dirsheet",
        format!(
            "{} on {} {}",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH
        ),
    );
    match Context::new(global) {
        Ok(context) => {
            let listening = context.stop.listen(None);
            // It only looks, so it can end anywhere.
            let is_stopped = tokio::select! {
                biased;
                () = interrupted(&context.stop) => true,
                () = whole(&context, (&columns, &wanted), &unknown, &mut checkup) => false,
            };
            listening.abort();
            if is_stopped {
                if !output.json {
                    output.data(&checkup.lines(output.paint(), global.quiet))?;
                }
                return Err(CliError::new(
                    Exit::Interrupted,
                    "stopped before everything was looked at",
                ));
            }
        }
        Err(error) => {
            checkup.error("configuration", error);
            // The state folder can be looked at all the same.
            if let Ok(root) = state_root(global) {
                state::look(&root, "the flags, the environment or the file", &mut checkup);
            }
        }
    }
    if output.json {
        output.json(&checkup.json())?;
    } else {
        output.data(&checkup.text(output.paint(), global.quiet))?;
    }
    Ok(checkup.exit())
}

async fn whole(context: &Context, columns: Columns<'_>, unknown: &[String], checkup: &mut Checkup) {
    settings::look(context, checkup);
    let crossed = &context.config.crossed;
    if let Some(told) = &crossed.address {
        checkup.warning(
            "environment",
            format!("{told}; a command that writes refuses"),
            ways_on(),
        );
    } else if let Some(told) = &crossed.tenant {
        checkup.warning("environment", told, []);
    }
    let folder = &context.config.state_dir;
    let Some(state) = state::look(&folder.value, &folder.origin, checkup) else {
        return;
    };
    if let Err(error) = connected(context, &state, columns, unknown, checkup).await {
        checkup.error("sign-in", error);
    }
}

async fn connected(
    context: &Context,
    state: &StateFolder,
    columns: Columns<'_>,
    unknown: &[String],
    checkup: &mut Checkup,
) -> Result<(), CliError> {
    let begun = std::time::Instant::now();
    let connected = Connected::open(context, state).await?;
    let took = begun.elapsed();
    let job = Job::new(context, state, &connected, None);
    line::look(context, checkup).await;
    service::look(job, took, checkup).await;
    permissions::look(job, columns, unknown, checkup).await;
    protection::look(job, checkup).await;
    connected.close().await
}

//! `doctor`: looks at everything a command needs, in the order in which it would fail, and says how each thing is.
//!
//! Nothing is written to a tenant. The state folder is made where it is not there, and a file is tried in it.

mod checkup;
mod granting;
mod permissions;
mod protection;
mod service;
mod settings;
mod state;

use checkup::Checkup;
pub use state::others_may_read;

use super::args::{DoctorArgs, Global};
use super::connect::{Connected, Context, Job, state_root};
use super::error::CliError;
use super::exit::Exit;
use super::export_shape;
use super::output::Output;
use crate::catalogue::Attribute;
use crate::state::StateFolder;

/// # Errors
/// The columns that were asked about are none.
pub async fn run(global: &Global, arguments: &DoctorArgs) -> Result<Exit, CliError> {
    let output = Output::new(global);
    let (columns, unknown) = export_shape::columns(&arguments.columns, None)?;
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
        Ok(context) => whole(&context, &columns, &unknown, &mut checkup).await,
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
        output.data(&checkup.text(output.paint()))?;
    }
    Ok(checkup.exit())
}

async fn whole(context: &Context, columns: &[&'static Attribute], unknown: &[String], checkup: &mut Checkup) {
    settings::look(context, checkup);
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
    columns: &[&'static Attribute],
    unknown: &[String],
    checkup: &mut Checkup,
) -> Result<(), CliError> {
    let begun = std::time::Instant::now();
    let connected = Connected::open(context, state).await?;
    let took = begun.elapsed();
    let job = Job::new(context, state, &connected, None);
    service::look(job, took, checkup).await;
    permissions::look(job, columns, unknown, checkup).await;
    protection::look(job, checkup).await;
    connected.close().await
}

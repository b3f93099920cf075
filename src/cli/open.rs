//! A sheet and the file given as its base, read side by side.

use std::path::Path;

use tokio::task::{JoinHandle, spawn_blocking};

use super::args::SheetArgs;
use super::connect::Connected;
use super::error::CliError;
use super::{extensions, reading};
use crate::engine::ReadBase;
use crate::state::StateFolder;
use crate::table::{KnownExtensions, ReadOptions, Sheet, SheetError};

/// Reads the sheet, and what `--base` names as far as it is a file; both once more when the header names what only the tenant, or
/// the export the sheet comes from, can explain. What is wrong with the base is told later, behind what is wrong with the sheet.
pub async fn open(
    path: &Path,
    reading: &SheetArgs,
    connected: Option<&Connected>,
    state: &StateFolder,
) -> Result<Result<(Sheet, Option<ReadBase>), SheetError>, CliError> {
    let first = match both(path, reading, None).await {
        Ok(first) => first,
        Err(error) => return Ok(Err(error)),
    };
    let questions = extensions::open_questions(&first.0);
    if questions.is_empty() {
        return Ok(Ok(first));
    }
    let known = match connected {
        Some(connected) => extensions::of_tenant(connected, &questions, false).await?,
        None => extensions::of_snapshots(&first.0, reading::of_base(reading).as_ref(), state)?,
    };
    drop(first);
    Ok(both(path, reading, Some(known)).await)
}

/// The sheet, and the base beside it. A sheet that is unusable waits for no base.
async fn both(
    path: &Path,
    reading: &SheetArgs,
    known: Option<KnownExtensions>,
) -> Result<(Sheet, Option<ReadBase>), SheetError> {
    let with = |options: ReadOptions| ReadOptions {
        extensions: known.clone().unwrap_or_default(),
        ..options
    };
    let base = reading::of_base(reading).map(|mut given| {
        given.options = with(given.options);
        spawn_blocking(|| given.read())
    });
    let (path, options) = (path.to_owned(), with(reading::of_sheet(reading)));
    let sheet = done(spawn_blocking(move || Sheet::open(&path, options))).await?;
    Ok(match base {
        Some(base) => (sheet, Some(done(base).await)),
        None => (sheet, None),
    })
}

/// What was done on a thread of its own.
pub(super) async fn done<T>(work: JoinHandle<T>) -> T {
    match work.await {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

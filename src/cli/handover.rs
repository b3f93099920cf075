//! `plan --handover`: what is not sent, written for the people who can do it.

use std::collections::HashSet;
use std::io::BufWriter;

use super::connect::Job;
use super::error::CliError;
use super::exit::Exit;
use super::keeper::KeptFile;
use crate::catalogue;
use crate::domain::{Directory, Plan, UserKey};
use crate::engine::{Reporter, Wanted, survey};
use crate::report::{HANDOVER_IDENTITY, write_handover};
use crate::table::{Delimiter, WriteStyle};

/// Reads what finds the users in Active Directory; `None` when there is nothing to hand over.
pub async fn read(plan: &Plan, job: Job<'_>, reporter: &Reporter) -> Result<Option<Directory>, CliError> {
    let keys: HashSet<UserKey> = plan
        .withheld()
        .iter()
        .map(|held| UserKey::Id(held.user))
        .collect();
    if keys.is_empty() {
        return Ok(None);
    }
    let attributes: Vec<_> = HANDOVER_IDENTITY
        .iter()
        .filter_map(|name| catalogue::by_name(name))
        .collect();
    let wanted = Wanted::of(keys, &attributes).in_cloud(job.connected.cloud);
    Ok(Some(
        survey(&job.connected.reader, &wanted, reporter, job.stop).await?,
    ))
}

/// Writes the file, which is new as a whole or not at all, and readable by its owner only. Without anything to hand over it
/// has only its header.
pub fn write(file: KeptFile<'_>, plan: &Plan, directory: Option<&Directory>) -> Result<u64, CliError> {
    let path = file.path().to_owned();
    let failed = |error: std::io::Error| {
        CliError::new(
            Exit::Unexpected,
            format!("cannot write `{}`: {error}", path.display()),
        )
    };
    let identity = |user, name: &str| {
        let known = directory.and_then(|directory| Some((directory, directory.user(&user)?)));
        known.map_or_else(String::new, |(directory, user)| {
            directory.value(user, name).to_cell()
        })
    };
    let style = WriteStyle::people(Delimiter::default());
    let (file, rows) = write_handover(BufWriter::new(file), style, plan, identity).map_err(failed)?;
    let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
    file.commit()?;
    Ok(rows)
}

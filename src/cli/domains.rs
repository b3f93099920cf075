//! The verified domains of the tenant, asked for when somebody is invited or gets a name.

use super::args::GuardArgs;
use super::connect::Connected;
use super::error::CliError;
use crate::domain::{
    CheckedRow, Directory, Finding, Permission, Place, domains_not_known, identities_not_known,
};
use crate::table::Sheet;

/// Reads the domains where these rows need them.
///
/// # Errors
/// The service could not be asked; not to be allowed to is none.
pub async fn learn(
    rows: &[CheckedRow],
    guards: &GuardArgs,
    connected: &Connected,
    directory: &mut Directory,
) -> Result<(), CliError> {
    let invites =
        guards.allow.contains(&Permission::Invite) && rows.iter().any(|row| row.guest_address().is_some());
    // Whoever looked for guests has asked already.
    let is_known = directory.verified_domains().is_some();
    if !is_known && (invites || gives_names(rows, guards, directory)) {
        let organization = connected.reader.organization().await?;
        directory.set_verified_domains(organization.map(|known| known.verified_domains));
    }
    Ok(())
}

/// Says when names or identities are given of which it is not known whether the service takes them.
pub fn not_known(
    sheet: &Sheet,
    rows: &[CheckedRow],
    guards: &GuardArgs,
    directory: &Directory,
) -> Vec<Finding> {
    let identities = identities_not_known(rows, directory);
    let identities = identities.map(|finding| at_column(sheet, "identities", finding));
    let names = names_not_known(sheet, rows, guards, directory);
    names.into_iter().chain(identities).collect()
}

fn at_column(sheet: &Sheet, name: &str, finding: Finding) -> Finding {
    let mut columns = sheet.header().attribute_columns();
    match columns.find(|(_, attribute)| attribute.name == name) {
        Some((column, attribute)) => finding.at(Place::cell(1, 1, column)).column(attribute.name),
        None => finding,
    }
}

fn names_not_known(
    sheet: &Sheet,
    rows: &[CheckedRow],
    guards: &GuardArgs,
    directory: &Directory,
) -> Option<Finding> {
    if directory.verified_domains().is_some() || !gives_names(rows, guards, directory) {
        return None;
    }
    Some(at_column(sheet, "userPrincipalName", domains_not_known()))
}

fn gives_names(rows: &[CheckedRow], guards: &GuardArgs, directory: &Directory) -> bool {
    let makes = guards.allow.contains(&Permission::Create);
    let by_template = makes && guards.new_names.is_some();
    rows.iter().any(|row| {
        let may_get_one = makes || row.id().is_some() || row.has_base() || row.key().is_some();
        (may_get_one && row.gives_a_name(directory)) || (by_template && row.key().is_some() && !row.has_upn())
    })
}

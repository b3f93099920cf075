//! What the plan does not send, as a sheet for the people who can do it: one row for each user and reason.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::catalogue::{self, Attribute, active_directory_name};
use crate::domain::{
    AccountAction, CLEAR_WORD, Change, ForeseenReason, Plan, UserId, Withheld, told_together,
};
use crate::table::{SheetWriter, WriteStyle};

/// What finds the user in Active Directory, beside id and name.
pub const HANDOVER_IDENTITY: [&str; 5] = [
    "displayName",
    "onPremisesSamAccountName",
    "onPremisesDomainName",
    "onPremisesDistinguishedName",
    "onPremisesImmutableId",
];

/// Who can do it.
fn who(withheld: &Withheld) -> String {
    let who = match withheld.reason {
        ForeseenReason::MasteredOnPremises => "administrator of the on-premises Active Directory",
        ForeseenReason::OnceSynchronised => {
            "administrator of Exchange or of the on-premises Active Directory"
        }
        ForeseenReason::ManagementRestricted => "administrator with a role for the administrative unit",
        ForeseenReason::AgentUser => "whoever manages the agent",
        ForeseenReason::AdminProtected => "administrator with a higher role",
        ForeseenReason::PermissionMissing => "whoever grants permissions to applications",
        ForeseenReason::RoleMissing => "whoever gives roles to applications",
        ForeseenReason::NotInThisCloud => "nobody",
        ForeseenReason::LicenseFromGroup => "owner of the group that gives the licence",
        ForeseenReason::OwnRole => "another administrator",
        ForeseenReason::LastGlobalAdministrator => "whoever decides about Global Administrators",
        ForeseenReason::ProfileStore => "the person, or an administrator of SharePoint",
    };
    match withheld.needs.as_str() {
        "" => who.to_owned(),
        needs => format!("{who}: {needs}"),
    }
}

/// Writes the sheet; `identity` gives the text of an attribute of [`HANDOVER_IDENTITY`]. Returns the sink and how many rows
/// there are.
///
/// # Errors
/// When the sink fails.
pub fn write_handover<W: Write>(
    sink: W,
    style: WriteStyle,
    plan: &Plan,
    identity: impl Fn(UserId, &str) -> String,
) -> io::Result<(W, u64)> {
    // The catalogue does not list what the tenant made for itself.
    let mut own: Vec<&'static Attribute> = Vec::new();
    for held in plan.withheld() {
        if held.change.attribute.extension.is_some() && !own.contains(&held.change.attribute) {
            own.push(held.change.attribute);
        }
    }
    let attributes: Vec<&'static Attribute> = catalogue::all()
        .chain(catalogue::account_attributes())
        .chain(own.iter().copied())
        .filter(|one| plan.withheld().iter().any(|held| held.change.attribute == *one))
        .collect();
    let mut header: Vec<String> = ["id", "userPrincipalName"].map(str::to_owned).to_vec();
    header.extend(HANDOVER_IDENTITY.map(str::to_owned));
    header.extend(["row", "reason", "who"].map(str::to_owned));
    for attribute in &attributes {
        let name = match active_directory_name(attribute) {
            Some(directory) => format!("{} (AD: {directory})", attribute.name),
            None => attribute.name.to_owned(),
        };
        header.extend([format!("{name} old"), format!("{name} new")]);
    }
    let mut writer = SheetWriter::new(sink, style)?;
    writer.write_header(&header.iter().map(String::as_str).collect::<Vec<_>>())?;
    // In the order of the sheet.
    let mut rows: BTreeMap<(u64, UserId, ForeseenReason, &str), Vec<&Withheld>> = BTreeMap::new();
    for held in plan.withheld() {
        let key = (held.row, held.user, held.reason, held.needs.as_str());
        rows.entry(key).or_default().push(held);
    }
    let count = rows.len() as u64;
    for ((row, user, reason, _), cells) in rows {
        let Some(first) = cells.first() else { continue };
        let mut line = vec![user.to_string(), first.upn.clone()];
        line.extend(HANDOVER_IDENTITY.map(|name| identity(user, name)));
        line.extend([row.to_string(), reason.code().to_owned(), who(first)]);
        for attribute in &attributes {
            let own = cells.iter().filter(|held| held.change.attribute == *attribute);
            let changes: Vec<&Change> = own.clone().map(|held| &held.change).collect();
            if let Some(told) = told_together(&changes) {
                line.extend(told);
                continue;
            }
            let cell = own.into_iter().next();
            line.extend(match cell {
                Some(held) if held.change.is_clear() => [held.change.before.to_cell(), CLEAR_WORD.to_owned()],
                Some(held) => {
                    let action = AccountAction::of(&held.change).map(|action| action.word().to_owned());
                    let after = action.unwrap_or_else(|| held.change.after.to_cell());
                    [held.change.before.to_cell(), after]
                }
                None => [String::new(), String::new()],
            });
        }
        writer.write_row(&line)?;
    }
    Ok((writer.finish()?.0, count))
}

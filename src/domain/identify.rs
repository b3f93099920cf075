//! Whom a row is about, and whether that is beyond doubt.

use std::collections::HashMap;

use super::{CheckedRow, Directory, Extent, Finding, UpnKey, UserId, UserKey, UserState, shorten};

/// Finds the user of each row; whoever cannot be found with certainty is a finding.
pub(super) fn find_users<'d>(
    rows: &mut [CheckedRow],
    directory: &'d Directory,
) -> Vec<Option<&'d UserState>> {
    rows.iter_mut()
        .map(|row| {
            if row.is_held() {
                return None;
            }
            match find_user(row, directory) {
                Ok(user) => Some(user),
                Err(finding) => {
                    row.add_finding(*finding);
                    None
                }
            }
        })
        .collect()
}

fn find_user<'d>(row: &CheckedRow, directory: &'d Directory) -> Result<&'d UserState, Box<Finding>> {
    let unknown = |what: String, help: &str| {
        Box::new(Finding::error("unknown-user", Extent::Row, what, help).at(row.place()))
    };
    let by_upn = row
        .upn()
        .and_then(|upn| directory.find(&UserKey::Upn(upn.clone())));
    let Some(id) = row.id() else {
        return by_upn.ok_or_else(|| {
            unknown(
                format!(
                    "no user of the directory has the userPrincipalName `{}`",
                    row.label()
                ),
                "correct the name, or delete the row if the user is gone",
            )
        });
    };
    let Some(user) = directory.user(&id) else {
        return Err(unknown(
            format!("no user of the directory has the id `{id}`"),
            "the user was deleted, or the sheet is of another tenant; delete the row or check the tenant",
        ));
    };
    // With a base the name is an edit like any other; without one it is a second key, and two keys must agree.
    let disagrees = row.name_is_key() && row.upn().is_some_and(|upn| *upn != UpnKey::new(&user.upn));
    if disagrees {
        return Err(Box::new(
            Finding::error(
                "keys-disagree",
                Extent::Row,
                format!(
                    "`id` is the user `{}`, but `userPrincipalName` says `{}`",
                    shorten(&user.upn),
                    row.label()
                ),
                "correct one of them; to rename a user, edit an exported sheet that still has its `_snapshot` column",
            )
            .at(row.place()),
        ));
    }
    // Ids sorted apart from their rows look like this, and then none of the other cells is about this user either.
    let taken = row
        .wanted_name()
        .and_then(|name| directory.find(name))
        .filter(|other| other.id != user.id);
    if let Some(other) = taken {
        return Err(Box::new(
            Finding::error(
                "name-taken",
                Extent::Row,
                format!(
                    "`id` is the user `{}`, but `{}` is somebody else's userPrincipalName",
                    shorten(&user.upn),
                    shorten(&other.upn)
                ),
                "put the exported name back if the rows were mixed up, or choose another name",
            )
            .at(row.place())
            .column("userPrincipalName"),
        ));
    }
    Ok(user)
}

/// Two users cannot get one name; which of them did would be chance.
pub(super) fn settle_names(rows: &mut [CheckedRow], users: &[Option<&UserState>]) {
    let mut wanted: HashMap<UserKey, Vec<usize>> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        if let (Some(name), Some(_)) = (row.wanted_name(), users[index]) {
            wanted.entry(name.clone()).or_default().push(index);
        }
    }
    for indexes in wanted.into_values() {
        let mut people: Vec<UserId> = indexes
            .iter()
            .filter_map(|&index| users[index].map(|user| user.id))
            .collect();
        people.sort();
        people.dedup();
        if people.len() < 2 {
            continue;
        }
        for index in indexes {
            let finding = Finding::error(
                "name-wanted-twice",
                Extent::Row,
                "another row wants the same userPrincipalName for another user",
                "give each user a name of their own",
            )
            .at(rows[index].place())
            .column("userPrincipalName");
            rows[index].add_finding(finding);
        }
    }
}

//! Rows of joiners that would overwrite somebody who has the name already.

use super::set;
use crate::catalogue;
use crate::domain::{CheckedRow, Directory, Extent, Finding, UserKey, Value, same, shorten};

const NUMBER: &str = "employeeId";

/// Two people with one name are the accident of joiners: where users may be made, a row that finds its user by nothing but the name and
/// gives another number than that user holds is about somebody else, and is told so instead of being an edit.
pub(super) fn refuse(rows: &mut [CheckedRow], directory: &Directory) {
    let Some(number) = catalogue::by_name(NUMBER).filter(|number| directory.columns().contains(number))
    else {
        return;
    };
    for row in rows {
        let is_by_name = row.id().is_none() && row.key().is_none() && !row.has_base() && !row.is_held();
        let named = is_by_name.then(|| row.upn()).flatten();
        let named = named.map(|name| UserKey::Upn(name.into_owned()));
        let Some(user) = named.as_ref().and_then(|key| directory.find(key)) else {
            continue;
        };
        let held = directory.value(user, NUMBER);
        let is_another = set(row, NUMBER).is_some_and(|given| {
            *given != Value::Empty && held != Value::Empty && !same(number, given, &held)
        });
        if !is_another {
            continue;
        }
        let given = set(row, NUMBER).map(Value::to_cell).unwrap_or_default();
        let finding = Finding::error(
            "name-of-another",
            Extent::Row,
            format!(
                "`{}` is there already and has the employeeId `{}`; the row gives `{}`, so it seems to be about somebody else with the same name",
                shorten(&user.upn),
                shorten(&held.to_cell()),
                shorten(&given)
            ),
            "give the new person a name of their own; if it is that person and only the number is wrong, name them by `id`, or correct the number without `--allow create`",
        );
        row.add_finding(finding.at(row.place()));
    }
}

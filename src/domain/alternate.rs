//! An alternate mobile number for signing in stands only beside a mobile one: what would be is looked at before anything is sent.
//!
//! <https://learn.microsoft.com/graph/api/resources/phoneauthenticationmethod>

use std::collections::HashMap;

use super::build::finding_note;
use super::{CheckedRow, Directory, Extent, Finding, Plan, UserChanges, UserId, UserKey, Value, same};
use crate::catalogue::by_name;

const MOBILE: &str = "authentication.phoneMethods.mobile";
const ALTERNATE: &str = "authentication.phoneMethods.alternateMobile";

/// Takes out of the plan what the service would refuse because of the other number, and says of two numbers that are one.
pub(super) fn settle_alternates(plan: &mut Plan, rows: &mut [CheckedRow], directory: &Directory) {
    let told = find(plan, directory);
    if told.is_empty() {
        return;
    }
    take_out(plan, &told);
    for (planned, row) in plan.rows.iter_mut().zip(rows) {
        let Some(findings) = planned.user.and_then(|user| told.get(&user)) else {
            continue;
        };
        for (name, finding) in findings {
            let cell = row.cells().iter().find(|cell| cell.attribute.name == *name);
            let Some(column) = cell.map(|cell| cell.column) else {
                continue;
            };
            let finding = finding.clone().at(row.place().at(column)).column(name);
            if finding.is_error() {
                planned.writes.retain(|written| written != name);
                planned.notes.push(finding_note(&finding));
            }
            row.add_finding(finding);
        }
    }
}

/// The same for a plan that does not come from a sheet: only its rows say it.
pub(super) fn hold_back_alternates(plan: &mut Plan, directory: &Directory) {
    let told = find(plan, directory);
    take_out(plan, &told);
    for planned in &mut plan.rows {
        let findings = planned.user.and_then(|user| told.get(&user));
        for (name, finding) in findings.into_iter().flatten().filter(|(_, one)| one.is_error()) {
            if planned.writes.iter().any(|written| written == name) {
                planned.writes.retain(|written| written != name);
                planned.notes.push(finding_note(&finding.clone().column(name)));
            }
        }
    }
}

/// What is wrong, by user and attribute.
type Told = HashMap<UserId, Vec<(&'static str, Finding)>>;

fn find(plan: &Plan, directory: &Directory) -> Told {
    let of_users = plan
        .users
        .iter()
        .map(|user| (user.user, of_user(user, directory)));
    of_users.filter(|(_, findings)| !findings.is_empty()).collect()
}

/// Takes the changes out that are errors.
fn take_out(plan: &mut Plan, told: &Told) {
    for user in &mut plan.users {
        let findings = told.get(&user.user).map_or(&[][..], Vec::as_slice);
        user.changes.retain(|change| {
            !findings
                .iter()
                .any(|(name, one)| one.is_error() && *name == change.attribute.name)
        });
    }
    plan.users.retain(|user| !user.changes.is_empty());
}

/// What is wrong with the numbers that a user would have.
fn of_user(user: &UserChanges, directory: &Directory) -> Vec<(&'static str, Finding)> {
    let mut findings = Vec::new();
    let (Some((mobile, sets_mobile)), Some((alternate, sets_alternate))) = (
        wanted(user, MOBILE, directory),
        wanted(user, ALTERNATE, directory),
    ) else {
        return findings;
    };
    if alternate.is_empty() || !(sets_mobile || sets_alternate) {
        return findings;
    }
    if mobile.is_empty() {
        if sets_alternate {
            findings.push((ALTERNATE, alternate_alone()));
        }
        if sets_mobile {
            findings.push((MOBILE, mobile_gone()));
        }
    } else if by_name(MOBILE).is_some_and(|attribute| same(attribute, &mobile, &alternate)) {
        let name = if sets_alternate { ALTERNATE } else { MOBILE };
        findings.push((name, one_number()));
    }
    findings
}

/// The value a user would have, and whether the plan sets it; `None` where the present one is not known.
pub(super) fn wanted(user: &UserChanges, name: &'static str, directory: &Directory) -> Option<(Value, bool)> {
    if let Some(change) = user.changes.iter().find(|change| change.attribute.name == name) {
        return Some((change.after.clone(), true));
    }
    let attribute = by_name(name)?;
    let live = directory.find(&UserKey::Id(user.user))?;
    let is_known = directory.columns().contains(&attribute) && !live.unread.contains(&name);
    is_known.then(|| (directory.value(live, name), false))
}

fn alternate_alone() -> Finding {
    Finding::error(
        "alternate-without-mobile",
        Extent::Cell,
        format!(
            "the person would have no mobile number for signing in (`{MOBILE}`), and the service takes an alternate one only beside it"
        ),
        "write the number as the mobile one, or fill in both",
    )
}

fn mobile_gone() -> Finding {
    Finding::error(
        "alternate-without-mobile",
        Extent::Cell,
        format!("the mobile number for signing in cannot go while there is an alternate one (`{ALTERNATE}`)"),
        "clear the alternate number as well, or write another mobile one",
    )
}

fn one_number() -> Finding {
    Finding::warning(
        "same-number-twice",
        Extent::Cell,
        "the mobile and the alternate number for signing in would be one and the same, so whoever loses that telephone loses both",
        "look whether another number is meant",
    )
}

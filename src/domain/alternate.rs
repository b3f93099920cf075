//! An alternate mobile number for signing in stands only beside a mobile one: what would be is looked at before anything is sent.
//!
//! <https://learn.microsoft.com/graph/api/resources/phoneauthenticationmethod>

use super::plan::Told;
use super::{CheckedRow, Directory, Extent, Finding, Plan, UserChanges, UserKey, Value, same};
use crate::catalogue::by_name;

const MOBILE: &str = "authentication.phoneMethods.mobile";
const ALTERNATE: &str = "authentication.phoneMethods.alternateMobile";

/// Takes out of the plan what the service would refuse because of the other number, and says of two numbers that are one.
pub(super) fn settle_alternates(plan: &mut Plan, rows: &mut [CheckedRow], directory: &Directory) {
    plan.tell_in_cells(rows, &find(plan, directory));
}

/// The same for a plan that does not come from a sheet: only its rows say it.
pub(super) fn hold_back_alternates(plan: &mut Plan, directory: &Directory) {
    plan.tell_in_notes(&find(plan, directory));
}

fn find(plan: &Plan, directory: &Directory) -> Told {
    let of_users = plan
        .users
        .iter()
        .map(|user| (user.user, of_user(user, directory)));
    of_users.filter(|(_, findings)| !findings.is_empty()).collect()
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
    let is_known = directory.columns().contains(&attribute) && !directory.is_unread(live, name);
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

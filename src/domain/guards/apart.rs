//! Users whom the guards let nobody touch: where nobody is asked, they are left to a person, and everybody else goes on.

use std::collections::{HashMap, HashSet};

use super::people::{administrator_roles, is_listed, protected_keys};
use super::{GuardReport, Limits, Permission};
use crate::domain::{Plan, RowNote, RowStatus, UserChanges, UserId, UserKey, shorten};

/// The guards that are about single people. All others count over the whole plan, and a figure is nobody's; that nobody knows who is
/// an administrator (`unknown-roles`) is about the sign-in, and would make everybody's work of what one permission mends.
const OF_PEOPLE: [&str; 5] = ["admins", "protected", "protected-filter", "own-account", "rename"];

impl GuardReport {
    /// Whether it is about single people, whom [`Plan::leave_to_people`] takes out of the plan.
    pub fn is_of_people(&self) -> bool {
        OF_PEOPLE.contains(&self.guard)
    }
}

/// Why a user is left to a person: what would be needed, and the sentence that says it.
struct Apart {
    needed: Permission,
    code: &'static str,
    message: String,
}

impl Plan {
    /// Leaves to a person everybody whom a guard about people refuses, with all that would be written of them, and tells it in
    /// their rows; `help` says what to do.
    ///
    /// What counts over the whole plan must be looked at before: a plan from which people were taken looks smaller than its sheet.
    pub fn leave_to_people(&mut self, limits: &Limits, help: impl Fn(Permission) -> String) {
        let protected = protected_keys(limits);
        let apart: HashMap<UserId, Apart> = self
            .users
            .iter()
            .filter_map(|user| Some((user.user, apart(user, limits, &protected)?)))
            .collect();
        if apart.is_empty() {
            return;
        }
        self.take_out(|user, _| apart.contains_key(&user.user));
        for row in &mut self.rows {
            let Some(apart) = row.user.and_then(|user| apart.get(&user)) else {
                continue;
            };
            row.writes.clear();
            row.notes.push(RowNote {
                status: RowStatus::Skipped,
                code: apart.code.to_owned(),
                message: apart.message.clone(),
                hint: help(apart.needed),
            });
        }
    }
}

/// Why this user is left to a person; `None` where no guard about people refuses.
fn apart(user: &UserChanges, limits: &Limits, protected: &HashSet<&UserKey>) -> Option<Apart> {
    let reasons = [
        (
            Permission::Protected,
            "protected",
            of_list(user, limits, protected),
        ),
        (Permission::Admins, "admins", of_roles(user, limits)),
        (Permission::OwnAccount, "own-account", of_sign_in(user, limits)),
        (Permission::Rename, "rename", renamed(user)),
    ];
    let mut refusing = reasons
        .into_iter()
        .filter(|(needed, ..)| !limits.allowed.contains(needed));
    refusing.find_map(|(needed, code, message)| {
        Some(Apart {
            needed,
            code,
            message: message?,
        })
    })
}

/// What the profile protects the user by.
fn of_list(user: &UserChanges, limits: &Limits, protected: &HashSet<&UserKey>) -> Option<String> {
    if is_listed(user, limits, protected) {
        return Some(
            "a protected user is changed by a person: the user is on the list of `guards.protected`"
                .to_owned(),
        );
    }
    let filter = limits.protected_filter.as_ref()?;
    limits.people.filtered.contains(&user.user).then(|| {
        format!(
            "a protected user is changed by a person: the filter `{}` finds the user",
            shorten(&filter.value)
        )
    })
}

fn of_roles(user: &UserChanges, limits: &Limits) -> Option<String> {
    let held = administrator_roles(user, limits);
    (!held.is_empty()).then(|| {
        format!(
            "an administrator is changed by a person: the user holds {}",
            held.join(", ")
        )
    })
}

fn of_sign_in(user: &UserChanges, limits: &Limits) -> Option<String> {
    let is_own = limits.people.own == Some(user.user);
    is_own.then(|| "the account that is signed in is changed by a person".to_owned())
}

/// The new name of somebody who has one already.
fn renamed(user: &UserChanges) -> Option<String> {
    let mut changes = user.changes.iter();
    let change = changes.find(|change| !user.is_new && change.attribute.name == "userPrincipalName")?;
    Some(format!(
        "people would sign in by another name: `{}` becomes `{}`",
        shorten(&user.upn),
        shorten(&change.after.to_cell())
    ))
}

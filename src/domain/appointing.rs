//! Directory roles in a plan: what a cell asks for, which of them are privileged, and what is never taken.

use std::collections::HashSet;

use super::roles::GLOBAL;
use super::{
    AccountAction, Change, Directory, Extent, Finding, ForeseenReason, Plan, UserId, Value, shorten,
};
use crate::catalogue::{Attribute, WriteRule};

/// A role that can be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleDefinition {
    pub id: String,
    /// The same in every tenant for a built-in role.
    pub template: String,
    pub name: String,
    /// Whether Microsoft marks it as privileged; where it does not say, everything but readers and inviters is.
    pub is_privileged: bool,
}

/// The roles of the tenant, and what of their assignments a plan must know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleBook {
    pub roles: Vec<RoleDefinition>,
    /// Users who are Global Administrators directly and for the whole directory.
    pub global_administrators: HashSet<UserId>,
    /// Users who also hold a role for a part of the directory only.
    pub elsewhere: HashSet<UserId>,
}

impl RoleDefinition {
    /// Whether it is the role that can do everything.
    pub fn is_global_administrator(&self) -> bool {
        self.template.eq_ignore_ascii_case(GLOBAL)
    }

    fn is(&self, text: &str) -> bool {
        let text = text.trim();
        [&self.name, &self.id, &self.template]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(text))
    }
}

impl RoleBook {
    /// Every role that a text can mean, by name or id.
    fn meant(&self, text: &str) -> Vec<&RoleDefinition> {
        self.roles.iter().filter(|role| role.is(text)).collect()
    }

    /// The one role that a text means.
    pub fn find(&self, text: &str) -> Option<&RoleDefinition> {
        match self.meant(text).as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// Whether somebody is left who is Global Administrator directly and for the whole directory when these are it no more.
    pub fn is_led_without(&self, lost: &HashSet<UserId>) -> bool {
        self.global_administrators.iter().any(|user| !lost.contains(user))
    }

    /// How a cell shows the role with this id: by its name, where no other role has it.
    pub fn shown(&self, id: &str) -> String {
        let Some(role) = self.find(id) else {
            return id.to_lowercase();
        };
        match self.find(&role.name) {
            Some(_) => role.name.clone(),
            None => role.id.clone(),
        }
    }
}

pub(super) fn is_roles(attribute: &Attribute) -> bool {
    attribute.write == WriteRule::Roles
}

/// What a cell asks for, in the names of the tenant.
///
/// # Errors
/// A role that the tenant does not have, or whose name two roles have.
pub(super) fn settled(value: &Value, directory: &Directory) -> Result<Value, Box<Finding>> {
    let texts = items(value);
    let Some(book) = directory.roles() else {
        // Then nobody's roles were read, and the cell is not written for that reason.
        return Ok(Value::list(texts));
    };
    let mut found = Vec::new();
    for text in texts {
        let shown = shorten(&text);
        let (message, help) = match book.meant(&text).as_slice() {
            [one] => {
                let name = book.shown(&one.id);
                if !found.contains(&name) {
                    found.push(name);
                }
                continue;
            }
            [] => (
                format!("the tenant has no role `{shown}`"),
                "write its name as the portal shows it, like `Helpdesk Administrator`, or the id of its template".to_owned(),
            ),
            several => (
                format!("{} roles are called `{shown}`", several.len()),
                format!(
                    "write the id: {}",
                    several.iter().map(|role| role.id.as_str()).collect::<Vec<_>>().join(" or ")
                ),
            ),
        };
        return Err(Box::new(
            Finding::error("unknown-role", Extent::Cell, message, help).found(&text),
        ));
    }
    Ok(Value::list(found))
}

fn items(value: &Value) -> Vec<String> {
    match value {
        Value::List(items) => items.clone(),
        Value::Text(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}

impl Change {
    /// The role that is given or taken; `None` for a change of anything else.
    pub fn role(&self) -> Option<String> {
        let item = || items(&self.after).into_iter().chain(items(&self.before)).next();
        is_roles(self.attribute).then(item).flatten()
    }

    /// Whether a role is taken.
    pub fn takes_role(&self) -> bool {
        is_roles(self.attribute) && self.is_clear()
    }
}

/// Whether the account is deleted or may not sign in any more, so that its roles are of no use.
fn locks_out(change: &Change) -> bool {
    AccountAction::of(change) == Some(AccountAction::Delete)
        || (change.attribute.name == "accountEnabled" && change.after == Value::Boolean(false))
}

/// Holds back what would leave no Global Administrator, and notes which of the roles in a plan are privileged.
pub(super) fn settle_roles(plan: &mut Plan, directory: &Directory) {
    let book = directory.roles();
    let meant = |role: &str| book.and_then(|book| book.find(role));
    let global = |change: &Change| {
        let role = change.role();
        role.and_then(|role| meant(&role))
            .is_some_and(RoleDefinition::is_global_administrator)
    };
    let takes_global = |change: &Change| change.takes_role() && global(change);
    let is_taken = plan.changes().any(|(_, change)| takes_global(change));
    let lost: HashSet<UserId> = plan
        .changes()
        .filter(|(_, change)| takes_global(change) || locks_out(change))
        .map(|(user, _)| user.user)
        .collect();
    let stays = book.is_some_and(|book| book.is_led_without(&lost));
    if is_taken && !stays {
        plan.withhold(|_, change| {
            let reason = ForeseenReason::LastGlobalAdministrator;
            takes_global(change).then(|| (reason, String::new()))
        });
    }
    // What the tenant's roles do not tell is taken for the worst.
    let mut privileged: Vec<String> = plan
        .changes()
        .filter_map(|(_, change)| change.role())
        .filter(|role| meant(role).is_none_or(|role| role.is_privileged))
        .collect();
    privileged.sort();
    privileged.dedup();
    plan.privileged_roles = privileged;
}

/// Says of whom only a part of the roles is in the cell.
pub(super) fn note_other_roles(plan: &mut Plan, directory: &Directory) {
    let Some(book) = directory.roles() else {
        return;
    };
    for row in &mut plan.rows {
        let is_written = row.writes.iter().any(|name| name == "directoryRoles");
        if is_written && row.user.is_some_and(|user| book.elsewhere.contains(&user)) {
            row.remarks.push(
                "directoryRoles: the user also holds a role for a part of the directory, which is left alone"
                    .to_owned(),
            );
        }
    }
}

impl Plan {
    /// How many users would have other roles.
    pub fn roles_changed(&self) -> u64 {
        let changes_roles = |change: &Change| is_roles(change.attribute);
        self.users()
            .iter()
            .filter(|user| user.changes.iter().any(changes_roles))
            .count() as u64
    }

    /// Privileged roles that are given or taken, with whom they go to or come from, in the sheet's order.
    pub fn privileged_changes(&self) -> impl Iterator<Item = (&super::UserChanges, &Change, String)> {
        self.changes().filter_map(|(user, change)| {
            let role = change.role()?;
            let is_known = self
                .privileged_roles
                .iter()
                .any(|one| one.eq_ignore_ascii_case(&role));
            is_known.then_some((user, change, role))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> RoleBook {
        let role = |id: &str, name: &str, is_privileged| RoleDefinition {
            id: id.to_owned(),
            template: id.to_owned(),
            name: name.to_owned(),
            is_privileged,
        };
        RoleBook {
            roles: vec![
                role(GLOBAL, "Global Administrator", true),
                role("a", "Reports Reader", false),
                role("b", "Own", true),
                role("c", "own", true),
            ],
            ..RoleBook::default()
        }
    }

    fn list(items: &[&str]) -> Value {
        Value::list(items.iter().map(|item| (*item).to_owned()).collect())
    }

    #[test]
    fn a_role_is_meant_by_its_name_or_id_and_shown_by_a_name_that_no_other_has() {
        let book = book();
        assert_eq!(book.shown(&GLOBAL.to_uppercase()), "Global Administrator");
        assert_eq!(book.shown("B"), "b");
        assert_eq!(book.shown("ELSE"), "else");
        assert!(book.find("reports reader").is_some());
        assert!(book.find("Own").is_none());
        let mut directory = Directory::new(Vec::new().into_iter().collect());
        directory.set_roles(Some(std::sync::Arc::new(book)));
        let told = |text: &str| settled(&list(&[text]), &directory);
        assert_eq!(told(GLOBAL).unwrap(), list(&["Global Administrator"]));
        assert_eq!(told("Own").unwrap_err().rule, "unknown-role");
        assert_eq!(told("Nobody").unwrap_err().rule, "unknown-role");
    }
}

//! The column of directory roles: one list of everybody's assignments, and a request for each role that is given or taken.
//!
//! <https://learn.microsoft.com/graph/api/rbacapplication-list-roledefinitions>,
//! <https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignments>,
//! <https://learn.microsoft.com/graph/api/unifiedroleassignment-delete>

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Method;
use serde_json::json;

use super::call_error::CallError;
use super::encode::Encoded;
use super::error::GraphError;
use super::reader::DirectoryReader;
use super::role_definition::Wire;
use super::roles::RoleAssignment;
use super::session::Session;
use crate::catalogue::{ReadRule, WriteRule};
use crate::domain::{Action, Change, Columns, Operation, RoleBook, RoleDefinition, UserId, UserState, Value};

/// The whole directory; a role for a part of it is another thing.
const WHOLE: &str = "/";

/// What the last reading of roles showed.
#[derive(Debug, Default)]
pub(super) struct RolesSeen(Mutex<Seen>);

#[derive(Debug, Default)]
pub(super) struct Seen {
    definitions: Option<Vec<RoleDefinition>>,
    /// The roles of the tenant with what a plan must know; `None` where they could not be read.
    book: Option<Arc<RoleBook>>,
    /// Ids of roles by user, direct and for the whole directory, each with the id of the assignment.
    held: HashMap<UserId, Vec<(String, String)>>,
    /// Why it could not be read.
    refused: Option<String>,
    /// Global Administrators who cannot sign in, so that nobody is left whose only ones they are.
    disabled: HashSet<UserId>,
}

impl RolesSeen {
    pub(super) fn with<T>(&self, see: impl FnOnce(&mut Seen) -> T) -> T {
        see(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Seen {
    fn take_in(&mut self, definitions: Vec<RoleDefinition>, assignments: Vec<RoleAssignment>) {
        let mut book = RoleBook {
            roles: definitions,
            ..RoleBook::default()
        };
        self.held.clear();
        for one in assignments {
            let Some(user) = UserId::parse(&one.principal) else {
                continue;
            };
            if one.principal_is_group == Some(true) {
                continue;
            }
            if one.scope != WHOLE {
                book.elsewhere.insert(user);
                continue;
            }
            if one.principal_is_user
                && book
                    .find(&one.role)
                    .is_some_and(RoleDefinition::is_global_administrator)
            {
                book.global_administrators.insert(user);
            }
            self.held
                .entry(user)
                .or_default()
                .push((one.role.to_lowercase(), one.id));
        }
        book.global_administrators
            .retain(|user| !self.disabled.contains(user));
        self.definitions = Some(book.roles.clone());
        self.book = Some(Arc::new(book));
        self.refused = None;
    }

    /// From now on these count for nothing when the last Global Administrator is looked for.
    pub(super) fn leave_out(&mut self, disabled: HashSet<UserId>) {
        if let Some(book) = &mut self.book {
            Arc::make_mut(book)
                .global_administrators
                .retain(|user| !disabled.contains(user));
        }
        self.disabled = disabled;
    }
}

impl DirectoryReader {
    /// The roles of the tenant as the last reading showed them; `None` when they could not be read.
    pub fn role_book(&self) -> Option<Arc<RoleBook>> {
        self.session.roles.with(|seen| seen.book.clone())
    }

    /// Reads the roles of the tenant, where there is a column for them and no user was read who brought them along: a new user has
    /// none, and may get some.
    ///
    /// # Errors
    /// [`CallError`], after all attempts. That they may not be read is none: the cells stay unread.
    pub async fn know_roles(&self, columns: &Columns) -> Result<(), CallError> {
        let is_known = |seen: &mut Seen| seen.book.is_some() || seen.refused.is_some();
        let is_asked = columns
            .iter()
            .any(|attribute| attribute.write == WriteRule::Roles);
        if !is_asked || self.session.roles.with(is_known) {
            return Ok(());
        }
        self.try_roles().await
    }

    /// Reads everybody's roles, where there is a column for them, and puts them into these users.
    ///
    /// # Errors
    /// [`CallError`], after all attempts. That they may not be read is none: the cells stay unread.
    pub(super) async fn fill_roles(
        &self,
        users: &mut [&mut UserState],
        columns: &Columns,
    ) -> Result<(), CallError> {
        let is_asked = columns
            .iter()
            .any(|attribute| attribute.read == ReadRule::RoleAssignments);
        if !is_asked || users.is_empty() {
            return Ok(());
        }
        self.try_roles().await?;
        self.put_roles(users, columns);
        Ok(())
    }

    async fn try_roles(&self) -> Result<(), CallError> {
        match self.read_roles().await {
            Err(CallError::Graph { error, .. }) if matches!(error.status, 400 | 403 | 404) => {
                let reason = format!("the service refused to show roles ({})", error.status);
                self.session.roles.with(|seen| {
                    seen.book = None;
                    seen.refused = Some(reason);
                });
                Ok(())
            }
            other => other,
        }
    }

    async fn read_roles(&self) -> Result<(), CallError> {
        let known = self.session.roles.with(|seen| seen.definitions.clone());
        let definitions = match known {
            Some(known) => known,
            None => {
                let wire: Vec<Wire> = self.list_all("/roleManagement/directory/roleDefinitions").await?;
                wire.into_iter().map(RoleDefinition::from).collect()
            }
        };
        let assignments = self.role_assignments().await?;
        self.session
            .roles
            .with(|seen| seen.take_in(definitions, assignments));
        Ok(())
    }

    /// Puts what the last reading showed into these users.
    pub(super) fn put_roles(&self, users: &mut [&mut UserState], columns: &Columns) {
        for (place, attribute) in columns.iter().enumerate() {
            if attribute.read != ReadRule::RoleAssignments {
                continue;
            }
            for user in users.iter_mut() {
                let read = self.session.roles.with(|seen| match &seen.book {
                    Some(book) => {
                        let held = seen.held.get(&user.id).map_or(&[][..], Vec::as_slice);
                        let mut names: Vec<String> = held.iter().map(|(role, _)| book.shown(role)).collect();
                        names.sort();
                        names.dedup();
                        Ok(Value::list(names))
                    }
                    None => Err(seen.refused.clone().unwrap_or_default()),
                });
                match read {
                    Ok(value) => {
                        if let Some(cell) = user.values.get_mut(place) {
                            *cell = value;
                        }
                    }
                    Err(reason) => self.unread(user, columns, place, reason),
                }
            }
        }
    }
}

/// The request of an operation that gives or takes a role; `None` for any other.
pub(super) fn request(session: &Session, operation: &Operation) -> Option<Result<Encoded, String>> {
    match &operation.action {
        Action::Resource { change } if change.attribute.write == WriteRule::Roles => {
            Some(session.roles.with(|seen| seen.request(operation.user, change)))
        }
        _ => None,
    }
}

/// What is said of a role that was to be taken and that the user does not hold, as the last reading showed: there is nothing to
/// take, and no assignment that a request could name. `None` for anything else.
pub(super) fn gone(session: &Session, operation: &Operation) -> Option<Box<GraphError>> {
    let Action::Resource { change } = &operation.action else {
        return None;
    };
    let is_gone = change.takes_role() && session.roles.with(|seen| seen.lacks(operation.user, change));
    is_gone.then(|| {
        Box::new(GraphError {
            status: 404,
            code: "Request_ResourceNotFound".to_owned(),
            message: "the user does not hold the role".to_owned(),
            details: Vec::new(),
            request_id: None,
            client_request_id: None,
            date: None,
        })
    })
}

impl Seen {
    /// Whether the roles were read and this one is not among the user's.
    fn lacks(&self, user: UserId, change: &Change) -> bool {
        let book = self.book.as_deref();
        let role = book.and_then(|book| book.find(&change.role().unwrap_or_default()));
        let mut held = self.held.get(&user).into_iter().flatten();
        role.is_some_and(|role| !held.any(|(id, _)| id.eq_ignore_ascii_case(&role.id)))
    }

    fn request(&mut self, user: UserId, change: &Change) -> Result<Encoded, String> {
        const PATH: &str = "/roleManagement/directory/roleAssignments";
        let name = change.role().unwrap_or_default();
        let book = self
            .book
            .clone()
            .ok_or("the roles of the tenant could not be read")?;
        let role = book
            .find(&name)
            .ok_or_else(|| format!("the tenant has no role `{name}` any more"))?;
        if !change.takes_role() {
            return Ok(Encoded {
                method: Method::POST,
                path: PATH.to_owned(),
                body: Some(json!({
                    "@odata.type": "#microsoft.graph.unifiedRoleAssignment",
                    "roleDefinitionId": role.id,
                    "principalId": user.to_string(),
                    "directoryScopeId": WHOLE,
                })),
            });
        }
        let held = self.held.get(&user).into_iter().flatten();
        let id = held.clone().find(|(id, _)| id.eq_ignore_ascii_case(&role.id));
        let Some((_, assignment)) = id else {
            return Err(format!("the user does not hold the role `{name}` any more"));
        };
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
        if assignment.is_empty() || !assignment.chars().all(is_plain) {
            return Err("the service gave the assignment an id that cannot stand in an address".to_owned());
        }
        // Between the plan and this moment somebody else may have lost the role.
        if role.is_global_administrator() {
            if !book.is_led_without(&HashSet::from([user])) {
                return Err("the user is the last Global Administrator, who keeps the role".to_owned());
            }
            let mut left = RoleBook::clone(&book);
            left.global_administrators.remove(&user);
            self.book = Some(Arc::new(left));
        }
        Ok(Encoded {
            method: Method::DELETE,
            path: format!("{PATH}/{assignment}"),
            body: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    const GLOBAL: &str = "62e90394-69f5-4237-9190-012177145e10";
    const READER: &str = "4a5d8f65-41da-4de4-8968-e035b65339cf";

    fn user(byte: u8) -> UserId {
        UserId::from_bytes([byte; 16])
    }

    fn assigned(byte: u8, role: &str, scope: &str) -> RoleAssignment {
        RoleAssignment {
            id: format!("assignment-{byte}"),
            scope: scope.to_owned(),
            role: role.to_owned(),
            principal: user(byte).to_string(),
            principal_is_group: Some(false),
            principal_is_user: true,
        }
    }

    fn seen(assignments: Vec<RoleAssignment>) -> Seen {
        let wire = r#"[{"id": "62E90394-69f5-4237-9190-012177145e10", "displayName": "Global Administrator", "isPrivileged": false},
                       {"id": "4a5d8f65-41da-4de4-8968-e035b65339cf", "displayName": "Reports Reader"},
                       {"id": "own", "displayName": "Own"}]"#;
        let wire: Vec<Wire> = serde_json::from_str(wire).unwrap();
        let mut seen = Seen::default();
        seen.take_in(wire.into_iter().map(RoleDefinition::from).collect(), assignments);
        seen
    }

    fn taking(name: &str) -> Change {
        Change {
            attribute: catalogue::by_name("directoryRoles").unwrap(),
            before: Value::List(vec![name.to_owned()]),
            after: Value::Empty,
        }
    }

    #[test]
    fn what_is_privileged_is_taken_from_the_service_and_else_from_the_table() {
        let book = seen(Vec::new()).book.unwrap();
        let privileged: Vec<bool> = book.roles.iter().map(|role| role.is_privileged).collect();
        assert_eq!(privileged, [true, false, true]);
    }

    #[test]
    fn of_two_global_administrators_one_can_lose_the_role_in_a_batch() {
        let mut seen = seen(vec![
            assigned(1, GLOBAL, WHOLE),
            assigned(2, GLOBAL, WHOLE),
            assigned(3, GLOBAL, "/administrativeUnits/1"),
        ]);
        let change = taking("Global Administrator");
        let first = seen.request(user(1), &change).unwrap();
        assert!(first.path.ends_with("/roleAssignments/assignment-1"));
        assert_eq!(first.method, Method::DELETE);
        assert!(
            seen.request(user(2), &change)
                .unwrap_err()
                .contains("last Global Administrator")
        );
        // A role for a part of the directory is another thing.
        assert!(
            seen.request(user(3), &change)
                .unwrap_err()
                .contains("does not hold")
        );
    }

    #[test]
    fn a_role_that_nobody_has_any_more_is_nothing_to_take_and_one_that_was_not_read_is() {
        let mut read = seen(vec![assigned(1, READER, WHOLE)]);
        let change = taking("Reports Reader");
        assert!(!read.lacks(user(1), &change) && read.request(user(1), &change).is_ok());
        assert!(read.lacks(user(2), &change) && read.request(user(2), &change).is_err());
        assert!(!read.lacks(user(2), &taking("Gone from the tenant")));
        assert!(!Seen::default().lacks(user(2), &change));
    }

    #[test]
    fn an_id_that_cannot_stand_in_an_address_is_not_put_into_one() {
        let mut one = assigned(1, READER, WHOLE);
        one.id = "a/b".to_owned();
        assert!(
            seen(vec![one])
                .request(user(1), &taking("Reports Reader"))
                .is_err()
        );
    }
}

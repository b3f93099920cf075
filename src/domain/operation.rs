//! One request of the service, and up to twenty of them in a batch.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::item_by_item::is_item_by_item;
use super::joiner::{is_at_birth, newcomer_id, newcomer_in};
use super::{AccountAction, Invitation, UserChanges, UserId, Value, invitee_id};
use crate::catalogue::{self, Attribute, PatchPlace, ReadOnlyReason, WriteRule};

/// One attribute of one user, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    #[serde(with = "attribute_by_name")]
    pub attribute: &'static Attribute,
    pub before: Value,
    pub after: Value,
}

impl Change {
    /// Whether a value is taken away and nothing put in its place.
    pub fn is_clear(&self) -> bool {
        self.after.is_empty()
    }
}

/// An attribute travels through files as its name.
pub(crate) mod attribute_by_name {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::{Attribute, catalogue};

    /// Writes the attribute's name; behind an extension's, its type.
    pub fn serialize<S: Serializer>(
        attribute: &&'static Attribute,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&catalogue::stored_name(attribute))
    }

    /// Reads a name; one that the catalogue does not know is an error.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static Attribute, D::Error> {
        let name = String::deserialize(deserializer)?;
        catalogue::by_name(&name)
            .or_else(|| catalogue::account_attributes().find(|attribute| attribute.name == name))
            .ok_or_else(|| D::Error::custom(format!("`{name}` is not an attribute of this version")))
    }
}

/// What a request does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Action {
    /// `PATCH /users/{id}` with these attributes.
    Patch {
        changes: Vec<Change>,
        /// Leaves that do not change but must be sent, because a leaf that is left out becomes null.
        companions: Vec<Companion>,
    },
    /// `PUT` or `DELETE /users/{id}/manager/$ref`; an empty `after` removes.
    Relation { change: Change },
    /// `POST /users`: a user who is not there yet. The password is no change: it is made when the request is. With an invitation
    /// it is `POST /invitations`, and the user is a guest.
    Create {
        changes: Vec<Change>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invitation: Option<Invitation>,
    },
    /// A PATCH with these attributes of the profile store and nothing of the directory.
    Profile { changes: Vec<Change> },
    /// What lies below the user under an address of its own; an empty `after` removes.
    Resource { change: Change },
    /// An action on the account, in a request of its own.
    Account { change: Change },
}

impl Action {
    /// Everything that one user of a plan needs.
    pub(super) fn all_of(user: &UserChanges) -> Vec<Action> {
        let actions = Action::of(&user.changes, &user.companions);
        if !user.is_new {
            return actions;
        }
        let mut rest = Vec::new();
        let mut birth = Vec::new();
        for action in actions {
            match action {
                Action::Patch { changes, companions } => {
                    let (at_birth, later): (Vec<Change>, Vec<Change>) =
                        changes.into_iter().partition(|change| is_at_birth(user, change));
                    birth.extend(at_birth);
                    if !later.is_empty() {
                        rest.push(Action::Patch {
                            changes: later,
                            companions,
                        });
                    }
                }
                other => rest.push(other),
            }
        }
        let invitation = user.invitation.as_deref().cloned();
        // Of nothing nobody is made: no request can say that.
        let made = (!birth.is_empty()).then_some(Action::Create {
            changes: birth,
            invitation,
        });
        made.into_iter().chain(rest).collect()
    }

    /// The requests that these changes of one user need, in the order in which the service takes them: what the directory
    /// holds, the profile store, relations, what lies below the user, and actions on the account. Packing puts the methods of signing
    /// in behind all of them.
    pub(super) fn of(changes: &[Change], companions: &[Companion]) -> Vec<Action> {
        let (mut main, mut security) = (Vec::new(), Vec::new());
        let mut profile = Vec::new();
        let mut relations = Vec::new();
        let mut resources = Vec::new();
        let mut actions = Vec::new();
        for change in changes.iter().cloned() {
            match change.attribute.write {
                WriteRule::Reference { .. } => relations.push(Action::Relation { change }),
                WriteRule::ProfilePatch => profile.push(change),
                WriteRule::Resource(resource) => {
                    resources.push((resource.turn(change.is_clear()), Action::Resource { change }));
                }
                // A licence needs a usageLocation, which stands in the PATCH; roles come when the user is complete.
                WriteRule::Licences => resources.push((3, Action::Resource { change })),
                WriteRule::Roles => resources.push((4, Action::Resource { change })),
                WriteRule::Account(_) => actions.push(Action::Account { change }),
                // They need a permission of their own, and Microsoft shows them in no body with others.
                WriteRule::MainPatch(PatchPlace::InSet { .. }) => security.push(change),
                // An attribute that cannot be written is found when the request is made.
                WriteRule::MainPatch(_) | WriteRule::ReadOnly(_) => main.push(change),
            }
        }
        resources.sort_by_key(|(turn, _)| *turn);
        let main = (!main.is_empty()).then(|| Action::Patch {
            changes: main,
            companions: companions.to_vec(),
        });
        let profile = (!profile.is_empty()).then_some(Action::Profile { changes: profile });
        let security = (!security.is_empty()).then_some(Action::Patch {
            changes: security,
            companions: Vec::new(),
        });
        main.into_iter()
            .chain(security)
            .chain(profile)
            .chain(relations)
            .chain(resources.into_iter().map(|(_, action)| action))
            .chain(actions)
            .collect()
    }
}

impl Action {
    /// Whether the service counts it as a request for authentication methods.
    pub fn is_sign_in_method(&self) -> bool {
        match self {
            Action::Resource { change } => match change.attribute.write {
                WriteRule::Resource(resource) => resource.is_sign_in_method(),
                _ => false,
            },
            Action::Patch { .. }
            | Action::Create { .. }
            | Action::Profile { .. }
            | Action::Account { .. }
            | Action::Relation { .. } => false,
        }
    }
}

/// A leaf that is sent with its present value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Companion {
    #[serde(with = "attribute_by_name")]
    pub attribute: &'static Attribute,
    pub value: Value,
}

/// The number of an operation within its run, from 0, in the order of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperationNumber(pub u32);

/// One request of the service for one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    pub number: OperationNumber,
    pub user: UserId,
    /// For messages only: requests name the user by id.
    pub upn: String,
    /// The spreadsheet row it comes from.
    pub row: u64,
    pub action: Action,
}

impl Operation {
    /// Whether it is for a user who may still have to be made.
    pub fn is_for_newcomer(&self) -> bool {
        self.user == newcomer_id(&self.upn) || self.is_for_guest()
    }

    /// New users it is about, with their names: its own, and whom it points to.
    pub fn newcomers(&self) -> impl Iterator<Item = (UserId, &str)> {
        let own = self.is_for_newcomer().then_some((self.user, self.upn.as_str()));
        let pointed_to = self
            .changes()
            .iter()
            .filter_map(|change| newcomer_in(&change.after));
        own.into_iter().chain(pointed_to)
    }

    /// Whether it makes its user.
    pub fn makes_the_user(&self) -> bool {
        matches!(self.action, Action::Create { .. })
    }

    /// Whether it is for a guest who may still have to be invited.
    pub fn is_for_guest(&self) -> bool {
        self.user == invitee_id(&self.upn)
    }

    /// The invitation that it is.
    pub fn invitation(&self) -> Option<&Invitation> {
        match &self.action {
            Action::Create { invitation, .. } => invitation.as_ref(),
            _ => None,
        }
    }

    /// Whether its request makes something that was not there, so that a second one is refused once the first has done it.
    pub fn is_post(&self) -> bool {
        match &self.action {
            Action::Create { .. } => true,
            Action::Account { change } => AccountAction::of(change) == Some(AccountAction::Restore),
            Action::Resource { change } => {
                let is_made = self.is_sign_in_method() || is_item_by_item(change.attribute);
                is_made && change.before.is_empty() && !change.is_clear()
            }
            Action::Patch { .. } | Action::Profile { .. } | Action::Relation { .. } => false,
        }
    }

    /// What it changes, whether it is a PATCH or a relation.
    pub fn changes(&self) -> &[Change] {
        match &self.action {
            Action::Patch { changes, .. } | Action::Profile { changes } | Action::Create { changes, .. } => {
                changes
            }
            Action::Relation { change } | Action::Resource { change } | Action::Account { change } => {
                std::slice::from_ref(change)
            }
        }
    }

    /// Whether the service counts it as a request for authentication methods.
    pub fn is_sign_in_method(&self) -> bool {
        self.action.is_sign_in_method()
    }

    /// The same with leaves that travel along as they are now; those that `live` does not know stay as they were.
    ///
    /// After a fresh look, [`Operation::keeping`] alone would send a leaf that is already as wanted, or that somebody moved
    /// meanwhile, with the value it had when the plan was made.
    pub fn with_companions_of(mut self, live: impl Fn(&'static Attribute) -> Option<Value>) -> Operation {
        if let Action::Patch { companions, .. } = &mut self.action {
            for companion in companions {
                if let Some(now) = live(companion.attribute) {
                    companion.value = now;
                }
            }
        }
        self
    }

    /// Whether it is this operation with all or some of its changes. The values that travel along may be newer ones.
    fn is_part_of(&self, whole: &Operation) -> bool {
        self.number == whole.number
            && self.user == whole.user
            && std::mem::discriminant(&self.action) == std::mem::discriminant(&whole.action)
            && self
                .changes()
                .iter()
                .all(|change| whole.changes().contains(change))
    }

    /// The same operation with fewer attributes; `None` when nothing is left. What is one change is kept or dropped whole.
    ///
    /// For the moments in which the directory stands as the plan saw it; after a fresh look, with [`Operation::with_companions_of`].
    pub fn keeping(&self, keep: impl Fn(&Change) -> bool) -> Option<Operation> {
        let kept = |changes: &[Change]| {
            let kept: Vec<Change> = changes.iter().filter(|change| keep(change)).cloned().collect();
            (!kept.is_empty()).then_some(kept)
        };
        let action = match &self.action {
            Action::Patch { changes, companions } => {
                let changes = kept(changes)?;
                // A sibling that is no longer changed must still be sent, with the value it has now.
                let dropped = self
                    .changes()
                    .iter()
                    .filter(|change| !keep(change))
                    .filter_map(|change| {
                        let parent = whole_parent(change.attribute)?;
                        changes
                            .iter()
                            .any(|kept| whole_parent(kept.attribute) == Some(parent))
                            .then(|| Companion {
                                attribute: change.attribute,
                                value: change.before.clone(),
                            })
                    });
                let kept = companions.iter().filter(|companion| {
                    changes
                        .iter()
                        .any(|change| whole_parent(change.attribute) == whole_parent(companion.attribute))
                });
                let companions = kept.cloned().chain(dropped).collect();
                Action::Patch { changes, companions }
            }
            Action::Profile { changes } => Action::Profile {
                changes: kept(changes)?,
            },
            // Without what it needs a user cannot be made, so it is all or nothing; of nothing, nothing is left.
            Action::Create { changes, .. } => {
                if changes.is_empty() || !changes.iter().all(keep) {
                    return None;
                }
                self.action.clone()
            }
            Action::Relation { change } | Action::Resource { change } | Action::Account { change } => {
                if !keep(change) {
                    return None;
                }
                self.action.clone()
            }
        };
        Some(Operation {
            action,
            ..self.clone()
        })
    }
}

/// The complex property whose leaves must all be sent together, if the attribute is in one.
pub(super) fn whole_parent(attribute: &Attribute) -> Option<&'static str> {
    match attribute.write {
        catalogue::WriteRule::MainPatch(catalogue::PatchPlace::WholeParent { parent, .. }) => Some(parent),
        // Bytes are not edited, and would be lost if they did not travel along.
        WriteRule::ReadOnly(ReadOnlyReason::Bytes) => attribute.parent_and_leaf().map(|(parent, _)| parent),
        _ => None,
    }
}

/// The most requests the service takes in one `$batch`. <https://learn.microsoft.com/graph/json-batching>
pub const BATCH_OPERATIONS_MAX: usize = 20;

/// The most requests for authentication methods that go in one `$batch`; gentleness is advised, and no number is published.
pub const METHODS_TOGETHER_MAX: usize = 5;

/// One to twenty operations that may be in flight together: no user twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    operations: Vec<Operation>,
}

impl Batch {
    /// Only packing makes batches, out of approved operations.
    pub(super) fn new(operations: Vec<Operation>) -> Option<Batch> {
        let mut users = HashSet::with_capacity(operations.len());
        let sound = (1..=BATCH_OPERATIONS_MAX).contains(&operations.len())
            && operations.iter().all(|operation| users.insert(operation.user));
        sound.then_some(Batch { operations })
    }

    /// The operations, in their order.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// A part of a batch is a batch: what must be tried again, possibly with fewer attributes. `None` when nothing is left.
    /// What is no part of the same operation is left out: it was never approved.
    pub fn retain(&self, keep: impl Fn(&Operation) -> Option<Operation>) -> Option<Batch> {
        let operations: Vec<Operation> = self
            .operations
            .iter()
            .filter_map(|operation| keep(operation).filter(|kept| kept.is_part_of(operation)))
            .collect();
        (!operations.is_empty()).then_some(Batch { operations })
    }
}

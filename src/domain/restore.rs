//! Setting users back to a snapshot: its values are wanted, the directory's are live, and there is no base.
//!
//! | snapshot | live | verdict |
//! |---|---|---|
//! | same as live | | already there |
//! | empty | something | a clear, which the guards count |
//! | anything else | | set |
//!
//! `docs/design/restore.md` says why this is a builder of its own and not a sheet.

use std::collections::HashMap;

use thin_vec::ThinVec;

use super::alternate::hold_back_alternates;
use super::appointing::{note_other_roles, settle_roles};
use super::build::companions;
use super::circle::hold_back_circles;
use super::foreseen::foreseen;
use super::identities::{hold_back_identities, identity_items};
use super::item_by_item::one_by_one;
use super::items::split_items;
use super::licensing;
use super::unread::unread;
use super::value::holds_nothing;
use super::{
    CLEAR_WORD, Change, Directory, ForeseenReason, NOT_READ_WORD, PersonFacts, Plan, PlanBinding, PlannedRow,
    RowNote, RowStatus, UserChanges, UserId, UserKey, UserState, Value, Withheld, same, shorten,
};
use crate::catalogue::{Attribute, ClearRule, Kind, WriteRule};

/// What is to be set back.
#[derive(Debug, Clone)]
pub struct Restore {
    /// Attributes that can be written.
    pub columns: Vec<&'static Attribute>,
    /// In the order of the snapshot.
    pub users: Vec<RestoreUser>,
    /// Whom the texts of reference cells mean, as the snapshot itself knows it: a name may belong to somebody else by now.
    pub references: HashMap<String, UserId>,
}

/// One user of the snapshot.
#[derive(Debug, Clone)]
pub struct RestoreUser {
    /// The row it has in the snapshot, counted as in a sheet: the first is 2.
    pub row: u64,
    pub id: UserId,
    pub upn: String,
    /// The exported texts, in the order of the columns.
    pub cells: Vec<String>,
}

impl Restore {
    /// Everybody who must be read: the users, and the users their cells point to.
    pub fn keys(&self) -> std::collections::HashSet<UserKey> {
        let mut keys: std::collections::HashSet<UserKey> =
            self.users.iter().map(|user| UserKey::Id(user.id)).collect();
        for (index, column) in self.columns.iter().enumerate() {
            if column.kind == Kind::Reference {
                let texts = self.users.iter().filter_map(|user| user.cells.get(index));
                keys.extend(texts.filter_map(|text| self.key(text)));
            } else if let Kind::References { .. } = column.kind {
                let items = self
                    .users
                    .iter()
                    .filter_map(|user| split_items(user.cells.get(index)?).ok());
                keys.extend(items.flatten().filter_map(|item| self.key(&item)));
            }
        }
        keys
    }

    fn key(&self, text: &str) -> Option<UserKey> {
        match self.references.get(text) {
            Some(id) => Some(UserKey::Id(*id)),
            // A name that the snapshot does not know may be somebody else's by now.
            None => UserKey::parse(text).filter(|key| matches!(key, UserKey::Id(_))),
        }
    }

    /// Whom the plan would make managers: the way up from them must be known.
    pub fn managers(&self) -> std::collections::HashSet<UserKey> {
        let index = self.columns.iter().position(|column| column.name == "manager");
        let texts = index
            .into_iter()
            .flat_map(|index| self.users.iter().filter_map(move |user| user.cells.get(index)));
        texts.filter_map(|text| self.key(text)).collect()
    }
}

/// The value that an export wrote as this text; the other way of [`Value::to_cell`]. A reference stays a text.
pub fn exported_value(attribute: &Attribute, text: &str) -> Value {
    if text.is_empty() {
        return Value::Empty;
    }
    match attribute.kind {
        Kind::Boolean => match text {
            "true" => Value::Boolean(true),
            "false" => Value::Boolean(false),
            _ => Value::Text(text.to_owned()),
        },
        Kind::Integer => match text.parse() {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Text(text.to_owned()),
        },
        Kind::TextList { .. } | Kind::EmailList { .. } | Kind::References { .. } => {
            // A snapshot from before items were quoted may hold quotes that do not fit together.
            let items = split_items(text)
                .unwrap_or_else(|_| text.split(super::LIST_SEPARATOR).map(str::to_owned).collect());
            Value::list(items)
        }
        Kind::Identities { .. } => match serde_json::from_str::<Vec<serde_json::Value>>(text) {
            // A snapshot from before they could be written has them as JSON.
            Ok(json) => identity_items(&json).map_or_else(|| Value::Text(text.to_owned()), Value::list),
            Err(_) => split_items(text).map_or_else(|_| Value::Text(text.to_owned()), Value::list),
        },
        _ => Value::Text(text.to_owned()),
    }
}

/// Builds the plan. Its rows are the users of the snapshot, written as a sheet would say the same.
pub fn build_restore(binding: PlanBinding, restore: &Restore, directory: &Directory) -> Plan {
    let mut plan = Plan::begin(binding, directory.users_total(), restore.users.len());
    for wanted in &restore.users {
        plan_row(&mut plan, restore, wanted, directory);
    }
    hold_back_circles(&mut plan, directory);
    hold_back_alternates(&mut plan, directory);
    hold_back_identities(&mut plan, directory);
    for user in &mut plan.users {
        user.companions = companions(&user.changes, directory, &UserKey::Id(user.user));
    }
    settle_roles(&mut plan, directory);
    note_other_roles(&mut plan, directory);
    plan.seats = licensing::seats(&plan, directory);
    plan.count_cleared(directory);
    plan
}

fn plan_row(plan: &mut Plan, restore: &Restore, wanted: &RestoreUser, directory: &Directory) {
    let mut row = PlannedRow {
        row: wanted.row,
        line: wanted.row,
        cells: [wanted.id.to_string(), wanted.upn.clone()]
            .into_iter()
            .chain(wanted.cells.iter().cloned())
            .collect(),
        user: None,
        label: shorten(&wanted.upn).into(),
        writes: ThinVec::new(),
        notes: ThinVec::new(),
        remarks: ThinVec::new(),
        there: None,
    };
    let Some(user) = directory.user(&wanted.id) else {
        row.notes.push(RowNote {
            status: RowStatus::Skipped,
            code: "unknown-user".to_owned(),
            message: format!("{} is not in the directory any more", shorten(&wanted.upn)),
            hint: "a deleted user can be restored for 30 days in the portal; then make the plan again"
                .to_owned(),
        });
        plan.rows.push(row);
        return;
    };
    row.user = Some(user.id);
    row.label = shorten(&user.upn).into();
    let mut changes = Vec::new();
    let mut cleared = Vec::new();
    for (index, attribute) in restore.columns.iter().copied().enumerate() {
        let text = wanted.cells.get(index).map_or("", String::as_str);
        match set_back(attribute, text, user, restore, directory) {
            Ok(None) => {}
            Err(note) => row.notes.push(note),
            Ok(Some(change)) => {
                if change.is_clear() {
                    cleared.push(index + 2);
                }
                match foreseen(attribute, user).or_else(|| licensing::from_group(&change, user, directory)) {
                    Some(reason) => {
                        row.notes
                            .push(note(reason.code(), attribute, reason.message(), reason.hint()));
                        plan.withheld.push(Withheld {
                            user: user.id,
                            upn: user.upn.clone(),
                            row: wanted.row,
                            change,
                            reason,
                            needs: String::new(),
                        });
                    }
                    None => {
                        row.writes.push(attribute.name.into());
                        changes.extend(one_by_one(change));
                    }
                }
            }
        }
    }
    if !changes.is_empty() {
        plan.users.push(UserChanges {
            user: user.id,
            upn: user.upn.clone(),
            person: PersonFacts::of(user, directory),
            row: wanted.row,
            changes,
            companions: Default::default(),
            is_new: false,
            invitation: None,
        });
    }
    if !cleared.is_empty() {
        row.cells = row
            .cells
            .with(|index| cleared.contains(&index).then_some(CLEAR_WORD));
    }
    plan.rows.push(row);
}

/// What one cell needs; `None` when it is so already.
fn set_back(
    attribute: &'static Attribute,
    text: &str,
    user: &UserState,
    restore: &Restore,
    directory: &Directory,
) -> Result<Option<Change>, RowNote> {
    if directory.lacks(attribute) {
        let reason = ForeseenReason::NotInThisCloud;
        return if text.is_empty() {
            Ok(None)
        } else {
            Err(note(reason.code(), attribute, reason.message(), reason.hint()))
        };
    }
    if unread(attribute, user, directory).is_some() {
        return Err(note(
            "not-read",
            attribute,
            "the present value is not known, so the cell cannot be written safely",
            "check that the sign-in may read it (`dirsheet columns` names the permission)",
        ));
    }
    if text == NOT_READ_WORD {
        return Err(note(
            "not-read",
            attribute,
            "could not be read when the snapshot was taken, so there is no value to go back to",
            "choose another snapshot, or leave the column out",
        ));
    }
    let live = directory.value(user, attribute.name);
    let wanted = match attribute.kind {
        Kind::Reference if !text.is_empty() => reference(attribute, text, &live, restore, directory)?,
        Kind::References { .. } => {
            let items = split_items(text).unwrap_or_default();
            let people: Vec<Value> = items
                .iter()
                .map(|item| reference(attribute, item, &live, restore, directory))
                .collect::<Result<_, _>>()?;
            Value::references(people.iter().flat_map(Value::pointed_to).cloned().collect())
        }
        _ => exported_value(attribute, text),
    };
    // Snapshots of an earlier version hold licences as a structure.
    if attribute.write == WriteRule::Licences && text.starts_with('[') {
        return Err(note(
            "not-read",
            attribute,
            "was exported by an earlier version in a form that cannot be written back",
            "choose a newer snapshot, or leave the column out",
        ));
    }
    if same(attribute, &wanted, &live) {
        return Ok(None);
    }
    if holds_nothing(attribute.kind, &wanted) && attribute.clear == ClearRule::Never {
        return Err(note(
            "cannot-be-emptied",
            attribute,
            "was empty in the snapshot and cannot be emptied again",
            "set another value, if this one is wrong",
        ));
    }
    Ok(Some(Change {
        attribute,
        before: live,
        after: if holds_nothing(attribute.kind, &wanted) {
            Value::Empty
        } else {
            wanted
        },
    }))
}

/// The user a cell of the snapshot means, who must still be there.
fn reference(
    attribute: &Attribute,
    text: &str,
    live: &Value,
    restore: &Restore,
    directory: &Directory,
) -> Result<Value, RowNote> {
    let key = restore.key(text);
    // A contact can be a manager, and is not among the users: then only its id tells that nothing changed.
    // A group can be a sponsor, likewise.
    if let Some(UserKey::Id(id)) = &key
        && let Some(now) = live.pointed_to().iter().find(|now| now.id == *id)
    {
        return Ok(Value::Reference(now.clone()));
    }
    match key.and_then(|key| directory.find(&key)) {
        Some(target) => Ok(Value::Reference(target.reference())),
        None => Err(note(
            "unknown-reference",
            attribute,
            &format!(
                "{} of the snapshot is not in the directory any more",
                shorten(text)
            ),
            "restore that user, then make the plan again; or set somebody else",
        )),
    }
}

fn note(code: &str, attribute: &Attribute, message: &str, hint: &str) -> RowNote {
    RowNote {
        status: RowStatus::Skipped,
        code: code.to_owned(),
        message: format!("{}: {message}", attribute.name),
        hint: hint.to_owned(),
    }
}

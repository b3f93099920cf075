//! Row surgery: when one attribute makes the service refuse a whole PATCH, find it, so that the others still land.
//!
//! A PATCH is all or nothing. The property the service names, or else the sensitive ones after a 403, are parted from the
//! rest; when nothing points anywhere the PATCH is halved. Each part is sent again on its own, until a refused part has
//! one attribute. The two leaves of `employeeOrgData` are one thing here: parted, each would wipe the other.

use super::operation::whole_parent;
use super::{Action, Change, Operation, Refusal};
use crate::catalogue::{Attribute, Sensitivity};

/// Two parts of an operation, the less suspicious first; `None` when it cannot be parted further.
pub fn part(operation: &Operation, refusal: &Refusal) -> Option<(Operation, Operation)> {
    // Only a refusal of the content can be blamed on an attribute.
    if !matches!(refusal.status, 400 | 403) {
        return None;
    }
    // A user is made as a whole.
    if matches!(operation.action, Action::Create { .. }) {
        return None;
    }
    let changes = operation.changes();
    let named = |change: &Change| {
        refusal
            .target
            .as_deref()
            .is_some_and(|target| is_target(change.attribute, target))
    };
    let sensitive =
        |change: &Change| refusal.status == 403 && change.attribute.sensitivity == Sensitivity::Sensitive;
    parted(operation, named)
        .or_else(|| parted(operation, sensitive))
        .or_else(|| {
            let groups =
                changes
                    .iter()
                    .map(|change| group(change.attribute))
                    .fold(Vec::new(), |mut groups, group| {
                        if !groups.contains(&group) {
                            groups.push(group);
                        }
                        groups
                    });
            let half: Vec<&str> = groups.iter().skip(groups.len().div_ceil(2)).copied().collect();
            parted(operation, |change| half.contains(&group(change.attribute)))
        })
}

/// The operation without the attributes that are expected to be refused, and those apart; `None` when there is nothing to part.
///
/// For what is known before anything is sent: a permission the application lacks, or an attribute that this run has seen refused
/// again and again. Parted from the start such a row costs two writes; parted after a refusal, three.
pub fn part_off(
    operation: &Operation,
    suspicious: impl Fn(&'static Attribute) -> bool,
) -> Option<(Operation, Operation)> {
    parted(operation, |change| suspicious(change.attribute))
}

fn parted(operation: &Operation, suspicious: impl Fn(&Change) -> bool) -> Option<(Operation, Operation)> {
    let suspects: Vec<&str> = operation
        .changes()
        .iter()
        .filter(|change| suspicious(change))
        .map(|change| group(change.attribute))
        .collect();
    let is_suspect = |change: &Change| suspects.contains(&group(change.attribute));
    Some((
        operation.keeping(|change| !is_suspect(change))?,
        operation.keeping(is_suspect)?,
    ))
}

/// What cannot be parted: an attribute, or the property whose leaves are always sent together.
fn group(attribute: &'static Attribute) -> &'static str {
    whole_parent(attribute).unwrap_or(attribute.name)
}

/// Graph names a leaf, its parent, or the whole path.
fn is_target(attribute: &Attribute, target: &str) -> bool {
    let leaf = attribute.name.rsplit('.').next();
    let parent = attribute.parent_and_leaf().map(|(parent, _)| parent);
    attribute.name == target || leaf == Some(target) || parent == Some(target)
}

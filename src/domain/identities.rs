//! How a person signs in: the identities of an account, each an item of a list, written `signInType|issuer|issuerAssignedId`.
//!
//! The service replaces all of them together, wants the userPrincipalName among them, and changes the userPrincipalName with it. So a cell
//! holds all, and a rename through it is refused: that is what the column `userPrincipalName`, with a guard of its own, is for.
//! <https://learn.microsoft.com/graph/api/resources/objectidentity>, <https://learn.microsoft.com/graph/api/user-update>

mod taken;

use std::collections::HashSet;

use serde_json::{Value as Json, json};

use super::kinds::{email, list, user_principal_name};
use super::plan::Told;
use super::rules::CellProblem;
use super::{CheckedRow, Directory, Extent, Finding, Plan, UpnKey, UserChanges, UserKey, Value, shorten};
use crate::catalogue::Attribute;

pub(super) use taken::identity_addresses;
use taken::taken;
pub use taken::{GUEST_ISSUERS_MAX, IdentityKey, guest_issuers, identities_not_known};

const IDENTITIES: &str = "identities";
const NAME: &str = "userPrincipalName";
/// More than an item can have: 512 of the issuer, 113 of a name, and the type.
const ITEM_MAX: u16 = 1_000;

/// One identity, as an item of a cell says it.
struct Parts<'i> {
    sign_in_type: &'i str,
    issuer: &'i str,
    assigned: &'i str,
}

fn parts(item: &str) -> Option<Parts<'_>> {
    let (sign_in_type, rest) = item.split_once('|')?;
    let (issuer, assigned) = rest.split_once('|')?;
    Some(Parts {
        sign_in_type,
        issuer,
        assigned,
    })
}

/// The items of what the service sends; `None` when it is nothing that an item can say.
pub fn identity_items(json: &[Json]) -> Option<Vec<String>> {
    json.iter()
        .map(|identity| {
            let text = |name: &str| match identity.get(name)? {
                Json::Null => Some(""),
                Json::String(text) => Some(text.as_str()),
                _ => None,
            };
            let (sign_in_type, issuer) = (text("signInType")?, text("issuer")?);
            let is_plain = !sign_in_type.contains('|') && !issuer.contains('|');
            is_plain.then_some(())?;
            Some(format!("{sign_in_type}|{issuer}|{}", text("issuerAssignedId")?))
        })
        .collect()
}

/// What the service takes for these items; `None` when one of them is none.
pub fn identities_json(items: &[String]) -> Option<Json> {
    let identities: Option<Vec<Json>> = items
        .iter()
        .map(|item| {
            let Parts {
                sign_in_type,
                issuer,
                assigned,
            } = parts(item)?;
            let assigned = (!assigned.is_empty()).then_some(assigned);
            Some(json!({"signInType": sign_in_type, "issuer": issuer, "issuerAssignedId": assigned}))
        })
        .collect();
    identities.map(Json::Array)
}

/// The identities of a cell that was edited.
pub(super) fn identities(
    attribute: &Attribute,
    text: &str,
    items_max: u16,
) -> Result<Vec<String>, CellProblem> {
    let items = list(attribute, text, items_max, ITEM_MAX)?;
    let all: Option<Vec<Parts<'_>>> = items.iter().map(|item| parts(item)).collect();
    let Some(all) = all else {
        return Err(wrong("an identity has three parts with `|` between them"));
    };
    let mut names = all.iter().filter(|one| one.sign_in_type == NAME);
    let (Some(name), None) = (names.next(), names.next()) else {
        return Err(wrong(
            "one of the identities must be the userPrincipalName, and only one",
        ));
    };
    let mut seen = HashSet::new();
    for one in &all {
        one.check(attribute, name.issuer)?;
        if !seen.insert(IdentityKey::new(one.issuer, one.assigned)) {
            return Err(wrong("one identity stands there twice"));
        }
    }
    Ok(items)
}

impl Parts<'_> {
    /// Local accounts have the issuer of the userPrincipalName: the tenant's own domain.
    fn check(&self, attribute: &Attribute, local_issuer: &str) -> Result<(), CellProblem> {
        let is_local = match self.sign_in_type {
            NAME => {
                user_principal_name(self.assigned)?;
                true
            }
            "emailAddress" => {
                email(attribute, self.assigned)?;
                true
            }
            "userName" => {
                let begins_well = self
                    .assigned
                    .starts_with(|letter: char| letter.is_ascii_alphanumeric());
                let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
                if !begins_well || !self.assigned.chars().all(is_plain) {
                    return Err(wrong(
                        "a userName begins with a letter or digit and has letters, digits, `-` and `_`",
                    ));
                }
                true
            }
            "federated" => false,
            _ => {
                return Err(wrong(
                    "an identity is one of emailAddress, userName, federated and userPrincipalName, in these capitals",
                ));
            }
        };
        let letters = |text: &str| text.encode_utf16().count();
        if self.issuer.trim().is_empty() || letters(self.issuer) > 512 {
            return Err(wrong("the issuer of an identity has 1 to 512 characters"));
        }
        if self.sign_in_type != NAME && letters(self.assigned) > 64 {
            return Err(wrong("the last part of an identity has at most 64 characters"));
        }
        if is_local && self.issuer != local_issuer {
            return Err(wrong(
                "emailAddress and userName have the issuer that the userPrincipalName has, the tenant's own domain",
            ));
        }
        Ok(())
    }
}

fn wrong(message: &str) -> CellProblem {
    CellProblem::new(
        "not-an-identity",
        message,
        "write `signInType|issuer|issuerAssignedId`, several with `; `: add to the exported cell, or take away from it, and leave the userPrincipalName as it is",
    )
}

/// Takes identities out of the plan that would change the userPrincipalName, that meet a rename in the same run, or that are
/// somebody else's.
pub(super) fn settle_identities(plan: &mut Plan, rows: &mut [CheckedRow], directory: &Directory) {
    plan.tell_in_cells(rows, &find(plan, directory));
}

/// The same for a plan that does not come from a sheet: only its rows say it.
pub(super) fn hold_back_identities(plan: &mut Plan, directory: &Directory) {
    plan.tell_in_notes(&find(plan, directory));
}

fn find(plan: &Plan, directory: &Directory) -> Told {
    let mut told = taken(plan, directory);
    let of_users = plan.users.iter();
    told.extend(of_users.filter_map(|user| {
        let finding = renames(user, directory).or_else(|| other_issuer(user))?;
        Some((user.user, finding))
    }));
    told.into_iter()
        .map(|(user, finding)| (user, vec![(IDENTITIES, finding)]))
        .collect()
}

fn renames(user: &UserChanges, directory: &Directory) -> Option<Finding> {
    let change = |name: &str| user.changes.iter().find(|change| change.attribute.name == name);
    let Value::List(items) = &change(IDENTITIES)?.after else {
        return None;
    };
    let wanted = items.iter().filter_map(|item| parts(item));
    let wanted = wanted
        .filter(|one| one.sign_in_type == NAME)
        .map(|one| one.assigned);
    let live = directory
        .find(&UserKey::Id(user.user))
        .map_or(user.upn.as_str(), |live| live.upn.as_str());
    let is_other = wanted
        .into_iter()
        .all(|name| UpnKey::new(name) != UpnKey::new(live));
    let message = if is_other {
        format!(
            "the userPrincipalName among the identities is not that of the user, `{}`",
            shorten(live)
        )
    } else if !user.is_new && change(NAME).is_some() {
        "the user gets another userPrincipalName in the same run, and the identities hold the present one"
            .to_owned()
    } else {
        return None;
    };
    Some(Finding::error(
        "identity-renames",
        Extent::Cell,
        message,
        "leave the userPrincipalName among the identities as it is; rename in the column `userPrincipalName`, in a run of its own",
    ))
}

/// The issuer of the userPrincipalName is the tenant's, and nobody's to change.
fn other_issuer(user: &UserChanges) -> Option<Finding> {
    let mut changes = user.changes.iter();
    let change = changes.find(|change| change.attribute.name == IDENTITIES)?;
    let issuer = |value: &Value| match value {
        Value::List(items) => {
            let mut all = items.iter().filter_map(|item| parts(item));
            let name = all.find(|one| one.sign_in_type == NAME)?;
            Some(name.issuer.to_owned())
        }
        _ => None,
    };
    let (before, after) = (issuer(&change.before)?, issuer(&change.after)?);
    (!before.eq_ignore_ascii_case(&after)).then(|| {
        Finding::error(
            "identity-issuer",
            Extent::Cell,
            format!(
                "the userPrincipalName among the identities would get the issuer `{}`, and it is `{}`, which cannot be changed",
                shorten(&after),
                shorten(&before)
            ),
            "leave the item of the userPrincipalName as it was exported",
        )
    })
}

#[cfg(test)]
mod tests;

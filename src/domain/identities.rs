//! How a person signs in: the identities of an account, each an item of a list, written `signInType|issuer|issuerAssignedId`.
//!
//! The service replaces all of them together, wants the userPrincipalName among them, and changes the userPrincipalName with it. So a cell
//! holds all, and a rename through it is refused: that is what the column `userPrincipalName`, with a guard of its own, is for.
//! <https://learn.microsoft.com/graph/api/resources/objectidentity>, <https://learn.microsoft.com/graph/api/user-update>

use std::collections::HashSet;

use serde_json::{Value as Json, json};

use super::kinds::{email, list, user_principal_name};
use super::plan::Told;
use super::rules::CellProblem;
use super::{CheckedRow, Directory, Extent, Finding, Plan, UpnKey, UserChanges, UserKey, Value, shorten};
use crate::catalogue::Attribute;

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
        if !seen.insert((one.issuer.to_lowercase(), one.assigned.to_lowercase())) {
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

/// Takes identities out of the plan that would change the userPrincipalName, or that meet a rename in the same run.
pub(super) fn settle_identities(plan: &mut Plan, rows: &mut [CheckedRow], directory: &Directory) {
    plan.tell_in_cells(rows, &find(plan, directory));
}

/// The same for a plan that does not come from a sheet: only its rows say it.
pub(super) fn hold_back_identities(plan: &mut Plan, directory: &Directory) {
    plan.tell_in_notes(&find(plan, directory));
}

fn find(plan: &Plan, directory: &Directory) -> Told {
    let of_users = plan.users.iter();
    of_users
        .filter_map(|user| Some((user.user, vec![(IDENTITIES, renames(user, directory)?)])))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::tests::fixtures::*;

    const UPN: &str = "userPrincipalName|contoso.example|user1@example.com";

    #[test]
    fn a_cell_of_identities_is_read_or_refused_with_its_rule() {
        let attribute = attribute(IDENTITIES);
        for (text, rule) in [
            (UPN.to_owned(), None),
            (format!("{UPN}; emailAddress|contoso.example|a@b.example"), None),
            (format!("{UPN}; userName|contoso.example|user_1"), None),
            (format!("{UPN}; federated|google.com|123|45"), None),
            (format!("{UPN}; federated|google.com|"), None),
            (
                "emailAddress|contoso.example|a@b.example".to_owned(),
                Some("not-an-identity"),
            ),
            (format!("{UPN}; {UPN}"), Some("not-an-identity")),
            (
                format!("{UPN}; emailAddress|contoso.example"),
                Some("not-an-identity"),
            ),
            (
                format!("{UPN}; emailAddress|other.example|a@b.example"),
                Some("not-an-identity"),
            ),
            (
                format!("{UPN}; emailAddress|contoso.example|nonsense"),
                Some("not-an-address"),
            ),
            (
                format!("{UPN}; userName|contoso.example|-x"),
                Some("not-an-identity"),
            ),
            (
                format!("{UPN}; userName|contoso.example|a b"),
                Some("not-an-identity"),
            ),
            (
                format!("{UPN}; EmailAddress|contoso.example|a@b.example"),
                Some("not-an-identity"),
            ),
            (format!("{UPN}; federated||x"), Some("not-an-identity")),
            (
                format!("{UPN}; federated|google.com|{}", "x".repeat(65)),
                Some("not-an-identity"),
            ),
            (
                format!("{UPN}; federated|google.com|x; federated|Google.com|X"),
                Some("not-an-identity"),
            ),
            (
                "userPrincipalName|contoso.example|no name".to_owned(),
                Some("not-a-user-principal-name"),
            ),
            (
                "[{\"signInType\":\"userPrincipalName\"}]".to_owned(),
                Some("not-an-identity"),
            ),
            (
                std::iter::once(UPN.to_owned())
                    .chain((0..10).map(|number| format!("federated|google.com|{number}")))
                    .collect::<Vec<_>>()
                    .join("; "),
                Some("too-many-items"),
            ),
        ] {
            let found = identities(attribute, &text, 10).map_err(|problem| problem.rule);
            assert_eq!(found.err(), rule, "{text}");
        }
    }

    #[test]
    fn what_the_service_sends_comes_back_as_it_was() {
        for (json, items) in [
            (
                json!([{"signInType": "userPrincipalName", "issuer": "c.example", "issuerAssignedId": "a@b.example"}]),
                Some(vec!["userPrincipalName|c.example|a@b.example"]),
            ),
            (
                json!([{"signInType": "federated", "issuer": "g.example", "issuerAssignedId": null}]),
                Some(vec!["federated|g.example|"]),
            ),
            (
                json!([{"signInType": "federated", "issuer": "g.example", "issuerAssignedId": "a|b;c"}]),
                Some(vec!["federated|g.example|a|b;c"]),
            ),
            (
                json!([{"signInType": "a|b", "issuer": "g.example", "issuerAssignedId": "x"}]),
                None,
            ),
            (json!([{"signInType": "x"}]), None),
            (json!([5]), None),
        ] {
            let found = identity_items(json.as_array().unwrap());
            let expected = items.map(|items| items.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(found, expected, "{json}");
            if let Some(items) = found {
                assert_eq!(identities_json(&items), Some(json));
            }
        }
        assert_eq!(identities_json(&["no identity".to_owned()]), None);
    }

    #[test]
    fn a_rename_through_the_identities_or_beside_them_is_refused() {
        let names = ["id", NAME, IDENTITIES];
        let (key, own, other) = (id(1).to_string(), upn(1), upn(2));
        let of = |name: &str| format!("userPrincipalName|contoso.example|{name}");
        let more = |name: &str| format!("{}; federated|google.com|7", of(name));
        for (name, cell, expected) in [
            (&own, more(&own), None),
            (&own, more(&own.to_uppercase()), None),
            (&own, more(&other), Some("identity-renames")),
            (&other, more(&own), Some("identity-renames")),
            (&other, more(&other), Some("identity-renames")),
        ] {
            let exported = base(&names, &[&key, &own, &of(&own)]);
            let mut rows = [checked(&names, &[&key, name, &cell], exported)];
            let live = Value::List(vec![of(&own)]);
            let plan = plan(&mut rows, &directory([user(1, &[(IDENTITIES, live)])]));
            assert_eq!(rules(&rows[0]).first().copied(), expected, "{name} {cell}");
            let changed: Vec<&str> = plan.changes().map(|(_, change)| change.attribute.name).collect();
            assert_eq!(changed.contains(&IDENTITIES), expected.is_none(), "{changed:?}");
        }
    }
}

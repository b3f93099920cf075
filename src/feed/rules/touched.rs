//! Whom a night would change, and who may be in its way: they are read once more where the directory is as an earlier night read it.

use std::collections::{HashMap, HashSet};

use super::Decided;
use crate::catalogue::{Attribute, MANAGER};
use crate::domain::{Directory, KeyValue, UpnKey, UserId, UserKey};
use crate::feed::MappedRow;

/// Who is to be read once more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    pub users: HashSet<UserKey>,
    /// Whoever holds one of these.
    pub values: Vec<KeyValue>,
}

/// Whom the night would change, whom its cells point to, and whoever has the names and numbers of those it would make.
pub fn touched(
    decided: &Decided,
    rows: &[MappedRow],
    key: &'static Attribute,
    directory: &Directory,
) -> Touched {
    let by_number: HashMap<u64, &MappedRow> = rows.iter().map(|row| (row.row, row)).collect();
    let mut touched = Touched::default();
    for person in &decided.people {
        match person.user {
            Some(user) => touched.user(user),
            None => {
                touched.named(&person.upn);
                let row = person.row.and_then(|row| by_number.get(&row));
                for (attribute, text) in row.into_iter().flat_map(|row| {
                    let number = row.key.iter().map(|text| (key, text));
                    number.chain(row.first_match.iter().map(|(attribute, text)| (*attribute, text)))
                }) {
                    match attribute.name {
                        "userPrincipalName" => touched.named(text),
                        _ => touched.values.extend(KeyValue::new(attribute, text)),
                    }
                }
            }
        }
        let managers = person.cells.iter().filter(|cell| cell.attribute.name == MANAGER);
        let managers = managers.filter_map(|cell| UserKey::parse(&cell.text));
        // A joiner of the same night is nobody yet.
        touched
            .users
            .extend(managers.filter(|manager| directory.find(manager).is_some()));
    }
    touched
}

impl Touched {
    /// And this user.
    pub fn user(&mut self, user: UserId) {
        self.users.insert(UserKey::Id(user));
    }

    fn named(&mut self, upn: &str) {
        if !upn.is_empty() {
            self.users.insert(UserKey::Upn(UpnKey::new(upn)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PersonWish, Wish};
    use super::*;
    use crate::feed::testing::{attribute, directory, row, text};

    fn wish(row: u64, user: Option<UserId>, upn: &str, manager: Option<&str>) -> PersonWish {
        PersonWish {
            row: Some(row),
            user,
            upn: upn.to_owned(),
            cells: manager
                .map(|manager| Wish {
                    attribute: attribute("manager"),
                    text: manager.to_owned(),
                    before: String::new(),
                    rule: "manager".to_owned(),
                })
                .into_iter()
                .collect(),
            disable: None,
        }
    }

    #[test]
    fn who_changes_and_whoever_has_the_name_the_number_or_an_address_of_somebody_new_is_touched() {
        let people = directory(&[
            (1, "ana@contoso.com", &[("employeeId", text("1"))]),
            (2, "bo@contoso.com", &[("employeeId", text("2"))]),
        ]);
        let ana = people
            .find(&UserKey::Upn(UpnKey::new("ana@contoso.com")))
            .unwrap()
            .id;
        let mut new = row(3, "9", &[]);
        new.first_match = vec![
            (attribute("userPrincipalName"), "cy.old@contoso.com".to_owned()),
            (attribute("mail"), "cy@contoso.com".to_owned()),
        ];
        let rows = [row(2, "1", &[]), new];
        let decided = Decided {
            people: vec![
                wish(2, Some(ana), "ana@contoso.com", Some("bo@contoso.com")),
                // Whoever is made in the same night is nobody yet.
                wish(3, None, "cy.oz@contoso.com", Some("dee@contoso.com")),
            ],
            ..Decided::default()
        };
        let touched = touched(&decided, &rows, attribute("employeeId"), &people);
        let named = ["bo@contoso.com", "cy.oz@contoso.com", "cy.old@contoso.com"];
        let named = named.map(|name| UserKey::Upn(UpnKey::new(name)));
        let expected: HashSet<UserKey> = named.into_iter().chain([UserKey::Id(ana)]).collect();
        assert_eq!(touched.users, expected);
        let values: Vec<&str> = touched.values.iter().map(KeyValue::text).collect();
        assert_eq!(values, ["9", "cy@contoso.com"]);
    }
}

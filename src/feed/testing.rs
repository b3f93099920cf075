//! People and rows for the tests of this room.

use super::{MappedCell, MappedRow};
use crate::catalogue::{self, Attribute};
use crate::domain::{Directory, Reference, UserId, UserState, Value};

pub fn attribute(name: &str) -> &'static Attribute {
    catalogue::by_name(name).unwrap()
}

pub fn id(number: u8) -> UserId {
    UserId::parse(&format!("00000000-0000-4000-8000-0000000000{number:02x}")).unwrap()
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub fn points_to(number: u8, upn: &str) -> Value {
    Value::Reference(Reference {
        id: id(number),
        upn: Some(upn.to_owned()),
    })
}

/// A number, a userPrincipalName, and what else somebody has.
pub type Somebody<'a> = (u8, &'a str, &'a [(&'a str, Value)]);

/// A directory that watches the number, the name and the address.
pub fn directory(users: &[Somebody<'_>]) -> Directory {
    let columns: Vec<&'static Attribute> = [
        "employeeId",
        "mail",
        "userType",
        "accountEnabled",
        "displayName",
        "givenName",
        "surname",
        "department",
        "jobTitle",
        "businessPhones",
        "usageLocation",
        "manager",
    ]
    .iter()
    .map(|name| attribute(name))
    .collect();
    let mut directory = Directory::new(columns.clone().into());
    directory.watch(attribute("employeeId"));
    directory.watch(attribute("mail"));
    for (number, upn, values) in users {
        directory.insert(UserState {
            id: id(*number),
            upn: (*upn).to_owned(),
            synced: None,
            restricted: false,
            agent: false,
            values: columns
                .iter()
                .map(|column| {
                    let given = values.iter().find(|(name, _)| *name == column.name);
                    match given {
                        Some((_, value)) => value.clone(),
                        None if column.name == "accountEnabled" => Value::Boolean(true),
                        None => Value::Empty,
                    }
                })
                .collect(),
            unread: Default::default(),
        });
    }
    directory.set_users_total(users.len() as u64);
    directory
}

/// A row with this number and these cells.
pub fn row(row: u64, key: &str, cells: &[(&str, &str)]) -> MappedRow {
    MappedRow {
        row,
        key: (!key.is_empty()).then(|| key.to_owned()),
        cells: cells
            .iter()
            .map(|(name, text)| MappedCell {
                attribute: attribute(name),
                text: (*text).to_owned(),
            })
            .collect(),
        ..MappedRow::default()
    }
}

//! What a test wants of a directory: edits of every kind of value, and the directory in which they came true.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::sheet::Sheet;
use super::stand::Dump;

/// One cell of the sheet, and what must then be in the directory.
pub struct Wish {
    pub user: String,
    pub column: &'static str,
    pub cell: String,
    pub stored: Value,
}

/// The columns an export needs so that every wish has one.
pub const COLUMNS: &str = "default,onPremisesExtensionAttributes.extensionAttribute1";

/// Edits of every kind of value for the first so many of these users; nobody gets what they have already.
pub fn wishes(users: &[Value], count: usize) -> Vec<Wish> {
    assert!(users.len() > count, "{} users", users.len());
    let mut wishes = Vec::new();
    for (at, user) in users.iter().take(count).enumerate() {
        let text = |column: &'static str, text: String| (column, text.clone(), json!(text));
        let mut asked = vec![text("jobTitle", format!("Engineer {at}"))];
        match at % 10 {
            0 => {
                let phone = format!("+31 20 555 {at:04}");
                asked.push(("businessPhones", phone.clone(), json!([phone])));
            }
            1 => {
                let day = format!("2024-03-{:02}", at / 10 % 28 + 1);
                asked.push(("employeeHireDate", day.clone(), json!(format!("{day}T00:00:00Z"))));
            }
            2 => {
                let open = user["accountEnabled"] != true;
                asked.push(("accountEnabled", open.to_string(), json!(open)));
            }
            3 => asked.push(text("employeeOrgData.division", format!("Division {at}"))),
            4 => asked.push(text(
                "onPremisesExtensionAttributes.extensionAttribute1",
                format!("grade {at}"),
            )),
            5 => {
                asked.push(("faxNumber", String::new(), Value::Null));
                asked.push(("city", "<clear>".to_owned(), Value::Null));
                asked.push(("businessPhones", String::new(), json!([])));
            }
            6 => {
                let other = &users[(at + 7) % users.len()];
                let name = other["userPrincipalName"].as_str().unwrap();
                asked.push(("manager", name.to_owned(), other["id"].clone()));
            }
            7 => {
                asked.push(text("mobilePhone", format!("+31 6 {at:08}")));
                let mails = [format!("a{at}@example.com"), format!("b{at}@example.com")];
                asked.push(("otherMails", mails.join("; "), json!(mails)));
            }
            8 => {
                asked.push(text("preferredLanguage", "nl-NL".to_owned()));
                asked.push(text("usageLocation", "NL".to_owned()));
                asked.push(text("ageGroup", "Adult".to_owned()));
            }
            _ => {
                asked.push(("manager", String::new(), Value::Null));
                asked.push(text("streetAddress", format!("Keizersgracht {at}\nAchterhuis")));
                asked.push(text("postalCode", format!("0{at}")));
            }
        }
        for (column, cell, stored) in asked {
            if *place(&mut user.clone(), column) != stored {
                wishes.push(Wish {
                    user: id(user),
                    column,
                    cell,
                    stored,
                });
            }
        }
    }
    wishes
}

pub fn id(user: &Value) -> String {
    user["id"].as_str().unwrap().to_owned()
}

/// Where a column's value is in a user; a parent that is null becomes an object.
fn place<'u>(user: &'u mut Value, column: &str) -> &'u mut Value {
    match column.split_once('.') {
        Some((parent, leaf)) => {
            if user[parent].is_null() {
                user[parent] = json!({ "division": null, "costCenter": null });
            }
            &mut user[parent][leaf]
        }
        None => &mut user[column],
    }
}

/// What a user holds in a column; null where the parent is.
pub fn held(user: &Value, column: &str) -> Value {
    match column.split_once('.') {
        Some((parent, leaf)) => user[parent][leaf].clone(),
        None => user[column].clone(),
    }
}

/// The directory as it must be when exactly these wishes came true.
pub fn fulfilled(before: &Dump, wishes: &[Wish]) -> Dump {
    let mut after = before.clone();
    for wish in wishes {
        let user = after.get_mut(&wish.user).unwrap();
        *place(user, wish.column) = wish.stored.clone();
        if wish.column == "ageGroup" {
            // Worked out by the directory.
            user["legalAgeGroupClassification"] = wish.stored.clone();
        }
    }
    after
}

/// Panics with the first differences only; two whole directories are no message.
#[track_caller]
pub fn same_directory(expected: &Dump, found: &Dump) {
    assert_eq!(expected.len(), found.len());
    let mut differences = Vec::new();
    for (id, user) in expected {
        for (name, value) in user.as_object().unwrap() {
            if found[id][name] != *value {
                differences.push(format!(
                    "{id} {name}: expected {value}, found {}",
                    found[id][name]
                ));
            }
        }
    }
    assert!(
        differences.is_empty(),
        "{} differences\n{}",
        differences.len(),
        differences[..differences.len().min(20)].join("\n")
    );
}

/// Requests these wishes need: one PATCH for each user with properties, one for each relation.
pub fn requests(wishes: &[Wish]) -> usize {
    let relation = |wish: &&Wish| wish.column == "manager";
    let patched: BTreeSet<&str> = wishes
        .iter()
        .filter(|wish| !relation(wish))
        .map(|wish| wish.user.as_str())
        .collect();
    patched.len() + wishes.iter().filter(relation).count()
}

pub fn write_into(sheet: &mut Sheet, wishes: &[Wish]) {
    let rows: std::collections::HashMap<String, usize> = sheet
        .cells("id")
        .into_iter()
        .enumerate()
        .map(|(at, id)| (id.to_owned(), at))
        .collect();
    for wish in wishes {
        let column = sheet.column(wish.column);
        sheet.rows[rows[&wish.user]][column] = wish.cell.clone();
    }
}

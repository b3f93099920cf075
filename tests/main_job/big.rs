//! Ten thousand people, a thousand edited rows: what was meant is there afterwards, and nothing else.

use std::collections::BTreeSet;
use std::time::Duration;

use dirsheet::sandbox::{Quota, SandboxOptions};
use serde_json::{Value, json};

use super::sheet::Sheet;
use super::stand::{Dump, Stand, people};

/// One cell of the sheet, and what must then be in the directory.
pub struct Wish {
    pub user: String,
    pub column: &'static str,
    pub cell: String,
    pub stored: Value,
}

const COLUMNS: &str = "default,onPremisesExtensionAttributes.extensionAttribute1";

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

/// The directory as it must be when exactly these wishes came true.
pub fn fulfilled(before: &Dump, wishes: &[Wish]) -> Dump {
    let mut after = before.clone();
    for wish in wishes {
        *place(after.get_mut(&wish.user).unwrap(), wish.column) = wish.stored.clone();
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

/// Exports, edits by script, shuffles the rows and drops columns; then plans, applies, compares, and applies again.
fn whole_road(stand: &Stand, edited: usize, arguments: &[&str]) -> Vec<Wish> {
    stand
        .run(&["export", "-o", "users.csv", "--columns", COLUMNS])
        .must(0);
    let before = stand.dump();
    let mut sheet = stand.sheet("users.csv");
    assert_eq!(sheet.rows.len(), before.len());
    let wishes = wishes(&stand.ordinary(), edited);
    write_into(&mut sheet, &wishes);
    sheet.drop_columns(&[
        "displayName",
        "givenName",
        "surname",
        "createdDateTime",
        "state",
        "userPrincipalName",
    ]);
    sheet.shuffle(7);
    stand.save("edited.csv", &sheet);

    let allow = [
        "--allow",
        "disable",
        "--max-same-value",
        "3000",
        "--max-users",
        "100%",
        "--max-clears",
        "20%",
    ];
    let plan = stand.json(&[&["plan", "edited.csv"][..], &allow].concat(), 0);
    let users: BTreeSet<&str> = wishes.iter().map(|wish| wish.user.as_str()).collect();
    assert_eq!(plan["summary"]["users_changed"], users.len());
    assert_eq!(plan["summary"]["cells_changed"], wishes.len());
    assert_eq!(plan["summary"]["requests"], requests(&wishes));
    assert_eq!(plan["summary"]["conflicts"], 0);
    assert_eq!(stand.history().len(), 0, "showing a plan writes nothing");

    let apply = [&["apply", "edited.csv", "--yes"][..], &allow, arguments].concat();
    let done = stand.json(&apply, 0);
    assert_eq!(done["summary"]["updated"], users.len());
    assert_eq!(done["summary"]["unchanged"], sheet.rows.len() - users.len());
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
    let stats = stand.stats();
    assert_eq!(stats.writes_accepted as usize, requests(&wishes));
    assert_eq!(stand.history().len(), requests(&wishes));

    let again = stand.run(&["apply", "edited.csv", "--yes"]).must(0);
    again.says(&["Nothing was written"]);
    assert_eq!(stand.history().len(), requests(&wishes));
    assert_eq!(stand.stats().writes_received, stats.writes_received);
    wishes
}

/// Takes its minute: the client keeps the documented pace of writes by itself, whatever the directory would allow.
#[test]
fn ten_thousand_users_and_a_thousand_edited_rows_end_as_meant_and_nothing_else_is_changed() {
    let stand = Stand::of(10_000);
    whole_road(&stand, 1_000, &[]);
    let stats = stand.stats();
    assert_eq!(stats.throttled, 0);
    assert_eq!(stats.writes_refused, 0);
}

#[test]
fn with_a_quota_that_comes_near_the_run_ends_the_same_way() {
    let stand = Stand::open(SandboxOptions {
        quota: Quota::Scaled(0.11),
        ..people(1_000)
    });
    whole_road(&stand, 240, &[]);
}

/// More requests under way together than the budget has room for: no pacing can foresee that, and 429 must be lived with.
#[test]
fn a_service_that_throttles_gets_every_write_once_and_in_its_own_time() {
    let stand = Stand::open(SandboxOptions {
        quota: Quota::Scaled(0.0933),
        latency: Duration::from_millis(300),
        ..people(600)
    });
    let mut sheet = stand.export();
    let before = stand.dump();
    let mut wishes = wishes(&stand.ordinary(), 286);
    wishes.retain(|wish| wish.column == "jobTitle");
    write_into(&mut sheet, &wishes);
    stand.save("edited.csv", &sheet);
    let ran = stand
        .run(&["apply", "edited.csv", "--yes", "--max-users", "100%"])
        .must(0);
    let waits: Vec<&str> = ran
        .stderr
        .lines()
        .filter(|line| line.starts_with("waiting"))
        .collect();
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
    let stats = stand.stats();
    assert!(!waits.is_empty(), "{stats:?} {:?}", ran.took);
    assert_eq!(stats.writes_accepted as usize, requests(&wishes));
    assert!(stats.throttled > 0, "{stats:?}");
}

#[test]
fn answers_429_inside_and_outside_of_batches_cost_time_and_no_row() {
    let stand = Stand::with_faults(
        600,
        "429:1,on=item,every=9,times=40; 429:1,on=write-batch,every=5,times=6; 503,on=item,every=31,times=6",
    );
    whole_road(&stand, 300, &[]);
    assert!(stand.stats().throttled > 20, "{:?}", stand.stats());
}

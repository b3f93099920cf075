//! Whom a row is about: by id, by name in any case and spelling, with the portal's headers.

use serde_json::json;

use super::big::id;
use super::sheet::Sheet;
use super::stand::Stand;

#[test]
fn names_alone_find_their_users_guests_and_all() {
    let stand = Stand::of(120);
    let users = stand.sandbox().dump();
    let guests: Vec<_> = users
        .iter()
        .filter(|user| user["userPrincipalName"].as_str().unwrap().contains("#EXT#"))
        .take(3)
        .collect();
    let ordinary = stand.ordinary();
    assert_eq!(guests.len(), 3);
    let mut sheet = Sheet::new(&["User principal name", "Job title"], &[]);
    for user in guests.iter().copied().chain(ordinary.iter().take(3)) {
        let name = user["userPrincipalName"].as_str().unwrap();
        sheet
            .rows
            .push(vec![name.to_uppercase(), "Found by name".to_owned()]);
    }
    stand.save("users.csv", &sheet);
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let after = stand.dump();
    for user in guests.iter().copied().chain(ordinary.iter().take(3)) {
        assert_eq!(after[&id(user)]["jobTitle"], "Found by name");
    }
    assert_eq!(stand.history().len(), 6);
}

#[test]
fn a_manager_is_named_by_id_or_name_and_the_same_one_is_no_change() {
    let stand = Stand::of(60);
    let users = stand.ordinary();
    let (first, second, boss) = (&users[3], &users[4], &users[7]);
    let name = boss["userPrincipalName"].as_str().unwrap();
    let sheet = Sheet::new(
        &["id", "manager"],
        &[&[&id(first), &id(boss)], &[&id(second), &name.to_uppercase()]],
    );
    stand.save("users.csv", &sheet);
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let after = stand.dump();
    assert_eq!(after[&id(first)]["manager"], json!(id(boss)));
    assert_eq!(after[&id(second)]["manager"], json!(id(boss)));
    let writes = stand.history();
    assert_eq!(writes.len(), 2);
    assert!(
        writes
            .iter()
            .all(|write| write.method == "PUT" && write.path.ends_with("/manager/$ref"))
    );
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    assert_eq!(stand.history().len(), 2);
}

#[test]
fn the_same_value_in_another_spelling_is_no_change() {
    let stand = Stand::of(40);
    let users: Vec<String> = stand.ordinary().iter().take(3).map(id).collect();
    stand.edit(&users[0], "employeeHireDate", "2024-03-05T00:00:00Z");
    stand.edit(&users[1], "accountEnabled", true);
    stand.edit(&users[2], "usageLocation", "NL");
    let sheet = Sheet::new(
        &["id", "employeeHireDate", "accountEnabled", "usageLocation"],
        &[
            &[&users[0], "2024-03-05", "", ""],
            &[&users[1], "", "WAAR", ""],
            &[&users[2], "", "", "nl"],
        ],
    );
    stand.save("users.csv", &sheet);
    stand
        .run(&["apply", "users.csv", "--yes"])
        .must(0)
        .says(&["Nothing was written"]);
    assert!(stand.history().is_empty());
}

#[test]
fn a_user_who_was_renamed_since_the_export_is_still_found_by_id() {
    let stand = Stand::of(40);
    let user = id(&stand.ordinary()[0]);
    let mut sheet = stand.export();
    sheet.set(&user, "jobTitle", "Same person");
    stand.save("users.csv", &sheet);
    stand.edit(&user, "userPrincipalName", "new.name@contoso.example");
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let after = stand.dump();
    assert_eq!(after[&user]["jobTitle"], "Same person");
    assert_eq!(after[&user]["userPrincipalName"], "new.name@contoso.example");
}

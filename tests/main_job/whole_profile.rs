//! Every attribute that can be written goes the whole way: exported, edited, planned, applied, verified, taken back; and the
//! requests that it costs. One table; a writable attribute without a line in it fails.

use std::collections::BTreeMap;

use dirsheet::catalogue::{self, WriteRule};
use dirsheet::sandbox::SandboxOptions;
use serde_json::Value as Json;

use super::big::id;
use super::stand::{Stand, people};

/// How a change of this attribute leaves the machine.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    /// One PATCH of the user.
    Main,
    /// The same, with the other leaf beside it.
    Siblings,
    /// `PUT …/manager/$ref`.
    Manager,
    /// A PATCH with nothing of the directory in it.
    Profile,
    /// `POST …/assignLicense`.
    Licences,
    /// `POST …/roleAssignments`.
    Roles,
}

/// Column, what is written into the cell, what an export shows afterwards where that is another text, and the way.
type Line = (&'static str, &'static str, Option<&'static str>, Way);

#[rustfmt::skip]
const TABLE: &[Line] = &[
    ("displayName", "Ada Example", None, Way::Main),
    ("givenName", "Ada", None, Way::Main),
    ("surname", "Example", None, Way::Main),
    ("userPrincipalName", "ada.whole@contoso.example", None, Way::Main),
    ("userType", "Guest", None, Way::Main),
    ("identities", "", None, Way::Main),
    ("preferredLanguage", "de-AT", None, Way::Main),
    ("passwordPolicies", "DisablePasswordExpiration, DisableStrongPassword", None, Way::Main),
    ("jobTitle", "Keeper of Keys", None, Way::Main),
    ("department", "Whole", None, Way::Main),
    ("companyName", "Whole & Sons", None, Way::Main),
    ("officeLocation", "W1", None, Way::Main),
    ("employeeId", "W-0001", None, Way::Main),
    ("employeeType", "Whole", None, Way::Main),
    ("employeeHireDate", "2026-02-03", Some("2026-02-03T00:00:00Z"), Way::Main),
    ("employeeLeaveDateTime", "2031-02-03", Some("2031-02-03T00:00:00Z"), Way::Main),
    ("employeeOrgData.division", "West", None, Way::Siblings),
    ("employeeOrgData.costCenter", "W77", None, Way::Siblings),
    ("manager", "", None, Way::Manager),
    ("mail", "ada.mail@contoso.example", None, Way::Main),
    ("mailNickname", "ada.whole", None, Way::Main),
    ("otherMails", "a@whole.example; b@whole.example", None, Way::Main),
    ("businessPhones", "+31 20 555 0199", None, Way::Main),
    ("mobilePhone", "+31 6 5550 0199", None, Way::Main),
    ("faxNumber", "+31 20 555 0198", None, Way::Main),
    ("streetAddress", "Whole Street 1", None, Way::Main),
    ("city", "Wholeville", None, Way::Main),
    ("state", "Whole", None, Way::Main),
    ("postalCode", "1234 WH", None, Way::Main),
    ("country", "Wholeland", None, Way::Main),
    ("ageGroup", "Adult", None, Way::Main),
    ("consentProvidedForMinor", "NotRequired", None, Way::Main),
    ("accountEnabled", "false", None, Way::Main),
    ("usageLocation", "IS", None, Way::Main),
    ("onPremisesImmutableId", "d2hvbGU=", None, Way::Main),
    ("onPremisesExtensionAttributes.extensionAttribute1", "w1", None, Way::Main),
    ("onPremisesExtensionAttributes.extensionAttribute2", "w2", None, Way::Main),
    ("onPremisesExtensionAttributes.extensionAttribute3", "w3", None, Way::Main),
    ("onPremisesExtensionAttributes.extensionAttribute4", "w4", None, Way::Main),
    ("onPremisesExtensionAttributes.extensionAttribute5", "w5", None, Way::Main),
    ("onPremisesExtensionAttributes.extensionAttribute6", "w6", None, Way::Main),
    ("onPremisesExtensionAttributes.extensionAttribute7", "w7", None, Way::Main),
    ("onPremisesExtensionAttributes.extensionAttribute8", "w8", None, Way::Main),
    ("onPremisesExtensionAttributes.extensionAttribute9", "w9", None, Way::Main),
    ("onPremisesExtensionAttributes.extensionAttribute10", "w10", None, Way::Main),
    ("onPremisesExtensionAttributes.extensionAttribute11", "w11", None, Way::Main),
    ("onPremisesExtensionAttributes.extensionAttribute12", "w12", None, Way::Main),
    ("onPremisesExtensionAttributes.extensionAttribute13", "w13", None, Way::Main),
    ("onPremisesExtensionAttributes.extensionAttribute14", "w14", None, Way::Main),
    ("onPremisesExtensionAttributes.extensionAttribute15", "w15", None, Way::Main),
    ("aboutMe", "I keep the keys.", None, Way::Profile),
    ("birthday", "1985-06-30", Some("1985-06-30T00:00:00Z"), Way::Profile),
    ("interests", "chess; keys", None, Way::Profile),
    ("mySite", "https://whole.example/ada", None, Way::Profile),
    ("pastProjects", "Alpha; Beta", None, Way::Profile),
    ("responsibilities", "keys; doors", None, Way::Profile),
    ("schools", "Whole College", None, Way::Profile),
    ("skills", "locks; keys", None, Way::Profile),
    ("assignedLicenses", "EMS(-INTUNE_A)", None, Way::Licences),
    ("directoryRoles", "Reports Reader", None, Way::Roles),
];

/// What cannot be emptied again needs a value to go back to.
const BEFORE: [(&str, &str); 3] = [
    ("aboutMe", "before"),
    ("birthday", "1980-01-01T00:00:00Z"),
    ("mySite", "https://before.example"),
];

/// What is written into the cell of this user: where the table cannot know it, one that belongs to the directory of the test.
fn cell_of<'c>(column: &str, cell: &'c str, boss: &'c Json, exported: &str) -> std::borrow::Cow<'c, str> {
    match column {
        "manager" => boss["userPrincipalName"].as_str().unwrap().into(),
        "identities" => {
            let issuer = exported.split('|').nth(1).unwrap();
            format!("{exported}; emailAddress|{issuer}|ada.extra@whole.example").into()
        }
        _ => cell.into(),
    }
}

/// Every permission that a column of the table needs, in a tenant whose profile store lets an application in.
pub(super) fn everything(users: usize) -> SandboxOptions {
    let more = [
        "User-LifeCycleInfo.ReadWrite.All",
        "Sites.ReadWrite.All",
        "RoleManagement.ReadWrite.Directory",
        "User.ManageIdentities.All",
    ];
    let options = people(users);
    SandboxOptions {
        roles: options
            .roles
            .iter()
            .cloned()
            .chain(more.map(str::to_owned))
            .collect(),
        profile_store_open: true,
        ..options
    }
}

fn columns() -> String {
    let names: Vec<&str> = TABLE.iter().map(|(name, ..)| *name).collect();
    format!("id,{}", names.join(","))
}

#[test]
fn every_writable_attribute_of_the_catalogue_has_a_line() {
    let listed: Vec<&str> = TABLE.iter().map(|(name, ..)| *name).collect();
    // What lies below a user goes the same whole way in tables of its own: `photos` and `authentication_contacts`.
    let writable: Vec<&str> = catalogue::all()
        .filter(|attribute| attribute.is_writable() && !matches!(attribute.write, WriteRule::Resource(_)))
        .map(|attribute| attribute.name)
        .collect();
    let missing: Vec<&&str> = writable.iter().filter(|name| !listed.contains(name)).collect();
    let too_many: Vec<&&str> = listed.iter().filter(|name| !writable.contains(name)).collect();
    assert_eq!((missing, too_many), (vec![], vec![]));
}

/// What is on the wire for one line.
fn expected_write(way: Way, user: &str) -> (String, String) {
    let (method, path) = match way {
        Way::Main | Way::Siblings | Way::Profile => ("PATCH", format!("/users/{user}")),
        Way::Manager => ("PUT", format!("/users/{user}/manager/$ref")),
        Way::Roles => ("POST", "/roleManagement/directory/roleAssignments".to_owned()),
        Way::Licences => ("POST", format!("/users/{user}/assignLicense")),
    };
    (method.to_owned(), path)
}

#[test]
fn every_attribute_is_exported_edited_planned_applied_verified_and_taken_back() {
    let stand = Stand::open(everything(400));
    let users: Vec<Json> = stand.ordinary().into_iter().take(TABLE.len()).collect();
    assert_eq!(users.len(), TABLE.len(), "more people are needed");
    let boss = stand.ordinary()[TABLE.len()].clone();
    for (line, user) in TABLE.iter().zip(&users) {
        stand.edit(&id(user), "onPremisesImmutableId", Json::Null);
        // Nobody gets a licence without a place.
        stand.edit(&id(user), "usageLocation", "NL");
        if let Some((_, before)) = BEFORE.iter().find(|(name, _)| *name == line.0) {
            stand.edit(&id(user), line.0, *before);
        }
    }
    let export = ["export", "--columns", &columns(), "-o"].map(str::to_owned);
    let export = |file: &str| {
        let arguments: Vec<&str> = export.iter().map(String::as_str).chain([file]).collect();
        stand.run(&arguments).must(0);
        stand.sheet(file)
    };
    let first = export("first.csv");
    let before = stand.dump();

    // One edit for each attribute, each on a person of its own.
    let mut edited = first.clone();
    for ((column, cell, ..), user) in TABLE.iter().zip(&users) {
        let exported = first.of(&id(user), column);
        let cell = cell_of(column, cell, &boss, exported);
        assert_ne!(exported, cell, "{column}: the edit is none");
        edited.set(&id(user), column, cell.as_ref());
    }
    stand.save("edited.csv", &edited);
    let flags = [
        "--max-users",
        "100%",
        "--max-clears",
        "100%",
        "--allow",
        "disable,rename,licenses,roles,identities",
    ];
    let plan = stand.json(&[&["plan", "edited.csv"], &flags[..]].concat(), 0);
    let planned: BTreeMap<String, String> = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            let text = |name: &str| change[name].as_str().unwrap().to_owned();
            (text("user"), text("column"))
        })
        .collect();
    for ((column, ..), user) in TABLE.iter().zip(&users) {
        assert_eq!(planned.get(&id(user)).map(String::as_str), Some(*column));
    }
    assert_eq!(plan["summary"]["cells_changed"], TABLE.len());
    assert_eq!(stand.history(), []);

    // Applied: one request each, as the table says, and every one is read back.
    let applied = stand.json(&[&["apply", "edited.csv", "--yes"], &flags[..]].concat(), 0);
    assert_eq!(
        applied["summary"]["updated"],
        TABLE.len(),
        "{}",
        applied["summary"]
    );
    let history = stand.history();
    for ((column, _, _, way), user) in TABLE.iter().zip(&users) {
        let own: Vec<_> = history.iter().filter(|write| write.user_id == id(user)).collect();
        let sent: Vec<(String, String)> = own
            .iter()
            .map(|write| (write.method.clone(), write.path.clone()))
            .collect();
        assert_eq!(sent, [expected_write(*way, &id(user))], "{column}");
        let keys: Vec<&String> = own[0].body.as_object().unwrap().keys().collect();
        let property = column.split('.').next().unwrap();
        match way {
            Way::Manager => assert_eq!(keys, ["@odata.id"]),
            Way::Roles => assert_eq!(own[0].body["directoryScopeId"], "/"),
            Way::Licences => assert_eq!(keys, ["addLicenses", "removeLicenses"]),
            Way::Siblings => assert_eq!(own[0].body[property].as_object().unwrap().len(), 2),
            Way::Main | Way::Profile => assert_eq!(keys, [property], "{column}"),
        }
    }
    let run = applied["run"].as_str().unwrap().to_owned();
    let second = export("second.csv");
    for ((column, cell, shown, _), user) in TABLE.iter().zip(&users) {
        let cell = cell_of(column, shown.unwrap_or(cell), &boss, first.of(&id(user), column));
        assert_eq!(second.of(&id(user), column), cell, "{column}");
    }

    // Taken back: the directory is as it was.
    let undone = stand.json(&["undo", &run, "--yes"], 0);
    assert_eq!(undone["summary"]["updated"], TABLE.len(), "{}", undone["summary"]);
    let after = stand.dump();
    for ((column, ..), user) in TABLE.iter().zip(&users) {
        let (was, is) = (&before[&id(user)], &after[&id(user)]);
        let property = column.split('.').next().unwrap();
        assert_eq!(was[property], is[property], "{column}");
    }
}

#[test]
fn an_attribute_that_is_read_by_itself_costs_one_question_for_each_person_and_the_others_none() {
    let stand = Stand::open(everything(45));
    let cost = |columns: &str| {
        let before = stand.stats();
        let arguments = ["export", "-o", "cost.csv", "--columns", columns];
        stand.run(&arguments).must(0);
        let after = stand.stats();
        (
            after.list_pages - before.list_pages,
            after.read_batches - before.read_batches,
        )
    };
    for (columns, pages, batches) in [
        ("id,jobTitle,employeeOrgData.division,manager", 1, 0),
        ("id,employeeLeaveDateTime", 1, 0),
        // 45 questions, twenty in a request.
        ("id,skills", 1, 3),
        ("id,skills,aboutMe,birthday,hireDate", 1, 3),
        ("id,directoryRoles", 1, 0),
    ] {
        assert_eq!(cost(columns), (pages, batches), "{columns}");
    }
}

/// The way of one change, counted whole: sign-in, roles and size of the directory included. Each time a user is read, what no
/// list holds is a question more.
#[test]
fn the_whole_way_of_one_cell_costs_a_handful_of_requests() {
    for (column, requests) in [
        ("jobTitle", 8),
        ("manager", 8),
        ("skills", 12),
        ("assignedLicenses", 9),
        ("directoryRoles", 13),
    ] {
        let stand = Stand::open(everything(30));
        let users = stand.ordinary();
        let (user, other) = (&users[0], &users[1]);
        let columns = format!("id,{column}");
        stand.edit(&id(user), "usageLocation", "NL");
        stand
            .run(&["export", "-o", "one.csv", "--columns", &columns])
            .must(0);
        let mut sheet = stand.sheet("one.csv");
        let cell = match column {
            "manager" => other["userPrincipalName"].as_str().unwrap(),
            "assignedLicenses" => "EMS",
            "directoryRoles" => "Reports Reader",
            _ => "something else",
        };
        sheet.set(&id(user), column, cell);
        stand.save("one.csv", &sheet);
        let before = stand.stats().http_requests;
        stand
            .run(&[
                "apply",
                "one.csv",
                "--yes",
                "--max-users",
                "100%",
                "--allow",
                "licenses,roles",
            ])
            .must(0);
        let cost = stand.stats().http_requests - before;
        assert_eq!(cost, requests, "{column}");
        assert_eq!(stand.history().len(), 1, "{column}");
    }
}

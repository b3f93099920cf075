//! What SharePoint and Exchange keep of a user: read one person at a time, and written where that is allowed at all.

use dirsheet::sandbox::SandboxOptions;
use serde_json::{Value as Json, json};

use super::big::id;
use super::stand::{Stand, people};

/// A directory whose app was granted these permissions too.
fn granted(more: &[&str]) -> Stand {
    let options = people(30);
    Stand::open(SandboxOptions {
        roles: options
            .roles
            .iter()
            .cloned()
            .chain(more.iter().map(|name| (*name).to_owned()))
            .collect(),
        ..options
    })
}

/// A sheet in which one person gets a job and a skill.
fn edited(stand: &Stand) -> Json {
    let user = stand.ordinary().remove(0);
    stand
        .run(&[
            "export",
            "-o",
            "users.csv",
            "--columns",
            "id,jobTitle,skills,birthday",
        ])
        .must(0);
    let mut sheet = stand.sheet("users.csv");
    assert_eq!(sheet.of(&id(&user), "birthday"), "", "a day that was never set");
    sheet.set(&id(&user), "jobTitle", "Locksmith");
    sheet.set(&id(&user), "skills", "locks; keys");
    stand.save("users.csv", &sheet);
    user
}

#[test]
fn an_application_is_told_before_the_write_that_the_profile_store_lets_none_in() {
    let stand = granted(&[]);
    let user = edited(&stand);
    let plan = stand.json(&["plan", "users.csv"], 0);
    let foreseen = &plan["refusals_foreseen"];
    assert_eq!(foreseen.as_array().unwrap().len(), 1, "{foreseen}");
    assert_eq!(
        (&foreseen[0]["column"], &foreseen[0]["reason"]),
        (&json!("skills"), &json!("profile-store"))
    );
    stand
        .run(&["apply", "users.csv", "--yes"])
        .must(6)
        .says(&["Microsoft says that no application may write there"]);
    // Nothing was tried, and the rest of the row landed.
    assert_eq!(stand.stats().writes_refused, 0);
    assert_eq!(stand.history().len(), 1);
    assert_eq!(stand.dump()[&id(&user)]["jobTitle"], "Locksmith");
}

#[test]
fn where_it_is_tried_the_refusal_that_looks_like_an_outage_is_one_refusal() {
    let stand = granted(&["Sites.ReadWrite.All"]);
    let user = edited(&stand);
    let plan = stand.json(&["plan", "users.csv"], 0);
    assert_eq!(plan["refusals_foreseen"], json!([]));
    let applied = stand.json(&["apply", "users.csv", "--yes"], 6);
    assert_eq!(applied["summary"]["partial"], 1, "{}", applied["summary"]);
    // One try, no second one, and nobody waited.
    assert_eq!(stand.stats().writes_refused, 1);
    let report = stand.report(applied["run"].as_str().unwrap());
    assert!(
        report
            .of(&id(&user), "_error_code")
            .contains("DirectoryObjectUnauthorizedAccessException")
    );
    assert!(report.of(&id(&user), "_hint").contains("profile store"));
    assert_eq!(stand.dump()[&id(&user)]["jobTitle"], "Locksmith");
    // The run is over: it is not for resuming.
    assert_eq!(stand.json(&["runs"], 0)[0]["state"], "finished");
}

#[test]
fn a_mailbox_that_is_not_there_or_not_allowed_costs_its_own_cells_only() {
    const COLUMNS: &str = "id,jobTitle,skills,mailboxSettings.timeZone,mailboxSettings.language.locale,mailboxSettings.userPurpose";
    let stand = granted(&["MailboxSettings.Read"]);
    let (with, without) = (stand.ordinary().remove(0), stand.ordinary().remove(1));
    for user in [&with, &without] {
        stand.edit(&id(user), "skills", json!(["locks"]));
    }
    stand.edit(&id(&without), "mail", Json::Null);
    let export = ["export", "-o", "users.csv", "--columns", COLUMNS];
    stand
        .run(&export)
        .must(6)
        .says(&["mailboxSettings.timeZone", "MailboxNotEnabledForRESTAPI"]);
    let sheet = stand.sheet("users.csv");
    let cells = |user: &Json| {
        [
            "skills",
            "mailboxSettings.timeZone",
            "mailboxSettings.language.locale",
            "mailboxSettings.userPurpose",
        ]
        .map(|column| sheet.of(&id(user), column).to_owned())
    };
    assert_eq!(
        cells(&with),
        ["locks", "W. Europe Standard Time", "en-GB", "user"]
    );
    assert_eq!(
        cells(&without),
        ["locks", "<not read>", "<not read>", "<not read>"]
    );

    // Read-only: an edit is refused with the reason.
    let mut edited = sheet.clone();
    edited.set(&id(&with), "mailboxSettings.timeZone", "UTC");
    stand.save("edited.csv", &edited);
    let check = stand.json(&["check", "edited.csv"], 3);
    assert_eq!(
        (&check["findings"][0]["rule"], &check["findings"][0]["column"]),
        (&json!("read-only"), &json!("mailboxSettings.timeZone"))
    );

    let stand = granted(&[]);
    let user = stand.ordinary().remove(0);
    stand.edit(&id(&user), "skills", json!(["locks"]));
    stand.run(&export).must(6);
    let sheet = stand.sheet("users.csv");
    assert_eq!(sheet.of(&id(&user), "skills"), "locks");
    assert!(
        sheet
            .cells("mailboxSettings.timeZone")
            .iter()
            .all(|cell| *cell == "<not read>")
    );
}

#[test]
fn a_column_without_its_permission_or_its_licence_never_breaks_the_list() {
    let stand = granted(&[]);
    let columns = "id,jobTitle,employeeLeaveDateTime,customSecurityAttributes";
    let export = ["export", "-o", "users.csv", "--columns", columns];
    let ran = stand.run(&export).must(6);
    ran.says(&[
        "`employeeLeaveDateTime` could not be read for 30 users",
        "User-LifeCycleInfo.Read.All",
    ]);
    let sheet = stand.sheet("users.csv");
    assert_eq!(sheet.rows.len(), 30);
    for column in ["employeeLeaveDateTime", "customSecurityAttributes"] {
        assert!(
            sheet.cells(column).iter().all(|cell| *cell == "<not read>"),
            "{column}"
        );
    }
    assert!(
        sheet
            .cells("jobTitle")
            .iter()
            .any(|cell| !cell.is_empty() && *cell != "<not read>")
    );

    // An edit of such a cell is an error that says so, and the other columns can still be planned.
    let user = stand.ordinary().remove(0);
    let mut edited = sheet.clone();
    edited.set(&id(&user), "jobTitle", "Locksmith");
    stand.save("edited.csv", &edited);
    assert_eq!(
        stand.json(&["plan", "edited.csv"], 0)["summary"]["cells_changed"],
        1
    );
    edited.set(&id(&user), "employeeLeaveDateTime", "2030-01-01");
    stand.save("edited.csv", &edited);
    let plan = stand.json(&["plan", "edited.csv"], 3);
    assert_eq!(plan["findings"][0]["rule"], "not-read", "{}", plan["findings"]);

    // With one of the two permissions the other column alone is left out.
    let stand = granted(&["User-LifeCycleInfo.Read.All"]);
    stand.edit(
        &id(&stand.ordinary()[0]),
        "employeeLeaveDateTime",
        "2030-01-01T00:00:00Z",
    );
    stand.run(&export).must(6);
    let sheet = stand.sheet("users.csv");
    assert!(
        sheet
            .cells("employeeLeaveDateTime")
            .contains(&"2030-01-01T00:00:00Z")
    );
    assert!(
        sheet
            .cells("customSecurityAttributes")
            .iter()
            .all(|cell| *cell == "<not read>")
    );
}

#[test]
fn a_skill_with_a_semicolon_goes_out_and_comes_back_as_one_skill() {
    let options = people(10);
    let roles = options
        .roles
        .iter()
        .cloned()
        .chain(["Sites.ReadWrite.All".to_owned()])
        .collect();
    let stand = Stand::open(SandboxOptions {
        roles,
        profile_store_open: true,
        ..options
    });
    let user = stand.ordinary().remove(0);
    stand.edit(&id(&user), "skills", json!(["C; C++", "Rust"]));
    stand
        .run(&["export", "-o", "users.csv", "--columns", "id,skills"])
        .must(0);
    let mut sheet = stand.sheet("users.csv");
    assert_eq!(sheet.of(&id(&user), "skills"), "\"C; C++\"; Rust");
    stand.run(&["plan", "users.csv", "--detailed-exitcode"]).must(0);
    sheet.set(
        &id(&user),
        "skills",
        "\"C; C++\"; Rust; \"said \"\"no\"\"; left\"",
    );
    stand.save("users.csv", &sheet);
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    assert_eq!(
        stand.dump()[&id(&user)]["skills"],
        json!(["C; C++", "Rust", "said \"no\"; left"])
    );
    sheet.set(&id(&user), "skills", "\"C; C++");
    stand.save("users.csv", &sheet);
    let check = stand.json(&["check", "users.csv"], 3);
    assert_eq!(check["findings"][0]["rule"], "list-quotes");
}

#[test]
fn what_is_read_one_person_at_a_time_is_read_of_those_only_whose_rows_change_it() {
    let stand = granted(&["Sites.ReadWrite.All"]);
    let users: Vec<String> = stand.ordinary().iter().take(20).map(id).collect();
    let columns = "id,userPrincipalName,jobTitle,skills";
    let export = ["export", "-o", "users.csv", "--columns", columns];
    stand.run(&export).must(0);
    let mut sheet = stand.sheet("users.csv");
    for user in &users {
        sheet.set(user, "jobTitle", "Locksmith");
    }
    sheet.set(&users[7], "skills", "locks; keys");
    stand.save("users.csv", &sheet);
    let before = stand.stats().reads;
    let plan = stand.json(&["plan", "users.csv"], 0);
    assert_eq!(plan["summary"]["cells_changed"], 21, "{}", plan["summary"]);
    // The size of the directory, the list, one person by itself and that person's skills.
    let reads = stand.stats().reads - before;
    assert!(reads <= 6, "{reads}");
}

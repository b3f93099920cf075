//! Whom a sheet may not touch, and what the service would refuse: said before the first write, and not sent.

use serde_json::Value;

use super::big::id;
use super::stand::{Stand, people};
use dirsheet::sandbox::SandboxOptions;

/// An application that may read who holds which role.
fn reading_roles(users: usize, app_role: Option<&str>) -> Stand {
    Stand::open(SandboxOptions {
        roles: vec![
            "User.ReadWrite.All".to_owned(),
            "RoleManagement.Read.Directory".to_owned(),
        ],
        app_role: app_role.map(str::to_owned),
        ..people(users)
    })
}

pub fn holder(stand: &Stand, role: &str) -> Value {
    let users = stand.sandbox().dump();
    let holds = |user: &Value| user["roles"].as_array().unwrap().iter().any(|held| held == role);
    users.into_iter().find(holds).unwrap()
}

/// A sheet that changes title and phone of these users.
pub fn title_and_phone(stand: &Stand, users: &[String]) {
    let mut sheet = stand.export();
    for (at, user) in users.iter().enumerate() {
        sheet.set(user, "jobTitle", format!("Title {at}"));
        sheet.set(user, "mobilePhone", format!("+31 6 1122{at:04}"));
    }
    stand.save("users.csv", &sheet);
}

#[test]
fn an_administrator_is_guarded_and_the_phone_is_not_even_sent_when_that_is_lifted() {
    let stand = reading_roles(60, Some("User Administrator"));
    let admin = id(&holder(&stand, "Global Administrator"));
    let other = id(&stand.ordinary()[0]);
    title_and_phone(&stand, &[admin.clone(), other.clone()]);
    stand.run(&["apply", "users.csv", "--yes"]).must(4).says(&[
        "admins",
        "Global Administrator",
        "the limit is 0, by default",
        "--allow admins",
        "a guard refused the plan; nothing was written",
    ]);
    assert_eq!(stand.stats().writes_received, 0);
    let plan = stand.json(&["plan", "users.csv", "--allow", "admins"], 0);
    let refusal = &plan["refusals_foreseen"][0];
    assert_eq!(
        (&refusal["reason"], &refusal["column"], &refusal["needs"]),
        (
            &"admin-protected".into(),
            &"mobilePhone".into(),
            &"Privileged Authentication Administrator".into()
        )
    );
    let done = stand.json(&["apply", "users.csv", "--yes", "--allow", "admins"], 6);
    assert_eq!(
        (&done["summary"]["partial"], &done["summary"]["updated"]),
        (&1.into(), &1.into())
    );
    assert_eq!(
        stand.stats().writes_refused,
        0,
        "nothing was sent that would be refused"
    );
    assert_eq!(stand.history().len(), 2);
    let after = stand.dump();
    assert_eq!(after[&admin]["jobTitle"], "Title 0");
    assert_eq!(after[&other]["mobilePhone"], "+31 6 11220001");
    let report = stand.report(&stand.newest_run());
    assert_eq!(report.of(&admin, "_error_code"), "admin-protected");
    assert!(
        report
            .of(&admin, "_hint")
            .contains("Privileged Authentication Administrator")
    );
}

#[test]
fn a_reader_is_no_administrator_and_a_strong_application_may_change_everything() {
    let stand = reading_roles(60, Some("Privileged Authentication Administrator"));
    let reader = id(&holder(&stand, "Directory Readers"));
    let admin = id(&holder(&stand, "Global Administrator"));
    title_and_phone(&stand, std::slice::from_ref(&reader));
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    title_and_phone(&stand, std::slice::from_ref(&admin));
    stand
        .run(&["apply", "users.csv", "--yes", "--allow", "admins"])
        .must(0);
    assert_eq!(stand.dump()[&admin]["mobilePhone"], "+31 6 11220000");
}

#[test]
fn roles_are_read_once_for_a_plan_that_changes_somebody_and_not_without_the_permission() {
    let stand = reading_roles(60, None);
    let user = id(&stand.ordinary()[0]);
    title_and_phone(&stand, std::slice::from_ref(&user));
    let before = stand.stats().reads;
    stand.run(&["plan", "users.csv"]).must(0);
    let changing = stand.stats().reads - before;
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let before = stand.stats().reads;
    stand.run(&["plan", "users.csv"]).must(0);
    assert_eq!(changing, stand.stats().reads - before + 1);

    let stand = Stand::of(60);
    let user = id(&stand.ordinary()[0]);
    title_and_phone(&stand, std::slice::from_ref(&user));
    let plan = stand.json(&["plan", "users.csv"], 0);
    let guards = plan["guards"].as_array().unwrap();
    let admins = guards.iter().find(|guard| guard["guard"] == "admins").unwrap();
    assert_eq!(
        (&admins["passed"], &admins["known"]),
        (&true.into(), &false.into())
    );
    stand.run(&["plan", "users.csv"]).must(0).says(&[
        "who holds administrator roles is not known",
        "RoleManagement.Read.Directory",
    ]);
}

#[test]
fn a_column_without_its_permission_is_not_sent_and_the_permission_is_named() {
    let stand = Stand::open(SandboxOptions {
        roles: vec!["User.ReadUpdate.All".to_owned(), "User.Read.All".to_owned()],
        ..people(60)
    });
    let users: Vec<String> = stand.ordinary().iter().take(3).map(id).collect();
    title_and_phone(&stand, &users);
    stand.run(&["plan", "users.csv"]).must(0).says(&[
        "the sign-in has no permission to write this column (3 cells)",
        "grant it with admin consent: User-Phone.ReadWrite.All",
    ]);
    let done = stand.json(&["apply", "users.csv", "--yes"], 6);
    assert_eq!(done["summary"]["partial"], 3);
    assert_eq!((stand.history().len(), stand.stats().writes_refused), (3, 0));
    // A column that nobody may write is all there is.
    let mut sheet = stand.export();
    sheet.set(&users[0], "mobilePhone", "+31 6 99999999");
    stand.save("users.csv", &sheet);
    stand
        .run(&["apply", "users.csv", "--yes"])
        .must(7)
        .says(&["User-Phone.ReadWrite.All", "nothing was written"]);
    assert_eq!(stand.stats().writes_received, 3);
}

#[test]
fn a_role_may_stand_in_for_a_permission_so_the_service_is_asked() {
    let granted = ["User.Read.All", "User-Phone.ReadWrite.All"];
    let stand = Stand::open(SandboxOptions {
        roles: granted.map(str::to_owned).to_vec(),
        app_role: Some("User Administrator".to_owned()),
        ..people(60)
    });
    let user = id(&stand.ordinary()[0]);
    title_and_phone(&stand, std::slice::from_ref(&user));
    let plan = stand.json(&["plan", "users.csv"], 0);
    assert_eq!(plan["summary"]["refusals_foreseen"], 0, "{plan:#}");
    // The embedded directory goes by permissions alone; the other cell of the row lands.
    let apply = ["apply", "users.csv", "--yes", "--allow", "unknown-roles"];
    assert_eq!(stand.json(&apply, 6)["summary"]["partial"], 1);
    assert_eq!(stand.dump()[&user]["mobilePhone"], "+31 6 11220000");
    let report = stand.report(&stand.newest_run());
    assert_eq!(report.of(&user, "_error_code"), "Authorization_RequestDenied");
}

#[test]
fn a_column_that_is_emptied_for_everybody_in_the_sheet_is_refused_however_short_the_sheet_is() {
    let stand = Stand::of(60);
    let users: Vec<String> = stand.ordinary().iter().take(3).map(id).collect();
    for user in &users {
        stand.edit(user, "jobTitle", "Clerk");
    }
    let mut sheet = stand.export();
    let key = sheet.column("id");
    sheet.rows.retain(|row| users.contains(&row[key]));
    users.iter().for_each(|user| sheet.set(user, "jobTitle", ""));
    stand.save("users.csv", &sheet);
    stand.run(&["apply", "users.csv", "--yes"]).must(4).says(&[
        "column-emptied",
        "`jobTitle` would be emptied for every one of the 3 users of the sheet who have a value",
        "the limit is 0, by default",
        "--allow emptied",
    ]);
    assert_eq!(stand.stats().writes_received, 0);
    stand
        .run(&["apply", "users.csv", "--yes", "--allow", "emptied"])
        .must(0);
    assert_eq!(stand.history().len(), 3);
}

#[test]
fn a_limit_for_one_column_is_named_with_the_flag_that_set_it() {
    let stand = Stand::of(60);
    let users: Vec<String> = stand.ordinary().iter().take(3).map(id).collect();
    title_and_phone(&stand, &users);
    stand
        .run(&["apply", "users.csv", "--yes", "--max-column", "2"])
        .must(4)
        .says(&[
            "max-column",
            "`jobTitle` would change for 3 of 60 users",
            "`mobilePhone` would change for 3 of 60 users",
            "the limit is 2, from --max-column",
            "--max-column 3",
        ]);
    assert_eq!(stand.stats().writes_received, 0);
    stand
        .run(&["apply", "users.csv", "--yes", "--max-column", "3"])
        .must(0);
}

#[test]
fn what_is_not_sent_is_handed_over_in_a_sheet_with_the_names_of_active_directory() {
    let stand = Stand::of(200);
    let wanted =
        |user: &Value| user["onPremisesSyncEnabled"] == true && user["isManagementRestricted"] != true;
    let synced = stand.sandbox().dump().into_iter().find(wanted).unwrap();
    let restricted = |user: &Value| user["isManagementRestricted"] == true;
    let restricted = stand.sandbox().dump().into_iter().find(restricted).unwrap();
    stand.edit(&id(&synced), "jobTitle", "=1+1");
    stand.edit(&id(&synced), "officeLocation", "A-1");
    let mut sheet = stand.export();
    sheet.set(&id(&synced), "jobTitle", "Team Lead");
    sheet.set(&id(&synced), "officeLocation", "");
    sheet.set(&id(&synced), "usageLocation", "BE");
    sheet.set(&id(&restricted), "jobTitle", "Out of reach");
    stand.save("users.csv", &sheet);
    stand
        .run(&["plan", "users.csv", "--handover", "handover.csv"])
        .must(0)
        .says(&["What is not sent is in handover.csv (2 rows)"]);
    let handed = stand.sheet("handover.csv");
    assert_eq!(handed.rows.len(), 2);
    assert_eq!(handed.of(&id(&synced), "reason"), "mastered-on-premises");
    assert!(handed.of(&id(&synced), "who").contains("Active Directory"));
    for name in [
        "onPremisesSamAccountName",
        "onPremisesDistinguishedName",
        "onPremisesImmutableId",
    ] {
        assert_eq!(
            handed.of(&id(&synced), name),
            synced[name].as_str().unwrap_or_default()
        );
    }
    let title = |which: &str| {
        handed
            .of(&id(&synced), &format!("jobTitle (AD: title) {which}"))
            .to_owned()
    };
    assert_eq!(
        (title("old").as_str(), title("new").as_str()),
        ("'=1+1", "Team Lead")
    );
    let office = |which: &str| {
        let column = format!("officeLocation (AD: physicalDeliveryOfficeName) {which}");
        handed.of(&id(&synced), &column).to_owned()
    };
    assert_eq!(
        (office("old").as_str(), office("new").as_str()),
        ("A-1", "<clear>")
    );
    assert_eq!(handed.of(&id(&restricted), "reason"), "management-restricted");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(stand.path("handover.csv"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // It never takes the place of the sheet.
    stand
        .run(&["plan", "users.csv", "--handover", "users.csv"])
        .must(2);
}

/// A profile with guards for the stand's directory.
pub fn profile(stand: &mut Stand, settings: &str, guards: &str) {
    let (tenant, client, url) = {
        let sandbox = stand.sandbox();
        (
            sandbox.tenant_id().to_owned(),
            sandbox.client_id().to_owned(),
            sandbox.url(),
        )
    };
    stand.write("secret", format!("{}\n", stand.sandbox().client_secret()));
    let secret = stand.path("secret").display().to_string();
    let text = format!(
        "[profiles.practice]\ntenant_id = \"{tenant}\"\nclient_id = \"{client}\"\nclient_secret_file = {secret:?}\n\
         graph_url = \"{url}\"\nauthority_host = \"{url}\"\n{settings}\n[profiles.practice.guards]\n{guards}\n"
    );
    stand.write("config.toml", text);
    for name in ["TENANT_ID", "CLIENT_ID", "CLIENT_SECRET", "AUTHORITY_HOST"] {
        stand.unset(&format!("AZURE_{name}"));
    }
    stand.unset("DIRSHEET_GRAPH_URL");
}

const APPLY: [&str; 7] = [
    "apply",
    "users.csv",
    "--yes",
    "--profile",
    "practice",
    "--config",
    "config.toml",
];

#[test]
fn whom_the_filter_of_a_profile_finds_is_not_touched_unless_it_is_allowed() {
    let mut stand = Stand::of(60);
    let users: Vec<String> = stand.ordinary().iter().take(2).map(id).collect();
    stand.edit(&users[1], "department", "Board");
    title_and_phone(&stand, &users);
    profile(&mut stand, "", "protected_filter = \"department eq 'Board'\"");
    stand.run(&APPLY).must(4).says(&[
        "protected-filter",
        "department eq 'Board'",
        "guards.protected_filter in config.toml",
        "--allow protected",
    ]);
    assert_eq!(stand.stats().writes_received, 0);
    stand
        .run(&[&APPLY[..], &["--allow", "protected"]].concat())
        .must(0);
    title_and_phone_again(&stand, &users);
    profile(&mut stand, "", "protected_filter = \"department is 'Board'\"");
    stand.run(&APPLY).must(2).says(&[
        "does not understand the filter",
        "guards.protected_filter",
        "nothing was written",
    ]);
    profile(&mut stand, "", "max_colum = 3");
    stand
        .run(&APPLY)
        .must(2)
        .says(&["unknown field `max_colum`", "did you mean `max_column`?"]);
}

/// The same sheet with other titles, without an export.
fn title_and_phone_again(stand: &Stand, users: &[String]) {
    let mut sheet = stand.sheet("users.csv");
    users.iter().for_each(|user| sheet.set(user, "city", "Delft"));
    stand.save("users.csv", &sheet);
}

#[test]
fn an_attribute_that_the_cloud_does_not_have_is_neither_read_nor_sent() {
    let mut stand = Stand::of(60);
    let user = id(&stand.ordinary()[0]);
    let mut sheet = stand.export();
    sheet.set(&user, "jobTitle", "Title");
    sheet.set(&user, "employeeType", "Contractor");
    stand.save("users.csv", &sheet);
    profile(&mut stand, "cloud = \"usnat\"", "");
    stand.run(&APPLY).must(6);
    let report = stand.report(&stand.newest_run());
    assert_eq!(report.of(&user, "_status"), "partial");
    assert_eq!(report.of(&user, "_error_code"), "not-in-this-cloud");
    assert_eq!(stand.dump()[&user]["jobTitle"], "Title");
    let export = [
        "export",
        "--profile",
        "practice",
        "--config",
        "config.toml",
        "-o",
        "there.csv",
    ];
    stand
        .run(&export)
        .must(0)
        .says(&["this national cloud does not have them", "employeeType"]);
    assert!(
        !stand
            .sheet("there.csv")
            .header
            .iter()
            .any(|name| name == "employeeType")
    );
    profile(&mut stand, "cloud = \"moon\"", "");
    stand.run(&APPLY).must(2).says(&["is not a cloud", "usnat"]);
}

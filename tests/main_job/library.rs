//! The surface for other programs: what it writes, and what it refuses as the tool does.

use std::sync::{Arc, Mutex};

use dirsheet::{
    ApplyOptions, Checked, Conflicts, Directory, Ended, ErrorKind, Event, ExportOptions, Limit, Obstacle,
    Permission, Plan, PlanOptions, Settings, Severity, SheetOptions, Status,
};
use serde_json::json;

use super::big::{id, same_directory};
use super::stand::Stand;

/// An app of the stand's directory, with the state folder of the stand's commands and a configuration file of these guards.
pub fn settings(stand: &Stand, guards: &str) -> Settings {
    let text = format!("default_profile = \"p\"\n[profiles.p.guards]\n{guards}\n");
    stand.write("library.toml", text);
    let sandbox = stand.sandbox();
    Settings::app(sandbox.tenant_id(), sandbox.client_id(), sandbox.client_secret())
        .graph_url(sandbox.url())
        .authority_url(sandbox.url())
        .state_dir(stand.state())
        .config_file(stand.path("library.toml"))
}

/// A sheet in which the first so many ordinary users get another title, exported by the library.
pub fn edited(stand: &Stand, guards: &str, users: usize) -> (Directory, Vec<String>) {
    let ids: Vec<String> = stand.ordinary().iter().take(users).map(id).collect();
    let directory = stand.wait_for(async {
        let mut directory = Directory::connect(&settings(stand, guards)).await.unwrap();
        let options = ExportOptions::default();
        let exported = directory.export(stand.path("users.csv"), &options).await.unwrap();
        assert_eq!(exported.users, stand.dump().len() as u64);
        assert_eq!(exported.unread, []);
        directory
    });
    let mut sheet = stand.sheet("users.csv");
    for (at, user) in ids.iter().enumerate() {
        sheet.set(user, "jobTitle", format!("Title {at}"));
    }
    stand.save("users.csv", &sheet);
    (directory, ids)
}

fn checked(stand: &Stand) -> Checked {
    let (settings, options) = (settings(stand, ""), SheetOptions::default());
    let checked = dirsheet::check(&settings, stand.path("users.csv"), &options);
    stand.wait_for(checked).unwrap()
}

pub fn plan(stand: &Stand, directory: &mut Directory, options: &PlanOptions) -> Plan {
    stand
        .wait_for(directory.plan(stand.path("users.csv"), options))
        .unwrap()
}

/// Applies it, and expects that nothing at all is sent and no run begins.
#[track_caller]
fn refused(stand: &Stand, directory: &mut Directory, plan: Plan) -> dirsheet::Error {
    let received = stand.stats().writes_received;
    let applied = stand.wait_for(directory.apply(plan, ApplyOptions::default()));
    let (error, back) = applied.unwrap_err().into_parts();
    assert!(error.run().is_none() && back.is_some(), "{error}");
    assert_eq!(stand.stats().writes_received, received, "{error}");
    let runs = stand.json(&["runs"], 0);
    assert_eq!(runs.as_array().unwrap().len(), 0, "{error}: a run began");
    error
}

#[test]
fn a_program_writes_exactly_its_plan_and_the_tool_takes_it_back() {
    let stand = Stand::of(40);
    let before = stand.dump();
    let (mut directory, ids) = edited(&stand, "", 3);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    directory.on_event(move |event| ear.lock().unwrap().push(event));
    let checked = checked(&stand);
    assert_eq!((checked.rows, checked.findings), (40, Vec::new()));

    let plan = plan(&stand, &mut directory, &PlanOptions::default().expect(3));
    assert_eq!(
        (plan.obstacle(), plan.users_changed(), plan.users_total()),
        (None, 3, 40)
    );
    let told: serde_json::Value = serde_json::from_str(&plan.to_json()).unwrap();
    let by_tool = stand.json(&["plan", "users.csv", "--expect", "3"], 0);
    assert_eq!(told["fingerprint"], by_tool["fingerprint"]);
    let of_tool = by_tool["changes"].as_array().unwrap();
    assert_eq!((plan.changes().count(), of_tool.len()), (3, 3));
    for (change, by_tool) in plan.changes().zip(of_tool) {
        assert_eq!(json!(change.before), by_tool["before"]);
        assert_eq!(json!(change.user), by_tool["user"]);
        assert_eq!(json!(change.user_principal_name), by_tool["userPrincipalName"]);
        assert_eq!(json!(change.row), by_tool["row"]);
        assert_eq!(json!(change.after), by_tool["after"]);
        assert_eq!((change.column, change.kind), ("jobTitle", "set"));
    }
    let mut expected = before.clone();
    for (at, user) in ids.iter().enumerate() {
        expected.get_mut(user).unwrap()["jobTitle"] = json!(format!("Title {at}"));
    }
    let run = stand
        .wait_for(directory.apply(plan, ApplyOptions::default()))
        .unwrap();
    assert_eq!((run.ended, run.remaining, run.confirmed), (Ended::Done, 0, 3));
    assert_eq!(
        (run.count(Status::Updated), run.count(Status::Unchanged)),
        (3, 37)
    );
    assert!(run.report.as_ref().unwrap().exists() && run.needs_work.is_none());
    same_directory(&expected, &stand.dump());
    assert_eq!(stand.history().len(), 3);

    let heard = heard.lock().unwrap();
    let began: Vec<&String> = heard
        .iter()
        .filter_map(|event| match event {
            Event::RunBegan { run, .. } => Some(run),
            _ => None,
        })
        .collect();
    assert_eq!(began, [&run.id]);
    let settled = heard
        .iter()
        .filter(|event| matches!(event, Event::Settled { done: true, .. }));
    assert_eq!(settled.count(), 3);
    stand.run(&["undo", &run.id, "--yes"]).must(0);
    same_directory(&before, &stand.dump());
}

#[test]
fn what_a_guard_refuses_to_the_tool_it_refuses_to_a_program() {
    let protected = |stand: &Stand| {
        let upn = stand.ordinary()[1]["userPrincipalName"]
            .as_str()
            .unwrap()
            .to_owned();
        format!("protected = [{upn:?}]")
    };
    let none = |_: &Stand| String::new();
    let users = Limit::Users;
    type Profile<'p> = &'p dyn Fn(&Stand) -> String;
    let rows: [(Profile<'_>, PlanOptions, &[&str], &str); 5] = [
        (
            &none,
            PlanOptions::default().max_users(users(2)),
            &["--max-users", "2"],
            "max-users",
        ),
        (
            &none,
            PlanOptions::default().max_same_value(users(0)),
            &["--max-same-value", "0"],
            "max-same-value",
        ),
        (
            &none,
            PlanOptions::default().expect(4),
            &["--expect", "4"],
            "expect",
        ),
        (
            &|_| "max_users = 1".to_owned(),
            PlanOptions::default(),
            &[],
            "max-users",
        ),
        (&protected, PlanOptions::default(), &[], "protected"),
    ];
    for (guards, options, flags, name) in rows {
        let stand = Stand::of(40);
        let (mut directory, _) = edited(&stand, &guards(&stand), 3);
        let plan = plan(&stand, &mut directory, &options);
        assert_eq!(plan.obstacle(), Some(Obstacle::Guards), "{name}");
        assert!(
            plan.guards().any(|guard| !guard.passed && guard.name == name),
            "{name}: {plan:?}"
        );
        let error = refused(&stand, &mut directory, plan);
        assert_eq!(error.kind(), ErrorKind::Guards, "{error}");
        // The same sentences as the tool's.
        let config = stand.path("library.toml").display().to_string();
        let line = ["apply", "users.csv", "--yes", "--config", &config];
        let by_tool = stand.run(&[&line[..], flags].concat()).must(4);
        for sentence in error.help().iter().map(String::as_str).chain([error.message()]) {
            assert!(
                by_tool.stderr.contains(sentence),
                "{name}: {sentence}\n{}",
                by_tool.stderr
            );
        }
    }
}

#[test]
fn a_word_lifts_a_guard_and_passwords_in_a_sheet_have_none() {
    let stand = Stand::of(40);
    let guards = format!(
        "protected = [{:?}]",
        stand.ordinary()[0]["userPrincipalName"].as_str().unwrap()
    );
    let (mut directory, _) = edited(&stand, &guards, 1);
    let protected = Permission::by_word("protected").unwrap();
    let plan = plan(&stand, &mut directory, &PlanOptions::default().allow(protected));
    let run = stand
        .wait_for(directory.apply(plan, ApplyOptions::default()))
        .unwrap();
    assert_eq!((run.ended, stand.history().len()), (Ended::Done, 1));
    assert_eq!(Permission::by_word("passwords-in-sheet"), None);
    assert_eq!(Permission::by_word("everything"), None);
}

#[test]
fn whoever_became_protected_since_the_plan_stops_it() {
    let stand = Stand::of(40);
    let (mut directory, ids) = edited(&stand, "protected_filter = \"department eq 'Board'\"", 2);
    let plan = plan(&stand, &mut directory, &PlanOptions::default());
    assert_eq!(plan.obstacle(), None);
    stand.edit(&ids[1], "department", "Board");
    let error = refused(&stand, &mut directory, plan);
    assert_eq!(error.kind(), ErrorKind::Guards, "{error}");
}

#[test]
fn whoever_the_settings_protect_since_the_plan_stops_it_and_other_settings_are_refused() {
    let stand = Stand::of(40);
    let (mut directory, ids) = edited(&stand, "", 2);
    let of_before = plan(&stand, &mut directory, &PlanOptions::default());
    settings(&stand, &format!("protected = [{:?}]", ids[1]));
    let error = refused(&stand, &mut directory, of_before);
    assert_eq!(error.kind(), ErrorKind::Guards, "{error}");
    settings(&stand, "");
    let of_before = plan(&stand, &mut directory, &PlanOptions::default());
    stand.write("library.toml", "[profiles.p.guards\n");
    let error = refused(&stand, &mut directory, of_before);
    assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
    assert!(error.message().contains("library.toml"), "{error}");
}

#[test]
fn a_plan_whose_sheet_was_taken_away_is_not_applied() {
    let stand = Stand::of(40);
    let (mut directory, _) = edited(&stand, "", 2);
    let of_before = plan(&stand, &mut directory, &PlanOptions::default());
    std::fs::rename(stand.path("users.csv"), stand.path("away.csv")).unwrap();
    let error = refused(&stand, &mut directory, of_before);
    assert!(error.message().contains("is not there any more"), "{error}");
}

#[test]
fn a_plan_is_refused_once_its_sheet_or_its_cells_have_changed() {
    let stand = Stand::of(40);
    let (mut directory, ids) = edited(&stand, "", 2);
    let of_before = plan(&stand, &mut directory, &PlanOptions::default());
    let mut sheet = stand.sheet("users.csv");
    sheet.set(&ids[0], "jobTitle", "Another");
    stand.save("users.csv", &sheet);
    let error = refused(&stand, &mut directory, of_before);
    assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
    assert!(
        error.message().contains("was changed after the plan was made"),
        "{error}"
    );

    let of_before = plan(&stand, &mut directory, &PlanOptions::default());
    stand.edit(&ids[1], "jobTitle", "Somebody else's");
    let error = refused(&stand, &mut directory, of_before);
    assert_eq!(error.kind(), ErrorKind::Conflicts, "{error}");
    // Now it is a conflict from the beginning.
    let in_conflict = plan(&stand, &mut directory, &PlanOptions::default());
    assert_eq!(in_conflict.obstacle(), Some(Obstacle::Conflicts));
    let live: Vec<String> = in_conflict.conflicts().map(|conflict| conflict.live).collect();
    assert_eq!(live, ["Somebody else's"]);
    assert_eq!(
        refused(&stand, &mut directory, in_conflict).kind(),
        ErrorKind::Conflicts
    );
    let skipping = plan(
        &stand,
        &mut directory,
        &PlanOptions::default().conflicts(Conflicts::Skip),
    );
    let run = stand
        .wait_for(directory.apply(skipping, ApplyOptions::default()))
        .unwrap();
    assert_eq!(
        (run.ended, run.count(Status::Updated), run.count(Status::Conflict)),
        (Ended::SomeFailed, 1, 1)
    );
    assert_eq!(stand.history().len(), 1);
}

#[test]
fn findings_stop_a_plan_and_say_where_they_are() {
    let stand = Stand::of(40);
    let (mut directory, ids) = edited(&stand, "", 2);
    let mut sheet = stand.sheet("users.csv");
    sheet.set(&ids[0], "usageLocation", "Atlantis");
    stand.save("users.csv", &sheet);
    let checked = checked(&stand);
    assert!(checked.has_errors());
    let by_tool = &stand.json(&["check", "users.csv"], 3)["findings"][0];
    let found = &checked.findings[0];
    assert_eq!(found.severity, Severity::Error);
    for (said, key) in [
        (json!(found.rule), "rule"),
        (json!(found.cell), "cell"),
        (json!(found.line), "line"),
        (json!(found.column), "column"),
        (json!(found.message), "message"),
        (json!(found.help), "help"),
    ] {
        assert_eq!(said, by_tool[key], "{key}");
    }
    let stopped = plan(&stand, &mut directory, &PlanOptions::default());
    assert_eq!(
        (stopped.obstacle(), stopped.findings().len()),
        (Some(Obstacle::SheetErrors), 1)
    );
    let error = refused(&stand, &mut directory, stopped);
    assert_eq!(
        (error.kind(), error.findings()),
        (ErrorKind::SheetErrors, &checked.findings[..])
    );
    let skipping = plan(&stand, &mut directory, &PlanOptions::default().skip_errors(true));
    let run = stand
        .wait_for(directory.apply(skipping, ApplyOptions::default()))
        .unwrap();
    assert_eq!((run.ended, stand.history().len()), (Ended::SomeFailed, 2));

    stand.write("users.csv", "what,is,this\n1,2,3\n");
    let none = stand.wait_for(directory.plan(stand.path("users.csv"), &PlanOptions::default()));
    let error = none.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SheetErrors, "{error}");
    assert!(!error.findings().is_empty());
}

//! Extensions on every road beside the plain one: sealed plans, resume, restore, conflicts, a file as base, new users, the sample.

use dirsheet::sandbox::{People, SandboxOptions};
use serde_json::{Value as Json, json};

use super::big::id;
use super::extensions::{OPEN, full, registered, stand};
use super::stand::{Stand, people};

#[test]
fn a_snapshot_sealed_plans_and_runs_that_broke_off_know_the_types_without_the_tenant() {
    let stand = stand(40, &[]);
    let users: Vec<Json> = stand.ordinary().into_iter().take(8).collect();
    stand
        .run(&["export", "--columns", "level,rooms", "-o", "e.csv"])
        .must(0);
    let snapshot = stand.json(&["snapshots"], 0)[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut sheet = stand.sheet("e.csv");
    for user in &users {
        sheet.set(&id(user), &full("level"), "7");
        sheet.set(&id(user), &full("rooms"), "1; 2");
    }
    stand.save("e.csv", &sheet);
    stand
        .run(&[&["plan", "e.csv", "-o", "plan.json"], &OPEN[..]].concat())
        .must(0);
    assert!(
        stand
            .read("plan.json")
            .contains(&format!("{}:Integer[]", full("rooms")))
    );
    // The service is away in the middle of the run.
    stand.faults("503,on=write-batch");
    let broken = stand.run(&[&["apply", "plan.json", "--yes", "--deadline", "2s"], &OPEN[..]].concat());
    assert_ne!(broken.code, Some(0), "{broken:?}");
    stand.faults("");
    let run = stand.newest_run();
    stand.run(&["resume", &run, "--yes"]).must(0);
    for user in &users {
        let held = stand.dump()[&id(user)]["extensionValues"].clone();
        assert_eq!(held[full("level")], 7);
        assert_eq!(held[full("rooms")], json!([1, 2]));
    }
    let report = stand.report(&run);
    assert!(report.header.iter().any(|name| *name == full("level")));
    stand
        .run(
            &[
                &["apply", "--restore", &snapshot, "--yes", "--allow", "emptied"],
                &OPEN[..],
            ]
            .concat(),
        )
        .must(0);
    for user in &users {
        assert_eq!(stand.dump()[&id(user)]["extensionValues"], Json::Null);
    }
}

#[test]
fn the_sample_gives_people_a_cost_centre_and_teams() {
    let extensions = registered(&[]);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let options = people(1);
    let stand = Stand::open(SandboxOptions {
        people: People::FromSheet(folder.join("directory.csv")),
        roles: options
            .roles
            .iter()
            .cloned()
            .chain(["Directory.Read.All".to_owned()])
            .collect(),
        extensions,
        ..options
    });
    stand.write(
        "extensions.csv",
        std::fs::read(folder.join("extensions.csv")).unwrap(),
    );
    let applied = stand.json(&[&["apply", "extensions.csv", "--yes"], &OPEN[..]].concat(), 0);
    assert_eq!(applied["summary"]["updated"], 3, "{}", applied["summary"]);
    let bodies: Vec<Json> = stand.history().into_iter().map(|write| write.body).collect();
    assert!(bodies.contains(&json!({
        full("costCentre"): "K-4711", full("level"): 7, full("teams"): ["Payroll", "Works council"],
    })));
}

#[test]
fn a_conflict_about_an_extension_is_decided_in_a_sheet_and_a_file_is_a_base() {
    let stand = stand(30, &[]);
    let users = stand.ordinary();
    let (one, two) = (id(&users[0]), id(&users[1]));
    for user in [&one, &two] {
        stand.edit(user, &full("rooms"), json!([1]));
    }
    stand
        .run(&["export", "--columns", "rooms", "-o", "base.csv"])
        .must(0);
    let mut sheet = stand.sheet("base.csv");
    for user in [&one, &two] {
        sheet.set(user, &full("rooms"), "2");
        stand.edit(user, &full("rooms"), json!([3]));
    }
    stand.save("mine.csv", &sheet);
    stand
        .run(&["plan", "mine.csv", "--conflict-sheet", "conflicts.csv"])
        .must(5);
    let mut conflicts = stand.sheet("conflicts.csv");
    let (choice, user) = (conflicts.column("_choice"), conflicts.column("id"));
    for row in &mut conflicts.rows {
        let word = if row[user] == one { "mine" } else { "theirs" };
        word.clone_into(&mut row[choice]);
    }
    stand.save("conflicts.csv", &conflicts);
    let apply = ["apply", "mine.csv", "--yes", "--choices", "conflicts.csv"];
    stand.run(&[&apply, &OPEN[..]].concat()).must(0);
    let held = |user: &str| stand.dump()[user]["extensionValues"][full("rooms")].clone();
    assert_eq!((held(&one), held(&two)), (json!([2]), json!([3])));
    // An export that was kept as a file serves as a base, with the short name in the sheet.
    stand.write("short.csv", format!("id,rooms\n{two},1\n"));
    let plan = stand.json(&["plan", "short.csv", "--base", "base.csv"], 0);
    assert_eq!(plan["summary"]["cells_changed"], 0, "{}", plan["summary"]);
}

#[test]
fn a_new_user_gets_extensions_in_a_request_after_the_first() {
    let stand = stand(10, &[]);
    stand.write(
        "new.csv",
        "userPrincipalName,displayName,accountEnabled,costCentre\nnew.one@contoso.example,New One,false,K-1\n",
    );
    let flags = ["--yes", "--allow", "create", "--passwords", "passwords.csv"];
    stand
        .run(&[&["apply", "new.csv"], &flags[..], &OPEN[..]].concat())
        .must(0);
    let methods: Vec<String> = stand.history().into_iter().map(|write| write.method).collect();
    assert_eq!(methods, ["POST", "PATCH"]);
    assert_eq!(stand.history()[1].body, json!({full("costCentre"): "K-1"}));
}

//! A sealed plan does exactly what it says, or stops.

use dirsheet::state::PlanFile;
use serde_json::{Value, json};

use super::big::{id, same_directory};
use super::stand::{Stand, people};

/// A plan file with three changes of three users.
pub fn sealed() -> (Stand, Vec<String>) {
    let stand = Stand::of(40);
    let ids: Vec<String> = stand.ordinary().iter().take(3).map(id).collect();
    let mut sheet = stand.export();
    for (at, user) in ids.iter().enumerate() {
        sheet.set(user, "jobTitle", format!("Sealed {at}"));
    }
    stand.save("users.csv", &sheet);
    stand.run(&["plan", "users.csv", "-o", "plan.json"]).must(0);
    (stand, ids)
}

#[test]
fn a_plan_file_does_exactly_what_it_says() {
    let (stand, ids) = sealed();
    let mut expected = stand.dump();
    for (at, user) in ids.iter().enumerate() {
        expected.get_mut(user).unwrap()["jobTitle"] = json!(format!("Sealed {at}"));
    }
    let done = stand.json(&["apply", "plan.json", "--yes"], 0);
    assert_eq!(done["summary"]["updated"], 3);
    assert_eq!(done["summary"]["unchanged"], 37);
    same_directory(&expected, &stand.dump());
    assert_eq!(stand.history().len(), 3);
}

#[test]
fn a_plan_file_travels_without_its_sheet() {
    let (stand, _) = sealed();
    std::fs::remove_file(stand.path("users.csv")).unwrap();
    stand.run(&["apply", "plan.json", "--yes"]).must(0);
    assert_eq!(stand.history().len(), 3);
}

#[test]
fn a_plan_file_of_another_tenant_is_refused() {
    let (stand, _) = sealed();
    let other = Stand::open(dirsheet::sandbox::SandboxOptions {
        seed: 2,
        ..people(40)
    });
    other.write("plan.json", stand.read("plan.json"));
    other
        .run(&["apply", "plan.json", "--yes"])
        .must(2)
        .says(&["the plan was made for tenant", "nothing was written"]);
    assert!(other.history().is_empty());
}

#[test]
fn an_edited_plan_file_is_refused() {
    let (stand, ids) = sealed();
    let untouched = stand.read("plan.json");
    for (was, is) in [
        ("Sealed 1", "Smuggled in"),
        (ids[2].as_str(), ids[0].as_str()),
        ("\"jobTitle\"", "\"department\""),
    ] {
        assert!(untouched.contains(was), "{was}");
        stand.write("plan.json", untouched.replace(was, is));
        stand
            .run(&["apply", "plan.json", "--yes"])
            .must(2)
            .says(&["was changed after it was made"]);
    }
    let mut plan: Value = serde_json::from_str(&untouched).unwrap();
    plan["version"] = json!(99);
    stand.write("plan.json", plan.to_string());
    stand
        .run(&["apply", "plan.json", "--yes"])
        .must(2)
        .says(&["version 99"]);
    stand.write("plan.json", "{\"some\": \"json\"}");
    stand
        .run(&["apply", "plan.json", "--yes"])
        .must(2)
        .says(&["is not a plan file"]);
    stand.write("plan.json", &untouched[..untouched.len() / 2]);
    stand
        .run(&["apply", "plan.json", "--yes"])
        .must(2)
        .says(&["is not a plan file"]);
    stand
        .run(&["apply", "absent.json", "--yes"])
        .must(2)
        .says(&["absent.json"]);
    assert!(stand.history().is_empty());
}

#[test]
fn a_sheet_that_was_changed_after_the_plan_stops_it() {
    let (stand, ids) = sealed();
    let mut sheet = stand.sheet("users.csv");
    sheet.set(&ids[0], "city", "Elsewhere");
    stand.save("users.csv", &sheet);
    stand
        .run(&["apply", "plan.json", "--yes"])
        .must(2)
        .says(&["was changed after the plan was made", "make the plan again"]);
    assert!(stand.history().is_empty());
}

#[test]
fn a_cell_that_moved_after_the_plan_stops_it_and_skipping_writes_the_rest() {
    let (stand, ids) = sealed();
    stand.edit(&ids[1], "jobTitle", "Moved meanwhile");
    stand.run(&["apply", "plan.json", "--yes"]).must(5).says(&[
        "1 cell was changed by somebody else",
        "Moved meanwhile",
        "--conflicts skip",
    ]);
    assert!(stand.history().is_empty());
    let done = stand.json(&["apply", "plan.json", "--yes", "--conflicts", "skip"], 6);
    assert_eq!(done["summary"]["updated"], 2);
    let after = stand.dump();
    assert_eq!(after[&ids[0]]["jobTitle"], "Sealed 0");
    assert_eq!(after[&ids[1]]["jobTitle"], "Moved meanwhile");
    assert_eq!(after[&ids[2]]["jobTitle"], "Sealed 2");
    let report = stand.report(&stand.newest_run());
    assert_eq!(report.of(&ids[1], "_status"), "conflict");
    assert!(report.of(&ids[1], "_error").contains("Moved meanwhile"));
}

#[test]
fn a_plan_with_conflicts_that_were_skipped_is_sealed_without_them() {
    let stand = Stand::of(40);
    let ids: Vec<String> = stand.ordinary().iter().take(2).map(id).collect();
    let mut sheet = stand.export();
    ids.iter().for_each(|user| sheet.set(user, "jobTitle", "Mine"));
    stand.save("users.csv", &sheet);
    stand.edit(&ids[0], "jobTitle", "Theirs");
    stand
        .run(&["plan", "users.csv", "-o", "plan.json"])
        .must(5)
        .says(&["The plan file was not written"]);
    stand
        .run(&["plan", "users.csv", "-o", "plan.json", "--conflicts", "skip"])
        .must(0);
    stand.run(&["apply", "plan.json", "--yes"]).must(6);
    let after = stand.dump();
    assert_eq!(after[&ids[0]]["jobTitle"], "Theirs");
    assert_eq!(after[&ids[1]]["jobTitle"], "Mine");
}

#[test]
fn the_guards_look_at_a_sealed_plan_again() {
    let (stand, _) = sealed();
    stand
        .run(&["apply", "plan.json", "--yes", "--max-users", "2"])
        .must(4)
        .says(&["--max-users 3"]);
    assert!(stand.history().is_empty());
}

/// The plan file, made so many hours ago.
fn made_hours_ago(stand: &Stand, hours: i64) {
    let made = PlanFile::read(&stand.path("plan.json")).unwrap();
    let then = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours);
    let old = PlanFile::new(made.plan, made.sheet, then).unwrap();
    old.write(std::fs::File::create(stand.path("plan.json")).unwrap())
        .unwrap();
}

#[test]
fn a_plan_file_whose_head_was_edited_is_refused() {
    let (stand, _) = sealed();
    made_hours_ago(&stand, 24 * 8);
    let untouched: Value = serde_json::from_str(&stand.read("plan.json")).unwrap();
    let now = json!(jiff::Timestamp::now().to_string());
    let elsewhere = json!(stand.path("elsewhere.csv").display().to_string());
    for (place, value) in [
        ("/created_at", now),
        ("/sheet/path", elsewhere),
        ("/sheet/header/1", json!("jobTitle")),
        ("/sheet/delimiter", json!(";")),
        ("/seal", json!("0".repeat(64))),
    ] {
        let mut plan = untouched.clone();
        *plan.pointer_mut(place).unwrap() = value;
        stand.write("plan.json", plan.to_string());
        stand.run(&["apply", "plan.json", "--yes"]).must(2).says(&[
            "the head of the plan file `plan.json` was changed after it was made",
            "make the plan again",
        ]);
    }
    // A file without a seal is one of an older version, whatever its number says.
    let mut plan = untouched.clone();
    plan.as_object_mut().unwrap().remove("seal");
    stand.write("plan.json", plan.to_string());
    stand
        .run(&["apply", "plan.json", "--yes"])
        .must(2)
        .says(&["is not a plan file", "seal"]);
    plan["version"] = json!(2);
    stand.write("plan.json", plan.to_string());
    stand
        .run(&["apply", "plan.json", "--yes"])
        .must(2)
        .says(&["has version 2", "make the plan again"]);
    assert!(stand.history().is_empty());
}

#[test]
fn a_plan_that_is_too_old_or_from_the_future_is_refused() {
    let (stand, _) = sealed();
    made_hours_ago(&stand, 25);
    stand
        .run(&["apply", "plan.json", "--yes", "--max-age", "24h"])
        .must(4)
        .says(&[
            "the plan is 1 day 1 h old",
            "the limit is 1 day, from --max-age",
            "nothing was written",
        ]);
    made_hours_ago(&stand, 24 * 8);
    stand.run(&["apply", "plan.json", "--yes"]).must(4).says(&[
        "8 days old",
        "the limit is 7 days, by default",
        "let `--max-age` be more than its age",
    ]);
    stand.write(
        "config.toml",
        "default_profile = \"a\"\n[profiles.a.guards]\nmax_plan_age = \"10d\"\n",
    );
    made_hours_ago(&stand, 24 * 11);
    stand
        .run(&["apply", "plan.json", "--yes", "--config", "config.toml"])
        .must(4)
        .says(&["the limit is 10 days, from guards.max_plan_age in config.toml"]);
    made_hours_ago(&stand, -1);
    stand
        .run(&["apply", "plan.json", "--yes", "--max-age", "1000d"])
        .must(4)
        .says(&["which is", "from now", "clock"]);
    assert!(stand.history().is_empty());
    made_hours_ago(&stand, 24 * 9);
    stand
        .run(&["apply", "plan.json", "--yes", "--config", "config.toml"])
        .must(0);
    assert_eq!(stand.history().len(), 3);
    stand
        .run(&["apply", "users.csv", "--yes", "--max-age", "1d"])
        .must(2)
        .says(&["is for plan files"]);
}

#[test]
fn the_same_plan_has_the_same_fingerprint_and_only_that_one_is_applied() {
    let (stand, ids) = sealed();
    let printed = stand.run(&["plan", "users.csv", "--fingerprint"]).must(0).stdout;
    let fingerprint = printed.trim();
    assert_eq!(fingerprint.len(), 64, "{printed}");
    let again = stand
        .run(&["plan", "users.csv", "--fingerprint", "--quiet"])
        .must(0);
    assert_eq!(again.stdout, printed);
    assert!(stand.read("plan.json").contains(fingerprint));

    // Another sheet, and then another directory.
    let mut sheet = stand.sheet("users.csv");
    sheet.set(&ids[0], "jobTitle", "Something else");
    stand.save("other.csv", &sheet);
    for arguments in [
        ["apply", "other.csv"],
        ["apply", "users.csv"],
        ["apply", "plan.json"],
    ] {
        let wrong = if arguments[1] == "other.csv" {
            fingerprint
        } else {
            "000000000000"
        };
        stand
            .run(&[&arguments[..], &["--yes", "--fingerprint", wrong]].concat())
            .must(4)
            .says(&[
                "not the one that was approved",
                wrong,
                "3 cells of 3 users",
                "nothing was written",
            ]);
    }
    for wrong in [&fingerprint[..11], "no-hex-digits-here"] {
        stand
            .run(&["apply", "users.csv", "--yes", "--fingerprint", wrong])
            .must(2)
            .says(&["64 hex digits"]);
    }
    assert!(stand.history().is_empty());
    stand
        .run(&["apply", "users.csv", "--yes", "--fingerprint", &fingerprint[..12]])
        .must(0);
    assert_eq!(stand.history().len(), 3);
}

#[test]
fn a_moved_directory_gives_another_fingerprint() {
    let (stand, ids) = sealed();
    let approved = stand.run(&["plan", "users.csv", "--fingerprint"]).must(0).stdout;
    // What somebody else did meanwhile leaves one change less to make.
    stand.edit(&ids[1], "jobTitle", "Sealed 1");
    stand
        .run(&["apply", "users.csv", "--yes", "--fingerprint", approved.trim()])
        .must(4)
        .says(&["2 cells of 2 users"]);
    assert!(stand.history().is_empty());
}

#[test]
fn a_plan_that_may_not_be_applied_has_no_fingerprint_to_approve() {
    let (stand, _) = sealed();
    let refused = stand
        .run(&["plan", "users.csv", "--fingerprint", "--max-users", "2"])
        .must(4)
        .says(&["No fingerprint is printed"]);
    assert_eq!(refused.stdout, "");
}

#[test]
fn asking_with_numbers_needs_somebody_and_no_yes_beforehand() {
    let (stand, _) = sealed();
    for plan in ["users.csv", "plan.json"] {
        stand
            .run(&["apply", plan, "--interactive"])
            .must(2)
            .says(&["needs a terminal", "nothing was written"]);
        stand
            .run(&["apply", plan, "--interactive", "--yes"])
            .must(2)
            .says(&["cannot be used with"]);
    }
    assert!(stand.history().is_empty());
}

//! `diff`: two snapshots, a snapshot and a sheet, a snapshot and the directory now.

use serde_json::{Value, json};

use super::big::id;
use super::stand::Stand;

fn exported(stand: &Stand, name: &str) -> String {
    let told = stand.json(&["export", "-o", name], 0);
    told["snapshot"].as_str().unwrap().to_owned()
}

/// The changes as (user, column, before, after).
fn changes(diff: &Value) -> Vec<(String, String, Value, Value)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut found: Vec<_> = diff["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let (user, column) = (text(&one["user"]), text(&one["column"]));
            (user, column, one["before"].clone(), one["after"].clone())
        })
        .collect();
    found.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    found
}

#[test]
fn a_snapshot_shows_how_the_directory_drifted_and_both_ways_say_the_same() {
    let stand = Stand::of(40);
    let snapshot = exported(&stand, "users.csv");
    let same = stand.run(&["diff", &snapshot, "--detailed-exitcode"]).must(0);
    assert!(same.stdout.contains("No difference: 40 users"), "{same:?}");
    let users: Vec<String> = stand.ordinary().iter().take(4).map(id).collect();
    let before = stand.dump();
    for user in &users[..3] {
        stand.edit(user, "department", "Commercial");
    }
    stand.edit(&users[3], "mobilePhone", Value::Null);
    let expected = |user: &String, column: &str, after: Value| {
        (
            user.clone(),
            column.to_owned(),
            before[user][column].clone(),
            after,
        )
    };
    let mut wanted: Vec<_> = users[..3]
        .iter()
        .filter(|user| before[*user]["department"] != "Commercial")
        .map(|user| expected(user, "department", json!("Commercial")))
        .collect();
    if !before[&users[3]]["mobilePhone"].is_null() {
        wanted.push(expected(&users[3], "mobilePhone", Value::Null));
    }
    wanted.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    assert!(wanted.len() > 2, "{wanted:?}");
    let drift = stand.json(&["diff", &snapshot, "live", "--detailed-exitcode"], 20);
    assert_eq!(changes(&drift), wanted);
    assert_eq!(drift["before"]["kind"], "snapshot");
    assert_eq!(drift["after"]["kind"], "live");
    // A second snapshot says what live said, and turned round before and after change places.
    let later = exported(&stand, "later.csv");
    assert_eq!(changes(&stand.json(&["diff", &snapshot, &later], 0)), wanted);
    for (from, to) in [(&later, &snapshot), (&"live".to_owned(), &snapshot)] {
        let back: Vec<_> = changes(&stand.json(&["diff", from, to], 0))
            .into_iter()
            .map(|(user, column, before, after)| (user, column, after, before))
            .collect();
        assert_eq!(back, wanted, "{from} {to}");
    }
    let told = stand.run(&["diff", &snapshot]).must(0);
    assert!(told.stdout.contains("the directory now"), "{told:?}");
    assert!(told.stdout.contains("Commercial"), "{told:?}");
    assert!(stand.history().is_empty());
}

#[test]
fn a_sheet_is_compared_by_its_own_columns_and_what_lacks_is_told() {
    let stand = Stand::of(40);
    let snapshot = exported(&stand, "users.csv");
    let users: Vec<String> = stand.ordinary().iter().take(2).map(id).collect();
    stand.write(
        "some.csv",
        format!("id,jobTitle\n{},Juggler\n{},Clown\n", users[0], users[1]),
    );
    let diff = stand.json(&["diff", &snapshot, "some.csv"], 0);
    assert_eq!(diff["compared"], json!(["jobTitle"]));
    assert_eq!(diff["summary"]["users_changed"], 2);
    assert_eq!(diff["summary"]["removed"], 0);
    assert_eq!(diff["summary"]["not_in_sheet"], 38);
    let lacking = diff["not_compared"].as_array().unwrap();
    assert!(
        lacking
            .iter()
            .any(|one| *one == json!({"column": "city", "missing_in": "some.csv"}))
    );
    stand.run(&["diff", &snapshot, "some.csv"]).must(0).says(&[
        "Not compared, because some.csv lacks it",
        "38 other users are not in some.csv, which says nothing of them; --full lists them.",
        "0 removed, 2 changed",
    ]);
    stand
        .run(&["diff", &snapshot, "some.csv", "--full"])
        .must(0)
        .says(&["Only in", "38 removed, 2 changed"]);
    let listed = stand.json(&["diff", &snapshot, "some.csv", "--full"], 0);
    assert_eq!(listed["summary"]["removed"], 38);
    assert_eq!(listed["summary"]["not_in_sheet"], 0);
    // The export itself is the snapshot, as CSV and as a workbook.
    stand.run(&["export", "-o", "users.xlsx"]).must(0);
    for sheet in ["users.csv", "users.xlsx"] {
        let diff = stand.json(&["diff", &snapshot, sheet, "--detailed-exitcode"], 0);
        assert_eq!(diff["summary"]["unchanged"], 40, "{sheet}");
    }
    // Two sheets need no directory and no snapshot.
    stand.write("other.csv", format!("id,jobTitle\n{},Juggler\n", users[0]));
    let diff = stand.json(&["diff", "some.csv", "other.csv"], 0);
    assert_eq!(
        (&diff["summary"]["unchanged"], &diff["summary"]["removed"]),
        (&json!(1), &json!(1))
    );
}

#[test]
fn who_is_not_in_the_sheet_is_no_difference_between_the_sheet_and_the_directory() {
    let stand = Stand::of(40);
    let user = stand.ordinary()[0].clone();
    let title = user["jobTitle"].as_str().unwrap_or_default();
    stand.write("some.csv", format!("id,jobTitle\n{},{title}\n", id(&user)));
    for sides in [["some.csv", "live"], ["live", "some.csv"]] {
        let arguments = [&["diff"][..], &sides, &["--detailed-exitcode"]].concat();
        let told = stand.run(&arguments).must(0);
        let told = told.says(&["39 other users are not in some.csv", "No difference: 1 user"]);
        assert!(!told.stdout.contains("Only in"), "{told:?}");
        let to_file = [&arguments[..], &["-o", "diff.csv"]].concat();
        stand.run(&to_file).must(0);
        assert!(stand.sheet("diff.csv").rows.is_empty());
        stand.run(&[&arguments[..], &["--full"]].concat()).must(20);
    }
    // Somebody of the sheet who is gone is a difference all the same.
    let nobody = "11111111-2222-4333-8444-555555555555";
    stand.write("gone.csv", format!("id,jobTitle\n{nobody},Nurse\n"));
    let gone = stand.json(&["diff", "gone.csv", "live", "--detailed-exitcode"], 20);
    assert_eq!(gone["summary"]["removed"], 1);
    assert_eq!(gone["summary"]["not_in_sheet"], 40);
}

#[test]
fn differences_become_a_sheet_in_which_nothing_runs() {
    let stand = Stand::of(10);
    let snapshot = exported(&stand, "users.csv");
    let user = id(&stand.ordinary()[0]);
    stand.edit(&user, "jobTitle", "=1+1");
    stand.run(&["diff", &snapshot, "-o", "diff.csv"]).must(0);
    let sheet = stand.sheet("diff.csv");
    assert_eq!(sheet.rows.len(), 1);
    assert_eq!(sheet.rows[0][sheet.column("_column")], "jobTitle");
    assert_eq!(sheet.rows[0][sheet.column("_after")], "'=1+1");
    stand.run(&["diff", &snapshot, "-o", "diff.xlsx"]).must(0);
    assert!(std::fs::read(stand.path("diff.xlsx")).unwrap().starts_with(b"PK"));
}

#[test]
fn what_cannot_be_compared_is_refused_with_the_reason() {
    let mut stand = Stand::of(10);
    let snapshot = exported(&stand, "users.csv");
    stand.write("nameless.csv", "id,jobTitle\n,Nurse\n");
    let ids: Vec<String> = stand.ordinary().iter().take(1).map(id).collect();
    stand.write("twice.csv", format!("id,jobTitle\n{0},A\n{0},B\n", ids[0]));
    stand.write("only.csv", format!("id,_status\n{},x\n", ids[0]));
    for (arguments, words) in [
        (&["diff", "live"][..], "the same as itself"),
        (&["diff", "nowhere.csv"], "there is no snapshot and no file"),
        (&["diff", "snap-20200101-000000-0000"], "there is no snapshot"),
        (&["diff", &snapshot, "nameless.csv"], "names no user"),
        (&["diff", &snapshot, "twice.csv"], "an earlier row names"),
        (&["diff", &snapshot, "only.csv"], "no column in common"),
        (
            &["diff", &snapshot, "--columns", "shoeSize"],
            "there is no such column",
        ),
    ] {
        stand.run(arguments).must(2).says(&[words]);
    }
    let other = Stand::open(dirsheet::sandbox::SandboxOptions {
        seed: 2,
        ..super::stand::people(10)
    });
    stand.turn_to(&other);
    for side in [snapshot.as_str(), "users.csv"] {
        stand
            .run(&["diff", side])
            .must(2)
            .says(&["are not the same people"]);
    }
}

//! A run that somebody else goes on with or takes back: allowed, told, and kept.

use serde_json::json;

use super::breaking_off::stopped_by_a_deadline;
use super::stand::Stand;

const OTHER: &str = "0a1b2c3d-0000-4000-8000-00000000000f";

/// Lets the journal say that another application began the run, or nobody, as an older dirsheet does.
pub fn begun_by(stand: &Stand, run: &str, who: Option<&str>) {
    let journal = stand.state().join("runs").join(run).join("journal.sqlite");
    let connection = rusqlite::Connection::open(journal).unwrap();
    let changed = match who {
        Some(id) => connection.execute(
            "UPDATE run SET header = json_set(header, '$.signed_in.id', ?1)",
            [id],
        ),
        None => connection.execute("UPDATE run SET header = json_remove(header, '$.signed_in')", []),
    };
    assert_eq!(changed.unwrap(), 1);
}

#[test]
fn a_run_of_another_application_is_gone_on_with_and_taken_back_with_a_warning_and_both_are_kept() {
    let (stand, _, _, run) = stopped_by_a_deadline();
    let own = stand.sandbox().client_id().to_owned();
    let is = |id: &str| json!({"kind": "application", "id": id});
    let listed = stand.json(&["runs"], 0);
    assert_eq!(
        (&listed[0]["signed_in"], &listed[0]["resumed_by"]),
        (&is(&own), &json!([]))
    );
    begun_by(&stand, &run, Some(OTHER));
    let both = [
        &*format!("was begun by the application {OTHER}"),
        &*format!("you are signed in as the application {own}"),
    ];
    // Nobody can be asked: the warning is told before the refusal, and nobody has gone on.
    stand
        .run(&["resume", &run])
        .must(2)
        .says(&both)
        .says(&["needs a yes"]);
    assert_eq!(stand.json(&["runs"], 0)[0]["resumed_by"], json!([]));
    stand.run(&["resume", &run, "--yes"]).must(0).says(&both);
    let report = stand.json(&["report", &run], 0);
    assert_eq!(
        (&report["signed_in"], &report["resumed_by"]),
        (&is(OTHER), &json!([is(&own)]))
    );
    let hands = format!("begun by the application {OTHER} and carried on by the application {own}");
    for command in [&["runs"][..], &["report", &run]] {
        let ran = stand.run(command).must(0);
        assert_eq!(ran.stdout.matches(&hands).count(), 1, "{}", ran.stdout);
    }
    let undone = stand.run(&["undo", &run, "--yes", "--json"]).must(0).says(&both);
    let undone: serde_json::Value = serde_json::from_str(&undone.stdout).unwrap();
    assert_eq!(
        (&undone["signed_in"], &undone["resumed_by"]),
        (&is(&own), &json!([]))
    );
    let undo = undone["run"].as_str().unwrap();
    let report = stand.run(&["report", undo]).must(0);
    assert!(
        report
            .stdout
            .contains(&format!("Written as the application {own}")),
        "{}",
        report.stdout
    );
    // One's own run warns of nobody.
    let again = stand.run(&["undo", undo, "--yes"]).must(0);
    assert!(!again.stderr.contains("was begun by"), "{}", again.stderr);
}

#[test]
fn whoever_takes_back_what_another_carried_on_is_warned_also_of_an_own_run() {
    let (stand, _, _, run) = stopped_by_a_deadline();
    let own = stand.sandbox().client_id().to_owned();
    begun_by(&stand, &run, Some(OTHER));
    stand.run(&["resume", &run, "--yes"]).must(0);
    // As if it had been the other way round.
    begun_by(&stand, &run, Some(&own));
    let journal = stand.state().join("runs").join(&run).join("journal.sqlite");
    let changed = rusqlite::Connection::open(journal).unwrap().execute(
        "UPDATE run SET header = json_set(header, '$.resumed_by[0].id', ?1)",
        [OTHER],
    );
    assert_eq!(changed.unwrap(), 1);
    let words =
        format!("begun by the application {own} and carried on by the application {OTHER}, and you are");
    stand.run(&["undo", &run, "--yes"]).must(0).says(&[&words]);
}

#[test]
fn a_run_of_an_older_dirsheet_that_tells_nobody_is_gone_on_with_as_before() {
    let (stand, _, _, run) = stopped_by_a_deadline();
    begun_by(&stand, &run, None);
    let ran = stand.run(&["resume", &run, "--yes"]).must(0);
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
    let report = stand.json(&["report", &run], 0);
    assert_eq!(
        (&report["signed_in"], &report["resumed_by"]),
        (&json!(null), &json!([]))
    );
}

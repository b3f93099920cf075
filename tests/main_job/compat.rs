//! Runs that an earlier dirsheet began: listed, reported, finished and taken back by this one.

use std::path::PathBuf;

use dirsheet::sandbox::{People, SandboxOptions};

use super::stand::{Stand, people};

/// `tests/compat/journals/v1`: fifty edited people of sixty, killed twice. Of its 55 requests 33 landed, one landed in part, 17
/// are in doubt (and did not land) and 4 were never sent. `people.csv` is the directory as the second kill left it.
const V1: &str = "run-20261124-134023-e748";

fn v1() -> Stand {
    let kept = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/compat/journals/v1"));
    let stand = Stand::open(SandboxOptions {
        people: People::FromSheet(kept.join("people.csv")),
        ..people(0)
    });
    let folder = stand.state().join("runs").join(V1);
    std::fs::create_dir_all(&folder).unwrap();
    let journal = folder.join("journal.sqlite");
    std::fs::copy(kept.join("journal.sqlite"), &journal).unwrap();
    // Only the copy: the directory of that time was another tenant. A practice directory comes back on another port.
    let connection = rusqlite::Connection::open(&journal).unwrap();
    let changed = connection
        .execute(
            "UPDATE run SET header = json_set(header, '$.graph_url', ?1, '$.tenant', ?2)",
            [
                "http://127.0.0.1:1".to_owned(),
                stand.sandbox().tenant_id().to_owned(),
            ],
        )
        .unwrap();
    assert_eq!(changed, 1);
    stand
}

fn captains(stand: &Stand) -> usize {
    let users = stand.dump();
    let is_captain = |user: &&serde_json::Value| {
        user["jobTitle"]
            .as_str()
            .is_some_and(|title| title.starts_with("Captain "))
    };
    users.values().filter(is_captain).count()
}

#[test]
fn a_run_of_version_1_is_listed_reported_resumed_and_taken_back() {
    let stand = v1();
    assert_eq!(captains(&stand), 33);
    let listed = stand.json(&["runs"], 0);
    assert_eq!(
        (&listed[0]["state"], &listed[0]["remaining"]),
        (&"interrupted".into(), &21.into())
    );
    let report = stand.json(&["report", V1], 0);
    assert_eq!(report["summary"]["updated"], 29);
    assert_eq!(report["summary"]["failed"], 17);

    let folder = stand.path("reports").display().to_string();
    stand
        .run(&["resume", V1, "--yes", "--report-dir", &folder])
        .must(6);
    assert_eq!(captains(&stand), 50);
    assert_eq!(stand.history().len(), 21, "only what was left");
    let report = stand.json(&["report", V1], 0);
    assert_eq!(
        (&report["state"], &report["summary"]["updated"]),
        (&"finished".into(), &49.into())
    );
    assert_eq!(report["summary"]["partial"], 1, "the administrator's phone");

    stand.run(&["undo", V1, "--yes"]).must(0);
    assert_eq!(captains(&stand), 0);
    let clerks = stand
        .dump()
        .values()
        .filter(|user| user["jobTitle"] == "Clerk")
        .count();
    assert_eq!(clerks, 40);
}

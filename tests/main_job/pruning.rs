//! Old snapshots go when somebody says so; needed ones stay.

use super::big::id;
use super::stand::Stand;

fn listed(stand: &Stand) -> Vec<String> {
    let listed = stand.json(&["snapshots"], 0);
    let ids = listed.as_array().unwrap().iter();
    ids.map(|one| {
        assert!(one["bytes"].as_u64().unwrap() > 1_000, "{one}");
        one["id"].as_str().unwrap().to_owned()
    })
    .collect()
}

fn exported(stand: &Stand, times: usize) -> Vec<String> {
    (0..times)
        .map(|_| {
            let told = stand.json(&["export", "-o", "users.csv"], 0);
            told["snapshot"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn pruning_shows_what_goes_and_needs_a_yes() {
    let stand = Stand::of(10);
    let made = exported(&stand, 3);
    let shown = stand
        .run(&["snapshots", "--prune", "--keep", "1"])
        .must(2)
        .says(&["nobody can be asked", "nothing was removed"]);
    assert_eq!(shown.stdout.matches("goes").count(), 2);
    assert!(!shown.stdout.contains(&made[2]), "{shown:?}");
    assert_eq!(listed(&stand).len(), 3);
    stand
        .run(&["snapshots", "--prune", "--keep-days", "1", "--yes"])
        .must(0)
        .says(&["No snapshot has to go"]);
    let told = stand.json(&["snapshots", "--prune", "--keep", "1", "--yes"], 0);
    assert_eq!(told["removed"].as_array().unwrap().len(), 2);
    assert_eq!(listed(&stand), [made[2].clone()]);
    for wrong in [&["--keep", "0"][..], &[]] {
        stand
            .run(&[&["snapshots", "--prune", "--yes"], wrong].concat())
            .must(2);
    }
    stand.run(&["snapshots", "--keep", "1"]).must(2);
    assert_eq!(listed(&stand).len(), 1);
}

#[test]
fn the_base_of_a_run_that_is_not_finished_stays() {
    let stand = Stand::of(40);
    let first = exported(&stand, 1).remove(0);
    let mut sheet = stand.sheet("users.csv");
    for user in stand.ordinary().iter().take(4).map(id) {
        sheet.set(&user, "jobTitle", "Half way");
    }
    stand.save("edited.csv", &sheet);
    // A canary waits for a look: the run is not finished.
    stand
        .run(&["apply", "edited.csv", "--yes", "--canary", "1"])
        .must(130);
    exported(&stand, 2);
    stand
        .run(&["snapshots", "--prune", "--keep", "1", "--yes"])
        .must(0)
        .says(&[&first, "is not finished", "Removed 1 snapshot"]);
    assert!(listed(&stand).contains(&first));
    stand.run(&["resume", &stand.newest_run(), "--yes"]).must(0);
    stand
        .run(&["snapshots", "--prune", "--keep", "1", "--yes"])
        .must(0);
    assert_eq!(listed(&stand).len(), 1);
    // The way back needs no snapshot.
    stand.run(&["undo", &stand.newest_run(), "--yes"]).must(0);
}

#[test]
fn an_export_prunes_only_where_the_file_says_so() {
    let stand = Stand::of(10);
    exported(&stand, 3);
    assert_eq!(listed(&stand).len(), 3);
    stand.write("config.toml", "[snapshots]\nkeep = 2\n");
    stand
        .run(&["export", "-o", "users.csv", "--config", "config.toml"])
        .must(0)
        .says(&["Removed 2 old snapshots", "snapshots in config.toml"]);
    assert_eq!(listed(&stand).len(), 2);
    stand.write("config.toml", "[snapshots]\nkeep = 0\n");
    stand
        .run(&["snapshots", "--config", "config.toml"])
        .must(2)
        .says(&["snapshots"]);
}

#[test]
fn nothing_is_removed_while_the_head_of_a_journal_cannot_be_read() {
    let stand = Stand::of(10);
    let mut sheet = stand.export();
    sheet.set(&id(&stand.ordinary()[0]), "jobTitle", "Once");
    stand.save("edited.csv", &sheet);
    stand.run(&["apply", "edited.csv", "--yes"]).must(0);
    exported(&stand, 2);
    let run = stand.newest_run();
    let folder = stand.state().join("runs").join(&run);
    let journal = folder.join("journal.sqlite");
    std::fs::write(&journal, "no database any more").unwrap();
    stand
        .run(&["snapshots", "--prune", "--keep", "1", "--yes"])
        .must(1)
        .says(&[
            &journal.display().to_string(),
            "restore it from a backup, or move it away",
            "no snapshot was removed",
        ]);
    assert_eq!(listed(&stand).len(), 3);
    // An export does its own work all the same.
    stand.write("config.toml", "[snapshots]\nkeep = 1\n");
    stand
        .run(&["export", "-o", "users.csv", "--config", "config.toml"])
        .must(0)
        .says(&[
            "old snapshots could not be removed",
            &journal.display().to_string(),
        ]);
    assert_eq!(listed(&stand).len(), 4);
    std::fs::rename(&folder, stand.path("away")).unwrap();
    stand
        .run(&["snapshots", "--prune", "--keep", "1", "--yes"])
        .must(0)
        .says(&["Removed 3 snapshots"]);
}

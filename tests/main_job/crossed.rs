//! A shell with a profile named and the lines of a practice directory in it: nothing is written to either, and each way on is told.

use super::foreseen::profile;
use super::stand::Stand;

/// The profile `practice` of `config.toml` is the directory of the stand; the shell has the lines of another one, and a sheet with an edit.
fn crossed() -> (Stand, Stand) {
    let mut stand = Stand::of(12);
    let user = super::big::id(&stand.ordinary()[0]);
    stand.wish("id,userPrincipalName,jobTitle", "jobTitle", &[(&user, "Crossed")]);
    profile(&mut stand, "", "");
    let other = Stand::of(12);
    stand.turn_to(&other);
    stand.set("DIRSHEET_CONFIG", "config.toml");
    (stand, other)
}

#[test]
fn the_lines_of_a_practice_directory_beside_a_named_profile_write_nowhere() {
    let (mut stand, other) = crossed();
    let told = [
        "profile `practice`",
        "DIRSHEET_GRAPH_URL in the environment is",
        &other.sandbox().url(),
        "unset DIRSHEET_PROFILE",
        "unset DIRSHEET_GRAPH_URL",
        "nothing was written",
    ];
    for flags in [&["--profile", "practice"][..], &[]] {
        if flags.is_empty() {
            stand.set("DIRSHEET_PROFILE", "practice");
        }
        let run = |words: &[&str]| stand.run(&[words, flags].concat());
        run(&["apply", "users.csv", "--yes"]).must(2).says(&told);
        run(&["undo", "run-20261123-150312-9f3a", "--yes"])
            .must(2)
            .says(&told);
        run(&["resume", "run-20261123-150312-9f3a", "--yes"])
            .must(2)
            .says(&told);
        let asked = stand.stats().http_requests;
        run(&["plan", "users.csv"]).must(0).says(&[
            "warning: ",
            "the profile counts",
            "a command that writes refuses",
        ]);
        assert!(stand.stats().http_requests > asked);
        run(&["doctor"])
            .must(0)
            .says(&["environment", "a command that writes refuses"]);
        run(&["check", "users.csv"]).must(0);
    }
    for one in [&stand, &other] {
        assert_eq!(one.stats().writes_received, 0);
    }
    assert_eq!(other.stats().http_requests, 0);
    // Each of the two ways on goes where it says.
    stand.unset("DIRSHEET_PROFILE");
    let url = stand.sandbox().url();
    let words = ["apply", "users.csv", "--profile", "practice", "--yes"];
    stand
        .run(&[&words[..], &["--graph-url", &url]].concat())
        .must(0)
        .says(&["updated  1"]);
    assert_eq!(stand.history().len(), 1);
}

#[test]
fn another_tenant_in_the_environment_alone_warns_and_stops_no_night() {
    let (mut stand, other) = crossed();
    stand.unset("DIRSHEET_GRAPH_URL");
    stand.set("AZURE_TENANT_ID", "11111111-2222-4333-8444-555555555556");
    stand
        .run(&["apply", "users.csv", "--profile", "practice", "--yes"])
        .must(0)
        .says(&[
            "warning: ",
            "AZURE_TENANT_ID in the environment is",
            "the profile counts",
        ]);
    assert_eq!((stand.history().len(), other.stats().http_requests), (1, 0));
}

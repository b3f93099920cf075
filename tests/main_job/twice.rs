//! What the directory holds already before a run sends anything is nobody's update.

use super::sealed::sealed;

#[test]
fn a_plan_file_that_is_applied_twice_updates_nobody_the_second_time() {
    let (stand, ids) = sealed();
    stand.run(&["apply", "plan.json", "--yes"]).must(0);
    let again = stand.json(&["apply", "plan.json", "--yes"], 0);
    assert_eq!(stand.history().len(), 3, "{again:#}");
    assert_eq!(again["state"], "finished");
    assert_eq!(again["summary"]["updated"], 0, "{again:#}");
    assert_eq!(again["summary"]["unchanged"], 40);
    let run = stand.newest_run();
    assert_eq!(stand.json(&["runs"], 0)[0]["rows"], again["summary"]);
    assert_eq!(stand.json(&["report", &run], 0)["summary"], again["summary"]);
    let report = stand.report(&run);
    for user in &ids {
        assert_eq!(report.of(user, "_status"), "unchanged");
        assert_eq!(report.of(user, "_changes"), "");
        assert!(
            report
                .of(user, "_hint")
                .contains("jobTitle: so already before this run")
        );
    }
    stand.run(&["apply", "plan.json", "--yes"]).must(0).says(&[
        "unchanged  40",
        "Nothing was written: no row asks for anything that is not so already.",
    ]);
    // Nothing is this run's, so nothing is taken back.
    stand.run(&["undo", &run, "--yes"]).must(0);
    assert_eq!(stand.dump()[&ids[0]]["jobTitle"], "Sealed 0");
}

#[test]
fn where_somebody_else_did_a_part_of_the_plan_only_the_rest_is_updated_and_resume_knows_it() {
    let (stand, ids) = sealed();
    stand.edit(&ids[0], "jobTitle", "Sealed 0");
    let begun = stand.json(&["apply", "plan.json", "--yes", "--canary", "2"], 130);
    // The canary is the row that needed nothing and one that was written.
    assert_eq!(begun["summary"]["unchanged"], 38, "{begun:#}");
    assert_eq!(begun["summary"]["updated"], 1);
    assert_eq!(begun["summary"]["not sent"], 1);
    // While the run waits, somebody writes the third one as well.
    stand.edit(&ids[2], "jobTitle", "Sealed 2");
    let run = stand.newest_run();
    let done = stand.json(&["resume", &run, "--yes"], 0);
    assert_eq!(done["summary"]["unchanged"], 39, "{done:#}");
    assert_eq!(done["summary"]["updated"], 1);
    assert_eq!(done["remaining"], 0);
    assert_eq!(stand.history().len(), 1);
    assert_eq!(stand.report(&run).of(&ids[1], "_status"), "updated");
    stand.run(&["undo", &run, "--yes"]).must(0);
    let after = stand.dump();
    assert_eq!(after[&ids[0]]["jobTitle"], "Sealed 0");
    assert_ne!(after[&ids[1]]["jobTitle"], "Sealed 1");
    assert_eq!(after[&ids[2]]["jobTitle"], "Sealed 2");
}

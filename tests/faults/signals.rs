//! SIGTERM, which service managers send, is obeyed as Ctrl-C is: the first lets what is under way end, a second leaves at once.

use std::process::{Child, Command};
use std::time::Duration;

use super::matrix::{APPLY, task};
use super::proof::{Complaints, Repeats, Task};
use super::stand::{finish, people, until};

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// A run that has written its first batches while the others take their time.
fn under_way(milliseconds: u64) -> (Task, Child) {
    let task = task(super::stand::Stand::open(people(640)), 300);
    task.stand
        .faults(&format!("delay:{milliseconds},on=write-batch,after=3"));
    let child = task.stand.command(&APPLY).spawn().unwrap();
    until("the first batches", || task.history().len() >= 60);
    (task, child)
}

/// Resumed in good weather, everything is written once.
fn resumed(task: &Task) {
    task.stand.faults("");
    let run = task.run().unwrap();
    task.stand.run(&["resume", run.as_str(), "--yes"]).must(0);
    assert_eq!(task.fulfilled(), Complaints::new());
    assert_eq!(task.history_agrees(&Repeats::none(), true), Complaints::new());
    let report = task.report(&run).unwrap();
    assert_eq!(task.report_agrees(&report), Complaints::new());
    assert_eq!(task.finished(&run, &report), Complaints::new());
}

#[test]
fn a_first_sigterm_lets_what_is_under_way_end_and_prints_how_to_go_on() {
    let (task, child) = under_way(3_000);
    signal(&child, "-TERM");
    let ran = finish(child, "apply".to_owned()).must(130);
    let run = task.run().unwrap();
    let ran = ran.says(&[&format!("dirsheet resume {run}")]);
    assert!(ran.took < Duration::from_secs(10), "{:?}", ran.took);
    let report = task.report(&run).unwrap();
    assert!(report.cells("_status").contains(&"not sent"));
    assert!(
        !report.cells("_error_code").contains(&"in doubt"),
        "what was under way has ended"
    );
    assert_eq!(task.report_agrees(&report), Complaints::new());
    assert_eq!(task.journal_agrees(&task.record(&run)), Complaints::new());
    resumed(&task);
}

#[test]
fn a_second_sigterm_leaves_at_once_and_what_was_under_way_is_in_doubt_until_it_is_read() {
    let (task, child) = under_way(6_000);
    signal(&child, "-TERM");
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, "-TERM");
    let ran = finish(child, "apply".to_owned()).must(130);
    assert!(ran.took < Duration::from_secs(4), "{:?}", ran.took);
    // What was under way may land after the client has gone.
    std::thread::sleep(Duration::from_secs(7));
    resumed(&task);
}

#[test]
fn ctrl_c_and_sigterm_count_together() {
    let (task, child) = under_way(6_000);
    signal(&child, "-INT");
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, "-TERM");
    let ran = finish(child, "apply".to_owned()).must(130);
    assert!(ran.took < Duration::from_secs(4), "{:?}", ran.took);
    std::thread::sleep(Duration::from_secs(7));
    resumed(&task);
}

#[test]
fn a_first_ctrl_c_ends_a_check_which_has_nothing_to_go_on_with() {
    let stand = super::stand::Stand::open(people(1));
    let mut sheet = "userPrincipalName,jobTitle,department,city\n".to_owned();
    for row in 0..400_000 {
        sheet.push_str(&format!(
            "person{row}@contoso.example,Locksmith {row},Keys,Delft\n"
        ));
    }
    stand.write("big.csv", sheet);
    let child = stand.command(&["check", "big.csv"]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    signal(&child, "-INT");
    let ran = finish(child, "check".to_owned()).must(130);
    let ran = ran.says(&["stopped before the sheet was checked"]);
    assert!(!ran.stderr.contains("dirsheet runs"), "{}", ran.stderr);
}

#[test]
fn a_ctrl_c_ends_the_demo_and_not_only_the_command_it_shows() {
    let stand = super::stand::Stand::open(people(1));
    let child = stand.command(&["demo", "shown"]).spawn().unwrap();
    until("the first sheet", || stand.path("shown/users.csv").exists());
    signal(&child, "-INT");
    let ran = finish(child, "demo".to_owned()).must(130);
    let ran = ran.says(&["stopped before the end of the demo"]);
    assert!(!ran.stdout.contains("That was the whole road"), "{}", ran.stdout);
}

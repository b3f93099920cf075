//! Throttled inside the batches, and nothing is said about how long to wait: the run ends right, and does not hammer.

use std::process::Child;
use std::time::{Duration, Instant};

use dirsheet::sandbox::{Quota, SandboxOptions};

use super::matrix::{APPLY, task};
use super::proof::{Complaints, Repeats, Task};
use super::stand::{Stand, finish, people};

/// Refusals that are nearer together are one volley: what was in flight together.
const VOLLEY: Duration = Duration::from_millis(700);
/// The hold after a refusal that does not say how long (`docs/design/pacing.md`), less what the watch and the way may take.
const QUIET: Duration = Duration::from_millis(1_700);

/// A run under the documented quota, about to begin.
fn under_quota(faults: &str) -> (Task, Child) {
    let stand = Stand::open(SandboxOptions {
        quota: Quota::Real,
        ..people(80)
    });
    let task = task(stand, 30);
    task.stand.faults(faults);
    let child = task.stand.command(&APPLY).spawn().unwrap();
    (task, child)
}

fn all_is_well(task: &Task) {
    assert_eq!(task.fulfilled(), Complaints::new());
    assert_eq!(task.history_agrees(&Repeats::none(), true), Complaints::new());
    let run = task.run().unwrap();
    assert_eq!(task.journal_agrees(&task.record(&run)), Complaints::new());
    let report = task.report(&run).unwrap();
    assert_eq!(task.report_agrees(&report), Complaints::new());
    assert_eq!(task.finished(&run, &report), Complaints::new());
}

/// The quiet between volleys of refusals, until the watched time is over or the run is.
fn pauses(task: &Task, child: &mut Child, most: Duration) -> Vec<Duration> {
    let began = Instant::now();
    let mut pauses = Vec::new();
    let mut last: Option<(u64, Instant)> = None;
    while began.elapsed() < most && child.try_wait().unwrap().is_none() {
        let now = task.stand.stats().throttled;
        if now > last.map_or(0, |(before, _)| before) {
            let quiet = last.map(|(_, at)| at.elapsed());
            pauses.extend(quiet.filter(|quiet| *quiet > VOLLEY));
            last = Some((now, Instant::now()));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    pauses
}

fn a_third_of_all_calls_refused_without_a_wait_ends_right_and_each_volley_is_waited_out() {
    let (task, mut child) = under_quota("429-bare,on=item,share=0.3");
    let pauses = pauses(&task, &mut child, Duration::from_secs(90));
    finish(child, "apply".to_owned()).must(0);
    all_is_well(&task);
    let stats = task.stand.stats();
    assert!(pauses.len() >= 2, "no storm: {pauses:?}");
    assert!(pauses.iter().all(|pause| *pause >= QUIET), "{pauses:?}");
    // Of the calls that must be made at least once (a look and a write), three in ten are refused, and of these again;
    // looks that are taken again for the sake of one refused write are the rest.
    let least = 2 * stats.writes_accepted;
    assert!(stats.throttled >= least / 5, "no storm: {stats:?}");
    assert!(
        stats.throttled <= least,
        "{} refusals for {least} calls",
        stats.throttled
    );
}

fn while_everything_is_refused_without_a_wait_the_pauses_grow() {
    let (task, mut child) = under_quota("429-bare,on=item");
    let pauses = pauses(&task, &mut child, Duration::from_secs(16));
    let refused = task.stand.stats().throttled;
    task.stand.faults("");
    finish(child, "apply".to_owned()).must(0);
    all_is_well(&task);
    // 2, 4 and 8 seconds fit into sixteen, so there are four volleys, or five; thirty users are in each.
    assert!((2..=4).contains(&pauses.len()), "{pauses:?}");
    assert!(pauses.iter().all(|pause| *pause >= QUIET), "{pauses:?}");
    assert!(pauses.iter().max() >= Some(&Duration::from_secs(5)), "{pauses:?}");
    assert!(refused <= 5 * 30, "{refused} refusals");
}

#[test]
fn throttled_inside_the_batches_without_a_wait_a_run_ends_right_and_does_not_hammer() {
    // Both mostly wait, so they do it together.
    std::thread::scope(|scope| {
        scope.spawn(a_third_of_all_calls_refused_without_a_wait_ends_right_and_each_volley_is_waited_out);
        scope.spawn(while_everything_is_refused_without_a_wait_the_pauses_grow);
    });
}

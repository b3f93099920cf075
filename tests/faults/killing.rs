//! `kill -9` at random moments, again and again, with a resume after each: in the end it is as if nothing had happened.
//!
//! `DIRSHEET_KILLS=5000 cargo test --test faults -- kill` goes on for longer; `DIRSHEET_KILL_SEED` repeats a chance.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use dirsheet::domain::OperationNumber;
use dirsheet::sandbox::SandboxOptions;
use dirsheet::sandbox::chance::Chance;
use dirsheet::state::{OperationState, RunState};

use super::matrix::{APPLY, task};
use super::proof::{Complaints, Repeats, Task};
use super::stand::{Stand, people};

/// Kills when nothing else is asked for.
const KILLS: usize = 300;
/// Runs that go on at the same time.
const LANES: usize = 6;
/// Long enough that every part of a run lasts longer than the time a process takes to start.
const LATENCY: Duration = Duration::from_millis(15);
/// After so many kills of one run it may come to its end.
const KILLS_OF_ONE_RUN: usize = 25;

fn number_in(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is a number, not `{text}`")),
    )
}

fn opened() -> Task {
    let stand = Stand::open(SandboxOptions {
        latency: LATENCY,
        ..people(130)
    });
    task(stand, 60)
}

/// Starts a command and kills it after a while; the exit code when it ended before that.
fn killed(task: &Task, arguments: &[&str], after: Duration) -> Option<i32> {
    let said = std::fs::File::create(task.stand.path("stderr.txt")).unwrap();
    let mut child = task
        .stand
        .command(arguments)
        .stdout(Stdio::null())
        .stderr(said)
        .spawn()
        .unwrap();
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if started.elapsed() >= after {
            child.kill().unwrap();
            let status = child.wait().unwrap();
            // What was under way at that moment lands, or is given up with its connection.
            let seen = || (task.stand.stats().http_requests, task.stand.history().len());
            let mut before = seen();
            loop {
                std::thread::sleep(3 * LATENCY);
                let now = seen();
                if now == before {
                    return status.code();
                }
                before = now;
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// In which part of the run the kill came, by what it left behind.
fn part(task: &Task) -> &'static str {
    let Some(run) = task.run() else {
        return "1 before the journal was there";
    };
    let record = task.record(&run);
    let left = record.remaining_count();
    let total = record.operation_count();
    let doubt = (0..total).any(|at| {
        let number = OperationNumber(u32::try_from(at).unwrap());
        record.operation_state(number) == Some(OperationState::Sent)
    });
    match (left, doubt) {
        (0, _) if record.state() != RunState::Finished => "5 everything settled, and the run not closed",
        (0, _) if task.report(&run).is_none() => "6 closed, and no report written",
        (0, _) => "7 with the report there",
        (_, true) => "3 with requests in doubt",
        (left, false) if left == total && task.history().is_empty() => "2 before the first request",
        _ => "4 between two requests",
    }
}

/// What the lanes of the test have together.
#[derive(Default)]
struct Tally {
    kills: AtomicUsize,
    runs: AtomicUsize,
    /// Kills by the part of the run in which they came.
    parts: Mutex<BTreeMap<&'static str, usize>>,
    /// What went wrong, with the story that led to it.
    wrong: Mutex<Vec<String>>,
}

/// One run, killed and resumed until it comes to its end, or to something wrong.
fn one_run(chance: &mut Chance, whole: Duration, tally: &Tally) {
    let task = opened();
    let mut story = Vec::new();
    for times in 0.. {
        let run = task.run();
        let resume = run.as_ref().map(|run| ["resume", run.as_str(), "--yes"]);
        let arguments: &[&str] = resume.as_ref().map_or(&APPLY, |resume| resume);
        // With several at once each takes longer than one alone; a resumed run has less to do.
        let most = if resume.is_some() { 1.0 } else { 1.5 };
        let after = if times < KILLS_OF_ONE_RUN {
            whole.mul_f64(most * chance.below(1_000) as f64 / 1_000.0)
        } else {
            super::stand::TIME_LIMIT
        };
        let code = killed(&task, arguments, after);
        story.push(format!("{}, at most {after:?}: {code:?}", arguments[0]));
        let wrong = match code {
            Some(0) => task.done(),
            Some(other) => vec![format!("ended with {other}: {}", task.stand.read("stderr.txt"))],
            None => {
                tally.kills.fetch_add(1, Ordering::Relaxed);
                let part = part(&task);
                story.push(format!("killed: {part}"));
                *tally.parts.lock().unwrap().entry(part).or_default() += 1;
                task.in_between()
            }
        };
        if !wrong.is_empty() {
            let told = format!("{}\n      {}", wrong.join("\n"), story.join("\n      "));
            tally.wrong.lock().unwrap().push(told);
        }
        if !wrong.is_empty() || code == Some(0) {
            break;
        }
    }
    tally.runs.fetch_add(1, Ordering::Relaxed);
}

impl Task {
    /// What must be so after a kill.
    fn in_between(&self) -> Complaints {
        let mut wrong = self.history_agrees(&Repeats::none(), false);
        for listed in self.state().list_runs().unwrap() {
            wrong.extend(listed.overview.err().map(|error| error.to_string()));
        }
        match self.run() {
            Some(run) => wrong.extend(self.journal_agrees(&self.record(&run))),
            None if self.history().is_empty() => {}
            None => wrong.push("written without a journal".to_owned()),
        }
        wrong
    }

    /// What must be so when a command said that all is done.
    fn done(&self) -> Complaints {
        let Some(run) = self.run() else {
            return vec!["done without a run".to_owned()];
        };
        let mut wrong = self.journal_agrees(&self.record(&run));
        wrong.extend(self.history_agrees(&Repeats::none(), true));
        wrong.extend(self.fulfilled());
        match self.report(&run) {
            Some(report) => {
                wrong.extend(self.report_agrees(&report));
                wrong.extend(self.finished(&run, &report));
            }
            None => wrong.push("the run is over and there is no report".to_owned()),
        }
        wrong
    }
}

#[test]
fn a_run_killed_at_any_moment_and_resumed_writes_everything_once_and_forgets_nothing() {
    let seed = number_in("DIRSHEET_KILL_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        u64::from(now.unwrap().subsec_nanos())
    });
    let wanted = number_in("DIRSHEET_KILLS").map_or(KILLS, |kills| usize::try_from(kills).unwrap());
    println!("DIRSHEET_KILL_SEED={seed}");
    let calm = opened();
    let started = Instant::now();
    assert_eq!(killed(&calm, &APPLY, super::stand::TIME_LIMIT), Some(0));
    let whole = started.elapsed();
    let tally = Tally::default();
    std::thread::scope(|scope| {
        for lane in 0..LANES {
            let tally = &tally;
            scope.spawn(move || {
                let mut chance = Chance::new(seed, lane as u64);
                while tally.kills.load(Ordering::Relaxed) < wanted {
                    one_run(&mut chance, whole, tally);
                }
            });
        }
    });
    let parts = tally.parts.into_inner().unwrap();
    let wrong = tally.wrong.into_inner().unwrap();
    println!(
        "{} kills of {} runs that take {whole:?}, in {:?}: {parts:#?}",
        tally.kills.into_inner(),
        tally.runs.load(Ordering::Relaxed),
        started.elapsed()
    );
    assert!(
        wrong.is_empty(),
        "{} of {} runs went wrong\n{}",
        wrong.len(),
        tally.runs.into_inner(),
        wrong[..wrong.len().min(5)].join("\n")
    );
    for part in [
        "1 before the journal",
        "2 before the first",
        "3 with requests in doubt",
    ] {
        let hit = parts.keys().any(|name| name.starts_with(part));
        assert!(hit || wanted < KILLS, "no kill came {part}: {parts:?}");
    }
}

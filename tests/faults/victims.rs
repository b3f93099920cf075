//! Runs to be killed: how they begin, in which part of a run a kill came, and what must be so after it.

use std::process::Stdio;
use std::time::{Duration, Instant};

use dirsheet::sandbox::SandboxOptions;
use dirsheet::state::{OperationState, RunRecord, RunState};

use super::matrix::{APPLY, task, task_of};
use super::proof::{Complaints, Repeats, Task};
use super::stand::{Stand, TIME_LIMIT, people};
use super::wishes::{Wish, held, wishes};

/// Long enough that every part of a run lasts longer than the time a process takes to start.
const LATENCY: Duration = Duration::from_millis(15);
const EDITED: usize = 60;
/// Rows of a canary: two batches of sixty rows' four.
const CANARY: &str = "30";

/// What is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Apply,
    /// The same with a canary that nobody is asked about.
    Canary,
    /// What `resume` does after a canary has come to its end.
    AfterCanary,
    Undo,
}

/// In which part of a run a kill came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Before the journal was there.
    Planning,
    /// With the journal, before the first request.
    BeforeRequests,
    /// With requests in doubt.
    InDoubt,
    /// Between two requests.
    BetweenRequests,
    /// Everything settled, and not read back yet.
    Proof,
    /// Read back, and the run not closed.
    Closing,
    /// Closed, and its report not written; one from an earlier end may be there.
    Report,
    /// With the report there.
    Told,
}

impl Part {
    /// Those in which kills must come. After the report nothing is left that could go wrong.
    pub const DEMANDED: [Part; 7] = [
        Part::Planning,
        Part::BeforeRequests,
        Part::InDoubt,
        Part::BetweenRequests,
        Part::Proof,
        Part::Closing,
        Part::Report,
    ];
}

/// In which part of the run the kill came, by what it left behind.
pub fn part(task: &Task) -> Part {
    let Some(run) = task.run() else {
        return Part::Planning;
    };
    let record = task.record(&run);
    let left = record.remaining_count();
    let total = record.operation_count();
    match (left, !doubted(&record).is_empty()) {
        (0, _) if record.unproved_count() > 0 => Part::Proof,
        (0, _) if record.state() != RunState::Finished => Part::Closing,
        (0, _) => match task.report(&run) {
            Some(report) if task.finished(&run, &report).is_empty() => Part::Told,
            _ => Part::Report,
        },
        (_, true) => Part::InDoubt,
        (left, false) if left == total && task.history().is_empty() => Part::BeforeRequests,
        _ => Part::BetweenRequests,
    }
}

/// Whose requests are in doubt, once for each request.
fn doubted(record: &RunRecord) -> Vec<String> {
    let mut users = Vec::new();
    let told = record.results::<dirsheet::state::StateError>(|operation, _| {
        if record.operation_state(operation.number) == Some(OperationState::Sent) {
            users.push(operation.user.to_string());
        }
        Ok(())
    });
    told.unwrap();
    users
}

/// A run that is to be killed.
pub struct Victim {
    pub task: Task,
    pub kind: Kind,
    /// What may land once more, see [`Victim::note_doubt`].
    pub repeats: Repeats,
}

impl Victim {
    pub fn new(kind: Kind) -> Victim {
        let stand = Stand::open(SandboxOptions {
            latency: LATENCY,
            ..people(130)
        });
        let task = match kind {
            Kind::Apply | Kind::Canary | Kind::AfterCanary => task(stand, EDITED),
            Kind::Undo => written(stand),
        };
        let repeats = Repeats::none();
        Victim { task, kind, repeats }
    }

    /// The command that begins the run.
    pub fn first(&self) -> Vec<String> {
        let words: Vec<&str> = match self.kind {
            Kind::Apply => APPLY.to_vec(),
            Kind::Canary | Kind::AfterCanary => [&APPLY[..], &["--canary", CANARY]].concat(),
            Kind::Undo => {
                let run = self.task.earlier.as_ref().unwrap().as_str();
                vec!["undo", run, "--yes", "--verify-patience", "5s"]
            }
        };
        words.into_iter().map(str::to_owned).collect()
    }

    /// With which code that command ends when nobody kills it.
    pub fn ends_first(&self) -> i32 {
        if self.kind == Kind::Canary { 130 } else { 0 }
    }

    /// An undo sends what a kill left in doubt once more, be it there: its values are old ones, which a server that is behind shows
    /// as well. Every other run believes what it reads.
    pub fn note_doubt(&mut self) {
        if self.kind != Kind::Undo {
            return;
        }
        let Some(run) = self.task.run() else { return };
        self.repeats.add(&doubted(&self.task.record(&run)));
    }

    /// Requests the directory has seen so far.
    pub fn requests(&self) -> u64 {
        self.task.stand.stats().http_requests
    }

    /// What must be so when a canary waits for a look at it.
    pub fn canary_ended(&self) -> Complaints {
        let run = self.task.run().unwrap();
        let mut wrong = self.task.in_between(&self.repeats);
        match self.task.report(&run) {
            Some(report) => {
                wrong.extend(self.task.report_agrees(&report));
                let rows = report.cells("_status");
                let written = rows.iter().filter(|status| **status == "updated").count();
                if written.to_string() != CANARY {
                    wrong.push(format!("{written} rows were written by the canary"));
                }
            }
            None => wrong.push("there is no report of the canary".to_owned()),
        }
        wrong
    }
}

/// A sheet that was carried out, and is to be taken back.
fn written(stand: Stand) -> Task {
    let before = stand.dump();
    let mut wishes = wishes(&stand.ordinary(), EDITED);
    // The service does not let it be emptied again.
    wishes.retain(|wish| wish.column != "usageLocation" || !before[&wish.user]["usageLocation"].is_null());
    let task = task_of(stand, wishes);
    task.stand.run(&APPLY).must(0);
    let back = task.wishes.iter().map(|wish| Wish {
        user: wish.user.clone(),
        column: wish.column,
        cell: String::new(),
        stored: held(&task.before[&wish.user], wish.column),
    });
    Task {
        wishes: back.collect(),
        earlier: task.run(),
        written: task.stand.history().len(),
        before: task.all,
        all: task.before,
        stand: task.stand,
    }
}

/// Starts a command and kills it when it is time to; the exit code when it ended before that.
pub fn killed(task: &Task, arguments: &[String], mut is_time: impl FnMut() -> bool) -> Option<i32> {
    let said = std::fs::File::create(task.stand.path("stderr.txt")).unwrap();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut child = task
        .stand
        .command(&arguments)
        .stdout(Stdio::null())
        .stderr(said)
        .spawn()
        .unwrap();
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        let too_long = started.elapsed() > TIME_LIMIT;
        if too_long || is_time() {
            child.kill().unwrap();
            let status = child.wait().unwrap();
            assert!(!too_long, "{arguments:?} took longer than {TIME_LIMIT:?}");
            task.stand.settle();
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

impl Task {
    /// What must be so after a kill.
    pub fn in_between(&self, repeats: &Repeats) -> Complaints {
        let mut wrong = self.history_agrees(repeats, false);
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
    pub fn done(&self, repeats: &Repeats) -> Complaints {
        let Some(run) = self.run() else {
            return vec!["done without a run".to_owned()];
        };
        let mut wrong = self.journal_agrees(&self.record(&run));
        wrong.extend(self.history_agrees(repeats, true));
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

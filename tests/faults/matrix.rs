//! The fault matrix: what goes wrong, when, and in how large a run.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dirsheet::sandbox::{FaultKind, Meeting};

use super::proof::{Complaints, Repeats, Task};
use super::sheet::Sheet;
use super::stand::{Stand, people};
use super::weather::{Counted, Doubt, Hidden, WEATHERS, Weather};
use super::wishes::{COLUMNS, Wish, fulfilled, requests, wishes, write_into};

/// How many runs go on at the same time. They mostly wait.
const LANES: usize = 16;

/// How many rows are edited, in a directory of how many users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Size {
    edited: usize,
    users: usize,
}

const ONE: Size = Size { edited: 1, users: 20 };
const THREE_BATCHES: Size = Size {
    edited: 45,
    users: 110,
};
const MANY: Size = Size {
    edited: 200,
    users: 420,
};

#[derive(Debug, Clone, Copy)]
enum Moment {
    First,
    Middle,
    Last,
}

/// What a run of a size needs in good weather.
#[derive(Debug, Clone, Copy)]
struct Calm {
    size: Size,
    batches: u64,
    writes: u64,
    /// Those of the writes that go in the first stage: one for each user.
    first_stage: u64,
    /// Reads and batches of reads before the first look.
    reads_before: u64,
    read_batches_before: u64,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    weather: Weather,
    moment: Moment,
    calm: Calm,
}

impl Cell {
    fn faults(&self) -> String {
        let calm = &self.calm;
        let (before, all) = match self.weather.counted {
            Counted::Batches => (0, calm.batches.max(1)),
            Counted::Writes => (0, calm.writes),
            Counted::LookBatches => (calm.read_batches_before, calm.batches.max(1)),
            Counted::Looks => (calm.reads_before, calm.writes),
        };
        let first = match self.moment {
            Moment::First => 0,
            Moment::Middle => all / 2,
            Moment::Last => all - 1,
        };
        // What is looked at again comes after the first look of its stage.
        let looks = if first * 20 < calm.first_stage {
            calm.first_stage
        } else {
            calm.writes
        };
        let faults = self.weather.faults;
        let faults = faults.replace("{n}", &(before + first).to_string());
        let faults = faults.replace("{again}", &(calm.reads_before + looks).to_string());
        if calm.batches == 0 {
            // A single write may go without an envelope.
            faults.replace("write-batch", "write")
        } else {
            faults
        }
    }

    /// Whether the run has what the weather needs: without a batch no item of an answer can be missing or come twice,
    /// and a storm needs several requests. What has no moment happens once for each size.
    fn can_be(&self) -> bool {
        let faults = self.weather.faults;
        if !faults.contains("{n}") {
            return matches!(self.moment, Moment::First);
        }
        if faults.contains("share=") {
            return self.calm.writes > 1 && !matches!(self.moment, Moment::Last);
        }
        let of_items = faults.starts_with("missing") || faults.starts_with("twice");
        self.calm.batches > 0 || !of_items || self.weather.counted == Counted::LookBatches
    }
}

pub const APPLY: [&str; 13] = [
    "apply",
    "users.csv",
    "--yes",
    "--max-users",
    "100%",
    "--max-clears",
    "100%",
    "--max-enables",
    "100%",
    "--allow",
    "disable",
    "--verify-patience",
    "5s",
];

/// An export with so many edited rows.
pub fn task(stand: Stand, edited: usize) -> Task {
    let wishes = wishes(&stand.ordinary(), edited);
    task_of(stand, wishes)
}

/// An export with these edits.
pub fn task_of(stand: Stand, wishes: Vec<Wish>) -> Task {
    stand
        .run(&["export", "-o", "users.csv", "--columns", COLUMNS])
        .must(0);
    let mut sheet = stand.sheet("users.csv");
    write_into(&mut sheet, &wishes);
    stand.save("users.csv", &sheet);
    let before = stand.dump();
    Task {
        all: fulfilled(&before, &wishes),
        written: stand.history().len(),
        before,
        wishes,
        stand,
        earlier: None,
    }
}

fn calm(size: Size) -> Calm {
    let task = task(Stand::open(people(size.users)), size.edited);
    let stand = &task.stand;
    // Without a yes it reads everything and ends before the first look.
    let before = stand.stats();
    let unasked: Vec<&str> = APPLY.into_iter().filter(|word| *word != "--yes").collect();
    stand.run(&unasked).must(2).says(&["--yes"]);
    let planned = stand.stats();
    stand.run(&APPLY).must(0);
    assert_eq!(task.fulfilled(), Complaints::new());
    assert_eq!(task.history_agrees(&Repeats::none(), true), Complaints::new());
    let writes = requests(&task.wishes) as u64;
    let relations = task.wishes.iter().filter(|wish| wish.column == "manager");
    Calm {
        size,
        batches: stand.stats().write_batches,
        writes,
        first_stage: writes - relations.count() as u64,
        reads_before: planned.reads - before.reads,
        read_batches_before: planned.read_batches - before.read_batches,
    }
}

impl Weather {
    /// The codes with which a run of `rows` rows in this weather may end.
    fn ends(&self, rows: usize) -> &'static [i32] {
        match (self.hidden, self.lasts, self.doubt) {
            // The only row was accepted and never stored: nothing of the run shows.
            _ if self.loses && rows == 1 => &[8],
            _ if self.loses => &[0, 6],
            // Something is left to do; which word comes first depends on how many rows it is.
            (Hidden::One | Hidden::All, ..) => &[6, 7, 8],
            (Hidden::No, false, _) => &[0],
            (Hidden::No, true, Doubt::None) => &[8],
            // What is in doubt can be settled by reading, so a run may end well although no answer ever came.
            (Hidden::No, true, _) => &[0, 8],
        }
    }
}

/// One user was not shown: of all rows only that one is left, and where an attempt may have landed it says so.
fn one_is_left(report: &Sheet, met: &[Meeting]) -> Complaints {
    let of = |kind: &FaultKind| {
        let mut users = Vec::new();
        for meeting in met.iter().filter(|meeting| meeting.kind == *kind) {
            users.extend(meeting.users.iter().cloned());
        }
        users
    };
    let (hidden, doubtful) = (of(&FaultKind::Denied), of(&FaultKind::DropAfter));
    let mut wrong = Vec::new();
    for (row, user) in report.cells("id").into_iter().enumerate() {
        let [status, code] = ["_status", "_error_code"].map(|name| report.cell(row, name));
        let in_doubt = doubtful.iter().any(|one| one == user) && code.contains("in doubt");
        let fits = if hidden.iter().any(|one| one == user) {
            ["not sent", "partial"].contains(&status) || (status == "failed" && in_doubt)
        } else {
            ["updated", "unchanged"].contains(&status)
        };
        if !fits {
            wrong.push(format!(
                "{user} is `{status}` ({code}), and hidden was {hidden:?}"
            ));
        }
    }
    wrong
}

/// One cell: a run in bad weather, and what must be true after it.
fn carry_out(cell: &Cell) -> Complaints {
    let size = cell.calm.size;
    let task = task(Stand::open(people(size.users)), size.edited);
    let stand = &task.stand;
    stand.faults(&cell.faults());
    let weather = cell.weather;
    let deadline = if weather.lasts { "5s" } else { "60s" };
    let ran = stand.run(&[&APPLY[..], &["--deadline", deadline]].concat());
    let happened = stand.sandbox().faults_happened();
    let met = stand.sandbox().faults_met();
    stand.faults("");
    let mut wrong = Vec::new();
    if happened.contains(&0) {
        wrong.push(format!("not every fault happened: {happened:?}"));
    }
    if weather.faults.starts_with("claims") && stand.stats().challenges == 0 {
        wrong.push(
            "nobody was challenged: the client does not say that it understands a challenge".to_owned(),
        );
    }
    if !ran
        .code
        .is_some_and(|code| weather.ends(size.edited).contains(&code))
    {
        wrong.push(format!(
            "apply ended with {:?}: {}",
            ran.code,
            last_line(&ran.stderr)
        ));
    }
    if weather.hidden == Hidden::All && ran.took > Duration::from_secs(30) {
        wrong.push(format!("it did not end by itself, but after {:?}", ran.took));
    }
    let Some(run) = task.run() else {
        wrong.push("there is no run".to_owned());
        return wrong;
    };
    let repeats = match weather.doubt {
        Doubt::None => Repeats::none(),
        Doubt::Some => Repeats::after(&met),
    };
    for round in 0.. {
        let Some(report) = task.report(&run) else {
            wrong.push("there is no report".to_owned());
            break;
        };
        wrong.extend(task.report_agrees(&report));
        wrong.extend(task.journal_agrees(&task.record(&run)));
        wrong.extend(task.history_agrees(&repeats, false));
        if round == 0 && weather.hidden == Hidden::One {
            wrong.extend(one_is_left(&report, &met));
        }
        let left = task.record(&run).remaining_count();
        if round == 0 && weather.hidden != Hidden::No && left == 0 {
            wrong.push("nothing is left although users were not shown".to_owned());
        }
        if round == 0 && left > 0 {
            let resumed = stand.run(&["resume", run.as_str(), "--yes"]);
            let good = if weather.loses {
                weather.ends(size.edited)
            } else {
                &[0]
            };
            if !resumed.code.is_some_and(|code| good.contains(&code)) {
                let line = last_line(&resumed.stderr);
                wrong.push(format!("resume ended with {:?}: {line}", resumed.code));
            }
            continue;
        }
        wrong.extend(task.finished(&run, &report));
        break;
    }
    if weather.loses {
        // Applying the sheet again finds what is missing.
        let again = stand.run(&APPLY);
        if again.code != Some(0) {
            wrong.push(format!(
                "apply again ended with {:?}: {}",
                again.code,
                last_line(&again.stderr)
            ));
        }
    }
    wrong.extend(task.fulfilled());
    wrong.extend(task.history_agrees(&repeats, true));
    wrong.dedup();
    wrong
}

fn last_line(text: &str) -> &str {
    text.lines()
        .rev()
        .find(|line| !line.is_empty())
        .unwrap_or_default()
}

/// Runs every cell, a few at a time, and tells all that went wrong together.
fn all_of(cells: &[Cell]) {
    let started = Instant::now();
    let (next, bad) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let slowest = Mutex::new((Duration::ZERO, String::new()));
    std::thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                while let Some(cell) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let began = Instant::now();
                    let done = std::panic::catch_unwind(|| carry_out(cell));
                    let wrong = done.unwrap_or_else(|_| vec!["the test itself broke off".to_owned()]);
                    let name = format!(
                        "{:>3} rows, {:?}: {}",
                        cell.calm.size.edited,
                        cell.moment,
                        cell.faults()
                    );
                    let mut slowest = slowest.lock().unwrap();
                    if began.elapsed() > slowest.0 {
                        *slowest = (began.elapsed(), name.clone());
                    }
                    if !wrong.is_empty() {
                        bad.lock().unwrap().push((name, wrong));
                    }
                }
            });
        }
    });
    let mut bad = bad.into_inner().unwrap();
    bad.sort();
    println!(
        "{} cells in {:?}, the slowest {:?}",
        cells.len(),
        started.elapsed(),
        slowest.lock().unwrap()
    );
    let table: Vec<String> = bad
        .iter()
        .map(|(name, wrong)| {
            let shown = wrong.iter().take(3).cloned().collect::<Vec<_>>().join("\n      ");
            format!("{name}\n      {shown}")
        })
        .collect();
    assert!(
        bad.is_empty(),
        "{} of {} cells went wrong\n{}",
        bad.len(),
        cells.len(),
        table.join("\n")
    );
}

#[test]
fn every_row_has_one_outcome_and_the_directory_holds_it_whatever_went_wrong_and_when() {
    let [one, three, many] = [ONE, THREE_BATCHES, MANY].map(calm);
    assert!(one.writes == 1 && three.batches >= 3 && many.batches >= 10);
    let mut cells = Vec::new();
    for weather in WEATHERS {
        // In a run of one row the first write is also the last.
        let mut at = |moment, calm| {
            cells.push(Cell {
                weather,
                moment,
                calm,
            });
        };
        at(Moment::First, one);
        at(Moment::First, three);
        at(Moment::Middle, three);
        at(Moment::Last, three);
        if !weather.small {
            at(Moment::Middle, many);
        }
    }
    cells.retain(Cell::can_be);
    // The long ones first, so that none is left alone at the end.
    cells.sort_by_key(|cell| std::cmp::Reverse((cell.weather.lasts, cell.calm.writes)));
    all_of(&cells);
}

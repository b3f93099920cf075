//! `kill -9` at random moments, again and again, with a resume after each: in the end it is as if nothing had happened.
//!
//! Runs of `apply`, with and without a canary, and of `undo`. `DIRSHEET_KILLS=5000 cargo test --test faults -- kill` goes on for
//! longer; `DIRSHEET_KILL_SEED` repeats a chance.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use dirsheet::sandbox::chance::Chance;

use super::victims::{Kind, Part, Victim, killed, part};

/// Kills when nothing else is asked for.
const KILLS: usize = 250;
/// Runs that go on at the same time.
const LANES: usize = 6;
/// After so many kills of one run it may come to its end.
const KILLS_OF_ONE_RUN: usize = 12;

fn number_in(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is a number, not `{text}`")),
    )
}

/// How long a run takes in good weather, and what it sends.
#[derive(Debug, Clone, Copy)]
struct Calm {
    whole: Duration,
    /// From the last write to the end.
    after_writes: Duration,
    /// From the arrival of the last request to the end.
    after_requests: Duration,
    writes: usize,
    requests: u64,
}

impl Calm {
    fn of(kind: Kind) -> Calm {
        let victim = Victim::new(kind);
        let sent = victim.requests();
        let began = Instant::now();
        let (mut writes, mut requests) = ((0, began), (0, began));
        let watch = || {
            let now = (victim.task.history().len(), victim.requests() - sent);
            if now.0 > writes.0 {
                writes = (now.0, Instant::now());
            }
            if now.1 > requests.0 {
                requests = (now.1, Instant::now());
            }
            false
        };
        let code = killed(&victim.task, &victim.first(), watch);
        assert_eq!(code, Some(victim.ends_first()), "{kind:?}");
        Calm {
            whole: began.elapsed(),
            after_writes: writes.1.elapsed(),
            after_requests: requests.1.elapsed(),
            writes: writes.0,
            requests: requests.0,
        }
    }
}

/// When the first command of a run is killed.
#[derive(Debug, Clone, Copy)]
enum Aim {
    /// At any moment of it.
    Anytime,
    /// After its last write.
    AfterWrites,
    /// After its last request.
    AfterRequests,
    /// Not at all; those that follow are.
    Spared,
}

/// What the lanes of the test have together.
#[derive(Default)]
struct Tally {
    kills: AtomicUsize,
    runs: AtomicUsize,
    /// Kills by what was killed, and in which part of the run.
    parts: Mutex<BTreeMap<(Kind, Part), usize>>,
    /// What went wrong, with the story that led to it.
    wrong: Mutex<Vec<String>>,
}

impl Tally {
    fn hit(&self, fits: impl Fn(Kind, Part) -> bool) -> bool {
        let parts = self.parts.lock().unwrap();
        parts.keys().any(|(kind, part)| fits(*kind, *part))
    }

    /// Parts of runs in which no kill has come yet and one must.
    fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for wanted in Part::DEMANDED {
            if !self.hit(|_, part| part == wanted) {
                missing.push(format!("{wanted:?}"));
            }
        }
        for (what, some) in [(
            "an undo before its end",
            &[
                Part::Planning,
                Part::BeforeRequests,
                Part::InDoubt,
                Part::BetweenRequests,
                Part::Proof,
            ][..],
        )] {
            if !self.hit(|kind, part| kind == Kind::Undo && some.contains(&part)) {
                missing.push(what.to_owned());
            }
        }
        for (what, wanted) in [
            ("a canary", Kind::Canary),
            ("what follows a canary", Kind::AfterCanary),
        ] {
            if !self.hit(|kind, part| kind == wanted && part != Part::Planning) {
                missing.push(what.to_owned());
            }
        }
        missing
    }
}

/// One run, killed and resumed until it comes to its end, or to something wrong.
fn one_run(kind: Kind, aim: Aim, calm: Calm, chance: &mut Chance, tally: &Tally) {
    let mut victim = Victim::new(kind);
    let mut story = vec![format!("{kind:?}, {aim:?}")];
    let sent = victim.requests();
    for times in 0.. {
        // Reading back may take most of the time, and the writes most of the chances for trouble.
        let span = match chance.below(2) {
            0 => calm.whole,
            _ => calm.whole.saturating_sub(calm.after_writes),
        };
        let mut some = |whole: Duration| whole.mul_f64(chance.below(1_000) as f64 / 1_000.0);
        let run = victim.task.run();
        let arguments = match &run {
            Some(run) => vec!["resume".to_owned(), run.to_string(), "--yes".to_owned()],
            None => victim.first(),
        };
        let began = Instant::now();
        let task = &victim.task;
        let mut aimed_at = None;
        let mut after = |reached: bool, wait: Duration| {
            let since: &mut Instant = match &mut aimed_at {
                None if reached => aimed_at.insert(Instant::now()),
                None => return false,
                Some(since) => since,
            };
            since.elapsed() >= wait
        };
        // With several at once each takes longer than one alone; a resumed run has less to do.
        let code = match (aim, times) {
            (_, KILLS_OF_ONE_RUN..) | (Aim::Spared, 0) => killed(task, &arguments, || false),
            (Aim::AfterWrites, 0) => {
                let wait = some(calm.after_writes.mul_f64(1.2));
                killed(task, &arguments, || {
                    after(task.history().len() >= calm.writes, wait)
                })
            }
            (Aim::AfterRequests, 0) => {
                let wait = some(calm.after_requests.mul_f64(1.2));
                killed(task, &arguments, || {
                    after(victim.requests() - sent >= calm.requests, wait)
                })
            }
            _ => {
                let most = if run.is_some() { 1.0 } else { 1.5 };
                let wait = some(span.mul_f64(most));
                killed(task, &arguments, || began.elapsed() >= wait)
            }
        };
        story.push(format!("{} for {:?}: {code:?}", arguments[0], began.elapsed()));
        let ended = code == Some(0);
        let wrong = match code {
            Some(0) => victim.task.done(&victim.repeats),
            Some(130) if kind == Kind::Canary && arguments[0] == "apply" => {
                victim.kind = Kind::AfterCanary;
                victim.canary_ended()
            }
            Some(other) => vec![format!(
                "ended with {other}: {}",
                victim.task.stand.read("stderr.txt")
            )],
            None => {
                tally.kills.fetch_add(1, Ordering::Relaxed);
                let part = part(&victim.task);
                story.push(format!("killed: {part:?}"));
                let mut parts = tally.parts.lock().unwrap();
                *parts.entry((victim.kind, part)).or_default() += 1;
                drop(parts);
                victim.note_doubt();
                victim.task.in_between(&victim.repeats)
            }
        };
        if !wrong.is_empty() {
            let told = format!("{}\n      {}", wrong.join("\n"), story.join("\n      "));
            tally.wrong.lock().unwrap().push(told);
        }
        if !wrong.is_empty() || ended {
            break;
        }
    }
}

/// What is killed next, and when.
fn turn(number: usize) -> (Kind, Aim) {
    const TURNS: [(Kind, Aim); 12] = [
        (Kind::Apply, Aim::Anytime),
        (Kind::Undo, Aim::AfterRequests),
        (Kind::Canary, Aim::Anytime),
        (Kind::Apply, Aim::AfterRequests),
        (Kind::Undo, Aim::Anytime),
        (Kind::Canary, Aim::Spared),
        (Kind::Apply, Aim::AfterWrites),
        (Kind::Apply, Aim::AfterRequests),
        (Kind::Canary, Aim::AfterWrites),
        (Kind::Apply, Aim::Anytime),
        (Kind::Undo, Aim::AfterWrites),
        (Kind::Apply, Aim::AfterRequests),
    ];
    TURNS[number % TURNS.len()]
}

#[test]
fn a_run_killed_at_any_moment_and_resumed_writes_everything_once_and_forgets_nothing() {
    let seed = number_in("DIRSHEET_KILL_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        u64::from(now.unwrap().subsec_nanos())
    });
    let wanted = number_in("DIRSHEET_KILLS").map_or(KILLS, |kills| usize::try_from(kills).unwrap());
    println!("DIRSHEET_KILL_SEED={seed}");
    let started = Instant::now();
    let calm = [Kind::Apply, Kind::Canary, Kind::Undo].map(|kind| (kind, Calm::of(kind)));
    let tally = Tally::default();
    let goes_on = || {
        let kills = tally.kills.load(Ordering::Relaxed);
        // A window that was not met by chance gets more of them, but not for ever.
        let more = wanted >= KILLS && kills < 5 * wanted && !tally.missing().is_empty();
        (kills < wanted || more) && tally.wrong.lock().unwrap().len() < 5
    };
    std::thread::scope(|scope| {
        for lane in 0..LANES {
            let (tally, calm, goes_on) = (&tally, &calm, &goes_on);
            scope.spawn(move || {
                let mut chance = Chance::new(seed, lane as u64);
                while goes_on() {
                    let (kind, aim) = turn(tally.runs.fetch_add(1, Ordering::Relaxed));
                    let (_, calm) = calm.iter().find(|(known, _)| *known == kind).unwrap();
                    one_run(kind, aim, *calm, &mut chance, tally);
                }
            });
        }
    });
    let missing = tally.missing();
    let parts = tally.parts.into_inner().unwrap();
    let wrong = tally.wrong.into_inner().unwrap();
    println!(
        "{} kills of {} runs in {:?}: {parts:#?}\n{calm:?}",
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
    assert!(
        missing.is_empty() || wanted < KILLS,
        "no kill came in {missing:?}: {parts:?}"
    );
}

/// A kill between the end of the journal and its report, of a run that had ended once before and told so.
#[test]
fn the_report_of_an_earlier_end_is_not_taken_for_the_last_one() {
    let victim = Victim::new(Kind::Canary);
    let task = &victim.task;
    assert_eq!(killed(task, &victim.first(), || false), Some(130));
    assert_eq!(victim.canary_ended(), Vec::<String>::new());
    let run = task.run().unwrap();
    let path = task.report_path(&run);
    let (earlier, at) = (std::fs::read(&path).unwrap(), path.metadata().unwrap().modified());
    let resume = ["resume".to_owned(), run.to_string(), "--yes".to_owned()];
    assert_eq!(killed(task, &resume, || false), Some(0));
    assert_eq!(task.done(&victim.repeats), Vec::<String>::new());
    std::fs::write(&path, earlier).unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(at.unwrap()).unwrap();
    assert_eq!(part(task), Part::Report);
    assert_eq!(killed(task, &resume, || false), Some(0));
    assert_eq!(task.done(&victim.repeats), Vec::<String>::new());
}

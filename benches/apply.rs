//! How well `apply` uses the service's budget, how fast it is without one, and what its journal costs.
//!
//! `cargo bench --bench apply` runs all of it in about a minute and a half:
//!
//! 1. ten thousand updates under the documented quota, in scaled time (windows 50 times shorter, as many units in each);
//! 2. updates a second without a quota, at 0 and at 150 ms of latency, beside a plain client that sends one PATCH at a time and one
//!    that sends batches one after another;
//! 3. the journal: its share of the time and its bytes for each operation.
//!
//! `cargo bench --bench apply -- --real` takes the quota at its real speed (six minutes). The directory is the sandbox in this process;
//! everything goes over HTTP on 127.0.0.1. The figures are ratios within one run; they depend on the machine. The goals under the
//! quota do not: a run that misses one of them ends the benchmark with an error.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark may stop short, and prints its table"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dirsheet::catalogue;
use dirsheet::domain::{
    Action, ApprovedOperations, Change, Operation, OperationNumber, RunId, UserId, Value,
};
use dirsheet::engine::{ApplyContext, Counters, ProveContext, Reporter, Stop, Suspects, apply, prove};
use dirsheet::graph::{Credential, DirectoryReader, GraphSettings, Limits, Session};
use dirsheet::sandbox::{People, Quota, Sandbox, SandboxOptions, start};
use dirsheet::state::{Journal, RowStanding, RunHeader, RunLock, RunRow, RunState, StateFolder};
use serde_json::json;

#[path = "apply/plain.rs"]
mod plain;
#[path = "common/sign_in.rs"]
mod sign_in;

const USERS: usize = 10_000;
/// So many that there are enough of them without those whose profiles are mastered elsewhere.
const PEOPLE: usize = 2 * USERS;
const SCALE: f64 = 50.0;
/// The documented write budget: so many at once, and so many a second after that.
const BUCKET: f64 = 3_000.0;
const PER_SECOND: f64 = 20.0;
/// The goals: this share of the permitted pace at least, and fewer calls than that answered 429.
const PACE_LEAST: f64 = 0.99;
const THROTTLED_MOST: f64 = 0.001;

fn main() {
    let real = std::env::args().any(|argument| argument == "--real");
    under_quota(if real { 1.0 } else { SCALE });
    println!();
    let fast = without_quota(Duration::ZERO, USERS, USERS, USERS);
    println!();
    let slow = without_quota(Duration::from_millis(150), USERS, 30, 1_000);
    println!();
    println!("times as fast as the better plain client, without the look before each write and with it");
    println!("  at 0 ms    {:>5.1}  {:>5.1}", fast.without_look, fast.with_look);
    println!("  at 150 ms  {:>5.1}  {:>5.1}", slow.without_look, slow.with_look);
}

/// Ten thousand updates against a bucket that is full at the start.
fn under_quota(scale: f64) {
    let quota = if scale == 1.0 {
        Quota::Real
    } else {
        Quota::Fast(scale)
    };
    let stand = Stand::open(quota, Duration::ZERO);
    let limits = Limits::for_directory(Some(USERS as u64)).scaled(scale);
    let run = stand.run(limits, true, USERS);
    let least = (USERS as f64 - BUCKET) / PER_SECOND / scale;
    let stats = stand.sandbox.stats();
    let pace = least / run.writing.as_secs_f64();
    let throttled = stats.throttled as f64 / stats.writes_received as f64;
    println!("{USERS} updates under the documented quota, time scaled {scale} times");
    println!("  least time the bucket allows   {least:>8.2} s");
    println!(
        "  apply, each batch looked at    {:>8.2} s   {:.1} % of the permitted pace",
        run.writing.as_secs_f64(),
        pace * 100.0
    );
    println!(
        "  calls answered 429             {:>8}     {:.3} % of {}",
        stats.throttled,
        throttled * 100.0,
        stats.writes_received
    );
    println!(
        "  read back after that           {:>8.2} s",
        run.proving.as_secs_f64()
    );
    run.journal_line();
    stand.close(USERS);
    assert!(
        pace >= PACE_LEAST,
        "the goal is missed: {:.2} % of the permitted pace",
        pace * 100.0
    );
    assert!(
        throttled < THROTTLED_MOST,
        "the goal is missed: {:.3} % of the calls answered 429",
        throttled * 100.0
    );
}

/// How many times ours is the better of the plain clients.
struct Times {
    without_look: f64,
    with_look: f64,
}

/// Updates a second, ours and theirs.
fn without_quota(latency: Duration, users: usize, singles: usize, batched: usize) -> Times {
    println!(
        "updates a second without a quota, {} ms of latency",
        latency.as_millis()
    );
    let mut ours = Vec::new();
    for (what, recheck) in [
        ("apply --no-recheck", false),
        ("apply, each batch looked at", true),
    ] {
        let stand = Stand::open(Quota::Off, latency);
        let run = stand.run(Limits::unlimited(), recheck, users);
        let rate = users as f64 / run.writing.as_secs_f64();
        println!("  {what:<42} {rate:>9.0}");
        run.journal_line();
        ours.push(rate);
        stand.close(users);
    }
    let mut theirs: f64 = 0.0;
    for (what, together, count) in [
        ("a plain client, one PATCH at a time", 1, singles),
        ("a plain client, batches one after another", 20, batched),
    ] {
        let stand = Stand::open(Quota::Off, latency);
        let rate = count as f64 / stand.plain(together, count).as_secs_f64();
        println!("  {what:<42} {rate:>9.0}");
        theirs = theirs.max(rate);
        stand.close(count);
    }
    println!(
        "  the look before each write takes {:.0} % of the pace without it",
        (1.0 - ours[1] / ours[0]) * 100.0
    );
    Times {
        without_look: ours[0] / theirs,
        with_look: ours[1] / theirs,
    }
}

/// A directory, and everything a run needs.
struct Stand {
    /// The directory's own threads, so that it is no guest of the client's.
    _directory: tokio::runtime::Runtime,
    runtime: tokio::runtime::Runtime,
    sandbox: Sandbox,
    people: Vec<(UserId, String, Value)>,
}

/// How one run went.
struct Run {
    writing: Duration,
    proving: Duration,
    counters: Arc<Counters>,
    journal_bytes: u64,
    operations: usize,
}

impl Run {
    fn journal_line(&self) {
        let journal = Duration::from_micros(self.counters.journal_micros.get());
        println!(
            "    journal: {:.1} % of the time, {} bytes an operation",
            journal.as_secs_f64() / self.writing.as_secs_f64() * 100.0,
            self.journal_bytes / self.operations as u64
        );
    }
}

impl Stand {
    fn open(quota: Quota, latency: Duration) -> Stand {
        let threads = || {
            tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime")
        };
        let (directory, runtime) = (threads(), threads());
        let options = SandboxOptions {
            people: People::Generated { users: PEOPLE },
            quota,
            latency,
            ..SandboxOptions::default()
        };
        let sandbox = directory.block_on(start(options)).expect("a sandbox");
        let people = sandbox
            .dump()
            .into_iter()
            // Synchronised users are mastered elsewhere, and their edits would be refused.
            .filter(|user| user["onPremisesSyncEnabled"] != true && user["isManagementRestricted"] != true)
            .filter(|user| user["identityParentId"].is_null())
            .map(|user| {
                let title = user["jobTitle"].as_str();
                (
                    UserId::parse(user["id"].as_str().expect("an id")).expect("an id"),
                    user["userPrincipalName"].as_str().unwrap_or_default().to_owned(),
                    title.map_or(Value::Empty, |title| Value::Text(title.to_owned())),
                )
            })
            .collect();
        Stand {
            _directory: directory,
            runtime,
            sandbox,
            people,
        }
    }

    /// So many operations: a job title for each of the first people.
    fn operations(&self, count: usize) -> Vec<Operation> {
        let title = catalogue::by_name("jobTitle").expect("an attribute");
        assert!(self.people.len() >= count, "{} people", self.people.len());
        (0..)
            .zip(self.people.iter().take(count))
            .map(|(number, (user, upn, before))| Operation {
                number: OperationNumber(number),
                user: *user,
                upn: upn.clone(),
                row: u64::from(number) + 2,
                action: Action::Patch {
                    changes: vec![Change {
                        attribute: title,
                        before: before.clone(),
                        after: Value::Text(format!("Pilot {number}")),
                    }],
                    companions: Vec::new(),
                },
            })
            .collect()
    }

    fn settings(&self) -> GraphSettings {
        let url: reqwest::Url = self.sandbox.url().parse().expect("an address");
        GraphSettings {
            graph_url: url.clone(),
            authority_url: url,
            tenant: self.sandbox.tenant_id().to_owned(),
            client_id: self.sandbox.client_id().to_owned(),
            credential: Credential::Secret(self.sandbox.client_secret().to_owned().into()),
            request_timeout: Duration::from_secs(100),
            ca_file: None,
        }
    }

    /// The engine, with its journal on the disk.
    fn run(&self, limits: Limits, recheck: bool, count: usize) -> Run {
        let folder = tempfile::tempdir().expect("a folder");
        let state = StateFolder::open(folder.path().join("state")).expect("a state folder");
        let operations = self.operations(count);
        let (reporter, mut listener) = Reporter::channel();
        let counters = Arc::clone(reporter.counters());
        let journal = journal(&state, &operations);
        self.runtime.block_on(async {
            tokio::spawn(async move { while listener.recv().await.is_some() {} });
            let session = Session::open(&self.settings(), limits).expect("a session");
            session.sign_in().await.expect("a token");
            let context = ApplyContext {
                session: Arc::clone(&session),
                reporter: reporter.clone(),
                stop: Stop::new(),
                deadline: None,
                recheck,
                failed_max: None,
                suspects: Arc::new(Suspects::default()),
                pauses: Arc::default(),
            };
            let began = Instant::now();
            let applied = apply(
                journal,
                ApprovedOperations::from_journal(operations),
                Vec::new(),
                &context,
            )
            .await
            .expect("a run");
            let writing = began.elapsed();
            assert_eq!(applied.stopped, None);
            let mut journal = applied.journal;
            let journal_bytes = bytes_below(folder.path());
            let began = Instant::now();
            let reader = DirectoryReader::new(session);
            let how = ProveContext {
                reader: &reader,
                patience: Duration::from_secs(30),
                reporter: &reporter,
                stop: &context.stop,
            };
            let proved = prove(&mut journal, None, how).await.expect("a proof");
            assert_eq!((proved.lost, proved.not_visible, proved.unread), (0, 0, None));
            let proving = began.elapsed();
            journal
                .finish(RunState::Finished, jiff::Timestamp::now())
                .expect("the end");
            Run {
                writing,
                proving,
                counters,
                journal_bytes,
                operations: count,
            }
        })
    }

    /// What a script would do, with so many updates together.
    fn plain(&self, together: usize, count: usize) -> Duration {
        let operations = self.operations(count);
        self.runtime
            .block_on(plain::update(&self.sandbox, &operations, together))
    }

    /// Whatever was measured, it was real: every update is in the directory.
    fn close(self, count: usize) {
        let accepted = self.sandbox.stats().writes_accepted;
        assert!(accepted >= count as u64, "{accepted} of {count}");
    }
}

fn title(operation: &Operation) -> String {
    operation.changes()[0].after.to_cell()
}

fn journal(state: &StateFolder, operations: &[Operation]) -> Journal {
    let now = jiff::Timestamp::now();
    let run = RunId::new(now, [0, 1]);
    let header = RunHeader {
        run: run.clone(),
        tenant: "bench".to_owned(),
        graph_url: "bench".to_owned(),
        command: "apply users.csv".to_owned(),
        sheet_name: "users.csv".to_owned(),
        sheet_path: "users.csv".to_owned(),
        sheet_sha256: String::new(),
        delimiter: ',',
        bom: true,
        crlf: true,
        reading: None,
        header: vec!["id".to_owned(), "jobTitle".to_owned()],
        plan_fingerprint: String::new(),
        snapshots: Vec::new(),
        started_at: now,
        report_dir: None,
        undoes: None,
        passwords_of_sheet: false,
        summary: json!({}),
        signed_in: None,
        resumed_by: Vec::new(),
    };
    let rows = operations.iter().map(|operation| RunRow {
        row: operation.row,
        line: operation.row,
        user: Some(operation.user),
        user_label: operation.upn.clone(),
        cells: vec![operation.user.to_string(), title(operation)].into(),
        standing: RowStanding::Planned,
        notes: Vec::new(),
        remarks: Vec::new(),
        operations: vec![operation.number],
        writes: Some(
            operation
                .changes()
                .iter()
                .map(|change| change.attribute.name.to_owned())
                .collect(),
        ),
    });
    let lock = RunLock::take(state, &run).expect("a lock");
    Journal::create(lock, header, rows, operations.iter().cloned()).expect("a journal")
}

fn bytes_below(folder: &Path) -> u64 {
    std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                bytes_below(&path)
            } else {
                std::fs::metadata(&path).map_or(0, |data| data.len())
            }
        })
        .sum()
}

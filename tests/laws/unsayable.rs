//! An operation that no request can say ends at once, and holds nobody up.

use std::sync::Arc;
use std::time::Duration;

use dirsheet::catalogue;
use dirsheet::domain::{
    Action, ApprovedOperations, Change, Operation, OperationNumber, Outcome, RunId, UserId, Value,
    newcomer_id, part_off,
};
use dirsheet::engine::{ApplyContext, Reporter, Stop, Suspects, apply};
use dirsheet::graph::{Credential, GraphSettings, Limits, Session};
use dirsheet::sandbox::{People, Sandbox, SandboxOptions, start};
use dirsheet::state::{Journal, RowStanding, RunHeader, RunLock, RunRow, RunState, StateError, StateFolder};
use serde_json::json;

fn title(after: &str) -> Change {
    Change {
        attribute: catalogue::by_name("jobTitle").unwrap(),
        before: Value::Empty,
        after: Value::Text(after.to_owned()),
    }
}

fn patch(changes: Vec<Change>) -> Action {
    Action::Patch {
        changes,
        companions: Vec::new(),
    }
}

fn create(changes: Vec<Change>) -> Action {
    Action::Create {
        changes,
        invitation: None,
    }
}

/// What no request can say: two values for one place.
fn unsayable() -> [Action; 2] {
    let twice = || vec![title("one"), title("two")];
    [create(twice()), patch(twice())]
}

fn journal(state: &StateFolder, operations: &[Operation]) -> Result<Journal, StateError> {
    let now = jiff::Timestamp::now();
    let run = RunId::new(now, [0, 1]);
    let header = RunHeader {
        run: run.clone(),
        tenant: "laws".to_owned(),
        graph_url: "laws".to_owned(),
        command: "apply users.csv".to_owned(),
        sheet_name: "users.csv".to_owned(),
        sheet_path: "users.csv".to_owned(),
        sheet_sha256: String::new(),
        delimiter: ',',
        bom: true,
        crlf: true,
        reading: None,
        header: vec!["id".to_owned()],
        plan_fingerprint: String::new(),
        snapshots: Vec::new(),
        started_at: now,
        report_dir: None,
        undoes: None,
        passwords_of_sheet: false,
        signed_in: None,
        resumed_by: Vec::new(),
        summary: json!({}),
    };
    let rows = operations.iter().map(|operation| RunRow {
        row: operation.row,
        line: operation.row,
        user: Some(operation.user),
        user_label: operation.upn.clone(),
        cells: vec![operation.user.to_string()].into(),
        standing: RowStanding::Planned,
        notes: Vec::new(),
        remarks: Vec::new(),
        operations: vec![operation.number],
        writes: None,
    });
    let lock = RunLock::take(state, &run).unwrap();
    Journal::create(lock, header, rows, operations.iter().cloned())
}

/// What became of the operations, by their place.
async fn ended(sandbox: &Sandbox, operations: Vec<Operation>, recheck: bool) -> Vec<Vec<Outcome>> {
    let folder = tempfile::tempdir().unwrap();
    let state = StateFolder::open(folder.path().join("state")).unwrap();
    let url: reqwest::Url = sandbox.url().parse().unwrap();
    let settings = GraphSettings {
        graph_url: url.clone(),
        authority_url: url,
        tenant: sandbox.tenant_id().to_owned(),
        client_id: sandbox.client_id().to_owned(),
        credential: Credential::Secret(sandbox.client_secret().to_owned().into()),
        request_timeout: Duration::from_secs(100),
        ca_file: None,
    };
    let (reporter, mut listener) = Reporter::channel();
    tokio::spawn(async move { while listener.recv().await.is_some() {} });
    let session = Session::open(&settings, Limits::unlimited()).unwrap();
    session.sign_in().await.unwrap();
    let context = ApplyContext {
        session: Arc::clone(&session),
        reporter,
        stop: Stop::new(),
        deadline: None,
        recheck,
        failed_max: None,
        suspects: Arc::new(Suspects::default()),
        pauses: Arc::default(),
    };
    let journal = journal(&state, &operations).unwrap();
    let approved = ApprovedOperations::from_journal(operations);
    let applied = apply(journal, approved, Vec::new(), &context).await.unwrap();
    assert_eq!(applied.stopped, None);
    assert_eq!(applied.journal.remaining_count(), 0);
    let record = applied
        .journal
        .finish(RunState::Finished, jiff::Timestamp::now())
        .unwrap();
    let mut outcomes = Vec::new();
    let each = record.results(|_, result| {
        let result = result.unwrap();
        outcomes.push(result.outcomes.into_iter().map(|one| one.outcome).collect());
        Ok::<(), StateError>(())
    });
    each.unwrap();
    outcomes
}

#[test]
fn what_no_request_can_say_is_refused_at_once_and_the_rest_of_its_batch_goes_on() {
    let (done, finished) = std::sync::mpsc::channel();
    // On a thread of its own: one that never ends must not keep the test from failing.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let options = SandboxOptions {
                people: People::Generated { users: 60 },
                ..SandboxOptions::default()
            };
            let sandbox = start(options).await.unwrap();
            let people: Vec<(UserId, String)> = sandbox
                .dump()
                .into_iter()
                .filter(|user| user["jobTitle"].is_null() && user["onPremisesSyncEnabled"].is_null())
                .filter_map(|user| {
                    let id = UserId::parse(user["id"].as_str()?)?;
                    Some((id, user["userPrincipalName"].as_str()?.to_owned()))
                })
                .collect();
            let operation = |number: u32, action: Action| {
                let (user, upn) = match action {
                    Action::Create { .. } => {
                        let upn = format!("new{number}@{}", people[0].1.split('@').nth(1).unwrap());
                        (newcomer_id(&upn), upn)
                    }
                    _ => people[number as usize % people.len()].clone(),
                };
                Operation {
                    number: OperationNumber(number),
                    user,
                    upn,
                    row: u64::from(number) + 2,
                    action,
                }
            };
            for action in unsayable() {
                for recheck in [true, false] {
                    for rest in [0, 2] {
                        let sent = sandbox.stats().writes_received;
                        let mut operations = vec![operation(0, action.clone())];
                        operations
                            .extend((1..=rest).map(|number| operation(number, patch(vec![title("Pilot")]))));
                        let outcomes = ended(&sandbox, operations, recheck).await;
                        for outcome in &outcomes[0] {
                            let is_refused = matches!(outcome, Outcome::Refused { refusal } if refusal.code == "not supported");
                            assert!(is_refused, "{action:?}: {outcome:?}");
                        }
                        for others in &outcomes[1..] {
                            assert!(others.iter().all(|one| !matches!(one, Outcome::Refused { .. } | Outcome::NotSent { .. })), "{others:?}");
                        }
                        assert!(sandbox.stats().writes_received <= sent + u64::from(rest));
                    }
                }
            }
        });
        let _gone = done.send(());
    });
    let ended = finished.recv_timeout(Duration::from_secs(30));
    assert!(ended.is_ok(), "it goes on and on, or failed: {ended:?}");
}

#[test]
fn an_operation_that_changes_nothing_has_no_parts_and_begins_no_run() {
    for action in [create(Vec::new()), patch(Vec::new())] {
        let operation = Operation {
            number: OperationNumber(0),
            user: newcomer_id("new@x.example"),
            upn: "new@x.example".to_owned(),
            row: 2,
            action,
        };
        // A worker would part such an operation without end.
        assert_eq!(part_off(&operation, |_| true), None);
        assert_eq!(operation.keeping(|_| true), None);
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::open(folder.path().join("state")).unwrap();
        let refused = journal(&state, &[operation]).unwrap_err();
        assert!(refused.to_string().contains("changes nothing"), "{refused}");
    }
}

//! The service's budget across commands: what a run before has used is not used again.

use dirsheet::catalogue;
use dirsheet::domain::{Action, Change, Operation, OperationNumber, RunId, UserId, Value};
use dirsheet::state::{Entry, Journal, RunHeader, RunLock, StateFolder};
use jiff::{SignedDuration, Timestamp};

use super::stand::Stand;

/// A run of this tenant that announced so many writes so long ago.
fn earlier_run(stand: &Stand, writes: u32, ago: SignedDuration) {
    let state = StateFolder::open(stand.state()).unwrap();
    let began = Timestamp::now() - ago;
    let run = RunId::new(began, [0, 1]);
    let header = RunHeader {
        run: run.clone(),
        tenant: stand.sandbox().tenant_id().to_owned(),
        graph_url: stand.sandbox().url(),
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
        started_at: began,
        report_dir: None,
        undoes: None,
        passwords_of_sheet: false,
        signed_in: None,
        resumed_by: Vec::new(),
        summary: serde_json::json!({}),
    };
    let operation = |number| Operation {
        number: OperationNumber(number),
        user: UserId::from_bytes(u128::from(number).to_be_bytes()),
        upn: String::new(),
        row: u64::from(number) + 2,
        action: Action::Patch {
            changes: vec![Change {
                attribute: catalogue::by_name("jobTitle").unwrap(),
                before: Value::Empty,
                after: Value::Text("x".to_owned()),
            }],
            companions: Vec::new(),
        },
    };
    let lock = RunLock::take(&state, &run).unwrap();
    let operations = (0..writes).map(operation);
    let mut journal = Journal::create(lock, header, std::iter::empty(), operations).unwrap();
    let numbers = (0..writes).map(OperationNumber).collect();
    journal.record(&[Entry::Intent(numbers, began)]).unwrap();
}

/// What `plan` reckons for forty changed users.
fn seconds(stand: &Stand) -> u64 {
    let plan = stand.json(&["plan", "users.csv", "--max-users", "100%"], 0);
    assert_eq!(plan["summary"]["users_changed"], 40);
    plan["summary"]["seconds"].as_u64().unwrap()
}

#[test]
fn what_an_earlier_run_used_of_the_budget_is_waited_for() {
    let stand = Stand::of(120);
    let mut sheet = stand.export();
    for (at, user) in stand.ordinary().iter().take(40).enumerate() {
        sheet.set(user["id"].as_str().unwrap(), "jobTitle", format!("Pilot {at}"));
    }
    stand.save("users.csv", &sheet);
    assert!(seconds(&stand) <= 1, "the bucket is full");
    // The budget comes back at twenty a second: of 3,000 writes two minutes ago nearly all is there again.
    earlier_run(&stand, 3_000, SignedDuration::from_secs(120));
    assert!(seconds(&stand) <= 1);
    earlier_run(&stand, 2_900, SignedDuration::ZERO);
    let now = seconds(&stand);
    assert!((2..=30).contains(&now), "{now}");
}

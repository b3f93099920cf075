//! A small run for the tests of this room.

use super::*;
use crate::catalogue;
use crate::domain::{Action, Change, ChangeOutcome, OperationResult, Outcome, Refusal, RunId, Value};
use crate::state::{RowStanding, StateFolder};

pub(in crate::state) const RUN: &str = "run-20261123-150312-9f3a";

pub(in crate::state) fn place() -> (tempfile::TempDir, StateFolder) {
    let place = tempfile::tempdir().unwrap();
    let folder = StateFolder::open(place.path().join("state")).unwrap();
    (place, folder)
}

pub(in crate::state) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_446_000 + second).unwrap()
}

pub(in crate::state) fn header(run: &str) -> RunHeader {
    RunHeader {
        run: RunId::parse(run).unwrap(),
        tenant: "contoso".to_owned(),
        graph_url: "https://graph.microsoft.com".to_owned(),
        command: "apply users.csv".to_owned(),
        sheet_name: "users.csv".to_owned(),
        sheet_path: "/sheets/users.csv".to_owned(),
        sheet_sha256: "00".repeat(32),
        delimiter: ';',
        bom: true,
        crlf: true,
        reading: None,
        header: vec!["id".to_owned(), "Job title".to_owned()],
        plan_fingerprint: "f00d".to_owned(),
        snapshots: vec!["snap-20261123-150312-9f3a".to_owned()],
        started_at: at(0),
        report_dir: None,
        summary: serde_json::json!({"users_changed": 2}),
        undoes: None,
        passwords_of_sheet: false,
        signed_in: None,
        resumed_by: Vec::new(),
    }
}

pub(in crate::state) fn user(number: u32) -> UserId {
    UserId::from_bytes(u128::from(number).to_be_bytes())
}

pub(in crate::state) fn change(name: &str, after: &str) -> Change {
    Change {
        attribute: catalogue::by_name(name).unwrap(),
        before: Value::Empty,
        after: Value::Text(after.to_owned()),
    }
}

/// An operation that sets the job title and the department.
pub(in crate::state) fn operation(number: u32) -> Operation {
    Operation {
        number: OperationNumber(number),
        user: user(number),
        upn: format!("u{number}@contoso.com"),
        row: u64::from(number) + 2,
        action: Action::Patch {
            changes: vec![change("jobTitle", "Zoë; \"x\"\n"), change("department", "R&D")],
            companions: Vec::new(),
        },
    }
}

pub(in crate::state) fn row(number: u32, standing: RowStanding, operations: &[u32]) -> RunRow {
    RunRow {
        row: u64::from(number) + 2,
        line: u64::from(number) + 2,
        user: Some(user(number)),
        user_label: format!("u{number}@contoso.com"),
        cells: [user(number).to_string().as_str(), " =1+1\r\n\""]
            .into_iter()
            .collect(),
        standing,
        notes: Vec::new(),
        remarks: Vec::new(),
        operations: operations.iter().copied().map(OperationNumber).collect(),
        writes: (!operations.is_empty()).then(|| vec!["jobTitle".to_owned(), "department".to_owned()]),
    }
}

pub(in crate::state) fn result(number: u32, outcomes: [Outcome; 2], second: i64) -> OperationResult {
    let changes = operation(number).changes().to_vec();
    let outcomes = changes
        .iter()
        .zip(outcomes)
        .map(|(change, outcome)| ChangeOutcome {
            attribute: change.attribute,
            outcome,
        });
    OperationResult {
        number: OperationNumber(number),
        outcomes: outcomes.collect(),
        request_id: Some("0f4a8f0e-6f0e-4f6a-9d53-5b1a4c1d2e3f".to_owned()),
        finished_at: at(second),
        made: None,
    }
}

pub(in crate::state) fn refused() -> Outcome {
    Outcome::Refused {
        refusal: Refusal {
            status: 403,
            code: "Authorization_RequestDenied".to_owned(),
            message: "Insufficient privileges".to_owned(),
            target: Some("jobTitle".to_owned()),
            request_id: None,
            hint: "ask an administrator".to_owned(),
        },
    }
}

pub(in crate::state) fn not_sent() -> Outcome {
    Outcome::NotSent {
        reason: "the deadline passed".to_owned(),
    }
}

pub(in crate::state) fn in_doubt() -> Outcome {
    Outcome::InDoubt {
        reason: "no answer".to_owned(),
    }
}

pub(in crate::state) const DONE: [Outcome; 2] = [Outcome::Accepted, Outcome::already_there(true)];

pub(in crate::state) fn intent(numbers: &[u32], second: i64) -> Entry {
    Entry::Intent(numbers.iter().copied().map(OperationNumber).collect(), at(second))
}

pub(in crate::state) fn create(folder: &StateFolder, run: &str, operations: u32) -> Journal {
    let lock = RunLock::take(folder, &RunId::parse(run).unwrap()).unwrap();
    let rows = (0..operations).map(|number| row(number, RowStanding::Planned, &[number]));
    Journal::create(lock, header(run), rows, (0..operations).map(operation)).unwrap()
}

pub(in crate::state) fn open(folder: &StateFolder) -> RunRecord {
    RunRecord::open(folder, &RunId::parse(RUN).unwrap())
        .unwrap()
        .unwrap()
}

pub(in crate::state) fn report(record: &RunRecord) -> Vec<ReportRow> {
    let mut rows = Vec::new();
    record
        .rows(|row| {
            rows.push(row);
            Ok::<(), StateError>(())
        })
        .unwrap();
    rows
}

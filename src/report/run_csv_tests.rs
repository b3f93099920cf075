//! What a report says of a user who was not made.

use super::*;
use crate::catalogue;
use crate::domain::{Action, ChangeOutcome, OperationNumber, Refusal, Value};

#[test]
fn a_user_who_was_not_made_is_told_in_one_sentence() {
    let changes: Vec<Change> = ["displayName", "jobTitle", "city"]
        .iter()
        .map(|name| Change {
            attribute: catalogue::by_name(name).unwrap(),
            before: Value::Empty,
            after: Value::Text((*name).to_owned()),
        })
        .collect();
    let user = UserId::from_bytes([8; 16]);
    let refused = |code: &str| Outcome::Refused {
        refusal: Refusal {
            status: 403,
            code: code.to_owned(),
            message: "Insufficient privileges".to_owned(),
            target: None,
            request_id: None,
            hint: "ask for more".to_owned(),
        },
    };
    let told = |outcomes: [Outcome; 3], action: Action| {
        let outcomes = changes.iter().zip(outcomes);
        let result = OperationResult {
            number: OperationNumber(0),
            outcomes: outcomes
                .map(|(change, outcome)| ChangeOutcome {
                    attribute: change.attribute,
                    outcome,
                })
                .collect(),
            request_id: None,
            finished_at: jiff::Timestamp::UNIX_EPOCH,
            made: None,
        };
        let operation = Operation {
            number: OperationNumber(0),
            user,
            upn: "new@contoso.example".to_owned(),
            row: 2,
            action,
        };
        ReportLine::new(RowFacts {
            row: 2,
            line: 2,
            user: Some(user),
            label: "new@contoso.example",
            cells: &crate::domain::CellTexts::default(),
            status: RowStatus::Failed,
            notes: &[],
            remarks: &[],
            results: &[(operation, Some(result))],
            contacts: Contacts::Masked,
        })
    };
    let create = || Action::Create {
        invitation: None,
        changes: changes.clone(),
    };
    let all = || [refused("denied"), refused("denied"), refused("denied")];
    let line = told(all(), create());
    assert_eq!(line.error, "the user was not made: Insufficient privileges");
    assert_eq!(
        (line.error_code.as_str(), line.hint.as_str()),
        ("denied", "ask for more")
    );
    let doubt = || Outcome::InDoubt {
        reason: "no answer".to_owned(),
    };
    let line = told([doubt(), doubt(), doubt()], create());
    assert_eq!(line.error, "the user may have been made: no answer");
    // Cells that ended in different ways, and those of somebody who is there, are told one by one.
    let line = told([refused("denied"), refused("other"), refused("denied")], create());
    assert_eq!(line.error.matches("Insufficient privileges").count(), 3);
    let patch = Action::Patch {
        changes: changes.clone(),
        companions: Vec::new(),
    };
    let line = told(all(), patch);
    assert_eq!(line.error.matches("Insufficient privileges").count(), 3);
}

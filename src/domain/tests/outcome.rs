//! Operations, batches, stages, surgery, forecast, and what is left after a fresh look.

use super::super::operation::Batch as OneBatch;
use super::*;

fn operation(number: u32, user: u8) -> Operation {
    Operation {
        number: OperationNumber(number),
        user: id(user),
        upn: upn(user),
        ..patch(vec![change("jobTitle", Value::Empty, text("Chef"))], Vec::new())
    }
}

fn relation(user: u8) -> Operation {
    Operation {
        action: Action::Relation {
            change: change(
                "manager",
                Value::Empty,
                Value::Reference(super::user(9, &[]).reference()),
            ),
        },
        ..operation(0, user)
    }
}

fn set(name: &str) -> Change {
    change(name, text("before"), text("after"))
}

fn companion(name: &str, value: &str) -> Companion {
    Companion {
        attribute: attribute(name),
        value: text(value),
    }
}

fn names(operation: &Operation) -> Vec<&str> {
    operation
        .changes()
        .iter()
        .map(|change| change.attribute.name)
        .collect()
}

fn companions(operation: &Operation) -> Vec<(&str, Value)> {
    match &operation.action {
        Action::Patch { companions, .. } => companions
            .iter()
            .map(|companion| (companion.attribute.name, companion.value.clone()))
            .collect(),
        Action::Create { .. }
        | Action::Relation { .. }
        | Action::Profile { .. }
        | Action::Resource { .. }
        | Action::Account { .. } => Vec::new(),
    }
}

fn refusal(status: u16, target: Option<&str>) -> Refusal {
    Refusal {
        status,
        code: "Request_BadRequest".to_owned(),
        message: String::new(),
        target: target.map(str::to_owned),
        request_id: None,
        hint: String::new(),
    }
}

const DIVISION: &str = "employeeOrgData.division";
const COST_CENTER: &str = "employeeOrgData.costCenter";

#[test]
fn a_batch_holds_one_to_twenty_operations_and_no_user_twice() {
    let users = |count: u8| {
        (1..=count)
            .map(|number| operation(u32::from(number), number))
            .collect()
    };
    assert!(OneBatch::new(Vec::new()).is_none());
    assert!(OneBatch::new(users(1)).is_some());
    assert_eq!(
        OneBatch::new(users(20)).unwrap().operations().len(),
        BATCH_OPERATIONS_MAX
    );
    assert!(OneBatch::new(users(21)).is_none());
    assert!(OneBatch::new(vec![operation(0, 1), relation(1)]).is_none());
}

#[test]
fn a_part_of_a_batch_is_a_batch_and_takes_in_nothing_else() {
    let batch = OneBatch::new(vec![operation(0, 1), operation(1, 2)]).unwrap();
    let kept = batch
        .retain(|one| (one.user == id(2)).then(|| one.clone()))
        .unwrap();
    assert_eq!(kept.operations(), [operation(1, 2)]);
    assert_eq!(batch.retain(|_| None), None);
    assert_eq!(batch.retain(|_| Some(operation(7, 7))), None);
    // Another request of the same user, or another value, was never approved for this place.
    let renumbered = |one: &Operation| Operation {
        number: OperationNumber(one.number.0 + 7),
        ..one.clone()
    };
    assert_eq!(batch.retain(|one| Some(renumbered(one))), None);
    let altered = |one: &Operation| {
        let mut altered = one.clone();
        if let Action::Patch { changes, .. } = &mut altered.action {
            changes[0].after = text("never approved");
        }
        altered
    };
    assert_eq!(batch.retain(|one| Some(altered(one))), None);
}

#[test]
fn stages_keep_the_operations_of_one_user_apart_and_in_order() {
    let mut operations: Vec<Operation> = (0..45).map(|number| operation(number, number as u8)).collect();
    operations.push(Operation {
        number: OperationNumber(45),
        ..relation(3)
    });
    operations.push(Operation {
        number: OperationNumber(46),
        ..relation(3)
    });
    let stages = pack(ApprovedOperations::from_journal(operations));
    let sizes: Vec<Vec<usize>> = stages
        .iter()
        .map(|stage| {
            stage
                .batches()
                .iter()
                .map(|batch| batch.operations().len())
                .collect()
        })
        .collect();
    assert_eq!(sizes, [vec![20, 20, 5], vec![1], vec![1]]);
    assert_eq!(stages[2].batches()[0].operations()[0].number, OperationNumber(46));
    assert_eq!(pack(ApprovedOperations::from_journal(Vec::new())), []);
}

#[test]
fn authentication_methods_go_after_everything_else_and_five_together() {
    let method = |number: u32, user: u8, name: &str| Operation {
        action: Action::Resource {
            change: Change {
                attribute: crate::catalogue::by_name(name).unwrap(),
                before: Value::Empty,
                after: text("+31 612345678"),
            },
        },
        ..operation(number, user)
    };
    let (mobile, alternate) = (
        "authentication.phoneMethods.mobile",
        "authentication.phoneMethods.alternateMobile",
    );
    let mut operations = vec![operation(0, 0), method(1, 0, mobile), method(2, 0, alternate)];
    operations.extend((1..7).map(|user| method(2 + u32::from(user), user, mobile)));
    operations.push(operation(9, 9));
    let sizes: Vec<Vec<usize>> = pack(ApprovedOperations::from_journal(operations))
        .iter()
        .map(|stage| {
            stage
                .batches()
                .iter()
                .map(|batch| batch.operations().len())
                .collect()
        })
        .collect();
    assert_eq!(sizes, [vec![2], vec![5, 2], vec![1]]);
}

#[test]
fn only_what_is_still_to_be_done_is_left_of_a_journal() {
    let all =
        ApprovedOperations::from_journal((0..5).map(|number| operation(number, number as u8)).collect());
    let left = all.without(
        &[
            OperationNumber(0),
            OperationNumber(2),
            OperationNumber(4),
            OperationNumber(99),
        ]
        .into(),
    );
    let numbers: Vec<u32> = left
        .as_slice()
        .iter()
        .map(|operation| operation.number.0)
        .collect();
    assert_eq!(numbers, [1, 3]);
}

#[test]
fn an_operation_with_fewer_attributes_still_sends_both_leaves() {
    let whole = patch(
        vec![set("jobTitle"), set(DIVISION)],
        vec![companion(COST_CENTER, "42")],
    );
    let leaf = whole.keeping(|change| change.attribute.name == DIVISION).unwrap();
    assert_eq!(companions(&leaf), [(COST_CENTER, text("42"))]);
    let other = whole
        .keeping(|change| change.attribute.name == "jobTitle")
        .unwrap();
    assert_eq!(companions(&other), []);
    assert_eq!(whole.keeping(|_| false), None);
    assert_eq!(whole.keeping(|_| true), Some(whole.clone()));

    let both = patch(vec![set(DIVISION), set(COST_CENTER)], Vec::new());
    let one = both.keeping(|change| change.attribute.name == DIVISION).unwrap();
    assert_eq!(companions(&one), [(COST_CENTER, text("before"))]);
    assert_eq!(relation(1).keeping(|_| true), Some(relation(1)));
    assert_eq!(relation(1).keeping(|_| false), None);
}

#[test]
fn after_a_fresh_look_a_leaf_travels_along_with_the_value_it_has_now() {
    let both = patch(vec![set(DIVISION), set(COST_CENTER)], Vec::new());
    for now in ["after", "moved by somebody"] {
        let left = both
            .keeping(|change| change.attribute.name == DIVISION)
            .unwrap()
            .with_companions_of(|_| Some(text(now)));
        assert_eq!(names(&left), [DIVISION]);
        assert_eq!(companions(&left), [(COST_CENTER, text(now))]);
    }
    let whole = patch(vec![set(DIVISION)], vec![companion(COST_CENTER, "42")]);
    let left = whole.clone().with_companions_of(|_| Some(text("43")));
    assert_eq!(companions(&left), [(COST_CENTER, text("43"))]);
    assert_eq!(left.changes(), whole.changes());
    assert_eq!(whole.clone().with_companions_of(|_| None), whole);
}

#[test]
fn a_fresh_look_tells_to_send_already_there_and_moved() {
    let wish = set("jobTitle");
    assert_eq!(reconcile(&wish, &text("before")), Standing::ToSend);
    assert_eq!(reconcile(&wish, &text("after")), Standing::AlreadyThere);
    assert_eq!(reconcile(&wish, &text("else")), Standing::Moved(text("else")));
    assert_eq!(reconcile(&wish, &Value::Empty), Standing::Moved(Value::Empty));
    let mail = change("mail", text("A@x.nl"), text("b@x.nl"));
    assert_eq!(reconcile(&mail, &text("a@x.nl")), Standing::ToSend);
    assert_eq!(reconcile(&mail, &text("B@X.nl")), Standing::AlreadyThere);
    let clear = change("jobTitle", text("x"), Value::Empty);
    assert_eq!(reconcile(&clear, &text("")), Standing::AlreadyThere);
}

#[test]
fn the_attribute_the_service_names_is_parted_from_the_rest() {
    let operation = patch(
        vec![
            set("jobTitle"),
            set("onPremisesExtensionAttributes.extensionAttribute7"),
            set("city"),
        ],
        Vec::new(),
    );
    for target in [
        "extensionAttribute7",
        "onPremisesExtensionAttributes",
        "onPremisesExtensionAttributes.extensionAttribute7",
    ] {
        let (rest, suspect) = part(&operation, &refusal(400, Some(target))).unwrap();
        assert_eq!(names(&rest), ["jobTitle", "city"]);
        assert_eq!(
            names(&suspect),
            ["onPremisesExtensionAttributes.extensionAttribute7"]
        );
    }
}

#[test]
fn a_refusal_of_rights_parts_the_sensitive_attributes() {
    let operation = patch(
        vec![set("mobilePhone"), set("jobTitle"), set("otherMails")],
        Vec::new(),
    );
    let (rest, suspect) = part(&operation, &refusal(403, None)).unwrap();
    assert_eq!(names(&rest), ["jobTitle"]);
    assert_eq!(names(&suspect), ["mobilePhone", "otherMails"]);
    let (first, second) = part(&suspect, &refusal(403, None)).unwrap();
    assert_eq!(
        (names(&first), names(&second)),
        (vec!["mobilePhone"], vec!["otherMails"])
    );
    let (half, _) = part(&operation, &refusal(400, None)).unwrap();
    assert_eq!(names(&half), ["mobilePhone", "jobTitle"]);
}

#[test]
fn the_leaves_of_one_parent_stay_together() {
    let operation = patch(vec![set(DIVISION), set("jobTitle"), set(COST_CENTER)], Vec::new());
    for target in [Some("division"), Some("employeeOrgData"), None] {
        let (one, other) = part(&operation, &refusal(400, target)).unwrap();
        let (leaves, rest) = if names(&one).contains(&DIVISION) {
            (one, other)
        } else {
            (other, one)
        };
        assert_eq!(names(&leaves), [DIVISION, COST_CENTER]);
        assert_eq!(names(&rest), ["jobTitle"]);
        assert_eq!(companions(&leaves), []);
        assert_eq!(part(&leaves, &refusal(400, Some("division"))), None);
    }
    let lone = patch(
        vec![set("jobTitle"), set(DIVISION)],
        vec![companion(COST_CENTER, "42")],
    );
    let (rest, leaf) = part(&lone, &refusal(400, Some(DIVISION))).unwrap();
    assert_eq!(companions(&rest), []);
    assert_eq!(companions(&leaf), [(COST_CENTER, text("42"))]);
}

#[test]
fn only_a_refusal_of_the_content_is_operated_on() {
    let operation = patch(vec![set("jobTitle"), set("city")], Vec::new());
    for status in [0, 401, 404, 409, 412, 429, 500, 503] {
        assert_eq!(part(&operation, &refusal(status, Some("city"))), None, "{status}");
    }
    assert_eq!(part(&relation(1), &refusal(400, Some("manager"))), None);
    let named_nowhere = part(&operation, &refusal(400, Some("elsewhere"))).unwrap();
    assert_eq!(names(&named_nowhere.1), ["city"]);
}

#[test]
fn an_outcome_is_final_unless_resume_can_still_do_something() {
    for (outcome, done, last) in [
        (Outcome::Accepted, true, true),
        (Outcome::already_there(false), true, true),
        (
            Outcome::Refused {
                refusal: refusal(400, None),
            },
            false,
            true,
        ),
        (Outcome::Moved { live: Value::Empty }, false, true),
        (
            Outcome::NotSent {
                reason: "stopped".to_owned(),
            },
            false,
            false,
        ),
        (
            Outcome::InDoubt {
                reason: "timeout".to_owned(),
            },
            false,
            false,
        ),
    ] {
        assert_eq!(
            (outcome.is_done(), outcome.is_final()),
            (done, last),
            "{outcome:?}"
        );
    }
    for status in RowStatus::ALL {
        assert_eq!(
            serde_json::to_string(&status).unwrap(),
            format!("\"{}\"", status.as_str())
        );
        assert_eq!(
            status.needs_work(),
            !matches!(status, RowStatus::Updated | RowStatus::Unchanged)
        );
    }
}

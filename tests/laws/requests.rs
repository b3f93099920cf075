//! From an approved plan to requests: every change exactly once, whatever the service refuses.

use std::collections::{HashMap, HashSet};

use dirsheet::catalogue::{self, Attribute, PatchPlace, WriteRule};
use dirsheet::domain::{
    Action, ApprovedOperations, Change, Companion, Limit, Limits, Operation, OperationNumber, Permission,
    Refusal, UserId, Value, pack, part,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::config;
use crate::model::*;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_operation_is_packed_once_and_no_user_is_twice_in_flight(users in prop::collection::vec(0usize..40, 0..200)) {
        let operations: Vec<Operation> = users
            .iter()
            .zip(0..)
            .map(|(user, number)| operation(number, *user, vec![change("jobTitle")], Vec::new()))
            .collect();
        let stages = pack(ApprovedOperations::from_journal(operations.clone()));
        let mut packed = HashSet::new();
        let mut last_stage: HashMap<UserId, (usize, OperationNumber)> = HashMap::new();
        for (at, stage) in stages.iter().enumerate() {
            let mut in_stage = HashSet::new();
            for batch in stage.batches() {
                prop_assert!((1..=20).contains(&batch.operations().len()));
                for operation in batch.operations() {
                    prop_assert!(in_stage.insert(operation.user));
                    prop_assert!(packed.insert(operation.number));
                    prop_assert_eq!(operation, &operations[operation.number.0 as usize]);
                    if let Some((stage, number)) = last_stage.insert(operation.user, (at, operation.number)) {
                        prop_assert!(stage < at && number < operation.number);
                    }
                }
            }
        }
        prop_assert_eq!(packed.len(), operations.len());
    }

    #[test]
    fn an_approved_plan_sends_every_change_once(people in people(), touches in touches()) {
        let exported = export(&people);
        let (plan, _) = plan(&touched(exported.clone(), &touches), Some(&exported), &people);
        let mut limits = Limits::default();
        limits.users.value = Limit::Users(u64::MAX);
        limits.allowed = Permission::NAMES.map(|(_, permission)| permission).to_vec();
        // How many people share a value is no matter for this law.
        limits.clears.value = Limit::Users(u64::MAX);
        limits.same_value_individual.value = Limit::Users(u64::MAX);
        limits.same_value_shared.value = Limit::Users(u64::MAX);
        limits.enables.value = Limit::Users(u64::MAX);
        limits.members.value = Limit::Users(u64::MAX);
        let expected = as_set(&plan);
        let requests = plan.summary().requests;
        let Ok(approved) = plan.approve(&limits, true, true) else {
            return Err(TestCaseError::fail("not approved"));
        };
        let operations = approved.operations().into_vec();
        prop_assert_eq!(operations.len() as u64, requests);
        let mut sent: Vec<String> = operations
            .iter()
            .flat_map(|operation| operation.changes().iter().map(|change| {
                format!("{} {} {:?} {:?}", operation.user, change.attribute.name, change.before, change.after)
            }))
            .collect();
        sent.sort();
        prop_assert_eq!(sent, expected);
    }

    #[test]
    fn surgery_keeps_every_change_once_and_comes_to_an_end(
        names in subsequence(patched(), 1..patched().len()),
        statuses in prop::collection::vec((select(vec![400u16, 403]), prop::option::of(0usize..40)), 1..8),
    ) {
        let changes: Vec<Change> = names.iter().map(|name| change(name)).collect();
        let org: Vec<&str> = names.iter().copied().filter(|name| is_org_data(name)).collect();
        let companions = match org.as_slice() {
            [one] => vec![Companion { attribute: sibling(one), value: text("kept") }],
            _ => Vec::new(),
        };
        let whole = operation(0, 0, changes, companions);
        let mut open = vec![whole.clone()];
        let mut done: Vec<Operation> = Vec::new();
        let mut turns = 0;
        while let Some(next) = open.pop() {
            let (status, target) = statuses[turns % statuses.len()];
            turns += 1;
            prop_assert!(turns <= 2 * names.len());
            let target = target.and_then(|at| names.get(at)).map(|name| (*name).to_owned());
            match part(&next, &refusal(status, target)) {
                Some((first, second)) => open.extend([second, first]),
                None => done.push(next),
            }
        }
        let mut left: Vec<&str> =
            done.iter().flat_map(|operation| operation.changes().iter().map(|change| change.attribute.name)).collect();
        left.sort_unstable();
        let mut all = names.clone();
        all.sort_unstable();
        prop_assert_eq!(left, all);
        for part in &done {
            let Action::Patch { changes, companions } = &part.action else {
                return Err(TestCaseError::fail("a PATCH became something else"));
            };
            let leaves = changes.iter().filter(|change| is_org_data(change.attribute.name)).count();
            prop_assert!(changes.len() == 1 || leaves == changes.len(), "a refused part has one thing in it");
            prop_assert_eq!(leaves + companions.len(), if leaves > 0 { 2 } else { 0 });
            prop_assert!(companions.iter().all(|companion| companion.value == text("kept")));
        }
    }
}

fn change(name: &str) -> Change {
    Change {
        attribute: attribute(name),
        before: Value::Empty,
        after: text("after"),
    }
}

fn operation(number: u32, user: usize, changes: Vec<Change>, companions: Vec<Companion>) -> Operation {
    Operation {
        number: OperationNumber(number),
        user: id(user),
        upn: upn(user),
        row: 2,
        action: Action::Patch { changes, companions },
    }
}

fn refusal(status: u16, target: Option<String>) -> Refusal {
    Refusal {
        status,
        code: String::new(),
        message: String::new(),
        target,
        request_id: None,
        hint: String::new(),
    }
}

/// Everything that travels in the body of a PATCH.
fn patched() -> Vec<&'static str> {
    catalogue::all()
        .filter(|attribute| matches!(attribute.write, WriteRule::MainPatch(_)))
        .map(|attribute| attribute.name)
        .collect()
}

fn sibling(name: &str) -> &'static Attribute {
    catalogue::all()
        .find(|attribute| {
            matches!(
                attribute.write,
                WriteRule::MainPatch(PatchPlace::WholeParent { .. })
            ) && attribute.name != name
        })
        .unwrap()
}

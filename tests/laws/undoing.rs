//! Taking a run back: every cell it wrote and nobody else touched is as before, and no other cell is touched.

use std::collections::{BTreeSet, HashMap};

use dirsheet::domain::{
    ChangeOutcome, ConflictPolicy, Freshness, Limit, Limits, Operation, OperationResult, Outcome, Permission,
    Refusal, Undo, UndoRow, Value, WrittenOperation, build_undo, cell_of, irreversible, same,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::config;
use crate::model::*;

/// What became of a change of the run.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Accepted,
    Confirmed,
    NotVisible,
    Refused,
    InDoubtAndStored,
    InDoubtAndNot,
}

impl Fate {
    const ALL: [Fate; 6] = [
        Fate::Accepted,
        Fate::Confirmed,
        Fate::NotVisible,
        Fate::Refused,
        Fate::InDoubtAndStored,
        Fate::InDoubtAndNot,
    ];

    fn is_stored(self) -> bool {
        !matches!(self, Fate::Refused | Fate::InDoubtAndNot)
    }

    fn outcome(self) -> Outcome {
        match self {
            Fate::Accepted => Outcome::Accepted,
            Fate::Confirmed => Outcome::Confirmed,
            Fate::NotVisible => Outcome::NotVisible,
            Fate::InDoubtAndStored | Fate::InDoubtAndNot => Outcome::InDoubt {
                reason: String::new(),
            },
            Fate::Refused => Outcome::Refused {
                refusal: Refusal {
                    status: 400,
                    code: "Request_BadRequest".to_owned(),
                    message: String::new(),
                    target: None,
                    request_id: None,
                    hint: String::new(),
                },
            },
        }
    }
}

/// The operations of a run that nothing held back.
fn operations(sheet: &Sheet, exported: &Sheet, people: &People) -> Vec<Operation> {
    let mut limits = Limits::default();
    limits.users.value = Limit::Users(u64::MAX);
    limits.clears.value = Limit::Users(u64::MAX);
    limits.same_value_individual.value = Limit::Users(u64::MAX);
    limits.same_value_shared.value = Limit::Users(u64::MAX);
    limits.enables.value = Limit::Users(u64::MAX);
    limits.members.value = Limit::Users(u64::MAX);
    limits.allowed = Permission::NAMES.map(|(_, permission)| permission).to_vec();
    let (plan, _) = plan(sheet, Some(exported), people);
    plan.approve(&limits, true, true).unwrap().operations().into_vec()
}

/// A result in which every change met its fate, and the whole as an undo sees it.
fn taken_back(
    operations: &[Operation],
    fates: &HashMap<(usize, &'static str), Fate>,
    freshness: &Freshness,
) -> Undo {
    let mut written = HashMap::new();
    let mut rows: Vec<UndoRow> = Vec::new();
    for operation in operations {
        let outcomes = operation.changes().iter().map(|change| ChangeOutcome {
            attribute: change.attribute,
            outcome: fates[&(number_of(operation.user), change.attribute.name)].outcome(),
        });
        let result = OperationResult {
            number: operation.number,
            outcomes: outcomes.collect(),
            request_id: None,
            finished_at: jiff::Timestamp::UNIX_EPOCH,
            made: None,
        };
        written.insert(
            operation.number,
            WrittenOperation::of(operation, Some(&result), true, freshness),
        );
        match rows.iter_mut().find(|row| row.user == Some(operation.user)) {
            Some(row) => row.operations.push(operation.number),
            None => rows.push(UndoRow {
                row: operation.row,
                line: operation.row,
                cells: Vec::new().into(),
                user: Some(operation.user),
                label: operation.upn.clone(),
                operations: vec![operation.number],
                writes: None,
            }),
        }
    }
    Undo { rows, written }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_undo_restores_every_cell_that_nobody_else_touched_and_touches_no_other(
        people in people(),
        touches in touches(),
        noise in touches(),
        luck in prop::collection::vec(select(Fate::ALL.to_vec()), 1..20),
        policy in select(vec![ConflictPolicy::Stop, ConflictPolicy::Skip]),
        fresh in any::<bool>(),
    ) {
        let exported = export(&people);
        let operations = operations(&touched(exported.clone(), &touches), &exported, &people);
        let mut fates = HashMap::new();
        let mut live = people.clone();
        for operation in &operations {
            for change in operation.changes() {
                let fate = luck[fates.len() % luck.len()];
                fates.insert((number_of(operation.user), change.attribute.name), fate);
                if fate.is_stored() {
                    live[number_of(operation.user)].values.insert(change.attribute.name, change.after.clone());
                }
            }
        }
        // Somebody else goes on working meanwhile.
        for (row, column, cell) in &noise {
            let (person, name) = (row % people.len(), COLUMNS[*column]);
            if name != "userPrincipalName" && matches!(live[person].values[name], Value::Text(_)) {
                live[person].values.insert(name, text(cell.clone()));
            }
        }
        // The run wrote at the epoch.
        let mut freshness = Freshness {
            since: if fresh { jiff::Timestamp::UNIX_EPOCH } else { jiff::Timestamp::MAX },
            put_back: HashMap::new(),
        };
        let undo = taken_back(&operations, &fates, &freshness);
        let binding = plan(&exported, Some(&exported), &people).0.binding().clone();
        let back = build_undo(binding.clone(), &undo, &directory(&live), policy);
        // Where the read showed the former value of a fresh write, the server was behind.
        let mut hidden = live.clone();
        for (user, change) in back.changes() {
            let value = hidden[number_of(user.user)].values.get_mut(change.attribute.name).unwrap();
            if fresh && same(change.attribute, value, &change.after) {
                *value = change.before.clone();
            }
        }
        let after = apply(&back, &hidden);

        let mut mine = BTreeSet::new();
        for (operation, change) in operations.iter().flat_map(|operation| {
            operation.changes().iter().map(move |change| (operation, change))
        }) {
            let (person, name) = (number_of(operation.user), change.attribute.name);
            let now = &live[person].values[name];
            let is_mine = fates[&(person, name)] != Fate::Refused && same(change.attribute, &change.after, now);
            let restored = &after[person].values[name];
            // A former manager who is gone cannot be set again.
            let is_gone = matches!(&change.before, Value::Reference(former) if !(0..people.len()).any(|number| id(number) == former.id));
            if is_mine && !is_gone && irreversible(change).is_none() {
                mine.insert((person, name));
                prop_assert!(same(change.attribute, restored, &change.before), "{} {:?} {:?}", name, change, restored);
            } else {
                let is_as_before = same(change.attribute, &change.before, now);
                let again = back.changes().any(|(user, one)| user.user == operation.user && one.attribute == change.attribute);
                if again {
                    mine.insert((person, name));
                    prop_assert!(same(change.attribute, restored, now), "{} {:?}", name, change);
                    prop_assert!(fresh && is_as_before && fates[&(person, name)] != Fate::Refused, "{} {:?}", name, change);
                } else {
                    prop_assert_eq!(restored, now, "{} {:?}", name, change);
                    let hidden = fresh && is_as_before && fates[&(person, name)] != Fate::Refused;
                    prop_assert!(!hidden || is_gone || irreversible(change).is_some(), "{} {:?}", name, change);
                }
                let disputed = back.conflicts().iter().any(|conflict| {
                    conflict.user == operation.user && conflict.attribute == change.attribute
                });
                let expected = fates[&(person, name)] != Fate::Refused && !is_mine && !is_as_before;
                prop_assert_eq!(disputed, expected, "{} {:?} {:?}", name, change, now);
            }
        }
        for (person, values) in live.iter().map(|person| &person.values).enumerate() {
            for (name, value) in values.iter().filter(|(name, _)| !mine.contains(&(person, **name))) {
                prop_assert_eq!(&after[person].values[name], value, "{} of {}", name, person);
            }
        }
        // And a second undo finds nothing to do: what shows the former value was put back by the first.
        for (user, change) in back.changes() {
            let second = jiff::Timestamp::from_second(1).unwrap();
            freshness.put_back.insert(cell_of(user.user, change), second);
        }
        let undo = taken_back(&operations, &fates, &freshness);
        let again = build_undo(binding, &undo, &directory(&after), policy);
        prop_assert_eq!(as_set(&again), Vec::<String>::new());
    }
}

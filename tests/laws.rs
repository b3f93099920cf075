//! The laws of the road from a sheet to a plan, held against random people, sheets and edits.
//!
//! The directory is a plain table here, and what should happen is said by the simplest model that could be right.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use dirsheet::catalogue::{self, Attribute, PatchPlace, WriteRule};
use dirsheet::domain::{
    Action, ApprovedOperations, Base, BaseRow, Change, CheckOptions, CheckedRow, ColumnRole, Columns,
    Companion, ConflictPolicy, Directory, Limit, Limits, Operation, OperationNumber, ParsedRow, Plan,
    PlanBinding, RawRow, Reference, Refusal, Severity, SheetColumn, UserId, UserState, Value, build_plan,
    inspect, merge, pack, part, same,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::Config;

/// The columns of every sheet here: each kind of value, and each way of writing.
const COLUMNS: [&str; 23] = [
    "id",
    "userPrincipalName",
    "displayName",
    "jobTitle",
    "employeeId",
    "mobilePhone",
    "businessPhones",
    "otherMails",
    "mail",
    "usageLocation",
    "preferredLanguage",
    "accountEnabled",
    "employeeHireDate",
    "passwordPolicies",
    "employeeOrgData.division",
    "employeeOrgData.costCenter",
    "onPremisesExtensionAttributes.extensionAttribute1",
    "streetAddress",
    "ageGroup",
    "userType",
    "manager",
    "createdDateTime",
    "identities",
];

/// Text that has broken somebody's program before, and what people type.
const TEXTS: [&str; 44] = [
    "Chef",
    "chef",
    "Cook",
    "Sous-chef, nights",
    "Zoë",
    "Zoe\u{308}",
    "O'Neil; Ltd",
    "a; b",
    "Εσωτερικός",
    "山田太郎",
    "שלום",
    "🧑‍🍳",
    " padded ",
    "Jan\u{a0}Smit",
    "Jan Smit",
    "007",
    "7",
    "+31612345678",
    "31612345678",
    "1,000",
    "1000",
    "1",
    "1-2",
    "1-feb",
    "2024-01-05",
    "5-1-2024",
    "true",
    "TRUE",
    "WAAR",
    "=1+1",
    "2",
    "#NAME?",
    "N/A",
    "-",
    "NULL",
    "Null",
    "line\nbreak",
    "line\r\nbreak",
    "tab\there",
    "\u{202e}evil",
    "\u{200b}",
    "1.23457E+11",
    "123456789012",
    "x\u{fffd}",
];

const NAMES: [&str; 8] = [
    "user0@example.com",
    "USER1@Example.com",
    "user5@example.com",
    "new@example.com",
    "NEW@example.com",
    "other@example.com",
    "nobody",
    "",
];

fn attribute(name: &str) -> &'static Attribute {
    catalogue::by_name(name).unwrap()
}

fn attributes() -> Columns {
    COLUMNS.map(attribute).to_vec().into()
}

fn id(number: usize) -> UserId {
    UserId::parse(&format!("00000000-0000-4000-8000-{number:012x}")).unwrap()
}

fn upn(number: usize) -> String {
    format!("user{number}@example.com")
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

/// A person of the model: values by the attribute's name, and whether Active Directory has a say.
#[derive(Debug, Clone, PartialEq)]
struct Person {
    values: BTreeMap<&'static str, Value>,
    synced: Option<bool>,
}

type People = Vec<Person>;

fn nasty() -> BoxedStrategy<String> {
    prop_oneof![
        8 => select(TEXTS.to_vec()).prop_map(str::to_owned),
        1 => "[ -~]{1,12}",
        1 => "\\PC{1,8}",
        1 => "[0-9+(). ,/E-]{1,9}",
    ]
    .prop_filter("means clearing", |text| {
        !text.trim().eq_ignore_ascii_case("<clear>")
    })
    .boxed()
}

fn maybe(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    prop_oneof![1 => Just(Value::Empty), 4 => value].boxed()
}

/// What the directory may hold in a column, whether our rules would let it in or not.
fn live_value(name: &'static str, people: usize) -> BoxedStrategy<Value> {
    let one_of = |words: &[&'static str]| maybe(select(words.to_vec()).prop_map(text));
    match name {
        "accountEnabled" => any::<bool>().prop_map(Value::Boolean).boxed(),
        "usageLocation" => one_of(&["NL", "nl", "GB", "ZZ"]),
        "preferredLanguage" => one_of(&["nl-NL", "en-us", "de", "Dutch"]),
        "employeeHireDate" | "createdDateTime" => one_of(&[
            "2026-06-05T00:00:00Z",
            "2024-02-29T12:30:00.5Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T00:00:00Z",
        ]),
        "passwordPolicies" => one_of(&[
            "None",
            "DisableStrongPassword",
            "DisableStrongPassword,DisablePasswordExpiration",
        ]),
        "ageGroup" => one_of(&["Minor", "NotAdult", "adult"]),
        "userType" => one_of(&["Member", "guest"]),
        "mail" => one_of(&["Jan@Example.com", "jan@example.com", "SMTP:x@y.nl", "no address"]),
        "otherMails" => maybe(
            prop::collection::vec(select(vec!["a@x.nl", "B@x.nl", "b@x.nl", "bad; one"]), 1..4)
                .prop_map(|items| Value::list(items.into_iter().map(str::to_owned).collect())),
        ),
        "businessPhones" => maybe(nasty().prop_map(|phone| Value::list(vec![phone]))),
        "manager" => maybe((0..people + 2).prop_map(|number| {
            Value::Reference(Reference {
                id: id(number),
                upn: (number <= 5).then(|| upn(number)),
            })
        })),
        "identities" => one_of(&["[{\"issuer\":\"x\"}]"]),
        _ => maybe(nasty().prop_map(text)),
    }
}

/// What somebody may put into a cell.
fn cell_text(name: &'static str) -> BoxedStrategy<String> {
    let words: &[&'static str] = match name {
        "userPrincipalName" | "manager" => &NAMES,
        "accountEnabled" => &["true", "FALSE", "waar", "onwaar", "1", ""],
        "usageLocation" => &["NL", "nl", "be", "UK", "Netherlands", ""],
        "preferredLanguage" => &["nl-nl", "EN-US", "Dutch", ""],
        "employeeHireDate" | "createdDateTime" => &[
            "2026-06-05",
            "2026-06-05T02:00:00+02:00",
            "5-6-2026",
            "2024-02-29T12:30:00.500Z",
            "46178",
            "",
        ],
        "passwordPolicies" => &[
            "none",
            "DisablePasswordExpiration;disableStrongPassword",
            "DisableStrongPassword",
            "",
        ],
        "ageGroup" | "userType" => &["minor", "Adult", "GUEST", "Member", "x", ""],
        "mail" | "otherMails" => &[
            "jan@example.com",
            "b@X.nl; a@x.nl",
            "new@x.nl",
            ";",
            "a@x.nl,b@x.nl",
            "",
        ],
        _ => &["", "<clear>", "<CLEAR>", " ", "Chef", "Breda"],
    };
    prop_oneof![3 => select(words.to_vec()).prop_map(str::to_owned), 2 => nasty()].boxed()
}

fn person(number: usize, people: usize) -> impl Strategy<Value = Person> {
    let values: Vec<_> = COLUMNS[2..].iter().map(|name| live_value(name, people)).collect();
    (values, select(vec![None, None, Some(false), Some(true)])).prop_map(move |(values, synced)| {
        let mut values: BTreeMap<&'static str, Value> = COLUMNS[2..].iter().copied().zip(values).collect();
        values.insert("id", text(id(number).to_string()));
        values.insert("userPrincipalName", text(upn(number)));
        Person { values, synced }
    })
}

fn people() -> impl Strategy<Value = People> {
    (1usize..5).prop_flat_map(|count| (0..count).map(|number| person(number, count)).collect::<Vec<_>>())
}

/// A cell that somebody changes: whose, which, to what.
type Touch = (usize, usize, String);

fn touches() -> impl Strategy<Value = Vec<Touch>> {
    prop::collection::vec(
        (0usize..5, 1..COLUMNS.len())
            .prop_flat_map(|(row, column)| (Just(row), Just(column), cell_text(COLUMNS[column]))),
        0..12,
    )
}

type Sheet = Vec<Vec<String>>;

/// The cells as an export writes them.
fn export(people: &People) -> Sheet {
    people
        .iter()
        .map(|person| COLUMNS.iter().map(|name| person.values[name].to_cell()).collect())
        .collect()
}

fn touched(mut sheet: Sheet, touches: &[Touch]) -> Sheet {
    let rows = sheet.len();
    for (row, column, cell) in touches {
        sheet[row % rows][*column] = cell.clone();
    }
    sheet
}

fn directory(people: &People) -> Directory {
    let columns = attributes();
    let mut directory = Directory::new(columns.clone());
    for (number, person) in people.iter().enumerate() {
        directory.insert(UserState {
            id: id(number),
            upn: person.values["userPrincipalName"].to_cell(),
            synced: person.synced,
            restricted: false,
            agent: false,
            values: columns
                .iter()
                .map(|column| person.values[column.name].clone())
                .collect(),
        });
    }
    directory.set_users_total(people.len() as u64);
    directory
}

/// The rows of a sheet with these columns, each with the base of the user its id names.
fn check(names: &[&str], sheet: &Sheet, base: Option<&Sheet>) -> Vec<CheckedRow> {
    let columns: Vec<SheetColumn> = names
        .iter()
        .map(|name| SheetColumn {
            header: (*name).to_owned(),
            role: ColumnRole::Attribute(attribute(name)),
        })
        .collect();
    let exported: Arc<[String]> = COLUMNS.map(str::to_owned).to_vec().into();
    let bases: HashMap<&str, &Vec<String>> = base
        .into_iter()
        .flatten()
        .map(|row| (row[0].as_str(), row))
        .collect();
    (2..)
        .zip(sheet)
        .map(|(row, cells)| {
            let parsed = ParsedRow::read(
                RawRow {
                    line: row,
                    row,
                    cells: cells.clone(),
                },
                &columns,
            );
            let base = match bases.get(cells[0].as_str()) {
                Some(cells) => Base::Row(BaseRow::new(exported.clone(), (*cells).clone())),
                None => Base::None,
            };
            CheckedRow::check(parsed, &columns, base, &CheckOptions::default())
        })
        .collect()
}

fn plan_of(rows: &mut [CheckedRow], people: &People, policy: ConflictPolicy) -> Plan {
    let binding = PlanBinding {
        tenant: "contoso".to_owned(),
        graph_url: "https://graph.microsoft.com".to_owned(),
        sheet_name: "users.csv".to_owned(),
        sheet_sha256: String::new(),
        snapshots: Vec::new(),
        catalogue: catalogue::VERSION,
    };
    build_plan(binding, rows, 0, &directory(people), policy)
}

fn plan(sheet: &Sheet, base: Option<&Sheet>, people: &People) -> (Plan, Vec<CheckedRow>) {
    let mut rows = check(&COLUMNS, sheet, base);
    let plan = plan_of(&mut rows, people, ConflictPolicy::Stop);
    (plan, rows)
}

fn number_of(user: UserId) -> usize {
    (0..10).find(|number| id(*number) == user).unwrap()
}

/// The directory after the plan: what is sent is stored, and a leaf of a whole parent that is not sent is emptied.
fn apply(plan: &Plan, people: &People) -> People {
    let mut after = people.clone();
    for user in plan.users() {
        let values = &mut after[number_of(user.user)].values;
        for Change {
            attribute,
            before,
            after,
        } in &user.changes
        {
            assert_eq!(
                &values[attribute.name], before,
                "a plan says truly what stood there"
            );
            values.insert(attribute.name, after.clone());
        }
        if user
            .changes
            .iter()
            .any(|change| is_org_data(change.attribute.name))
        {
            let sent = |name: &str| {
                let changed = user.changes.iter().find(|change| change.attribute.name == name);
                let along = user
                    .companions
                    .iter()
                    .find(|companion| companion.attribute.name == name);
                changed
                    .map(|change| change.after.clone())
                    .or_else(|| along.map(|companion| companion.value.clone()))
            };
            for leaf in ["employeeOrgData.division", "employeeOrgData.costCenter"] {
                values.insert(leaf, sent(leaf).unwrap_or(Value::Empty));
            }
        }
    }
    after
}

fn is_org_data(name: &str) -> bool {
    name.starts_with("employeeOrgData.")
}

/// The changes as a set that does not know the order of rows and columns.
fn as_set(plan: &Plan) -> Vec<String> {
    let mut changes: Vec<String> = plan
        .changes()
        .map(|(user, change)| {
            format!(
                "{} {} {:?} {:?}",
                user.user, change.attribute.name, change.before, change.after
            )
        })
        .collect();
    changes.sort();
    changes
}

fn config() -> Config {
    Config {
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_untouched_export_asks_for_nothing(people in people()) {
        let sheet = export(&people);
        let (with_base, rows) = plan(&sheet, Some(&sheet), &people);
        prop_assert!(with_base.is_empty() && with_base.withheld().is_empty() && with_base.conflicts().is_empty());
        for row in &rows {
            prop_assert_eq!(row.findings(), &[]);
        }
        prop_assert_eq!(with_base.summary().unchanged_rows, people.len() as u64);
        let (without_base, _) = plan(&sheet, None, &people);
        prop_assert_eq!(as_set(&without_base), Vec::<String>::new());
    }

    #[test]
    fn an_untouched_export_asks_for_nothing_whatever_happened_since(before in people(), noise in touches()) {
        let sheet = export(&before);
        let mut after = before.clone();
        for (row, column, cell) in &noise {
            let name = COLUMNS[*column];
            let person = row % before.len();
            if name != "userPrincipalName" && matches!(after[person].values[name], Value::Text(_)) {
                after[person].values.insert(name, text(cell.clone()));
            }
        }
        let (plan, rows) = plan(&sheet, Some(&sheet), &after);
        prop_assert!(plan.is_empty() && plan.conflicts().is_empty());
        prop_assert!(rows.iter().all(|row| row.findings().is_empty()));
    }

    #[test]
    fn an_applied_plan_leaves_nothing_to_do(people in people(), touches in touches()) {
        let exported = export(&people);
        let sheet = touched(exported.clone(), &touches);
        let (first, _) = plan(&sheet, Some(&exported), &people);
        prop_assert_eq!(first.conflicts(), &[]);
        let after = apply(&first, &people);
        let (again, _) = plan(&sheet, Some(&exported), &after);
        // A manager's new name that was unknown at first is known once the rename is done.
        let renamed = first.changes().any(|(_, change)| change.attribute.name == "userPrincipalName");
        for (_, change) in again.changes() {
            prop_assert!(renamed && change.attribute.name == "manager", "{:?}", change);
        }
        let (fresh, rows) = plan(&export(&after), Some(&export(&after)), &after);
        prop_assert!(fresh.is_empty() && rows.iter().all(|row| row.findings().is_empty()));
    }

    #[test]
    fn an_applied_foreign_sheet_leaves_nothing_to_do(people in people(), touches in touches()) {
        let sheet = touched(export(&people), &touches);
        let (first, _) = plan(&sheet, None, &people);
        let after = apply(&first, &people);
        let (again, _) = plan(&sheet, None, &after);
        prop_assert_eq!(as_set(&again), Vec::<String>::new());
    }

    #[test]
    fn only_cells_that_a_person_changed_are_written(people in people(), touches in touches()) {
        let exported = export(&people);
        let sheet = touched(exported.clone(), &touches);
        let (first, _) = plan(&sheet, Some(&exported), &people);
        for (user, change) in first.changes() {
            let column = COLUMNS.iter().position(|name| *name == change.attribute.name).unwrap();
            let row = number_of(user.user);
            prop_assert_ne!(&sheet[row][column], &exported[row][column]);
            prop_assert!(change.attribute.is_writable());
            prop_assert!(!same(change.attribute, &change.before, &change.after));
            prop_assert_eq!(change.is_clear(), says_clear(&sheet[row][column]));
        }
        let after = apply(&first, &people);
        for (row, person) in people.iter().enumerate() {
            for (column, name) in COLUMNS.iter().enumerate() {
                if sheet[row][column] == exported[row][column] {
                    prop_assert_eq!(&after[row].values[name], &person.values[name], "{}", name);
                }
            }
        }
    }

    #[test]
    fn a_blank_cell_without_a_base_changes_nothing(people in people(), blanks in touches()) {
        let blanks: Vec<Touch> = blanks.into_iter().map(|(row, column, _)| (row, column, String::new())).collect();
        let (plan, _) = plan(&touched(export(&people), &blanks), None, &people);
        prop_assert_eq!(as_set(&plan), Vec::<String>::new());
    }

    #[test]
    fn the_order_of_rows_and_the_presence_of_other_columns_do_not_matter(
        people in people(),
        touches in touches(),
        kept in subsequence((2..COLUMNS.len()).collect::<Vec<_>>(), 0..COLUMNS.len() - 2),
        backwards in any::<bool>(),
        with_base in any::<bool>(),
    ) {
        let exported = export(&people);
        let sheet = touched(exported.clone(), &touches);
        let base = with_base.then_some(&exported);
        let (whole, _) = plan(&sheet, base, &people);
        let mut columns = vec![0, 1];
        columns.extend(&kept);
        if backwards {
            columns[1..].reverse();
        }
        let names: Vec<&str> = columns.iter().map(|column| COLUMNS[*column]).collect();
        let mut part: Sheet = sheet
            .iter()
            .map(|row| columns.iter().map(|column| row[*column].clone()).collect())
            .collect();
        part.reverse();
        let mut rows = check(&names, &part, base);
        let few = plan_of(&mut rows, &people, ConflictPolicy::Stop);
        let expected: Vec<String> = as_set(&whole)
            .into_iter()
            .filter(|change| names.iter().any(|name| change.split(' ').nth(1) == Some(name)))
            .collect();
        prop_assert_eq!(as_set(&few), expected);
        let after = apply(&few, &people);
        for (row, person) in people.iter().enumerate() {
            for name in COLUMNS.iter().filter(|name| !names.contains(name)) {
                prop_assert_eq!(&after[row].values[name], &person.values[name], "{}", name);
            }
        }
    }

    #[test]
    fn a_plan_taken_back_restores_every_cell_it_touched_or_says_why_not(people in people(), touches in touches()) {
        let exported = export(&people);
        let (there, _) = plan(&touched(exported.clone(), &touches), Some(&exported), &people);
        let after = apply(&there, &people);
        let now = export(&after);
        let mut wish = now.clone();
        for (user, change) in there.changes() {
            let column = COLUMNS.iter().position(|name| *name == change.attribute.name).unwrap();
            wish[number_of(user.user)][column] = change.before.to_cell();
        }
        let (back, rows) = plan(&wish, Some(&now), &after);
        let restored = apply(&back, &after);
        for (user, change) in there.changes() {
            let number = number_of(user.user);
            let found = rows[number].is_held()
                || rows[number]
                    .findings()
                    .iter()
                    .any(|finding| finding.column.as_deref() == Some(change.attribute.name));
            let value = &restored[number].values[change.attribute.name];
            let alike = same(change.attribute, value, &change.before) || is_quiet_difference(value, &change.before);
            prop_assert!(
                alike || found,
                "{} {:?} {:?} {:?}", change.attribute.name, change.before, change.after, value
            );
        }
    }

    #[test]
    fn a_conflict_is_where_all_three_differ(
        base in 0usize..4, edited in 0usize..4, live in 0usize..4, policy in select(vec![
            ConflictPolicy::Stop, ConflictPolicy::Skip, ConflictPolicy::Mine,
        ]),
        (name, words) in select(vec![
            ("jobTitle", ["", "Cook", "Chef", "Baker"]),
            ("otherMails", ["", "a@x.nl", "b@x.nl", "a@x.nl; b@x.nl"]),
            ("employeeHireDate", ["", "2026-06-05T00:00:00Z", "2026-06-06T00:00:00Z", "2026-06-07T00:00:00Z"]),
            ("mobilePhone", ["", "+31 6 1", "+31 6 2", "06-3"]),
        ]),
    ) {
        let value = |word: usize| match (words[word], name) {
            ("", _) => Value::Empty,
            (list, "otherMails") => Value::list(list.split("; ").map(str::to_owned).collect()),
            (word, _) => text(word),
        };
        let mut person = Person {
            values: COLUMNS.iter().map(|name| (*name, Value::Empty)).collect(),
            synced: None,
        };
        person.values.insert("id", text(id(0).to_string()));
        person.values.insert("userPrincipalName", text(upn(0)));
        let with = |word: usize| {
            let mut person = person.clone();
            person.values.insert(name, value(word));
            vec![person]
        };
        let mut rows = check(&COLUMNS, &export(&with(edited)), Some(&export(&with(base))));
        let plan = plan_of(&mut rows, &with(live), policy);
        let all_differ = edited != base && live != base && edited != live;
        let wins = all_differ && policy == ConflictPolicy::Mine;
        prop_assert_eq!(plan.conflicts().len(), usize::from(all_differ && !wins));
        let written = wins || (edited != base && live == base);
        prop_assert_eq!(plan.changes().count(), usize::from(written));
        for (_, change) in plan.changes() {
            prop_assert_eq!((&change.before, &change.after), (&value(live), &value(edited)));
        }
    }

    #[test]
    fn equality_holds_in_both_directions_and_a_merge_never_writes_what_is_there(
        (name, left, right) in (2..COLUMNS.len()).prop_flat_map(|column| {
            let name = COLUMNS[column];
            (Just(name), live_value(name, 3), live_value(name, 3))
        }),
        base in prop::option::of(nasty()),
    ) {
        let attribute = attribute(name);
        prop_assert!(same(attribute, &left, &left));
        prop_assert_eq!(same(attribute, &left, &right), same(attribute, &right, &left));
        let verdict = merge(attribute, base.as_deref(), &left, &right);
        prop_assert_eq!(
            same(attribute, &left, &right),
            matches!(verdict, dirsheet::domain::Verdict::AlreadyThere)
        );
    }

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
        limits.allowed = dirsheet::domain::Permission::NAMES.map(|(_, permission)| permission).to_vec();
        let guards = inspect(&plan, &limits);
        let expected = as_set(&plan);
        let requests = plan.summary().requests;
        let Ok(approved) = plan.approve(&guards, true, true) else {
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

    #[test]
    fn no_text_makes_the_checks_fail(name in select(catalogue::all().map(|a| a.name).collect::<Vec<_>>()), edited in any::<String>(), exported in prop::option::of(any::<String>())) {
        let columns = [
            SheetColumn { header: "id".to_owned(), role: ColumnRole::Attribute(attribute("id")) },
            SheetColumn { header: name.to_owned(), role: ColumnRole::Attribute(attribute(name)) },
        ];
        let key = id(0).to_string();
        let raw = RawRow { line: 2, row: 2, cells: vec![key.clone(), edited.clone()] };
        let untouched = exported.as_ref() == Some(&edited);
        let base = exported.map_or(Base::None, |exported| {
            Base::Row(BaseRow::new(["id".to_owned(), name.to_owned()].into(), vec![key, exported]))
        });
        let row = CheckedRow::check(ParsedRow::read(raw, &columns), &columns, base, &CheckOptions::default());
        prop_assert!(!untouched || row.cells().is_empty());
        prop_assert!(row.cells().len() <= 1);
        for finding in row.findings() {
            prop_assert!(!finding.message.is_empty() && !finding.help.is_empty());
            prop_assert!(finding.severity != Severity::Warning);
        }
    }
}

/// What a wish to clear looks like.
fn says_clear(cell: &str) -> bool {
    cell.is_empty() || cell.trim().eq_ignore_ascii_case("<clear>")
}

/// A value that comes back in its cleaned spelling: blanks, case and invisible marks are no edit.
fn is_quiet_difference(left: &Value, right: &Value) -> bool {
    let seen = |value: &Value| -> String {
        let cell = value.to_cell();
        cell.chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
            .to_lowercase()
    };
    seen(left) == seen(right)
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

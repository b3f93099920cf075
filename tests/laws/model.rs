//! Random people, what the directory holds of them, and what somebody does to their sheet.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use dirsheet::catalogue::{self, Attribute};
use dirsheet::domain::{
    Base, BaseRow, Change, CheckOptions, CheckedRow, ColumnRole, Columns, ConflictPolicy, Directory,
    ParsedRow, Plan, PlanBinding, RawRow, Reference, SheetColumn, UserId, UserState, Value, build_plan,
};
use proptest::{prelude::*, sample::select};

/// The columns of every sheet here: each kind of value, and each way of writing.
pub const COLUMNS: [&str; 23] = [
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
pub const TEXTS: [&str; 44] = [
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

pub const NAMES: [&str; 8] = [
    "user0@example.com",
    "USER1@Example.com",
    "user5@example.com",
    "new@example.com",
    "NEW@example.com",
    "other@example.com",
    "nobody",
    "",
];

pub fn attribute(name: &str) -> &'static Attribute {
    catalogue::by_name(name).unwrap()
}

pub fn attributes() -> Columns {
    COLUMNS.map(attribute).to_vec().into()
}

pub fn id(number: usize) -> UserId {
    UserId::parse(&format!("00000000-0000-4000-8000-{number:012x}")).unwrap()
}

pub fn upn(number: usize) -> String {
    format!("user{number}@example.com")
}

pub fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

/// A person of the model: values by the attribute's name, and whether Active Directory has a say.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    pub values: BTreeMap<&'static str, Value>,
    pub synced: Option<bool>,
}

pub type People = Vec<Person>;

pub fn nasty() -> BoxedStrategy<String> {
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

pub fn maybe(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Value> {
    prop_oneof![1 => Just(Value::Empty), 4 => value].boxed()
}

/// What the directory may hold in a column, whether our rules would let it in or not.
pub fn live_value(name: &'static str, people: usize) -> BoxedStrategy<Value> {
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
pub fn cell_text(name: &'static str) -> BoxedStrategy<String> {
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

pub fn person(number: usize, people: usize) -> impl Strategy<Value = Person> {
    let values: Vec<_> = COLUMNS[2..].iter().map(|name| live_value(name, people)).collect();
    (values, select(vec![None, None, Some(false), Some(true)])).prop_map(move |(values, synced)| {
        let mut values: BTreeMap<&'static str, Value> = COLUMNS[2..].iter().copied().zip(values).collect();
        values.insert("id", text(id(number).to_string()));
        values.insert("userPrincipalName", text(upn(number)));
        Person { values, synced }
    })
}

pub fn people() -> impl Strategy<Value = People> {
    (1usize..5).prop_flat_map(|count| (0..count).map(|number| person(number, count)).collect::<Vec<_>>())
}

/// A cell that somebody changes: whose, which, to what.
pub type Touch = (usize, usize, String);

pub fn touches() -> impl Strategy<Value = Vec<Touch>> {
    prop::collection::vec(
        (0usize..5, 1..COLUMNS.len())
            .prop_flat_map(|(row, column)| (Just(row), Just(column), cell_text(COLUMNS[column]))),
        0..12,
    )
}

pub type Sheet = Vec<Vec<String>>;

/// The cells as an export writes them.
pub fn export(people: &People) -> Sheet {
    people
        .iter()
        .map(|person| COLUMNS.iter().map(|name| person.values[name].to_cell()).collect())
        .collect()
}

pub fn touched(mut sheet: Sheet, touches: &[Touch]) -> Sheet {
    let rows = sheet.len();
    for (row, column, cell) in touches {
        sheet[row % rows][*column] = cell.clone();
    }
    sheet
}

pub fn directory(people: &People) -> Directory {
    let columns = attributes();
    let mut directory = Directory::new(columns.clone());
    for (number, person) in people.iter().enumerate() {
        directory.insert(UserState {
            id: id(number),
            upn: person.values["userPrincipalName"].to_cell(),
            synced: person.synced,
            restricted: false,
            agent: false,
            unread: Default::default(),
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
pub fn check(names: &[&str], sheet: &Sheet, base: Option<&Sheet>) -> Vec<CheckedRow> {
    let bare = |(row, cells): (u64, &Vec<String>)| RawRow {
        line: row,
        row,
        cells: cells.clone().into(),
        bared: Default::default(),
    };
    check_read(names, (2..).zip(sheet).map(bare).collect(), base)
}

/// The same for rows as they were read.
pub fn check_read(names: &[&str], rows: Vec<RawRow>, base: Option<&Sheet>) -> Vec<CheckedRow> {
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
    rows.into_iter()
        .map(|raw| {
            let base = match bases.get(raw.cells.get(0).unwrap()) {
                Some(cells) => Base::Row(BaseRow::new(exported.clone(), (*cells).clone())),
                None => Base::None,
            };
            let parsed = ParsedRow::read(raw, &columns);
            CheckedRow::check(parsed, &columns, base, &CheckOptions::default())
        })
        .collect()
}

pub fn plan_of(rows: &mut [CheckedRow], people: &People, policy: ConflictPolicy) -> Plan {
    let binding = PlanBinding {
        tenant: "contoso".to_owned(),
        graph_url: "https://graph.microsoft.com".to_owned(),
        sheet_name: "users.csv".to_owned(),
        sheet_sha256: String::new(),
        snapshots: Vec::new(),
        base_file: None,
        restores: None,
        catalogue: catalogue::VERSION,
    };
    build_plan(binding, rows, 0, &directory(people), policy)
}

pub fn plan(sheet: &Sheet, base: Option<&Sheet>, people: &People) -> (Plan, Vec<CheckedRow>) {
    let mut rows = check(&COLUMNS, sheet, base);
    let plan = plan_of(&mut rows, people, ConflictPolicy::Stop);
    (plan, rows)
}

pub fn number_of(user: UserId) -> usize {
    (0..10).find(|number| id(*number) == user).unwrap()
}

/// The directory after the plan: what is sent is stored, and a leaf of a whole parent that is not sent is emptied.
pub fn apply(plan: &Plan, people: &People) -> People {
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

pub fn is_org_data(name: &str) -> bool {
    name.starts_with("employeeOrgData.")
}

/// The changes as a set that does not know the order of rows and columns.
pub fn as_set(plan: &Plan) -> Vec<String> {
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

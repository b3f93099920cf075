//! People, sheets and directories for the tests of this room.

use std::sync::Arc;

use super::super::*;
use crate::catalogue::{self, Attribute, Preset};

/// The entry with this name.
pub fn attribute(name: &str) -> &'static Attribute {
    catalogue::by_name(name).unwrap()
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub fn id(number: u8) -> UserId {
    UserId::parse(&format!("00000000-0000-4000-8000-0000000000{number:02x}")).unwrap()
}

/// `user3@example.com`.
pub fn upn(number: u8) -> String {
    format!("user{number}@example.com")
}

/// A user with these values; everything else is empty.
pub fn user(number: u8, values: &[(&str, Value)]) -> UserState {
    let mut all = vec![
        ("id", text(&id(number).to_string())),
        ("userPrincipalName", text(&upn(number))),
    ];
    all.extend(values.iter().map(|(name, value)| (*name, value.clone())));
    UserState {
        id: id(number),
        upn: upn(number),
        synced: None,
        restricted: false,
        agent: false,
        unread: Default::default(),
        values: columns()
            .iter()
            .map(|column| {
                all.iter()
                    .find(|(name, _)| *name == column.name)
                    .map_or(Value::Empty, |(_, value)| value.clone())
            })
            .collect(),
    }
}

/// The columns every test directory was read with.
pub fn columns() -> Columns {
    let mut columns = Preset::All.columns();
    columns.push(attribute("employeeLeaveDateTime"));
    columns.push(attribute("skills"));
    columns.push(attribute("sponsors"));
    columns.push(attribute("directoryRoles"));
    columns.into()
}

pub fn directory(users: impl IntoIterator<Item = UserState>) -> Directory {
    let mut directory = Directory::new(columns());
    let mut total = 0;
    for user in users {
        directory.insert(user);
        total += 1;
    }
    directory.set_users_total(total);
    directory
}

/// Columns of a sheet, by their names; `_snapshot` and unknown names have their own roles.
pub fn sheet(names: &[&str]) -> Vec<SheetColumn> {
    names
        .iter()
        .map(|name| SheetColumn {
            header: (*name).to_owned(),
            role: match catalogue::by_name(name) {
                Some(attribute) => ColumnRole::Attribute(attribute),
                None if *name == "_snapshot" => ColumnRole::Snapshot,
                None if *name == "_action" => ColumnRole::Action,
                None => ColumnRole::Other,
            },
        })
        .collect()
}

pub fn raw(row: u64, cells: &[&str]) -> RawRow {
    RawRow {
        line: row,
        row,
        cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        bared: thin_vec::ThinVec::new(),
    }
}

/// A base row of these columns.
pub fn base(names: &[&str], cells: &[&str]) -> Base {
    let columns: Arc<[String]> = names.iter().map(|name| (*name).to_owned()).collect();
    Base::Row(BaseRow::new(columns, cells.iter().collect::<CellTexts>()))
}

/// A row with or without a base, checked.
pub fn checked(names: &[&str], cells: &[&str], base: Base) -> CheckedRow {
    let columns = sheet(names);
    CheckedRow::check(
        ParsedRow::read(raw(2, cells), &columns),
        &columns,
        base,
        &CheckOptions::default(),
    )
}

/// One cell of a user, as exported and as it is in the sheet now.
pub fn cell_with_base(name: &str, exported: &str, edited: &str) -> CheckedRow {
    let id = id(1).to_string();
    let names = ["id", name];
    checked(&names, &[&id, edited], base(&names, &[&id, exported]))
}

/// One cell of a user in a sheet that was never exported.
pub fn cell_without_base(name: &str, edited: &str) -> CheckedRow {
    checked(&["id", name], &[&id(1).to_string(), edited], Base::None)
}

/// Rows as exported and as they are in the sheet now, without their ids, looked over as a whole. The users are 1, 2, 3 …
pub fn looked_over(
    names: &[&str],
    exported: &[Vec<&str>],
    edited: &[Vec<&str>],
    options: &CheckOptions,
) -> (Vec<CheckedRow>, Vec<Finding>) {
    let with_id: Vec<&str> = ["id"].iter().chain(names).copied().collect();
    let columns = sheet(&with_id);
    let mut rows: Vec<CheckedRow> = (1..)
        .zip(exported.iter().zip(edited))
        .map(|(number, (exported, edited))| {
            let key = id(number).to_string();
            let row = |cells: &[&str]| -> Vec<String> {
                [key.as_str()]
                    .iter()
                    .chain(cells)
                    .map(|cell| (*cell).to_owned())
                    .collect()
            };
            let names: Vec<String> = with_id.iter().map(|name| (*name).to_owned()).collect();
            let raw = RawRow {
                line: u64::from(number) + 1,
                row: u64::from(number) + 1,
                cells: row(edited).into(),
                bared: thin_vec::ThinVec::new(),
            };
            CheckedRow::check(
                ParsedRow::read(raw, &columns),
                &columns,
                Base::Row(BaseRow::new(names.into(), row(exported))),
                options,
            )
        })
        .collect();
    let findings = look_over(&mut rows, &columns, options);
    (rows, findings)
}

/// Rows of a sheet without a base.
pub fn foreign_rows(names: &[&str], rows: &[&[&str]]) -> Vec<CheckedRow> {
    let columns = sheet(names);
    (2..)
        .zip(rows)
        .map(|(number, cells)| {
            CheckedRow::check(
                ParsedRow::read(raw(number, cells), &columns),
                &columns,
                Base::None,
                &CheckOptions::default(),
            )
        })
        .collect()
}

pub fn binding() -> PlanBinding {
    PlanBinding {
        tenant: "contoso".to_owned(),
        graph_url: "https://graph.microsoft.com".to_owned(),
        sheet_name: "users.csv".to_owned(),
        sheet_sha256: "00".repeat(32),
        snapshots: vec![SnapshotId::parse("snap-20261123-150312-9f3a").unwrap()],
        base_file: None,
        restores: None,
        catalogue: catalogue::VERSION,
    }
}

pub fn plan(rows: &mut [CheckedRow], directory: &Directory) -> Plan {
    build_plan(binding(), rows, 0, directory, ConflictPolicy::Stop)
}

/// The rules of the findings of a row.
pub fn rules(row: &CheckedRow) -> Vec<&'static str> {
    row.findings().iter().map(|finding| finding.rule).collect()
}

pub fn change(name: &str, before: Value, after: Value) -> Change {
    Change {
        attribute: attribute(name),
        before,
        after,
    }
}

/// A PATCH of user 1.
pub fn patch(changes: Vec<Change>, companions: Vec<Companion>) -> Operation {
    Operation {
        number: OperationNumber(0),
        user: id(1),
        upn: upn(1),
        row: 2,
        action: Action::Patch { changes, companions },
    }
}

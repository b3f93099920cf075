//! What people and programs do to sheets.

use proptest::prelude::*;

use super::SNAPSHOT;

pub const COLUMNS: [&str; 9] = [
    "id",
    "userPrincipalName",
    "displayName",
    "mobilePhone",
    "employeeId",
    "accountEnabled",
    "department",
    "employeeHireDate",
    "ageGroup",
];

/// What somebody, or a program, did to a sheet. Rows and columns are counted from 0, around the corner.
#[derive(Debug, Clone)]
pub enum Deed {
    Set(usize, usize, String),
    /// The cell gets what another row has there.
    Copy(usize, usize, usize),
    Exchange(usize, usize),
    Delete(usize),
    Repeat(usize),
    SortColumn(usize),
    ShiftColumn(usize),
    Reverse,
    EmptySnapshot(usize),
    OtherSnapshot(usize),
    ShoutColumn(usize),
    /// What a spreadsheet makes of numbers.
    LoseSigns(usize),
    DropColumn(usize),
    MoveColumn(usize, usize),
    AddColumn(&'static str, String),
    CutRow(usize),
    EmptyLine(usize),
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just(" ".to_owned()),
        Just("'0042".to_owned()),
        Just("''=1".to_owned()),
        Just("=1+1".to_owned()),
        Just("<clear>".to_owned()),
        Just("<not read>".to_owned()),
        Just("42".to_owned()),
        Just("#NAME?".to_owned()),
        Just("Zürich\nNord".to_owned()),
        Just("Zürich\r\nNord".to_owned()),
        Just("a,b;\"c\"".to_owned()),
        Just("2024-03-01".to_owned()),
        Just("01.03.2024".to_owned()),
        Just("WAAR".to_owned()),
        Just("Lukasz".to_owned()),
        Just("person1@contoso.com".to_owned()),
        "[A-Za-z0-9 é+'-]{1,8}",
    ]
}

pub fn deed() -> impl Strategy<Value = Deed> {
    let (row, column) = (0..40_usize, 0..10_usize);
    prop_oneof![
        6 => (row.clone(), column.clone(), text()).prop_map(|(row, column, text)| Deed::Set(row, column, text)),
        2 => (row.clone(), row.clone(), column.clone()).prop_map(|(one, two, column)| Deed::Copy(one, two, column)),
        1 => (row.clone(), row.clone()).prop_map(|(one, two)| Deed::Exchange(one, two)),
        1 => row.clone().prop_map(Deed::Delete),
        1 => row.clone().prop_map(Deed::Repeat),
        1 => column.clone().prop_map(Deed::SortColumn),
        1 => column.clone().prop_map(Deed::ShiftColumn),
        1 => Just(Deed::Reverse),
        1 => row.clone().prop_map(Deed::EmptySnapshot),
        1 => row.clone().prop_map(Deed::OtherSnapshot),
        1 => column.clone().prop_map(Deed::ShoutColumn),
        1 => column.clone().prop_map(Deed::LoseSigns),
        1 => (0..10_usize).prop_map(Deed::DropColumn),
        1 => (column.clone(), column).prop_map(|(one, two)| Deed::MoveColumn(one, two)),
        1 => (prop_oneof![Just("jobTitle"), Just("_action"), Just("note"), Just("Email address to invite")], text())
            .prop_map(|(name, text)| Deed::AddColumn(name, text)),
        1 => prop_oneof![Just("delete"), Just("disable"), Just("enable"), Just("Delete ")]
            .prop_map(|word| Deed::AddColumn("_action", word.to_owned())),
        1 => row.clone().prop_map(Deed::CutRow),
        1 => row.prop_map(Deed::EmptyLine),
    ]
}

/// What is unusual about the names of some people: one that messages cut, one with a letter of another alphabet.
#[derive(Debug, Clone, Copy)]
pub enum Names {
    Usual,
    Long,
    Foreign,
}

impl Names {
    /// The person with such a name: every fourth has one.
    pub fn given(self, index: usize, mut person: Vec<String>) -> Vec<String> {
        if index % 4 == 1 {
            person[1] = match self {
                Names::Usual => return person,
                Names::Long => format!("Person{index}{}@contoso.com", "x".repeat(100)),
                Names::Foreign => format!("Łukasz{index}@contoso.com"),
            };
        }
        person
    }
}

/// One person as an export writes it.
pub fn person(index: usize, odd: &str) -> Vec<String> {
    let name = if index.is_multiple_of(3) {
        odd
    } else {
        "Łukasz Żółć"
    };
    vec![
        format!("00000000-0000-4000-8000-{index:012}"),
        format!("Person{index}@contoso.com"),
        format!("{name} {index}"),
        format!("+31 6 {:08}", 12_345_000 + index * 7),
        format!("{:05}", index * 13),
        (!index.is_multiple_of(4)).to_string(),
        ["Sales", "IT", odd][index % 3].to_owned(),
        format!("20{:02}-03-{:02}", index % 24, 1 + index % 12),
        ["", "Adult", "Minor"][index % 3].to_owned(),
    ]
}

/// The sheet as it comes back: a header and rows.
pub fn done(deeds: &[Deed], people: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut header: Vec<String> = COLUMNS.map(str::to_owned).to_vec();
    header.push("_snapshot".to_owned());
    let mut rows: Vec<Vec<String>> = people.to_vec();
    for row in &mut rows {
        row.push(SNAPSHOT.to_owned());
    }
    for deed in deeds {
        if rows.is_empty() {
            break;
        }
        let (count, width) = (rows.len(), header.len());
        let cell = |row: usize, column: usize| (row % count, column % width);
        match deed {
            Deed::Set(row, column, text) => {
                let (row, column) = cell(*row, *column);
                if let Some(cell) = rows[row].get_mut(column) {
                    cell.clone_from(text);
                }
            }
            Deed::Copy(to, from, column) => {
                let (from, column) = cell(*from, *column);
                let text = rows[from].get(column).cloned().unwrap_or_default();
                if let Some(cell) = rows[to % count].get_mut(column) {
                    *cell = text;
                }
            }
            Deed::Exchange(one, two) => rows.swap(one % count, two % count),
            Deed::Delete(row) => drop(rows.remove(row % count)),
            Deed::Repeat(row) => rows.push(rows[row % count].clone()),
            Deed::SortColumn(column) | Deed::ShiftColumn(column) => {
                let at = column % width;
                let mut texts: Vec<String> = rows
                    .iter()
                    .map(|row| row.get(at).cloned().unwrap_or_default())
                    .collect();
                match deed {
                    Deed::SortColumn(_) => texts.sort(),
                    _ => texts.rotate_right(1),
                }
                for (row, text) in rows.iter_mut().zip(texts) {
                    if let Some(cell) = row.get_mut(at) {
                        *cell = text;
                    }
                }
            }
            Deed::Reverse => rows.reverse(),
            Deed::EmptySnapshot(row) | Deed::OtherSnapshot(row) => {
                let at = header.iter().position(|name| name == "_snapshot");
                let other = matches!(deed, Deed::OtherSnapshot(_));
                let cell = at.and_then(|at| rows[row % count].get_mut(at));
                if let Some(cell) = cell {
                    *cell = if other {
                        "snap-20251123-120000-0009".to_owned()
                    } else {
                        String::new()
                    };
                }
            }
            Deed::ShoutColumn(column) => {
                for cell in rows.iter_mut().filter_map(|row| row.get_mut(column % width)) {
                    *cell = cell.to_uppercase();
                }
            }
            Deed::LoseSigns(column) => {
                for cell in rows.iter_mut().filter_map(|row| row.get_mut(column % width)) {
                    *cell = cell.trim_start_matches(['+', '0']).to_owned();
                }
            }
            Deed::DropColumn(column) => {
                let at = column % width;
                header.remove(at);
                for row in rows.iter_mut().filter(|row| at < row.len()) {
                    row.remove(at);
                }
            }
            Deed::MoveColumn(one, two) => {
                let (one, two) = (one % width, two % width);
                header.swap(one, two);
                for row in rows.iter_mut().filter(|row| row.len() > one.max(two)) {
                    row.swap(one, two);
                }
            }
            Deed::AddColumn(name, text) => {
                if !header.iter().any(|known| known == name) {
                    header.push((*name).to_owned());
                    for (index, row) in rows.iter_mut().enumerate() {
                        row.push(if index.is_multiple_of(5) {
                            text.clone()
                        } else {
                            String::new()
                        });
                    }
                }
            }
            Deed::CutRow(row) => drop(rows[row % count].pop()),
            Deed::EmptyLine(row) => {
                let at = row % count;
                rows.insert(at, vec![String::new(); header.len()]);
            }
        }
    }
    rows.insert(0, header);
    rows
}

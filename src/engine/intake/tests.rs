//! The short road for rows that nobody touched says what the whole road says, whatever happened to a sheet.

mod cases;
mod deeds;

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use cases::{Case, case};
use deeds::{COLUMNS, Deed, done, person};

use super::{Intake, Road, SIZES, Sizes, take_in_by};
use crate::catalogue;
use crate::domain::{
    CheckOptions, CheckedRow, Columns, ConflictPolicy, Directory, PlanBinding, SnapshotId, UserId, UserState,
    Value, build_plan, find_doubles, times_unpacked,
};
use crate::engine::{Bases, GivenBase, Reporter, Wanted};
use crate::state::{SnapshotMeta, StateFolder};
use crate::table::{Delimiter, ReadOptions, Sheet, SheetWriter, WriteStyle};

const SNAPSHOT: &str = "snap-20261123-120000-0001";

/// Rows that are too short stand at the end.
fn csv(rows: &[Vec<String>], style: WriteStyle) -> Vec<u8> {
    let mut writer = SheetWriter::new(Vec::new(), style).unwrap();
    let (header, rows) = rows.split_first().unwrap();
    writer
        .write_header(&header.iter().map(String::as_str).collect::<Vec<_>>())
        .unwrap();
    let (whole, short): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.len() == header.len());
    for row in whole {
        writer.write_row(row).unwrap();
    }
    let mut bytes = writer.finish().unwrap().0;
    for row in short {
        let plain = row.first().map_or("", String::as_str);
        bytes.extend(format!("{plain}{}x\n", char::from(style.delimiter.byte())).as_bytes());
    }
    bytes
}

fn state() -> (tempfile::TempDir, StateFolder) {
    let folder = tempfile::tempdir().unwrap();
    let state = StateFolder::open(folder.path().join("state")).unwrap();
    (folder, state)
}

fn state_with(people: &[Vec<String>]) -> (tempfile::TempDir, StateFolder) {
    let (folder, state) = state();
    let id = SnapshotId::parse(SNAPSHOT).unwrap();
    let meta = SnapshotMeta::begun(id, ("tenant", "host"), jiff::Timestamp::UNIX_EPOCH, COLUMNS);
    let mut snapshot = state.create_snapshot(meta).unwrap();
    for person in people {
        snapshot
            .add(&UserId::parse(&person[0]).unwrap(), &person[1], person)
            .unwrap();
    }
    snapshot.finish().unwrap();
    (folder, state)
}

/// The people as the directory has them: every seventh has another department by now, and every eleventh is gone.
/// As a survey of all users would keep them, where it was told whom it is about. And whether of somebody only the name is kept.
fn directory(people: &[Vec<String>], wanted: Option<&Wanted>) -> (Directory, bool) {
    let columns: Columns = COLUMNS[2..]
        .iter()
        .filter_map(|name| catalogue::by_name(name))
        .collect::<Vec<_>>()
        .into();
    let mut directory = Directory::new(columns);
    let mut keeps_names = false;
    directory.set_users_total(people.len() as u64);
    for (index, person) in people.iter().enumerate().filter(|(index, _)| index % 11 != 10) {
        let mut values: Vec<Value> = person[2..]
            .iter()
            .map(|text| match text.as_str() {
                "" => Value::Empty,
                "true" => Value::Boolean(true),
                "false" => Value::Boolean(false),
                text => Value::Text(text.to_owned()),
            })
            .collect();
        if index % 7 == 6 {
            values[4] = Value::Text("Elsewhere".to_owned());
        }
        let user = UserState {
            id: UserId::parse(&person[0]).unwrap(),
            upn: person[1].clone(),
            synced: None,
            restricted: false,
            agent: false,
            unread: Default::default(),
            values: values.into(),
        };
        match wanted {
            Some(wanted) if !wanted.names(&user) => {
                if wanted.is_untouched(&user.id) {
                    directory.insert_named(user);
                    keeps_names = true;
                }
            }
            _ => directory.insert(user),
        }
    }
    (directory, keeps_names)
}

fn taken(
    road: Road,
    sizes: Sizes,
    bytes: &[u8],
    state: &StateFolder,
    base: Option<&str>,
    options: &CheckOptions,
    read: &ReadOptions,
) -> Result<Intake, String> {
    let sheet =
        Sheet::from_bytes("users.csv", bytes.to_vec(), read.clone()).map_err(|error| error.to_string())?;
    let mut bases = Bases::new(state, None, base.map(|base| GivenBase::from(base).read()))
        .map_err(|error| error.to_string())?;
    let (reporter, _listener) = Reporter::channel();
    take_in_by(road, sizes, &sheet, &mut bases, options, &reporter).map_err(|error| error.to_string())
}

fn binding(intake: &Intake) -> PlanBinding {
    PlanBinding {
        tenant: "tenant".to_owned(),
        graph_url: "url".to_owned(),
        sheet_name: "users.csv".to_owned(),
        sheet_sha256: String::new(),
        snapshots: intake.snapshots.clone(),
        base_file: intake.base_file.clone(),
        restores: None,
        catalogue: catalogue::VERSION,
    }
}

/// Everything that is known of a sheet and of its plan.
fn told(
    intake: Result<Intake, String>,
    people: &[Vec<String>],
    by_name: &Cell<usize>,
) -> Result<(Vec<CheckedRow>, String), String> {
    let intake = intake?;
    let before = intake.rows.clone();
    let mut alone = intake.rows.clone();
    find_doubles(&mut alone);
    let binding = binding(&intake);
    let found = format!(
        "{:?} {:?} {}",
        intake.all_findings(),
        intake.findings,
        intake.rows_seen
    );
    // Of whom a survey would keep only the name, everything, and then only the name.
    let wanted = Wanted::by_rows(&intake.rows);
    let [whole, spare] = [None, Some(&wanted)].map(|wanted| {
        let mut rows = intake.rows.clone();
        let (directory, keeps_names) = directory(people, wanted);
        count(by_name, keeps_names);
        let plan = build_plan(binding.clone(), &mut rows, 0, &directory, ConflictPolicy::Stop);
        (plan.fingerprint(), format!("{:?} {rows:?}", plan.summary()))
    });
    assert_eq!(whole, spare, "a name is enough of whom nobody touched");
    let told = format!("{found}\n{whole:?}\n{alone:?}");
    Ok((before, told))
}

/// What came of all sheets together: without such rows they would not say anything of the short road.
#[derive(Debug, Default)]
struct Seen {
    untouched: Cell<usize>,
    packed: Cell<usize>,
    of_file: Cell<usize>,
    by_name: Cell<usize>,
}

fn count(cell: &Cell<usize>, is_so: bool) {
    cell.set(cell.get() + usize::from(is_so));
}

fn both_roads_say_the_same(case: &Case, seen: &Seen) -> Result<(), TestCaseError> {
    let people: Vec<Vec<String>> = (0..case.people)
        .map(|index| case.names.given(index, person(index, &case.odd)))
        .collect();
    // A row that names a snapshot which is there is not held against the file.
    let (folder, state) = if case.base_file.is_some() {
        state()
    } else {
        state_with(&people)
    };
    let bytes = case.letters.written(csv(&done(&case.deeds, &people), case.style));
    let options = CheckOptions {
        allow_shuffled: case.shuffled,
        key: catalogue::by_name("employeeId").filter(|_| case.by_key),
        accept_derived: if case.derived {
            vec!["mobilePhone".to_owned(), "employeeId".to_owned()]
        } else {
            Vec::new()
        },
        ..CheckOptions::default()
    };
    let read = ReadOptions {
        keep_guard: case.keep_guard,
        key: options.key,
        encoding: case.letters.named(),
        ..ReadOptions::default()
    };
    let path = folder.path().join("base.csv");
    let base = case.base_file.map(|(one, two, twice)| {
        let deeds: Vec<Deed> = std::iter::once(Deed::MoveColumn(one, two))
            .chain(twice.map(Deed::Repeat))
            .collect();
        let rows = done(&deeds, &people);
        std::fs::write(&path, csv(&rows, WriteStyle::people(Delimiter::Semicolon))).unwrap();
        path.to_str().unwrap()
    });
    let taken = |road| taken(road, case.sizes, &bytes, &state, base, &options, &read);
    let (short, whole) = (taken(Road::Short), taken(Road::Whole));
    if let Ok(short) = &short {
        let any = |is_so: fn(&CheckedRow) -> bool| short.rows.iter().any(is_so);
        count(&seen.untouched, any(CheckedRow::asks_for_nothing));
        count(&seen.packed, any(|row| row.raw().cells.is_packed()));
        count(&seen.of_file, short.base_file.is_some());
    }
    let [short, whole] = [short, whole].map(|intake| told(intake, &people, &seen.by_name));
    prop_assert_eq!(short, whole);
    Ok(())
}

#[test]
fn whatever_happens_to_a_sheet_both_roads_say_the_same() {
    let seen = Seen::default();
    let config = Config {
        source_file: Some(file!()),
        ..Config::default()
    };
    let run = TestRunner::new(config).run(&case(), |case| both_roads_say_the_same(&case, &seen));
    if let Err(error) = run {
        panic!("{error}");
    }
    let Seen {
        untouched,
        packed,
        of_file,
        by_name,
    } = &seen;
    for seen in [untouched, packed, of_file, by_name] {
        assert!(seen.get() > 0, "{seen:?}");
    }
}

/// A sheet of these people to which this was done, taken in the short road.
fn taken_plainly(people: &[Vec<String>], deeds: &[Deed]) -> Intake {
    let (_folder, state) = state_with(people);
    let bytes = csv(&done(deeds, people), WriteStyle::people(Delimiter::Comma));
    let (check, read) = (CheckOptions::default(), ReadOptions::default());
    taken(Road::Short, SIZES, &bytes, &state, None, &check, &read).unwrap()
}

#[test]
fn every_row_is_packed_and_says_its_texts_and_its_name() {
    let people: Vec<Vec<String>> = (0..30).map(|index| person(index, "Ann")).collect();
    let deeds = [
        Deed::Set(3, 6, "Legal".to_owned()),
        Deed::Set(4, 8, "Baby".to_owned()),
    ];
    let intake = taken_plainly(&people, &deeds);
    for (index, row) in intake.rows.iter().enumerate() {
        assert_eq!(row.cells().len(), usize::from(index == 3), "{index}");
        assert_eq!(row.raw().cells.to_vec()[1], people[index][1]);
        assert_eq!(row.label(), people[index][1].to_lowercase());
        assert!(row.raw().cells.is_packed(), "{index}");
    }
}

#[test]
fn neither_the_check_nor_the_plan_unpacks_a_row_for_good() {
    let people: Vec<Vec<String>> = (0..60).map(|index| person(index, "Ann")).collect();
    // Numbers of their own, dragged down, and one that is there already.
    let mut deeds: Vec<Deed> = (20..30)
        .map(|row| Deed::Set(row, 3, format!("+31 6 {}", 12_345_133 + row - 19)))
        .collect();
    deeds.extend([
        Deed::Set(40, 4, "00013".to_owned()),
        Deed::Set(41, 3, "0612345678".to_owned()),
        Deed::Set(50, 6, "Legal".to_owned()),
    ]);
    let intake = taken_plainly(&people, &deeds);
    let rules: Vec<&str> = intake.all_findings().iter().map(|finding| finding.rule).collect();
    assert!(
        rules.contains(&"filled-series") && rules.contains(&"value-repeated"),
        "{rules:?}"
    );
    let packed = |rows: &[CheckedRow]| rows.iter().filter(|row| row.raw().cells.is_packed()).count();
    assert_eq!(packed(&intake.rows), 60);
    let mut rows = intake.rows.clone();
    find_doubles(&mut rows);
    let (directory, _) = directory(&people, None);
    let plan = build_plan(binding(&intake), &mut rows, 0, &directory, ConflictPolicy::Stop);
    assert!(!plan.users().is_empty(), "{:?}", plan.summary());
    plan.fingerprint();
    for (index, (row, person)) in plan.rows().iter().zip(&people).enumerate() {
        // Who is not in the directory is called as the row says.
        let is_there = index % 11 != 10;
        let name = if is_there {
            person[1].clone()
        } else {
            person[1].to_lowercase()
        };
        assert_eq!(row.label(), name);
    }
    assert_eq!(packed(&rows), 60);
}

#[test]
fn a_sheet_that_stands_three_times_below_itself_is_told_without_opening_a_pack_for_each_row() {
    let people: Vec<Vec<String>> = (0..60).map(|index| person(index, "Ann")).collect();
    let (_folder, state) = state_with(&people);
    let mut rows = done(&[], &people);
    let once = rows[1..].to_vec();
    rows.extend(once.iter().chain(&once).cloned());
    let bytes = csv(&rows, WriteStyle::people(Delimiter::Comma));
    let (check, read) = (CheckOptions::default(), ReadOptions::default());
    let (packs, sizes) = (18, Sizes { chunk: 20, pack: 10 });
    let mut intake = taken(Road::Short, sizes, &bytes, &state, None, &check, &read).unwrap();
    let before = times_unpacked();
    find_doubles(&mut intake.rows);
    let unpacked = times_unpacked() - before;
    assert!(unpacked <= 2 * packs, "{unpacked}");
    let repeated = |row: &CheckedRow| {
        row.findings()
            .iter()
            .any(|finding| finding.rule == "duplicate-row")
    };
    assert_eq!(intake.rows.iter().filter(|row| repeated(row)).count(), 180);
}

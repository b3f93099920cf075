//! Files and changes together come to the directory as it is in the end, whatever changed while they were read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;

use super::changes::Changes;
use super::landing::staged;
use super::pour::{Base, pour, tally};
use super::rows::Rows;
use super::*;
use crate::catalogue;
use crate::domain::{DeltaLink, NameRange, Reference, Repeats, SnapshotId, Value};
use crate::graph::{ChangedUser, DeltaItem};
use crate::state::StagingPlan;

const COLUMNS: [&str; 4] = ["id", "userPrincipalName", "jobTitle", "manager"];
const RANGES: usize = 3;

#[derive(Debug, Clone, PartialEq)]
struct Person {
    upn: String,
    title: String,
    manager: Option<u8>,
}

/// The directory, and what a delta that began at the start tells.
#[derive(Debug, Clone, Default)]
struct World {
    people: BTreeMap<u8, Person>,
    told: Vec<DeltaItem>,
    ever: BTreeSet<u8>,
}

#[derive(Debug, Clone)]
enum Step {
    Title(u8, u8),
    Rename(u8, u8),
    Manager(u8, Option<u8>),
    Delete(u8),
    Create(u8),
    Read(usize),
    /// Something that was told is told again, later than it happened and once more before its end.
    Replay(usize),
}

fn id(number: u8) -> UserId {
    UserId::from_bytes([number; 16])
}

fn upn(number: u8, name: u8) -> String {
    format!("{}{number}@contoso.example", char::from(b'a' + name % 26))
}

fn columns() -> Columns {
    COLUMNS
        .iter()
        .map(|name| catalogue::by_name(name).unwrap())
        .collect()
}

impl World {
    fn user(&self, number: u8) -> UserState {
        let person = &self.people[&number];
        let manager = person.manager.and_then(|manager| {
            let upn = self.people.get(&manager)?.upn.clone();
            Some(Value::Reference(Reference {
                id: id(manager),
                upn: Some(upn),
            }))
        });
        UserState {
            id: id(number),
            upn: person.upn.clone(),
            synced: None,
            restricted: false,
            agent: false,
            values: thin_vec::thin_vec![
                Value::Text(id(number).to_string()),
                Value::Text(person.upn.clone()),
                Value::Text(person.title.clone()),
                manager.unwrap_or(Value::Empty),
            ],
            unread: Default::default(),
        }
    }

    fn tell(&mut self, number: u8, with_manager: bool) {
        let mut user = self.user(number);
        user.values[3] = Value::Empty;
        let manager = with_manager.then(|| {
            self.people[&number]
                .manager
                .filter(|one| self.people.contains_key(one))
                .map(id)
        });
        let item = DeltaItem::Changed(Box::new(ChangedUser { user, manager }));
        self.told.push(item);
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Title(number, title) => {
                if let Some(person) = self.people.get_mut(&number) {
                    person.title = format!("title {title}");
                    self.tell(number, false);
                }
            }
            Step::Rename(number, name) => {
                if let Some(person) = self.people.get_mut(&number) {
                    person.upn = upn(number, name);
                    self.tell(number, false);
                }
            }
            Step::Manager(number, manager) => {
                let manager = manager.filter(|manager| self.people.contains_key(manager));
                if let Some(person) = self.people.get_mut(&number) {
                    person.manager = manager;
                    self.tell(number, true);
                }
            }
            Step::Delete(number) => {
                if self.people.remove(&number).is_some() {
                    self.told.push(DeltaItem::Gone(id(number)));
                }
            }
            Step::Create(number) => {
                // Nobody gets an id that somebody else had.
                if self.ever.insert(number) {
                    let person = Person {
                        upn: upn(number, number),
                        title: "new".to_owned(),
                        manager: None,
                    };
                    self.people.insert(number, person);
                    self.tell(number, true);
                }
            }
            Step::Replay(at) => {
                if let Some(item) = self.told.get(at % self.told.len().max(1)).cloned() {
                    // The last word about somebody stays the last word.
                    self.told.insert(0, item);
                }
            }
            Step::Read(_) => {}
        }
    }

    fn rows(&self) -> BTreeMap<String, Vec<String>> {
        let rows = self.people.keys().map(|number| {
            let cells = user_cells(&self.user(*number), &COLUMNS);
            (cells[0].clone(), cells)
        });
        rows.collect()
    }
}

/// Who lies between these first letters, both ends included.
fn in_range(range: usize, upn: &str) -> bool {
    let first = upn.as_bytes()[0];
    match range {
        0 => first <= b'h',
        1 => (b'h'..=b'q').contains(&first),
        _ => first >= b'q',
    }
}

/// Keeps rows.
#[derive(Default)]
struct Kept(Vec<Vec<String>>);

impl RowSink for Kept {
    type Target = Vec<u8>;

    fn begin(&mut self, _: &[&str]) -> std::io::Result<()> {
        Ok(())
    }

    fn row(&mut self, _: &[&str], cells: &[String]) -> std::io::Result<()> {
        self.0.push(cells.to_vec());
        Ok(())
    }

    fn finish(self) -> std::io::Result<(Vec<u8>, Written)> {
        Ok((Vec::new(), Written::default()))
    }
}

fn meta(number: u8) -> SnapshotMeta {
    let id = SnapshotId::new(Timestamp::UNIX_EPOCH, [0, number]);
    let place = ("contoso", "https://graph.microsoft.com");
    SnapshotMeta::begun(id, place, Timestamp::UNIX_EPOCH, COLUMNS)
}

fn request(meta: SnapshotMeta) -> ExportRequest {
    ExportRequest {
        columns: columns().to_vec(),
        filter: None,
        meta,
        photos: None,
        may_refresh: true,
    }
}

/// What comes out, by id; nobody twice.
fn rows_of(rows: &Rows<Kept>) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for row in &rows.sink.0 {
        let cells = row[..COLUMNS.len()].to_vec();
        assert!(found.insert(row[0].clone(), cells).is_none(), "twice: {row:?}");
    }
    found
}

/// As an export does it: whoever is incomplete is read by itself.
fn counted(
    base: &Base<'_>,
    changes: &mut Changes,
    repeats: &mut Repeats,
    world: &World,
) -> super::pour::Tally {
    let told = tally(base, changes, repeats).unwrap();
    let who = |id: UserId| *id.as_bytes().first().unwrap();
    for id in &told.incomplete {
        changes.complete(&world.user(who(*id))).unwrap();
    }
    tally(base, changes, repeats).unwrap()
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let person = 0_u8..24;
    let step = prop_oneof![
        (person.clone(), any::<u8>()).prop_map(|(who, title)| Step::Title(who, title)),
        (person.clone(), any::<u8>()).prop_map(|(who, name)| Step::Rename(who, name)),
        (person.clone(), prop::option::of(person.clone()))
            .prop_map(|(who, manager)| Step::Manager(who, manager)),
        person.clone().prop_map(Step::Delete),
        person.prop_map(Step::Create),
        (0..RANGES).prop_map(Step::Read),
        any::<usize>().prop_map(Step::Replay),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn ranges_that_were_read_at_any_time_and_the_changes_come_to_the_directory(
        (people, steps, later) in (prop::collection::vec((any::<u8>(), prop::option::of(0_u8..20)), 0..20), steps(), steps())
    ) {
        let place = tempfile::tempdir().unwrap();
        let state = StateFolder::open(place.path().to_owned()).unwrap();
        let mut world = World::default();
        for (number, (name, manager)) in (0..).zip(&people) {
            let manager = manager.filter(|manager| usize::from(*manager) < people.len());
            let person = Person { upn: upn(number, *name), title: String::new(), manager };
            world.people.insert(number, person);
            world.ever.insert(number);
        }
        let link = DeltaLink::new("https://graph/delta".to_owned(), Timestamp::UNIX_EPOCH);
        let ranges = NameRange::everybody().split_at(&["h".to_owned(), "q".to_owned()]);
        let plan = StagingPlan::new(&meta(1), 20, Some(link), ranges.into_iter().map(|range| (range, 7)).collect());
        let staging = state.create_staging(&meta(1).id, plan).unwrap();
        let mut repeats = Repeats::for_users(20);
        let mut read = |range: usize, world: &World| {
            if staging.is_done(range as u32) {
                return;
            }
            let mut writer = staging.writer(range as u32).unwrap();
            for number in world.people.keys() {
                let user = world.user(*number);
                if in_range(range, &user.upn) {
                    writer.add(&staged(&user, &columns())).unwrap();
                    repeats.note(user.id);
                }
            }
            writer.finish().unwrap();
        };
        for step in &steps {
            world.step(step);
            if let Step::Read(range) = step {
                read(*range, &world);
            }
        }
        (0..RANGES).for_each(|range| read(range, &world));
        let mut changes = Changes::new(&columns(), staging.changes().unwrap());
        for item in std::mem::take(&mut world.told) {
            changes.take_in(item).unwrap();
        }
        let base = Base::Staged(&staging);
        let told = counted(&base, &mut changes, &mut repeats, &world);
        let stop = Stop::new();
        let mut rows = Rows::begin(&request(meta(1)), &state, meta(1), Kept::default(), &stop).unwrap();
        pour(&base, &mut changes, &mut repeats, &told, &columns(), &mut rows).unwrap();
        prop_assert_eq!(rows_of(&rows), world.rows());
        prop_assert_eq!(told.users, world.people.len() as u64);
        rows.snapshot.finish().unwrap();

        // And the snapshot with later changes comes to the directory after them.
        for step in &later {
            world.step(step);
        }
        let snapshot = state.open_snapshot(&meta(1).id).unwrap().unwrap();
        let mut changes = Changes::new(&columns(), staging.changes().unwrap());
        for item in std::mem::take(&mut world.told) {
            changes.take_in(item).unwrap();
        }
        let base = Base::Snapshot(&snapshot);
        let mut repeats = Repeats::for_users(0);
        let told = counted(&base, &mut changes, &mut repeats, &world);
        let mut rows = Rows::begin(&request(meta(2)), &state, meta(2), Kept::default(), &stop).unwrap();
        pour(&base, &mut changes, &mut repeats, &told, &columns(), &mut rows).unwrap();
        prop_assert_eq!(rows_of(&rows), world.rows());
        prop_assert_eq!(told.users, world.people.len() as u64);
    }
}

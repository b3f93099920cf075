//! Two sides with users, compared. One is read through once, in its own order; the other is asked for each user. So memory holds
//! the ids that were met and what differs, and a sheet, which has no index; never a whole directory or snapshot.

use std::collections::{HashMap, HashSet};

use super::event::{Event, Phase, Reporter};
use super::stop::{Stop, StopReason};
use crate::catalogue::{self, Attribute, WriteRule};
use crate::domain::{
    CellTexts, Comparison, Person, PersonFacts, SnapshotId, Spellings, UpnKey, UserId, Value, When,
};
use crate::graph::{CallError, DirectoryReader, ListQuery};
use crate::state::{Snapshot, StateError};
use crate::table::Sheet;

/// A side that is kept somewhere: it can be read through, and asked for one user.
pub enum Kept {
    Snapshot(Snapshot),
    Sheet(SheetUsers),
}

/// One of two sides.
pub enum Side {
    Kept(Box<Kept>),
    /// The directory now, as far as this filter finds it.
    Live {
        filter: Option<String>,
    },
}

/// The users of a sheet, in memory.
pub struct SheetUsers {
    columns: Vec<String>,
    rows: Vec<SheetUser>,
    by_id: HashMap<UserId, usize>,
    by_upn: HashMap<UpnKey, usize>,
    /// The snapshot that the first row with one names.
    snapshot: Option<SnapshotId>,
}

struct SheetUser {
    id: Option<UserId>,
    upn: String,
    row: u64,
    cells: CellTexts,
}

/// Why two sides cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("a row of the sheet cannot be read")]
    Unreadable,
    #[error("row {row} of the sheet names no user")]
    Nameless { row: u64 },
    #[error("row {row} of the sheet names a user that an earlier row names")]
    Repeated { row: u64 },
    #[error("stopped while the directory was read")]
    Stopped(StopReason),
}

impl SheetUsers {
    /// Takes the users of a sheet into memory.
    pub fn read(sheet: &Sheet) -> Result<SheetUsers, CompareError> {
        let header = sheet.header();
        let places: Vec<(usize, &'static Attribute)> = header.attribute_columns().collect();
        let (id_at, upn_at) = (header.index_of("id"), header.index_of("userPrincipalName"));
        let mut users = SheetUsers {
            columns: places
                .iter()
                .map(|(_, attribute)| attribute.name.to_owned())
                .collect(),
            rows: Vec::new(),
            by_id: HashMap::new(),
            by_upn: HashMap::new(),
            snapshot: None,
        };
        for row in sheet.rows() {
            let row = row.map_err(|_| CompareError::Unreadable)?;
            let cell = |at: Option<usize>| at.and_then(|at| row.cells.get(at)).map_or("", |cell| cell.trim());
            let (id, upn) = (UserId::parse(cell(id_at)), cell(upn_at).to_owned());
            let number = row.row;
            if id.is_none() && upn.is_empty() {
                return Err(CompareError::Nameless { row: number });
            }
            let index = users.rows.len();
            let known = id.is_some_and(|id| users.by_id.insert(id, index).is_some())
                || (!upn.is_empty() && users.by_upn.insert(UpnKey::new(&upn), index).is_some());
            if known {
                return Err(CompareError::Repeated { row: number });
            }
            if users.snapshot.is_none() {
                users.snapshot = SnapshotId::parse(cell(header.snapshot_column()));
            }
            users.rows.push(SheetUser {
                id,
                upn,
                row: number,
                cells: places
                    .iter()
                    .map(|(at, _)| row.cells.get(*at).unwrap_or_default())
                    .collect(),
            });
        }
        Ok(users)
    }

    /// The export that the sheet came from, as its rows say.
    pub fn snapshot(&self) -> Option<&SnapshotId> {
        self.snapshot.as_ref()
    }
}

impl Kept {
    /// The names of its columns.
    pub fn columns(&self) -> &[String] {
        match self {
            Kept::Snapshot(snapshot) => &snapshot.meta().columns,
            Kept::Sheet(sheet) => &sheet.columns,
        }
    }

    fn id_of(&self, upn: &str) -> Result<Option<UserId>, StateError> {
        match self {
            Kept::Snapshot(snapshot) => snapshot.id_of_upn(upn),
            Kept::Sheet(sheet) => Ok(sheet
                .by_upn
                .get(&UpnKey::new(upn))
                .and_then(|index| sheet.rows.get(*index)?.id)),
        }
    }

    /// The user that another side has as `who`.
    fn find(&self, who: &Person, shape: &Shape) -> Result<Option<(Mark, Person)>, StateError> {
        match self {
            Kept::Snapshot(snapshot) => {
                let id = match who.id {
                    Some(id) => Some(id),
                    None => snapshot.id_of_upn(&who.upn)?,
                };
                let Some(id) = id else { return Ok(None) };
                Ok(snapshot
                    .cells_of(&id)?
                    .map(|cells| (Mark::User(id), shape.person(Some(id), None, 0, &cells))))
            }
            Kept::Sheet(sheet) => {
                let by_id = who.id.and_then(|id| sheet.by_id.get(&id));
                // By name only where no ids can contradict it.
                let index = by_id.or_else(|| {
                    let index = sheet.by_upn.get(&UpnKey::new(&who.upn))?;
                    let known = sheet.rows.get(*index)?.id;
                    (known.is_none() || who.id.is_none()).then_some(index)
                });
                Ok(index.and_then(|index| {
                    let user = sheet.rows.get(*index)?;
                    let person = shape.person(user.id, Some(&user.upn), user.row, &user.cells);
                    Some((Mark::Row(*index), person))
                }))
            }
        }
    }

    /// Everybody, one at a time.
    fn each(
        &self,
        shape: &Shape,
        mut each: impl FnMut(Mark, Person) -> Result<(), CompareError>,
    ) -> Result<(), CompareError> {
        match self {
            Kept::Snapshot(snapshot) => {
                let mut row = 1;
                snapshot.for_each(|user| {
                    row += 1;
                    let person = shape.person(Some(user.id), Some(&user.upn), row, &user.cells);
                    each(Mark::User(user.id), person)
                })
            }
            Kept::Sheet(sheet) => sheet.rows.iter().enumerate().try_for_each(|(index, user)| {
                let person = shape.person(user.id, Some(&user.upn), user.row, &user.cells);
                each(Mark::Row(index), person)
            }),
        }
    }
}

/// A user of a kept side that the other side has as well.
#[derive(PartialEq, Eq, Hash)]
enum Mark {
    User(UserId),
    Row(usize),
}

/// Where the compared columns stand among a side's own.
struct Shape {
    places: Vec<Option<usize>>,
    facts: [Option<usize>; 2],
    upn: Option<usize>,
}

impl Shape {
    fn new(own: &[String], compared: &[&'static Attribute]) -> Shape {
        let at = |name: &str| own.iter().position(|column| column == name);
        Shape {
            places: compared.iter().map(|attribute| at(attribute.name)).collect(),
            facts: PersonFacts::ATTRIBUTES.map(at),
            upn: at("userPrincipalName"),
        }
    }

    fn person(&self, id: Option<UserId>, upn: Option<&str>, row: u64, cells: &CellTexts) -> Person {
        let cell = |at: &Option<usize>| at.and_then(|at| cells.get(at)).unwrap_or_default().to_owned();
        let [display_name, department] = [0, 1].map(|fact: usize| cell(&self.facts[fact]));
        Person {
            id,
            upn: upn.map_or_else(|| cell(&self.upn), str::to_owned),
            facts: PersonFacts {
                display_name,
                department,
            },
            cells: self.places.iter().map(cell).collect(),
            row,
        }
    }
}

/// Compares a kept side with another one, which is read through. `asked_is`: which of the two the kept side is. `comparison`: what is compared and how, with
/// nothing in it yet.
pub async fn compare(
    asked: &Kept,
    asked_is: When,
    through: Side,
    comparison: Comparison,
    reader: Option<&DirectoryReader>,
    reporter: &Reporter,
    stop: &Stop,
) -> Result<Comparison, CompareError> {
    let mut run = Run {
        shape: Shape::new(asked.columns(), comparison.columns()),
        asked,
        asked_is,
        met: HashSet::new(),
        comparison,
    };
    match (through, reader) {
        (Side::Kept(through), _) => {
            let shape = Shape::new(through.columns(), run.comparison.columns());
            through.each(&shape, |_, person| {
                run.take(&person, |text| through.id_of(text).ok().flatten())
            })?;
        }
        (Side::Live { filter }, Some(reader)) => run.live(filter, reader, reporter, stop).await?,
        (Side::Live { .. }, None) => {}
    }
    run.finish()
}

struct Run<'k> {
    asked: &'k Kept,
    asked_is: When,
    shape: Shape,
    /// Those of the asked side that the other one has.
    met: HashSet<Mark>,
    comparison: Comparison,
}

impl Run<'_> {
    fn take(&mut self, person: &Person, refers: impl Fn(&str) -> Option<UserId>) -> Result<(), CompareError> {
        let Some((mark, known)) = self.asked.find(person, &self.shape)? else {
            match self.asked_is {
                When::Before => self.comparison.only_after(person.clone()),
                When::After => self.comparison.only_before(person.clone()),
            }
            return Ok(());
        };
        self.met.insert(mark);
        let (asked, asked_is) = (self.asked, self.asked_is);
        let (before, after) = match asked_is {
            When::Before => (&known, person),
            When::After => (person, &known),
        };
        self.comparison.pair(before, after, |when, text| {
            let by_id = UserId::parse(text);
            by_id.or_else(|| {
                if when == asked_is {
                    asked.id_of(text).ok().flatten()
                } else {
                    refers(text)
                }
            })
        });
        Ok(())
    }

    async fn live(
        &mut self,
        filter: Option<String>,
        reader: &DirectoryReader,
        reporter: &Reporter,
        stop: &Stop,
    ) -> Result<(), CompareError> {
        let facts = PersonFacts::ATTRIBUTES
            .iter()
            .filter_map(|name| catalogue::by_name(name));
        let mut columns: Vec<&'static Attribute> = self.comparison.columns().to_vec();
        for attribute in facts {
            if !columns.contains(&attribute) {
                columns.push(attribute);
            }
        }
        let has = |rule: WriteRule| columns.iter().any(|column| column.write == rule);
        let (has_licences, has_roles) = (has(WriteRule::Licences), has(WriteRule::Roles));
        let names: Vec<String> = columns.iter().map(|column| column.name.to_owned()).collect();
        let shape = Shape::new(&names, self.comparison.columns());
        let mut pages = reader.pages(ListQuery {
            columns: columns.into(),
            filter,
            page_size: None,
        });
        let phase = Phase::Survey;
        reporter.emit(Event::PhaseStarted { phase, total: None }).await;
        let work = async {
            let mut done = 0;
            // A moving directory may show one user on two pages.
            let mut seen = HashSet::new();
            while let Some(users) = pages.next_page().await? {
                reporter.counters().users_read.add(users.len() as u64);
                // The page has brought the names of roles along.
                if done == 0 && (has_licences || has_roles) {
                    self.comparison.know(Spellings {
                        products: if has_licences {
                            reader.products().await?
                        } else {
                            None
                        },
                        roles: reader.role_book(),
                    });
                }
                done += users.len() as u64;
                for user in users.iter().filter(|user| seen.insert(user.id)) {
                    let cells: CellTexts = names
                        .iter()
                        .zip(&user.values)
                        .map(|(name, value)| match name.as_str() {
                            "userPrincipalName" => user.upn.clone(),
                            _ => value.to_cell(),
                        })
                        .collect();
                    let person = shape.person(Some(user.id), Some(&user.upn), 0, &cells);
                    // The directory tells whom it means.
                    self.take(&person, |text| {
                        let people = user.values.iter().flat_map(Value::pointed_to);
                        let mut named = people.filter(|one| one.to_cell() == text);
                        named.next().map(|one| one.id)
                    })?;
                }
            }
            Ok::<u64, CompareError>(done)
        };
        let done = tokio::select! {
            done = work => done?,
            never = reporter.watch(reader) => match never {},
            () = stop.drained() => {
                return Err(CompareError::Stopped(stop.reason().unwrap_or(StopReason::Interrupted)));
            }
        };
        reporter.emit(Event::PhaseFinished { phase, done }).await;
        Ok(())
    }

    /// Whom of the asked side nobody met.
    fn finish(self) -> Result<Comparison, CompareError> {
        let Run {
            asked,
            asked_is,
            shape,
            met,
            mut comparison,
        } = self;
        asked.each(&shape, |mark, person| {
            if !met.contains(&mark) {
                match asked_is {
                    When::Before => comparison.only_before(person),
                    When::After => comparison.only_after(person),
                }
            }
            Ok(())
        })?;
        Ok(comparison)
    }
}

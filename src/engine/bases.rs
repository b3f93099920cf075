//! Where the rows' bases come from: the snapshots the rows name, or a snapshot or file given with `--base`.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use by_key::{KeyIndex, no_key_in_base};
use file::BaseFile;

use crate::catalogue::Attribute;
use crate::domain::{Base, BaseRow, Extent, Finding, ParsedRow, SnapshotId, UserId, is_same_service};
use crate::state::{Snapshot, SnapshotMeta, StateError, StateFolder};
use crate::table::{ReadOptions, SheetError};

mod by_key;
mod file;

/// Finds the base of each row. Snapshots are opened once, when the first row names them.
pub struct Bases<'s> {
    folder: &'s StateFolder,
    /// The tenant the sheet is meant for, and the address of its service; `None` offline.
    meant_for: Option<(String, String)>,
    snapshots: HashMap<SnapshotId, Option<OpenSnapshot>>,
    given: Option<Given>,
    used: Vec<SnapshotId>,
}

struct OpenSnapshot {
    snapshot: Snapshot,
    columns: Arc<[String]>,
    /// Why it cannot be the base: it is of another tenant or service than the sheet is meant for.
    stranger: Option<Box<Finding>>,
    /// Whether a user was in it.
    used: bool,
    by_key: Option<KeyIndex<UserId>>,
}

/// What was given with `--base`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenBase {
    /// A snapshot's id, or the path of an earlier export.
    pub name: String,
    /// How the file is read.
    pub options: ReadOptions,
}

impl From<&str> for GivenBase {
    fn from(name: &str) -> GivenBase {
        GivenBase {
            name: name.to_owned(),
            options: ReadOptions::default(),
        }
    }
}

impl GivenBase {
    /// Reads it, if it is a file; that needs nothing else, and may go on beside the reading of the sheet. Blocks.
    pub fn read(self) -> ReadBase {
        let is_file = SnapshotId::parse(&self.name).is_none() && Path::new(&self.name).exists();
        let file = is_file.then(|| BaseFile::read(&self.name, self.options).map(Box::new));
        ReadBase {
            name: self.name,
            file,
        }
    }
}

/// What was given with `--base`, read as far as it is a file. What is wrong with the file is told by [`Bases::new`].
pub struct ReadBase {
    name: String,
    file: Option<Result<Box<BaseFile>, BaseError>>,
}

/// The base given with `--base`.
enum Given {
    Snapshot(SnapshotId),
    File(Box<BaseFile>),
}

/// What is wrong with the base itself.
#[derive(Debug, thiserror::Error)]
pub enum BaseError {
    #[error(transparent)]
    State(#[from] StateError),
    #[error("the base cannot be read: {}", of_base(.0.to_string()))]
    Sheet(#[from] SheetError),
    #[error("the base `{file}` cannot be used: {told}")]
    Unusable { file: String, told: String },
    #[error("there is no snapshot and no file `{0}`")]
    Missing(String),
    #[error("the base `{file}` has rows that cannot be read{told}")]
    Damaged { file: String, told: String },
    #[error("the encoding of the base `{0}` had to be guessed")]
    Guessed(String),
    #[error("the base `{file}` has the same user twice (`{user}`)")]
    Repeated { file: String, user: String },
}

impl BaseError {
    /// What to do about it, where the message itself does not say so.
    pub fn help(&self) -> &'static str {
        match self {
            BaseError::Missing(_) => "`dirsheet snapshots` lists the snapshots",
            BaseError::Damaged { .. } | BaseError::Repeated { .. } => {
                "a base must be an export as it was written"
            }
            BaseError::Guessed(_) => "name it with `--base-encoding`, or give an export as it was written",
            BaseError::State(_) | BaseError::Sheet(_) | BaseError::Unusable { .. } => "",
        }
    }

    /// With the first of the rows, where it is known.
    fn damaged(file: &str, first: Option<&Finding>) -> BaseError {
        BaseError::Damaged {
            told: first.map_or_else(String::new, |finding| {
                format!(" ({}: {})", finding.place_in(file), finding.message)
            }),
            file: file.to_owned(),
        }
    }
}

impl<'s> Bases<'s> {
    /// Bases from the state folder, and the one given with `--base`. `meant_for`: the tenant of the sheet, and the address of its
    /// service.
    pub fn new(
        folder: &'s StateFolder,
        meant_for: Option<(&str, &str)>,
        given: Option<ReadBase>,
    ) -> Result<Bases<'s>, BaseError> {
        let mut bases = Bases {
            folder,
            meant_for: meant_for.map(|(tenant, service)| (tenant.to_owned(), service.to_owned())),
            snapshots: HashMap::new(),
            given: None,
            used: Vec::new(),
        };
        if let Some(given) = given {
            let ReadBase { name, file } = given;
            bases.given = Some(match (SnapshotId::parse(&name), file) {
                (Some(id), _) if bases.open(&id)?.is_some() => Given::Snapshot(id),
                (None, Some(file)) => Given::File(file?),
                _ => return Err(BaseError::Missing(name)),
            });
        }
        Ok(bases)
    }

    /// The snapshots that were the base of at least one row.
    pub fn used(&self) -> &[SnapshotId] {
        &self.used
    }

    /// The columns that some of the snapshots that were used have, and another does not.
    pub fn differing_columns(&self) -> HashSet<String> {
        let mut used = self
            .used
            .iter()
            .filter_map(|id| self.snapshots.get(id)?.as_ref())
            .map(|open| open.columns.iter().cloned().collect::<HashSet<String>>());
        let Some(first) = used.next() else {
            return HashSet::new();
        };
        let (mut all, mut common) = (first.clone(), first);
        for columns in used {
            common.retain(|name| columns.contains(name));
            all.extend(columns);
        }
        all.difference(&common).cloned().collect()
    }

    /// The file that was the base of at least one row, as it was named.
    pub fn used_file(&self) -> Option<&str> {
        match &self.given {
            Some(Given::File(file)) => file.used(),
            Some(Given::Snapshot(_)) | None => None,
        }
    }

    /// The base of one row.
    pub fn of(&mut self, row: &ParsedRow) -> Result<Base, BaseError> {
        let named = match row.snapshot() {
            // Without its snapshot the row can still be held against a base given by hand.
            Some(id) if self.given.is_some() && self.open(id)?.is_none() => None,
            named => named,
        };
        match (named, &mut self.given) {
            (Some(id), _) => self.of_snapshot(id, row, true),
            (None, Some(Given::Snapshot(id))) => {
                let id = id.clone();
                self.of_snapshot(&id, row, false)
            }
            (None, Some(Given::File(file))) => Ok(file.of(row)),
            (None, None) => Ok(Base::None),
        }
    }

    fn of_snapshot(&mut self, id: &SnapshotId, row: &ParsedRow, named: bool) -> Result<Base, BaseError> {
        let Some(open) = self.open_mut(id)? else {
            return Ok(Base::Unusable(Finding::error(
                "unknown-snapshot",
                Extent::Row,
                format!("the snapshot `{id}` is not in the state folder, so nobody can tell what was edited"),
                "use the computer (or `--state-dir`) that made the export, give the exported file with `--base FILE`, or remove the `_snapshot` column (then a blank cell keeps the value)",
            )));
        };
        if let Some(stranger) = &open.stranger {
            return Ok(Base::Unusable((**stranger).clone()));
        }
        let user = match row.id() {
            Some(id) => Some(id),
            None => row
                .upn()
                .map(|upn| open.snapshot.id_of_upn(upn.as_str()))
                .transpose()?
                .flatten(),
        };
        let user = match (user, row.key()) {
            (None, Some(key)) if row.upn().is_none() => {
                let Some(index) = open.by_key(key.attribute())? else {
                    return Ok(no_key_in_base(key));
                };
                match index.find(key) {
                    Ok(user) => user,
                    Err(base) => return Ok(*base),
                }
            }
            (user, _) => user,
        };
        let cells = user
            .map(|user| open.snapshot.cells_of(&user))
            .transpose()?
            .flatten();
        let base = match cells {
            Some(cells) => {
                let base = BaseRow::new(Arc::clone(&open.columns), cells);
                if !std::mem::replace(&mut open.used, true) {
                    self.used.push(id.clone());
                }
                Base::Row(base)
            }
            None if named => Base::Unusable(Finding::error(
                "not-in-snapshot",
                Extent::Row,
                format!("the row names the snapshot `{id}`, but this user was not in it"),
                "the row may have been pasted from elsewhere or its cells shifted; empty its `_snapshot` cell if it is right",
            )),
            None => not_in_base(),
        };
        Ok(base)
    }

    fn open(&mut self, id: &SnapshotId) -> Result<Option<&OpenSnapshot>, BaseError> {
        Ok(self.open_mut(id)?.map(|open| &*open))
    }

    fn open_mut(&mut self, id: &SnapshotId) -> Result<Option<&mut OpenSnapshot>, BaseError> {
        if !self.snapshots.contains_key(id) {
            let meant_for = self.meant_for.as_ref();
            let open = self.folder.open_snapshot(id)?.map(|snapshot| OpenSnapshot {
                columns: snapshot.meta().columns.clone().into(),
                stranger: meant_for
                    .and_then(|meant_for| stranger(snapshot.meta(), meant_for))
                    .map(Box::new),
                used: false,
                by_key: None,
                snapshot,
            });
            self.snapshots.insert(id.clone(), open);
        }
        Ok(self.snapshots.get_mut(id).and_then(Option::as_mut))
    }
}

/// A sheet belongs to the directory it came from: to its tenant, and to the service that holds it, because a practice directory may
/// have the id of a real tenant.
fn stranger(of: &SnapshotMeta, (tenant, service): &(String, String)) -> Option<Finding> {
    let (rule, message, help) = if of.tenant.to_lowercase() != tenant.to_lowercase() {
        (
            "other-tenant",
            format!(
                "the row was exported from tenant `{}`, and this is tenant `{}`",
                of.tenant,
                tenant.to_lowercase()
            ),
            "check the tenant you are signed in to; a sheet belongs to the directory it came from",
        )
    } else if is_same_service(&of.graph_host, service) {
        return None;
    } else {
        (
            "other-service",
            format!(
                "the row was exported from `{}`, and this is `{service}`",
                of.graph_host
            ),
            "use the profile or `--graph-url` with which it was exported, or export again from here; a sheet belongs to the directory it came from",
        )
    };
    Some(Finding::error(rule, Extent::Row, message, help))
}

impl OpenSnapshot {
    /// Who was exported with which value; `None` when the column was not exported. Made once, with one look at every user.
    fn by_key(&mut self, attribute: &'static Attribute) -> Result<Option<&KeyIndex<UserId>>, BaseError> {
        let Some(at) = self.columns.iter().position(|column| column == attribute.name) else {
            return Ok(None);
        };
        if !self.by_key.as_ref().is_some_and(|index| index.is_of(attribute)) {
            let mut index = KeyIndex::new(attribute);
            self.snapshot.for_each(|user| {
                if let Some(text) = user.cells.get(at) {
                    index.add(text, user.id);
                }
                Ok::<_, StateError>(())
            })?;
            self.by_key = Some(index);
        }
        Ok(self.by_key.as_ref())
    }
}

/// What is said of a sheet, said of a base: it has flags of its own.
fn of_base(told: String) -> String {
    ["encoding", "delimiter", "worksheet"]
        .iter()
        .fold(told, |told, flag| {
            told.replace(&format!("`--{flag}"), &format!("`--base-{flag}"))
        })
}

/// Whoever gives a base wants to be told what was edited; without one a row would be compared two ways, and nobody asked for that.
fn not_in_base() -> Base {
    Base::Unusable(Finding::error(
        "not-in-base",
        Extent::Row,
        "the base given with `--base` does not have this user, so nobody can tell what was edited",
        "give the export this row came from, or put the row into a sheet of its own and use it without `--base`",
    ))
}

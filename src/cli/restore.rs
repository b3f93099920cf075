//! `plan --restore` and `apply --restore`: setting users back to a snapshot is a plan like any other.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::args::{GuardArgs, RestoreArgs, SheetArgs};
use super::choices::Chosen;
use super::connect::Job;
use super::error::CliError;
use super::extensions::attribute_in;
use super::knowledge;
use super::limits::limits;
use super::prepare::{Planned, forecast_of, plan_sheet};
use super::reading::nameless;
use crate::catalogue::{self, Attribute, Kind};
use crate::domain::{
    Finding, PlanBinding, Restore, RestoreUser, SnapshotId, UserId, UserKey, build_restore, inspect,
    is_same_service, shorten, split_items,
};
use crate::engine::{Reporter, Wanted, survey};
use crate::report::{ChoiceNotes, SheetFacts};
use crate::state::{SheetShape, Snapshot, SnapshotMeta, StateFolder};
use crate::table::{ReadOptions, Sheet, file_sha256};

/// How many users that are not there an error names.
const USERS_SHOWN_MAX: usize = 5;

/// Flags that say what is restored mean nothing for a sheet. (clap lets them pass there, because a sheet excludes `--restore`.)
pub fn check_flags(arguments: &RestoreArgs) -> Result<(), CliError> {
    let typed = [
        (!arguments.columns.is_empty(), "--columns"),
        (!arguments.users.is_empty(), "--users"),
        (arguments.rows_of.is_some(), "--rows-of"),
    ];
    match typed
        .into_iter()
        .find(|(is_typed, _)| *is_typed && arguments.restore.is_none())
    {
        None => Ok(()),
        Some((_, flag)) => Err(CliError::usage(format!(
            "`{flag}` goes with `--restore SNAPSHOT`; nothing was written"
        ))
        .hint("a sheet says itself which users and columns it is about: remove the others from it")),
    }
}

/// The plan of a sheet, or of the way back to a snapshot. `chosen` settles conflicts of the sheet.
pub async fn plan_what(
    sheet: Option<&Path>,
    restore: &RestoreArgs,
    reading: &SheetArgs,
    guards: &GuardArgs,
    chosen: &Chosen,
    job: Job<'_>,
    reporter: &Reporter,
) -> Result<Planned, CliError> {
    match (&restore.restore, sheet) {
        (Some(name), _) => plan_restore(name, restore, guards, job, reporter).await,
        (None, Some(sheet)) => plan_sheet(sheet, reading, guards, chosen, job, reporter).await,
        (None, None) => Err(CliError::usage("name a sheet, or a snapshot with `--restore`")),
    }
}

async fn plan_restore(
    name: &str,
    arguments: &RestoreArgs,
    guards: &GuardArgs,
    job: Job<'_>,
    reporter: &Reporter,
) -> Result<Planned, CliError> {
    let (id, snapshot) = open(job.state, name)?;
    let meta = snapshot.meta().clone();
    if !meta.tenant.eq_ignore_ascii_case(&job.connected.tenant) {
        return Err(CliError::usage(format!(
            "the snapshot {id} is of tenant `{}`, and this is tenant `{}`; nothing was written",
            meta.tenant, job.connected.tenant
        ))
        .hint("check which tenant you are signed in to"));
    }
    if !is_same_service(&meta.graph_host, &job.connected.graph_url) {
        return Err(CliError::usage(format!(
            "the snapshot {id} was read from `{}`, and this is `{}`; nothing was written",
            meta.graph_host, job.connected.graph_url
        ))
        .hint("use the profile or `--graph-url` with which it was exported"));
    }
    let (columns, read_only) = columns(&meta, &arguments.columns)?;
    if !read_only.is_empty() {
        job.context.output.say(&format!(
            "Not set back, because they cannot be written: {}.",
            read_only.join(", ")
        ));
    }
    let chosen = chosen(&snapshot, arguments, job, reporter).await?;
    let restore = gather(&snapshot, columns, chosen.as_ref())?;
    drop(snapshot);
    let wanted = Wanted::of(restore.keys(), &restore.columns)
        .below(restore.managers())
        .in_cloud(job.connected.cloud);
    let directory = survey(&job.connected.reader, &wanted, reporter, job.stop).await?;
    job.connected.pace_for(directory.users_total());
    let path = job.state.snapshot_file(&id);
    let binding = PlanBinding {
        tenant: job.connected.tenant.clone(),
        graph_url: job.connected.graph_url.clone(),
        sheet_name: id.to_string(),
        sheet_sha256: file_sha256(&path)
            .map_err(|error| CliError::usage(format!("the snapshot {id} cannot be read: {error}")))?,
        snapshots: Vec::new(),
        base_file: None,
        restores: Some(id.clone()),
        catalogue: catalogue::VERSION,
    };
    let mut plan = build_restore(binding, &restore, &directory);
    let mut limits = limits(&job.context.config.limits, guards);
    let knowledge = knowledge::read(&plan, &mut limits, job).await?;
    knowledge.foresee(&mut plan, &limits, &directory);
    let header: Vec<String> = ["id", "userPrincipalName"]
        .into_iter()
        .chain(restore.columns.iter().map(|column| column.name))
        .map(str::to_owned)
        .collect();
    Ok(Planned {
        facts: SheetFacts {
            format: "snapshot",
            encoding: None,
            delimiter: None,
            worksheet: None,
            origin: None,
            rows: restore.users.len() as u64,
            columns: header.clone(),
        },
        shape: SheetShape {
            path,
            header,
            delimiter: ',',
            bom: true,
            crlf: true,
            reading: None,
        },
        name: id.to_string(),
        findings: Vec::new(),
        guards: inspect(&plan, &limits),
        forecast: forecast_of(&plan, job.connected),
        limits,
        plan,
        unusable: false,
        choice_notes: ChoiceNotes::default(),
        pictures: Vec::new(),
    })
}

/// A snapshot by its name.
pub fn open(state: &StateFolder, name: &str) -> Result<(SnapshotId, Snapshot), CliError> {
    let missing = || {
        CliError::usage(format!("there is no snapshot `{}`", shorten(name)))
            .hint("`dirsheet snapshots` lists them")
    };
    let id = SnapshotId::parse(name).ok_or_else(missing)?;
    let snapshot = state.open_snapshot(&id)?.ok_or_else(missing)?;
    Ok((id, snapshot))
}

/// The columns to set back, and the names of those that only look so.
fn columns(
    meta: &SnapshotMeta,
    asked: &[String],
) -> Result<(Vec<&'static Attribute>, Vec<&'static str>), CliError> {
    let (of_snapshot, id) = (&meta.columns, &meta.id);
    let unknown = asked.iter().find(|name| !of_snapshot.contains(name));
    if let Some(name) = unknown {
        let error = if catalogue::by_name(name).is_none() {
            format!("`--columns {}`: there is no such column", shorten(name))
        } else {
            format!("`--columns {name}`: the snapshot {id} does not hold it")
        };
        return Err(CliError::usage(error).hint(format!("it holds {}", of_snapshot.join(", "))));
    }
    let wanted = of_snapshot
        .iter()
        .filter(|name| asked.is_empty() || asked.contains(name))
        .filter_map(|name| attribute_in(meta, name))
        .filter(|attribute| attribute.name != "id" || !asked.is_empty());
    let (columns, read_only): (Vec<&'static Attribute>, Vec<_>) =
        wanted.partition(|attribute| attribute.is_writable());
    let read_only: Vec<&'static str> = read_only.iter().map(|attribute| attribute.name).collect();
    if columns.is_empty() {
        return Err(CliError::usage(format!(
            "nothing of the snapshot {id} can be set back: {} cannot be written",
            read_only.join(", ")
        ))
        .hint("`dirsheet columns` says which columns can be written"));
    }
    Ok((columns, read_only))
}

/// The users that were named; `None` for everybody.
async fn chosen(
    snapshot: &Snapshot,
    arguments: &RestoreArgs,
    job: Job<'_>,
    reporter: &Reporter,
) -> Result<Option<HashSet<UserId>>, CliError> {
    let id = &snapshot.meta().id;
    if let Some(path) = &arguments.rows_of {
        let (users, strangers) = find(snapshot, keys_of(path)?)?;
        if users.is_empty() {
            return Err(CliError::usage(format!(
                "no row of `{}` names a user of the snapshot {id}",
                path.display()
            )));
        }
        if !strangers.is_empty() {
            job.context.output.say(&format!(
                "{} rows of `{}` name nobody in the snapshot {id}: {}.",
                strangers.len(),
                path.display(),
                listed(&strangers)
            ));
        }
        return Ok(Some(users));
    }
    if arguments.users.is_empty() {
        return Ok(None);
    }
    let names: Vec<String> = arguments
        .users
        .iter()
        .map(|name| name.trim().to_owned())
        .collect();
    let (mut users, mut strangers) = find(snapshot, names.iter().cloned())?;
    // Who was renamed since is known by both names.
    let by_name = names.iter().filter_map(|name| UserKey::parse(name));
    let by_name: HashSet<UserKey> = by_name.filter(|key| matches!(key, UserKey::Upn(_))).collect();
    let wanted = Wanted::of(by_name, &[]).in_cloud(job.connected.cloud);
    let now = survey(&job.connected.reader, &wanted, reporter, job.stop).await?;
    for name in &names {
        let Some(UserKey::Upn(key)) = UserKey::parse(name) else {
            continue;
        };
        let Some(user) = now.find(&UserKey::Upn(key.clone())) else {
            continue;
        };
        let is_in_snapshot = snapshot.cells_of(&user.id)?.is_some();
        match snapshot.id_of_upn(key.as_str())? {
            Some(then) if then != user.id => {
                return Err(CliError::usage(format!(
                    "`--users {0}`: at the time of the snapshot {id} this was the user {then}, and now it is {1}",
                    shorten(name),
                    user.id
                ))
                .hint("names change hands; give the id of the one who is meant"));
            }
            None if is_in_snapshot => {
                users.insert(user.id);
                strangers.retain(|stranger| stranger != name);
            }
            Some(_) | None => {}
        }
    }
    if strangers.is_empty() {
        return Ok(Some(users));
    }
    Err(CliError::usage(format!(
        "`--users`: not in the snapshot {id}: {}",
        listed(&strangers)
    ))
    .hint("name users by id, or by userPrincipalName as it is now or was at the time of the snapshot"))
}

fn listed(names: &[String]) -> String {
    let mut text: Vec<String> = names
        .iter()
        .take(USERS_SHOWN_MAX)
        .map(|name| shorten(name))
        .collect();
    if names.len() > USERS_SHOWN_MAX {
        text.push(format!("and {} more", names.len() - USERS_SHOWN_MAX));
    }
    text.join(", ")
}

/// Which of these names the snapshot knows, and which it does not.
fn find(
    snapshot: &Snapshot,
    names: impl IntoIterator<Item = String>,
) -> Result<(HashSet<UserId>, Vec<String>), CliError> {
    let (mut users, mut strangers) = (HashSet::new(), Vec::new());
    for name in names {
        let found = match UserKey::parse(&name) {
            Some(UserKey::Id(id)) => snapshot.cells_of(&id)?.map(|_| id),
            Some(UserKey::Upn(upn)) => snapshot.id_of_upn(upn.as_str())?,
            None => None,
        };
        match found {
            Some(id) => drop(users.insert(id)),
            None => strangers.push(name),
        }
    }
    Ok((users, strangers))
}

/// Whom the rows of a sheet name: by id, else by userPrincipalName.
fn keys_of(path: &Path) -> Result<Vec<String>, CliError> {
    let unusable = |what: String| {
        CliError::usage(format!("`--rows-of {}`: {what}", path.display()))
            .hint("`dirsheet check` says more about the sheet")
    };
    let sheet = Sheet::open(path, ReadOptions::default()).map_err(|error| {
        let flag = format!("--rows-of {}", path.display());
        nameless(&flag, &error).unwrap_or_else(|| unusable(error.to_string()))
    })?;
    if sheet.findings().iter().any(Finding::is_error) {
        return Err(unusable("the sheet has errors".to_owned()));
    }
    let columns = ["id", "userPrincipalName"].map(|name| sheet.header().index_of(name));
    let mut keys = Vec::new();
    for row in sheet.rows() {
        let row = row.map_err(|_| unusable("a row cannot be read".to_owned()))?;
        let cells = columns
            .iter()
            .flatten()
            .filter_map(|index| row.cells.get(*index).map(|cell| cell.trim()));
        if let Some(key) = cells.into_iter().find(|cell| !cell.is_empty()) {
            keys.push(key.to_owned());
        }
    }
    Ok(keys)
}

/// What the snapshot says of the chosen users.
fn gather(
    snapshot: &Snapshot,
    columns: Vec<&'static Attribute>,
    chosen: Option<&HashSet<UserId>>,
) -> Result<Restore, CliError> {
    let meta = snapshot.meta();
    let places: Vec<Option<usize>> = columns
        .iter()
        .map(|column| meta.columns.iter().position(|name| name == column.name))
        .collect();
    let mut users = Vec::new();
    let mut row = 1;
    snapshot.for_each(|user| {
        row += 1;
        if chosen.is_none_or(|chosen| chosen.contains(&user.id)) {
            let cell =
                |place: &Option<usize>| place.and_then(|place| user.cells.get(place).map(str::to_owned));
            users.push(RestoreUser {
                row,
                id: user.id,
                cells: places
                    .iter()
                    .map(|place| cell(place).unwrap_or_default())
                    .collect(),
                upn: user.upn,
            });
        }
        Ok::<(), CliError>(())
    })?;
    let mut references = HashMap::new();
    for (index, column) in columns.iter().enumerate() {
        let is_list = match column.kind {
            Kind::Reference => false,
            Kind::References { .. } => true,
            _ => continue,
        };
        for text in users.iter().filter_map(|user| user.cells.get(index)) {
            let names = if is_list {
                split_items(text).unwrap_or_default()
            } else {
                vec![text.clone()]
            };
            for name in names {
                if !name.is_empty()
                    && !references.contains_key(&name)
                    && let Some(id) = snapshot.id_of_upn(&name)?
                {
                    references.insert(name, id);
                }
            }
        }
    }
    Ok(Restore {
        columns,
        users,
        references,
    })
}

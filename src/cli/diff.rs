//! `diff`: what differs between two snapshots, a snapshot and a sheet, or one of them and the directory now.

use std::io::Write;
use std::path::Path;

use super::args::DiffArgs;
use super::connect::{Connected, Context};
use super::error::CliError;
use super::exit::Exit;
use super::extensions::open_offline;
use super::keeper::{Keeper, KeptFile};
use super::papers::{check_ending, check_is_another, check_replaces};
use super::reading::nameless;
use super::restore::open;
use crate::catalogue::{self, Attribute, DataType, Extension};
use crate::domain::{Comparison, Finding, SnapshotId, When, is_same_service};
use crate::engine::{CompareError, Kept, SheetUsers, Side, compare};
use crate::report::{DiffFacts, DiffSide, PlanView, diff_json, diff_sheet, diff_text};
use crate::state::StateFolder;
use crate::table::{
    Delimiter, Guard, ReadOptions, RowSink, SheetWriter, WorkbookStyle, WorkbookWriter, WriteStyle,
    is_own_paper,
};

/// The name of the directory as it is now.
const LIVE: &str = "live";

/// The kind of a side that is a sheet.
const SHEET: &str = "sheet";

/// A side that was opened, and what is told of it.
struct Opened {
    facts: DiffSide,
    /// `None` for the directory now.
    kept: Option<Kept>,
    filter: Option<String>,
    /// The tenant's own attributes that its export knew, as files keep them.
    extensions: Vec<String>,
}

impl Opened {
    fn extension(&self, name: &str) -> Option<&'static Attribute> {
        let mut known = self
            .extensions
            .iter()
            .filter_map(|stored| catalogue::by_name(stored));
        known.find(|attribute| attribute.name == name)
    }
}

/// The attribute of this name; of an extension whose type no side knows, the texts are compared.
fn attribute(before: &Opened, after: &Opened, name: &str) -> Option<&'static Attribute> {
    let own = before.extension(name).or_else(|| after.extension(name));
    own.or_else(|| catalogue::by_name(name))
        .or_else(|| Extension::of(DataType::Unknown).attribute(name))
}

pub async fn run(context: &Context, arguments: &DiffArgs) -> Result<Exit, CliError> {
    let state = context.state()?;
    if arguments.before == LIVE && arguments.after == LIVE {
        return Err(CliError::usage("the directory now is the same as itself")
            .hint("name a snapshot or a sheet: `dirsheet diff SNAPSHOT live`"));
    }
    if let Some(output) = &arguments.output {
        check_ending("-o", output, &["csv", "xlsx"])?;
        for side in [&arguments.before, &arguments.after] {
            check_is_another(Path::new(side), output)?;
        }
        check_replaces("-o", output, is_own_paper)?;
    }
    let file = arguments.output.as_deref();
    let keeper = Keeper::new(&state, context.output);
    let file = file.map(|path| keeper.begin(path)).transpose()?;
    let mut before = side(&state, &arguments.before)?;
    let mut after = side(&state, &arguments.after)?;
    check_places(&before.facts, &after.facts)?;
    let (columns, not_compared) = columns(&before, &after, &arguments.columns)?;
    let is_live = before.kept.is_none() || after.kept.is_none();
    let connected = if is_live {
        Some(Connected::open(context, &state).await?)
    } else {
        None
    };
    if let Some(connected) = &connected {
        for side in [&mut before, &mut after] {
            if side.kept.is_none() {
                side.facts.tenant = Some(connected.tenant.clone());
                side.facts.service = Some(connected.graph_url.clone());
            }
        }
    }
    let comparison = match beside_a_sheet(&before.facts, &after.facts).filter(|_| !arguments.full) {
        Some(side) => Comparison::new(columns).only_counting(side),
        None => Comparison::new(columns),
    };
    let compared = match check_places(&before.facts, &after.facts) {
        Ok(()) => meet(context, &mut before, &mut after, comparison, connected.as_ref()).await,
        Err(error) => Err(error),
    };
    if let Some(connected) = connected {
        connected.close().await?;
    }
    let comparison = compared?;
    let facts = DiffFacts {
        before: before.facts,
        after: after.facts,
        not_compared,
    };
    let output = context.output;
    let comparison = output.contacts.comparison(&comparison);
    if let Some(file) = file {
        write(file, &comparison)?;
    }
    if output.json {
        output.json(&diff_json(&facts, &comparison))?;
    } else {
        let view = PlanView {
            paint: output.paint(),
            full: arguments.full,
            decides_by_sheet: false,
        };
        output.data(&diff_text(&facts, &comparison, view))?;
    }
    Ok(if arguments.detailed_exitcode && !comparison.is_same() {
        Exit::Changes
    } else {
        Exit::Done
    })
}

/// The side beside a sheet that is none itself: its users who are not in the sheet are not what the question is about.
fn beside_a_sheet(before: &DiffSide, after: &DiffSide) -> Option<When> {
    match (before.kind == SHEET, after.kind == SHEET) {
        (true, false) => Some(When::After),
        (false, true) => Some(When::Before),
        (true, true) | (false, false) => None,
    }
}

async fn meet(
    context: &Context,
    before: &mut Opened,
    after: &mut Opened,
    comparison: Comparison,
    connected: Option<&Connected>,
) -> Result<Comparison, CliError> {
    // The directory can only be read through. Of two that are kept, the second is, so that its order is told.
    let (asked, asked_is, through) = match (before.kept.take(), after.kept.take()) {
        (Some(asked), Some(through)) => (asked, When::Before, Side::Kept(Box::new(through))),
        (Some(asked), None) => (
            asked,
            When::Before,
            Side::Live {
                filter: before.filter.clone(),
            },
        ),
        (None, Some(asked)) => (
            asked,
            When::After,
            Side::Live {
                filter: after.filter.clone(),
            },
        ),
        (None, None) => return Err(CliError::usage("the directory now is the same as itself")),
    };
    let (progress, reporter) = context.progress();
    let reader = connected.map(|connected| &connected.reader);
    let compared = compare(
        &asked,
        asked_is,
        through,
        comparison,
        reader,
        &reporter,
        &context.stop,
    )
    .await;
    drop(reporter);
    progress.finish().await;
    Ok(compared?)
}

fn side(state: &StateFolder, name: &str) -> Result<Opened, CliError> {
    let told = |kind, place: Option<(String, String)>| DiffSide {
        name: name.to_owned(),
        kind,
        tenant: place.as_ref().map(|(tenant, _)| tenant.clone()),
        service: place.map(|(_, service)| service),
        taken_at: None,
        filter: None,
    };
    if name == LIVE {
        return Ok(Opened {
            facts: told("live", None),
            kept: None,
            filter: None,
            extensions: Vec::new(),
        });
    }
    if SnapshotId::parse(name).is_some() {
        let (_, snapshot) = open(state, name)?;
        let meta = snapshot.meta().clone();
        return Ok(Opened {
            facts: DiffSide {
                taken_at: Some(meta.taken_at),
                filter: meta.filter.clone(),
                ..told("snapshot", Some((meta.tenant, meta.graph_host)))
            },
            filter: meta.filter,
            extensions: meta.extensions,
            kept: Some(Kept::Snapshot(snapshot)),
        });
    }
    let path = Path::new(name);
    if !path.exists() {
        return Err(
            CliError::usage(format!("there is no snapshot and no file `{}`", path.display()))
                .hint("`dirsheet snapshots` lists the snapshots; `live` is the directory now"),
        );
    }
    let unusable = |what: String| {
        CliError::usage(format!("`{}` cannot be compared: {what}", path.display()))
            .hint("`dirsheet check` says more about a sheet")
    };
    let sheet = open_offline(path, ReadOptions::default(), state)?.map_err(|error| {
        let name = path.display().to_string();
        nameless(&name, &error).unwrap_or_else(|| unusable(error.to_string()))
    })?;
    if sheet.findings().iter().any(Finding::is_error) {
        return Err(unusable("the sheet has errors".to_owned()));
    }
    let users = SheetUsers::read(&sheet).map_err(|error| unusable(error.to_string()))?;
    // A sheet is of the tenant from which it was exported, as far as the snapshot is still there.
    let meta = match users.snapshot() {
        Some(id) => state.open_snapshot(id)?.map(|snapshot| snapshot.meta().clone()),
        None => None,
    };
    let (place, extensions) = meta.map_or((None, Vec::new()), |meta| {
        (Some((meta.tenant, meta.graph_host)), meta.extensions)
    });
    Ok(Opened {
        facts: told(SHEET, place),
        kept: Some(Kept::Sheet(users)),
        filter: None,
        extensions,
    })
}

/// Users of two tenants have nothing to do with each other, whatever their names; nor have those of a practice directory and a real one.
fn check_places(before: &DiffSide, after: &DiffSide) -> Result<(), CliError> {
    match (&before.tenant, &after.tenant) {
        (Some(left), Some(right)) if !left.eq_ignore_ascii_case(right) => Err(CliError::usage(format!(
            "`{}` is of tenant `{left}`, and `{}` of tenant `{right}`: their users are not the same people",
            before.name, after.name
        ))
        .hint("compare two of one tenant")),
        _ => check_services(before, after),
    }
}

fn check_services(before: &DiffSide, after: &DiffSide) -> Result<(), CliError> {
    match (&before.service, &after.service) {
        (Some(left), Some(right)) if !is_same_service(left, right) => Err(CliError::usage(format!(
            "`{}` was read from `{left}`, and `{}` from `{right}`: their users are not the same people",
            before.name, after.name
        ))
        .hint("compare two of one service; `--graph-url` or a profile says which one `live` is")),
        _ => Ok(()),
    }
}

/// A column that is not compared, and the side that lacks it.
type NotCompared = Vec<(String, String)>;

/// What both sides have, in the order of the first, and what only one of them has.
fn columns(
    before: &Opened,
    after: &Opened,
    asked: &[String],
) -> Result<(Vec<&'static Attribute>, NotCompared), CliError> {
    if let Some(name) = asked.iter().find(|name| attribute(before, after, name).is_none()) {
        return Err(
            CliError::usage(format!("`--columns {name}`: there is no such column"))
                .hint("`dirsheet columns` lists them"),
        );
    }
    // The directory has every column that an export may have.
    let has = |side: &Opened, name: &String| {
        side.kept
            .as_ref()
            .is_none_or(|kept| kept.columns().contains(name))
    };
    let own = |side: &Opened| side.kept.as_ref().map_or(&[][..], Kept::columns).to_vec();
    let mut names: Vec<String> = own(before);
    names.extend(own(after).into_iter().filter(|name| !own(before).contains(name)));
    names.extend(
        asked
            .iter()
            .filter(|name| !names.contains(name))
            .cloned()
            .collect::<Vec<_>>(),
    );
    let (mut compared, mut not_compared) = (Vec::new(), Vec::new());
    for name in names {
        // The key is what pairs the users.
        if name == "id" || !(asked.is_empty() || asked.contains(&name)) {
            continue;
        }
        let lacking = [before, after].into_iter().find(|side| !has(side, &name));
        match (lacking, attribute(before, after, &name)) {
            (Some(side), _) => not_compared.push((name, side.facts.name.clone())),
            (None, Some(attribute)) if attribute.is_exportable() => compared.push(attribute),
            (None, _) => not_compared.push((name, "this version".to_owned())),
        }
    }
    if compared.is_empty() {
        return Err(CliError::usage(format!(
            "`{}` and `{}` have no column in common that could be compared",
            before.facts.name, after.facts.name
        )));
    }
    Ok((compared, not_compared))
}

/// The differences as a sheet, one change a row.
fn write(file: KeptFile<'_>, comparison: &Comparison) -> Result<(), CliError> {
    let path = file.path().to_owned();
    let failed = |error: std::io::Error| {
        CliError::new(
            Exit::Unexpected,
            format!("cannot write `{}`: {error}", path.display()),
        )
    };
    let is_workbook = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"));
    let folder = file.folder().to_owned();
    let mut file = if is_workbook {
        let style = WorkbookStyle::plain().waiting_in(&folder);
        let mut sink = WorkbookWriter::new(file, style).map_err(failed)?;
        diff_sheet(comparison, &mut sink).map_err(failed)?;
        RowSink::finish(sink).map_err(failed)?.0
    } else {
        let style = WriteStyle::people(Delimiter::Comma).with_guard(Guard::Run);
        let mut sink = SheetWriter::new(file, style).map_err(failed)?;
        diff_sheet(comparison, &mut sink).map_err(failed)?;
        RowSink::finish(sink).map_err(failed)?.0
    };
    file.flush().map_err(failed)?;
    file.commit().map(drop)
}

impl From<CompareError> for CliError {
    fn from(error: CompareError) -> CliError {
        match error {
            CompareError::State(error) => error.into(),
            CompareError::Call(error) => error.into(),
            CompareError::Stopped(reason) => crate::engine::SurveyError::Stopped(reason).into(),
            CompareError::Unreadable | CompareError::Nameless { .. } | CompareError::Repeated { .. } => {
                CliError::usage(error.to_string())
            }
        }
    }
}

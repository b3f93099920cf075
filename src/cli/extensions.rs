//! The tenant's own attributes: asked for once, when a header or a flag names something that the catalogue does not list.

use std::collections::BTreeSet;
use std::path::Path;

use super::connect::Connected;
use super::error::CliError;
use super::security;
use crate::catalogue::{self, Attribute, is_directory_extension, is_schema_leaf, is_tenants_own, told_name};
use crate::domain::SnapshotId;
use crate::engine::GivenBase;
use crate::graph::{CallError, EXTENSION_READERS, SCHEMA_READERS};
use crate::state::{SnapshotMeta, StateError, StateFolder};
use crate::table::{KnownExtensions, Meaning, ReadOptions, Sheet, SheetError, ToldBy};

/// The headers of a sheet that only the tenant can explain.
pub fn open_questions(sheet: &Sheet) -> Vec<String> {
    let of_tenant = |meaning: Meaning| match meaning {
        Meaning::Attribute(attribute) => attribute.extension.is_some(),
        Meaning::Unknown => true,
        _ => false,
    };
    let columns = sheet.header().columns().iter();
    columns
        .filter(|column| of_tenant(column.meaning))
        .map(|column| column.text.trim().to_owned())
        .filter(|text| may_be_one(text))
        .collect()
}

/// Whether an extension can be called so, in full or by its short name.
pub fn may_be_one(text: &str) -> bool {
    let is_word = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_word || is_tenants_own(text) || security::is_meant(text)
}

/// What the tenant says about these names, or about all its directory extensions. Without the permission nothing is asked, and
/// nothing goes wrong.
pub async fn of_tenant(
    connected: &Connected,
    names: &[String],
    all: bool,
) -> Result<KnownExtensions, CliError> {
    let granted = connected.session.granted().await.unwrap_or_default();
    let may = |needed: &[&str]| {
        granted.is_empty() || needed.iter().any(|one| granted.iter().any(|held| held == one))
    };
    let mut known = KnownExtensions {
        attributes: Vec::new(),
        told_by: ToldBy::Tenant,
        security_by: ToldBy::Tenant,
    };
    let (security, names): (Vec<String>, Vec<String>) =
        names.iter().cloned().partition(|name| security::is_meant(name));
    security::read(connected, &granted, &security, &mut known).await?;
    let refused = |needed: &str| ToldBy::Nobody(format!("the application has no permission `{needed}`"));
    let schemas: BTreeSet<&str> = names
        .iter()
        .filter(|name| is_schema_leaf(name))
        .filter_map(|name| name.split_once('.').map(|(id, _)| id))
        .collect();
    if all || names.iter().any(|name| !is_schema_leaf(name)) {
        let answer = match may(&EXTENSION_READERS) {
            true => permitted(connected.reader.directory_extensions().await)?,
            false => None,
        };
        match answer {
            Some(found) if found.is_empty() => {
                known.attributes.extend(of_applications(connected, &names).await?)
            }
            Some(found) => known.attributes.extend(found),
            None => known.told_by = refused(EXTENSION_READERS[0]),
        }
    }
    for id in schemas {
        let answer = match may(&SCHEMA_READERS) {
            true => permitted(connected.reader.schema_extension(id).await)?,
            false => None,
        };
        match answer {
            Some(found) => known.attributes.extend(found),
            None => known.told_by = refused(SCHEMA_READERS[0]),
        }
    }
    Ok(known)
}

/// The list of a large tenant is empty; then the applications that full names tell are asked for their own.
async fn of_applications(
    connected: &Connected,
    names: &[String],
) -> Result<Vec<&'static Attribute>, CliError> {
    let apps: BTreeSet<String> = names
        .iter()
        .filter(|name| is_directory_extension(name))
        .filter_map(|name| name.split('_').nth(1).map(str::to_ascii_lowercase))
        .collect();
    let mut found = Vec::new();
    for app in apps {
        let answer = connected.reader.extensions_of_application(&app).await;
        found.extend(permitted(answer)?.unwrap_or_default());
    }
    Ok(found)
}

pub(super) fn permitted<T>(answer: Result<T, CallError>) -> Result<Option<T>, CliError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(CallError::Graph { error, .. }) if error.status == 403 => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// How exports keep what the tenant said.
pub fn kept(attributes: &[&'static Attribute]) -> Vec<String> {
    attributes.iter().map(|attribute| told_name(attribute)).collect()
}

/// The tenant's own attribute that an export knew by this name.
pub fn of_export(meta: &SnapshotMeta, name: &str) -> Option<&'static Attribute> {
    let mut kept = meta
        .extensions
        .iter()
        .filter_map(|stored| catalogue::by_name(stored));
    kept.find(|attribute| attribute.name == name)
}

/// The attribute of this name, as an export has it.
pub fn attribute_in(meta: &SnapshotMeta, name: &str) -> Option<&'static Attribute> {
    of_export(meta, name).or_else(|| catalogue::by_name(name))
}

/// What the exports know that the rows of a sheet come from.
pub fn of_snapshots(
    sheet: &Sheet,
    base: Option<&GivenBase>,
    state: &StateFolder,
) -> Result<KnownExtensions, StateError> {
    let mut ids: BTreeSet<SnapshotId> = base
        .and_then(|base| SnapshotId::parse(&base.name))
        .into_iter()
        .collect();
    if let Some(column) = sheet.header().snapshot_column() {
        let mut last = String::new();
        for row in sheet.rows().flatten() {
            let cell = row.cells.get(column).map(|cell| cell.trim()).unwrap_or_default();
            if cell != last {
                ids.extend(SnapshotId::parse(cell));
                last = cell.to_owned();
            }
        }
    }
    let mut known = KnownExtensions::default();
    // The newest says what a name means now.
    for id in ids.iter().rev() {
        let Some(snapshot) = state.open_snapshot(id)? else {
            continue;
        };
        let stored = &snapshot.meta().extensions;
        for attribute in stored.iter().filter_map(|stored| catalogue::by_name(stored)) {
            if known.attributes.iter().all(|other| other.name != attribute.name) {
                known.attributes.push(attribute);
            }
        }
    }
    Ok(known)
}

/// Opens a sheet with what the exports know that it comes from.
pub fn open_offline(
    path: &Path,
    options: ReadOptions,
    state: &StateFolder,
) -> Result<Result<Sheet, SheetError>, StateError> {
    let sheet = match Sheet::open(path, options.clone()) {
        Ok(sheet) => sheet,
        Err(error) => return Ok(Err(error)),
    };
    if open_questions(&sheet).is_empty() {
        return Ok(Ok(sheet));
    }
    let extensions = of_snapshots(&sheet, None, state)?;
    if extensions.attributes.is_empty() {
        return Ok(Ok(sheet));
    }
    Ok(Sheet::open(
        path,
        ReadOptions {
            extensions,
            ..options
        },
    ))
}

/// A column that a command names: in full, or by its short name when that means one extension only.
pub fn column(text: &str, known: &KnownExtensions) -> Result<Option<&'static Attribute>, CliError> {
    let full = |attribute: &&&'static Attribute| attribute.name.eq_ignore_ascii_case(text);
    if let Some(attribute) = known.attributes.iter().find(full) {
        return Ok(Some(attribute));
    }
    let short = |attribute: &&&'static Attribute| {
        catalogue::short_name(attribute).is_some_and(|short| short.eq_ignore_ascii_case(text))
    };
    let found: Vec<&'static Attribute> = known.attributes.iter().filter(short).copied().collect();
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        several => {
            let names: Vec<String> = several.iter().map(|one| format!("`{}`", one.name)).collect();
            Err(CliError::usage(format!(
                "`{text}` means more than one extension of the tenant: {}",
                names.join(" and ")
            ))
            .hint("name the one that is meant in full"))
        }
    }
}

/// Why a named extension is not there, when that is known.
pub fn why_not(name: &str, known: &KnownExtensions) -> Option<String> {
    if let Some(why) = security::why_not(name, known) {
        return Some(why);
    }
    let is_full = is_tenants_own(name);
    match &known.told_by {
        ToldBy::Nobody(reason) if is_full => Some(format!(
            "`{name}` is an extension of the tenant, and which there are could not be read: {reason}"
        )),
        ToldBy::Tenant if is_full => {
            let near: Vec<String> = near(name, known);
            let near = match near.as_slice() {
                [] => String::new(),
                near => format!("; it has {}", near.join(", ")),
            };
            Some(format!("this tenant has no extension `{name}` for users{near}"))
        }
        _ => None,
    }
}

/// The extensions with the likest names, at most three.
fn near(name: &str, known: &KnownExtensions) -> Vec<String> {
    let short = |name: &str| name.get(43..).unwrap_or(name).to_lowercase();
    let wanted = short(name);
    let alike = |own: &str| {
        let own = short(own);
        own.chars()
            .zip(wanted.chars())
            .take_while(|(a, b)| a == b)
            .count()
    };
    let mut names: Vec<(usize, &str)> = known
        .attributes
        .iter()
        .map(|attribute| (alike(attribute.name), attribute.name))
        .collect();
    names.sort_by_key(|(alike, _)| std::cmp::Reverse(*alike));
    names
        .into_iter()
        .take(3)
        .map(|(_, name)| format!("`{name}`"))
        .collect()
}

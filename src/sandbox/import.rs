//! A directory out of a sheet: a CSV whose headers are Graph names, such as any export.
//!
//! Everything that is wrong is told at once, with its line; a sheet with a problem makes no directory.

use super::{
    cells::{list, ways_to_sign_in},
    chance,
    directory::{Directory, Effect, NewUser},
    extensions::{Extensions, HIDDEN},
    options::SandboxError,
    record::{self, Record},
    schema::{self, Kind, Leaf, LeafKind},
    security,
    tenant::Tenant,
};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, path::Path};
use uuid::Uuid;

/// What a column of the sheet means.
#[derive(Debug, Clone, Copy)]
enum Column {
    Id,
    Manager,
    Roles,
    /// Known to exports, and of no meaning here.
    Ignored,
    Whole(u8),
    Leaf(u8, &'static Leaf),
    /// What applications added to users.
    Own,
}

/// Reads a sheet into a directory.
pub fn read(path: &Path, tenant: Tenant, seed: u64) -> Result<Directory, SandboxError> {
    let bytes = std::fs::read(path).map_err(|source| SandboxError::File {
        path: path.to_owned(),
        source,
    })?;
    let refuse = |problems| SandboxError::Sheet {
        path: path.to_owned(),
        problems,
    };
    let text = String::from_utf8(bytes).map_err(|_| refuse(vec!["the sheet is not UTF-8".to_owned()]))?;
    parse(text.strip_prefix('\u{feff}').unwrap_or(&text), tenant, seed).map_err(refuse)
}

/// Reads the text of a sheet into a directory.
fn parse(text: &str, mut tenant: Tenant, seed: u64) -> Result<Directory, Vec<String>> {
    let mut problems = Vec::new();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| vec![error.to_string()])?.clone();
    let columns: Vec<Column> = headers
        .iter()
        .map(|name| {
            let known = column(name.trim());
            let own = || tenant.extensions.register(name.trim()).then_some(Column::Own);
            known.or_else(own).unwrap_or_else(|| {
                problems.push(format!("line 1: `{name}` is not the name of a property"));
                Column::Ignored
            })
        })
        .collect();
    for (at, name) in headers.iter().enumerate() {
        if headers.iter().take(at).any(|known| known.trim() == name.trim()) {
            problems.push(format!("line 1: the column `{name}` is there twice"));
        }
    }
    if !headers.iter().any(|name| name.trim() == "userPrincipalName") {
        problems.push("line 1: the column `userPrincipalName` is missing".to_owned());
    }
    let mut rows = Vec::new();
    for (at, row) in reader.records().enumerate() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                problems.push(error.to_string());
                break;
            }
        };
        let line = row.position().map_or(at as u64 + 2, csv::Position::line);
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if row.len() != columns.len() {
            problems.push(format!(
                "line {line}: {} cells, but the header has {}",
                row.len(),
                columns.len()
            ));
            continue;
        }
        match person(&row, (&headers, &columns), &tenant.extensions, seed) {
            Ok(person) => rows.push((line, person)),
            Err(found) => problems.extend(found.into_iter().map(|problem| format!("line {line}: {problem}"))),
        }
    }
    adopt_domains(&mut tenant, rows.iter().map(|(_, person)| person.name.as_str()));
    let mut directory = Directory::new(tenant);
    let mut managers = Vec::new();
    for (line, person) in rows {
        match directory.add(person.user) {
            Ok(place) => managers.extend(person.manager.map(|manager| (line, place, manager))),
            Err(property) => problems.push(format!(
                "line {line}: the {property} of `{}` is there already",
                person.name
            )),
        }
    }
    for (line, place, manager) in managers {
        match directory.resolve(&manager) {
            Some(at) if at != place => {
                directory.apply(
                    place,
                    &Effect {
                        settings: Vec::new(),
                        manager: Some(Some(at)),
                    },
                    None,
                );
            }
            Some(_) => problems.push(format!("line {line}: `{manager}` is the user's own manager")),
            None => problems.push(format!(
                "line {line}: the manager `{manager}` is not in the sheet"
            )),
        }
    }
    if problems.is_empty() {
        Ok(directory)
    } else {
        Err(problems)
    }
}

/// The delimiter of the header line: what stands there most often, outside of quotes.
fn delimiter(text: &str) -> u8 {
    let mut counts: BTreeMap<u8, usize> = BTreeMap::new();
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            b',' | b';' | b'\t' if !quoted => *counts.entry(byte).or_default() += 1,
            _ => {}
        }
    }
    counts
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(byte, _)| byte)
}

fn column(name: &str) -> Option<Column> {
    match name {
        "id" => Some(Column::Id),
        "manager" => Some(Column::Manager),
        "roles" => Some(Column::Roles),
        "" => None,
        // Exports and reports have columns of their own; what is computed cannot be set.
        "securityIdentifier" => Some(Column::Ignored),
        other if other.starts_with('_') => Some(Column::Ignored),
        other => match schema::leaf_of(other, '.') {
            Some((slot, leaf)) => Some(Column::Leaf(slot, leaf)),
            None => schema::slot(other).map(Column::Whole),
        },
    }
}

struct Person {
    user: NewUser,
    name: String,
    manager: Option<String>,
}

fn person(
    row: &csv::StringRecord,
    (headers, columns): (&csv::StringRecord, &[Column]),
    extensions: &Extensions,
    seed: u64,
) -> Result<Person, Vec<String>> {
    let mut problems = Vec::new();
    let mut set: BTreeMap<u8, Value> = BTreeMap::new();
    let (mut id, mut manager, mut roles) = (None, None, Vec::new());
    let mut own = Map::new();
    for ((cell, column), header) in row.iter().zip(columns).zip(headers) {
        let cell = unguarded(cell);
        if cell.is_empty() {
            continue;
        }
        match column {
            Column::Ignored => {}
            Column::Id => match Uuid::try_parse(cell) {
                Ok(found) => id = Some(found),
                Err(_) => problems.push(format!("`{cell}` is not an id")),
            },
            Column::Manager => manager = Some(cell.to_owned()),
            Column::Roles => roles = list(cell),
            Column::Own => {
                let name = header.split(':').next().unwrap_or_default().trim();
                match (extensions.of_cell(name, cell), name.split_once('.')) {
                    (Some(value), Some((HIDDEN, leaf))) => security::imported(&mut set, leaf, value),
                    (None, _) => problems.push(format!("`{cell}` is no value of {}", header.trim())),
                    (Some(value), None) => {
                        own.insert(name.to_owned(), value);
                    }
                    (Some(value), Some((id, leaf))) => {
                        own.entry(id).or_insert_with(|| json!({}))[leaf] = value;
                    }
                }
            }
            Column::Whole(slot) => {
                let Some(property) = schema::property(*slot) else {
                    continue;
                };
                match value(property.kind, cell) {
                    Ok(value) => {
                        set.insert(*slot, value);
                    }
                    Err(wanted) => problems.push(format!("`{cell}` is not {wanted} for {}", property.name)),
                }
            }
            Column::Leaf(slot, leaf) => {
                let kind = match leaf.kind {
                    LeafKind::Flag => Kind::Flag,
                    LeafKind::Moment => Kind::Moment,
                    LeafKind::TextList => Kind::TextList,
                    LeafKind::Opaque => Kind::Opaque,
                    LeafKind::Text => Kind::Text,
                };
                match value(kind, cell) {
                    Ok(value) => {
                        let group = set.entry(*slot).or_insert_with(|| Value::Object(Map::new()));
                        if let Value::Object(leaves) = group {
                            leaves.insert(leaf.name.to_owned(), value);
                        }
                    }
                    Err(wanted) => problems.push(format!("`{cell}` is not {wanted} for {}", leaf.name)),
                }
            }
        }
    }
    if let (Some(slot), false) = (schema::slot("extensionValues"), own.is_empty()) {
        set.insert(slot, Value::Object(own));
    }
    let name = schema::slot("userPrincipalName")
        .and_then(|slot| set.get(&slot))
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if name.is_empty() {
        problems.push("the userPrincipalName is missing".to_owned());
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    defaults(&mut set, &name);
    let record = Record::of(set.iter().filter_map(|(slot, value)| {
        let (slot, json) = record::packed(*slot, value);
        Some((slot, json?))
    }));
    let id = id.unwrap_or_else(|| chance::guid(seed, chance::hash(seed, name.to_lowercase().as_bytes())));
    Ok(Person {
        user: NewUser { id, record, roles },
        name,
        manager,
    })
}

/// What every account has, and a sheet of profiles may not name.
fn defaults(set: &mut BTreeMap<u8, Value>, name: &str) {
    let guest = name.contains("#EXT#");
    let alias = name.split('@').next().unwrap_or_default().replace('#', "");
    for (property, value) in [
        ("accountEnabled", json!(true)),
        ("userType", json!(if guest { "Guest" } else { "Member" })),
        ("mailNickname", json!(alias.chars().take(64).collect::<String>())),
        ("displayName", json!(alias)),
    ] {
        if let Some(slot) = schema::slot(property) {
            set.entry(slot).or_insert(value);
        }
    }
}

/// Domains of the sheet are verified ones; they stand before the ones that the tenant has anyway.
fn adopt_domains<'a>(tenant: &mut Tenant, names: impl Iterator<Item = &'a str>) {
    let mut found: Vec<String> = Vec::new();
    for domain in names
        .filter(|name| !name.contains("#EXT#"))
        .filter_map(|name| name.rsplit_once('@'))
        .map(|(_, d)| d)
    {
        if !tenant.has_domain(domain) && !found.iter().any(|known| known.eq_ignore_ascii_case(domain)) {
            found.push(domain.to_ascii_lowercase());
        }
    }
    found.append(&mut tenant.domains);
    tenant.domains = found;
}

/// The cell without the apostrophe that keeps spreadsheets from running it.
fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\'']) => rest,
        _ => cell,
    }
}

fn value(kind: Kind, cell: &str) -> Result<Value, &'static str> {
    match kind {
        Kind::Text => Ok(json!(cell)),
        Kind::Flag => match cell.to_ascii_lowercase().as_str() {
            "true" => Ok(json!(true)),
            "false" => Ok(json!(false)),
            _ => Err("`true` or `false`"),
        },
        Kind::Whole => cell.parse::<i64>().map(Value::from).map_err(|_| "a whole number"),
        Kind::Moment => {
            let whole = if cell.len() == 10 {
                format!("{cell}T00:00:00Z")
            } else {
                cell.to_owned()
            };
            let moment = whole
                .parse::<jiff::Timestamp>()
                .map_err(|_| "a date such as 2024-02-29 or 2024-02-29T00:00:00Z")?;
            Ok(json!(moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()))
        }
        Kind::TextList => Ok(json!(list(cell))),
        Kind::OpaqueList if !cell.starts_with('[') => ways_to_sign_in(cell),
        Kind::Group(_) | Kind::Opaque | Kind::OpaqueList => {
            serde_json::from_str(cell).map_err(|_| "a JSON value")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str) -> Result<Vec<Value>, Vec<String>> {
        parse(text, Tenant::of(1), 1).map(|directory| directory.dump())
    }

    #[test]
    fn an_export_becomes_a_directory() {
        let people =
            made("userPrincipalName;otherMails;identities\nann@fabrikam.example;\"a@x.example; b@y.example\";federated|x|\n")
                .unwrap();
        assert_eq!(people[0]["otherMails"], json!(["a@x.example", "b@y.example"]));
        assert_eq!(people[0]["identities"][0]["issuer"], "x");
        let people = made(
            "userPrincipalName,displayName,businessPhones,otherMails,employeeOrgData.division,employeeHireDate,manager,roles,accountEnabled,jobTitle,_snapshot\n\
             ann@fabrikam.example,Ann,+31 20 1,a@x.example; b@y.example,West,2020-02-29,,Global Administrator; Reports Reader,FALSE,'=boss,s1\n\
             bob@contoso.com,,,,,,ANN@fabrikam.example,,,''quoted,s1\n",
        )
        .unwrap();
        assert_eq!(people[0]["otherMails"], json!(["a@x.example", "b@y.example"]));
        assert_eq!(people[0]["employeeOrgData"]["division"], "West");
        assert_eq!(people[0]["employeeHireDate"], "2020-02-29T00:00:00Z");
        assert_eq!(people[0]["accountEnabled"], false);
        assert_eq!(people[0]["jobTitle"], "=boss");
        assert_eq!(people[0]["roles"].as_array().unwrap().len(), 2);
        assert_eq!(people[1]["jobTitle"], "'quoted");
        assert_eq!(people[1]["manager"], people[0]["id"]);
        assert_eq!(people[1]["accountEnabled"], true);
    }

    #[test]
    fn every_problem_of_a_sheet_is_told_with_its_line() {
        let problems = made(
            "userPrincipalName\taccountEnabled\tnonsense\temployeeHireDate\tmanager\n\
             a@x.example\tmaybe\t\t31/12/2020\t\n\
             b@x.example\n\
             c@x.example\t\t\t\tnobody\n\
             C@x.example\t\t\t\t\n\
             \ttrue\t\t\t\n",
        )
        .unwrap_err();
        for (wanted, line) in [
            ("nonsense", 1),
            ("maybe", 2),
            ("31/12/2020", 2),
            ("1 cells", 3),
            ("nobody", 4),
            ("there already", 5),
            ("missing", 6),
        ] {
            assert!(
                problems
                    .iter()
                    .any(|p| p.contains(wanted) && p.contains(&format!("line {line}"))),
                "{wanted}: {problems:?}"
            );
        }
    }
}

//! Holds the catalogue against Microsoft's facts (`tests/facts/user-attributes.csv`) and its generated page.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dirsheet::catalogue::{
    self, Attribute, ClearRule, Kind, Mastery, NO_LIMIT, PatchPlace, Permissions, Resource, Sensitivity,
    WriteRule,
};

use left_out::{LEFT_OUT, NOT_WRITTEN};

#[path = "catalogue_agreement/headers.rs"]
mod headers;
#[path = "catalogue_agreement/left_out.rs"]
mod left_out;
#[path = "catalogue_agreement/names.rs"]
mod names;
#[path = "catalogue_agreement/page.rs"]
mod page;
#[path = "catalogue_agreement/reading.rs"]
mod reading;

const FACTS: &str = include_str!("facts/user-attributes.csv");

type Row = HashMap<String, String>;

fn facts() -> Vec<Row> {
    let mut rows: Vec<Row> = csv::Reader::from_reader(FACTS.as_bytes())
        .deserialize()
        .map(Result::unwrap)
        .collect();
    // A cell holds several of them, so its column has the plural.
    for row in rows.iter_mut().filter(|row| row["column"] == "directoryRole") {
        row.insert("column".to_owned(), "directoryRoles".to_owned());
    }
    rows
}

fn facts_by_name() -> BTreeMap<String, Row> {
    facts()
        .into_iter()
        .map(|row| (row["column"].clone(), row))
        .collect()
}

/// Compares every entry with its row and reports all disagreements at once.
fn assert_agreement(compare: impl Fn(&'static Attribute, &Row) -> Result<(), String>) {
    let facts = facts_by_name();
    let mismatches: Vec<String> = catalogue::all()
        .filter_map(|attribute| match facts.get(attribute.name) {
            Some(row) => compare(attribute, row)
                .err()
                .map(|text| format!("{}: {text}", attribute.name)),
            None => Some(format!("{}: not in the facts", attribute.name)),
        })
        .collect();
    assert_none(&mismatches);
}

fn assert_none(mismatches: &[String]) {
    assert!(
        mismatches.is_empty(),
        "{} disagreements:\n  {}",
        mismatches.len(),
        mismatches.join("\n  ")
    );
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: T, facts: T) -> Result<(), String> {
    if ours == facts {
        Ok(())
    } else {
        Err(format!("{what} is {ours:?}, the facts say {facts:?}"))
    }
}

/// The whole numbers of a description; a range counts with its upper end, and "B2C" is no number.
fn numbers(text: &str) -> Vec<u16> {
    text.split(|c: char| !c.is_alphanumeric() && c != '.')
        .filter_map(|word| word.rsplit("..").next()?.parse().ok())
        .collect()
}

fn limits(kind: Kind) -> Vec<u16> {
    let mut limits = match kind {
        Kind::Text { max } | Kind::Email { max } => max.into_iter().collect(),
        Kind::Phone { max } | Kind::MailNickname { max } => vec![max],
        Kind::SignInPhone { .. } => Vec::new(),
        Kind::UserPrincipalName => vec![113, 64, 48],
        Kind::Country => vec![2],
        Kind::TextList { items_max, item_max } | Kind::EmailList { items_max, item_max } => {
            vec![items_max, item_max]
        }
        Kind::Language
        | Kind::WebAddress
        | Kind::Boolean
        | Kind::Integer
        | Kind::DateTime
        | Kind::Guid
        | Kind::Choice(_)
        | Kind::Flags(_)
        | Kind::Identities { .. }
        | Kind::Json
        | Kind::Reference
        // How many there may be is said, and not documented.
        | Kind::References { .. }
        // The limit is one of bytes, and what is sent stays far below it.
        | Kind::Picture => Vec::new(),
    };
    limits.retain(|limit| *limit != NO_LIMIT);
    limits
}

fn stored_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "boolean",
        Kind::DateTime => "dateTimeOffset",
        Kind::TextList { .. } | Kind::EmailList { .. } => "stringCollection",
        Kind::Json | Kind::Identities { .. } => "complexCollection",
        Kind::Reference => "reference",
        Kind::References { .. } => "referenceCollection",
        Kind::Picture => "binary",
        Kind::Integer => "int32",
        Kind::Text { .. }
        | Kind::Phone { .. }
        | Kind::SignInPhone { .. }
        | Kind::Email { .. }
        | Kind::WebAddress
        | Kind::UserPrincipalName
        | Kind::MailNickname { .. }
        | Kind::Language
        | Kind::Country
        | Kind::Guid
        | Kind::Choice(_)
        | Kind::Flags(_) => "string",
    }
}

fn permissions(text: &str) -> BTreeSet<&str> {
    text.split([' ', ',', ';', '(', ')'])
        .filter(|word| word.ends_with(".All"))
        .collect()
}

fn first_level(name: &str) -> &str {
    name.split(['.', '[', ' ']).next().unwrap_or(name)
}

#[test]
fn every_row_of_the_facts_has_an_entry_or_a_reason_to_be_left_out() {
    let mut mismatches = Vec::new();
    let named = facts_by_name();
    assert_eq!(named.len(), facts().len(), "the facts name a column twice");
    for name in named.keys() {
        let reason = LEFT_OUT.iter().find(|(left_out, _)| left_out == name);
        match (catalogue::by_name(name), reason) {
            (Some(_), None) => {}
            (None, Some((_, reason))) if !reason.is_empty() => {}
            (None, _) => mismatches.push(format!("{name}: neither an entry nor a reason")),
            (Some(_), Some(_)) => mismatches.push(format!("{name}: has an entry and is listed as left out")),
        }
    }
    for (name, _) in LEFT_OUT.iter().chain(NOT_WRITTEN) {
        if !named.contains_key(*name) {
            mismatches.push(format!("{name}: listed in this test, not in the facts"));
        }
    }
    assert_none(&mismatches);
}

#[test]
fn kinds_are_of_the_stored_type_and_keep_its_limits() {
    assert_agreement(|attribute, row| {
        let stored = row["type"].split([' ', '(']).next().unwrap_or_default();
        // One structure and a list of structures are both shown as JSON.
        let stored = if stored == "complex" {
            "complexCollection"
        } else {
            stored
        };
        if !matches!(attribute.write, WriteRule::Licences | WriteRule::Roles) {
            same("type", stored_type(attribute.kind), stored)?;
        }
        match attribute.kind {
            Kind::Picture => same("limit of bytes", "4 MB", &row["max_length"]),
            kind => same("limits", limits(kind), numbers(&row["max_length"])),
        }
    });
}

#[test]
fn choices_are_the_documented_words_in_their_order() {
    assert_agreement(|attribute, row| match attribute.kind {
        Kind::Choice(words) | Kind::Flags(words) => {
            let documented: Vec<&str> = row["pattern_or_values"]
                .split(['(', ';'])
                .next()
                .unwrap_or_default()
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| word.starts_with(char::is_uppercase))
                .collect();
            same("choice", words.to_vec(), documented)
        }
        _ => Ok(()),
    });
}

#[test]
fn writable_entries_are_the_documented_ones() {
    assert_agreement(|attribute, row| {
        let documented = row["update_writable"].starts_with("yes")
            || [
                "via $ref",
                "via $value",
                "via assignLicense only",
                "via roleAssignments",
            ]
            .contains(&row["update_writable"].as_str())
            || row["update_writable"].starts_with("POST if absent");
        let held_back = NOT_WRITTEN.iter().any(|(name, _)| *name == attribute.name);
        same("writable", attribute.is_writable(), documented && !held_back)?;
        match attribute.write {
            WriteRule::MainPatch(_) => {
                let at_birth = row["create_writable"].starts_with("yes");
                same("taken when a user is made", attribute.at_birth, at_birth)?;
                same("endpoint", "PATCH /users/{id} main", &row["write_endpoint"])
            }
            WriteRule::Reference { navigation } => same(
                "endpoint",
                format!("PUT /users/{{id}}/{navigation}/$ref"),
                row["write_endpoint"].clone(),
            ),
            WriteRule::Licences => same(
                "endpoint",
                "POST /users/{id}/assignLicense",
                &row["write_endpoint"],
            ),
            WriteRule::Roles => same(
                "endpoint",
                Some("POST /roleManagement/directory/roleAssignments"),
                row["write_endpoint"].split(" (").next(),
            ),
            WriteRule::ReadOnly(_) | WriteRule::Account(_) => Ok(()),
            WriteRule::Resource(Resource::Photo) => same(
                "endpoint",
                "PUT /users/{id}/photo/$value (PATCH also accepted)",
                &row["write_endpoint"],
            ),
            WriteRule::Resource(Resource::Sponsors) => same(
                "endpoint",
                "POST /users/{id}/sponsors/$ref ; DELETE /users/{id}/sponsors/{id}/$ref",
                &row["write_endpoint"],
            ),
            WriteRule::Resource(resource) => same(
                "endpoint",
                format!("POST /users/{{id}}/{}", resource.path()),
                row["write_endpoint"]
                    .split(" ;")
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            ),
            WriteRule::ProfilePatch => same(
                "endpoint",
                "PATCH /users/{id} must be alone (SharePoint-backed)",
                &row["write_endpoint"],
            ),
        }
    });
}

#[test]
fn clear_rules_are_the_documented_ones_and_doubt_means_never() {
    assert_agreement(|attribute, row| {
        let text = row["clearable_with_null"].as_str();
        let documented = match text {
            _ if !attribute.is_writable() => ClearRule::Never,
            // An action with lists, and one of them may take everything.
            "n/a" => ClearRule::EmptyList,
            _ if text.starts_with("send []") || text.starts_with("[]") => ClearRule::EmptyList,
            _ if text.starts_with("yes") || text.starts_with("DELETE") => ClearRule::Null,
            _ if text.starts_with("no") || text == "unconfirmed" => ClearRule::Never,
            _ => return Err(format!("the facts are not understood: {text}")),
        };
        same("clear rule", attribute.clear, documented)
    });
}

#[test]
fn sensitive_entries_are_the_documented_ones() {
    // The methods of signing in need a role of their own, whatever the person is.
    let needs_role = |row: &Row| {
        row["portal_section"] == "Authentication"
            && row["least_privileged_delegated_permission"].contains("Authentication Administrator")
    };
    let sensitive: BTreeSet<String> = facts()
        .iter()
        .filter(|row| row["notes"].contains("SENSITIVE") || needs_role(row))
        .map(|row| first_level(&row["column"]).to_owned())
        .collect();
    assert_agreement(|attribute, _| {
        let documented = if sensitive.contains(first_level(attribute.name)) {
            Sensitivity::Sensitive
        } else {
            Sensitivity::Ordinary
        };
        same("sensitivity", attribute.sensitivity, documented)
    });
}

#[test]
fn mastery_of_writable_entries_is_the_documented_one() {
    assert_agreement(|attribute, row| {
        let text = row["blocked_when_onprem_synced"].as_str();
        let documented = match text {
            _ if !attribute.is_writable() => return Ok(()),
            _ if text.contains("EVER synced") => Mastery::OnPremisesOnce,
            _ if text.starts_with("yes") => Mastery::OnPremises,
            _ if text.starts_with("no") => Mastery::Cloud,
            _ if text.contains("unconfirmed") => Mastery::Unknown,
            _ => return Err(format!("the facts are not understood: {text}")),
        };
        same("mastery", attribute.mastery, documented)
    });
}

#[test]
fn permissions_are_the_documented_ones() {
    assert_agreement(|attribute, row| {
        let documented = row["least_privileged_app_permission"].as_str();
        if attribute.is_writable() {
            same(
                "write permission",
                permissions(&attribute.write_permission.in_words()),
                permissions(documented),
            )?;
        } else {
            same("write permission", attribute.write_permission, Permissions::NONE)?;
        }
        match documented.strip_prefix("read only: ") {
            Some(read) => same(
                "read permission",
                permissions(&attribute.read_permission.in_words()),
                permissions(read),
            ),
            None => same(
                "has a read permission",
                !attribute.read_permission.is_empty(),
                attribute.is_exportable(),
            ),
        }
    });
}

#[test]
fn the_practice_directory_lets_every_column_be_read_and_written() {
    let mut lacking = Vec::new();
    for attribute in catalogue::all() {
        for needed in [attribute.read_permission, attribute.write_permission] {
            if !needed.covered_by(&dirsheet::sandbox::PRACTICE_ROLES) {
                lacking.push(format!("{}: {}", attribute.name, needed.in_words()));
            }
        }
    }
    assert_none(&lacking);
}

#[test]
fn a_writable_leaf_is_sent_inside_its_parent() {
    assert_agreement(|attribute, row| {
        let trap = row["column"].starts_with("employeeOrgData.");
        let expected = match (attribute.write, attribute.parent_and_leaf()) {
            (WriteRule::MainPatch(_), Some((parent, leaf))) if trap => {
                PatchPlace::WholeParent { parent, leaf }
            }
            (WriteRule::MainPatch(_), Some((parent, leaf))) => PatchPlace::Leaf { parent, leaf },
            (WriteRule::MainPatch(_), None) => PatchPlace::Property,
            _ => return Ok(()),
        };
        same(
            "place in the body",
            attribute.write,
            WriteRule::MainPatch(expected),
        )
    });
}

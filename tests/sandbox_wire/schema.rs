//! The sandbox's schema beside the documented table.

use dirsheet::sandbox::schema::{self, Kind, LeafKind, Property};

const FACTS: &str = include_str!("../facts/user-attributes.csv");

/// Columns of the table that are not properties of the user resource itself.
fn beside(name: &str) -> bool {
    let resources = [
        "manager",
        "sponsors",
        "photo",
        "directoryRole",
        "extensions (open extensions)",
    ];
    let families = [
        "identities[].",
        "authentication.",
        "photo.",
        "extension_",
        "{",
        "onPremisesSyncBehavior.",
    ];
    resources.contains(&name) || families.iter().any(|family| name.starts_with(family))
}

#[test]
fn every_property_of_the_table_is_known_and_nothing_else() {
    let mut reader = csv::Reader::from_reader(FACTS.as_bytes());
    let mut seen = Vec::new();
    let mut wrong = Vec::new();
    for row in reader.records().map(Result::unwrap) {
        let name = &row[0];
        if beside(name) {
            continue;
        }
        let outer = name.split('.').next().unwrap();
        let Some(property) = schema::slot(outer).and_then(schema::property) else {
            wrong.push(format!("{name}: not in the schema"));
            continue;
        };
        seen.push(property.name);
        wrong.extend(
            compare(property, name, &row)
                .into_iter()
                .map(|what| format!("{name}: {what}")),
        );
    }
    for property in schema::PROPERTIES.iter().filter(|property| !property.hidden) {
        if !seen.contains(&property.name) {
            wrong.push(format!("{}: not in the table", property.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn compare(property: &Property, name: &str, row: &csv::StringRecord) -> Vec<&'static str> {
    let (kind, nullable, by_default, single, update, clear, length, synced, ops) = (
        &row[1], &row[2], &row[3], &row[4], &row[6], &row[7], &row[8], &row[14], &row[15],
    );
    let leaf = schema::leaf_of(name, '.').map(|(_, leaf)| leaf);
    let nested = name.contains('.');
    let mut wrong = Vec::new();
    let mut check = |holds: bool, what: &'static str| {
        if !holds {
            wrong.push(what);
        }
    };
    check(
        !nested || leaf.is_some() || name.matches('.').count() > 1,
        "the leaf",
    );
    if !nested {
        check(property.nullable == (nullable != "no"), "nullable");
        let fits = match property.kind {
            Kind::Text => kind.starts_with("string") && !kind.starts_with("stringCollection"),
            Kind::Flag => kind == "boolean",
            Kind::Whole => kind == "int32",
            Kind::Moment => kind == "dateTimeOffset",
            Kind::TextList => kind == "stringCollection",
            Kind::OpaqueList => kind.starts_with("complexCollection"),
            Kind::Opaque | Kind::Group(_) => kind.starts_with("complex"),
        };
        check(fits, "the kind");
    } else if let Some(leaf) = leaf {
        let fits = match leaf.kind {
            LeafKind::Text => kind == "string",
            LeafKind::Flag => kind == "boolean",
            LeafKind::Moment => kind == "dateTimeOffset",
            LeafKind::TextList => kind == "stringCollection",
            LeafKind::Opaque => kind.starts_with("complex"),
        };
        check(fits, "the kind");
    }
    check(
        property.by_default == (by_default == "yes"),
        "returned by default",
    );
    if single != "unconfirmed" {
        check(property.single_only == (single == "yes"), "single user only");
    }
    check(property.updatable == update.starts_with("yes"), "updatable");
    let clears = clear.starts_with("yes") || clear.contains("[]");
    if property.updatable && !name.starts_with("customSecurityAttributes") {
        check(property.clearable == clears, "clearable");
    }
    if let Some(documented) = length
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .and_then(|text| text.parse::<usize>().ok())
    {
        let known = match (name, leaf) {
            // A rule of its own, with a lower bound.
            ("passwordProfile.password", _) => Some(8),
            // One item of 64 characters; 250 items of 250.
            ("businessPhones", _) => Some(1),
            (_, Some(leaf)) => leaf.max,
            _ => property.max,
        };
        check(known == Some(documented), "the longest text");
    }
    if synced.starts_with("yes") && property.updatable {
        check(property.mastered, "mastered on premises");
    }
    if synced.starts_with("no") {
        check(!property.mastered, "not mastered on premises");
    }
    if !nested {
        for (word, bit) in [
            ("eq", schema::op::EQ),
            ("ne", schema::op::NE),
            ("not", schema::op::NOT),
            ("ge", schema::op::GE),
            ("le", schema::op::LE),
            ("in", schema::op::IN),
            ("startsWith", schema::op::STARTS),
            ("endsWith", schema::op::ENDS),
            ("eq null", schema::op::NULL),
        ] {
            let listed = ops
                .split([',', ';'])
                .map(|part| part.split(" (").next().unwrap_or("").trim())
                .any(|part| part == word || (word == "eq" && part.starts_with("eq with")));
            check((property.ops & bit != 0) == listed, "a filter operator");
        }
    }
    wrong
}

//! What the extract of the metadata does not hold, each with the page of the documentation that says it.

use std::collections::BTreeSet;

use super::csdl::{Metadata, Shape, Type};

const FILE: &str = include_str!("../../facts/beside.csv");

/// One line of the table. Without an owner it stands at the root.
#[derive(Debug, Clone)]
pub struct Line {
    pub owner: String,
    pub member: String,
    pub shape: Shape,
    pub page: String,
}

impl Line {
    pub fn name(&self) -> String {
        format!("{}.{}", self.owner, self.member)
    }
}

pub fn lines() -> Vec<Line> {
    let mut reader = csv::Reader::from_reader(FILE.as_bytes());
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| Line {
        owner: row[0].to_owned(),
        member: row[1].to_owned(),
        shape: Shape::read(&row[2]),
        page: row[3].to_owned(),
    })
    .collect()
}

/// The metadata with the table beside it.
pub fn completed() -> Metadata {
    let mut metadata = Metadata::of_the_file();
    for line in lines() {
        if line.owner.is_empty() {
            metadata.roots.insert(line.member, line.shape);
            continue;
        }
        let owner = metadata.types.entry(line.owner).or_insert_with(|| Type {
            is_entity: true,
            ..Type::default()
        });
        let is_simple = line.shape.name.starts_with("Edm.");
        let members = match is_simple {
            true => &mut owner.properties,
            false => &mut owner.navigations,
        };
        members.insert(line.member, line.shape);
    }
    metadata
}

#[test]
fn the_table_holds_nothing_that_the_metadata_has_itself() {
    let metadata = Metadata::of_the_file();
    let mut seen = BTreeSet::new();
    for line in lines() {
        assert!(
            line.page.starts_with("https://learn.microsoft.com/graph/"),
            "{line:?}"
        );
        assert!(seen.insert(line.name()), "{line:?} stands there twice");
        let has = match line.owner.as_str() {
            "" => metadata.roots.contains_key(&line.member),
            owner => metadata.lineage(owner).iter().any(|(_, of)| {
                of.properties.contains_key(&line.member) || of.navigations.contains_key(&line.member)
            }),
        };
        assert!(!has, "{} is in the metadata itself", line.name());
    }
}

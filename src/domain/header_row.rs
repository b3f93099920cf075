//! A header row that stands among the rows of users.

use super::{ColumnRole, Extent, Finding, RawRow, SheetColumn, UserId};
use crate::catalogue::{Attribute, LABELS};

/// The rule of the finding about such a row.
pub(super) const SECOND_HEADER: &str = "second-header";

/// A cell or two may hold the name of their column by chance or by a slip.
const NAMES_MIN: usize = 2;

/// The error of a row that names its columns instead of a user; `None` for any other row.
///
/// Two filled cells of it, and at least half of all, must be the name of their own column: its header, or what Graph, the portal or
/// one of its translations calls the attribute.
pub(super) fn second_header(raw: &RawRow, columns: &[SheetColumn]) -> Option<Finding> {
    let (mut names, mut filled) = (0, 0);
    for (column, text) in columns.iter().zip(raw.cells.iter()) {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        filled += 1;
        match column.role {
            // Whom a row is about is told by these, and a header tells nobody.
            ColumnRole::Attribute(attribute) if attribute.name == "id" && UserId::parse(text).is_some() => {
                return None;
            }
            ColumnRole::Attribute(attribute)
                if attribute.name == "userPrincipalName" && text.contains('@') =>
            {
                return None;
            }
            ColumnRole::Attribute(attribute) => names += usize::from(is_name(text, column, attribute)),
            ColumnRole::Snapshot | ColumnRole::Action | ColumnRole::Invitation(_) | ColumnRole::Other => {
                names += usize::from(text.eq_ignore_ascii_case(column.header.trim()));
            }
        }
    }
    (names >= NAMES_MIN && 2 * names >= filled).then(|| {
        Finding::error(
            SECOND_HEADER,
            Extent::Row,
            format!(
                "this row is a second header: {names} of its {filled} cells hold the name of their column"
            ),
            "where it names the same columns in the same order, delete the row; else make a sheet of their own of the rows below it",
        )
        .at(raw.place())
    })
}

fn is_name(text: &str, column: &SheetColumn, attribute: &Attribute) -> bool {
    let is = |name: &str| text.eq_ignore_ascii_case(name.trim());
    is(&column.header)
        || is(attribute.name)
        || is(attribute.label)
        || LABELS
            .iter()
            .any(|(name, labels)| *name == attribute.name && labels.iter().any(|label| is(label)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::domain::{Base, CheckOptions, CheckedRow, ParsedRow};

    fn rules(cells: [&str; 5]) -> Vec<&'static str> {
        let names = [
            "id",
            "userPrincipalName",
            "jobTitle",
            "department",
            "usageLocation",
        ];
        let columns = names.map(|name| SheetColumn {
            header: name.to_owned(),
            role: ColumnRole::Attribute(catalogue::by_name(name).unwrap()),
        });
        let raw = RawRow {
            line: 3,
            row: 3,
            cells: cells.into_iter().collect(),
            bared: Default::default(),
        };
        let parsed = ParsedRow::read(raw, &columns);
        let row = CheckedRow::check(parsed, &columns, Base::None, &CheckOptions::default());
        assert!(
            row.is_held() && row.cells().is_empty()
                || row.findings().iter().all(|one| one.rule != SECOND_HEADER)
        );
        row.findings().iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_second_header_is_one_error_and_a_user_with_the_words_of_a_column_is_none() {
        for header in [
            [
                "id",
                "userPrincipalName",
                "jobTitle",
                "department",
                "usageLocation",
            ],
            [
                "Object ID",
                "User principal name",
                "Job title",
                "Department",
                "Usage location",
            ],
            ["", "", "Functie", "Afdeling", ""],
            ["", "USERPRINCIPALNAME", "text", "Department", "two letters"],
        ] {
            assert_eq!(rules(header), [SECOND_HEADER], "{header:?}");
        }
        let user = "0a1b2c3d-0000-4000-8000-00000000000f";
        for row in [
            [user, "a@x.example", "Job title", "department", "usageLocation"],
            ["", "a@x.example", "Job title", "department", ""],
            ["", "", "Job title", "Sales", "NL"],
            ["", "", "Job title", "", ""],
        ] {
            assert!(!rules(row).contains(&SECOND_HEADER), "{row:?}");
        }
    }
}

//! Damage and edits, told apart for any text: what is the exported text is never touched, what is repaired is never written, and
//! what says something else is never swallowed.

use dirsheet::domain::{
    Base, BaseRow, CheckOptions, CheckedRow, ColumnRole, Extent, Finding, ParsedRow, RawRow, Severity,
    SheetColumn, look_over,
};
use proptest::prelude::*;
use proptest::sample::select;

use super::config;
use super::model::{attribute, id, nasty};

/// Columns that take any text.
const FREE: [&str; 4] = [
    "jobTitle",
    "streetAddress",
    "employeeId",
    "onPremisesExtensionAttributes.extensionAttribute1",
];

fn columns(names: &[&str]) -> Vec<SheetColumn> {
    let column = |name: &&str| SheetColumn {
        header: (*name).to_owned(),
        role: ColumnRole::Attribute(attribute(name)),
    };
    std::iter::once(&"id").chain(names).map(column).collect()
}

/// A sheet of one column: each row as exported and as it is now.
fn sheet(name: &str, cells: &[(String, String)]) -> (Vec<CheckedRow>, Vec<Finding>) {
    let columns = columns(&[name]);
    let mut rows: Vec<CheckedRow> = cells
        .iter()
        .enumerate()
        .map(|(number, (exported, edited))| {
            let key = id(number).to_string();
            let raw = RawRow {
                line: number as u64 + 2,
                row: number as u64 + 2,
                cells: vec![key.clone(), edited.clone()].into(),
                bared: Default::default(),
            };
            let base = BaseRow::new(
                ["id".to_owned(), name.to_owned()].into(),
                vec![key, exported.clone()],
            );
            CheckedRow::check(
                ParsedRow::read(raw, &columns),
                &columns,
                Base::Row(base),
                &CheckOptions::default(),
            )
        })
        .collect();
    let findings = look_over(&mut rows, &columns, &CheckOptions::default());
    (rows, findings)
}

fn cell(name: &str, exported: &str, edited: &str) -> CheckedRow {
    sheet(name, &[(exported.to_owned(), edited.to_owned())])
        .0
        .remove(0)
}

/// What programs do to a text.
fn programs(text: &str) -> Vec<String> {
    vec![
        text.trim_start_matches('+').to_owned(),
        text.trim_start_matches('0').to_owned(),
        text.to_uppercase(),
        text.replace(' ', "\u{a0}"),
        text.replace('\'', "’"),
        text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect(),
        text.chars().take(255).collect(),
        format!("mailto:{text}"),
        format!("=\"{}\"", text.replace('"', "\"\"")),
        format!("{text}.0"),
        text.trim_start_matches(['=', '@', '\'']).to_owned(),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_was_exported_is_untouched_in_any_number_of_rows(name in select(FREE.to_vec()), texts in prop::collection::vec(prop_oneof![nasty(), any::<String>()], 1..12)) {
        let cells: Vec<(String, String)> = texts.iter().map(|text| (text.clone(), text.clone())).collect();
        let (rows, findings) = sheet(name, &cells);
        prop_assert_eq!(findings, vec![]);
        for row in rows {
            prop_assert_eq!(row.findings(), &[]);
            prop_assert_eq!(row.cells(), &[]);
        }
    }

    #[test]
    fn a_repaired_cell_is_never_written_and_its_repair_is_the_exported_text(
        name in select(FREE.to_vec()),
        exported in prop_oneof![nasty(), any::<String>()],
        edited in prop_oneof![nasty().prop_map(Some), Just(None)],
        way in 0usize..11,
    ) {
        let edited = edited.unwrap_or_else(|| programs(&exported).swap_remove(way));
        let row = cell(name, &exported, &edited);
        for finding in row.findings().iter().filter(|finding| finding.extent == Extent::Cell) {
            prop_assert_eq!(finding.exported_text(), Some(exported.as_str()));
            if finding.severity == Severity::Repaired {
                prop_assert_eq!(row.cells(), &[]);
                prop_assert_eq!(finding.fix(), Some(exported.as_str()));
                // Mended, it is as it was.
                let mended = cell(name, &exported, &exported);
                prop_assert!(mended.cells().is_empty() && mended.findings().is_empty());
            }
        }
    }

    #[test]
    fn another_word_is_an_edit(name in select(FREE.to_vec()), exported in "[a-z]{4,12}( [a-z]{4,9})?", edited in "[a-z]{4,12}( [a-z]{4,9})?") {
        prop_assume!(exported != edited);
        let row = cell(name, &exported, &edited);
        prop_assert!(row.findings().iter().all(|finding| finding.severity != Severity::Repaired), "{:?}", row.findings());
        prop_assert_eq!(row.cells().len(), usize::from(row.findings().iter().all(|finding| !finding.is_error())));
    }

    #[test]
    fn another_phone_is_an_edit(exported in "\\+[1-9][0-9]{8,11}", edited in "\\+?[1-9][0-9]{8,11}") {
        let digits = |text: &str| text.trim_start_matches('+').to_owned();
        prop_assume!(digits(&exported) != digits(&edited));
        let row = cell("mobilePhone", &exported, &edited);
        prop_assert_eq!(row.findings(), &[]);
        prop_assert_eq!(row.cells().len(), 1);
    }

    #[test]
    fn another_day_is_an_edit(year in 1950i16..2060, month in 1i8..=12, day in 1i8..=28, other in 1i32..20_000) {
        let exported = jiff::civil::date(year, month, day);
        let edited = exported + jiff::Span::new().days(other);
        for (exported, edited) in [(exported, edited), (edited, exported)] {
            let row = cell("employeeHireDate", &format!("{exported}T00:00:00Z"), &edited.to_string());
            prop_assert_eq!(row.findings(), &[]);
            prop_assert_eq!(row.cells().len(), 1);
            // In a country's spelling it is no edit, but never silence either.
            let shown = format!("{}-{}-{}", edited.day(), edited.month(), edited.year());
            let row = cell("employeeHireDate", &format!("{exported}T00:00:00Z"), &shown);
            prop_assert_eq!(row.findings().len(), 1);
            let turned = (exported.day(), exported.month(), exported.year()) == (edited.month(), edited.day(), edited.year());
            prop_assert_eq!(row.findings()[0].severity == Severity::Repaired, turned);
        }
    }

    #[test]
    fn the_same_day_in_a_countrys_spelling_is_repaired(year in 1950i16..2060, month in 1i8..=12, day in 1i8..=28, way in 0usize..7) {
        let date = jiff::civil::date(year, month, day);
        let (day, month, year) = (date.day(), date.month(), date.year());
        let serial = date.since((jiff::Unit::Day, jiff::civil::date(1899, 12, 30))).unwrap().get_days();
        let shown = match way {
            0 => format!("{day}-{month}-{year}"),
            1 => format!("{month}/{day}/{year}"),
            2 => format!("{day:02}.{month:02}.{year}"),
            3 => format!("{day:02}-{month:02}-{:02}", year % 100),
            4 => format!("{day}-{month}-{year} 0:00"),
            5 => date.strftime("%-d %B %Y").to_string(),
            _ => serial.to_string(),
        };
        let row = cell("employeeHireDate", &format!("{date}T00:00:00Z"), &shown);
        let rules: Vec<&str> = row.findings().iter().map(|finding| finding.rule).collect();
        prop_assert_eq!(rules, vec!["date-rewritten"], "{}", shown);
    }

    #[test]
    fn an_approved_pattern_writes_what_a_stopped_one_holds(texts in prop::collection::vec("[A-Z][0-9]{3}", 6..20), turn in 1usize..5) {
        let mut moved = texts.clone();
        moved.rotate_left(turn);
        let cells: Vec<(String, String)> = texts.iter().cloned().zip(moved).collect();
        let (rows, findings) = sheet("employeeId", &cells);
        if findings.iter().any(Finding::is_error) {
            prop_assert!(rows.iter().all(|row| row.cells().is_empty()));
        } else {
            let differing = cells.iter().filter(|(exported, edited)| exported != edited).count();
            prop_assert_eq!(rows.iter().map(|row| row.cells().len()).sum::<usize>(), differing);
        }
    }
}

//! Any two texts as what was exported and what came back, in every writable column.
#![no_main]

use std::sync::Arc;

use dirsheet::catalogue;
use dirsheet::domain::{Base, BaseRow, CheckOptions, CheckedRow, ColumnRole, ParsedRow, RawRow, Severity, SheetColumn};

const ID: &str = "0a1b2c3d-0000-4000-8000-00000000000f";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (exported, edited) = text.split_once('\0').unwrap_or((text, text));
    let attributes: Vec<_> = catalogue::all().filter(|attribute| attribute.is_writable()).collect();
    let mut columns = vec![SheetColumn {
        header: "id".to_owned(),
        role: ColumnRole::Attribute(catalogue::by_name("id").unwrap()),
    }];
    columns.extend(attributes.iter().map(|attribute| SheetColumn {
        header: attribute.name.to_owned(),
        role: ColumnRole::Attribute(attribute),
    }));
    let names: Arc<[String]> = columns.iter().map(|column| column.header.clone()).collect();
    let row = |text: &str| -> Vec<String> {
        std::iter::once(ID.to_owned())
            .chain(attributes.iter().map(|_| text.to_owned()))
            .collect()
    };
    let check = |cells: Vec<String>| {
        let raw = RawRow {
            line: 2,
            row: 2,
            cells, bared: Default::default() };
        let base = Base::Row(BaseRow::new(Arc::clone(&names), row(exported)));
        CheckedRow::check(ParsedRow::read(raw, &columns), &columns, base, &CheckOptions::default())
    };
    let untouched = check(row(exported));
    assert!(untouched.cells().is_empty() && untouched.findings().is_empty());
    let checked = check(row(edited));
    for finding in checked.findings().iter().filter(|finding| finding.severity == Severity::Repaired) {
        let column = finding.place.and_then(|place| place.column);
        assert!(
            checked.cells().iter().all(|cell| Some(cell.column) != column),
            "a repaired cell is not an edit"
        );
    }
});

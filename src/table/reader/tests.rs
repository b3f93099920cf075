//! What opening a sheet and reading its rows must give.

use super::*;
use crate::domain::RawRow;
use crate::table::WorkbookFacts;
use crate::table::testing::{refusal, sheet, vocabulary};
use crate::table::{Encoding, LineEnd};

fn rows(text: &str) -> Vec<RawRow> {
    sheet(text).rows().map(Result::unwrap).collect()
}

fn places(text: &str) -> Vec<(u64, u64, String)> {
    rows(text)
        .into_iter()
        .map(|row| (row.line, row.row, row.cells.to_vec().join("|")))
        .collect()
}

fn place(line: u64, row: u64, cells: &str) -> (u64, u64, String) {
    (line, row, cells.to_owned())
}

#[test]
fn rows_know_their_line_and_their_row() {
    for (text, expected) in [
        ("id,jobTitle\n", vec![]),
        ("id,jobTitle", vec![]),
        (
            "id,jobTitle\n1,a\n2,b",
            vec![place(2, 2, "1|a"), place(3, 3, "2|b")],
        ),
        (
            "id,jobTitle\r\n1,\"a\r\nb\"\r\n2,c\r\n",
            vec![place(2, 2, "1|a\r\nb"), place(4, 3, "2|c")],
        ),
        (
            "id,jobTitle\r1,\"a\rb\"\r2,c\r",
            vec![place(2, 2, "1|a\rb"), place(4, 3, "2|c")],
        ),
        (
            "\n\nid,jobTitle\n\n1,a\n\r\n,\n2,b\n\n",
            vec![place(5, 5, "1|a"), place(8, 8, "2|b")],
        ),
        (
            "id,jobTitle\r\n\r\n1,a\r\n  , \r\n2,b\r\n",
            vec![place(3, 3, "1|a"), place(5, 5, "2|b")],
        ),
        ("sep=;\nid;jobTitle\n1;a\n", vec![place(3, 3, "1|a")]),
        ("\u{feff}id;jobTitle\r\n\"1\";\"a\"\r\n", vec![place(2, 2, "1|a")]),
    ] {
        assert_eq!(places(text), expected, "{text:?}");
    }
}

#[test]
fn the_layout_of_a_file_is_told() {
    let sheet = sheet("\u{feff}id;jobTitle\r\n1;a\r\n");
    assert_eq!(
        sheet.layout(),
        &Layout::Text(Dialect {
            encoding: Encoding::Utf8Bom,
            certainty: Certainty::Certain,
            delimiter: Delimiter::Semicolon,
            line_end: LineEnd::CrLf,
        })
    );
    assert_eq!(sheet.name(), "users.csv");
    assert_eq!(sheet.rows_max(), 1);
    assert_eq!(sheet.findings(), []);
}

const FILE: TextKind = TextKind::File {
    encoding: Encoding::Utf8,
    certainty: Certainty::Certain,
    has_garbled_mark: false,
};

fn text(source: Source, kind: TextKind) -> Result<Sheet, SheetError> {
    let start = match kind {
        TextKind::File { .. } => Start::text(0),
        TextKind::Worksheet(_) => Start::worksheet(),
    };
    let text = Text {
        source,
        start,
        sha256: "0".repeat(64),
        kind,
        findings: Vec::new(),
        held: Vec::new(),
        typed: Vec::new(),
    };
    Sheet::from_text("users", text, ReadOptions::default(), &vocabulary())
}

#[test]
fn a_worksheet_is_read_like_a_text_with_its_rows_as_lines() {
    let facts = WorkbookFacts {
        format: "xlsx",
        worksheet: "Users".to_owned(),
    };
    let bytes = b"\"All users\",\"\"\n\"id\",\"jobTitle\"\n\"1\",\"a\nb\"\n\n\"2\",\"c\"\n".to_vec();
    let sheet = text(bytes.into(), TextKind::Worksheet(facts.clone())).unwrap();
    assert_eq!(sheet.layout(), &Layout::Workbook(facts));
    assert_eq!(sheet.layout().dialect(), None);
    let rows: Vec<RawRow> = sheet.rows().map(Result::unwrap).collect();
    let places: Vec<(u64, u64)> = rows.iter().map(|row| (row.line, row.row)).collect();
    assert_eq!(places, [(3, 3), (5, 5)]);
    assert_eq!(rows[0].cells.to_vec()[1], "a\nb");
    assert_eq!(sheet.findings()[0].rule, "rows-above-header");
}

#[test]
fn a_text_that_cannot_be_read_again_is_a_finding_wherever_it_is_noticed() {
    use std::io::Write;
    let cut = |kept: &str, length| {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(kept.as_bytes()).unwrap();
        Source::File(std::sync::Arc::new(file), length)
    };
    let error = text(cut("id\n1\n", 99), FILE).unwrap_err();
    assert_eq!(error.findings()[0].rule, "file-not-readable");

    let mut sheet = sheet("id\n1\n2\n");
    sheet.source = cut("id\n1\n", 99);
    let rows: Vec<_> = sheet.rows().collect();
    assert_eq!(rows.len(), 2, "after a failure of the disk there is no next row");
    assert!(rows[0].is_ok());
    let finding = rows[1].as_ref().unwrap_err().finding.as_ref().unwrap();
    assert_eq!(
        (finding.rule, finding.extent),
        ("file-not-readable", Extent::Sheet)
    );
}

#[test]
fn the_hash_is_of_the_bytes_as_they_are() {
    assert_eq!(
        sheet("id\n").sha256(),
        "984a644ec3b56d32b0404777e1eb73390c4b0742a6a0e183f07861056b6746de"
    );
    assert_ne!(sheet("id\n").sha256(), sheet("id\r\n").sha256());
}

#[test]
fn a_row_of_another_width_is_a_finding_and_the_others_go_on() {
    let sheet = sheet("userPrincipalName,jobTitle\na@x.com,1\nb@x.com\nc@x.com,3,4\nd@x.com,5,,\n");
    let rows: Vec<_> = sheet.rows().collect();
    assert_eq!(rows.len(), 4);
    for (index, count, user, row) in [(1, "1 cell,", "b@x.com", 3), (2, "3 cells", "c@x.com", 4)] {
        let unreadable = rows[index].as_ref().unwrap_err();
        assert_eq!((unreadable.raw.row, unreadable.raw.cells.len()), (row, 2));
        assert_eq!(unreadable.raw.cells.to_vec()[0], user);
        let finding = unreadable.finding.as_ref().unwrap();
        assert_eq!((finding.rule, finding.extent), ("ragged-row", Extent::Row));
        assert!(finding.message.contains(count), "{}", finding.message);
        assert!(finding.message.contains("2 columns"), "{}", finding.message);
        assert_eq!(finding.user.as_deref(), Some(user));
        assert_eq!(finding.place.unwrap().row, row);
    }
    assert_eq!(rows[3].as_ref().unwrap().cells.to_vec(), ["d@x.com", "5"]);
}

#[test]
fn a_broken_row_is_a_finding_of_the_sheet_and_still_one_of_its_rows() {
    let sheet = sheet("id,jobTitle\n1,a\n2,\"b\"c\n3,d\n");
    assert_eq!(sheet.findings().len(), 1);
    assert_eq!(sheet.findings()[0].column.as_deref(), Some("jobTitle"));
    let ids: Vec<Result<String, String>> = sheet
        .rows()
        .map(|row| match row {
            Ok(row) => Ok(row.cells.to_vec()[0].clone()),
            Err(unreadable) => Err(unreadable.raw.cells.to_vec()[0].clone()),
        })
        .collect();
    assert_eq!(ids, [Ok("1".to_owned()), Err("2".to_owned()), Ok("3".to_owned())]);
}

#[test]
fn rows_know_their_place_over_the_border_of_blocks() {
    // Line ends of both bytes fall on every position of the blocks that are read.
    for shift in 0..3 {
        let cell = "x".repeat(1021 + shift);
        let text = format!(
            "id,jobTitle\r\n{}",
            format!("1,\"a\r\n{cell}\"\r\n\r\n").repeat(300)
        );
        let mut expected = (2, 2);
        for row in sheet(&text).rows() {
            let row = row.unwrap();
            assert_eq!((row.line, row.row), expected, "{shift}");
            expected = (expected.0 + 3, expected.1 + 2);
        }
        assert_eq!(expected, (902, 602), "{shift}");
    }
}

#[test]
fn empty_columns_at_the_end_are_dropped_and_filled_ones_without_a_name_are_found() {
    let dropped = sheet("id,jobTitle,,\n1,a,,\n");
    assert_eq!((dropped.header().len(), dropped.findings().len()), (2, 0));
    let inner = sheet("id,,jobTitle\n1,,a\n");
    assert_eq!((inner.header().len(), inner.findings().len()), (3, 0));
    let filled = sheet("id,jobTitle,,\n1,a,,\n2,b,x,\n3,c,y,\n");
    assert_eq!(filled.header().len(), 3);
    let finding = &filled.findings()[0];
    assert_eq!(
        (finding.rule, finding.extent),
        ("column-without-name", Extent::Column)
    );
    assert_eq!(finding.place.and_then(|p| p.cell_name()).as_deref(), Some("C3"));
    assert_eq!(filled.rows().filter(Result::is_ok).count(), 3);
}

#[test]
fn the_formula_guard_is_taken_off() {
    let text = "id,jobTitle\n1,'=1+1\n2,'s-Gravesande\n3,''007\n";
    let sheet = sheet(text);
    let mut rows = sheet.rows();
    let row = rows.next().unwrap().unwrap();
    assert_eq!(row.cells.to_vec()[1].as_str(), "=1+1");
    assert_eq!(rows.next().unwrap().unwrap().cells.to_vec()[1], "'s-Gravesande");
    assert_eq!(rows.next().unwrap().unwrap().cells.to_vec()[1], "'007");
    let options = ReadOptions {
        keep_guard: true,
        ..ReadOptions::default()
    };
    let kept = Sheet::with_vocabulary("x", text.as_bytes().to_vec(), options, &vocabulary()).unwrap();
    assert_eq!(kept.rows().next().unwrap().unwrap().cells.to_vec()[1], "'=1+1");
}

#[test]
fn what_cannot_be_read_as_rows_is_refused() {
    for (text, rules) in [
        ("", &["file-empty"][..]),
        ("sep=;\n", &["file-empty"]),
        ("jobTitle,department\n1,2\n", &["no-key-column"]),
        ("jobTitle,shoe size\n1,2\n", &["unknown-column", "no-key-column"]),
        ("id,jobTitle\n1,\"x\n", &["quote-not-closed"]),
        ("\"id;jobTitle\"\n\"1;2\"\n", &["wrong-separator"]),
        ("PK\x03\x04", &["workbook-damaged"]),
    ] {
        assert_eq!(refusal(text), rules, "{text:?}");
    }
}

#[test]
fn a_duplicate_column_can_be_read_but_holds_the_whole_sheet_back() {
    let sheet = sheet("id,jobTitle,Title\n1,a,b\n");
    assert_eq!(sheet.findings()[0].extent, Extent::Sheet);
    assert_eq!(sheet.rows().count(), 1);
}

#[test]
fn a_file_is_opened_by_its_path_and_called_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    std::fs::write(&path, "").unwrap();
    let error = Sheet::open(&path, ReadOptions::default()).unwrap_err();
    assert_eq!(error.name(), "people.csv");
    assert!(
        error.to_string().starts_with("people.csv: the file is empty"),
        "{error}"
    );
}

//! What an annotated sheet holds, and that it reads back as what it was.

use std::collections::BTreeMap;

use super::crafted::{Crafted, text_cells};
use super::read_tests::{open, part, rows};
use super::{AnnotationLine, Annotations, CellMark, Tone, write_annotated};
use crate::domain::Place;
use crate::table::testing::sheet;
use crate::table::{ReadOptions, Sheet};

fn annotations(marks: &[(u64, usize)]) -> Annotations {
    let mark = |tone| CellMark {
        tone,
        note: "Error: it is wrong\nWhat to do: mend it".to_owned(),
    };
    Annotations {
        title: "What was found in users.csv".to_owned(),
        summary: vec!["1 error".to_owned()],
        columns: vec![("Cell", 10), ("Weight", 10), ("What is wrong", 40)],
        lines: marks
            .iter()
            .map(|(row, column)| AnnotationLine {
                place: Some(Place::cell(*row, *row, *column)),
                tone: Tone::Bad,
                texts: vec!["Error".to_owned(), "it is wrong".to_owned()],
            })
            .collect(),
        marks: marks
            .iter()
            .map(|at| (*at, mark(Tone::Bad)))
            .collect::<BTreeMap<_, _>>(),
    }
}

fn annotated(sheet: &Sheet, marks: &[(u64, usize)]) -> Vec<u8> {
    write_annotated(Vec::new(), sheet, &annotations(marks), None).unwrap()
}

fn text(bytes: &[u8], name: &str) -> String {
    String::from_utf8(part(bytes, name)).unwrap()
}

/// The rows of a sheet that can all be read.
#[track_caller]
fn texts(sheet: &Sheet) -> Vec<(u64, Vec<String>)> {
    sheet
        .rows()
        .map(|row| row.unwrap())
        .map(|row| (row.row, row.cells.to_vec()))
        .collect()
}

#[test]
fn the_texts_keep_their_rows_and_columns_whatever_the_sheet_was() {
    for source in [
        "id,jobTitle\r\n1,a\r\n\r\n2,\"two\nlines\"\r\n",
        "sep=;\nid;jobTitle\n1;=1+1\n2;'=1+1\n3;''x\n4;0042\n",
        "\"A title\",\n,\nid,jobTitle\n1,a\n",
        "id\tjobTitle\t\n1\t\t\n2\t x \t\n",
    ] {
        let before = sheet(source);
        let after = open(annotated(&before, &[(before.header_row() + 1, 1)]), None).unwrap();
        assert_eq!(rows(&after), texts(&before), "{source:?}");
        assert_eq!(after.header_row(), before.header_row(), "{source:?}");
        let rules = |sheet: &Sheet| {
            sheet
                .findings()
                .iter()
                .map(|finding| finding.rule)
                .collect::<Vec<_>>()
        };
        assert_eq!(rules(&after), rules(&before), "{source:?}");
    }
}

#[test]
fn marked_cells_are_coloured_and_commented_and_listed_with_links() {
    let before = sheet("id,jobTitle\n1,a\n2,\n");
    let bytes = annotated(&before, &[(1, 1), (2, 1), (3, 1)]);
    let comments = text(&bytes, "xl/comments1.xml");
    for cell in ["B1", "B2", "B3"] {
        assert!(
            comments.contains(&format!("ref=\"{cell}\"")),
            "{cell} in {comments}"
        );
    }
    assert!(comments.contains("What to do: mend it"));
    let data = text(&bytes, "xl/worksheets/sheet2.xml");
    let style = |cell: &str| {
        let from = data.split(&format!("<c r=\"{cell}\" s=\"")).nth(1).unwrap();
        from.split('"').next().unwrap().to_owned()
    };
    assert_eq!(style("B2"), style("B3"), "an empty cell has its colour too");
    assert_ne!(style("B2"), style("A2"));
    let list = text(&bytes, "xl/worksheets/sheet1.xml");
    assert!(list.contains("location=\"Users!B2\""), "{list}");
    let workbook = text(&bytes, "xl/workbook.xml");
    assert!(workbook.find("Findings").unwrap() < workbook.find("Users").unwrap());
}

#[test]
fn a_row_that_could_not_be_read_is_still_held_back() {
    let before = sheet("id,jobTitle,department\n1,a\n2,b,c\n3,d,e,f\n4,\"g\"x,h\n5,i,j\n");
    let after = open(annotated(&before, &[]), None).unwrap();
    let readable = |sheet: &Sheet| {
        sheet
            .rows()
            .map(|row| match row {
                Ok(row) => (row.row, true),
                Err(unreadable) => (unreadable.raw.row, false),
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        readable(&before),
        [(2, false), (3, true), (4, false), (5, false), (6, true)]
    );
    assert_eq!(readable(&after), readable(&before));
}

#[test]
fn a_cell_whose_text_does_not_count_holds_something_that_is_refused() {
    let mut workbook = Crafted::new("");
    workbook.sheets[0].1 = format!(
        r#"<sheetData>{}<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="str"><f>[1]S!A1</f><v>old</v></c><c r="C2"><f>A1</f></c></row>{}</sheetData><mergeCells><mergeCell ref="B3:C3"/></mergeCells>"#,
        text_cells(1, &["id", "jobTitle", "department"]),
        text_cells(3, &["2", "x"]),
    );
    let before = open(workbook.bytes(), None).unwrap();
    let after = open(annotated(&before, &[(2, 1), (2, 2), (3, 2)]), None).unwrap();
    let texts: Vec<String> = rows(&after)
        .into_iter()
        .map(|(_, cells)| cells.join("|"))
        .collect();
    assert_eq!(texts, ["1|#N/A|=A1", "2|x|#N/A"]);
}

#[test]
fn a_text_that_no_cell_can_hold_gives_way() {
    let long = "x".repeat(40_000);
    let before = sheet(format!("id,jobTitle\n1,{long}\n"));
    let after = open(annotated(&before, &[]), None).unwrap();
    assert_eq!(rows(&after), [(2, vec!["1".to_owned(), "#N/A".to_owned()])]);
}

#[test]
fn secrets_are_nowhere_in_an_annotated_sheet() {
    let text = "id,userPrincipalName,passwordProfile\n,a@x.example,hunter2-hunter2\n";
    let before = Sheet::from_bytes("users.csv", text.into(), ReadOptions::default()).unwrap();
    let bytes = annotated(&before, &[(2, 2)]);
    for name in ["xl/worksheets/sheet2.xml", "xl/sharedStrings.xml"] {
        assert!(
            !String::from_utf8(part(&bytes, name)).unwrap().contains("hunter2"),
            "{name}"
        );
    }
}

#[test]
fn a_sheet_with_more_rows_than_a_worksheet_is_refused_in_words() {
    let text = format!("id\n1\n{}2\n", "\n".repeat(1_048_576));
    let error = write_annotated(Vec::new(), &sheet(text), &annotations(&[]), None).unwrap_err();
    assert!(error.to_string().contains("divide it"), "{error}");
}

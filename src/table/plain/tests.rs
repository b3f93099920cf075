//! Foreign headers, titles, footers, broken rows, encodings, worksheets.

use proptest::prelude::*;

use super::*;
use crate::domain::Severity;

fn options(columns: &[&str]) -> PlainOptions {
    PlainOptions {
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        ..PlainOptions::default()
    }
}

fn read(bytes: impl AsRef<[u8]>, columns: &[&str]) -> PlainTable {
    PlainTable::from_bytes("hr.csv", bytes.as_ref().to_vec(), &options(columns)).unwrap()
}

fn refusal(bytes: impl AsRef<[u8]>, columns: &[&str]) -> Vec<Finding> {
    PlainTable::from_bytes("hr.csv", bytes.as_ref().to_vec(), &options(columns))
        .unwrap_err()
        .findings()
        .to_vec()
}

fn cells(table: &PlainTable) -> Vec<Vec<&str>> {
    table
        .table
        .rows()
        .iter()
        .map(|row| row.cells().collect())
        .collect()
}

fn rules(table: &PlainTable) -> Vec<(&'static str, Severity)> {
    table
        .findings
        .iter()
        .map(|finding| (finding.rule, finding.severity))
        .collect()
}

#[test]
fn the_header_is_the_row_with_the_most_known_columns_and_titles_above_it_are_told() {
    let file = "Active Workers\r\nRun by: isu_export, 2026-11-28\r\nFilter: Department = All; Employee ID > 0\r\n\r\n\
                Employee ID,Legal Name,Job Title\r\n1001,\"Jansen, Zoë\",Nurse\r\n1002,Ørsted,\r\n";
    let table = read(file, &["Employee ID", "Legal Name", "Job Title", "Mobile"]);
    assert_eq!(table.table.columns(), ["Employee ID", "Legal Name", "Job Title"]);
    assert_eq!(
        cells(&table),
        [vec!["1001", "Jansen, Zoë", "Nurse"], vec!["1002", "Ørsted", ""]]
    );
    assert_eq!((table.header_row, table.table.rows()[0].row()), (5, 6));
    assert_eq!(rules(&table), [("rows-above-header", Severity::Warning)]);
    assert!(table.is_usable() && table.ends_with_line_end && table.unreadable.is_empty());
    assert_eq!(table.encoding(), ("UTF-8", Certainty::Certain));
}

#[test]
fn the_delimiter_is_the_one_that_gives_the_most_known_columns_or_the_most_even_rows() {
    for delimiter in Delimiter::ALL {
        let d = char::from(delimiter.byte());
        let file =
            format!("Nr{d}\"Naam, voluit\"{d}Plaats\n1{d}\"A,b;c|d\te\"{d}x\n2{d}B{d}y\n3{d}C, D{d}z\n");
        for columns in [&["Nr", "Plaats"][..], &[]] {
            let table = read(&file, columns);
            assert_eq!(
                table.layout.dialect().unwrap().delimiter,
                delimiter,
                "{columns:?}"
            );
            assert_eq!(table.table.column("Plaats"), Some(2));
            assert_eq!(cells(&table)[0], ["1", "A,b;c|d\te", "x"]);
        }
    }
    let asked = PlainOptions {
        delimiter: Some(Delimiter::Semicolon),
        ..options(&["a;b"])
    };
    let table = PlainTable::from_bytes("x", b"a;b\n".to_vec(), &options(&["a"])).unwrap();
    assert_eq!(table.table.columns(), ["a", "b"]);
    assert!(PlainTable::from_bytes("x", b"a,b\n".to_vec(), &asked).is_err());
    assert_eq!(read("sep=;\r\na;b\r\n1;2\r\n", &[]).table.columns(), ["a", "b"]);
}

#[test]
fn without_known_columns_the_first_full_row_is_the_header() {
    let table = read("Report of all people\n;;;\nNo.;Name;City;\n1;A;;\n2;B;x;\n", &[]);
    assert_eq!(table.table.columns(), ["No.", "Name", "City"]);
    assert_eq!((table.header_row, table.table.rows().len()), (3, 2));
}

#[test]
fn a_footer_is_passed_over_and_told_and_a_row_that_was_cut_off_is_not_one() {
    let head = "Key,Name,Job,City\n1,A,x,y\n2,B,x,y\n";
    for footer in [
        "Total: 2",
        "Total,2",
        "Total records,2,,",
        "End of report",
        "Einde rapport",
        "Aantal;: 2",
        "*** 2 rows ***",
        "EOF",
    ] {
        let table = read(format!("{head}{footer}\n"), &["Key", "Name"]);
        assert_eq!(
            (
                table.table.rows().len(),
                table.footer.len(),
                table.unreadable.len()
            ),
            (2, 1, 0),
            "{footer}"
        );
        assert_eq!(rules(&table), [("footer-row", Severity::Warning)], "{footer}");
    }
    let table = read(format!("{head}Rows,2\nEnd of file\n"), &["Key"]);
    assert_eq!(
        table.footer.iter().map(SourceRow::row).collect::<Vec<_>>(),
        [4, 5]
    );
    // Cut off in the middle; a person who is called so; a row between others.
    let table = read(format!("{head}3,Totalo"), &["Key"]);
    assert_eq!(
        (
            table.footer.len(),
            table.unreadable.len(),
            table.ends_with_line_end
        ),
        (0, 1, false)
    );
    let table = read(format!("{head}Totalovich,B,x,y\n"), &["Key"]);
    assert_eq!((table.footer.len(), table.table.rows().len()), (0, 3));
    let table = read(format!("{head}Total: 2\n3,C,x,y\n"), &["Key"]);
    assert_eq!(
        (
            table.footer.len(),
            table.unreadable.len(),
            table.table.rows().len()
        ),
        (0, 1, 3)
    );
}

#[test]
fn rows_that_cannot_be_trusted_are_kept_aside_with_their_places_and_the_others_stand() {
    let table = read(
        "Key,Name,Job\n1,A,x\n2,B\n3,C,x,extra\n4,\"D\"d,x\n5,E,x,,\n\n6,F,'=x\n",
        &["Key"],
    );
    let aside: Vec<_> = table
        .unreadable
        .iter()
        .map(|row| (row.row.row(), row.finding.rule))
        .collect();
    assert_eq!(
        aside,
        [(3, "ragged-row"), (4, "ragged-row"), (5, "text-after-quote")]
    );
    assert_eq!(
        table.unreadable[0].row.cells().collect::<Vec<_>>(),
        ["2", "B", ""]
    );
    // The formula guard is taken off, as in a sheet.
    assert_eq!(
        cells(&table),
        [vec!["1", "A", "x"], vec!["5", "E", "x"], vec!["6", "F", "=x"]]
    );
    assert_eq!(
        table.findings.iter().filter(|finding| finding.is_error()).count(),
        3
    );
    assert!(table.is_usable());
}

#[test]
fn a_doubled_column_holds_the_file_back_only_where_it_is_read() {
    let file = "Key,Phone,Phone\n1,a,b\n";
    let table = read(file, &["Key", "Phone"]);
    assert_eq!(rules(&table), [("duplicate-column", Severity::Error)]);
    assert!(!table.is_usable());
    let table = read(file, &["Key"]);
    assert_eq!(rules(&table), [("duplicate-column", Severity::Warning)]);
    assert!(table.is_usable());
}

#[test]
fn columns_without_a_name_at_the_end_go_and_filled_ones_are_told() {
    let table = read("Key,Name,,\n1,A,,\n", &["Key"]);
    assert_eq!(table.table.columns(), ["Key", "Name"]);
    let table = read("Key,,Name\n1,A,B\n", &["Key"]);
    assert_eq!(rules(&table), [("column-without-name", Severity::Warning)]);
    assert_eq!(table.table.columns().len(), 3);
}

#[test]
fn what_is_no_table_of_these_columns_is_refused_in_the_words_of_a_feed() {
    for (bytes, rule) in [
        (&b"Matricule^Nom\n1^A\n"[..], "header-not-found"),
        (b"", "file-empty"),
        (b"<html>", "file-is-markup"),
        (b"Key,Name\n1,\"A\n", "quote-not-closed"),
    ] {
        assert_eq!(refusal(bytes, &["Key", "Name"])[0].rule, rule);
    }
    let found = &refusal("Clé,Nom\n", &["Key", "Name", "a", "b", "c", "d"])[0];
    assert!(
        found.message.contains("`Key`, `Name`, `a`, `b`, `c` and 1 more"),
        "{}",
        found.message
    );
    assert!(found.help.contains("source.delimiter"));
}

#[test]
fn an_encoding_is_told_from_the_letters_or_by_the_settings() {
    let latin =
        b"Key;Name\r\n1;Zo\xEB Mu\xF1oz\r\n2;Ren\xE9e Fran\xE7ois\r\n3;J\xF8rgen M\xFCller\r\n".to_vec();
    let table = read(&latin, &["Key"]);
    assert_eq!(table.table.rows()[0].cell(1), "Zoë Muñoz");
    assert_eq!(table.findings[0].rule, "encoding-guessed");
    assert!(
        table.findings[0]
            .help
            .contains("`source.encoding = \"windows-1252\"` in FEED.toml"),
        "{}",
        table.findings[0].help
    );
    let asked = PlainOptions {
        encoding: Some("cp1252".parse().unwrap()),
        ..options(&["Key"])
    };
    let table = PlainTable::from_bytes("x", latin, &asked).unwrap();
    assert_eq!(
        (table.encoding(), table.findings.len()),
        (("windows-1252", Certainty::Told), 0)
    );
    let wide: Vec<u8> = "\u{feff}Key\tName\r\n1\tŻółć\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let table = read(wide, &["Key"]);
    assert_eq!(
        (table.table.rows()[0].cell(1), table.encoding().0),
        ("Żółć", "UTF-16 LE")
    );
}

fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (row, cells) in (0..).zip(*rows) {
            for (column, cell) in (0..).zip(*cells) {
                if !cell.is_empty() {
                    sheet.write_string(row, column, *cell).unwrap();
                }
            }
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_worksheet_is_read_like_a_text_and_the_one_with_the_known_columns_is_chosen() {
    let people: &[&[&str]] = &[
        &["Headcount"],
        &[],
        &["Key", "Name", "Job", "City"],
        &["1", "A"],
        &["2", "", "x"],
        &["Total: 2"],
    ];
    let about: &[&[&str]] = &[&["Run on"], &["2026-11-28"]];
    let bytes = workbook(&[("About", about), ("People", people)]);
    let table = PlainTable::from_bytes("hr.xlsx", bytes.clone(), &options(&["Key", "Job"])).unwrap();
    assert_eq!(cells(&table), [vec!["1", "A", "", ""], vec!["2", "", "x", ""]]);
    assert_eq!(
        (table.header_row, table.footer.len(), table.encoding().0),
        (3, 1, "xlsx")
    );
    assert!(table.ends_with_line_end);
    let wrong = PlainOptions {
        worksheet: Some("Peple".to_owned()),
        ..options(&["Key"])
    };
    let error = PlainTable::from_bytes("hr.xlsx", bytes, &wrong).unwrap_err();
    assert!(
        error.findings()[0]
            .help
            .contains("`source.worksheet` in FEED.toml"),
        "{error}"
    );
    let two = workbook(&[("Active", people), ("Left", people)]);
    let table = PlainTable::from_bytes("hr.xlsx", two, &options(&["Key"])).unwrap();
    assert!(!table.is_usable());
}

proptest! {
    #[test]
    fn any_cells_come_back_as_they_were(
        rows in proptest::collection::vec(proptest::collection::vec("[a-zé ,;|\"\n]{0,6}", 4), 1..8),
    ) {
        let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        writer.write_record(["Key", "B", "C", "D"]).unwrap();
        for (index, row) in rows.iter().enumerate() {
            let key = format!("k{index}");
            writer.write_record(std::iter::once(key.as_str()).chain(row[1..].iter().map(String::as_str))).unwrap();
        }
        let table = read(writer.into_inner().unwrap(), &["Key", "C"]);
        let read: Vec<Vec<String>> = table.table.rows().iter().map(|row| row.cells().skip(1).map(str::to_owned).collect()).collect();
        let written: Vec<Vec<String>> = rows.iter().map(|row| row[1..].to_vec()).collect();
        prop_assert_eq!(read, written);
    }

    #[test]
    fn no_bytes_make_it_fail_in_another_way_than_by_a_finding(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Err(error) = PlainTable::from_bytes("x", bytes, &options(&["a"])) {
            prop_assert!(!error.findings().is_empty());
        }
    }
}

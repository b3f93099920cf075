//! What a written workbook holds, looked at as the archive it is.

use std::io::{Cursor, Read};

use super::*;
use crate::table::{ReadOptions, Sheet, WorkbookWriter};

fn facts() -> DirectoryFacts {
    DirectoryFacts {
        snapshot: "snap-20260301-120000-ab12".to_owned(),
        tenant: "6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0".to_owned(),
        taken_at: "2026-03-01T12:00:00Z".parse().unwrap(),
        filter: None,
    }
}

fn written(style: WorkbookStyle, header: &[&str], rows: &[&[&str]]) -> Vec<u8> {
    let mut writer = WorkbookWriter::new(Vec::new(), style).unwrap();
    writer.write_header(header).unwrap();
    for row in rows {
        writer.write_row(row.iter()).unwrap();
    }
    let (bytes, told) = writer.finish().unwrap();
    assert_eq!(told.rows, rows.len() as u64);
    bytes
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

const NAMES: [&str; 5] = [
    "id",
    "userPrincipalName",
    "accountEnabled",
    "department",
    "_snapshot",
];

fn export(style: WorkbookStyle) -> Vec<u8> {
    let rows: Vec<Vec<String>> = (0..6)
        .map(|n| {
            let department = if n % 2 == 0 { "Sales" } else { "" };
            vec![
                format!("id{n}"),
                format!("u{n}@x.example"),
                "true".into(),
                department.into(),
                "s".into(),
            ]
        })
        .collect();
    let rows: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    written(style, &NAMES, &rows)
}

#[test]
fn every_cell_is_a_text_cell_with_the_text_format_and_so_are_the_columns() {
    let nasty = [
        "=1+1",
        "+31612345678",
        "0042",
        "1E5",
        "2024-01-05",
        "TRUE",
        "@SUM(1)",
        "-2+3",
        "#N/A",
    ];
    let rows: Vec<[&str; 1]> = nasty.iter().map(|text| [*text]).collect();
    let rows: Vec<&[&str]> = rows.iter().map(<[&str; 1]>::as_slice).collect();
    let bytes = written(WorkbookStyle::plain(), &["jobTitle"], &rows);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert_eq!(sheet.matches("<c ").count(), nasty.len() + 1);
    assert_eq!(sheet.matches("t=\"inlineStr\"").count(), nasty.len() + 1);
    for absent in ["<f>", "<v>", "hyperlink", "t=\"s\""] {
        assert!(!sheet.contains(absent), "{absent}");
    }
    for text in nasty {
        assert!(sheet.contains(&format!("<t>{text}</t>")), "{text}");
    }
    let styles = part(&bytes, "xl/styles.xml");
    let formats = styles.split("<cellXfs").nth(1).unwrap();
    let formats: Vec<&str> = formats.split("<xf ").skip(1).collect();
    assert!(
        formats[1..]
            .iter()
            .all(|format| format.starts_with("numFmtId=\"49\"")),
        "{formats:?}"
    );
    let column = sheet.split("<col ").nth(1).unwrap();
    assert!(column.contains("style=\""), "{column}");
}

#[test]
fn an_export_has_a_first_page_the_users_and_hidden_lists_in_this_order() {
    let bytes = export(WorkbookStyle::export(facts()));
    let workbook = part(&bytes, "xl/workbook.xml");
    let names: Vec<&str> = workbook
        .split("<sheet name=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(names, [READ_ME_SHEET, DATA_SHEET, LISTS_SHEET]);
    assert!(workbook.contains("activeTab=\"1\""), "{workbook}");
    assert!(
        workbook.contains("name=\"Lists\" sheetId=\"3\" state=\"hidden\""),
        "{workbook}"
    );
    let texts = part(&bytes, "xl/sharedStrings.xml");
    for told in [
        "snap-20260301-120000-ab12",
        "&lt;clear&gt;",
        "In the portal",
        "no: leave it as it is",
    ] {
        assert!(texts.contains(told), "{told}");
    }
    let plain = written(WorkbookStyle::plain(), &NAMES, &[]);
    assert_eq!(part(&plain, "xl/workbook.xml").matches("<sheet ").count(), 1);
}

#[test]
fn the_header_is_frozen_and_filtered_and_cells_offer_lists_that_warn_only() {
    let sheet = part(
        &export(WorkbookStyle::export(facts())),
        "xl/worksheets/sheet2.xml",
    );
    for told in [
        "xSplit=\"2\" ySplit=\"1\"",
        "<autoFilter ref=\"A1:E7\"/>",
        "numberStoredAsText=\"1\"",
        "sqref=\"C2:C1048576\"><formula1>Lists!$A$2:$A$3</formula1>",
        "sqref=\"D2:D1048576\"><formula1>Lists!$B$2:$B$2</formula1>",
        "sqref=\"A2:A1048576\"><formula1>FALSE</formula1>",
    ] {
        assert!(sheet.contains(told), "{told} in {sheet}");
    }
    let lists = sheet.matches("type=\"list\"").count();
    assert_eq!(
        sheet.matches("type=\"list\" errorStyle=\"warning\"").count(),
        lists
    );
    assert!(!sheet.contains("sqref=\"B2:"), "a rename is an edit");
}

#[test]
fn a_form_offers_its_words_and_no_others_and_has_the_widths_it_asks_for() {
    const FORM: [FormColumn; 2] = [
        FormColumn {
            name: "sheet",
            width: 30.0,
            words: &[],
        },
        FormColumn {
            name: "_choice",
            width: 14.0,
            words: &["mine", "theirs"],
        },
    ];
    let names = ["id", "userPrincipalName", "sheet", "_choice"];
    let bytes = written(WorkbookStyle::form(&FORM), &names, &[&["1", "u", "Chef", ""]]);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    let list = &sheet[sheet.find("<dataValidation ").unwrap()..];
    for held in [
        "type=\"list\"",
        "sqref=\"D2:D1048576\"",
        "<formula1>\"mine,theirs\"</formula1>",
    ] {
        assert!(list.contains(held), "{held}: {list}");
    }
    // Excel's own default is to stop, and a blank is allowed.
    assert!(
        !list.contains("errorStyle") && list.contains("allowBlank=\"1\""),
        "{list}"
    );
    assert_eq!(sheet.matches("<dataValidation ").count(), 1);
    assert!(
        sheet.contains("xSplit=\"2\" ySplit=\"1\"") && sheet.contains("state=\"frozen\""),
        "{sheet}"
    );
    for (column, width) in [(3, 30), (4, 14)] {
        let width = format!("<col min=\"{column}\" max=\"{column}\" width=\"{width}.7");
        assert!(sheet.contains(&width), "{width}: {sheet}");
    }
}

#[test]
fn a_worksheet_is_protected_only_on_request_and_then_without_a_password() {
    let free = part(
        &export(WorkbookStyle::export(facts())),
        "xl/worksheets/sheet2.xml",
    );
    assert!(!free.contains("sheetProtection"));
    let locked = part(
        &export(WorkbookStyle::export(facts()).locked(true)),
        "xl/worksheets/sheet2.xml",
    );
    let protection = locked
        .split("<sheetProtection")
        .nth(1)
        .unwrap()
        .split('>')
        .next()
        .unwrap();
    assert!(
        protection.contains("sheet=\"1\"") && !protection.contains("password"),
        "{protection}"
    );
    assert!(
        protection.contains("sort=\"0\"") && protection.contains("autoFilter=\"0\""),
        "{protection}"
    );
}

#[test]
fn the_same_rows_at_the_same_moment_are_the_same_bytes() {
    assert_eq!(
        export(WorkbookStyle::export(facts())),
        export(WorkbookStyle::export(facts()))
    );
}

#[test]
fn a_text_that_no_cell_can_hold_is_refused_with_its_cell() {
    let mut writer = WorkbookWriter::new(Vec::new(), WorkbookStyle::plain()).unwrap();
    writer.write_header(&["id", "otherMails"]).unwrap();
    // Each of these counts two units.
    let longest = "🦀".repeat(CELL_UNITS_MAX / 2);
    writer.write_row(["1", &longest]).unwrap();
    let error = writer.write_row(["2", &format!("{longest}ab")]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    for told in ["B3", "`otherMails`", "32768 characters", "holds 32767", "CSV"] {
        assert!(error.to_string().contains(told), "{told}: {error}");
    }
}

#[test]
fn more_users_than_a_worksheet_has_rows_are_refused() {
    let writer = WorkbookWriter::new(Vec::new(), WorkbookStyle::plain()).unwrap();
    let mut writer = writer.with_rows_max(4);
    writer.write_header(&["id"]).unwrap();
    for id in ["1", "2", "3"] {
        writer.write_row([id]).unwrap();
    }
    let error = writer.write_row(["4"]).unwrap_err();
    assert!(error.to_string().contains("at most 3 users"), "{error}");
    assert_eq!(ROWS_MAX, 1_048_576);
}

#[test]
fn a_row_of_another_width_and_too_many_columns_are_refused() {
    let mut writer = WorkbookWriter::new(Vec::new(), WorkbookStyle::plain()).unwrap();
    assert!(writer.write_header(&["x"; 16_385]).is_err());
    writer.write_header(&["id", "jobTitle"]).unwrap();
    for row in [&["1"][..], &["1", "2", "3"]] {
        let error = writer.write_row(row).unwrap_err();
        assert!(error.to_string().contains("2 columns"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_takes_no_temporary_file_is_an_error() {
    let style = WorkbookStyle::plain().waiting_in(std::path::Path::new("/no/such/folder"));
    assert!(WorkbookWriter::new(Vec::new(), style).is_err());
}

#[test]
fn the_first_page_alone_is_known_for_what_it_is() {
    let bytes = export(WorkbookStyle::export(facts()));
    let options = ReadOptions {
        worksheet: Some(READ_ME_SHEET.to_owned()),
        ..ReadOptions::default()
    };
    let saved = format!("\u{feff}{},,,,\r\n,,,,\r\nUsers,6,,,\r\n", super::read_me::TITLE);
    let quoted = format!("\"{}\";;;;\n", super::read_me::TITLE);
    for (name, bytes, options) in [
        ("users.xlsx", bytes, options),
        ("users.csv", saved.into_bytes(), ReadOptions::default()),
        ("users.csv", quoted.into_bytes(), ReadOptions::default()),
    ] {
        let error = Sheet::from_bytes(name, bytes, options).unwrap_err();
        let [finding] = error.findings() else {
            panic!("{error}");
        };
        assert_eq!(finding.rule, "read-me-page");
        assert!(finding.help.contains("“Users”"), "{}", finding.help);
    }
}

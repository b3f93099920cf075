//! Workbooks read as sheets: which worksheet, which text, which findings.

use super::crafted::{Crafted, text_cells};
use crate::domain::{Extent, Finding};
use crate::table::testing::vocabulary;
use crate::table::{HeldReason, Layout, ReadOptions, Sheet, SheetError};

pub(super) fn open(bytes: Vec<u8>, worksheet: Option<&str>) -> Result<Sheet, SheetError> {
    let options = ReadOptions {
        worksheet: worksheet.map(str::to_owned),
        ..ReadOptions::default()
    };
    Sheet::with_vocabulary("users.xlsx", bytes, options, &vocabulary())
}

#[track_caller]
pub(super) fn rows(sheet: &Sheet) -> Vec<(u64, Vec<String>)> {
    sheet
        .rows()
        .map(|row| {
            let row = row.unwrap();
            assert_eq!(row.line, row.row);
            (row.row, row.cells.to_vec())
        })
        .collect()
}

/// The text of B2.
#[track_caller]
fn text_of(workbook: &Crafted) -> String {
    let sheet = open(workbook.bytes(), None).unwrap();
    assert_eq!(sheet.findings(), &[]);
    assert_eq!(sheet.held_cells(), &[]);
    rows(&sheet).remove(0).1.remove(1)
}

#[track_caller]
fn refusal(bytes: Vec<u8>) -> Finding {
    let error = open(bytes, None).unwrap_err();
    assert_eq!(error.findings().len(), 1, "{error}");
    error.findings()[0].clone()
}

fn rules(sheet: &Sheet) -> Vec<&'static str> {
    sheet.findings().iter().map(|finding| finding.rule).collect()
}

#[test]
fn typed_cells_become_text_without_loss() {
    for (cell, text) in [
        (r#"<c r="B2"><v>42</v></c>"#, "42"),
        (r#"<c r="B2" t="n"><v>1.1000000000000001</v></c>"#, "1.1"),
        (r#"<c r="B2"><v>31612345678</v></c>"#, "31612345678"),
        (r#"<c r="B2" t="b"><v>1</v></c>"#, "TRUE"),
        (r#"<c r="B2" t="b"><v>0</v></c>"#, "FALSE"),
        (r##"<c r="B2" t="e"><v>#N/A</v></c>"##, "#N/A"),
        (r#"<c r="B2" t="d"><v>2024-03-05</v></c>"#, "2024-03-05"),
        (r#"<c r="B2" t="inlineStr"><is><t>a&lt;b</t></is></c>"#, "a<b"),
        (
            r#"<c r="B2" t="inlineStr"><is><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r></is></c>"#,
            "richtext",
        ),
        (
            r#"<c r="B2" t="inlineStr"><is><r><t xml:space="preserve">rich </t></r><r><t>text</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c>"#,
            "rich text",
        ),
        (
            r#"<c r="B2" t="inlineStr"><is><t xml:space="preserve">  two  </t></is></c>"#,
            "  two  ",
        ),
        (
            r#"<c r="B2" t="inlineStr"><is><t>_x000D_ _x005F_x0041_</t></is></c>"#,
            "\r _x0041_",
        ),
        (r#"<c r="B2" s="0"/>"#, ""),
        ("", ""),
    ] {
        assert_eq!(text_of(&Crafted::cell(cell)), text, "{cell}");
    }
}

#[test]
fn shared_strings_are_exact_with_their_runs_and_escapes() {
    let mut workbook = Crafted::cell(r#"<c r="B2" t="s"><v>1</v></c>"#);
    for (string, text) in [
        ("<t>Zoë &amp; Co</t>", "Zoë & Co"),
        ("<t xml:space=\"preserve\"> a </t>", " a "),
        ("<r><t>a</t></r><r><t xml:space=\"preserve\"> b</t></r>", "a b"),
        ("<t>漢字</t><rPh sb=\"0\" eb=\"2\"><t>かんじ</t></rPh>", "漢字"),
        ("<t>line\none</t>", "line\none"),
        ("", ""),
    ] {
        workbook.strings = vec!["<t>other</t>".to_owned(), string.to_owned()];
        assert_eq!(text_of(&workbook), text, "{string}");
    }
    workbook.strings.truncate(1);
    assert_eq!(refusal(workbook.bytes()).rule, "workbook-damaged");
}

#[test]
fn formats_decide_what_a_number_is() {
    for (format, is_1904, value, text) in [
        ("00000", false, "501", "00501"),
        ("yyyy\\-mm\\-dd", false, "45356", "2024-03-05"),
        ("d/m/yyyy", true, "43894", "2024-03-05"),
        ("h:mm", false, "0.5", "12:00"),
        ("0%", false, "0.5", "50%"),
        ("#,##0.00", false, "1234.5", "1234.5"),
        ("&quot;+&quot;0", false, "31612345678", "+31612345678"),
    ] {
        let mut workbook = Crafted::cell(&format!(r#"<c r="B2" s="1"><v>{value}</v></c>"#));
        workbook.formats = vec![format];
        workbook.is_1904 = is_1904;
        assert_eq!(text_of(&workbook), text, "{format}");
    }
}

#[test]
fn rows_keep_their_numbers_and_hidden_ones_count() {
    let sheet = [
        r#"<sheetData><row r="2"/>"#,
        &text_cells(3, &["id", "jobTitle", "department"]),
        &text_cells(5, &["1", "a"]).replace("<row ", "<row hidden=\"1\" "),
        &text_cells(9, &["2", "b\n\nc", "d"]),
        r#"</sheetData><autoFilter ref="A3:C9"/>"#,
    ]
    .concat();
    let mut workbook = Crafted::new("");
    workbook.sheets[0].1 = sheet;
    let sheet = open(workbook.bytes(), None).unwrap();
    let texts = |cells: &[&str]| cells.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        rows(&sheet),
        [(5, texts(&["1", "a", ""])), (9, texts(&["2", "b\n\nc", "d"]))]
    );
    assert_eq!(
        sheet.layout(),
        &Layout::Workbook(crate::table::WorkbookFacts {
            format: "xlsx",
            worksheet: "Sheet1".to_owned()
        })
    );
}

#[test]
fn a_filled_cell_beyond_the_header_is_a_ragged_row() {
    let workbook = Crafted::new(&(text_cells(1, &["id", "jobTitle"]) + &text_cells(2, &["1", "a", "b"])));
    let sheet = open(workbook.bytes(), None).unwrap();
    let row = sheet.rows().next().unwrap().unwrap_err();
    assert_eq!(row.finding.unwrap().rule, "ragged-row");
}

#[test]
fn the_worksheet_is_found_by_its_name_then_by_a_key_near_its_top() {
    let users = format!(
        "<sheetData>{}</sheetData>",
        text_cells(1, &["id"]) + &text_cells(2, &["x"])
    );
    let below = format!(
        "<sheetData>{}</sheetData>",
        text_cells(4, &["UPN"]) + &text_cells(5, &["x"])
    );
    let notes = format!("<sheetData>{}</sheetData>", text_cells(1, &["notes"]));
    // worksheets, asked for, read, whether it is told
    for (sheets, wanted, read, told) in [
        (&[("A", &users)][..], None, "A", false),
        (
            &[("Read me", &notes), ("Users", &users), ("Lists", &notes)],
            None,
            "Users",
            false,
        ),
        (&[("Findings", &notes), ("Users", &users)], None, "Users", false),
        (&[("Old", &users), ("Users", &users)], None, "Users", true),
        (&[("Notes", &notes), ("HR", &users)], None, "HR", true),
        (&[("Notes", &notes), ("HR", &below)], None, "HR", true),
        (&[("Old", &users), ("New", &users)], None, "Old", true),
        (&[("Old", &users), ("New", &users)], Some("New"), "New", false),
        (&[("Old", &users), ("New", &users)], Some("new "), "New", false),
    ] {
        let mut workbook = Crafted::new("");
        workbook.sheets = sheets
            .iter()
            .map(|(name, content)| ((*name).to_owned(), (*content).clone()))
            .collect();
        let sheet = open(workbook.bytes(), wanted).unwrap();
        let Layout::Workbook(facts) = sheet.layout() else {
            panic!("no workbook");
        };
        let told_rules: Vec<&str> = rules(&sheet)
            .into_iter()
            .filter(|rule| *rule == "several-worksheets")
            .collect();
        assert_eq!(
            (facts.worksheet.as_str(), !told_rules.is_empty()),
            (read, told),
            "{sheets:?}"
        );
        // Two worksheets that name users are an error, unless one is called as in an export or was chosen.
        let with_keys = sheets.iter().filter(|(_, content)| *content == &users).count();
        let is_clear = wanted.is_some() || read == "Users";
        let is_refused = sheet
            .findings()
            .iter()
            .any(|finding| finding.rule == "several-worksheets" && finding.is_error());
        assert_eq!(is_refused, with_keys > 1 && !is_clear, "{sheets:?}");
    }
}

#[test]
fn a_worksheet_that_is_not_there_is_refused_with_those_that_are() {
    let workbook = Crafted::new(&text_cells(1, &["id"]));
    let error = open(workbook.bytes(), Some("Users")).unwrap_err();
    let finding = &error.findings()[0];
    assert_eq!(finding.rule, "no-worksheet");
    assert!(
        finding.message.contains("`Users`; it has `Sheet1`"),
        "{}",
        finding.message
    );
    let mut chart = Crafted::new("");
    chart.sheets.clear();
    assert_eq!(refusal(chart.bytes()).rule, "no-worksheet");
}

#[test]
fn a_chart_sheet_is_passed_over() {
    let mut workbook = Crafted::cell("");
    workbook.sheets.insert(0, ("Chart".to_owned(), String::new()));
    let links = String::from_utf8(part(&workbook.bytes(), "xl/_rels/workbook.xml.rels")).unwrap();
    let links = links.replacen(
        "/worksheet\" Target=\"worksheets",
        "/chartsheet\" Target=\"chartsheets",
        1,
    );
    workbook.parts = vec![
        ("xl/_rels/workbook.xml.rels".to_owned(), links.into_bytes()),
        ("xl/chartsheets/sheet1.xml".to_owned(), b"<chartsheet/>".to_vec()),
    ];
    let sheet = open(workbook.bytes(), None).unwrap();
    assert_eq!(rows(&sheet).len(), 1);
}

pub(super) fn part(bytes: &[u8], name: &str) -> Vec<u8> {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut content = Vec::new();
    archive.by_name(name).unwrap().read_to_end(&mut content).unwrap();
    content
}

#[test]
fn computed_values_are_taken_and_told_once_for_each_column() {
    let workbook = Crafted::new(
        &(text_cells(1, &["id", "jobTitle", "department"])
            + r#"<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="str"><f>UPPER("a")</f><v>A</v></c><c r="C2" t="str"><f>"x"</f><v>x</v></c></row>"#
            + r#"<row r="3"><c r="A3"><v>2</v></c><c r="B3" t="str"><f>UPPER("b")</f><v>B</v></c></row>"#),
    );
    let sheet = open(workbook.bytes(), None).unwrap();
    assert_eq!(rows(&sheet)[1].1, ["2", "B", ""]);
    assert_eq!(rules(&sheet), ["formula-cells", "formula-cells"]);
    let first = &sheet.findings()[0];
    assert_eq!(
        (first.extent, first.column.as_deref()),
        (Extent::Column, Some("jobTitle"))
    );
    assert_eq!(
        first.place.and_then(|place| place.cell_name()).as_deref(),
        Some("B2")
    );
    assert!(first.message.starts_with("2 cells"), "{}", first.message);
}

#[test]
fn a_formula_without_a_value_or_into_another_file_holds_its_cell() {
    for (cell, reason, text) in [
        (
            r#"<c r="B2"><f>A1&amp;"x"</f></c>"#,
            HeldReason::FormulaWithoutValue,
            "=A1&\"x\"",
        ),
        (
            r#"<c r="B2"><f>A1</f><v></v></c>"#,
            HeldReason::FormulaWithoutValue,
            "=A1",
        ),
        (
            r#"<c r="B2" t="str"><f>[1]S!A1</f><v>x</v></c>"#,
            HeldReason::ExternalFormula,
            "x",
        ),
        (
            r#"<c r="B2" t="str"><f>IF(A1="","","")</f><v></v></c>"#,
            HeldReason::FormulaGivesNothing,
            "",
        ),
    ] {
        let sheet = open(Crafted::cell(cell).bytes(), None).unwrap();
        let held = sheet.held_cells();
        assert_eq!(held.len(), 1, "{cell}");
        assert_eq!(
            (held[0].place.cell_name().as_deref(), &held[0].reason),
            (Some("B2"), &reason)
        );
        assert_eq!(rows(&sheet)[0].1[1], text, "{cell}");
    }
}

#[test]
fn cells_under_a_merged_range_are_held_and_those_outside_of_the_table_are_not() {
    let mut workbook = Crafted::new("");
    let data = [["1", "a", "x"], ["2", "", "y"], ["3", "", "z"]];
    let mut cells = text_cells(2, &["id", "jobTitle", "department"]);
    for (row, texts) in (3..).zip(data) {
        cells += &text_cells(row, &texts);
    }
    workbook.sheets[0].1 = format!(
        r#"<sheetData>{cells}</sheetData><mergeCells><mergeCell ref="B3:B4"/><mergeCell ref="A1:C1"/><mergeCell ref="F2:H9"/><mergeCell ref="C5:D900"/></mergeCells>"#
    );
    let sheet = open(workbook.bytes(), None).unwrap();
    let held: Vec<String> = sheet
        .held_cells()
        .iter()
        .filter_map(|cell| cell.place.cell_name())
        .collect();
    assert_eq!(held, ["B4"]);
    let finding = sheet.held_cells()[0].finding("jobTitle", "");
    assert!(finding.message.contains("B3:B4"), "{}", finding.message);
    workbook.sheets[0].1 = workbook.sheets[0].1.replace("B3:B4", "A1:XFD1048576");
    let sheet = open(workbook.bytes(), None).unwrap();
    assert_eq!(sheet.held_cells().len(), 9);
}

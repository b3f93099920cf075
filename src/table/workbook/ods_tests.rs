//! Tables of .ods workbooks read as sheets.

use super::crafted::ods;
use super::read_tests::{open, rows};
use crate::table::HeldReason;

#[test]
fn a_table_of_an_ods_workbook_is_read_like_a_worksheet() {
    let table = r#"
        <table:table table:name="Sheet1"><table:table-column/>
        <table:table-header-rows><table:table-row>
        <table:table-cell office:value-type="string"><text:p>id</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>jobTitle</text:p></table:table-cell>
        </table:table-row></table:table-header-rows>
        <table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="3"/></table:table-row>
        CELLS
        <table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
        </table:table>"#;
    for (cell, text) in [
        (
            r#"<table:table-cell office:value-type="float" office:value="42"><text:p>42,00</text:p></table:table-cell>"#,
            "42",
        ),
        (
            r#"<table:table-cell office:value-type="float" office:value="501"><text:p>00501</text:p></table:table-cell>"#,
            "00501",
        ),
        (
            r#"<table:table-cell office:value-type="float" office:value="1234"><text:p>1 234</text:p></table:table-cell>"#,
            "1234",
        ),
        (
            r#"<table:table-cell office:value-type="percentage" office:value="0.5"><text:p>50,00 %</text:p></table:table-cell>"#,
            "50%",
        ),
        (
            r#"<table:table-cell office:value-type="currency" office:value="5.5"><text:p>€ 5,50</text:p></table:table-cell>"#,
            "5.5",
        ),
        (
            r#"<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>WAAR</text:p></table:table-cell>"#,
            "TRUE",
        ),
        (
            r#"<table:table-cell office:value-type="date" office:date-value="2024-03-05"><text:p>05-03-24</text:p></table:table-cell>"#,
            "2024-03-05",
        ),
        (
            r#"<table:table-cell office:value-type="time" office:time-value="PT12H30M00S"><text:p>12:30</text:p></table:table-cell>"#,
            "12:30",
        ),
        (
            r#"<table:table-cell office:value-type="time" office:time-value="PT36H00M05S"><text:p>36:00:05</text:p></table:table-cell>"#,
            "36:00:05",
        ),
        (
            r#"<table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation><text:p>two <text:s text:c="2"/>blanks<text:tab/>x</text:p><text:p/><text:p><text:span>line</text:span></text:p></table:table-cell>"#,
            "two   blanks\tx\n\nline",
        ),
        (
            r#"<table:table-cell office:value-type="string"><text:p><text:s/>a
             b</text:p></table:table-cell>"#,
            " a b",
        ),
        (
            r#"<table:table-cell office:value-type="string" calcext:value-type="error" office:string-value=""><text:p>Err:509</text:p></table:table-cell>"#,
            "Err:509",
        ),
        (
            r#"<table:table-cell office:value-type="string" office:string-value="exact"><text:p>shown</text:p></table:table-cell>"#,
            "exact",
        ),
        (
            r#"<table:table-cell><text:p>untyped</text:p></table:table-cell>"#,
            "untyped",
        ),
        ("<table:table-cell/>", ""),
    ] {
        let row = format!(
            r#"<table:table-row><table:table-cell office:value-type="string"><text:p>1</text:p></table:table-cell>{cell}</table:table-row>"#
        );
        let sheet = open(ods(&table.replace("CELLS", &row)), None).unwrap();
        assert_eq!(
            rows(&sheet),
            [(4, vec!["1".to_owned(), text.to_owned()])],
            "{cell}"
        );
        assert_eq!(sheet.held_cells(), &[]);
    }
}

#[test]
fn repeated_merged_and_computed_cells_of_an_ods_workbook_are_seen() {
    let cell = |text: &str| {
        format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
    };
    let table = format!(
        r#"<table:table table:name="Notes"/><table:table table:name="Users">
        <table:table-row>{id}{job}{department}</table:table-row>
        <table:table-row table:number-rows-repeated="2">{one}<table:table-cell office:value-type="string" table:number-columns-repeated="2"><text:p>x</text:p></table:table-cell></table:table-row>
        <table:table-row>{one}<table:table-cell table:number-columns-spanned="2" office:value-type="string"><text:p>m</text:p></table:table-cell><table:covered-table-cell/></table:table-row>
        <table:table-row>{one}<table:table-cell table:formula="of:=[.A1]"/><table:table-cell office:value-type="string" table:formula="of:='file:///x.ods'#$S.A1"><text:p>y</text:p></table:table-cell></table:table-row>
        </table:table>"#,
        id = cell("id"),
        job = cell("jobTitle"),
        department = cell("department"),
        one = cell("1"),
    );
    let sheet = open(ods(&table), None).unwrap();
    let texts: Vec<String> = rows(&sheet)
        .into_iter()
        .map(|(row, cells)| format!("{row} {}", cells.join("|")))
        .collect();
    assert_eq!(texts, ["2 1|x|x", "3 1|x|x", "4 1|m|", "5 1|=[.A1]|y"]);
    let held: Vec<(String, &HeldReason)> = sheet
        .held_cells()
        .iter()
        .map(|cell| (cell.place.cell_name().unwrap(), &cell.reason))
        .collect();
    assert_eq!(
        held,
        [
            ("C4".to_owned(), &HeldReason::Merged("B4:C4".into())),
            ("B5".to_owned(), &HeldReason::FormulaWithoutValue),
            ("C5".to_owned(), &HeldReason::ExternalFormula),
        ]
    );
}

#[test]
fn a_hidden_table_of_an_ods_workbook_is_chosen_after_those_in_sight() {
    let table = |name: &str, style: &str, job: &str| {
        let cell = |text: &str| {
            format!(
                r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#
            )
        };
        format!(
            r#"<table:table table:name="{name}" table:style-name="{style}"><table:table-row>{}{}</table:table-row><table:table-row>{}{}</table:table-row></table:table>"#,
            cell("id"),
            cell("jobTitle"),
            cell("1"),
            cell(job)
        )
    };
    let styles = r#"<style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>"#;
    for (first, chosen) in [("ta2", "new"), ("ta1", "old")] {
        let tables = format!(
            "{styles}{}{}",
            table("Last month", first, "old"),
            table("This month", "ta1", "new")
        );
        let sheet = open(ods(&tables), None).unwrap();
        assert_eq!(
            rows(&sheet),
            [(2, vec!["1".to_owned(), chosen.to_owned()])],
            "{first}"
        );
    }
}

#[test]
fn what_is_no_text_is_noted_in_columns_of_texts_alone() {
    use crate::table::TypedKind::{LongNumber, Moment, Number, Percentage, Truth};
    let table = r#"
        <table:table table:name="Sheet1"><table:table-row>
        <table:table-cell office:value-type="string"><text:p>id</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>jobTitle</text:p></table:table-cell>
        <table:table-cell office:value-type="string"><text:p>accountEnabled</text:p></table:table-cell>
        </table:table-row>
        <table:table-row><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>CELL CELL</table:table-row>
        </table:table>"#;
    for (cell, kind) in [
        (r#"office:value-type="float" office:value="42""#, Some(Number)),
        (
            r#"office:value-type="float" office:value="1234567890123456""#,
            Some(LongNumber),
        ),
        (
            r#"office:value-type="percentage" office:value="0.5""#,
            Some(Percentage),
        ),
        (
            r#"office:value-type="boolean" office:boolean-value="true""#,
            Some(Truth),
        ),
        (
            r#"office:value-type="date" office:date-value="2024-03-05""#,
            Some(Moment),
        ),
        (
            r#"office:value-type="time" office:time-value="PT12H30M00S""#,
            Some(Moment),
        ),
        (r#"office:value-type="string""#, None),
    ] {
        let cell = format!("<table:table-cell {cell}><text:p>shown</text:p></table:table-cell>");
        let sheet = open(ods(&table.replace("CELL", &cell)), None).unwrap();
        let noted: Vec<_> = sheet
            .typed_cells()
            .iter()
            .map(|one| (one.row, one.column, one.kind))
            .collect();
        assert_eq!(noted, Vec::from_iter(kind.map(|kind| (2, 1, kind))), "{cell}");
    }
}

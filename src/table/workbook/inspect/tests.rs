//! What the first look must let pass, and what it must not.

use super::*;

fn looked(cells: &str) -> Result<Looked, Fault> {
    let part = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
    worksheet(Xml::new("sheet", part.as_bytes()))
}

#[track_caller]
fn refused(cells: &str) -> String {
    looked(cells).unwrap_err().finding().message
}

#[test]
fn what_programs_write_passes() {
    let cells = r##"<row r="1" spans="1:3"><c r="A1" s="1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c></row>
        <row><c><v>1.5</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="str"><f>A1&amp;"x"</f><v>a&lt;b</v></c><c s="3"/></row>
        <row r="9"/><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"##;
    let looked = looked(cells).unwrap();
    assert_eq!(
        looked.formulas,
        [Noted {
            spot: Spot { row: 1, column: 3 },
            formula: Formula::Valued
        }]
    );
}

#[test]
fn what_the_library_would_read_as_something_else_is_refused_with_its_cell() {
    for (cell, told) in [
        (r#"<c r="A1"><v>5</v><f>A2</f></c>"#, "more than one value"),
        (
            r#"<c r="A1" t="inlineStr"><is><t>x</t></is><v></v></c>"#,
            "more than one value",
        ),
        (
            r#"<c r="A1" t="inlineStr"><v>x</v></c>"#,
            "not where its kind says",
        ),
        (r#"<c r="A1" t="s"><v>x</v></c>"#, "as programs write it"),
        (r#"<c r="A1"><v>1&#50;</v></c>"#, "as programs write it"),
        (
            r#"<c r="A1" t="str"><v><![CDATA[x]]></v></c>"#,
            "as programs write it",
        ),
        (
            r#"<c r="A1" t="money"><v>1</v></c>"#,
            "of a kind that no program writes",
        ),
        (r#"<c r="A1"><v><b>1</b></v></c>"#, "inside a value"),
        (r#"<c r="A1"><x/></c>"#, "no value"),
        (r#"<c r="A1">5</c>"#, "beside its value"),
    ] {
        let message = refused(&format!("<row r=\"1\">{cell}</row>"));
        assert!(
            message.contains(told) && message.contains("A1"),
            "{cell}: {message}"
        );
    }
}

#[test]
fn cells_out_of_order_or_out_of_bounds_are_refused() {
    for cells in [
        r#"<row r="2"/><row r="1"/>"#,
        r#"<row r="2"/><row r="2"/>"#,
        r#"<row r="0"/>"#,
        r#"<row r="1048577"/>"#,
        r#"<row r="99999999999"/>"#,
        r#"<row r="1"><c r="B1"/><c r="A1"/></row>"#,
        r#"<row r="1"><c r="A1"/><c r="A1"/></row>"#,
        r#"<row r="1"><c r="A2"/></row>"#,
        r#"<row r="1"><c r="XFD1"/><c/></row>"#,
        r#"<row r="1"><c r="A1" s="x"/></row>"#,
        r#"<row r="1048576"/><row/>"#,
        r#"</sheetData><sheetData>"#,
    ] {
        assert!(looked(cells).is_err(), "{cells}");
    }
}

#[test]
fn formulas_without_a_value_and_into_other_files_are_noted() {
    let looked = looked(
        r#"<row r="1"><c r="A1"><f>B1+1</f></c><c r="B1"><f>C1</f><v></v></c><c r="C1" t="str"><f>[1]S!A1</f><v>x</v></c>
        <c r="D1" t="str"><f t="shared" si="7" ref="D1:E1">[1]S!A1</f><v>x</v></c><c r="E1" t="str"><f t="shared" si="7"/><v>y</v></c>
        <c r="F1" t="str"><f>A1</f><v></v></c></row>"#,
    )
    .unwrap();
    let formulas: Vec<(String, Formula)> = looked
        .formulas
        .into_iter()
        .map(|noted| (noted.spot.name(), noted.formula))
        .collect();
    let expected = [
        ("A1", Formula::Bare("B1+1".to_owned())),
        ("B1", Formula::Bare("C1".to_owned())),
        ("C1", Formula::External),
        ("D1", Formula::External),
        ("E1", Formula::External),
        ("F1", Formula::Valued),
    ];
    assert_eq!(
        formulas,
        expected.map(|(name, formula)| (name.to_owned(), formula))
    );
}

#[test]
fn merged_ranges_are_noted_and_an_unknown_error_value_is_named() {
    let part =
        r#"<worksheet><sheetData/><mergeCells count="1"><mergeCell ref="B2:C3"/></mergeCells></worksheet>"#;
    let looked = worksheet(Xml::new("sheet", part.as_bytes())).unwrap();
    assert_eq!(looked.merged[0].name(), "B2:C3");
    let Err(Fault::Other(finding)) = looked_error() else {
        panic!("it was read");
    };
    assert_eq!(finding.rule, "spreadsheet-error");
    assert_eq!(
        finding.place.and_then(|place| place.cell_name()).as_deref(),
        Some("A1")
    );
}

fn looked_error() -> Result<Looked, Fault> {
    looked(r##"<row r="1"><c r="A1" t="e"><v>#BLOCKED!</v></c></row>"##)
}

#[test]
fn a_part_that_is_not_well_formed_or_brings_entities_of_its_own_is_refused() {
    for part in [
        "<a><b></a>",
        "<a>",
        "<a",
        "<!DOCTYPE a [<!ENTITY x \"&y;&y;\">]><a>&x;</a>",
        "<a><sheetData>&x;</sheetData></a>",
        "<a \u{0}",
    ] {
        assert!(worksheet(Xml::new("sheet", part.as_bytes())).is_err(), "{part}");
    }
    let deep = "<a>".repeat(200) + &"</a>".repeat(200);
    assert!(is_sound(Xml::new("deep", deep.as_bytes())).is_err());
    assert!(is_sound(Xml::new("sound", &b"<a><b/>text</a>"[..])).is_ok());
}

#[test]
fn a_table_of_strings_that_promises_more_than_it_can_hold_is_refused() {
    for (count, is_ok) in [("2", true), ("999999999999", false), ("x", true)] {
        let part = format!("<sst uniqueCount=\"{count}\"><si><t>a</t></si><si/></sst>");
        let xml = Xml::new("strings", part.as_bytes());
        assert_eq!(strings(xml, part.len() as u64).is_ok(), is_ok, "{count}");
    }
}

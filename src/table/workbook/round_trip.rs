//! The laws of workbooks: what is written reads back the same, and whatever bytes come, they are read or refused.

use proptest::prelude::*;

use super::crafted::{Crafted, ods, text_cells};
use super::read_tests::{open, part, rows};
use super::{WorkbookStyle, WorkbookWriter};
use crate::table::Sheet;

const NAMES: [&str; 4] = ["id", "displayName", "jobTitle", "department"];

/// Texts that XML, spreadsheets or careless readers break.
fn cell() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("_x0041_".to_owned()),
        Just("_x005F_".to_owned()),
        Just("_x".to_owned()),
        Just("000D_".to_owned()),
        Just("\r".to_owned()),
        Just("\n".to_owned()),
        Just("\t".to_owned()),
        Just(" ".to_owned()),
        Just("\u{a0}".to_owned()),
        Just("\0".to_owned()),
        Just("\u{1}\u{1b}\u{1f}".to_owned()),
        Just("\u{7f}\u{85}\u{9f}".to_owned()),
        Just("\u{fffe}\u{ffff}\u{feff}".to_owned()),
        Just("\u{2028}".to_owned()),
        Just("<&>\"'".to_owned()),
        Just("]]>".to_owned()),
        Just("&amp;&#10;".to_owned()),
        Just("'".to_owned()),
        Just("''=".to_owned()),
        Just("=1+1".to_owned()),
        Just("+31612345678".to_owned()),
        Just("0042".to_owned()),
        Just("1E5".to_owned()),
        Just("2024-01-05".to_owned()),
        Just("TRUE".to_owned()),
        Just("#N/A".to_owned()),
        Just("@SUM(1)".to_owned()),
        Just("'s-Gravesande".to_owned()),
        Just("👩‍👩‍👧".to_owned()),
        Just("é\u{301}שלום\u{202e}".to_owned()),
        "[a-z]{1,4}",
        any::<char>().prop_map(|c| c.to_string()),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    let row = (1..1000u32, proptest::collection::vec(cell(), NAMES.len() - 1)).prop_map(|(id, cells)| {
        let mut row = vec![format!("id{id}")];
        row.extend(cells);
        row
    });
    proptest::collection::vec(row, 0..6)
}

fn written(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = WorkbookWriter::new(Vec::new(), WorkbookStyle::plain()).unwrap();
    writer.write_header(&NAMES).unwrap();
    for row in rows {
        writer.write_row(row).unwrap();
    }
    writer.finish().unwrap().0
}

/// Reads everything there is to read, if it can be opened.
fn exhaust(bytes: Vec<u8>) -> Option<Sheet> {
    let sheet = open(bytes, None).ok()?;
    for row in sheet.rows() {
        let _ = row;
    }
    Some(sheet)
}

fn base(kind: usize) -> Vec<u8> {
    match kind {
        0 => written(&[vec!["1".into(), "a".into(), "b".into(), "c".into()]]),
        1 => {
            let mut workbook = Crafted::cell(r#"<c r="B2" s="1" t="s"><v>0</v></c>"#);
            workbook.strings = vec!["<r><t>a</t></r>".to_owned()];
            workbook.formats = vec!["00000"];
            workbook.bytes()
        }
        _ => ods(
            r#"<table:table table:name="S"><table:table-row><table:table-cell office:value-type="string"><text:p>id</text:p></table:table-cell></table:table-row></table:table>"#,
        ),
    }
}

/// Pieces that mean something in the parts of a workbook.
const PIECES: [&str; 24] = [
    "<c r=\"B2\"><v>1</v></c>",
    "<v>",
    "</v>",
    "<f>A1</f>",
    " t=\"s\"",
    " t=\"inlineStr\"",
    " r=\"A99999999999\"",
    " s=\"9999999999999\"",
    "<row r=\"9\">",
    "</row>",
    "<dimension ref=\"B9:A1\"/>",
    "<dimension ref=\"A1:ZZZZZZZZZZZ99999999999\"/>",
    "<mergeCell ref=\"A1:XFD1048576\"/>",
    "<mergeCells count=\"-1\">",
    " uniqueCount=\"18446744073709551615\"",
    " count=\"4294967296\"",
    "<!-- -->",
    "<![CDATA[x]]>",
    "&x;",
    "&#0;",
    "<!DOCTYPE a [<!ENTITY x \"x\">]>",
    "<is><t>x</t></is>",
    " table:number-rows-repeated=\"99999999\"",
    " text:c=\"4294967295\"",
];

proptest! {
    #[test]
    fn what_is_written_as_a_workbook_reads_back_the_same(table in table()) {
        let sheet = open(written(&table), None).unwrap();
        prop_assert_eq!(sheet.held_cells(), &[]);
        let back: Vec<Vec<String>> = rows(&sheet).into_iter().map(|(_, cells)| cells).collect();
        prop_assert_eq!(back, table);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn an_archive_with_turned_bytes_is_read_or_refused(
        kind in 0..3usize,
        turned in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in proptest::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut bytes = base(kind);
        for (at, byte) in turned {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        exhaust(bytes);
    }

    #[test]
    fn a_part_with_strange_pieces_is_read_or_refused(
        kind in 0..3usize,
        chosen in any::<prop::sample::Index>(),
        put in proptest::collection::vec((any::<prop::sample::Index>(), 0..PIECES.len(), 0..3usize), 1..5),
    ) {
        let bytes = base(kind);
        let names: Vec<String> = zip::ZipArchive::new(std::io::Cursor::new(&bytes[..]))
            .unwrap()
            .file_names()
            .map(|name| name.unwrap().into_owned())
            .collect();
        let chosen = &names[chosen.index(names.len())];
        let mut content = String::from_utf8(part(&bytes, chosen)).unwrap();
        for (at, piece, gone) in put {
            let at = at.index(content.len() + 1);
            let at = (0..=at).rev().find(|at| content.is_char_boundary(*at)).unwrap_or(0);
            let end = (at + gone).min(content.len());
            if content.is_char_boundary(end) {
                content.replace_range(at..end, PIECES[piece]);
            }
        }
        let parts: Vec<(String, Vec<u8>)> = names
            .iter()
            .map(|name| {
                let content = if name == chosen { content.clone().into_bytes() } else { part(&bytes, name) };
                (name.clone(), content)
            })
            .collect();
        exhaust(super::crafted::archive(&parts));
    }
}

#[test]
fn what_asks_for_more_than_there_is_room_for_is_refused_without_trying() {
    let huge = |attribute: &str| {
        ods(&format!(
            r#"<table:table table:name="S"><table:table-row><table:table-cell office:value-type="string"><text:p>id<text:s text:c="{attribute}"/></text:p></table:table-cell></table:table-row></table:table>"#
        ))
    };
    assert!(exhaust(huge("3")).is_some());
    for count in ["4294967295", "99999999999999999999", "-1"] {
        assert!(exhaust(huge(count)).is_none(), "{count}");
    }
    let many = r#"<table:table table:name="S"><table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>id</text:p></table:table-cell></table:table-row></table:table>"#;
    // Taken as far as the header looks like one, it would be 17 thousand million cells.
    let error = open(ods(many), None).unwrap_err();
    assert_eq!(error.findings()[0].rule, "workbook-too-large");
    let mut workbook = Crafted::cell(r#"<c r="B2" t="s"><v>0</v></c>"#);
    workbook.parts = vec![(
        "xl/sharedStrings.xml".to_owned(),
        b"<sst uniqueCount=\"99999999999\"><si><t>a</t></si></sst>".to_vec(),
    )];
    assert_eq!(
        open(workbook.bytes(), None).unwrap_err().findings()[0].rule,
        "workbook-damaged"
    );
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    let zeros = vec![b'0'; 80 << 20];
    let mut workbook = Crafted::new(&text_cells(1, &["id"]));
    workbook.parts = vec![("xl/worksheets/sheet1.xml".to_owned(), zeros)];
    let bytes = workbook.bytes();
    assert!(bytes.len() < 1 << 20);
    let error = open(bytes, None).unwrap_err();
    assert_eq!(error.findings()[0].rule, "workbook-too-large");
}

#[test]
fn encrypted_truncated_and_hostile_archives_are_refused_in_words() {
    let whole = Crafted::cell("").bytes();
    let entity =
        r#"<!DOCTYPE worksheet [<!ENTITY a "&b;&b;"><!ENTITY b "x">]><worksheet><sheetData/></worksheet>"#;
    let with = |name: &str, content: &[u8]| {
        let mut workbook = Crafted::cell("");
        workbook.parts = vec![(name.to_owned(), content.to_vec())];
        workbook.bytes()
    };
    let mut encrypted_part = whole.clone();
    // The flag of the first entry, in its own header and in the list.
    for mark in [&b"PK\x03\x04"[..], b"PK\x01\x02"] {
        let at = encrypted_part
            .windows(4)
            .position(|window| window == mark)
            .unwrap();
        encrypted_part[at + if mark[2] == 3 { 6 } else { 8 }] |= 1;
    }
    let encrypted_ods = super::crafted::archive(&[
        ("mimetype".to_owned(), b"application/vnd.oasis.opendocument.spreadsheet".to_vec()),
        (
            "META-INF/manifest.xml".to_owned(),
            b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>".to_vec(),
        ),
        ("content.xml".to_owned(), vec![9; 100]),
    ]);
    for (bytes, rule) in [
        (whole[..whole.len() / 2].to_vec(), "workbook-damaged"),
        (
            with("xl/worksheets/sheet1.xml", entity.as_bytes()),
            "workbook-damaged",
        ),
        (
            with("xl/worksheets/sheet1.xml", b"<worksheet><sheetData>"),
            "workbook-damaged",
        ),
        (
            with(
                "xl/workbook.xml",
                b"<workbook><sheets><sheet name=\"a\" r:id=\"none\"/></sheets></workbook>",
            ),
            "workbook-damaged",
        ),
        (
            with("xl/_rels/workbook.xml.rels", b"<Relationships/>"),
            "workbook-damaged",
        ),
        (with("_rels/.rels", b"<Relationships/>"), "workbook-damaged"),
        (with("XL/WORKBOOK.XML", b"<workbook/>"), "workbook-damaged"),
        (encrypted_ods, "workbook-encrypted"),
    ] {
        let error = open(bytes, None).unwrap_err();
        assert_eq!(error.findings()[0].rule, rule, "{error}");
        assert_eq!(error.findings()[0].extent, crate::domain::Extent::Sheet);
    }
    // A name that points out of the archive is a name like any other: nothing is unpacked.
    assert!(exhaust(with("../../../etc/cron.d/x", b"x")).is_some());
    let _ = exhaust(encrypted_part);
}

//! The law of this room: what is written reads back the same, and what is read writes back the same.

use proptest::prelude::*;

use super::reader::{ReadOptions, Sheet};
use super::testing::vocabulary;
use super::{Delimiter, Encoding, Guard, LineEnd, SheetWriter, WriteStyle};

const NAMES: [&str; 4] = ["id", "displayName", "jobTitle", "department"];

/// Cells of the kinds that break careless readers.
fn cell() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\"".to_owned()),
        Just(",".to_owned()),
        Just(";".to_owned()),
        Just("|".to_owned()),
        Just("\t".to_owned()),
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just("\r\n".to_owned()),
        Just("'".to_owned()),
        Just("=".to_owned()),
        Just("+".to_owned()),
        Just("-2".to_owned()),
        Just("@".to_owned()),
        Just("007".to_owned()),
        Just("true".to_owned()),
        Just("'s-Gravesande".to_owned()),
        Just("\u{feff}".to_owned()),
        Just("\u{200b}".to_owned()),
        Just("👩‍👩‍👧".to_owned()),
        Just("שלום\u{202e}".to_owned()),
        Just("é\u{301}".to_owned()),
        Just(" ".to_owned()),
        Just("\\".to_owned()),
        "[a-z]{1,4}",
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

fn style() -> impl Strategy<Value = WriteStyle> {
    (
        any::<bool>(),
        prop_oneof![
            Just(Delimiter::Comma),
            Just(Delimiter::Semicolon),
            Just(Delimiter::Tab),
            Just(Delimiter::Pipe)
        ],
        prop_oneof![Just(LineEnd::CrLf), Just(LineEnd::Lf), Just(LineEnd::Cr)],
        any::<bool>(),
        prop_oneof![Just(Guard::Run), Just(Guard::Full), Just(Guard::Off)],
    )
        .prop_map(|(bom, delimiter, line_end, quote_all, guard)| WriteStyle {
            bom,
            delimiter,
            line_end,
            quote_all,
            guard,
        })
}

fn write(style: WriteStyle, header: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = SheetWriter::new(Vec::new(), style).unwrap();
    writer.write_header(header).unwrap();
    for row in rows {
        writer.write_row(row).unwrap();
    }
    writer.finish().unwrap().0
}

fn read(style: WriteStyle, bytes: &[u8]) -> Sheet {
    let options = ReadOptions {
        keep_guard: style.guard == Guard::Off,
        ..ReadOptions::default()
    };
    Sheet::with_vocabulary("users.csv", bytes.to_vec(), options, &vocabulary()).unwrap()
}

proptest! {
    #[test]
    fn what_is_written_reads_back_the_same_in_every_style(rows in table(), style in style()) {
        let bytes = write(style, &NAMES, &rows);
        let sheet = read(style, &bytes);
        prop_assert_eq!(sheet.findings(), &[]);
        let dialect = sheet.layout().dialect().unwrap();
        prop_assert_eq!((dialect.encoding == Encoding::Utf8Bom, dialect.delimiter, dialect.line_end), (style.bom, style.delimiter, style.line_end));
        let back: Vec<Vec<String>> = sheet.rows().map(|row| row.unwrap().cells.to_vec()).collect();
        prop_assert_eq!(&back, &rows);

        let header: Vec<&str> = sheet.header().columns().iter().map(|column| column.text.as_str()).collect();
        prop_assert_eq!(write(style, &header, &back), bytes);
    }

    #[test]
    fn the_place_of_every_row_is_where_its_line_begins(rows in table(), style in style()) {
        let bytes = write(style, &NAMES, &rows);
        let text = String::from_utf8(bytes.clone()).unwrap();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for (index, row) in read(style, &bytes).rows().enumerate() {
            let row = row.unwrap();
            prop_assert_eq!(row.row, index as u64 + 2);
            if !text.replace("\r\n", "").contains('\r') {
                let line = lines[row.line as usize - 1].trim_start_matches(['"', '\'']);
                prop_assert!(line.starts_with(row.cells.get(0).unwrap()), "{:?} {:?}", line, row);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused_but_never_panic(bytes in proptest::collection::vec(
        prop_oneof![Just(b'"'), Just(b','), Just(b';'), Just(b'\n'), Just(b'\r'), Just(b'a'), Just(0xC2u8), any::<u8>()], 0..60)) {
        for head in ["", "id,jobTitle\n", "sep=;\nid;jobTitle\r\n", "id\r"] {
            let all = [head.as_bytes(), &bytes].concat();
            if let Ok(sheet) = Sheet::with_vocabulary("x", all, ReadOptions::default(), &vocabulary()) {
                for row in sheet.rows() {
                    let _ = row;
                }
            }
        }
    }

    #[test]
    fn the_scan_and_the_csv_library_see_the_same_records(text in "[a\",;\n\r]{0,40}") {
        let text = format!("id,jobTitle\n{text}");
        if let Ok(sheet) = Sheet::with_vocabulary("x", text.into_bytes(), ReadOptions::default(), &vocabulary()) {
            let mut records = sheet.records();
            let mut count = 0;
            while records.advance().is_some() {
                count += 1;
            }
            prop_assert_eq!(sheet.rows_max() + 1, count);
        }
    }
}

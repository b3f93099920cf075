//! The law of an untouched file: whatever style it was written in, reading it back asks for nothing.

use dirsheet::domain::ConflictPolicy;
use dirsheet::table::{Delimiter, Guard, LineEnd, ReadOptions, SheetWriter, WriteStyle};
use proptest::prelude::*;
use proptest::sample::select;

use super::model::*;

fn style() -> impl Strategy<Value = WriteStyle> {
    let delimiters = vec![
        Delimiter::Comma,
        Delimiter::Semicolon,
        Delimiter::Tab,
        Delimiter::Pipe,
    ];
    let guards = vec![Guard::Run, Guard::Full, Guard::Off];
    (any::<bool>(), select(delimiters), select(guards)).prop_map(|(for_people, delimiter, guard)| {
        if for_people {
            WriteStyle::people(delimiter).with_guard(guard)
        } else {
            WriteStyle::programs().with_delimiter(delimiter).with_guard(guard)
        }
    })
}

/// What an apostrophe at the beginning may be: the text's own, or the guard.
const APOSTROPHES: [&str; 10] = [
    "'007",
    "''007",
    "'",
    "''",
    "'=1+1",
    "'+31 6 1",
    "'true",
    "'s-Gravesande",
    "'1\r\n2",
    "'\r=1",
];

fn written(style: WriteStyle, cells: &Sheet) -> Vec<u8> {
    let mut writer = SheetWriter::new(Vec::new(), style).unwrap();
    writer.write_header(&COLUMNS).unwrap();
    for row in cells {
        writer.write_row(row).unwrap();
    }
    writer.finish().unwrap().0
}

proptest! {
    #![proptest_config(super::config())]

    #[test]
    fn an_untouched_file_asks_for_nothing_in_any_style(
        mut people in people(),
        style in style(),
        apostrophes in proptest::collection::vec((0usize..5, select(APOSTROPHES.to_vec())), 0..3),
    ) {
        for (person, apostrophe) in apostrophes {
            let person = person % people.len();
            people[person].values.insert("employeeId", text(apostrophe));
            people[person].values.insert("jobTitle", text(apostrophe));
        }
        let exported = export(&people);
        let bytes = written(style, &exported);
        let sheet = dirsheet::table::Sheet::from_bytes("users.csv", bytes, ReadOptions::default()).unwrap();
        let mut rows = check_read(&COLUMNS, sheet.rows().map(Result::unwrap).collect(), Some(&exported));
        let plan = plan_of(&mut rows, &people, ConflictPolicy::Stop);
        prop_assert!(plan.is_empty() && plan.conflicts().is_empty(), "{:?}", as_set(&plan));
        prop_assert!(rows.iter().all(|row| row.findings().is_empty()));
    }
}

/// The text in one of the encodings, or nothing when that encoding cannot carry it.
pub fn encode(text: &str, encoding: &str) -> Option<Vec<u8>> {
    let wide = |byte_order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(byte_order).collect();
    match encoding {
        "utf-16le" => Some(wide(u16::to_le_bytes)),
        "utf-16be" => Some(wide(u16::to_be_bytes)),
        label => {
            let page = encoding_rs::Encoding::for_label(label.as_bytes())?;
            let (bytes, _, is_lossy) = page.encode(text);
            // Some double-byte pages encode a letter so that it comes back as another one.
            let comes_back = page.decode_without_bom_handling(&bytes).0 == text;
            (!is_lossy && comes_back).then(|| bytes.into_owned())
        }
    }
}

pub const ENCODINGS: [&str; 20] = [
    "utf-8",
    "utf-16le",
    "utf-16be",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "windows-874",
    "shift_jis",
    "gbk",
    "gb18030",
    "big5",
    "euc-kr",
    "euc-jp",
    "macintosh",
];

/// A cell of letters of one script or none, and of everything that breaks careless readers.
fn nasty() -> impl Strategy<Value = String> {
    let pieces = vec![
        "\"",
        ",",
        ";",
        "\t",
        "|",
        "\n",
        "\r",
        "\r\n",
        "'",
        "=1",
        "+31",
        "-",
        "@",
        "007",
        "true",
        "é",
        "Zoë",
        "Łódź",
        "Иван",
        "Γιώργος",
        "Şahin",
        "שלום",
        "山田",
        "김철수",
        "王",
        "😀",
        "½",
        " ",
        "\\",
        "x",
    ];
    proptest::collection::vec(select(pieces), 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(super::config())]

    #[test]
    fn whatever_an_encoding_can_carry_comes_back_in_every_style(
        cells in proptest::collection::vec((nasty(), nasty()), 1..6),
        style in style(),
        line_end in select(vec![LineEnd::CrLf, LineEnd::Lf, LineEnd::Cr]),
        quote_all in any::<bool>(),
        encoding in select(ENCODINGS.to_vec()),
    ) {
        let style = WriteStyle { bom: false, line_end, quote_all, ..style };
        let names = ["id", "jobTitle", "department"];
        let rows: Vec<Vec<String>> = cells
            .into_iter()
            .enumerate()
            .map(|(index, (title, department))| vec![format!("key{index}"), title, department])
            // Of the rows, those that the encoding can carry.
            .filter(|row| encode(&row.concat(), encoding).is_some())
            .collect();
        let mut writer = SheetWriter::new(Vec::new(), style).unwrap();
        writer.write_header(&names).unwrap();
        for row in &rows {
            writer.write_row(row).unwrap();
        }
        let text = String::from_utf8(writer.finish().unwrap().0).unwrap();
        let bytes = encode(&text, encoding).unwrap();
        let options = ReadOptions {
            encoding: Some(encoding.parse().unwrap()),
            keep_guard: style.guard == Guard::Off,
            ..ReadOptions::default()
        };
        let sheet = dirsheet::table::Sheet::from_bytes("users.csv", bytes, options).unwrap();
        let errors: Vec<_> = sheet.findings().iter().filter(|finding| finding.is_error()).collect();
        prop_assert!(errors.is_empty(), "{:?}", errors);
        let read: Vec<Vec<String>> = sheet.rows().map(|row| row.unwrap().cells.to_vec()).collect();
        prop_assert_eq!(read, rows);
    }
}

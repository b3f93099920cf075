//! The law of an untouched file: whatever style it was written in, reading it back asks for nothing.

use dirsheet::domain::ConflictPolicy;
use dirsheet::table::{Delimiter, Guard, ReadOptions, SheetWriter, WriteStyle};
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
        let read: Sheet = sheet.rows().map(|row| row.unwrap().cells).collect();
        let mut rows = check(&COLUMNS, &read, Some(&exported));
        let plan = plan_of(&mut rows, &people, ConflictPolicy::Stop);
        prop_assert!(plan.is_empty() && plan.conflicts().is_empty(), "{:?}", as_set(&plan));
        prop_assert!(rows.iter().all(|row| row.findings().is_empty()));
    }
}

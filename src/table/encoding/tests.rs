//! What each encoding gives, what is guessed, and what is refused.

mod refusing;

use super::*;
use crate::domain::{Finding, Severity};
use crate::table::{Layout, ReadOptions, Sheet, SheetError};

fn page(label: &str) -> &'static encoding_rs::Encoding {
    encoding_rs::Encoding::for_label(label.as_bytes()).unwrap()
}

fn encoded(text: &str, label: &str) -> Vec<u8> {
    let (bytes, _, has_unmappable) = page(label).encode(text);
    assert!(!has_unmappable, "{label} cannot carry {text}");
    bytes.into_owned()
}

fn utf16(text: &str, mark: bool, byte_order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mark = mark.then_some(0xFEFF);
    mark.into_iter()
        .chain(text.encode_utf16())
        .flat_map(byte_order)
        .collect()
}

fn open(bytes: Vec<u8>, asked: Option<&str>) -> Result<Sheet, SheetError> {
    let options = ReadOptions {
        encoding: asked.map(|name| name.parse().unwrap()),
        ..ReadOptions::default()
    };
    Sheet::from_bytes("users.csv", bytes, options)
}

fn names(sheet: &Sheet) -> Vec<String> {
    sheet
        .rows()
        .map(|row| row.unwrap().cells.to_vec()[1].clone())
        .collect()
}

fn read_as(sheet: &Sheet) -> (&'static str, Certainty) {
    match sheet.layout() {
        Layout::Text(dialect) => (dialect.encoding.as_str(), dialect.certainty),
        Layout::Workbook(_) => panic!("a text"),
    }
}

fn refusal(bytes: Vec<u8>, asked: Option<&str>) -> Finding {
    open(bytes, asked).unwrap_err().findings()[0].clone()
}

fn sheet_of(names: &[&str], line_end: &str) -> String {
    let mut text = format!("id,displayName{line_end}");
    for (index, name) in names.iter().enumerate() {
        text.push_str(&format!("{index},{name}{line_end}"));
    }
    text
}

#[test]
fn a_mark_or_valid_utf8_is_certain() {
    let text = sheet_of(&["Zoë", "山田", "😀"], "\r\n");
    for (bytes, name, certainty) in [
        (text.clone().into_bytes(), "UTF-8", Certainty::Certain),
        (
            format!("\u{feff}{text}").into_bytes(),
            "UTF-8 with BOM",
            Certainty::Certain,
        ),
        (
            format!("\u{feff}\u{feff}{text}").into_bytes(),
            "UTF-8 with BOM",
            Certainty::Certain,
        ),
        (
            utf16(&text, true, u16::to_le_bytes),
            "UTF-16 LE",
            Certainty::Certain,
        ),
        (
            utf16(&text, true, u16::to_be_bytes),
            "UTF-16 BE",
            Certainty::Certain,
        ),
        (
            utf16(&text, false, u16::to_le_bytes),
            "UTF-16 LE",
            Certainty::Likely,
        ),
        (
            utf16(&text, false, u16::to_be_bytes),
            "UTF-16 BE",
            Certainty::Likely,
        ),
    ] {
        let sheet = open(bytes, None).unwrap();
        assert_eq!(read_as(&sheet), (name, certainty));
        assert_eq!(names(&sheet), ["Zoë", "山田", "😀"], "{name}");
        assert_eq!(sheet.findings(), [], "{name}");
    }
    let ascii = open(sheet_of(&["Anna"], "\n").into_bytes(), None).unwrap();
    assert_eq!(read_as(&ascii), ("UTF-8", Certainty::Certain));
}

#[test]
fn a_named_encoding_is_read_as_it_is_named() {
    for (asked, label, name) in [
        ("windows-1250", "windows-1250", "Łukasz Żółć"),
        ("cp1251", "windows-1251", "Иван Петров"),
        ("ansi", "windows-1252", "Zoë – €5"),
        ("1253", "windows-1253", "Γιώργος"),
        ("win1254", "windows-1254", "Çağrı Şahin"),
        ("windows-1255", "windows-1255", "שלום"),
        ("windows-1256", "windows-1256", "محمد"),
        ("windows-1257", "windows-1257", "Jānis Šķēle"),
        ("windows-1258", "windows-1258", "Đưc"),
        ("874", "windows-874", "สมชาย"),
        ("latin1", "windows-1252", "Zoë"),
        ("iso-8859-2", "iso-8859-2", "Łukasz"),
        ("ISO_8859-5", "iso-8859-5", "Иван"),
        ("iso-8859-15", "iso-8859-15", "Zoë €5"),
        ("shift_jis", "shift_jis", "山田太郎"),
        ("932", "shift_jis", "山田太郎"),
        ("gbk", "gbk", "王小明"),
        ("gb18030", "gb18030", "王小明😀"),
        ("big5", "big5", "王小明"),
        ("euc-kr", "euc-kr", "김철수"),
        ("euc-jp", "euc-jp", "山田太郎"),
        ("mac", "macintosh", "Zoë “Jansen”"),
        ("koi8-r", "koi8-r", "Иван"),
        ("ibm866", "ibm866", "Иван"),
    ] {
        let sheet = open(encoded(&sheet_of(&[name], "\r\n"), label), Some(asked)).unwrap();
        assert_eq!(names(&sheet), [name], "{asked}");
        assert_eq!(read_as(&sheet).1, Certainty::Told, "{asked}");
        assert_eq!(sheet.findings(), [], "{asked}");
    }
    for (asked, name) in [
        ("ibm437", "IBM437"),
        ("oem", "IBM850"),
        ("cp850", "IBM850"),
        ("dos", "IBM850"),
    ] {
        let sheet = open(b"id,displayName\r\n1,Zo\x89\r\n".to_vec(), Some(asked)).unwrap();
        assert_eq!(
            (read_as(&sheet).0, names(&sheet)),
            (name, vec!["Zoë".to_owned()]),
            "{asked}"
        );
    }
    // Where the two pages for DOS differ.
    let sheet = |asked| open(b"id,displayName\n1,\x9B\n".to_vec(), Some(asked)).unwrap();
    assert_eq!(
        (names(&sheet("437"))[0].as_str(), names(&sheet("850"))[0].as_str()),
        ("¢", "ø")
    );
}

#[test]
fn names_of_encodings_are_understood_as_people_type_them() {
    for (names, encoding) in [
        (&["utf-8", "UTF8", "utf-8-sig", "65001", "cp65001"][..], "UTF-8"),
        (&["utf-16", "UTF16", "unicode"], "UTF-16"),
        (&["utf-16le", "utf-16 le", "1200"], "UTF-16 LE"),
        (&["utf-16be", "UTF-16BE"], "UTF-16 BE"),
        (
            &[
                "windows-1252",
                "cp1252",
                "CP-1252",
                "1252",
                "win-1252",
                "Windows 1252",
                "ansi",
                "latin1",
                "iso-8859-1",
            ],
            "windows-1252",
        ),
        (
            &[
                "mac",
                "Mac Roman",
                "macroman",
                "macintosh",
                "x-mac-roman",
                "10000",
            ],
            "Mac Roman",
        ),
        (&["ibm850", "cp850", "850", "OEM", "oem850"], "IBM850"),
        (&["ibm437", "437", "IBM-437"], "IBM437"),
        (&["sjis", "shift-jis", "932"], "Shift_JIS"),
        (&["gb2312", "gbk", "936"], "GBK"),
    ] {
        for name in names {
            let asked: AskedEncoding = name.parse().unwrap();
            assert_eq!(asked.to_string(), encoding, "{name}");
        }
    }
    for name in [
        "",
        "klingon",
        "replacement",
        "x-user-defined",
        "utf-32",
        "utf-7",
        "1259",
        "iso-2022-kr",
    ] {
        let error = name.parse::<AskedEncoding>().unwrap_err();
        assert!(error.contains("windows-1250 to windows-1258"), "{error}");
    }
}

#[test]
fn a_code_page_is_guessed_with_a_warning_that_shows_its_words() {
    for (label, line_end, people) in [
        (
            "windows-1252",
            "\r\n",
            &["Zoë Jansen", "José García", "Jürgen Müller", "Søren Åberg"][..],
        ),
        ("windows-1252", "\r\n", &["Zoë"]),
        (
            "windows-1250",
            "\r\n",
            &[
                "Łukasz Wójcik",
                "Małgorzata Dąbrowska",
                "Zbigniew Kamiński",
                "Paweł Żak",
            ],
        ),
        (
            "windows-1251",
            "\r\n",
            &["Иван Петров", "Мария Сидорова", "Алексей Смирнов"],
        ),
        (
            "windows-1253",
            "\r\n",
            &["Γιώργος Παπαδόπουλος", "Μαρία Νικολάου"],
        ),
        ("shift_jis", "\r\n", &["山田太郎", "佐藤花子", "鈴木一郎"]),
        ("gbk", "\r\n", &["王小明", "李华的同事", "张伟在北京工作"]),
        ("big5", "\r\n", &["王小明在台北工作", "陳美麗的同事"]),
        ("euc-kr", "\r\n", &["김철수", "이영희는 서울에서 일합니다"]),
        ("macintosh", "\r", &["Zoë Jansen", "José García", "Jürgen Müller"]),
        ("macintosh", "\r", &["Zoë"]),
    ] {
        let sheet = open(encoded(&sheet_of(people, line_end), label), None).unwrap();
        assert_eq!(
            names(&sheet),
            people,
            "{label} {people:?} read as {}",
            read_as(&sheet).0
        );
        let finding = &sheet.findings()[0];
        assert_eq!(finding.rule, "encoding-guessed", "{label}");
        // Too little to go by is too little to write by.
        let is_guess = finding.message.contains("a guess from few letters");
        assert_eq!(finding.is_error(), is_guess, "{label}");
        let first = people[0].split(' ').next().unwrap();
        assert!(
            finding.message.contains(&format!("“{first}” (B2)")),
            "{}",
            finding.message
        );
        assert_eq!(sheet.findings().len(), 1, "{label}");
    }
    let few = open(encoded(&sheet_of(&["Zoë"], "\r\n"), "windows-1252"), None).unwrap();
    assert_eq!(read_as(&few), ("windows-1252", Certainty::Guess));
    let many = [
        "Zoë",
        "José",
        "Jürgen",
        "Søren",
        "Åsa",
        "Renée",
        "François",
        "Íñigo",
        "Übelacker",
    ]
    .repeat(4);
    let many = open(encoded(&sheet_of(&many, "\r\n"), "windows-1252"), None).unwrap();
    assert_eq!(read_as(&many), ("windows-1252", Certainty::Likely));
}

#[test]
fn letters_over_the_border_of_blocks_are_decoded() {
    for (label, name) in [
        ("shift_jis", "山田太郎"),
        ("gb18030", "王小明😀"),
        ("macintosh", "Zoë"),
    ] {
        let people: Vec<&str> = std::iter::repeat_n(name, 20_000).collect();
        for shift in ["", "x", "xx", "xxx"] {
            let text = sheet_of(&people, "\n").replacen("displayName", &format!("displayName,{shift}"), 1);
            let text = text.replace('\n', ",\n").replacen(",\n", "\n", 1);
            let Ok(sheet) = open(encoded(&text, label), Some(label)) else {
                panic!("{label} {shift}")
            };
            assert!(
                sheet
                    .rows()
                    .all(|row| row.is_ok_and(|row| row.cells.to_vec()[1] == name)),
                "{label} {shift}"
            );
        }
    }
}

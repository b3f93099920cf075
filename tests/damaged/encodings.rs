//! Encodings: what comes back when a program saves in another one, or reads in the wrong one.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

use crate::export::export;
use crate::form::{EXCEL_EU, EXCEL_US, Form, LIBRE_OFFICE, Sheet};
use crate::stand::{Case, case};

/// The text in a code page; what it lacks becomes the mark.
fn in_code_page(text: &str, page: &'static Encoding, mark: char) -> Vec<u8> {
    text.chars()
        .map(|c| {
            let letter = c.to_string();
            let (_, _, lost) = page.encode(&letter);
            if lost { mark } else { c }
        })
        .collect::<String>()
        .chars()
        .flat_map(|c| page.encode(&c.to_string()).0.into_owned())
        .collect()
}

/// The text as a program shows it that takes its UTF-8 for a code page.
fn misread(text: &str, page: &'static Encoding) -> String {
    page.decode_without_bom_handling(text.as_bytes()).0.into_owned()
}

fn utf16(text: &str, little: bool) -> Vec<u8> {
    let order = |unit: u16| {
        if little {
            unit.to_le_bytes()
        } else {
            unit.to_be_bytes()
        }
    };
    std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(order)
        .collect()
}

/// Only people whose names every Western code page has.
fn western() -> Sheet {
    only_western(export())
}

/// The rows that a Western code page can carry.
fn only_western(mut sheet: Sheet) -> Sheet {
    sheet
        .rows
        .retain(|row| row.iter().all(|cell| !WINDOWS_1252.encode(cell).2));
    sheet
}

const UNICODE_TEXT: Form = Form {
    delimiter: '\t',
    ..EXCEL_US
};

pub fn cases() -> Vec<Case> {
    let edited = || export().set(2, "jobTitle", "Chef");
    vec![
        case(
            "Excel",
            "Unicode text, little endian",
            utf16(&UNICODE_TEXT.text(&edited()), true),
        )
        .edits(&["F2=Chef"]),
        case(
            "a Mac",
            "Unicode text, big endian",
            utf16(&UNICODE_TEXT.text(&edited()), false),
        )
        .edits(&["F2=Chef"]),
        case(
            "an old Mac",
            "lone carriage returns",
            Form {
                line_end: "\r",
                ..EXCEL_US
            }
            .bytes(&edited()),
        )
        .edits(&["F2=Chef"]),
        case("a text editor", "mixed line ends", {
            let text = LIBRE_OFFICE.text(&edited());
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            lines
                .iter()
                .enumerate()
                .map(|(at, line)| {
                    if at == 5 {
                        line.replace('\n', "\r\n")
                    } else {
                        (*line).to_owned()
                    }
                })
                .collect::<String>()
                .into_bytes()
        })
        .edits(&["F2=Chef"]),
        case(
            "a text editor",
            "a sep= line and pipes",
            format!(
                "sep=|\r\n{}",
                Form {
                    delimiter: '|',
                    ..EXCEL_US
                }
                .text(&edited())
            )
            .into_bytes(),
        )
        .edits(&["F3=Chef"]),
        case(
            "Excel, nl-NL",
            "CSV (delimited) of Western names: Windows-1252",
            in_code_page(
                &EXCEL_EU.text(&western().set(2, "jobTitle", "Chef")),
                WINDOWS_1252,
                '?',
            ),
        )
        .finds(&["encoding-guessed"])
        .edits(&["F2=Chef"]),
        case(
            "Excel, nl-NL",
            "CSV (delimited): letters became question marks",
            in_code_page(&EXCEL_EU.text(&export()), WINDOWS_1252, '?'),
        )
        .finds(&[
            "encoding-guessed",
            "lost-letters@C5 D5 E5 K5 C8 D8 E8 K8 L8",
            "letters-lost-in-file",
        ]),
        case(
            "another program",
            "letters became underscores",
            EXCEL_US.bytes(
                &export()
                    .set(5, "displayName", "_ukasz Wa__sa")
                    .set(8, "displayName", "__ __"),
            ),
        )
        .finds(&["lost-letters@C5 C8"]),
        case(
            "Excel",
            "accents taken off, while other letters came through",
            EXCEL_US.bytes(&export().set(5, "displayName", "Lukasz Wałęsa")),
        )
        .edits(&["C5=Lukasz Wałęsa"]),
        case(
            "Excel",
            "letters became their plain form, and no other came through",
            EXCEL_US.bytes(&only_western(
                export()
                    .set(5, "displayName", "Lukasz Walesa")
                    .set(5, "givenName", "Lukasz")
                    .set(5, "surname", "Walesa")
                    .set(5, "city", "Lódz"),
            )),
        )
        .finds(&["lost-letters@C5 D5 E5 K5"]),
        case(
            "Excel for Mac",
            "CSV (Macintosh)",
            in_code_page(
                &Form {
                    line_end: "\r",
                    ..EXCEL_EU
                }
                .text(&western()),
                MACINTOSH,
                '?',
            ),
        )
        .finds(&["encoding-guessed"]),
        case(
            "Excel",
            "UTF-8 without a mark, taken for Windows-1252 and saved as UTF-8",
            EXCEL_US.bytes(&{
                let mut sheet = western().all(|cell| misread(cell, WINDOWS_1252));
                sheet.header[0] = "id".to_owned();
                sheet
            }),
        )
        .finds(&["mojibake", "mojibake@C4 D4 E4 K4 C5 D5 E5 K5 C6 D6 K6 C8 E8 K8"]),
        case(
            "somebody",
            "one misread name pasted from a mail",
            EXCEL_US.bytes(
                &export()
                    .set(4, "displayName", "ZoÃ« MÃ¼ller")
                    .set(6, "city", "MÃ¡laga")
                    .set(2, "city", "KÃ¶ln"),
            ),
        )
        .finds(&["mojibake@C4 K6 K2"]),
        case(
            "a careless decoder",
            "marks for letters that could not be read",
            EXCEL_US.bytes(&export().set(4, "displayName", "Zo\u{fffd} M\u{fffd}ller").set(
                6,
                "displayName",
                "Jos\u{fffd} Garc\u{fffd}a",
            )),
        )
        .finds(&["lost-letters@C4 C6"]),
        case(
            "a careless decoder",
            "a question mark inside a new word",
            EXCEL_US.bytes(&export().set(2, "displayName", "Anna B?rg")),
        )
        .finds(&["lost-letters@C2"])
        .edits(&["C2=Anna B?rg"]),
    ]
}

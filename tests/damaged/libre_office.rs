//! LibreOffice Calc, as it was measured (`docs/design/damage.md`): the import dialog at its defaults, with special numbers detected,
//! and with formulas evaluated.

use crate::export::export;
use crate::form::{EXCEL_EU, Form, LIBRE_OFFICE, Sheet};
use crate::stand::{Case, case};

/// What the dialog at its defaults makes of a cell.
fn at_defaults(text: &str) -> String {
    match text {
        "1E5" => return "100000".to_owned(),
        "1.10" => return "1.1".to_owned(),
        _ => {}
    }
    let digits = text.strip_prefix('+').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        digits.trim_start_matches('0').to_owned()
    } else {
        text.to_owned()
    }
}

/// What the detection of special numbers adds, by country.
fn detected(special: &[(&str, &str)]) -> Sheet {
    export().all(|text| match special.iter().find(|(typed, _)| *typed == text) {
        Some((_, shown)) => (*shown).to_owned(),
        None => at_defaults(text),
    })
}

/// Ctrl+S on a semicolon file gives commas; the other way round it was saved by name.
const SAVED_EU: Form = Form {
    delimiter: ';',
    ..LIBRE_OFFICE
};

const EN: [(&str, &str); 7] = [
    ("3/4", "03/04/26"),
    ("MAR1", "MAR1"),
    ("12:30", "12:30:00 PM"),
    ("1E5", "1.00E+05"),
    ("50%", "50.00%"),
    ("true", "TRUE"),
    ("false", "FALSE"),
];
const NL: [(&str, &str); 5] = [
    ("1-2", "01-02-26"),
    ("12:30", "12:30:00"),
    ("1E5", "1,00E+05"),
    ("50%", "50,00%"),
    ("1.10", "1.10"),
];
const DE: [(&str, &str); 4] = [
    ("12:30", "12:30:00"),
    ("1E5", "1,00E+05"),
    ("50%", "50,00\u{a0}%"),
    ("1.10", "01.10.26"),
];
const FR: [(&str, &str); 6] = [
    ("3/4", "03/04/26"),
    ("24/7", "24/07/26"),
    ("12:30", "12:30:00"),
    ("1E5", "1,00E+05"),
    ("50%", "50,00 %"),
    ("1.10", "1.10"),
];

pub fn cases() -> Vec<Case> {
    let defaults = export().all(at_defaults);
    let minimal = || LIBRE_OFFICE.text(&export());
    vec![
        case(
            "LibreOffice",
            "opened at the defaults, saved",
            LIBRE_OFFICE.bytes(&defaults),
        )
        .finds(&["number-rewritten@H2:H11 I2:I11 O6 O9"]),
        case(
            "LibreOffice",
            "opened at the defaults, one cell edited",
            LIBRE_OFFICE.bytes(&defaults.clone().set(4, "city", "Augsburg")),
        )
        .finds(&["number-rewritten@H2:H11 I2:I11 O6 O9"])
        .edits(&["K4=Augsburg"]),
        case(
            "LibreOffice, en-US",
            "special numbers detected",
            LIBRE_OFFICE.bytes(&detected(&EN)),
        )
        .finds(&[
            "number-rewritten@H2:H11 I2:I11 O6 O7 O9",
            "date-rewritten@O4",
            "time-rewritten@O8",
            "truth-word-rewritten@O10",
        ]),
        case(
            "LibreOffice, nl-NL",
            "special numbers detected",
            SAVED_EU.bytes(&detected(&NL)),
        )
        .finds(&[
            "number-rewritten@H2:H11 I2:I11 O6 O7",
            "date-rewritten@O2",
            "time-rewritten@O8",
        ]),
        case(
            "LibreOffice, de-DE",
            "special numbers detected",
            SAVED_EU.bytes(&detected(&DE)),
        )
        .finds(&[
            "number-rewritten@H2:H11 I2:I11 O6 O7",
            "date-rewritten@O9",
            "time-rewritten@O8",
        ]),
        case(
            "LibreOffice, fr-FR",
            "special numbers detected",
            SAVED_EU.bytes(&detected(&FR)),
        )
        .finds(&[
            "number-rewritten@H2:H11 I2:I11 O6 O7",
            "date-rewritten@O4 O5",
            "time-rewritten@O8",
        ]),
        case(
            "LibreOffice",
            "quoted field as text: nothing changes",
            LIBRE_OFFICE.bytes(&export()),
        ),
        case(
            "LibreOffice",
            "formulas evaluated",
            LIBRE_OFFICE.bytes(&export().set(11, "extensionAttribute1", "1")),
        )
        .finds(&["formula-worked-out@O11"]),
        case(
            "LibreOffice, nl-NL",
            "a formula that is none",
            SAVED_EU.bytes(
                &export()
                    .set(2, "city", "Fout:509")
                    .set(11, "extensionAttribute1", "Fout:509"),
            ),
        )
        .finds(&["spreadsheet-error@K2", "formula-worked-out@O11"]),
        case(
            "LibreOffice, fr-FR",
            "a formula that is none",
            SAVED_EU.bytes(&export().set(2, "city", "Err :509")),
        )
        .finds(&["spreadsheet-error@K2"]),
        case(
            "LibreOffice",
            "a phone dragged down counts its first number up",
            LIBRE_OFFICE.bytes(&export().put(
                "businessPhones",
                &[
                    "+31 20 555 1001",
                    "32 20 555 1001",
                    "33 20 555 1001",
                    "34 20 555 1001",
                    "35 20 555 1001",
                ],
            )),
        )
        .finds(&["filled-series@J1"]),
        case(
            "LibreOffice",
            "automatic correction while typing",
            LIBRE_OFFICE.bytes(
                &export()
                    .set(7, "displayName", "Chloé O’Neil")
                    .set(7, "surname", "O’Neil")
                    .set(3, "city", "‘s-Gravenhage"),
            ),
        )
        .finds(&["automatic-correction@C7 E7 K3"]),
        case("LibreOffice", "an unquoted separator shifts a row", {
            let text = minimal().replace("Rue de l'Aspic 6", "Rue de l'Aspic, 6");
            text.into_bytes()
        })
        .finds(&["ragged-row@7"]),
        case("LibreOffice", "opened with the wrong separator: one column", {
            let text = minimal();
            text.lines()
                .map(|line| format!("\"{}\"\n", line.replace('"', "\"\"")))
                .collect::<String>()
                .into_bytes()
        })
        .finds(&["wrong-separator"]),
        case(
            "LibreOffice",
            "the sep= line became a row",
            format!("\"sep=,\"\n{}", LIBRE_OFFICE.text(&export())).into_bytes(),
        ),
        case(
            "LibreOffice",
            "carriage returns inside cells became line feeds",
            EXCEL_EU.bytes(&export().set(3, "streetAddress", "Dam 2\r\nBak 3")),
        ),
    ]
}

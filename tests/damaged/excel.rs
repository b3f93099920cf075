//! Excel: a double click on the CSV file, and Save.

use crate::export::export;
use crate::form::{EXCEL_EU, EXCEL_US, Form, Sheet};
use crate::stand::{Case, case};

/// What Excel of one country shows, and so saves, of a cell.
struct Excel {
    form: Form,
    /// The values of the extension attribute that it takes for something else.
    special: &'static [(&'static str, &'static str)],
    truths: [&'static str; 2],
}

const US: Excel = Excel {
    form: EXCEL_US,
    special: &[
        ("1-2", "2-Jan"),
        ("MAR1", "1-Mar"),
        ("3/4", "4-Mar"),
        ("1E5", "1.00E+05"),
        ("1.10", "1.1"),
        ("-2+3", "1"),
    ],
    truths: ["TRUE", "FALSE"],
};
const NL: Excel = Excel {
    form: EXCEL_EU,
    special: &[
        ("1-2", "1-feb"),
        ("3/4", "3-apr"),
        ("24/7", "24-jul"),
        ("1E5", "1,00E+05"),
        ("-2+3", "1"),
    ],
    truths: ["WAAR", "ONWAAR"],
};
const DE: Excel = Excel {
    form: EXCEL_EU,
    special: &[
        ("1-2", "01. Feb"),
        ("3/4", "03. Apr"),
        ("24/7", "24. Jul"),
        ("1E5", "1,00E+05"),
        ("1.10", "01. Okt"),
        ("-2+3", "1"),
    ],
    truths: ["WAHR", "FALSCH"],
};
const FR: Excel = Excel {
    form: EXCEL_EU,
    special: &[
        ("1-2", "01-févr"),
        ("3/4", "03-avr"),
        ("24/7", "24-juil"),
        ("1E5", "1,00E+05"),
        ("-2+3", "1"),
    ],
    truths: ["VRAI", "FAUX"],
};
const ES: Excel = Excel {
    form: EXCEL_EU,
    special: &[
        ("1-2", "01-feb"),
        ("MAR1", "01-mar"),
        ("3/4", "03-abr"),
        ("24/7", "24-jul"),
        ("1E5", "1,00E+05"),
        ("-2+3", "1"),
    ],
    truths: ["VERDADERO", "FALSO"],
};

impl Excel {
    fn cell(&self, text: &str) -> String {
        if let Some((_, shown)) = self.special.iter().find(|(typed, _)| *typed == text) {
            return (*shown).to_owned();
        }
        match text {
            "true" => return self.truths[0].to_owned(),
            "false" => return self.truths[1].to_owned(),
            _ => {}
        }
        let digits = text.strip_prefix('+').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return text.to_owned();
        }
        let digits = digits.trim_start_matches('0');
        // From twelve digits on six of them are shown.
        if digits.len() < 12 {
            return digits.to_owned();
        }
        let rounded = (digits[..7].parse::<u64>().unwrap() + 5) / 10;
        let point = if self.form.delimiter == ';' { ',' } else { '.' };
        let shown = rounded.to_string();
        format!("{}{point}{}E+{}", &shown[..1], &shown[1..], digits.len() - 1)
    }

    fn opened(&self, sheet: Sheet) -> Sheet {
        sheet.all(|cell| self.cell(cell))
    }

    fn saved(&self) -> Vec<u8> {
        self.form.bytes(&self.opened(export()))
    }
}

const NUMBERS: &str = "number-rewritten@H2:H11 I2:I11 O6";

pub fn cases() -> Vec<Case> {
    vec![
        case("Excel, en-US", "opened and saved", US.saved()).finds(&[
            NUMBERS,
            "number-rewritten@O9",
            "date-rewritten@O2 O3 O4",
            "truth-word-rewritten@O10",
            "formula-worked-out@O11",
        ]),
        case("Excel, nl-NL", "opened and saved", NL.saved()).finds(&[
            NUMBERS,
            "date-rewritten@O2 O4 O5",
            "truth-word-rewritten@O10",
            "formula-worked-out@O11",
        ]),
        case("Excel, de-DE", "opened and saved", DE.saved()).finds(&[
            NUMBERS,
            "date-rewritten@O2 O4 O5 O9",
            "truth-word-rewritten@O10",
            "formula-worked-out@O11",
        ]),
        case("Excel, fr-FR", "opened and saved", FR.saved()).finds(&[
            NUMBERS,
            "date-rewritten@O2 O4 O5",
            "truth-word-rewritten@O10",
            "formula-worked-out@O11",
        ]),
        case("Excel, es-ES", "opened and saved", ES.saved()).finds(&[
            NUMBERS,
            "date-rewritten@O2 O3 O4 O5",
            "truth-word-rewritten@O10",
            "formula-worked-out@O11",
        ]),
        case(
            "Excel, nl-NL",
            "opened, two cells edited, saved",
            NL.form.bytes(&NL.opened(export()).set(2, "jobTitle", "Chef").set(
                3,
                "mobilePhone",
                "31612345699",
            )),
        )
        .finds(&[
            "number-rewritten@H2:H11 I2 I4:I11 O6",
            "number-without-sign@I3",
            "date-rewritten@O2 O4 O5",
            "truth-word-rewritten@O10",
            "formula-worked-out@O11",
        ])
        .edits(&["F2=Chef", "I3=31612345699"]),
        case(
            "Excel, en-US",
            "a typed phone is shown as a rounded number",
            US.form.bytes(
                &export()
                    .set(2, "mobilePhone", "3.16123E+10")
                    .set(3, "mobilePhone", "4.92E+11"),
            ),
        )
        .finds(&["number-rewritten@I2", "scientific-notation@I3"]),
        case(
            "Excel, nl-NL",
            "dates typed into the date column, dates of the export reformatted",
            EXCEL_EU.bytes(
                &export()
                    .put(
                        "employeeHireDate",
                        &["13-3-2019", "5-6-2020", "31-1-2021", "28-2-2021"],
                    )
                    .set(6, "employeeHireDate", "5-6-2025"),
            ),
        )
        .finds(&["date-rewritten@N2:N5", "not-a-date@N6"]),
        case(
            "Excel, en-US",
            "a date typed into the date column where no other date tells the order",
            EXCEL_US.bytes(&export().set(6, "employeeHireDate", "5/6/2025")),
        )
        .finds(&["not-a-date@N6"]),
        case(
            "Excel, en-US",
            "a date with one meaning",
            EXCEL_US.bytes(&export().set(6, "employeeHireDate", "5/16/2025")),
        )
        .finds(&["not-a-date@N6"]),
        case(
            "Excel, de-DE",
            "dates with two digits of the year",
            EXCEL_EU.bytes(
                &export()
                    .put("employeeHireDate", &["13.03.19", "05.06.20"])
                    .set(6, "employeeHireDate", "16.05.25")
                    .set(7, "jobTitle", "01.02.26"),
            ),
        )
        .finds(&["date-rewritten@N2 N3", "not-a-date@N6", "two-digit-year@F7"]),
        case(
            "Excel, en-US",
            "the date column formatted as numbers",
            EXCEL_US.bytes(&export().put("employeeHireDate", &["43537", "43987"]).set(
                6,
                "employeeHireDate",
                "45813",
            )),
        )
        .finds(&["date-rewritten@N2 N3", "not-a-date@N6"]),
        case(
            "Excel, nl-NL",
            "one date turned round among others",
            EXCEL_EU.bytes(&export().put(
                "employeeHireDate",
                &[
                    "13-3-2019",
                    "6-5-2020",
                    "31-1-2021",
                    "28-2-2021",
                    "15-11-2018",
                    "14-7-2022",
                    "30-9-2023",
                    "22-5-2017",
                    "18-4-2024",
                    "27-12-2016",
                ],
            )),
        )
        .finds(&["date-turned@N3", "date-rewritten@N2 N4:N11"]),
        case(
            "Excel, en-US",
            "formulas where values were",
            EXCEL_US.bytes(
                &export()
                    .set(2, "displayName", "=D2&\" \"&E2")
                    .set(3, "employeeId", "=\"00045\"")
                    .set(4, "employeeId", "=\"00790\""),
            ),
        )
        .finds(&["formula@C2 H4", "formula-worked-out@H3"]),
        case(
            "Excel, nl-NL",
            "formulas that could not be worked out",
            EXCEL_EU.bytes(
                &export()
                    .set(2, "department", "#NAAM?")
                    .set(3, "department", "#N/B")
                    .set(4, "department", "#VERW!")
                    .set(11, "extensionAttribute1", "#WAARDE!"),
            ),
        )
        .finds(&["spreadsheet-error@G2 G3 G4", "formula-worked-out@O11"]),
        case(
            "Excel, de-DE",
            "formulas that could not be worked out",
            EXCEL_EU.bytes(
                &export()
                    .set(2, "department", "#NAME?")
                    .set(3, "department", "#NV")
                    .set(4, "department", "#BEZUG!"),
            ),
        )
        .finds(&["spreadsheet-error@G2 G3 G4"]),
        case(
            "Excel, fr-FR",
            "formulas that could not be worked out",
            EXCEL_EU.bytes(
                &export()
                    .set(2, "department", "#NOM\u{a0}?")
                    .set(3, "department", "#VALEUR!")
                    .set(4, "department", "#DIV/0!"),
            ),
        )
        .finds(&["spreadsheet-error@G2 G3 G4"]),
        case(
            "Excel, es-ES",
            "formulas that could not be worked out",
            EXCEL_EU.bytes(
                &export()
                    .set(2, "department", "#¿NOMBRE?")
                    .set(3, "department", "#¡REF!")
                    .set(4, "department", "#N/D"),
            ),
        )
        .finds(&["spreadsheet-error@G2 G3 G4"]),
        case(
            "Excel",
            "entering a cell takes the apostrophe",
            EXCEL_US.bytes(&export().set(3, "city", "s-Gravenhage")),
        )
        .finds(&["sign-lost@K3"]),
        case(
            "Excel",
            "an address made a link",
            EXCEL_US.bytes(&export().set(2, "mail", "mailto:user0@contoso.example").set(
                3,
                "mail",
                "mailto:ben@contoso.example",
            )),
        )
        .finds(&["link-added@P2 P3"]),
        case(
            "Excel",
            "more than a cell keeps",
            EXCEL_US.bytes(&export().set(2, "streetAddress", &"x".repeat(32_767))),
        )
        .finds(&["cut-short@L2"]),
        case(
            "Excel",
            "line breaks lost by pasting",
            EXCEL_US.bytes(
                &export()
                    .set(3, "streetAddress", "Dam 2 Bak 3")
                    .set(2, "displayName", "Anna\u{a0}Smit")
                    .set(5, "displayName", "Łukasz  Wałęsa"),
            ),
        )
        .finds(&["blanks-rewritten@L3 C2 C5"]),
        case(
            "Excel",
            "sixteen digits",
            EXCEL_US.bytes(&export().set(2, "employeeId", "1234567890123450")),
        )
        .finds(&["number-without-sign@H2"])
        .edits(&["H2=1234567890123450"]),
    ]
}

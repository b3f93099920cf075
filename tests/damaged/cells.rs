//! Single cells, a family each, beside their base and as new values.

use crate::export::export;
use crate::form::{EXCEL_EU, EXCEL_US};
use crate::stand::{Case, case};

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "any",
            "a lost plus and lost zeros",
            EXCEL_US.bytes(
                &export()
                    .set(2, "mobilePhone", "31612345601")
                    .set(2, "employeeId", "123"),
            ),
        )
        .finds(&["number-rewritten@I2 H2"]),
        case(
            "any",
            "thousand separators and decimals",
            EXCEL_US.bytes(
                &export()
                    .set(2, "mobilePhone", "31,612,345,601")
                    .set(2, "employeeId", "123.00")
                    .set(3, "employeeId", "45,0"),
            ),
        )
        .finds(&["number-rewritten@I2 H2 H3"]),
        case(
            "any",
            "blanks nobody sees",
            EXCEL_US.bytes(
                &export()
                    .set(2, "displayName", " Anna Smit ")
                    .set(3, "displayName", "Ben\u{200b} Jansen")
                    .set(9, "surname", "de\u{a0}Vries"),
            ),
        )
        .finds(&["blanks-rewritten@C3 E9"]),
        case(
            "any",
            "a cell that only looks empty",
            EXCEL_US.bytes(&export().set(2, "department", "  ").set(3, "department", "\u{a0}")),
        )
        .finds(&["only-blanks@G2 G3"]),
        case(
            "any",
            "words for nothing",
            EXCEL_US.bytes(
                &export()
                    .set(2, "department", "N/A")
                    .set(3, "department", "NULL")
                    .set(4, "department", "-")
                    .set(5, "department", "#N/A"),
            ),
        )
        .finds(&["word-for-nothing@G2 G3 G4", "spreadsheet-error@G5"]),
        case(
            "any",
            "a narrow column shows number signs",
            EXCEL_US.bytes(&export().set(2, "employeeId", "#####")),
        )
        .finds(&["spreadsheet-error@H2"]),
        case(
            "any",
            "dates in long words",
            EXCEL_EU.bytes(&export().put(
                "employeeHireDate",
                &[
                    "13 maart 2019",
                    "5. Juni 2020",
                    "31 janvier 2021",
                    "28 de febrero de 2021",
                ],
            )),
        )
        .finds(&["date-rewritten@N2:N5"]),
        case(
            "any",
            "a date of another day in long words",
            EXCEL_EU.bytes(&export().set(2, "employeeHireDate", "14 maart 2019")),
        )
        .finds(&["not-a-date@N2"]),
        case(
            "any",
            "a truth word where a truth value is wanted",
            EXCEL_EU.bytes(&export().each("accountEnabled", |text| {
                if text == "true" { "VERO" } else { "FALSO" }.to_owned()
            })),
        ),
        case(
            "any",
            "yes and no where a truth value is wanted",
            EXCEL_EU.bytes(
                &export()
                    .each("accountEnabled", |text| {
                        if text == "true" { "WAAR" } else { "ONWAAR" }.to_owned()
                    })
                    .set(2, "accountEnabled", "nee"),
            ),
        )
        .finds(&["not-true-or-false@M2"]),
        case(
            "any",
            "a quote, a dash and three dots corrected",
            EXCEL_US.bytes(&export().set(7, "displayName", "Chloé O’Neil")),
        )
        .finds(&["automatic-correction@C7"]),
        case(
            "any",
            "a new value that spells a day",
            EXCEL_US.bytes(&export().set(2, "jobTitle", "1-feb")),
        )
        .finds(&["perhaps-a-date@F2"])
        .edits(&["F2=1-feb"]),
        case(
            "any",
            "emptied cells",
            EXCEL_US.bytes(&export().set(2, "department", "").set(3, "displayName", "")),
        )
        .finds(&["not-clearable@C3"])
        .edits(&["G2=<clear>"]),
        case(
            "any",
            "a time and a percentage",
            EXCEL_US.bytes(&export().set(8, "extensionAttribute1", "0.520833333333333").set(
                7,
                "extensionAttribute1",
                "0.5",
            )),
        )
        .finds(&["time-rewritten@O8", "number-rewritten@O7"]),
        case(
            "any",
            "a country by its name and a language by a word",
            EXCEL_US.bytes(&{
                let mut sheet = export().only(&["id", "jobTitle"]);
                sheet.header.push("usageLocation".to_owned());
                sheet.rows.iter_mut().for_each(|row| row.push(String::new()));
                sheet.rows[0][2] = "Netherlands".to_owned();
                sheet.rows[1][2] = "=\"NL\"".to_owned();
                sheet
            }),
        )
        .finds(&["not-a-country@C2", "formula@C3"]),
    ]
}

//! Google Sheets, Apple Numbers, scripts, and the portal's own files.

use crate::export::{export, id};
use crate::form::{EXCEL_EU, EXCEL_US, Form, GOOGLE, POWERSHELL, Sheet};
use crate::stand::{Case, case};

/// Google Sheets with its box for converting text: numbers and dates by the country of the sheet.
fn google(special: &[(&str, &str)]) -> Sheet {
    export().all(|text| {
        if let Some((_, shown)) = special.iter().find(|(typed, _)| *typed == text) {
            return (*shown).to_owned();
        }
        let digits = text.strip_prefix('+').unwrap_or(text);
        match text {
            "true" => "TRUE".to_owned(),
            "false" => "FALSE".to_owned(),
            _ if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.trim_start_matches('0').to_owned()
            }
            // The apostrophe is the mark of a text.
            _ => text.strip_prefix('\'').unwrap_or(text).to_owned(),
        }
    })
}

/// pandas: numbers where a column has only numbers.
fn pandas() -> Sheet {
    export()
        .each("employeeId", |text| text.trim_start_matches('0').to_owned())
        .each("mobilePhone", |text| {
            format!("{}.0", text.trim_start_matches('+'))
        })
        .each("accountEnabled", |text| {
            if text == "true" { "True" } else { "False" }.to_owned()
        })
}

const NUMBERS: Form = Form {
    delimiter: ';',
    quote_all: false,
    line_end: "\r\n",
    bom: false,
};

pub fn cases() -> Vec<Case> {
    vec![
        case("a person", "a label that contradicts its property", {
            let mut sheet = export().set(2, "jobTitle", "Chef");
            for header in &mut sheet.header {
                match header.as_str() {
                    "jobTitle" => *header = "Department [jobTitle]".to_owned(),
                    "department" => *header = "Department [department]".to_owned(),
                    _ => {}
                }
            }
            EXCEL_US.bytes(&sheet)
        })
        .finds(&["header-contradicts-itself@F1"]),
        case("Google Sheets, en-US", "imported with conversion, downloaded", GOOGLE.bytes(&google(&[("3/4", "3/4"), ("1-2", "1/2/2026"), ("1E5", "1.00E+05"), ("50%", "50.00%"), ("1.10", "1.1"), ("-2+3", "1")])))
            .finds(&[
                "number-rewritten@H2:H11 I2:I11 O6 O7 O9",
                "date-rewritten@O2",
                "truth-word-rewritten@O10",
                "formula-worked-out@O11",
                "sign-lost@K3",
            ]),
        case("Google Sheets, nl-NL", "imported with conversion, downloaded", GOOGLE.bytes(&google(&[("1-2", "1-2-2026"), ("3/4", "3-4-2026"), ("24/7", "24-7-2026"), ("1E5", "1,00E+05"), ("50%", "50,00%"), ("12:30", "12:30:00"), ("1.10", "1.10"), ("-2+3", "#ERROR!")])))
            .finds(&[
                "number-rewritten@H2:H11 I2:I11 O6 O7",
                "date-rewritten@O2 O4 O5",
                "time-rewritten@O8",
                "truth-word-rewritten@O10",
                "formula-worked-out@O11",
                "sign-lost@K3",
            ]),
        case("Google Sheets", "imported without conversion", GOOGLE.bytes(&export())),
        case("Google Sheets", "an error in the language of the program", GOOGLE.bytes(&export().set(2, "city", "#ERROR!").set(3, "department", "#REF!").set(4, "department", "Loading...")))
            .finds(&["spreadsheet-error@K2 G3"])
            .edits(&["G4=Loading..."]),
        case("Google Sheets", "smart chips and links", GOOGLE.bytes(&export().set(2, "mail", "user0@contoso.example <mailto:user0@contoso.example>"))).finds(&["link-added@P2"]),
        case("Apple Numbers, de-DE", "phones without a sign in the exponent", NUMBERS.bytes(&export().set(4, "mobilePhone", "4,91771E11").set(5, "mobilePhone", "4,8E10").each("accountEnabled", str::to_uppercase)))
            .finds(&["number-rewritten@I4", "scientific-notation@I5"]),
        case("Apple Numbers", "the name of the table above the header", format!("Tabelle 1;;;;;;;;;;;;;;;\r\n{}", NUMBERS.text(&export())).into_bytes()).finds(&["rows-above-header"]),
        case("pandas", "read and written without types", Form { line_end: "\n", ..GOOGLE }.bytes(&pandas())).finds(&["number-rewritten@H2:H11 I2:I11"]),
        case("pandas", "empty cells as nan", Form { line_end: "\n", ..GOOGLE }.bytes(&export().set(2, "department", "NaN").set(3, "department", "nan").set(4, "department", "None").set(5, "mobilePhone", "nan")))
            .finds(&["word-for-nothing@G2 G3 G4 I5"])
            .edits(&["G4=None"]),
        case("pandas", "numbers of a column with gaps", Form { line_end: "\n", ..GOOGLE }.bytes(&export().set(2, "mobilePhone", "31612345699.0").set(3, "department", "4711.0")))
            .finds(&["decimal-added@I2 G3"])
            .edits(&["G3=4711.0"]),
        case("PowerShell 5", "a #TYPE line", format!("#TYPE System.Management.Automation.PSCustomObject\r\n{}", POWERSHELL.text(&export())).into_bytes()),
        case("PowerShell", "lists and objects as the names of their types", POWERSHELL.bytes(&export().set(2, "businessPhones", "System.String[]").set(3, "businessPhones", "System.Object[]").set(4, "department", "Microsoft.Graph.PowerShell.Models.MicrosoftGraphEmployeeOrgData").set(5, "department", "@{Division=Hall}")))
            .finds(&["not-a-value@J2 J3 G4 G5"]),
        case("PowerShell", "truth values with capitals", POWERSHELL.bytes(&export().each("accountEnabled", |text| if text == "true" { "True" } else { "False" }.to_owned()))),
        case("PowerShell", "dates in the country of the machine", POWERSHELL.bytes(&export().put("employeeHireDate", &["13-3-2019 00:00:00", "5-6-2020 00:00:00"]))).finds(&["date-rewritten@N2 N3"]),
        case("PowerShell", "phones cast to numbers", POWERSHELL.bytes(&export().each("mobilePhone", |text| text.trim_start_matches('+').to_owned()))).finds(&["number-rewritten@I2:I11"]),
        case("a script in JavaScript", "an object in a cell", GOOGLE.bytes(&export().set(2, "department", "[object Object]").set(3, "department", "undefined")))
            .finds(&["not-a-value@G2", "word-for-nothing@G3"]),
        case("a database", "texts cut at 255 characters", GOOGLE.bytes(&export().set(2, "streetAddress", &"Dam ".repeat(64)[..255])))
            .finds(&["cut-short@L2"])
            .edits(&[&*format!("L2={}", &"Dam ".repeat(64)[..255]).leak()]),
        case("a mail program", "a phone made a link", EXCEL_US.bytes(&export().set(2, "mobilePhone", "tel:+31612345601").set(3, "mobilePhone", "tel:+31612345699")))
            .finds(&["link-added@I2 I3"]),
        case("a program that fears formulas", "signs at the front taken away", GOOGLE.bytes(&export().each("mobilePhone", |text| text.trim_start_matches('+').to_owned()).each("businessPhones", |text| text.trim_start_matches('+').to_owned()).set(11, "extensionAttribute1", "2+3")))
            .finds(&["number-rewritten@I2:I11", "sign-lost@J2:J11 O11"]),
        case("HR feed", "no base: what a spreadsheet did can only be suspected", EXCEL_EU.bytes(&export().only(&["id", "jobTitle", "mobilePhone", "employeeHireDate", "accountEnabled"]).set(2, "jobTitle", "1-feb").set(3, "jobTitle", "05-06-26").set(4, "mobilePhone", "491771234567").set(5, "employeeHireDate", "5-6-2025").set(6, "accountEnabled", "ja").set(7, "jobTitle", "Bj?rn")))
            .without_base()
            .finds(&["perhaps-a-date@B2", "two-digit-year@B3", "number-without-sign@C4", "not-a-date@D5", "not-true-or-false@E6", "lost-letters@B7"])
            .edits(&[
                "B10=Driver", "B11=Gardener", "B2=1-feb", "B3=05-06-26", "B4=Waiter", "B5=Porter", "B6=Baker", "B7=Bj?rn", "B8=Buyer", "B9=Planner",
                "C10=+46701234509", "C11=+31612345610", "C2=+31612345601", "C3=+31612345602", "C4=491771234567", "C5=+48512345604", "C6=+34612345605", "C7=+33612345606", "C8=+81312345607", "C9=+31612345608",
                "D10=2024-04-18T00:00:00Z", "D11=2016-12-27T00:00:00Z", "D2=2019-03-13T00:00:00Z", "D3=2020-06-05T00:00:00Z", "D4=2021-01-31T00:00:00Z", "D6=2018-11-15T00:00:00Z", "D7=2022-07-14T00:00:00Z", "D8=2023-09-30T00:00:00Z", "D9=2017-05-22T00:00:00Z",
                "E10=true", "E11=false", "E2=true", "E3=true", "E4=true", "E5=true", "E7=true", "E8=true", "E9=true",
            ]),
        case("Entra portal, Download users", "the portal's names of the columns", {
            let mut sheet = export().only(&["userPrincipalName", "displayName", "id", "mobilePhone", "businessPhones", "accountEnabled"]);
            sheet.header = ["userPrincipalName", "displayName", "objectId", "mobile", "telephoneNumber", "accountEnabled"].map(str::to_owned).to_vec();
            EXCEL_US.bytes(&sheet.each("accountEnabled", |text| if text == "true" { "True" } else { "False" }.to_owned()))
        }),
        case("Entra portal, bulk create", "the question is the other way round", {
            let mut text = String::from("version:v1.0,,,\r\nName [displayName] Required,User name [userPrincipalName] Required,Block sign in (Yes/No) [accountEnabled] Required,Department [department]\r\n");
            text.push_str("Anna Smit,user0@contoso.example,No,Kitchen\r\nFred Bos,user9@contoso.example,No,Hall\r\n");
            text.into_bytes()
        })
        .finds(&["inverted-column@C2"])
        .edits(&["C4=true"]),
        case("somebody", "a header row pasted among the rows", {
            let mut sheet = export().only(&["id", "displayName", "jobTitle", "city"]);
            sheet.rows.insert(3, sheet.header.clone());
            EXCEL_US.bytes(&sheet)
        })
        .finds(&["second-header@5"]),
        case("somebody", "the header of one column pasted over a cell", EXCEL_US.bytes(&export().set(4, "jobTitle", "jobTitle"))).finds(&["header-in-cell@F4"]),
        case("somebody", "a row without its base", EXCEL_US.bytes(&{
            let mut sheet = export().only(&["id", "jobTitle"]);
            sheet.rows[1][0] = id(77);
            sheet
        }))
        .finds(&["not-in-base@3"]),
    ]
}

//! Workbooks as people save them: typed cells where the export had texts.

use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

use crate::export::export;
use crate::form::Sheet;
use crate::stand::{Case, case};

/// What a cell of a workbook holds.
enum Cell {
    Text(String),
    Number(f64),
    Shown(f64, &'static str),
    Truth(bool),
    Worked(&'static str, &'static str),
}

/// The sheet as a workbook; `typed` says what each cell holds, by its column and text.
fn workbook(sheet: &Sheet, typed: impl Fn(&str, &str) -> Cell) -> Vec<u8> {
    let mut book = Workbook::new();
    let page: &mut Worksheet = book.add_worksheet().set_name("Users").unwrap();
    for (column, name) in (0..).zip(&sheet.header) {
        page.write_string(0, column, name).unwrap();
    }
    for (row, cells) in (1..).zip(&sheet.rows) {
        for ((column, text), name) in (0..).zip(cells).zip(&sheet.header) {
            match typed(name, text) {
                Cell::Text(text) => page.write_string(row, column, text),
                Cell::Number(number) => page.write_number(row, column, number),
                Cell::Shown(number, format) => {
                    page.write_number_with_format(row, column, number, &Format::new().set_num_format(format))
                }
                Cell::Truth(truth) => page.write_boolean(row, column, truth),
                Cell::Worked(formula, result) => {
                    page.write_formula(row, column, Formula::new(formula).set_result(result))
                }
            }
            .unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn text(_: &str, text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// The number a text is, without its signs.
fn number(text: &str) -> f64 {
    text.trim_start_matches('+').parse().unwrap()
}

pub fn cases() -> Vec<Case> {
    vec![
        case("Excel, workbook", "every cell a text", workbook(&export(), text)),
        case(
            "Excel, workbook",
            "every cell a text, one edited",
            workbook(&export().set(2, "jobTitle", "Chef"), text),
        )
        .edits(&["F2=Chef"]),
        case(
            "Excel, workbook",
            "numbers and truth values as such",
            workbook(&export(), |column, cell| match column {
                "employeeId" | "mobilePhone" => Cell::Number(number(cell)),
                "accountEnabled" => Cell::Truth(cell == "true"),
                _ => text(column, cell),
            }),
        )
        .finds(&["number-rewritten@H2:H11 I2:I11"]),
        case(
            "Excel, workbook",
            "numbers that show their zeros and their sign",
            workbook(&export(), |column, cell| match column {
                "employeeId" => Cell::Shown(number(cell), "00000"),
                "mobilePhone" if cell.len() == 12 => Cell::Shown(number(cell), "+00000000000"),
                _ => text(column, cell),
            }),
        ),
        case(
            "Excel, workbook",
            "dates as such, and one of another day",
            workbook(
                &export().set(3, "employeeHireDate", "2020-06-06"),
                |column, cell| {
                    // 13 March 2019 and 6 June 2020.
                    match (column, cell) {
                        ("employeeHireDate", "2019-03-13T00:00:00Z") => Cell::Shown(43_537.0, "d-m-yyyy"),
                        ("employeeHireDate", "2020-06-06") => Cell::Shown(43_988.0, "m/d/yyyy"),
                        _ => text(column, cell),
                    }
                },
            ),
        )
        .edits(&["N3=2020-06-06T00:00:00Z"]),
        case(
            "Excel, workbook",
            "texts that became dates, times and percentages",
            workbook(&export(), |column, cell| match cell {
                // 1 February, 1 March and 3 April 2026.
                "1-2" => Cell::Shown(46_054.0, "d-mmm"),
                "MAR1" => Cell::Shown(46_082.0, "d-mmm"),
                "3/4" => Cell::Shown(46_115.0, "d/m/yyyy"),
                "50%" => Cell::Shown(0.5, "0%"),
                "1E5" => Cell::Shown(100_000.0, "0.00E+00"),
                "12:30" => Cell::Shown(0.520_833_333_333_333, "h:mm"),
                _ => text(column, cell),
            }),
        )
        .finds(&["date-rewritten@O2 O3 O4", "number-rewritten@O6"]),
        case(
            "Excel, workbook",
            "new values that are no texts where texts belong",
            workbook(
                &export()
                    .set(2, "jobTitle", "1-2")
                    .set(3, "jobTitle", "waar")
                    .set(4, "jobTitle", "50%")
                    .set(5, "jobTitle", "1234567890123456")
                    .set(6, "employeeId", "107"),
                |column, cell| match (column, cell) {
                    ("jobTitle", "1-2") => Cell::Shown(46_054.0, "d-mmm"),
                    ("jobTitle", "waar") => Cell::Truth(true),
                    ("jobTitle", "50%") => Cell::Shown(0.5, "0%"),
                    ("jobTitle", "1234567890123456") => Cell::Number(1_234_567_890_123_450.0),
                    ("employeeId", "107") => Cell::Number(107.0),
                    _ => text(column, cell),
                },
            ),
        )
        .finds(&[
            "date-in-text@F2",
            "truth-in-text@F3",
            "percentage-in-text@F4",
            "long-number@F5",
            "number-in-text@H6",
        ])
        .edits(&["F3=TRUE", "F4=50%", "H6=107"]),
        case(
            "Excel, workbook",
            "formulas with their results",
            workbook(&export(), |column, cell| match (column, cell) {
                ("displayName", "Anna Smit") => Cell::Worked("=D2&\" \"&E2", "Anna Smit"),
                ("displayName", "Ben Jansen") => Cell::Worked("=E3&\", \"&D3", "Jansen, Ben"),
                _ => text(column, cell),
            }),
        )
        .finds(&["formula-cells@C2"])
        .edits(&["C3=Jansen, Ben"]),
        case("Excel, workbook", "one column sorted alone", {
            let mut numbers = export().texts("employeeId");
            numbers.sort_unstable();
            let sorted: Vec<&str> = numbers.iter().map(String::as_str).collect();
            workbook(&export().put("employeeId", &sorted), text)
        })
        .finds(&["column-shuffled@H1"]),
    ]
}

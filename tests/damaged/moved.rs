//! Values that stand where they do not belong: sorted, shifted, dragged, exchanged.

use crate::export::export;
use crate::form::{EXCEL_EU, EXCEL_US, Sheet};
use crate::stand::{Case, case};

/// One column sorted, the others not.
fn sorted(column: &str) -> Sheet {
    let mut texts = export().texts(column);
    texts.sort_unstable();
    export().put(column, &texts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The whole sheet sorted by a column, some columns left behind.
fn sorted_without(by: &str, behind: &[&str]) -> Sheet {
    let mut sheet = export();
    let column = sheet.header.iter().position(|header| header == by).unwrap();
    sheet.rows.sort_by(|one, two| one[column].cmp(&two[column]));
    for column in behind {
        let texts = export().texts(column);
        sheet = sheet.put(column, &texts.iter().map(String::as_str).collect::<Vec<_>>());
    }
    sheet
}

/// A part of a column moved down by one, from a row on.
fn shifted(column: &str, from: usize) -> Sheet {
    let mut texts = export().texts(column);
    texts.insert(from - 2, String::new());
    export().put(column, &texts.iter().map(String::as_str).collect::<Vec<_>>())
}

fn exchanged(one: &str, two: &str) -> Sheet {
    let (first, second) = (export().texts(one), export().texts(two));
    let texts = |texts: &[String]| -> Vec<String> { texts.to_vec() };
    export()
        .put(
            one,
            &texts(&second).iter().map(String::as_str).collect::<Vec<_>>(),
        )
        .put(two, &texts(&first).iter().map(String::as_str).collect::<Vec<_>>())
}

pub fn cases() -> Vec<Case> {
    let everybody_else = ["id", "userPrincipalName"];
    vec![
        case(
            "any",
            "the whole sheet sorted",
            EXCEL_US.bytes(&sorted_without("displayName", &[])),
        ),
        case(
            "any",
            "one column sorted alone",
            EXCEL_US.bytes(&sorted("employeeId")),
        )
        .finds(&["column-shuffled@H1"]),
        case(
            "Excel",
            "one column sorted alone as numbers",
            EXCEL_US.bytes(
                &sorted("employeeId").each("employeeId", |text| text.trim_start_matches('0').to_owned()),
            ),
        )
        .finds(&["column-shuffled@H1", "number-rewritten@H3"]),
        case(
            "any",
            "one column sorted alone, and meant so",
            EXCEL_US.bytes(&sorted("employeeId")),
        )
        .allowed()
        .finds(&["column-shuffled@H1"])
        .edits(&[
            "H10=00999",
            "H11=01000",
            "H2=00017",
            "H4=00123",
            "H5=00311",
            "H6=00402",
            "H7=00555",
            "H8=00789",
            "H9=00808",
        ]),
        case(
            "any",
            "the keys left behind when the rest was sorted",
            EXCEL_US.bytes(&sorted_without("displayName", &everybody_else)),
        )
        .finds(&["rows-mixed"]),
        case(
            "any",
            "four columns left behind when the rest was sorted",
            EXCEL_US.bytes(&sorted_without(
                "displayName",
                &["jobTitle", "mobilePhone", "city", "employeeId"],
            )),
        )
        .finds(&["rows-mixed"]),
        case(
            "any",
            "a cell inserted: a column shifted down",
            EXCEL_US.bytes(&shifted("mobilePhone", 4)),
        )
        .finds(&["column-shifted@I1"]),
        case(
            "any",
            "a cell deleted: a column shifted up",
            EXCEL_US.bytes(&{
                let mut texts = export().texts("mobilePhone");
                texts.remove(1);
                texts.push(String::new());
                export().put(
                    "mobilePhone",
                    &texts.iter().map(String::as_str).collect::<Vec<_>>(),
                )
            }),
        )
        .finds(&["column-shifted@I1"]),
        case(
            "any",
            "two columns shifted together",
            EXCEL_US.bytes(&{
                let phones = shifted("mobilePhone", 4).texts("mobilePhone");
                shifted("employeeId", 4).put(
                    "mobilePhone",
                    &phones.iter().map(String::as_str).collect::<Vec<_>>(),
                )
            }),
        )
        .finds(&["rows-mixed"]),
        case(
            "any",
            "first and last names exchanged",
            EXCEL_US.bytes(&exchanged("givenName", "surname")),
        )
        .finds(&["columns-swapped@D1"]),
        case(
            "any",
            "the headers of two columns exchanged",
            EXCEL_US.bytes(&{
                let mut sheet = export();
                sheet.header.swap(3, 4);
                sheet
            }),
        )
        .finds(&["columns-swapped@D1"]),
        case(
            "any",
            "a column pasted over its neighbour",
            EXCEL_US.bytes(&{
                let phones = export().texts("mobilePhone");
                export().put(
                    "businessPhones",
                    &phones.iter().map(String::as_str).collect::<Vec<_>>(),
                )
            }),
        )
        .finds(&["other-columns-values@J1"]),
        case(
            "any",
            "a cell inserted into one row",
            EXCEL_US.bytes(&{
                let mut sheet = export();
                sheet.rows[3].insert(3, String::new());
                sheet.rows[3].truncate(16);
                sheet
            }),
        )
        .finds(&[
            "row-shifted@5",
            "not-true-or-false@M5",
            "not-a-date@N5",
            "not-an-address@P5",
        ]),
        case(
            "Excel",
            "a number dragged down",
            EXCEL_US.bytes(&export().put(
                "employeeId",
                &["00123", "00124", "00125", "00126", "00127", "00128"],
            )),
        )
        .finds(&["filled-series@H1"]),
        case(
            "Excel",
            "one value dragged down",
            EXCEL_US.bytes(&export().put("city", &["Delft"; 10])),
        )
        .finds(&["filled-down@K1"])
        .edits(&[
            "K10=Delft",
            "K11=Delft",
            "K3=Delft",
            "K4=Delft",
            "K5=Delft",
            "K6=Delft",
            "K7=Delft",
            "K8=Delft",
            "K9=Delft",
        ]),
        case(
            "any",
            "two people's numbers exchanged",
            EXCEL_US.bytes(
                &export()
                    .set(2, "employeeId", "00045")
                    .set(3, "employeeId", "00123"),
            ),
        )
        .finds(&["values-swapped@H1"])
        .edits(&["H2=00045", "H3=00123"]),
        case(
            "Excel",
            "three cells sorted without their rows",
            EXCEL_US.bytes(
                &export()
                    .set(2, "employeeId", "00045")
                    .set(3, "employeeId", &export().texts("employeeId")[2])
                    .set(4, "employeeId", "00123"),
            ),
        )
        .finds(&["values-handed-on@H1"])
        .edits(&[
            "H2=00045",
            format!("H3={}", export().texts("employeeId")[2]).leak(),
            "H4=00123",
        ]),
        case(
            "any",
            "a telephone number that became a month",
            EXCEL_EU.bytes(&export().set(2, "mobilePhone", "mrt-06")),
        )
        .finds(&["perhaps-a-date@I2"]),
        case(
            "any",
            "a key filled down",
            EXCEL_US.bytes(&{
                let key = crate::export::id(0);
                export().only(&["id", "jobTitle"]).put("id", &[key.as_str(); 3])
            }),
        )
        .finds(&["duplicate-user@2", "duplicate-user@3", "duplicate-user@4"]),
    ]
}

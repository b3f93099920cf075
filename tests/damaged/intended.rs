//! Edits that look like damage, and must come through.

use crate::export::export;
use crate::form::EXCEL_US;
use crate::stand::{Case, case};

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "somebody",
            "ordinary edits",
            EXCEL_US.bytes(
                &export()
                    .set(2, "jobTitle", "Chef")
                    .set(3, "city", "Den Haag")
                    .set(4, "department", ""),
            ),
        )
        .edits(&["F2=Chef", "G4=<clear>", "K3=Den Haag"]),
        case(
            "somebody",
            "a number is given its plus",
            EXCEL_US.bytes(&export().set(2, "mobilePhone", "+31 6 12345601").set(
                3,
                "mobilePhone",
                "0031612345602",
            )),
        )
        .edits(&["I2=+31 6 12345601", "I3=0031612345602"]),
        case(
            "somebody",
            "a number one digit off",
            EXCEL_US.bytes(
                &export()
                    .set(2, "mobilePhone", "+31612345602")
                    .set(2, "employeeId", "00124"),
            ),
        )
        .finds(&["value-repeated@I1"])
        .edits(&["H2=00124", "I2=+31612345602"]),
        case(
            "somebody",
            "capitals put right",
            EXCEL_US.bytes(
                &export()
                    .set(9, "displayName", "Dora De Vries")
                    .set(2, "jobTitle", "cook"),
            ),
        )
        .edits(&["C9=Dora De Vries", "F2=cook"]),
        case(
            "somebody",
            "an accent added and another taken off",
            EXCEL_US.bytes(
                &export()
                    .set(2, "displayName", "Änna Smit")
                    .set(4, "displayName", "Zoe Müller"),
            ),
        )
        .edits(&["C2=Änna Smit", "C4=Zoe Müller"]),
        case(
            "somebody",
            "dates typed as they should be",
            EXCEL_US.bytes(&export().set(2, "employeeHireDate", "2019-03-14").set(
                3,
                "employeeHireDate",
                "2020-05-06T00:00:00Z",
            )),
        )
        .finds(&["date-turned@N3"])
        .edits(&["N2=2019-03-14T00:00:00Z", "N3=2020-05-06T00:00:00Z"]),
        case(
            "somebody",
            "another room, another version",
            EXCEL_US.bytes(
                &export()
                    .set(2, "extensionAttribute1", "2-1")
                    .set(3, "extensionAttribute1", "MAR2")
                    .set(9, "extensionAttribute1", "1.11")
                    .set(8, "extensionAttribute1", "13:30"),
            ),
        )
        .edits(&["O2=2-1", "O3=MAR2", "O8=13:30", "O9=1.11"]),
        case(
            "somebody",
            "accounts switched off",
            EXCEL_US.bytes(
                &export()
                    .set(2, "accountEnabled", "false")
                    .set(3, "accountEnabled", "ONWAAR"),
            ),
        )
        .edits(&["M2=false", "M3=false"]),
        case(
            "somebody",
            "three people move between departments",
            EXCEL_US.bytes(&export().put(
                "department",
                &[
                    "Hall", "Office", "Kitchen", "Kitchen", "Office", "Hall", "Kitchen", "Hall", "Office",
                    "Kitchen",
                ],
            )),
        )
        .edits(&[
            "G10=Office",
            "G11=Kitchen",
            "G2=Hall",
            "G3=Office",
            "G4=Kitchen",
            "G5=Kitchen",
            "G6=Office",
            "G7=Hall",
            "G8=Kitchen",
            "G9=Hall",
        ]),
        case(
            "somebody",
            "new numbers in order for everybody",
            EXCEL_US.bytes(&export().put(
                "employeeId",
                &[
                    "E101", "E102", "E103", "E104", "E105", "E106", "E107", "E108", "E109", "E110",
                ],
            )),
        )
        .edits(&[
            "H10=E109", "H11=E110", "H2=E101", "H3=E102", "H4=E103", "H5=E104", "H6=E105", "H7=E106",
            "H8=E107", "H9=E108",
        ]),
        case(
            "somebody",
            "an empty column filled from another",
            EXCEL_US.bytes(&{
                let mut sheet = export().only(&["id", "mobilePhone"]);
                sheet.header.push("faxNumber".to_owned());
                for row in &mut sheet.rows {
                    let phone = row[1].clone();
                    row.push(phone);
                }
                sheet
            }),
        )
        .edits(&[
            "C10=+46701234509",
            "C11=+31612345610",
            "C2=+31612345601",
            "C3=+31612345602",
            "C4=+491771234567",
            "C5=+48512345604",
            "C6=+34612345605",
            "C7=+33612345606",
            "C8=+81312345607",
            "C9=+31612345608",
        ]),
        case(
            "somebody",
            "apostrophes and quotes made straight",
            EXCEL_US.bytes(
                &export()
                    .set(7, "displayName", "Chloé ONeil")
                    .set(3, "city", "Den Haag"),
            ),
        )
        .edits(&["C7=Chloé ONeil", "K3=Den Haag"]),
        case(
            "somebody",
            "rows deleted, columns deleted, rows in another order",
            EXCEL_US.bytes(&{
                let mut sheet = export().only(&["jobTitle", "id"]).set(4, "jobTitle", "Chef");
                sheet.rows.truncate(5);
                sheet.rows.reverse();
                sheet
            }),
        )
        .edits(&["A4=Chef"]),
        case(
            "somebody",
            "first and last name of two people put right",
            EXCEL_US.bytes(
                &export()
                    .set(2, "givenName", "Smit")
                    .set(2, "surname", "Anna")
                    .set(3, "givenName", "Jansen")
                    .set(3, "surname", "Ben"),
            ),
        )
        .finds(&["columns-swapped@D1"])
        .edits(&["D2=Smit", "D3=Jansen", "E2=Anna", "E3=Ben"]),
        case(
            "somebody",
            "a line break added to an address",
            EXCEL_US.bytes(&export().set(2, "streetAddress", "Dam 1\nAttic")),
        )
        .edits(&["L2=Dam 1\nAttic"]),
    ]
}

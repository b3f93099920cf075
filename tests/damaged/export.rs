//! The export that all damaged files come from: ten people with values that programs like to change.

use crate::form::Sheet;

/// The columns, with the letters a spreadsheet gives them.
pub const COLUMNS: [&str; 16] = [
    "id",                                                // A
    "userPrincipalName",                                 // B
    "displayName",                                       // C
    "givenName",                                         // D
    "surname",                                           // E
    "jobTitle",                                          // F
    "department",                                        // G
    "employeeId",                                        // H
    "mobilePhone",                                       // I
    "businessPhones",                                    // J
    "city",                                              // K
    "streetAddress",                                     // L
    "accountEnabled",                                    // M
    "employeeHireDate",                                  // N
    "onPremisesExtensionAttributes.extensionAttribute1", // O
    "mail",                                              // P
];

/// A person: name, job and department, number, phones, city and street, account, first day, extension attribute.
type Person = (
    [&'static str; 3],
    [&'static str; 2],
    &'static str,
    [&'static str; 2],
    [&'static str; 2],
    &'static str,
    &'static str,
    &'static str,
);

const PEOPLE: [Person; 10] = [
    (
        ["Anna Smit", "Anna", "Smit"],
        ["Cook", "Kitchen"],
        "00123",
        ["+31612345601", "+31 20 555 1001"],
        ["Delft", "Dam 1"],
        "true",
        "2019-03-13",
        "1-2",
    ),
    (
        ["Ben Jansen", "Ben", "Jansen"],
        ["Chef", "Kitchen"],
        "00045",
        ["+31612345602", "+31 20 555 1002"],
        ["'s-Gravenhage", "Dam 2\nBak 3"],
        "true",
        "2020-06-05",
        "MAR1",
    ),
    (
        ["Zoë Müller", "Zoë", "Müller"],
        ["Waiter", "Hall"],
        "00789",
        ["+491771234567", "+49 30 555 1003"],
        ["München", "Alter Hof 3"],
        "true",
        "2021-01-31",
        "3/4",
    ),
    (
        ["Łukasz Wałęsa", "Łukasz", "Wałęsa"],
        ["Porter", "Hall"],
        "01000",
        ["+48512345604", "+48 22 555 1004"],
        ["Łódź", "Piotrkowska 4"],
        "true",
        "2021-02-28",
        "24/7",
    ),
    (
        ["José Martínez", "José", "Martínez"],
        ["Baker", "Kitchen"],
        "00311",
        ["+34612345605", "+34 91 555 1005"],
        ["Málaga", "Calle Larios 5"],
        "true",
        "2018-11-15",
        "1E5",
    ),
    (
        ["Chloé O'Neil", "Chloé", "O'Neil"],
        ["Clerk", "Office"],
        "00402",
        ["+33612345606", "+33 1 42 68 53 00"],
        ["Nîmes", "Rue de l'Aspic 6"],
        "true",
        "2022-07-14",
        "50%",
    ),
    (
        ["山田 太郎", "太郎", "山田"],
        ["Buyer", "Office"],
        "00999",
        ["+81312345607", "+81 3 5555 1007"],
        ["東京", "丸の内 7"],
        "true",
        "2023-09-30",
        "12:30",
    ),
    (
        ["Dora de Vries", "Dora", "de Vries"],
        ["Planner", "Office"],
        "00017",
        ["+31612345608", "+31 20 555 1008"],
        ["Goes", "Markt 8"],
        "true",
        "2017-05-22",
        "1.10",
    ),
    (
        ["Emil Åberg", "Emil", "Åberg"],
        ["Driver", "Hall"],
        "00555",
        ["+46701234509", "+46 8 555 1009"],
        ["Örebro", "Storgatan 9"],
        "true",
        "2024-04-18",
        "true",
    ),
    (
        ["Fred Bos", "Fred", "Bos"],
        ["Gardener", "Hall"],
        "00808",
        ["+31612345610", "+31 20 555 1010"],
        ["Sneek", "Kade 10"],
        "false",
        "2016-12-27",
        "-2+3",
    ),
];

/// The object id of a person, counted from 0.
pub fn id(person: usize) -> String {
    format!("4d67c8c2-0000-4000-8000-0000000000{person:02}")
}

/// The export.
pub fn export() -> Sheet {
    let row = |(at, person): (usize, &Person)| -> Vec<String> {
        let (
            [display, given, surname],
            [job, department],
            number,
            [mobile, business],
            [city, street],
            enabled,
            hired,
            extension,
        ) = *person;
        let name = format!("user{at}@contoso.example");
        [
            &id(at),
            &name,
            display,
            given,
            surname,
            job,
            department,
            number,
            mobile,
            business,
            city,
            street,
            enabled,
            &format!("{hired}T00:00:00Z"),
            extension,
            &name,
        ]
        .iter()
        .map(|cell| (*cell).to_owned())
        .collect()
    };
    Sheet {
        header: COLUMNS.iter().map(|name| (*name).to_owned()).collect(),
        rows: PEOPLE.iter().enumerate().map(row).collect(),
    }
}

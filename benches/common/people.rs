//! Invented people, column by column.

/// The columns of the directory and of its sheets.
pub const COLUMNS: [&str; 24] = [
    "id",
    "userPrincipalName",
    "displayName",
    "givenName",
    "surname",
    "jobTitle",
    "department",
    "companyName",
    "officeLocation",
    "employeeId",
    "employeeType",
    "mail",
    "mailNickname",
    "businessPhones",
    "mobilePhone",
    "faxNumber",
    "streetAddress",
    "city",
    "state",
    "postalCode",
    "country",
    "usageLocation",
    "preferredLanguage",
    "accountEnabled",
];

/// One person, column by column.
pub fn cells(index: usize) -> Vec<String> {
    let cell = |column: &&str| match *column {
        "id" => format!("00000000-0000-4000-8000-{:012}", index + 1),
        // Names spread over the alphabet, as those of people do.
        "userPrincipalName" | "mail" => format!("{}@contoso.example", name(index)),
        "mailNickname" => name(index),
        "accountEnabled" => "true".to_owned(),
        "usageLocation" => "NL".to_owned(),
        "preferredLanguage" => "nl-NL".to_owned(),
        "employeeId" => format!("N{index:08}"),
        "mobilePhone" | "businessPhones" | "faxNumber" => format!("+31 6 {index:08}"),
        column => format!("{column} {}", index % 97),
    };
    COLUMNS.iter().map(cell).collect()
}

fn name(index: usize) -> String {
    let letter = |by: usize| char::from(b'a' + u8::try_from(index / by * 7 % 26).unwrap_or(0));
    format!("{}{}{}.{index}", letter(1), letter(26), letter(676))
}

//! Invented people: as a directory, as its export, and as the same sheet with edits in a fifth of the rows.

use std::io::{BufWriter, Write as _};
use std::path::Path;

/// Without the last, the columns of the directory; the sheets have all of them.
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

/// Every so many rows one is edited.
pub const EDITED: usize = 5;

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

/// Writes everybody; with `edited` every fifth has another title.
pub fn write(path: &Path, count: usize, edited: bool) {
    let mut file = BufWriter::new(std::fs::File::create(path).expect("a file"));
    writeln!(file, "{}", COLUMNS.join(",")).expect("a line");
    for index in 0..count {
        let mut cells = cells(index);
        if edited && index % EDITED == 0 {
            cells[5] = format!("Lead {index}");
        }
        writeln!(file, "{}", cells.join(",")).expect("a line");
    }
    file.flush().expect("the end");
}

/// Writes an export once more, with another title in every fifth row.
pub fn edit(from: &Path, to: &Path) {
    let mut reader = csv::Reader::from_path(from).expect("the export");
    let header = reader.headers().expect("a header").clone();
    let title = header
        .iter()
        .position(|name| name == "jobTitle")
        .expect("a title");
    let mut writer = csv::Writer::from_path(to).expect("a sheet");
    writer.write_record(&header).expect("a header");
    for (index, record) in reader.records().enumerate() {
        let record = record.expect("a row");
        let new = format!("Lead {index}");
        let cells = record.iter().enumerate();
        let cells = cells.map(|(at, cell)| match index % EDITED == 0 && at == title {
            true => new.as_str(),
            false => cell,
        });
        writer.write_record(cells).expect("a row");
    }
    writer.flush().expect("the end");
}

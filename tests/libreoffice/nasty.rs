//! A directory full of values that spreadsheets like to change.

use super::stand::Stand;

/// Texts that look like numbers, dates, formulas, words for truth; and letters that code pages do not have.
const NASTY: [&str; 56] = [
    "00012345",
    "000",
    "+31",
    "1E5",
    "12E45",
    "1e-5",
    "1234567890123456",
    "12345678901234567890",
    "1.10",
    "1,10",
    "1.0",
    ".5",
    "12.",
    "1,000",
    "1.000",
    "1 000",
    " 42",
    "42 ",
    "2024-01-05",
    "1-2",
    "3/4",
    "24/7",
    "10.1.24",
    "10-11-12",
    "1-2-2024",
    "MAR-1",
    "MAR1",
    "SEPT2",
    "May 1",
    "1. Mai",
    "12:30",
    "50%",
    "12,5%",
    "€ 5",
    "$100",
    "(0612345678)",
    "0 1/3",
    "true",
    "WAAR",
    "FALSCH",
    "=1+1",
    "=SUM(1,2)",
    "@SUM(1)",
    "-2+3",
    "+1+1",
    "'007",
    "''s",
    "'s-Gravesande",
    "Zoë Müller-Čapek",
    "日本語",
    "👩‍🚀 Ops",
    "مرحبا",
    "A;B",
    "A,B",
    "say \"hi\"",
    "N/A team",
];

/// Phone numbers as people write them.
const PHONES: [&str; 8] = [
    "+31612345678",
    "0612345678",
    "+31 6 12345678",
    "020-1234567",
    "(06) 12345678",
    "+31-20-1234567",
    "00316123456",
    "+49 (0)30 901820",
];

/// So many people that each nasty value is there in several columns.
pub fn directory() -> Stand {
    let stand = Stand::of(60);
    let ids: Vec<String> = stand.dump().into_keys().collect();
    let columns = ["department", "employeeId", "officeLocation", "jobTitle", "city"];
    for (place, value) in NASTY.iter().enumerate() {
        for (step, column) in columns.into_iter().enumerate() {
            // An employee id has at most 16 characters.
            if column != "employeeId" || value.chars().count() <= 16 {
                stand.edit(&ids[(place + step * 11) % ids.len()], column, *value);
            }
        }
    }
    for (place, id) in ids.iter().enumerate() {
        stand.edit(id, "mobilePhone", PHONES[place % PHONES.len()]);
    }
    stand.edit(&ids[3], "streetAddress", "Hoofdweg 1\r\nUnit 2");
    stand.edit(&ids[4], "streetAddress", "3-4");
    stand
}

//! People whom a night must not take for others: guests of a number, new people with the names of somebody, names in characters that
//! nobody can read aloud; and files whose refusal says what to set.

use serde_json::{Value as Json, json};

use super::feed_office::{Office, Row, SETTINGS, name, row_of};
use super::stand::people;

fn today() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}

/// A new person of today with these names.
fn new(number: usize, first: &str, last: &str) -> Row {
    let mut row = row_of(number);
    for (column, text) in [("First", first), ("Last", last), ("From", &today())] {
        row.insert(column.to_owned(), text.to_owned());
    }
    row
}

fn paper(night: &Json, which: &str) -> String {
    std::fs::read_to_string(night["papers"][which].as_str().unwrap()).unwrap()
}

#[test]
fn guests_of_a_number_are_written_unless_the_settings_leave_them_and_their_last_day_is_for_a_person() {
    let mut office = Office::settled(40);
    office.stand.edit(&office.id(&name(5)), "userType", "Guest");
    office.set(5, "Dept", "Board");
    let night = office.night(&[], 0);
    assert_eq!(night["counts"]["users_written"], 1, "{night:#}");
    let leave = SETTINGS.replace("[guards]", "[people]\nguests = \"leave\"\n[guards]");
    office.stand.write("FEED.toml", leave);
    office.set(5, "Dept", "Care");
    let ran = office.run(&[]).must(0);
    let night: Json = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        (&night["counts"]["left_guests"], &night["counts"]["dead_letters"]),
        (&json!(1), &json!(0)),
        "{night:#}"
    );
    assert!(
        ran.stderr.contains("1 person is among the guests and left alone"),
        "{}",
        ran.stderr
    );
    assert!(
        paper(&night, "reasons")
            .contains("is a guest and left alone; the night would have written department"),
        "{night:#}"
    );
    assert_eq!(office.user(&name(5))["department"], "Board");
    office.set(5, "To", "2021-01-31");
    let night = office.night(&[], 6);
    assert!(
        paper(&night, "dead_letters")
            .contains("has left and can still sign in: the account is that of a guest"),
        "{night:#}"
    );
    // Nobody can tell whether they have left.
    office.set(5, "To", "someday");
    let night = office.night(&[], 6);
    assert!(
        paper(&night, "dead_letters").contains("leavers.last-day"),
        "{night:#}"
    );
    assert_eq!(office.user(&name(5))["accountEnabled"], true);
}

#[test]
fn a_new_person_with_the_names_of_somebody_without_a_number_is_for_a_person_and_of_anybody_else_is_told() {
    let mut office = Office::settled(40);
    // Written in another way, and their number is gone; they are in the file no more.
    office.stand.edit(&office.id(&name(39)), "employeeId", Json::Null);
    office.rows.truncate(39);
    office.rows.push(new(50, "FIRST", &name(39).to_uppercase()));
    office.rows.push(new(51, "Fírst", &name(4)));
    office.rows.push(new(52, "First", "Nobodys"));
    let night = office.night(&[], 6);
    assert_eq!(
        (
            &night["counts"]["joiners"],
            &night["counts"]["namesakes"],
            &night["counts"]["dead_letters"]
        ),
        (&json!(2), &json!(1), &json!(1)),
        "{night:#}"
    );
    let letters = paper(&night, "dead_letters");
    assert!(
        letters.contains("it may be the same person") && letters.contains("give that user the number"),
        "{letters}"
    );
    let told = format!(
        "has all the names of `{}@contoso.example` (number `N1005`)",
        name(4)
    );
    assert!(
        paper(&night, "reasons").contains(&told),
        "{}",
        paper(&night, "reasons")
    );
    let let_pass = SETTINGS.replace("[joiners]\n", "[joiners]\nnamesakes = \"create\"\n");
    office.stand.write("FEED.toml", let_pass);
    office.set(1, "Title", "Lead");
    let night = office.night(&[], 0);
    assert_eq!(
        (&night["counts"]["joiners"], &night["counts"]["namesakes"]),
        (&json!(1), &json!(1)),
        "{night:#}"
    );
}

#[test]
fn no_name_is_made_of_characters_whose_reading_nobody_knows() {
    let mut office = Office::settled(40);
    office.rows.push(new(50, "太郎", "田中"));
    office.rows.push(new(51, "たろう", "タナカ"));
    let night = office.night(&[], 6);
    assert_eq!(
        (&night["counts"]["joiners"], &night["counts"]["dead_letters"]),
        (&json!(1), &json!(1)),
        "{night:#}"
    );
    let letters = paper(&night, "dead_letters");
    assert!(
        letters.contains("a Japanese name would be written as if it were Chinese")
            && letters.contains("give a column with the name in Latin letters"),
        "{letters}"
    );
    office.user("tarou.tanaka");
    // A rule of one's own.
    let upn = "[attributes.userPrincipalName]\nauthority = \"on-create\"\nvalue = '{{ row[\"First\"] | ascii | replace(\" \", \"\") | lower }}@contoso.example'\n[manager]";
    office
        .stand
        .write("FEED.toml", SETTINGS.replace("[manager]", upn));
    office.set(1, "Title", "Lead");
    let night = office.night(&[], 6);
    assert!(
        paper(&night, "dead_letters").contains("where all such names are Chinese, write `ascii("),
        "{night:#}"
    );
    let chinese = upn.replace("| ascii |", "| ascii(han=\"pinyin\") |");
    office
        .stand
        .write("FEED.toml", SETTINGS.replace("[manager]", &chinese));
    office.set(2, "Title", "Lead");
    let night = office.night(&[], 0);
    assert_eq!(night["counts"]["joiners"], 1, "{night:#}");
    office.user("tailang");
}

#[test]
fn a_file_in_another_encoding_is_refused_with_the_line_that_says_which() {
    let office = Office::of(40);
    let mut bytes = office.text().into_bytes();
    bytes.extend(b"N9001,Ren\xe9,Caf\xe9,r@contoso.example,Law,Clerk,,,Staff,2020-01-01,\n");
    for (encoding, told) in [
        ("", "source.encoding = \\\"windows-1252\\\""),
        ("encoding = \"utf-8\"\n", "source.encoding = \\\"windows-1252\\\""),
    ] {
        let settings = SETTINGS.replace("stable-for", &format!("{encoding}stable-for"));
        office.stand.write("FEED.toml", settings);
        office.stand.write("inbox/hr-001.csv", &bytes);
        let night = office.start(&["--go"], 3);
        assert!(night["help"].to_string().contains(told), "{night:#}");
    }
}

#[test]
fn a_file_without_rows_is_told_as_one() {
    let office = Office::settled(40);
    let header = office.text().lines().next().unwrap().to_owned();
    office.drop(&format!("{header}\n"));
    office
        .stand
        .run(&["feed", "check", "FEED.toml"])
        .must(3)
        .says(&["the names of its columns and no rows", "gate.rows-min"]);
    let checked = office.stand.json(&["feed", "check", "FEED.toml"], 3);
    assert_eq!(checked["file"]["findings"][0]["rule"], "no-rows", "{checked:#}");
    let night = office.start(&[], 4);
    let message = night["message"].as_str().unwrap();
    assert!(
        message.contains("the names of its columns and no rows"),
        "{night:#}"
    );
    office.drop("");
    let night = office.start(&[], 3);
    let help = night["help"].to_string();
    assert!(
        help.contains("the file is empty") && help.contains("let the HR system write the file again"),
        "{night:#}"
    );
}

#[test]
fn a_list_of_protected_people_that_names_nobody_costs_no_file() {
    let settings = SETTINGS.replace(
        "[guards]\n",
        "[guards]\nprotected = [\"nobody@contoso.example\"]\n",
    );
    let mut office = Office::open(40, people(0), &settings);
    office.set(5, "Dept", "Board");
    let failed = office.night(&["--go"], 2);
    assert_eq!(failed["outcome"], "failed", "{failed:#}");
    assert!(office.stand.path("inbox/hr-001.csv").exists());
    let told = failed.to_string();
    assert!(
        told.contains("nobody@contoso.example") && told.contains("the next start takes it"),
        "{failed:#}"
    );
    // No sheet with values of people is left for each start.
    let own = std::fs::read_dir(office.stand.state().join("feeds/hr")).unwrap();
    let names = own.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let sheets: Vec<String> = names.filter(|name| name.starts_with("feed-hr-")).collect();
    assert!(sheets.is_empty(), "{sheets:?}");
    office.stand.write("FEED.toml", SETTINGS);
    let night = office.start(&["--go"], 0);
    assert_eq!(night["counts"]["users_written"], 1, "{night:#}");
}

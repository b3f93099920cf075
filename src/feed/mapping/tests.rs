//! Rows become what they say, with a problem where one thing cannot be made and everything else as it is.

use super::{Mapper, map};
use crate::domain::{SourceRow, SourceTable};
use crate::feed::Feed;
use crate::feed::judge::tests::feed_of;

fn feed() -> Feed {
    feed_of(
        r#"
        name = "hr"
        rows = 'row["Status"] != "X"'
        source = { path = "people.csv" }
        [key]
        column = "Number"
        first-match = { mail = "Mail", userPrincipalName = '{{ row["Mail"] | lower }}' }
        [tables.departments]
        file = "departments.csv"
        key = "code"
        value = "name"
        [attributes.surname]
        value = '{{ row["Last"] | title }}'
        [attributes.department]
        value = '{{ row["Dep"] | lookup("departments") }}'
        [attributes.mobilePhone]
        value = '{{ row["Phone"] | phone("NL") }}'
        [attributes.usageLocation]
        column = "Country"
        [manager]
        column = "Boss"
        [joiners]
        first-day = '{{ row["Start"] | date("%d-%m-%Y") }}'
        [leavers]
        when = 'row["Status"] == "Left"'
        last-day = '{{ row["End"] }}'
        action = "report"
        "#,
    )
    .unwrap()
}

const HEADER: [&str; 10] = [
    "Number", "Mail", "Last", "Dep", "Phone", "Country ", "Boss", "Start", "End", "Status",
];

fn table(rows: &[[&str; 10]]) -> SourceTable {
    let rows = (2..)
        .zip(rows)
        .map(|(number, cells)| SourceRow::new(number, cells.iter().copied()));
    SourceTable::new(HEADER.map(str::to_owned).to_vec(), rows.collect())
}

#[test]
fn a_row_becomes_texts_dates_and_keys() {
    let feed = feed();
    let table = table(&[
        [
            " 1001 ",
            "A@C.example",
            "VAN DIJK",
            "10",
            "06-12345678",
            "NL",
            "1002",
            "01-12-2026",
            "",
            "Active",
        ],
        ["1002", "", "", "", "", "", "", "", "2026-11-30", "Left"],
        ["1003", "", "", "", "", "", "", "", "", "X"],
    ]);
    let mapping = map(&feed, &table).unwrap();
    assert_eq!((mapping.rows.len(), mapping.left_out), (2, 1));
    let first = &mapping.rows[0];
    assert_eq!((first.row, first.key.as_deref()), (2, Some("1001")));
    let names: Vec<(&str, &str)> = first
        .first_match
        .iter()
        .map(|(attribute, text)| (attribute.name, text.as_str()))
        .collect();
    assert_eq!(
        names,
        [("mail", "A@C.example"), ("userPrincipalName", "a@c.example")]
    );
    let cells: Vec<&str> = first.cells.iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(cells, ["van Dijk", "Sales", "+31 612345678", "NL"]);
    assert_eq!(first.manager.as_deref(), Some("1002"));
    assert_eq!(first.first_day, Some(jiff::civil::date(2026, 12, 1)));
    assert!(!first.has_left && first.problems.is_empty(), "{first:?}");
    let second = &mapping.rows[1];
    assert_eq!(second.last_day, Some(jiff::civil::date(2026, 11, 30)));
    assert!(second.has_left && second.problems.is_empty() && second.first_match.is_empty());
    assert!(second.cells.iter().all(|cell| cell.text.is_empty()));
}

#[test]
fn what_cannot_be_made_is_a_problem_and_the_rest_stands() {
    let feed = feed();
    let table = table(&[
        [
            "1001",
            "",
            "Dijk",
            "99",
            "geen",
            "Holland",
            "",
            "31-02-2026",
            "30-11-2026",
            "Active",
        ],
        ["1.2E+15", "", "<clear>", "", "", "", "", "", "", "Active"],
    ]);
    let mapping = map(&feed, &table).unwrap();
    let told: Vec<String> = mapping.rows[0]
        .problems
        .iter()
        .map(|problem| {
            format!(
                "{} {} {}",
                problem.rule,
                problem.column.as_deref().unwrap_or("?"),
                problem.message
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "attributes.department Dep `99` is not in the table `departments`",
            "attributes.mobilePhone Phone `geen` is no telephone number: `g` stands in it",
            "joiners.first-day Start `31-02-2026` is no date in the form `%d-%m-%Y`",
            "leavers.last-day End `30-11-2026` is no date in the form 2026-11-30",
        ]
    );
    let cells: Vec<&str> = mapping.rows[0]
        .cells
        .iter()
        .map(|cell| cell.text.as_str())
        .collect();
    assert_eq!(cells, ["Dijk", "Holland"]);
    let mapper = Mapper::new(&feed, table.columns()).unwrap();
    let refused = mapper.refused(&mapping.rows[0]);
    assert_eq!(refused[0].rule, "attributes.usageLocation");
    assert!(refused[0].message.contains("two letters"), "{refused:?}");
    let second = &mapping.rows[1];
    assert_eq!(second.key, None, "a rounded number is nobody's: {second:?}");
    assert!(
        second
            .problems
            .iter()
            .any(|problem| problem.message.contains("no file may order"))
    );
}

#[test]
fn a_number_for_signing_in_is_not_told_by_a_problem() {
    let feed = feed_of(
        r#"
        name = "hr"
        source = { path = "people.csv" }
        key = { column = "Number" }
        [attributes."authentication.phoneMethods.mobile"]
        value = '{{ row["Phone"] | phone("NL") }}'
        "#,
    )
    .unwrap();
    let table = table(&[["1001", "", "", "", "06-987654", "", "", "", "", ""]]);
    let mapping = map(&feed, &table).unwrap();
    let told = format!("{:?}", mapping.rows[0].problems);
    assert!(
        !mapping.rows[0].problems.is_empty() && !told.contains("987"),
        "{told}"
    );
}

#[test]
fn columns_that_are_not_there_are_told_before_any_row() {
    let feed = feed();
    let mut header = HEADER.map(str::to_owned).to_vec();
    header[2] = "Lastname".to_owned();
    header[4] = "Dep".to_owned();
    let problems = Mapper::new(&feed, &header).unwrap_err();
    let told: Vec<String> = problems
        .iter()
        .map(|problem| format!("{problem} -- {}", problem.help))
        .collect();
    assert!(
        told.iter().any(|text| text.contains(
            "line 12: attributes.surname: the file has no column `Last` -- did you mean `Lastname`?"
        )),
        "{told:#?}"
    );
    assert!(
        told.iter()
            .any(|text| text.contains("attributes.mobilePhone: the file has no column `Phone`")),
        "{told:#?}"
    );
    assert!(
        told.iter().any(|text| text.contains("two columns `Dep`")),
        "{told:#?}"
    );
}

#[test]
fn each_value_tells_the_rule_and_the_cells_it_came_from() {
    let feed = feed();
    let table = table(&[["1001", "", "DIJK", "99", "", "", "", "", "", "Active"]]);
    let mapper = Mapper::new(&feed, table.columns()).unwrap();
    let worked = mapper.explain(&table.rows()[0]);
    let surname = worked
        .iter()
        .find(|worked| worked.rule.key == "attributes.surname")
        .unwrap();
    assert_eq!(surname.result.as_deref(), Ok("Dijk"));
    assert_eq!(surname.cells, [("Last".to_owned(), 2, "DIJK".to_owned())]);
    assert_eq!(surname.rule.text(), "{{ row[\"Last\"] | title }}");
    let department = worked
        .iter()
        .find(|worked| worked.rule.key == "attributes.department")
        .unwrap();
    assert!(department.result.is_err());
    assert_eq!(
        worked[0].result.as_deref(),
        Ok("true"),
        "the rows that count come first"
    );
}

#[test]
fn a_day_before_1950_is_a_problem_and_a_last_day_of_the_far_future_is_none() {
    let feed = feed();
    let days = |first: &str, last: &str| {
        let table = table(&[["1001", "", "", "", "", "", "", first, last, "Active"]]);
        let row = map(&feed, &table).unwrap().rows.remove(0);
        let told: Vec<String> = row
            .problems
            .iter()
            .map(|one| format!("{} {}", one.rule, one.message))
            .collect();
        (row.first_day, row.last_day, told)
    };
    let date = |text: &str| Some(text.parse().unwrap());
    let before = "is before 1950, as HR systems write a day that they do not know";
    for (first, last, expected) in [
        (
            "01-01-1950",
            "1950-01-01",
            (
                date("1950-01-01"),
                None,
                vec![
                    "leavers.last-day `1950-01-01` is not after 1970-01-01, the zero of many clocks, which stands for a day that is not known"
                        .to_owned(),
                ],
            ),
        ),
        (
            "01-05-2024",
            "2023-05-01",
            (
                date("2024-05-01"),
                None,
                vec!["leavers.last-day the last day, `2023-05-01`, is before the first, `2024-05-01`".to_owned()],
            ),
        ),
        (
            "01-01-1900",
            "1900-01-01",
            (
                None,
                None,
                vec![
                    format!("joiners.first-day `1900-01-01` {before}"),
                    format!("leavers.last-day `1900-01-01` {before}"),
                ],
            ),
        ),
        (
            "",
            "0001-01-01",
            (
                None,
                None,
                vec![format!("leavers.last-day `0001-01-01` {before}")],
            ),
        ),
        // What a spreadsheet makes of a zero.
        (
            "",
            "1899-12-31",
            (
                None,
                None,
                vec![format!("leavers.last-day `1899-12-31` {before}")],
            ),
        ),
        (
            "",
            "1949-12-31",
            (
                None,
                None,
                vec![format!("leavers.last-day `1949-12-31` {before}")],
            ),
        ),
        ("31-12-9999", "9999-12-31", (date("9999-12-31"), None, vec![])),
        ("", "2999-12-31", (None, None, vec![])),
        ("", "2998-12-31", (None, date("2998-12-31"), vec![])),
    ] {
        assert_eq!(days(first, last), expected, "{first} {last}");
    }
}

#[test]
fn an_attribute_that_says_a_first_or_last_day_has_the_bounds_of_those_days() {
    let feed = feed_of(
        r#"
        name = "hr"
        source = { path = "people.csv" }
        key = { column = "Number" }
        [attributes]
        employeeHireDate = { column = "Start" }
        employeeLeaveDateTime = { column = "End" }
        birthday = { column = "Dep" }
        "#,
    )
    .unwrap();
    for (start, end, born, cells, problems) in [
        (
            "2024-05-01",
            "2025-05-01T00:00:00Z",
            "1900-01-01",
            vec!["2024-05-01", "2025-05-01T00:00:00Z", "1900-01-01"],
            vec![],
        ),
        (
            "1900-01-01",
            "9999-12-31T00:00:00Z",
            "",
            vec!["", ""],
            vec!["attributes.employeeHireDate"],
        ),
        (
            "2024-05-01",
            "1970-01-01",
            "",
            vec!["2024-05-01", ""],
            vec!["attributes.employeeLeaveDateTime"],
        ),
        (
            "2024-05-01",
            "2023-05-01",
            "",
            vec!["2024-05-01", ""],
            vec!["attributes.employeeLeaveDateTime"],
        ),
        // The sheet's own checks tell of it.
        ("soon", "31.12.2999", "", vec!["soon", "31.12.2999", ""], vec![]),
    ] {
        let table = table(&[["1001", "", "", born, "", "", "", start, end, ""]]);
        let row = map(&feed, &table).unwrap().rows.remove(0);
        let found: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
        let told: Vec<&str> = row.problems.iter().map(|one| one.rule.as_str()).collect();
        assert_eq!((found, told), (cells, problems), "{start} {end}");
        let mapper = Mapper::new(&feed, table.columns()).unwrap();
        let worked = mapper.explain(&table.rows()[0]);
        let wrong = worked.iter().filter(|one| one.result.is_err());
        assert!(wrong.count() >= row.problems.len(), "{start} {end}");
    }
}

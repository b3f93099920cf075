//! Values that moved to other rows and columns, and reorganisations that only look like it.

use super::*;

pub const EMPLOYEE: &str = "employeeId";
pub const DEPARTMENT: &str = "department";
pub const TITLE: &str = "jobTitle";
pub const PHONE: &str = "mobilePhone";

pub type Cells<'t> = Vec<Vec<&'t str>>;

/// A sheet of one column.
pub fn one<'t>(cells: &[&'t str]) -> Cells<'t> {
    cells.iter().map(|cell| vec![*cell]).collect()
}

/// The rules and weights of what is found over all rows.
pub fn patterns(names: &[&str], exported: &Cells<'_>, edited: &Cells<'_>) -> Vec<(&'static str, Severity)> {
    let (rows, findings) = looked_over(names, exported, edited, &CheckOptions::default());
    let of_rows = rows
        .iter()
        .flat_map(CheckedRow::findings)
        .filter(|finding| finding.extent == Extent::Row);
    findings
        .iter()
        .chain(of_rows)
        .map(|finding| (finding.rule, finding.severity))
        .collect()
}

#[track_caller]
fn found(name: &str, exported: &[&str], edited: &[&str], rule: &'static str) {
    assert_eq!(
        patterns(&[name], &one(exported), &one(edited)),
        [(rule, Severity::Error)],
        "{edited:?}"
    );
    // Nothing of the column is written, and everything when it is confirmed.
    let (rows, _) = looked_over(&[name], &one(exported), &one(edited), &CheckOptions::default());
    assert!(rows.iter().all(|row| row.cells().is_empty()));
    assert!(rows.iter().any(|row| !row.held().is_empty()));
    let allow = CheckOptions {
        allow_shuffled: true,
        ..CheckOptions::default()
    };
    let (rows, findings) = looked_over(&[name], &one(exported), &one(edited), &allow);
    assert_eq!(findings[0].severity, Severity::Warning);
    assert!(rows.iter().any(|row| !row.cells().is_empty()));
}

#[track_caller]
pub fn nothing(name: &str, exported: &[&str], edited: &[&str]) {
    assert_eq!(patterns(&[name], &one(exported), &one(edited)), [], "{edited:?}");
}

pub const IDS: [&str; 8] = ["E41", "E32", "E53", "E24", "E65", "E16", "E77", "E08"];

#[test]
fn a_column_that_was_sorted_alone_is_seen() {
    let mut up = IDS;
    up.sort_unstable();
    found(EMPLOYEE, &IDS, &up, "column-shuffled");
    let mut down = up;
    down.reverse();
    found(EMPLOYEE, &IDS, &down, "column-shuffled");
    let (_, findings) = looked_over(&[EMPLOYEE], &one(&IDS), &one(&up), &CheckOptions::default());
    assert!(findings[0].message.contains("it was sorted without the others"));
    assert!(
        findings[0].message.contains("row 2: “E41” → “E08”"),
        "{}",
        findings[0].message
    );
    assert!(findings[0].help.contains("--allow shuffled"));
    assert_eq!(
        findings[0].place.and_then(|place| place.cell_name()).as_deref(),
        Some("B1")
    );
}

#[test]
fn numbers_that_were_sorted_have_lost_their_zeros_as_well() {
    let exported = ["0041", "0032", "0053", "0024", "0065", "0016"];
    found(
        EMPLOYEE,
        &exported,
        &["16", "24", "32", "41", "53", "65"],
        "column-shuffled",
    );
}

#[test]
fn a_column_that_was_mixed_is_seen() {
    let mixed = ["E53", "E41", "E32", "E16", "E24", "E65", "E08", "E77"];
    found(EMPLOYEE, &IDS, &mixed, "column-shuffled");
}

#[test]
fn a_block_that_was_shifted_is_seen_by_its_distance() {
    for (edited, words) in [
        (
            ["", "E41", "E32", "E53", "E24", "E65", "E16", "E77"],
            "one row above",
        ),
        (
            ["E32", "E53", "E24", "E65", "E16", "E77", "E08", ""],
            "one row below",
        ),
        (
            ["E53", "E24", "E65", "E16", "E77", "E08", "x", "y"],
            "2 rows below",
        ),
        (
            ["E41", "E41", "E32", "E53", "E24", "E65", "E77", "E08"],
            "one row above",
        ),
    ] {
        found(EMPLOYEE, &IDS, &edited, "column-shifted");
        let (_, findings) = looked_over(&[EMPLOYEE], &one(&IDS), &one(&edited), &CheckOptions::default());
        assert!(findings[0].message.contains(words), "{}", findings[0].message);
    }
}

#[test]
fn new_values_and_few_exchanges_are_edits() {
    nothing(EMPLOYEE, &IDS, &["F1", "F7", "F3", "F9", "F5", "F2", "F4", "F6"]);
    nothing(
        EMPLOYEE,
        &IDS,
        &["E41", "E32", "E53", "E24", "E65", "E16", "E77", "E99"],
    );
    nothing(EMPLOYEE, &IDS, &["E41", "E32", "E53", "", "", "", "", ""]);
    // Four people move on by one.
    let moved = ["E32", "E53", "E24", "E41", "E65", "E16", "E77", "E08"];
    for name in [DEPARTMENT, EMPLOYEE] {
        assert_eq!(
            patterns(&[name], &one(&IDS), &one(&moved)),
            [("column-shifted", Severity::Warning)]
        );
    }
}

#[test]
fn a_reorganisation_between_three_departments_is_none_of_it() {
    let before = [
        "Sales", "Sales", "Kitchen", "Kitchen", "Bar", "Bar", "Bar", "Sales",
    ];
    let after = [
        "Kitchen", "Bar", "Sales", "Bar", "Sales", "Kitchen", "Kitchen", "Bar",
    ];
    nothing(DEPARTMENT, &before, &after);
    let merged = ["Sales"; 8];
    nothing(DEPARTMENT, &before, &merged);
    let to_new = [
        "Guests", "Guests", "Food", "Food", "Food", "Guests", "Guests", "Guests",
    ];
    nothing(DEPARTMENT, &before, &to_new);
}

/// Six people; sorting by the first column gives the other order.
fn people() -> Cells<'static> {
    vec![
        vec!["Anna", "Cook", "101"],
        vec!["Chris", "Chef", "102"],
        vec!["Berta", "Waiter", "103"],
        vec!["Fred", "Porter", "104"],
        vec!["Dora", "Baker", "105"],
        vec!["Emil", "Clerk", "106"],
    ]
}

#[test]
fn columns_that_moved_together_make_it_unclear_whose_rows_they_are() {
    let names = ["displayName", TITLE, EMPLOYEE];
    let exported = people();
    let mut sorted = people();
    sorted.sort_unstable();
    sorted.rotate_left(1);
    assert_eq!(
        patterns(&names, &exported, &sorted),
        [("rows-mixed", Severity::Error)]
    );
    let (rows, findings) = looked_over(&names, &exported, &sorted, &CheckOptions::default());
    assert_eq!(findings[0].extent, Extent::Sheet);
    for name in names {
        assert!(findings[0].message.contains(&format!("`{name}`")));
    }
    assert!(rows.iter().all(|row| row.cells().is_empty()));
    // Only two of the three columns.
    let partly: Cells<'_> = exported
        .iter()
        .zip(&sorted)
        .map(|(exported, sorted)| vec![sorted[0], sorted[1], exported[2]])
        .collect();
    assert_eq!(
        patterns(&names, &exported, &partly),
        [("rows-mixed", Severity::Error)]
    );
}

#[test]
fn columns_that_moved_each_in_its_own_way_are_told_apart() {
    let exported = people();
    let mut edited = people();
    for (at, other) in [(0, 3), (1, 5), (2, 4), (3, 1), (4, 0), (5, 2)] {
        edited[at][1] = exported[other][1];
    }
    for (at, other) in [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)] {
        edited[at][2] = exported[other][2];
    }
    let rules: Vec<&str> = patterns(&["displayName", TITLE, EMPLOYEE], &exported, &edited)
        .iter()
        .map(|(rule, _)| *rule)
        .collect();
    assert_eq!(rules, ["column-shuffled", "column-shifted"]);
}

#[test]
fn two_columns_that_were_exchanged_are_one_pattern() {
    let names = ["givenName", "surname"];
    let exported: Cells<'_> = vec![
        vec!["Anna", "Smit"],
        vec!["Ben", "Jansen"],
        vec!["Chris", "Bakker"],
        vec!["Dora", "Visser"],
        vec!["Emil", "Mulder"],
        vec!["Fred", "Fred"],
    ];
    let turned: Cells<'_> = exported.iter().map(|row| vec![row[1], row[0]]).collect();
    assert_eq!(
        patterns(&names, &exported, &turned),
        [("columns-swapped", Severity::Error)]
    );
    // Two people whose names stood the wrong way round were put right.
    let mut few = exported.clone();
    few[0].reverse();
    few[1].reverse();
    assert_eq!(
        patterns(&names, &exported, &few),
        [("columns-swapped", Severity::Warning)]
    );
}

#[test]
fn a_column_that_was_written_over_by_another_is_seen_and_one_that_was_filled_is_not() {
    let names = [PHONE, "faxNumber"];
    let exported: Cells<'_> = (0..6)
        .map(|at| {
            vec![
                ["+311", "+312", "+313", "+314", "+315", "+316"][at],
                ["1", "2", "3", "4", "5", "6"][at],
            ]
        })
        .collect();
    let copied: Cells<'_> = exported.iter().map(|row| vec![row[0], row[0]]).collect();
    assert_eq!(
        patterns(&names, &exported, &copied),
        [("other-columns-values", Severity::Error)]
    );
    let empty: Cells<'_> = exported.iter().map(|row| vec![row[0], ""]).collect();
    assert_eq!(patterns(&names, &empty, &copied), []);
    let names = ["userPrincipalName", "mail"];
    let exported: Cells<'_> = ["a", "b", "c", "d", "e"]
        .iter()
        .map(|name| {
            vec![
                &*format!("{name}@old.nl").leak(),
                &*format!("{name}@new.nl").leak(),
            ]
        })
        .collect();
    let aligned: Cells<'_> = exported.iter().map(|row| vec![row[1], row[1]]).collect();
    assert_eq!(
        patterns(&names, &exported, &aligned),
        [],
        "signing in with the address is ordinary work"
    );
}

#[test]
fn a_row_in_which_a_cell_was_inserted_is_held() {
    let names = ["displayName", TITLE, DEPARTMENT, "city", "companyName"];
    let exported: Cells<'_> = vec![vec!["Anna", "Cook", "Kitchen", "Delft", "Contoso"]; 2];
    let mut inserted = exported.clone();
    inserted[1] = vec!["Anna", "", "Cook", "Kitchen", "Delft"];
    assert_eq!(
        patterns(&names, &exported, &inserted),
        [("row-shifted", Severity::Error)]
    );
    let (rows, _) = looked_over(&names, &exported, &inserted, &CheckOptions::default());
    assert!(!rows[0].is_held() && rows[1].is_held());
    let mut edited = exported.clone();
    edited[1] = vec!["Anna", "Kitchen", "Cook", "Utrecht", "Contoso"];
    assert_eq!(patterns(&names, &exported, &edited), []);
}

#[test]
fn a_value_that_was_dragged_into_a_series_is_seen() {
    let exported = [
        "+33 1 42 68 53 00",
        "+33 2 10",
        "+33 3 20",
        "+33 4 30",
        "+33 5 40",
    ];
    let dragged = [
        exported[0],
        "34 1 42 68 53 00",
        "35 1 42 68 53 00",
        "36 1 42 68 53 00",
        exported[4],
    ];
    found(PHONE, &exported, &dragged, "filled-series");
    let down = [
        exported[0],
        "+33 1 42 68 53 01",
        "+33 1 42 68 53 02",
        "+33 1 42 68 53 03",
        exported[4],
    ];
    found(PHONE, &exported, &down, "filled-series");
    let series = ["E1", "E2", "E3", "E4", "E5", "E6"];
    found(
        EMPLOYEE,
        &["E1", "B3", "C9", "D2", "F5", "G1"],
        &series,
        "filled-series",
    );
    let codes = ["34 1 42", "35 1 42", "36 1 42", "37 1 42", "38 1 42"];
    found(PHONE, &exported, &codes, "filled-series");
}

#[test]
fn numbers_that_are_given_out_are_no_series() {
    nothing(
        EMPLOYEE,
        &[""; 8],
        &["E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8"],
    );
    nothing(
        EMPLOYEE,
        &["A7", "B3", "C9", "D2", "F5", "G1"],
        &["E1", "E2", "E3", "E4", "E5", "E6"],
    );
    let phones = ["+31 20 1", "+31 20 7", "+31 20 5", "+31 20 3", "+31 20 4"];
    let centre = [
        "+31 30 1001",
        "+31 30 1002",
        "+31 30 1003",
        "+31 30 1004",
        "+31 30 1005",
    ];
    nothing(PHONE, &phones, &centre);
    nothing(
        EMPLOYEE,
        &["A7", "B3", "C9", "D2", "F5"],
        &["E1", "E3", "E4", "E7", "E8"],
    );
}

#[test]
fn a_value_that_was_dragged_down_is_said_and_not_stopped() {
    let filled = ["E41", "E41", "E41", "E41", "E41", "E41", "E41", "E41"];
    assert_eq!(
        patterns(&[EMPLOYEE], &one(&IDS), &one(&filled)),
        [("filled-down", Severity::Warning)]
    );
    let cities = [
        "Delft", "Utrecht", "Breda", "Assen", "Goes", "Sneek", "Breda", "Delft",
    ];
    let filled = ["Delft"; 8];
    assert_eq!(
        patterns(&["city"], &one(&cities), &one(&filled[..8])),
        [("filled-down", Severity::Warning)]
    );
    // A new head office: no cell above it that the value came from.
    nothing("city", &cities, &["Rotterdam"; 8]);
    let five = ["E41", "E41", "E41", "E41", "E41", "E16", "E77", "E08"];
    nothing(
        "city",
        &cities,
        &[
            "Delft", "Delft", "Delft", "Delft", "Delft", "Sneek", "Breda", "Delft",
        ],
    );
    assert_eq!(
        patterns(&[EMPLOYEE], &one(&IDS), &one(&five)),
        [("value-repeated", Severity::Warning)]
    );
}

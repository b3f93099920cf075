//! Personal values that went to other people: exchanged by two, or handed on.

use super::patterns::{Cells, DEPARTMENT, EMPLOYEE, IDS, PHONE, TITLE, nothing, one, patterns};
use super::*;

#[test]
fn two_people_who_exchanged_a_personal_value_are_named() {
    let exchanged = ["E32", "E41", "E53", "E24", "E65", "E16", "E77", "E08"];
    assert_eq!(
        patterns(&[EMPLOYEE], &one(&IDS), &one(&exchanged)),
        [("values-swapped", Severity::Warning)]
    );
    let (rows, findings) = looked_over(
        &[EMPLOYEE],
        &one(&IDS),
        &one(&exchanged),
        &CheckOptions::default(),
    );
    assert!(findings[0].message.contains("row 2") && findings[0].message.contains("row 3"));
    assert_eq!(rows.iter().map(|row| row.cells().len()).sum::<usize>(), 2);
    // Departments are exchanged every day.
    nothing(
        DEPARTMENT,
        &["Sales", "Bar", "Kitchen"],
        &["Bar", "Sales", "Kitchen"],
    );
}

#[test]
fn a_few_personal_values_in_the_rows_of_others_are_said() {
    let sorted = ["E32", "E41", "E53", "E24", "E65", "E16", "E77", "E08"];
    let mut three = IDS;
    (three[0], three[1], three[2]) = (sorted[0], "E53", "E41");
    assert_eq!(
        patterns(&[EMPLOYEE], &one(&IDS), &one(&three)),
        [("values-handed-on", Severity::Warning)]
    );
    let (rows, findings) = looked_over(&[EMPLOYEE], &one(&IDS), &one(&three), &CheckOptions::default());
    assert!(
        findings[0].message.starts_with("3 cells"),
        "{}",
        findings[0].message
    );
    assert_eq!(rows.iter().map(|row| row.cells().len()).sum::<usize>(), 3);
    // A leaver's telephone for the successor.
    assert_eq!(
        patterns(&[PHONE], &one(&["+31201", "+31202"]), &one(&["", "+31201"])),
        [("values-handed-on", Severity::Warning)]
    );
    nothing(EMPLOYEE, &["E1", "E2", "E3"], &["E1", "E4", "E5"]);
    nothing(
        DEPARTMENT,
        &["Sales", "Bar", "Kitchen"],
        &["Kitchen", "Sales", "Bar"],
    );
}

#[test]
fn a_small_column_sorted_alone_stops_and_a_single_exchange_does_not() {
    let exported = ["Pilot", "Cook", "Driver"];
    assert_eq!(
        patterns(&[TITLE], &one(&exported), &one(&["Cook", "Driver", "Pilot"])),
        [("column-shuffled", Severity::Error)]
    );
    // Not in order afterwards; in order before; with a new value.
    nothing(TITLE, &exported, &["Driver", "Pilot", "Cook"]);
    nothing(
        TITLE,
        &["Cook", "Driver", "Pilot", "Zoo"],
        &["Driver", "Pilot", "Cook", "Zoo"],
    );
    nothing(TITLE, &exported, &["Cook", "Driver", "Boss"]);
}

#[test]
fn three_rows_that_slipped_by_one_are_said() {
    let exported = ["Sales", "Bar", "Kitchen", "Desk", "Tower"];
    let slipped = ["Sales", "Sales", "Bar", "Kitchen", "Tower"];
    assert_eq!(
        patterns(&[DEPARTMENT], &one(&exported), &one(&slipped)),
        [("column-shifted", Severity::Warning)]
    );
    nothing(DEPARTMENT, &exported, &["Sales", "Sales", "Bar", "Desk", "Tower"]);
}

#[test]
fn a_block_of_columns_in_the_rows_of_others_stops_when_it_is_large_enough() {
    let names = [TITLE, DEPARTMENT, "city"];
    let exported = vec![
        vec!["Pilot", "Air", "Delft"],
        vec!["Cook", "Galley", "Breda"],
        vec!["Driver", "Road", "Assen"],
        vec!["Clerk", "Desk", "Ede"],
    ];
    let moved = |rows: [usize; 4], columns: usize| -> Cells<'static> {
        (0..4)
            .map(|row| {
                (0..3)
                    .map(|column| {
                        let from = if column < columns { rows[row] } else { row };
                        exported[from][column]
                    })
                    .collect()
            })
            .collect()
    };
    let told = |edited: &Cells<'_>| patterns(&names, &exported, edited);
    assert_eq!(told(&moved([2, 0, 1, 3], 3)), [("rows-mixed", Severity::Error)]);
    assert_eq!(told(&moved([2, 0, 1, 3], 2)), [("rows-mixed", Severity::Warning)]);
    // Two people who exchange their jobs, and one who gets another's job while that one stays.
    assert_eq!(told(&moved([1, 0, 2, 3], 2)), [("rows-mixed", Severity::Warning)]);
    assert_eq!(told(&moved([1, 1, 2, 3], 3)), []);
}

#[test]
fn two_columns_exchanged_in_two_rows_are_said_and_in_one_row_are_a_correction() {
    let names = ["givenName", "surname"];
    let exported = vec![vec!["Smit", "Anna"], vec!["Bos", "Ben"], vec!["Cas", "Vos"]];
    let two = vec![vec!["Anna", "Smit"], vec!["Ben", "Bos"], vec!["Cas", "Vos"]];
    assert_eq!(
        patterns(&names, &exported, &two),
        [("columns-swapped", Severity::Warning)]
    );
    let single = vec![vec!["Anna", "Smit"], vec!["Bos", "Ben"], vec!["Cas", "Vos"]];
    assert_eq!(patterns(&names, &exported, &single), []);
}

#[test]
fn a_value_of_ones_own_that_two_people_now_have_is_said() {
    assert_eq!(
        patterns(&[EMPLOYEE], &one(&["E1", "E2", "E3"]), &one(&["E1", "E1", "E3"])),
        [("value-repeated", Severity::Warning)]
    );
    // Where values were shared before, they may be.
    nothing(
        PHONE,
        &["+31", "+31", "+32", "+33"],
        &["+31", "+31", "+31", "+33"],
    );
    nothing(EMPLOYEE, &["E1", "E2", "E3"], &["E1", "E4", "E3"]);
}

#[test]
fn another_spelling_of_ones_own_number_came_from_nobody() {
    let exported = ["27", "31", "45", "52", "68"];
    let edited = ["000027", "000031", "000045", "000052", "000068"];
    nothing(EMPLOYEE, &exported, &edited);
}

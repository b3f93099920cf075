//! Personal values that went to other people: exchanged by two, or handed on.

use super::patterns::{DEPARTMENT, EMPLOYEE, IDS, PHONE, nothing, one, patterns};
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
        &["Bar", "Kitchen", "Sales"],
    );
}

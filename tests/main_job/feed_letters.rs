//! What a night says of each cell: in a dry run before anything is written, and of cells that lost letters on their way.

use super::feed_office::{Office, name};

/// The reasons of a night, as rows of cells.
fn reasons(office: &Office, night: &serde_json::Value) -> Vec<Vec<String>> {
    let path = office.stand.path(night["papers"]["reasons"].as_str().unwrap());
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn a_dry_run_writes_every_cell_that_would_change_where_it_is_asked_to_and_nothing_else() {
    let mut office = Office::settled(20);
    office.set(3, "Dept", "Board");
    office.set(4, "Title", "K?nig");
    office.set(4, "Dept", "Board");
    let plain = office.night(&["--dry-run"], 0);
    assert!(plain["papers"]["reasons"].is_null(), "{plain:#}");
    assert!(plain["help"].to_string().contains("--report-dir"), "{plain:#}");
    let shown = office.start(&["--dry-run", "--report-dir", "papers"], 0);
    let told = reasons(&office, &shown);
    let cells: Vec<_> = told.iter().map(|row| [&row[2], &row[4], &row[6]]).collect();
    assert_eq!(
        cells,
        [["department", "Board", ""], ["department", "Board", "yes"]],
        "{told:?}"
    );
    assert!(shown["papers"]["dead_letters"].is_string(), "{shown:#}");
    assert!(office.stand.history().is_empty());
    assert!(!office.stand.state().join("feeds/hr").join("papers").exists());
    // The file is still there for the night itself.
    assert_eq!(office.start(&[], 6)["counts"]["users_written"], 2);
}

#[test]
fn question_marks_for_letters_are_a_dead_letter_beside_what_is_held_and_in_the_middle_of_a_word() {
    let mut office = Office::settled(20);
    office.set(3, "Dept", "Qualité");
    office.set(5, "Title", "Directeur g?n?ral");
    office.set(6, "Title", "Who knows?");
    let night = office.night(&[], 6);
    assert_eq!(night["counts"]["dead_letters"], 1, "{night:#}");
    assert_eq!(office.user(&name(5))["jobTitle"], "Clerk");
    assert_eq!(office.user(&name(6))["jobTitle"], "Who knows?");
    assert_eq!(office.user(&name(3))["department"], "Qualité");
    // A letter at the end is known by what the directory holds.
    office.set(3, "Dept", "Qualit?");
    let night = office.night(&[], 6);
    assert_eq!(night["counts"]["dead_letters"], 2, "{night:#}");
    assert_eq!(office.user(&name(3))["department"], "Qualité");
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    assert!(
        letters.contains("with `?` for letters that were lost"),
        "{letters}"
    );
}

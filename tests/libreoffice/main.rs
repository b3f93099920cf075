//! A round trip through the real LibreOffice: export, open, change one cell as a person would, save under another format.
//!
//! The plan then holds exactly that one change, or findings that name each cell the program damaged; never another change.
//! Where LibreOffice or the Python that can drive it is missing, the tests say so loudly and pass; `.ci/run` installs both
//! and sets `DIRSHEET_LIBREOFFICE=required`, which turns a skipped test into a failed one.

// Helpers of tests may stop a test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod nasty;
mod office;
#[path = "../common/plans.rs"]
#[allow(dead_code)]
mod plan_drafts;
mod plans;
mod verdict;

#[allow(dead_code)]
#[path = "../common/sheet.rs"]
mod sheet;
#[allow(dead_code)]
#[path = "../common/stand.rs"]
mod stand;

use office::{Locale, Office, Opening, Saving, Step};
use verdict::{Edit, Trip, judge};

/// What a person types, and where. None of it looks like a number or a date, so no program changes it while it is typed.
const EDITS: [(&str, &str); 4] = [
    ("jobTitle", "Hoofd Inkoop & Logistiek"),
    ("mobilePhone", "+31 20 555 01 42"),
    ("city", "Saint-Étienne"),
    ("officeLocation", "Süd; 3. Etage"),
];

#[test]
fn what_comes_back_from_an_american_office_is_the_edit_or_named_damage() {
    there_and_back(Locale::ENGLISH);
}

#[test]
fn what_comes_back_from_a_dutch_office_is_the_edit_or_named_damage() {
    there_and_back(Locale::DUTCH);
}

#[test]
fn what_comes_back_from_a_german_office_is_the_edit_or_named_damage() {
    there_and_back(Locale::GERMAN);
}

#[test]
fn what_comes_back_from_a_french_office_is_the_edit_or_named_damage() {
    there_and_back(Locale::FRENCH);
}

/// The exports a person may get: the file name and how it is asked for.
const EXPORTS: [(&str, &[&str]); 4] = [
    ("users.csv", &[]),
    ("semicolon.csv", &["--delimiter", ";"]),
    ("guarded.csv", &["--guard", "full"]),
    ("users.xlsx", &[]),
];

fn there_and_back(locale: Locale) {
    let Some(office) = Office::find() else {
        return;
    };
    let stand = nasty::directory();
    for (name, arguments) in EXPORTS {
        stand
            .run(&[&["export", "-o", name][..], arguments].concat())
            .must(0);
    }
    let exported = stand.sheet("users.csv");
    let mut trips = Vec::new();
    let mut steps = Vec::new();
    for (name, _) in EXPORTS {
        let openings: &[Opening] = if name.ends_with(".xlsx") {
            &[Opening::Workbook]
        } else {
            &[Opening::Defaults, Opening::SpecialNumbers, Opening::QuotedAsText]
        };
        for opening in openings {
            let (column, text) = EDITS[trips.len() % EDITS.len()];
            // Another row each time, among those that nobody would refuse to change.
            let users = stand.ordinary();
            let user = users[(trips.len() * 7) % users.len()]["id"]
                .as_str()
                .unwrap()
                .to_owned();
            let edit = Edit { user, column, text };
            let mut saved = Vec::new();
            for saving in Saving::ALL {
                let file = format!(
                    "{}-{}.{}",
                    name.replace('.', "-"),
                    opening.name(),
                    saving.ending()
                );
                saved.push((stand.path(&file), saving));
                trips.push(Trip {
                    file,
                    from: name,
                    opening: *opening,
                    saving,
                    edit: edit.clone(),
                });
            }
            steps.push(Step {
                open: stand.path(name),
                import: opening.import_options(locale),
                key: edit.user.clone(),
                column,
                text,
                save: saved,
            });
        }
    }
    office.run(&stand.path("profile"), locale, &steps);
    let wrong: Vec<String> = trips
        .iter()
        .flat_map(|trip| judge(&stand, &exported, trip))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} things wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

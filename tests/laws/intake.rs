//! What a sheet loses on its way in: nothing but secrets.

use dirsheet::domain::{CheckOptions, ConflictPolicy, RowStatus, Severity};
use dirsheet::engine::{Bases, GivenBase, Intake, Reporter, take_in};
use dirsheet::state::StateFolder;
use dirsheet::table::{ReadOptions, Sheet};

use super::model::{id, plan_of, upn};

fn intake(text: &str, base: Option<&str>) -> Result<Intake, String> {
    let place = tempfile::tempdir().unwrap();
    let folder = StateFolder::open(place.path().join("state")).unwrap();
    let base = base.map(|base| {
        let path = place.path().join("base.csv");
        std::fs::write(&path, base).unwrap();
        path.to_str().unwrap().to_owned()
    });
    let sheet = Sheet::from_bytes("users.csv", text.as_bytes().to_vec(), ReadOptions::default()).unwrap();
    let mut bases = Bases::new(
        &folder,
        None,
        base.as_deref().map(|base| GivenBase::from(base).read()),
    )
    .map_err(|error| error.to_string())?;
    let (reporter, _events) = Reporter::channel();
    take_in(&sheet, &mut bases, &CheckOptions::default(), &reporter).map_err(|error| error.to_string())
}

fn rules(intake: &Intake) -> Vec<&'static str> {
    intake.all_findings().iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_row_that_cannot_be_read_is_planned_as_skipped_in_its_place() {
    let text = format!(
        "id,jobTitle\n{},\n{}\n{},\"a\"b\n{},x,y\n{},\n",
        id(0),
        id(1),
        id(2),
        id(3),
        id(4)
    );
    let mut taken = intake(&text, None).unwrap();
    assert_eq!(rules(&taken), ["ragged-row", "text-after-quote", "ragged-row"]);
    assert_eq!(taken.sheet_errors(), 0);
    assert_eq!(taken.rows_seen, 5);
    let errors = taken.sheet_errors();
    assert_eq!(errors, 0);
    let plan = plan_of(&mut taken.rows, &Vec::new(), ConflictPolicy::Stop);
    let rows: Vec<(u64, usize)> = plan.rows().iter().map(|row| (row.row, row.cells.len())).collect();
    assert_eq!(rows, [(2, 2), (3, 2), (4, 2), (5, 2), (6, 2)]);
    for (row, user) in [(1, 1), (2, 2), (3, 3)] {
        let row = &plan.rows()[row];
        assert_eq!(*row.label(), *id(user).to_string());
        assert!(row.writes.is_empty());
        assert!(matches!(row.notes.as_slice(), [note] if note.status == RowStatus::Skipped));
    }
}

#[test]
fn a_secret_is_an_error_of_the_sheet_and_is_not_kept() {
    let text = format!("id,passwordProfile.password\n{},hunter2\n", id(0));
    let taken = intake(&text, None).unwrap();
    assert_eq!(rules(&taken), ["secret-column"]);
    assert!(taken.is_unusable());
    assert!(!format!("{taken:?}").contains("hunter2"));
}

#[test]
fn a_sheet_without_rows_says_so() {
    let taken = intake("id,jobTitle\n\n,\n", None).unwrap();
    assert_eq!(rules(&taken), ["no-rows"]);
    assert_eq!(taken.findings[0].severity, Severity::Warning);
}

#[test]
fn whoever_is_not_in_the_given_base_is_held_and_a_base_has_everybody_once() {
    let sheet = format!(
        "id,userPrincipalName,jobTitle\n{},{},Chef\n{},{},Chef\n",
        id(0),
        upn(0),
        id(1),
        upn(1)
    );
    let base = format!("id,userPrincipalName,jobTitle\n{},{},Cook\n", id(0), upn(0));
    let taken = intake(&sheet, Some(&base)).unwrap();
    assert_eq!(rules(&taken), ["not-in-base"]);
    assert!(taken.rows[0].has_base() && taken.rows[1].is_held());
    let twice = format!("{base}{},{},Waiter\n", id(0), upn(1));
    assert!(intake(&sheet, Some(&twice)).unwrap_err().contains("twice"));
}

#[test]
fn what_a_cell_or_a_header_says_to_the_terminal_is_made_harmless() {
    let long = "x".repeat(900_000);
    let text = format!("userPrincipalName,\u{1b}]0;evil\u{7}\n\u{1b}[31m{long}@example.com,1\n,2\n");
    let mut taken = intake(&text, None).unwrap();
    let plan = plan_of(&mut taken.rows, &Vec::new(), ConflictPolicy::Stop);
    let findings = taken.all_findings();
    assert!(findings.iter().any(|finding| finding.rule == "unknown-user"));
    let told = format!("{findings:?}{:?}{}", plan.rows()[0].notes, plan.rows()[0].label());
    assert!(
        !told.contains('\u{1b}') && !told.contains("\\u{1b}") && !told.contains("\\u{7}"),
        "{told}"
    );
    assert!(told.len() < 10_000);
}

//! What the rows of a sheet show together about single cells: missing signs, lost letters.

use super::patterns::{one, patterns};
use super::*;

const PHONE: &str = "mobilePhone";

#[test]
fn a_number_without_the_sign_of_its_column_is_doubted() {
    let exported = [
        "+31611111111",
        "+31622222222",
        "+31633333333",
        "+31644444444",
        "020",
    ];
    let doubts = |edited: &[&str]| -> Vec<&'static str> {
        let (rows, _) = looked_over(&[PHONE], &one(&exported), &one(edited), &CheckOptions::default());
        rows.iter().flat_map(|row| rules(row)).collect()
    };
    let mut edited = exported;
    edited[0] = "31611111119";
    assert_eq!(doubts(&edited), ["number-without-sign"]);
    // What was only rewritten is repaired, and shows how the column was written.
    let rewritten = [
        "31611111111",
        "31622222222",
        "31633333333",
        "31644444444",
        "31600000000",
    ];
    assert_eq!(
        doubts(&rewritten),
        [
            "number-rewritten",
            "number-rewritten",
            "number-rewritten",
            "number-rewritten",
            "number-without-sign"
        ]
    );
    for fine in ["+31611111119", "0611111119", "06 1111 1119", "1234", "31 6 1111"] {
        edited[0] = fine;
        assert_eq!(doubts(&edited), [""; 0], "{fine}");
    }
}

#[test]
fn a_column_of_bare_numbers_takes_another_bare_number() {
    let exported = ["31611111111", "31622222222", "31633333333", "31644444444"];
    let mut edited = exported;
    edited[0] = "31611111119";
    let (rows, _) = looked_over(&[PHONE], &one(&exported), &one(&edited), &CheckOptions::default());
    assert_eq!(rules(&rows[0]), [""; 0]);
}

#[test]
fn a_file_that_lost_letters_in_many_cells_is_refused() {
    let exported = ["Zoë", "Jörg", "Łukasz", "Ağa", "Šimon", "Øyvind"];
    let lost = ["Zo?", "J?rg", "?ukasz", "A?a", "?imon", "?yvind"];
    let name = "displayName";
    assert_eq!(
        patterns(&[name], &one(&exported), &one(&lost)),
        [("letters-lost-in-file", Severity::Error)]
    );
    let mut handful = lost;
    handful[0] = "Zoë";
    assert_eq!(patterns(&[name], &one(&exported), &one(&handful)), []);
}

#[test]
fn the_exported_letters_prove_a_guessed_encoding_or_disprove_it() {
    let weighed = |exported: &[&str], edited: &[&str], severity: Severity| {
        let (rows, _) = looked_over(&["city"], &one(exported), &one(edited), &CheckOptions::default());
        let columns = sheet(&["id", "city"]);
        let mut guess = Finding::error("encoding-guessed", Extent::Sheet, "guessed", "name it");
        guess.severity = severity;
        crate::domain::weigh_guess(&mut guess, &rows, &columns);
        guess.severity
    };
    let exported = ["München", "Köln", "Bonn"];
    for severity in [Severity::Error, Severity::Warning] {
        for (edited, expected) in [
            (["München", "Köln", "Bonn"], Severity::Warning),
            (["München", "Bonn", "Bonn"], Severity::Warning),
            (["Mьnchen", "Köln", "Bonn"], Severity::Error),
            (["MÃ¼nchen", "Bonn", "Bonn"], Severity::Error),
            (["M?nchen", "Köln", "Bonn"], Severity::Warning),
            // One came back and one is another text: whether rightly, nobody knows.
            (["München", "Gießen", "Bonn"], severity),
            // What a double-byte page gives for others: nothing came back, and letters came in its place.
            (["Mﾃｼnchen A", "Kテカln", "Bonn"], Severity::Error),
            // Nothing beyond ASCII came back: there is no evidence.
            (["Essen", "Bonn", "Bonn"], severity),
        ] {
            assert_eq!(weighed(&exported, &edited, severity), expected, "{edited:?}");
        }
    }
}

#[test]
fn a_row_that_lost_its_snapshot_among_others_is_said() {
    let names = ["id", "_snapshot", "jobTitle"];
    let columns: Vec<SheetColumn> = sheet(&names)
        .into_iter()
        .map(|mut column| {
            if column.header == "_snapshot" {
                column.role = ColumnRole::Snapshot;
            }
            column
        })
        .collect();
    let row = |number: u8, snapshot: &str, base: bool| {
        let key = if number == 9 {
            String::new()
        } else {
            id(number).to_string()
        };
        let cells = vec![key.clone(), snapshot.to_owned(), "Cook".to_owned()];
        let base = if base {
            Base::Row(BaseRow::new(
                vec!["id".to_owned(), "jobTitle".to_owned()].into(),
                vec![key, "Cook".to_owned()],
            ))
        } else {
            Base::None
        };
        let raw = RawRow {
            line: u64::from(number) + 1,
            row: u64::from(number) + 1,
            cells: cells.into(),
            bared: thin_vec::ThinVec::new(),
        };
        CheckedRow::check(
            ParsedRow::read(raw, &columns),
            &columns,
            base,
            &CheckOptions::default(),
        )
    };
    let told = |mut rows: Vec<CheckedRow>| -> Vec<Vec<&'static str>> {
        look_over(&mut rows, &columns, &CheckOptions::default());
        rows.iter().map(rules).collect()
    };
    let name = "snap-20261123-150312-9f3a";
    let found = told(vec![row(1, name, true), row(2, "", false), row(9, "", false)]);
    assert_eq!(found[0], [""; 0]);
    assert_eq!(found[1], ["without-base"]);
    assert!(!found[2].contains(&"without-base"), "a new person has no base");
    assert_eq!(
        told(vec![row(1, "", false), row(2, "", false)]),
        [[""; 0], [""; 0]]
    );
}

#[test]
fn accents_taken_off_are_edits_where_other_letters_came_through() {
    let exported = ["Łukasz", "Čapek", "Łoś Č"];
    let told = |edited: &[&str]| -> (usize, Vec<&'static str>) {
        let (rows, _) = looked_over(
            &["givenName"],
            &one(&exported),
            &one(edited),
            &CheckOptions::default(),
        );
        let cells = rows.iter().map(|row| row.cells().len()).sum();
        (cells, rows.iter().flat_map(|row| rules(row)).collect())
    };
    assert_eq!(told(&["Lukasz", "Capek", "Łoś Č"]), (2, vec![]));
    assert_eq!(
        told(&["Lukasz", "Capek", "Los C"]),
        (0, vec!["lost-letters", "lost-letters", "lost-letters"])
    );
    // Another letter that came back says nothing: the page may have that one.
    let other = ["Łukasz", "Yıldız"];
    let (rows, _) = looked_over(
        &["givenName"],
        &one(&other),
        &one(&["Łukasz", "Yildiz"]),
        &CheckOptions::default(),
    );
    assert_eq!(rules(&rows[1]), ["lost-letters"]);
    // A new value with such letters says nothing about the old ones.
    assert_eq!(told(&["Lukasz", "Čech", "Los C"]).0, 1);
}

#[test]
fn other_capitals_of_an_address_are_told_and_not_written() {
    let (rows, _) = looked_over(
        &["mail", "displayName"],
        &[vec!["anna@contoso.example", "anna"]],
        &[vec!["Anna@contoso.example", "Anna"]],
        &CheckOptions::default(),
    );
    assert_eq!(rules(&rows[0]), ["case-only"]);
    assert_eq!(rows[0].cells().len(), 1, "a name in other capitals is an edit");
}

//! A corpus of damaged files: what programs really make of an export between opening and saving it, byte by byte, with everything
//! that must be found in each file, and every edit that must be left.
//!
//! Each case changes the one export of `export.rs` as its program does, says in which form the program saves, and lists all
//! findings as `rule@cell` (`rule@B2:B5` for the same finding in several rows, `rule` alone for the whole sheet) and all
//! edits as `cell=value`. Both lists are complete: one finding more or less fails, and so does an edit nobody made.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cells;
mod encodings;
mod excel;
mod export;
mod form;
mod intended;
mod libre_office;
mod moved;
mod others;
mod stand;
mod workbooks;

use stand::Case;

/// Every file of the corpus.
fn corpus() -> Vec<Case> {
    [
        excel::cases(),
        libre_office::cases(),
        others::cases(),
        encodings::cases(),
        cells::cases(),
        moved::cases(),
        intended::cases(),
        workbooks::cases(),
    ]
    .concat()
}

#[test]
fn every_file_gives_exactly_its_findings_and_its_edits() {
    let wrong: Vec<String> = corpus().iter().filter_map(Case::run).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn there_are_many_files_and_each_has_a_name_of_its_own() {
    let mut names: Vec<String> = corpus()
        .iter()
        .map(|case| format!("{}: {}", case.program, case.name))
        .collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(count >= 70, "{count}");
}

#[test]
fn an_export_that_nobody_touched_has_no_findings_in_any_form() {
    for form in form::Form::all() {
        let untouched = stand::case("nobody", "untouched", form.bytes(&export::export()));
        assert_eq!(untouched.run(), None, "{form:?}");
    }
}

#[test]
fn what_is_certain_mends_the_file() {
    let mut mended = 0;
    for case in corpus() {
        mended += usize::from(case.mends());
    }
    assert!(mended > 30, "{mended}");
}

//! What the scan must find, and what it must let pass.

use proptest::collection;
use proptest::prelude::*;

use super::*;
use crate::domain::{Finding, Severity};
use crate::table::complaints::FINDINGS_PER_RULE_MAX;
use crate::table::source::Source;

fn scan(bytes: &[u8]) -> Scan {
    let source = Source::from(bytes.to_vec());
    super::scan(&source, b',', Start::text(0)).unwrap()
}

fn findings(text: &str) -> Vec<Finding> {
    scan(text.as_bytes()).complaints.findings
}

#[test]
fn what_the_csv_library_forgives_is_found_with_its_place() {
    // text, rule, line, cell
    for (text, rule, line, cell) in [
        ("id,a\n1,\"open\n2,x\n", "quote-not-closed", 2, "B2"),
        ("id,a\n\"1\n2\",\"x", "quote-not-closed", 3, "B2"),
        ("id,a\n1,\"q\"r\n", "text-after-quote", 2, "B2"),
        ("id,a\n1,\"q\" \n", "text-after-quote", 2, "B2"),
        ("id,a\n1,x\"y\n", "quote-inside-cell", 2, "B2"),
        ("id,a\n1, \"y\"\n", "quote-inside-cell", 2, "B2"),
        ("id,a\n\n\"1\r\n1\",x\n2,x\"\n", "quote-inside-cell", 5, "B4"),
        ("id,a\n1,\u{1b}[31m\n", "control-character", 2, "B2"),
        ("id,a\n1,\"\u{7f}\"\n", "control-character", 2, "B2"),
        ("id,a\n1,x\u{85}\n", "control-character", 2, "B2"),
        ("id,a\n1,x\r2,y\n", "lone-carriage-return", 2, "A2"),
    ] {
        let findings = findings(text);
        assert_eq!(findings.len(), 1, "{text:?} {findings:?}");
        let place = findings[0].place.unwrap();
        assert_eq!((findings[0].rule, place.line), (rule, line), "{text:?}");
        assert_eq!(
            place.at(place.column.unwrap_or(0)).cell_name().unwrap(),
            cell,
            "{text:?}"
        );
    }
}

#[test]
fn a_file_that_was_written_in_text_mode_twice_is_told_once_and_not_by_its_rows() {
    for text in [
        "id,a\r\r\n1,x\r\r\n2,y\r\r\n",
        "id,a\r\r\n\"1\",\"x\"\r\r\n2,y",
        "id,a\r\r\n1,\"x\r\r\ny\"\r\r\n",
    ] {
        let found = findings(text);
        let rules: Vec<_> = found.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, ["doubled-line-ends"], "{text:?}");
        assert_eq!(found[0].extent, Extent::Sheet);
    }
    // A few of them are no whole file.
    for text in [
        "id,a\r\n1,x\r\r\n2,y\r\r\n",
        "id,a\r\r\n1,x\r2,y\r\r\n",
        "id,a\r\r\n1,x\n",
    ] {
        let found = findings(text);
        assert!(
            found.iter().all(|finding| finding.rule == "lone-carriage-return"),
            "{text:?}"
        );
        assert!(!found.is_empty(), "{text:?}");
    }
}

#[test]
fn what_is_right_passes_without_a_word() {
    for text in [
        "",
        "id",
        "id,a\n",
        "id,a\n1,\"x\"\n\"2\",\"\"\n",
        "id,a\n1,\"say \"\"hi\"\"\"\n",
        "id,a\r\n1,\"a\r\nb\rc\nd\"\r\n",
        "id,a\r1,\"a\rb\"\r",
        "id,a\n1,tab\there\n",
        "id,a\n1,\u{a0}É©\n",
        "\n\nid,a\n\n1,2\n\n",
    ] {
        assert_eq!(findings(text), [], "{text:?}");
    }
}

#[test]
fn a_text_after_a_quote_over_many_lines_names_both_lines() {
    let found = findings("id,a\n1,\"lost\n2,\"x\"\n");
    assert!(
        found[0].message.contains("from line 2 to line 3"),
        "{}",
        found[0].message
    );
    assert_eq!(found[0].extent, Extent::Row);
}

#[test]
fn a_broken_header_refuses_the_file_and_a_broken_row_only_itself() {
    let header = scan(b"id,x\"y\n1,2\n").complaints;
    assert!(header.is_fatal);
    let row = scan(b"id,y\n1,2\n3,x\"\n4,5\n").complaints;
    assert!(!row.is_fatal);
    assert_eq!(row.broken_rows, [3]);
    let halves = scan(b"id,y\n1,a\rb\n4,5\n").complaints;
    assert_eq!(halves.broken_rows, [2, 3]);
    assert!(scan(b"id,y\r1,a\n4,5\n").complaints.is_fatal);
}

#[test]
fn a_control_character_is_a_warning_because_the_directory_may_hold_it() {
    assert_eq!(findings("id,a\n1,\u{1}\n")[0].severity, Severity::Warning);
}

#[test]
fn a_cell_over_the_limit_refuses_the_file() {
    let cell = "x".repeat(CELL_BYTES_MAX + 1);
    for text in [format!("id,a\n1,{cell}\n"), format!("id,a\n1,\"{cell}\"\n")] {
        let found = findings(&text);
        assert_eq!((found[0].rule, found[0].extent), ("cell-too-long", Extent::Sheet));
    }
    assert_eq!(findings(&format!("id,a\n1,{}\n", &cell[1..])), []);
}

#[test]
fn after_a_thousand_findings_of_one_rule_the_rest_is_counted() {
    let text = format!("id,a\n{}", "1,x\"y\n".repeat(FINDINGS_PER_RULE_MAX + 7));
    let complaints = scan(text.as_bytes()).complaints;
    assert_eq!(complaints.findings.len(), FINDINGS_PER_RULE_MAX + 1);
    let last = complaints.findings.last().unwrap();
    assert!(last.message.starts_with("7 more"), "{}", last.message);
    assert_eq!(last.place, None);
    assert_eq!(complaints.broken_rows.len(), FINDINGS_PER_RULE_MAX + 7);
}

#[test]
fn line_ends_and_records_are_counted_outside_quotes() {
    for (text, line_end, records) in [
        ("id,a", LineEnd::CrLf, 1),
        ("id,a\r\n1,\"x\ny\nz\"\r\n", LineEnd::CrLf, 2),
        ("id,a\n\n1,2\n", LineEnd::Lf, 2),
        ("id,a\r1,2\r", LineEnd::Cr, 2),
    ] {
        let scan = scan(text.as_bytes());
        assert_eq!((scan.line_end, scan.records), (line_end, records), "{text:?}");
    }
}

#[test]
fn a_worksheet_is_told_by_its_rows() {
    let source = Source::from(b"\"id\",\"a\"\n\"1\n1\",\"x\"\n\"2\",\"\x01\"\n".to_vec());
    let complaints = super::scan(&source, b',', Start::worksheet()).unwrap().complaints;
    assert_eq!(complaints.findings[0].place, Some(Place::cell(3, 3, 1)));
}

#[test]
fn records_over_the_border_of_blocks_are_scanned_like_others() {
    let filler = "x".repeat(999);
    for shift in 0..6 {
        let text = format!(
            "id,{}a\r\n{}1,\"q\"\"q\r\n\"\r\n2,x\"y\r\n",
            "b".repeat(shift),
            format!("9,{filler}\r\n").repeat(600)
        );
        let found = findings(&text);
        assert_eq!(found.len(), 1, "{shift}");
        assert_eq!(found[0].place, Some(Place::cell(604, 603, 1)), "{shift}");
    }
}

fn by_every_cell(source: &Source, delimiter: u8, start: Start) -> Scan {
    let thorough = |returns_are_faults| {
        let mut scanner = Scanner::new(source, delimiter, start);
        scanner.is_thorough = true;
        scanner.returns_are_faults = returns_are_faults;
        scanner.run();
        scanner
    };
    let scanner = thorough(false);
    let scanner = if scanner.has_mixed_ends() {
        thorough(true)
    } else {
        scanner
    };
    scanner.conclude().unwrap()
}

#[test]
fn a_line_is_passed_over_as_a_whole_only_where_nothing_can_be_wrong_with_it() {
    for (line, is_plain) in [
        ("", true),
        ("a,b c\t,", true),
        ("\"a\"", true),
        ("\"\",\"\"", true),
        ("\"a,b\",\"c\"", true),
        ("\"a\",b", false),
        ("a,\"b\"", false),
        ("\"a\",", false),
        ("\"a\"\"b\"", false),
        ("\"a\",\",\"b\"\"", false),
        ("\"a\" ,\"b\"", false),
        ("\"a", false),
        ("a\"b", false),
        ("\"", false),
        ("\u{7f}", false),
        ("a\rb", false),
        ("é", false),
    ] {
        let found = is_ordinary(line.as_bytes()) && is_quoted_evenly(line.as_bytes(), b',');
        assert_eq!(found, is_plain, "{line:?}");
    }
}

proptest! {
    #[test]
    fn lines_passed_over_as_a_whole_are_lines_of_which_nothing_is_said(
        pieces in collection::vec(
            prop_oneof![
                6 => Just("D"), 6 => Just("\""), 4 => Just("\n"), 4 => Just("\"D\""), 2 => Just("\r\n"), 1 => Just("\r"),
                6 => Just("a"), 1 => Just("é"), 1 => Just("\u{1}"),
            ],
            0..60,
        ),
        delimiter in prop_oneof![Just(','), Just(';'), Just('\t'), Just('|')],
        is_worksheet in any::<bool>(),
        // Now and then the text lies over the border of two blocks.
        before in prop_oneof![6 => Just(0), 1 => (256 * 1024 - 70)..(256 * 1024 + 3usize)],
    ) {
        let start = if is_worksheet { Start::worksheet() } else { Start::text(0) };
        let filler = if before > 0 { "x".repeat(before - 1) + "\n" } else { String::new() };
        let text = filler + &pieces.concat().replace('D', &delimiter.to_string());
        let source = Source::from(text.into_bytes());
        let short = super::scan(&source, delimiter as u8, start).unwrap();
        let whole = by_every_cell(&source, delimiter as u8, start);
        prop_assert_eq!(&short.complaints.findings, &whole.complaints.findings);
        prop_assert_eq!(&short.complaints.broken_rows, &whole.complaints.broken_rows);
        prop_assert_eq!(short.complaints.is_fatal, whole.complaints.is_fatal);
        prop_assert_eq!((short.records, short.line_end), (whole.records, whole.line_end));
    }
}

#[test]
fn a_file_whose_lines_end_with_returns_is_looked_through_once() {
    // Looking for a line feed from each line to the end of the block would be 13 GB here, and minutes.
    let text = "\"some cell\",\"another cell\"\r".repeat(400_000);
    let found = scan(text.as_bytes());
    assert_eq!((found.records, found.line_end), (400_000, LineEnd::Cr));
    assert_eq!(found.complaints.findings, []);
}

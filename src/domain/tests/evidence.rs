//! What the rows of a sheet say about each other's dates and answers.

use super::*;

/// One column of a sheet: exported and edited texts.
fn column(name: &str, cells: &[(&str, &str)]) -> Vec<CheckedRow> {
    let exported: Vec<Vec<&str>> = cells.iter().map(|(exported, _)| vec![*exported]).collect();
    let edited: Vec<Vec<&str>> = cells.iter().map(|(_, edited)| vec![*edited]).collect();
    looked_over(&[name], &exported, &edited, &CheckOptions::default()).0
}

const HIRED: &str = "employeeHireDate";

#[track_caller]
fn last(rows: &[CheckedRow]) -> &Finding {
    match rows.last().unwrap().findings() {
        [finding] => finding,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_date_with_two_meanings_gets_the_one_that_the_sheet_shows() {
    for (shown, typed, day) in [
        ("13-6-2026", "5-6-2025", "2025-06-05"),
        ("6-13-2026", "5-6-2025", "2025-05-06"),
        ("13-6-2026 00:00", "5-6-2025", "2025-06-05"),
    ] {
        let rows = column(
            HIRED,
            &[
                ("2026-06-13T00:00:00Z", shown),
                ("2026-06-13T00:00:00Z", shown),
                ("2026-06-13T00:00:00Z", shown),
                ("2024-01-01T00:00:00Z", typed),
            ],
        );
        assert_eq!(rules(&rows[0]), ["date-rewritten"]);
        let finding = last(&rows);
        assert_eq!((finding.rule, finding.severity), ("not-a-date", Severity::Error));
        assert_eq!(finding.fix(), Some(day));
        assert!(
            finding
                .message
                .contains("the other dates of the sheet begin with")
        );
        assert_eq!(rows[3].cells(), &[]);
    }
    // One or two such cells may be edits themselves.
    let rows = column(
        HIRED,
        &[
            ("2026-06-13T00:00:00Z", "13-6-2026"),
            ("2026-06-13T00:00:00Z", "13-6-2026"),
            ("2024-01-01T00:00:00Z", "5-6-2025"),
        ],
    );
    assert_eq!(last(&rows).fix(), None);
}

#[test]
fn without_evidence_a_date_with_two_meanings_keeps_both() {
    for (exported, shown) in [
        // No other date, dates of another form, dates that disagree, a date that is the same both ways.
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("2026-06-13T00:00:00Z", "13/6/2026"),
        ("2026-06-13T00:00:00Z", "13 juni 2026"),
        ("2026-06-06T00:00:00Z", "6-6-2026"),
    ] {
        let rows = column(HIRED, &[(exported, shown), ("2024-01-01T00:00:00Z", "5-6-2025")]);
        let finding = last(&rows);
        assert_eq!((finding.rule, finding.fix()), ("not-a-date", None), "{shown}");
        assert!(finding.message.contains("2025-06-05 or 2025-05-06"));
    }
    let disagreeing = column(
        HIRED,
        &[
            ("2026-06-13T00:00:00Z", "13-6-2026"),
            ("2026-06-13T00:00:00Z", "6-13-2026"),
            ("2024-01-01T00:00:00Z", "5-6-2025"),
        ],
    );
    assert_eq!(last(&disagreeing).fix(), None);
}

#[test]
fn a_date_with_one_meaning_needs_no_evidence() {
    for (typed, fix) in [
        ("13-6-2025", Some("2025-06-13")),
        ("5 mei 2025", Some("2025-05-05")),
        ("05-06-25", None),
    ] {
        let rows = column(HIRED, &[("2024-01-01T00:00:00Z", typed)]);
        assert_eq!(
            (last(&rows).rule, last(&rows).fix()),
            ("not-a-date", fix),
            "{typed}"
        );
    }
}

#[test]
fn a_date_that_is_its_base_only_turned_round_is_doubted_where_the_others_agree() {
    let agreeing = [
        ("2026-06-13T00:00:00Z", "13-6-2026"),
        ("2026-07-14T00:00:00Z", "14-7-2026"),
        ("2026-08-15T00:00:00Z", "15-8-2026"),
    ];
    let turned = ("2026-06-05T00:00:00Z", "6-5-2026");
    let mut cells = agreeing[..2].to_vec();
    cells.push(turned);
    assert_eq!(
        rules(column(HIRED, &cells).last().unwrap()),
        ["date-rewritten"],
        "two against one are too few"
    );
    let mut cells = agreeing.to_vec();
    cells.push(turned);
    let rows = column(HIRED, &cells);
    let [finding] = rows[3].findings() else { panic!() };
    assert_eq!((finding.rule, finding.severity), ("date-turned", Severity::Error));
    assert_eq!((finding.fix(), finding.base.as_deref()), (None, Some(turned.0)));
    assert!(finding.place.is_some() && finding.user.is_some());
}

#[test]
fn an_answer_is_understood_in_the_language_of_the_sheet() {
    let rows = column("accountEnabled", &[("true", "WAAR"), ("true", "nee")]);
    assert_eq!(last(&rows).fix(), Some("false"));
    let rows = column("accountEnabled", &[("false", "VRAI"), ("false", "ja")]);
    assert_eq!(last(&rows).fix(), None);
    let rows = column("accountEnabled", &[("true", "true"), ("true", "nee")]);
    assert_eq!(last(&rows).fix(), None);
    assert!(last(&rows).help.contains("`false` is probably meant"));
    assert!(rows.iter().all(|row| row.cells().is_empty()));
}

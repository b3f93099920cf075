//! A plan as a workbook, opened by the real LibreOffice: every value stands there as it is, and none is run.

use std::path::Path;
use std::process::{Command, Stdio};

use dirsheet::domain::{Finding, Limits, inspect};
use dirsheet::report::{Paper, write_book};

use super::office::Office;
use super::plan_drafts::{HOSTILE, forecast, hostile};
use super::stand::finish;

/// One worksheet of a workbook as CSV: the program's name for the file ends with that of the worksheet.
fn converted(folder: &Path, worksheet: &str) -> Vec<Vec<String>> {
    let text = std::fs::read(folder.join(format!("plan-{worksheet}.csv"))).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_slice());
    reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn a_plan_as_a_workbook_shows_every_value_and_runs_none() {
    if Office::find().is_none() {
        return;
    }
    let plan = hostile()
        .person(
            "0012",
            "007",
            &[("employeeId", "0012345", "1E5"), ("faxNumber", "+31", "")],
        )
        .plan();
    let guards = inspect(&plan, &Limits::default());
    let findings = [Finding::error(
        "a-rule",
        dirsheet::domain::Extent::Sheet,
        "=1+1",
        "=2+2",
    )];
    let moment = "2026-11-24T12:00:00Z".parse().unwrap();
    let paper = Paper::of_plan(&plan, &findings, &guards, forecast(&plan), None, moment);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.xlsx");
    let file = std::fs::File::create(&path).unwrap();
    write_book(&paper, file, folder.path(), moment).unwrap();

    // All worksheets, each into a file of its own, with what the cells show.
    let child = Command::new("soffice")
        .arg(format!(
            "-env:UserInstallation=file://{}",
            folder.path().join("profile").display()
        ))
        .args(["--headless", "--norestore", "--nolockcheck", "--convert-to"])
        .arg("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false,false,false,-1")
        .arg("--outdir")
        .args([folder.path(), &path])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    finish(child, "soffice --convert-to csv".to_owned()).must(0);

    let changes = converted(folder.path(), "Changes");
    assert_eq!(
        changes[0],
        [
            "Row of the sheet",
            "What",
            "Who",
            "Known as",
            "Now works in",
            "What changes",
            "Old",
            "New"
        ]
    );
    assert_eq!(changes.len(), 1 + HOSTILE.len() * 2 + 2);
    // The clear comes first, and zeros and signs are kept.
    assert_eq!(
        changes[1][1..],
        [
            "Cleared",
            "user17@contoso.example",
            "0012",
            "007",
            "faxNumber",
            "+31",
            ""
        ]
    );
    let shown = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
    for (at, text) in HOSTILE.iter().enumerate() {
        let upn = format!("hostile{at}@contoso.example");
        let title = changes
            .iter()
            .find(|row| row[2] == upn && row[5] == "jobTitle")
            .unwrap();
        // LibreOffice does not show control characters; everything else is as it is.
        if text.chars().any(|c| c.is_control() && c != '\n') {
            continue;
        }
        for (cell, expected) in [(&title[3], *text), (&title[4], text), (&title[6], text)] {
            assert_eq!(shown(cell), shown(expected), "{upn}");
        }
        assert_eq!(shown(&title[7]), shown(&format!("{text} new")));
    }
    let number = changes.iter().find(|row| row[5] == "employeeId").unwrap();
    assert_eq!(number[6..], ["0012345", "1E5"]);
    let conflicts = converted(folder.path(), "Conflicts");
    assert_eq!(conflicts[1][3..5], [HOSTILE[0], HOSTILE[1]]);
    let settled = converted(folder.path(), "Settled");
    assert_eq!(settled[1][3..5], [HOSTILE[2], HOSTILE[3]]);
    assert_eq!(settled[1][6..], ["theirs", "in the sheet of conflicts"]);
    assert_eq!(converted(folder.path(), "Not sent")[1][2], "companyName");
    assert_eq!(converted(folder.path(), "Findings")[1][5..], ["=1+1", "=2+2"]);
    let first: Vec<String> = converted(folder.path(), "Plan").concat();
    assert!(first.iter().any(|cell| *cell == plan.fingerprint()), "{first:?}");
}

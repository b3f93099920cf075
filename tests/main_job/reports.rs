//! The report of a run: the sheet as it was, what became of each row, and a second file with what is left to do.

use super::big::id;
use super::sheet::{Saving, Sheet};
use super::stand::Stand;

const ADDED: [&str; 7] = [
    "_status",
    "_changes",
    "_error_code",
    "_error",
    "_hint",
    "_request_id",
    "_finished_at",
];

fn files(stand: &Stand, folder: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(stand.path(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn the_report_has_the_sheets_own_columns_in_its_own_order_and_seven_more() {
    let stand = Stand::of(40);
    let mut sheet = stand.export();
    let user = id(&stand.ordinary()[0]);
    sheet.set(&user, "jobTitle", "Pilot");
    sheet.header.swap(3, 9);
    sheet.rows.iter_mut().for_each(|row| row.swap(3, 9));
    sheet.shuffle(3);
    stand.write(
        "users.csv",
        sheet.bytes(Saving {
            delimiter: b';',
            ..Saving::default()
        }),
    );
    stand
        .run(&["apply", "users.csv", "--yes", "--report-dir", "reports/of/today"])
        .must(0);
    let names = files(&stand, "reports/of/today");
    assert_eq!(
        names.len(),
        1,
        "all is done, so there is no second file: {names:?}"
    );
    let bytes = std::fs::read(stand.path(&format!("reports/of/today/{}", names[0]))).unwrap();
    let report = Sheet::parse_with(&bytes, b';');
    let expected: Vec<&str> = sheet.header.iter().map(String::as_str).chain(ADDED).collect();
    assert_eq!(report.header, expected);
    assert_eq!(report.cells("id"), sheet.cells("id"), "the rows in their order");
    for (row, own) in report.rows.iter().zip(&sheet.rows) {
        assert_eq!(row[..own.len()], own[..]);
    }
    assert_eq!(report.of(&user, "_status"), "updated");
    assert!(report.of(&user, "_changes").contains("→ “Pilot”"));
    assert_eq!(report.of(&user, "_request_id").len(), 36);
    assert!(report.of(&user, "_finished_at").ends_with('Z'));
    let statuses = report.cells("_status");
    assert_eq!(
        statuses.iter().filter(|status| **status == "unchanged").count(),
        39
    );
}

#[test]
fn what_needs_work_is_fed_back_as_it_is_and_plans_only_what_is_left() {
    let stand = Stand::of(60);
    let mut sheet = stand.export();
    let users: Vec<String> = stand.ordinary().iter().take(12).map(id).collect();
    for (at, user) in users.iter().enumerate() {
        sheet.set(user, "jobTitle", format!("Title {at}"));
    }
    sheet.set(&users[3], "usageLocation", "Atlantis");
    stand.save("users.csv", &sheet);
    stand.edit(&users[5], "jobTitle", "Theirs");
    stand.faults("500,on=patch,after=4");
    let apply = [
        "apply",
        "users.csv",
        "--yes",
        "--skip-errors",
        "--conflicts",
        "skip",
        "--report-dir",
        "out",
    ];
    let ran = stand.run(&apply);
    assert!(matches!(ran.code, Some(6 | 8)), "{ran:?}");
    stand.faults("");
    let written = stand.history().len();
    assert_eq!(written, 4);
    let rest = files(&stand, "out")
        .into_iter()
        .find(|name| name.ends_with("-needs-work.csv"))
        .unwrap();
    let rest = format!("out/{rest}");
    let left = stand.sheet(&rest);
    assert!(
        left.rows.len() >= 8 && left.rows.len() < 12,
        "{}",
        left.rows.len()
    );
    assert!(
        left.cells("_status")
            .iter()
            .all(|status| !["updated", "unchanged"].contains(status))
    );
    // The bad cell is still bad, and the conflict still one.
    stand.run(&["plan", &rest]).must(3).says(&["not-a-country"]);
    let mut mended = left.clone();
    mended.set(&users[3], "usageLocation", "NL");
    stand.save("mended.csv", &mended);
    let plan = stand.json(&["plan", "mended.csv", "--conflicts", "mine"], 0);
    let changed = plan["summary"]["users_changed"].as_u64().unwrap();
    assert!(changed >= 8 && changed <= left.rows.len() as u64, "{changed}");
    stand
        .run(&[
            "apply",
            "mended.csv",
            "--yes",
            "--conflicts",
            "mine",
            "--report-dir",
            "out2",
        ])
        .must(0);
    let after = stand.dump();
    for (at, user) in users.iter().enumerate() {
        assert_eq!(after[user]["jobTitle"], format!("Title {at}"));
    }
    let again = stand.sheet(&format!("out2/{}", files(&stand, "out2")[0]));
    assert_eq!(
        again.header, left.header,
        "the seven columns are not added a second time"
    );
}

#[test]
fn no_cell_of_a_report_is_one_that_a_spreadsheet_would_run() {
    let stand = Stand::of(60);
    let users: Vec<String> = stand.ordinary().iter().take(2).map(id).collect();
    stand.edit(&users[0], "jobTitle", "=cmd|'/c calc'!A1");
    let mut sheet = stand.export();
    sheet.set(&users[0], "jobTitle", "Harmless");
    sheet.set(&users[1], "department", "@SUM(1+1)");
    stand.save("users.csv", &sheet);
    let ran = stand.run(&[
        "apply",
        "users.csv",
        "--yes",
        "--skip-errors",
        "--report-dir",
        "out",
    ]);
    assert!(matches!(ran.code, Some(0 | 6)), "{ran:?}");
    let run = stand.newest_run();
    let printed = stand.run(&["report", &run, "--format", "csv"]).must(0).stdout;
    let mut texts = vec![printed.into_bytes()];
    texts.extend(
        files(&stand, "out")
            .iter()
            .map(|name| std::fs::read(stand.path(&format!("out/{name}"))).unwrap()),
    );
    for text in texts {
        let sheet = Sheet::parse(&text);
        assert!(!sheet.rows.is_empty());
        for cell in sheet.rows.iter().flatten() {
            let runs = cell.trim_start().starts_with(['=', '@', '\t', '\r'])
                || (cell.trim_start().starts_with(['+', '-']) && cell.chars().any(char::is_alphabetic));
            assert!(!runs, "{cell}");
        }
    }
}

#[test]
fn the_report_can_be_printed_again_later_without_the_directory() {
    let mut stand = Stand::of(40);
    let mut sheet = stand.export();
    let user = id(&stand.ordinary()[0]);
    sheet.set(&user, "jobTitle", "Pilot");
    stand.save("users.csv", &sheet);
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let run = stand.newest_run();
    let file = std::fs::read(
        stand
            .state()
            .join("reports")
            .join(&run)
            .join(format!("{run}-report.csv")),
    )
    .unwrap();
    stand.close_directory();
    let printed = stand.run(&["report", &run, "--format", "csv"]).must(0);
    assert_eq!(printed.stdout.as_bytes(), file);
    stand
        .run(&["report", &run])
        .must(0)
        .says(&["updated  1", "unchanged  39"]);
    stand
        .run(&["runs"])
        .must(0)
        .says(&[&run, "finished", "apply users.csv"]);
}

#[test]
fn what_needed_work_when_a_run_was_interrupted_is_not_left_lying_about_when_it_is_done() {
    let stand = Stand::of(40);
    let mut sheet = stand.export();
    for (at, user) in stand.ordinary().iter().take(3).enumerate() {
        sheet.set(&id(user), "jobTitle", format!("Pilot {at}"));
    }
    stand.save("users.csv", &sheet);
    let apply = [
        "apply",
        "users.csv",
        "--yes",
        "--canary",
        "1",
        "--report-dir",
        "told",
    ];
    stand.run(&apply).must(130);
    let run = stand.newest_run();
    let (report, rest) = (format!("{run}-report.csv"), format!("{run}-needs-work.csv"));
    assert_eq!(files(&stand, "told"), [rest.clone(), report.clone()]);
    // Of another run, and of nobody.
    let others = ["mine-needs-work.csv", "run-20261123-150312-9f3a-needs-work.csv"];
    for other in others {
        stand.write(&format!("told/{other}"), "mine");
    }
    stand.run(&["resume", &run, "--yes"]).must(0);
    let mut expected = vec![report];
    expected.extend(others.map(str::to_owned));
    expected.sort();
    assert_eq!(files(&stand, "told"), expected);
}

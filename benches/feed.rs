//! How long a feed's file takes to be read, counted, judged and mapped, beside a bare read of the same file by the csv crate.
//!
//! `cargo bench --bench feed` prints medians of three and ratios for 200,000 rows of 25 columns, fifteen of them mapped.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark may stop short, and prints its table"
)]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use dirsheet::feed::gate::{Counted, FileFacts, GateLimits, GateOutcome, LastGood, Prints, RowKey, judge};
use dirsheet::feed::settings::GateRules;
use dirsheet::feed::{self, Feed, map, read_settings};
use dirsheet::table::{PlainOptions, PlainTable};

const COLUMNS: usize = 25;
const MAPPED: usize = 15;
const RUNS: usize = 3;

fn main() {
    let rows = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .next()
        .unwrap_or(200_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("hr.csv");
    write(&path, rows);
    let bytes = std::fs::metadata(&path).expect("the file").len();
    println!(
        "{rows} rows of {COLUMNS} columns, {MAPPED} mapped, {:.1} MB; medians of {RUNS}",
        bytes as f64 / 1e6
    );
    let bare = median(|| {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(b';')
            .from_path(&path)
            .expect("the file");
        let mut record = csv::ByteRecord::new();
        let mut cells = 0;
        while reader.read_byte_record(&mut record).expect("a record") {
            cells += record.len();
        }
        cells
    });
    let columns: Vec<String> = (0..MAPPED).map(header).collect();
    let options = PlainOptions {
        columns: columns.clone(),
        ..PlainOptions::default()
    };
    let open = || PlainTable::open(&path, &options).expect("a table");
    let count = |table: &PlainTable| {
        let file = FileFacts {
            name: "hr.csv".to_owned(),
            sha256: table.sha256.clone(),
            bytes,
            modified: jiff::Timestamp::UNIX_EPOCH,
            encoding: table.encoding().0.to_owned(),
            ends_with_line_end: table.ends_with_line_end,
            unreadable: 0,
        };
        Counted::of(&table.table, &columns, file, |row| {
            RowKey::Key(Cow::Borrowed(row.cell(0)))
        })
    };
    let last = count(&open());
    let kept = last.prints.to_bytes();
    let last = LastGood::of(last.figures, Some(Prints::from_bytes(&kept).expect("prints")));
    let limits = GateLimits::of(&GateRules::default()).expect("limits");
    let read = median(|| open().table.rows().len());
    let counted = median(|| count(&open()).figures.rows);
    let judged = median(|| {
        let verdict = judge(
            &count(&open()),
            Some(&last),
            &limits,
            &[],
            jiff::Timestamp::UNIX_EPOCH,
        );
        verdict.outcome == GateOutcome::Passed
    });
    let feed = feed();
    let table = open();
    let mapped = median(|| {
        map(&feed, &table.table)
            .map(|mapping| mapping.rows.len())
            .expect("the columns")
    });
    for (what, time) in [
        ("bare read by the csv crate", bare),
        ("read into a table", read),
        ("and counted", counted),
        ("and judged against the last good night", judged),
        ("mapped: fourteen columns, half by templates", mapped),
    ] {
        println!(
            "{what:<45} {:>9.1} ms  {:>5.1} x bare",
            time.as_secs_f64() * 1e3,
            time.as_secs_f64() / bare.as_secs_f64()
        );
    }
    println!("{:.1} MB are kept of a good night", kept.len() as f64 / 1e6);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .filter(|line| line.starts_with("VmHWM"))
        .for_each(|line| println!("{line}"));
}

/// Fourteen attributes, half of them by a template.
fn feed() -> Feed {
    let names = [
        "givenName",
        "surname",
        "displayName",
        "department",
        "jobTitle",
        "companyName",
        "officeLocation",
        "city",
        "state",
        "country",
        "streetAddress",
        "postalCode",
        "employeeType",
        "preferredLanguage",
    ];
    let mut text = "name = \"bench\"\n[source]\npath = \"hr.csv\"\n[key]\ncolumn = \"Key\"\n".to_owned();
    for (column, name) in (1..).zip(names) {
        let header = header(column);
        let rule = if column % 2 == 0 {
            format!("value = '{{{{ row[\"{header}\"] | squeeze | title }}}}'")
        } else {
            format!("column = \"{header}\"")
        };
        text.push_str(&format!("[attributes.{name}]\n{rule}\n"));
    }
    let written = read_settings(&text).expect("settings");
    feed::judge(written, &BTreeMap::new()).expect("a feed")
}

fn header(column: usize) -> String {
    if column == 0 {
        "Key".to_owned()
    } else {
        format!("Column {column}")
    }
}

fn write(path: &Path, rows: usize) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).expect("a file"));
    let headers: Vec<String> = (0..COLUMNS).map(header).collect();
    writeln!(file, "{}", headers.join(";")).expect("a header");
    for row in 0..rows {
        write!(file, "E{row:07}").expect("a row");
        for column in 1..COLUMNS {
            let value = row * column % 9973;
            write!(file, ";Value {value}").expect("a cell");
        }
        writeln!(file).expect("a row");
    }
    file.flush().expect("the end");
}

fn median<T>(mut work: impl FnMut() -> T) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let begin = Instant::now();
            black_box(work());
            begin.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[RUNS / 2]
}

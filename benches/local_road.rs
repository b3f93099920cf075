//! How long the local part of the road takes, beside a bare read of the same file by the csv crate in the same run.
//!
//! `cargo bench` prints medians of five and ratios for 100,000 rows of 25 columns, with edits in a fifth of the rows;
//! `cargo bench -- ROWS` takes another number of rows. Nothing here touches the network.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark may stop short, and prints its table"
)]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use dirsheet::catalogue::{self, Attribute};
use dirsheet::domain::{
    CheckOptions, Columns, ConflictPolicy, Directory, PlanBinding, UserId, UserState, Value, build_plan,
};
use dirsheet::engine::{Bases, Reporter, take_in};
use dirsheet::state::{SnapshotMeta, StateFolder};
use dirsheet::table::{Delimiter, ReadOptions, Sheet, SheetWriter, WriteStyle};

#[path = "common/people.rs"]
mod people;

use people::COLUMNS;

const SNAPSHOT: &str = "snap-20261123-120000-0001";
const RUNS: usize = 5;

fn main() {
    let rows = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .next()
        .unwrap_or(100_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let state = StateFolder::open(folder.path().join("state")).expect("a state folder");
    let (path, bytes) = prepare(folder.path(), &state, rows);
    println!(
        "{rows} rows of {} columns, {:.1} MB, a fifth of the rows edited; medians of {RUNS}",
        COLUMNS.len() + 1,
        bytes as f64 / 1e6
    );

    let bare = median(|| {
        let mut reader = csv::Reader::from_path(&path).expect("the file");
        let mut record = csv::ByteRecord::new();
        let mut cells = 0;
        while reader.read_byte_record(&mut record).expect("a record") {
            cells += record.len();
        }
        cells
    });
    let opened = median(|| {
        Sheet::open(&path, ReadOptions::default())
            .expect("a sheet")
            .rows_max()
    });
    let read = median(|| {
        let sheet = Sheet::open(&path, ReadOptions::default()).expect("a sheet");
        let mut rows = sheet.rows();
        let mut count = 0;
        loop {
            match rows.chunk(4096).len() {
                0 => break count,
                more => count += more,
            }
        }
    });
    let checked = median(|| check(&path, &state).rows.len());
    let planned = median(|| plan(&path, &state, rows));
    for (what, time) in [
        ("bare read by the csv crate", bare),
        ("opened: decoded, scanned strictly", opened),
        ("and every row read as text", read),
        ("and every cell held against its base", checked),
        ("and merged with the live values to a plan", planned),
    ] {
        println!(
            "{what:<45} {:>9.1} ms  {:>5.1} x bare",
            time.as_secs_f64() * 1e3,
            time.as_secs_f64() / bare.as_secs_f64()
        );
    }
}

/// Writes the snapshot and the edited sheet; gives its path and size.
fn prepare(folder: &Path, state: &StateFolder, rows: usize) -> (std::path::PathBuf, u64) {
    let path = folder.join("users.csv");
    let id = dirsheet::domain::SnapshotId::parse(SNAPSHOT).expect("an id");
    let columns = COLUMNS.iter().copied();
    let meta = SnapshotMeta::begun(id, ("bench", "bench"), jiff::Timestamp::UNIX_EPOCH, columns);
    let mut snapshot = state.create_snapshot(meta).expect("a snapshot");
    let file = std::io::BufWriter::new(std::fs::File::create(&path).expect("a file"));
    let mut sheet = SheetWriter::new(file, WriteStyle::people(Delimiter::Comma)).expect("a sheet");
    sheet
        .write_header(&COLUMNS.iter().copied().chain(["_snapshot"]).collect::<Vec<_>>())
        .expect("a header");
    for index in 0..rows {
        let mut cells = people::cells(index);
        snapshot.add(&user_id(&cells), &cells[1], &cells).expect("a user");
        if index % 5 == 0 {
            cells[5] = format!("Lead {index}");
        }
        cells.push(SNAPSHOT.to_owned());
        sheet.write_row(&cells).expect("a row");
    }
    sheet.finish().expect("the end");
    snapshot.finish().expect("the end");
    let bytes = std::fs::metadata(&path).expect("the file").len();
    (path, bytes)
}

fn user_id(cells: &[String]) -> UserId {
    UserId::parse(&cells[0]).expect("an id")
}

fn check(path: &Path, state: &StateFolder) -> dirsheet::engine::Intake {
    let sheet = Sheet::open(path, ReadOptions::default()).expect("a sheet");
    let mut bases = Bases::new(state, None, None).expect("bases");
    let (reporter, _listener) = Reporter::channel();
    take_in(&sheet, &mut bases, &CheckOptions::default(), &reporter).expect("an intake")
}

/// The whole local part of `plan`: the live directory is made here, as if it had just been read.
fn plan(path: &Path, state: &StateFolder, rows: usize) -> u64 {
    let mut intake = check(path, state);
    let attributes: Vec<&'static Attribute> = intake
        .rows
        .iter()
        .flat_map(|row| row.cells())
        .map(|cell| cell.attribute)
        .fold(Vec::new(), |mut all, one| {
            if !all.contains(&one) {
                all.push(one);
            }
            all
        });
    let columns: Columns = attributes.into();
    let mut directory = Directory::new(columns.clone());
    directory.set_users_total(rows as u64);
    for index in 0..rows {
        let cells = people::cells(index);
        let values = columns.iter().map(|attribute| live(attribute, &cells)).collect();
        directory.insert(UserState {
            id: user_id(&cells),
            upn: cells[1].clone(),
            synced: None,
            restricted: false,
            agent: false,
            unread: Default::default(),
            values,
        });
    }
    let binding = PlanBinding {
        tenant: "bench".to_owned(),
        graph_url: "bench".to_owned(),
        sheet_name: "users.csv".to_owned(),
        sheet_sha256: String::new(),
        snapshots: intake.snapshots.clone(),
        base_file: None,
        restores: None,
        catalogue: catalogue::VERSION,
    };
    let plan = build_plan(binding, &mut intake.rows, 0, &directory, ConflictPolicy::Stop);
    let changed = plan.summary().users_changed;
    assert_eq!(
        changed,
        rows.div_ceil(5) as u64,
        "every edit is planned, and nothing else"
    );
    changed
}

fn live(attribute: &Attribute, cells: &[String]) -> Value {
    let index = COLUMNS
        .iter()
        .position(|column| *column == attribute.name)
        .expect("a column");
    Value::Text(cells[index].clone())
}

/// The median of five runs, after one that warms up.
fn median<T>(work: impl Fn() -> T) -> Duration {
    black_box(work());
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

//! A sheet held against its export: dirsheet beside a bare read, and beside engines that join and compare the same two files.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::child::{Took, dirsheet, median, run};
use super::people;
use super::sheets;

const PEERS: &str = include_str!("peers.py");

/// Prints the part of the table that needs no directory.
pub fn table(rows: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    let (base, sheet) = (root.join("base.csv"), root.join("sheet.csv"));
    sheets::write(&base, rows, false);
    sheets::write(&sheet, rows, true);
    let bytes = std::fs::metadata(&sheet).expect("the sheet").len();
    println!(
        "### Local: {rows} rows of {} columns, {:.0} MB, a fifth of the rows edited, held against their export\n",
        people::COLUMNS.len(),
        bytes as f64 / 1e6
    );
    println!("| what | time | times a bare read | peak memory |\n|---|---|---|---|");
    let bare = bare_read(&sheet);
    let line = |what: &str, took: Took| {
        println!(
            "| {what} | {:.2} s | {:.1} | {} |",
            took.time.as_secs_f64(),
            took.time.as_secs_f64() / bare.as_secs_f64(),
            took.memory()
        );
    };
    line(
        "bare read of the sheet, csv crate, one thread",
        Took {
            time: bare,
            peak: None,
        },
    );
    let check = || {
        let words = ["check", "sheet.csv", "--base", "base.csv"];
        run(&mut dirsheet(root, None, &words))
    };
    line(
        "`dirsheet check --base`: joined, compared, every cell checked",
        median(check),
    );
    for (what, engine) in [
        ("DuckDB: joined and compared", "duckdb"),
        ("polars, lazy: joined and compared", "polars"),
    ] {
        let peer = || {
            let mut command = Command::new("python3");
            command.args(["-c", PEERS, engine]).args([&base, &sheet]);
            command
        };
        let is_there = peer().arg("--there").stderr(Stdio::null()).status();
        if is_there.is_ok_and(|status| status.success()) {
            line(what, median(|| run(&mut peer())));
        } else {
            println!("| {what} | not installed | | |");
        }
    }
    println!("\nThe engines list which cells differ and check nothing. Times are of whole processes.\n");
}

/// The file read cell by cell, as quickly as the csv crate does it.
fn bare_read(path: &std::path::Path) -> Duration {
    let mut times: Vec<Duration> = (0..super::RUNS)
        .map(|_| {
            let began = Instant::now();
            let mut reader = csv::Reader::from_path(path).expect("the sheet");
            let mut record = csv::ByteRecord::new();
            let mut cells = 0;
            while reader.read_byte_record(&mut record).expect("a row") {
                cells += record.len();
            }
            std::hint::black_box(cells);
            began.elapsed()
        })
        .collect();
    times.sort();
    times[super::RUNS / 2]
}

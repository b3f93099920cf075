//! A sheet held against what was exported: dirsheet beside a bare read, and beside engines that join and compare the same two files.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::child::{Took, dirsheet, median, run};
use super::export::Stand;
use super::people;
use super::sheets;

const PEERS: &str = include_str!("peers.py");

/// Prints the part of the table about the local road: beside the snapshot, as everybody does it, and beside a base that is a file.
pub fn table(rows: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    sheets::write(&root.join("base.csv"), rows, false);
    let stand = Stand::open(&root.join("base.csv"), Duration::ZERO);
    let export = ["export", "-o", "users.csv", "--format", "csv"];
    run(&mut dirsheet(root, Some(&stand.sandbox), &export));
    stand.close();
    sheets::edit(&root.join("users.csv"), &root.join("sheet.csv"));
    against(
        root,
        "its snapshot",
        &snapshot(root),
        &["check", "sheet.csv"],
        rows,
    );
    sheets::write(&root.join("sheet.csv"), rows, true);
    let words = ["check", "sheet.csv", "--base", "base.csv"];
    against(
        root,
        "a base that is a file",
        &root.join("base.csv"),
        &words,
        rows,
    );
    println!(
        "The engines list which cells differ and check nothing. Times are of whole processes, medians of {}.\n",
        super::RUNS
    );
}

/// The only snapshot in the state folder.
fn snapshot(root: &Path) -> PathBuf {
    let files = std::fs::read_dir(root.join("state").join("snapshots")).expect("the snapshots");
    let mut paths = files.map(|file| file.expect("a file").path());
    let is_it = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "zst");
    paths.find(is_it).expect("the snapshot")
}

fn against(root: &Path, what: &str, base: &Path, words: &[&str], rows: usize) {
    let sheet = root.join("sheet.csv");
    let bytes = std::fs::metadata(&sheet).expect("the sheet").len();
    println!(
        "### Local: {rows} rows of {} columns, {:.0} MB, a fifth of the rows edited, held against {what}\n",
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
    line(
        "`dirsheet check`: joined, compared, every cell checked",
        median(|| run(&mut dirsheet(root, None, words))),
    );
    for (what, engine) in [
        ("DuckDB: joined and compared", "duckdb"),
        ("polars, lazy: joined and compared", "polars"),
    ] {
        let peer = || {
            let mut command = Command::new("python3");
            command.args(["-c", PEERS, engine]).args([base, &sheet]);
            command
        };
        let is_there = peer().arg("--there").stderr(Stdio::null()).status();
        if is_there.is_ok_and(|status| status.success()) {
            line(what, median(|| run(&mut peer())));
        } else {
            println!("| {what} | not installed | | |");
        }
    }
    println!();
}

/// The file read cell by cell, as quickly as the csv crate does it.
fn bare_read(path: &Path) -> Duration {
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

//! The table of the README: the local part beside bare readings and table engines, exports beside a serial client, and how time and
//! memory grow.
//!
//! `cargo bench --bench scale` prints it as Markdown, in a quarter of an hour or so; `-- local`, `-- export` and `-- growth` print one
//! part, and a number takes another size (`-- growth 10000 100000`). Everything is measured in the same run on the same machine, the built
//! binary as a process of its own, medians of five for what takes seconds. DuckDB and polars are measured where `python3` has them
//! (`pip install duckdb polars`), and are left out otherwise. The directory is the sandbox in this process, over HTTP on 127.0.0.1.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark may stop short, and prints its table"
)]

#[path = "scale/child.rs"]
mod child;
#[path = "scale/export.rs"]
mod export;
#[path = "scale/growth.rs"]
mod growth;
#[path = "scale/local.rs"]
mod local;
#[path = "common/pages.rs"]
mod pages;
#[path = "common/people.rs"]
mod people;
#[path = "scale/sheets.rs"]
mod sheets;
#[path = "common/sign_in.rs"]
mod sign_in;

/// Measurements of one thing, of which the one in the middle counts.
const RUNS: usize = 5;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let sizes: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let is_asked = |part: &str| {
        let named = ["local", "export", "growth"];
        let asks = |word: &String| named.contains(&word.as_str());
        !words.iter().any(asks) || words.iter().any(|word| word == part)
    };
    let size = |default| sizes.first().copied().unwrap_or(default);
    if is_asked("local") {
        local::table(size(200_000));
    }
    if is_asked("export") {
        export::table(size(50_000));
    }
    if is_asked("growth") {
        let sizes = match sizes.as_slice() {
            [] => &[10_000, 100_000, 1_000_000],
            sizes => sizes,
        };
        growth::table(sizes);
    }
}

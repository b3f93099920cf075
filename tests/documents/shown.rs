//! Every block of every page: it is run, or read by the program, or stands on the list below with the reason why it is only shown.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::super::pages;
use super::blocks::{Block, indented, sections};
use super::window::Window;
use crate::none;

/// The page, how the block begins, and why nothing runs it. A block of this kind that is not here is a mistake.
const SHOWN: [(&str, &str, &str); 16] = [
    (
        "README.md",
        "cargo run --release -- demo",
        "it compiles; `.ci/run` does both lines",
    ),
    (
        "README.md",
        "export AZURE_TENANT_ID=…",
        "the values are of the reader's own tenant",
    ),
    (
        "docs/guide.md",
        "export AZURE_TENANT_ID=…",
        "the values are of the reader's own tenant",
    ),
    (
        "docs/guide.md",
        "30 2 * * *",
        "a line of a crontab; the script it starts is run",
    ),
    (
        "docs/tutorials/snapshot.md",
        "cargo install --path .",
        "it compiles for minutes; `.ci/package` installs a package",
    ),
    (
        "docs/tutorials/bulk-edit.md",
        "cargo install --path .",
        "it compiles for minutes; `.ci/package` installs a package",
    ),
    (
        "docs/tutorials/hr-feed.md",
        "cargo install --path .",
        "it compiles for minutes; `.ci/package` installs a package",
    ),
    (
        "docs/cookbook.md",
        "Import-Csv leavers.csv",
        "PowerShell with the module of Exchange Online, and a tenant",
    ),
    (
        "docs/scale.md",
        "cargo bench --bench scale",
        "a quarter of an hour or more",
    ),
    (
        "docs/scale.md",
        "# Spark",
        "Spark; the page says that it was not tried",
    ),
    (
        "docs/security.md",
        "cargo tree --locked",
        "it needs the sources of every crate; `.ci/run` does both lines",
    ),
    (
        "docs/fuzzing.md",
        "cargo install cargo-fuzz",
        "a compiler of another channel, and ten minutes",
    ),
    (
        "docs/design/words.md",
        "PLACE: error[rule]",
        "a form and no command; `tests/texts` holds the words",
    ),
    (
        "docs/formats/faults.md",
        "KIND[:ARGUMENT]",
        "a grammar; its examples are started",
    ),
    (
        "docs/formats/journal.md",
        "snapshots/snap-",
        "a list of files; `tests/main_job/redaction.rs` sees them",
    ),
    (
        "docs/problems.md",
        "users.csv:17 AG12",
        "a form and no command; `tests/texts` holds the words",
    ),
];

/// What a night needs at least, for pages that show a part of `FEED.toml`.
const LEAST: &str = "name = \"hr\"\n[source]\npath = \"hr.csv\"\n[key]\ncolumn = \"Number\"\n[attributes]\njobTitle = { column = \"Title\" }\n";

/// A piece of settings as the program reads it: of a feed, or of the configuration file.
fn settings(text: &str) -> Result<(), String> {
    let is_feed = ["[notify", "[schedule", "[source"]
        .iter()
        .any(|key| text.contains(key));
    if is_feed {
        let text = match text.contains("[source") {
            true => text.to_owned(),
            false => format!("{LEAST}{text}"),
        };
        return match dirsheet::feed::read_settings(&text) {
            Ok(written) if written.problems.is_empty() => Ok(()),
            Ok(written) => Err(format!("{:?}", written.problems)),
            Err(problems) => Err(format!("{problems:?}")),
        };
    }
    let mut window = Window::new();
    // The secret of the page is a file of the reader's machine.
    window.file("contoso.secret", &["none".to_owned()]);
    window.file("config.toml", &[text.replace("/etc/dirsheet/", "")]);
    match window.type_in("dirsheet snapshots --config config.toml") {
        (0, _) => Ok(()),
        (code, told) => Err(format!("exit code {code}: {told}")),
    }
}

fn json(text: &str) -> Result<(), String> {
    let one = serde_json::from_str::<Json>(text);
    let each = || {
        text.lines()
            .all(|line| serde_json::from_str::<Json>(line).is_ok())
    };
    match one {
        Err(error) if !each() => Err(error.to_string()),
        _ => Ok(()),
    }
}

/// Nothing, where a block is run or can be read as what it is.
fn looked_at(block: &Block) -> Option<Result<(), String>> {
    let text = block.lines.join("\n");
    Some(match block.words()[..] {
        // By `recipes.rs`: whoever has a page with such a block has a page that is run.
        ["console"] | ["console", "with", _] | ["edit" | "csv" | "toml" | "sh", _] => Ok(()),
        ["sql", "with", "duckdb"] | ["python", "with", "polars"] | ["rust"] => Ok(()),
        ["toml"] => settings(&text),
        ["json"] => json(&text),
        ["faults"] => {
            let mut window = Window::new();
            for line in &block.lines {
                let fault = line.split("  ").next().unwrap_or_default();
                window.serve(&format!("dirsheet sandbox --users 3 --faults '{fault}'"));
            }
            Ok(())
        }
        _ => return None,
    })
}

#[test]
fn every_block_of_the_pages_is_run_or_read_or_on_the_list_of_what_is_only_shown() {
    let mut left: Vec<(&str, &str)> = SHOWN.iter().map(|(page, begin, _)| (*page, *begin)).collect();
    let mut breaks = Vec::new();
    for (path, page) in pages() {
        breaks.extend(indented(&page).iter().map(|line| {
            format!("{path}:{line}: code by four blanks is run by nobody; put it between fences")
        }));
        let run = super::jobs_of(&path, &page);
        let run: BTreeSet<usize> = run
            .iter()
            .flat_map(|job| &job.blocks)
            .map(|block| block.first)
            .collect();
        for block in sections(&page).into_iter().flat_map(|(_, blocks)| blocks) {
            let place = format!("{path}:{}", block.first);
            let is_for_the_run = !matches!(
                block.words()[..],
                ["toml" | "json" | "faults"] | ["sh" | "text" | "powershell" | "python"]
            );
            if is_for_the_run && !run.contains(&block.first) {
                breaks.push(format!("{place}: nothing runs the section in which it stands"));
            }
            match looked_at(&block) {
                Some(Ok(())) => {}
                Some(Err(told)) => breaks.push(format!("{place}: {told}")),
                None => {
                    let begin = block.lines.first().map_or("", String::as_str);
                    let entry = left
                        .iter()
                        .position(|(page, known)| *page == path && begin.starts_with(known));
                    match entry {
                        Some(entry) => drop(left.swap_remove(entry)),
                        None => breaks.push(format!(
                            "{place}: nobody runs this block (`{begin}`); let it be `console`, or put it on the list with the reason"
                        )),
                    }
                }
            }
        }
    }
    breaks.extend(
        left.iter()
            .map(|(page, begin)| format!("{page} has no block `{begin}` any more")),
    );
    none(breaks);
    assert!(SHOWN.iter().all(|(_, _, reason)| reason.len() > 10));
}

#[test]
fn settings_and_examples_of_pages_are_refused_where_they_are_wrong() {
    assert!(settings("[snapshots]\nkeep = 3\n").is_ok());
    assert!(settings("[snapshots]\nkept = 3\n").is_err());
    assert!(settings("[schedule]\nat = \"02:30\"\n").is_ok());
    assert!(settings("[schedule]\nwhen = \"02:30\"\n").is_err());
    assert!(json("{\"a\":1}\n{\"b\":2}").is_ok() && json("{a}").is_err());
}

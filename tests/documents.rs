//! The documents against the program: what a page names must be there, and what is there must have its page.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::Path;

use dirsheet::cli::Exit;
use dirsheet::domain::{Limit, Limits, RowStatus};
use dirsheet::table::{AskedEncoding, REPORT_COLUMNS};
use serde_json::Value as Json;

use pages::{code, code_headings, first_cells, json_blocks, pages, read};
use program::{commands, dirsheet, flags, literals, source};

#[path = "documents/feed.rs"]
mod feed;
#[path = "documents/links.rs"]
mod links;
#[path = "documents/pages.rs"]
mod pages;
#[path = "documents/program.rs"]
mod program;
#[path = "documents/release.rs"]
mod release;
#[path = "documents/security.rs"]
mod security;
#[path = "documents/tenants.rs"]
mod tenants;

#[track_caller]
fn none(breaks: Vec<String>) {
    assert!(breaks.is_empty(), "{}", breaks.join("\n"));
}

#[test]
fn every_rule_has_a_paragraph_and_every_paragraph_a_rule() {
    let page = read("docs/problems.md");
    let told = code_headings(&page, "### ");
    let known = literals(&source(&["table", "domain", "engine", "photo", "report"]));
    // A rule is a word of small letters with dashes; little else in these rooms looks like that.
    let is_rule = |text: &&String| {
        text.contains('-')
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.split('-').all(|part| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            })
            && text.as_str() != "kebab-case"
            // Ids of Microsoft's roles.
            && text.len() != 36
            // `utf-16` and its like are names of encodings.
            && text.parse::<AskedEncoding>().is_err()
    };
    let missing = known.iter().filter(is_rule).filter(|rule| !told.contains(*rule));
    let mut breaks: Vec<String> = missing
        .map(|rule| format!("docs/problems.md has no paragraph `{rule}`"))
        .collect();
    let gone = told.iter().filter(|rule| !known.contains(*rule));
    breaks.extend(
        gone.map(|rule| format!("docs/problems.md explains `{rule}`, which is nowhere in the source")),
    );
    none(breaks);
    assert!(told.len() > 60, "{}", told.len());
}

#[test]
fn exit_codes_are_those_of_the_program() {
    let codes: Vec<String> = Exit::ALL.iter().map(|exit| exit.code().to_string()).collect();
    let guide = read("docs/guide.md");
    let table: Vec<String> = first_cells(&guide)
        .into_iter()
        .filter(|cell| cell.parse::<u8>().is_ok())
        .collect();
    assert_eq!(table, codes, "docs/guide.md");
    for (place, text, mark) in [
        ("README.md", read("README.md"), "**Exit codes.**"),
        (
            "--help",
            String::from_utf8(dirsheet(Path::new("."), &["--help"]).stdout).unwrap(),
            "Exit codes:",
        ),
    ] {
        let text = text
            .split(mark)
            .nth(1)
            .unwrap_or_else(|| panic!("{place} says nothing of exit codes"));
        let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        let missing: Vec<&String> = codes
            .iter()
            .filter(|code| !words.contains(code.as_str()))
            .collect();
        assert!(missing.is_empty(), "{place} does not name {missing:?}");
    }
}

#[test]
fn commands_and_flags_that_are_named_exist() {
    let commands = commands();
    let all: BTreeSet<&String> = commands.values().flatten().collect();
    assert!(commands.len() > 10 && all.len() > 20, "{commands:?}");
    // Flags of other programs.
    let foreign =
        "--release --locked --path --check --test --bench --example --force --no-deps --offline --target --claims-challenge --variant --version --nocapture"
            .split(' ');
    let foreign: Vec<&str> = foreign.collect();
    let mut breaks = Vec::new();
    for (path, page) in pages() {
        for code in code(&page) {
            for flag in flags(&code) {
                if !all.contains(&flag) && !foreign.contains(&flag.as_str()) {
                    breaks.push(format!(
                        "{path}: `{flag}` (in `{code}`) is no flag of any command"
                    ));
                }
            }
            let Some((_, rest)) = code.split_once("dirsheet ") else {
                continue;
            };
            let Some(command) = rest.split_whitespace().next() else {
                continue;
            };
            if !command.chars().all(|c| c.is_ascii_lowercase()) {
                continue;
            }
            match commands.get(command) {
                None => breaks.push(format!("{path}: `dirsheet {command}` does not exist")),
                Some(known) => breaks.extend(
                    flags(rest)
                        .iter()
                        .filter(|flag| !known.contains(*flag))
                        .map(|flag| format!("{path}: `dirsheet {command}` has no `{flag}`")),
                ),
            }
        }
    }
    none(breaks);
}

#[test]
fn every_command_is_in_the_readme() {
    let page = code(&read("README.md")).join("\n");
    let missing: Vec<String> = commands()
        .into_keys()
        .filter(|command| !page.contains(command.as_str()))
        .collect();
    assert!(missing.is_empty(), "README.md does not name {missing:?}");
}

#[test]
fn environment_variables_are_all_told_and_all_real() {
    let is_ours = |name: &&String| {
        (name.starts_with("AZURE_") || name.starts_with("DIRSHEET_"))
            && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
    };
    let known: BTreeSet<String> = literals(&source(&["config", "cli", "terminal"]))
        .iter()
        .filter(is_ours)
        .cloned()
        .collect();
    // Read by a test that can be made to go on for longer.
    let by_tests = literals(&read("tests/faults/killing.rs"));
    let guide = read("docs/guide.md");
    let missing = known.iter().filter(|name| !guide.contains(name.as_str()));
    let mut breaks: Vec<String> = missing
        .map(|name| format!("docs/guide.md does not name {name}"))
        .collect();
    for (path, page) in pages() {
        let words = page
            .split(|c: char| !c.is_ascii_uppercase() && c != '_')
            .map(str::to_owned);
        let words: BTreeSet<String> = words.collect();
        breaks.extend(
            words
                .iter()
                .filter(is_ours)
                .filter(|name| !known.contains(*name) && !by_tests.contains(*name) && !name.ends_with('_'))
                .map(|name| format!("{path}: {name} is read nowhere")),
        );
    }
    none(breaks);
}

#[test]
fn functions_that_are_named_exist() {
    let source = source(&["."]);
    let mut breaks = Vec::new();
    for (path, page) in pages() {
        for code in code(&page) {
            let Some(name) = code.strip_suffix("()") else {
                continue;
            };
            let name = name.rsplit("::").next().unwrap_or(name);
            let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            if is_name
                && !["(", "<"]
                    .iter()
                    .any(|next| source.contains(&format!("fn {name}{next}")))
            {
                breaks.push(format!("{path}: there is no function `{code}`"));
            }
        }
    }
    none(breaks);
}

#[test]
fn the_report_page_has_every_column_and_status() {
    let cells = first_cells(&read("docs/formats/report.md"));
    let sheet = read("docs/formats/sheet.md");
    for column in REPORT_COLUMNS {
        assert!(
            cells.iter().any(|cell| cell == column),
            "docs/formats/report.md: {column}"
        );
        assert!(
            sheet.contains(&format!("`{column}`")),
            "docs/formats/sheet.md: {column}"
        );
    }
    for status in RowStatus::ALL {
        assert!(
            cells.iter().any(|cell| cell == status.as_str()),
            "{}",
            status.as_str()
        );
    }
}

#[test]
fn the_defaults_of_the_guards_are_those_of_the_page() {
    let in_words = |limit: Limit| match limit {
        Limit::UsersOrPercent(users, percent) => (format!("{percent} %"), users.to_string()),
        Limit::Users(users) => (users.to_string(), users.to_string()),
        Limit::Percent(percent) => (format!("{percent} %"), String::new()),
    };
    let limits = Limits::default();
    let page = read("docs/design/guards.md");
    for (row, limit) in [
        ("| `max-users` |", limits.users),
        ("| `max-clears` |", limits.clears),
        ("| `max-same-value`, individual |", limits.same_value_individual),
        ("| `max-same-value`, shared |", limits.same_value_shared),
    ] {
        let line = page
            .lines()
            .find(|line| line.starts_with(row))
            .unwrap_or_else(|| panic!("no row {row}"));
        let cell = line[row.len()..].split('|').next().unwrap();
        let (first, second) = in_words(limit.value);
        assert!(cell.contains(&first) && cell.contains(&second), "{row}{cell}");
    }
}

#[test]
fn examples_of_json_are_json() {
    let mut breaks = Vec::new();
    for (path, page) in pages() {
        for heading in page.lines().filter(|line| line.starts_with("## ")) {
            for block in json_blocks(&page, heading) {
                let sound = serde_json::from_str::<Json>(&block).is_ok()
                    || block
                        .lines()
                        .all(|line| serde_json::from_str::<Json>(line).is_ok());
                if !sound {
                    breaks.push(format!("{path}, {heading}: this is not JSON:\n{block}"));
                }
            }
        }
    }
    none(breaks);
}

/// Every path of names in a value; the items of a list count as one.
fn shape(value: &Json, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Json::Object(fields) => {
            for (name, value) in fields {
                let path = format!("{at}.{name}");
                shape(value, &path, found);
                found.insert(path);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| shape(item, at, found)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

#[test]
fn answers_have_the_names_of_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let common = ["--sandbox", "--state-dir", "state"];
        let arguments: Vec<&str> = arguments.iter().copied().chain(common).collect();
        let output = dirsheet(folder.path(), &arguments);
        String::from_utf8(output.stdout).unwrap_or_else(|_| panic!("{arguments:?}"))
    };
    let sheet = run(&["export", "--columns", "jobTitle,department,usageLocation"]);
    let mut lines = sheet.lines().filter(|line| !line.contains("#EXT#"));
    let header = lines.next().unwrap();
    // One change, and one cell that cannot be used.
    let edited: Vec<String> = lines
        .filter(|line| line.contains(",Sales,"))
        .take(2)
        .zip([",Juggler,Circus,NL,", ",Clown,Circus,Spain,"])
        .map(|(line, cells)| {
            let keys: Vec<&str> = line.split(',').take(2).collect();
            let snapshot = line.rsplit(',').next().unwrap();
            format!("{}{cells}{snapshot}", keys.join(","))
        })
        .collect();
    let path = folder.path().join("users.csv");
    std::fs::write(&path, format!("{header}\n{}\n", edited.join("\n"))).unwrap();
    let page = read("docs/formats/json.md");
    let mut breaks = Vec::new();
    for (heading, arguments) in [
        ("## `check --json`", &["check", "users.csv", "--json"][..]),
        (
            "## `plan --json`",
            &["plan", "users.csv", "--skip-errors", "--json"],
        ),
        (
            "## `apply --json`",
            &["apply", "users.csv", "--skip-errors", "--yes", "--json"],
        ),
        ("## `runs --json`", &["runs", "--json"]),
        ("## `snapshots --json`", &["snapshots", "--json"]),
        ("## `columns --json`", &["columns", "--json"]),
    ] {
        let answer: Json =
            serde_json::from_str(&run(arguments)).unwrap_or_else(|error| panic!("{heading}: {error}"));
        let example: Json = serde_json::from_str(&json_blocks(&page, heading)[0]).unwrap();
        let (mut told, mut real) = (BTreeSet::new(), BTreeSet::new());
        shape(&example, "", &mut told);
        shape(&answer, "", &mut real);
        // What `plan` shares with `check` is told once; presets are named by their own names.
        let elsewhere = |path: &&String| {
            heading.contains("plan") && (path.starts_with(".sheet") || path.starts_with(".findings"))
                || path.starts_with(".presets.")
        };
        breaks.extend(
            real.difference(&told)
                .filter(|path| !elsewhere(path))
                .map(|path| format!("{heading}: `{path}` is not on the page")),
        );
        // A list that is empty this time cannot show its names.
        let empty = |path: &&String| {
            ["conflicts", "settled", "refusals_foreseen", "privileged_roles"]
                .iter()
                .any(|list| path.starts_with(&format!(".{list}.")))
                // Only where it is not known.
                || path.as_str() == ".guards.known"
                // Only of a large directory, whose changes are waited for.
                || path.starts_with(".reading.")
        };
        breaks.extend(
            told.difference(&real)
                .filter(|path| !empty(path) && !elsewhere(path))
                .map(|path| format!("{heading}: `{path}` is not in the answer")),
        );
    }
    none(breaks);
}

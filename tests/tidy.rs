//! The rules of the house. Every break is answered with a sentence that says where and what to do.
//!
//! The checking functions are in `tests/tidy/`; each has tests beside it that show it failing.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

#[path = "tidy/map.rs"]
mod map;
#[path = "tidy/rooms.rs"]
mod rooms;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/text.rs"]
mod text;

/// Files longer than [`text::LINES_MAX`], each with the reason. Better none.
const LONG: [(&str, &str); 0] = [];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of the repository below a folder, as paths with `/`, sorted.
fn files_below(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            // What insta proposes is not part of the repository.
            if path.is_dir() && !name.starts_with("target") && name != ".git" {
                folders.push(path);
            } else if path.is_file()
                && name != ".git"
                && !name.ends_with(".snap.new")
                && !name.ends_with(".pending-snap")
            {
                found.push(name);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn rust_files(folders: &[&str]) -> Vec<(String, String)> {
    folders
        .iter()
        .flat_map(|folder| files_below(folder))
        .filter(|path| path.ends_with(".rs"))
        .map(|path| (path.clone(), read(&path)))
        .collect()
}

#[track_caller]
fn none(breaks: Vec<String>) {
    assert!(
        breaks.is_empty(),
        "{} breaks of the house rules:\n{}",
        breaks.len(),
        breaks.join("\n")
    );
}

#[test]
fn rooms_know_only_whom_they_may_know() {
    let files = rust_files(&["src"]);
    none(
        files
            .iter()
            .flat_map(|(path, text)| rooms::import_breaks(path, text))
            .collect(),
    );
}

#[test]
fn every_room_has_its_rule() {
    let library = read("src/lib.rs");
    let declared: Vec<&str> = library
        .lines()
        .filter_map(|line| {
            let line = line.strip_prefix("pub ").unwrap_or(line);
            line.strip_prefix("mod ")?.strip_suffix(';')
        })
        .collect();
    let mut ruled: Vec<&str> = rooms::ROOMS.iter().map(|(room, _)| *room).collect();
    ruled.sort_unstable();
    assert_eq!(
        declared, ruled,
        "src/lib.rs and tests/tidy/rooms.rs name different rooms"
    );
}

#[test]
fn the_rules_are_those_of_the_page() {
    let page = read("docs/architecture.md");
    let missing = rooms::ROOMS.iter().filter_map(|(room, allowed)| {
        let line = match *allowed {
            [] => format!("| `{room}` | nothing |"),
            rooms => {
                let rooms: Vec<String> = rooms.iter().map(|room| format!("`{room}`")).collect();
                format!("| `{room}` | {} |", rooms.join(", "))
            }
        };
        (!page.contains(&line)).then(|| format!("docs/architecture.md has no line that begins `{line}`"))
    });
    none(missing.collect());
}

#[test]
fn every_file_has_a_line_on_the_map_and_every_line_a_file() {
    let files: Vec<String> = ["src", "tests", "benches", "docs", "samples", ".ci"]
        .iter()
        .flat_map(|folder| files_below(folder))
        .collect();
    let path = "docs/architecture.md";
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let texts: Vec<(String, String)> = files
            .iter()
            .map(|file| {
                (
                    file.clone(),
                    std::fs::read_to_string(root().join(file)).unwrap_or_default(),
                )
            })
            .collect();
        std::fs::write(root().join(path), map::with_missing_lines(&read(path), &texts)).unwrap();
    }
    // Cargo leaves a package inside of a package out of what it publishes, and keeps the file as it was written beside its own.
    let is_published = root().join("Cargo.toml.orig").exists();
    let page: String = read(path)
        .lines()
        .filter(|line| !(is_published && line.starts_with("- `tests/fuzz/")))
        .map(|line| format!("{line}\n"))
        .collect();
    none(map::map_breaks(&page, &files));
}

#[test]
fn files_hold_one_thought() {
    let files = rust_files(&["src", "tests", "benches"]);
    let is_excused = |path: &str| {
        LONG.iter()
            .any(|(excused, reason)| *excused == path && !reason.is_empty())
    };
    none(
        files
            .iter()
            .filter(|(path, _)| !is_excused(path))
            .filter_map(|(path, text)| text::length_break(path, text))
            .collect(),
    );
}

#[test]
fn only_the_rooms_that_speak_print() {
    let files = rust_files(&["src"]);
    none(
        files
            .iter()
            .flat_map(|(path, text)| text::printing_breaks(path, text))
            .collect(),
    );
}

#[test]
fn lists_only_list() {
    let files = rust_files(&["src"]);
    none(
        files
            .iter()
            .flat_map(|(path, text)| text::list_breaks(path, text))
            .collect(),
    );
}

#[test]
fn files_and_public_items_say_what_they_are_for() {
    let files = rust_files(&["src"]);
    none(
        files
            .iter()
            .flat_map(|(path, text)| text::explanation_breaks(path, text))
            .collect(),
    );
}

#[test]
fn no_file_names_the_machine_it_was_written_on() {
    let texts = files_below("")
        .into_iter()
        .filter_map(|path| Some((path.clone(), std::fs::read_to_string(root().join(&path)).ok()?)));
    none(
        texts
            .flat_map(|(path, text)| text::trace_breaks(&path, &text))
            .collect(),
    );
}

#[test]
fn every_library_has_its_reason_on_the_page() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let page = read("docs/architecture.md");
    let names = ["dependencies", "dev-dependencies"]
        .iter()
        .flat_map(|table| manifest[*table].as_table().unwrap().keys());
    let missing = names.filter(|name| !page.contains(&format!("| {name} |")));
    none(
        missing
            .map(|name| format!("docs/architecture.md: `{name}` has no row under Libraries"))
            .collect(),
    );
}

#[test]
fn the_papers_of_the_house_are_there() {
    for path in [
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        ".ci/run",
        "deny.toml",
    ] {
        assert!(root().join(path).is_file(), "there is no {path}");
    }
    assert!(read("LICENSE").contains("MIT OR Apache-2.0"));
    let version = format!("## {}", env!("CARGO_PKG_VERSION"));
    assert!(
        read("CHANGELOG.md").contains(&version),
        "CHANGELOG.md has no section {version}"
    );
}

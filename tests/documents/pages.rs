//! Reading the documents: their code, their tables, their headings.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[cfg(unix)]
#[path = "recipes.rs"]
mod recipes;

/// The text of a file of the repository.
pub fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every page written by hand, with its path.
pub fn pages() -> Vec<(String, String)> {
    let mut paths = below("docs", "md");
    paths.retain(|path| path != "docs/attributes.md");
    paths.extend(below("samples", "md"));
    paths.extend(["README.md".to_owned(), "CHANGELOG.md".to_owned()]);
    paths
        .into_iter()
        .map(|path| (path.clone(), read(&path)))
        .collect()
}

/// Files below a folder that end like this, as paths of the repository.
pub fn below(folder: &str, extension: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<PathBuf> = vec![root.join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|own| own == extension) {
                found.push(
                    path.strip_prefix(root)
                        .unwrap()
                        .to_string_lossy()
                        .replace('\\', "/"),
                );
            }
        }
    }
    found.sort();
    found
}

/// Everything that can be typed: code between back-ticks, indented lines, fenced blocks.
pub fn code(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if fenced || line.starts_with("    ") {
            found.push(line.trim().to_owned());
        } else {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// The texts of the headings of this depth that are code: `### `rule``.
pub fn code_headings(page: &str, mark: &str) -> BTreeSet<String> {
    page.lines()
        .filter_map(|line| {
            line.strip_prefix(mark)?
                .trim()
                .strip_prefix('`')?
                .strip_suffix('`')
        })
        .map(str::to_owned)
        .collect()
}

/// The first cells of a table's rows, without their back-ticks.
pub fn first_cells(page: &str) -> Vec<String> {
    page.lines()
        .filter_map(|line| line.trim().strip_prefix('|')?.split('|').next())
        .map(|cell| cell.trim().trim_matches('`').to_owned())
        .collect()
}

/// The JSON blocks below a heading, in their order.
pub fn json_blocks(page: &str, heading: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let (mut inside, mut fenced) = (false, false);
    for line in page.lines() {
        if line.starts_with("## ") {
            inside = line.starts_with(heading);
        } else if line.starts_with("```") {
            fenced = !fenced && line == "```json" && inside;
            if fenced {
                blocks.push(String::new());
            }
        } else if fenced && let Some(block) = blocks.last_mut() {
            block.push_str(line);
            block.push('\n');
        }
    }
    blocks
}

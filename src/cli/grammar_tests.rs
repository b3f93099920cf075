//! Every command line that a page shows, against the grammar.

use std::path::{Path, PathBuf};

use super::*;

/// The words of a line as a shell takes them, up to a comment, a pipe or the next command.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (c, quote) {
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, Some(open)) if c == open => quote = None,
            (c, Some(_)) => word.get_or_insert_default().push(c),
            ('|' | '>' | '&' | ';', None) => {
                // The 2 of `2>`.
                word = word.filter(|word| c != '>' || word != "2");
                break;
            }
            ('#', None) if word.is_none() => break,
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, None) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The pages for people, with their paths.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec![root.join("README.md")];
    let mut folders = vec![root.join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                paths.push(path);
            }
        }
    }
    let read = |path: PathBuf| std::fs::read_to_string(&path).map(|text| (path, text)).unwrap();
    paths.into_iter().map(read).collect()
}

#[test]
fn every_command_line_of_every_page_is_understood() {
    let (mut tried, mut breaks) = (0, Vec::new());
    for (path, page) in pages() {
        let mut is_fenced = false;
        for (number, line) in (1..).zip(page.lines()) {
            if line.trim_start().starts_with("```") {
                is_fenced = !is_fenced;
                continue;
            }
            let typed = line.trim();
            let typed = typed.strip_prefix("$ ").unwrap_or(typed);
            let is_block = is_fenced || line.starts_with("    ");
            // A line that goes on below is run by tests elsewhere, or stands in a script.
            let is_for_a_shell = typed.contains('…') || typed.contains("$(") || typed.ends_with('\\');
            if !is_block || !typed.starts_with("dirsheet ") || is_for_a_shell {
                continue;
            }
            tried += 1;
            if let Err(error) = read(words(typed)) {
                breaks.push(format!("{}, line {number}: {typed}\n{error}", path.display()));
            }
        }
    }
    assert!(breaks.is_empty(), "{}", breaks.join("\n"));
    assert!(tried > 150, "{tried}");
}

#[test]
fn words_are_those_of_a_shell() {
    assert_eq!(
        words("a \"b 'c'\" --d='e f' '' 2>x # g"),
        ["a", "b 'c'", "--d=e f", ""].map(str::to_owned)
    );
    assert_eq!(words("a ';' b | c"), ["a", ";", "b"].map(str::to_owned));
    assert_eq!(
        words("a \"x eq 'y'\"   # z"),
        ["a", "x eq 'y'"].map(str::to_owned)
    );
}

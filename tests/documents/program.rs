//! Asking the program itself: its help, its answers, its source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::pages::{below, read};

/// The program with nothing of the person's own settings.
pub fn dirsheet(folder: &Path, arguments: &[&str]) -> std::process::Output {
    std::process::Command::new(assert_cmd::cargo::cargo_bin!("dirsheet"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("CI", "true")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

fn help(command: &[&str]) -> String {
    let arguments: Vec<&str> = command.iter().copied().chain(["--help"]).collect();
    String::from_utf8(dirsheet(Path::new("."), &arguments).stdout).unwrap()
}

/// Every command with its flags.
pub fn commands() -> BTreeMap<String, BTreeSet<String>> {
    let named = |page: &str| -> Vec<String> {
        page.lines()
            .skip_while(|line| *line != "Commands:")
            .skip(1)
            .take_while(|line| !line.is_empty())
            .filter_map(|line| line.strip_prefix("  ")?.split(' ').next().map(str::to_owned))
            .filter(|name| !name.is_empty() && *name != "help")
            .collect()
    };
    named(&help(&[]))
        .into_iter()
        .map(|name| {
            let page = help(&[&name]);
            // The flags of a command's own commands, as `feed run`, count as its own.
            let below = named(&page);
            let inner = below.iter().flat_map(|below| flags(&help(&[&name, below])));
            let all = flags(&page).into_iter().chain(inner).collect();
            (name, all)
        })
        .collect()
}

/// The long and short flags named in a text.
pub fn flags(text: &str) -> BTreeSet<String> {
    text.split(|c: char| c.is_whitespace() || "`,;[]()|…<>\"'".contains(c))
        .map(|word| word.trim_end_matches(['.', ':']))
        .map(|word| word.split('=').next().unwrap_or(word))
        .filter(|word| {
            word.strip_prefix("--").is_some_and(|name| {
                name.starts_with(|c: char| c.is_ascii_lowercase())
                    && name.chars().all(|c| c.is_ascii_lowercase() || c == '-')
            })
        })
        .map(str::to_owned)
        .collect()
}

/// The source of some rooms without the tests in it.
pub fn source(rooms: &[&str]) -> String {
    let files = rooms.iter().flat_map(|room| below(&format!("src/{room}"), "rs"));
    files
        .filter(|path| {
            !path.contains("/tests") && !path.ends_with("tests.rs") && !path.ends_with("testing.rs")
        })
        .map(|path| {
            let text = read(&path);
            text.split("\n#[cfg(test)]\nmod")
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

/// The short texts between quotes in a source.
pub fn literals(source: &str) -> BTreeSet<String> {
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

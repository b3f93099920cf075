//! The pages that can be typed: every `console` block is run, and what the page shows must be answered.
//!
//! A line with `$ ` is a command, the lines below it are some of its answer in their order, `…` is anything, and `(exit code N)` is
//! the code where it is not 0. A block `edit FILE` is what a person does in the spreadsheet, and a block with a file's name is that
//! file. `console with PROGRAM` is run where that program is there; what is not run at all is read, or stands on the list in `shown.rs`.
//! A page whose head has commands is run section by section, each after the head and in a folder of its own; any other page, and one
//! whose commands are all in its head, is run as a whole. `dirsheet sandbox …` is the second window of the reader.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::pages;
use blocks::{Block, sections};
use window::Window;

#[path = "blocks.rs"]
mod blocks;
#[path = "shown.rs"]
mod shown;
#[path = "window.rs"]
mod window;

/// What is run in one folder.
struct Job {
    name: String,
    blocks: Vec<Block>,
}

/// One command with what the page shows of its answer.
#[derive(Debug, Default)]
struct Typed {
    command: String,
    answer: Vec<String>,
    line: usize,
}

fn is_run(blocks: &[Block]) -> bool {
    blocks
        .iter()
        .any(|block| matches!(block.words()[..], ["console", ..]))
}

/// What is to be run of a page.
fn jobs_of(path: &str, page: &str) -> Vec<Job> {
    let mut sections = sections(page);
    let head = sections.remove(0).1;
    if !is_run(&head) {
        let blocks: Vec<Block> = head
            .into_iter()
            .chain(sections.into_iter().flat_map(|(_, blocks)| blocks))
            .collect();
        return match is_run(&blocks) {
            true => vec![Job {
                name: path.to_owned(),
                blocks,
            }],
            false => Vec::new(),
        };
    }
    sections.retain(|(_, blocks)| is_run(blocks));
    if sections.is_empty() {
        return vec![Job {
            name: path.to_owned(),
            blocks: head,
        }];
    }
    sections
        .into_iter()
        .map(|(title, blocks)| Job {
            name: format!("{path}, {title}"),
            blocks: head.iter().cloned().chain(blocks).collect(),
        })
        .collect()
}

fn commands_of(block: &Block) -> Vec<Typed> {
    let mut commands: Vec<Typed> = Vec::new();
    for (line, text) in (block.first..).zip(&block.lines) {
        if let Some(command) = text.strip_prefix("$ ") {
            commands.push(Typed {
                command: command.to_owned(),
                line,
                ..Typed::default()
            });
        } else if let Some(last) = commands.last_mut() {
            match last.command.strip_suffix('\\') {
                Some(begun) if last.answer.is_empty() => last.command = format!("{begun}{}", text.trim()),
                _ => last.answer.push(text.clone()),
            }
        }
    }
    commands
}

/// Whether a line is as the page shows it, where `…` is anything.
fn is_as_shown(shown: &str, line: &str) -> bool {
    let mut parts = shown.trim().split('…');
    let Some(mut rest) = line.trim().strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// What the page shows and the answer does not have.
fn breaks_of(typed: &Typed, code: i32, answer: &str) -> Vec<String> {
    let mut lines = answer.lines();
    let mut expected = 0;
    let mut breaks = Vec::new();
    for shown in typed
        .answer
        .iter()
        .map(|line| line.trim())
        .filter(|line| !line.is_empty())
    {
        let said = shown
            .strip_prefix("(exit code ")
            .and_then(|rest| rest.strip_suffix(')'));
        if let Some(said) = said {
            expected = said.parse().unwrap();
        } else if !lines.any(|line| is_as_shown(shown, line)) {
            breaks.push(format!("nothing answers `{shown}`"));
            lines = answer.lines();
        }
    }
    if code != expected {
        breaks.push(format!("it ended with {code}, and the page says {expected}"));
    }
    breaks
}

#[expect(clippy::print_stderr, reason = "a block that is left out must be seen")]
fn skipped(job: &Job, block: &Block, program: &str) {
    eprintln!(
        "SKIPPED: {}, line {}: {program} is not there",
        job.name, block.first
    );
}

/// Types the lines of a block, and tells what is not answered as the page says.
fn answers(window: &mut Window, job: &Job, block: &Block) -> Vec<String> {
    let mut found = Vec::new();
    for typed in commands_of(block) {
        if typed.command.starts_with("dirsheet sandbox ") {
            window.serve(&typed.command);
            continue;
        }
        let (code, answer) = window.type_in(&typed.command);
        let wrong = breaks_of(&typed, code, &answer);
        if !wrong.is_empty() {
            found.push(format!(
                "{}, line {}: `{}`: {}\n{answer}",
                job.name,
                typed.line,
                typed.command,
                wrong.join("; ")
            ));
        }
    }
    found
}

/// Runs what stands in a page, and tells what is not as it says.
fn breaks(job: &Job) -> Vec<String> {
    let mut window = Window::new();
    let mut found = Vec::new();
    for block in &job.blocks {
        match block.words()[..] {
            ["console"] => found.extend(answers(&mut window, job, block)),
            ["console", "with", program] => match window.has(program) {
                true => found.extend(answers(&mut window, job, block)),
                false => skipped(job, block, program),
            },
            ["sql", "with", engine @ "duckdb"] | ["python", "with", engine @ "polars"] => {
                match window.has(engine) {
                    true => found.extend(
                        window
                            .ask_python(engine, &block.lines.join("\n"))
                            .err()
                            .map(|told| format!("{}, line {}: {told}", job.name, block.first)),
                    ),
                    false => skipped(job, block, engine),
                }
            }
            ["edit", name] => window.edit(name, &block.lines),
            ["csv" | "toml" | "sh", name] => window.file(name, &block.lines),
            // Read, or on the list of what is only shown: `shown.rs`.
            _ => {}
        }
    }
    found
}

#[test]
fn every_page_that_can_be_typed_runs_as_it_stands() {
    let jobs: Vec<Job> = pages()
        .iter()
        .flat_map(|(path, page)| jobs_of(path, page))
        .collect();
    assert!(jobs.len() > 30, "{}", jobs.len());
    let book = super::read("docs/cookbook.md");
    let recipes = book.lines().filter(|line| line.starts_with("## ")).count();
    let run = jobs
        .iter()
        .filter(|job| job.name.starts_with("docs/cookbook.md"))
        .count();
    assert_eq!(run, recipes, "a recipe of the cookbook has nothing to run");
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    // Most of the time is waiting: for a file to be complete, for the service.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let breaks = breaks(job);
                    found.lock().unwrap().extend(breaks);
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_page_is_taken_apart_as_it_is_read() {
    let page = "```console\n$ dirsheet sandbox --users 3\n```\n## One\n```csv a.csv\nid\n```\n```console\n$ a \\\n  b\nfirst\n\n(exit code 3)\n$ c\n```\n## Two\n```sh\ncargo\n```\n";
    let jobs = jobs_of("page.md", page);
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0].name, "page.md, One");
    let commands = commands_of(&jobs[0].blocks[2]);
    assert_eq!(commands.len(), 2);
    assert_eq!((commands[0].command.as_str(), commands[0].line), ("a b", 9));
    assert_eq!(
        breaks_of(&commands[0], 3, "nothing\n  first\n"),
        Vec::<String>::new()
    );
    assert_eq!(breaks_of(&commands[0], 0, "second\n").len(), 2);
    let whole = jobs_of(
        "page.md",
        &page.replace("```console\n$ dirsheet sandbox --users 3\n```\n", ""),
    );
    assert_eq!((whole.len(), whole[0].blocks.len()), (1, 3));
}

#[test]
fn what_is_left_out_may_be_anything_and_nothing_else_may() {
    for (shown, line) in [
        ("a…c", "abc"),
        ("…", ""),
        ("a…", "  abc  "),
        ("…b…d", "abcd"),
        ("a", "a"),
    ] {
        assert!(is_as_shown(shown, line), "{shown}, {line}");
    }
    for (shown, line) in [("a", "ab"), ("a…c", "abcd"), ("…b…", "acd"), ("b", "")] {
        assert!(!is_as_shown(shown, line), "{shown}, {line}");
    }
}

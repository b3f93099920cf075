//! The page on security against the tests and limits that it names.

use std::path::Path;

use super::none;
use super::pages::read;

const PAGE: &str = "docs/security.md";

/// What the page says in words, and the constant that says it to the program.
const LIMITS: [(&str, &str, &str); 15] = [
    (
        "above 500 million",
        "src/graph/endless.rs",
        "COUNT_MAX: u64 = 500_000_000;",
    ),
    (
        "after 500 in a row",
        "src/graph/endless.rs",
        "EMPTY_PAGES_MAX: u64 = 500;",
    ),
    ("twice the count", "src/graph/endless.rs", "COUNT_TIMES: u64 = 2;"),
    (
        "and 100,000 the same",
        "src/graph/endless.rs",
        "COUNT_MORE: u64 = 100_000;",
    ),
    (
        "50 million where",
        "src/graph/endless.rs",
        "UNCOUNTED_MAX: u64 = 50_000_000;",
    ),
    (
        "12 million in one answer",
        "src/graph/endless.rs",
        "WEIGHT_MAX: usize = 12_000_000;",
    ),
    ("1,000 pages", "src/graph/roles.rs", "PAGES_MAX: usize = 1_000;"),
    (
        "cut off at 64 MiB",
        "src/graph/service.rs",
        "BODY_BYTES_MAX: usize = 64 * 1024 * 1024;",
    ),
    ("five attempts", "src/graph/retry.rs", "ATTEMPTS_FEW: u32 = 5;"),
    (
        "one request may take 100 seconds",
        "src/cli/connect.rs",
        "REQUEST_TIMEOUT: Duration = Duration::from_secs(100);",
    ),
    (
        "tried for five minutes",
        "src/graph/reader.rs",
        "PATIENCE: Duration = Duration::from_secs(5 * 60);",
    ),
    (
        "a sign-in for one",
        "src/graph/session.rs",
        "SIGN_IN_PATIENCE: Duration = Duration::from_secs(60);",
    ),
    (
        "3,000 are counted",
        "src/engine/gather.rs",
        "COUNTS_MAX: usize = 3_000;",
    ),
    (
        "counting as twenty",
        "src/graph/endless.rs",
        "OBJECT_WEIGHT: usize = 20;",
    ),
    (
        "above 256 KiB",
        "src/graph/session.rs",
        "ECHO_BYTES_MAX: usize = 256 * 1024;",
    ),
];

/// Texts between two signs.
fn between(page: &str, sign: char) -> Vec<&str> {
    page.lines()
        .flat_map(|line| line.split(sign).skip(1).step_by(2))
        .collect()
}

#[test]
fn every_file_test_and_limit_that_the_page_on_security_names_is_there() {
    let page = read(PAGE);
    let is_file = |text: &&str| {
        ["tests/", "src/", "docs/"]
            .iter()
            .any(|folder| text.starts_with(folder))
    };
    let files: Vec<&str> = between(&page, '`').into_iter().filter(is_file).collect();
    assert!(files.len() > 25, "{files:?}");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut breaks: Vec<String> = files
        .iter()
        .filter(|file| !root.join(file).exists())
        .map(|file| format!("{PAGE} names `{file}`, which is not there"))
        .collect();

    let sources: String = files
        .iter()
        .filter(|file| file.ends_with(".rs"))
        .map(|file| read(file))
        .collect();
    let is_test = |text: &&str| {
        text.len() > 12
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let tests: Vec<&str> = between(&page, '*').into_iter().filter(is_test).collect();
    assert!(tests.len() > 12, "{tests:?}");
    let gone = tests
        .iter()
        .filter(|name| !sources.contains(&format!("fn {name}(")));
    breaks.extend(gone.map(|name| format!("{PAGE} names the test *{name}*, which is in none of its files")));

    for (words, file, constant) in LIMITS {
        if !page.contains(words) || !read(file).contains(constant) {
            breaks.push(format!("{PAGE} and {file} part: \"{words}\" and `{constant}`"));
        }
    }
    let unwritten = ["TODO", "MEASURED", "XXX"]
        .into_iter()
        .filter(|word| page.contains(word));
    breaks.extend(unwritten.map(|word| format!("{PAGE} still has {word} in it")));
    none(breaks);
}

#[test]
fn what_was_tried_names_every_row_of_the_limits_and_tests_that_are_there() {
    let (page, evidence) = (read(PAGE), read("docs/evidence.md"));
    let rows = |page: &str, heading: &str| {
        let section = page.split(heading).nth(1).unwrap();
        let section = section.split("\n## ").next().unwrap();
        section.lines().filter(|line| line.starts_with("| ")).count() - 1
    };
    let limits = rows(&page, "\n## Limits for answers");
    assert_eq!(rows(&evidence, "\n## Answers that mean no good"), limits);
    assert!(evidence.contains(&format!("That is {limits} rows, of which {limits} have a test.")));
    let sources: String = super::pages::below("tests/hostile", "rs")
        .iter()
        .chain(&["src/engine/gather.rs".to_owned()])
        .map(|file| read(file))
        .collect();
    let told: Vec<&str> = between(&evidence, '*')
        .into_iter()
        .filter(|text| text.contains('_') && !text.contains(' '))
        .collect();
    assert!(told.len() > 18, "{told:?}");
    none(
        told.iter()
            .filter(|name| !sources.contains(&format!("fn {name}(")))
            .map(|name| format!("docs/evidence.md names the test *{name}*, which is nowhere"))
            .collect(),
    );
}

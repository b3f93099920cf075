//! Links between the pages: each leads to a file that is there, and to a heading that is in it.

use std::collections::BTreeMap;
use std::path::Path;

use super::none;
use super::pages::{below, code, pages, read};

/// The word behind `#` by which a heading is found, as GitHub makes it: small letters, no signs but dashes, and for the second of
/// the same a number.
fn anchors(page: &str) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let (mut found, mut fenced) = (Vec::new(), false);
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let text = line.trim_start_matches('#');
        if fenced || text.len() == line.len() || !text.starts_with(' ') {
            continue;
        }
        let name: String = text
            .trim()
            .chars()
            .filter_map(|letter| match letter {
                ' ' => Some('-'),
                '-' | '_' => Some(letter),
                letter if letter.is_alphanumeric() => letter.to_lowercase().next(),
                _ => None,
            })
            .collect();
        let count = counts.entry(name.clone()).or_default();
        found.push(match *count {
            0 => name,
            more => format!("{name}-{more}"),
        });
        *count += 1;
    }
    found
}

/// What is wrong with the links of a page.
fn wrong_links(path: &str, page: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let links = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let mut breaks = Vec::new();
    for link in links.filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
        let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
        let file = match target {
            "" => root.join(path),
            target => root.join(path).parent().unwrap().join(target),
        };
        if !file.exists() {
            breaks.push(format!("{path}: the link to {link} leads nowhere"));
        } else if !anchor.is_empty() {
            let text = match target {
                "" => page.to_owned(),
                _ => std::fs::read_to_string(&file).unwrap(),
            };
            if !anchors(&text).iter().any(|known| known == anchor) {
                breaks.push(format!("{path}: {link} names a heading that is not there"));
            }
        }
    }
    breaks
}

#[test]
fn every_link_leads_to_a_file_and_a_heading_that_are_there() {
    let mut all = pages();
    all.push(("docs/attributes.md".to_owned(), read("docs/attributes.md")));
    none(
        all.iter()
            .flat_map(|(path, page)| wrong_links(path, page))
            .collect(),
    );
}

#[test]
fn headings_are_found_by_the_words_of_github_and_a_wrong_one_is_told() {
    let page = "# One: `two_three` 4 %\n## A\n```\n# no\n```\n## A\n[x](#a-1) [y](#a-2) [z](gone.md) [w](docs/guide.md#use-9)\n";
    assert_eq!(anchors(page), ["one-two_three-4-", "a", "a-1"]);
    let told = wrong_links("README.md", page);
    assert_eq!(told.len(), 3, "{told:?}");
}

#[test]
fn files_that_are_named_exist() {
    let files: Vec<String> = ["docs", "tests", "src"]
        .iter()
        .flat_map(|folder| below(folder, "md").into_iter().chain(below(folder, "rs")))
        .collect();
    let mut breaks = Vec::new();
    for (path, page) in pages() {
        for word in code(&page) {
            let is_path = ["docs/", "tests/", "src/"]
                .iter()
                .any(|folder| word.starts_with(folder))
                && (word.ends_with(".md") || word.ends_with(".rs"));
            if is_path && !word.contains('*') && !files.contains(&word) {
                breaks.push(format!("{path}: there is no `{word}`"));
            }
        }
    }
    none(breaks);
}

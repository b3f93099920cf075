//! One is one: no text that is kept says `1 users`.

use std::path::Path;

/// `1 users` and the like. A word that is no plural, or a unit, may stand behind a one.
fn plurals_of_one(text: &str) -> Vec<String> {
    const NO_PLURAL: [&str; 12] = [
        "s", "is", "was", "has", "needs", "asks", "as", "this", "alias", "address", "business", "its",
    ];
    let words: Vec<&str> = text.split_whitespace().collect();
    let pairs = words.windows(2).filter(|pair| {
        let number = pair[0].trim_start_matches(['(', '“', '`']);
        let word = pair[1].trim_end_matches(|c: char| !c.is_alphanumeric());
        let is_word = !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase());
        number == "1" && is_word && word.ends_with('s') && !NO_PLURAL.contains(&word)
    });
    pairs.map(|pair| pair.join(" ")).collect()
}

#[test]
fn one_is_one_in_every_text_that_is_kept() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let mut breaks = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for line in text.lines() {
            let found = plurals_of_one(line).into_iter();
            breaks.extend(found.map(|words| format!("{}: {words}: {line}", path.display())));
        }
    }
    assert!(breaks.is_empty(), "{breaks:#?}");
    assert_eq!(
        plurals_of_one("Remove 1 snapshots (1 kB), 1 row"),
        ["1 snapshots"]
    );
    assert_eq!(plurals_of_one("1 is so; in 1 s, (1 users)"), ["(1 users)"]);
}

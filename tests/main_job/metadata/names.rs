//! What the source of `graph` can ask for and what it reads out of answers: found in its texts and in the types that it decodes.

use std::path::{Path, PathBuf};

/// The files of `graph` without their tests.
fn sources() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/graph");
    let mut files: Vec<(PathBuf, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .filter(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            !name.ends_with("_tests.rs") && name != "testing.rs"
        })
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let end = text
                .find("#[cfg(test)]\nmod ")
                .or(text.find("#[cfg(test)]\n#[path"))
                .unwrap_or(text.len());
            (path, text[..end].to_owned())
        })
        .collect();
    files.sort();
    files
}

/// The texts of a line in quotes, without comments.
fn texts(line: &str) -> Vec<&str> {
    if line.trim_start().starts_with("//") {
        return Vec::new();
    }
    line.split('"').skip(1).step_by(2).collect()
}

/// Every address that the source puts together, as it stands there: `/users/{user}/{navigation}/$ref`.
pub fn addresses() -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (_, text) in sources() {
        // A program that is started, and the folder in which it is, are no address.
        let starts = |line: &&str| line.contains("current_dir(") || line.contains("Command::new(");
        for line in text.lines().filter(|line| !starts(line)) {
            found.extend(
                texts(line)
                    .into_iter()
                    .filter(|text| text.len() > 2 && (text.starts_with('/') || text.starts_with("{path}/")))
                    .map(str::to_owned),
            );
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Whether an address is one of those that a text of the source can become. What stands in braces may be anything.
pub fn may_be(text: &str, address: &str) -> bool {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        pieces.push(before);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    pieces.push(rest);
    let mut rest = address;
    for (index, piece) in pieces.iter().enumerate() {
        let is_last = index + 1 == pieces.len();
        let at = match (index, is_last) {
            (0, _) => rest.starts_with(piece).then_some(0),
            // What comes behind is an option that is put at the end.
            (_, true) if piece.is_empty() => Some(rest.len()),
            (_, true) => rest.rfind(piece),
            _ => rest.get(1..).and_then(|later| later.find(piece)).map(|at| at + 1),
        };
        match at {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.is_empty() || rest.starts_with('?') || rest.starts_with('&')
}

/// A name of an answer, and the struct that reads it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    pub name: String,
    pub at: String,
}

/// The names that types read out of JSON.
pub fn read_by_types() -> Vec<Read> {
    let mut found = Vec::new();
    for (path, text) in sources() {
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        for part in text.split("#[derive(").skip(1) {
            let Some((derived, rest)) = part.split_once(")]") else {
                continue;
            };
            if !derived.contains("Deserialize") {
                continue;
            }
            let Some((head, fields)) = rest.split_once('{') else {
                continue;
            };
            let body = fields.split("\n}").next().unwrap_or_default();
            let is_camel = head.contains("camelCase");
            let name = head.split("struct ").nth(1).unwrap_or_default().trim().to_owned();
            let mut renamed: Option<String> = None;
            for line in body.lines().map(str::trim) {
                if let Some((_, to)) = line.split_once("rename = \"") {
                    renamed = to.split('"').next().map(str::to_owned);
                    continue;
                }
                if line.starts_with(['#', '/']) {
                    continue;
                }
                let line = line.trim_start_matches("pub ");
                let Some((field, _)) = line.split_once(':') else {
                    continue;
                };
                let own = if is_camel { camel(field) } else { field.to_owned() };
                found.push(Read {
                    name: renamed.take().unwrap_or(own),
                    at: format!("{file}: {name}"),
                });
            }
        }
    }
    found
}

fn camel(field: &str) -> String {
    let mut words = field.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let (head, tail) = word.split_at(word.len().min(1));
        name.push_str(&head.to_uppercase());
        name.push_str(tail);
        name
    })
}

#[test]
fn the_source_is_read() {
    let addresses = addresses();
    for known in ["/subscribedSkus", "/users/{user}/{navigation}/$ref", "/$batch"] {
        assert!(addresses.iter().any(|text| text == known), "{addresses:?}");
    }
    let names = read_by_types();
    assert!(
        names.iter().any(|read| read.name == "verifiedDomains"),
        "{names:?}"
    );
    assert!(
        names.iter().any(|read| read.name == "@odata.deltaLink"),
        "{names:?}"
    );
}

#[test]
fn an_address_is_one_of_a_text_of_the_source_or_not() {
    let text = "/users/{user}/{navigation}/$ref";
    assert!(may_be(text, "/users/1/manager/$ref"));
    assert!(!may_be(text, "/users/1/manager"));
    assert!(may_be(
        "/users?{}&$top={page_size}",
        "/users?$select=id&$top=9&$count=true"
    ));
    assert!(!may_be("/subscribedSkus", "/subscribedSkusX"));
    assert!(may_be("/users/{id}", "/users/1"));
}

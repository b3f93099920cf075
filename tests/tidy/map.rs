//! The map in `docs/architecture.md` against the files there are.

use std::collections::BTreeSet;

/// Folders of data: one line for all of their files.
const WHOLE_FOLDERS: [&str; 4] = ["samples/", "tests/compat/", "tests/facts/", "tests/snapshots/"];

/// The lines of the map: a bullet that begins with a path and says something about it.
fn lines_of(page: &str) -> Vec<(usize, &str, &str)> {
    (1..)
        .zip(page.lines())
        .filter_map(|(number, line)| {
            let (path, words) = line.trim_start().strip_prefix("- `")?.split_once('`')?;
            let is_path = ["src/", "tests/", "docs/", "benches/", "samples/", ".ci/"]
                .iter()
                .any(|folder| path.starts_with(folder));
            is_path.then_some((number, path, words.trim_start_matches([' ', ':', '—', '–', '-'])))
        })
        .collect()
}

/// Files without a line, lines without a file, lines that say nothing, lines that are there twice.
pub fn map_breaks(page: &str, files: &[String]) -> Vec<String> {
    let lines = lines_of(page);
    let mut breaks = Vec::new();
    let mut seen = BTreeSet::new();
    for (number, path, words) in &lines {
        let place = format!("docs/architecture.md:{number}");
        let exists = files
            .iter()
            .any(|file| file == path || path.ends_with('/') && file.starts_with(path));
        if !exists {
            breaks.push(format!(
                "{place}: there is no `{path}`; take the line out, or correct the name"
            ));
        }
        if path.ends_with('/') && !WHOLE_FOLDERS.contains(path) {
            breaks.push(format!(
                "{place}: `{path}` is a folder; give each of its files a line"
            ));
        }
        if words.split_whitespace().count() < 2 {
            breaks.push(format!("{place}: `{path}` has a line that says nothing"));
        }
        if !seen.insert(*path) {
            breaks.push(format!("{place}: `{path}` has two lines"));
        }
    }
    for file in files {
        let has_line = seen.contains(file.as_str())
            || WHOLE_FOLDERS
                .iter()
                .any(|folder| file.starts_with(folder) && seen.contains(folder));
        if !has_line {
            breaks.push(format!(
                "{file}: has no line in docs/architecture.md; say there what it is for (`UPDATE_DOCS=1 cargo test --test tidy` takes the first sentence of the file)"
            ));
        }
    }
    breaks
}

/// The page with a line for each file that has none, beside its neighbours: the first sentence of the file's head.
pub fn with_missing_lines(page: &str, files: &[(String, String)]) -> String {
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    for (file, text) in files {
        let is_there = |path: &str| path == file || WHOLE_FOLDERS.contains(&path) && file.starts_with(path);
        let known = lines_of(page);
        if known.iter().any(|(_, path, _)| is_there(path)) {
            continue;
        }
        let Some(sentence) = first_sentence(text) else {
            continue;
        };
        let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        let beside = |same: &dyn Fn(&str) -> bool| {
            lines.iter().rposition(|line| {
                line.strip_prefix("- `")
                    .and_then(|rest| rest.split_once('`'))
                    .is_some_and(|(path, _)| same(path))
            })
        };
        let top = file.split('/').next().unwrap_or_default();
        let at = beside(&|path| folder(path) == folder(file))
            .or_else(|| beside(&|path| path.starts_with(&format!("{top}/"))));
        if let Some(at) = at {
            lines.insert(at + 1, format!("- `{file}` — {sentence}"));
        }
    }
    lines.join("\n") + "\n"
}

/// The first sentence of what a file says about itself.
fn first_sentence(text: &str) -> Option<String> {
    let head: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//! ")).collect();
    let head = head.join(" ");
    let end = head.find(". ").map_or(head.len(), |at| at + 1);
    (!head.is_empty()).then(|| head[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::{map_breaks, with_missing_lines};

    #[test]
    fn a_missing_line_is_put_beside_its_neighbours() {
        let page = "- `src/a/x.rs` one of these\n- `src/b/y.rs` another of these\n";
        let file = (
            "src/a/z.rs".to_owned(),
            "//! Says what. And more.\n//! Still more.\n".to_owned(),
        );
        assert_eq!(
            with_missing_lines(page, &[file]),
            "- `src/a/x.rs` one of these\n- `src/a/z.rs` — Says what.\n- `src/b/y.rs` another of these\n"
        );
    }

    fn breaks(page: &str, files: &[&str]) -> usize {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        map_breaks(page, &files).len()
    }

    #[test]
    fn a_map_that_fits_passes() {
        let page =
            "# Map\n- `src/lib.rs` the map of rooms\n- `samples/` sheets for the demo\n- `word` no path\n";
        assert_eq!(breaks(page, &["src/lib.rs", "samples/users.csv"]), 0);
    }

    #[test]
    fn every_way_of_not_fitting_is_found() {
        for (page, files) in [
            ("", vec!["src/lib.rs"]),
            ("- `src/lib.rs` the map of rooms\n", vec![]),
            ("- `src/lib.rs`\n", vec!["src/lib.rs"]),
            (
                "- `src/lib.rs` the map\n- `src/lib.rs` again a map\n",
                vec!["src/lib.rs"],
            ),
            ("- `samples/` sheets for all\n", vec!["samples/a.csv", "src/a.rs"]),
        ] {
            assert_eq!(breaks(page, &files), 1, "{page}");
        }
        assert_eq!(breaks("- `src/table/` all of it\n", &["src/table/a.rs"]), 2);
    }
}

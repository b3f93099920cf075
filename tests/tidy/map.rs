//! The map in `docs/architecture.md` against the files there are.

use std::collections::BTreeSet;

/// Folders of data: one line for all of their files.
const WHOLE_FOLDERS: [&str; 3] = ["samples/", "tests/facts/", "tests/snapshots/"];

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
                "{file}: has no line in docs/architecture.md; say there what it is for"
            ));
        }
    }
    breaks
}

#[cfg(test)]
mod tests {
    use super::map_breaks;

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

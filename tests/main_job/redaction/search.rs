//! The search: everything that was printed and every file that lies anywhere below the home of a test.

use std::collections::BTreeSet;
use std::path::Path;

use super::super::secrets::walk;
use super::super::stand::{Ran, Stand};
use super::markers::{Marker, contents};

/// What a road leaves, and which of it a test has put there itself.
pub struct Search<'s> {
    pub stand: &'s Stand,
    pub streams: Vec<Ran>,
    pub markers: Vec<Marker>,
    /// Files that the test wrote, or that another program would: relative to the home.
    pub given: BTreeSet<String>,
    /// Where a secret is meant to be: the file, by the end of its path, and the marker's name.
    pub meant: Vec<(&'static str, String)>,
}

/// What was looked through.
#[derive(Debug, Default, Clone, Copy)]
pub struct Looked {
    pub markers: usize,
    pub forms: usize,
    pub streams: usize,
    pub files: usize,
    pub bytes: usize,
    pub unpacked: usize,
}

impl Search<'_> {
    /// Fails with every place of every secret that is somewhere else than where it is meant to be.
    pub fn look(&self) -> Looked {
        let mut looked = Looked {
            markers: self.markers.len(),
            forms: self.markers.iter().map(Marker::forms).sum(),
            ..Looked::default()
        };
        let mut found = Vec::new();
        for ran in &self.streams {
            for (name, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
                looked.streams += 1;
                looked.bytes += text.len();
                for marker in self.markers.iter().filter(|marker| marker.is_in(text)) {
                    found.push(format!("{} in {name} of `{}`", marker.name, ran.command));
                }
            }
        }
        let home = self.stand.path("");
        let mut met = BTreeSet::new();
        let mut open = Vec::new();
        walk(&home, &mut |path, bytes| {
            let relative = path.strip_prefix(&home).unwrap().display().to_string();
            if self.given.contains(&relative) {
                return;
            }
            looked.files += 1;
            open.extend(mode_of(path, &relative));
            for (place, text) in contents(path, bytes) {
                looked.bytes += text.len();
                looked.unpacked += usize::from(place != "as it is");
                for marker in self.markers.iter().filter(|marker| marker.is_in(&text)) {
                    let meant = self
                        .meant
                        .iter()
                        .position(|(file, name)| is_at(&relative, file) && *name == marker.name);
                    match meant {
                        Some(at) => {
                            met.insert(at);
                        }
                        None => found.push(format!("{} in {relative} ({place})", marker.name)),
                    }
                }
            }
        });
        assert!(
            found.is_empty(),
            "secrets where none may be:\n{}",
            found.join("\n")
        );
        let unmet: Vec<_> = (0..self.meant.len()).filter(|at| !met.contains(at)).collect();
        assert!(
            unmet.is_empty(),
            "not where it is meant to be: {unmet:?} of {:?}",
            self.meant
        );
        assert!(open.is_empty(), "others may read:\n{}", open.join("\n"));
        looked
    }
}

/// `passwords/*` is any file in that folder.
fn is_at(relative: &str, file: &str) -> bool {
    match file.strip_suffix('*') {
        Some(folder) => relative.starts_with(folder),
        None => relative == file,
    }
}

/// What is wrong with the mode of a file: whatever dirsheet writes is its owner's alone.
fn mode_of(path: &Path, relative: &str) -> Option<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        (mode != 0o600).then(|| format!("{relative}: {mode:o}"))
    }
    #[cfg(not(unix))]
    {
        let _nothing_to_see = (path, relative);
        None
    }
}

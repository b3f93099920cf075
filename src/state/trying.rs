//! Whether a folder can be written to, found out by doing it: what rights, shares and full disks come to nobody can reckon.

use std::io::{self, Write};
use std::path::Path;

/// How the files are called that are made for a try, and removed again.
const TRY: &str = ".dirsheet-try-";

/// Makes the folder, writes and removes a file in it, and moves one there; whatever was made is removed.
pub fn try_folder(folder: &Path, from: Option<&Path>) -> io::Result<()> {
    let missing: Vec<&Path> = folder
        .ancestors()
        .take_while(|part| *part != Path::new("") && std::fs::symlink_metadata(part).is_err())
        .collect();
    let tried = std::fs::create_dir_all(folder)
        .and_then(|()| probe(folder))
        .and_then(|()| from.map_or(Ok(()), |from| across(from, folder)));
    for made in missing {
        // One that somebody else has put something into meanwhile stays.
        let _stays = std::fs::remove_dir(made);
    }
    tried
}

fn draft(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(TRY).tempfile_in(folder)?;
    // A full disk lets names be made and nothing be written.
    file.write_all(b"dirsheet tries whether this folder can be written to\n")?;
    Ok(file)
}

/// Writes and removes a file.
fn probe(folder: &Path) -> io::Result<()> {
    draft(folder)?.close()
}

/// As a night moves its file: renamed, or copied and removed where that cannot be.
fn across(from: &Path, to: &Path) -> io::Result<()> {
    let file = draft(from)?;
    let target = to.join(file.path().file_name().unwrap_or_default());
    let moved = std::fs::rename(file.path(), &target)
        .or_else(|_| std::fs::copy(file.path(), &target).and_then(|_| std::fs::remove_file(file.path())));
    let removed = std::fs::remove_file(&target);
    moved.and(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_try_makes_what_is_missing_moves_a_file_across_and_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let (inbox, deep) = (root.path().join("inbox"), root.path().join("a/b/c"));
        std::fs::create_dir(&inbox).unwrap();
        try_folder(&deep, Some(&inbox)).unwrap();
        // The file of a refused night goes back to the folder it came from.
        try_folder(&inbox, Some(&inbox)).unwrap();
        assert!(!root.path().join("a").exists());
        assert_eq!(std::fs::read_dir(&inbox).unwrap().count(), 0);
    }

    #[test]
    fn what_stands_in_the_way_is_an_error_and_what_was_there_stays() {
        let root = tempfile::tempdir().unwrap();
        let (file, there) = (root.path().join("file"), root.path().join("there"));
        std::fs::write(&file, "x").unwrap();
        std::fs::create_dir(&there).unwrap();
        for folder in [file.clone(), file.join("below")] {
            assert!(try_folder(&folder, None).is_err());
        }
        assert!(try_folder(&there.join("new"), Some(&file)).is_err());
        assert!(there.exists() && !there.join("new").exists());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "x");
    }
}

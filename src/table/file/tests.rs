//! A file appears whole or not at all, and what cannot be one is refused.

use super::*;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_committed_file_takes_the_place_of_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.csv");
    std::fs::write(&path, "old").unwrap();
    let mut file = AtomicFile::create(&path).unwrap();
    file.write_all(b"new").unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    file.commit().unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(names(folder.path()), ["users.csv"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere_is_refused_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("users.csv");
    std::os::unix::fs::symlink("share/users.csv", &link).unwrap();
    let error = AtomicFile::create(&link).unwrap_err().to_string();
    assert!(error.contains("what it points to cannot be found"), "{error}");
    assert_eq!(names(folder.path()), ["users.csv"]);
    assert!(link.is_symlink());
}

#[test]
fn a_file_that_is_dropped_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.csv");
    std::fs::write(&path, "old").unwrap();
    let mut file = AtomicFile::create(&path).unwrap();
    file.write_all(b"half").unwrap();
    assert_eq!(names(folder.path()).len(), 2);
    drop(file);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(names(folder.path()), ["users.csv"]);
}

#[test]
fn whoever_writes_a_file_removes_the_drafts_that_nobody_finishes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.csv");
    let left = File::create(folder.path().join(".users.csv.aB3dE9fG7hJ2.tmp")).unwrap();
    left.set_modified(std::time::UNIX_EPOCH).unwrap();
    drop(left);
    let (one, other) = (AtomicFile::create(&path), AtomicFile::create(&path));
    assert_eq!(names(folder.path()).len(), 2, "both are held");
    one.unwrap().commit().unwrap();
    other.unwrap().commit().unwrap();
    assert_eq!(names(folder.path()), ["users.csv"]);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_file_and_a_link_is_followed() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("users.csv"), folder.path().join("link.csv"));
    std::fs::write(&path, "old").unwrap();
    symlink(&path, &link).unwrap();
    AtomicFile::create(&link).unwrap().commit().unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
}

#[test]
fn what_cannot_be_a_file_is_refused_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let error = AtomicFile::create(folder.path()).unwrap_err();
    assert!(error.to_string().contains("it is a folder"), "{error}");
    let path = folder.path().join("missing").join("users.csv");
    let error = AtomicFile::create(&path).unwrap_err();
    assert!(error.to_string().contains("there is no folder"), "{error}");
    assert_eq!(error.path(), path);
    assert!(!error.help().is_empty());
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_device_and_a_protected_file_are_not_replaced() {
    let error = AtomicFile::create(Path::new("/dev/null")).unwrap_err();
    assert!(error.to_string().contains("not an ordinary file"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.csv");
    std::fs::write(&path, "old").unwrap();
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    let error = AtomicFile::create(&path).unwrap_err();
    assert!(error.to_string().contains("write-protected"), "{error}");
}

//! What stood in the place of a file is kept, gives way, or is met in the very last moment.

use super::*;

const MINUTE: &str = "2026-11-30 1758";

fn written(path: &Path, text: &str) -> (AtomicFile, String) {
    let mut file = DigestedFile::new(AtomicFile::create(path).unwrap());
    file.write_all(text.as_bytes()).unwrap();
    file.finish()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}

#[test]
fn a_file_that_is_not_ours_is_kept_under_a_free_name_and_one_that_is_ours_gives_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.csv");
    let (first, ours) = written(&path, "exported");
    assert_eq!(
        commit_keeping(first, MINUTE, |_| false).unwrap(),
        None,
        "nothing was there"
    );
    let (second, _) = written(&path, "exported again");
    assert_eq!(
        commit_keeping(second, MINUTE, |digest| digest == ours).unwrap(),
        None
    );
    assert_eq!(names(folder.path()), ["users.csv"]);
    for text in ["edited", "edited again"] {
        fs::write(&path, text).unwrap();
        let (file, _) = written(&path, "new");
        let kept = commit_keeping(file, MINUTE, |digest| digest == ours)
            .unwrap()
            .unwrap();
        assert_eq!(fs::read_to_string(&kept).unwrap(), text);
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    }
    let kept = [
        "users (kept 2026-11-30 1758).csv",
        "users (kept 2026-11-30 1758, 2).csv",
    ];
    assert_eq!(names(folder.path()), [kept[0], kept[1], "users.csv"]);
}

#[test]
fn an_empty_file_is_nothing_to_keep() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.csv");
    fs::write(&path, "").unwrap();
    let (file, _) = written(&path, "new");
    assert_eq!(commit_keeping(file, MINUTE, |_| false).unwrap(), None);
    assert_eq!(names(folder.path()), ["users.csv"]);
}

#[test]
fn a_file_that_became_empty_in_the_meantime_is_being_saved_and_what_is_written_into_it_then_is_kept() {
    type Road = fn(AtomicFile) -> Option<PathBuf>;
    let roads: [Road; 2] = [
        |file| commit_keeping(file, MINUTE, |_| false).unwrap(),
        |file| replace(file, MINUTE, |_| false).unwrap(),
    ];
    for commit in roads {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        fs::write(&path, "edited").unwrap();
        let (file, _) = written(&path, "new");
        // A program that saves into the file itself has emptied it, and holds it open.
        let mut saving = fs::File::create(&path).unwrap();
        let kept = commit(file).unwrap();
        saving.write_all(b"saved").unwrap();
        assert_eq!(fs::read_to_string(&kept).unwrap(), "saved");
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    }
}

#[test]
fn what_is_saved_in_the_last_moment_is_kept_and_what_goes_then_is_no_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.csv");
    let save = |text: &str| {
        fs::write(folder.path().join("lock"), text).unwrap();
        fs::rename(folder.path().join("lock"), &path).unwrap();
    };
    let (first, ours) = written(&path, "exported");
    first.commit().unwrap();
    let (second, _) = written(&path, "new");
    let kept = commit_with(second, MINUTE, |digest| digest == ours, || save("saved")).unwrap();
    if cfg!(target_os = "linux") {
        assert_eq!(fs::read_to_string(kept.unwrap()).unwrap(), "saved");
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    }
    let (third, _) = written(&path, "newer");
    let gone = || drop(fs::remove_file(&path));
    assert_eq!(commit_with(third, MINUTE, |_| false, gone).unwrap(), None);
    assert_eq!(fs::read_to_string(&path).unwrap(), "newer");
    assert!(names(folder.path()).iter().all(|name| !name.starts_with('.')));
}

#[cfg(target_os = "linux")]
#[test]
fn of_two_exports_and_a_save_at_the_same_time_the_save_is_never_lost() {
    use std::sync::{Barrier, Mutex};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.csv");
    let known = Mutex::new(std::collections::BTreeSet::new());
    for round in 0..150 {
        let start = Barrier::new(3);
        let saved = format!("saved {round}");
        std::thread::scope(|scope| {
            for number in 0..2 {
                let (start, known, path) = (&start, &known, &path);
                scope.spawn(move || {
                    let (file, ours) = written(path, &format!("exported {round} {number}"));
                    known.lock().unwrap().insert(ours);
                    start.wait();
                    commit_keeping(file, MINUTE, |digest| known.lock().unwrap().contains(digest)).unwrap();
                });
            }
            let place = folder.path().join("lock");
            fs::write(&place, &saved).unwrap();
            start.wait();
            std::thread::sleep(std::time::Duration::from_micros(round % 50 * 20));
            fs::rename(place, &path).unwrap();
        });
        let names = names(folder.path());
        let is_kept = |name: &String| fs::read_to_string(folder.path().join(name)).unwrap() == saved;
        assert!(names.iter().any(is_kept), "round {round}: {names:?}");
    }
}

#[test]
fn where_names_cannot_be_exchanged_an_edited_file_is_kept_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.csv");
    fs::write(&path, "edited").unwrap();
    let (file, ours) = written(&path, "new");
    let kept = replace(file, MINUTE, |_| false).unwrap().unwrap();
    assert_eq!(fs::read_to_string(kept).unwrap(), "edited");
    let (file, _) = written(&path, "newer");
    assert_eq!(replace(file, MINUTE, |digest| digest == ours).unwrap(), None);
    assert_eq!(names(folder.path()).len(), 2);
}

#[test]
fn where_no_second_name_can_be_given_the_file_is_moved_and_nothing_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users");
    fs::write(&path, "edited").unwrap();
    fs::write(folder.path().join("users (kept 2026-11-30 1758)"), "older").unwrap();
    let kept = moved(&path, MINUTE).unwrap();
    assert_eq!(
        names(folder.path()),
        ["users (kept 2026-11-30 1758)", "users (kept 2026-11-30 1758, 2)"]
    );
    assert_eq!(fs::read_to_string(kept).unwrap(), "edited");
}

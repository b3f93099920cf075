//! Which file is taken, and when it is complete.

use std::fs::File;
use std::time::SystemTime;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

struct Inbox(tempfile::TempDir);

impl Inbox {
    fn new() -> Inbox {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("in")).unwrap();
        Inbox(folder)
    }

    fn put(&self, name: &str, text: &str, modified: u64) {
        let path = self.0.path().join("in").join(name);
        std::fs::write(&path, text).unwrap();
        File::options()
            .write(true)
            .open(path)
            .unwrap()
            .set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + modified))
            .unwrap();
    }

    fn wanted(&self, path: &str, trigger: Option<&str>) -> Wanted {
        Wanted::new(self.0.path(), path, SignedDuration::from_secs(10), trigger).unwrap()
    }

    /// The name of the file that is taken when nothing moves.
    fn taken(&self, path: &str, trigger: Option<&str>) -> Option<String> {
        let wanted = self.wanted(path, trigger);
        let earlier = match wanted.look(at(1000), None).unwrap() {
            Incoming::Pending { sighting, .. } => sighting,
            Incoming::Ready(file) => return name(&file),
            Incoming::NotThere => return None,
        };
        match wanted.look(at(1010), Some(&earlier)).unwrap() {
            Incoming::Ready(file) => name(&file),
            _ => None,
        }
    }
}

fn name(file: &IncomingFile) -> Option<String> {
    file.path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
}

#[test]
fn the_newest_file_of_a_pattern_is_taken_and_of_one_moment_the_last_name() {
    let inbox = Inbox::new();
    assert_eq!(inbox.taken("in/hr-*.csv", None), None);
    for (file, modified) in [
        ("hr-3.csv", 100),
        ("hr-1.csv", 300),
        ("hr-2.csv", 300),
        ("other.csv", 900),
        ("hr-9.txt", 900),
    ] {
        inbox.put(file, "x", modified);
    }
    std::fs::create_dir(inbox.0.path().join("in/hr-folder.csv")).unwrap();
    assert_eq!(inbox.taken("in/hr-*.csv", None).as_deref(), Some("hr-2.csv"));
    assert_eq!(inbox.taken("in/hr-[13].csv", None).as_deref(), Some("hr-1.csv"));
    assert_eq!(inbox.taken("in/hr-3.csv", None).as_deref(), Some("hr-3.csv"));
    assert_eq!(inbox.taken("in/hr-4.csv", None), None);
    // A file that is really called so.
    inbox.put("hr-[13].csv", "x", 1);
    assert_eq!(
        inbox.taken("in/hr-[13].csv", None).as_deref(),
        Some("hr-[13].csv")
    );
}

#[test]
fn what_is_still_being_written_is_never_taken() {
    let inbox = Inbox::new();
    for file in [
        "hr.csv.part",
        "hr.csv.FILEPART",
        "hr.tmp",
        "~$hr.csv",
        ".hr.csv",
        "hr.csv~",
        "hr.csv.crdownload",
    ] {
        inbox.put(file, "x", 100);
        let error =
            Wanted::new(inbox.0.path(), &format!("in/{file}"), SignedDuration::ZERO, None).unwrap_err();
        assert!(matches!(error, IncomingError::TemporaryName { .. }), "{error}");
    }
    assert_eq!(inbox.taken("in/*", None), None);
    inbox.put("hr.csv", "x", 1);
    assert_eq!(inbox.taken("in/*", None).as_deref(), Some("hr.csv"));
}

#[test]
fn a_file_is_complete_when_it_has_not_moved_for_long_enough() {
    let inbox = Inbox::new();
    let wanted = inbox.wanted("in/hr.csv", None);
    inbox.put("hr.csv", "a", 0);
    let look = |seconds, earlier: &Incoming| match earlier {
        Incoming::Pending { sighting, .. } => wanted.look(at(seconds), Some(sighting)).unwrap(),
        _ => wanted.look(at(seconds), None).unwrap(),
    };
    let left = |found: &Incoming| match found {
        Incoming::Pending {
            why: Pending::Steady,
            wait,
            ..
        } => Some(wait.as_secs()),
        _ => None,
    };
    let first = look(100, &Incoming::NotThere);
    assert_eq!(left(&first), Some(10));
    let second = look(104, &first);
    assert_eq!(left(&second), Some(6));
    // It grows; then only its time moves; then the clock goes back.
    inbox.put("hr.csv", "ab", 0);
    let third = look(109, &second);
    assert_eq!(left(&third), Some(10));
    inbox.put("hr.csv", "ab", 1);
    let fourth = look(118, &third);
    assert_eq!(left(&fourth), Some(10));
    assert_eq!(left(&look(50, &fourth)), Some(10));
    assert_eq!(left(&look(127, &fourth)), Some(1));
    assert!(matches!(look(128, &fourth), Incoming::Ready(file) if file.bytes == 2));
    // Another file, newer than the one that was seen.
    let wanted = inbox.wanted("in/*.csv", None);
    let Incoming::Pending { sighting, .. } = wanted.look(at(200), None).unwrap() else {
        panic!()
    };
    inbox.put("new.csv", "ab", 2);
    assert_eq!(left(&wanted.look(at(300), Some(&sighting)).unwrap()), Some(10));
}

#[test]
fn a_trigger_file_announces_a_file_of_its_own_night_and_is_no_file_itself() {
    let inbox = Inbox::new();
    inbox.put("hr-1.csv", "x", 100);
    assert_eq!(inbox.taken("in/hr-*", Some("{file}.done")), None);
    inbox.put("hr-1.csv.done", "", 100);
    assert_eq!(
        inbox.taken("in/hr-*", Some("{file}.done")).as_deref(),
        Some("hr-1.csv")
    );
    // The newer file is not complete, and the older one is no substitute.
    inbox.put("hr-2.csv", "x", 200);
    assert_eq!(inbox.taken("in/hr-*.csv", Some("{file}.done")), None);
    // One trigger for all files, from the folder of the settings.
    inbox.put("done", "", 150);
    let found = inbox
        .wanted("in/hr-*.csv", Some("in/done"))
        .look(at(999), None)
        .unwrap();
    assert!(
        matches!(found, Incoming::Pending { why: Pending::OldTrigger(path), .. } if path.ends_with("in/done"))
    );
    inbox.put("done", "", 201);
    assert_eq!(
        inbox.taken("in/hr-*.csv", Some("in/done")).as_deref(),
        Some("hr-2.csv")
    );
}

#[test]
fn waiting_ends_when_the_file_is_complete_or_patience_is() {
    let inbox = Inbox::new();
    inbox.put("hr.csv", "a", 0);
    let wanted = inbox.wanted("in/hr.csv", None);
    let time = std::cell::Cell::new(0);
    let mut clock = || at(time.get());
    let mut grows = 2;
    let mut sleep = |wait: Duration| {
        time.set(time.get() + i64::try_from(wait.as_secs()).unwrap());
        if grows > 0 {
            grows -= 1;
            inbox.put("hr.csv", &"a".repeat(9 - grows), 0);
        }
    };
    let found = wanted
        .wait(SignedDuration::from_mins(5), &mut clock, &mut sleep)
        .unwrap();
    assert!(matches!(found, Incoming::Ready(file) if file.bytes == 9));
    assert_eq!(time.get(), 30);
    let wanted = inbox.wanted("in/hr.csv", Some("{file}.done"));
    let found = wanted
        .wait(SignedDuration::from_mins(1), &mut clock, &mut sleep)
        .unwrap();
    assert!(matches!(
        found,
        Incoming::Pending {
            why: Pending::Trigger(_),
            ..
        }
    ));
    assert_eq!(time.get(), 90);
}

#[test]
fn what_cannot_be_looked_for_says_why() {
    let inbox = Inbox::new();
    let new = |path: &str| Wanted::new(inbox.0.path(), path, SignedDuration::ZERO, None);
    assert!(matches!(
        new("in*/hr.csv").unwrap_err(),
        IncomingError::PatternInFolder { .. }
    ));
    assert!(matches!(
        new("in/hr[.csv").unwrap_err(),
        IncomingError::Pattern { .. }
    ));
    for path in ["out/hr.csv", "out/*.csv"] {
        let error = new(path).unwrap().look(at(0), None).unwrap_err();
        assert!(matches!(error, IncomingError::NoFolder { .. }), "{error}");
        assert!(error.to_string().contains("mounted"), "{error}");
    }
    assert!(matches!(
        new("in").unwrap().look(at(0), None).unwrap_err(),
        IncomingError::NotAFile { .. }
    ));
}

#[test]
fn a_file_that_was_passed_over_is_not_there_until_it_is_another_whatever_its_folder_is_called() {
    let inbox = Inbox::new();
    inbox.put("hr.csv", "a", 0);
    for path in ["in/hr.csv", "in/hr*.csv"] {
        let wanted = inbox.wanted(path, None);
        let file = wanted.newest().unwrap().unwrap();
        let elsewhere = IncomingFile {
            path: Path::new("/another/way").join("hr.csv"),
            ..file.clone()
        };
        let without = wanted.clone().without(vec![elsewhere.clone()]);
        assert_eq!(without.newest().unwrap(), None, "{path}");
        let other = IncomingFile {
            bytes: 2,
            ..elsewhere
        };
        assert_eq!(
            wanted.without(vec![other]).newest().unwrap(),
            Some(file),
            "{path}"
        );
    }
}

#[test]
fn only_what_lies_where_files_come_to_under_their_names_is_one_of_them() {
    let inbox = Inbox::new();
    let at = |name: &str| inbox.0.path().join(name);
    let wanted = inbox.wanted("in/hr-*.csv", None);
    assert!(wanted.is_meant(&at("in/hr-1.csv")));
    for other in ["in/pay.csv", "hr-1.csv", "quarantine/hr-1.csv"] {
        assert!(!wanted.is_meant(&at(other)), "{other}");
    }
    assert!(inbox.wanted("in/hr.csv", None).is_meant(&at("in/hr.csv")));
}

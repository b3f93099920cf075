//! What a ledger keeps, refuses, and moves.

use super::*;

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn begun() -> Timestamp {
    at("2026-11-29T01:30:00Z")
}

pub(super) fn kept(figures: &str, begins: bool, waits: bool) -> KeptFigures {
    KeptFigures {
        figures: figures.to_owned(),
        prints: vec![1, 2],
        begins,
        waits,
        fingerprint: waits.then(|| "00ff".to_owned()),
    }
}

/// A state folder, an inbox with a file, and the names of an archive that is not there yet.
pub(super) struct Place {
    pub root: tempfile::TempDir,
    pub folder: StateFolder,
}

impl Place {
    pub fn new() -> Place {
        let root = tempfile::tempdir().unwrap();
        let folder = StateFolder::open(root.path().join("state")).unwrap();
        std::fs::create_dir(root.path().join("inbox")).unwrap();
        Place { root, folder }
    }

    pub fn inbox(&self) -> PathBuf {
        self.root.path().join("inbox/hr.csv")
    }

    pub fn archive(&self) -> PathBuf {
        self.root.path().join("archive/good")
    }

    /// The names and texts in a folder, in order.
    pub fn files(&self, folder: &Path) -> Vec<(String, String)> {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return Vec::new();
        };
        let mut files: Vec<_> = entries
            .map(|entry| entry.unwrap())
            .map(|entry| {
                (
                    entry.file_name().into_string().unwrap(),
                    std::fs::read_to_string(entry.path()).unwrap(),
                )
            })
            .collect();
        files.sort();
        files
    }

    pub fn ledger(&self) -> Ledger {
        Ledger::open(&self.folder, "workday").unwrap()
    }

    /// Puts a file into the inbox.
    pub fn drop(&self, text: &str) -> NightFile {
        std::fs::write(self.inbox(), text).unwrap();
        let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
        digest.update(text.as_bytes());
        NightFile {
            path: self.inbox(),
            sha256: moving::hexadecimal(digest),
            bytes: text.len() as u64,
            modified: at("2026-11-29T01:00:00Z"),
        }
    }

    pub fn end(&self, outcome: NightOutcome) -> NightEnd {
        NightEnd {
            outcome,
            exit_code: 0,
            counts: [("changed".to_owned(), 3)].into(),
            plan: None,
            note: None,
            finished_at: at("2026-11-29T01:40:00Z"),
            processed: true,
            good: Some(kept("{}", false, false)),
            sealed: None,
            missing: None,
            move_to: Some(self.archive()),
            released: Released::default(),
            passed: PassedOver::default(),
            way: None,
        }
    }
}

#[test]
fn a_night_is_written_down_from_its_file_to_who_was_told() {
    let place = Place::new();
    let file = place.drop("a");
    let mut ledger = place.ledger();
    assert_eq!(
        (ledger.unfinished().unwrap(), ledger.last_good().unwrap()),
        (None, None)
    );
    let night = ledger.begin(&file, begun()).unwrap();
    let run = RunId::parse("run-20261129-013000-9f3a").unwrap();
    ledger.run_begins(night, &run, None).unwrap();
    let open = ledger.unfinished().unwrap().unwrap();
    assert_eq!(
        (open.stage, open.run.as_ref(), &open.file),
        (NightStage::Running, Some(&run), &file)
    );
    assert_eq!(ledger.seen(&file.sha256).unwrap(), None);
    ledger.settle(night, &place.end(NightOutcome::Done)).unwrap();
    let target = place.archive().join("hr-20261129T013000Z.csv");
    assert_eq!(ledger.carry(night).unwrap(), Carried::Moved(target.clone()));
    assert_eq!(ledger.carry(night).unwrap(), Carried::Nothing);
    ledger.close(night, &["mail".to_owned()]).unwrap();
    assert_eq!(ledger.unfinished().unwrap(), None);
    let kept = ledger.seen(&file.sha256).unwrap().unwrap();
    assert_eq!(
        (kept.outcome, kept.exit_code, kept.counts["changed"]),
        (Some(NightOutcome::Done), Some(0), 3)
    );
    assert_eq!(
        (kept.moved_to.as_deref(), kept.told.as_deref()),
        (Some(target.as_path()), Some(&["mail".to_owned()][..]))
    );
    assert_eq!(
        ledger.last_good().unwrap(),
        Some(GoodNight {
            night,
            figures: "{}".to_owned(),
            prints: vec![1, 2]
        })
    );
    assert_eq!(place.folder.nights("workday", 10).unwrap(), [kept]);
    assert_eq!(place.folder.nights("../workday", 10).unwrap(), []);
    assert_eq!(
        place.files(&place.archive()),
        [("hr-20261129T013000Z.csv".to_owned(), "a".to_owned())]
    );
    assert!(!place.inbox().exists());
}

#[test]
fn one_process_at_a_time_works_on_a_feed_and_its_name_leaves_no_folder() {
    let place = Place::new();
    let ledger = place.ledger();
    let error = Ledger::open(&place.folder, "workday").unwrap_err();
    assert!(
        matches!(error, StateError::Busy { .. }) && error.to_string().contains("feed `workday`"),
        "{error}"
    );
    let _other = Ledger::open(&place.folder, "sap").unwrap();
    drop(ledger);
    place.ledger();
    for name in ["", "..", "a/b", "é", &"x".repeat(81)] {
        assert!(
            matches!(
                Ledger::open(&place.folder, name),
                Err(StateError::Contradiction { .. })
            ),
            "{name}"
        );
    }
}

#[test]
fn the_steps_of_a_night_have_one_order() {
    let place = Place::new();
    let file = place.drop("a");
    let mut ledger = place.ledger();
    let night = ledger.begin(&file, begun()).unwrap();
    assert!(ledger.begin(&file, begun()).is_err());
    assert!(ledger.close(night, &[]).is_err());
    ledger.settle(night, &place.end(NightOutcome::Done)).unwrap();
    assert!(ledger.settle(night, &place.end(NightOutcome::Done)).is_err());
    assert!(ledger.give_up(night, "", begun()).is_err());
    let run = RunId::parse("run-20261129-013000-9f3a").unwrap();
    assert!(ledger.run_begins(night, &run, None).is_err());
    assert!(
        ledger
            .settle(NightId(99), &place.end(NightOutcome::Done))
            .is_err()
    );
}

#[test]
fn days_are_counted_for_whoever_is_missing_and_forgotten_when_they_are_back() {
    let place = Place::new();
    let mut ledger = place.ledger();
    let day = |day: i8| jiff::civil::date(2026, 11, day);
    let mut missing = |day: Date, keys: &[&str]| {
        let file = place.drop(&format!("{day}{keys:?}"));
        let night = ledger.begin(&file, begun()).unwrap();
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        let tally = Some(MissingTally {
            day,
            keys,
            let_pass: false,
        });
        ledger
            .settle(
                night,
                &NightEnd {
                    missing: tally,
                    move_to: None,
                    ..place.end(NightOutcome::Done)
                },
            )
            .unwrap();
        ledger.close(night, &[]).unwrap();
        let mut with: Vec<_> = ledger
            .missing_with(day.tomorrow().unwrap())
            .unwrap()
            .into_iter()
            .collect();
        with.sort();
        with
    };
    let told = |key: &str, days| (key.to_owned(), days);
    assert_eq!(missing(day(1), &["A", "B"]), [told("A", 2), told("B", 2)]);
    // A second file of the same day counts no second day.
    assert_eq!(missing(day(1), &["A", "B"]), [told("A", 2), told("B", 2)]);
    assert_eq!(missing(day(2), &["A"]), [told("A", 3)]);
    // Days without a good file are none.
    assert_eq!(missing(day(9), &["A", "B"]), [told("A", 4), told("B", 2)]);
    // A clock that went back counts nothing.
    assert_eq!(missing(day(3), &["A", "B"]).first(), Some(&told("A", 3)));
}

#[test]
fn what_stands_in_the_archive_is_never_replaced() {
    let place = Place::new();
    std::fs::create_dir_all(place.archive()).unwrap();
    std::fs::write(place.archive().join("hr-20261129T013000Z.csv"), "somebody else's").unwrap();
    let mut ledger = place.ledger();
    let night = ledger.begin(&place.drop("a"), begun()).unwrap();
    ledger.settle(night, &place.end(NightOutcome::Done)).unwrap();
    let target = place.archive().join("hr-20261129T013000Z-2.csv");
    assert_eq!(ledger.carry(night).unwrap(), Carried::Moved(target));
    let texts: Vec<String> = place
        .files(&place.archive())
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert_eq!(texts, ["a", "somebody else's"]);
}

#[test]
fn a_file_that_was_replaced_or_taken_away_meanwhile_is_left_alone() {
    let place = Place::new();
    let mut ledger = place.ledger();
    for (meanwhile, expected) in [(Some("tomorrow's"), Carried::Another), (None, Carried::Gone)] {
        let night = ledger.begin(&place.drop("a"), begun()).unwrap();
        ledger.settle(night, &place.end(NightOutcome::Done)).unwrap();
        match meanwhile {
            Some(text) => std::fs::write(place.inbox(), text).unwrap(),
            None => std::fs::remove_file(place.inbox()).unwrap(),
        }
        assert_eq!(ledger.carry(night).unwrap(), expected);
        assert_eq!(place.inbox().exists(), meanwhile.is_some());
        assert_eq!(place.files(&place.archive()), []);
        ledger.close(night, &[]).unwrap();
        assert_eq!(ledger.to_carry().unwrap(), []);
    }
}

#[test]
fn a_move_that_cannot_be_made_is_an_error_and_the_file_stays() {
    let place = Place::new();
    std::fs::write(place.root.path().join("archive"), "a file in the way").unwrap();
    let mut ledger = place.ledger();
    let night = ledger.begin(&place.drop("a"), begun()).unwrap();
    ledger.settle(night, &place.end(NightOutcome::Done)).unwrap();
    let error = ledger.carry(night).unwrap_err();
    assert!(error.to_string().contains("archive"), "{error}");
    assert_eq!(std::fs::read_to_string(place.inbox()).unwrap(), "a");
    ledger.close(night, &[]).unwrap();
    assert_eq!(ledger.to_carry().unwrap().len(), 1);
    std::fs::remove_file(place.root.path().join("archive")).unwrap();
    assert!(matches!(ledger.carry(night).unwrap(), Carried::Moved(_)));
    assert_eq!(ledger.to_carry().unwrap(), []);
}

#[test]
fn another_database_is_not_taken_for_a_ledger() {
    let place = Place::new();
    drop(place.ledger());
    let path = place.root.path().join("state/feeds/workday/ledger.sqlite");
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 11).unwrap();
    drop(connection);
    assert!(matches!(
        Ledger::open(&place.folder, "workday"),
        Err(StateError::Version { found: 11, .. })
    ));
    std::fs::write(&path, "no database at all, but long enough to look at").unwrap();
    assert!(matches!(
        Ledger::open(&place.folder, "workday"),
        Err(StateError::Damaged { .. })
    ));
}

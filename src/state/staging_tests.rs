//! What is kept of an export under way, who finds it, and what is damage.

use super::super::staged_rows::StagedUser;
use super::*;
use crate::domain::UserId;

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn meta(id: &str, columns: &[&str]) -> SnapshotMeta {
    let id = SnapshotId::parse(id).unwrap();
    let place = ("contoso", "https://graph.microsoft.com");
    SnapshotMeta::begun(id, place, moment("2026-11-29T12:00:00Z"), columns.iter().copied())
}

fn link() -> Option<DeltaLink> {
    Some(DeltaLink::new(
        "https://graph/delta?x".to_owned(),
        moment("2026-11-29T12:00:00Z"),
    ))
}

fn user(number: u8) -> StagedUser {
    StagedUser {
        id: UserId::from_bytes([number; 16]),
        upn: format!("user{number}@contoso.example"),
        manager: [None, Some(None), Some(Some(UserId::from_bytes([9; 16])))][usize::from(number % 3)],
        cells: vec![
            format!("Ünïcode {number}"),
            String::new(),
            "x".repeat(usize::from(number)),
        ],
        untold: if number.is_multiple_of(2) {
            vec![1]
        } else {
            Vec::new()
        },
    }
}

const FIRST: &str = "snap-20261129-120000-0001";
const SECOND: &str = "snap-20261129-130000-0002";

fn ranges() -> Vec<(NameRange, u64)> {
    let ranges = NameRange::everybody().split_at(&["k".to_owned(), "r".to_owned()]);
    ranges.into_iter().zip([3, 4, 5]).collect()
}

#[test]
fn what_was_read_of_a_range_is_found_again_by_the_same_export_and_by_no_other() {
    let place = tempfile::tempdir().unwrap();
    let state = StateFolder::open(place.path().to_owned()).unwrap();
    let meta = meta(FIRST, &["id", "city"]);
    let now = moment("2026-11-30T12:00:00Z");
    let plan = StagingPlan::new(&meta, 12, link(), ranges());
    let staging = state.create_staging(&meta.id, plan).unwrap();
    let mut writer = staging.writer(1).unwrap();
    (1..=7).for_each(|number| writer.add(&user(number)).unwrap());
    assert!(!staging.is_done(1));
    assert_eq!(writer.finish().unwrap(), 7);
    let mut half = staging.writer(0).unwrap();
    half.add(&user(1)).unwrap();
    drop(half);
    // While it is held, nobody else takes it.
    assert!(state.open_staging(&meta, now).unwrap().is_none());
    drop(staging);
    let others = [
        SnapshotMeta {
            tenant: "fabrikam".to_owned(),
            ..meta.clone()
        },
        SnapshotMeta {
            columns: vec!["id".to_owned()],
            ..meta.clone()
        },
        SnapshotMeta {
            filter: Some("x".to_owned()),
            ..meta.clone()
        },
        SnapshotMeta {
            graph_host: "sandbox".to_owned(),
            ..meta.clone()
        },
    ];
    for other in others {
        assert!(state.open_staging(&other, now).unwrap().is_none());
    }
    let second = super::tests::meta(SECOND, &["id", "city"]);
    let staging = state.open_staging(&second, now).unwrap().unwrap();
    assert_eq!(staging.plan().ranges.len(), 3);
    assert!(staging.is_done(1) && !staging.is_done(0) && !staging.is_done(2));
    assert_eq!(staging.users(1).unwrap(), Some(7));
    assert_eq!(staging.users(0).unwrap(), None);
    let mut rows = staging.reader(1).unwrap().unwrap();
    let (mut read, mut number) = (StagedUser::empty(), 0);
    while rows.next(&mut read).unwrap() {
        number += 1;
        let mut expected = user(number);
        for place in expected.untold.clone() {
            expected.cells[place].clear();
        }
        assert_eq!(read, expected);
    }
    assert_eq!(number, 7);
    let mut heads = staging.reader(1).unwrap().unwrap();
    assert!(heads.next_head(&mut read).unwrap());
    assert_eq!(
        (read.id, read.upn.as_str()),
        (user(1).id, "user1@contoso.example")
    );
    staging.remove().unwrap();
    assert!(state.open_staging(&second, now).unwrap().is_none());
}

#[test]
fn what_nobody_can_go_on_with_is_removed() {
    let place = tempfile::tempdir().unwrap();
    let state = StateFolder::open(place.path().to_owned()).unwrap();
    let meta = meta(FIRST, &["id"]);
    let folder = state.exports().join(FIRST);
    for (link, now) in [(None, "2026-11-29T12:00:01Z"), (link(), "2026-12-06T12:00:00Z")] {
        drop(
            state
                .create_staging(&meta.id, StagingPlan::new(&meta, 1, link, ranges()))
                .unwrap(),
        );
        assert!(folder.exists());
        assert!(state.open_staging(&meta, moment(now)).unwrap().is_none());
        assert!(!folder.exists());
    }
    drop(
        state
            .create_staging(&meta.id, StagingPlan::new(&meta, 1, link(), ranges()))
            .unwrap(),
    );
    std::fs::write(folder.join(PLAN), "{").unwrap();
    assert!(
        state
            .open_staging(&meta, moment("2026-11-29T12:00:01Z"))
            .unwrap()
            .is_none()
    );
    assert!(!folder.exists());
}

#[test]
fn a_file_that_is_cut_or_changed_is_damaged() {
    let place = tempfile::tempdir().unwrap();
    let state = StateFolder::open(place.path().to_owned()).unwrap();
    let meta = meta(FIRST, &["id"]);
    let staging = state
        .create_staging(&meta.id, StagingPlan::new(&meta, 1, link(), ranges()))
        .unwrap();
    let mut writer = staging.writer(0).unwrap();
    (1..=5).for_each(|number| writer.add(&user(number)).unwrap());
    writer.finish().unwrap();
    let path = staging.rows(0);
    let whole = std::fs::read(&path).unwrap();
    let read = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let mut rows = staging.reader(0).unwrap().unwrap();
        let mut user = StagedUser::empty();
        loop {
            match rows.next(&mut user) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    };
    read(&whole).unwrap();
    for length in 0..whole.len() {
        assert!(
            matches!(read(&whole[..length]), Err(StateError::Damaged { .. })),
            "{length}"
        );
    }
    for place in 0..whole.len() {
        let mut changed = whole.clone();
        changed[place] ^= 0x10;
        assert!(
            matches!(read(&changed), Err(StateError::Damaged { .. })),
            "{place}"
        );
    }
    staging.forget(0).unwrap();
    assert!(!staging.is_done(0));
    staging.forget(0).unwrap();
}

#[test]
fn a_range_that_is_parted_keeps_its_place_and_its_parts_have_numbers_of_their_own() {
    let meta = meta(FIRST, &["id"]);
    let mut plan = StagingPlan::new(&meta, 12, link(), ranges());
    let middle = plan.ranges[1].range.clone();
    let parts = plan.replace(
        Some(1),
        middle
            .split_at(&["n".to_owned()])
            .into_iter()
            .map(|range| (range, 2))
            .collect(),
    );
    let numbers = |plan: &StagingPlan| plan.ranges.iter().map(|range| range.number).collect::<Vec<_>>();
    assert_eq!(parts.iter().map(|part| part.number).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(numbers(&plan), [0, 3, 4, 2]);
    plan.replace(None, vec![(NameRange::everybody(), 12)]);
    assert_eq!(numbers(&plan), [0, 3, 4, 2, 5]);
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let state = StateFolder::open(place.path().join("state")).unwrap();
    let meta = meta(FIRST, &["id"]);
    let staging = state
        .create_staging(&meta.id, StagingPlan::new(&meta, 1, link(), ranges()))
        .unwrap();
    staging.writer(0).unwrap().finish().unwrap();
    staging.changes().unwrap();
    let folder = state.exports().join(FIRST);
    assert_eq!(
        std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
        0o700
    );
    for entry in std::fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(
            entry.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{entry:?}"
        );
    }
}

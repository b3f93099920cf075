//! Snapshots: written once, found again, never half visible.

use super::*;

fn place() -> (tempfile::TempDir, StateFolder) {
    let place = tempfile::tempdir().unwrap();
    let folder = StateFolder::open(place.path().join("state")).unwrap();
    (place, folder)
}

fn meta(id: &str, columns: &[&str]) -> SnapshotMeta {
    let id = SnapshotId::parse(id).unwrap();
    let at = "2026-11-23T15:03:12.123456789Z".parse().unwrap();
    SnapshotMeta {
        filter: Some("accountEnabled eq true".to_owned()),
        users: 77,
        ..SnapshotMeta::begun(
            id,
            ("contoso", "graph.microsoft.com"),
            at,
            columns.iter().copied(),
        )
    }
}

const FIRST: &str = "snap-20261123-150312-9f3a";
const SECOND: &str = "snap-20261124-080000-0001";

fn user(number: u128) -> UserId {
    UserId::from_bytes(number.to_be_bytes())
}

fn cells(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn texts_of(snapshot: &Snapshot, number: u128) -> Option<Vec<String>> {
    let cells = snapshot.cells_of(&user(number)).unwrap();
    cells.map(|cells| cells.to_vec())
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_finished_snapshot_gives_back_every_cell_exactly() {
    let (_place, folder) = place();
    let mut writer = folder
        .create_snapshot(meta(FIRST, &["city", "jobTitle", "mail"]))
        .unwrap();
    let odd = cells(&["=cmd|' /C calc'!A0", "\"quoted\"; a\r\nb\t\u{0}", "  Zoë 👩‍🔧 "]);
    writer.add(&user(1), "Zoë.Ö@Contoso.com", &odd).unwrap();
    writer
        .add(&user(2), "bob@contoso.com", &cells(&["", "", ""]))
        .unwrap();
    let finished = writer.finish().unwrap();
    assert_eq!((finished.users, finished.complete), (2, true));

    let snapshot = folder.open_snapshot(&finished.id).unwrap().unwrap();
    assert_eq!(snapshot.meta(), &finished);
    assert_eq!(texts_of(&snapshot, 1), Some(odd.clone()));
    assert_eq!(snapshot.cells_of(&user(3)).unwrap(), None);
    for (upn, id) in [
        ("zoë.ö@CONTOSO.com", Some(user(1))),
        ("ZOË.Ö@contoso.com", Some(user(1))),
        ("BOB@contoso.com", Some(user(2))),
        ("eve@contoso.com", None),
    ] {
        assert_eq!(snapshot.id_of_upn(upn).unwrap(), id, "{upn}");
    }
    let mut seen = Vec::new();
    snapshot
        .for_each(|user| {
            seen.push((user.id, user.upn, user.cells.to_vec()));
            Ok::<(), StateError>(())
        })
        .unwrap();
    assert_eq!(seen[0], (user(1), "Zoë.Ö@Contoso.com".to_owned(), odd));
    assert_eq!(seen.len(), 2);
}

#[test]
fn a_snapshot_dropped_before_it_is_finished_leaves_nothing_and_is_never_seen() {
    let (_place, folder) = place();
    let mut writer = folder.create_snapshot(meta(FIRST, &["jobTitle"])).unwrap();
    for number in 0..5_000_u64 {
        writer.add(&user(number.into()), "a@b.c", &cells(&["x"])).unwrap();
    }
    assert!(folder.list_snapshots().unwrap().is_empty());
    assert!(
        folder
            .open_snapshot(&SnapshotId::parse(FIRST).unwrap())
            .unwrap()
            .is_none()
    );
    drop(writer);
    assert_eq!(names_in(&folder.snapshots()), [".lock"]);
}

#[test]
fn what_a_killed_export_left_is_removed_by_the_next_but_not_what_a_living_one_writes() {
    let (_place, folder) = place();
    std::fs::write(folder.snapshots().join(".snap-20261101-080000-0001.part"), "x").unwrap();
    let mut living = folder.create_snapshot(meta(FIRST, &["jobTitle"])).unwrap();
    living.add(&user(1), "a@b.c", &cells(&["x"])).unwrap();
    let other = folder.create_snapshot(meta(SECOND, &["jobTitle"])).unwrap();
    let mut names = names_in(&folder.snapshots());
    names.sort();
    assert_eq!(
        names,
        [".lock", &format!(".{FIRST}.part"), &format!(".{SECOND}.part")]
    );
    other.finish().unwrap();
    assert_eq!(living.finish().unwrap().users, 1);
}

#[test]
fn a_user_that_comes_twice_is_kept_once_as_it_came_last() {
    let (_place, folder) = place();
    let mut writer = folder.create_snapshot(meta(FIRST, &["jobTitle"])).unwrap();
    for (number, text) in [(1, "old"), (2, "other"), (1, "new")] {
        writer
            .add(&user(number), &format!("u{number}@b.c"), &cells(&[text]))
            .unwrap();
    }
    let finished = writer.finish().unwrap();
    assert_eq!(finished.users, 2);
    let snapshot = folder.open_snapshot(&finished.id).unwrap().unwrap();
    assert_eq!(texts_of(&snapshot, 1), Some(cells(&["new"])));
    let mut seen = Vec::new();
    snapshot
        .for_each(|user| {
            seen.push(user.id);
            Ok::<(), StateError>(())
        })
        .unwrap();
    assert_eq!(seen, [user(2), user(1)]);
}

#[test]
fn a_user_with_another_number_of_cells_than_columns_is_refused() {
    let (_place, folder) = place();
    let mut writer = folder.create_snapshot(meta(FIRST, &["city", "mail"])).unwrap();
    let error = writer.add(&user(1), "a@b.c", &cells(&["x"])).unwrap_err();
    assert!(
        error.to_string().contains("1 cells where the snapshot has 2"),
        "{error}"
    );
}

#[test]
fn snapshots_are_listed_newest_first_and_a_damaged_one_does_not_hide_the_others() {
    let (_place, folder) = place();
    for id in [FIRST, SECOND] {
        folder
            .create_snapshot(meta(id, &["jobTitle"]))
            .unwrap()
            .finish()
            .unwrap();
    }
    std::fs::write(folder.snapshots().join("notes.txt"), "mine").unwrap();
    std::fs::write(
        folder.snapshots().join("snap-20261125-080000-0001.csv.zst"),
        "not a snapshot, but long enough to be looked at as one: ".repeat(40),
    )
    .unwrap();
    let listed = folder.list_snapshots().unwrap();
    let ids: Vec<&str> = listed.iter().map(|listed| listed.id.as_str()).collect();
    assert_eq!(ids, ["snap-20261125-080000-0001", SECOND, FIRST]);
    assert!(matches!(&listed[0].meta, Err(StateError::Damaged { .. })));
    assert!(listed[1].meta.is_ok() && listed[2].meta.is_ok());
}

#[test]
fn two_snapshots_of_one_second_are_listed_by_the_moment_they_were_taken_at() {
    let (_place, folder) = place();
    for (end, moment) in [("ffff", "12.1"), ("0000", "12.9")] {
        let mut meta = meta(&format!("snap-20261123-150312-{end}"), &["jobTitle"]);
        meta.taken_at = format!("2026-11-23T15:03:{moment}Z").parse().unwrap();
        folder.create_snapshot(meta).unwrap().finish().unwrap();
    }
    let listed = folder.list_snapshots().unwrap();
    let ends: Vec<&str> = listed.iter().map(|one| &one.id.as_str()[21..]).collect();
    assert_eq!(ends, ["0000", "ffff"]);
}

#[test]
fn what_cannot_be_read_is_refused_with_a_sentence_of_its_own() {
    let (_place, folder) = place();
    let id = SnapshotId::parse(FIRST).unwrap();
    let mut writer = folder.create_snapshot(meta(FIRST, &["jobTitle"])).unwrap();
    for number in 0..9_000 {
        let name = format!("person.{number}@b.c");
        writer.add(&user(number), &name, &cells(&["x"])).unwrap();
    }
    writer.finish().unwrap();
    let path = folder.snapshot_file(&id);
    let whole = std::fs::read(&path).unwrap();
    let says = |words: &str| {
        let error = match folder.open_snapshot(&id) {
            Err(error) => error,
            Ok(snapshot) => snapshot.unwrap().cells_of(&user(8_999)).unwrap_err(),
        };
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.path(), path);
    };
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    says("its end is missing");
    std::fs::write(&path, "").unwrap();
    says("it is not a snapshot of dirsheet");
    let with = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        std::fs::write(&path, bytes).unwrap();
    };
    with(whole.len() - 1, b'9');
    says("version 9 of its format and this dirsheet knows version 2");
    with(whole.len() - 3, b'x');
    says("it is not a snapshot of dirsheet");
    with(whole.len() - 60, b'x');
    says("what it says about itself was changed");
    // In the middle of what is packed.
    with(whole.len() / 4, whole[whole.len() / 4] ^ 0xFF);
    says("is damaged");
}

#[test]
fn a_snapshot_is_never_overwritten_and_can_be_deleted_once() {
    let (_place, folder) = place();
    let id = folder
        .create_snapshot(meta(FIRST, &["jobTitle"]))
        .unwrap()
        .finish()
        .unwrap()
        .id;
    assert!(matches!(
        folder.create_snapshot(meta(FIRST, &["jobTitle"])),
        Err(StateError::Exists { .. })
    ));
    assert!(folder.delete_snapshot(&id).unwrap());
    assert!(!folder.delete_snapshot(&id).unwrap());
}

#[cfg(unix)]
#[test]
fn the_file_is_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_place, folder) = place();
    let id = folder
        .create_snapshot(meta(FIRST, &["jobTitle"]))
        .unwrap()
        .finish()
        .unwrap()
        .id;
    let mode = std::fs::metadata(folder.snapshot_file(&id))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// A snapshot of so many users in three columns of their own keys.
fn of_people(folder: &StateFolder, count: u128) -> Snapshot {
    let columns = ["id", "userPrincipalName", "jobTitle"];
    let mut writer = folder.create_snapshot(meta(FIRST, &columns)).unwrap();
    for number in 0..count {
        let upn = format!("Person.{number}@contoso.com");
        let row = cells(&[&user(number).to_string(), &upn, &format!("Job {number}")]);
        writer.add(&user(number), &upn, &row).unwrap();
    }
    let id = writer.finish().unwrap().id;
    folder.open_snapshot(&id).unwrap().unwrap()
}

#[test]
fn everybody_is_found_in_any_order_and_nobody_else() {
    let (_place, folder) = place();
    let count = 10_000;
    let orders: [Vec<u128>; 4] = [
        (0..count).collect(),
        (0..count).rev().collect(),
        (0..count).filter(|number| number % 977 < 3).collect(),
        (0..count).map(|number| number * 7_919 % count).collect(),
    ];
    for order in orders {
        let snapshot = of_people(&folder, count);
        for number in &order {
            let job = snapshot.cells_of(&user(*number)).unwrap().unwrap();
            assert_eq!(job.get(2), Some(format!("Job {number}").as_str()));
        }
        assert!(snapshot.cells_of(&user(count)).unwrap().is_none());
        assert_eq!(
            snapshot.id_of_upn("PERSON.8888@contoso.com").unwrap(),
            Some(user(8_888))
        );
        assert!(folder.delete_snapshot(&snapshot.meta().id).unwrap());
    }
}

#[test]
fn the_cells_of_somebody_else_are_refused() {
    let (_place, folder) = place();
    let columns = ["id", "userPrincipalName"];
    let mut writer = folder.create_snapshot(meta(FIRST, &columns)).unwrap();
    let other = cells(&[&user(2).to_string(), "a@b.c"]);
    let error = writer.add(&user(1), "a@b.c", &other).unwrap_err();
    assert!(error.to_string().contains("name somebody else"), "{error}");
}

#[test]
fn the_file_is_csv_for_every_reader_of_zstd() {
    let (_place, folder) = place();
    let snapshot = of_people(&folder, 5_000);
    let path = folder.snapshot_file(&snapshot.meta().id);
    let text = zstd::decode_all(std::fs::File::open(path).unwrap()).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_slice());
    assert_eq!(
        reader.headers().unwrap(),
        vec!["id", "userPrincipalName", "jobTitle"]
    );
    let jobs: Vec<String> = reader.records().map(|row| row.unwrap()[2].to_owned()).collect();
    assert_eq!(jobs.len(), 5_000);
    assert_eq!(jobs[4_999], "Job 4999");
}

/// Written by the last dirsheet that kept snapshots in SQLite, of eight invented users of the embedded directory.
#[test]
fn a_snapshot_of_version_1_is_read_listed_and_deleted() {
    let (_place, folder) = place();
    let id = SnapshotId::parse("snap-20261129-121124-3199").unwrap();
    let name = format!("{id}.sqlite");
    std::fs::copy(format!("tests/compat/{name}"), folder.snapshots().join(name)).unwrap();
    let snapshot = folder.open_snapshot(&id).unwrap().unwrap();
    assert_eq!((snapshot.meta().users, snapshot.meta().complete), (8, true));
    let zoe = snapshot.id_of_upn("ZOE.nunez@contoso.com").unwrap().unwrap();
    assert_eq!(zoe.to_string(), "fd68542b-e7f2-4284-ab3b-c25e80ac1464");
    let cells = snapshot.cells_of(&zoe).unwrap().unwrap();
    assert_eq!(
        cells.iter().skip(2).collect::<Vec<_>>(),
        ["Zoë Núñez", "HR Business Partner", "(899) 2886"]
    );
    let mut count = 0;
    snapshot
        .for_each(|_| {
            count += 1;
            Ok::<(), StateError>(())
        })
        .unwrap();
    assert_eq!(count, 8);
    assert_eq!(folder.list_snapshots().unwrap()[0].id, id);
    assert!(folder.delete_snapshot(&id).unwrap());
    assert!(folder.list_snapshots().unwrap().is_empty());
}

#[test]
fn a_row_of_a_snapshot_of_version_1_that_lacks_cells_is_damage() {
    let (_place, folder) = place();
    let id = SnapshotId::parse("snap-20261129-121124-3199").unwrap();
    let path = folder.snapshots().join(format!("{id}.sqlite"));
    std::fs::copy(format!("tests/compat/{id}.sqlite"), &path).unwrap();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection
        .execute("UPDATE users SET cells = json_remove(cells, '$[4]')", [])
        .unwrap();
    drop(connection);
    let snapshot = folder.open_snapshot(&id).unwrap().unwrap();
    let zoe = snapshot.id_of_upn("zoe.nunez@contoso.com").unwrap().unwrap();
    assert!(matches!(snapshot.cells_of(&zoe), Err(StateError::Damaged { .. })));
    let read = snapshot.for_each(|_| Ok::<(), StateError>(()));
    assert!(matches!(read, Err(StateError::Damaged { .. })));
}

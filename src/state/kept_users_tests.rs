//! What is kept comes back whole, or not at all.

use proptest::prelude::*;

use super::*;
use crate::domain::Reference;

fn columns() -> Columns {
    ["displayName", "accountEnabled", "businessPhones", "manager"]
        .iter()
        .filter_map(|name| catalogue::by_name(name))
        .collect()
}

fn of(tenant: &str) -> ReadingOf {
    ReadingOf::new(tenant, "https://graph.example", &columns())
}

fn since() -> KeptSince {
    let link = |word: &str| {
        let url = format!("https://graph.example/delta?$deltatoken={word}");
        DeltaLink::new(url, Timestamp::UNIX_EPOCH)
    };
    KeptSince {
        links: [link("1"), link("2")],
        whole_at: Timestamp::UNIX_EPOCH,
    }
}

fn user(n: u8, name: &str) -> UserState {
    UserState {
        id: UserId::from_bytes([n; 16]),
        upn: format!("u{n}@contoso.example"),
        synced: [None, Some(true), Some(false)][usize::from(n) % 3],
        restricted: n.is_multiple_of(2),
        agent: n.is_multiple_of(5),
        values: thin_vec::thin_vec![
            Value::Text(name.to_owned()),
            Value::Boolean(n.is_multiple_of(2)),
            Value::list(vec!["+31 20 1234567".to_owned()]),
            Value::Reference(Reference {
                id: UserId::from_bytes([n.wrapping_add(1); 16]),
                upn: (!n.is_multiple_of(3)).then(|| "boss@contoso.example".to_owned()),
            }),
        ],
        unread: Default::default(),
    }
}

fn keep(folder: &StateFolder, users: &[UserState]) -> bool {
    folder
        .keep_users("hr", &of("one"), since(), users.iter())
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn what_is_kept_is_read_again_whatever_letters_are_in_it(names in proptest::collection::vec("\\PC*", 0..40)) {
        let place = tempfile::tempdir().unwrap();
        let folder = StateFolder::open(place.path().join("state")).unwrap();
        let users: Vec<UserState> = (0..).zip(&names).map(|(n, name)| user(n, name)).collect();
        prop_assert!(keep(&folder, &users));
        let Kept::Users(kept) = folder.kept_users("hr", &of("one")).unwrap() else { panic!("nothing is kept") };
        prop_assert_eq!(&kept.since, &since());
        let expected: HashMap<UserId, UserState> = users.into_iter().map(|user| (user.id, user)).collect();
        prop_assert_eq!(kept.users, expected);
    }
}

#[test]
fn a_reading_of_another_tenant_or_of_other_columns_is_none() {
    let place = tempfile::tempdir().unwrap();
    let folder = StateFolder::open(place.path().join("state")).unwrap();
    assert!(keep(&folder, &[user(1, "A")]));
    assert_eq!(
        folder.kept_users("hr", &of("two")).unwrap(),
        Kept::OfSomethingElse
    );
    assert_eq!(folder.kept_users("payroll", &of("one")).unwrap(), Kept::Nothing);
    // Another sign-in is shown other things, and so is the same one with other permissions.
    let granted = vec!["User.Read.All".to_owned()];
    for other in [
        of("one").by(Some("somebody"), Vec::new()),
        of("one").by(None, granted),
    ] {
        assert_eq!(folder.kept_users("hr", &other).unwrap(), Kept::OfSomethingElse);
    }
    let fewer: Columns = columns().iter().copied().take(2).collect();
    let fewer = ReadingOf::new("one", "https://graph.example", &fewer);
    assert_eq!(folder.kept_users("hr", &fewer).unwrap(), Kept::OfSomethingElse);
}

#[test]
fn nobody_is_kept_where_an_attribute_of_somebody_was_not_read_and_what_was_kept_before_is_gone() {
    let place = tempfile::tempdir().unwrap();
    let folder = StateFolder::open(place.path().join("state")).unwrap();
    assert!(keep(&folder, &[user(1, "A")]));
    let unread = UserState {
        unread: ["displayName"].into_iter().collect(),
        ..user(2, "B")
    };
    assert!(!keep(&folder, &[user(1, "A"), unread]));
    assert_eq!(folder.kept_users("hr", &of("one")).unwrap(), Kept::Nothing);
    assert_eq!(
        std::fs::read_dir(place.path().join("state/feeds/hr"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn a_file_that_is_cut_or_has_a_changed_byte_is_damaged_and_never_half_a_reading() {
    let place = tempfile::tempdir().unwrap();
    let folder = StateFolder::open(place.path().join("state")).unwrap();
    let users: Vec<UserState> = (0..60).map(|n| user(n, "Somebody")).collect();
    assert!(keep(&folder, &users));
    let path = folder.everybody_file("hr");
    let whole = std::fs::read(&path).unwrap();
    let expected = folder.kept_users("hr", &of("one")).unwrap();
    assert!(matches!(expected, Kept::Users(_)));
    for cut in 0..whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let read = folder.kept_users("hr", &of("one"));
        assert!(
            matches!(
                read,
                Ok(Kept::OfSomethingElse) | Err(StateError::Damaged { .. } | StateError::Io { .. })
            ),
            "{cut}"
        );
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x10;
        std::fs::write(&path, &changed).unwrap();
        if let Ok(read @ Kept::Users(_)) = folder.kept_users("hr", &of("one")) {
            assert_eq!(read, expected, "byte {at}");
        }
    }
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let folder = StateFolder::open(place.path().join("state")).unwrap();
    assert!(keep(&folder, &[user(1, "A")]));
    let mode = std::fs::metadata(folder.everybody_file("hr"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

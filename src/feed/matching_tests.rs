//! Whom rows are about, case by case.

use super::super::testing::{attribute, directory, id, row, text};
use super::*;

fn people() -> Directory {
    directory(&[
        (
            1,
            "ana@contoso.com",
            &[("employeeId", text("1001")), ("mail", text("ana@contoso.com"))],
        ),
        (2, "bo@contoso.com", &[("mail", text("bo@contoso.com"))]),
        (3, "cy@contoso.com", &[("employeeId", text("E7"))]),
        (4, "cy2@contoso.com", &[("employeeId", text("e7"))]),
        (5, "dee@contoso.com", &[("employeeId", text("00042"))]),
        (
            6,
            "eve_home.example#EXT#@contoso.com",
            &[("mail", text("eve@home.example")), ("userType", text("Guest"))],
        ),
        (7, "flo@contoso.com", &[("mail", text("shared@contoso.com"))]),
        (8, "gus@contoso.com", &[("mail", text("shared@contoso.com"))]),
    ])
}

fn matched(key: &str, first: &[(&str, &str)]) -> Match {
    let mut one = row(2, key, &[]);
    one.first_match = first
        .iter()
        .map(|(name, text)| (attribute(name), (*text).to_owned()))
        .collect();
    match_rows(&[one], &people(), attribute("employeeId")).remove(0)
}

#[test]
fn a_number_whose_row_has_the_address_of_somebody_else_is_for_a_person() {
    let Match::Unclear(doubt) = matched("1001", &[("mail", "bo@contoso.com")]) else {
        panic!("it was believed");
    };
    assert_eq!(
        doubt.reason,
        "the number is that of `ana@contoso.com`, and mail tells `bo@contoso.com`"
    );
}

#[test]
fn the_number_finds_its_holder_and_a_name_only_who_holds_none() {
    let (mail, upn) = ("mail", "userPrincipalName");
    let by = |user, name| Match::FirstTime {
        user: id(user),
        by: attribute(name),
    };
    for (key, first, expected) in [
        ("1001", &[][..], Match::Holder(id(1))),
        // Nobody else's name is in the way, and an unknown one may be new.
        ("1001", &[(mail, "new@contoso.com")], Match::Holder(id(1))),
        ("1001", &[(mail, "")], Match::Holder(id(1))),
        ("2002", &[], Match::Nobody),
        ("2002", &[(mail, "nobody@contoso.com")], Match::Nobody),
        ("2002", &[(mail, "BO@contoso.com")], by(2, mail)),
        ("2002", &[(upn, "Bo@Contoso.com")], by(2, upn)),
        (
            "2002",
            &[(mail, "bo@contoso.com"), (upn, "bo@contoso.com")],
            by(2, mail),
        ),
        (
            "2002",
            &[(mail, "nobody@contoso.com"), (upn, "bo@contoso.com")],
            by(2, upn),
        ),
    ] {
        assert_eq!(matched(key, first), expected, "{key} {first:?}");
    }
}

#[test]
fn a_doubt_is_told_and_nobody_is_guessed() {
    let (mail, upn) = ("mail", "userPrincipalName");
    for (key, first, told) in [
        ("", &[][..], "no number"),
        ("  ", &[], "no number"),
        ("E7", &[], "held by `cy2@contoso.com` and `cy@contoso.com`"),
        ("42", &[], "nearly what `dee@contoso.com` (`00042`) holds"),
        ("１００１", &[], "nearly what `ana@contoso.com` (`1001`) holds"),
        ("E\u{FFFD}1", &[], "employeeId: `E\u{FFFD}1` has lost a letter"),
        ("ЕM2", &[(mail, "bo@contoso.com")], "Latin and Cyrillic"),
        (
            "2002",
            &[(mail, "аna@contoso.com")],
            "mail: `аna@contoso.com` has Latin and Cyrillic",
        ),
        (
            "2002",
            &[(mail, "ana@contoso.com")],
            "holds another number: `1001`",
        ),
        ("2002", &[(mail, "eve@home.example")], "only the guest"),
        (
            "2002",
            &[(mail, "shared@contoso.com")],
            "held by `flo@contoso.com` and `gus@contoso.com`",
        ),
        (
            "2002",
            &[(mail, "bo@contoso.com"), (upn, "flo@contoso.com")],
            "mail tells `bo@contoso.com`, and userPrincipalName tells `flo@contoso.com`",
        ),
    ] {
        match matched(key, first) {
            Match::Unclear(doubt) => assert!(doubt.reason.contains(told), "{key}: {}", doubt.reason),
            other => panic!("{key} {first:?}: {other:?}"),
        }
    }
}

#[test]
fn two_rows_with_one_number_or_about_one_user_are_both_for_a_person() {
    let mut bo = row(4, "2002", &[]);
    bo.first_match = vec![(attribute("mail"), "bo@contoso.com".to_owned())];
    let mut again = row(5, "2003", &[]);
    again.first_match = bo.first_match.clone();
    let rows = [
        row(2, "1001", &[]),
        row(3, "1001", &[]),
        bo,
        again,
        row(6, "00042", &[]),
    ];
    let found = match_rows(&rows, &people(), attribute("employeeId"));
    let reasons: Vec<String> = found
        .iter()
        .map(|one| match one {
            Match::Unclear(doubt) => doubt.reason.clone(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(reasons[0], "several rows have this number: rows 2, 3");
    assert_eq!(reasons[0], reasons[1]);
    assert_eq!(reasons[2], "several rows are about the same user: rows 4, 5");
    assert_eq!(found[4], Match::Holder(id(5)));
}

#[test]
fn who_is_named_in_any_way_is_not_missing() {
    let people = people();
    let key = attribute("employeeId");
    let missing = |keys: &[&'static str]| -> Vec<String> {
        let found = missing_people(keys.iter().copied(), &[], &[], &people, key);
        found.iter().map(|user| user.upn.clone()).collect()
    };
    assert_eq!(
        missing(&["1001"]),
        ["cy2@contoso.com", "cy@contoso.com", "dee@contoso.com"]
    );
    // A number that lost its zeros or its capitals still names them: its row is a dead letter.
    assert_eq!(missing(&["1001", "42", "e7"]), Vec::<String>::new());
}

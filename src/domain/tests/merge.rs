//! The table of the merge, complete.

use super::*;

#[test]
fn every_combination_of_base_edited_and_live_has_its_verdict() {
    let words: [Value; 4] = [Value::Empty, text("A"), text("B"), text("C")];
    let attribute = attribute("jobTitle");
    for live in &words {
        for wanted in &words {
            for base in [
                None,
                Some(&words[0]),
                Some(&words[1]),
                Some(&words[2]),
                Some(&words[3]),
            ] {
                let verdict = merge(attribute, base.map(Value::to_cell).as_deref(), wanted, live);
                let expected = if wanted == live {
                    Verdict::AlreadyThere
                } else if base.is_none_or(|base| base == live) {
                    Verdict::Set {
                        before: live.clone(),
                        after: wanted.clone(),
                    }
                } else {
                    Verdict::Conflict {
                        live: live.clone(),
                        edited: wanted.clone(),
                    }
                };
                assert_eq!(verdict, expected, "{base:?} {wanted:?} {live:?}");
            }
        }
    }
}

#[test]
fn a_base_in_another_spelling_is_still_the_base() {
    for (name, base, live) in [
        ("accountEnabled", "TRUE", Value::Boolean(true)),
        (
            "employeeHireDate",
            "2026-06-05T00:00:00Z",
            text("2026-06-05T00:00:00.000Z"),
        ),
        (
            "otherMails",
            "b@x.nl; a@x.nl",
            Value::List(vec!["a@x.nl".into(), "B@x.nl".into()]),
        ),
        ("mail", "JAN@x.nl", text("jan@x.nl")),
        ("passwordPolicies", "", text("None")),
        ("passwordPolicies", "None", Value::Empty),
        ("jobTitle", "", text("")),
    ] {
        let verdict = merge(attribute(name), Some(base), &text("wanted@x.nl"), &live);
        assert!(
            matches!(verdict, Verdict::Set { .. }),
            "{name} {base}: {verdict:?}"
        );
    }
}

#[test]
fn a_base_that_was_emptied_or_filled_by_somebody_else_is_a_conflict() {
    for (base, live) in [("", text("X")), ("X", Value::Empty), ("X", text("Y"))] {
        let verdict = merge(attribute("jobTitle"), Some(base), &text("Chef"), &live);
        assert!(matches!(verdict, Verdict::Conflict { .. }), "{base}: {verdict:?}");
    }
}

#[test]
fn a_manager_is_compared_by_the_id_behind_the_name() {
    let manager = attribute("manager");
    let live = Value::Reference(user(5, &[]).reference());
    let wanted = Value::Reference(user(6, &[]).reference());
    for base in [upn(5), upn(5).to_uppercase(), id(5).to_string()] {
        assert!(
            matches!(merge(manager, Some(&base), &wanted, &live), Verdict::Set { .. }),
            "{base}"
        );
    }
    for base in ["", "somebody@else.nl", "The Boss"] {
        assert!(
            matches!(
                merge(manager, Some(base), &wanted, &live),
                Verdict::Conflict { .. }
            ),
            "{base}"
        );
    }
    assert_eq!(merge(manager, Some(""), &live, &live), Verdict::AlreadyThere);
}

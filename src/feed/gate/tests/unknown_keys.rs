//! Keys that nobody in the directory holds: in the first night, and beside the night before.

use super::beside_directory::verdict;
use super::*;

#[test]
fn keys_that_nobody_holds_refuse_a_night_but_the_first() {
    let unknown = |unknown_keys| DirectoryFacts {
        unknown_keys,
        ..DirectoryFacts::default()
    };
    let rules = GateRules::default();
    assert_eq!(
        refused(&verdict(Some(unknown(0)), unknown(11), &rules)),
        [(MeasureName::UnknownKeys, None)]
    );
    assert_eq!(refused(&verdict(Some(unknown(0)), unknown(10), &rules)), []);
    let first = verdict(None, unknown(50), &rules);
    assert_eq!(
        (first.outcome, first.measures[0].standing),
        (GateOutcome::FirstRun, Standing::Warned)
    );
}

#[test]
fn a_first_file_of_which_hardly_a_key_is_known_is_refused_where_the_directory_could_know_it() {
    let outcome = |unknown_keys, holders, first_match, rules: &str| {
        let facts = DirectoryFacts {
            unknown_keys,
            holders,
            first_match,
            ..DirectoryFacts::default()
        };
        verdict(None, facts, &toml::from_str(rules).unwrap()).outcome
    };
    // There are fifty keys.
    for (unknown, holders, first_match, rules, expected) in [
        (50, 10, false, "", GateOutcome::Refused),
        (50, 0, true, "", GateOutcome::Refused),
        (46, 10, false, "", GateOutcome::Refused),
        (45, 10, false, "", GateOutcome::FirstRun),
        // Nobody could be known: a directory of joiners only.
        (50, 0, false, "", GateOutcome::FirstRun),
        (50, 10, false, "unknown-keys = 'off'", GateOutcome::FirstRun),
        (48, 10, false, "unknown-keys = '96%'", GateOutcome::FirstRun),
    ] {
        assert_eq!(
            outcome(unknown, holders, first_match, rules),
            expected,
            "{unknown} {holders} {first_match} {rules}"
        );
    }
}

#[test]
fn people_without_an_account_are_in_the_file_of_every_night_and_refuse_none() {
    let unknown = |unknown_keys| DirectoryFacts {
        unknown_keys,
        ..DirectoryFacts::default()
    };
    let rules = GateRules::default();
    assert_eq!(refused(&verdict(Some(unknown(18)), unknown(19), &rules)), []);
    assert_eq!(
        refused(&verdict(Some(unknown(18)), unknown(29), &rules)),
        [(MeasureName::UnknownKeys, None)]
    );
    let said: GateRules = toml::from_str("unknown-keys = 2").unwrap();
    assert_eq!(refused(&verdict(Some(unknown(18)), unknown(20), &said)), []);
    assert_eq!(refused(&verdict(Some(unknown(18)), unknown(21), &said)).len(), 1);
}

//! Which nights the next file is held against.

use rusqlite::Connection;

use super::tests::{Place, begun, kept};
use super::*;

/// A night that ends with these figures, and is closed.
fn night(place: &Place, ledger: &mut Ledger, good: KeptFigures) -> NightId {
    let file = place.drop(&good.figures);
    let id = ledger.begin(&file, begun()).unwrap();
    let end = NightEnd {
        good: Some(good),
        move_to: None,
        ..place.end(NightOutcome::Done)
    };
    ledger.settle(id, &end).unwrap();
    ledger.close(id, &[]).unwrap();
    id
}

fn last(ledger: &Ledger) -> Option<String> {
    ledger.last_good().unwrap().map(|good| good.figures)
}

#[test]
fn the_last_good_nights_are_kept_from_the_one_in_which_a_person_let_something_pass() {
    let place = Place::new();
    let mut ledger = place.ledger();
    assert_eq!(ledger.good_nights(14).unwrap(), Vec::<String>::new());
    for figures in ["1", "2", "3"] {
        night(&place, &mut ledger, kept(figures, false, false));
    }
    assert_eq!(ledger.good_nights(14).unwrap(), ["3", "2", "1"]);
    assert_eq!(ledger.good_nights(2).unwrap(), ["3", "2"]);
    night(&place, &mut ledger, kept("4", true, false));
    assert_eq!(ledger.good_nights(14).unwrap(), ["4"]);
    night(&place, &mut ledger, kept("5", false, false));
    drop(ledger);
    assert_eq!(place.ledger().good_nights(14).unwrap(), ["5", "4"]);
}

#[test]
fn a_file_whose_plan_waits_is_no_good_night_until_somebody_approves_it() {
    let place = Place::new();
    let mut ledger = place.ledger();
    night(&place, &mut ledger, kept("1", false, false));
    let waits = night(&place, &mut ledger, kept("2", true, true));
    assert_eq!(last(&ledger).as_deref(), Some("1"));
    assert_eq!(ledger.good_nights(14).unwrap(), ["1"]);
    assert_eq!(ledger.waiting().unwrap().map(|waits| waits.night.id), Some(waits));
    ledger.waiting_is_good().unwrap();
    assert_eq!(last(&ledger).as_deref(), Some("2"));
    assert_eq!(ledger.good_nights(14).unwrap(), ["2"]);
    assert_eq!(ledger.waiting().unwrap(), None);
    // Told twice, it is no other.
    ledger.waiting_is_good().unwrap();
    assert_eq!(last(&ledger).as_deref(), Some("2"));
}

#[test]
fn a_newer_good_night_forgets_what_waited_and_a_newer_plan_takes_its_place() {
    let place = Place::new();
    let mut ledger = place.ledger();
    night(&place, &mut ledger, kept("1", false, true));
    let second = night(&place, &mut ledger, kept("2", false, true));
    assert_eq!(
        ledger.waiting().unwrap().map(|waits| waits.night.id),
        Some(second)
    );
    assert_eq!(last(&ledger), None);
    night(&place, &mut ledger, kept("3", false, false));
    assert_eq!(ledger.waiting().unwrap(), None);
    ledger.waiting_is_good().unwrap();
    assert_eq!(last(&ledger).as_deref(), Some("3"));
}

#[test]
fn a_ledger_of_the_version_before_opens_with_its_last_good_night() {
    let place = Place::new();
    let mut ledger = place.ledger();
    night(&place, &mut ledger, kept("1", false, false));
    let path = ledger.path().to_owned();
    drop(ledger);
    let old = Connection::open(&path).unwrap();
    old.execute_batch("DROP TABLE good_nights; DROP TABLE waiting; PRAGMA user_version = 1;")
        .unwrap();
    drop(old);
    // Reading the history needs no lock, and changes nothing.
    assert_eq!(place.folder.nights("workday", 9).unwrap().len(), 1);
    let mut ledger = place.ledger();
    assert_eq!(last(&ledger).as_deref(), Some("1"));
    assert_eq!(ledger.good_nights(14).unwrap(), ["1"]);
    night(&place, &mut ledger, kept("2", false, true));
    drop(ledger);
    let mut ledger = place.ledger();
    ledger.waiting_is_good().unwrap();
    assert_eq!(ledger.good_nights(14).unwrap(), ["2", "1"]);
}

#[test]
fn a_night_whose_run_was_taken_back_is_good_no_longer_and_the_one_before_it_counts_with_its_hashes() {
    let place = Place::new();
    let mut ledger = place.ledger();
    let first = night(&place, &mut ledger, kept("1", true, false));
    night(&place, &mut ledger, kept("2", false, false));
    night(&place, &mut ledger, kept("3", true, false));
    assert_eq!(ledger.good_nights(14).unwrap(), ["3"]);
    ledger.disown_last().unwrap();
    ledger.disown_last().unwrap();
    let good = ledger.last_good().unwrap().unwrap();
    assert_eq!(
        (good.night, good.figures.as_str(), good.prints),
        (first, "1", vec![1, 2])
    );
    assert_eq!(ledger.good_nights(14).unwrap(), ["1"]);
    ledger.disown_last().unwrap();
    assert_eq!((last(&ledger), ledger.good_nights(14).unwrap()), (None, vec![]));
}

#[test]
fn a_dry_run_reads_what_it_settles_and_leaves_the_ledger_as_it_was() {
    let place = Place::new();
    let mut ledger = place.ledger();
    night(&place, &mut ledger, kept("1", false, false));
    night(&place, &mut ledger, kept("2", false, true));
    drop(ledger);
    let mut ledger = Ledger::rehearse(&place.folder, "workday").unwrap();
    ledger.waiting_is_good().unwrap();
    assert_eq!(last(&ledger).as_deref(), Some("2"));
    ledger.disown_last().unwrap();
    ledger.disown_last().unwrap();
    assert_eq!(last(&ledger), None);
    drop(ledger);
    let ledger = place.ledger();
    assert_eq!(last(&ledger).as_deref(), Some("1"));
    assert_eq!(
        ledger.waiting().unwrap().unwrap().fingerprint.as_deref(),
        Some("00ff")
    );
}

#[test]
fn the_figures_of_a_run_that_is_cut_off_are_kept_until_it_is_at_its_end() {
    let place = Place::new();
    let mut ledger = place.ledger();
    let file = place.drop("1");
    let id = ledger.begin(&file, begun()).unwrap();
    let run = RunId::parse("run-20261129-013000-9f3a").unwrap();
    ledger
        .run_begins(id, &run, Some(&kept("1", true, false)))
        .unwrap();
    drop(ledger);
    let mut ledger = place.ledger();
    assert_eq!(last(&ledger), None);
    let waits = ledger.waiting().unwrap().unwrap();
    assert_eq!((waits.night.id, waits.night.run), (id, Some(run)));
    let end = NightEnd {
        good: None,
        processed: false,
        move_to: None,
        ..place.end(NightOutcome::Done)
    };
    ledger.settle(id, &end).unwrap();
    ledger.waiting_is_good().unwrap();
    assert_eq!(last(&ledger).as_deref(), Some("1"));
    assert_eq!(ledger.good_nights(14).unwrap(), ["1"]);
}

#[test]
fn a_last_good_night_of_version_1_whose_plan_waits_is_none() {
    let place = Place::new();
    let mut ledger = place.ledger();
    let file = place.drop("1");
    let id = ledger.begin(&file, begun()).unwrap();
    let end = NightEnd {
        good: Some(kept("1", false, false)),
        move_to: None,
        ..place.end(NightOutcome::AwaitsApproval)
    };
    ledger.settle(id, &end).unwrap();
    ledger.close(id, &[]).unwrap();
    let path = ledger.path().to_owned();
    drop(ledger);
    let old = Connection::open(&path).unwrap();
    old.execute_batch("DROP TABLE good_nights; DROP TABLE waiting; PRAGMA user_version = 1;")
        .unwrap();
    drop(old);
    let mut ledger = place.ledger();
    assert_eq!((last(&ledger), ledger.good_nights(14).unwrap()), (None, vec![]));
    let waits = ledger.waiting().unwrap().unwrap();
    assert_eq!((waits.night.id, waits.fingerprint), (id, None));
    ledger.waiting_is_good().unwrap();
    assert_eq!(last(&ledger).as_deref(), Some("1"));
}

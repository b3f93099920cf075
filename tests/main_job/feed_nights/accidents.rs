//! Bad nights: files that are cut, doubled, emptied, shifted or old. Each is refused with its figures and goes to the quarantine;
//! nothing is written; and the next good file is taken.

use serde_json::Value as Json;

use super::super::hr::{System, cut};
use super::house::House;

/// What a file met with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Accident {
    /// The last tenth of the people is missing, whole rows.
    Short,
    /// The bytes end in the middle of a row.
    Cut,
    Doubled,
    Emptied,
    LastWeek,
    Shifted,
}

/// With the measure that refuses it, and what the summary says it looks like.
const ACCIDENTS: [(Accident, &str, &str); 6] = [
    (Accident::Short, "rows-lost", ""),
    (Accident::Cut, "rows-lost", "the file was cut off"),
    (Accident::Doubled, "duplicate-keys", "was written twice"),
    (Accident::Emptied, "blanks-grown", "is empty in every row"),
    (Accident::LastWeek, "older-than-last", "it is an old file"),
    (Accident::Shifted, "values-changed", "columns have shifted"),
];

/// All accidents of one system, night after night.
fn bad_nights(system: &str) {
    let system = System::named(system);
    let mut house = House::settled(system);
    let editable = house.editable();
    house.watched();
    let before = house.stand.dump();
    let writes = house.stand.history().len();
    for (number, (accident, measure, hint)) in ACCIDENTS.into_iter().enumerate() {
        // Something new stands in each file, so that it would be written.
        house.file.set(editable[number].0, system.title, "NEVER WRITTEN");
        let whole = house.file.bytes();
        let tenth = house.file.rows.len() / 10;
        let bytes = match accident {
            Accident::Short => house.file.without_last(tenth.max(4)).bytes(),
            Accident::Cut => cut(&whole, 70),
            Accident::Doubled => house.file.doubled().bytes(),
            Accident::Emptied => house.file.emptied(system.department).bytes(),
            Accident::LastWeek => whole,
            Accident::Shifted => house.file.shifted(system.title).bytes(),
        };
        let name = house.put(&bytes);
        let path = house.folder(&name);
        if accident == Accident::LastWeek {
            let week = std::time::Duration::from_secs(7 * 24 * 3600);
            let then = std::time::SystemTime::now() - week;
            let file = std::fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(then).unwrap();
        }
        let night = house.start(&[], 4);
        let told = format!("{} {accident:?}: {night:#}", system.name);
        assert_eq!(night["outcome"], "refused", "{told}");
        figures(&night, measure, &told);
        assert!(night.to_string().contains(hint), "{told}");
        let kept = night["papers"]["file"]
            .as_str()
            .unwrap_or_else(|| panic!("{told}"));
        assert!(kept.contains("quarantine"), "{told}");
        assert_eq!(std::fs::read(kept).unwrap(), bytes, "{told}");
        assert!(!path.exists(), "{told}");
        assert_eq!(house.stand.history().len(), writes, "{told}");
        // The webhook heard it with its figures, and the watchdog that it did not go well.
        let hooked = house.hooked();
        assert_eq!(hooked.len(), 1, "{told}");
        assert_eq!(hooked[0]["refusals"], night["refusals"], "{told}");
        assert_eq!(house.watched(), [1, 0, 1], "{told}");
        let next = house.start(&[], 0);
        assert_eq!(next["outcome"], "no-file", "{next:#}");
        assert_eq!((house.hooked().len(), house.watched()), (0, [1, 1, 0]));
    }
    assert!(house.moved(&before).is_empty());
    let history = house.stand.json(&["feed", "history", "feed/FEED.toml"], 0);
    let refused = history["nights"].as_array().unwrap().iter();
    let refused = refused.filter(|night| night["outcome"] == "refused").count();
    assert_eq!(refused, ACCIDENTS.len(), "{history:#}");

    for (number, _) in ACCIDENTS.iter().enumerate() {
        house.file.set(editable[number].0, system.title, "Planner");
    }
    let good = house.night(0);
    assert_eq!(good["outcome"], "written", "{good:#}");
    assert_eq!(house.user(&editable[0].1)["jobTitle"], "Planner");
}

/// The measure is among the refusals, with what was found and what is allowed.
fn figures(night: &Json, measure: &str, told: &str) {
    let refusals = night["refusals"].as_array().unwrap();
    let named = refusals.iter().find(|refusal| {
        let rule = refusal["rule"].as_str().unwrap();
        rule.starts_with(&format!("gate.{measure}"))
    });
    let refusal = named.unwrap_or_else(|| panic!("{measure}: {told}"));
    for part in ["found", "allowed"] {
        let text = refusal[part].as_str().unwrap();
        let is_figure = text.bytes().any(|byte| byte.is_ascii_digit());
        assert!(is_figure || measure == "older-than-last", "{part}: {told}");
    }
}

#[test]
fn files_of_workday_that_look_like_accidents_are_refused() {
    bad_nights("workday");
}

#[test]
fn files_of_successfactors_that_look_like_accidents_are_refused() {
    bad_nights("successfactors");
}

#[test]
fn files_of_afas_that_look_like_accidents_are_refused() {
    bad_nights("afas");
}

#[test]
fn files_of_adp_that_look_like_accidents_are_refused() {
    bad_nights("adp");
}

#[test]
fn files_of_bamboohr_that_look_like_accidents_are_refused() {
    bad_nights("bamboohr");
}

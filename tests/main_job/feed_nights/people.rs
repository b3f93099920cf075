//! Good nights: the first, the same file again, joiners, movers, leavers and a rename.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::super::hr::{SYSTEMS, System};
use super::house::{House, today};

/// The first night is refused without `--go`, and carried out with it; the same content is nothing to do.
fn first_nights(system: &str) {
    let system = System::named(system);
    let mut house = House::of(system);
    let before = house.stand.dump();
    let refused = house.start(&[], 4);
    assert_eq!(refused["outcome"], "failed", "{refused:#}");
    let told = refused.to_string();
    assert!(
        told.contains("this is the first file") && told.contains("--go"),
        "{told}"
    );
    assert_eq!(refused["counts"]["rows"], house.file.rows.len(), "{refused:#}");
    assert!(house.stand.history().is_empty());
    assert!(!house.folder("archive").exists() && !house.folder("quarantine").exists());
    assert_eq!((house.hooked().len(), house.watched()), (1, [1, 0, 1]));

    let first = house.start(&["--go"], 0);
    assert_eq!(first["outcome"], "written", "{first:#}");
    assert_eq!(first["counts"]["leavers"], 1, "{first:#}");
    assert_eq!(first["counts"]["dead_letters"], 0, "{first:#}");
    assert_eq!(
        first["counts"]["users_written"], first["counts"]["changed"],
        "{first:#}"
    );
    let archived = first["papers"]["file"].as_str().unwrap();
    assert!(
        archived.contains("archive") && std::path::Path::new(archived).exists(),
        "{first:#}"
    );
    says_what_the_file_says(&house);
    let written: BTreeSet<String> = house
        .stand
        .history()
        .into_iter()
        .map(|write| write.user_id)
        .collect();
    let moved: BTreeSet<String> = house.moved(&before).into_iter().collect();
    assert_eq!(written, moved, "who was written to is who moved");
    assert_eq!(first["counts"]["users_written"], moved.len(), "{first:#}");

    // The same content under another name was taken before; and taken again it asks for nothing.
    let writes = house.stand.history().len();
    let sample = std::fs::read(archived).unwrap();
    let copy = house.put(&sample);
    let again = house.start(&[], 0);
    assert_eq!(again["outcome"], "seen-before", "{again:#}");
    assert!(
        house.folder(&copy).exists(),
        "what was taken before stays where it is"
    );
    let forced = house.start(&["--again"], 0);
    assert_eq!(forced["outcome"], "unchanged", "{forced:#}");
    assert_eq!(house.stand.history().len(), writes);
}

/// Titles and departments of everybody whom a feed may write, read in the directory; and nobody who has left can sign in.
fn says_what_the_file_says(house: &House) {
    let system = house.file.system;
    let users = house.stand.dump();
    let holder = |number: &str| users.values().find(|user| user["employeeId"] == number);
    let mut compared = 0;
    for (row, number) in house.file.people() {
        let Some(user) = holder(&number) else {
            // The joiner of the samples begins in 2031.
            assert!(house.file.cell(row, system.hired).contains("2031"), "{number}");
            continue;
        };
        for (cell, property) in [
            (house.file.cell(row, system.title), "jobTitle"),
            (house.file.department(row), "department"),
        ] {
            let held = user[property].as_str().unwrap_or_default();
            if !cell.is_empty() {
                assert_eq!(held.to_uppercase(), cell.to_uppercase(), "{number} {property}");
                compared += 1;
            }
        }
        let boss = system.number(house.file.cell(row, system.manager));
        if let Some(boss) = holder(&boss) {
            assert_eq!(user["manager"], boss["id"], "{number}");
        }
        let is_gone = system.is_over(house.file.cell(row, system.left), today());
        assert_eq!(user["accountEnabled"], !is_gone, "{number}");
    }
    assert!(compared > 20, "{compared}");
}

/// One night in which people come, move, leave and are renamed; nobody else is touched.
fn people_nights(system: &str) {
    let system = System::named(system);
    let mut house = House::settled(system);
    let before = house.stand.dump();
    let rows = house.editable();
    let at = |place: usize| rows[place].clone();
    let (promoted, moved, reporting, renamed, leaving, staying) = (at(0), at(1), at(2), at(3), at(4), at(5));
    let capital = |text: &str| {
        if system.bare {
            text.to_uppercase()
        } else {
            text.to_owned()
        }
    };
    house
        .file
        .set(promoted.0, system.title, &capital("Fleet Coordinator"));
    house.file.set(moved.0, system.department, &capital("Quality"));
    house
        .file
        .set(reporting.0, system.manager, &system.cell(&promoted.1));
    house.file.rename(renamed.0, "Brandsma");
    let yesterday = today().yesterday().unwrap();
    house.file.set(leaving.0, system.left, &system.day(yesterday));
    // A last day that is not over, and a first day that is far, are nothing to do.
    house.file.set(staying.0, system.left, &system.day(today()));
    let joiner = house
        .file
        .join(promoted.0, "000251", "Verhoeven", today().tomorrow().unwrap());
    house.file.join(
        promoted.0,
        "000252",
        "Later",
        today().checked_add(jiff::Span::new().days(200)).unwrap(),
    );

    let night = house.night(0);
    assert_eq!(night["outcome"], "written", "{night:#}");
    let counts = &night["counts"];
    assert_eq!(
        (
            &counts["joiners"],
            &counts["leavers"],
            &counts["users_written"],
            &counts["dead_letters"]
        ),
        (&Json::from(1), &Json::from(1), &Json::from(6), &Json::from(0)),
        "{night:#}"
    );
    assert_eq!(counts["joiners_waiting"], 2, "{night:#}");
    assert_eq!(house.user(&promoted.1)["jobTitle"], "Fleet Coordinator");
    assert_eq!(house.user(&moved.1)["department"], "Quality");
    assert_eq!(house.user(&reporting.1)["manager"], house.user(&promoted.1)["id"]);
    assert_eq!(house.user(&leaving.1)["accountEnabled"], false);
    assert_eq!(house.user(&staying.1)["accountEnabled"], true);
    let new = house.user(&renamed.1);
    let old = &before[new["id"].as_str().unwrap()];
    assert_eq!(new["surname"], "Brandsma");
    assert_eq!(
        new["userPrincipalName"], old["userPrincipalName"],
        "the address did not change"
    );
    let shown = new["displayName"].as_str().unwrap();
    // SuccessFactors' settings leave what people are shown as to them.
    assert_eq!(
        shown.ends_with("Brandsma"),
        system.name != "successfactors",
        "{shown}"
    );
    let made = house.user("000251");
    let name = made["userPrincipalName"].as_str().unwrap();
    assert!(
        name.is_ascii() && name.ends_with("verhoeven@contoso.example"),
        "{name}"
    );
    assert_eq!(
        (&made["accountEnabled"], &made["surname"]),
        (&Json::from(true), &Json::from("Verhoeven"))
    );
    let boss = system.number(house.file.cell(joiner, system.manager));
    assert_eq!(made["manager"], house.user(&boss)["id"]);
    let passwords: Vec<_> = std::fs::read_dir(house.folder("passwords")).unwrap().collect();
    assert_eq!(passwords.len(), 1);

    let six: BTreeSet<String> = [&promoted, &moved, &reporting, &renamed, &leaving]
        .iter()
        .map(|(_, number)| house.user(number)["id"].as_str().unwrap().to_owned())
        .chain([made["id"].as_str().unwrap().to_owned()])
        .collect();
    assert_eq!(house.moved(&before).into_iter().collect::<BTreeSet<_>>(), six);
    assert_eq!(house.start(&[], 0)["outcome"], "no-file");
    // Nothing of it is trouble: the watchdog heard three good nights, the webhook none.
    assert_eq!((house.hooked().len(), house.watched()), (0, [3, 3, 0]));
}

/// A mail address that changes in the HR system is a sign-in name only where FEED.toml maps it.
fn address_night(system: &str, renames: bool) {
    let mut house = House::settled(System::named(system));
    let (row, number) = house.editable()[0].clone();
    let before = house.user(&number);
    house
        .file
        .set(row, house.file.system.mail, "new.address@contoso.example");
    let night = house.night(0);
    let name = house.user(&number)["userPrincipalName"].clone();
    if renames {
        assert_eq!(night["outcome"], "written", "{night:#}");
        assert_eq!(name, "new.address@contoso.example");
    } else {
        assert_eq!(night["outcome"], "unchanged", "{night:#}");
        assert_eq!(name, before["userPrincipalName"]);
    }
}

#[test]
fn the_settings_of_every_sample_fit_its_file() {
    for system in SYSTEMS {
        let mut house = House::of(system);
        let bytes = house.file.bytes();
        let file = format!("feed/{}", house.put(&bytes));
        let checked = house.stand.json(&["feed", "check", "feed/FEED.toml", &file], 0);
        let told = format!("{}: {checked:#}", system.name);
        assert_eq!(checked["settings"], Json::from(Vec::<Json>::new()), "{told}");
        assert_eq!(
            checked["file"]["problems"],
            Json::from(Vec::<Json>::new()),
            "{told}"
        );
        let rows = house.file.people().len();
        assert_eq!(checked["file"]["rows"], rows, "{told}");
        assert_eq!(checked["file"]["left_out"], system.labels, "{told}");
    }
}

#[test]
fn the_first_nights_of_workday_end_as_stated() {
    first_nights("workday");
}

#[test]
fn the_first_nights_of_successfactors_end_as_stated() {
    first_nights("successfactors");
}

#[test]
fn the_first_nights_of_afas_end_as_stated() {
    first_nights("afas");
}

#[test]
fn the_first_nights_of_adp_end_as_stated() {
    first_nights("adp");
}

#[test]
fn the_first_nights_of_bamboohr_end_as_stated() {
    first_nights("bamboohr");
}

#[test]
fn people_of_workday_come_move_and_leave() {
    people_nights("workday");
}

#[test]
fn people_of_successfactors_come_move_and_leave() {
    people_nights("successfactors");
}

#[test]
fn people_of_afas_come_move_and_leave() {
    people_nights("afas");
}

#[test]
fn people_of_adp_come_move_and_leave() {
    people_nights("adp");
}

#[test]
fn people_of_bamboohr_come_move_and_leave() {
    people_nights("bamboohr");
}

#[test]
fn a_changed_address_is_a_sign_in_name_only_where_the_settings_say_so() {
    address_night("bamboohr", true);
    address_night("workday", false);
}

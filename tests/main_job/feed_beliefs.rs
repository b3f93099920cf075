//! What a feed must never believe: numbers that were given to others, a cut last line, files that are none of dead letters.

use serde_json::{Value as Json, json};

use super::feed_office::{Office, SETTINGS, name};
use super::stand::people;

#[test]
fn more_people_than_usual_who_have_left_stop_the_night_and_nobody_is_switched_off() {
    let mut office = Office::settled(60);
    for number in 10..21 {
        office.set(number, "To", "2021-01-31");
    }
    let refused = office.night(&[], 4);
    assert_eq!(refused["refusals"][0]["rule"], "leavers.max", "{refused:#}");
    assert!(office.stand.history().is_empty());
    office
        .stand
        .write("FEED.toml", SETTINGS.replace("[leavers]", "[leavers]\nmax = 11"));
    let file = refused["papers"]["file"].as_str().unwrap().to_owned();
    assert_eq!(office.start(&["--file", &file], 0)["counts"]["users_written"], 11);
}

#[test]
fn a_column_that_goes_blank_for_a_few_is_cleared_and_one_that_nobody_would_have_any_more_is_not() {
    let mut office = Office::settled(60);
    for number in 10..13 {
        office.set(number, "Title", "");
    }
    let night = office.night(&[], 0);
    assert_eq!(night["counts"]["users_written"], 3, "{night:#}");
    // All the others at once: the gate stops it, and behind it the guard, whose advice can be followed.
    for number in 0..60 {
        office.set(number, "Title", "");
    }
    let refused = office.night(&[], 4);
    let file = refused["papers"]["file"].as_str().unwrap();
    let lift = "blanks-grown,distinct-lost,values-changed,values-blanked";
    let refused = office.start(&["--file", file, "--lift", lift], 4);
    assert_eq!(refused["outcome"], "guard-refused", "{refused:#}");
    let emptied = refused["refusals"].as_array().unwrap().iter();
    let emptied: Vec<&Json> = emptied
        .filter(|one| one["rule"] == "guard column-emptied")
        .collect();
    assert!(
        emptied[0]["help"]
            .as_str()
            .unwrap()
            .contains("a person applies that"),
        "{refused:#}"
    );
}

#[test]
fn a_file_from_before_the_last_one_is_refused_until_somebody_says_that_it_is_right() {
    let mut office = Office::settled(40);
    office.set(3, "Dept", "Board");
    assert_eq!(office.night(&[], 0)["outcome"], "written");
    office.set(3, "Dept", "Sales");
    let refused = office.night(&[], 4);
    assert_eq!(refused["outcome"], "refused", "{refused:#}");
    assert_eq!(office.user(&name(3))["department"], "Board");
    assert_eq!(office.start(&["--again"], 0)["outcome"], "written");
    assert_eq!(office.user(&name(3))["department"], "Sales");
    // That file is the last one now.
    assert_eq!(office.night(&[], 0)["outcome"], "seen-before");
}

#[test]
fn numbers_that_were_exchanged_move_nobodys_profile_to_somebody_else() {
    let mut office = Office::settled(40);
    office.set(5, "Nr", "N1007");
    office.set(6, "Nr", "N1006");
    let night = office.night(&[], 6);
    assert_eq!(night["counts"]["dead_letters"], 2, "{night:#}");
    assert_eq!(night["counts"]["users_written"], 0, "{night:#}");
    assert!(office.stand.history().is_empty());
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    assert!(letters.contains("the number is that of"), "{letters}");
}

#[test]
fn a_number_that_was_given_to_somebody_new_does_not_rewrite_its_old_holder() {
    let mut office = Office::settled(40);
    for (column, text) in [
        ("First", "Brand"),
        ("Last", "Newhire"),
        ("Mail", "brand.newhire@contoso.example"),
    ] {
        office.set(5, column, text);
    }
    // A new surname and address alone are a wedding.
    office.set(6, "Last", "Wedded");
    office.set(6, "Mail", "first.wedded@contoso.example");
    let night = office.night(&[], 6);
    assert_eq!(night["counts"]["dead_letters"], 1, "{night:#}");
    assert_eq!(office.user(&name(5))["surname"], name(5));
    assert_eq!(office.user(&name(6))["surname"], "Wedded");
}

#[test]
fn without_an_address_in_the_row_the_names_tell_whose_number_it_is() {
    let mut office = Office::of(40);
    // The names of the file are those of the directory, and no two people share one.
    for number in 0..40 {
        let given = format!("G{}", name(number));
        office
            .stand
            .edit(&office.id(&name(number)), "givenName", given.as_str());
        office.stand.edit(
            &office.id(&name(number)),
            "displayName",
            format!("{given} {}", name(number)),
        );
        office.set(number, "First", &given);
        office.set(number, "Mail", "");
    }
    let first = office.night(&["--go"], 0);
    assert_eq!(first["outcome"], "unchanged", "{first:#}");
    // Exchanged, and given to somebody who is new.
    office.set(5, "Nr", "N1007");
    office.set(6, "Nr", "N1006");
    office.set(8, "First", "Brand");
    office.set(8, "Last", "Newhire");
    // A wedding, and somebody whom HR writes without accents.
    office.set(9, "Last", "Wedded");
    office.stand.edit(&office.id(&name(10)), "givenName", "José");
    office.set(10, "First", "Jose");
    let night = office.night(&[], 6);
    assert_eq!(night["counts"]["dead_letters"], 3, "{night:#}");
    for number in [5, 6, 8] {
        assert_eq!(office.user(&name(number))["surname"], name(number), "{number}");
    }
    assert_eq!(office.user(&name(9))["surname"], "Wedded");
    assert_eq!(office.user(&name(10))["givenName"], "Jose");
}

#[test]
fn letters_of_a_wrong_code_page_are_not_written_and_what_the_directory_holds_already_is_no_damage() {
    let mut office = Office::settled(40);
    office.set(3, "Title", "Leiter M\u{44c}nchen");
    office.set(4, "Title", "Leiter MÃ¼nchen");
    office.set(5, "Title", "Leiter M\u{fffd}nchen");
    office.set(5, "Dept", "Board");
    office.set(6, "Title", "Leiter 東京IT部");
    let held = office.id(&name(7));
    office.stand.edit(&held, "jobTitle", "Leiter M\u{44c}nchen");
    office.set(7, "Title", "Leiter M\u{44c}nchen");
    let night = office.night(&[], 6);
    let counts = &night["counts"];
    assert_eq!(
        (&counts["dead_letters"], &counts["users_written"]),
        (&Json::from(3), &Json::from(2)),
        "{night:#}"
    );
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    for told in [
        "Latin and Cyrillic letters in one word",
        "it was `Leiter München`",
        "has lost a letter",
        "source.encoding",
    ] {
        assert!(letters.contains(told), "{told}: {letters}");
    }
    let user = office.user(&name(5));
    assert_eq!(
        (&user["jobTitle"], &user["department"]),
        (&Json::from("Clerk"), &Json::from("Board"))
    );
    assert_eq!(office.user(&name(6))["jobTitle"], "Leiter 東京IT部");
    let checked = office
        .stand
        .json(&["feed", "check", "FEED.toml", &office.last()], 3);
    assert_eq!(
        checked["file"]["problems"].as_array().unwrap().len(),
        4,
        "{checked:#}"
    );
}

#[test]
fn a_feed_switches_nobody_on() {
    let settings = SETTINGS
        .replace("[leavers]\nlast-day = '{{ row[\"To\"] }}'\n", "")
        .replace(
            "[attributes]\n",
            "[attributes]\naccountEnabled = { value = 'true' }\n",
        );
    let office = Office::open(40, super::stand::people(0), &settings);
    office.night(&["--go"], 0);
    let user = office.user(&name(5));
    office.stand.write(
        "off.csv",
        format!("id,accountEnabled\n{},false\n", user["id"].as_str().unwrap()),
    );
    office
        .stand
        .run(&["apply", "off.csv", "--yes", "--allow", "disable"])
        .must(0);
    let night = office.start(&["--again", "--file", &office.last()], 0);
    assert_eq!(night["outcome"], "unchanged", "{night:#}");
    assert_eq!(office.user(&name(5))["accountEnabled"], Json::Bool(false));
}

#[test]
fn a_file_whose_last_line_was_cut_is_refused_although_no_row_is_missing() {
    let mut office = Office::settled(40);
    office.set(39, "Title", "Conductor");
    let whole = office.text();
    office.drop(whole.trim_end().strip_suffix("Staff,2020-01-01,").unwrap());
    let night = office.start(&[], 4);
    assert_eq!(night["outcome"], "refused", "{night:#}");
    assert!(
        night["refusals"].to_string().contains("gate.last-line"),
        "{night:#}"
    );
}

#[test]
fn only_files_of_dead_letters_can_be_fed_again() {
    let office = Office::settled(40);
    office.stand.write("whole.csv", office.text());
    let night = office.start(&["--refeed", "whole.csv"], 3);
    assert!(
        night["message"]
            .as_str()
            .unwrap()
            .contains("none of dead letters"),
        "{night:#}"
    );
}

#[test]
fn a_column_that_is_mapped_for_the_first_time_is_for_a_person() {
    let mut office = Office::settled(40);
    let settings = SETTINGS.replace("[manager]", "city = { column = \"Town\" }\n[manager]");
    office.stand.write("FEED.toml", settings);
    office.add_column("Town", "Delft");
    let refused = office.night(&[], 4);
    assert_eq!(
        refused["refusals"][0]["rule"], "gate.values-changed (column `Town`)",
        "{refused:#}"
    );
    let file = refused["papers"]["file"].as_str().unwrap().to_owned();
    // Behind the gate stands the guard of too many users, as ever.
    let passed = office.start(&["--file", &file, "--lift", "values-changed"], 4);
    assert_eq!(
        (&passed["outcome"], &passed["counts"]["changed"]),
        (&Json::from("guard-refused"), &Json::from(40)),
        "{passed:#}"
    );
}

#[test]
fn a_plan_that_waits_is_told_every_night_and_withdrawn_when_a_newer_file_is_taken() {
    let mut office = Office::settled(40);
    for number in 1..5 {
        office.set(number, "Title", "Lead");
    }
    let night = office.night(&["--approve-above", "3"], 21);
    let plan = night["papers"]["plan"].as_str().unwrap().to_owned();
    // The same content again: nobody has approved it yet, and that is said.
    let still = office.night(&["--approve-above", "3"], 21);
    assert!(
        still["message"]
            .as_str()
            .unwrap()
            .contains("waits for approval still"),
        "{still:#}"
    );
    for number in 1..4 {
        office.set(number, "Title", "Clerk");
    }
    let newer = office.night(&["--approve-above", "3"], 0);
    assert_eq!(newer["counts"]["users_written"], 1, "{newer:#}");
    assert!(newer["help"].to_string().contains("withdrawn"), "{newer:#}");
    office.stand.run(&["apply", &plan, "--yes"]).must(2);
    let aside = format!("{plan}.withdrawn");
    assert!(std::path::Path::new(&aside).exists());
    let refused = office.stand.run(&["apply", &aside, "--yes"]).must(2);
    assert!(refused.stderr.contains("was withdrawn"), "{}", refused.stderr);
    assert_eq!(office.stand.history().len(), 1);
}

#[test]
fn a_file_of_the_future_is_not_taken_and_cannot_hide_those_that_come_after_it() {
    let mut office = Office::settled(40);
    office.set(3, "Title", "Lead");
    office.drop(&office.text());
    let path = std::fs::read_dir(office.stand.path("inbox"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    let day = std::time::Duration::from_secs(24 * 3600);
    file.set_modified(std::time::SystemTime::now() + day).unwrap();
    let refused = office.start(&[], 4);
    assert!(
        refused["message"].as_str().unwrap().contains("in the future"),
        "{refused:#}"
    );
    assert!(office.stand.history().is_empty());
    office.set(4, "Title", "Lead");
    assert_eq!(office.night(&[], 0)["counts"]["users_written"], 2);
}

#[test]
fn the_day_on_which_somebody_has_left_is_that_of_the_time_zone() {
    // 25 hours lie between the two, so it is always a later day in the first.
    let (early, late) = ("Pacific/Kiritimati", "Pacific/Pago_Pago");
    let zone = jiff::tz::TimeZone::get(late).unwrap();
    let last_day = zone.to_datetime(jiff::Timestamp::now()).date().to_string();
    for (zone, on) in [(late, true), (early, false)] {
        let settings = format!("{SETTINGS}[schedule]\ntime-zone = \"{zone}\"\n");
        let mut office = Office::open(30, super::stand::people(0), &settings);
        office.night(&["--go"], 0);
        office.set(5, "To", &last_day);
        office.night(&[], 0);
        assert_eq!(
            office.user(&name(5))["accountEnabled"],
            Json::Bool(on),
            "{zone} {last_day}"
        );
    }
}

#[test]
fn a_number_with_letters_that_only_look_right_makes_nobody_and_its_holder_is_not_missing() {
    let settings = format!("{SETTINGS}[missing]\naction = \"disable\"\nnights = 1\n");
    let mut office = Office::open(60, people(0), &settings);
    office.night(&["--go"], 0);
    for number in [5, 6] {
        office.set(
            number,
            "From",
            &jiff::Timestamp::now().strftime("%Y-%m-%d").to_string(),
        );
    }
    // A Greek capital that looks like the Latin one, in a row without an address.
    office.set(5, "Nr", "\u{39D}1006");
    office.set(5, "Mail", "");
    // Letters of two scripts, in a row whose address tells the person.
    office.set(6, "Nr", "N\u{42F}07");
    // The manager of somebody else, in the same letters.
    office.set(7, "Boss", "\u{39D}1001");
    let night = office.night(&[], 6);
    let counts = &night["counts"];
    assert_eq!(
        (&counts["missing"], &counts["joiners"], &counts["users_written"]),
        (&json!(0), &json!(0), &json!(0)),
        "{night:#}"
    );
    assert_eq!(counts["dead_letters"], 3, "{night:#}");
    for number in [5, 6] {
        assert_eq!(office.user(&name(number))["accountEnabled"], true);
    }
    let told = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    for part in ["may only look like the other", "Latin and Cyrillic letters"] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

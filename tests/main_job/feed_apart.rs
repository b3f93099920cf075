//! People whom a feed may not touch: they are left to a person, and the night goes on for everybody else.

use dirsheet::sandbox::SandboxOptions;
use serde_json::{Value as Json, json};

use super::feed_office::{Office, SETTINGS, name};
use super::stand::people;

/// The sign-in may read who holds roles.
fn reading_roles() -> SandboxOptions {
    let options = people(0);
    let more = "RoleManagement.Read.Directory".to_owned();
    SandboxOptions {
        roles: options.roles.iter().cloned().chain([more]).collect(),
        // The service itself would let it write them.
        app_role: Some("Global Administrator".to_owned()),
        ..options
    }
}

/// An office with a first good night, in which one person is an administrator.
fn with_an_administrator(settings: &str) -> Office {
    let office = Office::open(40, reading_roles(), settings);
    office.night(&["--go"], 0);
    let admin = office.id(&name(5));
    office
        .stand
        .edit(&admin, "directoryRoles", json!(["User Administrator"]));
    office
}

fn letters(night: &Json) -> String {
    std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap()
}

#[test]
fn an_administrator_who_has_left_is_no_dead_letter_like_every_other_night() {
    let mut office = with_an_administrator(SETTINGS);
    office.set(5, "Dept", "Board");
    assert!(!letters(&office.night(&[], 6)).contains("HAS LEFT"));
    office.set(5, "To", "2026-01-31");
    let told = letters(&office.night(&[], 6));
    assert!(
        told.contains("HAS LEFT") && told.contains("see that the account is switched off"),
        "{told}"
    );
    assert_eq!(office.user(&name(5))["accountEnabled"], true);
    // Also where others are written in the same night.
    office.set(6, "Dept", "Board");
    let night = office.night(&[], 6);
    assert_eq!(night["counts"]["users_written"], 1, "{night:#}");
    assert!(letters(&night).contains("HAS LEFT"), "{night:#}");
}

#[test]
fn a_change_of_an_administrator_is_left_to_a_person_and_everybody_else_is_written() {
    let mut office = with_an_administrator(SETTINGS);
    office.set(5, "Dept", "Board");
    office.set(5, "Title", "Chair");
    office.set(6, "Dept", "Board");
    let night = office.night(&[], 6);
    assert_eq!(
        (
            &night["outcome"],
            &night["counts"]["users_written"],
            &night["counts"]["dead_letters"]
        ),
        (&json!("needs-person"), &json!(1), &json!(1)),
        "{night:#}"
    );
    assert_eq!(office.user(&name(6))["department"], "Board");
    let admin = office.user(&name(5));
    assert_eq!(
        (&admin["department"], &admin["jobTitle"]),
        (&json!("Law"), &json!("Clerk"))
    );
    let told = letters(&night);
    for part in [
        "an administrator is changed by a person: the user holds User Administrator",
        "guards.allow",
    ] {
        assert!(told.contains(part), "{told}");
    }
    // Alone it is no reason to stop either, and with the word the feed does it.
    let alone = office.night(&["--again"], 6);
    assert_eq!(alone["counts"]["dead_letters"], 1, "{alone:#}");
    let allowed = SETTINGS.replace("allow = [", "allow = [\"admins\", ");
    office.stand.write("FEED.toml", allowed);
    let night = office.night(&["--again"], 0);
    assert_eq!(night["counts"]["users_written"], 1, "{night:#}");
    assert_eq!(office.user(&name(5))["department"], "Board");
}

#[test]
fn the_figures_of_a_whole_plan_still_count_people_who_are_left_to_a_person() {
    let settings = SETTINGS.replace("[guards]", "[guards]\nmax-users = 1");
    let mut office = with_an_administrator(&settings);
    office.set(5, "Dept", "Board");
    office.set(6, "Dept", "Board");
    let night = office.night(&[], 4);
    assert_eq!(night["outcome"], "guard-refused", "{night:#}");
    let rules: Vec<&str> = night["refusals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["rule"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["guard max-users"], "{night:#}");
    assert!(office.stand.history().is_empty());
}

#[test]
fn a_missing_administrator_is_told_in_the_reasons_and_not_switched_off() {
    let settings = format!("{SETTINGS}[missing]\naction = \"disable\"\nnights = 1\n");
    let mut office = with_an_administrator(&settings);
    office
        .rows
        .retain(|row| !["N1006", "N1007"].contains(&row["Nr"].as_str()));
    let night = office.night(&[], 6);
    assert_eq!(
        (&night["counts"]["missing"], &night["counts"]["users_written"]),
        (&json!(2), &json!(1)),
        "{night:#}"
    );
    assert!(
        night["message"]
            .as_str()
            .unwrap()
            .contains("1 missing person is left for a person"),
        "{night:#}"
    );
    assert_eq!(office.user(&name(5))["accountEnabled"], true);
    assert_eq!(office.user(&name(6))["accountEnabled"], false);
    let reasons = std::fs::read_to_string(night["papers"]["reasons"].as_str().unwrap()).unwrap();
    assert!(
        reasons.contains("was not switched off: an administrator is changed by a person"),
        "{reasons}"
    );
}

#[test]
fn protected_people_and_new_names_for_signing_in_are_left_to_a_person() {
    let settings = SETTINGS.replace(
        "[attributes]\n",
        "[attributes]\nuserPrincipalName = { column = \"Mail\" }\n",
    );
    // The profile has a list, and so has the feed.
    let own = format!("[guards]\nprotected = [\"{}@contoso.example\"]\n", name(8));
    let settings = settings.replace("[guards]\n", &own);
    let mut office = Office::open(40, reading_roles(), &settings);
    let list = format!("protected = [\"{}@contoso.example\"]", name(5));
    super::guards::profile(&mut office.stand, &list);
    let profile = ["--profile", "practice", "--config", "config.toml"];
    office.night(&[&profile[..], &["--go"]].concat(), 0);
    office.set(5, "Dept", "Board");
    office.set(6, "Mail", "wedded@contoso.example");
    office.set(6, "Dept", "Board");
    office.set(7, "Dept", "Board");
    office.set(8, "Dept", "Board");
    let night = office.night(&profile, 6);
    assert_eq!(
        (
            &night["counts"]["users_written"],
            &night["counts"]["dead_letters"]
        ),
        (&json!(1), &json!(3)),
        "{night:#}"
    );
    let told = letters(&night);
    for part in [
        "guards.protected",
        "people would sign in by another name",
        "\"\"rename\"\"",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // No part of such a row is written.
    assert_eq!(office.user(&name(6))["department"], "Sales");
    assert_eq!(office.user(&name(5))["department"], "Law");
    assert_eq!(office.user(&name(8))["department"], "Law");
    assert_eq!(office.user(&name(7))["department"], "Board");
}

/// An office in which two people are out of the service's reach, one of them synced from on-premises.
fn with_people_out_of_reach(settings: &str) -> Office {
    let mut office = Office::open(40, people(0), settings);
    office.night(&["--go"], 0);
    for (number, property) in [(5, "onPremisesSyncEnabled"), (6, "isManagementRestricted")] {
        let user = office.id(&name(number));
        office.stand.edit(&user, property, true);
        office.set(number, "Dept", "Board");
        office.set(number, "Boss", "N4444");
    }
    office.set(7, "Dept", "Board");
    office
}

#[test]
fn people_whom_the_service_keeps_out_of_reach_need_a_person_every_night_unless_they_are_left_alone() {
    let mut office = with_people_out_of_reach(SETTINGS);
    let night = office.night(&[], 6);
    assert_eq!(
        (
            &night["counts"]["users_written"],
            &night["counts"]["dead_letters"]
        ),
        (&json!(1), &json!(2)),
        "{night:#}"
    );
    let leave = "[people]\nsynced = \"leave\"\nrestricted = \"leave\"\n[guards]";
    office
        .stand
        .write("FEED.toml", SETTINGS.replace("[guards]", leave));
    office.set(8, "Dept", "Board");
    let ran = office.run(&[]).must(0);
    let night: Json = serde_json::from_str(&ran.stdout).unwrap();
    let counts = &night["counts"];
    assert_eq!(
        (
            &night["outcome"],
            &counts["users_written"],
            &counts["dead_letters"],
            &counts["left_synced"],
            &counts["left_restricted"]
        ),
        (&json!("written"), &json!(1), &json!(0), &json!(1), &json!(1)),
        "{night:#}"
    );
    assert!(
        ran.stderr
            .contains("1 person is synced from on-premises and left alone"),
        "{}",
        ran.stderr
    );
    assert_eq!(office.user(&name(5))["department"], "Law");
    let reasons = std::fs::read_to_string(night["papers"]["reasons"].as_str().unwrap()).unwrap();
    for who in [
        "is synced from on-premises",
        "is in a restricted administrative unit",
    ] {
        let told = format!("{who} and left alone; the night would have written department");
        assert!(reasons.contains(&told), "{reasons}");
    }
}

#[test]
fn a_missing_person_who_is_synced_is_left_alone_too() {
    let settings = SETTINGS.replace("[guards]", "[people]\nsynced = \"leave\"\n[guards]");
    let settings = format!("{settings}[missing]\naction = \"disable\"\nnights = 1\n");
    let mut office = Office::open(40, people(0), &settings);
    office.night(&["--go"], 0);
    let user = office.id(&name(39));
    office.stand.edit(&user, "onPremisesSyncEnabled", true);
    office.rows.pop();
    let night = office.night(&[], 0);
    assert_eq!(
        (&night["counts"]["missing"], &night["counts"]["left_synced"]),
        (&json!(1), &json!(1)),
        "{night:#}"
    );
    assert_eq!(office.user(&name(39))["accountEnabled"], true);
}

#[test]
fn people_who_are_left_alone_count_for_no_limit_of_missing_people() {
    let settings = SETTINGS.replace("[guards]", "[people]\nsynced = \"leave\"\n[guards]");
    let settings = format!("{settings}[missing]\naction = \"disable\"\nmax = 2\n");
    let mut office = Office::open(60, people(0), &settings);
    office.night(&["--go"], 0);
    for number in 57..60 {
        let user = office.id(&name(number));
        office.stand.edit(&user, "onPremisesSyncEnabled", true);
    }
    office.rows.truncate(57);
    let night = office.night(&[], 0);
    assert_eq!(
        (&night["counts"]["missing"], &night["counts"]["left_synced"]),
        (&json!(3), &json!(3)),
        "{night:#}"
    );
    // The others count as ever.
    let user = office.id(&name(59));
    office.stand.edit(&user, "onPremisesSyncEnabled", false);
    office.rows.truncate(55);
    let refused = office.night(&[], 4);
    assert_eq!(refused["refusals"][0]["rule"], "missing.max", "{refused:#}");
    let found = refused["refusals"][0]["found"].as_str().unwrap();
    assert!(found.starts_with("3 of 58 people"), "{found}");
}

#[test]
fn who_has_left_and_can_still_sign_in_from_a_restricted_unit_is_for_a_person_also_where_such_people_are_left_alone()
 {
    let leave = "[people]\nsynced = \"leave\"\nrestricted = \"leave\"\n[guards]";
    let settings = SETTINGS.replace("[guards]", leave);
    let settings = format!("{settings}[missing]\naction = \"disable\"\nnights = 1\n");
    let mut office = with_people_out_of_reach(&settings);
    office.set(5, "To", "2021-01-31");
    office.set(6, "To", "2021-01-31");
    let night = office.night(&[], 6);
    let counts = &night["counts"];
    assert_eq!(
        (
            &counts["dead_letters"],
            &counts["left_synced"],
            &counts["left_restricted"],
            &counts["users_written"]
        ),
        (&json!(1), &json!(1), &json!(1), &json!(1)),
        "{night:#}"
    );
    let told = letters(&night);
    assert!(
        told.contains("has left and can still sign in: the account is in a restricted administrative unit"),
        "{told}"
    );
    assert_eq!(office.user(&name(6))["accountEnabled"], true);
    // Nobody's row is theirs any more: the reasons tell it.
    office.rows.retain(|row| row["Nr"] != "N1007");
    let night = office.night(&[], 6);
    let reasons = std::fs::read_to_string(night["papers"]["reasons"].as_str().unwrap()).unwrap();
    assert!(
        reasons.contains("is not in the file, and can still sign in"),
        "{reasons}"
    );
}

#[test]
fn a_sign_in_that_cannot_tell_administrators_apart_refuses_the_night_and_is_nobodys_dead_letter() {
    let options = SandboxOptions {
        app_role: Some("Global Administrator".to_owned()),
        ..people(0)
    };
    let mut office = Office::open(40, options, SETTINGS);
    office.night(&["--go"], 0);
    office.set(5, "Mobile", "+31 6 12345678");
    office.set(6, "Dept", "Board");
    let night = office.night(&[], 4);
    let refusal = &night["refusals"][0];
    assert_eq!(refusal["rule"], "guard unknown-roles", "{night:#}");
    let help = refusal["help"].as_str().unwrap();
    assert!(
        help.starts_with("give the app the permission `RoleManagement.Read.Directory`"),
        "{help}"
    );
    assert!(office.stand.history().is_empty());
}

#[test]
fn the_command_told_for_a_shuffled_sheet_changes_nobody_whom_the_feed_leaves_to_a_person() {
    assert_eq!(name(5), "paf");
    let settings = SETTINGS.replace("[guards]\n", "[guards]\nprotected = [\"paf@contoso.example\"]\n");
    let mut office = Office::open(60, reading_roles(), &settings);
    for number in 1..13 {
        office.set(number, "Title", &format!("Title {number}"));
    }
    office
        .stand
        .edit(&office.id(&name(5)), "jobTitle", json!("Title 5"));
    office.night(&["--go"], 0);
    let admin = office.id(&name(6));
    office
        .stand
        .edit(&admin, "directoryRoles", json!(["User Administrator"]));
    for number in 1..13 {
        office.set(number, "Title", &format!("Title {}", number % 12 + 1));
    }
    let refused = office.night(&[], 4);
    let refusal = refused["refusals"].as_array().unwrap().iter();
    let mut help = refusal.map(|refusal| refusal["help"].as_str().unwrap());
    let help = help.find(|help| help.contains("dirsheet apply")).unwrap();
    assert!(
        help.ends_with("; 2 users whom a feed leaves to a person are not in it"),
        "{help}"
    );
    // As somebody copies it.
    let command = help
        .split('`')
        .find(|text| text.starts_with("dirsheet apply"))
        .unwrap();
    let words: Vec<&str> = command.split(' ').skip(1).chain(["--yes"]).collect();
    office.stand.run(&words).must(0);
    let title = |number: usize| {
        office.user(&name(number))["jobTitle"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!((title(4), title(7)), ("Title 5".to_owned(), "Title 8".to_owned()));
    assert_eq!((title(5), title(6)), ("Title 5".to_owned(), "Title 6".to_owned()));
}

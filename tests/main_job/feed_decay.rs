//! A feed that goes bad slowly, or was bad from the first night on: what the last file alone does not show.

use serde_json::Value as Json;

use super::feed_office::{Office, SETTINGS};
use super::stand::people;

fn rules(night: &Json) -> Vec<&str> {
    let refusals = night["refusals"].as_array().unwrap();
    refusals.iter().map(|one| one["rule"].as_str().unwrap()).collect()
}

#[test]
fn a_column_that_loses_five_points_a_night_is_refused_in_the_third_night_and_goes_on_once_a_person_has_looked()
 {
    let mut office = Office::settled(100);
    let lose = |office: &mut Office, upto: usize| (0..upto).for_each(|at| office.set(at, "Dept", ""));
    for upto in [5, 10] {
        lose(&mut office, upto);
        assert_eq!(office.night(&[], 0)["outcome"], "unchanged");
    }
    lose(&mut office, 15);
    let refused = office.night(&[], 4);
    assert_eq!(
        rules(&refused),
        ["gate.blanks-grown-over-nights (column `Dept`)"],
        "{refused:#}"
    );
    let told = refused.to_string();
    assert!(
        told.contains("15 (15.0 %), best of the last good nights 0")
            && told.contains("little by little over the last 3"),
        "{refused:#}"
    );
    // A person has looked; from here on it is the measure, also a little worse.
    let file = refused["papers"]["file"].as_str().unwrap().to_owned();
    let lift = ["--file", &file, "--lift", "blanks-grown-over-nights"];
    assert_eq!(office.start(&lift, 0)["outcome"], "unchanged");
    lose(&mut office, 20);
    assert_eq!(office.night(&[], 0)["outcome"], "unchanged");
    lose(&mut office, 25);
    assert_eq!(office.night(&[], 0)["outcome"], "unchanged");
    lose(&mut office, 30);
    assert_eq!(
        rules(&office.night(&[], 4)),
        ["gate.blanks-grown-over-nights (column `Dept`)"]
    );
}

#[test]
fn people_who_go_a_few_every_night_are_refused_in_the_night_in_which_a_tenth_is_gone() {
    let mut office = Office::settled(100);
    for left in [96, 92, 90] {
        office.rows.truncate(left);
        assert_eq!(office.night(&[], 0)["outcome"], "unchanged");
    }
    office.rows.truncate(88);
    let refused = office.night(&[], 4);
    assert_eq!(rules(&refused), ["gate.rows-lost-over-nights"], "{refused:#}");
    assert!(
        refused.to_string().contains("best of the last good nights 100"),
        "{refused:#}"
    );
}

#[test]
fn a_first_file_with_a_blank_column_of_which_the_directory_holds_the_values_is_refused_though_a_person_says_go()
 {
    let mut office = Office::of(40);
    for at in 0..40 {
        office.set(at, "Title", "");
        office.set(at, "Dept", "");
    }
    let refused = office.night(&["--go"], 4);
    assert_eq!(refused["outcome"], "refused");
    // Of a department a blank keeps, so nothing would come of it.
    assert_eq!(rules(&refused), ["gate.values-blanked (jobTitle)"], "{refused:#}");
    let told = refused.to_string();
    assert!(
        told.contains("40 (100.0 %)")
            && told.contains("`jobTitle`, made of `Title`, is blank for 40 of 40 people"),
        "{refused:#}"
    );
    assert!(office.stand.history().is_empty());
    for at in 0..40 {
        office.set(at, "Title", if at < 2 { "" } else { "Clerk" });
    }
    office.drop(&office.text());
    let shown = office
        .stand
        .run(&["feed", "run", "FEED.toml", "--dry-run"])
        .must(0);
    shown.says(&["warning", "values-blanked `department`", "40 (100.0 %)"]);
    let first = office.start(&["--go"], 0);
    assert_eq!(first["counts"]["users_written"], 2, "{first:#}");
    // What was told once is not told every night.
    office.set(5, "Title", "Lead");
    office.drop(&office.text());
    let night = office.stand.run(&["feed", "run", "FEED.toml"]).must(0);
    assert!(!night.stderr.contains("values-blanked"), "{night:?}");
}

#[test]
fn a_directory_that_knows_many_whom_the_file_does_not_name_is_told_in_the_first_night_and_refused_where_asked()
 {
    let settings = format!("{SETTINGS}[gate]\ncoverage-min = \"80%\"\n");
    let office = Office::open(40, people(0), &settings);
    let whole = office.text();
    let branch: Vec<&str> = whole.lines().take(16).collect();
    office.drop(&format!("{}\n", branch.join("\n")));
    let refused = office.start(&["--go"], 4);
    assert_eq!(rules(&refused), ["gate.coverage-min"], "{refused:#}");
    assert!(refused.to_string().contains("15 (37.5 %)"), "{refused:#}");
    office.stand.write("FEED.toml", SETTINGS);
    office.drop(&format!("{}\n", branch.join("\n")));
    let shown = office
        .stand
        .run(&["feed", "run", "FEED.toml", "--dry-run"])
        .must(0);
    shown.says(&["warning", "coverage-min", "15 (37.5 %)"]);
    assert_eq!(office.start(&["--go"], 0)["outcome"], "unchanged");
}

#[test]
fn a_file_whose_plan_waits_is_not_what_the_next_is_held_against_until_it_is_approved() {
    let mut office = Office::settled(100);
    let fewer = |office: &mut Office, left: usize, title: &str| {
        office.rows.truncate(left);
        (1..5).for_each(|at| office.set(at, "Title", title));
    };
    fewer(&mut office, 95, "Lead");
    let waits = office.night(&["--approve-above", "3"], 21);
    assert_eq!(waits["outcome"], "waiting", "{waits:#}");
    // Beside the waiting file four people are gone, beside the last good one nine.
    let all = office.rows.clone();
    fewer(&mut office, 91, "Boss");
    let refused = office.night(&["--approve-above", "3"], 4);
    assert_eq!(rules(&refused), ["gate.rows-lost"], "{refused:#}");
    assert!(refused.to_string().contains("last good 100"), "{refused:#}");
    let plan = waits["papers"]["plan"].as_str().unwrap().to_owned();
    office
        .stand
        .run(&["apply", &plan, "--yes", "--feed", "FEED.toml"])
        .must(0);
    office.rows = all;
    fewer(&mut office, 91, "Lead");
    let next = office.night(&[], 0);
    assert_eq!(next["outcome"], "unchanged", "{next:#}");
}

#[test]
fn a_first_file_whose_plan_waits_leaves_the_next_a_first_file() {
    let mut office = Office::of(40);
    (1..5).for_each(|at| office.set(at, "Title", "Lead"));
    office.night(&["--go", "--approve-above", "3"], 21);
    office.set(1, "Title", "Boss");
    let next = office.night(&["--approve-above", "3"], 4);
    assert!(
        next["message"].as_str().unwrap().contains("first file"),
        "{next:#}"
    );
    let again = office.start(&["--go", "--approve-above", "3"], 21);
    assert_eq!(again["outcome"], "waiting", "{again:#}");
}

#[test]
fn a_table_of_words_that_was_cut_refuses_the_night_like_a_file() {
    let settings = SETTINGS.replace(
        "department = { column = \"Dept\" }",
        "department = { value = '{{ row[\"Dept\"] | lookup(\"departments\", \"Other\") }}' }",
    ) + "[tables.departments]\nfile = \"departments.csv\"\nkey = \"code\"\nvalue = \"name\"\n";
    let mut office = Office::open(40, people(0), &settings);
    let folder = office.stand.path("departments.csv");
    let table = |rows: &[&str]| {
        let rows: Vec<String> = rows.iter().map(|name| format!("{name},{name}\n")).collect();
        std::fs::write(&folder, format!("code,name\n{}", rows.concat())).unwrap();
    };
    table(&["Sales", "Care", "Law", "Board"]);
    assert_eq!(office.night(&["--go"], 0)["outcome"], "unchanged");
    table(&["Sales", "Care"]);
    office.set(1, "Title", "Lead");
    let refused = office.night(&[], 4);
    assert_eq!(
        rules(&refused),
        ["gate.table-rows (table `departments`)"],
        "{refused:#}"
    );
    assert!(
        refused.to_string().contains("`departments` lost 2 rows"),
        "{refused:#}"
    );
    table(&["Sales", "Care", "Law"]);
    let file = refused["papers"]["file"].as_str().unwrap().to_owned();
    assert_eq!(office.start(&["--file", &file], 0)["counts"]["users_written"], 1);
}

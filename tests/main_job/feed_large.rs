//! A feed of a large directory: each night reads who has changed since the last one, and decides what it would decide after reading
//! everybody.

use serde_json::Value as Json;

use super::accounts::options;
use super::feed_office::{Office, SETTINGS, name};
use super::sheet::Sheet;

/// Enough for ranges, few enough for a test: twelve pages.
const USERS: usize = 11_000;
const PAGES: u64 = 12;

fn office(settings: &str) -> Office {
    let office = Office::open(USERS, options(0), settings);
    let pages = office.stand.stats().list_pages;
    office.drop(&office.text());
    let ran = office
        .stand
        .run(&["feed", "run", "FEED.toml", "--json", "--go", "--progress", "json"])
        .must(0)
        .says(&[r#""way":"ranges""#]);
    let first: Json = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(first["outcome"], "unchanged", "{first:#}");
    assert!(office.stand.stats().list_pages >= pages + PAGES);
    office
}

/// What a rehearsal of the file says of each cell, without what differs from start to start; and whether everybody was listed for it.
fn rehearsed(office: &Office, more: &[&str]) -> ((Json, String), bool) {
    let folder = if more.is_empty() { "kept" } else { "anew" };
    let pages = office.stand.stats().list_pages;
    let arguments = [
        "feed",
        "run",
        "FEED.toml",
        "--dry-run",
        "--json",
        "--report-dir",
        folder,
    ];
    let ran = office.stand.run(&[&arguments, more].concat());
    let listed = office.stand.stats().list_pages - pages;
    let mut summary: Json = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    let reasons = summary["papers"]["reasons"]
        .as_str()
        .unwrap_or_else(|| panic!("{summary:#}"));
    let reasons = std::fs::read_to_string(office.stand.path(reasons)).unwrap();
    for name in ["seconds", "started_at", "papers"] {
        summary[name] = Json::Null;
    }
    summary["counts"]["requests"] = Json::Null;
    ((summary, reasons), listed >= PAGES)
}

/// The same by what the last night kept and after reading everybody.
#[track_caller]
fn same_both_ways(office: &Office) -> (Json, String) {
    let (kept, listed) = rehearsed(office, &[]);
    assert!(!listed, "what was kept is used: {}", kept.0);
    let (anew, listed) = rehearsed(office, &["--full"]);
    assert!(listed, "everybody is read");
    assert_eq!(kept, anew);
    kept
}

fn act(office: &Office, number: usize, action: &str) {
    let sheet = Sheet::new(&["id", "_action"], &[&[&id(number), action]]);
    office.stand.save("act.csv", &sheet);
    office
        .stand
        .run(&["apply", "act.csv", "--yes", "--allow", "delete"])
        .must(0);
}

#[test]
fn a_night_reads_only_who_has_changed_and_decides_what_it_would_decide_after_reading_everybody() {
    let settings = format!("{SETTINGS}[missing]\naction = \"report\"\n");
    let mut office = office(&settings);
    for number in 40..60 {
        office.set(number, "Title", "Lead");
    }
    office.set(61, "To", "2021-01-01");
    office.set(62, "Boss", "N1064");
    let pages = office.stand.stats().list_pages;
    let second = office.night(&[], 0);
    assert_eq!(second["counts"]["users_written"], 22, "{second:#}");
    assert!(office.stand.stats().list_pages <= pages + 4, "nobody is listed");
    assert!(second["counts"]["requests"].as_u64().unwrap() < 50, "{second:#}");

    // Others work as well: by hand, in every way that a night looks at.
    let stand = &office.stand;
    stand.edit(&id(100), "jobTitle", "By hand");
    stand.edit(&id(101), "manager", Json::Null);
    stand.edit(&id(102), "manager", id(103));
    stand.edit(&id(104), "employeeId", "X9");
    stand.edit(&id(105), "userPrincipalName", "married@contoso.example");
    stand.edit(&id(106), "accountEnabled", false);
    stand.edit(&id(107), "onPremisesSyncEnabled", true);
    stand.edit(&id(108), "userType", "Guest");
    stand.edit(&id(109), "mobilePhone", "+49 30 1234");
    act(&office, 112, "delete");
    act(&office, 64, "delete");
    stand.edit(&id(0), "userPrincipalName", "the.boss@contoso.example");
    office.set(107, "Title", "Chief");
    office.set(109, "Mobile", "+49 30 9999");
    office.set(110, "Title", "Chief");
    office.set(111, "First", "Other");
    office.rows.remove(113);
    office.drop(&office.text());
    let (summary, reasons) = same_both_ways(&office);
    assert_eq!(
        summary["counts"]["missing"], 1,
        "the one whose row is gone: {summary:#}"
    );
    assert!(
        reasons.contains("By hand") && !reasons.contains("9999"),
        "{reasons}"
    );
    let written = office.start(&[], 6);
    assert_eq!(office.user(&name(100))["jobTitle"], "Clerk", "{written:#}");
    assert_eq!(office.user(&name(110))["jobTitle"], "Chief");
    let last = office.night(&["--again"], 6);
    assert_eq!(last["counts"]["users_written"], 0, "{last:#}");

    // Who is back from the deleted may be somebody's manager, and the team is told nothing.
    let sheet = Sheet::new(&["id", "_action"], &[&[&id(64), "restore"]]);
    office.stand.save("back.csv", &sheet);
    office
        .stand
        .run(&["apply", "back.csv", "--yes", "--allow", "restore"])
        .must(0);
    office.set(20, "Title", "Chief");
    let pages = office.stand.stats().list_pages;
    office.run(&[]).says(&["was deleted and is back"]);
    assert!(office.stand.stats().list_pages >= pages + PAGES);
    assert_eq!(office.user(&name(20))["jobTitle"], "Chief");
}

/// The id of a person of the file.
fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{:012}", number + 1)
}

#[test]
fn a_night_whose_earlier_reading_is_of_no_use_reads_everybody_and_says_why() {
    let mut office = office(SETTINGS);
    let kept = office.stand.state().join("feeds/hr/everybody.jsonl.zst");
    let night = |office: &Office, more: &[&str], why: &str| {
        let pages = office.stand.stats().list_pages;
        let ran = office.run(more).says(&[why]);
        let night: Json = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
        assert_eq!(night["counts"]["users_written"], 1, "{night:#}");
        assert!(office.stand.stats().list_pages >= pages + PAGES, "{why}");
    };
    office.set(30, "Title", "Lead");
    std::fs::write(&kept, "no reading").unwrap();
    night(&office, &[], "11000 users read anew: ");

    office.set(31, "Title", "Lead");
    office.stand.faults("delta-expired,times=1");
    night(&office, &[], "does not tell what has changed");

    office.set(32, "Title", "Lead");
    let whole = std::fs::read(&kept).unwrap();
    std::fs::write(&kept, &whole[..whole.len() / 2]).unwrap();
    night(&office, &[], "11000 users read anew: ");

    // What the service answers to changes cannot be understood: no night fails for it.
    office.set(33, "Title", "Lead");
    office.stand.faults("html,on=delta,times=9");
    night(&office, &[], "read anew: ");
    office.stand.faults("");
    office.set(34, "Title", "Lead");
    night(&office, &["--full"], "reading the directory");

    // More have changed than it is worth to read by themselves.
    for number in 200..700 {
        office.stand.edit(&id(number), "city", "Bonn");
        office.stand.edit(&id(number), "jobTitle", "Clerk II");
        office.set(number, "Title", "Clerk II");
    }
    office.set(35, "Title", "Lead");
    night(&office, &[], "are to be read by themselves");

    // Without changes being told there is nothing to keep.
    office.set(36, "Title", "Lead");
    office.stand.faults("403,on=delta");
    night(&office, &[], "read anew: ");
    assert!(!kept.exists());
}

#[test]
fn people_whom_nobody_misses_do_not_keep_a_night_from_what_was_kept() {
    let settings =
        format!("{SETTINGS}[missing]\naction = \"report\"\nusers = 'user[\"userType\"] == \"Member\"'\n");
    let mut office = Office::open(USERS, options(0), &settings);
    // Guests with a number, whom the file does not know.
    for number in 300..600 {
        office.stand.edit(&id(number), "userType", "Guest");
    }
    office.rows.drain(300..600);
    office.night(&["--go"], 0);
    office.set(40, "Title", "Lead");
    let pages = office.stand.stats().list_pages;
    let night = office.night(&[], 0);
    assert_eq!(night["counts"]["users_written"], 1, "{night:#}");
    assert!(office.stand.stats().list_pages <= pages + 4, "nobody is listed");
}

#[test]
fn an_answer_that_is_behind_what_was_told_is_asked_for_again() {
    let mut office = office(SETTINGS);
    office.set(40, "Title", "Lead");
    // For ten minutes every other read is of before the last write.
    office.stand.faults("stale:600000");
    office.stand.edit(&id(40), "jobTitle", "Lead");
    office.stand.edit(&id(41), "employeeId", "X9");
    let night = office.night(&[], 6);
    assert_eq!(
        night["counts"]["dead_letters"], 1,
        "another number than the file's: {night:#}"
    );
    assert_eq!(night["counts"]["users_written"], 0, "{night:#}");
}

#[test]
fn a_change_that_is_told_late_makes_the_night_read_everybody_before_it_writes() {
    let mut office = office(SETTINGS);
    // The telephone was typed a moment ago, and the service tells nobody yet: it must not be written over.
    office.stand.faults("late-change:1,times=2");
    office.stand.edit(&id(50), "mobilePhone", "+49 30 1234");
    office.set(50, "Mobile", "+49 30 9999");
    let pages = office.stand.stats().list_pages;
    office.run(&[]).says(&["is not as the service told of changes"]);
    assert!(office.stand.stats().list_pages >= pages + PAGES);
    assert_eq!(office.user(&name(50))["mobilePhone"], "+49 30 1234");
}

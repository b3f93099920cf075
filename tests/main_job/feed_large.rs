//! A feed of a large directory: each night reads who has changed since the last one, and comes to what it would come to by reading
//! everybody.

use dirsheet::sandbox::SandboxOptions;
use serde_json::Value as Json;

use super::feed_office::{Office, SETTINGS, name};
use super::stand::people;

/// Enough for ranges, few enough for a test.
const USERS: usize = 11_000;

fn office() -> Office {
    let options = SandboxOptions { ..people(0) };
    let office = Office::open(USERS, options, SETTINGS);
    let first = office.night(&["--go"], 0);
    assert_eq!(first["outcome"], "unchanged", "{first:#}");
    office
}

/// What a rehearsal of the file says of each cell, without the names of files.
fn rehearsed(office: &Office, more: &[&str], way: &str) -> (Json, String) {
    let folder = if more.is_empty() { "kept" } else { "anew" };
    let ran = office.stand.run(
        &[
            &[
                "feed",
                "run",
                "FEED.toml",
                "--dry-run",
                "--json",
                "--report-dir",
                folder,
            ],
            more,
        ]
        .concat(),
    );
    let ran = ran.says(&[way]);
    let mut summary: Json = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    let reasons = summary["papers"]["reasons"]
        .as_str()
        .unwrap_or_else(|| panic!("{summary:#}"));
    let reasons = std::fs::read_to_string(office.stand.path(reasons)).unwrap();
    for name in ["seconds", "started_at", "papers"] {
        summary[name] = Json::Null;
    }
    summary["counts"]["requests"] = Json::Null;
    (summary, reasons)
}

#[test]
fn a_night_reads_only_who_has_changed_and_decides_what_it_would_decide_after_reading_everybody() {
    let mut office = office();
    for number in 40..60 {
        office.set(number, "Title", "Lead");
    }
    office.set(61, "To", "2021-01-01");
    office.set(62, "Boss", "N1064");
    let pages = office.stand.stats().list_pages;
    let second = office.night(&[], 0);
    assert_eq!(second["counts"]["users_written"], 22, "{second:#}");
    assert!(
        office.stand.stats().list_pages <= pages + 2,
        "nobody is listed, users are counted"
    );
    assert!(second["counts"]["requests"].as_u64().unwrap() < 40, "{second:#}");

    // Others work as well: by hand, in every way that a night looks at.
    let stand = &office.stand;
    let id = |number: usize| office.id(&name(number));
    stand.edit(&id(100), "jobTitle", "By hand");
    stand.edit(&id(101), "manager", Json::Null);
    stand.edit(&id(102), "manager", id(103));
    stand.edit(&id(104), "employeeId", "X9");
    stand.edit(&id(105), "userPrincipalName", "married@contoso.example");
    stand.edit(&id(0), "userPrincipalName", "the.boss@contoso.example");
    stand.edit(&id(106), "accountEnabled", false);
    stand.edit(&id(107), "onPremisesSyncEnabled", true);
    stand.edit(&id(107), "jobTitle", "Synced");
    office.set(110, "Title", "Chief");
    office.set(111, "First", "Other");
    office.drop(&office.text());
    let (kept, why_kept) = rehearsed(&office, &[], "as the last night read them");
    let (anew, why_anew) = rehearsed(&office, &["--full"], "reading the directory");
    assert_eq!(kept, anew);
    assert_eq!(why_kept, why_anew);
    assert!(why_kept.contains("By hand"), "{why_kept}");
    let written = office.start(&[], 6);
    assert_eq!(office.user(&name(100))["jobTitle"], "Clerk", "{written:#}");
    assert_eq!(office.user(&name(110))["jobTitle"], "Chief");
    let last = office.night(&["--again"], 6);
    assert_eq!(last["counts"]["users_written"], 0, "{last:#}");
}

#[test]
fn a_night_whose_earlier_reading_is_of_no_use_reads_everybody_and_says_why() {
    let mut office = office();
    let kept = office.stand.state().join("feeds/hr/everybody.jsonl.zst");
    let night = |office: &Office, why: &str| {
        let pages = office.stand.stats().list_pages;
        let ran = office.run(&[]);
        let ran = ran.says(&[why]);
        let night: Json = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
        assert!(office.stand.stats().list_pages >= pages + 11, "{why}");
        assert!(kept.exists(), "{why}");
        night
    };
    office.set(30, "Title", "Lead");
    std::fs::write(&kept, "no reading").unwrap();
    let damaged = night(&office, "11000 users read anew: ");
    assert_eq!(damaged["counts"]["users_written"], 1, "{damaged:#}");

    office.set(31, "Title", "Lead");
    office.stand.faults("delta-expired,times=1");
    let expired = night(&office, "does not tell what has changed");
    assert_eq!(expired["counts"]["users_written"], 1, "{expired:#}");

    office.set(32, "Title", "Lead");
    let whole = std::fs::read(&kept).unwrap();
    std::fs::write(&kept, &whole[..whole.len() / 2]).unwrap();
    let cut = night(&office, "11000 users read anew: ");
    assert_eq!(cut["counts"]["users_written"], 1, "{cut:#}");

    // Without changes being told there is nothing to keep.
    office.set(33, "Title", "Lead");
    office.stand.faults("403,on=delta");
    let refused = office.night(&[], 0);
    assert_eq!(refused["counts"]["users_written"], 1, "{refused:#}");
    assert!(!kept.exists());
}

//! The page of a plan in a real, headless Chromium.
//!
//! Where Chromium or chromedriver is missing, the tests say so loudly and pass; `.ci/run` installs both and sets
//! `DIRSHEET_CHROMIUM=required`, which turns a skipped test into a failed one. With `DIRSHEET_PICTURES=FOLDER` the tests leave
//! pictures of the page there, to be looked at.

// Helpers of tests may stop a test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chromium;
mod looks;
#[path = "../common/plans.rs"]
mod plans;
#[allow(dead_code)]
#[path = "../common/sheet.rs"]
mod sheet;
#[allow(dead_code)]
#[path = "../common/stand.rs"]
mod stand;

use std::path::Path;

use chromium::Browser;
use dirsheet::domain::{Limits, Obstacle, Plan, inspect};
use dirsheet::report::{Paper, write_page};
use plans::{HOSTILE, forecast, hostile, mixed};
use serde_json::{Value, json};
use stand::Stand;

/// The page of a plan, written to a file.
fn write(plan: &Plan, path: &Path) {
    let guards = inspect(plan, &Limits::default());
    let refused = guards.iter().any(|guard| !guard.passed);
    let obstacle = refused.then_some(Obstacle::Guards);
    let moment = "2026-11-24T12:00:00Z".parse().unwrap();
    let paper = Paper::of_plan(plan, &[], &guards, forecast(plan), obstacle, moment);
    let mut file = std::fs::File::create(path).unwrap();
    write_page(&paper, &mut file).unwrap();
}

/// A browser with the page of a plan.
fn opened(plan: &Plan) -> Option<(Browser, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let browser = Browser::find(&folder.path().join("profile"))?;
    let page = folder.path().join("plan.html");
    write(plan, &page);
    browser.open(&page);
    Some((browser, folder))
}

/// The texts of a column of the table, as far as its rows can be seen.
fn column(browser: &Browser, index: usize) -> Vec<String> {
    let texts = browser.value(&format!(
        "Array.from(document.querySelectorAll('#changes tbody tr:not(.group)')).filter(row => row.offsetParent !== null)
            .map(row => row.cells[{index}].textContent)"
    ));
    serde_json::from_value(texts).unwrap()
}

fn count(browser: &Browser) -> String {
    browser
        .value("document.getElementById('count').textContent")
        .as_str()
        .unwrap()
        .to_owned()
}

/// Sets a control and tells the page, as a person's choice does.
fn choose(browser: &Browser, control: &str, value: &str) {
    browser.run(&format!(
        "const control = document.getElementById('{control}'); control.value = {};
         control.dispatchEvent(new Event('change', {{ bubbles: true }}));",
        json!(value)
    ));
}

#[test]
fn the_table_is_searched_chosen_sorted_and_grouped() {
    let Some((browser, _folder)) = opened(&mixed().plan()) else {
        return;
    };
    assert_eq!(count(&browser), "13 changes");
    let parts = column(&browser, 1);
    assert_eq!(parts[..4], ["Cleared", "Cleared", "Sensitive", "Sensitive"]);
    assert!(parts[4..].iter().all(|part| part == "Other"), "{parts:?}");

    // Typed by keyboard; neither case nor accents matter, and all words must be there.
    browser.run("document.getElementById('text').focus();");
    browser.keys("ZOE jobtitle");
    assert_eq!(count(&browser), "1 of 13 changes");
    assert_eq!(column(&browser, 5), ["Account Manager"]);
    browser.run("document.querySelector('button[type=reset]').click();");
    browser.devtools(
        "Runtime.evaluate",
        &json!({ "expression": "new Promise(done => setTimeout(done, 50))", "awaitPromise": true }),
    );
    assert_eq!(count(&browser), "13 changes");

    choose(&browser, "column", "mobilePhone");
    assert_eq!(count(&browser), "2 of 13 changes");
    choose(&browser, "part", "Cleared");
    assert_eq!(count(&browser), "0 of 13 changes");
    choose(&browser, "column", "");
    assert_eq!(column(&browser, 4), ["faxNumber", "country"]);
    choose(&browser, "part", "");

    // By its heading, with the keyboard, up and down; rows as numbers.
    browser.run("document.querySelectorAll('#changes thead button')[0].focus();");
    browser.keys("\u{e007}");
    let rows = column(&browser, 0);
    assert_eq!(
        rows,
        ["2", "3", "3", "4", "5", "6", "7", "8", "8", "9", "9", "10", "10"]
    );
    assert_eq!(
        browser.value("document.querySelector('[aria-sort=ascending]').textContent"),
        "Row"
    );
    browser.keys("\u{e007}");
    assert_eq!(column(&browser, 0)[..3], ["10", "10", "9"]);
    assert_eq!(
        browser.value("document.querySelectorAll('[aria-sort=descending]').length"),
        1
    );

    let groups = |by: &str| -> Vec<String> {
        choose(&browser, "group", by);
        let headings = browser.value(
            "Array.from(document.querySelectorAll('#changes .group th'), heading => heading.textContent)",
        );
        serde_json::from_value(headings).unwrap()
    };
    assert_eq!(
        groups("3"),
        ["Sales (7)", "Engineering (3)", "(none) (2)", "Finance (1)"]
    );
    assert_eq!(groups("4")[0], "department (5)");
    assert_eq!(groups("1"), ["Cleared (2)", "Sensitive (2)", "Other (9)"]);
    assert_eq!(groups("2").len(), 9);
    assert!(groups("").is_empty());
    assert_eq!(count(&browser), "13 changes");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn what_differs_is_marked_and_only_that() {
    let Some((browser, _folder)) = opened(&mixed().plan()) else {
        return;
    };
    let marked = |kind: &str| -> Vec<String> {
        let texts = browser.value(&format!(
            "Array.from(document.querySelectorAll('#changes {kind}'), part => part.textContent)"
        ));
        serde_json::from_value(texts).unwrap()
    };
    let (gone, new) = (marked("del"), marked("ins"));
    for (before, after) in [("Manager", "Director"), ("6", "5"), ("2", "9"), ("東京", "大阪")] {
        assert!(gone.iter().any(|text| text == before), "{before}: {gone:?}");
        assert!(new.iter().any(|text| text == after), "{after}: {new:?}");
    }
}

#[test]
fn hostile_values_of_a_directory_are_only_texts() {
    let stand = Stand::of(40);
    let folder = tempfile::tempdir().unwrap();
    let Some(browser) = Browser::find(&folder.path().join("profile")) else {
        return;
    };
    let people: Vec<Value> = stand.ordinary().into_iter().take(HOSTILE.len()).collect();
    let ids: Vec<&str> = people.iter().map(|user| user["id"].as_str().unwrap()).collect();
    for (id, text) in ids.iter().zip(HOSTILE) {
        stand.edit(id, "displayName", text);
        stand.edit(id, "department", text);
    }
    let mut sheet = stand.export();
    for (id, text) in ids.iter().zip(HOSTILE) {
        // Line breaks and signs that nobody sees are refused in a title.
        let title: String = text
            .chars()
            .filter(|c| c.is_ascii() && !c.is_ascii_control())
            .collect();
        sheet.set(id, "jobTitle", title);
    }
    stand.save("users.csv", &sheet);
    let ran = stand.run(&["plan", "users.csv", "--html", "plan.html", "--skip-errors"]);
    assert!(stand.path("plan.html").is_file(), "{ran:?}");
    browser.open(&stand.path("plan.html"));
    looked_at(&browser, "file:///");
    // Each text is there as it is, or with its unseen characters named.
    let names: Vec<String> = serde_json::from_value(
        browser
            .value("Array.from(document.querySelectorAll('#changes tbody small'), name => name.textContent)"),
    )
    .unwrap();
    for text in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(2)>",
        "gnp.<U+202E>exe",
        "@SUM(1+1)*cmd|' /C calc'!A0",
    ] {
        assert!(names.iter().any(|name| name == text), "{text}: {names:?}");
    }

    // The same values before and after.
    let page = folder.path().join("hostile.html");
    write(&hostile().plan(), &page);
    browser.open(&page);
    looked_at(&browser, "file:///");
    let texts = browser.value("document.getElementById('changes').textContent");
    assert!(
        texts
            .as_str()
            .unwrap()
            .contains("</script><script>alert(3)</script> new")
    );
    choose(&browser, "group", "3");
    choose(&browser, "column", "city");
    looked_at(&browser, "file:///");
}

/// Nothing ran, nothing was asked for, and nothing was complained of.
fn looked_at(browser: &Browser, own: &str) {
    // A dialog of a value that ran would refuse every one of these questions.
    assert_eq!(browser.value("document.images.length"), 0);
    assert_eq!(browser.value("document.scripts.length"), 1);
    assert_eq!(
        browser.value("Array.from(document.querySelectorAll('*')).filter(one => Array.from(one.attributes).some(a => a.name.startsWith('on'))).length"),
        0
    );
    assert_eq!(browser.complaints(), Vec::<String>::new());
    for address in browser.requests() {
        assert!(address.starts_with(own), "{address}");
    }
    assert_eq!(
        browser.value("performance.getEntriesByType('resource').length"),
        0
    );
}

#[test]
fn markup_that_slipped_through_would_do_nothing() {
    let Some((browser, folder)) = opened(&mixed().plan()) else {
        return;
    };
    let page = std::fs::read_to_string(folder.path().join("plan.html")).unwrap();
    let slipped = "<p onclick=\"document.title='ran'\">x</p><script>document.title='ran'</script><img src=\"https://example.com/x.png\" onerror=\"document.title='ran'\">";
    let path = folder.path().join("slipped.html");
    std::fs::write(&path, page.replace("<footer>", &format!("{slipped}<footer>"))).unwrap();
    browser.complaints();
    browser.requests();
    browser.open(&path);
    assert_eq!(browser.value("document.title"), "Plan for users.csv");
    assert!(browser.complaints().len() >= 2);
    for address in browser.requests() {
        assert!(address.starts_with("file:"), "{address}");
    }
    // And the page itself still works.
    assert_eq!(count(&browser), "13 changes");
}

#[test]
fn a_screen_reader_is_told_everything() {
    let plan = mixed()
        .conflict("officeLocation", "PAR-3.01", "PAR-3.09", "PAR-2.02")
        .settled("mine", "question")
        .conflict("officeLocation", "PAR-3.01", "PAR-3.09", "PAR-2.02")
        .withheld("mastered-on-premises", ("jobTitle", "Shift Lead", "Team Lead"))
        .plan();
    let Some((browser, _folder)) = opened(&plan) else {
        return;
    };
    let spoken = browser.spoken();
    let controls = [
        "button",
        "combobox",
        "searchbox",
        "textbox",
        "link",
        "table",
        "region",
        "search",
        "DisclosureTriangle",
    ];
    let mut seen = 0;
    for (role, name) in &spoken {
        if controls.contains(&role.as_str()) {
            seen += 1;
            assert!(!name.trim().is_empty(), "a {role} has no name");
        }
    }
    assert!(seen > 15, "{seen}");
    let named = |role: &str, name: &str| spoken.iter().any(|(one, other)| one == role && other == name);
    assert!(named("searchbox", "Search") && named("combobox", "Column") && named("combobox", "Group by"));
    assert!(
        named("columnheader", "Before") && named("rowheader", "faxNumber"),
        "{spoken:?}"
    );
    assert!(named("heading", "Plan for users.csv") && named("heading", "Changes (13)"));
    assert!(named("heading", "Conflicts (1)") && named("heading", "Conflicts settled (1)"));
    assert!(spoken.iter().any(|(role, _)| role == "status"));
    assert_eq!(browser.value("document.documentElement.lang"), "en");
    assert_eq!(browser.value("document.querySelectorAll('h1').length"), 1);
    assert_eq!(
        browser.value("document.querySelectorAll('table:not(:has(caption))').length"),
        0
    );
    assert_eq!(
        browser.value("document.querySelectorAll('th:not([scope])').length"),
        0
    );
    // The first stop of the keyboard leads past the head.
    browser.keys("\u{e004}");
    assert_eq!(
        browser.value("document.activeElement.textContent"),
        "Skip to the changes"
    );
    assert_eq!(
        browser.value("getComputedStyle(document.activeElement).outlineStyle"),
        "solid"
    );
    browser.keys("\u{e007}");
    assert_eq!(browser.value("document.activeElement.id"), "changes-title");
}

#[test]
fn without_a_script_and_on_paper_every_change_is_there() {
    let Some((browser, folder)) = opened(&mixed().plan()) else {
        return;
    };
    browser.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    browser.open(&folder.path().join("plan.html"));
    let spoken = browser.spoken();
    let headers = |name: &str| {
        spoken
            .iter()
            .filter(|(role, text)| role == "rowheader" && text.starts_with(name))
            .count()
    };
    assert_eq!(headers("user3@contoso.example"), 2);
    assert!(
        !spoken
            .iter()
            .any(|(role, _)| matches!(role.as_str(), "searchbox" | "combobox"))
    );
    browser.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": false }));
    browser.open(&folder.path().join("plan.html"));
    // What is filtered away on the screen is on paper all the same, and what cannot be used there is not.
    browser.run("document.getElementById('text').value = 'nobody'; document.getElementById('text').dispatchEvent(new Event('input'));");
    assert!(column(&browser, 0).is_empty());
    browser.devtools("Emulation.setEmulatedMedia", &json!({ "media": "print" }));
    assert_eq!(column(&browser, 0).len(), 13);
    assert_eq!(
        browser.value("getComputedStyle(document.getElementById('controls')).display"),
        "none"
    );
}

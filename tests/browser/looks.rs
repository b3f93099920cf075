//! The page with very many changes, and pictures of it for a person to look at.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::plans::{many, mixed};
use super::{choose, column, count, opened};

#[test]
fn ten_thousand_changes_are_searched() {
    let Some((browser, folder)) = opened(&many(10_000).plan()) else {
        return;
    };
    assert_eq!(count(&browser), "10000 changes; the first 500 are shown");
    assert_eq!(column(&browser, 0).len(), 500);
    browser.run("document.getElementById('more').click();");
    assert_eq!(count(&browser), "10000 changes");
    assert_eq!(column(&browser, 0).len(), 10_000);
    assert_eq!(browser.value("document.getElementById('more').hidden"), true);
    let took = browser.run(
        "const times = {};
         const timed = (name, work) => { const begun = performance.now(); work(); document.body.offsetHeight; times[name] = Math.round(performance.now() - begun); };
         const text = document.getElementById('text');
         const typed = (words) => { text.value = words; text.dispatchEvent(new Event('input')); };
         timed('few', () => typed('person 777'));
         timed('many', () => typed('clerk'));
         timed('all', () => typed(''));
         timed('sort', () => document.querySelectorAll('#changes thead button')[2].click());
         timed('group', () => { document.getElementById('group').value = '3'; document.getElementById('group').dispatchEvent(new Event('change')); });
         typed('user777@');
         return times;",
    );
    if let Ok(told) = std::env::var("DIRSHEET_PICTURES") {
        let size = std::fs::metadata(folder.path().join("plan.html")).unwrap().len();
        std::fs::write(
            Path::new(&told).join("times.json"),
            format!("{took} {size} bytes\n"),
        )
        .unwrap();
    }
    assert_eq!(count(&browser), "1 of 10000 changes");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// Not a test of anything but that pictures can be made; a person looks at them.
#[test]
fn pictures_are_made_in_light_dark_narrow_and_on_paper() {
    let plan = mixed()
        .conflict("officeLocation", "PAR-3.01", "PAR-3.09", "PAR-2.02")
        .withheld("mastered-on-premises", ("jobTitle", "Shift Lead", "Team Lead"))
        .plan();
    let Some((browser, page)) = opened(&plan) else {
        return;
    };
    let folder = std::env::var_os("DIRSHEET_PICTURES");
    if let Some(folder) = &folder {
        std::fs::copy(page.path().join("plan.html"), Path::new(folder).join("plan.html")).unwrap();
    }
    let keep = |name: &str, data: &str| {
        let bytes = STANDARD.decode(data).unwrap();
        assert!(bytes.len() > 10_000, "{name}: {} bytes", bytes.len());
        if let Some(folder) = &folder {
            std::fs::write(Path::new(folder).join(name), bytes).unwrap();
        }
    };
    let size = |width: u32| {
        browser.devtools(
            "Emulation.setDeviceMetricsOverride",
            &json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false }),
        );
    };
    size(1280);
    keep("light.png", &browser.picture());
    browser.devtools(
        "Emulation.setEmulatedMedia",
        &json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] }),
    );
    choose(&browser, "group", "3");
    keep("dark.png", &browser.picture());
    choose(&browser, "group", "");
    browser.devtools("Emulation.setEmulatedMedia", &json!({ "features": [] }));
    size(390);
    assert_eq!(browser.value("document.documentElement.scrollWidth <= 390"), true);
    keep("narrow.png", &browser.picture());
    size(1280);
    keep("paper.pdf", &browser.on_paper());
}

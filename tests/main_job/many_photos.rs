//! A thousand pictures, and a service that stores them in its own way.

use std::path::Path;
use std::time::Duration;

use dirsheet::sandbox::SandboxOptions;
use serde_json::Value;

use super::photos::{folder, jpeg, live, run, text};
use super::stand::{Stand, people};
#[cfg(unix)]
use super::stand::{finish, interrupt, until};

/// Interrupts an export when it has written some pictures; how many it left.
#[cfg(unix)]
fn break_off(stand: &Stand) -> usize {
    let pictures = || {
        let files = std::fs::read_dir(stand.path("out")).into_iter().flatten();
        files
            .filter(|file| {
                let name = file.as_ref().unwrap().file_name();
                Path::new(&name).extension().is_some_and(|ending| ending == "jpg")
            })
            .count()
    };
    let arguments = [
        "export",
        "-o",
        "out.csv",
        "--columns",
        "minimal",
        "--photos",
        "out",
    ];
    let child = stand.command(&arguments).spawn().unwrap();
    until("some pictures", || pictures() > 60);
    interrupt(&child);
    assert_eq!(finish(child, "export".to_owned()).code, Some(130));
    assert!(!stand.path("out.csv").exists(), "no half sheet");
    pictures()
}

/// A thousand pictures over a service that takes 20 ms for an answer: how many requests, and that no mailbox is asked too much.
// The figures are for people.
#[allow(clippy::print_stdout)]
#[test]
fn a_thousand_pictures_go_in_batches_and_no_mailbox_is_ever_too_busy() {
    let stand = Stand::open(SandboxOptions {
        latency: Duration::from_millis(20),
        quota: dirsheet::sandbox::Quota::Real,
        ..people(1_400)
    });
    let users: Vec<Value> = stand.ordinary().into_iter().take(1_000).collect();
    assert_eq!(users.len(), 1_000);
    std::fs::create_dir_all(stand.path("photos")).unwrap();
    for (number, user) in (0..).zip(&users) {
        let file = stand.path("photos").join(format!("{}.jpg", text(user, "id")));
        std::fs::write(file, jpeg(number, 96, 96)).unwrap();
    }
    let took = |what: &str, arguments: &[&str]| {
        let before = stand.stats();
        let ran = run(&stand, arguments, 0);
        let after = stand.stats();
        println!(
            "{what}: 1,000 users in {:.1} s, {} requests, {} calls in them, {} refused for haste",
            ran.took.as_secs_f64(),
            after.http_requests - before.http_requests,
            after.reads + after.writes_received - before.reads - before.writes_received,
            after.throttled - before.throttled,
        );
        assert_eq!(after.throttled, before.throttled);
        after.http_requests - before.http_requests
    };
    let asked = took("apply", &["apply", "--yes", "--max-users", "100%"]);
    assert!(asked < 800, "{asked}");
    assert_eq!(stand.history().len(), 1_000);
    took("apply again", &["apply", "--yes"]);
    let export = [
        "export",
        "-o",
        "out.csv",
        "--columns",
        "minimal",
        "--photos",
        "out",
    ];
    let export = |what: &str| {
        let before = stand.stats().http_requests;
        let ran = stand.run(&export).must(0);
        let asked = stand.stats().http_requests - before;
        println!("{what}: {:.1} s, {asked} requests", ran.took.as_secs_f64());
        asked
    };
    #[cfg(unix)]
    let broken_off = break_off(&stand);
    let (first, again) = (export("export"), export("export again"));
    #[cfg(unix)]
    assert!(
        first < 324 && broken_off > 0,
        "goes on where it was: {first} requests for the rest of {broken_off}"
    );
    assert!(again * 2 < 324, "{first} {again}");
    assert!(
        Path::new(&stand.path("out"))
            .join(format!("{}.jpg", text(&users[0], "id")))
            .is_file()
    );
}

#[test]
fn a_service_that_stores_other_bytes_than_were_sent_is_understood_and_can_be_taken_back() {
    let stand = Stand::open(SandboxOptions {
        rewrites_photos: true,
        ..people(40)
    });
    let id = text(&stand.ordinary()[0], "id");
    folder(
        &stand,
        "photos",
        &[
            ("one.jpg", jpeg(1, 200, 200)),
            ("two.jpg", jpeg(2, 200, 200)),
            ("three.jpg", jpeg(3, 200, 200)),
        ],
    );
    for file in ["one.jpg", "two.jpg"] {
        stand.write("sheet.csv", format!("id,photo\n{id},{file}\n"));
        run(&stand, &["apply", "sheet.csv", "--yes"], 0);
        let report = stand.report(&stand.newest_run());
        assert_eq!(report.of(&id, "_status"), "updated");
        // What stands there is known as what was sent.
        run(&stand, &["plan", "sheet.csv", "--detailed-exitcode"], 0);
    }
    let second = stand.newest_run();
    let two = live(&stand, &id);
    stand.run(&["undo", &second, "--yes"]).must(0);
    let one = live(&stand, &id);
    assert!(one.is_some() && one != two);
    stand.write("sheet.csv", format!("id,photo\n{id},one.jpg\n"));
    run(&stand, &["plan", "sheet.csv", "--detailed-exitcode"], 0);
    // Somebody else's picture is a conflict for the undo of that, as with every other attribute.
    let third = stand.newest_run();
    stand.write("sheet.csv", format!("id,photo\n{id},three.jpg\n"));
    run(
        &stand,
        &["apply", "sheet.csv", "--yes", "--state-dir", "elsewhere"],
        0,
    );
    stand.run(&["undo", &third, "--yes"]).must(5);
}

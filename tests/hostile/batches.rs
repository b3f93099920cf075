//! Batches: what comes back for twenty questions, or for writes.

use std::time::Duration;

use super::MEBIBYTES;
use super::bodies::{deep, endless};
use super::run::{Ended, run, stand};
use super::server::{Answer, Asked, ID, OTHER, Server, json, writes};

/// A command about a sheet with two rows, in a directory of many, at a service that answers batches like this.
fn about_a_sheet(
    arguments: &[&str],
    says: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
) -> (Ended, Vec<String>) {
    let good = Server::start(|_| Answer::Usual);
    let bad = Server::start(move |asked| match asked.target.as_str() {
        "/v1.0/$batch" => says(asked),
        // So many that one is not looked for in the list of all.
        target if target.starts_with("/v1.0/users/$count") => {
            Answer::Whole(200, "content-type: text/plain\r\n".to_owned(), b"90000".to_vec())
        }
        _ => Answer::Usual,
    });
    let stand = stand(&good, &bad);
    stand.write(
        "users.csv",
        format!("id,jobTitle\n{ID},Captain\n{OTHER},Captain\n"),
    );
    let ended = run(&stand, arguments);
    (ended, bad.seen())
}

#[test]
fn a_good_batch_is_planned_and_applied() {
    let (ended, seen) = about_a_sheet(&["plan", "users.csv"], |_| Answer::Usual);
    ended.must(0, &["Captain"], 20, MEBIBYTES);
    assert!(seen.iter().any(|target| target == "/v1.0/$batch"), "{seen:?}");
}

#[test]
fn a_batch_of_reads_that_is_no_answer_ends_the_plan() {
    let nested = deep(1_000_000);
    let same = vec![r#"{"id":"1","status":200,"body":{}}"#; 400_000].join(",");
    let answers: [Box<dyn Fn() -> Answer + Send + Sync>; 4] = [
        Box::new(endless),
        Box::new(move || json(200, &nested)),
        Box::new(move || json(200, format!(r#"{{"responses":[{same}]}}"#))),
        Box::new(|| {
            json(
                200,
                r#"{"responses":[{"id":"1","status":302,"headers":{"Location":"http://127.0.0.1:9/"},"body":null}]}"#,
            )
        }),
    ];
    let ended = answers
        .map(|answer| std::thread::spawn(move || about_a_sheet(&["plan", "users.csv"], move |_| answer()).0));
    for ended in ended {
        ended.join().unwrap().must(8, &["error: "], 60, MEBIBYTES);
    }
}

#[test]
fn a_batch_of_writes_that_is_no_answer_leaves_the_run_in_doubt_and_is_not_sent_for_ever() {
    let (ended, seen) = about_a_sheet(&["apply", "users.csv", "--yes"], |asked| {
        match writes(&asked.body) {
            true => endless(),
            false => Answer::Usual,
        }
    });
    assert!(ended.took < Duration::from_secs(90), "{:?}", ended.took);
    ended.must(8, &["in doubt", "resume"], 90, MEBIBYTES);
    assert!(seen.len() < 40, "{}", seen.len());
}

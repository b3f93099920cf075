//! Pages without an end.

use std::time::Duration;

use super::MEBIBYTES;
use super::export;
use super::server::{Answer, Asked, ID, json, user};

fn id(number: usize) -> String {
    format!("0a1b2c3d-0000-4000-8000-{number:012x}")
}

/// A page with these users and this place to go on.
fn page(asked: &Asked, users: impl Iterator<Item = usize>, next: &str) -> Answer {
    let users: Vec<String> = users.map(|number| user(&id(number))).collect();
    let link = format!("{}/v1.0/users?$skiptoken={next}", asked.base);
    json(
        200,
        format!(r#"{{"value":[{}],"@odata.nextLink":"{link}"}}"#, users.join(",")),
    )
}

#[test]
fn a_next_page_that_is_the_same_page_ends_the_export() {
    let (ended, seen) = export(|asked| page(asked, 0..1, "again"));
    ended.must(8, &["the listing does not come to an end"], 20, MEBIBYTES);
    assert!(seen.len() < 12, "{}", seen.len());
}

#[test]
fn new_pages_of_the_same_people_end_the_export() {
    let (ended, seen) = export(|asked| page(asked, 0..1, &asked.before.to_string()));
    ended.must(8, &["the listing does not come to an end"], 60, MEBIBYTES);
    assert!((500..520).contains(&seen.len()), "{}", seen.len());
}

#[test]
fn new_pages_without_anybody_end_the_export() {
    let (ended, _) = export(|asked| page(asked, 0..0, &asked.before.to_string()));
    ended.must(8, &["the listing does not come to an end"], 60, MEBIBYTES);
}

#[test]
fn new_pages_of_new_people_end_when_they_are_many_more_than_were_counted() {
    let (ended, seen) = export(|asked| {
        let first = asked.before * 999;
        page(asked, first..first + 999, &asked.before.to_string())
    });
    ended.must(8, &["the listing does not come to an end"], 90, MEBIBYTES);
    // The service counts one user; a hundred thousand more are believed.
    assert!((100..120).contains(&seen.len()), "{}", seen.len());
}

#[test]
fn a_wait_of_years_is_not_waited_for() {
    let (ended, _) = export(|_| {
        Answer::Whole(
            429,
            "retry-after: 99999999999\r\n".to_owned(),
            br#"{"error":{"code":"TooManyRequests","message":"later"}}"#.to_vec(),
        )
    });
    assert!(ended.took < Duration::from_secs(20), "{:?}", ended.took);
    ended.must(8, &["429"], 20, MEBIBYTES);
}

#[test]
fn a_page_of_one_person_many_times_is_one_row() {
    let (ended, _) = export(|_| {
        let users = vec![user(ID); 5_000].join(",");
        json(200, format!(r#"{{"value":[{users}]}}"#))
    });
    ended.must(0, &["1 user"], 20, MEBIBYTES);
}

//! Counts that are not true: of everybody, and of the ranges into which a large directory is parted.

use serde_json::{Value, json};

use super::MEBIBYTES;
use super::run::{Ended, run, stand};
use super::server::{Answer, ID, Server, json as answer, user};

/// An export from a service that counts like this, everybody and each range.
fn export(everybody: &'static str, each: u64) -> (Ended, usize) {
    let good = Server::start(|_| Answer::Usual);
    let bad = Server::start(move |asked| match asked.target.as_str() {
        target if target.starts_with("/v1.0/users/$count") => Answer::Whole(
            200,
            "content-type: text/plain\r\n".to_owned(),
            everybody.as_bytes().to_vec(),
        ),
        "/v1.0/$batch" => {
            let envelope: Value = serde_json::from_slice(&asked.body).unwrap();
            let items = envelope["requests"].as_array().unwrap().iter();
            let answers = items.map(|item| {
                json!({"id": item["id"], "status": 200, "body": {"@odata.count": each, "value": [{"id": ID, "userPrincipalName": "a@contoso.example"}]}})
            });
            answer(200, json!({"responses": answers.collect::<Vec<_>>()}))
        }
        target if target.starts_with("/v1.0/users?") && !target.contains("skiptoken") => {
            let link = format!("{}/v1.0/users?$skiptoken=1", asked.base);
            answer(
                200,
                format!(r#"{{"value":[{}],"@odata.nextLink":"{link}"}}"#, user(ID)),
            )
        }
        _ => Answer::Usual,
    });
    let stand = stand(&good, &bad);
    let ended = run(&stand, &["export", "-o", "users.csv", "--columns", "id,jobTitle"]);
    (ended, bad.seen().len())
}

#[test]
fn a_count_that_no_directory_has_is_not_believed() {
    let (ended, _) = export("999999999999999999", 1);
    ended.must(8, &["a count of 999999999999999999 users"], 60, MEBIBYTES);
    let (ended, _) = export("99999999999999999999999999", 1);
    ended.must(8, &["cannot be understood"], 60, MEBIBYTES);
}

/// Run it by hand: `cargo test --test hostile -- --ignored`.
#[test]
#[ignore = "takes a minute and a half"]
fn ranges_that_are_always_too_large_are_not_parted_for_ever() {
    let (ended, seen) = export("400000000", 400_000_000);
    // Three thousand counts, and the ranges that come of them.
    assert!(seen < 25_000, "{seen}");
    ended.must(0, &[], 200, MEBIBYTES);
}

//! A service that repeats what it was sent: the token, and the secret of the sign-in.

use super::run::{run, stand};
use super::server::{Answer, ID, Server, json, user};
use super::{MEBIBYTES, export, sign_in};

/// What the server gives as a token.
const TOKEN: &str = "good.token.here";

#[test]
fn a_token_that_a_refusal_repeats_is_not_told() {
    let (ended, _) = export(|_| {
        let message = format!("the header Authorization: Bearer {TOKEN} is wrong");
        json(
            400,
            format!(r#"{{"error":{{"code":"{TOKEN}","message":"{message}"}}}}"#),
        )
    });
    let ran = ended.must(2, &["400"], 20, MEBIBYTES);
    assert!(!ran.stderr.contains(TOKEN), "{}", ran.stderr);
}

#[test]
fn a_token_that_stands_in_the_name_of_a_user_is_not_written_down() {
    let good = Server::start(|_| Answer::Usual);
    let bad = Server::start(|asked| match asked.target.starts_with("/v1.0/users?") {
        true => json(
            200,
            format!(r#"{{"value":[{}]}}"#, user(ID).replace("Pilot", TOKEN)),
        ),
        false => Answer::Usual,
    });
    let stand = stand(&good, &bad);
    run(&stand, &["export", "-o", "users.csv", "--columns", "id,jobTitle"]).must(0, &[], 20, MEBIBYTES);
    assert!(
        !stand.read("users.csv").contains(TOKEN),
        "{}",
        stand.read("users.csv")
    );
}

#[test]
fn a_secret_that_a_refused_sign_in_repeats_is_not_told() {
    let (ended, _) = sign_in(|asked| {
        let form = String::from_utf8_lossy(&asked.body).into_owned();
        json(
            401,
            format!(
                r#"{{"error":"invalid_client","error_description":"AADSTS7000215: {form}","error_codes":[7000215]}}"#
            ),
        )
    });
    // The secret of the practice directory, which the stand signs in with.
    let ran = ended.must(7, &["AADSTS7000215"], 20, MEBIBYTES);
    let after = ran.stderr.split("client_secret=").nth(1).unwrap();
    assert!(
        !after.starts_with(|c: char| c.is_ascii_alphanumeric()),
        "{}",
        ran.stderr
    );
    // What every secret of the practice directory begins with, as it is and as a form has it.
    assert!(
        !ran.stderr.contains("sbx8Q~") && !ran.stderr.contains("sbx8Q%7E"),
        "{}",
        ran.stderr
    );
}

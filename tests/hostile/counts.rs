//! Counts that are not true.

use super::MEBIBYTES;
use super::run::{Ended, run, stand};
use super::server::{Answer, ID, Server, json as answer, user};

/// An export from a service that counts everybody like this.
fn export(everybody: &'static str) -> Ended {
    let good = Server::start(|_| Answer::Usual);
    let bad = Server::start(move |asked| match asked.target.as_str() {
        target if target.starts_with("/v1.0/users/$count") => Answer::Whole(
            200,
            "content-type: text/plain\r\n".to_owned(),
            everybody.as_bytes().to_vec(),
        ),
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
    run(&stand, &["export", "-o", "users.csv", "--columns", "id,jobTitle"])
}

#[test]
fn a_count_that_no_directory_has_is_not_believed() {
    export("999999999999999999").must(8, &["a count of 999999999999999999 users"], 60, MEBIBYTES);
    export("99999999999999999999999999").must(8, &["cannot be understood"], 60, MEBIBYTES);
}

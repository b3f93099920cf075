//! Other hosts: nothing leads there, neither a link nor a redirect, and no token goes there.

use super::server::{Answer, Server, json};
use super::{MEBIBYTES, export, sign_in};

/// Somebody who waits for a request that must not come.
fn elsewhere() -> Server {
    Server::start(|_| json(200, r#"{"value":[]}"#))
}

#[test]
fn a_next_page_of_another_host_is_not_asked_for() {
    let other = elsewhere();
    let host = other.base.trim_start_matches("http://").to_owned();
    for (link, says) in [
        format!("http://{host}/v1.0/users?$skiptoken=1"),
        format!("http://127.0.0.1.{host}/v1.0/users"),
        format!("http://user:word@{host}/v1.0/users"),
        format!("//{host}/v1.0/users"),
        format!("https://{host}/v1.0/users"),
        "file:///etc/hostname".to_owned(),
        "https://graph.microsoft.com.example/v1.0/users".to_owned(),
    ]
    .map(
        |link| match link.starts_with("//") || link.contains("127.0.0.1.1") {
            true => (link, "a link that is no address"),
            false => (link, "which is not the configured host"),
        },
    ) {
        let (ended, _) = export(move |_| json(200, format!(r#"{{"value":[],"@odata.nextLink":"{link}"}}"#)));
        ended.must(8, &[says], 20, MEBIBYTES);
    }
    assert_eq!(other.seen(), [""; 0]);
}

#[test]
fn a_redirect_is_an_answer_and_is_not_followed() {
    let other = elsewhere();
    let location = format!("location: {}/v1.0/users\r\n", other.base);
    let answers = [301, 302, 303, 307, 308].map(|status| {
        let location = location.clone();
        std::thread::spawn(move || {
            let (ended, _) = export(move |_| Answer::Whole(status, location.clone(), Vec::new()));
            (status, ended)
        })
    });
    for answer in answers {
        let (status, ended) = answer.join().unwrap();
        ended.must(8, &[&status.to_string()], 30, MEBIBYTES);
    }
    assert_eq!(other.seen(), [""; 0]);
}

#[test]
fn a_sign_in_that_points_elsewhere_takes_the_secret_nowhere() {
    let other = elsewhere();
    for status in [302, 307, 308] {
        let location = format!("location: {}/x/oauth2/v2.0/token\r\n", other.base);
        let (ended, _) = sign_in(move |_| Answer::Whole(status, location.clone(), Vec::new()));
        ended.must(7, &["sign-in"], 30, MEBIBYTES);
    }
    assert_eq!(other.seen(), [""; 0]);
}

//! Hostile answers: whatever comes back from a service, the built binary ends in bounded time and memory, with a sentence, and follows
//! nothing to another host. `docs/security.md` names the limits.

// Helpers of tests may stop a test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod batches;
mod bodies;
mod bomb;
mod counts;
mod echo;
mod hosts;
mod lists;
mod pages;
mod run;
mod server;
#[allow(dead_code)]
#[path = "../common/sheet.rs"]
mod sheet;
mod slow;
#[allow(dead_code)]
#[path = "../common/stand.rs"]
mod stand;

use run::{Ended, run, stand};
use server::{Answer, Asked, Server};

/// So much may be needed for any answer: the largest body there may be, twice, and the program.
const MEBIBYTES: u64 = 330;

/// An export from a service that answers the list of users like this.
fn export(says: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> (Ended, Vec<String>) {
    let good = Server::start(|_| Answer::Usual);
    let bad = Server::start(move |asked| match asked.target.starts_with("/v1.0/users?") {
        true => says(asked),
        false => Answer::Usual,
    });
    let stand = stand(&good, &bad);
    let ended = run(&stand, &["export", "-o", "users.csv", "--columns", "id,jobTitle"]);
    assert!(
        ended.ran.code == Some(0) || !stand.path("users.csv").exists(),
        "a sheet of an export that failed"
    );
    (ended, bad.seen())
}

/// A command whose sign-in is answered like this.
fn sign_in(says: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> (Ended, Vec<String>) {
    let bad = Server::start(says);
    let good = Server::start(|_| Answer::Usual);
    let stand = stand(&bad, &good);
    let ended = run(&stand, &["export", "-o", "users.csv"]);
    assert_eq!(good.seen(), [""; 0], "asked without a token");
    (ended, bad.seen())
}

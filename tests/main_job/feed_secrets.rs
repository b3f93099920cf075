//! Secrets that a program prints: one that hangs, and one that complains.

use super::feed_office::{Office, SETTINGS};
use super::stand::people;

fn office(script: &str) -> Office {
    let settings = format!("{SETTINGS}[notify.ping]\ncommand = [\"sh\", \"-c\", \"{script}\"]\n");
    Office::open(5, people(0), &settings)
}

#[test]
fn a_program_that_hangs_holds_a_start_up_for_thirty_seconds_and_no_longer() {
    let office = office("sleep 600; echo hush");
    let ran = office.stand.run(&["feed", "notify", "FEED.toml"]).must(6);
    assert!(
        ran.took.as_secs() >= 30 && ran.took.as_secs() < 45,
        "{:?}",
        ran.took
    );
    ran.says(&["the command `sh`: it did not end within 30 s, and was ended"]);
}

#[test]
fn what_a_program_says_on_stderr_may_hold_the_secret_and_is_not_shown() {
    let office = office("echo hush-hush >&2; exit 3");
    let ran = office.stand.run(&["feed", "notify", "FEED.toml"]).must(6);
    assert!(
        !ran.stderr.contains("hush") && !ran.stdout.contains("hush"),
        "{ran:?}"
    );
    ran.says(&["it ended with exit status: 3", "run it by hand to see it"]);
}

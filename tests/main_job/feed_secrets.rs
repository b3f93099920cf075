//! Secrets that a program prints: one that prints too much, and one that complains. One that hangs is among the tests of `config`.

use super::feed_office::{Office, SETTINGS};
use super::stand::people;

fn office(script: &str) -> Office {
    let settings = format!("{SETTINGS}[notify.ping]\ncommand = [\"sh\", \"-c\", \"{script}\"]\n");
    Office::open(5, people(0), &settings)
}

#[test]
fn what_is_longer_than_any_secret_is_none_and_not_cut_to_one() {
    let office = office("head -c 70000 /dev/zero");
    let ran = office.stand.run(&["feed", "notify", "FEED.toml"]).must(6);
    ran.says(&["the command `sh`: it printed more than 64 KiB, and no secret is so long"]);
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

//! Nights that would be silent: a webhook that is down, a night that is killed before it tells, a night that cannot begin.

use std::process::Stdio;

use super::super::hr::System;
use super::super::receiver::{Ear, Receiver};
use super::super::stand::until;
use super::house::House;

/// Another webhook, which answers so.
fn a_hook(house: &mut House, ear: Ear) -> Receiver {
    let hook = Receiver::open();
    hook.turn(ear);
    house.stand.set("HOOK", &hook.at("hook"));
    hook
}

#[test]
fn a_refusal_is_the_same_when_the_webhook_is_down_and_the_history_says_who_did_not_hear_it() {
    let mut house = House::settled(System::named("workday"));
    let bad = house.file.doubled().bytes();
    house.put(&bad);
    house.watched();
    let hook = a_hook(&mut house, Ear::Down);
    let night = house.start(&[], 4);
    assert_eq!(night["outcome"], "refused", "{night:#}");
    let notices = night["notices"].as_array().unwrap();
    let told: Vec<bool> = notices.iter().map(|notice| notice["told"] == true).collect();
    assert_eq!(
        told,
        [false, true],
        "the webhook did not hear it, the watchdog did: {night:#}"
    );
    assert!(hook.heard().is_empty());
    assert_eq!(house.watched(), [1, 0, 1]);
    let history = house.stand.json(&["feed", "history", "feed/FEED.toml"], 0);
    let told = history["nights"][0]["told"].to_string();
    assert!(
        told.contains("webhook 1") && told.contains("not told"),
        "{history:#}"
    );
    assert!(!told.contains("/hook"), "an address is a secret: {told}");
}

#[test]
fn a_refusal_whose_night_was_killed_before_it_told_is_told_by_the_next_start() {
    let mut house = House::settled(System::named("afas"));
    let bad = house.file.doubled().bytes();
    let name = house.put(&bad);
    let deaf = a_hook(&mut house, Ear::Deaf);
    let mut child = house
        .stand
        .command(&["feed", "run", "feed/FEED.toml", "--json"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until("the file is in the quarantine", || !house.folder(&name).exists());
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(deaf.heard().is_empty());

    house.watched();
    let hook = house.ears.at("hook");
    house.stand.set("HOOK", &hook);
    let next = house.start(&[], 0);
    assert_eq!(next["outcome"], "no-file", "{next:#}");
    let hooked = house.hooked();
    assert_eq!(hooked.len(), 1, "{hooked:#?}");
    assert_eq!(hooked[0]["outcome"], "refused");
    assert_eq!(hooked[0]["file"], name.as_str());
    let message = hooked[0]["message"].as_str().unwrap();
    for part in ["gate.duplicate-keys", "allowed", "told late"] {
        assert!(message.contains(part), "{message}");
    }
    let file = hooked[0]["papers"]["file"].as_str().unwrap();
    assert!(file.contains("quarantine"), "{file}");
    assert_eq!(house.watched(), [1, 1, 1]);
    // Once is enough.
    house.start(&[], 0);
    assert!(house.hooked().is_empty());
    let history = house.stand.json(&["feed", "history", "feed/FEED.toml"], 0);
    // The starts without a file are one entry, and who was told late stands with the night.
    assert_eq!(history["nights"][0]["times"], 2, "{history:#}");
    assert_eq!(history["nights"][1]["outcome"], "refused", "{history:#}");
    assert!(
        history["nights"][1]["told"].to_string().contains("webhook 1"),
        "{history:#}"
    );
}

#[test]
fn a_night_that_cannot_begin_is_heard() {
    let mut house = House::settled(System::named("adp"));
    house.watched();
    let ledger = house.stand.state().join("feeds/adp/ledger.sqlite");
    std::fs::write(&ledger, "no ledger any more").unwrap();
    let file = house.file.bytes();
    house.put(&file);
    house.stand.run(&["feed", "run", "feed/FEED.toml"]).must(1);
    let hooked = house.hooked();
    assert_eq!(hooked.len(), 1, "{hooked:#?}");
    assert_eq!(hooked[0]["outcome"], "failed");
    let message = hooked[0]["message"].as_str().unwrap();
    assert!(message.contains("could not begin"), "{message}");
    assert_eq!(house.watched(), [0, 0, 1]);
}

#[cfg(unix)]
#[test]
fn a_sign_in_whose_secret_cannot_be_fetched_at_night_is_heard() {
    let mut house = House::settled(System::named("adp"));
    house.watched();
    let file = house.file.bytes();
    house.put(&file);
    house.stand.write(
        "config.toml",
        "[profiles.night]\ntenant_id = \"t\"\nclient_id = \"c\"\nclient_secret_command = [\"false\"]\n",
    );
    let words = [
        "feed",
        "run",
        "feed/FEED.toml",
        "--config",
        "config.toml",
        "--profile",
        "night",
    ];
    for name in ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"] {
        house.stand.unset(name);
    }
    let ran = house.stand.run(&words).must(2);
    ran.says(&["the command `false`"]);
    let hooked = house.hooked();
    assert_eq!(hooked.len(), 1, "{hooked:#?}");
    assert!(
        hooked[0]["message"].as_str().unwrap().contains("could not begin"),
        "{hooked:#?}"
    );
    assert_eq!(house.watched(), [0, 0, 1]);
}

#[test]
fn what_quotes_the_file_stays_on_the_machine_and_what_does_not_is_heard() {
    let mut house = House::settled(System::named("workday"));
    house.watched();
    let text = String::from_utf8(house.file.bytes()).unwrap();
    let title = house.file.system.title;
    let secret = format!("{title} of Jansen");
    house.put(text.replacen(title, &secret, 1).as_bytes());
    let refused = house.start(&[], 3);
    assert!(refused["help"].to_string().contains(&secret), "{refused:#}");
    let hooked = house.hooked();
    assert_eq!(hooked.len(), 1, "{hooked:#?}");
    let told = hooked[0].to_string();
    assert!(
        !told.contains("Jansen") && told.contains("dirsheet feed check"),
        "{told}"
    );
    // A file that is not there ends with the same code, and quotes nothing.
    let gone = house.start(&["--file", "feed/none.csv"], 3);
    let hooked = house.hooked();
    assert_eq!(hooked.len(), 1, "{hooked:#?}");
    assert_eq!(hooked[0]["help"], gone["help"]);
}

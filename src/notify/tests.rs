//! What receivers get, and what becomes of those that do not take it.

mod letters;
mod receivers;
mod webhooks;

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use super::channels::wants;
use super::*;
use crate::feed::settings::{HookShape, MailSecurity, When};
use crate::feed::{NightCounts, NightOutcome, NightPapers, NightSummary, NoticeResult, Refusal};

/// What must never be seen: part of every secret address and password here.
const SECRET: &str = "s3cr3t-sig";

fn night(outcome: NightOutcome) -> NightSummary {
    NightSummary {
        feed: "workday".to_owned(),
        outcome,
        exit: 6,
        message: "12 users were written; 2 rows need a person.".to_owned(),
        help: vec!["look at the dead letters".to_owned()],
        help_here: Vec::new(),
        file: Some("work_day <all>*.csv".to_owned()),
        file_sha256: None,
        started_at: Timestamp::from_second(1_795_919_400).unwrap(),
        seconds: 42,
        times: 1,
        since: None,
        dry_run: false,
        tenant: None,
        counts: NightCounts {
            rows: 4_000,
            users_written: 12,
            dead_letters: 2,
            requests: 31,
            ..NightCounts::default()
        },
        refusals: vec![Refusal {
            rule: "gate.rows-lost".to_owned(),
            found: "812 of 4,000 rows are gone (20.3 %) & more".to_owned(),
            allowed: "5 %".to_owned(),
            help: "if it is meant, `--accept-gate`".to_owned(),
            ..Refusal::default()
        }],
        run: Some("run-20261129-023004-9f3a".to_owned()),
        warnings: Vec::new(),
        lifted: Vec::new(),
        command: None,
        resumed: Vec::new(),
        papers: NightPapers::default(),
        quotes_cells: false,
        notices: Vec::new(),
    }
}

/// Compares a text with the one that was accepted, beside those of the other tests.
fn seen(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../tests/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(format!("notice_{name}"), text));
}

fn secret(text: impl Into<String>) -> Fetched {
    Ok(SecretString::from(text.into()))
}

/// As [`Pace::default`], with less patience.
fn quick() -> Pace {
    Pace {
        pauses: vec![Duration::from_millis(20), Duration::from_millis(20)],
        attempt: Duration::from_millis(400),
        whole: Duration::from_secs(3),
    }
}

#[test]
fn each_message_is_what_its_receiver_understands() {
    let night = night(NightOutcome::NeedsPerson);
    for (name, shape) in [
        ("json", HookShape::Json),
        ("teams", HookShape::Teams),
        ("slack", HookShape::Slack),
    ] {
        let http::Body::Json(body) = shapes::body(shape, &night) else {
            panic!("{name} is JSON");
        };
        seen(&format!("body_{name}"), &format!("{body:#}"));
    }
    seen("ping", &words::short(&night));
    seen("metrics", &metrics::text(&night, None));
}

#[test]
fn a_night_of_endless_texts_stays_within_the_limits_of_each_receiver() {
    let mut night = night(NightOutcome::Refused);
    night.message = "<&>*_".repeat(20_000);
    night.feed = "x".repeat(400);
    night.file = Some("<!channel>".repeat(1_000));
    let refusal = night.refusals[0].clone();
    night.refusals = (0..500)
        .map(|number| Refusal {
            found: "\u{202e}& <b>{{DATE()}} ".repeat(2_000),
            help: format!("{number}{}", "h".repeat(5_000)),
            ..refusal.clone()
        })
        .collect();
    let http::Body::Json(teams) = shapes::body(HookShape::Teams, &night) else {
        panic!()
    };
    let text = teams.to_string();
    assert!(text.len() <= 28_000, "{}", text.len());
    assert!(!text.contains("{{"));
    assert!(
        teams["attachments"][0]["content"]["body"][2]["facts"].is_array(),
        "the figures are always there"
    );
    let http::Body::Json(slack) = shapes::body(HookShape::Slack, &night) else {
        panic!()
    };
    assert!(!slack.to_string().contains("<!channel>"));
    let length = |value: &serde_json::Value| value.as_str().unwrap().chars().count();
    for block in slack["blocks"].as_array().unwrap() {
        let most = if block["type"] == "header" { 150 } else { 3_000 };
        if block["text"].is_object() {
            assert!(length(&block["text"]["text"]) <= most, "{block}");
        }
        for field in block["fields"].as_array().into_iter().flatten() {
            assert!(length(&field["text"]) <= 2_000);
        }
        assert!(block["fields"].as_array().is_none_or(|fields| fields.len() <= 10));
    }
    assert!(words::short(&night).chars().count() <= 2_000);
}

#[test]
fn who_wants_to_hear_of_which_night() {
    use NightOutcome as O;
    for (outcome, written, changes, trouble) in [
        (O::Unchanged, 0, false, false),
        (O::NoFile, 0, false, false),
        (O::Written, 3, true, false),
        (O::NeedsPerson, 0, true, true),
        (O::Refused, 0, true, true),
        (O::Waiting, 0, true, true),
        (O::Failed, 0, true, true),
    ] {
        let mut night = night(outcome);
        night.counts.users_written = written;
        assert!(wants(When::Always, &night));
        assert_eq!(wants(When::Changes, &night), changes, "{outcome:?}");
        assert_eq!(wants(When::Trouble, &night), trouble, "{outcome:?}");
    }
}

#[test]
fn the_last_good_night_is_remembered_over_bad_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("workday.prom");
    let value = || {
        let text = std::fs::read_to_string(&path).unwrap();
        text.lines()
            .find_map(|line| {
                line.strip_prefix("dirsheet_feed_last_success_timestamp_seconds{feed=\"workday\"} ")
            })
            .map(str::to_owned)
    };
    assert!(metrics::write(&path, &night(NightOutcome::Refused)).told);
    assert_eq!(value(), None, "no night went well yet");
    assert!(metrics::write(&path, &night(NightOutcome::Written)).told);
    assert_eq!(value().as_deref(), Some("1795919442"));
    let mut later = night(NightOutcome::NoFile);
    later.started_at = Timestamp::from_second(1_795_999_999).unwrap();
    assert!(metrics::write(&path, &later).told);
    assert_eq!(value().as_deref(), Some("1795919442"));
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "no draft is left"
    );
    let problem = metrics::write(&folder.path().join("no/workday.prom"), &later);
    assert!(!problem.told && problem.problem.unwrap().contains("could not be written"));
    let problem = metrics::write(&folder.path().join("workday.txt"), &later);
    assert!(problem.problem.unwrap().contains("must end in .prom"));
}

#[test]
fn every_line_of_the_metrics_is_of_the_text_format() {
    let mut strange = night(NightOutcome::Written);
    strange.feed = "a\\b\"c\nd".to_owned();
    let mut typed = String::new();
    for line in metrics::text(&strange, None).lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            typed = rest.split(' ').next().unwrap().to_owned();
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            assert_eq!(rest, format!("{typed} gauge"));
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            assert!(value.parse::<f64>().is_ok(), "{line}");
            let (name, labels) = series.split_once('{').unwrap();
            assert_eq!(name, typed);
            assert!(
                labels.starts_with("feed=\"a\\\\b\\\"c\\nd\"") && labels.ends_with('}'),
                "{line}"
            );
        }
    }
}

#[tokio::test]
async fn a_dry_run_tells_nobody() {
    let mut night = night(NightOutcome::Shown);
    night.dry_run = true;
    let channels = Channels {
        metrics: Some("/nowhere/at/all.prom".into()),
        ping: Some(secret("https://127.0.0.1:1/x")),
        ..Channels::default()
    };
    assert!(channels.ended(&night).await.is_empty());
}

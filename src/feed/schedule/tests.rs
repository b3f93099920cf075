//! The words of `[schedule]`, and words that come back from each format as they were.

mod reading;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::*;
use crate::feed::settings::ScheduleRules;

fn rules(at: Option<&str>, days: Option<&str>, zone: Option<&str>) -> ScheduleRules {
    ScheduleRules {
        at: at.map(str::to_owned),
        days: days.map(str::to_owned),
        time_zone: zone.map(str::to_owned),
        user: None,
    }
}

#[test]
fn days_are_read_as_people_write_them() {
    for (text, cron) in [
        (None, "*"),
        (Some("daily"), "*"),
        (Some("mon-sun"), "*"),
        (Some("mon-fri"), "1,2,3,4,5"),
        (Some("weekdays"), "1,2,3,4,5"),
        (Some("Mon, Thursday"), "1,4"),
        (Some("sat-mon"), "1,6,0"),
        (Some("sun"), "0"),
    ] {
        let times = Times::judge(&rules(None, text, None)).unwrap();
        assert_eq!(times.cron(), format!("30 2 * * {cron}"), "{text:?}");
    }
}

#[test]
fn what_is_no_time_day_or_zone_is_told_with_what_is_right() {
    for (at, days, zone, setting, part) in [
        (Some("2:30"), None, None, "schedule.at", "like `02:30`"),
        (Some("24:00"), None, None, "schedule.at", "like `02:30`"),
        (Some("02:30:00"), None, None, "schedule.at", "like `02:30`"),
        (Some("+1:30"), None, None, "schedule.at", "like `02:30`"),
        (
            None,
            Some("mo-fr"),
            None,
            "schedule.days",
            "`mo` and `fr` are no days",
        ),
        (None, Some("mon,"), None, "schedule.days", "`` is no day"),
        (
            None,
            Some("mon-wed-fri"),
            None,
            "schedule.days",
            "`wed-fri` is no day",
        ),
        (None, Some(""), None, "schedule.days", "leave it out"),
        (None, None, Some("CET"), "schedule.time-zone", "summer time"),
        (None, None, Some("+01:00"), "schedule.time-zone", "summer time"),
        (
            None,
            None,
            Some("europe/Amsterdam"),
            "schedule.time-zone",
            "did you mean `Europe/Amsterdam`?",
        ),
        (
            None,
            None,
            Some("Europe/"),
            "schedule.time-zone",
            "no name of a time zone",
        ),
        (
            None,
            None,
            Some("Europe/Amster dam"),
            "schedule.time-zone",
            "no name of a time zone",
        ),
        (
            None,
            None,
            Some("Mars/Base"),
            "schedule.time-zone",
            "no name of a time zone",
        ),
    ] {
        let problems = Times::judge(&rules(at, days, zone)).unwrap_err();
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].setting, setting);
        assert!(problems[0].reason.contains(part), "{}", problems[0]);
    }
    let all = Times::judge(&rules(Some("x"), Some("y"), Some("z"))).unwrap_err();
    assert_eq!(all.len(), 3, "all at once");
    for zone in [
        "UTC",
        "Europe/Amsterdam",
        "America/Argentina/Buenos_Aires",
        "Etc/GMT+5",
        "America/Port-au-Prince",
    ] {
        assert_eq!(
            Times::judge(&rules(None, None, Some(zone)))
                .unwrap()
                .zone
                .as_deref(),
            Some(zone)
        );
    }
}

/// Texts that formats stumble over.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "/",
        "a",
        "b c",
        " ",
        "%",
        "%%",
        "$",
        "$HOME",
        "${{",
        "}}",
        "\"",
        "'",
        "\\",
        "\\%",
        "&",
        "<",
        ">",
        "]]>",
        "#",
        ";",
        ":",
        "- ",
        "{",
        "}",
        "é",
        "–",
        "\u{1F600}",
        "`",
        "!",
        "*",
        "~",
        "|",
        "&amp;",
        "\\n",
        "\\x41",
        "%h",
        "yes",
        "0x1",
    ]);
    prop::collection::vec(pieces, 0..10).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_word_comes_back_from_systemd_as_it_was(word in hostile()) {
        let line = format!("{} \"next\"", systemd_word(&word));
        prop_assert_eq!(reading::systemd(&line, true), Some(vec![word.clone(), "next".to_owned()]));
        prop_assert_eq!(reading::systemd(&systemd_path(&word), false), Some(vec![word]));
    }

    #[test]
    fn a_word_comes_back_from_cron_and_its_shell_as_it_was(word in hostile()) {
        let line = format!("{} next", cron_word(&word));
        let (command, rest) = reading::cron(&line);
        prop_assert_eq!(rest, "", "nothing is left over as standard input");
        prop_assert_eq!(reading::shell(&command), Some(vec![word.clone(), "next".to_owned()]));
        prop_assert_eq!(reading::shell(&shell_word(&word)), Some(vec![word]));
    }

    #[test]
    fn a_word_comes_back_from_windows_as_it_was(word in hostile()) {
        let line = format!("{} next", windows_word(&word));
        prop_assert_eq!(reading::windows(&line), vec![word, "next".to_owned()]);
    }

    #[test]
    fn a_text_comes_back_from_xml_as_it_was(word in hostile()) {
        let text = format!("<a>{}</a>", quote::xml_text(&word));
        let read = reading::xml(&text).map_err(TestCaseError::fail)?;
        prop_assert_eq!(read, word);
    }

    #[test]
    fn a_text_comes_back_from_yaml_and_github_as_it_was(word in hostile()) {
        prop_assert_eq!(reading::yaml(&yaml_text(&word)), Some(word.clone()));
        let workflow = reading::yaml(&github_text(&word)).unwrap_or_default();
        prop_assert_eq!(reading::github(&workflow), Some(word));
    }
}

//! What `feed schedule` prints, word for word, and held against the programs and documents that decide whether it is right.
//!
//! Where `systemd-analyze`, or a Python with `yaml`, is missing, the tests that need it say so loudly and pass.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod command;
mod judges;
mod telling;

use std::path::Path;

use dirsheet::feed::read_settings;
use dirsheet::feed::schedule::{Job, Paths, ScheduleText, Scheduler, SignsIn, texts};

/// A feed that uses everything a schedule knows.
const WHOLE: &str = r#"
name = "workday"
[source]
path = "inbox/workday-*.csv"
archive = "archive"
quarantine = "quarantine"
[key]
column = "Employee_ID"
[notify]
metrics = "/var/lib/node_exporter/hr/dirsheet.prom"
[notify.ping]
env = "WATCHDOG_URL"
[[notify.webhooks]]
shape = "teams"
[notify.webhooks.url]
file = "/run/credentials/dirsheet-feed-workday.service/teams"
[schedule]
at = "02:30"
days = "mon-fri"
time-zone = "Europe/Amsterdam"
user = "hrfeed"
"#;

/// The least a feed can say.
const SMALL: &str = "name = \"afas\"\n[source]\npath = \"medewerkers.csv\"\n[key]\ncolumn = \"Nr\"\n";

fn paths() -> Paths {
    Paths {
        program: "/usr/local/bin/dirsheet".to_owned(),
        settings: "/srv/hr/FEED.toml".to_owned(),
        state: "/var/lib/dirsheet".to_owned(),
        writes: ["/srv/hr/inbox", "/srv/hr/archive", "/srv/hr/quarantine"]
            .map(str::to_owned)
            .to_vec(),
        config: None,
    }
}

fn windows_paths() -> Paths {
    Paths {
        program: r"C:\Program Files\dirsheet\dirsheet.exe".to_owned(),
        settings: r"D:\HR & Payroll\FEED.toml".to_owned(),
        state: r"C:\ProgramData\dirsheet".to_owned(),
        writes: Vec::new(),
        config: Some(r"C:\ProgramData\dirsheet\config.toml".to_owned()),
    }
}

fn job(settings: &str, paths: Paths) -> Job {
    let sign_in = match paths.config {
        Some(_) => SignsIn::File,
        None => SignsIn::Variables(
            ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"]
                .map(str::to_owned)
                .to_vec(),
        ),
    };
    Job::new(
        &read_settings(settings).unwrap().settings,
        paths,
        None,
        sign_in,
        Vec::new(),
    )
    .unwrap()
}

fn made(job: &Job, scheduler: Scheduler) -> Vec<ScheduleText> {
    texts(job, scheduler).unwrap()
}

fn shown(texts: &[ScheduleText]) -> String {
    texts
        .iter()
        .map(|text| {
            format!(
                "==== {}\n{}---- install\n{}\n",
                text.name,
                text.text,
                text.install.join("\n")
            )
        })
        .collect()
}

#[test]
fn each_text_says_what_it_is_for() {
    for scheduler in Scheduler::ALL {
        let paths = if scheduler == Scheduler::Windows {
            windows_paths()
        } else {
            paths()
        };
        let text = shown(&made(&job(WHOLE, paths), scheduler));
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.bind(|| insta::assert_snapshot!(format!("schedule_{}", scheduler.as_str()), text));
    }
}

#[test]
fn the_least_feed_can_be_scheduled_everywhere() {
    for scheduler in Scheduler::ALL {
        let text = shown(&made(&job(SMALL, paths()), scheduler));
        assert!(text.contains("every day at 02:30"), "{text}");
    }
}

#[test]
fn systemd_finds_nothing_to_say_about_the_units_even_with_hostile_paths() {
    let folder = tempfile::tempdir().unwrap();
    for (number, (settings, nasty)) in [
        (WHOLE, "plain"),
        (SMALL, "50% of \"HR\" $HOME 'x' \\ é"),
        (WHOLE, "%h; -a & b"),
    ]
    .into_iter()
    .enumerate()
    {
        // The program is really there under the hostile name: systemd looks for it.
        let place = folder.path().join(nasty);
        std::fs::create_dir_all(&place).unwrap();
        // It starts no program with quotes in its path.
        let here: String = nasty
            .chars()
            .filter(|letter| !"\"'\\".contains(*letter))
            .collect();
        std::fs::create_dir_all(folder.path().join(&here)).unwrap();
        let program = folder.path().join(here).join("dirsheet");
        std::fs::copy(assert_cmd::cargo::cargo_bin!("dirsheet"), &program).unwrap();
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let paths = Paths {
            program: text(&program),
            settings: text(&place.join("FEED.toml")),
            state: text(&place.join("state")),
            writes: vec![text(&place.join("in box")), text(&place)],
            config: (number == 2).then(|| text(&place.join("config.toml"))),
        };
        let units = folder.path().join(format!("units-{number}"));
        std::fs::create_dir_all(&units).unwrap();
        let files: Vec<_> = made(&job(settings, paths), Scheduler::Systemd)
            .into_iter()
            .map(|file| {
                let path = units.join(&file.name);
                std::fs::write(&path, file.text).unwrap();
                path
            })
            .collect();
        let Some(said) = judges::systemd("verify", &files) else {
            return;
        };
        assert_eq!(said, (true, String::new()), "{nasty}");
        // Of ten points of exposure, what is left is the network and the account of its own.
        if let Some((is_good, text)) = judges::systemd_security(&files[0], 30) {
            assert!(is_good, "{text}");
        }
        std::fs::remove_file(&program).unwrap();
        let (is_good, text) = judges::systemd("verify", &files).unwrap();
        assert!(
            !is_good && text.contains("dirsheet"),
            "a program that is not there is told: {text}"
        );
    }
}

#[test]
fn systemd_reads_every_calendar_that_is_written() {
    for (days, zone) in [
        ("daily", None),
        ("mon-fri", Some("Europe/Amsterdam")),
        ("sat-mon", Some("UTC")),
        ("wed", Some("America/Argentina/Buenos_Aires")),
    ] {
        let zone = zone.map_or(String::new(), |zone| format!("time-zone = \"{zone}\"\n"));
        let settings = format!("{SMALL}[schedule]\ndays = \"{days}\"\n{zone}");
        let texts = made(&job(&settings, paths()), Scheduler::Systemd);
        let line = texts[1]
            .text
            .lines()
            .find_map(|line| line.strip_prefix("OnCalendar="))
            .unwrap();
        if let Some((is_good, said)) = judges::calendar(line) {
            assert!(is_good, "{line}: {said}");
        }
    }
}

#[test]
fn a_line_of_cron_has_five_fields_in_range_and_one_command() {
    for settings in [WHOLE, SMALL] {
        let text = made(&job(settings, paths()), Scheduler::Cron).remove(0).text;
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .collect();
        let (line, names) = lines.split_last().unwrap();
        for name in names {
            let (name, value) = name.split_once('=').expect("only settings stand before the line");
            assert!(["SHELL", "PATH", "MAILTO", "CRON_TZ"].contains(&name) && !value.is_empty());
        }
        let mut fields = line.splitn(6, ' ');
        for (name, least, most) in [
            ("minute", 0, 59),
            ("hour", 0, 23),
            ("day", 1, 31),
            ("month", 1, 12),
            ("weekday", 0, 6),
        ] {
            let field = fields.next().unwrap();
            let is_good = field == "*"
                || field.split(',').all(|part| {
                    part.parse::<u8>()
                        .is_ok_and(|number| (least..=most).contains(&number))
                });
            assert!(is_good, "{name}: {field}");
        }
        assert!(
            fields
                .next()
                .unwrap()
                .contains("/usr/local/bin/dirsheet feed run /srv/hr/FEED.toml")
        );
    }
}

#[test]
fn a_command_that_cron_would_cut_is_refused() {
    let mut long = paths();
    long.settings = format!("/{}/FEED.toml", "x".repeat(1000));
    let problem = texts(&job(SMALL, long), Scheduler::Cron).unwrap_err();
    assert!(problem.to_string().contains("shorter paths"), "{problem}");
}

#[test]
fn the_task_has_its_elements_where_the_schema_wants_them() {
    for settings in [WHOLE, SMALL] {
        for paths in [windows_paths(), paths()] {
            let text = made(&job(settings, paths.clone()), Scheduler::Windows)
                .remove(0)
                .text;
            let task = judges::task(&text).unwrap();
            assert_eq!(task["Command"], paths.program);
            assert!(
                task["Arguments"].contains(paths.settings.trim_matches('"')),
                "{}",
                task["Arguments"]
            );
        }
    }
    let named = SMALL.replace("afas", "a--b");
    judges::task(&made(&job(&named, paths()), Scheduler::Windows)[0].text).unwrap();
}

#[test]
fn windows_would_take_a_path_with_a_variable_for_something_else() {
    for path in [r"C:\%TEMP%\FEED.toml", r"C:\$(Arg0)\FEED.toml"] {
        let mut paths = windows_paths();
        paths.settings = path.to_owned();
        let problem = texts(&job(SMALL, paths), Scheduler::Windows).unwrap_err();
        assert!(problem.to_string().contains("as a variable"), "{problem}");
    }
}

#[test]
fn kubernetes_and_github_get_yaml_with_the_fields_of_their_references() {
    let mut nasty = paths();
    nasty.settings = "/srv/${{ x }} 'HR' \"50%\": {a} # & é \\ /FEED.toml".to_owned();
    for paths in [paths(), nasty] {
        for settings in [WHOLE, SMALL] {
            let job = job(settings, paths.clone());
            for scheduler in [Scheduler::Kubernetes, Scheduler::Github] {
                let text = made(&job, scheduler).remove(0).text;
                let Some(document) = judges::yaml(&text) else {
                    return;
                };
                match scheduler {
                    Scheduler::Kubernetes => judges::cron_job(&document),
                    _ => judges::workflow(&document, &paths.settings),
                }
            }
        }
    }
}

#[test]
fn a_name_that_a_cron_job_cannot_have_is_made_lower_or_refused() {
    let text = made(
        &job(&SMALL.replace("afas", "AFAS_NL"), paths()),
        Scheduler::Kubernetes,
    )
    .remove(0);
    assert_eq!(text.name, "dirsheet-feed-afas-nl.yaml");
    let problem = texts(
        &job(&SMALL.replace("afas", &"x".repeat(60)), paths()),
        Scheduler::Kubernetes,
    )
    .unwrap_err();
    assert!(problem.to_string().contains("a CronJob takes 52"), "{problem}");
}

#[test]
fn what_no_scheduler_can_hold_is_refused_at_once_and_all_together() {
    let settings = SMALL.replace("afas", "a/b") + "[schedule]\nat = \"25:00\"\nuser = \"x\\ny\"\n";
    let mut paths = paths();
    paths.settings = "/srv/a\nb/FEED.toml".to_owned();
    let problems = Job::new(
        &read_settings(&settings).unwrap().settings,
        paths,
        None,
        SignsIn::Profile,
        Vec::new(),
    )
    .unwrap_err();
    let said: Vec<&str> = problems.iter().map(|problem| problem.setting.as_str()).collect();
    assert_eq!(
        said,
        ["name", "schedule.user", "`/srv/a\\nb/FEED.toml`", "schedule.at"]
    );
}

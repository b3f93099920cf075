//! What a person reads, word for word. A text that changed is seen here, and accepted on purpose (`cargo insta review`, or
//! `INSTA_UPDATE=always cargo test --test texts`).
//!
//! Ids, moments and folders are made the same; the width is fixed; nothing of the person's own settings takes part.

#![allow(clippy::unwrap_used)]

#[path = "texts/feed.rs"]
mod feed;
#[path = "texts/feed_gate.rs"]
mod feed_gate;
#[path = "texts/mistake_table.rs"]
mod mistake_table;
#[path = "texts/mistakes.rs"]
mod mistakes;
#[path = "common/plans.rs"]
mod plans;
#[path = "texts/plurals.rs"]
mod plurals;
#[path = "texts/views.rs"]
mod views;

use std::path::Path;
use std::process::{Command, Stdio};

/// The program in a folder of its own.
struct Stand {
    folder: tempfile::TempDir,
}

/// What one command said.
struct Said {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Stand {
    fn new() -> Stand {
        let folder = tempfile::tempdir().unwrap();
        Stand { folder }
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let output = Command::new(assert_cmd::cargo::cargo_bin!("dirsheet"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("COLUMNS", "100")
            .env("CI", "true")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| redacted(&String::from_utf8(bytes).unwrap(), self.folder.path());
        Said {
            code: output.status.code().unwrap(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                write!(f, "-- {name}\n{text}")?;
            }
        }
        write!(f, "-- exit code {}", self.code)
    }
}

/// The same text without what differs from run to run. Ids keep their width.
fn redacted(text: &str, folder: &Path) -> String {
    // Some systems reach the temporary folder by another name.
    let real = folder.canonicalize().unwrap();
    let text = text
        .replace(&real.display().to_string(), "FOLDER")
        .replace(&folder.display().to_string(), "FOLDER");
    let text = dated(&dated(&text, "snap-"), "run-");
    let lines = text.lines().map(|line| match line.split_once("Took ") {
        Some((before, _)) if before.trim().is_empty() => "Took TIME.".to_owned(),
        _ => line.trim_end().to_owned(),
    });
    lines.map(|line| line + "\n").collect()
}

/// `run-20261123-150312-9f3a` becomes `run-00000000-000000-0000`.
fn dated(text: &str, prefix: &str) -> String {
    const SHAPE: &str = "00000000-000000-0000";
    let mut parts = text.split(prefix);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_id = part.len() >= SHAPE.len()
            && SHAPE.bytes().zip(part.bytes()).all(|(shape, byte)| match shape {
                b'-' => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        whole.push_str(prefix);
        whole.push_str(if is_id { SHAPE } else { "" });
        whole.push_str(if is_id { &part[SHAPE.len()..] } else { part });
    }
    whole
}

#[test]
fn help_of_the_program_and_of_every_command() {
    let stand = Stand::new();
    insta::assert_snapshot!("help", stand.run(&["--help"]));
    for command in [
        "apply",
        "check",
        "columns",
        "doctor",
        "completions",
        "demo",
        "diff",
        "export",
        "feed",
        "login",
        "logout",
        "man",
        "plan",
        "report",
        "resume",
        "runs",
        "sandbox",
        "snapshots",
        "undo",
    ] {
        insta::assert_snapshot!(format!("help_{command}"), stand.run(&[command, "--help"]));
    }
    for command in FEED_COMMANDS {
        insta::assert_snapshot!(
            format!("help_feed_{command}"),
            stand.run(&["feed", command, "--help"])
        );
    }
}

/// The commands below `feed`.
const FEED_COMMANDS: [&str; 8] = [
    "init", "check", "preview", "run", "history", "notify", "schedule", "schema",
];

#[test]
fn every_command_has_its_help_here() {
    let help = Stand::new().run(&["--help"]).stdout;
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty() && *name != "help")
        .collect();
    let below = Stand::new().run(&["feed", "--help"]).stdout;
    for command in FEED_COMMANDS {
        assert!(below.contains(&format!("\n  {command} ")), "{command}: {below}");
    }
    let count = below
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   ") && !line.starts_with("  help"))
        .count();
    assert_eq!(count, FEED_COMMANDS.len(), "{below}");
    for command in commands {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/snapshots/texts__help_{command}.snap"));
        assert!(
            path.is_file(),
            "there is no snapshot of `dirsheet {command} --help`"
        );
    }
}

/// Who holds a role in the practice directory, among the first of its people.
const HOLD_ROLES: [&str; 2] = ["ines.saint-just", "layla.alhaddad"];

/// The way back as a plan: cleared, set, in conflict, and what cannot be taken back.
#[test]
fn an_undo_is_shown_before_it_is_done() {
    let stand = Stand::new();
    let sandbox = ["--sandbox", "--state-dir", "state", "--progress", "none"];
    let run = |arguments: &[&str]| stand.run(&[arguments, &sandbox[..]].concat());
    run(&["export", "--columns", "jobTitle,usageLocation", "-o", "all.csv"]);
    let exported = std::fs::read_to_string(stand.folder.path().join("all.csv")).unwrap();
    let first: Vec<&str> = exported.lines().skip(1).take(3).collect();
    let ids: Vec<String> = first
        .iter()
        .map(|line| line.split(',').next().unwrap().replace('"', ""))
        .collect();
    let sheet = |words: [&str; 3]| {
        let rows: String = ids
            .iter()
            .zip(words)
            .map(|(id, word)| format!("{id},{word}\n"))
            .collect();
        format!("id,jobTitle\n{rows}")
    };
    stand.write("first.csv", &sheet(["Juggler", "<clear>", "Clown"]));
    run(&["apply", "first.csv", "--yes", "--quiet", "--allow", "admins"]);
    let run_id = std::fs::read_dir(stand.folder.path().join("state/runs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .next()
        .unwrap();
    stand.write("second.csv", &sheet(["Juggler", "", "Acrobat"]));
    run(&["apply", "second.csv", "--yes", "--quiet", "--allow", "admins"]);
    insta::assert_snapshot!("undo_conflict", run(&["undo", &run_id, "--allow", "admins"]));
    insta::assert_snapshot!(
        "undo_expect",
        run(&[
            "undo",
            &run_id,
            "--yes",
            "--conflicts",
            "skip",
            "--expect",
            "9",
            "--allow",
            "admins"
        ])
    );
    insta::assert_snapshot!("undo_no_row", run(&["undo", &run_id, "--rows", "2,40"]));
}

/// The demo shows findings, a plan with everything in it, a run, and the list of runs.
#[test]
fn what_differs_and_the_way_back_to_a_snapshot_are_shown_like_a_plan() {
    let stand = Stand::new();
    let sandbox = ["--sandbox", "--state-dir", "state", "--progress", "none"];
    let run = |arguments: &[&str]| stand.run(&[arguments, &sandbox[..]].concat());
    run(&["export", "--columns", "jobTitle,department", "-o", "all.csv"]);
    let path = |name: &str| stand.folder.path().join(name);
    let exported = std::fs::read_to_string(path("all.csv")).unwrap();
    let row = |line: &str| {
        line.trim_end()
            .split(',')
            .map(str::to_owned)
            .collect::<Vec<String>>()
    };
    let snapshot = row(exported.lines().nth(1).unwrap())
        .pop()
        .unwrap()
        .replace('"', "");
    let mut edited: Vec<String> = vec![exported.lines().next().unwrap().to_owned()];
    for (at, line) in exported
        .lines()
        .skip(1)
        .filter(|line| !line.contains("#EXT#"))
        .take(4)
        .enumerate()
    {
        let mut cells = row(line);
        cells[2] = format!("\"Title {at}\"");
        edited.push(cells.join(","));
    }
    std::fs::write(path("edited.csv"), edited.join("\r\n")).unwrap();
    // The moment of the snapshot stands in brackets.
    let without_moment = |said: Said| {
        let text = said.to_string();
        match (text.find(" (20"), text.find("Z)")) {
            (Some(from), Some(to)) if from < to => format!("{} (MOMENT{}", &text[..from], &text[to + 1..]),
            _ => text,
        }
    };
    let columns = ["--columns", "jobTitle,department"];
    insta::assert_snapshot!(
        "diff",
        without_moment(run(&[&["diff", &snapshot, "edited.csv"], &columns[..]].concat()))
    );
    run(&["apply", "edited.csv", "--yes", "--allow", "admins"]);
    insta::assert_snapshot!("diff_live", without_moment(run(&["diff", &snapshot, "live"])));
    insta::assert_snapshot!(
        "restore",
        run(&["plan", "--restore", &snapshot, "--allow", "admins"])
    );
}

#[test]
fn the_road_of_the_demo() {
    let stand = Stand::new();
    let said = stand.run(&["demo", "demo"]);
    insta::assert_snapshot!("demo_stdout", said.stdout);
    insta::assert_snapshot!("demo_stderr", said.stderr);
}

#[test]
fn refusals_say_what_stands_in_the_way_and_what_to_do() {
    let stand = Stand::new();
    let sandbox = ["--sandbox", "--state-dir", "state", "--progress", "none"];
    let run = |arguments: &[&str]| stand.run(&[arguments, &sandbox[..]].concat());
    run(&["export", "--columns", "jobTitle", "-o", "all.csv"]);
    let exported = std::fs::read_to_string(stand.folder.path().join("all.csv")).unwrap();
    let people: Vec<&str> = exported
        .lines()
        .skip(1)
        .filter(|line| !line.contains("#EXT#") && !HOLD_ROLES.iter().any(|name| line.contains(name)))
        .take(7)
        .collect();
    let rows: String = people
        .iter()
        .map(|line| format!("{},Juggler\n", line.split(',').next().unwrap().replace('"', "")))
        .collect();
    stand.write("jugglers.csv", &format!("id,jobTitle\n{rows}"));
    insta::assert_snapshot!(
        "guard_refused",
        run(&["apply", "jugglers.csv", "--yes", "--max-users", "3"])
    );
    insta::assert_snapshot!("nobody_can_be_asked", run(&["apply", "jugglers.csv"]));
    insta::assert_snapshot!(
        "unexpected_number",
        run(&["plan", "jugglers.csv", "--expect", "6"])
    );

    stand.write("wrong.csv", "id;jobTitel\n1;Nurse\n");
    insta::assert_snapshot!("check_wrong_sheet", run(&["check", "wrong.csv"]));
    stand.write("broken.csv", "id,jobTitle\n1,\"Nurse\n");
    insta::assert_snapshot!("check_broken_quotes", run(&["check", "broken.csv"]));
    insta::assert_snapshot!("check_no_file", run(&["check", "nowhere.csv"]));
    insta::assert_snapshot!("check_good_sheet", run(&["check", "all.csv"]));
    insta::assert_snapshot!("nothing_to_write", run(&["plan", "all.csv"]));
    insta::assert_snapshot!(
        "unknown_columns",
        run(&["export", "--columns", "jobTitel,shoeSize"])
    );
    insta::assert_snapshot!("unknown_run", run(&["resume", "run-20200101-000000-0000"]));
    insta::assert_snapshot!("not_a_run", run(&["report", "yesterday"]));
}

#[test]
fn nothing_configured_shows_three_ways_on() {
    let stand = Stand::new();
    insta::assert_snapshot!("nothing_configured", stand.run(&["export"]));
    insta::assert_snapshot!("unknown_profile", stand.run(&["export", "--profile", "contoso"]));
    insta::assert_snapshot!("no_runs", stand.run(&["runs"]));
    insta::assert_snapshot!("no_snapshots", stand.run(&["snapshots"]));
    insta::assert_snapshot!("unknown_flag", stand.run(&["plan", "a.csv", "--force"]));
}

#[test]
fn ids_and_folders_are_made_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = format!(
        "{}/a run-20261123-150312-9f3a, run-away \nTook 3 s.",
        folder.display()
    );
    assert_eq!(
        redacted(&text, folder),
        "FOLDER/a run-00000000-000000-0000, run-away\nTook TIME.\n"
    );
}

#[test]
fn a_plan_that_invites_guests() {
    let stand = Stand::new();
    let sandbox = ["--sandbox", "--state-dir", "state", "--progress", "none"];
    let run = |arguments: &[&str]| stand.run(&[arguments, &sandbox[..]].concat());
    run(&["export", "--columns", "mail", "-o", "all.csv"]);
    let exported = std::fs::read_to_string(stand.folder.path().join("all.csv")).unwrap();
    let guest = exported.lines().find(|line| line.contains("#EXT#")).unwrap();
    let known = guest
        .split(',')
        .find(|cell| cell.contains("@") && !cell.contains('#'))
        .unwrap();
    stand.write(
        "guests.csv",
        &format!(
            "inviteeEmail,inviteRedirectURL,sendEmail,displayName,department\n\
             anna.berg@fabrikam.example,https://contoso.example/partners,true,Anna Berg,Logistics\n\
             bo.lind@adatum.example,https://contoso.example/partners,,Bo Lind,\n\
             {known},,,,Logistics\n"
        ),
    );
    insta::assert_snapshot!("guests_not_allowed", run(&["plan", "guests.csv"]));
    insta::assert_snapshot!("guests", run(&["plan", "guests.csv", "--allow", "invite"]));
}

//! A named pipe where a file is expected: opening one would wait for ever.

use std::process::Command;
use std::time::{Duration, Instant};

use super::stand::{Stand, people};

#[test]
fn a_named_pipe_is_no_sheet_no_base_and_no_plan_and_nobody_waits_for_it() {
    let stand = Stand::open(people(5));
    stand.run(&["export", "-o", "users.csv"]).must(0);
    for name in ["pipe.csv", "pipe.json"] {
        let made = Command::new("mkfifo").arg(stand.path(name)).status();
        assert!(made.unwrap().success(), "mkfifo {name}");
    }
    for line in [
        &["check", "pipe.csv"][..],
        &["plan", "pipe.csv"],
        &["check", "users.csv", "--base", "pipe.csv"],
        &["diff", "users.csv", "pipe.csv"],
        &["plan", "users.csv", "--choices", "pipe.csv"],
        &["apply", "pipe.json", "--yes"],
    ] {
        let mut child = stand.command(line).spawn().unwrap();
        let began = Instant::now();
        let ended = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if began.elapsed() > Duration::from_secs(20) {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("{line:?} waits for the pipe");
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!ended.success(), "{line:?}");
        assert!(told.contains("not an ordinary file"), "{line:?}: {told}");
    }
    assert!(stand.history().is_empty());
}

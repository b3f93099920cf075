//! A folder as dirsheet 0.1.0 left it: its sheet, its plan, its snapshot, its journals and the ledger of its feed are all taken up.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// `tests/compat/0.1`: a directory of 200 people with a snapshot. `first.csv` was applied (six departments), `second.csv` was planned, a
/// night of `feed` was run, and `third.csv` was killed on its way: of its 167 requests 147 landed, 40 of them known to have.
const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/compat/0.1");
pub const FIRST: &str = "run-20261130-095820-f753";
pub const NIGHT: &str = "run-20261130-095822-6fd5";
pub const KILLED: &str = "run-20261130-095858-1b01";
const SNAPSHOT: &str = "snap-20261130-095819-c9e8";

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
            // As old as it is: a file of HR that is newer than the last one was delivered anew.
            let kept = std::fs::File::options().append(true).open(target).unwrap();
            let is_from = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_767_225_600);
            kept.set_modified(is_from).unwrap();
        }
    }
}

pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn open() -> Folder {
        let folder = tempfile::tempdir().unwrap();
        copy(Path::new(KEPT), folder.path());
        Folder(folder)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn run(&self, arguments: &str, code: i32) -> String {
        self.typed(arguments, code).0
    }

    /// What is said of a command that does not do what it is asked for.
    pub fn refused(&self, arguments: &str, code: i32) -> String {
        self.typed(arguments, code).1
    }

    /// Standard output and standard error.
    fn typed(&self, arguments: &str, code: i32) -> (String, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_dirsheet"))
            .args(arguments.split(' '))
            .args(["--sandbox", "--state-dir", "state"])
            .current_dir(self.0.path())
            .env_clear()
            .env("HOME", self.0.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&stderr).into_owned();
        assert_eq!(status.code(), Some(code), "{arguments}: {said}");
        (String::from_utf8(stdout).unwrap(), said)
    }

    pub fn json(&self, arguments: &str, code: i32) -> Value {
        serde_json::from_str(&self.run(&format!("{arguments} --json"), code)).unwrap()
    }
}

#[test]
fn a_folder_of_dirsheet_0_1_is_listed_as_it_was_left() {
    let folder = Folder::open();
    let runs = folder.json("runs", 0);
    let told: Vec<(&str, &str)> = runs
        .as_array()
        .unwrap()
        .iter()
        .map(|run| (run["id"].as_str().unwrap(), run["state"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [(KILLED, "interrupted"), (NIGHT, "finished"), (FIRST, "finished")]
    );
    assert_eq!(runs[0]["remaining"], 127);
    // Of what was under way at the moment of the kill nobody knows yet.
    let doubtful = runs[0]["in_doubt"].as_u64().unwrap();
    assert_eq!((doubtful, runs[0]["failed"].as_u64()), (107, Some(107)));
    let text = folder.run("runs", 0);
    let killed = text.lines().find(|line| line.starts_with(KILLED)).unwrap();
    assert!(
        killed.contains("107 in doubt") && !killed.contains("failed"),
        "{killed}"
    );
    assert_eq!(folder.json("snapshots", 0)[0]["id"], SNAPSHOT);
    let nights = folder.run("feed history feed/FEED.toml", 0);
    assert!(
        nights.contains("22 written") && nights.contains(NIGHT),
        "{nights}"
    );
}

#[test]
fn a_sheet_of_dirsheet_0_1_is_held_against_its_snapshot() {
    let folder = Folder::open();
    let checked = folder.json("check second.csv", 0);
    assert_eq!(checked["sheet"]["rows"], 200);
    assert_eq!(checked["findings"], serde_json::json!([]));
    // Of the six departments of the first run the night put five back to what HR says. Four titles and a cleared one, two of them of
    // people who are not ours to change.
    let planned = folder.json("plan second.csv --allow admins --max-clears 100%", 0);
    assert_eq!(planned["summary"]["cells_changed"], 8);
    assert_eq!(planned["summary"]["clears"], 1);
    assert_eq!(planned["summary"]["refusals_foreseen"], 2);
}

#[test]
fn a_run_that_dirsheet_0_1_was_killed_in_is_finished_and_taken_back() {
    let folder = Folder::open();
    let resumed = folder.json(&format!("resume {KILLED} --yes"), 6);
    assert_eq!(resumed["remaining"], 0);
    assert_eq!(resumed["summary"]["updated"], 167);
    assert_eq!(
        resumed["summary"]["skipped"], 33,
        "synchronised and restricted people"
    );
    let undone = folder.json(&format!("undo {KILLED} --yes --max-users 100%"), 0);
    assert_eq!(undone["summary"]["updated"], 167);
    // Five of its six cells were changed since, and stay.
    let undone = folder.json(&format!("undo {FIRST} --yes"), 0);
    assert_eq!(undone["summary"]["updated"], 1);
}

#[test]
fn a_plan_of_dirsheet_0_1_is_carried_out_and_its_feed_goes_on() {
    let folder = Folder::open();
    // The longest age there is.
    let applied = folder.json(
        "apply plan.json --yes --max-age 3650d --allow admins --max-clears 100%",
        6,
    );
    assert_eq!(applied["summary"]["updated"], 3);
    let told = folder.json("feed run feed/FEED.toml --go", 0);
    assert_eq!(told["outcome"], "seen-before", "{told}");
}

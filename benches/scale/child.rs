//! The built binary, or another program, as a process of its own: how long it took and how much memory it had.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use dirsheet::sandbox::Sandbox;

/// What a process took.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    pub time: Duration,
    /// The most that was resident at once, in MB; where the system tells it.
    pub peak: Option<u64>,
}

impl Took {
    /// The memory as a cell of the table.
    pub fn memory(self) -> String {
        self.peak
            .map_or_else(|| "?".to_owned(), |peak| format!("{peak} MB"))
    }
}

/// dirsheet in this folder, signed in to this directory.
pub fn dirsheet(root: &Path, sandbox: Option<&Sandbox>, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dirsheet"));
    command
        .args(words)
        .args(["--quiet", "--progress", "none", "--state-dir"])
        .arg(root.join("state"))
        .current_dir(root)
        .env_clear()
        .env("HOME", root);
    if let Some(sandbox) = sandbox {
        command
            .env("AZURE_TENANT_ID", sandbox.tenant_id())
            .env("AZURE_CLIENT_ID", sandbox.client_id())
            .env("AZURE_CLIENT_SECRET", sandbox.client_secret())
            .env("AZURE_AUTHORITY_HOST", sandbox.url())
            .env("DIRSHEET_GRAPH_URL", sandbox.url());
    }
    command
}

/// Runs it to its end, which must be a good one.
pub fn run(command: &mut Command) -> Took {
    run_until(command, || false)
}

/// Runs it until something is so, and ends it then.
pub fn run_until(command: &mut Command, mut is_enough: impl FnMut() -> bool) -> Took {
    let began = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    loop {
        // The system keeps the peak for as long as the process is there, so the last look tells it.
        if let Some(now) = std::fs::read_to_string(&status)
            .ok()
            .as_deref()
            .and_then(resident_most)
        {
            peak = Some(now);
        }
        if let Some(ended) = child.try_wait().expect("its end") {
            assert!(ended.success(), "{command:?} ended with {ended}");
            break;
        }
        if is_enough() {
            child.kill().expect("a process to end");
            child.wait().expect("its end");
            break;
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    Took {
        time: began.elapsed(),
        peak,
    }
}

fn resident_most(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes / 1_000)
}

/// The one in the middle of several runs.
pub fn median(mut run: impl FnMut() -> Took) -> Took {
    let mut all: Vec<Took> = (0..super::RUNS).map(|_| run()).collect();
    all.sort_by_key(|took| took.time);
    all[super::RUNS / 2]
}

//! A command of the binary against a hostile service, with the time and the memory it took.

use std::time::{Duration, Instant};

use super::server::Server;
use super::stand::{Ran, Stand, finish_within};

/// The slowest test says itself when it has taken too long.
const LIMIT: Duration = Duration::from_secs(240);

/// A command that has ended.
pub struct Ended {
    pub ran: Ran,
    /// The most memory it had, in mebibytes; only on Linux it is known.
    pub mebibytes: Option<u64>,
    pub took: Duration,
}

/// A home of one's own, with the services at which it signs in and reads.
pub fn stand(authority: &Server, graph: &Server) -> Stand {
    let mut stand = Stand::of(1);
    stand.set("AZURE_AUTHORITY_HOST", &authority.base);
    stand.set("DIRSHEET_GRAPH_URL", &graph.base);
    stand
}

/// The high-water mark of a process, while it lives.
fn memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kibibytes / 1024)
}

pub fn run(stand: &Stand, arguments: &[&str]) -> Ended {
    let child = stand.command(arguments).spawn().unwrap();
    let process = child.id();
    let started = Instant::now();
    let watched = std::thread::spawn(move || {
        let mut most = None;
        // It ends with the process, whose number nobody else has meanwhile.
        while let Some(now) = memory(process) {
            most = most.max(Some(now));
            std::thread::sleep(Duration::from_millis(5));
        }
        most
    });
    let ran = finish_within(LIMIT, child, arguments.join(" "));
    let took = started.elapsed();
    Ended {
        ran,
        mebibytes: watched.join().unwrap(),
        took,
    }
}

impl Ended {
    /// It ended with this code, said this, and took no more than that.
    #[track_caller]
    #[allow(clippy::print_stdout)]
    pub fn must(self, code: i32, says: &[&str], seconds: u64, mebibytes: u64) -> Ran {
        let told = format!(
            "{:?} and {:?} MiB for `{}`: {}",
            self.took,
            self.mebibytes,
            self.ran.command,
            self.ran.stderr.chars().take(700).collect::<String>()
        );
        println!("{told}");
        assert!(self.took < Duration::from_secs(seconds), "too long: {told}");
        assert!(
            self.mebibytes.is_some() || !cfg!(target_os = "linux"),
            "no memory was read: {told}"
        );
        assert!(
            self.mebibytes.is_none_or(|most| most < mebibytes),
            "too much: {told}"
        );
        // What it says is for a person, whatever it was sent.
        assert!(
            self.ran.stderr.len() < 4_000,
            "{} bytes: {told}",
            self.ran.stderr.len()
        );
        assert!(
            self.ran.stderr.chars().all(|c| c == '\n' || !c.is_control()),
            "control characters: {told}"
        );
        self.ran.must(code).says(says)
    }
}

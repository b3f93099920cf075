//! Exports: pages a second beside a client that follows one nextLink after another.

use std::path::Path;
use std::time::Duration;

use dirsheet::sandbox::{People, Quota, Sandbox, SandboxOptions, start};

use super::child::{dirsheet, run};
use super::pages::{PAGE, read_all};
use super::{people, sheets};

/// Prints the part of the table about reading everybody.
pub fn table(users: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    sheets::write(&root.join("directory.csv"), users, false);
    println!(
        "### Export: {users} users, {} columns, no quota\n",
        people::COLUMNS.len()
    );
    println!(
        "| latency of an answer | serial client | `dirsheet export` | times as fast | its peak memory |\n|---|---|---|---|---|"
    );
    for milliseconds in [0, 100, 300] {
        let sandbox = Stand::open(&root.join("directory.csv"), Duration::from_millis(milliseconds));
        let pages = users.div_ceil(PAGE) as f64;
        let serial = sandbox.serial();
        // A snapshot of before would be brought up to date; here everybody is to be read.
        let sheet = format!("users-{milliseconds}.csv");
        let words = ["export", "-o", &sheet, "--full"];
        let took = run(&mut dirsheet(root, Some(&sandbox.sandbox), &words));
        println!(
            "| {milliseconds} ms | {:.1} pages/s | {:.1} pages/s | {:.1} | {} |",
            pages / serial.as_secs_f64(),
            pages / took.time.as_secs_f64(),
            serial.as_secs_f64() / took.time.as_secs_f64(),
            took.memory()
        );
        sandbox.close();
        std::fs::remove_dir_all(root.join("state")).expect("the state folder");
    }
    println!(
        "\nThe serial client reads the same columns and writes nothing; `dirsheet export` writes sheet and snapshot, and is exact as of one moment. Client and directory share the machine.\n"
    );
}

/// A directory with threads of its own.
pub struct Stand {
    runtime: tokio::runtime::Runtime,
    pub sandbox: Sandbox,
}

impl Stand {
    pub fn open(people: &Path, latency: Duration) -> Stand {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let options = SandboxOptions {
            people: People::FromSheet(people.to_owned()),
            quota: Quota::Off,
            latency,
            ..SandboxOptions::default()
        };
        let sandbox = runtime.block_on(start(options)).expect("a sandbox");
        Stand { runtime, sandbox }
    }

    pub fn close(self) {
        self.runtime
            .block_on(self.sandbox.shutdown())
            .expect("the sandbox ends");
    }

    /// Everybody, one page after another.
    fn serial(&self) -> Duration {
        let select = people::COLUMNS.join(",");
        self.runtime.block_on(read_all(&self.sandbox, &select)).0
    }
}

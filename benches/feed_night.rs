//! What a night of a feed costs in a large directory, beside the least that any program needs for it.
//!
//! `cargo bench --bench feed_night` takes a file of 200,000 rows into a directory of as many users, first as it stands and then with 500
//! changed rows, under the service's documented quota. `-- 20000` takes another size, 3,000 at least. The least is made up of two things measured in
//! the same run: reading every user once, page after page, by a bare client with the same columns; and one write for each changed user
//! at the documented 20 in a batch. The directory is the sandbox in this process; everything goes over HTTP on 127.0.0.1.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark may stop short, and prints its table"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use dirsheet::sandbox::{People, Quota, Sandbox, SandboxOptions, start};
use serde_json::Value as Json;

#[path = "common/pages.rs"]
mod pages;
#[path = "common/sign_in.rs"]
mod sign_in;

use pages::{PAGE, read_all};

const CHANGED: usize = 500;
const COLUMNS: &str =
    "id,userPrincipalName,accountEnabled,userType,employeeId,givenName,surname,department,jobTitle";
const BATCH: usize = 20;
const SETTINGS: &str = r#"
name = "large"
[source]
path = "hr.csv"
stable-for = "1s"
[key]
column = "Nr"
[attributes]
givenName = { column = "First" }
surname = { column = "Last" }
department = { column = "Dept" }
jobTitle = { column = "Title" }
[guards]
max-users = 1000
"#;

fn main() {
    let users = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .next()
        .unwrap_or(200_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    write_directory(&root.join("directory.csv"), users);
    std::fs::write(root.join("FEED.toml"), SETTINGS).expect("the settings");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let sandbox = runtime
        .block_on(start(SandboxOptions {
            people: People::FromSheet(root.join("directory.csv")),
            quota: Quota::Real,
            ..SandboxOptions::default()
        }))
        .expect("the sandbox");
    println!("{users} users and rows, quota as documented");
    write_file(&root.join("hr.csv"), users, 0);
    let first = night(root, &sandbox, &["--go"]);
    line("the first night, nothing differs", &first);
    write_file(&root.join("hr.csv"), users, CHANGED);
    let second = night(root, &sandbox, &[]);
    line("a night with 500 changed rows", &second);
    assert_eq!(
        second.summary["counts"]["users_written"], CHANGED,
        "{}",
        second.summary
    );
    let (reading, pages) = runtime.block_on(read_all(&sandbox, COLUMNS));
    let batches = CHANGED.div_ceil(BATCH);
    println!(
        "{:<52} {:>8.1} s  {:>7} requests",
        "a bare client reads everybody once",
        reading.as_secs_f64(),
        pages
    );
    println!(
        "{:<52} {:>10}  {batches:>7} requests",
        "one write for each changed user, 20 in a batch", ""
    );
    println!(
        "the night sent {:.2} times the requests of reading everybody once and writing what changed ({}), in {:.2} times the time of that reading",
        second.requests as f64 / (pages + batches as u64) as f64,
        pages + batches as u64,
        second.took.as_secs_f64() / reading.as_secs_f64()
    );
    println!(
        "by the changes alone the least would be 1 + {batches} requests to read and {batches} to write; everybody is {} pages",
        users.div_ceil(PAGE)
    );
    runtime.block_on(sandbox.shutdown()).expect("the sandbox ends");
}

struct Night {
    took: Duration,
    requests: u64,
    writes: u64,
    summary: Json,
}

fn line(what: &str, night: &Night) {
    println!(
        "{what:<52} {:>8.1} s  {:>7} requests, {} writes",
        night.took.as_secs_f64(),
        night.requests,
        night.writes
    );
}

fn night(root: &Path, sandbox: &Sandbox, more: &[&str]) -> Night {
    let before = sandbox.stats();
    let began = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_dirsheet"))
        .args([
            "feed",
            "run",
            "FEED.toml",
            "--json",
            "--quiet",
            "--progress",
            "none",
        ])
        .args(more)
        .arg("--state-dir")
        .arg(root.join("state"))
        .current_dir(root)
        .env_clear()
        .env("HOME", root)
        .env("AZURE_TENANT_ID", sandbox.tenant_id())
        .env("AZURE_CLIENT_ID", sandbox.client_id())
        .env("AZURE_CLIENT_SECRET", sandbox.client_secret())
        .env("AZURE_AUTHORITY_HOST", sandbox.url())
        .env("DIRSHEET_GRAPH_URL", sandbox.url())
        .output()
        .expect("dirsheet");
    let took = began.elapsed();
    let after = sandbox.stats();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    Night {
        took,
        requests: after.http_requests - before.http_requests,
        writes: after.writes_received - before.writes_received,
        summary: serde_json::from_slice(&output.stdout).expect("a summary"),
    }
}

fn write_directory(path: &Path, users: usize) {
    let mut text = "id,userPrincipalName,displayName,givenName,surname,userType,jobTitle,department,employeeId,accountEnabled\n".to_owned();
    for at in 0..users {
        let _ = writeln!(
            text,
            "00000000-0000-4000-8000-{:012},p{at}@contoso.example,First Last{at},First,Last{at},Member,Clerk,Dept {},N{at},true",
            at + 1,
            at % 40
        );
    }
    std::fs::write(path, text).expect("the directory");
}

fn write_file(path: &Path, users: usize, changed: usize) {
    let mut text = "Nr,First,Last,Dept,Title\n".to_owned();
    for at in 0..users {
        // Spread over the whole file.
        let is_changed = changed > 0 && at % (users / changed) == 0 && at / (users / changed) < changed;
        let title = if is_changed { "Senior clerk" } else { "Clerk" };
        let _ = writeln!(text, "N{at},First,Last{at},Dept {},{title}", at % 40);
    }
    std::fs::write(path, text).expect("the file");
}

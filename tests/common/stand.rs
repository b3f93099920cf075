//! A test stand: an embedded directory, a home of one's own, and the real binary with nothing else in its environment.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use dirsheet::sandbox::{AcceptedWrite, Fault, People, Quota, Sandbox, SandboxOptions, Stats, start};
use serde_json::Value;

use super::sheet::Sheet;

/// No command of a test may take longer.
pub const TIME_LIMIT: Duration = Duration::from_secs(120);

pub struct Stand {
    runtime: tokio::runtime::Runtime,
    sandbox: Option<Sandbox>,
    folder: tempfile::TempDir,
    environment: BTreeMap<String, String>,
}

/// A directory by user id.
pub type Dump = BTreeMap<String, Value>;

/// So many people and no quota.
pub fn people(users: usize) -> SandboxOptions {
    SandboxOptions {
        people: People::Generated { users },
        quota: Quota::Off,
        ..SandboxOptions::default()
    }
}

impl Stand {
    pub fn open(options: SandboxOptions) -> Stand {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let sandbox = runtime.block_on(start(options)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut environment = BTreeMap::from([
            ("HOME".to_owned(), folder.path().display().to_string()),
            ("AZURE_TENANT_ID".to_owned(), sandbox.tenant_id().to_owned()),
            ("AZURE_CLIENT_ID".to_owned(), sandbox.client_id().to_owned()),
            (
                "AZURE_CLIENT_SECRET".to_owned(),
                sandbox.client_secret().to_owned(),
            ),
            ("AZURE_AUTHORITY_HOST".to_owned(), sandbox.url()),
            ("DIRSHEET_GRAPH_URL".to_owned(), sandbox.url()),
        ]);
        // Windows cannot open a socket without it.
        if let Ok(root) = std::env::var("SystemRoot") {
            environment.insert("SystemRoot".to_owned(), root);
        }
        Stand {
            runtime,
            sandbox: Some(sandbox),
            folder,
            environment,
        }
    }

    pub fn of(users: usize) -> Stand {
        Stand::open(people(users))
    }

    /// The same with something going wrong.
    pub fn with_faults(users: usize, faults: &str) -> Stand {
        let stand = Stand::of(users);
        stand.faults(faults);
        stand
    }

    /// The commands that follow sign in to the directory of another stand; home and files stay.
    pub fn turn_to(&mut self, other: &Stand) {
        let sandbox = other.sandbox();
        for (name, value) in [
            ("AZURE_TENANT_ID", sandbox.tenant_id()),
            ("AZURE_CLIENT_ID", sandbox.client_id()),
            ("AZURE_CLIENT_SECRET", sandbox.client_secret()),
            ("AZURE_AUTHORITY_HOST", &sandbox.url()),
            ("DIRSHEET_GRAPH_URL", &sandbox.url()),
        ] {
            self.set(name, value);
        }
    }

    /// Another environment for the commands that follow.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    pub fn unset(&mut self, name: &str) {
        self.environment.remove(name);
    }

    pub fn sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().unwrap()
    }

    /// The directory goes away; its port then refuses connections.
    pub fn close_directory(&mut self) {
        if let Some(sandbox) = self.sandbox.take() {
            self.runtime.block_on(sandbox.shutdown()).unwrap();
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn state(&self) -> PathBuf {
        self.path(".local/state/dirsheet")
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        String::from_utf8(std::fs::read(self.path(name)).unwrap()).unwrap()
    }

    pub fn sheet(&self, name: &str) -> Sheet {
        Sheet::read(&self.path(name))
    }

    pub fn save(&self, name: &str, sheet: &Sheet) {
        sheet.write(&self.path(name));
    }

    /// Exports into `users.csv` and reads it.
    pub fn export(&self) -> Sheet {
        self.run(&["export", "-o", "users.csv"]).must(0);
        self.sheet("users.csv")
    }

    /// An export of these columns, in `users.csv`.
    pub fn export_columns(&self, columns: &str) -> Sheet {
        self.run(&["export", "-o", "users.csv", "--columns", columns])
            .must(0);
        self.sheet("users.csv")
    }

    /// A fresh export of these columns, in which a column says something else of some users.
    pub fn wish(&self, columns: &str, column: &str, wishes: &[(&str, &str)]) {
        let mut sheet = self.export_columns(columns);
        for (user, text) in wishes {
            sheet.set(user, column, *text);
        }
        self.save("users.csv", &sheet);
    }

    pub fn faults(&self, faults: &str) {
        self.sandbox().set_faults(Fault::parse_list(faults).unwrap());
    }

    pub fn edit(&self, user: &str, property: &str, value: impl Into<Value>) {
        self.sandbox().edit(user, property, value.into()).unwrap();
    }

    pub fn history(&self) -> Vec<AcceptedWrite> {
        self.sandbox().history()
    }

    pub fn stats(&self) -> Stats {
        self.sandbox().stats()
    }

    /// Waits until the directory has nothing left to do for clients that are dead: what they sent has landed, or was given up with
    /// its connection. No other client may be there.
    pub fn settle(&self) {
        use std::io::{Read, Write};
        // Connections are taken in the order in which they came: when this one is answered, theirs have been taken. It is no HTTP,
        // so that nothing counts it and no fault meets it.
        let address = self.sandbox().url();
        let mut last = std::net::TcpStream::connect(address.trim_start_matches("http://")).unwrap();
        last.write_all(b"not HTTP\r\n\r\n").unwrap();
        last.read_to_end(&mut Vec::new()).unwrap();
        drop(last);
        until("no connection of a dead client", || {
            self.stats().connections_open == 0
        });
    }

    pub fn dump(&self) -> Dump {
        let users = self.sandbox().dump();
        users
            .into_iter()
            .map(|user| (user["id"].as_str().unwrap().to_owned(), user))
            .collect()
    }

    /// Users nobody would refuse to change: no sync, no role, no restriction, no agent, no guest. In the directory's order.
    pub fn ordinary(&self) -> Vec<Value> {
        let users = self.sandbox().dump();
        users.into_iter().filter(is_ordinary).collect()
    }

    /// A command of the binary, in the stand's folder, with the stand's environment and nothing else.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dirsheet"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(&self.environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        finish(self.command(arguments).spawn().unwrap(), arguments.join(" "))
    }

    /// Runs with `--json` and expects this exit code.
    pub fn json(&self, arguments: &[&str], code: i32) -> Value {
        let with_json: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        let ran = self.run(&with_json).must(code);
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    }

    /// Waits for something of the test's own, such as a request to the directory.
    pub fn wait_for<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// The id of the only run, or of the newest.
    pub fn newest_run(&self) -> String {
        self.json(&["runs"], 0)[0]["id"].as_str().unwrap().to_owned()
    }

    /// The report that `apply` left for a run.
    pub fn report(&self, run: &str) -> Sheet {
        Sheet::read(
            &self
                .state()
                .join("reports")
                .join(run)
                .join(format!("{run}-report.csv")),
        )
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        if let Some(sandbox) = self.sandbox.take() {
            let _ended = self.runtime.block_on(sandbox.shutdown());
        }
    }
}

pub fn is_ordinary(user: &Value) -> bool {
    user["onPremisesSyncEnabled"].is_null()
        && user["roles"].as_array().is_some_and(Vec::is_empty)
        && user["isManagementRestricted"] != true
        && user["identityParentId"].is_null()
        && user["userType"] == "Member"
}

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    pub command: String,
    /// `None` when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

impl Ran {
    #[track_caller]
    pub fn must(self, code: i32) -> Ran {
        assert_eq!(
            self.code,
            Some(code),
            "dirsheet {}\n--- stdout\n{}\n--- stderr\n{}",
            self.command,
            beginning(&self.stdout),
            beginning(&self.stderr)
        );
        self
    }

    /// Each of the words is somewhere in one of the streams.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Ran {
        for word in words {
            assert!(
                self.stderr.contains(word) || self.stdout.contains(word),
                "`{word}` is missing in dirsheet {}\n--- stdout\n{}\n--- stderr\n{}",
                self.command,
                beginning(&self.stdout),
                beginning(&self.stderr)
            );
        }
        self
    }
}

fn beginning(text: &str) -> String {
    text.chars().take(6_000).collect()
}

/// Waits for the end, at most [`TIME_LIMIT`]; the streams are read meanwhile so that no pipe gets full.
pub fn finish(child: Child, command: String) -> Ran {
    finish_within(TIME_LIMIT, child, command)
}

/// The same with another limit.
pub fn finish_within(limit: Duration, mut child: Child, command: String) -> Ran {
    use std::io::Read;
    fn drain(stream: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut stream) = stream {
                let _read = stream.read_to_end(&mut bytes);
            }
            bytes
        })
    }
    let started = Instant::now();
    let (stdout, stderr) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > limit {
            child.kill().unwrap();
            child.wait().unwrap();
            let stderr = String::from_utf8_lossy(&stderr.join().unwrap()).into_owned();
            panic!(
                "dirsheet {command} took longer than {limit:?}\n{}",
                beginning(&stderr)
            );
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    Ran {
        command,
        code: status.code(),
        stdout: String::from_utf8(stdout.join().unwrap()).unwrap(),
        stderr: String::from_utf8(stderr.join().unwrap()).unwrap(),
        took: started.elapsed(),
    }
}

/// The command with a limit on the size of the files it writes, in kibibytes. Writing beyond is an error, not a signal.
#[cfg(unix)]
pub fn limited(stand: &Stand, kibibytes: u64, arguments: &[&str]) -> Ran {
    let plain = stand.command(arguments);
    // `ulimit -f` counts in blocks of 512 bytes.
    let script = format!("ulimit -f {}; exec \"$0\" \"$@\"", kibibytes * 2);
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", &script])
        .arg(plain.get_program())
        .args(plain.get_args())
        .current_dir(plain.get_current_dir().unwrap())
        .env_clear()
        .envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    finish(command.spawn().unwrap(), arguments.join(" "))
}

/// Asks a process that this test started to end, as Ctrl-C does.
#[cfg(unix)]
pub fn interrupt(child: &Child) {
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// Waits until something is so; panics after ten seconds.
#[track_caller]
pub fn until(what: &str, mut so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < Duration::from_secs(30), "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

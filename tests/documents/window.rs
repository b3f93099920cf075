//! The two windows of somebody who types a page: a folder with a shell, and the practice directory beside it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A word such as `run-20261123-150312-9f3a` at the beginning of a text.
fn name_at(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    &text[..end.unwrap_or(text.len())]
}

/// A folder, and the practice directory of its second window.
pub struct Window {
    folder: tempfile::TempDir,
    server: Option<Child>,
    environment: Vec<(String, String)>,
    run: String,
    snapshot: String,
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &place);
        } else {
            std::fs::copy(entry.path(), place).unwrap();
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.close();
    }
}

impl Window {
    pub fn new() -> Window {
        let folder = tempfile::tempdir().unwrap();
        // A feed writes beside its settings, so the pages get files of their own.
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
        copy_all(&samples, &folder.path().join("samples"));
        Window {
            folder,
            server: None,
            environment: Vec::new(),
            run: "RUN".to_owned(),
            snapshot: "SNAPSHOT".to_owned(),
        }
    }

    fn close(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _gone = server.kill();
            let _gone = server.wait();
        }
    }

    fn shell(&self, line: &str) -> Command {
        let binary = Path::new(assert_cmd::cargo::cargo_bin!("dirsheet"));
        let usual = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new("sh");
        command
            .args(["-c", line])
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("PATH", format!("{}:{usual}", binary.parent().unwrap().display()))
            .env("CI", "true")
            .env("COLUMNS", "120")
            .stdin(Stdio::null());
        command
    }

    /// The second window: another directory takes the place of the one before.
    pub fn serve(&mut self, line: &str) {
        self.close();
        let home = self.folder.path().join("second-window");
        std::fs::create_dir_all(&home).unwrap();
        let mut server = self
            .shell(&format!("exec {line} --json"))
            .env("HOME", home)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut told = String::new();
        let stdout = server.stdout.take().unwrap();
        self.server = Some(server);
        BufReader::new(stdout).read_line(&mut told).unwrap();
        let told: serde_json::Value =
            serde_json::from_str(&told).unwrap_or_else(|_| panic!("{line}: {told}"));
        self.environment = told["environment"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect();
    }

    /// The code and everything that was answered.
    pub fn type_in(&mut self, command: &str) -> (i32, String) {
        let mut line = command.replace("SNAPSHOT", &self.snapshot);
        line = line.replace(" RUN", &format!(" {}", self.run));
        let asks = [
            "dirsheet apply ",
            "dirsheet undo ",
            "dirsheet resume ",
            "dirsheet snapshots --prune",
        ];
        if asks.iter().any(|begin| line.starts_with(begin)) && !line.contains("--yes") {
            let end = line.find("  #").unwrap_or(line.len());
            line.insert_str(end, " --yes");
        }
        let output = self
            .shell(&format!("{{ {line}\n}} 2>&1"))
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap();
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        for told in answer.lines() {
            // The run of an undo is not the one that the reader has in mind.
            let is_named = told.starts_with("run-") && told[name_at(told).len()..].starts_with(": ");
            if is_named && !line.starts_with("dirsheet undo ") {
                self.run = name_at(told).to_owned();
            }
            if let Some((_, name)) = told.split_once("; snapshot ")
                && self.snapshot == "SNAPSHOT"
            {
                self.snapshot = name_at(name).to_owned();
            }
        }
        (output.status.code().unwrap(), answer)
    }

    /// Whether a program is there, or a module of Python's.
    pub fn has(&self, name: &str) -> bool {
        self.shell(&format!("command -v {name} || python3 -c 'import {name}'"))
            .output()
            .is_ok_and(|output| output.status.success())
    }

    /// Gives a text to an engine of Python's: SQL to DuckDB, lines to an interpreter that has the module.
    pub fn ask_python(&self, engine: &str, text: &str) -> Result<(), String> {
        let program = match engine {
            "duckdb" => "import duckdb, os; duckdb.sql(os.environ['TEXT'])".to_owned(),
            _ => format!("import {engine}, os; exec(os.environ['TEXT'])"),
        };
        let text = text.replace("SNAPSHOT", &self.snapshot);
        let output = self
            .shell("exec python3 -c \"$PROGRAM\"")
            .env("PROGRAM", program)
            .env("TEXT", text)
            .output()
            .unwrap();
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }

    /// What a person does in the spreadsheet: `who: column = value`, or `column is value: …`, or `everybody: …`.
    pub fn edit(&self, name: &str, lines: &[String]) {
        let path = self.folder.path().join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut rows: Vec<Vec<String>> = reader
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect();
        let header = rows[0].clone();
        let column = |name: &str| header.iter().position(|header| header == name).unwrap();
        for line in lines.iter().filter(|line| !line.trim().is_empty()) {
            let (who, what) = line.split_once(": ").unwrap();
            let (name, value) = what.split_once('=').unwrap();
            let mut found = false;
            for row in rows.iter_mut().skip(1) {
                let is_meant = who == "everybody"
                    || row.iter().any(|cell| cell == who)
                    || who
                        .split_once(" is ")
                        .is_some_and(|(name, value)| row[column(name)] == value);
                if is_meant {
                    row[column(name.trim())] = value.trim().to_owned();
                    found = true;
                }
            }
            assert!(found, "{name}: nobody is `{who}`");
        }
        let mut writer = csv::WriterBuilder::new().from_writer("\u{feff}".as_bytes().to_vec());
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        std::fs::write(&path, writer.into_inner().unwrap()).unwrap();
    }

    pub fn file(&self, name: &str, lines: &[String]) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, lines.join("\n") + "\n").unwrap();
    }
}

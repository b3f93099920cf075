//! What happens while a question waits for its answer. The terminal comes from `script` of util-linux.
#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};

use super::big::id;
use super::foreseen::profile;
use super::stand::{Stand, until};

/// A command that stands at its question.
struct Asking {
    child: Child,
    said: Arc<Mutex<String>>,
    reader: std::thread::JoinHandle<()>,
}

fn listen(mut stdout: ChildStdout, said: Arc<Mutex<String>>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(read @ 1..) = stdout.read(&mut bytes) {
            said.lock()
                .unwrap()
                .push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    })
}

impl Asking {
    /// Starts `dirsheet` with these arguments, none of which has a blank, and waits for its question.
    fn new(stand: &Stand, arguments: &[&str]) -> Asking {
        let plain = stand.command(arguments);
        let line = format!("{} {}", plain.get_program().display(), arguments.join(" "));
        let mut command = Command::new("/usr/bin/script");
        command.args(["-qec", &line, "/dev/null"]).env_clear();
        for (name, value) in plain.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        let mut child = command
            .current_dir(plain.get_current_dir().unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("`script` of util-linux gives the terminal");
        let said = Arc::new(Mutex::new(String::new()));
        let reader = listen(child.stdout.take().unwrap(), Arc::clone(&said));
        let text = Arc::clone(&said);
        until("the question", || text.lock().unwrap().contains("[yes/no]"));
        Asking { child, said, reader }
    }

    /// Answers, and gives the exit code and everything that was said.
    fn answer(mut self, word: &str) -> (Option<i32>, String) {
        let mut stdin = self.child.stdin.take().unwrap();
        stdin.write_all(format!("{word}\n").as_bytes()).unwrap();
        stdin.flush().unwrap();
        let code = self.child.wait().unwrap().code();
        drop(stdin);
        self.reader.join().unwrap();
        let said = self.said.lock().unwrap().clone();
        (code, said)
    }
}

const APPLY: [&str; 6] = [
    "apply",
    "users.csv",
    "--profile",
    "practice",
    "--config",
    "config.toml",
];

/// Two people get a new title, with these guards in the profile.
fn two_titles(guards: &str) -> (Stand, Vec<String>) {
    let mut stand = Stand::of(40);
    let ids: Vec<String> = stand.ordinary().iter().take(3).map(id).collect();
    let mut sheet = stand.export();
    ids[..2]
        .iter()
        .for_each(|user| sheet.set(user, "jobTitle", "Asked"));
    stand.save("users.csv", &sheet);
    profile(&mut stand, "", guards);
    (stand, ids)
}

#[test]
fn whoever_became_protected_while_the_question_waited_stops_the_plan() {
    let (stand, ids) = two_titles("protected_filter = \"department eq 'Board'\"");
    for arguments in [&APPLY[..], &[&APPLY[..], &["--interactive"]].concat()] {
        let asking = Asking::new(&stand, arguments);
        stand.edit(&ids[1], "department", "Board");
        let (code, said) = asking.answer("yes");
        assert_eq!(code, Some(4), "{said}");
        for words in [
            "protected-filter",
            "guards.protected_filter in config.toml",
            "while the question waited",
            "nothing was written",
        ] {
            assert!(said.contains(words), "`{words}` is missing in {said}");
        }
        stand.edit(&ids[1], "department", "Sales");
    }
    assert_eq!(stand.stats().writes_received, 0);
}

#[test]
fn the_protected_list_is_looked_up_again_after_the_answer() {
    let (stand, ids) = two_titles("protected = [\"boss@contoso.example\"]");
    stand.edit(&ids[2], "userPrincipalName", "boss@contoso.example");
    let asking = Asking::new(&stand, &APPLY);
    stand.edit(&ids[2], "userPrincipalName", "former.boss@contoso.example");
    stand.edit(&ids[0], "userPrincipalName", "boss@contoso.example");
    let (code, said) = asking.answer("yes");
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("protected users would be changed"), "{said}");
    assert_eq!(stand.stats().writes_received, 0);
}

#[test]
fn a_yes_writes_the_plan_and_a_no_writes_nothing() {
    let (stand, _) = two_titles("protected_filter = \"department eq 'Board'\"");
    let (code, said) = Asking::new(&stand, &APPLY).answer("no");
    assert_eq!(code, Some(2), "{said}");
    let host = stand.sandbox().url().replace("http://", "");
    let tenant = stand.sandbox().tenant_id();
    // By its own name too: an id is recognised by nobody.
    let directory = format!("In “Contoso (sandbox)” (tenant {tenant} at {host}): write 2 cells of 2 users");
    assert!(said.contains(&directory), "{directory} is missing in {said}");
    assert_eq!(stand.stats().writes_received, 0);
    let (code, said) = Asking::new(&stand, &APPLY).answer("yes");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(stand.history().len(), 2);
}

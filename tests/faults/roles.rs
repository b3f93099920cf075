//! Roles in bad times: a run that gives and takes them, killed at each of its writes and resumed, writes each once; and one that is refused
//! leaves the others alone.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use dirsheet::sandbox::SandboxOptions;
use serde_json::{Value as Json, json};

use super::stand::{Stand, people};

const COLUMNS: &str = "id,userPrincipalName,directoryRoles";
const APPLY: [&str; 7] = [
    "apply",
    "users.csv",
    "--yes",
    "--allow",
    "roles",
    "--max-roles",
    "20",
];
const READER: &str = "Reports Reader";
const INVITER: &str = "Guest Inviter";
const MESSAGES: &str = "Message Center Reader";

/// What somebody holds, and what somebody is to hold.
const WISHES: [(&[&str], &[&str]); 5] = [
    (&[], &[READER]),
    (&[INVITER], &[READER]),
    (&[INVITER], &[]),
    (&[], &[INVITER, READER]),
    (&[INVITER, MESSAGES], &[MESSAGES]),
];
/// Roles given and taken by all of them.
const WRITES: usize = 7;

struct Task {
    stand: Stand,
    /// In the order of the wishes.
    users: Vec<String>,
}

impl Task {
    fn new() -> Task {
        let more = "RoleManagement.ReadWrite.Directory".to_owned();
        let options = people(40);
        let stand = Stand::open(SandboxOptions {
            roles: options.roles.iter().cloned().chain([more]).collect(),
            latency: Duration::from_millis(2),
            ..options
        });
        let ordinary = stand.ordinary().into_iter().take(WISHES.len());
        let users: Vec<String> = ordinary
            .map(|user| user["id"].as_str().unwrap().to_owned())
            .collect();
        for (user, (before, _)) in users.iter().zip(WISHES) {
            stand.edit(user, "directoryRoles", json!(before));
        }
        let cells = WISHES.map(|(_, wanted)| match wanted {
            [] => "<clear>".to_owned(),
            wanted => wanted.join("; "),
        });
        let wishes: Vec<(&str, &str)> = users
            .iter()
            .zip(&cells)
            .map(|(user, cell)| (user.as_str(), cell.as_str()))
            .collect();
        stand.wish(COLUMNS, "directoryRoles", &wishes);
        Task { stand, users }
    }

    /// What each of them holds.
    fn held(&self) -> Vec<Vec<String>> {
        let dump = self.stand.dump();
        let roles = |user: &String| {
            let roles = dump[user]["roles"].as_array().unwrap().iter();
            let mut roles: Vec<String> = roles.map(|role| role.as_str().unwrap().to_owned()).collect();
            roles.sort();
            roles
        };
        self.users.iter().map(roles).collect()
    }

    fn writes(&self) -> usize {
        self.stand.history().len()
    }

    /// Runs a command and kills it when the directory has carried out so many writes; the code if it came to its end before.
    fn killed(&self, arguments: &[&str], writes: usize) -> Option<i32> {
        let mut child = self.stand.command(arguments).spawn().unwrap();
        let began = Instant::now();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status.code();
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{arguments:?} hangs");
            if self.writes() >= writes {
                child.kill().unwrap();
                child.wait().unwrap();
                self.stand.settle();
                return None;
            }
            std::thread::sleep(Duration::from_micros(300));
        }
    }

    /// The same with a resume, killed too, and one that comes to its end.
    fn killed_and_resumed(&self, arguments: &[&str], writes: usize) {
        let first = self.killed(arguments, writes);
        assert!(matches!(first, None | Some(0)), "{first:?}");
        let run = self.stand.newest_run();
        let resume = ["resume", &run, "--yes"];
        let second = self.killed(&resume, writes + 1);
        assert!(matches!(second, None | Some(0)), "{second:?}");
        self.stand.run(&resume).must(0);
        assert_eq!(self.stand.newest_run(), run);
    }
}

fn wanted(
    of: impl Fn(&(&'static [&'static str], &'static [&'static str])) -> &'static [&'static str],
) -> Vec<Vec<String>> {
    let owned = |roles: &[&str]| {
        let mut roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
        roles.sort();
        roles
    };
    WISHES.iter().map(|wish| owned(of(wish))).collect()
}

#[test]
fn a_run_of_roles_killed_at_each_of_its_writes_and_resumed_writes_each_once_and_so_does_its_undo() {
    let (before, after) = (wanted(|(before, _)| before), wanted(|(_, after)| after));
    for at in 1..=WRITES {
        let task = Task::new();
        assert_eq!(task.held(), before);
        task.killed_and_resumed(&APPLY, at);
        assert_eq!(task.held(), after, "killed at {at}");
        assert_eq!(task.writes(), WRITES, "killed at {at}");
        let run = task.stand.newest_run();
        task.killed_and_resumed(&["undo", &run, "--yes"], WRITES + at);
        assert_eq!(task.held(), before, "undo killed at {at}");
        // Each assignment was given and taken once; nothing was sent again for the service to refuse.
        let mut sent: BTreeMap<String, usize> = BTreeMap::new();
        for write in task.stand.history() {
            let role = match write.method.as_str() {
                "POST" => format!("{}", write.body["roleDefinitionId"]),
                _ => write.path.clone(),
            };
            *sent
                .entry(format!("{} {} {role}", write.method, write.user_id))
                .or_default() += 1;
        }
        assert_eq!(sent.len(), 2 * WRITES, "{sent:?}");
        assert_eq!(task.stand.stats().writes_refused, 0, "killed at {at}");
    }
}

#[test]
fn a_role_that_is_refused_is_told_and_every_other_one_is_given_and_taken() {
    let (before, after) = (wanted(|(before, _)| before), wanted(|(_, after)| after));
    for at in 0..WRITES {
        let task = Task::new();
        task.stand.faults(&format!("403,on=write,times=1,after={at}"));
        let done = task.stand.json(&APPLY, 6);
        let stats = task.stand.stats();
        assert_eq!((task.writes(), stats.writes_refused), (WRITES - 1, 1), "{at}");
        let held = task.held();
        let mut refused = Vec::new();
        for (place, (held, wanted)) in held.iter().zip(&after).enumerate() {
            if held != wanted {
                refused.push(place);
            }
        }
        // One row, and in it one role: the other of that row has come or gone.
        assert_eq!(refused.len(), 1, "{at}: {held:?}");
        let place = refused[0];
        let differs = |one: &[String], other: &[String]| {
            let lacks = one.iter().filter(|role| !other.contains(role)).count();
            lacks + other.iter().filter(|role| !one.contains(role)).count()
        };
        assert_eq!(differs(&held[place], &after[place]), 1, "{at}: {held:?}");
        let alone = differs(&before[place], &after[place]) == 1;
        let status = if alone { "failed" } else { "partial" };
        for (number, user) in task.users.iter().enumerate() {
            let rows = done["rows"].as_array().unwrap();
            let row: &Json = rows.iter().find(|row| row["user"] == user.as_str()).unwrap();
            let expected = if number == place { status } else { "updated" };
            assert_eq!(row["_status"], expected, "{at}: {row}");
        }
        // The sheet once more asks for that one alone. What landed of a cell has moved it away from its base, which is a conflict.
        task.stand.faults("");
        if !alone {
            task.stand.run(&APPLY).must(5);
        }
        let mine = [&APPLY[..], &["--conflicts", "mine"]].concat();
        task.stand.run(&mine).must(0);
        assert_eq!((task.held(), task.writes()), (after.clone(), WRITES), "{at}");
    }
}

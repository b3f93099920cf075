//! The questions, at a real pseudo terminal: what a person types, and what they break off.

use std::process::Stdio;

use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};

use super::big::id;
use super::choosing::{conflict_sheet, disputed};
use super::sheet::unguarded;
use super::stand::Stand;

/// Nothing a person waits for may take longer, in milliseconds.
const PATIENCE: u64 = 60_000;

/// A person at a terminal. What the terminal gets is kept byte by byte, a character for each byte.
struct Person {
    session: PtySession,
    seen: String,
}

impl Person {
    fn at(stand: &Stand, arguments: &[&str]) -> Person {
        let mut command = stand.command(arguments);
        command
            .env("TERM", "xterm-256color")
            .stdin(Stdio::inherit())
            .stdout(Stdio::inherit())
            .stderr(Stdio::inherit());
        let mut session = spawn_command(command, Some(PATIENCE)).unwrap();
        session.process_mut().set_kill_timeout(Some(2_000));
        Person {
            session,
            seen: String::new(),
        }
    }

    /// Waits for these words, and returns what stood before them.
    fn reads(&mut self, words: &str) -> String {
        match self.session.exp_string(words) {
            Ok(before) => {
                self.seen.push_str(&before);
                self.seen.push_str(words);
                before
            }
            Err(error) => panic!("no `{words}`: {error}\n{}", self.seen),
        }
    }

    fn types(&mut self, line: &str) {
        self.session.send_line(line).unwrap();
    }

    fn presses(&mut self, control: char) {
        self.session.send_control(control).unwrap();
    }

    /// The program ends with this code. Returns everything that the terminal got.
    fn must(mut self, code: i32) -> String {
        match self.session.exp_eof() {
            Ok(rest) => self.seen.push_str(&rest),
            Err(error) => panic!("it does not end: {error}\n{}", self.seen),
        }
        match self.session.process().wait() {
            Ok(WaitStatus::Exited(_, found)) => assert_eq!(found, code, "{}", self.seen),
            other => panic!("{other:?}\n{}", self.seen),
        }
        self.seen
    }
}

const APPLY: [&str; 2] = ["apply", "users.csv"];

/// The end of a question about a cell.
const ANSWERS: &str = "[q]uit:";

#[test]
fn each_conflict_is_asked_about_and_what_was_chosen_is_written() {
    let (stand, users) = disputed();
    let sheet = stand.sheet("users.csv");
    let before = stand.dump();
    let mut person = Person::at(&stand, &APPLY);
    let mut asked = Vec::new();
    for (number, answers) in [
        (1, &["t"][..]),
        (2, &["", "yes", "mm", "mine"]),
        (3, &["all mine"]),
    ] {
        person.reads(&format!("Conflict {number} of 3: "));
        let question = person.reads(ANSWERS);
        let user = users
            .iter()
            .find(|user| question.starts_with(&format!("row {} ", sheet.row_of(user) + 2)));
        let column = ["jobTitle", "department"]
            .into_iter()
            .find(|name| question.contains(&format!(", {name}\r\n")));
        asked.push((user.unwrap().as_str(), column.unwrap()));
        for (at, answer) in answers.iter().enumerate() {
            if at > 0 {
                person.reads("Answer with m, t, all mine, all theirs or q.");
                person.reads(ANSWERS);
            }
            person.types(answer);
        }
    }
    person.reads("Conflicts settled (3): mine for 2 cells, theirs for 1 cell");
    person.reads("chosen in answer to a question");
    person.reads("[yes/no]");
    assert!(stand.history().is_empty());
    person.types("yes");
    person.must(0);
    let after = stand.dump();
    let mut distinct = asked.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), 3);
    for (number, (user, column)) in asked.into_iter().enumerate() {
        let expected = match number {
            0 => before[user][column].clone(),
            _ => sheet.of(user, column).into(),
        };
        assert_eq!(after[user][column], expected, "{user} {column}");
    }
}

#[test]
fn whoever_breaks_off_the_questions_has_written_nothing() {
    let (stand, _) = disputed();
    // After so many answers: a line, or a key together with Ctrl; what is said, and the exit code.
    for (answers, line, key, told, code) in [
        (
            0,
            Some("q"),
            None,
            "the conflicts were not settled; nothing was written",
            5,
        ),
        (
            2,
            Some("quit"),
            None,
            "the conflicts were not settled; nothing was written",
            5,
        ),
        (
            1,
            None,
            Some('d'),
            "the conflicts were not settled; nothing was written",
            5,
        ),
        (0, None, Some('c'), "no answer was given; nothing was sent", 130),
        (2, None, Some('c'), "no answer was given; nothing was sent", 130),
        (3, Some("no"), None, "not confirmed; nothing was written", 2),
        (3, None, Some('d'), "not confirmed; nothing was written", 2),
        (3, None, Some('c'), "no answer was given; nothing was sent", 130),
    ] {
        let mut person = Person::at(&stand, &APPLY);
        for _ in 0..answers {
            person.reads(ANSWERS);
            person.types("m");
        }
        person.reads(if answers == 3 { "[yes/no]" } else { ANSWERS });
        if let Some(line) = line {
            person.types(line);
        }
        if line == Some("quit") {
            person.reads("Keep what you answered");
            person.types("no");
        }
        if let Some(key) = key {
            person.presses(key);
        }
        let seen = person.must(code);
        assert!(!stand.path("conflicts.xlsx").exists());
        assert!(seen.contains(told), "{answers} {line:?} {key:?}: {seen}");
        assert!(stand.history().is_empty(), "{answers} {line:?} {key:?}");
    }
}

#[test]
fn answers_hold_for_the_values_that_were_shown_and_for_the_sheet_that_was_read() {
    let (stand, users) = disputed();
    let sheet = stand.sheet("users.csv");
    let disputed = conflict_sheet(&stand);
    // Somebody sets the directory back to what was exported while the question waits.
    let mut person = Person::at(&stand, &APPLY);
    let question = person.reads(ANSWERS);
    let user = users
        .iter()
        .find(|user| question.contains(&format!("row {} ", sheet.row_of(user) + 2)))
        .unwrap();
    let column = ["jobTitle", "department"]
        .into_iter()
        .find(|name| question.contains(&format!(", {name}\r\n")))
        .unwrap();
    let row = (0..3).find(|row| disputed.cell(*row, "id") == user && disputed.cell(*row, "column") == column);
    stand.edit(user, column, unguarded(disputed.cell(row.unwrap(), "exported")));
    person.types("all theirs");
    // The one that moved is asked about again.
    person.reads("does not count any more");
    person.reads("Conflict 1 of 1: ");
    person.reads(ANSWERS);
    person.types("q");
    // What was answered before is not lost.
    person.reads("Keep what you answered in conflicts.xlsx, to go on later?");
    person.types("yes");
    let seen = person.must(5);
    assert!(
        seen.contains("apply users.csv --choices conflicts.xlsx"),
        "{seen}"
    );
    let kept = ["apply", "users.csv", "--yes", "--choices", "conflicts.xlsx"];
    stand
        .run(&kept)
        .must(5)
        .says(&["1 cell was changed by you and by somebody else"]);
    // Somebody saves the sheet meanwhile.
    let mut person = Person::at(&stand, &APPLY);
    person.reads(ANSWERS);
    let mut changed = stand.sheet("users.csv");
    changed.set(&users[0], "city", "Elsewhere");
    stand.save("users.csv", &changed);
    person.types("all mine");
    let seen = person.must(2);
    assert!(
        seen.contains("was changed while the questions were answered"),
        "{seen}"
    );
    assert!(stand.history().is_empty());
}

#[test]
fn what_a_directory_holds_never_reaches_the_terminal_as_a_command() {
    let (stand, [one, _]) = disputed();
    let hostile = "\u{1b}]0;title\u{7}\u{1b}[2J\u{9b}31mred\r\u{8}\u{202e}name";
    for property in ["displayName", "jobTitle", "department"] {
        stand.edit(&one, property, hostile);
    }
    let mut person = Person::at(&stand, &APPLY);
    person.reads(ANSWERS);
    person.types("all mine");
    person.reads("[yes/no]");
    person.types("no");
    let seen = person.must(2);
    assert!(seen.contains("title"), "{seen}");
    // A character is a byte here: C2 9B is the one that begins a command alone, E2 80 AE turns the writing round.
    for command in [
        "\u{1b}]",
        "\u{7}",
        "\u{1b}[2J",
        "\u{c2}\u{9b}",
        "red\r\u{8}",
        "\u{8}",
        "\u{e2}\u{80}\u{ae}",
    ] {
        assert!(!seen.contains(command), "{command:?}: {seen:?}");
    }
    assert!(stand.history().is_empty());
}

#[test]
fn a_large_plan_wants_the_number_of_its_users_typed() {
    let stand = Stand::of(200);
    let mut sheet = stand.export();
    let users: Vec<String> = stand.ordinary().iter().take(60).map(id).collect();
    assert_eq!(users.len(), 60);
    for (number, user) in users.iter().enumerate() {
        sheet.set(user, "jobTitle", format!("Typed {number}"));
    }
    stand.save("users.csv", &sheet);
    let asks = ["apply", "users.csv", "--interactive", "--max-users", "100"];
    let question = "Type how many users it changes to go on:";
    for (answer, key, code) in [
        (Some("yes"), None, 2),
        (Some("59"), None, 2),
        (Some(""), None, 2),
        (None, Some('d'), 2),
        (None, Some('c'), 130),
    ] {
        let mut person = Person::at(&stand, &asks);
        person.reads(question);
        if let Some(answer) = answer {
            person.types(answer);
        }
        if let Some(key) = key {
            person.presses(key);
        }
        person.must(code);
        assert!(stand.history().is_empty(), "{answer:?} {key:?}");
    }
    let mut person = Person::at(&stand, &asks);
    person.reads(question);
    person.types("60");
    person.must(0);
    assert_eq!(stand.dump()[&users[59]]["jobTitle"], "Typed 59");
}

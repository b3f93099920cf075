//! The mistakes of somebody's first weeks, each with the words that answer it: where, what was found, what is allowed, what to do.
//!
//! `docs/design/words.md` lists them. A new mistake gets a line in `mistake_table.rs`, there, and in the snapshot.

use super::mistake_table::{MISTAKES, Mistake, PERSON, SHEETS};
use super::{Said, Stand};

/// The folder of somebody who begins.
fn stand() -> Stand {
    let stand = Stand::new();
    for (name, text) in SHEETS {
        stand.write(name, &text.replace("PERSON", PERSON));
    }
    let made = stand.run(&["plan", "good.csv", "--sandbox", "-o", "plan.json"]);
    assert_eq!(made.code, 0, "{made}");
    let plan = std::fs::read_to_string(stand.folder.path().join("plan.json")).unwrap();
    stand.write("edited.plan.json", &plan.replace("Nurse", "Doctor"));
    // A second is the least age that a plan can have.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    stand
}

/// The answer without what is the same for all, and without what differs from run to run.
fn shown(said: &Said) -> String {
    let is_the_same = |line: &&str| {
        let begins = [
            "Using the embedded",
            "checking the sheet",
            "reading the directory",
            "  ok ",
            "  unknown ",
        ];
        !begins.iter().any(|begin| line.starts_with(begin))
    };
    let both = format!("{}{}", said.stdout, said.stderr);
    let lines = both
        .lines()
        .filter(is_the_same)
        .map(|line| match line.split_once("the plan is ") {
            Some((before, rest)) => {
                let rest = rest.split_once("Z,").map_or(rest, |(_, rest)| rest);
                format!("{before}the plan is AGE old, made at MOMENT,{rest}\n")
            }
            None => format!("{line}\n"),
        });
    format!("{}exit code {}\n", lines.collect::<String>(), said.code)
}

#[test]
fn the_most_common_mistakes_are_answered_with_where_what_is_allowed_and_what_to_do() {
    let stand = stand();
    let mut all = String::new();
    let mut breaks = Vec::new();
    for Mistake {
        name,
        command,
        place,
        found,
        allowed,
        to_do,
    } in MISTAKES
    {
        let said = stand.run(command);
        let text = format!("{}{}", said.stdout, said.stderr);
        for (question, answer) in [("where", place), ("found", found), ("allowed", allowed)] {
            if !text.contains(answer) {
                breaks.push(format!("{name}: {question}: no `{answer}`"));
            }
        }
        let helps = text.lines().filter(|line| {
            ["help: ", "tip: "]
                .iter()
                .any(|begin| line.trim_start().starts_with(begin))
        });
        let is_told = helps.clone().any(|line| line.contains(to_do));
        // What clap says of a value has the answer in the sentence itself.
        if !(is_told || text.contains("invalid value") && text.contains(to_do)) {
            breaks.push(format!("{name}: what to do: no `{to_do}`"));
        }
        if said.code == 0 || text.contains("hunter2") || text.contains("please") {
            breaks.push(format!("{name}: {said}"));
        }
        all.push_str(&format!(
            "## {name}\n$ dirsheet {}\n{}\n",
            command.join(" "),
            shown(&said)
        ));
    }
    assert!(breaks.is_empty(), "{breaks:#?}\n{all}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("mistakes", all));
}

#[test]
fn the_page_about_words_lists_these_mistakes_and_no_others() {
    let page = include_str!("../../docs/design/words.md");
    let list = page.split_once("## Trying them").unwrap().1;
    let listed: Vec<&str> = list
        .lines()
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| line.strip_prefix("- "))
        .collect();
    let known: Vec<&str> = MISTAKES.iter().map(|mistake| mistake.name).collect();
    assert_eq!(listed, known);
}

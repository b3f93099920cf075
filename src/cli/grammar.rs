//! The command line as it is understood: the flags with their examples, and a word for those who come from another tool.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory, FromArgMatches};

use super::args::Cli;
use super::examples::examples_of;

/// All commands, each with its flags in groups and its examples below.
pub(super) fn grammar() -> Command {
    with_examples(Cli::command(), "")
}

/// A heading, the commands whose flags stand below it, and these flags.
type Group = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Where a flag stands in a long help; what is in no group stands first, for it is what people use every day.
const GROUPS: &[Group] = &[
    (
        "How the sheet is read",
        &["check", "plan", "apply"],
        &[
            "base",
            "delimiter",
            "encoding",
            "worksheet",
            "base_delimiter",
            "base_encoding",
            "base_worksheet",
            "accept_derived",
            "key",
            "manager_by",
            "photos",
        ],
    ),
    (
        "What may be changed",
        &["check", "plan", "apply", "undo"],
        &[
            "max_users",
            "max_column",
            "max_clears",
            "max_same_value",
            "max_enables",
            "max_members",
            "max_licenses",
            "max_roles",
            "max_actions",
            "max_invites",
            "allow",
            "expect",
        ],
    ),
    (
        "Joiners and guests",
        &["plan", "apply", "resume", "undo"],
        &["new_names", "invite_redirect", "passwords", "invitations"],
    ),
    (
        "How the run goes",
        &["apply", "resume", "undo"],
        &[
            "deadline",
            "stop_after_failures",
            "no_verify",
            "verify_patience",
            "no_recheck",
        ],
    ),
    (
        "A plan that was looked at before",
        &["apply"],
        &["fingerprint", "max_age", "feed"],
    ),
    (
        "Back to a snapshot",
        &["plan", "apply"],
        &["restore", "columns", "users", "rows_of"],
    ),
];

fn in_its_group(arg: Arg, command: &str) -> Arg {
    if arg.is_global_set() {
        return arg.help_heading("With every command");
    }
    let id = arg.get_id().as_str().to_owned();
    let group = GROUPS
        .iter()
        .find(|(_, commands, ids)| commands.contains(&command) && ids.contains(&id.as_str()));
    match group {
        Some((heading, ..)) => arg.help_heading(*heading),
        None => arg,
    }
}

fn with_examples(command: Command, path: &str) -> Command {
    let mut command = command.mut_args(|arg| in_its_group(arg, path));
    let names: Vec<String> = command
        .get_subcommands()
        .map(|one| one.get_name().to_owned())
        .collect();
    for name in names {
        let whole = format!("{path} {name}").trim_start().to_owned();
        command = command.mut_subcommand(name, |inner| with_examples(inner, &whole));
    }
    match examples_of(path) {
        Some(text) => command.after_long_help(format!("Examples:\n{text}")),
        None => command,
    }
}

/// Reads a command line.
///
/// # Errors
/// What clap says, with our words where it cannot know ours.
pub(super) fn read(
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
) -> Result<Cli, clap::Error> {
    let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    let mut own = grammar();
    let matches = own.try_get_matches_from_mut(&arguments);
    let matches = matches.map_err(|error| in_our_words(error, &command_of(&arguments), &arguments))?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut own))
}

/// The command of a line in which something is wrong, as clap understands it all the same.
fn command_of(arguments: &[OsString]) -> String {
    let found = grammar().ignore_errors(true).try_get_matches_from(arguments);
    let command = found
        .ok()
        .and_then(|found| found.subcommand_name().map(str::to_owned));
    command.unwrap_or_default()
}

/// What other tools call it, and how it is done here.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "--dry-run",
        "`dirsheet plan` shows what `apply` would do, and writes nothing; a feed has `feed run --dry-run`",
    ),
    (
        "--whatif",
        "`dirsheet plan` shows what `apply` would do, and writes nothing",
    ),
    (
        "--what-if",
        "`dirsheet plan` shows what `apply` would do, and writes nothing",
    ),
    (
        "--force",
        "nothing is forced: `--yes` answers the question, and each guard that refuses names the flag that lifts it",
    ),
    (
        "--confirm",
        "`--yes` answers the question of `apply`, `undo` and `resume`",
    ),
    (
        "--verbose",
        "everything is said already; `--full` unfolds a long plan, and `--json` prints all of it",
    ),
    (
        "-v",
        "everything is said already; `-V` or `--version` tells the version",
    ),
    (
        "--csv",
        "the name of the file says the format: `export -o users.csv`, or `--format csv`",
    ),
    ("--clear", "an emptied cell clears the value, or `<clear>` in it"),
    (
        "import",
        "`dirsheet plan SHEET` shows what a sheet would change, and `dirsheet apply SHEET` carries it out",
    ),
    (
        "update",
        "`dirsheet plan SHEET` shows what a sheet would change, and `dirsheet apply SHEET` carries it out",
    ),
    (
        "set",
        "`dirsheet plan SHEET` shows what a sheet would change, and `dirsheet apply SHEET` carries it out",
    ),
    (
        "upload",
        "`dirsheet plan SHEET` shows what a sheet would change, and `dirsheet apply SHEET` carries it out",
    ),
    (
        "download",
        "`dirsheet export -o users.xlsx` writes all users to a sheet",
    ),
    (
        "backup",
        "`dirsheet export -o users.csv --columns all` writes all users to a sheet and keeps a snapshot",
    ),
    (
        "restore",
        "`dirsheet plan --restore SNAPSHOT` shows the way back, and `dirsheet apply --restore SNAPSHOT` goes it",
    ),
    (
        "rollback",
        "`dirsheet undo RUN` takes a run back; `dirsheet runs` lists them",
    ),
    (
        "revert",
        "`dirsheet undo RUN` takes a run back; `dirsheet runs` lists them",
    ),
    (
        "validate",
        "`dirsheet check SHEET` names every problem of a sheet",
    ),
    (
        "delete",
        "a column `_action` says it: `delete` in the row, and `dirsheet apply SHEET --allow delete`",
    ),
    (
        "create",
        "a row for somebody who is not there makes a user: `dirsheet apply SHEET --allow create`",
    ),
];

fn elsewhere(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    let plain = word.split('=').next().unwrap_or(&word);
    ELSEWHERE
        .iter()
        .find(|(name, _)| *name == plain)
        .map(|(_, here)| *here)
}

/// What is said of a word that stands where none can, by how it looks.
fn stray(word: &str, command: &str, arguments: &[OsString]) -> Option<String> {
    let has = |flag: &str| arguments.iter().any(|one| one == flag);
    let ends = |ends: &[&str]| ends.iter().any(|end| word.to_ascii_lowercase().ends_with(end));
    let is_sheet = ends(&[".csv", ".xlsx", ".xlsm", ".ods", ".tsv", ".txt"]);
    match command {
        _ if word.starts_with('-') => None,
        "export" if is_sheet || ends(&[".jsonl"]) => Some(format!("the file to write is named with `-o {word}`")),
        "feed" if ends(&[".toml"]) => Some(format!(
            "say what is to be done with it: `dirsheet feed check {word}`, `feed preview`, `feed run`, `feed history`"
        )),
        "" if is_sheet => Some(format!(
            "say what is to be done with it: `dirsheet check {word}`, then `plan`, then `apply`"
        )),
        "" | "feed" => None,
        _ if is_sheet => Some("one sheet at a time".to_owned()),
        _ if !has("--filter") && !has("--allow") => None,
        _ => Some(
            "a value with blanks stands between quotes, as `--filter \"department eq 'Sales'\"`; several values are joined with commas"
                .to_owned(),
        ),
    }
}

fn in_our_words(mut error: clap::Error, command: &str, arguments: &[OsString]) -> clap::Error {
    let place = match error.kind() {
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        ErrorKind::InvalidSubcommand => ContextKind::InvalidSubcommand,
        _ => return error,
    };
    let Some(ContextValue::String(word)) = error.get(place) else {
        return error;
    };
    // `disable delete` behind `--allow` are values, and no commands.
    let is_meant = word.starts_with('-') || place == ContextKind::InvalidSubcommand;
    let here = elsewhere(word)
        .filter(|_| is_meant)
        .map(str::to_owned)
        .or_else(|| stray(word, command, arguments));
    // No sheet is called `--dry-run`, so nobody wants it "as a value".
    error.remove(ContextKind::Suggested);
    if let Some(here) = here {
        error.remove(ContextKind::SuggestedSubcommand);
        error.remove(ContextKind::SuggestedArg);
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![StyledStr::from(here)]),
        );
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(words: &[&str]) -> String {
        let words = ["dirsheet"].iter().chain(words);
        read(words).unwrap_err().to_string()
    }

    #[test]
    fn the_words_of_other_tools_are_answered_with_ours() {
        let text = told(&["plan", "users.csv", "--dry-run"]);
        assert!(
            text.contains("tip: `dirsheet plan` shows what `apply` would do"),
            "{text}"
        );
        assert!(!text.contains("as a value"), "{text}");
        assert!(told(&["import", "users.csv"]).contains("tip: `dirsheet plan SHEET`"));
        assert!(told(&["apply", "users.csv", "--Force"]).contains("`--yes` answers the question"));
    }

    #[test]
    fn a_word_that_stands_alone_is_told_where_it_belongs() {
        for (words, says) in [
            (&["export", "users.xlsx"][..], "`-o users.xlsx`"),
            (&["feed", "FEED.toml"], "`dirsheet feed check FEED.toml`"),
            (&["users.csv"], "`dirsheet check users.csv`"),
            (&["apply", "a.csv", "b.csv"], "one sheet at a time"),
            (
                &["--profile", "feed", "plan", "a.csv", "b.csv"],
                "one sheet at a time",
            ),
            (
                &["plan", "a.csv", "--allow", "delete", "disable"],
                "joined with commas",
            ),
            (
                &["export", "--filter", "department", "eq", "Sales"],
                "between quotes",
            ),
        ] {
            let text = told(words);
            assert!(text.contains(says), "{words:?}: {text}");
        }
    }

    #[test]
    fn a_help_begins_with_what_is_used_every_day_and_no_flag_of_a_group_is_unknown() {
        let mut whole = grammar();
        whole.build();
        for (command, first) in [
            ("plan", &["--output", "--html", "--full"][..]),
            ("apply", &["--yes", "--report-dir", "--canary", "--full"]),
            ("undo", &["--rows", "--columns", "--conflicts", "--full", "--yes"]),
            ("resume", &["--yes", "--report-dir", "--canary"]),
        ] {
            let help = whole.find_subcommand_mut(command).unwrap().render_long_help();
            let help = help.to_string();
            let options = help.split("\nOptions:\n").nth(1).unwrap();
            let own = options.split("--help").next().unwrap();
            let places: Vec<Option<usize>> = first.iter().map(|flag| own.find(flag)).collect();
            assert!(places.is_sorted() && !places.contains(&None), "{command}: {help}");
            assert!(places[0] < Some(12), "{command}: {help}");
        }
        for (heading, commands, ids) in GROUPS {
            for id in *ids {
                let is_known = commands.iter().any(|command| {
                    let command = whole.find_subcommand(command).unwrap();
                    command.get_arguments().any(|arg| arg.get_id() == id)
                });
                assert!(is_known, "{heading}: {id}");
            }
        }
    }

    #[test]
    fn what_every_command_has_stands_by_itself_behind_what_is_its_own() {
        let mut plan = grammar();
        plan.build();
        let help = plan
            .find_subcommand_mut("plan")
            .unwrap()
            .render_long_help()
            .to_string();
        let at = |text: &str| help.find(text).unwrap_or_else(|| panic!("{text}: {help}"));
        assert!(at("--html") < at("How the sheet is read:"));
        assert!(at("What may be changed:") < at("--max-users"));
        assert!(at("With every command:") < at("--state-dir"));
        assert!(at("--state-dir") < at("Examples:"));
    }

    #[test]
    fn a_slip_is_still_answered_with_the_nearest_name() {
        assert!(told(&["aply", "users.csv"]).contains("'apply'"));
        let text = told(&["apply", "users.csv", "--max-user", "3"]);
        assert!(
            text.contains("'--max-users'") && !text.contains("as a value"),
            "{text}"
        );
    }
}

#[cfg(test)]
#[path = "grammar_tests.rs"]
mod pages_tests;

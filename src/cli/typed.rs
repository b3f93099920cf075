//! Words of a command line, to be proposed: what a person typed is repeated as they may type it again.

use std::path::Path;

use super::args::{GuardArgs, SheetArgs};
use crate::domain::{Permission, shorten};

/// A sheet, or a folder of photos in its place, how it is read, and what decides about its rows.
pub fn sheet(path: Option<&Path>, reading: &SheetArgs, guards: &GuardArgs) -> String {
    let mut words: Vec<String> = path
        .map(|path| word(&path.display().to_string()))
        .into_iter()
        .collect();
    let mut flag = |name: &str, value: Option<String>| {
        words.extend(value.map(|value| format!("--{name} {}", word(&value))));
    };
    let text = |value: &Option<String>| value.clone();
    flag("base", text(&reading.base));
    flag(
        "delimiter",
        reading.delimiter.map(|delimiter| delimiter.to_string()),
    );
    flag("encoding", reading.encoding.map(|encoding| encoding.to_string()));
    flag("worksheet", text(&reading.worksheet));
    flag(
        "base-delimiter",
        reading.base_delimiter.map(|delimiter| delimiter.to_string()),
    );
    flag(
        "base-encoding",
        reading.base_encoding.map(|encoding| encoding.to_string()),
    );
    flag("base-worksheet", text(&reading.base_worksheet));
    for column in &reading.accept_derived {
        flag("accept-derived", Some(column.clone()));
    }
    flag("key", reading.key.map(|key| key.name.to_owned()));
    flag("manager-by", reading.manager_by.map(|by| by.name.to_owned()));
    let photos = reading.photos.as_ref().map(|folder| folder.display().to_string());
    flag("photos", photos);
    let allowed = Permission::NAMES
        .iter()
        .filter(|(_, permission)| guards.allow.contains(permission));
    let allowed: Vec<&str> = allowed.map(|(word, _)| *word).collect();
    flag("allow", (!allowed.is_empty()).then(|| allowed.join(",")));
    flag("new-names", guards.new_names.as_ref().map(ToString::to_string));
    flag("invite-redirect", text(&guards.invite.invite_redirect));
    words.join(" ")
}

/// A word in quotes where a shell would take it apart.
pub fn word(text: &str) -> String {
    // Nothing that a terminal would obey is repeated.
    let text = if text.chars().any(char::is_control) {
        shorten(text)
    } else {
        text.to_owned()
    };
    let is_plain = |c: char| c.is_alphanumeric() || "-_./\\:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(|c| is_plain(c) && (c != '\\' || cfg!(windows))) {
        text
    } else if cfg!(windows) {
        format!("\"{text}\"")
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// How many names are tried.
const NAMES_MAX: u32 = 99;

/// The name of a workbook that is not there yet.
pub fn free_name(stem: &str) -> String {
    let later = (2..=NAMES_MAX).map(|number| format!("{stem}-{number}.xlsx"));
    std::iter::once(format!("{stem}.xlsx"))
        .chain(later)
        .find(|name| !Path::new(name).exists())
        .unwrap_or_else(|| format!("{stem}-new.xlsx"))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::{Cli, Command};
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_proposed_command_says_what_was_typed() {
        for typed in [
            "users.csv",
            "users.csv --key employeeId --manager-by employeeId",
            "--key employeeId --photos 'my photos'",
            "hr.csv --key employeeId --allow create,rename --new-names '{givenName}@contoso.com'",
        ] {
            // Quotes of the shell, taken off.
            let mut words = vec!["dirsheet".to_owned(), "plan".to_owned()];
            for (index, part) in typed.split('\'').enumerate() {
                if index % 2 == 1 {
                    words.push(part.to_owned());
                } else {
                    words.extend(part.split_whitespace().map(str::to_owned));
                }
            }
            let Command::Plan(arguments) = Cli::try_parse_from(words).unwrap().command else {
                panic!("{typed}")
            };
            let told = sheet(arguments.sheet.as_deref(), &arguments.reading, &arguments.guards);
            assert_eq!(told, typed);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_word_is_quoted_where_a_shell_would_take_it_apart() {
        for (text, expected) in [
            ("users.csv", "users.csv"),
            ("../März/users.csv", "../März/users.csv"),
            ("my users.csv", "'my users.csv'"),
            ("it's;.csv", "'it'\\''s;.csv'"),
            ("a\\b", "'a\\b'"),
            ("", "''"),
        ] {
            assert_eq!(word(text), expected);
        }
    }
}

//! The folders that a night writes to, tried before anything is written to the directory: a night that cannot put its file away, or
//! keep the first passwords, must not begin.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::incoming::wrong_inbox;
use super::opening::Opened;
use crate::cli::args::FeedRunArgs;
use crate::cli::error::CliError;
use crate::cli::output::Output;
use crate::domain::shorten;
use crate::feed::SettingsProblem;
use crate::state::{FailedTry, try_folder};

const STATE: &str = "the state folder";

/// What is tried besides the folders of the settings.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The file that was named; then the folder of `source.path` takes no part.
    pub file: Option<&'a Path>,
    /// Dead letters that are fed again: their file stays where it is.
    pub is_refeed: bool,
    pub report_dir: Option<&'a Path>,
    /// The state folder.
    pub state: Option<&'a Path>,
}

impl<'a> Asked<'a> {
    /// What a start asks for.
    pub fn of(arguments: &'a FeedRunArgs, state: &'a Path) -> Asked<'a> {
        Asked {
            file: arguments.file.as_deref(),
            is_refeed: arguments.refeed.is_some(),
            report_dir: arguments.report_dir.as_deref(),
            state: Some(state),
        }
    }
}

/// A folder that is written to.
struct Place<'a> {
    /// The key of the settings, or the flag.
    key: &'a str,
    /// As the user wrote it.
    shown: String,
    path: PathBuf,
}

/// Everything that is wrong with the folders, all at once. What is made for a try is removed again, and has names of its own.
pub fn wrong(loaded: &Opened, asked: Asked<'_>) -> Vec<SettingsProblem> {
    let settings = &loaded.feed.settings;
    let mut problems = Vec::new();
    let mut put = |key: &str, message: String, help: String| {
        problems.push(SettingsProblem {
            line: loaded.feed.line(key),
            key: key.to_owned(),
            message,
            help,
        });
    };
    let named = |key: &'static str, text: Option<&String>| {
        text.map(|text| Place {
            key,
            shown: text.clone(),
            path: loaded.path(text),
        })
    };
    let moves = [
        named("source.archive", settings.source.archive.as_ref()),
        named("source.quarantine", settings.source.quarantine.as_ref()),
    ];
    let moves: Vec<Place<'_>> = moves.into_iter().flatten().filter(|_| !asked.is_refeed).collect();
    let mut from = None;
    if !asked.is_refeed {
        match inbox(loaded, asked.file) {
            Ok(inbox) => {
                let tried = match moves.is_empty() {
                    true => Ok(()),
                    false => try_folder(&inbox.path, None),
                };
                match tried {
                    Ok(()) => from = Some(inbox),
                    Err(failed) => put(
                        inbox.key,
                        format!(
                            "files cannot be moved out of `{}`: {}",
                            shorten(&inbox.shown),
                            why(&inbox.path, &failed)
                        ),
                        format!(
                            "{}, or leave `source.archive` and `source.quarantine` out: then files stay",
                            help(&failed.error)
                        ),
                    ),
                }
            }
            Err(Some((message, help))) => put("source.path", message, help),
            // That the file is not there is told where it is opened.
            Err(None) => {}
        }
    }
    let passwords = settings
        .joiners
        .as_ref()
        .and_then(|joiners| joiners.passwords.as_ref());
    let others = [
        named("joiners.passwords", passwords),
        named("approve.folder", settings.approve.folder.as_ref()),
        asked.report_dir.map(|folder| Place {
            key: "--report-dir",
            shown: folder.display().to_string(),
            path: folder.to_owned(),
        }),
        asked.state.map(|state| {
            let own = state.join("feeds").join(&settings.name);
            Place {
                key: STATE,
                shown: own.display().to_string(),
                path: own,
            }
        }),
    ];
    // Also where the night takes another file: the next one takes it from there.
    let watched = inbox(loaded, None).ok();
    let moved = moves.iter().map(|place| (place, from.as_ref()));
    let written = others.iter().flatten().map(|place| (place, None));
    for (place, from) in moved.chain(written) {
        if let Err(failed) = try_folder(&place.path, from.map(|inbox| inbox.path.as_path())) {
            put(
                place.key,
                format!(
                    "`{}` cannot be written to: {}",
                    shorten(&place.shown),
                    why(&place.path, &failed)
                ),
                format!("{}, or name another folder", help(&failed.error)),
            );
        } else if let Some(inbox) = watched.as_ref().filter(|inbox| takes_from(loaded, inbox, place)) {
            put(
                place.key,
                format!(
                    "`{}` is the folder of `{}` by another name: what goes there could be taken as the next file",
                    shorten(&place.shown),
                    shorten(&inbox.shown)
                ),
                "name another folder".to_owned(),
            );
        }
    }
    let ledger = asked
        .state
        .map(|state| state.join("feeds").join(&settings.name).join("ledger.sqlite"));
    if let Some(ledger) = ledger.filter(|ledger| ledger.exists())
        && let Err(error) = std::fs::File::options().append(true).open(&ledger)
    {
        put(
            STATE,
            format!(
                "the ledger `{}` cannot be written to: {}",
                ledger.display(),
                reason(&ledger, &error)
            ),
            help(&error),
        );
    }
    problems.sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
    problems
}

/// What ends a start before it begins, or as soon as what was begun before is at its end.
pub struct Stop {
    wrong: Vec<SettingsProblem>,
}

impl Stop {
    /// Whether only the ways of the HR system's files are wrong, which a run of before does not need.
    pub fn lets_resume(&self) -> bool {
        let is_of_files = |problem: &SettingsProblem| {
            ["source.path", "source.archive", "source.quarantine", "--file"].contains(&problem.key.as_str())
        };
        self.wrong.iter().all(is_of_files)
    }

    /// The end of the command; `nothing` says what was left.
    pub fn error(&self, nothing: &str) -> CliError {
        let error = CliError::usage(format!("{}; {nothing}", headline(&self.wrong)));
        error.hints(lines(&self.wrong))
    }
}

/// Whether the folders stop a start. Whoever rehearses may be another account than the one that runs it, and is warned.
pub fn stops(output: Output, loaded: &Opened, arguments: &FeedRunArgs, state: &Path) -> Option<Stop> {
    let wrong = wrong(loaded, Asked::of(arguments, state));
    if wrong.is_empty() {
        return None;
    }
    if arguments.dry_run {
        output.complain(&warning(&wrong));
        return None;
    }
    Some(Stop { wrong })
}

/// All of it as a warning of whoever only looks.
pub fn warning(problems: &[SettingsProblem]) -> String {
    let lines: Vec<String> = lines(problems).map(|line| format!("  {line}\n")).collect();
    format!(
        "warning: {}, and a night would end here, with exit code 2\n{}",
        headline(problems),
        lines.concat()
    )
}

fn headline(problems: &[SettingsProblem]) -> String {
    match problems.len() {
        1 => "a folder of the feed cannot be used".to_owned(),
        many => format!("{many} folders of the feed cannot be used"),
    }
}

fn lines(problems: &[SettingsProblem]) -> impl Iterator<Item = String> {
    problems
        .iter()
        .map(|problem| format!("{problem}: {}", problem.help))
}

/// The folder that the file of the night is moved out of. `Err(None)`: the file that was named is not there.
fn inbox(loaded: &Opened, named: Option<&Path>) -> Result<Place<'static>, Option<(String, String)>> {
    let parent = |path: &Path| match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    if let Some(file) = named {
        return match file.is_file() {
            true => Ok(Place {
                key: "--file",
                shown: parent(file).display().to_string(),
                path: parent(file),
            }),
            false => Err(None),
        };
    }
    let text = &loaded.feed.settings.source.path;
    let place = Place {
        key: "source.path",
        shown: parent(Path::new(text)).display().to_string(),
        path: parent(&loaded.path(text)),
    };
    match wrong_inbox(&place.path, &place.shown) {
        None => Ok(place),
        Some(wrong) => Err(Some(wrong)),
    }
}

/// Whether a file that is put into the place could be taken as the next file of the HR system.
fn takes_from(loaded: &Opened, inbox: &Place<'_>, place: &Place<'_>) -> bool {
    // A folder of the settings gets files under the names that they have. Ours have the feed's name and a moment: only a pattern fits them.
    let is_ours = matches!(place.key, "--report-dir" | STATE);
    let is_pattern = loaded.feed.settings.source.path.contains(['*', '?', '[']);
    (is_pattern || !is_ours) && is_same(&inbox.path, &place.path)
}

fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Why a place cannot be used, for people, and what lies there because of it.
fn why(path: &Path, failed: &FailedTry) -> String {
    let mut why = reason(path, &failed.error);
    if let Some(left) = &failed.left {
        why.push_str(&format!(
            "; `{}`, made to try it, cannot be removed",
            left.display()
        ));
    }
    why
}

/// Why a place cannot be written to, for people.
fn reason(path: &Path, error: &io::Error) -> String {
    let in_the_way = path
        .ancestors()
        .find(|part| std::fs::metadata(part).is_ok())
        .filter(|part| !part.is_dir() && *part != Path::new(""));
    match (error.kind(), in_the_way) {
        (ErrorKind::NotADirectory | ErrorKind::AlreadyExists, Some(file)) => {
            format!("`{}` is a file", file.display())
        }
        (ErrorKind::PermissionDenied, _) => "the account that this runs as has no right to".to_owned(),
        (ErrorKind::ReadOnlyFilesystem, _) => "its disk can only be read".to_owned(),
        (ErrorKind::StorageFull | ErrorKind::QuotaExceeded, _) => "its disk is full".to_owned(),
        _ => error.to_string(),
    }
}

fn help(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => "move the file away",
        ErrorKind::PermissionDenied => "give the account the right to make, rename and remove files there",
        ErrorKind::ReadOnlyFilesystem => "mount it so that it can be written to",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room",
        _ => "look whether the disk or share is there and in order",
    }
    .to_owned()
}

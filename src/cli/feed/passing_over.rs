//! Older files that lay beside the one that a night took: they are passed over, and told once.

use std::path::PathBuf;

use super::night::{Ended, Night};
use super::opening::{Opened, file_name};
use super::remembering::file_now;
use crate::cli::exit::Exit;
use crate::feed::NightOutcome;
use crate::report::counted;
use crate::state::{Ledger, NightFile, PassedOver, StateError};
use crate::table::IncomingFile;

/// Chooses those that a night passes over whose file is taken, and tells how many they are. Where the night before did so as well, it
/// is no feed that stood still for once: two files may come every night, and one of them is never read. A person looks.
pub fn choose(night: &mut Night, loaded: &Opened, ledger: &Ledger, ended: &mut Ended) {
    let own = night.summary.file_sha256.as_deref().unwrap_or_default();
    let files = still_there(&night.beside, own, ledger);
    let count = files.len() as u64;
    let folder = loaded.feed.settings.source.quarantine.as_ref();
    night.passed = PassedOver {
        files,
        move_to: folder.map(|folder| loaded.path(folder)),
    };
    if count == 0 {
        return;
    }
    ended.message.push_str(&format!(
        "; {} that lay beside it {} passed over",
        counted(count, "older file", "older files"),
        if count == 1 { "was" } else { "were" }
    ));
    let before = ledger.last_processed().ok().flatten();
    if !before.is_some_and(|before| ledger.has_passed(before.id).unwrap_or(false)) {
        return;
    }
    ended.message.push_str(", as in the night before");
    ended.help.push(
        "where a file comes of each part of the company, give each part a feed of its own, for only the newest is read; where several come between two starts, start the feed more often, or let `source.path` name one of them"
            .to_owned(),
    );
    if ended.exit == Exit::Done {
        (ended.outcome, ended.exit) = (NightOutcome::NeedsPerson, Exit::SomeFailed);
    }
}

/// Moves them, and tells which they are.
pub fn carry(passed: &PassedOver, ledger: &mut Ledger, night: &mut Night) {
    if passed.files.is_empty() {
        return;
    }
    let names: Vec<String> = passed
        .files
        .iter()
        .map(|file| format!("`{}`", file_name(&file.path)))
        .collect();
    let mut told = vec![format!(
        "older than the file that was taken, and passed over: {}",
        names.join(", ")
    )];
    match (ledger.carry_passed(), &passed.move_to) {
        (Ok(unmoved), Some(folder)) => match left(&unmoved) {
            Some(unmoved) => told.push(unmoved),
            None => told.push(format!("they lie in `{}` now", folder.display())),
        },
        (Ok(_), None) => told.push("they lie where they lay, and no later start takes them".to_owned()),
        (Err(error), _) => told.push(format!(
            "no later start takes them, but they could not be moved: {error}"
        )),
    }
    night.summary.help_here.push(told.join("; "));
}

/// Which could not be moved; `None` where all were.
pub fn left(unmoved: &[(PathBuf, StateError)]) -> Option<String> {
    let files: Vec<String> = unmoved
        .iter()
        .map(|(file, error)| format!("`{}`: {error}", file_name(file)))
        .collect();
    (!files.is_empty()).then(|| {
        format!(
            "passed over, and taken by no later start, but not to be moved: {}; each start tries it again",
            files.join("; ")
        )
    })
}

/// Those that are what they were when the file was found, for one that has been written since is delivered anew, and that no night has
/// taken: without an archive those lie there as well.
fn still_there(beside: &[IncomingFile], own: &str, ledger: &Ledger) -> Vec<NightFile> {
    let files = beside.iter().filter_map(|one| {
        // Before it is read whole: there may be hundreds of them.
        if ledger.has_taken(one.bytes, one.modified).unwrap_or(true) {
            return None;
        }
        let now = file_now(&one.path).ok()?;
        let is_same = (now.bytes, now.modified) == (one.bytes, one.modified);
        (is_same && now.sha256 != own).then_some(now)
    });
    files.collect()
}

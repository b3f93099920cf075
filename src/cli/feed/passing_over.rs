//! Older files that lay beside the one that a night took: they are passed over, and told once.

use super::night::Night;
use super::opening::{Opened, file_name};
use super::remembering::file_now;
use crate::report::counted;
use crate::state::{Ledger, NightFile, PassedOver};
use crate::table::IncomingFile;

/// Those that a night passes over, where its file `is_taken`. How many they are is told.
pub fn passed(night: &mut Night, loaded: &Opened, is_taken: bool) -> PassedOver {
    if !is_taken {
        return PassedOver::default();
    }
    let folder = loaded.feed.settings.source.quarantine.as_ref();
    let passed = PassedOver {
        files: still_there(&night.beside),
        move_to: folder.map(|folder| loaded.path(folder)),
    };
    let count = passed.files.len() as u64;
    if count > 0 {
        night.summary.message.push_str(&format!(
            "; {} that lay beside it {} passed over",
            counted(count, "older file", "older files"),
            if count == 1 { "was" } else { "were" }
        ));
    }
    passed
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
    let what = match (ledger.carry_passed(), &passed.move_to) {
        (Ok(()), Some(folder)) => format!("they lie in `{}` now", folder.display()),
        (Ok(()), None) => "they lie where they lay, and no later start takes them".to_owned(),
        (Err(error), _) => format!("no later start takes them, but they could not be moved: {error}"),
    };
    night.summary.help_here.push(format!(
        "older than the file that was taken, and passed over: {}; {what}",
        names.join(", ")
    ));
}

/// Those that are what they were when the file was found: one that has been written since is delivered anew.
fn still_there(beside: &[IncomingFile]) -> Vec<NightFile> {
    let files = beside.iter().filter_map(|one| {
        let now = file_now(&one.path).ok()?;
        let is_same = (now.bytes, now.modified) == (one.bytes, one.modified);
        is_same.then_some(now)
    });
    files.collect()
}

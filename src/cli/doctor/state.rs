//! The state folder: whether it can be used, and what lies in it that somebody should look at.

use std::path::Path;

use super::checkup::Checkup;
use crate::cli::error::CliError;
use crate::feed::schedule::shell_word;
use crate::report::counted;
use crate::state::{RunState, StateFolder, try_folder};

/// Looks at the folder, by writing and removing a file in it; `None` where no command can use it.
pub fn look(root: &Path, origin: &str, checkup: &mut Checkup) -> Option<StateFolder> {
    let shown = format!("`{}` ({origin})", root.display());
    let failed = |reason: String| {
        CliError::usage(format!("{shown} cannot be used: {reason}"))
            .hint("give yourself the folder, or name another one with `--state-dir DIR`")
    };
    let state = match StateFolder::open(root.to_owned()) {
        Ok(state) => state,
        Err(error) => {
            checkup.error("state folder", failed(error.to_string()));
            return None;
        }
    };
    if let Err(tried) = try_folder(root, None) {
        checkup.error("state folder", failed(tried.error.to_string()));
        return None;
    }
    match others_may_read(root) {
        Some(mode) => checkup.warning(
            "state folder",
            format!("{shown} can be read by others (mode {mode:03o})"),
            [format!(
                "`chmod 700 {}`: it holds everybody's values",
                shell_word(&root.display().to_string())
            )],
        ),
        None => checkup.well("state folder", format!("{shown} can be written, by you alone")),
    }
    runs(&state, checkup);
    snapshots(&state, checkup);
    Some(state)
}

/// The mode of a file or folder that others than its owner may look into.
#[cfg(unix)]
pub fn others_may_read(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
pub fn others_may_read(_path: &Path) -> Option<u32> {
    None
}

fn runs(state: &StateFolder, checkup: &mut Checkup) {
    let listed = match state.list_runs() {
        Ok(listed) => listed,
        Err(error) => {
            let help = "look whether another account has made it; `dirsheet runs` tells more".to_owned();
            return checkup.warning("runs", format!("they cannot be listed: {error}"), [help]);
        }
    };
    let damaged = listed.iter().filter(|run| run.overview.is_err()).count();
    let open: Vec<String> = listed
        .iter()
        .filter(|run| {
            let overview = run.overview.as_ref();
            overview.is_ok_and(|run| run.state == RunState::Interrupted && run.remaining > 0)
                && !state.is_given_up(&run.id)
                // What was taken back is not resumed any more.
                && state.undone_by(&run.id).is_ok_and(|undos| undos.is_empty())
        })
        .map(|run| format!("`dirsheet resume {}` goes on with it", run.id))
        .collect();
    let all = counted(listed.len() as u64, "run", "runs");
    match (open.len(), damaged) {
        (0, 0) => checkup.well("runs", format!("{all}, none left open")),
        (open_count, damaged) => {
            let mut found = vec![all];
            if open_count > 0 {
                found.push(format!("{open_count} of them interrupted"));
            }
            if damaged > 0 {
                found.push(format!(
                    "{damaged} that cannot be read (`dirsheet runs` says why)"
                ));
            }
            checkup.warning("runs", found.join(", "), open);
        }
    }
}

fn snapshots(state: &StateFolder, checkup: &mut Checkup) {
    match state.list_snapshots() {
        Ok(listed) => checkup.well("snapshots", counted(listed.len() as u64, "snapshot", "snapshots")),
        Err(error) => checkup.warning("snapshots", format!("they cannot be listed: {error}"), []),
    }
}

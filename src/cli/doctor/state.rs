//! The state folder: whether it can be used, and what lies in it that somebody should look at.

use std::path::Path;

use super::checkup::Checkup;
use crate::cli::error::CliError;
use crate::feed::schedule::shell_word;
use crate::report::counted;
use crate::state::{LookedAt, RunState, StateError, StateFolder, try_folder};

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
    let mut looked = Looked::new(JOURNALS_BYTES_MAX);
    let mut unreadable = Vec::new();
    for run in &listed {
        let told = run.overview.as_ref().map(|_| ()).map_err(ToString::to_string);
        let told = told.and_then(|()| looked.look(|most| state.look_at_run(&run.id, most)));
        if let Err(why) = told {
            unreadable.push(format!("`{}`: {why}", run.id));
        }
    }
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
    let told = looked.told("the head of the others");
    match (open.len(), unreadable.len()) {
        (0, 0) => checkup.well("runs", format!("{all}, none left open{told}")),
        (open_count, damaged) => {
            let mut found = vec![all];
            if open_count > 0 {
                found.push(format!("{open_count} of them interrupted"));
            }
            if damaged > 0 {
                found.push(format!("{damaged} that cannot be read"));
                unreadable.push(
                    "what such a run wrote cannot be taken back with `undo`, nor gone on with, until its journal is there again: put its folder back from a backup"
                        .to_owned(),
                );
            }
            let help = open.into_iter().chain(unreadable);
            checkup.warning("runs", format!("{}{told}", found.join(", ")), help);
        }
    }
}

fn snapshots(state: &StateFolder, checkup: &mut Checkup) {
    let listed = match state.list_snapshots() {
        Ok(listed) => listed,
        Err(error) => return checkup.warning("snapshots", format!("they cannot be listed: {error}"), []),
    };
    let mut looked = Looked::new(SNAPSHOTS_BYTES_MAX);
    let mut damaged = Vec::new();
    for one in &listed {
        let told = one.meta.as_ref().map(|_| ()).map_err(ToString::to_string);
        let told = told.and_then(|()| looked.look(|most| state.look_at_snapshot(&one.id, most)));
        if let Err(why) = told {
            damaged.push(format!("`{}`: {why}", one.id));
        }
    }
    let all = counted(listed.len() as u64, "snapshot", "snapshots");
    let told = looked.told("the ends of the others");
    if damaged.is_empty() {
        return checkup.well("snapshots", format!("{all}{told}"));
    }
    let found = format!("{all}, {} that cannot be read{told}", damaged.len());
    damaged.push(
        "sheets whose rows name such a snapshot have no base: put its file back from a backup, or export again before the next edit"
            .to_owned(),
    );
    checkup.warning("snapshots", found, damaged);
}

/// Packed snapshots of this many bytes are read in about two seconds.
const SNAPSHOTS_BYTES_MAX: u64 = 64 << 20;
/// The same of journals.
const JOURNALS_BYTES_MAX: u64 = 128 << 20;

/// What was read to its end, newest first, until there was enough of it.
struct Looked {
    bytes_left: u64,
    whole: u64,
    ends: u64,
}

impl Looked {
    fn new(bytes_max: u64) -> Looked {
        Looked {
            bytes_left: bytes_max,
            whole: 0,
            ends: 0,
        }
    }

    fn look(&mut self, look: impl FnOnce(u64) -> Result<(LookedAt, u64), StateError>) -> Result<(), String> {
        let (looked, bytes) = look(self.bytes_left).map_err(|error| error.to_string())?;
        match looked {
            LookedAt::Whole => {
                self.whole += 1;
                self.bytes_left = self.bytes_left.saturating_sub(bytes);
            }
            LookedAt::Ends => self.ends += 1,
        }
        Ok(())
    }

    /// `; 3 read to the end, the ends of the others`; nothing where there is nothing.
    fn told(&self, others: &str) -> String {
        match (self.whole, self.ends) {
            (0, 0) => String::new(),
            (_, 0) => "; read to the end".to_owned(),
            (whole, _) => format!("; {whole} read to the end, and {others}"),
        }
    }
}

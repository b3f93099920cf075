//! The sealed plan of a feed when somebody approves it: with the limits, the words and the protected people of the feed as they are now.

use std::path::PathBuf;

use jiff::Timestamp;

use super::guarding::{by_a_person, guard_args};
use super::night::stamp;
pub use super::opening::Opened;
use super::opening::{load, whole_path};
use super::refeeding;
use super::resuming::{feed_of, passwords_file};
use crate::cli::args::ApplyArgs;
use crate::cli::error::CliError;
use crate::domain::{Limits, Plan, UserChanges, shorten};
use crate::feed::LETTER_COLUMNS;
use crate::report::counted;
use crate::state::{KnownPlan, PlanFile};

/// So many people of a refusal are named.
const NAMED_MAX: usize = 10;

/// Where a plan of a feed stands, for whoever approves it.
pub struct Approval {
    loaded: Opened,
    settings: PathBuf,
    /// The file that the plan was made of, where the ledger knows it and it is there.
    file: Option<PathBuf>,
}

/// The settings of a feed, for its plan.
///
/// # Errors
/// Everything that is wrong with them.
pub fn settings(arguments: &ApplyArgs) -> Result<Option<Opened>, CliError> {
    arguments.feed.as_deref().map(load).transpose()
}

/// Whether the settings are those of the feed that made the plan; `None` where no feed is known to have made it. `known` is what the
/// ledgers know of it.
///
/// # Errors
/// The plan is one of a feed and its settings are not named, or it is not one of this feed.
pub fn check(
    loaded: Option<Opened>,
    known: Option<KnownPlan>,
    file: &PlanFile,
    arguments: &ApplyArgs,
) -> Result<Option<Approval>, CliError> {
    let Some((loaded, settings)) = loaded.zip(arguments.feed.clone()) else {
        return match known {
            None => Ok(None),
            Some(known) => Err(without_settings(&known)),
        };
    };
    let own = &loaded.feed.settings.name;
    let sheet = file.sheet.path.file_name().map(|name| name.to_string_lossy());
    let by_sheet = sheet.as_deref().and_then(feed_of);
    let made_by = known.as_ref().map(|known| known.feed.as_str()).or(by_sheet);
    let refused = match made_by {
        Some(feed) if feed == own => None,
        Some(feed) => Some((
            format!("the plan is one of the feed `{feed}`"),
            "name the settings of that feed",
        )),
        None => Some(("no feed made the plan".to_owned(), "leave `--feed` out")),
    };
    if let Some((what, help)) = refused {
        return Err(CliError::usage(format!(
            "{what}, and `{}` has the settings of the feed `{own}`; nothing was written",
            settings.display()
        ))
        .hint(help));
    }
    Ok(Some(Approval {
        loaded,
        settings,
        file: known.and_then(|known| known.file).filter(|file| file.exists()),
    }))
}

fn without_settings(known: &KnownPlan) -> CliError {
    CliError::usage(format!(
        "the plan is one of the feed `{}`, and whom that feed protects, what it allows and its limits are not known without its settings; nothing was written",
        known.feed
    ))
    .hint("add `--feed FEED.toml` with the settings of that feed; the summary and the mail of its night tell the whole command")
}

impl Approval {
    /// The limits of the feed over those of the profile.
    pub fn limits(&self, profile: &Limits) -> Limits {
        let mut limits = profile.clone();
        self.loaded.feed.set_limits(&mut limits);
        // Whoever approves says by `--yes` whether anybody looks.
        limits.unattended = profile.unattended;
        limits
    }

    /// What was typed, with what the settings say besides: what is allowed, who is protected, and where first passwords go.
    ///
    /// # Errors
    /// The folder for the passwords cannot be made.
    pub fn with_flags(&self, typed: &ApplyArgs, plan: &Plan) -> Result<ApplyArgs, CliError> {
        let mut all = typed.clone();
        let own = guard_args(&self.loaded);
        all.guards.allow.extend(own.allow);
        all.guards.protected = own.protected;
        if all.run.passwords.is_none() && plan.users().iter().any(UserChanges::is_made) {
            all.run.passwords = passwords_file(&self.loaded, &stamp(Timestamp::now()))?;
        }
        Ok(all)
    }

    /// Names whom of the plan a guard leaves to a person by now, and how the plan is made without them.
    pub fn tell_of_people(&self, error: CliError, plan: &Plan, limits: &Limits, place: &str) -> CliError {
        let mut apart = plan.clone();
        apart.leave_to_people(limits, by_a_person);
        let both = plan.rows().iter().zip(apart.rows());
        let left: Vec<String> = both
            .filter_map(|(before, after)| {
                let note = after.notes.get(before.notes.len()..)?.first()?;
                Some(format!("{}: {}", shorten(&after.label), note.message))
            })
            .collect();
        if left.is_empty() {
            return error;
        }
        let more = left.len().saturating_sub(NAMED_MAX);
        let mut error = left.iter().take(NAMED_MAX).cloned().fold(error, CliError::hint);
        if more > 0 {
            error = error.hint(format!("and {more} more"));
        }
        error.hint(format!(
            "to have the plan made anew without {}: `{}`; it waits for approval as this one did",
            counted(left.len() as u64, "this user", "these users").trim_start_matches("1 "),
            self.anew(place)
        ))
    }

    /// The command that makes the plan anew of the same file.
    fn anew(&self, place: &str) -> String {
        let archive = self.loaded.feed.settings.source.archive.as_deref();
        let file = match (&self.file, archive) {
            (Some(file), _) => whole_path(file),
            (None, Some(folder)) => whole_path(&self.loaded.path(folder).join("FILE")),
            (None, None) => "FILE".to_owned(),
        };
        // Else it would be written, where a flag made the first plan wait.
        let above = match self.loaded.feed.settings.approve.above {
            Some(_) => "",
            None => " --approve-above 0",
        };
        let how = match self.is_of_letters() {
            true => format!("--refeed {file}"),
            false => format!("--file {file} --again"),
        };
        format!(
            "dirsheet feed run {} {how}{above}{place}",
            whole_path(&self.settings)
        )
    }

    /// Whether the file is one of dead letters, from which nobody is missing.
    fn is_of_letters(&self) -> bool {
        let plain = self
            .file
            .as_ref()
            .and_then(|file| refeeding::open(&self.loaded, file).ok());
        let column = |name: &str| {
            plain
                .as_ref()
                .is_some_and(|(plain, _)| plain.table.column(name).is_some())
        };
        LETTER_COLUMNS.iter().all(|name| column(name))
    }
}

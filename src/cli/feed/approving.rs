//! The sealed plan of a feed when somebody approves it: with the limits, the words and the protected people of the feed as they are now.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::guarding::{by_a_person, guard_args, names_nobody};
use super::night::stamp;
pub use super::opening::Opened;
use super::opening::{load, whole_path};
use super::resuming::passwords_file;
use crate::cli::args::ApplyArgs;
use crate::cli::connect::Context;
use crate::cli::error::CliError;
use crate::domain::{Limits, Plan, UserChanges, shorten};
use crate::feed::{feed_of, left_by};
use crate::report::counted;
use crate::state::{KnownPlan, PlanFile};
use crate::table::file_sha256;

/// So many people of a refusal are named.
const NAMED_MAX: usize = 10;

/// Where a plan of a feed stands, for whoever approves it.
pub struct Approval {
    loaded: Opened,
    settings: PathBuf,
    /// What the ledger knows of it.
    known: KnownPlan,
    /// The flags by which another command finds the same directory and the same ledger.
    place: String,
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
/// The plan is one of a feed and its settings are not named, it is not one of this feed, or no ledger knows it.
pub fn check(
    loaded: Option<Opened>,
    known: Option<KnownPlan>,
    file: &PlanFile,
    arguments: &ApplyArgs,
    context: &Context,
) -> Result<Option<Approval>, CliError> {
    let sheet = file.sheet.path.file_name().map(|name| name.to_string_lossy());
    let by_sheet = sheet.as_deref().and_then(feed_of);
    let warn = |text: String| {
        let word = context.output.paint_error().warn("warning");
        context.output.complain(&format!("{word}: {text}"));
    };
    let Some((loaded, settings)) = loaded.zip(arguments.feed.clone()) else {
        return match (known, by_sheet) {
            (Some(known), _) => Err(without_settings(&known)),
            (None, Some(feed)) => Err(CliError::usage(format!(
                "the plan is made of a sheet of the feed `{feed}`, and this state folder does not know it: whether a newer file has overtaken it and whom the feed protects is not known here; nothing was written"
            ))
            .hint("add `--feed FEED.toml --state-dir FOLDER` with those of the feed; where a person made the plan, apply the sheet itself with `--feed FEED.toml`")),
            (None, None) => Ok(None),
        };
    };
    let own = &loaded.feed.settings.name;
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
    let root = &context.config.state_dir.value;
    let Some(known) = known else {
        return Err(CliError::usage(format!(
            "no feed of the state folder `{}` knows the plan, so it is not known whether a newer file has overtaken it; nothing was written",
            root.display()
        ))
        .hint("name the state folder of the feed with `--state-dir`; the summary and the mail of its night tell the whole command")
        .hint("where a person made the plan of the sheet that a night left: apply the sheet itself with `--feed FEED.toml`"));
    };
    if is_another(&settings, &known) {
        warn(format!(
            "`{}` is another than in the night that made the plan; the limits, `allow` and protected people that it has now count",
            settings.display()
        ));
    }
    Ok(Some(Approval {
        loaded,
        settings,
        known,
        place: format!("{} --state-dir {}", context.directory, whole_path(root)),
    }))
}

/// Whether the settings have another content than in the night of the plan, as far as that was kept.
fn is_another(settings: &Path, known: &KnownPlan) -> bool {
    let Some(then) = &known.settings else {
        return false;
    };
    // Under whatever name: the file may have been moved.
    file_sha256(settings).is_ok_and(|now| !then.values().any(|hash| *hash == now))
}

/// What was typed for a sheet, with the protected people of the feed whose settings are named.
///
/// # Errors
/// One of a feed's nights left the sheet to a person, and the settings of that feed are not named, or are those of another.
pub fn of_sheet(typed: &ApplyArgs) -> Result<ApplyArgs, CliError> {
    let name = typed.sheet.as_deref().and_then(Path::file_name);
    let name = name.map(|name| name.to_string_lossy());
    let made_by = name.as_deref().and_then(left_by);
    let Some(loaded) = settings(typed)? else {
        return match made_by {
            None => Ok(typed.clone()),
            Some(feed) => Err(CliError::usage(format!(
                "the sheet is one that a night of the feed `{feed}` left to a person, and whom that feed protects is not known without its settings; nothing was written"
            ))
            .hint("add `--feed FEED.toml` with the settings of that feed")),
        };
    };
    if let Some(feed) = made_by.filter(|feed| *feed != loaded.feed.settings.name) {
        return Err(CliError::usage(format!(
            "the sheet is one of the feed `{feed}`, and the settings are those of the feed `{}`; nothing was written",
            loaded.feed.settings.name
        ))
        .hint("name the settings of that feed"));
    }
    let mut all = typed.clone();
    all.guards.protected = guard_args(&loaded).protected;
    Ok(all)
}

/// A refusal of a feed's sheet, without the flag that would open the whole list of the feed.
pub fn of_sheet_refused(mut error: CliError) -> CliError {
    match take_flag(&mut error) {
        true => error.hint("take the rows of these people out of the sheet; whom the feed protects stands in `guards.protected` of FEED.toml"),
        false => error,
    }
}

/// Takes the flag out of what helps; `false` where it was not told.
fn take_flag(error: &mut CliError) -> bool {
    let before = error.hints.len();
    error.hints.retain(|hint| !hint.contains("--allow protected"));
    error.hints.len() < before
}

/// Whether the list of protected people names nobody, for which no flag is told.
///
/// # Errors
/// It does.
pub fn check_list(limits: &Limits) -> Result<(), CliError> {
    match names_nobody(limits) {
        Some((error, names)) => Err(error.hint(names).hint("then type the same command again")),
        None => Ok(()),
    }
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

    /// Names whom of the plan a guard leaves to a person by now, and not the flag that would open the whole list, and how the plan is made without them.
    pub fn tell_of_people(&self, mut error: CliError, plan: &Plan, limits: &Limits) -> CliError {
        take_flag(&mut error);
        let mut apart = plan.clone();
        apart.leave_to_people(limits, by_a_person);
        let both = plan.rows().iter().zip(apart.rows());
        let left: Vec<String> = both
            .filter_map(|(before, after)| {
                let note = after.notes.get(before.notes.len()..)?.first()?;
                Some(format!("{}: {}", shorten(&after.label()), note.message))
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
            self.anew()
        ))
    }

    /// The command that makes the plan anew of the same file.
    fn anew(&self) -> String {
        let archive = self.loaded.feed.settings.source.archive.as_deref();
        let lies = self.known.file.as_ref().filter(|file| file.exists());
        let file = match (lies, archive) {
            (Some(file), _) => whole_path(file),
            (None, Some(folder)) => whole_path(&self.loaded.path(folder).join("FILE")),
            (None, None) => "FILE".to_owned(),
        };
        let how = match self.known.is_of_letters {
            true => format!("--refeed {file}"),
            false if self.known.is_first => format!("--file {file} --again --go"),
            false => format!("--file {file} --again"),
        };
        let lifts: String = self
            .known
            .lifted
            .iter()
            .map(|name| format!(" --lift {name}"))
            .collect();
        // Without them there may be too few for `approve.above`, and the night would write.
        format!(
            "dirsheet feed run {} {how}{lifts} --approve-above 0{}",
            whole_path(&self.settings),
            self.place
        )
    }
}

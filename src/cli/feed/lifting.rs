//! Letting a refused file pass once: the one command that does it, and that it is about this file and no other.

use std::path::{Path, PathBuf};

use super::night::Night;
use super::opening::whole_path;
use super::run::Desk;
use crate::cli::error::CliError;
use crate::feed::gate::MeasureName;
use crate::feed::{Lift, NightOutcome};
use crate::state::{self, Ledger, NightFile, NightOutcome as Kept};

/// So many nights back a refused file is looked for.
const NIGHTS: u32 = 60;

/// What has to be lifted for the file of a refused night, with all that was lifted for it already; `None` where something refuses it
/// that nobody can lift.
pub fn names(desk: &Desk<'_>, night: &Night) -> Option<Vec<Lift>> {
    let summary = &night.summary;
    let is_refused = [NightOutcome::Refused, NightOutcome::GuardRefused].contains(&summary.outcome);
    if !is_refused || summary.refusals.is_empty() || desk.arguments.refeed.is_some() {
        return None;
    }
    let own = summary
        .refusals
        .iter()
        .map(|refusal| refusal.lift.as_deref()?.parse().ok());
    let own: Option<Vec<Lift>> = own.collect();
    Some(together(&desk.arguments.lift, &own?))
}

/// Says how the file of a refused night may pass. A dry run is no refusal, so it tells what comes before.
pub fn tell_way_out(desk: &Desk<'_>, night: &mut Night, ledger: &Ledger) {
    let Some(command) = way_out(desk, night) else {
        return;
    };
    let wrong = "have the file written again if it is wrong; if the file is right";
    let sha256 = night.summary.file_sha256.as_deref().unwrap_or_default();
    if !desk.arguments.dry_run || is_lifted_of(ledger, sha256).unwrap_or(false) {
        night.summary.help.push(format!("{wrong}: `{command}`"));
        night.summary.command = Some(command);
        return;
    }
    let names = words(night.lifts.as_deref().unwrap_or_default());
    // By its name: a newer one may have come when the command is typed.
    let file = night.path.as_deref();
    let file = file.map_or_else(String::new, |file| format!(" --file {}", whole_path(file)));
    night.summary.help.push(format!(
        "{wrong}: start first without `--dry-run`, for a dry run is no refusal: `dirsheet feed run {}{file}{}` refuses the file as well, and tells the command that lets it pass, with `--lift {names}`",
        desk.settings_word(),
        as_typed(desk)
    ));
}

/// Whether something may be lifted of this file: it was refused, or nothing was ever good or refused, so that nothing else can be meant.
fn is_lifted_of(ledger: &Ledger, sha256: &str) -> Result<bool, CliError> {
    let nights = ledger.nights(NIGHTS)?;
    let mut refused = nights.iter().filter(|night| night.outcome == Some(Kept::Refused));
    let is_refused = refused.clone().any(|night| night.file.sha256 == sha256);
    Ok(is_refused || (refused.next().is_none() && ledger.last_good()?.is_none()))
}

/// The command that lets the file of a refused night pass.
fn way_out(desk: &Desk<'_>, night: &Night) -> Option<String> {
    let moved = night.summary.papers.file.as_ref().map(Path::new);
    let file = moved.or(night.path.as_deref())?;
    let lifts = night.lifts.as_deref()?;
    // An older file sets the directory back: nobody should have that in one line to copy.
    let is_old = lifts.contains(&Lift::Measure(MeasureName::OlderThanLast));
    (!is_old).then(|| command(desk, file, lifts))
}

/// What the ledger keeps of these names, at the end of a night's note.
pub fn noted(lifts: &[Lift]) -> String {
    format!("{NOTED}{}{NOTED_END}", words(lifts))
}

const NOTED: &str = "; `--lift ";
const NOTED_END: &str = "` lets it pass";

/// The names that a note ends with.
fn from_note(note: &str) -> Option<Vec<Lift>> {
    let (_, words) = note.strip_suffix(NOTED_END)?.rsplit_once(NOTED)?;
    words.split(',').map(|word| word.parse().ok()).collect()
}

/// What is said where something is lifted and there is no file to lift it of: the last one that was refused lies in quarantine.
///
/// # Errors
/// The ledger cannot be read; or, as the inner one, that.
pub fn without_a_file(desk: &Desk<'_>, ledger: &Ledger, why: &str) -> Result<Option<CliError>, CliError> {
    if desk.arguments.lift.is_empty() {
        return Ok(None);
    }
    let error = CliError::usage(format!(
        "{why}, and the one that was refused is in quarantine; nothing was written"
    ));
    let refused = Refused::all(ledger)?.into_iter().find(|one| one.is_in_quarantine);
    Ok(refused.map(|refused| error.hint(refused.told(desk))))
}

/// A file of which something is lifted was refused: otherwise nobody has looked at it. Where nothing was ever good or refused, there
/// is nothing that the words could have been meant for but this file.
///
/// # Errors
/// This one was not refused, with the command of the last one that was.
pub fn is_of_a_refused(desk: &Desk<'_>, ledger: &Ledger, file: &NightFile) -> Result<(), CliError> {
    if desk.arguments.lift.is_empty() || desk.arguments.dry_run {
        return Ok(());
    }
    if is_lifted_of(ledger, &file.sha256)? {
        return Ok(());
    }
    let error = CliError::usage(
        "`--lift` is for a file that was refused, and this one was not: nobody has looked at it; nothing was written",
    );
    Err(match Refused::all(ledger)?.into_iter().next() {
        Some(refused) => error.hint(refused.told(desk)),
        None => error.hint("start without `--lift`: if the file is refused, the refusal tells the command"),
    })
}

/// A refused file that still lies where the ledger says.
struct Refused {
    file: PathBuf,
    is_in_quarantine: bool,
    lifts: Vec<Lift>,
}

impl Refused {
    /// Those since the last night whose file was taken, the newest first.
    fn all(ledger: &Ledger) -> Result<Vec<Refused>, CliError> {
        let nights = ledger.nights(NIGHTS)?.into_iter();
        let since = nights.take_while(|night| !night.processed);
        let refused = since.filter(|night| night.outcome == Some(Kept::Refused));
        Ok(refused.filter_map(Refused::of).collect())
    }

    fn of(night: state::Night) -> Option<Refused> {
        let lifts = night.note.as_deref().and_then(from_note);
        let is_in_quarantine = night.moved_to.is_some();
        // Of a file that is fed again no command is told.
        let file = match night.moved_to {
            Some(moved) => moved,
            None => lifts.as_ref().map(|_| night.file.path)?,
        };
        file.exists().then(|| Refused {
            file,
            is_in_quarantine,
            lifts: lifts.unwrap_or_default(),
        })
    }

    fn told(&self, desk: &Desk<'_>) -> String {
        let lifts = together(&self.lifts, &desk.arguments.lift);
        format!(
            "the last file that was refused, if that one is right: `{}`",
            command(desk, &self.file, &lifts)
        )
    }
}

/// All of them, each once.
fn together(lifts: &[Lift], more: &[Lift]) -> Vec<Lift> {
    let mut all: Vec<Lift> = Vec::new();
    for lift in lifts.iter().chain(more) {
        if !all.contains(lift) {
            all.push(*lift);
        }
    }
    all
}

fn words(lifts: &[Lift]) -> String {
    let words: Vec<&str> = lifts.iter().map(|lift| lift.as_str()).collect();
    words.join(",")
}

/// `dirsheet feed run FEED.toml --file FILE --lift A,B`, with what was typed besides; `--go` too only where it was typed, for
/// the next start says what a first file needs.
fn command(desk: &Desk<'_>, file: &Path, lifts: &[Lift]) -> String {
    let mut text = format!(
        "dirsheet feed run {} --file {} --lift {}",
        desk.settings_word(),
        whole_path(file),
        words(lifts)
    );
    text.push_str(&as_typed(desk));
    text
}

/// The flags of a start that stay what they were in a command that is told.
pub fn as_typed(desk: &Desk<'_>) -> String {
    let arguments = desk.arguments;
    let mut text = String::new();
    for (flag, typed) in [
        ("--go", arguments.go),
        ("--again", arguments.again),
        ("--write-undone", arguments.write_undone),
    ] {
        if typed {
            text.push_str(&format!(" {flag}"));
        }
    }
    if let Some(above) = arguments.approve_above {
        text.push_str(&format!(" --approve-above {above}"));
    }
    if let Some(folder) = &arguments.report_dir {
        text.push_str(&format!(" --report-dir {}", whole_path(folder)));
    }
    text.push_str(&desk.context.place);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_at_the_end_of_a_note_are_read_back_and_no_others() {
        let lifts: Vec<Lift> = Lift::all().take(3).collect();
        assert_eq!(
            from_note(&format!("refused: gate.age{}", noted(&lifts))),
            Some(lifts)
        );
        let column = "refused: `a; `--lift age` lets it pass` has no word";
        assert_eq!(from_note(column), None);
        assert_eq!(from_note("refused; `--lift nothing` lets it pass"), None);
    }
}

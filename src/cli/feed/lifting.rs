//! Letting a refused file pass once: the one command that does it, and what is said where its file is forgotten.

use std::path::Path;

use super::night::Night;
use super::run::Desk;
use crate::cli::error::CliError;
use crate::feed::schedule::shell_word;
use crate::feed::{Lift, NightOutcome};
use crate::state::{Ledger, NightOutcome as Kept};

/// The command that lets the file of a refused night pass, with all that was lifted for it already; `None` where something refuses
/// it that nobody can lift.
pub fn way_out(desk: &Desk<'_>, night: &Night) -> Option<String> {
    let summary = &night.summary;
    let is_refused = [NightOutcome::Refused, NightOutcome::GuardRefused].contains(&summary.outcome);
    if !is_refused || summary.refusals.is_empty() || desk.arguments.refeed.is_some() {
        return None;
    }
    let mut names: Vec<&str> = desk.arguments.lift.iter().map(|lift| lift.as_str()).collect();
    for refusal in &summary.refusals {
        let name = refusal.lift.as_deref()?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let moved = summary.papers.file.as_ref().map(Path::new);
    let file = moved.or(night.path.as_deref())?;
    Some(command(desk, file, &names, desk.arguments.go || night.is_first))
}

/// What is said where something is lifted and there is no file to lift it of: the last one that was refused lies in quarantine.
///
/// # Errors
/// The ledger cannot be read; or, as the inner one, that.
pub fn without_a_file(desk: &Desk<'_>, ledger: &Ledger, why: &str) -> Result<Option<CliError>, CliError> {
    let lifts = &desk.arguments.lift;
    let last = ledger.nights(1)?.into_iter().next();
    let refused = last.filter(|night| night.outcome == Some(Kept::Refused));
    let Some(file) = refused
        .and_then(|night| night.moved_to)
        .filter(|file| file.exists())
    else {
        return Ok(None);
    };
    if lifts.is_empty() {
        return Ok(None);
    }
    let names: Vec<&str> = lifts.iter().map(|lift| Lift::as_str(*lift)).collect();
    let is_first = ledger.last_good()?.is_none();
    let error = CliError::usage(format!(
        "{why}, and the one that was refused is in quarantine; nothing was written"
    ));
    let command = command(desk, &file, &names, desk.arguments.go || is_first);
    Ok(Some(error.hint(format!("if that file is right: `{command}`"))))
}

/// `dirsheet feed run FEED.toml --file FILE --lift A,B`, with what was typed besides.
fn command(desk: &Desk<'_>, file: &Path, lifted: &[&str], go: bool) -> String {
    let arguments = desk.arguments;
    let word = |path: &Path| shell_word(&path.display().to_string());
    let mut text = format!(
        "dirsheet feed run {} --file {} --lift {}",
        word(&arguments.settings),
        word(file),
        lifted.join(",")
    );
    for (flag, typed) in [("--go", go), ("--again", arguments.again)] {
        if typed {
            text.push_str(&format!(" {flag}"));
        }
    }
    if let Some(above) = arguments.approve_above {
        text.push_str(&format!(" --approve-above {above}"));
    }
    if let Some(folder) = &arguments.report_dir {
        text.push_str(&format!(" --report-dir {}", word(folder)));
    }
    text.push_str(&desk.context.place);
    text
}

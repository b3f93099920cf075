//! How a night ends that nothing stopped: its papers, and the rows that need a person.

use std::path::{Path, PathBuf};

use super::carrying::Carried;
use super::night::{Ended, Night};
use super::opening::whole_path;
use super::papers::{merged, write_letters, write_reasons};
use super::refeeding;
use super::run::Desk;
use super::undone;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::domain::{SourceRow, SourceTable};
use crate::feed::{DeadLetter, Decided, Doubt, NightOutcome, Told, ToldKind};
use crate::report::counted;
use crate::table::PlainTable;

/// So many rows that need a person are told in a dry run.
const TOLD_MAX: usize = 10;

/// How the files of dead letters are called, in `NAME-MOMENT-WHAT.csv`.
pub const LETTERS: &str = "dead-letters";

/// The papers, and how it all ends.
/// Papers that cannot be written are told.
pub fn finish(
    desk: &Desk<'_>,
    plain: &PlainTable,
    mut decided: Decided,
    carried: Carried,
    night: &mut Night,
) -> Ended {
    let Carried { mut ended, held } = carried;
    decided.told.extend(held.told);
    let unreadable = plain.unreadable.iter().map(|one| DeadLetter {
        row: one.row.row(),
        doubts: vec![Doubt {
            reason: one.finding.message.clone(),
            help: one.finding.help.clone(),
        }],
    });
    let letters = merged(
        decided
            .letters
            .iter()
            .cloned()
            .chain(held.letters)
            .chain(unreadable),
    );
    night.summary.counts.dead_letters = letters.len() as u64;
    // A dry run keeps nothing but what it was asked for.
    let arguments = desk.arguments;
    if (!arguments.dry_run || arguments.report_dir.is_some())
        && let Err(error) = write_papers(desk, plain, &decided, &letters, night)
    {
        // What was written to the directory is written, whatever becomes of the papers.
        if ended.exit == Exit::Done {
            ended.outcome = NightOutcome::NeedsPerson;
            ended.exit = Exit::SomeFailed;
        }
        ended.help.push(format!(
            "the papers of the night could not be written: {}; `dirsheet runs` has the run, and the rows for a person are counted above",
            error.message
        ));
    }
    if arguments.dry_run && arguments.report_dir.is_none() {
        ended.help.push(
            "with `--report-dir DIR` a dry run writes every cell that differs, and why, into a file there"
                .to_owned(),
        );
    }
    ended.help.extend(undone::told(night, &decided));
    let without_a_row = decided.told_of(ToldKind::ForAPerson);
    if (letters.is_empty() && without_a_row == 0) || ended.outcome == NightOutcome::Unfinished {
        return ended;
    }
    if !letters.is_empty() {
        let rows = counted(letters.len() as u64, "row needs", "rows need");
        ended.message = format!("{}; {rows} a person", ended.message);
    }
    if without_a_row > 0 {
        let people = counted(without_a_row, "missing person is", "missing people are");
        ended.message = format!("{}; {people} left for a person", ended.message);
    }
    if desk.arguments.dry_run {
        ended.help.extend(told(&letters));
        return ended;
    }
    if ended.exit == Exit::Done {
        ended.outcome = NightOutcome::NeedsPerson;
        ended.exit = Exit::SomeFailed;
    }
    if !letters.is_empty() {
        let letters = night.summary.papers.dead_letters.as_deref();
        ended.help.push(format!(
            "correct the rows in the HR system, or in the file of dead letters and then: `dirsheet feed run {} --refeed {}{}`",
            desk.settings_word(),
            letters.map_or_else(|| "FILE".to_owned(), |path| whole_path(Path::new(path))),
            desk.context.place
        ));
    }
    if without_a_row > 0 {
        ended
            .help
            .push("the reasons say who of the missing people was not switched off, and why".to_owned());
    }
    ended
}

/// The first rows that need a person, for whoever watches.
fn told(letters: &[DeadLetter]) -> Vec<String> {
    let line = |letter: &DeadLetter| {
        let reasons: Vec<&str> = letter.doubts.iter().map(|doubt| doubt.reason.as_str()).collect();
        format!("row {}: {}", letter.row, reasons.join("; "))
    };
    let more = letters.len().saturating_sub(TOLD_MAX);
    let mut lines: Vec<String> = letters.iter().take(TOLD_MAX).map(line).collect();
    if more > 0 {
        lines.push(format!("and {more} more rows"));
    }
    lines
}

fn write_papers(
    desk: &Desk<'_>,
    plain: &PlainTable,
    decided: &Decided,
    letters: &[DeadLetter],
    night: &mut Night,
) -> Result<(), CliError> {
    let mut rows: Vec<SourceRow> = plain.table.rows().to_vec();
    rows.extend(plain.unreadable.iter().map(|one| one.row.clone()));
    rows.sort_by_key(SourceRow::row);
    let source = SourceTable::new(plain.table.columns().to_vec(), rows);
    let path = paper(desk, night, LETTERS)?;
    let stamp = refeeding::stamp(&night.stamp(), desk.arguments.dry_run);
    night.summary.papers.dead_letters = write_letters(&source, letters, &stamp, path)?;
    night.summary.papers.reasons = write_reasons(decided, letters, paper(desk, night, "reasons")?)?;
    Ok(())
}

/// Writes whom or what a refusal is about into the reasons of the night, where it leaves papers. One that cannot be written is no
/// other refusal.
pub fn write_told(desk: &Desk<'_>, told: Vec<Told>, night: &mut Night) {
    if told.is_empty() || (desk.arguments.dry_run && desk.arguments.report_dir.is_none()) {
        return;
    }
    let decided = Decided {
        told,
        ..Decided::default()
    };
    // A file that stays where it is is refused by every start: one file says so, and not one more every five minutes.
    let sha256 = night.summary.file_sha256.as_deref().unwrap_or_default();
    let short: String = sha256.chars().take(12).collect();
    let name = format!("{}-refused-{short}-reasons.csv", desk.loaded.feed.settings.name);
    let path = paper(desk, night, "reasons").map(|path| path.with_file_name(name));
    let written = path.and_then(|path| write_reasons(&decided, &[], path));
    match written {
        Ok(path) => night.summary.papers.reasons = path,
        Err(error) => night.remarks.push(format!(
            "whom it is about could not be written down: {}",
            error.message
        )),
    }
}

/// A file of the night, in the folder that was asked for or that of the feed.
///
/// # Errors
/// The folder cannot be made.
pub fn paper(desk: &Desk<'_>, night: &Night, what: &str) -> Result<PathBuf, CliError> {
    let name = &desk.loaded.feed.settings.name;
    let folder = match &desk.arguments.report_dir {
        Some(folder) if what != "sheet" => folder.clone(),
        _ => desk.state.root().join("feeds").join(name),
    };
    desk.state.make_folder(&folder).map_err(|error| {
        CliError::usage(format!("cannot make the folder `{}`: {error}", folder.display()))
    })?;
    Ok(folder.join(format!("{name}-{}-{what}.csv", night.stamp())))
}

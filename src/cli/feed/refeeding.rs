//! Dead letters that are fed again: how their file is read, and whether a newer file has said something else of their rows since.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::finishing::LETTERS;
use super::lifting::as_typed;
use super::night::{self, Night};
use super::opening::{Opened, file_name, whole_path};
use super::reading;
use super::run::Desk;
use super::source::{open_as, unusable};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::domain::shorten;
use crate::feed::{LETTER_COLUMNS, NIGHT_COLUMN, NightOutcome, stamp_of};
use crate::report::counted;
use crate::state::{self, Ledger};
use crate::table::{AskedEncoding, Certainty, ENCODING_GUESSED, PlainOptions, PlainTable};

const OF_A_NIGHT: &str = "night-";
const OF_A_DRY_RUN: &str = "dry-run-";

/// What stands in the letters of a night. Of a dry run no ledger knows, and its file was not taken.
pub fn stamp(night: &str, is_dry_run: bool) -> String {
    let word = if is_dry_run { OF_A_DRY_RUN } else { OF_A_NIGHT };
    format!("{word}{night}")
}

/// Opens a file of dead letters. It is in dirsheet's own words, or as a spreadsheet saved it, so the settings do not say how: not its
/// encoding, its delimiter or its worksheet. What nothing in it tells is not guessed at; but where the guess is what the HR
/// system writes as well, it is none.
///
/// What is told of the guess comes with it.
///
/// # Errors
/// It cannot be read, or nobody knows how its letters are encoded.
pub fn open(loaded: &Opened, path: &Path) -> Result<(PlainTable, Option<String>), CliError> {
    let own = loaded.feed.columns_read().into_iter();
    let options = PlainOptions {
        columns: own.chain(LETTER_COLUMNS).map(str::to_owned).collect(),
        ..PlainOptions::default()
    };
    let of_source = reading::options(loaded).ok().and_then(|source| source.encoding);
    let plain = PlainTable::open(path, &options).map_err(|error| unusable(path, error.findings()))?;
    let (encoding, certainty) = plain.encoding();
    let is_guess = certainty == Certainty::Guess;
    if is_guess && let Some(told) = of_source.filter(|told| told.to_string() == encoding) {
        return open_as(&encoded(told, options), path).map(|plain| (plain, None));
    }
    let guessed = plain
        .findings
        .iter()
        .find(|finding| finding.rule == ENCODING_GUESSED);
    let unknown = |why: &str| {
        CliError::new(
            Exit::SheetErrors,
            format!("how the letters of `{}` are encoded is not known: {why}; nothing was written", file_name(path)),
        )
        .hint("save the file as `CSV UTF-8 (comma delimited)` or as .xlsx, from the file that the night wrote; in `CSV (Comma delimited)` letters are lost")
    };
    if let Some(guessed) = guessed {
        if is_guess {
            return Err(unknown(&guessed.message));
        }
        // Two that say otherwise, and both make letters of it: whoever saved it may have had either.
        let told = of_source.and_then(|told| open_as(&encoded(told, options), path).ok());
        if let Some(told) = told.filter(|told| told.table != plain.table) {
            return Err(unknown(&format!(
                "its letters are others in {encoding}, which they look like, and in {}, which `source.encoding` names",
                told.encoding().0
            )));
        }
    }
    match plain.is_usable() {
        true => {
            let told = guessed.map(|guessed| guessed.message.clone());
            Ok((plain, told))
        }
        false => Err(unusable(path, &plain.findings)),
    }
}

fn encoded(encoding: AskedEncoding, options: PlainOptions) -> PlainOptions {
    PlainOptions {
        encoding: Some(encoding),
        ..options
    }
}

/// Of which night rows are, as far as their stamp tells.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    /// A newer file has been taken since.
    Overtaken(String),
    /// A dry run.
    DryRun,
    /// None that the ledger knows.
    Unknown,
    /// There is no stamp.
    Nothing,
}

/// Whether the file is one of dead letters, and of a night after which no newer file was taken or written: all cells of its rows are
/// written, also over what a newer file said since. `--again` lets them pass. What stands in a cell is told on this machine alone.
///
/// # Errors
/// It is none, or rows of it are of an earlier night or of one that is not known.
pub fn check(
    desk: &Desk<'_>,
    plain: &PlainTable,
    ledger: &Ledger,
    night: &mut Night,
) -> Result<(), CliError> {
    let own = LETTER_COLUMNS.into_iter().filter(|name| *name != NIGHT_COLUMN);
    let lacking: Vec<&str> = own.filter(|name| plain.table.column(name).is_none()).collect();
    if !lacking.is_empty() {
        night.if_it_fails = Some(NightOutcome::Failed);
        return Err(CliError::new(
            Exit::SheetErrors,
            format!(
                "the file is none of dead letters: it lacks `{}`; nothing was written",
                lacking.join("` and `")
            ),
        )
        .hint("`--refeed` takes a corrected file of dead letters alone; `--file` takes any other"));
    }
    let last = newest(desk, ledger)?;
    let column = plain.table.column(NIGHT_COLUMN);
    let mut stamps: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for row in plain.table.rows() {
        let stamp = column.map_or("", |at| row.cell(at).trim());
        stamps.entry(stamp).or_default().push(row.row());
    }
    let mut old: BTreeMap<Of, Vec<u64>> = BTreeMap::new();
    let mut here: Vec<String> = Vec::new();
    for (stamp, rows) in stamps {
        if let Some(of) = of(stamp, last.as_ref(), ledger)? {
            if of == Of::Unknown {
                here.push(format!("`{}` ({})", shorten(stamp), numbers(&rows)));
            }
            old.entry(of).or_default().extend(rows);
        }
    }
    if old.is_empty() {
        return Ok(());
    }
    let told: Vec<String> = old
        .iter_mut()
        .map(|(of, rows)| {
            rows.sort_unstable();
            in_words(of, rows)
        })
        .collect();
    let told = format!("{}, and {}", newest_in_words(last.as_ref()), told.join("; "));
    if let Some(last) = &last {
        let name = file_name(&last.file.path);
        night
            .summary
            .help_here
            .push(format!("the file of {:.0}: `{name}`", last.started_at));
    }
    if !here.is_empty() {
        let more = here.len().saturating_sub(ROWS_SHOWN);
        here.truncate(ROWS_SHOWN);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let told = format!("in `{NIGHT_COLUMN}` stands {}{more}", here.join(", "));
        night.summary.help_here.push(told);
    }
    if desk.arguments.again {
        night.remarks.push(format!(
            "`--again` lets rows pass that a newer file may have said otherwise of: {told}"
        ));
        return Ok(());
    }
    night.if_it_fails = Some(NightOutcome::Refused);
    let refeed = desk
        .arguments
        .refeed
        .as_deref()
        .map_or_else(String::new, whole_path);
    Err(CliError::new(
        Exit::GuardRefused,
        format!("the rows would be written over what a newer file has said since: {told}; nothing was written"),
    )
    .hint(take_from(desk, last.as_ref()))
    .hint(format!(
        "if they are right all the same: `dirsheet feed run {} --refeed {refeed} --again{}` writes all cells of these rows",
        desk.settings_word(),
        as_typed(desk)
    )))
}

/// The night that says last what the directory holds: whose file was taken, which wrote, or whose sheet a person has applied.
fn newest(desk: &Desk<'_>, ledger: &Ledger) -> Result<Option<state::Night>, CliError> {
    let mut newest = ledger.last_taken_or_written()?;
    let feed = &desk.loaded.feed.settings.name;
    for run in desk.state.list_runs()? {
        // All runs were found readable when the start looked for what was taken back.
        let Ok(overview) = run.overview else { continue };
        let Some((from, until)) = stamp_of(&overview.sheet, feed).and_then(moment) else {
            continue;
        };
        if let Some(night) = ledger.night_begun(from, until)?
            && !ledger.is_refeed(night.id)?
            && newest.as_ref().is_none_or(|newest| newest.id < night.id)
        {
            newest = Some(night);
        }
    }
    Ok(newest)
}

fn newest_in_words(last: Option<&state::Night>) -> String {
    match last {
        None => "in this state folder the feed has taken no file".to_owned(),
        Some(last) if last.processed => {
            format!("the file of {:.0} is the last that was taken", last.started_at)
        }
        Some(last) => format!(
            "the file of {:.0} is the last of which something was written",
            last.started_at
        ),
    }
}

/// What stands in the way of rows with this stamp.
fn of(stamp: &str, last: Option<&state::Night>, ledger: &Ledger) -> Result<Option<Of>, CliError> {
    if stamp.is_empty() {
        // Of a feed that has taken no file nothing can have been overtaken.
        return Ok(last.map(|_| Of::Nothing));
    }
    if stamp.starts_with(OF_A_DRY_RUN) {
        return Ok(Some(Of::DryRun));
    }
    let known = match stamp.strip_prefix(OF_A_NIGHT).and_then(moment) {
        Some((from, until)) => ledger.night_begun(from, until)?,
        None => None,
    };
    // Where nothing was taken, it is a night of another state folder.
    let Some(known) = known else {
        return Ok(Some(Of::Unknown));
    };
    // The same content, taken once more, says the same.
    let is_overtaken = last.is_some_and(|last| last.id > known.id && last.file.sha256 != known.file.sha256);
    Ok(is_overtaken.then(|| Of::Overtaken(format!("{:.0}", known.started_at))))
}

/// The millisecond in which the night of a stamp began.
fn moment(stamp: &str) -> Option<(Timestamp, Timestamp)> {
    let (second, millis) = stamp.rsplit_once('-')?;
    let second = DateTime::strptime("%Y%m%d-%H%M%S", second).ok()?;
    let second = TimeZone::UTC.to_timestamp(second).ok()?;
    let from = second + SignedDuration::from_millis(millis.parse::<u16>().ok()?.into());
    let is_own = night::stamp(from) == stamp;
    is_own.then(|| (from, from + SignedDuration::from_millis(1)))
}

/// So many rows are named; the others are counted.
const ROWS_SHOWN: usize = 10;

/// `row 2`, or `rows 2, 3 and 4 more`.
fn numbers(rows: &[u64]) -> String {
    let shown: Vec<String> = rows.iter().take(ROWS_SHOWN).map(u64::to_string).collect();
    let more = match rows.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let word = if rows.len() == 1 { "row" } else { "rows" };
    format!("{word} {}{more}", shown.join(", "))
}

fn in_words(of: &Of, rows: &[u64]) -> String {
    let count = counted(rows.len() as u64, "row is", "rows are");
    let rows = format!("{count} ({})", numbers(rows));
    match of {
        Of::Overtaken(at) => format!("{rows} of the night of {at}"),
        Of::DryRun => format!("{rows} of a dry run, whose file was not taken"),
        Of::Unknown => format!("{rows} of no night that this feed knows, by `{NIGHT_COLUMN}`"),
        Of::Nothing => format!("{rows} of a night that nobody knows, without a word in `{NIGHT_COLUMN}`"),
    }
}

/// Where the same rows stand as the newest file says them.
fn take_from(desk: &Desk<'_>, last: Option<&state::Night>) -> String {
    let Some(last) = last else {
        return "if the nights of the feed have another state folder, name it with `--state-dir`".to_owned();
    };
    if !last.processed {
        return "the file that was written of was not taken: wait for a night that takes one, and take the rows from its dead letters".to_owned();
    }
    let at = format!("the night of {:.0}", last.started_at);
    if last.counts.get("dead_letters") == Some(&0) {
        return format!(
            "{at} left no dead letters: whatever of these rows is wrong still, correct in the HR system, and wait for the next night"
        );
    }
    let name = &desk.loaded.feed.settings.name;
    let sheet = format!("{name}-{}-{LETTERS}.csv", night::stamp(last.started_at));
    let beside = desk.arguments.refeed.as_deref().and_then(Path::parent);
    let folders = [
        Some(desk.state.root().join("feeds").join(name)),
        desk.arguments.report_dir.clone(),
        beside.map(Path::to_owned),
    ];
    let mut places = folders.into_iter().flatten().map(|folder| folder.join(&sheet));
    match places.find(|place| place.exists()) {
        Some(place) => format!(
            "take the rows from the dead letters of {at}, correct them there and feed that file: `{}`; who is not in it needs nobody any more",
            whole_path(&place)
        ),
        None => format!(
            "take the rows from the dead letters of {at}, correct them there and feed that file; it is called `{sheet}`, and lay in the folder of its `--report-dir`"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_tells_the_millisecond_of_its_night_and_nothing_else_does() {
        let at: Timestamp = "2026-11-30T02:00:00.123456Z".parse().unwrap();
        let told = stamp(&night::stamp(at), false);
        assert_eq!(told, "night-20261130-020000-123");
        let told = told.strip_prefix(OF_A_NIGHT).unwrap();
        let (from, until) = moment(told).unwrap();
        assert!(from <= at && at < until);
        for other in [
            "",
            "night-20261130-020000-123",
            "20261130-020000",
            "20261130-020000-1",
            "20261130-020000-1234",
            "20269930-020000-123",
            "dry-run-20261130-020000-123",
        ] {
            assert_eq!(moment(other), None, "{other}");
        }
    }
}

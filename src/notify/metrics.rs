//! A text file for the collector of Prometheus' node exporter.
//! <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>

use std::io;
use std::path::Path;

use super::{failed, told};
use crate::feed::{NightOutcome, NightSummary, NoticeResult};

/// Every outcome has a gauge, so that a rule can ask for one that never came.
const OUTCOMES: [NightOutcome; 11] = [
    NightOutcome::Written,
    NightOutcome::Unchanged,
    NightOutcome::NeedsPerson,
    NightOutcome::NoFile,
    NightOutcome::SeenBefore,
    NightOutcome::Refused,
    NightOutcome::GuardRefused,
    NightOutcome::Waiting,
    NightOutcome::Unfinished,
    NightOutcome::Failed,
    NightOutcome::Shown,
];

const LAST_GOOD: &str = "dirsheet_feed_last_success_timestamp_seconds";

/// Writes the file whole: the collector sees the old one or the new one.
pub(super) fn write(path: &Path, night: &NightSummary) -> NoticeResult {
    if path.extension().is_none_or(|extension| extension != "prom") {
        return failed(
            "metrics",
            format!("`{}` must end in .prom, or nobody collects it", path.display()),
        );
    }
    let before = std::fs::read_to_string(path).unwrap_or_default();
    let text = text(night, last_good(&before, &night.feed));
    match replace(path, &text) {
        Ok(()) => told("metrics"),
        Err(error) => failed(
            "metrics",
            format!(
                "`{}` could not be written: {error}; the file of the last night may still be there",
                path.display()
            ),
        ),
    }
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    // The collector reads no name that ends otherwise.
    let draft = path.with_extension(format!("prom.{}.tmp", std::process::id()));
    let written = std::fs::write(&draft, text)
        .and_then(|()| readable(&draft))
        .and_then(|()| std::fs::rename(&draft, path));
    if written.is_err() {
        // It may never have been there.
        let _gone = std::fs::remove_file(&draft);
    }
    written
}

/// The collector is another account, and the figures are nobody's secret.
#[cfg(unix)]
fn readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// When the feed last went well, as the file of the night before says.
fn last_good(text: &str, feed: &str) -> Option<String> {
    let start = format!("{LAST_GOOD}{{feed=\"{}\"}} ", label(feed));
    text.lines()
        .find_map(|line| line.strip_prefix(&start))
        .filter(|value| value.parse::<f64>().is_ok_and(f64::is_finite))
        .map(str::to_owned)
}

pub(super) fn text(night: &NightSummary, last_good: Option<String>) -> String {
    let feed = label(&night.feed);
    let ended = night.started_at.as_second() + i64::try_from(night.seconds).unwrap_or(0);
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, value: String| {
        text.push_str(&format!(
            "# HELP {name} {help}\n# TYPE {name} gauge\n{name}{{feed=\"{feed}\"}} {value}\n"
        ));
    };
    gauge(
        "dirsheet_feed_last_run_timestamp_seconds",
        "When the last night of the feed ended.",
        ended.to_string(),
    );
    let is_good = matches!(
        night.outcome,
        NightOutcome::Written | NightOutcome::Unchanged | NightOutcome::NeedsPerson
    );
    let last_good = if is_good {
        Some(ended.to_string())
    } else {
        last_good
    };
    if let Some(value) = last_good {
        gauge(
            LAST_GOOD,
            "When a file was last processed to its end. A night without a file does not count.",
            value,
        );
    }
    gauge(
        "dirsheet_feed_duration_seconds",
        "How long the last night took.",
        night.seconds.to_string(),
    );
    gauge(
        "dirsheet_feed_exit_code",
        "The exit code of the last night.",
        night.exit.to_string(),
    );
    gauge(
        "dirsheet_feed_repeats",
        "How many starts have ended as the last one did, one for a first.",
        night.times.to_string(),
    );
    let counts = &night.counts;
    for (name, help, number) in [
        ("rows", "Rows of the file.", counts.rows),
        (
            "people",
            "People of the directory whom a row is about.",
            counts.people,
        ),
        ("joiners", "People who are new.", counts.joiners),
        ("leavers", "People who have left.", counts.leavers),
        (
            "missing",
            "People who hold a key and are not in the file.",
            counts.missing,
        ),
        ("changed", "People of whom something differs.", counts.changed),
        (
            "left_alone",
            "People who are synced, restricted or guests, differ, and are left alone.",
            counts.left_synced + counts.left_restricted + counts.left_guests,
        ),
        (
            "taken_back",
            "Cells, numbers and accounts that a person took back, that the file says again and that were not written.",
            counts.taken_back,
        ),
        ("dead_letters", "Rows that need a person.", counts.dead_letters),
        ("users_written", "Users the run wrote to.", counts.users_written),
        (
            "users_failed",
            "Users the run could not write to.",
            counts.users_failed,
        ),
        (
            "refusals",
            "Thresholds that were passed.",
            night.refusals.len() as u64,
        ),
        ("requests", "Requests that were sent.", counts.requests),
    ] {
        gauge(&format!("dirsheet_feed_{name}"), help, number.to_string());
    }
    text.push_str(
        "# HELP dirsheet_feed_outcome 1 for how the last night ended, 0 for every other way.\n# TYPE dirsheet_feed_outcome gauge\n",
    );
    for outcome in OUTCOMES {
        let value = u8::from(outcome == night.outcome);
        text.push_str(&format!(
            "dirsheet_feed_outcome{{feed=\"{feed}\",outcome=\"{}\"}} {value}\n",
            outcome.as_str()
        ));
    }
    text
}

/// The value of a label.
fn label(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

//! How everybody was read, in words and for programs.

use serde_json::{Value as Json, json};

use super::output::Output;
use crate::domain::ReadingWay;
use crate::engine::{KeptReading, ReadingTold};
use crate::report::counted;

/// For people; a small directory needs no words.
pub(super) fn tell(output: Output, told: &ReadingTold, users: u64) {
    if let Some(why) = &told.why_not_refreshed {
        output.say(&format!("Read everybody: {why}."));
    }
    match told.way {
        ReadingWay::Pages if told.pace.is_none() => return,
        ReadingWay::Pages => output.say("Read one page after another."),
        ReadingWay::Ranges => {
            let together = told.pace.map_or(1, |pace| pace.most_together);
            let limit = told.limit.map_or("", |limit| limit.in_words());
            let kept = match told.kept {
                0 => String::new(),
                kept => format!(", {kept} of them kept from an export that was broken off"),
            };
            output.say(&format!(
                "Read in {}{kept}, up to {together} pages at once, in {:.1} s; not faster, because {limit}.",
                counted(told.ranges as u64, "range of names", "ranges of names"),
                told.reading.as_secs_f64(),
            ));
        }
        ReadingWay::Refresh => {
            let from = told
                .refreshed
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            output.say(&format!(
                "Brought {from} up to date instead of reading everybody: {}, in {:.1} s (`--full` reads everybody).",
                counted(told.changed, "user has changed", "users have changed"),
                told.reading.as_secs_f64(),
            ));
        }
    }
    if let Some(why) = &told.why_pages {
        output.say(&format!("Not in ranges of names: {why}."));
    }
    match (&told.why_not_exact, told.moment) {
        (None, Some(moment)) => {
            let meanwhile = match (told.way, told.changed) {
                (ReadingWay::Refresh, _) | (_, 0) => String::new(),
                (_, changed) => format!(
                    ", with {} meanwhile",
                    counted(changed, "user who changed", "users who changed")
                ),
            };
            output.say(&format!("Everybody as of {moment}{meanwhile}."));
        }
        (why, _) => output.say(&format!(
            "Not exact, because changes made during the reading may be missing: {}.",
            why.as_deref().unwrap_or("no reason is known")
        )),
    }
    if !told.not_covered.is_empty() {
        output.say(&format!(
            "As they were when each user was read, because the service does not tell their changes: {}.",
            told.not_covered.join(", ")
        ));
    }
    match told.counted {
        Some(count) if count != users => output.say(&format!(
            "The service counts {count} users, in an index that may lag behind."
        )),
        _ => {}
    }
}

/// For programs.
pub(super) fn reading_json(told: &ReadingTold) -> Json {
    json!({
        "way": told.way.as_str(),
        "exact": told.exact,
        "why_not_exact": told.why_not_exact,
        "why_pages": told.why_pages,
        "moment": told.moment,
        "not_covered": told.not_covered,
        "changed": told.changed,
        "counted": told.counted,
        "ranges": told.ranges,
        "ranges_kept": told.kept,
        "refreshed": told.refreshed,
        "why_not_refreshed": told.why_not_refreshed,
        "pages": told.pace.map(|pace| pace.pages),
        "pages_together": told.pace.map(|pace| pace.most_together),
        "throttled": told.pace.map(|pace| pace.throttled),
        "limit": told.limit.map(|limit| limit.as_str()),
        "seconds": (told.reading.as_secs_f64() * 1e3).round() / 1e3,
    })
}

/// What an export that was broken off leaves.
pub(super) fn tell_kept(output: Output, kept: KeptReading) {
    output.say(&format!(
        "About {} of {} users are kept; the same export goes on from there until {}.",
        kept.users, kept.of, kept.until
    ));
}

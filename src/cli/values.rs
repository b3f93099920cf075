//! From the text of a flag to its value, and from a mistake to a sentence.

use std::time::Duration;

use super::args::RowRange;
use crate::domain::{ConflictPolicy, Limit, Permission};
use crate::table::{Delimiter, Guard};

pub(super) fn delimiter(text: &str) -> Result<Delimiter, String> {
    text.parse::<Delimiter>().map_err(|error| error.to_string())
}

pub(super) fn guard(text: &str) -> Result<Guard, String> {
    text.parse::<Guard>().map_err(|error| error.to_string())
}

pub(super) fn limit(text: &str) -> Result<Limit, String> {
    Limit::parse(text)
}

pub(super) fn permission(text: &str) -> Result<Permission, String> {
    let known = Permission::NAMES.iter().find(|(name, _)| *name == text);
    known.map(|(_, permission)| *permission).ok_or_else(|| {
        let names: Vec<&str> = Permission::NAMES.iter().map(|(name, _)| *name).collect();
        format!("it can be {}", names.join(", "))
    })
}

pub(super) fn conflicts(text: &str) -> Result<ConflictPolicy, String> {
    match text {
        "stop" => Ok(ConflictPolicy::Stop),
        "skip" => Ok(ConflictPolicy::Skip),
        "mine" => Ok(ConflictPolicy::Mine),
        _ => Err("it can be stop, skip or mine".to_owned()),
    }
}

/// `7` or `5-9`.
pub(super) fn row_range(text: &str) -> Result<RowRange, String> {
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let ends = match text.split_once('-') {
        Some((first, last)) => number(first).zip(number(last)),
        None => number(text).map(|row| (row, row)),
    };
    match ends {
        Some((first, last)) if first <= last => Ok(RowRange { first, last }),
        _ => Err(format!(
            "`{text}` is not a row or a range of rows; write them like `2,5-9`"
        )),
    }
}

/// `90s`, `30m`, `2h`, `1h30m`; a bare number is seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let problem = || format!("`{text}` is not a duration; write it like `90s`, `30m` or `2h`");
    if let Ok(seconds) = text.parse::<u64>() {
        return Ok(Duration::from_secs(seconds));
    }
    let span: jiff::SignedDuration = text.parse().map_err(|_| problem())?;
    Duration::try_from(span).map_err(|_| problem())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_read_with_units_or_as_seconds() {
        for (text, seconds) in [
            ("90", 90),
            ("90s", 90),
            ("30m", 1800),
            ("2h", 7200),
            ("1h30m", 5400),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "soon", "-5s", "2 parsecs"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}

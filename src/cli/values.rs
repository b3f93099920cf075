//! From the text of a flag to its value, and from a mistake to a sentence.

use std::num::IntErrorKind;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::args::RowRange;
use crate::catalogue::{self, Attribute};
use crate::domain::{ConflictPolicy, FingerprintPrefix, Limit, Permission, is_web_address, parse_age};
use crate::feed::nearest;
use crate::table::{AskedEncoding, Delimiter, Guard};

pub(super) fn delimiter(text: &str) -> Result<Delimiter, String> {
    text.parse::<Delimiter>().map_err(|error| error.to_string())
}

pub(super) fn encoding(text: &str) -> Result<AskedEncoding, String> {
    text.parse()
}

pub(super) fn guard(text: &str) -> Result<Guard, String> {
    text.parse::<Guard>().map_err(|error| error.to_string())
}

pub(super) fn limit(text: &str) -> Result<Limit, String> {
    Limit::parse(text)
}

/// A column by name or label in any case; what is unknown stays as it is, and whoever needs it says so.
pub(super) fn column(text: &str) -> Result<String, std::convert::Infallible> {
    let text = text.trim();
    let known = catalogue::all().find(|attribute| {
        attribute.name.eq_ignore_ascii_case(text) || attribute.label.eq_ignore_ascii_case(text)
    });
    Ok(known.map_or(text, |attribute| attribute.name).to_owned())
}

/// An attribute that users can be found by.
pub(super) fn key(text: &str) -> Result<&'static Attribute, String> {
    catalogue::key_attribute(text.trim()).ok_or_else(|| {
        format!(
            "it can be {}; only what the directory can be asked for directly finds a user",
            catalogue::KEY_NAMES.join(", ")
        )
    })
}

/// A limit for failures: at least one.
pub(super) fn failures(text: &str) -> Result<Limit, String> {
    match Limit::parse(text)? {
        Limit::Users(0) | Limit::Percent(0) => {
            Err("a run that may not fail at all stops at the first failure: write `1`".to_owned())
        }
        limit => Ok(limit),
    }
}

/// A permission of Microsoft Graph that a column or an action has a use for, in any case.
pub(super) fn app_permission(text: &str) -> Result<String, String> {
    let of_columns = catalogue::all().flat_map(|attribute| {
        [attribute.read_permission, attribute.write_permission]
            .into_iter()
            .flat_map(|one| one.least.iter().copied().flatten().chain(one.also).copied())
    });
    let mut known = crate::sandbox::PRACTICE_ROLES.into_iter().chain(of_columns);
    let found = known.find(|name| name.eq_ignore_ascii_case(text.trim()));
    found.map(str::to_owned).ok_or_else(|| {
        "no column and no action needs such a permission; `docs/attributes.md` names them".to_owned()
    })
}

pub(super) fn permission(text: &str) -> Result<Permission, String> {
    let known = Permission::NAMES.iter().find(|(name, _)| *name == text);
    known.map(|(_, permission)| *permission).ok_or_else(|| {
        let names: Vec<&str> = Permission::NAMES.iter().map(|(name, _)| *name).collect();
        let meant = nearest(text, names.iter().copied());
        let meant = meant.map_or_else(String::new, |name| format!("did you mean `{name}`? "));
        format!("{meant}It can be {}", names.join(", "))
    })
}

/// A whole number of whatever size.
pub(super) fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| "write a whole number, and not a very large one".to_owned())
}

/// A count that means nothing when it is 0.
pub(super) fn at_least_one(text: &str) -> Result<u64, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "write a whole number, 1 or more".to_owned())
}

/// Where a guest can be sent to.
pub(super) fn web_address(text: &str) -> Result<String, String> {
    let text = text.trim();
    is_web_address(text)
        .then(|| text.to_owned())
        .ok_or_else(|| "write a whole web address that begins with https://".to_owned())
}

pub(super) fn fingerprint(text: &str) -> Result<FingerprintPrefix, String> {
    FingerprintPrefix::parse(text)
}

/// How old a plan may be: at least a moment, and in days as well.
pub(super) fn age(text: &str) -> Result<jiff::SignedDuration, String> {
    parse_age(text)
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

/// More is a slip of the keyboard, and a clock may not reach so far.
const DURATION_MAX: Duration = Duration::from_secs(30 * 86_400);

/// `90s`, `30m`, `2h`, `1h30m`; a bare number is seconds. At most 30 days.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let problem = || format!("`{text}` is not a duration; write it like `90s`, `30m` or `2h`");
    let duration = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Duration::MAX,
        Err(_) => {
            let span: jiff::SignedDuration = text.parse().map_err(|_| problem())?;
            Duration::try_from(span).map_err(|_| problem())?
        }
    };
    if duration > DURATION_MAX {
        return Err(format!(
            "`{text}` is too long; it can be 30 days (`720h`) at most"
        ));
    }
    Ok(duration)
}

/// The address that the practice directory listens on.
pub(super) fn loopback(text: &str) -> Result<std::net::SocketAddr, String> {
    text.parse().map_err(|_| {
        format!("`{text}` is no address with a port; write it like `127.0.0.1:8080`, or `127.0.0.1:0` for any free port")
    })
}

/// Milliseconds of the practice directory, as far as a duration may go.
pub(super) fn milliseconds(text: &str) -> Result<u64, String> {
    let number: u64 = text
        .parse()
        .map_err(|_| format!("`{text}` is not a number of milliseconds"))?;
    if Duration::from_millis(number) > DURATION_MAX {
        return Err(format!(
            "`{text}` is too long; it can be 2592000000 (30 days) at most"
        ));
    }
    Ok(number)
}

/// `--passwords` of an `undo`, which shares the flags of `apply`.
pub(super) fn no_passwords(_: &str) -> Result<PathBuf, String> {
    Err("an undo sets no passwords; leave the flag out".to_owned())
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
            ("0", 0),
            ("720h", 2_592_000),
            ("2592000", 2_592_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "soon", "-5s", "2 parsecs"] {
            let told = duration(text).unwrap_err();
            assert!(told.contains("is not a duration"), "{told}");
        }
    }

    #[test]
    fn a_duration_no_clock_should_reach_is_refused_in_words() {
        for text in [
            "2592001",
            "720h1s",
            "1000000h",
            "9223372036854775807s",
            "18446744073709551615",
            "99999999999999999999999",
        ] {
            let told = duration(text).unwrap_err();
            assert_eq!(
                told,
                format!("`{text}` is too long; it can be 30 days (`720h`) at most")
            );
        }
        assert_eq!(milliseconds("2592000000"), Ok(2_592_000_000));
        for (text, reason) in [
            ("2592000001", "is too long"),
            ("18446744073709551615", "is too long"),
            ("-1", "is not a number of milliseconds"),
            ("1s", "is not a number of milliseconds"),
        ] {
            let told = milliseconds(text).unwrap_err();
            assert!(told.contains(reason), "{told}");
        }
    }
}

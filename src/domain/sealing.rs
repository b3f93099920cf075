//! What ties an apply to the plan that was reviewed: the plan's fingerprint, and how old a plan file may be.

use super::{PlanSummary, Sourced};

/// The fewest digits that name a plan: 48 bits, so that nobody makes another plan with the same ones by accident.
pub const FINGERPRINT_DIGITS_MIN: usize = 12;
/// A SHA-256 in hex.
const FINGERPRINT_DIGITS: usize = 64;

/// The beginning of a fingerprint, or all of it, as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FingerprintPrefix(String);

impl FingerprintPrefix {
    /// Twelve hex digits or more, in any case.
    ///
    /// # Errors
    /// A sentence that says what is allowed.
    pub fn parse(text: &str) -> Result<FingerprintPrefix, String> {
        let text = text.trim();
        let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex || !(FINGERPRINT_DIGITS_MIN..=FINGERPRINT_DIGITS).contains(&text.len()) {
            return Err(format!(
                "a fingerprint has {FINGERPRINT_DIGITS} hex digits, and its first {FINGERPRINT_DIGITS_MIN} are enough; `dirsheet plan SHEET --fingerprint` prints it"
            ));
        }
        Ok(FingerprintPrefix(text.to_ascii_lowercase()))
    }

    /// Whether a plan's fingerprint begins so.
    pub fn matches(&self, fingerprint: &str) -> bool {
        fingerprint.starts_with(&self.0)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How long a plan file may be used, and from how many users on `apply --interactive` wants their number typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealing {
    /// A plan file that is older is refused.
    pub max_age: Sourced<jiff::SignedDuration>,
    /// A plan that changes more users is confirmed by typing how many.
    pub typed_over: Sourced<u64>,
}

impl Default for Sealing {
    fn default() -> Sealing {
        Sealing {
            // Long enough for a holiday week between review and apply, short enough that nobody finds a forgotten plan.
            max_age: Sourced::default_value(jiff::SignedDuration::from_hours(7 * 24)),
            typed_over: Sourced::default_value(50),
        }
    }
}

/// Clocks of two computers differ; a plan from so far ahead is still one of today.
const CLOCKS_DIFFER_MAX: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// Why a plan file may not be used any more, or not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongAge {
    TooOld { age: jiff::SignedDuration },
    FromTheFuture { ahead: jiff::SignedDuration },
}

/// Whether a plan made at `created_at` may be used at `now`. A plan exactly as old as the limit may.
///
/// # Errors
/// How old it is, or how far ahead.
pub fn check_age(
    created_at: jiff::Timestamp,
    now: jiff::Timestamp,
    max_age: jiff::SignedDuration,
) -> Result<(), WrongAge> {
    let age = now.duration_since(created_at);
    if age < -CLOCKS_DIFFER_MAX {
        Err(WrongAge::FromTheFuture { ahead: -age })
    } else if age > max_age {
        Err(WrongAge::TooOld { age })
    } else {
        Ok(())
    }
}

/// A limit that no plan ever reaches is none, and mostly a slip.
const AGE_MAX: jiff::SignedDuration = jiff::SignedDuration::from_hours(3650 * 24);

/// `45s`, `30m`, `24h`, `7d`, or several of them together (`1d12h`); more than nothing.
///
/// # Errors
/// A sentence that says how to write it.
pub fn parse_age(text: &str) -> Result<jiff::SignedDuration, String> {
    let problem = || format!("`{text}` is not a length of time; write it like `30m`, `24h` or `7d`");
    let trimmed = text.trim();
    let (days, rest) = match trimmed.split_once('d') {
        Some((days, rest)) => (days.trim().parse::<u32>().map_err(|_| problem())?, rest.trim()),
        None => (0, trimmed),
    };
    let rest = match rest {
        "" if trimmed.contains('d') => jiff::SignedDuration::ZERO,
        rest => rest.parse::<jiff::SignedDuration>().map_err(|_| problem())?,
    };
    let whole = jiff::SignedDuration::from_hours(i64::from(days) * 24).checked_add(rest);
    if whole.is_some_and(|whole| whole > AGE_MAX) {
        return Err(format!(
            "`{text}` is too long; it can be 10 years (`3650d`) at most"
        ));
    }
    whole
        .filter(|whole| whole.is_positive() && !rest.is_negative())
        .ok_or_else(problem)
}

/// A length of time in the two largest units that matter: `9 days 4 h`, `3 h 20 min`, `45 s`.
pub fn age_in_words(age: jiff::SignedDuration) -> String {
    let seconds = age.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let two = |first: String, second: i64, unit: &str| match second {
        0 => first,
        second => format!("{first} {second} {unit}"),
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => two(format!("{minutes} min"), seconds % 60, "s"),
        (0, hours, minutes) => two(format!("{hours} h"), minutes, "min"),
        (1, hours, _) => two("1 day".to_owned(), hours, "h"),
        (days, hours, _) => two(format!("{days} days"), hours, "h"),
    }
}

/// What a person must answer before a plan is carried out with `--interactive`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// The word yes.
    Yes,
    /// How many users are changed.
    Count(u64),
}

impl Consent {
    /// What this plan needs.
    pub fn needed(summary: &PlanSummary, typed_over: u64) -> Consent {
        if summary.users_changed > typed_over {
            Consent::Count(summary.users_changed)
        } else {
            Consent::Yes
        }
    }

    /// Whether an answer gives it. A count must be the very number; whoever types `yes` there has not counted.
    pub fn is_given_by(self, answer: &str) -> bool {
        let answer = answer.trim();
        match self {
            Consent::Yes => answer.eq_ignore_ascii_case("yes"),
            Consent::Count(users) => {
                answer.bytes().all(|byte| byte.is_ascii_digit()) && answer.parse() == Ok(users)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;

    #[test]
    fn a_fingerprint_is_named_by_twelve_digits_or_more() {
        let whole = "0123456789abcdef".repeat(4);
        for digits in [12, 13, 63, 64] {
            let typed = FingerprintPrefix::parse(&whole[..digits].to_uppercase()).unwrap();
            assert!(typed.matches(&whole), "{digits}");
            assert!(!typed.matches(&"f".repeat(64)), "{digits}");
        }
        let longer = format!("{whole}0");
        for text in ["", &whole[..11], &longer, "0123456789ag", "0123456789-abc"] {
            assert!(FingerprintPrefix::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_plan_is_used_up_to_its_limit_and_not_before_it_was_made() {
        let made: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let day = SignedDuration::from_hours(24);
        let second = SignedDuration::from_secs(1);
        let minutes = SignedDuration::from_mins(5);
        for (later, expected) in [
            (SignedDuration::ZERO, Ok(())),
            (day, Ok(())),
            (day + second, Err(WrongAge::TooOld { age: day + second })),
            (-minutes, Ok(())),
            (
                -minutes - second,
                Err(WrongAge::FromTheFuture {
                    ahead: minutes + second,
                }),
            ),
        ] {
            assert_eq!(check_age(made, made + later, day), expected, "{later}");
        }
    }

    #[test]
    fn an_age_has_days_as_well() {
        for (text, seconds) in [
            ("7d", 604_800),
            ("1d12h", 129_600),
            ("1d 12h", 129_600),
            ("24h", 86_400),
            ("90s", 90),
            ("30m", 1_800),
        ] {
            assert_eq!(parse_age(text), Ok(SignedDuration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "d",
            "7",
            "0h",
            "0d",
            "-1h",
            "soon",
            "1d-30h",
            "2d-1h",
            "-1d",
            "3651d",
            "4000000000d",
            "90000h",
        ] {
            assert!(parse_age(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_age_is_told_in_its_two_largest_units() {
        for (seconds, words) in [
            (0, "0 s"),
            (45, "45 s"),
            (80, "1 min 20 s"),
            (3_600, "1 h"),
            (12_000, "3 h 20 min"),
            (86_400, "1 day"),
            (86_400 * 9 + 4 * 3_600 + 59, "9 days 4 h"),
        ] {
            assert_eq!(age_in_words(SignedDuration::from_secs(seconds)), words);
        }
    }

    #[test]
    fn a_large_plan_needs_its_number_typed() {
        let of = |users_changed| PlanSummary {
            users_changed,
            ..PlanSummary::default()
        };
        assert_eq!(Consent::needed(&of(50), 50), Consent::Yes);
        assert_eq!(Consent::needed(&of(51), 50), Consent::Count(51));
        for (consent, answer, given) in [
            (Consent::Yes, "yes\n", true),
            (Consent::Yes, "Yes", true),
            (Consent::Yes, "y", false),
            (Consent::Yes, "", false),
            (Consent::Count(214), "214\r\n", true),
            (Consent::Count(214), " 214 ", true),
            (Consent::Count(214), "yes", false),
            (Consent::Count(214), "213", false),
            (Consent::Count(214), "+214", false),
            (Consent::Count(214), "21 4", false),
            (Consent::Count(214), "", false),
        ] {
            assert_eq!(consent.is_given_by(answer), given, "{consent:?} {answer:?}");
        }
    }
}

//! Times of the day, as people and as spreadsheets write them.

/// A time of the day, or a duration. Seconds may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    hour: u32,
    minute: u32,
    second: Option<u32>,
}

impl Clock {
    /// `12:30`, `8:30 PM`, `12:30:00`, `12:30:00.000`.
    pub fn read(text: &str) -> Option<Clock> {
        let text = text.trim();
        if text.len() > 20 {
            return None;
        }
        let lower = text
            .to_ascii_lowercase()
            .replace(['.', '\u{a0}', '\u{202f}'], " ");
        let (digits, half) = match lower.trim_end() {
            rest if rest.ends_with("p m") => (&rest[..rest.len() - 3], Some(12)),
            rest if rest.ends_with("a m") => (&rest[..rest.len() - 3], Some(0)),
            rest if rest.ends_with("pm") => (&rest[..rest.len() - 2], Some(12)),
            rest if rest.ends_with("am") => (&rest[..rest.len() - 2], Some(0)),
            rest => (rest, None),
        };
        // What follows a point are parts of a second.
        let mut pieces = digits.trim().split(' ');
        let whole = pieces.next()?;
        if pieces.any(|piece| piece.bytes().any(|b| b != b'0')) {
            return None;
        }
        let mut parts = whole.split(':');
        let mut number = || parts.next().map(two_digits);
        let hour = number()??;
        let minute = number()??;
        let second = match number() {
            Some(second) => Some(second?),
            None => None,
        };
        if parts.next().is_some() || minute > 59 || second.is_some_and(|second| second > 59) {
            return None;
        }
        let hour = match half {
            Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
            Some(_) => return None,
            None => hour,
        };
        Some(Clock { hour, minute, second })
    }

    /// Whether both are the same time; a side without seconds says nothing of them.
    pub fn agrees(self, other: Clock) -> bool {
        let seconds = match (self.second, other.second) {
            (Some(one), Some(two)) => one == two,
            (Some(0), None) | (None, Some(0)) | (None, None) => true,
            (Some(_), None) => true,
            (None, Some(_)) => false,
        };
        (self.hour, self.minute) == (other.hour, other.minute) && seconds
    }

    /// Whether a day begins then: what is shown of a date without a time.
    pub fn is_midnight(self) -> bool {
        self.hour == 0 && self.minute == 0 && self.second.unwrap_or(0) == 0
    }

    fn seconds(self) -> u32 {
        self.hour * 3600 + self.minute * 60 + self.second.unwrap_or(0)
    }
}

fn two_digits(text: &str) -> Option<u32> {
    if (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

/// Whether `edited` is the time `base` as a spreadsheet shows or stores it.
pub(super) fn rewritten(base: &str, edited: &str) -> Option<&'static str> {
    let before = Clock::read(base)?;
    if let Some(part) = part_of_day(edited) {
        // A time is stored as a part of the day, shown with up to fifteen digits.
        let seconds = part * 86_400.0;
        return ((seconds - f64::from(before.seconds())).abs() < 0.5)
            .then_some("a spreadsheet turned this time into the part of a day by which it counts");
    }
    let after = Clock::read(edited)?;
    (base.trim() != edited.trim() && before.agrees(after)).then_some("a spreadsheet rewrote this time")
}

/// `0.520833333333333`: a number below one with many decimals.
fn part_of_day(text: &str) -> Option<f64> {
    let decimals = text
        .trim()
        .strip_prefix("0.")
        .or_else(|| text.trim().strip_prefix("0,"))?;
    if decimals.is_empty() || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    format!("0.{decimals}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_in_another_spelling_is_the_same_time() {
        for (base, edited) in [
            ("12:30", "12:30:00"),
            ("8:30", "08:30:00"),
            ("8:30 PM", "20:30:00"),
            ("8:30 PM", "08:30:00 PM"),
            ("12:30", "12:30:00 PM"),
            ("12:15 AM", "00:15:00"),
            ("0:30", "12:30 a.m."),
            ("4:3", "04:03:00"),
            ("12:30", "0.520833333333333"),
            ("12:30", "0,520833333333333"),
            ("18:00", "0.75"),
            ("24:30", "24:30:00"),
        ] {
            assert!(rewritten(base, edited).is_some(), "{base} {edited}");
        }
    }

    #[test]
    fn another_time_is_an_edit() {
        for (base, edited) in [
            ("12:30", "12:31:00"),
            ("12:30", "12:30"),
            ("12:30", "12:30:05"),
            ("8:30 PM", "08:30"),
            ("8:30 PM", "8:30 AM"),
            ("12:30", "0.53"),
            ("12:30", "1230"),
            ("12:30", "12.30 uur"),
            ("9-17", "09:17:00"),
            ("13:00 PM", "13:00"),
            ("", "00:00:00"),
        ] {
            assert_eq!(rewritten(base, edited), None, "{base} {edited}");
        }
    }
}

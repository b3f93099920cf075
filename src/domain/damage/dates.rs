//! Dates: whether a cell is only another spelling of the date it was before, or of a text that a spreadsheet took for one.

use jiff::civil::Date;

use super::months::month;
use super::times::Clock;

/// Which number of a date is which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    YearFirst,
    DayFirst,
    MonthFirst,
    /// The month is a word.
    Named,
}

/// A year as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Year {
    Short(u32),
    Whole(u32),
}

/// A day as it may be meant; the year may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Day {
    day: u32,
    month: u32,
    year: Option<Year>,
}

impl Day {
    fn is_real(self) -> bool {
        const LONGEST: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let Some(longest) = self.month.checked_sub(1).and_then(|at| LONGEST.get(at as usize)) else {
            return false;
        };
        (1..=*longest).contains(&self.day)
            && (!matches!(self.year, Some(Year::Whole(_))) || self.date().is_some())
    }

    /// The date, when the year is written in full.
    fn date(self) -> Option<Date> {
        match self.year {
            Some(Year::Whole(year)) => Date::new(
                i16::try_from(year).ok()?,
                i8::try_from(self.month).ok()?,
                i8::try_from(self.day).ok()?,
            )
            .ok(),
            Some(Year::Short(_)) | None => None,
        }
    }

    /// Whether `shown` is this day. A day without a year gets one from the spreadsheet, whichever year it was then.
    fn is_shown_as(self, shown: Day) -> bool {
        let years = match (self.year, shown.year) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(Year::Whole(before)), Some(Year::Whole(after))) => before == after,
            // No program takes two digits for a year before 1930 or after 2049.
            (Some(Year::Short(before)), Some(Year::Whole(after))) => {
                before == after % 100 && (1930..=2049).contains(&after)
            }
            (Some(Year::Short(before) | Year::Whole(before)), Some(Year::Short(after))) => {
                before % 100 == after
            }
        };
        years && (self.day, self.month) == (shown.day, shown.month)
    }
}

/// A text as a date, with everything it may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Dated {
    readings: Vec<(Day, Order)>,
    /// Day, month and year: `01-02-26`.
    is_whole: bool,
    /// A month in letters: `1-feb`. Two bare numbers are rather a house or a room.
    is_named: bool,
    /// Between the parts; a blank where there is only that.
    separator: char,
    clock: Option<Clock>,
}

enum Part {
    Number { value: u32, digits: usize },
    Month(u32),
}

/// No date is longer: `30 September 2026 12:30:00 PM`.
const BYTES_MAX: usize = 48;

fn read(text: &str) -> Option<Dated> {
    let text = text.trim();
    if text.len() > BYTES_MAX || !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let (date, clock) = split_clock(text)?;
    let (parts, separator) = parts(date)?;
    let readings: Vec<(Day, Order)> = readings(&parts)?
        .into_iter()
        .filter(|(day, _)| day.is_real())
        .collect();
    (!readings.is_empty()).then(|| Dated {
        readings,
        is_whole: parts.len() == 3,
        is_named: parts.iter().any(|part| matches!(part, Part::Month(_))),
        separator,
        clock,
    })
}

/// The time behind a date is taken off: `2026-06-05T00:00:00Z`, `5-6-2026 0:00`.
fn split_clock(text: &str) -> Option<(&str, Option<Clock>)> {
    let Some(colon) = text.find(':') else {
        return Some((text, None));
    };
    let border = text[..colon].rfind([' ', 'T', '\u{a0}'])?;
    let (date, clock) = text.split_at(border);
    let clock = clock.trim_start_matches([' ', 'T', '\u{a0}']);
    let clock = ["Z", "+00:00"]
        .iter()
        .find_map(|zone| clock.strip_suffix(zone))
        .unwrap_or(clock);
    Some((date.trim_end_matches(','), Some(Clock::read(clock)?)))
}

fn parts(text: &str) -> Option<(Vec<Part>, char)> {
    let mut parts = Vec::new();
    let mut separator = ' ';
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_part: fn(char) -> bool = if first.is_ascii_digit() {
            |c| c.is_ascii_digit()
        } else if first.is_alphabetic() {
            char::is_alphabetic
        } else {
            if !matches!(first, '-' | '/' | '.' | ' ' | ',' | '\u{a0}' | '\u{202f}') {
                return None;
            }
            if separator == ' ' && matches!(first, '-' | '/' | '.') && !parts.is_empty() {
                separator = first;
            }
            rest = &rest[first.len_utf8()..];
            continue;
        };
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        rest = after;
        if first.is_ascii_digit() {
            let value = (part.len() <= 4).then(|| part.parse().ok()).flatten()?;
            parts.push(Part::Number {
                value,
                digits: part.len(),
            });
        } else if !matches!(part, "de" | "del" | "of") {
            parts.push(Part::Month(month(part)?));
        }
        if parts.len() > 3 {
            return None;
        }
    }
    Some((parts, separator))
}

/// A number in the place of a year.
fn year(value: u32, digits: usize) -> Option<Year> {
    match digits {
        4 => Some(Year::Whole(value)),
        2 => Some(Year::Short(value)),
        _ => None,
    }
}

fn readings(parts: &[Part]) -> Option<Vec<(Day, Order)>> {
    use Part::{Month, Number};
    let day = |day, month, year| Day { day, month, year };
    Some(match parts {
        [Number { value: one, .. }, Number { value: two, digits }] => {
            let mut all = vec![
                (day(*one, *two, None), Order::DayFirst),
                (day(*two, *one, None), Order::MonthFirst),
            ];
            // `3/2024` and `3/99` are the first of a month.
            if *digits == 4 || (*digits == 2 && *two > 31) {
                all.push((day(1, *one, year(*two, *digits)), Order::MonthFirst));
            }
            all
        }
        [Number { value, digits }, Month(month)] | [Month(month), Number { value, digits }] => {
            let mut all = vec![(day(*value, *month, None), Order::Named)];
            // `mei-26` is a day in May, or May 2026.
            if let Some(year) = year(*value, *digits) {
                all.push((day(1, *month, Some(year)), Order::Named));
            }
            all
        }
        [
            Number {
                value: first,
                digits: 4,
            },
            Number { value: second, .. },
            Number { value: third, .. },
        ] => vec![(day(*third, *second, Some(Year::Whole(*first))), Order::YearFirst)],
        [
            Number {
                value: one,
                digits: first,
            },
            Number { value: two, .. },
            Number { value: three, digits },
        ] => {
            let last = year(*three, *digits)?;
            let mut all = vec![
                (day(*one, *two, Some(last)), Order::DayFirst),
                (day(*two, *one, Some(last)), Order::MonthFirst),
            ];
            // Some countries put the year first, with two digits as well.
            if *first == 2 && *digits == 2 {
                all.push((day(*three, *two, Some(Year::Short(*one))), Order::YearFirst));
            }
            all
        }
        [Number { value, .. }, Month(month), Number { value: last, digits }]
        | [Month(month), Number { value, .. }, Number { value: last, digits }] => {
            vec![(day(*value, *month, Some(year(*last, *digits)?)), Order::Named)]
        }
        _ => return None,
    })
}

/// The text with every digit as a zero. A spreadsheet that rewrites a date gives it its own shape; 03/04/2026 that became
/// 04/03/2026 was typed by a person.
fn shape(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect()
}

/// Whether `edited` is the date `base`, or the date a spreadsheet made of the text `base`: `MAR1` and `1-Mar`, `1-2` and `2-Jan`.
pub(super) fn rewritten(base: &str, edited: &str) -> Option<&'static str> {
    let before = read(base)?;
    if let Some(shown) = serial_days(edited) {
        let is_day = |(day, _): &(Day, Order)| {
            shown.iter().any(|shown| {
                let shown = Day {
                    day: u32::from(shown.day().unsigned_abs()),
                    month: u32::from(shown.month().unsigned_abs()),
                    year: u32::try_from(shown.year()).ok().map(Year::Whole),
                };
                day.is_shown_as(shown)
            })
        };
        return before
            .readings
            .iter()
            .any(is_day)
            .then_some("a spreadsheet turned this date into the number by which it counts days");
    }
    let shown = read(edited)?;
    if orders_of(&before, &shown, base, edited).is_empty() {
        return None;
    }
    Some(if before.is_whole {
        "a spreadsheet rewrote this as a date"
    } else {
        "a spreadsheet took this text for a date"
    })
}

/// In which orders `edited` reads as `base`; empty when it does not.
pub fn orders(base: &str, edited: &str) -> (Vec<Order>, char) {
    match (read(base), read(edited)) {
        (Some(before), Some(shown)) => (orders_of(&before, &shown, base, edited), shown.separator),
        _ => (Vec::new(), ' '),
    }
}

fn orders_of(before: &Dated, shown: &Dated, base: &str, edited: &str) -> Vec<Order> {
    let clocks = match (before.clock, shown.clock) {
        (_, None) => true,
        (Some(before), Some(shown)) => before.agrees(shown),
        (None, Some(shown)) => shown.is_midnight(),
    };
    // Who adds a year behind a named month typed it.
    let is_longer = before.is_named && !before.is_whole && edited.trim().starts_with(base.trim());
    if is_longer || !clocks || !(shown.is_whole || shown.is_named) || shape(base) == shape(edited) {
        return Vec::new();
    }
    shown
        .readings
        .iter()
        .filter(|(after, _)| before.readings.iter().any(|(day, _)| day.is_shown_as(*after)))
        .map(|(_, order)| *order)
        .collect()
}

/// `45292`: the day a spreadsheet means by a number, counted from 1900 or (old Macs) from 1904.
pub fn serial_days(text: &str) -> Option<[Date; 2]> {
    let whole = text.trim().split(['.', ',']).next()?;
    let is_serial = whole.len() == 5
        && text
            .trim()
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b',');
    if !is_serial {
        return None;
    }
    let days: i64 = whole.parse().ok()?;
    let count = |origin: Date| origin.checked_add(jiff::Span::new().days(days)).ok();
    Some([
        count(jiff::civil::date(1899, 12, 30))?,
        count(jiff::civil::date(1904, 1, 1))?,
    ])
}

/// What a date with a whole year may mean, in which order, and what stands between its parts. Only dates without a time of
/// the day: in which zone that would be, nobody can tell.
pub fn days(text: &str) -> (Vec<(Date, Order)>, char) {
    let Some(dated) = read(text).filter(|dated| dated.is_whole && dated.clock.is_none_or(Clock::is_midnight))
    else {
        return (Vec::new(), ' ');
    };
    let mut days: Vec<(Date, Order)> = Vec::new();
    for (day, order) in &dated.readings {
        if let Some(date) = day.date()
            && !days.iter().any(|(known, _)| *known == date)
        {
            days.push((date, *order));
        }
    }
    (days, dated.separator)
}

/// Whether `edited` is the date `base` with day and month exchanged, both with the whole year and with the month in its own place.
pub(super) fn is_turned(base: &str, edited: &str) -> bool {
    let exchanged = |before: Date, after: Date| {
        before.year() == after.year()
            && before.day() != before.month()
            && (before.day(), before.month()) == (after.month(), after.day())
    };
    let (base, edited) = (days(base).0, days(edited).0);
    edited.iter().any(|(after, order)| {
        base.iter()
            .any(|(before, other)| order == other && exchanged(*before, *after))
    })
}

/// Whether the text is a date whose century is lost: `05-06-26`.
pub(super) fn has_short_year(text: &str) -> bool {
    let is_short = |(day, _): &(Day, Order)| matches!(day.year, Some(Year::Short(_)));
    read(text).is_some_and(|dated| {
        dated.is_whole && (dated.separator != ' ' || dated.is_named) && dated.readings.iter().all(is_short)
    })
}

/// Whether the text is a day and a month in letters, as a spreadsheet shows what it took for a date: `1-feb`, `Mar-01`.
pub(super) fn is_short_day(text: &str) -> bool {
    read(text).is_some_and(|dated| dated.is_named && !dated.is_whole && dated.separator != ' ')
}

#[cfg(test)]
#[path = "dates_tests.rs"]
mod tests;

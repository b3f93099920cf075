//! Numbers, dates and times of a workbook as text, without loss.
//!
//! What a cell shows depends on the language of the program and on the width of the column; what it holds does not. So a
//! number is told by its digits, a date as ISO writes it. Two formats say more than the number does, and are honoured: one
//! that only puts zeros and signs around the digits (`00000`, `+00 0 00000000`), and the percent sign.

use jiff::Span;
use jiff::civil::{Date, date};

/// Digits that two numbers of the format's kind have in common; more are noise of binary fractions.
const DIGITS: usize = 15;

/// The text of a number under a format, as `#,##0` or `General`.
pub(super) fn number(value: f64, format: &str) -> String {
    let format = format.split(';').next().unwrap_or(format);
    if let Some(text) = framed(value, format) {
        return text;
    }
    if is_percent(format) {
        // 0.07 is not exactly a number of hundredths, and 7.000000000000001 is nobody's percentage.
        return format!(
            "{}%",
            plain(
                format!("{:.*e}", DIGITS - 1, value * 100.0)
                    .parse()
                    .unwrap_or(value)
            )
        );
    }
    plain(value)
}

/// The shortest digits that mean this number; an exponent only where they would be very many.
pub(super) fn plain(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0".to_owned()
    } else if (1e-7..1e21).contains(&size) {
        format!("{value}")
    } else {
        format!("{value:E}")
    }
}

/// A whole number in a format of zeros, `#` and fixed characters, as it is shown.
fn framed(value: f64, format: &str) -> Option<String> {
    let is_whole = value >= 0.0 && value.fract() == 0.0 && value < 1e15;
    let pieces = frame(format).filter(|_| is_whole)?;
    let digits = format!("{value}");
    let mut left = digits.chars().rev();
    let mut shown = Vec::new();
    let places = pieces
        .iter()
        .filter(|piece| matches!(piece, Piece::Zero | Piece::Digit))
        .count();
    let mut passed = 0;
    for piece in pieces.iter().rev() {
        match piece {
            Piece::Fixed(character) => shown.push(*character),
            Piece::Zero | Piece::Digit => {
                passed += 1;
                match left.next() {
                    Some(digit) => shown.push(digit),
                    None if *piece == Piece::Zero => shown.push('0'),
                    None => {}
                }
                if passed == places {
                    shown.extend(left.by_ref());
                }
            }
        }
    }
    Some(shown.into_iter().rev().collect())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Zero,
    Digit,
    Fixed(char),
}

/// The format's pieces, when it has nothing but zeros, `#` and fixed characters, and says more than a plain number does.
fn frame(format: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        match character {
            '0' => pieces.push(Piece::Zero),
            // To the right of a zero it fills up with zeros too.
            '#' if pieces.contains(&Piece::Zero) => pieces.push(Piece::Zero),
            '#' => pieces.push(Piece::Digit),
            '\\' => pieces.push(Piece::Fixed(characters.next()?)),
            '"' => loop {
                match characters.next()? {
                    '"' => break,
                    fixed => pieces.push(Piece::Fixed(fixed)),
                }
            },
            '-' | '+' | '(' | ')' | ' ' | '/' | '\u{a0}' => pieces.push(Piece::Fixed(character)),
            _ => return None,
        }
    }
    let zeros = pieces.iter().filter(|piece| **piece == Piece::Zero).count();
    let has_fixed = pieces.iter().any(|piece| matches!(piece, Piece::Fixed(_)));
    // A sign between digits that are not there would stand alone.
    let is_fixed_width = !pieces.contains(&Piece::Digit);
    (zeros > 1 || (zeros == 1 && has_fixed))
        .then_some(pieces)
        .filter(|_| is_fixed_width || !has_fixed)
}

fn is_percent(format: &str) -> bool {
    format.ends_with('%')
        && format
            .chars()
            .all(|c| matches!(c, '0' | '#' | '.' | ',' | ' ' | '%'))
}

/// The text of a moment: days since the beginning of the workbook's calendar. `format` says which part of it is shown.
pub(super) fn moment(days: f64, is_1904: bool, format: &str) -> String {
    let parts = Parts::of(format);
    if parts.is_duration || (!parts.has_date && days >= 1.0) {
        return duration(days, parts.has_seconds);
    }
    // A day has 86,400,000 milliseconds; what is finer is noise.
    let milliseconds = (days * 86_400_000.0).round();
    if !(0.0..=MILLISECONDS_MAX).contains(&milliseconds) {
        return plain(days);
    }
    let whole = milliseconds as i64;
    let (day, time) = (whole / 86_400_000, whole % 86_400_000);
    if !parts.has_date {
        return clock(time, parts.has_seconds);
    }
    let Some(date) = calendar(day, is_1904) else {
        return plain(days);
    };
    if time == 0 && !(parts.has_time && parts.has_date) {
        date
    } else {
        format!("{date}T{}", clock(time, true))
    }
}

/// The last moment of the year 9999.
const MILLISECONDS_MAX: f64 = 2_958_466.0 * 86_400_000.0 - 1.0;

/// The date of a day's number.
fn calendar(day: i64, is_1904: bool) -> Option<String> {
    let start: Date = match (is_1904, day) {
        (true, _) => date(1904, 1, 1),
        // Lotus 1-2-3 took 1900 for a leap year, and every program since keeps to it.
        (false, 60) => return Some("1900-02-29".to_owned()),
        (false, ..60) => date(1899, 12, 31),
        (false, _) => date(1899, 12, 30),
    };
    start
        .checked_add(Span::new().try_days(day).ok()?)
        .ok()
        .map(|date| date.to_string())
}

/// `13:05`, or `13:05:09`, or `13:05:09.250`, as fine as the time is.
fn clock(milliseconds: i64, with_seconds: bool) -> String {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    let text = format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
    match (seconds % 60, rest) {
        (0, 0) if !with_seconds => text,
        (second, 0) => format!("{text}:{second:02}"),
        (second, rest) => format!("{text}:{second:02}.{rest:03}"),
    }
}

/// Hours may be more than a day has.
fn duration(days: f64, with_seconds: bool) -> String {
    let milliseconds = (days * 86_400_000.0).round();
    if milliseconds.abs() > 1e15 {
        return plain(days);
    }
    let sign = if milliseconds < 0.0 { "-" } else { "" };
    format!("{sign}{}", clock(milliseconds.abs() as i64, with_seconds))
}

/// What a format of dates and times shows.
#[derive(Debug, Default)]
struct Parts {
    has_date: bool,
    has_time: bool,
    has_seconds: bool,
    is_duration: bool,
}

impl Parts {
    fn of(format: &str) -> Parts {
        let mut parts = Parts::default();
        let mut characters = format.chars().peekable();
        while let Some(character) = characters.next() {
            match character.to_ascii_lowercase() {
                '\\' | '_' | '*' => {
                    let _ = characters.next();
                }
                '"' => {
                    let _ = characters.by_ref().find(|c| *c == '"');
                }
                '[' => {
                    let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                    let first = inside.chars().next().map(|c| c.to_ascii_lowercase());
                    let is_run = first.is_some_and(|first| {
                        matches!(first, 'h' | 'm' | 's')
                            && inside.chars().all(|c| c.eq_ignore_ascii_case(&first))
                    });
                    parts.is_duration |= is_run;
                    parts.has_time |= is_run;
                    parts.has_seconds |= is_run && first == Some('s');
                }
                ';' => break,
                'y' | 'd' | 'e' | 'g' => parts.has_date = true,
                'h' => parts.has_time = true,
                's' => {
                    parts.has_time = true;
                    parts.has_seconds = true;
                }
                _ => {}
            }
        }
        // `mmm` alone is a month; beside hours or seconds it is minutes.
        parts.has_date |= !parts.has_time && !parts.is_duration;
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_its_digits_whatever_the_format_shows() {
        for (value, format, text) in [
            (12345.0, "General", "12345"),
            (31_612_345_678.0, "General", "31612345678"),
            (31_612_345_678.0, "0.00E+00", "31612345678"),
            (1_234_567_890_123_450.0, "0", "1234567890123450"),
            (0.1 + 0.2, "General", "0.30000000000000004"),
            (1.5, "0.00", "1.5"),
            (1234.5, "#,##0.00", "1234.5"),
            (-7.0, "General", "-7"),
            (-0.0, "General", "0"),
            (1e21, "General", "1E21"),
            (2.5e-9, "General", "2.5E-9"),
            (501.0, "@", "501"),
            (5.0, "#,##0 €", "5"),
        ] {
            assert_eq!(number(value, format), text, "{value} {format}");
        }
    }

    #[test]
    fn a_format_of_zeros_and_signs_is_honoured_for_whole_numbers_only() {
        for (value, format, text) in [
            (501.0, "00000", "00501"),
            (1_234_567.0, "00000", "1234567"),
            (0.0, "000", "000"),
            (31_612_345_678.0, "\"+\"0", "+31612345678"),
            (31_612_345_678.0, "\\+00 0 00000000", "+31 6 12345678"),
            (612_345_678.0, "0#########", "0612345678"),
            (123_456_789.0, "000-00-0000", "123-45-6789"),
            (42.0, "\"P-\"0000;[Red]0", "P-0042"),
            (501.5, "00000", "501.5"),
            (-501.0, "00000", "-501"),
            (5.0, "# ##0", "5"),
            (501.0, "0", "501"),
            (501.0, "00000.0", "501"),
            (501.0, "\"unclosed", "501"),
        ] {
            assert_eq!(number(value, format), text, "{value} {format}");
        }
    }

    #[test]
    fn a_percentage_keeps_its_sign_and_its_digits() {
        for (value, format, text) in [
            (0.5, "0%", "50%"),
            (0.07, "0%", "7%"),
            (0.125, "0%", "12.5%"),
            (0.1, "0.00%", "10%"),
            (1.0 / 3.0, "0%", "33.3333333333333%"),
        ] {
            assert_eq!(number(value, format), text, "{value} {format}");
        }
    }

    #[test]
    fn a_date_is_written_as_iso_writes_it_in_both_calendars() {
        for (days, is_1904, format, text) in [
            (45_356.0, false, "m/d/yyyy", "2024-03-05"),
            (45_356.0, false, "mmm-yy", "2024-03-05"),
            (45_356.0, false, "[$-413]d mmmm yyyy;@", "2024-03-05"),
            (43_894.0, true, "yyyy-mm-dd", "2024-03-05"),
            (
                45_356.604_166_666_664,
                false,
                "yyyy-mm-dd hh:mm",
                "2024-03-05T14:30:00",
            ),
            (45_356.604_166_666_664, false, "d-m-yyyy", "2024-03-05T14:30:00"),
            (45_356.0, false, "m/d/yy h:mm", "2024-03-05T00:00:00"),
            (1.0, false, "d-m-yyyy", "1900-01-01"),
            (59.0, false, "d-m-yyyy", "1900-02-28"),
            (60.0, false, "d-m-yyyy", "1900-02-29"),
            (61.0, false, "d-m-yyyy", "1900-03-01"),
            (0.0, true, "d-m-yyyy", "1904-01-01"),
            (2_958_465.0, false, "d-m-yyyy", "9999-12-31"),
            (2_958_466.0, false, "d-m-yyyy", "2958466"),
            (-1.0, false, "d-m-yyyy", "-1"),
        ] {
            assert_eq!(moment(days, is_1904, format), text, "{days} {format}");
        }
    }

    #[test]
    fn a_time_and_a_duration_are_written_as_they_are_shown() {
        for (days, format, text) in [
            (0.520_833_333_333_333_3, "h:mm", "12:30"),
            (0.520_833_333_333_333_3, "h:mm:ss", "12:30:00"),
            (0.520_833_333_333_333_3, "h:mm AM/PM", "12:30"),
            (0.520_839_120_370_370_4, "h:mm", "12:30:00.500"),
            (1.5, "[h]:mm:ss", "36:00:00"),
            (1.5, "[h]:mm", "36:00"),
            (1.5, "h:mm", "36:00"),
            (-0.5, "[h]:mm", "-12:00"),
        ] {
            assert_eq!(moment(days, false, format), text, "{days} {format}");
        }
    }
}

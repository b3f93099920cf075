//! Percentages, amounts of money, fractions, and the other ways of writing a number that spreadsheets give a form of their own.

use super::numbers;

/// What stands beside a number and makes a spreadsheet format it.
const UNITS: [&str; 12] = [
    "%", "€", "$", "£", "¥", "₺", "zł", "kr", "CHF", "EUR", "USD", "GBP",
];

/// Whether `edited` is the amount, percentage or fraction `base` in a spreadsheet's own form.
pub(super) fn rewritten(base: &str, edited: &str) -> Option<&'static str> {
    if base.trim() == edited.trim() {
        return None;
    }
    if let Some((unit, before)) = amount(base) {
        let is_same = match amount(edited) {
            Some((other, after)) => other == unit && numbers::are_equal(before, after),
            // A percentage is stored as a part of one.
            None if unit == "%" => numbers::are_equal(&format!("{before}E-2"), edited),
            None => numbers::are_equal(before, edited),
        };
        return is_same.then_some("a spreadsheet gave this amount a form of its own");
    }
    if let Some(before) = Fraction::read(base) {
        return before
            .is_shown_as(edited)
            .then_some("a spreadsheet rewrote this fraction");
    }
    // Some programs write the minus behind the number.
    let minus = base.trim().strip_suffix('-')?;
    (is_digits(minus) && edited.trim().strip_prefix('-') == Some(minus))
        .then_some("a spreadsheet moved the minus sign of this number")
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `€ 5,00` and `5.00 €` as the unit and the number.
fn amount(text: &str) -> Option<(&'static str, &str)> {
    let blank = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}');
    let text = text.trim();
    UNITS.iter().find_map(|unit| {
        let number = text
            .strip_suffix(unit)
            .map(|rest| rest.trim_end_matches(blank))
            .or_else(|| text.strip_prefix(unit).map(|rest| rest.trim_start_matches(blank)))?;
        number
            .bytes()
            .next()
            .is_some_and(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b','))
            .then_some((*unit, number))
    })
}

/// `0 1/3`: a whole number, and a part of one.
struct Fraction {
    whole: u64,
    above: u64,
    below: u64,
}

impl Fraction {
    fn read(text: &str) -> Option<Fraction> {
        let (whole, part) = text.trim().split_once(' ')?;
        let (above, below) = part.trim().split_once('/')?;
        let small = |text: &str| {
            (is_digits(text) && text.len() <= 4)
                .then(|| text.parse().ok())
                .flatten()
        };
        let fraction = Fraction {
            whole: small(whole)?,
            above: small(above)?,
            below: small(below)?,
        };
        (fraction.below > 0).then_some(fraction)
    }

    /// `1/3`, ` 1/3`, `2 1/2`, or the decimal number.
    fn is_shown_as(&self, shown: &str) -> bool {
        let shown = shown.trim();
        let padded = format!("0 {shown}");
        let other = Fraction::read(shown).or_else(|| Fraction::read(&padded));
        if let Some(other) = other {
            return (self.whole * self.below + self.above) * other.below
                == (other.whole * other.below + other.above) * self.below;
        }
        let decimals = shown.replace(',', ".");
        let Some((_, behind)) = decimals
            .split_once('.')
            .filter(|(whole, behind)| is_digits(whole) && is_digits(behind))
        else {
            return false;
        };
        let value = self.whole as f64 + self.above as f64 / self.below as f64;
        let finest = 10f64.powi(-i32::try_from(behind.len()).unwrap_or(i32::MAX));
        decimals
            .parse::<f64>()
            .is_ok_and(|shown| (shown - value).abs() <= finest / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_in_a_form_of_a_spreadsheet_is_the_same_amount() {
        for (base, edited) in [
            ("50%", "50.00%"),
            ("50%", "50,00%"),
            ("50%", "50,00\u{a0}%"),
            ("50%", "0.5"),
            ("12,5%", "12,50%"),
            ("€5", "€ 5,00"),
            ("€ 5", "5,00 €"),
            ("$100", "$100.00"),
            ("$100", "100"),
            ("5 EUR", "5,00 EUR"),
            ("1 000 €", "1000,00 €"),
            ("0 1/3", " 1/3"),
            ("0 1/3", "0.333333333333333"),
            ("2 1/2", "2,5"),
            ("0 2/4", "1/2"),
            ("100-", "-100"),
        ] {
            assert!(rewritten(base, edited).is_some(), "{base} {edited}");
        }
    }

    #[test]
    fn another_amount_is_an_edit() {
        for (base, edited) in [
            ("50%", "55%"),
            ("50%", "50"),
            ("50%", "50%"),
            ("€5", "$5"),
            ("€5", "€50"),
            ("100", "$100"),
            ("0 1/3", "2/3"),
            ("0 1/3", "0.3334"),
            ("Room 1/3", "1/3"),
            ("3 1/0", "3"),
            ("100-", "100"),
            ("100-a", "-100"),
            ("CHF", "0"),
            ("", "0%"),
        ] {
            assert_eq!(rewritten(base, edited), None, "{base} {edited}");
        }
    }
}

//! How spreadsheets write numbers, and when a cell is only another spelling of the number it was before.

/// `1.23457E+11`, `3,16E+10`: a mantissa with decimals and a signed exponent, as spreadsheets show long numbers.
pub(super) fn is_rounded_number(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let Some((whole, decimals)) = mantissa.split_once(['.', ',']) else {
        // `3E+10` is how 30000000000 is shown; `1E5` may be the name of a room.
        return digits(mantissa.trim_start_matches('-'))
            && exponent
                .strip_prefix('+')
                .is_some_and(|exponent| exponent.len() >= 2 && digits(exponent));
    };
    digits(whole.trim_start_matches('-'))
        && digits(decimals)
        && exponent.strip_prefix(['+', '-']).is_some_and(digits)
}

/// A long number below zero, or one digit with three decimals or more: results of sums, and no number that people have.
pub(super) fn is_worked_out(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let text = text.trim();
    if let Some(below) = text.strip_prefix('-') {
        return below.len() >= 4 && digits(below);
    }
    text.split_once(['.', ',']).is_some_and(|(whole, decimals)| {
        whole.len() == 1 && digits(whole) && decimals.len() >= 3 && digits(decimals)
    })
}

/// A whole number with a decimal that says nothing: `31612345678.0`, as scripts write columns of numbers with gaps.
pub(super) fn has_empty_decimal(text: &str) -> bool {
    let digits = text.trim().trim_start_matches('+');
    let whole = digits.strip_suffix(".0").or_else(|| digits.strip_suffix(",0"));
    whole.is_some_and(|whole| !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit()))
}

/// `4,91772E11`: the same without a sign, as Apple Numbers shows it. It may be somebody's code, so it proves something only
/// beside its base, or where no code can be meant.
pub(super) fn is_unsigned_exponent(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    whole.len() == 1 && digits(whole) && digits(decimals) && exponent.len() == 2 && digits(exponent)
}

/// What a spreadsheet did to the number `base`, when `edited` is only another spelling of it.
pub(super) fn rewritten(base: &str, edited: &str) -> Option<&'static str> {
    (base != edited && is_same_number(base, edited)).then(|| how(base.trim(), edited.trim()))
}

fn how(base: &str, shown: &str) -> &'static str {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let (before, after) = (digits(base), digits(shown));
    let bare = shown.bytes().all(|b| b.is_ascii_digit());
    if shown.contains(['e', 'E']) {
        "a spreadsheet shortened this long number"
    } else if bare && base.starts_with('+') && before == after {
        "a spreadsheet took the plus sign away"
    } else if bare && before.len() > after.len() && before.trim_start_matches('0') == after {
        "a spreadsheet took the zeros at the front away"
    } else if before.len() > 15 && before.len() == after.len() && before != after {
        "a spreadsheet keeps fifteen digits of a number and lost the last ones"
    } else if before == after {
        "a spreadsheet wrote this number with other separators"
    } else {
        "a spreadsheet rewrote this as a number"
    }
}

/// Whether `edited` is only how a spreadsheet writes the number that `base` is: lost zeros, a lost plus, a dropped `.0`,
/// shortened or exponent form. Such a cell keeps its base.
///
/// A spreadsheet takes a plus or zeros away and never puts them there: a cell that gained them was edited by a person.
fn is_same_number(base: &str, edited: &str) -> bool {
    let shown = edited.trim();
    let gained_zeros =
        shown.len() > 1 && shown.starts_with('0') && !shown.starts_with("0.") && !shown.starts_with("0,");
    if shown.starts_with('+') || gained_zeros {
        return false;
    }
    // A spreadsheet groups a number that was not grouped, or shows more decimals of a zero; a person writes ten thousand.
    if let (false, Some(grouped)) = (base.contains(['.', ',']), ungrouped(shown)) {
        return Number::read(&grouped).is_some_and(|number| Number::readings(base).contains(&number));
    }
    let written = Number::readings(edited);
    Number::readings(base).iter().any(|base| {
        written.iter().any(|number| {
            // A rounded form shows only its first digits: the base must begin with them and have as many places.
            base == number
                || ((is_rounded_number(shown) || is_unsigned_exponent(shown)) && base.rounds_to(number))
                || base.loses_digits_to(number)
        })
    })
}

/// Whether both are the same number, whatever their spelling; neither counts as what the other became.
pub(super) fn are_equal(one: &str, two: &str) -> bool {
    let shown = Number::readings(two);
    Number::readings(one).iter().any(|one| shown.contains(one))
}

/// Whether `base` is text that a spreadsheet works out as a sum, and `edited` is the result: `+31-20-1234567` becomes `-1234556`.
pub(super) fn is_evaluated(base: &str, edited: &str) -> bool {
    let formula = base.trim();
    let Some(result) = edited.trim().parse::<i128>().ok() else {
        return false;
    };
    if !formula.starts_with(['=', '+', '-']) || formula.len() > 40 {
        return false;
    }
    let mut sum = 0i128;
    let mut terms = 0;
    let mut rest = formula.trim_start_matches('=');
    while !rest.is_empty() {
        let negative = rest.starts_with('-');
        let unsigned = rest.trim_start_matches(['+', '-']);
        // A sign between terms, and one at most.
        if rest.len() - unsigned.len() > 1 || (terms > 0 && rest.len() == unsigned.len()) {
            return false;
        }
        let end = unsigned.find(['+', '-']).unwrap_or(unsigned.len());
        let (term, after) = unsigned.split_at(end);
        let Ok(number) = term.parse::<u64>() else {
            return false;
        };
        sum += if negative {
            -i128::from(number)
        } else {
            i128::from(number)
        };
        terms += 1;
        rest = after;
    }
    terms > 1 && sum == result
}

/// A decimal number as its significant digits and the power of ten of the last of them.
#[derive(Debug, PartialEq, Eq)]
struct Number {
    negative: bool,
    digits: String,
    power: i64,
}

impl Number {
    /// Everything a spreadsheet may take the text for: `1,000` is one or a thousand, by the country.
    fn readings(text: &str) -> Vec<Number> {
        let text = text.trim();
        // Accountants' brackets mean minus: `(0612345678)`.
        let unwrapped = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        let text = unwrapped.map_or_else(|| text.to_owned(), |inner| format!("-{inner}"));
        Number::read(&text)
            .into_iter()
            .chain(ungrouped(&text).and_then(|digits| Number::read(&digits)))
            .collect()
    }

    fn read(text: &str) -> Option<Number> {
        let text = text.trim();
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['E', 'e']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
        let digits = format!("{whole}{decimals}");
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let mut power = i64::from(exponent) - decimals.len() as i64;
        let significant = digits.trim_start_matches('0');
        let trimmed = significant.trim_end_matches('0');
        power += (significant.len() - trimmed.len()) as i64;
        if trimmed.is_empty() {
            return Some(Number {
                negative: false,
                digits: String::new(),
                power: 0,
            });
        }
        Some(Number {
            negative,
            digits: trimmed.to_owned(),
            power,
        })
    }

    /// Whether the other one is this number as Excel (cut) or LibreOffice (rounded) keeps it: fifteen digits, then zeros.
    fn loses_digits_to(&self, other: &Number) -> bool {
        const KEPT: usize = 15;
        let magnitude = |number: &Number| number.digits.len() as i64 + number.power;
        if self.digits.len() <= KEPT
            || other.digits.len() > KEPT
            || self.negative != other.negative
            || magnitude(self) != magnitude(other)
        {
            return false;
        }
        let first = |digits: &str| format!("{digits:0<KEPT$}")[..KEPT].parse::<u64>().ok();
        match (first(&self.digits), first(&other.digits)) {
            (Some(whole), Some(kept)) => kept == whole || kept == whole + 1,
            _ => false,
        }
    }

    /// Whether the other one is this number cut to fewer digits (the last of them rounded).
    fn rounds_to(&self, other: &Number) -> bool {
        let magnitude = |number: &Number| number.digits.len() as i64 + number.power;
        let kept = other.digits.len();
        // Fewer than three common digits prove nothing.
        if self.negative != other.negative
            || magnitude(self) != magnitude(other)
            || kept < 3
            || kept >= self.digits.len()
        {
            return false;
        }
        self.digits[..kept - 1] == other.digits[..kept - 1]
            && self.digits.as_bytes()[kept - 1].abs_diff(other.digits.as_bytes()[kept - 1]) <= 1
    }
}

/// `1,234,567` without its separators; `None` when the text is not grouped by thousands.
fn ungrouped(text: &str) -> Option<String> {
    let (sign, unsigned) = match text.strip_prefix(['-', '+']) {
        Some(unsigned) if text.starts_with('-') => ("-", unsigned),
        Some(unsigned) => ("", unsigned),
        None => ("", text),
    };
    let separator = unsigned
        .chars()
        .find(|c| matches!(c, ',' | '.' | ' ' | '\'' | '\u{a0}' | '\u{202f}'))?;
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let mut groups = unsigned.split(separator);
    let first = groups
        .next()
        .filter(|first| (1..=3).contains(&first.len()) && digits(first))?;
    groups.try_fold(format!("{sign}{first}"), |all, group| {
        (group.len() == 3 && digits(group)).then(|| all + group)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_another_spelling_is_recognised_as_the_same() {
        let same = [
            ("00012345", "12345"),
            ("0612345678", "612345678"),
            ("+31612345678", "31612345678"),
            ("1E5", "100000"),
            ("1.10", "1.1"),
            ("1,50", "1,5"),
            ("42", " 42 "),
            ("000", "0"),
            ("31612345678", "3.16123E+10"),
            ("123456789012", "1,23457E+11"),
            ("12345678901234567890", "1.23456789012346E+019"),
            ("491771234567", "4,91771E11"),
            ("491771234567", "4.91771E+11"),
            ("31612345678", "31612345678.0"),
            ("42", "42,00"),
            ("+31612345678", "31.612.345.678"),
        ];
        for (base, edited) in same {
            assert!(is_same_number(base, edited), "{base} {edited}");
        }
    }

    #[test]
    fn another_number_or_a_text_is_an_edit() {
        let other = [
            ("007", "8"),
            ("+31612345678", "31612345679"),
            ("31612345678", "3.26123E+10"),
            ("31612345678", "3.1E+9"),
            ("491771234567", "4,92771E11"),
            ("49177", "4.91E4"),
            ("Zaal 7", "7"),
            ("7", ""),
            ("020-1234567", "201234567"),
            // Nothing but a person adds a plus or zeros.
            ("31612345678", "+31612345678"),
            ("42", "00042"),
        ];
        for (base, edited) in other {
            assert!(!is_same_number(base, edited), "{base} {edited}");
        }
    }

    #[test]
    fn it_is_said_what_happened_to_the_number() {
        for (base, edited, word) in [
            ("+31612345678", "31612345678", "plus"),
            ("0612345678", "612345678", "zeros"),
            ("31612345678", "3.16123E+10", "shortened"),
            ("1234567890123456", "1234567890123450", "fifteen"),
            ("1000", "1,000", "separators"),
            ("1.10", "1.1", "number"),
        ] {
            let said = rewritten(base, edited).unwrap();
            assert!(said.contains(word), "{base} {edited}: {said}");
        }
        assert_eq!(rewritten("7", "7"), None);
    }
}

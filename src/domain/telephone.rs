//! Telephone numbers for signing in: a plus, the country code, one blank, digits. What is near is told in the right form where
//! the country code is certain.
//!
//! The form: <https://learn.microsoft.com/graph/api/resources/phoneauthenticationmethod#properties>. The codes: Recommendation
//! ITU-T E.164 and its list of assigned country codes (<https://www.itu.int/pub/T-SP-E.164D>); no code is the beginning of
//! another, so a number in international form has one at most.

use super::invisible::visible;
use super::rules::CellProblem;
use crate::catalogue::Attribute;

/// The most digits of an international number, country code and all (E.164).
const DIGITS_MAX: usize = 15;
/// Behind `00`, which not every country dials, fewer digits are no certain number.
const DIGITS_MIN_BEHIND_ZEROS: usize = 8;
/// The longest extension that is taken for one.
const EXTENSION_DIGITS_MAX: usize = 20;

const CODES_OF_ONE: &[u16] = &[1, 7];
const CODES_OF_TWO: &[u16] = &[
    20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58,
    60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
];
const CODES_OF_THREE: &[u16] = &[
    211, 212, 213, 216, 218, 220, 221, 222, 223, 224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235,
    236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255, 256,
    257, 258, 260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 290, 291, 297, 298, 299, 350, 351, 352, 353,
    354, 355, 356, 357, 358, 359, 370, 371, 372, 373, 374, 375, 376, 377, 378, 379, 380, 381, 382, 383, 385,
    386, 387, 389, 420, 421, 423, 500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 590, 591, 592, 593, 594,
    595, 596, 597, 598, 599, 670, 672, 673, 674, 675, 676, 677, 678, 679, 680, 681, 682, 683, 685, 686, 687,
    688, 689, 690, 691, 692, 800, 808, 850, 852, 853, 855, 856, 870, 878, 880, 881, 882, 883, 886, 888, 960,
    961, 962, 963, 964, 965, 966, 967, 968, 970, 971, 972, 973, 974, 975, 976, 977, 979, 992, 993, 994, 995,
    996, 998,
];

/// Reads a number for signing in; `extension` says whether one may stand behind it.
///
/// # Errors
/// Anything that is not exactly `+CC number`. No message repeats the number: it is a secret of sorts.
pub(super) fn sign_in_number(
    attribute: &Attribute,
    text: &str,
    extension: bool,
) -> Result<String, CellProblem> {
    let problem = |message: String| {
        let form = if extension {
            "write a plus, the country code, one blank and the other digits, as `+31 201234567`, and an extension as `x12` behind them"
        } else {
            "write a plus, the country code, one blank and the other digits, as `+31 612345678`"
        };
        CellProblem::new("not-a-sign-in-number", message, form)
    };
    let name = attribute.name;
    match Number::of(text) {
        Ok(number) if number.extension.is_some() && !extension => Err(problem(format!(
            "`{name}` takes no extension; only the office number does"
        ))),
        Ok(number) if number.to_text() == text => Ok(text.to_owned()),
        Ok(number) => Err(problem(format!(
            "`{name}` takes a number in the form `+CC number`: one blank behind the country code, and no other signs"
        ))
        .repair(number.to_text())),
        Err(Unclear::NoCountry) => Err(problem(format!(
            "`{name}` takes a number with its country code; this one has none, and nobody can tell which country is meant"
        ))),
        Err(Unclear::NoSuchCountry) => Err(problem(
            "no country has the code with which this number begins".to_owned(),
        )),
        Err(Unclear::Zero) => Err(problem(
            "nobody can tell whether the `0` in brackets belongs to the number".to_owned(),
        )),
        Err(Unclear::Length) => Err(problem(format!(
            "a number has digits behind its country code, and at most {DIGITS_MAX} together"
        ))),
        Err(Unclear::NoNumber) => Err(problem(format!("`{name}` takes a telephone number"))),
    }
}

/// The form in which numbers are compared: the digits behind the plus, whatever stands between them. What is no international
/// number is only itself.
pub(super) fn bare(text: &str) -> String {
    let text = visible(text).trim().to_owned();
    match Number::of(&text) {
        Ok(number) => number.to_text(),
        Err(_) => text,
    }
}

/// A number taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Number {
    country: String,
    rest: String,
    extension: Option<String>,
}

/// Why a text is no certain number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unclear {
    NoCountry,
    NoSuchCountry,
    /// `(0)`, which is dialled in some countries and not in others.
    Zero,
    Length,
    NoNumber,
}

impl Number {
    /// Takes apart whatever is a number in international form, in any spelling.
    fn of(text: &str) -> Result<Number, Unclear> {
        let text = text.trim();
        let (main, extension) = split_extension(text);
        if main.replace(char::is_whitespace, "").contains("(0)") {
            return Err(Unclear::Zero);
        }
        let (digits, min) = match main.strip_prefix('+') {
            Some(rest) => (digits_in(rest)?, 0),
            None => {
                let digits = digits_in(main)?;
                match digits.strip_prefix("00") {
                    Some(rest) => (rest.to_owned(), DIGITS_MIN_BEHIND_ZEROS),
                    None => return Err(Unclear::NoCountry),
                }
            }
        };
        if digits.len() < min {
            return Err(Unclear::NoCountry);
        }
        let length = country_code_length(&digits).ok_or(Unclear::NoSuchCountry)?;
        let (country, rest) = digits.split_at(length);
        if rest.is_empty() || digits.len() > DIGITS_MAX {
            return Err(Unclear::Length);
        }
        let extension = extension.map(digits_in).transpose()?;
        if extension
            .as_ref()
            .is_some_and(|digits| digits.is_empty() || digits.len() > EXTENSION_DIGITS_MAX)
        {
            return Err(Unclear::Length);
        }
        Ok(Number {
            country: country.to_owned(),
            rest: rest.to_owned(),
            extension,
        })
    }

    fn to_text(&self) -> String {
        let extension = self.extension.as_ref().map(|digits| format!("x{digits}"));
        format!("+{} {}{}", self.country, self.rest, extension.unwrap_or_default())
    }
}

/// What stands before and behind `x`, `ext`, `ext.` or `#`.
fn split_extension(text: &str) -> (&str, Option<&str>) {
    let Some(at) = text.find(['x', 'X', 'e', 'E', '#']) else {
        return (text, None);
    };
    let (main, rest) = text.split_at(at);
    let mark = ["ext.", "ext", "x", "#"].into_iter().find(|mark| {
        rest.get(..mark.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(mark))
    });
    match mark {
        Some(mark) => (main, rest.get(mark.len()..)),
        None => (text, None),
    }
}

/// The digits of a text that holds nothing else than digits and what people put between them.
fn digits_in(text: &str) -> Result<String, Unclear> {
    let between =
        |c: char| c.is_whitespace() || matches!(c, '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}');
    let mut digits = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
        } else if !between(c) {
            return Err(Unclear::NoNumber);
        }
    }
    if digits.is_empty() {
        Err(Unclear::NoNumber)
    } else {
        Ok(digits)
    }
}

/// How many of the first digits are a country code.
fn country_code_length(digits: &str) -> Option<usize> {
    [CODES_OF_ONE, CODES_OF_TWO, CODES_OF_THREE]
        .into_iter()
        .zip(1..)
        .find(|(codes, length)| {
            let code = digits.get(..*length).and_then(|code| code.parse().ok());
            code.is_some_and(|code| !digits.starts_with('0') && codes.contains(&code))
        })
        .map(|(_, length)| length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::by_name;

    fn read(office: bool, text: &str) -> Result<String, Option<String>> {
        let name = if office { "office" } else { "mobile" };
        let attribute = by_name(&format!("authentication.phoneMethods.{name}")).unwrap();
        sign_in_number(attribute, text, office).map_err(|problem| {
            assert_eq!(problem.rule, "not-a-sign-in-number");
            let told = problem.message + &problem.help;
            assert!(!told.contains("1111111"), "{told}");
            problem.repair
        })
    }

    #[test]
    fn a_number_in_the_right_form_is_taken_as_it_is() {
        for text in [
            "+31 611111111",
            "+1 5555551234",
            "+358 401112222",
            "+7 9161112233",
        ] {
            assert_eq!(read(false, text), Ok(text.to_owned()));
            assert_eq!(read(true, &format!("{text}x123")), Ok(format!("{text}x123")));
        }
    }

    #[test]
    fn what_is_near_is_told_in_the_right_form_where_the_country_is_certain() {
        for (text, repaired) in [
            ("+31611111111", "+31 611111111"),
            ("+31 6 1111 1111", "+31 611111111"),
            ("0031 6 11111111", "+31 611111111"),
            ("0031611111111", "+31 611111111"),
            ("+3161 1111111", "+31 611111111"),
            ("+31\u{a0}6-11.11.11.11", "+31 611111111"),
            ("+1 (555) 555-1234", "+1 5555551234"),
            ("+316 11111111", "+31 611111111"),
            ("+358401112222", "+358 401112222"),
            ("+31  611111111", "+31 611111111"),
        ] {
            assert_eq!(read(false, text), Err(Some(repaired.to_owned())), "{text}");
        }
        for (text, repaired) in [
            ("+31 20 1112222 ext. 12", "+31 201112222x12"),
            ("+31 201112222X12", "+31 201112222x12"),
            ("+31 201112222 #12", "+31 201112222x12"),
        ] {
            assert_eq!(read(true, text), Err(Some(repaired.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_is_not_certain_is_an_error_without_a_repair() {
        for text in [
            "06 11111111",
            "31611111111",
            "0031 6",
            "+31 (0)6 11111111",
            "+999 11111111",
            "+0 611111111",
            "+31",
            "+31 1234567890123456",
            "+31 611111111x12",
            "call me",
            "+31 6elf",
            "+",
        ] {
            assert_eq!(read(false, text), Err(None), "{text}");
        }
        assert_eq!(read(true, "+31 201112222x"), Err(None));
    }

    #[test]
    fn numbers_are_the_same_by_their_digits() {
        for (left, right, same) in [
            ("+31 611111111", "+31 6 1111 1111", true),
            ("+31 611111111", "+31611111111", true),
            ("+31 611111111", "+31 611111112", false),
            ("+31 201112222x1", "+31 201112222", false),
            ("hello", "hello ", true),
            ("0611111111", "+31 611111111", false),
        ] {
            assert_eq!(bare(left) == bare(right), same, "{left} {right}");
        }
    }

    #[test]
    fn no_country_code_is_the_beginning_of_another() {
        let all: Vec<String> = [CODES_OF_ONE, CODES_OF_TWO, CODES_OF_THREE]
            .into_iter()
            .flatten()
            .map(u16::to_string)
            .collect();
        for code in &all {
            assert!(
                !all.iter()
                    .any(|other| other != code && other.starts_with(code.as_str())),
                "{code}"
            );
        }
    }
}

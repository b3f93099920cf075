//! Telephone numbers in international form: `06-12345678` with the country NL is `+31 612345678`.
//!
//! A check of the shape, by the country's code, prefixes and numbers of digits. Whether a number is in use, or what kind of number
//! it is, nobody is asked: that needs a library of 37 more crates whose tables age.

use minijinja::{Error, Value};

use super::dialling::{DIALLING, Dialling};
use super::fault::Fault;
use super::filters::text_of;
use super::tables::shortened;

/// `phone("NL")`.
pub(super) fn phone(value: &Value, country: &str) -> Result<String, Error> {
    let text = text_of(value)?;
    let Some(home) = DIALLING
        .iter()
        .find(|(letters, ..)| letters.eq_ignore_ascii_case(country))
    else {
        return Err(Fault::rule(
            format!("`{}` is no country", shortened(country)),
            "write the two letters of the country whose numbers stand there without a country code: `phone(\"NL\")`",
        )
        .into());
    };
    if text.is_empty() {
        return Ok(String::new());
    }
    international(&text, home).map_err(|why| {
        let message = format!("`{}` is no telephone number: {why}", shortened(&text));
        Fault::row(
            message,
            "put the number right in the HR system, or leave the filter `phone` away if numbers may stand as they are",
        )
        .into()
    })
}

/// Whether a text is a telephone number, where those without a country code are of this country.
pub(in crate::feed) fn read_number(text: &str, country: &str) -> bool {
    let home = DIALLING.iter().find(|(letters, ..)| *letters == country);
    home.is_some_and(|home| international(text, home).is_ok())
}

/// The number in the form `+CC number`, and an extension as ` x12` behind it.
fn international(text: &str, home: &Dialling) -> Result<String, String> {
    let (main, extension) = extension_of(text);
    let squeezed: String = main.chars().filter(|c| !c.is_whitespace()).collect();
    let (is_plus, squeezed) = match squeezed.strip_prefix('+') {
        Some(rest) => (true, rest.to_owned()),
        None => (false, squeezed),
    };
    let zero_in_brackets = squeezed.contains("(0)");
    let mut digits = String::new();
    for sign in squeezed
        .replacen("(0)", "", usize::from(zero_in_brackets && is_plus))
        .chars()
    {
        match sign {
            sign if sign.is_ascii_digit() => digits.push(sign),
            '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}' => {}
            sign => return Err(format!("`{}` stands in it", shortened(&sign.to_string()))),
        }
    }
    if digits.is_empty() {
        return Err("it has no digits".to_owned());
    }
    let number = if is_plus {
        abroad(&digits, zero_in_brackets)?
    } else {
        at_home(&digits, home)?
    };
    Ok(match extension {
        Some(extension) => format!("{number} x{extension}"),
        None => number,
    })
}

/// A number behind a `+`.
fn abroad(digits: &str, zero_in_brackets: bool) -> Result<String, String> {
    let countries: Vec<&Dialling> = DIALLING
        .iter()
        .filter(|(_, code, ..)| digits.starts_with(code))
        .collect();
    let Some((_, code, ..)) = countries.first() else {
        return Err("no country has the code with which it begins".to_owned());
    };
    let rest = digits.get(code.len()..).unwrap_or_default();
    if zero_in_brackets && countries.iter().all(|(_, _, prefix, ..)| *prefix != "0") {
        return Err(format!(
            "nobody can tell whether the `0` in brackets belongs to it (+{code})"
        ));
    }
    if countries
        .iter()
        .any(|(.., lengths)| lengths.contains(&rest.len()))
    {
        return Ok(format!("+{code} {rest}"));
    }
    // `+31 06…`: the zero is dialled inside the country only.
    let without = countries.iter().find_map(|(_, _, prefix, _, lengths)| {
        let bare = rest.strip_prefix(prefix).filter(|_| !prefix.is_empty())?;
        lengths.contains(&bare.len()).then_some(bare)
    });
    match without {
        Some(bare) => Ok(format!("+{code} {bare}")),
        // Service and corporate numbers have other lengths; behind a plus they are what they are, up to the world's limit.
        None if (4..=15 - code.len()).contains(&rest.len()) && countries.len() > 1 => {
            Ok(format!("+{code} {rest}"))
        }
        None => Err(lengths_in_words(
            rest.len(),
            code,
            countries.iter().flat_map(|(.., lengths)| lengths.iter()),
        )),
    }
}

/// A number as it is dialled in the country.
fn at_home(digits: &str, home: &Dialling) -> Result<String, String> {
    let (_, code, prefix, out, lengths) = home;
    if !out.is_empty()
        && let Some(rest) = digits.strip_prefix(out)
        && let Ok(number) = abroad(rest, false)
    {
        return Ok(number);
    }
    let fits = |digits: &str| lengths.contains(&digits.len());
    if let Some(bare) = digits
        .strip_prefix(prefix)
        .filter(|bare| !prefix.is_empty() && fits(bare))
    {
        return Ok(format!("+{code} {bare}"));
    }
    // A spreadsheet took the first zero away, or the country dials none.
    let as_it_is = fits(digits) && (prefix.is_empty() || !digits.starts_with(prefix));
    let behind_code = digits.strip_prefix(code).filter(|rest| fits(rest));
    match (as_it_is, behind_code) {
        (true, None) => return Ok(format!("+{code} {digits}")),
        (false, Some(rest)) => return Ok(format!("+{code} {rest}")),
        (true, Some(_)) => {
            return Err(format!(
                "nobody can tell whether it begins with the country code {code}"
            ));
        }
        (false, None) => {}
    }
    let bare = digits.strip_prefix(prefix).unwrap_or(digits);
    Err(lengths_in_words(bare.len(), code, lengths.iter()))
}

fn lengths_in_words<'l>(found: usize, code: &str, lengths: impl Iterator<Item = &'l usize>) -> String {
    let all: std::collections::BTreeSet<String> = lengths.map(|length| format!("{length:>2}")).collect();
    let all: Vec<&str> = all.iter().map(|length| length.trim()).collect();
    format!(
        "behind +{code} it has {found} digits, and numbers there have {}",
        all.join(" or ")
    )
}

/// What stands before and behind `x`, `ext`, `tst` or `#`.
fn extension_of(text: &str) -> (&str, Option<String>) {
    let Some(at) = text.find(|c: char| c.is_alphabetic() || c == '#') else {
        return (text, None);
    };
    let (main, rest) = text.split_at(at);
    let rest = rest.to_lowercase();
    let marks = [
        "extension",
        "ext.",
        "ext",
        "tst.",
        "tst",
        "durchwahl",
        "dw",
        "x",
        "#",
    ];
    let digits = marks
        .iter()
        .find_map(|mark| rest.strip_prefix(mark))
        .map(str::trim);
    match digits {
        Some(digits)
            if !digits.is_empty()
                && digits.len() <= 8
                && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            (main, Some(digits.to_owned()))
        }
        _ => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(country: &str, text: &str) -> Result<String, String> {
        phone(&Value::from(text), country).map_err(|error| error.to_string())
    }

    #[test]
    fn numbers_of_many_countries_come_out_in_one_form() {
        for (country, text, number) in [
            ("NL", "06-12345678", "+31 612345678"),
            ("NL", "06 12 34 56 78", "+31 612345678"),
            ("nl", "612345678", "+31 612345678"),
            ("NL", "31612345678", "+31 612345678"),
            ("NL", "0031612345678", "+31 612345678"),
            ("NL", "+31 (0)20 123 4567", "+31 201234567"),
            ("NL", "+31 06 12345678", "+31 612345678"),
            ("NL", "020-1234567 tst. 12", "+31 201234567 x12"),
            ("NL", "+49 30 1234567", "+49 301234567"),
            ("DE", "0171 1234567", "+49 1711234567"),
            ("DE", "030/12 34 56-0", "+49 301234560"),
            ("BE", "0470 12 34 56", "+32 470123456"),
            ("GB", "020 7946 0958", "+44 2079460958"),
            ("US", "(212) 555-0123", "+1 2125550123"),
            ("US", "1-212-555-0123", "+1 2125550123"),
            ("US", "212.555.0123 x45", "+1 2125550123 x45"),
            ("US", "011 31 6 12345678", "+31 612345678"),
            ("IT", "06 1234 5678", "+39 0612345678"),
            ("FR", "01 23 45 67 89", "+33 123456789"),
            ("ES", "612 345 678", "+34 612345678"),
            ("HU", "06 20 123 4567", "+36 201234567"),
            ("RU", "8 912 345-67-89", "+7 9123456789"),
            ("NL", "", ""),
        ] {
            assert_eq!(read(country, text), Ok(number.to_owned()), "{country} {text}");
        }
    }

    #[test]
    fn what_is_no_number_says_why() {
        for (country, text, why) in [
            ("NL", "06-1234567", "8 digits, and numbers there have 9"),
            ("NL", "geen", "`g` stands in it"),
            ("NL", "06-12345678 / 020-1234567", "digits"),
            ("NL", "-", "it has no digits"),
            ("NL", "+999 123456", "no country"),
            ("IT", "+39 (0)6 1234 5678", "in brackets"),
            ("US", "555-0123", "7 digits"),
            ("XX", "1", "is no country"),
            ("Nederland", "", "is no country"),
        ] {
            let told = read(country, text).unwrap_err();
            assert!(told.contains(why), "{country} {text}: {told}");
        }
    }

    #[test]
    fn every_country_stands_once_and_with_whole_facts() {
        for (at, (letters, code, prefix, out, lengths)) in DIALLING.iter().enumerate() {
            assert!(
                rust_iso3166::from_alpha2(letters).is_some() || ["AC", "TA", "XK"].contains(letters),
                "{letters}"
            );
            assert!(
                DIALLING.iter().skip(at + 1).all(|(other, ..)| other != letters),
                "{letters}"
            );
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            assert!(
                digits(code) && digits(prefix) && digits(out) && !lengths.is_empty(),
                "{letters}"
            );
            assert!(
                lengths.iter().all(|length| length + code.len() <= 18),
                "{letters}"
            );
        }
        assert!(DIALLING.len() > 200);
    }
}

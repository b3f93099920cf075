//! Filters that change a text letter by letter or word by word.

use minijinja::value::Kwargs;
use minijinja::{Error, Value};

use super::fault::Fault;
use super::filters::text_of;
use super::row::trimmed;
use super::tables::shortened;
use crate::domain::{has_han, plain_letters};

/// More than any attribute holds, and little enough for memory.
const TEXT_MAX: usize = 1 << 20;

pub(super) fn upper(text: &str) -> String {
    text.to_uppercase()
}

pub(super) fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// The first letter in upper case, the others as they are: `van Dijk` is `Van Dijk`.
pub(super) fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

pub(super) fn trim(text: &str) -> String {
    trimmed(text).to_owned()
}

/// One blank where there are several, and none at the ends.
pub(super) fn squeeze(text: &str) -> String {
    words(text).collect::<Vec<_>>().join(" ")
}

/// The words of a text, between blanks of any kind.
pub(super) fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    trimmed(text).split_whitespace()
}

pub(super) fn first_word(text: &str) -> String {
    words(text).next().unwrap_or_default().to_owned()
}

pub(super) fn last_word(text: &str) -> String {
    words(text).next_back().unwrap_or_default().to_owned()
}

/// Everything behind the first word.
pub(super) fn rest(text: &str) -> String {
    words(text).skip(1).collect::<Vec<_>>().join(" ")
}

/// Plain letters: `Łukasz Groß` is `Lukasz Gross`. Chinese characters only with `han="pinyin"`, and then as Chinese reads them.
pub(super) fn ascii(value: &Value, options: Kwargs) -> Result<String, Error> {
    let text = text_of(value)?;
    let han: Option<String> = options.get("han")?;
    options.assert_all_used()?;
    match han.as_deref() {
        Some("pinyin") => {}
        Some(other) => {
            return Err(Fault::rule(
                format!(
                    "`ascii` knows no reading `{}` of Chinese characters",
                    shortened(other)
                ),
                "write `ascii(han=\"pinyin\")`, or `ascii` alone",
            )
            .into());
        }
        None if has_han(&text) => {
            return Err(Fault::row(
                "the text has Chinese characters, and nobody knows how they are read: a Japanese name would be written as if it were Chinese",
                "let the HR system give a column with the name in Latin letters; where all such names are Chinese, write `ascii(han=\"pinyin\")`",
            )
            .into());
        }
        None => {}
    }
    // Every syllable comes with a blank behind it.
    Ok(trim(&plain_letters(&text)))
}

/// Without the zeros at the beginning; a number that is only zeros keeps one.
pub(super) fn strip_zeros(text: &str) -> String {
    let bare = text.trim_start_matches('0');
    if bare.is_empty() && !text.is_empty() {
        "0".to_owned()
    } else {
        bare.to_owned()
    }
}

pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// `replace("a", "b")`.
pub(super) fn replace(value: &Value, from: &str, to: &str) -> Result<String, Error> {
    if from.is_empty() {
        return Err(Fault::rule(
            "`replace` was given an empty text to look for",
            "write what is replaced first: `replace(\"a\", \"b\")`",
        )
        .into());
    }
    let text = text_of(value)?;
    let grown = to.len().saturating_sub(from.len());
    let most = text
        .matches(from)
        .count()
        .saturating_mul(grown)
        .saturating_add(text.len());
    if most > TEXT_MAX {
        return Err(Fault::row(
            format!("`replace` would make a text of more than {TEXT_MAX} bytes"),
            "no attribute holds so much; look at the template",
        )
        .into());
    }
    Ok(text.replace(from, to))
}

/// `remove("x")`.
pub(super) fn remove(value: &Value, what: &str) -> Result<String, Error> {
    replace(value, what, "")
}

/// `default("x")`: what stands for an empty text.
pub(super) fn default(value: &Value, otherwise: &Value) -> Result<String, Error> {
    let text = text_of(value)?;
    if text.is_empty() {
        Ok(text_of(otherwise)?.into_owned())
    } else {
        Ok(text.into_owned())
    }
}

/// `left(3)`: so many letters from the beginning.
pub(super) fn left(value: &Value, count: usize) -> Result<String, Error> {
    Ok(text_of(value)?.chars().take(count).collect())
}

/// `right(4)`: so many letters from the end.
pub(super) fn right(value: &Value, count: usize) -> Result<String, Error> {
    let text = text_of(value)?;
    let skipped = text.chars().count().saturating_sub(count);
    Ok(text.chars().skip(skipped).collect())
}

/// No number of a person is longer.
const PAD_MAX: usize = 64;

/// `pad(6)`: zeros in front until it has so many digits; `pad(6, "x")` with another sign.
pub(super) fn pad(value: &Value, length: usize, with: Option<&str>) -> Result<String, Error> {
    let mut signs = with.unwrap_or("0").chars();
    let (Some(sign), None) = (signs.next(), signs.next()) else {
        return Err(Fault::rule("`pad` fills up with one sign", "write it like `pad(6, \"0\")`").into());
    };
    if length > PAD_MAX {
        return Err(Fault::rule(
            format!("`pad({length})` makes a longer text than anybody's number"),
            format!("write a length from 1 to {PAD_MAX}"),
        )
        .into());
    }
    let text = text_of(value)?;
    let has = text.chars().count();
    if has > length {
        return Err(Fault::row(
            format!(
                "`{}` has {has} characters, and `pad({length})` makes at most {length}",
                shortened(&text)
            ),
            "put the number right in the HR system, or pad to a greater length",
        )
        .into());
    }
    if text.is_empty() {
        return Ok(String::new());
    }
    Ok(std::iter::repeat_n(sign, length - has)
        .chain(text.chars())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_change_as_their_filters_say() {
        for (filter, text, result) in [
            (upper as fn(&str) -> String, "straße é", "STRASSE É"),
            (lower, "ÀB", "àb"),
            (upper_first, "van Dijk", "Van Dijk"),
            (upper_first, "", ""),
            (trim, " \u{a0}x\u{200b} ", "x"),
            (squeeze, "  a \u{a0} b\tc ", "a b c"),
            (first_word, " Anna Maria ", "Anna"),
            (last_word, "Anna Maria ", "Maria"),
            (rest, "Anna  Maria van", "Maria van"),
            (rest, "Anna", ""),
            (first_word, "", ""),
            (strip_zeros, "00120", "120"),
            (strip_zeros, "000", "0"),
            (strip_zeros, "", ""),
            (digits, "E-00 12/x3", "00123"),
        ] {
            assert_eq!(filter(text), result, "{text}");
        }
    }

    #[test]
    fn letters_become_plain_ones_and_chinese_characters_only_by_word() {
        let ascii = |text: &str, han: &[(&str, Value)]| {
            let options: Kwargs = han.iter().map(|(key, value)| (*key, value.clone())).collect();
            ascii(&Value::from(text), options).map_err(|error| error.to_string())
        };
        let pinyin = [("han", Value::from("pinyin"))];
        for (text, result) in [
            ("Łukasz Groß Żółć", "Lukasz Gross Zolc"),
            ("たろう", "tarou"),
            ("김", "gim"),
        ] {
            assert_eq!(ascii(text, &[]).unwrap(), result);
            assert_eq!(ascii(text, &pinyin).unwrap(), result);
        }
        let refused = ascii("田中", &[]).unwrap_err();
        assert!(refused.contains("nobody knows how they are read"), "{refused}");
        assert_eq!(ascii("王伟", &pinyin).unwrap(), "Wang Wei");
        assert!(ascii("王伟", &[("han", Value::from("romaji"))]).is_err());
        assert!(ascii("x", &[("hans", Value::from("pinyin"))]).is_err());
    }

    #[test]
    fn numbers_get_their_zeros_back_and_too_long_ones_are_told() {
        let pad =
            |text: &str, length| pad(&Value::from(text), length, None).map_err(|error| error.to_string());
        assert_eq!(pad("123", 6), Ok("000123".to_owned()));
        assert_eq!(pad("123456", 6), Ok("123456".to_owned()));
        assert_eq!(pad("", 6), Ok(String::new()));
        assert!(pad("1234567", 6).unwrap_err().contains("7 characters"));
        assert!(pad("1", 1000).is_err());
    }

    #[test]
    fn parts_of_texts_are_taken_by_letters() {
        let value = Value::from("Ådne");
        assert_eq!(left(&value, 1).unwrap(), "Å");
        assert_eq!(left(&value, 9).unwrap(), "Ådne");
        assert_eq!(right(&value, 3).unwrap(), "dne");
        assert_eq!(replace(&value, "dn", "n").unwrap(), "Åne");
        assert_eq!(remove(&value, "d").unwrap(), "Åne");
        assert!(replace(&value, "", "x").is_err());
        assert_eq!(default(&Value::from(""), &Value::from("x")).unwrap(), "x");
        assert_eq!(default(&value, &Value::from("x")).unwrap(), "Ådne");
    }
}

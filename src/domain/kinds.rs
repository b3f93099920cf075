//! The text of a cell as a value of each kind. Limits are Microsoft's: <https://learn.microsoft.com/graph/api/user-update>.

use oxilangtag::LanguageTag;

use super::damage;
use super::edit::{CLEAR_WORD, Edit, UserKey};
use super::items::{BrokenQuotes, split_items};
use super::rules::CellProblem;
use super::{KeyValue, LIST_SEPARATOR, shorten};
use crate::catalogue::{self, Attribute, Kind, NO_LIMIT};

pub(super) fn within(attribute: &Attribute, text: &str, max: Option<u16>) -> Result<String, CellProblem> {
    let length = text.encode_utf16().count();
    match max {
        Some(max) if length > usize::from(max) => Err(CellProblem::new(
            "too-long",
            format!(
                "the text has {length} characters; `{}` takes at most {max}",
                attribute.name
            ),
            "shorten the text",
        )),
        _ => Ok(text.to_owned()),
    }
}

pub(super) fn email(attribute: &Attribute, text: &str) -> Result<String, CellProblem> {
    let sound = match text.split_once('@') {
        Some((local, domain)) => {
            !local.is_empty()
                // What an unquoted name may hold (RFC 5322): no colon, comma or bracket, as in `SMTP:a@b.nl`.
                && local
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c))
                && domain.contains('.')
                && is_host_name(domain)
        }
        None => false,
    };
    if sound {
        return Ok(text.to_owned());
    }
    Err(CellProblem::new(
        "not-an-address",
        format!(
            "`{}` takes an email address without accents and blanks",
            attribute.name
        ),
        "write it as `name@example.com`",
    ))
}

fn is_host_name(domain: &str) -> bool {
    domain.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    })
}

pub(super) fn user_principal_name(text: &str) -> Result<String, CellProblem> {
    let problem = |message: &str| {
        Err(CellProblem::new(
            "not-a-user-principal-name",
            message,
            "write it as `alias@domain`: before the `@` letters A–Z, digits and ' . - _ ! # ^ ~ (64 at most), after it a verified domain of the tenant",
        ))
    };
    let Some((alias, domain)) = text.rsplit_once('@') else {
        return problem("a userPrincipalName needs an `@`");
    };
    if alias.is_empty() || alias.len() > 64 {
        return problem("the part before the `@` must have 1 to 64 characters");
    }
    if domain.len() > 48 || !is_host_name(domain) {
        return problem("the part after the `@` must be a domain name of at most 48 characters");
    }
    if alias.ends_with('.') {
        return problem("a dot right before the `@` is not allowed");
    }
    if let Some(bad) = alias
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && !"'.-_!#^~".contains(*c))
    {
        return problem(&format!(
            "`{}` is not allowed before the `@`",
            shorten(&bad.to_string())
        ));
    }
    Ok(text.to_owned())
}

pub(super) fn mail_nickname(text: &str) -> Result<String, CellProblem> {
    match text
        .chars()
        .find(|c| !c.is_ascii() || c.is_whitespace() || "@()\\[]\";:<>,".contains(*c))
    {
        None => Ok(text.to_owned()),
        Some(bad) => Err(CellProblem::new(
            "not-a-mail-nickname",
            format!("`{}` is not allowed in `mailNickname`", shorten(&bad.to_string())),
            "use letters without accents, digits, dots and dashes",
        )),
    }
}

pub(super) fn language(text: &str) -> Result<String, CellProblem> {
    let problem = || {
        CellProblem::new(
            "not-a-language",
            "`preferredLanguage` takes a language and a region",
            "write it like `en-US` or `nl-NL`",
        )
    };
    let tag = LanguageTag::parse_and_normalize(text).map_err(|_| problem())?;
    // Microsoft documents both parts; the service refuses a language alone.
    let known_region = tag
        .region()
        .is_some_and(|region| rust_iso3166::from_alpha2(region).is_some());
    if !(2..=3).contains(&tag.primary_language().len()) || !known_region {
        return Err(problem());
    }
    Ok(tag.into_inner())
}

pub(super) fn country(text: &str) -> Result<String, CellProblem> {
    let upper = text.to_ascii_uppercase();
    if upper.len() == 2 && rust_iso3166::from_alpha2(&upper).is_some() {
        return Ok(upper);
    }
    let problem = CellProblem::new(
        "not-a-country",
        "`usageLocation` takes a country as two letters (ISO 3166)",
        "write the two letters, like `NL` or `US`",
    );
    Err(match certain_country(text) {
        Some(code) => problem.repair(code),
        None => problem,
    })
}

/// The country a text names beyond doubt: by its three letters, its name, or the beginning of one name only.
fn certain_country(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    if lower == "uk" {
        return Some("GB");
    }
    // Two countries go by this name.
    if lower == "congo" {
        return None;
    }
    let named = rust_iso3166::ALL
        .iter()
        .find(|country| country.alpha3.eq_ignore_ascii_case(text) || country.name.to_lowercase() == lower);
    let begins = || {
        let mut matches = rust_iso3166::ALL
            .iter()
            .filter(|country| country.name.to_lowercase().starts_with(&lower));
        let first = matches.next().filter(|_| lower.chars().count() >= 4);
        first.filter(|_| matches.next().is_none())
    };
    named.or_else(begins).map(|country| country.alpha2)
}

pub(super) fn boolean(attribute: &Attribute, text: &str) -> Result<bool, CellProblem> {
    damage::truth(text).ok_or_else(|| {
        CellProblem::new(
            "not-true-or-false",
            format!("`{}` takes `true` or `false`", attribute.name),
            match damage::likely_truth(text) {
                Some(value) => format!("write `true` or `false`; `{value}` is probably meant"),
                None => "write `true` or `false`".to_owned(),
            },
        )
    })
}

pub(super) fn integer(attribute: &Attribute, text: &str) -> Result<i64, CellProblem> {
    text.parse().map_err(|_| {
        CellProblem::new(
            "not-a-number",
            format!("`{}` takes a whole number", attribute.name),
            "write digits only",
        )
    })
}

pub(super) fn moment(attribute: &Attribute, text: &str) -> Result<String, CellProblem> {
    let parsed = match text.parse::<jiff::Timestamp>() {
        Ok(moment) => Some(moment),
        // A plain ISO date means the beginning of that day in UTC, as the portal stores it.
        Err(_) if is_plain_date(text) => text
            .parse::<jiff::civil::Date>()
            .ok()
            .and_then(|date| jiff::tz::TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()),
        Err(_) => None,
    };
    // A year of two digits, padded by some program, is nobody's first or last day at work.
    let plausible = parsed.filter(|moment| jiff::tz::TimeZone::UTC.to_datetime(*moment).year() >= 1900);
    plausible
        .map(|moment| moment.to_string())
        .ok_or_else(|| not_a_date(attribute, text))
}

/// A date with one meaning in another spelling is told in the right one; never one with two.
fn not_a_date(attribute: &Attribute, text: &str) -> CellProblem {
    let (days, _) = damage::days(text);
    let means = match days.as_slice() {
        [(one, _), (two, _)] => format!("; the text may mean {one} or {two}"),
        [_] => String::new(),
        _ => match damage::serial_days(text) {
            Some([day, _]) => format!("; a spreadsheet counts {day} as this number, if that is what it was"),
            None if text
                .bytes()
                .all(|b| b.is_ascii_digit() || b"-TZ:.+ ".contains(&b)) =>
            {
                "; this is not a day of the calendar in that form, or its moment says no time zone".to_owned()
            }
            None => String::new(),
        },
    };
    let problem = CellProblem::new(
        "not-a-date",
        format!("`{}` takes a date in the ISO form{means}", attribute.name),
        "write it like `2026-06-05` or `2026-06-05T00:00:00Z`",
    );
    match days.as_slice() {
        [(day, _)] if day.year() >= 1900 => problem.repair(day.to_string()),
        _ => problem,
    }
}

/// `2026-06-05` and no other spelling.
fn is_plain_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

pub(super) fn choice(attribute: &Attribute, words: &[&str], text: &str) -> Result<String, CellProblem> {
    match words.iter().find(|word| word.eq_ignore_ascii_case(text)) {
        Some(word) => Ok((*word).to_owned()),
        None => Err(CellProblem::new(
            "not-a-choice",
            format!("`{}` takes one of {}", attribute.name, in_words(words)),
            "write one of these words",
        )),
    }
}

pub(super) fn flags(attribute: &Attribute, words: &[&str], text: &str) -> Result<String, CellProblem> {
    if text.eq_ignore_ascii_case("None") {
        return Ok("None".to_owned());
    }
    let mut chosen = text
        .split([',', ';'])
        .map(|part| choice(attribute, words, part.trim()))
        .collect::<Result<Vec<String>, CellProblem>>()?;
    chosen.sort();
    chosen.dedup();
    Ok(chosen.join(", "))
}

/// Several telephone numbers: each begins as one and has digits enough, which `ext. 16` behind a number has not.
fn are_numbers(items: &[String]) -> bool {
    let is_number = |item: &String| {
        item.starts_with(|first: char| first == '+' || first == '(' || first.is_ascii_digit())
            && item.chars().filter(char::is_ascii_digit).count() >= 4
    };
    items.len() > 1 && items.iter().all(is_number)
}

pub(super) fn list(
    attribute: &Attribute,
    text: &str,
    items_max: u16,
    item_max: u16,
) -> Result<Vec<String>, CellProblem> {
    let items = match split_items(text) {
        // A list that holds one item at most has no separator: `;` is then a part of the text.
        Ok(items)
            if items_max == 1 && !text.starts_with('"') && !items.is_empty() && !are_numbers(&items) =>
        {
            vec![text.to_owned()]
        }
        Err(_) if items_max == 1 => vec![text.to_owned()],
        Ok(items) => items,
        // No address holds a quote, so that is what is wrong with it.
        Err(_) if matches!(attribute.kind, Kind::EmailList { .. } | Kind::References { .. }) => {
            text.split(';').map(|item| item.trim().to_owned()).collect()
        }
        Err(BrokenQuotes) => {
            return Err(CellProblem::new(
                "list-quotes",
                format!(
                    "the quotes in the list of `{}` do not fit together",
                    attribute.name
                ),
                "put an item that holds a `;` or begins with a quote into double quotes, and double the quotes inside it: `\"C; C++\"; Rust`",
            ));
        }
    };
    if items.is_empty() {
        return Err(CellProblem::new(
            "no-items",
            "the cell holds separators and nothing between them",
            format!("fill in the items, or write `{CLEAR_WORD}` to clear the list"),
        ));
    }
    if items.len() > usize::from(items_max) {
        return Err(CellProblem::new(
            "too-many-items",
            format!(
                "the cell holds {} items; `{}` takes at most {items_max}",
                items.len(),
                attribute.name
            ),
            format!(
                "keep at most {items_max}, separated by `{}`",
                LIST_SEPARATOR.trim()
            ),
        ));
    }
    items
        .into_iter()
        .map(|item| within(attribute, &item, Some(item_max)))
        .collect()
}

/// Between the name of an attribute and a value that says which user is meant: `employeeId:00123`.
const HOLDER_MARK: char = ':';

/// A user by object id, by userPrincipalName, by a value such as `employeeId:00123`, or by display name. A name needs a
/// letter: a bare number is more often a number that lost its way.
pub(super) fn reference(attribute: &Attribute, text: &str) -> Result<Edit, CellProblem> {
    let marked = text
        .split_once(HOLDER_MARK)
        .and_then(|(name, value)| Some((catalogue::key_attribute(name.trim())?, value)));
    let named = match marked {
        Some((key, value)) => KeyValue::new(key, value).map(Edit::ReferHolder),
        None => UserKey::parse(text).map(Edit::Refer).or_else(|| {
            let name = catalogue::by_name("displayName").filter(|_| text.contains(char::is_alphabetic))?;
            KeyValue::new(name, text).map(Edit::ReferHolder)
        }),
    };
    named.ok_or_else(|| {
        CellProblem::new(
            "not-a-user",
            format!(
                "`{}` takes a user, by userPrincipalName, object id, display name or a key like `employeeId:00123`",
                attribute.name
            ),
            "write it like `name@example.com`; for a column of employee numbers add `--manager-by employeeId`",
        )
    })
}

/// Several users by object id or userPrincipalName, each once.
pub(super) fn references(
    attribute: &Attribute,
    text: &str,
    items_max: u16,
) -> Result<Vec<String>, CellProblem> {
    let mut named: Vec<String> = Vec::new();
    for item in list(attribute, text, items_max, NO_LIMIT)? {
        if UserKey::parse(&item).is_none() {
            return Err(CellProblem::new(
                "not-a-user",
                format!(
                    "`{}` takes users by userPrincipalName or object id, and `{}` is neither",
                    attribute.name,
                    shorten(&item)
                ),
                "write them like `name@example.com; other@example.com`",
            ));
        }
        if !named.iter().any(|known| known.eq_ignore_ascii_case(&item)) {
            named.push(item);
        }
    }
    Ok(named)
}

/// `"A", "B" or "C"`.
fn in_words(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

//! From the text of a cell to an edit: what is allowed for each kind of value, and what to do otherwise.
//!
//! Only cells that differ from their base come here, so a value that the directory already holds is never an error.
//! Limits are Microsoft's: <https://learn.microsoft.com/graph/api/user-update>.

use oxilangtag::LanguageTag;

use super::damage;
use super::edit::{CLEAR_WORD, Edit, UserKey};
use super::invisible::{is_blank, is_direction_control, trim};
use super::{LIST_SEPARATOR, Value, shorten};
use crate::catalogue::{Attribute, ClearRule, Kind, ReadOnlyReason, WriteRule};

/// Why a cell cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellProblem {
    pub rule: &'static str,
    pub message: String,
    pub help: String,
    pub repair: Option<String>,
}

impl CellProblem {
    fn new(rule: &'static str, message: impl Into<String>, help: impl Into<String>) -> CellProblem {
        CellProblem {
            rule,
            message: message.into(),
            help: help.into(),
            repair: None,
        }
    }

    fn repair(mut self, text: impl Into<String>) -> CellProblem {
        self.repair = Some(text.into());
        self
    }
}

/// Reads a non-empty cell. Blanks and invisible marks at its ends are taken off first.
pub fn read_cell(attribute: &Attribute, text: &str) -> Result<Edit, CellProblem> {
    if is_blank(text) {
        return Err(CellProblem::new(
            "only-blanks",
            "the cell looks empty but holds blanks, so it is not clear whether the value should go",
            format!("empty the cell, or write `{CLEAR_WORD}` to clear the value"),
        ));
    }
    let text = trim(text);
    if let WriteRule::ReadOnly(reason) = attribute.write {
        return Err(read_only(attribute, reason));
    }
    if text.eq_ignore_ascii_case(CLEAR_WORD) {
        return clear(attribute);
    }
    if let Some(problem) = damage::certain(attribute, text).or_else(|| word_for_nothing(text)) {
        return Err(problem);
    }
    if let Some(bad) = text.chars().find(|c| !is_allowed(attribute, *c)) {
        return Err(CellProblem::new(
            "control-character",
            format!(
                "the cell holds {}, which is not allowed in `{}`",
                control_name(bad),
                attribute.name
            ),
            "remove the character; text on several lines is possible only in `streetAddress`",
        ));
    }
    read_kind(attribute, text)
}

/// A text that people write to say *nothing*, and that would otherwise become the value.
fn word_for_nothing(text: &str) -> Option<CellProblem> {
    // `Null` and `Leeg` are family names; nobody's name is written in capitals or small letters only.
    let exact = ["NULL", "null", "(null)", "LEEG", "leeg"].contains(&text);
    let any_case = ["n/a", "-", "--", "\u{2013}", "\u{2014}"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(text));
    let bracketed = text.starts_with(['<', '\u{ff1c}', '\u{2039}'])
        && text.ends_with(['>', '\u{ff1e}', '\u{203a}'])
        && text.chars().count() <= 24;
    let letters: String = text.chars().filter(|c| c.is_alphabetic()).collect();
    let nearly_clear = letters.eq_ignore_ascii_case("clear") && text.len() > letters.len();
    (exact || any_case || bracketed || nearly_clear).then(|| {
        CellProblem::new(
            "word-for-nothing",
            "the text reads like a wish to empty the cell, but would be written as it stands",
            format!("write `{CLEAR_WORD}` to clear the value; the word is the same in every language"),
        )
    })
}

/// What a text means for this attribute, whether it may be written or not; `None` when it means nothing.
pub fn interpret(attribute: &Attribute, text: &str) -> Option<Edit> {
    let text = trim(text);
    match attribute.kind {
        _ if text.is_empty() => Some(Edit::Set(Value::Empty)),
        Kind::Guid | Kind::Json => Some(Edit::Set(Value::Text(text.to_owned()))),
        _ => read_kind(attribute, text).ok(),
    }
}

/// What an emptied cell or `<clear>` asks for.
pub fn clear(attribute: &Attribute) -> Result<Edit, CellProblem> {
    match (attribute.write, attribute.clear) {
        (WriteRule::ReadOnly(reason), _) => Err(read_only(attribute, reason)),
        (_, ClearRule::Null | ClearRule::EmptyList) => Ok(Edit::Clear),
        (_, ClearRule::Never) => Err(CellProblem::new(
            "not-clearable",
            format!("Microsoft Entra ID does not let `{}` be empty", attribute.name),
            "put a value into the cell, or put the exported value back",
        )),
    }
}

fn read_only(attribute: &Attribute, reason: ReadOnlyReason) -> CellProblem {
    let because = match reason {
        ReadOnlyReason::SetByService => "the service sets it",
        ReadOnlyReason::SetOnPremises => "it comes from the on-premises Active Directory",
        ReadOnlyReason::SetByExchange => "it is managed in Exchange or the Microsoft 365 admin center",
        ReadOnlyReason::OwnEndpoint => {
            "it has a way of its own that this version of dirsheet does not offer yet"
        }
        ReadOnlyReason::Undocumented => "Microsoft does not document that it can be written",
        ReadOnlyReason::Secret => "a secret has no place in a sheet",
    };
    CellProblem::new(
        "read-only",
        format!("`{}` cannot be changed: {because}", attribute.name),
        "put the exported value back, or remove the column from the sheet",
    )
}

fn read_kind(attribute: &Attribute, text: &str) -> Result<Edit, CellProblem> {
    let value = match attribute.kind {
        Kind::Text { max } => Value::Text(within(attribute, text, max)?),
        Kind::Phone { max } => Value::Text(within(attribute, text, Some(max))?),
        Kind::Email { max } => Value::Text(email(attribute, &within(attribute, text, max)?)?),
        Kind::UserPrincipalName => Value::Text(user_principal_name(text)?),
        Kind::MailNickname { max } => Value::Text(mail_nickname(&within(attribute, text, Some(max))?)?),
        Kind::Language => Value::Text(language(text)?),
        Kind::Country => Value::Text(country(text)?),
        Kind::Boolean => Value::Boolean(boolean(attribute, text)?),
        Kind::Integer => Value::Integer(integer(attribute, text)?),
        Kind::DateTime => Value::Text(moment(attribute, text)?),
        Kind::Choice(words) => Value::Text(choice(attribute, words, text)?),
        Kind::Flags(words) => Value::Text(flags(attribute, words, text)?),
        Kind::TextList { items_max, item_max } => Value::list(list(attribute, text, items_max, item_max)?),
        Kind::EmailList { items_max, item_max } => {
            let items = list(attribute, text, items_max, item_max)?;
            Value::list(
                items
                    .iter()
                    .map(|item| email(attribute, item))
                    .collect::<Result<_, _>>()?,
            )
        }
        Kind::Reference => return reference(attribute, text),
        // Both exist only as read-only attributes, which were refused above.
        Kind::Guid | Kind::Json => return Err(read_only(attribute, ReadOnlyReason::Undocumented)),
    };
    Ok(Edit::Set(value))
}

fn within(attribute: &Attribute, text: &str, max: Option<u16>) -> Result<String, CellProblem> {
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

fn email(attribute: &Attribute, text: &str) -> Result<String, CellProblem> {
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

fn user_principal_name(text: &str) -> Result<String, CellProblem> {
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

fn mail_nickname(text: &str) -> Result<String, CellProblem> {
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

fn language(text: &str) -> Result<String, CellProblem> {
    let problem = || {
        CellProblem::new(
            "not-a-language",
            "`preferredLanguage` takes a language and a region",
            "write it like `en-US` or `nl-NL`",
        )
    };
    let tag = LanguageTag::parse_and_normalize(text).map_err(|_| problem())?;
    let known_region = tag
        .region()
        .is_none_or(|region| rust_iso3166::from_alpha2(region).is_some());
    if !(2..=3).contains(&tag.primary_language().len()) || !known_region {
        return Err(problem());
    }
    Ok(tag.into_inner())
}

fn country(text: &str) -> Result<String, CellProblem> {
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

/// The words spreadsheets write for a truth value, in English, Dutch, German, French and Spanish.
const TRUE_WORDS: [&str; 5] = ["true", "waar", "wahr", "vrai", "verdadero"];
const FALSE_WORDS: [&str; 5] = ["false", "onwaar", "falsch", "faux", "falso"];

fn boolean(attribute: &Attribute, text: &str) -> Result<bool, CellProblem> {
    truth(text).ok_or_else(|| {
        CellProblem::new(
            "not-true-or-false",
            format!("`{}` takes `true` or `false`", attribute.name),
            "write `true` or `false`",
        )
    })
}

/// The truth value a word stands for.
pub(super) fn truth(text: &str) -> Option<bool> {
    let lower = text.trim().to_lowercase();
    if TRUE_WORDS.contains(&lower.as_str()) {
        Some(true)
    } else {
        FALSE_WORDS.contains(&lower.as_str()).then_some(false)
    }
}

fn integer(attribute: &Attribute, text: &str) -> Result<i64, CellProblem> {
    text.parse().map_err(|_| {
        CellProblem::new(
            "not-a-number",
            format!("`{}` takes a whole number", attribute.name),
            "write digits only",
        )
    })
}

fn moment(attribute: &Attribute, text: &str) -> Result<String, CellProblem> {
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
    plausible.map(|moment| moment.to_string()).ok_or_else(|| {
        CellProblem::new(
            "not-a-date",
            format!(
                "`{}` takes a date in the ISO form, because 5-6-2026 means two different days",
                attribute.name
            ),
            "write it like `2026-06-05` or `2026-06-05T00:00:00Z`",
        )
    })
}

/// `2026-06-05` and no other spelling.
fn is_plain_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

fn choice(attribute: &Attribute, words: &[&str], text: &str) -> Result<String, CellProblem> {
    match words.iter().find(|word| word.eq_ignore_ascii_case(text)) {
        Some(word) => Ok((*word).to_owned()),
        None => Err(CellProblem::new(
            "not-a-choice",
            format!("`{}` takes one of {}", attribute.name, in_words(words)),
            "write one of these words",
        )),
    }
}

fn flags(attribute: &Attribute, words: &[&str], text: &str) -> Result<String, CellProblem> {
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

fn list(
    attribute: &Attribute,
    text: &str,
    items_max: u16,
    item_max: u16,
) -> Result<Vec<String>, CellProblem> {
    // A list that holds one item at most has no separator: `;` is then a part of the text.
    let items: Vec<&str> = if items_max == 1 {
        vec![text]
    } else {
        text.split(';')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .collect()
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
        .map(|item| within(attribute, item, Some(item_max)))
        .collect()
}

fn reference(attribute: &Attribute, text: &str) -> Result<Edit, CellProblem> {
    UserKey::parse(text).map(Edit::Refer).ok_or_else(|| {
        CellProblem::new(
            "not-a-user",
            format!(
                "`{}` takes a user, by userPrincipalName or object id",
                attribute.name
            ),
            "write it like `name@example.com`",
        )
    })
}

fn is_allowed(attribute: &Attribute, c: char) -> bool {
    match c {
        '\n' | '\r' => attribute.name == "streetAddress",
        // Line and paragraph separators break lines too.
        '\u{2028}' | '\u{2029}' => false,
        c => !c.is_control() && !is_direction_control(c),
    }
}

fn control_name(c: char) -> String {
    match c {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => "a line break".to_owned(),
        '\t' => "a tab".to_owned(),
        c if is_direction_control(c) => {
            format!(
                "the mark U+{:04X}, which turns the direction of the text,",
                u32::from(c)
            )
        }
        c => format!("the control character U+{:04X}", u32::from(c)),
    }
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

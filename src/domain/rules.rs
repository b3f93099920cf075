//! From the text of a cell to an edit: what is allowed for each kind of value, and what to do otherwise.
//!
//! Only cells that differ from their base come here, so a value that the directory already holds is never an error.
//! Limits are Microsoft's: <https://learn.microsoft.com/graph/api/user-update>.

use super::Value;
use super::damage;
use super::edit::{CLEAR_WORD, Edit};
use super::extension;
use super::identities::identities;
use super::invisible::{is_blank, is_direction_control, trim};
use super::kinds::{
    boolean, choice, country, email, flags, integer, language, list, mail_nickname, moment, reference,
    references, user_principal_name, within,
};
use super::picture::picture;
use super::security;
use super::telephone::sign_in_number;
use super::value::distinct;
use super::web::web_address;
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
    pub(super) fn new(
        rule: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> CellProblem {
        CellProblem {
            rule,
            message: message.into(),
            help: help.into(),
            repair: None,
        }
    }

    pub(super) fn repair(mut self, text: impl Into<String>) -> CellProblem {
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
            "remove the character; text on several lines is possible only in `streetAddress` and `aboutMe`",
        ));
    }
    let edit = read_kind(attribute, text)?;
    security::may_hold(attribute, &edit)?;
    Ok(edit)
}

/// A text that people write to say *nothing*, and that would otherwise become the value.
fn word_for_nothing(text: &str) -> Option<CellProblem> {
    // `Null`, `Nan` and `Leeg` are names; nobody's name is written in capitals or small letters only.
    let exact = [
        "NULL",
        "null",
        "(null)",
        "LEEG",
        "leeg",
        "nan",
        "NaN",
        "NaT",
        "undefined",
        "\\N",
    ]
    .contains(&text);
    // `(empty)` and `(cleared)` are what plans and reports show.
    let any_case = ["n/a", "(empty)", "(cleared)", "-", "--", "\u{2013}", "\u{2014}"]
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
        Kind::Guid | Kind::Json | Kind::SignInPhone { .. } => Some(Edit::Set(Value::Text(text.to_owned()))),
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
        ReadOnlyReason::InParts => {
            "it holds all of them at once; each has a column of its own, `customSecurityAttributes.{set}.{name}`"
        }
        ReadOnlyReason::Undocumented => "Microsoft does not document that it can be written",
        ReadOnlyReason::Secret => "a secret has no place in a sheet",
        ReadOnlyReason::Bytes => "it holds bytes, which no cell can say",
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
        Kind::SignInPhone { extension } => Value::Text(sign_in_number(attribute, text, extension)?),
        Kind::Email { max } => Value::Text(email(attribute, &within(attribute, text, max)?)?),
        Kind::WebAddress => Value::Text(web_address(attribute, text)?),
        Kind::UserPrincipalName => Value::Text(user_principal_name(text)?),
        Kind::MailNickname { max } => Value::Text(mail_nickname(&within(attribute, text, Some(max))?)?),
        Kind::Language => Value::Text(language(text)?),
        Kind::Country => Value::Text(country(text)?),
        Kind::Boolean => Value::Boolean(boolean(attribute, text)?),
        Kind::Integer => Value::Integer(extension::in_range(attribute, integer(attribute, text)?)?),
        Kind::DateTime => Value::Text(moment(attribute, text)?),
        Kind::Choice(words) => Value::Text(choice(attribute, words, text)?),
        Kind::Flags(words) => Value::Text(flags(attribute, words, text)?),
        Kind::TextList { items_max, item_max } => {
            let items = list(attribute, text, items_max, item_max)?;
            Value::list(distinct(attribute.kind, extension::items(attribute, items)?))
        }
        Kind::EmailList { items_max, item_max } => {
            let items = list(attribute, text, items_max, item_max)?;
            let items = items.iter().map(|item| email(attribute, item));
            Value::list(distinct(attribute.kind, items.collect::<Result<_, _>>()?))
        }
        Kind::Identities { items_max } => Value::list(identities(attribute, text, items_max)?),
        Kind::Reference => return reference(attribute, text),
        Kind::References { items_max } => Value::list(references(attribute, text, items_max)?),
        Kind::Picture => Value::Text(picture(text)?),
        // Both exist only as read-only attributes, which were refused above.
        Kind::Guid | Kind::Json => return Err(read_only(attribute, ReadOnlyReason::Undocumented)),
    };
    Ok(Edit::Set(value))
}

fn is_allowed(attribute: &Attribute, c: char) -> bool {
    match c {
        '\n' | '\r' => ["streetAddress", "aboutMe"].contains(&attribute.name),
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

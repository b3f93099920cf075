//! One cell of a row beside what the directory holds: who may write it, and what an empty one means.

use super::super::letters;
use super::super::matching::{Doubt, Match};
use super::super::settings::{Authority, Blank, FeedSettings};
use super::super::{MappedCell, MappingProblem};
use super::Ground;
use crate::catalogue::{self, Attribute, ClearRule};
use crate::domain::{
    CLEAR_WORD, Directory, Edit, NOT_READ_WORD, UserState, Value, interpret, is_blank, read_cell, same,
    shorten,
};

/// What the directory holds of a person.
#[derive(Clone, Copy)]
pub struct Standing<'a> {
    /// `None` for somebody who is still to be made.
    pub live: Option<&'a Value>,
    /// It was asked for and not told: the value is unknown, not empty.
    pub is_unread: bool,
}

/// When an attribute is written, and what an empty cell of it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CellRule {
    pub authority: Authority,
    pub blank: Blank,
}

/// The rule of the settings for this attribute.
pub fn rule_of(settings: &FeedSettings, attribute: &Attribute) -> CellRule {
    let rule = settings
        .attributes
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(attribute.name))
        .map(|(_, rule)| rule);
    rule.map_or_else(CellRule::default, |rule| CellRule {
        authority: rule.authority,
        blank: rule.blank,
    })
}

/// What a cell says to do where an empty or a filled one meets this rule, before the values are compared.
pub fn may_write(is_blank: bool, standing: Standing<'_>, rule: CellRule) -> bool {
    let Some(live) = standing.live else {
        return !is_blank;
    };
    let holds_something = standing.is_unread || !live.to_cell().is_empty();
    match rule.authority {
        Authority::OnCreate => false,
        Authority::WhenEmpty => !is_blank && !holds_something,
        Authority::Always if is_blank => rule.blank == Blank::Clear && !standing.is_unread && holds_something,
        Authority::Always => true,
    }
}

/// Whether a value is unknown: the service did not tell it, or it stands in no list.
pub fn is_unread(user: &UserState, name: &str, directory: &Directory) -> bool {
    let is_read = name == "userPrincipalName" || directory.columns().iter().any(|column| column.name == name);
    !is_read || directory.is_unread(user, name)
}

/// Whether what could not be made would be written at all: of somebody who is there no value that is for new people, and none beside
/// one that is held where only an empty place is filled.
pub fn concerns(problem: &MappingProblem, found: &Match, ground: Ground<'_>) -> bool {
    let user = found.user().and_then(|id| ground.directory.user(&id));
    let name = problem.rule.strip_prefix("attributes.");
    let (Some(user), Some(attribute)) = (user, name.and_then(catalogue::by_name)) else {
        return true;
    };
    let live = ground.directory.value(user, attribute.name);
    let standing = Standing {
        live: Some(&live),
        is_unread: is_unread(user, attribute.name, ground.directory),
    };
    may_write(false, standing, rule_of(ground.settings, attribute))
}

/// The text for the sheet, or `None` where nothing is to be done.
///
/// # Errors
/// A text that would be read as a command, or whose letters are those of a wrong code page.
pub fn judge(cell: &MappedCell, standing: Standing<'_>, rule: CellRule) -> Result<Option<String>, Doubt> {
    let blank = is_blank(&cell.text);
    if !may_write(blank, standing, rule) {
        return Ok(None);
    }
    let attribute = cell.attribute;
    if blank {
        let clears = attribute.clear != ClearRule::Never;
        return Ok(clears.then(|| CLEAR_WORD.to_owned()));
    }
    let text = cell.text.trim();
    if [CLEAR_WORD, NOT_READ_WORD]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(text))
    {
        return Err(Doubt::new(
            format!(
                "attributes.{}: the value is `{}`, a word that means something else in a sheet",
                attribute.name,
                shorten(text)
            ),
            "correct the value in the HR system; to clear an attribute, leave it empty and set `blank = \"clear\"`",
        ));
    }
    if agrees(attribute, text, standing) {
        return Ok(None);
    }
    match damaged(cell).or_else(|| lost(cell, standing)) {
        Some(doubt) => Err(doubt),
        None => Ok(Some(cell.text.clone())),
    }
}

/// Whether a cell says something that could stand in the directory: a value that it holds already or that would be written, or an emptying
/// that the rule asks for. A damaged text, a word for nothing and what no check lets pass say nothing.
pub fn says_something(cell: &MappedCell, standing: Standing<'_>, rule: CellRule) -> bool {
    let attribute = cell.attribute;
    if is_blank(&cell.text) {
        return rule.blank == Blank::Clear && attribute.clear != ClearRule::Never;
    }
    let is_value = |edit: Result<Edit, _>| edit.is_ok_and(|edit| edit != Edit::Clear);
    agrees(attribute, cell.text.trim(), standing)
        || (is_value(read_cell(attribute, &cell.text))
            && damaged(cell).is_none()
            && lost(cell, standing).is_none())
}

/// Why a cell whose letters are damaged is not written. What the directory holds already is never damaged.
pub fn damaged(cell: &MappedCell) -> Option<Doubt> {
    let damage = letters::damage(&cell.text)?;
    Some(Doubt::new(
        format!("attributes.{}: {damage}", cell.attribute.name),
        letters::HELP,
    ))
}

/// Why a cell is not written that is what the directory holds, but for letters that a code page does not have.
fn lost(cell: &MappedCell, standing: Standing<'_>) -> Option<Doubt> {
    let live = standing.live.filter(|_| !standing.is_unread)?.to_cell();
    letters::lost_from(&live, cell.text.trim()).then(|| {
        let (name, text) = (cell.attribute.name, shorten(&cell.text));
        Doubt::new(
            format!("attributes.{name}: `{text}` is the value of the directory with `?` for letters that were lost on the way"),
            letters::HELP,
        )
    })
}

/// Whether the directory holds what the text means.
fn agrees(attribute: &Attribute, text: &str, standing: Standing<'_>) -> bool {
    let Some(live) = standing.live.filter(|_| !standing.is_unread) else {
        return false;
    };
    live.to_cell() == text
        || matches!(interpret(attribute, text), Some(Edit::Set(wanted)) if same(attribute, live, &wanted))
}

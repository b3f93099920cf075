//! Telephone numbers and addresses for signing in, told in part: whoever looks over a shoulder should not learn them.
//!
//! Sentences always tell them in part. What is told cell by cell (plans, comparisons, reports, findings) can be told whole on request.

use std::borrow::Cow;

use super::{Change, Comparison, Conflict, Plan, UserChanges, Value};
use crate::catalogue::Attribute;

/// How values of such attributes are told. Others are always told whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Contacts {
    #[default]
    Masked,
    Shown,
}

/// Stands for everything that is not told.
const DOTS: &str = "••••••";

/// A value that is told in part: `+31 ••••••78`, `a•••@example.com`, or only dots.
pub fn masked(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    if let Some((name, domain)) = text.split_once('@') {
        if name.ends_with("•••") {
            return text.to_owned();
        }
        let first: String = name.chars().take(1).collect();
        return format!("{first}•••@{domain}");
    }
    let code = match text.split_once(' ') {
        Some((code, _)) if code.starts_with('+') && code.len() <= 4 => format!("{code} "),
        _ => String::new(),
    };
    // Told in part before, as in a sheet of conflicts that comes back.
    let is_told = |rest: &str| {
        rest.strip_prefix(DOTS)
            .is_some_and(|end| end.len() <= 2 && end.bytes().all(|one| one.is_ascii_digit()))
    };
    if text.strip_prefix(&code).is_some_and(is_told) {
        return text.to_owned();
    }
    let number = text.split(['x', 'X']).next().unwrap_or_default();
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let end: String = match digits.len() {
        // Of a short one even two digits would be much.
        0..8 => String::new(),
        count => digits.iter().skip(count - 2).collect(),
    };
    format!("{code}{DOTS}{end}")
}

/// Whether a text was told in part, and so is no value.
pub fn is_masked_text(text: &str) -> bool {
    text.contains("•••")
}

/// The text of a cell in a sentence: in part where the attribute is such a one.
pub fn told_text(attribute: &Attribute, text: &str) -> String {
    Contacts::Masked.text(attribute, text)
}

impl Contacts {
    /// The text of a cell.
    pub fn text(self, attribute: &Attribute, text: &str) -> String {
        match self {
            Contacts::Masked if attribute.is_masked() => masked(text),
            Contacts::Masked | Contacts::Shown => text.to_owned(),
        }
    }

    /// The text a cell shows for a value.
    pub fn cell(self, attribute: &Attribute, value: &Value) -> String {
        self.text(attribute, &value.to_cell())
    }

    /// The plan as it is told. It has the fingerprint of the plan itself, and is for showing only.
    pub fn plan(self, plan: &Plan) -> Cow<'_, Plan> {
        let changes = plan.changes().map(|(_, change)| change.attribute);
        let others = plan.conflicts().iter().map(|conflict| conflict.attribute);
        let withheld = plan.withheld().iter().map(|held| held.change.attribute);
        let settled = plan.settled().iter().map(|one| one.conflict.attribute);
        let mut all = changes.chain(others).chain(withheld).chain(settled);
        if self == Contacts::Shown || !all.any(Attribute::is_masked) {
            return Cow::Borrowed(plan);
        }
        let mut told = plan.clone();
        told.told_of = Some(plan.fingerprint());
        mask_users(&mut told.users);
        told.conflicts.iter_mut().for_each(mask_conflict);
        for settled in &mut told.settled {
            mask_conflict(&mut settled.conflict);
        }
        for held in &mut told.withheld {
            mask_change(&mut held.change);
        }
        Cow::Owned(told)
    }

    /// The comparison as it is told.
    pub fn comparison(self, comparison: &Comparison) -> Cow<'_, Comparison> {
        if self == Contacts::Shown || !comparison.columns().iter().any(|one| one.is_masked()) {
            return Cow::Borrowed(comparison);
        }
        let mut told = comparison.clone();
        mask_users(&mut told.changed);
        Cow::Owned(told)
    }
}

fn mask_users(users: &mut [UserChanges]) {
    for change in users.iter_mut().flat_map(|user| &mut user.changes) {
        mask_change(change);
    }
}

fn mask_change(change: &mut Change) {
    if change.attribute.is_masked() {
        mask_value(&mut change.before);
        mask_value(&mut change.after);
    }
}

fn mask_conflict(conflict: &mut Conflict) {
    if conflict.attribute.is_masked() {
        conflict.base = masked(&conflict.base);
        mask_value(&mut conflict.edited);
        mask_value(&mut conflict.live);
    }
}

fn mask_value(value: &mut Value) {
    if !value.is_empty() {
        *value = Value::Text(masked(&value.to_cell()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::by_name;

    #[test]
    fn a_number_keeps_its_country_and_two_digits_and_an_address_its_first_letter() {
        for (text, told) in [
            ("+31 612345678", "+31 ••••••78"),
            ("+1 5555551234x123", "+1 ••••••34"),
            ("+31612345678", "••••••78"),
            ("+31 1234", "+31 ••••••"),
            ("anna@example.com", "a•••@example.com"),
            ("@example.com", "•••@example.com"),
            ("secret words", "••••••"),
            ("", ""),
        ] {
            assert_eq!(masked(text), told, "{text}");
            assert_eq!(masked(told), told, "twice is the same");
            assert!(text.is_empty() || is_masked_text(&masked(text)));
        }
        let (mobile, profile) = (
            by_name("authentication.phoneMethods.mobile").unwrap(),
            by_name("mobilePhone").unwrap(),
        );
        assert_eq!(told_text(profile, "+31 612345678"), "+31 612345678");
        assert_eq!(Contacts::Shown.text(mobile, "+31 612345678"), "+31 612345678");
        assert_eq!(told_text(mobile, "+31 612345678"), "+31 ••••••78");
    }
}

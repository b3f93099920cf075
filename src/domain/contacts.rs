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

/// Stands for a digit that is not told.
const DOT: char = '•';
/// Stands for everything that is not told.
const DOTS: &str = "••••••";

/// More digits than a country code has: these may be a number.
const DIGITS_SHOWN_MAX: usize = 3;
/// Of a number with fewer digits even the last two would be much.
const DIGITS_MIN_FOR_END: usize = 8;

/// A text that is told in part: `+31 ••••••78`, `a•••@example.com`. What is not in the right form keeps its form, so that it can be
/// found and mended (`0• ••••••78`); what is no number and no address (`n/a`) is told as it is. Told twice it is the same.
pub fn masked(text: &str) -> String {
    if text.contains('@') {
        return masked_addresses(text);
    }
    match text.chars().filter(|c| is_digit(*c)).count() {
        // Letters with a dot in between may be an address that lost its sign.
        0 if text.trim_matches('.').contains('.') => DOTS.to_owned(),
        0..=DIGITS_SHOWN_MAX => text.to_owned(),
        _ => masked_number(text),
    }
}

/// A digit, or one that was told in part before. Other scripts have digits too.
fn is_digit(c: char) -> bool {
    c.is_numeric() || c == DOT
}

/// Each address by itself, and no digit of what stands beside them.
fn masked_addresses(text: &str) -> String {
    let is_between = |c: char| c.is_whitespace() || ",;:/|<>()[]\"'".contains(c);
    text.split_inclusive(is_between)
        .map(|piece| {
            let piece_alone = piece.trim_end_matches(is_between);
            let between = piece.get(piece_alone.len()..).unwrap_or_default();
            format!("{}{between}", masked_address(piece_alone))
        })
        .collect()
}

fn masked_address(text: &str) -> String {
    let Some((name, domain)) = text.split_once('@') else {
        return text.chars().map(|c| if is_digit(c) { DOT } else { c }).collect();
    };
    let first: String = name.chars().take(1).filter(|first| *first != DOT).collect();
    let domain = if domain.contains('@') { "•••" } else { domain };
    format!("{first}•••@{domain}")
}

/// A number in the right form is told in one form, whatever its length. Any other keeps the signs between its digits.
fn masked_number(text: &str) -> String {
    let code = country_code(text);
    let behind = text.get(code.len()..).unwrap_or_default();
    let number_ends = behind.find(['x', 'X', 'e', 'E', '#']).unwrap_or(behind.len());
    let (number, extension) = behind.split_at(number_ends);
    let digits: Vec<char> = text
        .split(['x', 'X', 'e', 'E', '#'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| is_digit(*c))
        .collect();
    let count = number.chars().filter(|c| is_digit(*c)).count();
    let shown = if digits.len() < DIGITS_MIN_FOR_END { 0 } else { 2 };
    let is_extension =
        |rest: &str| rest.is_empty() || rest.get(1..).is_some_and(|rest| rest.chars().all(is_digit));
    if code.ends_with(' ') && number.chars().all(is_digit) && is_extension(extension) {
        let last = number.chars().skip(count.saturating_sub(shown));
        let end: String = last.filter(|c| *c != DOT).collect();
        return format!("{code}{DOTS}{end}");
    }
    let mut seen = 0;
    let number = number.chars().map(|c| {
        if !is_digit(c) {
            return c;
        }
        seen += 1;
        if seen + shown > count { c } else { DOT }
    });
    let extension = extension.chars().map(|c| if is_digit(c) { DOT } else { c });
    code.chars().chain(number).chain(extension).collect()
}

/// `+31 `: a plus, up to three digits and one blank, or nothing.
fn country_code(text: &str) -> &str {
    let digits = |code: &str| code.len() <= 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('+')
        .and_then(|rest| rest.split_once(' '))
        .filter(|(code, _)| !code.is_empty() && digits(code))
        .and_then(|(code, _)| text.get(..code.len() + 2))
        .unwrap_or_default()
}

/// Whether a text was told in part, and so is no value: no number and no address holds such a dot.
pub fn is_masked_text(text: &str) -> bool {
    text.contains(DOT)
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
            ("+31 1234", "+31 ••••••"),
            ("anna@example.com", "a•••@example.com"),
            ("@example.com", "•••@example.com"),
            ("home.example", "••••••"),
        ] {
            assert_eq!(masked(text), told, "{text}");
            assert_eq!(masked(told), told, "twice is the same");
            assert!(is_masked_text(told));
        }
        let (mobile, profile) = (
            by_name("authentication.phoneMethods.mobile").unwrap(),
            by_name("mobilePhone").unwrap(),
        );
        assert_eq!(told_text(profile, "+31 612345678"), "+31 612345678");
        assert_eq!(Contacts::Shown.text(mobile, "+31 612345678"), "+31 612345678");
        assert_eq!(told_text(mobile, "+31 612345678"), "+31 ••••••78");
    }

    #[test]
    fn what_is_in_no_right_form_shows_its_form() {
        for (text, told) in [
            ("+31612345678", "+•••••••••78"),
            ("+31 6 1234 5678", "+31 • •••• ••78"),
            ("+31  612345678", "+31  •••••••78"),
            ("0612345678", "••••••••78"),
            ("06-1234 5678", "••-•••• ••78"),
            ("+31 20 1112222 ext. 12", "+31 •• •••••22 ext. ••"),
            ("+31 6elf12345", "+31 •elf•••••"),
            ("12345", "•••••"),
            ("٠٦١٢٣٤٥٦٧٨", "••••••••٧٨"),
        ] {
            assert_eq!(masked(text), told, "{text}");
            assert_eq!(masked(told), told, "twice is the same");
            assert!(is_masked_text(told));
        }
    }

    #[test]
    fn several_addresses_in_a_cell_are_each_told_in_part() {
        for (text, told) in [
            ("a@b.c, d@e.f", "a•••@b.c, d•••@e.f"),
            ("anna@b.c;bert@e.f", "a•••@b.c;b•••@e.f"),
            ("anna@b.c@e.f", "a•••@•••"),
            ("Anna <anna@b.c>", "Anna <a•••@b.c>"),
            ("anna@b.c 0612345678", "a•••@b.c ••••••••••"),
            ("mailto:anna@b.c", "mailto:a•••@b.c"),
        ] {
            assert_eq!(masked(text), told, "{text}");
            assert_eq!(masked(told), told, "twice is the same");
        }
    }

    #[test]
    fn what_is_no_number_and_no_address_is_told_as_it_is() {
        for text in ["", "n/a", "   ", "=31", "+31", "call me", "TRUE"] {
            assert_eq!(masked(text), text);
        }
    }
}

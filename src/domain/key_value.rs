//! Naming a user by what it holds: an employee number, an address, a display name.

use std::hash::{Hash, Hasher};

use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

use super::invisible::{is_blank, trim};
use super::value::comparable;
use super::{Directory, UserState, Value};
use crate::catalogue::Attribute;

/// The user who holds this value, if there is exactly one.
///
/// Texts are compared as values are (`comparable`): in the composed form, addresses by Unicode's lower case. That is looser than
/// [`UpnKey`](super::UpnKey), for which a Kelvin sign is no `k`, and it may be: a `UpnKey` finds one user and asks nobody else, so what is nearly a name must not
/// be it. A `KeyValue` finds *all* users whose value falls together with this one, in any capitals and any composition, and two of
/// them are an error that names both ([`Holders::Several`]). So two users who were read cannot be mixed up, however loose the comparison is; it only must
/// not be looser than the index by which they are found ([`KeyValue::loose`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyValue {
    attribute: &'static Attribute,
    /// In the form in which values of the attribute are compared.
    text: String,
}

impl Hash for KeyValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.attribute.name.hash(state);
        self.text.hash(state);
    }
}

/// Who holds a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holders<'d> {
    One(&'d UserState),
    /// More than one; a difference in capitals alone tells nobody apart, for the service or for a reader.
    Several(Vec<&'d UserState>),
    /// Nobody beyond doubt. These hold what a spreadsheet or a slip could have made it from; one of them may hold it as it stands.
    None {
        near: Vec<&'d UserState>,
    },
}

impl KeyValue {
    /// `None` for a text without anything to see. What stands at its ends and cannot be seen is taken off.
    pub fn new(attribute: &'static Attribute, text: &str) -> Option<KeyValue> {
        (!is_blank(text)).then(|| KeyValue {
            attribute,
            text: comparable(attribute.kind, trim(text)),
        })
    }

    /// The attribute that holds it.
    pub fn attribute(&self) -> &'static Attribute {
        self.attribute
    }

    /// The value.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What stays of the value after a spreadsheet and other hands: no capitals, no blanks, no zeros in front, and letters as they look.
    pub fn loose(&self) -> String {
        loose(&self.text)
    }

    /// Whether a live value is this one.
    pub fn is(&self, live: &Value) -> bool {
        matches!(live, Value::Text(live) if comparable(self.attribute.kind, live) == self.text)
    }

    fn is_but_for_case(&self, live: &Value) -> bool {
        matches!(live, Value::Text(live) if live.to_lowercase() == self.text.to_lowercase()
            || comparable(self.attribute.kind, live).to_lowercase() == self.text.to_lowercase())
    }

    /// Whether a spreadsheet may have taken zeros from the front: it never puts them there.
    pub fn may_have_lost_zeros(&self) -> bool {
        !self.text.starts_with('0') && !self.before_a_spreadsheet().is_empty()
    }

    /// Other values that became this one when a spreadsheet took it for a number: the same digits with zeros in front.
    pub fn before_a_spreadsheet(&self) -> Vec<KeyValue> {
        /// Personnel numbers are rarely longer.
        const DIGITS_MAX: usize = 10;
        if !self.text.bytes().all(|b| b.is_ascii_digit()) || self.text.len() > DIGITS_MAX {
            return Vec::new();
        }
        let digits = self.text.trim_start_matches('0');
        (digits.len().max(1)..=DIGITS_MAX)
            .map(|width| KeyValue {
                attribute: self.attribute,
                text: format!("{digits:0>width$}"),
            })
            .filter(|other| other.text != self.text)
            .collect()
    }

    /// Who holds it, among the users that were read. [`Directory::watch`] must have been told of the attribute.
    pub fn holders<'d>(&self, directory: &'d Directory) -> Holders<'d> {
        let near = directory.near(self.attribute, &self.loose());
        let value = |user: &UserState| directory.value(user, self.attribute.name);
        let alike: Vec<&UserState> = near
            .iter()
            .copied()
            .filter(|user| self.is_but_for_case(&value(user)))
            .collect();
        match alike.as_slice() {
            // Where zeros may be gone, the one who has them may be meant as well.
            [only] if self.is(&value(only)) => {
                let is_alone = !self.may_have_lost_zeros() || near.iter().all(|user| user.id == only.id);
                if is_alone {
                    Holders::One(only)
                } else {
                    Holders::None { near }
                }
            }
            [] | [_] => Holders::None { near },
            _ => Holders::Several(alike),
        }
    }
}

/// See [`KeyValue::loose`].
pub(super) fn loose(text: &str) -> String {
    let plain: String = text
        .nfc()
        .filter(|c| !is_blank(c.encode_utf8(&mut [0; 4])))
        .flat_map(char::to_lowercase)
        // Wide digits and letters are plain ones.
        .nfkc()
        .map(as_it_looks)
        .collect();
    plain.trim_start_matches('0').to_owned()
}

/// The small Latin letter whose capital looks like the capital of this one, by Unicode's table of confusables (UTS 39).
fn as_it_looks(letter: char) -> char {
    if letter.is_ascii() {
        return letter;
    }
    let capital: String = letter.to_uppercase().collect();
    let mut looks = skeleton(&capital);
    match (looks.next(), looks.next()) {
        // The table writes `l` for whatever looks like a capital I.
        (Some('l'), None) => 'i',
        (Some(one), None) if one.is_ascii_alphabetic() => one.to_ascii_lowercase(),
        _ => letter,
    }
}

/// At most three users in words: `"a@x", "b@x" and 4 more`.
pub(super) fn some_of(users: &[&UserState]) -> String {
    const SHOWN_MAX: usize = 3;
    let mut names: Vec<String> = users
        .iter()
        .take(SHOWN_MAX)
        .map(|user| format!("`{}`", super::shorten(&user.upn)))
        .collect();
    if users.len() > SHOWN_MAX {
        names.push(format!("{} more", users.len() - SHOWN_MAX));
    }
    names.join(", ")
}

/// What users hold who are not the one that is meant, in words.
pub(super) fn what_they_hold(key: &KeyValue, near: &[&UserState], directory: &Directory) -> String {
    let told: Vec<String> = near
        .iter()
        .take(3)
        .map(|user| {
            let value = directory.value(user, key.attribute.name).to_cell();
            format!("`{}` of `{}`", super::shorten(&value), super::shorten(&user.upn))
        })
        .collect();
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::tests::fixtures::{attribute, directory, text, upn, user};
    use super::*;

    #[test]
    fn letters_that_look_alike_are_nearly_one_value_and_never_the_same() {
        let key = attribute("employeeId");
        let mut live = Directory::new(directory([]).columns().clone());
        live.watch(key);
        live.insert(user(1, &[("employeeId", text("EX1001"))]));
        for value in ["ЕX1001", "ΕΧ1001", "ех1001", "EX１００１"] {
            match KeyValue::new(key, value).unwrap().holders(&live) {
                Holders::None { near } => assert_eq!(near.len(), 1, "{value}"),
                other => panic!("{value}: {other:?}"),
            }
        }
    }

    #[test]
    fn two_users_whose_values_fall_together_are_never_mixed_up() {
        for (name, values) in [
            // A Kelvin sign, whose lower case is `k` and whose composed form is `K`.
            ("mail", ["kim@example.com", "\u{212a}im@example.com"]),
            ("mail", ["kim@example.com", "KIM@example.com"]),
            ("employeeId", ["e41", "E41"]),
            // One text, composed and not.
            ("employeeId", ["Z\u{e9}41", "Ze\u{301}41"]),
            ("onPremisesSamAccountName", ["\u{212b}sa", "\u{e5}sa"]),
        ] {
            let key = attribute(name);
            let mut live = Directory::new(directory([]).columns().clone());
            live.watch(key);
            for (number, value) in (1..).zip(values) {
                live.insert(user(number, &[(name, text(value))]));
            }
            for value in values {
                match KeyValue::new(key, value).unwrap().holders(&live) {
                    Holders::Several(users) => {
                        let names: Vec<&str> = users.iter().map(|one| one.upn.as_str()).collect();
                        assert_eq!(names, [upn(1), upn(2)], "{name} {value:?}");
                    }
                    other => panic!("{name} {value:?}: {other:?}"),
                }
            }
        }
    }
}

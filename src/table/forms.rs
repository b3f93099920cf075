//! The forms a header can have: what in it has no meaning, the `Label [propertyName] Required` of the portal's templates,
//! and headers that say the opposite of the attribute they are about.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A header without what nobody means by it: case, white space, accents, dashes, apostrophes, zero-width characters and
/// byte order marks. `Téléphone mobile` and `telephone-mobile` are one.
pub(super) fn key(text: &str) -> String {
    without_garbled_mark(text)
        .unwrap_or(text)
        .nfd()
        .filter(|c| {
            !c.is_whitespace() && !is_zero_width(*c) && !is_combining_mark(*c) && !is_dash_or_apostrophe(*c)
        })
        .flat_map(char::to_lowercase)
        .fold(String::with_capacity(text.len()), |mut key, c| {
            match c {
                'ß' => key.push_str("ss"),
                c => key.push(c),
            }
            key
        })
}

/// A UTF-8 byte order mark as programs show it that take it for letters: once wrong, twice wrong, on a Mac.
pub(super) const GARBLED_MARKS: [&str; 3] = ["ï»¿", "Ã¯Â»Â¿", "Ôªø"];

/// A header that begins with such a mark, without it and without the quotes that became part of the text with it.
pub(super) fn without_garbled_mark(text: &str) -> Option<&str> {
    GARBLED_MARKS
        .iter()
        .find_map(|mark| text.strip_prefix(mark))
        .map(|rest| rest.trim_matches('"'))
}

fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

fn is_dash_or_apostrophe(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'..='\u{2015}' | '\'' | '\u{2018}' | '\u{2019}' | '`' | '\u{b4}'
    )
}

/// The label and the property of a header like `Job title [jobTitle]` or `User name [userPrincipalName] Required`.
pub(super) fn bracketed(text: &str) -> Option<(&str, &str)> {
    let (label, rest) = text.split_once('[')?;
    let (property, after) = rest.split_once(']')?;
    let property = property.trim();
    let is_plain = !property.is_empty() && !after.contains(['[', ']']);
    is_plain.then_some((label.trim(), property))
}

/// Properties of the portal's templates that are no attributes, as [`key`] writes them.
const TEMPLATE_PROPERTIES: [&str; 6] = [
    "inviteeemail",
    "inviteredirecturl",
    "sendemail",
    "customizedmessagebody",
    "upnorobjectid",
    "memberobjectidorupn",
];

/// Whether a header belongs to one of the portal's templates, and to nothing else.
pub(super) fn is_template_header(text: &str) -> bool {
    bracketed(text).is_some_and(|(_, property)| TEMPLATE_PROPERTIES.contains(&key(property).as_str()))
}

/// Headers that ask whether sign-in is blocked, as [`key`] writes them and without the answers in parentheses.
const BLOCKED: [&str; 13] = [
    "blocksignin",
    "blockcredential",
    "signinblocked",
    "blockedsignin",
    "aanmeldenblokkeren",
    "aanmeldingblokkeren",
    "aanmeldinggeblokkeerd",
    "anmeldungblockieren",
    "anmeldenblockieren",
    "bloquerlaconnexion",
    "bloqueriniciodesesion",
    "bloqueariniciodesesion",
    "bloqueareliniciodesesion",
];

/// Whether a header (or the label of a bracketed one) asks for the opposite of `accountEnabled`.
pub(super) fn asks_whether_blocked(label: &str) -> bool {
    let label = match label.rsplit_once('(') {
        Some((before, answers)) if answers.trim_end().ends_with(')') => before,
        _ => label,
    };
    BLOCKED.contains(&key(label).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_means_by_a_header_makes_no_difference() {
        for (one, other) in [
            ("Job title", "JOBTITLE"),
            ("Téléphone mobile", "telephone  mobile"),
            ("Te\u{301}le\u{301}phone mobile", "Téléphone mobile"),
            ("Straße", "strasse"),
            ("E-mail", "Email"),
            ("Emplacement d’utilisation", "emplacement d'utilisation"),
            ("\u{feff}id\u{200b}", "id"),
            ("Prénom", "Prenom"),
            ("ï»¿id", "id"),
            ("ï»¿\"id\"", "id"),
            ("Ã¯Â»Â¿id", "id"),
        ] {
            assert_eq!(key(one), key(other), "{one} {other}");
        }
        for (one, other) in [
            ("_error", "error"),
            ("a.b", "ab"),
            ("état", "eta"),
            ("Ort", "Orte"),
        ] {
            assert_ne!(key(one), key(other), "{one} {other}");
        }
    }

    #[test]
    fn a_property_in_brackets_is_found() {
        for (text, expected) in [
            ("Name [displayName] Required", Some(("Name", "displayName"))),
            ("Job title [jobTitle]", Some(("Job title", "jobTitle"))),
            ("Functie [ jobTitle ] Vereist", Some(("Functie", "jobTitle"))),
            ("[jobTitle]", Some(("", "jobTitle"))),
            (
                "Block sign in (Yes/No) [accountEnabled] Required",
                Some(("Block sign in (Yes/No)", "accountEnabled")),
            ),
            ("jobTitle", None),
            ("a [b", None),
            ("a []", None),
            ("a [b] [c]", None),
        ] {
            assert_eq!(bracketed(text), expected, "{text}");
        }
    }

    #[test]
    fn only_headers_that_are_known_to_ask_the_opposite_do_so() {
        for text in [
            "Block sign in (Yes/No)",
            "Block sign-in",
            "BlockCredential",
            "Block credential",
            "Sign-in blocked",
            "Aanmelden blokkeren (Ja/Nee)",
            "Bloquer la connexion",
            "Bloquear inicio de sesión (Sí/No)",
        ] {
            assert!(asks_whether_blocked(text), "{text}");
        }
        for text in [
            "Account enabled",
            "accountEnabled",
            "Not blocked",
            "Unblock sign in",
            "Sign-in allowed",
            "Blocked since",
            "Enabled (Yes/No)",
            "",
        ] {
            assert!(!asks_whether_blocked(text), "{text}");
        }
    }
}

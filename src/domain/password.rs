//! First passwords.
//!
//! The service takes 8 to 256 characters of three of its four classes
//! (<https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy>). Ours have all four, and no two letters or
//! digits that look alike, because somebody will read them from paper.

use super::{Extent, Finding};

const LOWER: &[u8] = b"abcdefghijkmnpqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
const DIGITS: &[u8] = b"23456789";
/// Signs that every keyboard has, that no spreadsheet takes for a formula, and that need no care in a shell or in CSV.
const SIGNS: &[u8] = b"%_.:";

/// How many characters: more than a hundred bits.
const LENGTH: usize = 18;

/// A password out of random bytes, which must be as good as the secret is to be.
pub fn first_password(mut random: impl FnMut() -> u8) -> String {
    let alphabet = [LOWER, UPPER, DIGITS, SIGNS].concat();
    loop {
        let mut password = String::with_capacity(LENGTH);
        while password.len() < LENGTH {
            // What does not divide evenly is drawn again, so that no character is likelier than another.
            let drawn = usize::from(random() & 0x3F);
            if let Some(letter) = alphabet.get(drawn) {
                password.push(char::from(*letter));
            }
        }
        let has = |class: &[u8]| password.bytes().any(|byte| class.contains(&byte));
        let begins_well = password.starts_with(|letter: char| letter.is_ascii_alphanumeric());
        if begins_well && [LOWER, UPPER, DIGITS, SIGNS].into_iter().all(has) {
            return password;
        }
    }
}

/// Why the service would not take a password that somebody chose, as far as its rules are published; in words that say nothing of it.
/// What else it weighs, such as words that are too common, shows only when it is sent.
/// <https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy#microsoft-entra-password-policies>
pub fn password_fault(password: &str) -> Option<&'static str> {
    let letters = password.chars().count();
    let has = |class: fn(&char) -> bool| usize::from(password.chars().any(|letter| class(&letter)));
    let classes = has(char::is_ascii_lowercase)
        + has(char::is_ascii_uppercase)
        + has(char::is_ascii_digit)
        + has(|letter| letter.is_ascii_punctuation() || *letter == ' ');
    if letters < 8 {
        Some("it has fewer than 8 characters")
    } else if letters > 256 {
        Some("it has more than 256 characters")
    } else if password.trim() != password {
        Some("it begins or ends with a blank, which nobody sees")
    } else if password.chars().any(|letter| !matches!(letter, ' '..='~')) {
        Some("it has a character that is no letter of English, digit or sign of an English keyboard")
    } else if classes < 3 {
        Some("it has fewer than three of small letters, capitals, digits and signs")
    } else {
        None
    }
}

/// The finding for a row whose password the service would not take; it says nothing of the password.
pub fn weak_password(fault: &str) -> Finding {
    Finding::error(
        "weak-password",
        Extent::Row,
        format!("the service would not take the first password of this row: {fault}"),
        "write another one, or empty the cell and use `--passwords FILE`, which makes good ones",
    )
}

/// What is said of a column of first passwords that is used for so many users.
pub fn passwords_used(users: usize) -> Finding {
    Finding::warning(
        "passwords-in-sheet",
        Extent::Column,
        format!(
            "password from the sheet for {users} new users or users with `reset-password`; the other cells of this column are not used, and no plan file, journal or report has any of it"
        ),
        "delete the column from the file, and every copy of it, when the run is over; whoever had the file knows the passwords",
    )
}

/// The same where nobody knows yet whom the rows are about.
pub fn passwords_offline(cells: usize) -> Finding {
    Finding::warning(
        "passwords-in-sheet",
        Extent::Column,
        format!(
            "first passwords in {cells} cells of this column; only new users and users with `reset-password` get theirs, and which these are `plan` says"
        ),
        "delete the column from the file, and every copy of it, when the run is over; whoever had the file knows the passwords",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_password_has_all_classes_and_nothing_that_looks_alike(seed in any::<u64>()) {
            let mut state = seed;
            let password = first_password(|| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 40) as u8
            });
            prop_assert_eq!(password.len(), LENGTH);
            prop_assert!(password.bytes().any(|byte| byte.is_ascii_lowercase()));
            prop_assert!(password.bytes().any(|byte| byte.is_ascii_uppercase()));
            prop_assert!(password.bytes().any(|byte| byte.is_ascii_digit()));
            prop_assert!(password.bytes().any(|byte| SIGNS.contains(&byte)));
            prop_assert!(!password.contains(['l', 'I', 'O', 'o', '0', '1', ',', ';', '"', '=', '+', '-', '@', ' ']));
        }
    }

    #[test]
    fn a_chosen_password_is_weighed_by_the_published_rules() {
        let long = |letters: usize| format!("Aa1{}", "x".repeat(letters - 3));
        for (password, fault) in [
            ("Secret77".to_owned(), None),
            ("secret 7".to_owned(), None),
            ("SECRET_7".to_owned(), None),
            ("Secret7".to_owned(), Some("fewer than 8")),
            (String::new(), Some("fewer than 8")),
            (long(256), None),
            (long(257), Some("more than 256")),
            ("secretsecret".to_owned(), Some("fewer than three")),
            ("Secretsecret".to_owned(), Some("fewer than three")),
            ("12345678".to_owned(), Some("fewer than three")),
            (" Secret77".to_owned(), Some("blank")),
            ("Secret77 ".to_owned(), Some("blank")),
            ("Sécret777".to_owned(), Some("English")),
            ("Secret\t77".to_owned(), Some("English")),
        ] {
            let found = password_fault(&password);
            assert_eq!(found.is_some(), fault.is_some(), "{password:?} {found:?}");
            if let (Some(found), Some(part)) = (found, fault) {
                assert!(found.contains(part), "{password:?} {found}");
                assert!(
                    password.len() < 8 || !found.contains(password.trim()),
                    "{password:?}"
                );
            }
        }
        for byte in 0..=u8::MAX {
            assert_eq!(
                password_fault(&first_password({
                    let mut next = byte;
                    move || {
                        next = next.wrapping_mul(197).wrapping_add(91);
                        next
                    }
                })),
                None
            );
        }
    }

    #[test]
    fn the_alphabet_fits_into_six_bits() {
        assert!([LOWER, UPPER, DIGITS, SIGNS].concat().len() <= 64);
    }
}

//! First passwords.
//!
//! The service takes 8 to 256 characters of three of its four classes
//! (<https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy>). Ours have all four, and no two letters or
//! digits that look alike, because somebody will read them from paper.

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
    fn the_alphabet_fits_into_six_bits() {
        assert!([LOWER, UPPER, DIGITS, SIGNS].concat().len() <= 64);
    }
}

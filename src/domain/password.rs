//! A new password out of random bytes, which are handed in.
//!
//! The policy is Microsoft's: 8 to 256 characters, three of the four classes, and no letters beyond ASCII
//! (<https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy>).

/// How long a new password is. With 64 characters to choose from, far beyond guessing, and still fit to be typed once.
pub const PASSWORD_CHARS: usize = 20;

/// Sixty-four characters, so that a byte chooses one without favour: nothing that is taken for something else (`I l 1`, `O o 0`), no
/// quotes and commas, which tables need, and no `=`, which spreadsheets run.
const CHARS: &[u8; 64] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789#%*+-?@_";

/// The password that these bytes make; `None` where it would lack a class or not begin with a letter, and others must be tried.
/// That is about one time in three.
pub fn password(random: &[u8; PASSWORD_CHARS]) -> Option<String> {
    let chars: Vec<u8> = random
        .iter()
        .filter_map(|byte| CHARS.get(usize::from(byte % 64)).copied())
        .collect();
    let has = |is: fn(&u8) -> bool| chars.iter().any(is);
    let sound = chars.first().is_some_and(u8::is_ascii_alphabetic)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_punctuation);
    sound.then(|| chars.into_iter().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Microsoft allows beside letters and digits.
    const SYMBOLS: &str = "@#$%^&*-_!+=[]{}|\\:',.?/`~\"();<> ";

    #[test]
    fn every_character_is_allowed_and_none_is_taken_for_another() {
        let mut all = CHARS.to_vec();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 64);
        for c in CHARS.iter().copied().map(char::from) {
            assert!(c.is_ascii_alphanumeric() || SYMBOLS.contains(c), "{c}");
            assert!(!"Il1Oo0|`'\",;=".contains(c), "{c}");
        }
    }

    #[test]
    fn whatever_the_bytes_a_password_keeps_the_policy() {
        let mut state = 1_u64;
        let mut made = 0;
        for _ in 0..2_000 {
            let mut random = [0; PASSWORD_CHARS];
            for byte in &mut random {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                *byte = (state >> 33) as u8;
            }
            let Some(password) = password(&random) else {
                continue;
            };
            made += 1;
            assert_eq!(password.len(), PASSWORD_CHARS);
            let classes: [fn(&char) -> bool; 4] = [
                char::is_ascii_uppercase,
                char::is_ascii_lowercase,
                char::is_ascii_digit,
                char::is_ascii_punctuation,
            ];
            assert!(
                classes.iter().all(|class| password.chars().any(|c| class(&c))),
                "{password}"
            );
        }
        assert!(made > 1_000, "{made}");
        assert_eq!(password(&[0; PASSWORD_CHARS]), None);
    }
}

//! Foreign text made fit for a terminal and a report.

/// The longest piece of a foreign body that an error repeats, in characters.
pub(super) const BEGINNING_CHARS_MAX: usize = 200;

/// The longest message of the service that is kept, in characters.
pub(super) const MESSAGE_CHARS_MAX: usize = 1_000;

/// The text on one line, without control characters and marks that turn the direction of a line around, cut to `chars_max`.
pub(super) fn harmless(text: &str, chars_max: usize) -> String {
    let mut shown = String::new();
    let mut length = 0;
    for c in text.chars() {
        let c = if c.is_control() || c.is_whitespace() {
            ' '
        } else {
            c
        };
        if turns_direction(c) || (c == ' ' && (shown.is_empty() || shown.ends_with(' '))) {
            continue;
        }
        if length == chars_max {
            shown.truncate(shown.trim_end().len());
            shown.push('…');
            return shown;
        }
        shown.push(c);
        length += 1;
    }
    shown.truncate(shown.trim_end().len());
    shown
}

/// The beginning of a body that could not be understood, whatever its encoding.
pub(super) fn beginning(body: &[u8]) -> String {
    // Four bytes are the most that one character takes.
    let head = body.get(..BEGINNING_CHARS_MAX * 4 + 4).unwrap_or(body);
    harmless(&String::from_utf8_lossy(head), BEGINNING_CHARS_MAX)
}

/// A body without this secret, should the service repeat what it was sent. Before anything is read from it or cut off.
pub(super) fn taken_out_of(body: Vec<u8>, secret: &str) -> Vec<u8> {
    let cleaned = match without(&String::from_utf8_lossy(&body), secret) {
        Some(text) => text.into_bytes(),
        None => body,
    };
    // JSON may write any letter as `\u0041`, and whoever reads it has the secret again.
    if !cleaned.contains(&b'\\') {
        return cleaned;
    }
    let plain =
        serde_json::from_slice(&cleaned).and_then(|body: serde_json::Value| serde_json::to_string(&body));
    match plain.ok().and_then(|text| without(&text, secret)) {
        Some(text) => text.into_bytes(),
        None => cleaned,
    }
}

/// The text without this secret, as it is or as a form or an address has it; `None` where it is not there.
pub(super) fn without(text: &str, secret: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let mut forms = vec![secret.to_owned()];
    // A token looks the same everywhere.
    if !secret.bytes().all(is_plain) {
        for kept in [&b"-._"[..], b"-._*", b"-._~"] {
            let upper = encoded(secret, kept, false);
            let lower = encoded(secret, kept, true);
            forms.extend([upper.replace("%20", "+"), upper, lower.replace("%20", "+"), lower]);
        }
        forms.extend(serde_json::to_string(secret).map(|quoted| quoted.trim_matches('"').to_owned()));
    }
    let mut shown: Option<String> = None;
    for form in forms.iter().filter(|form| !form.is_empty()) {
        let now = shown.as_deref().unwrap_or(text);
        if now.contains(form.as_str()) {
            shown = Some(now.replace(form.as_str(), "…"));
        }
    }
    shown
}

/// Percent-encoded, but for letters, digits and these.
fn encoded(text: &str, kept: &[u8], in_small_letters: bool) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            _ if byte.is_ascii_alphanumeric() || kept.contains(&byte) => out.push(char::from(byte)),
            _ if in_small_letters => out.push_str(&format!("%{byte:02x}")),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_taken_out_in_every_form_in_which_a_service_may_repeat_it() {
        let secret = "a b+c/d=e~f*\"g";
        for form in [
            "a b+c/d=e~f*\"g",
            "a+b%2Bc%2Fd%3De%7Ef*%22g",
            "a%20b%2Bc%2Fd%3De~f%2A%22g",
            "a%20b%2bc%2fd%3de%7ef%2a%22g",
            "a b+c/d=e~f*\\\"g",
        ] {
            let body = format!("client_secret={form}&x").into_bytes();
            assert_eq!(
                taken_out_of(body, secret),
                "client_secret=…&x".as_bytes(),
                "{form}"
            );
        }
        let escaped: String = secret
            .chars()
            .map(|c| format!("\\u{:04x}", u32::from(c)))
            .collect();
        let body = format!(r#"{{"error":"client_secret={escaped}&x"}}"#);
        assert_eq!(
            taken_out_of(body.into_bytes(), secret),
            r#"{"error":"client_secret=…&x"}"#.as_bytes()
        );
        let body = br#"{"a":"x\/y\u00e9"}"#.to_vec();
        assert_eq!(taken_out_of(body.clone(), secret), body);
        assert_eq!(taken_out_of(b"nothing".to_vec(), secret), b"nothing");
        assert_eq!(taken_out_of(b"nothing".to_vec(), ""), b"nothing");
        assert_eq!(without("x eyJ.a-b_c y", "eyJ.a-b_c").as_deref(), Some("x … y"));
    }

    #[test]
    fn foreign_text_comes_out_on_one_line_without_control_characters() {
        assert_eq!(harmless("  a\r\n\x1b[2Jb \u{202e}c\t", 50), "a [2Jb c");
        assert_eq!(harmless("abcdef", 3), "abc…");
        assert_eq!(harmless("abc", 3), "abc");
        assert_eq!(beginning(&[0xff, b'x']), "\u{FFFD}x");
        assert_eq!(
            beginning(&vec![b'y'; 10_000]).chars().count(),
            BEGINNING_CHARS_MAX + 1
        );
    }
}

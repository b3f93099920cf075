//! The text of a `FEED.toml`, piece by piece.

/// A text as TOML writes it: between single quotes where it can stand so.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = !text.chars().any(char::is_control);
    if is_plain && !text.contains(['"', '\\']) {
        format!("\"{text}\"")
    } else if is_plain && !text.contains('\'') {
        format!("'{text}'")
    } else if is_plain && !text.contains("'''") && !text.ends_with('\'') {
        format!("'''{text}'''")
    } else {
        // TOML's basic strings know all escapes of JSON but `\/`, which is never written.
        serde_json::Value::String(text.to_owned()).to_string()
    }
}

/// `row["Last Name"]`.
pub(super) fn cell(header: &str) -> String {
    let escaped = header.trim().replace('\\', "\\\\").replace('"', "\\\"");
    format!("row[\"{escaped}\"]")
}

/// `{{ … }}`.
pub(super) fn template(inside: &str) -> String {
    format!("{{{{ {inside} }}}}")
}

/// The proposal as it grows.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) text: String,
    pub(super) rules: usize,
    pub(super) doubts: usize,
}

impl Page {
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    /// Something that a person must look at.
    pub(super) fn doubt(&mut self, doubt: impl AsRef<str>) {
        self.doubts += 1;
        // A header may hold a line break, and must not end a comment.
        let plain: String = doubt
            .as_ref()
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        // It is about what follows.
        let before = self.text.lines().next_back().unwrap_or_default();
        if !before.is_empty() && !before.starts_with(['#', '[']) {
            self.line("");
        }
        self.line(format!("# ? {plain}"));
    }

    /// `[attributes.x]` with one key.
    pub(super) fn attribute(&mut self, name: &str, key: &str, value: &str) {
        self.rules += 1;
        let name = if name.contains('.') {
            format!("\"{name}\"")
        } else {
            name.to_owned()
        };
        self.line(format!("\n[attributes.{name}]"));
        self.line(format!("{key} = {}", quoted(value)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_can_be_read_back() {
        for text in ["a", "a\"b", "a'b\"c", "a\\b", "'''\"", "x\ny", "it's \"x\"'", ""] {
            let table: toml::Table = format!("k = {}", quoted(text)).parse().unwrap();
            assert_eq!(table["k"].as_str(), Some(text));
        }
    }
}

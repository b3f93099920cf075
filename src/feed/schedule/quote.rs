//! How each format writes a word so that it is read back as it was. None of them takes line ends: those were refused before.

/// A word of `ExecStart=` (systemd.service(5), "Command lines"): in double quotes, with `%` and `$` doubled.
pub fn systemd_word(word: &str) -> String {
    systemd_quoted(&word.replace('$', "$$"))
}

/// A word of `ReadWritePaths=` and other lists of paths: `$` means nothing there, but `%` does (systemd.unit(5), "Specifiers").
pub fn systemd_path(word: &str) -> String {
    systemd_quoted(word)
}

fn systemd_quoted(word: &str) -> String {
    let escaped = word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    format!("\"{escaped}\"")
}

/// A word of a POSIX shell.
pub fn shell_word(word: &str) -> String {
    let is_plain = !word.is_empty()
        && word
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "/._-:=@,+".contains(letter));
    if is_plain {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// A word of a shell in a line of cron, which ends the command at a `%` without a backslash before it (crontab(5)).
///
/// A backslash that is a letter of its own would take that backslash away, so quotes are put between the two.
pub fn cron_word(word: &str) -> String {
    let mut line = String::new();
    for letter in shell_word(word).chars() {
        if letter == '%' {
            line.push_str(if line.ends_with('\\') { "''\\%" } else { "\\%" });
        } else {
            line.push(letter);
        }
    }
    line
}

/// A word of a Windows command line, as `CommandLineToArgvW` reads it: backslashes count double before a quote only.
pub fn windows_word(word: &str) -> String {
    let is_plain = !word.is_empty() && !word.contains([' ', '\t', '"']);
    if is_plain {
        return word.to_owned();
    }
    let mut line = String::from("\"");
    let mut backslashes = 0;
    for letter in word.chars() {
        match letter {
            '\\' => backslashes += 1,
            '"' => {
                line.push_str(&"\\".repeat(backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        line.push(letter);
    }
    line.push_str(&"\\".repeat(backslashes));
    line.push('"');
    line
}

/// A text of XML.
pub(super) fn xml_text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A text of YAML: in double quotes, escaped as in JSON, which YAML 1.2 reads the same.
pub fn yaml_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A text of a GitHub workflow: YAML in which `${{` would begin an expression.
pub fn github_text(text: &str) -> String {
    yaml_text(&text.replace("${{", "${{ '${{' }}"))
}

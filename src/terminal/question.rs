//! Asking a person, where there is one.

use std::io::{BufRead, IsTerminal};

/// Asks on stderr and reads stdin. `None` when nobody can be asked: stdin or stderr is not a terminal.
#[expect(clippy::print_stderr, reason = "a question to a person")]
pub fn ask_text(question: &str) -> Option<String> {
    if !somebody_can_be_asked() {
        return None;
    }
    eprint!("{question} ");
    let mut answer = String::new();
    // Whoever cannot be heard has said nothing.
    let read = std::io::stdin().lock().read_line(&mut answer);
    if !answer.ends_with('\n') {
        eprintln!();
    }
    Some(if read.is_ok() { answer } else { String::new() })
}

/// Whether there is a person at a terminal.
pub fn somebody_can_be_asked() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks for a yes. `None` when nobody can be asked.
pub fn ask_yes(question: &str) -> Option<bool> {
    ask_text(&format!("{question} [yes/no]")).map(|answer| is_yes(&answer))
}

/// Only a whole word counts: a stray key must not change a directory.
fn is_yes(answer: &str) -> bool {
    answer.trim().eq_ignore_ascii_case("yes")
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_the_whole_word_yes_means_yes() {
        for (answer, yes) in [
            ("yes\n", true),
            ("YES\r\n", true),
            ("y\n", false),
            ("\n", false),
            ("no\n", false),
        ] {
            assert_eq!(is_yes(answer), yes, "{answer:?}");
        }
    }
}

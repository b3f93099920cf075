//! Asking a person, where there is one.

use std::io::{BufRead, IsTerminal};

/// Asks on stderr and reads stdin. `None` when nobody can be asked: stdin or stderr is not a terminal.
#[expect(clippy::print_stderr, reason = "a question to a person")]
pub fn ask_yes(question: &str) -> Option<bool> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return None;
    }
    eprint!("{question} [yes/no] ");
    let mut answer = String::new();
    // Whoever cannot be heard has not said yes.
    let read = std::io::stdin().lock().read_line(&mut answer);
    if !answer.ends_with('\n') {
        eprintln!();
    }
    Some(read.is_ok() && is_yes(&answer))
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

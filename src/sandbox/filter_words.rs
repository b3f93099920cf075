//! The words of a `$filter`, and the words in which one is refused.

use super::reply::Refusal;

/// The text of the refusal when the two parameters of an advanced query are missing.
pub(super) fn needs_advanced(operator: &str) -> Refusal {
    Refusal::unsupported(format!(
        "Operator '{operator}' is not supported because the required parameters might be missing. Try adding \
         $count=true query parameter and ConsistencyLevel:eventual header. Refer to \
         https://aka.ms/graph-docs/advanced-queries for more information"
    ))
}

pub(super) fn unsupported(property: &str) -> Refusal {
    Refusal::unsupported(format!(
        "Unsupported or invalid query filter clause specified for property '{property}' of resource 'User'."
    ))
}

pub(super) fn syntax(filter: &str) -> Refusal {
    Refusal::unreadable(format!(
        "Invalid filter clause: the filter '{filter}' cannot be parsed."
    ))
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
    Colon,
}

/// The tokens of a filter; `None` when a text has no end.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' => {}
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            ',' => tokens.push(Token::Comma),
            ':' => tokens.push(Token::Colon),
            '\'' => {
                let mut value = String::new();
                loop {
                    match letters.next()? {
                        '\'' if letters.peek() == Some(&'\'') => {
                            letters.next();
                            value.push('\'');
                        }
                        '\'' => break,
                        other => value.push(other),
                    }
                }
                tokens.push(Token::Text(value));
            }
            first => {
                let mut word = String::from(first);
                while let Some(next) = letters.peek() {
                    // A colon belongs to a date, and ends the name of a range variable.
                    let lambda = *next == ':' && !word.starts_with(|c: char| c.is_ascii_digit());
                    if lambda || matches!(next, ' ' | '\t' | '(' | ')' | ',' | '\'') {
                        break;
                    }
                    word.push(*next);
                    letters.next();
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Some(tokens)
}

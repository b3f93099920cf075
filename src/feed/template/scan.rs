//! What a template names, before it is run: columns, filters, tests and functions, also in branches that no row has reached yet.

/// Something that a template names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::feed) enum Mention {
    /// `row["…"]`, `row.…`, and the same of `user`.
    Of(&'static str, String),
    Filter(String),
    Test(String),
    Function(String),
}

/// All of it, each once, in the order of the template.
pub(in crate::feed) type Mentions = Vec<Mention>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

/// What a template names; of an expression with `is_expression`.
pub(in crate::feed) fn mentions(source: &str, is_expression: bool) -> Mentions {
    let mut found = Mentions::new();
    if is_expression {
        gather(&tokens(source, None).0, &mut found);
        return found;
    }
    let mut rest = source;
    while let Some(at) = rest.find("{") {
        let (opening, behind) = match rest.get(at + 1..at + 2) {
            Some(sign @ ("{" | "%" | "#")) => (sign, rest.get(at + 2..).unwrap_or_default()),
            _ => {
                rest = rest.get(at + 1..).unwrap_or_default();
                continue;
            }
        };
        rest = match opening {
            "#" => behind.split_once("#}").map_or("", |(_, after)| after),
            sign => {
                let closing = if sign == "{" { '}' } else { '%' };
                let (tokens, used) = tokens(behind, Some(closing));
                gather(&tokens, &mut found);
                behind.get(used..).unwrap_or_default()
            }
        };
    }
    found
}

/// The tokens up to the end of the code, and how many bytes they take.
fn tokens(code: &str, closing: Option<char>) -> (Vec<Token>, usize) {
    let mut tokens = Vec::new();
    let mut signs = code.char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        if Some(sign) == closing && code.get(at + 1..).is_some_and(|rest| rest.starts_with('}')) {
            return (tokens, at + 2);
        }
        if sign == '"' || sign == '\'' {
            let mut text = String::new();
            while let Some((_, inner)) = signs.next() {
                match inner {
                    '\\' => text.extend(signs.next().map(|(_, escaped)| escaped)),
                    inner if inner == sign => break,
                    inner => text.push(inner),
                }
            }
            tokens.push(Token::Text(text));
        } else if sign.is_alphanumeric() || sign == '_' {
            let mut word = String::from(sign);
            while let Some((_, next)) = signs.next_if(|(_, c)| c.is_alphanumeric() || *c == '_') {
                word.push(next);
            }
            tokens.push(Token::Word(word));
        } else if !sign.is_whitespace() {
            tokens.push(Token::Sign(sign));
        }
    }
    (tokens, code.len())
}

fn gather(tokens: &[Token], found: &mut Mentions) {
    let mut put = |mention: Mention| {
        if !found.contains(&mention) {
            found.push(mention);
        }
    };
    let is_sign = |at: Option<usize>, sign: char| {
        at.and_then(|at| tokens.get(at))
            .is_some_and(|token| *token == Token::Sign(sign))
    };
    let is_word = |at: Option<usize>, word: &str| {
        at.and_then(|at| tokens.get(at))
            .is_some_and(|token| matches!(token, Token::Word(own) if own == word))
    };
    for (at, token) in tokens.iter().enumerate() {
        let Token::Word(word) = token else { continue };
        let before = at.checked_sub(1);
        if is_sign(before, '.') {
            continue;
        }
        if let Some(own) = ["row", "user"].into_iter().find(|own| own == word) {
            match (tokens.get(at + 1), tokens.get(at + 2)) {
                (Some(Token::Sign('[')), Some(Token::Text(name))) if is_sign(Some(at + 3), ']') => {
                    put(Mention::Of(own, name.clone()));
                }
                (Some(Token::Sign('.')), Some(Token::Word(name))) => put(Mention::Of(own, name.clone())),
                _ => {}
            }
        } else if is_sign(before, '|') {
            put(Mention::Filter(word.clone()));
        } else if is_word(before, "is") && word != "not"
            || is_word(before, "not") && is_word(at.checked_sub(2), "is")
        {
            put(Mention::Test(word.clone()));
        } else if is_sign(Some(at + 1), '(')
            && !["if", "elif", "in", "and", "or", "not", "is"].contains(&word.as_str())
        {
            put(Mention::Function(word.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str) -> Mention {
        Mention::Of("row", name.to_owned())
    }

    #[test]
    fn columns_filters_tests_and_functions_are_found_without_running() {
        let template = r#"a row["no"] {# row["no"] #} {{ row["Last }} Name"] | trim | pad(6) }}{% if row.Status is not blank %}{{
            first_nonempty(row['A "b"'], row[x], "row[\"no\"]") }}{% endif %}"#;
        assert_eq!(
            mentions(template, false),
            [
                row("Last }} Name"),
                Mention::Filter("trim".to_owned()),
                Mention::Filter("pad".to_owned()),
                row("Status"),
                Mention::Test("blank".to_owned()),
                Mention::Function("first_nonempty".to_owned()),
                row("A \"b\""),
            ]
        );
        assert_eq!(
            mentions(r#"user.department == "x" and (row["A"] | lower) in ["b"]"#, true),
            [
                Mention::Of("user", "department".to_owned()),
                row("A"),
                Mention::Filter("lower".to_owned())
            ]
        );
        assert_eq!(mentions("{{ row[", false), []);
        assert_eq!(mentions("{", false), []);
    }
}

//! Reading Rust by its shape: code without its comments and texts, and the paths named in it.

/// One path in the code, with braces of `use` taken apart: `crate::table::Sheet`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub line: usize,
    pub segments: Vec<String>,
    /// How many inline modules (`mod tests { … }`) the place is in.
    pub nesting: usize,
}

/// The code with comments, texts and characters blanked out. Lines stay where they are.
pub fn code_only(text: &str) -> String {
    let source: Vec<char> = text.chars().collect();
    let mut code: Vec<char> = source.clone();
    let mut at = 0;
    while at < source.len() {
        let end = match source[at] {
            '/' if source.get(at + 1) == Some(&'/') => until(&source, at, |rest| rest[0] == '\n'),
            '/' if source.get(at + 1) == Some(&'*') => end_of_block_comment(&source, at),
            'r' | 'b' | 'c' if !continues_a_word(&source, at) && raw_quote(&source, at).is_some() => {
                end_of_raw(&source, at)
            }
            '"' => end_of_text(&source, at),
            '\'' => end_of_character(&source, at),
            _ => {
                at += 1;
                continue;
            }
        };
        for blanked in &mut code[at..end] {
            if *blanked != '\n' {
                *blanked = ' ';
            }
        }
        at = end.max(at + 1);
    }
    code.into_iter().collect()
}

fn until(source: &[char], from: usize, stop: impl Fn(&[char]) -> bool) -> usize {
    (from..source.len())
        .find(|at| stop(&source[*at..]))
        .unwrap_or(source.len())
}

fn end_of_block_comment(source: &[char], from: usize) -> usize {
    let mut depth = 0;
    let mut at = from;
    while at + 1 < source.len() {
        match (source[at], source[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    source.len()
}

fn continues_a_word(source: &[char], at: usize) -> bool {
    at > 0 && is_word(source[at - 1])
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where the quote of `r"…"`, `br#"…"#` stands, and how many `#` belong to it.
fn raw_quote(source: &[char], at: usize) -> Option<(usize, usize)> {
    let mut quote = at;
    while matches!(source.get(quote), Some('b' | 'c' | 'r')) {
        quote += 1;
    }
    let hashes = source[quote..].iter().take_while(|c| **c == '#').count();
    let is_raw = source[at..quote].contains(&'r');
    (is_raw && source.get(quote + hashes) == Some(&'"')).then_some((quote + hashes, hashes))
}

fn end_of_raw(source: &[char], at: usize) -> usize {
    let (quote, hashes) = raw_quote(source, at).unwrap_or((at, 0));
    let ends =
        |rest: &[char]| rest[0] == '"' && rest.len() > hashes && rest[1..=hashes].iter().all(|c| *c == '#');
    (until(source, quote + 1, ends) + 1 + hashes).min(source.len())
}

fn end_of_text(source: &[char], at: usize) -> usize {
    let mut end = at + 1;
    while end < source.len() && source[end] != '"' {
        end += if source[end] == '\\' { 2 } else { 1 };
    }
    (end + 1).min(source.len())
}

/// A lifetime has no closing quote.
fn end_of_character(source: &[char], at: usize) -> usize {
    match (source.get(at + 1), source.get(at + 2)) {
        (Some('\\'), _) => (until(source, at + 3, |rest| rest[0] == '\'') + 1).min(source.len()),
        (Some(_), Some('\'')) => at + 3,
        _ => at,
    }
}

/// Every path of two or more words, with `{…}` groups multiplied out.
pub fn paths(text: &str) -> Vec<Named> {
    let code: Vec<char> = code_only(text).chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    let mut braces: Vec<bool> = Vec::new();
    let mut opens_module = false;
    while at < code.len() {
        match code[at] {
            '\n' => line += 1,
            '{' => braces.push(std::mem::take(&mut opens_module)),
            '}' => {
                braces.pop();
            }
            ';' => opens_module = false,
            c if is_word(c) && !continues_a_word(&code, at) => {
                let nesting = braces.iter().filter(|is_module| **is_module).count();
                let from = found.len();
                let end = tree(&code, at, &[], &mut found);
                for named in &mut found[from..] {
                    (named.line, named.nesting) = (line, nesting);
                }
                if code[at..end].iter().collect::<String>() == "mod" {
                    opens_module = true;
                }
                line += code[at..end].iter().filter(|c| **c == '\n').count();
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Reads one path, or a group of them, from `at`; gives back where it ends.
fn tree(code: &[char], at: usize, before: &[String], found: &mut Vec<Named>) -> usize {
    let mut segments = before.to_vec();
    let mut at = at;
    loop {
        let end = (at..code.len())
            .find(|at| !is_word(code[*at]))
            .unwrap_or(code.len());
        let mut next = end;
        if end > at {
            segments.push(code[at..end].iter().collect());
        } else if code.get(at) == Some(&'*') {
            segments.push("*".to_owned());
            next = at + 1;
        } else if code.get(at) == Some(&'{') {
            return group(code, at + 1, &segments, found);
        }
        let more = code.get(next) == Some(&':')
            && code.get(next + 1) == Some(&':')
            && code
                .get(next + 2)
                .is_some_and(|c| is_word(*c) || matches!(c, '{' | '*'));
        if !more {
            if segments.len() > 1 {
                found.push(Named {
                    line: 0,
                    segments,
                    nesting: 0,
                });
            }
            return next.max(at + 1).min(code.len());
        }
        at = next + 2;
    }
}

fn group(code: &[char], from: usize, before: &[String], found: &mut Vec<Named>) -> usize {
    let mut at = from;
    while at < code.len() {
        match code[at] {
            '}' => return at + 1,
            c if is_word(c) || c == '{' || c == '*' => {
                at = tree(code, at, before, found);
                // `as another_name` says nothing about where it comes from.
                while at < code.len() && !matches!(code[at], ',' | '}') {
                    at += 1;
                }
            }
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(code: &str) -> Vec<String> {
        paths(code)
            .iter()
            .map(|named| named.segments.join("::"))
            .collect()
    }

    #[test]
    fn comments_and_texts_are_no_code() {
        let code =
            code_only("a // crate::b\n/* crate::c /* d */ */ e \"crate::f\\\"\" r#\"g\"h\"# 'i' '\\'' &'j k");
        let words: Vec<&str> = code.split_whitespace().collect();
        assert_eq!(words, ["a", "e", "&'j", "k"]);
    }

    #[test]
    fn groups_are_multiplied_out() {
        let code =
            "use crate::{table::{Sheet, guard::*}, domain as d};\nlet x = crate::graph::Limits::new();";
        assert_eq!(
            texts(code),
            [
                "crate::table::Sheet",
                "crate::table::guard::*",
                "crate::domain",
                "crate::graph::Limits::new"
            ]
        );
        assert_eq!(paths(code)[3].line, 2);
    }

    #[test]
    fn a_place_knows_the_inline_modules_around_it() {
        let named = paths(
            "use super::a;\nmod tests {\n    use super::b;\n    fn f() { super::c(); }\n}\nfn g() { self::d(); }",
        );
        let nesting: Vec<usize> = named.iter().map(|named| named.nesting).collect();
        assert_eq!(nesting, [0, 1, 1, 0]);
    }
}

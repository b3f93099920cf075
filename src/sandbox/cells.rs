//! Several texts, or ways to sign in, in one cell of a sheet.

use serde_json::{Value, json};

/// The items between semicolons that stand outside of double quotes; a doubled quote is one.
pub(super) fn list(cell: &str) -> Vec<String> {
    let (mut items, mut item) = (Vec::new(), String::new());
    let (mut quoted, mut was_quoted) = (false, false);
    let mut letters = cell.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                item.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if item.trim().is_empty() && !was_quoted => {
                (quoted, was_quoted) = (true, true);
                item.clear();
            }
            ';' if !quoted => {
                finish(&mut items, &mut item, was_quoted);
                was_quoted = false;
            }
            letter if quoted || !was_quoted => item.push(letter),
            _ => {}
        }
    }
    finish(&mut items, &mut item, was_quoted);
    items
}

/// The cell of `identities`, as an export writes it: each `signInType|issuer|issuerAssignedId`.
pub(super) fn ways_to_sign_in(cell: &str) -> Result<Value, &'static str> {
    let one = |item: &String| {
        let mut parts = item.splitn(3, '|');
        let (kind, issuer, assigned) = (parts.next()?, parts.next()?, parts.next()?);
        Some(json!({"signInType": kind, "issuer": issuer, "issuerAssignedId": assigned}))
    };
    let items: Option<Vec<Value>> = list(cell).iter().map(one).collect();
    items
        .map(Value::from)
        .ok_or("a list of `signInType|issuer|issuerAssignedId`")
}

fn finish(items: &mut Vec<String>, item: &mut String, was_quoted: bool) {
    let text = std::mem::take(item);
    if was_quoted {
        items.push(text);
    } else if !text.trim().is_empty() {
        items.push(text.trim().to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::{list, ways_to_sign_in};
    use serde_json::json;

    #[test]
    fn ways_to_sign_in_are_read_as_an_export_writes_them() {
        let two = ways_to_sign_in("federated|x.example|; emailAddress|y.example|a@z.example").unwrap();
        assert_eq!(
            two[0],
            json!({"signInType": "federated", "issuer": "x.example", "issuerAssignedId": ""})
        );
        assert_eq!(two[1]["issuerAssignedId"], "a@z.example");
        assert!(ways_to_sign_in("federated").is_err());
    }

    #[test]
    fn a_semicolon_in_quotes_parts_nothing() {
        for (cell, items) in [
            ("a; b;;c", &["a", "b", "c"][..]),
            ("\"C; C++\"; Rust", &["C; C++", "Rust"]),
            ("\"\"\"x\"\"\"", &["\"x\""]),
            ("5\" nails", &["5\" nails"]),
        ] {
            assert_eq!(list(cell), items, "{cell}");
        }
    }
}

//! Several texts in one cell of a sheet.

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
    use super::list;

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

//! Several texts in one cell: joined by `; `, an item in double quotes where it would otherwise not come back as it was.

/// Between the items of a list in one cell.
pub const LIST_SEPARATOR: &str = "; ";

/// Quotes in a cell of a list that do not fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokenQuotes;

/// The items as one cell.
pub fn join_items(items: &[String]) -> String {
    let written: Vec<String> = items
        .iter()
        .map(|item| {
            let needs_quotes =
                item.contains(';') || item.starts_with('"') || item.trim() != item || item.is_empty();
            if needs_quotes {
                format!("\"{}\"", item.replace('"', "\"\""))
            } else {
                item.clone()
            }
        })
        .collect();
    written.join(LIST_SEPARATOR)
}

/// The items of a cell. Blanks around an item do not count, and nothing between two separators is no item, unless it stands in
/// quotes. A quote inside an item that does not begin with one is a letter like any other.
///
/// # Errors
/// `BrokenQuotes` when a quoted item does not end, or ends before its text does.
pub fn split_items(text: &str) -> Result<Vec<String>, BrokenQuotes> {
    let mut items = Vec::new();
    let mut rest = text.trim_start();
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (item, after) = until_closed(quoted)?;
            items.push(item);
            let after = after.trim_start();
            match after.strip_prefix(';') {
                Some(next) => rest = next.trim_start(),
                None if after.is_empty() => return Ok(items),
                None => return Err(BrokenQuotes),
            }
            continue;
        }
        let (item, next) = match rest.split_once(';') {
            Some((item, next)) => (item, Some(next)),
            None => (rest, None),
        };
        let item = item.trim();
        if !item.is_empty() {
            items.push(item.to_owned());
        }
        match next {
            Some(next) => rest = next.trim_start(),
            None => return Ok(items),
        }
    }
}

/// The text up to the closing quote, and what stands behind it. A doubled quote is one of the text.
fn until_closed(quoted: &str) -> Result<(String, &str), BrokenQuotes> {
    let mut item = String::new();
    let mut rest = quoted;
    loop {
        let (before, after) = rest.split_once('"').ok_or(BrokenQuotes)?;
        item.push_str(before);
        match after.strip_prefix('"') {
            Some(next) => {
                item.push('"');
                rest = next;
            }
            None => return Ok((item, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    #[test]
    fn an_item_with_a_separator_stands_in_quotes_and_comes_back() {
        for (items, cell) in [
            (&["C; C++", "Rust"][..], "\"C; C++\"; Rust"),
            (&["5\" nails"], "5\" nails"),
            (&["\"quoted\""], "\"\"\"quoted\"\"\""),
            (&[" blank ", "x"], "\" blank \"; x"),
            (&["a", "b"], "a; b"),
            (&[""], "\"\""),
        ] {
            assert_eq!(join_items(&texts(items)), cell);
            assert_eq!(split_items(cell), Ok(texts(items)), "{cell}");
        }
    }

    #[test]
    fn what_a_person_types_is_read_leniently_and_never_guessed() {
        for (cell, items) in [
            ("a;b ;; c;", &["a", "b", "c"][..]),
            (" ; ", &[]),
            ("\"a;b\" ;c", &["a;b", "c"]),
            ("say \"hi\"; c", &["say \"hi\"", "c"]),
        ] {
            assert_eq!(split_items(cell), Ok(texts(items)), "{cell}");
        }
        for cell in ["\"a; b", "\"a\" b; c", "a; \"b", "\""] {
            assert_eq!(split_items(cell), Err(BrokenQuotes), "{cell}");
        }
    }

    proptest! {
        #[test]
        fn every_list_comes_back_from_its_cell(items in proptest::collection::vec("[a-c;\" \u{e9}=,']{0,6}", 1..5)) {
            prop_assert_eq!(split_items(&join_items(&items)), Ok(items));
        }
    }
}

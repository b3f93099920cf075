//! Texts that were cut off.

/// Where old formats and database drivers cut a text, and where every spreadsheet does, in UTF-16 code units.
const CUTS: [usize; 2] = [255, 32_767];

/// The most characters a spreadsheet keeps in one cell.
pub(super) const CELL_CHARS_MAX: usize = CUTS[1];

/// Whether `edited` is the beginning of `base`, cut where programs cut.
pub(super) fn rewritten(base: &str, edited: &str) -> Option<&'static str> {
    (base.len() > edited.len() && base.starts_with(edited) && CUTS.contains(&edited.encode_utf16().count()))
        .then_some("a program cut this text off")
}

/// Whether the text has exactly the length at which old formats cut one off.
pub(super) fn is_suspicious(text: &str) -> bool {
    text.len() >= CUTS[0] && text.encode_utf16().count() == CUTS[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_beginning_of_a_telling_length_is_cut() {
        let long = "Zoë ".repeat(10_000);
        let first = |units: usize| -> String {
            // Every letter here is one code unit.
            long.chars().take(units).collect()
        };
        assert!(rewritten(&long, &first(255)).is_some());
        assert!(rewritten(&long, &first(32_767)).is_some());
        for (base, edited) in [
            (long.as_str(), first(254)),
            (long.as_str(), first(256)),
            (long.as_str(), first(10)),
            (long.as_str(), format!("x{}", first(254))),
            ("short", String::new()),
        ] {
            assert_eq!(rewritten(base, &edited), None);
        }
        let whole = first(255);
        assert_eq!(rewritten(&whole, &whole), None);
        assert!(is_suspicious(&whole) && !is_suspicious(&first(254)));
    }
}

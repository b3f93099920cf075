//! What automatic correction makes of a text while somebody types it or only enters the cell and leaves it again.

/// What typing gives, and what automatic correction makes of it.
const CORRECTED: [(char, &str); 21] = [
    ('\u{2018}', "'"),
    ('\u{2019}', "'"),
    ('\u{201a}', "'"),
    ('\u{201b}', "'"),
    ('\u{201c}', "\""),
    ('\u{201d}', "\""),
    ('\u{201e}', "\""),
    ('\u{ab}', "\""),
    ('\u{bb}', "\""),
    ('\u{2026}', "..."),
    ('\u{2013}', "-"),
    ('\u{2014}', "-"),
    ('\u{a9}', "(c)"),
    ('\u{ae}', "(r)"),
    ('\u{2122}', "(tm)"),
    ('\u{bd}', "1/2"),
    ('\u{bc}', "1/4"),
    ('\u{be}', "3/4"),
    ('\u{2192}', "->"),
    ('\u{2190}', "<-"),
    ('\u{d7}', "x"),
];

/// Whether `edited` is the text `base` after automatic correction. The way back, from a curly apostrophe to a straight one,
/// is no automatism: a person did it.
pub(super) fn rewritten(base: &str, edited: &str) -> Option<&'static str> {
    if base == edited {
        return None;
    }
    if marks(edited) > marks(base)
        && typed(base).eq_ignore_ascii_case(&typed(edited))
        && has_same_case(base, edited)
    {
        return Some("automatic correction replaced quotes, dashes or signs");
    }
    is_recapitalised(base, edited).then_some("automatic correction changed capital letters")
}

/// `(C)` is corrected like `(c)`; apart from that the letters must be the same.
fn has_same_case(base: &str, edited: &str) -> bool {
    let letters = |text: &str| -> String { text.chars().filter(|c| c.is_alphabetic()).collect() };
    let (before, after) = (typed(base), typed(edited));
    let bare = |text: &str| {
        letters(
            &text
                .replace("(C)", "")
                .replace("(R)", "")
                .replace("(TM)", "")
                .replace("(c)", "")
                .replace("(r)", "")
                .replace("(tm)", ""),
        )
    };
    bare(&before) == bare(&after)
}

fn marks(text: &str) -> usize {
    text.chars()
        .filter(|c| CORRECTED.iter().any(|(corrected, _)| corrected == c))
        .count()
}

/// The text as it was typed: straight quotes, one dash for any dash.
fn typed(text: &str) -> String {
    let mut typed = String::with_capacity(text.len());
    for c in text.chars() {
        match CORRECTED.iter().find(|(corrected, _)| *corrected == c) {
            // Half of something stands alone: `11/2` is no one and a half.
            Some(_) if matches!(c, '½' | '¼' | '¾') && typed.ends_with(|c: char| c.is_ascii_digit()) => {
                typed.push(c)
            }
            Some((_, plain)) => typed.push_str(plain),
            None => typed.push(c),
        }
    }
    // French quotes come with blanks inside, and an arrow is typed with one or two dashes.
    typed
        .replace("--", "-")
        .replace("\"\u{a0}", "\"")
        .replace("\u{a0}\"", "\"")
        .replace("\" ", "\"")
        .replace(" \"", "\"")
}

/// Whether only such capitals changed as nobody writes on purpose: the first letter of `iOS`, the second of `PCs`.
/// `chef` that became `Chef`, and `MAnager` that became `Manager`, are what a person would do as well.
fn is_recapitalised(base: &str, edited: &str) -> bool {
    if base.to_lowercase() != edited.to_lowercase() {
        return false;
    }
    let is_corrected = |at: usize, before: &str, after: &str| {
        let mut letters = before.chars();
        let (Some(first), Some(second)) = (letters.next(), letters.next()) else {
            return false;
        };
        // `iT` and `jAN` are slips that somebody put right; only a word or text with other small letters is written so on purpose.
        let begins_small = at == 0
            && first.is_lowercase()
            && second.is_uppercase()
            && before.chars().count() >= 3
            && base.chars().skip(1).any(char::is_lowercase);
        let plural = first.is_uppercase() && second.is_uppercase() && letters.as_str() == "s";
        (begins_small && after == format!("{}{}", first.to_uppercase(), &before[first.len_utf8()..]))
            || (plural && after == format!("{first}{}s", second.to_lowercase()))
    };
    let mut corrected = 0;
    let (mut before, mut after) = (base.split(' '), edited.split(' '));
    for at in 0.. {
        match (before.next(), after.next()) {
            (Some(before), Some(after)) if before == after => {}
            (Some(before), Some(after)) if is_corrected(at, before, after) => corrected += 1,
            (None, None) => break,
            _ => return false,
        }
    }
    corrected > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn automatic_correction_is_no_edit() {
        for (base, edited) in [
            ("O'Neil", "O’Neil"),
            ("'s-Gravenhage", "‘s-Gravenhage"),
            ("the \"old\" office", "the “old” office"),
            ("das \"alte\" Haus", "das „alte“ Haus"),
            ("le \"vieux\" port", "le «\u{a0}vieux\u{a0}» port"),
            ("and so on...", "and so on…"),
            ("Ops -- nights", "Ops – nights"),
            ("Ops - nights", "Ops — nights"),
            ("Brand (c)", "Brand ©"),
            ("Brand (TM)", "Brand ™"),
            ("Shift 1/2", "Shift ½"),
            ("A -> B", "A → B"),
            ("iOS developer", "IOS developer"),
            ("eBay", "EBay"),
            ("IT: PCs and IDs", "IT: Pcs and Ids"),
        ] {
            assert!(rewritten(base, edited).is_some(), "{base} {edited}");
        }
    }

    #[test]
    fn what_a_person_corrects_is_an_edit() {
        for (base, edited) in [
            ("O’Neil", "O'Neil"),
            ("O'Neil", "O’Neill"),
            ("chef", "Chef"),
            ("iT", "IT"),
            ("jAN SMIT", "JAN SMIT"),
            ("11/2 team", "1½ team"),
            ("MAnager", "Manager"),
            ("van der Berg", "Van der Berg"),
            ("HR lead", "Hr lead"),
            ("Ops – nights", "Ops - nights"),
            ("o'neil", "O’Neil"),
            ("Shift 1/2", "Shift ¼"),
            ("IOS developer", "iOS developer"),
            ("PCs", "PCS"),
            ("Brand", "Brand ©"),
            ("a", "a"),
        ] {
            assert_eq!(rewritten(base, edited), None, "{base} {edited}");
        }
    }
}

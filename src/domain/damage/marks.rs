//! Signs that programs put before a text or take away: link schemes, the text apostrophe, formula signs, the `="…"` form.

/// The schemes that automatic links put before an address or a number.
const SCHEMES: [&str; 4] = ["mailto:", "tel:", "https://", "http://"];

/// Whether `edited` is `base` with a sign more or less, as programs put them there and take them away.
pub(super) fn link(base: &str, edited: &str) -> Option<&'static str> {
    let linked = without_link(edited)?;
    let is_same = linked.trim_end_matches('/') == base.trim_end_matches('/') || linked == base;
    (is_same && !base.is_empty()).then_some("a program made a link of this")
}

/// The address of a link: of `mailto:a@x.nl`, and of `a@x.nl <mailto:a@x.nl>`.
pub(super) fn without_link(text: &str) -> Option<&str> {
    let text = text.trim();
    let begins = |text: &'_ str, scheme: &str| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    if let Some((shown, target)) = text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        let target = SCHEMES
            .iter()
            .find(|scheme| begins(target, scheme))
            .and_then(|scheme| target.get(scheme.len()..))?;
        return (shown.trim() == target).then_some(shown.trim());
    }
    SCHEMES
        .iter()
        .find(|scheme| begins(text, scheme))
        .and_then(|scheme| text.get(scheme.len()..))
        .filter(|rest| !rest.is_empty())
}

/// Whether a program took the first apostrophe of `base` for its mark of a text.
pub(super) fn apostrophe(base: &str, edited: &str) -> Option<&'static str> {
    let swallowed = base.strip_prefix('\'').filter(|rest| !rest.trim().is_empty())?;
    (swallowed == edited).then_some("a spreadsheet took the apostrophe at the front for its mark of a text")
}

/// Whether the formula sign before `base` was taken away, as programs do that are afraid of formulas, or doubled into a formula.
pub(super) fn sign(base: &str, edited: &str) -> Option<&'static str> {
    let rest = base.strip_prefix(['=', '@', '+', '-'])?;
    // A minus before a number is a part of it; nobody takes only the plus of a telephone number away.
    let is_number = rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    let is_part = rest.is_empty() || (base.starts_with('-') && is_number);
    if !is_part && rest.trim_start() == edited {
        return Some("a program took the sign at the front away");
    }
    (edited.strip_prefix('=') == Some(base)).then_some("a spreadsheet put a formula sign before this")
}

/// Whether `edited` is `base` in the form `="…"`, which keeps spreadsheets from rewriting it.
pub(super) fn wrapper(base: &str, edited: &str) -> Option<&'static str> {
    (without_wrapper(edited).as_deref() == Some(base)).then_some("the text stands in the form of a formula")
}

/// The text inside `="…"`.
pub(super) fn without_wrapper(text: &str) -> Option<String> {
    let inside = text.trim().strip_prefix("=\"")?.strip_suffix('"')?;
    let text = inside.replace("\"\"", "\u{0}");
    (!text.is_empty() && !text.contains('"')).then(|| text.replace('\u{0}', "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_taken_for_what_they_link_to() {
        for (base, edited) in [
            ("anna@contoso.com", "mailto:anna@contoso.com"),
            ("anna@contoso.com", "MAILTO:anna@contoso.com"),
            ("anna@contoso.com", "anna@contoso.com <mailto:anna@contoso.com>"),
            ("+31612345678", "tel:+31612345678"),
            ("contoso.com", "http://contoso.com/"),
            ("www.contoso.com/a", "https://www.contoso.com/a"),
        ] {
            assert!(link(base, edited).is_some(), "{base} {edited}");
        }
        for (base, edited) in [
            ("anna@contoso.com", "mailto:ben@contoso.com"),
            ("http://contoso.com", "https://contoso.com"),
            ("mailto:anna@contoso.com", "anna@contoso.com"),
            ("contoso.com", "http://contoso.com/shop"),
            ("", "http://"),
            ("a", "Anna <mailto:a>"),
        ] {
            assert_eq!(link(base, edited), None, "{base} {edited}");
        }
    }

    #[test]
    fn a_swallowed_apostrophe_is_seen() {
        assert!(apostrophe("'s-Gravenhage", "s-Gravenhage").is_some());
        assert!(apostrophe("'t Hooft", "t Hooft").is_some());
        assert!(apostrophe("'s", "s").is_some());
        for (base, edited) in [
            ("'s-Gravenhage", "Den Haag"),
            ("s-Gravenhage", "'s-Gravenhage"),
            ("'s-Gravenhage", "-Gravenhage"),
            ("'", ""),
            ("Bakker", "akker"),
        ] {
            assert_eq!(apostrophe(base, edited), None, "{base} {edited}");
        }
    }

    #[test]
    fn a_lost_formula_sign_is_seen() {
        for (base, edited) in [
            ("@home", "home"),
            ("=Sales", "Sales"),
            ("- nights", "nights"),
            ("+Support", "Support"),
            ("-2+3", "2+3"),
            ("+31 6 12345678", "31 6 12345678"),
            ("+31-20-1234567", "31-20-1234567"),
            ("+31-20-1234567", "=+31-20-1234567"),
        ] {
            assert!(sign(base, edited).is_some(), "{base} {edited}");
        }
        for (base, edited) in [
            ("home", "@home"),
            ("@home", "ome"),
            ("@home", "House"),
            ("-1", "1"),
            ("+31-20", "31-21"),
            ("+31-20", "+31-21"),
            ("Sales", "=Sales"),
            ("-", ""),
        ] {
            assert_eq!(sign(base, edited), None, "{base} {edited}");
        }
    }

    #[test]
    fn a_text_in_the_form_of_a_formula_is_that_text() {
        assert!(wrapper("007", "=\"007\"").is_some());
        assert!(wrapper("the \"old\" one", "=\"the \"\"old\"\" one\"").is_some());
        for (base, edited) in [
            ("007", "=\"008\""),
            ("007", "=007"),
            ("=\"007\"", "007"),
            ("a", "=\"a\"&\"b\""),
            ("", "=\"\""),
            ("007", "\"007\""),
        ] {
            assert_eq!(wrapper(base, edited), None, "{base} {edited}");
        }
    }
}

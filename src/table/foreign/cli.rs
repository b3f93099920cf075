//! CLI for Microsoft 365: what its CSV looks like, and how its cells are read.
//!
//! It writes Graph's own names, `1` and `0` for truth values, nothing for structures, and with `--query` a JSON array for
//! a list. Its header alone may be anybody's, so the cells decide.

use crate::catalogue::{self, Attribute, Kind};

/// The header of `m365 entra user list` without `--properties`.
const DEFAULT_LIST: [&str; 10] = [
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

/// Whether this is the header the CLI writes when nothing else is asked for.
pub(in crate::table) fn is_default_list(header: &[String]) -> bool {
    header.iter().map(String::as_str).eq(DEFAULT_LIST)
}

/// The columns whose cells tell, in a header of nothing but Graph's own names.
pub(in crate::table) fn may_be_cli(header: &[String]) -> Option<Vec<(usize, &'static Attribute)>> {
    let attributes: Option<Vec<&'static Attribute>> =
        header.iter().map(|text| catalogue::by_name(text)).collect();
    let telling: Vec<_> = attributes?
        .into_iter()
        .enumerate()
        .filter(|(_, attribute)| is_boolean(attribute) || is_list(attribute))
        .collect();
    (!telling.is_empty()).then_some(telling)
}

fn is_boolean(attribute: &Attribute) -> bool {
    attribute.kind == Kind::Boolean
}

fn is_list(attribute: &Attribute) -> bool {
    matches!(attribute.kind, Kind::TextList { .. } | Kind::EmailList { .. })
}

/// The truth value the CLI means by this text.
pub(in crate::table) fn one_or_zero(attribute: &Attribute, text: &str) -> Option<&'static str> {
    match (is_boolean(attribute), text) {
        (true, "1") => Some("true"),
        (true, "0") => Some("false"),
        _ => None,
    }
}

/// The list the CLI means by a JSON array of texts, as a cell holds it. An item with the separator in it cannot be told
/// from two, so such a list is left as it is.
pub(in crate::table) fn json_list(attribute: &Attribute, text: &str) -> Option<String> {
    if !is_list(attribute) || !text.starts_with('[') {
        return None;
    }
    let items: Vec<String> = serde_json::from_str(text).ok()?;
    let is_plain = items
        .iter()
        .all(|item| !item.contains(';') && !item.trim().is_empty());
    is_plain.then(|| items.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn only_a_header_of_graph_names_with_a_telling_column_may_be_the_clis() {
        let telling = may_be_cli(&header(&["id", "accountEnabled", "otherMails", "city"])).unwrap();
        let telling: Vec<_> = telling.iter().map(|(index, a)| (*index, a.name)).collect();
        assert_eq!(telling, [(1, "accountEnabled"), (2, "otherMails")]);
        for names in [
            &["id", "city"][..],
            &["Id", "accountEnabled"],
            &["id", "Account enabled"],
            &["id", "accountEnabled", "shoe size"],
        ] {
            assert_eq!(may_be_cli(&header(names)), None, "{names:?}");
        }
        assert!(is_default_list(&header(&DEFAULT_LIST)));
        assert!(!is_default_list(&header(&DEFAULT_LIST[1..])));
    }

    #[test]
    fn its_truth_values_and_lists_are_read() {
        let enabled = catalogue::by_name("accountEnabled").unwrap();
        let mails = catalogue::by_name("otherMails").unwrap();
        for (text, value) in [
            ("1", Some("true")),
            ("0", Some("false")),
            ("true", None),
            ("", None),
        ] {
            assert_eq!(one_or_zero(enabled, text), value, "{text}");
            assert_eq!(one_or_zero(mails, text), None);
        }
        for (text, list) in [
            (r#"["a@x.com"]"#, Some("a@x.com")),
            (r#"["a@x.com","b@x.com"]"#, Some("a@x.com; b@x.com")),
            ("[]", Some("")),
            (r#"["a;b"]"#, None),
            (r#"["",""]"#, None),
            ("[1]", None),
            ("[broken", None),
            ("a@x.com", None),
        ] {
            assert_eq!(json_list(mails, text).as_deref(), list, "{text}");
        }
        assert_eq!(json_list(enabled, "[]"), None);
    }
}

//! What a cell offers to choose from: fixed words, countries, and the values that are in use already.

use std::collections::BTreeSet;

use super::look::{ColumnLook, Role};
use crate::catalogue::{Kind, Spread};

/// A list with more values is no help to anybody, and is not kept.
pub(super) const LIST_VALUES_MAX: usize = 500;

/// The list of one column, while the rows go by.
#[derive(Debug)]
pub(super) enum List {
    None,
    /// Known beforehand.
    Fixed(Vec<String>),
    /// What the cells hold so far, and how many were filled.
    InUse(BTreeSet<String>, u64),
}

impl List {
    /// The list a column has before its first row.
    pub fn of(column: &ColumnLook) -> List {
        let Some(attribute) = column.attribute.filter(|_| column.role == Role::Editable) else {
            return List::None;
        };
        let fixed = |words: &[&str]| List::Fixed(words.iter().map(|word| (*word).to_owned()).collect());
        let definition = attribute.extension.map(|own| own.definition);
        let predefined = definition.and_then(|own| own.predefined);
        match attribute.kind {
            Kind::Text { .. } | Kind::Integer if let Some(words) = predefined => fixed(words),
            Kind::Boolean => fixed(&["true", "false"]),
            Kind::Choice(words) => fixed(words),
            Kind::Country => {
                let mut codes: Vec<String> = rust_iso3166::ALL_ALPHA2
                    .iter()
                    .map(|code| (*code).to_owned())
                    .collect();
                codes.sort();
                List::Fixed(codes)
            }
            Kind::Text { .. } | Kind::Language if attribute.spread == Spread::Shared => {
                List::InUse(BTreeSet::new(), 0)
            }
            _ => List::None,
        }
    }

    /// Takes note of a cell's value.
    pub fn see(&mut self, text: &str) {
        let List::InUse(values, filled) = self else {
            return;
        };
        if text.is_empty() {
            return;
        }
        *filled += 1;
        if !values.contains(text) {
            values.insert(text.to_owned());
        }
        if values.len() > LIST_VALUES_MAX {
            *self = List::None;
        }
    }

    /// The values to offer. Where nearly everybody has a value of their own, a list would only be in the way.
    pub fn values(self) -> Vec<String> {
        match self {
            List::None => Vec::new(),
            List::Fixed(values) => values,
            List::InUse(values, filled) if filled >= 2 * values.len() as u64 => values.into_iter().collect(),
            List::InUse(..) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(column: &str, seen: &[&str]) -> Vec<String> {
        let mut list = List::of(&ColumnLook::new(column));
        for text in seen {
            list.see(text);
        }
        list.values()
    }

    #[test]
    fn a_list_is_fixed_or_what_is_in_use_and_empty_where_it_would_not_help() {
        assert_eq!(list("accountEnabled", &["maybe"]), ["true", "false"]);
        assert!(list("usageLocation", &[]).contains(&"NL".to_owned()));
        assert_eq!(
            list("department", &["Sales", "", "IT", "Sales", "IT"]),
            ["IT", "Sales"]
        );
        assert!(list("department", &["Sales", "IT"]).is_empty(), "all different");
        for column in [
            "id",
            "_snapshot",
            "displayName",
            "mobilePhone",
            "createdDateTime",
            "shoe size",
        ] {
            assert!(list(column, &["a", "a", "a"]).is_empty(), "{column}");
        }
    }

    #[test]
    fn predefined_values_of_a_custom_security_attribute_are_offered_where_a_cell_holds_one() {
        for (word, offered) in [
            ("String=Public|Confidential", &["Public", "Confidential"][..]),
            ("Integer=1|2", &["1", "2"][..]),
            ("String[]=Alpine|Baker", &[][..]),
        ] {
            let name = format!("customSecurityAttributes.Marketing.Level:{word}");
            let attribute = crate::catalogue::by_name(&name).unwrap();
            let look = ColumnLook::of(attribute.name, Some(attribute));
            assert_eq!(List::of(&look).values(), offered, "{word}");
        }
    }

    #[test]
    fn a_list_of_too_many_values_is_given_up() {
        let many: Vec<String> = (0..=LIST_VALUES_MAX).map(|n| n.to_string()).collect();
        let twice: Vec<&str> = many.iter().chain(&many).map(String::as_str).collect();
        assert!(list("department", &twice).is_empty());
        assert_eq!(
            list("department", &twice[1..=LIST_VALUES_MAX].repeat(2)).len(),
            LIST_VALUES_MAX
        );
    }
}

//! Reading the users that hold certain values, with `$filter`.
//! <https://learn.microsoft.com/graph/filter-query-parameter>

use crate::domain::{Columns, KeyValue};

use super::query::ListQuery;

/// A filter may hold fifteen expressions, and so many values after `in`.
pub const VALUES_MAX: usize = 15;
/// Letters of one filter: with what is around it, an address stays below the 2,048 that advanced queries allow.
const FILTER_LETTERS_MAX: usize = 400;

/// The listings that together find everybody who holds one of these values. Who is found must be held against the values again:
/// the service compares without case.
pub fn listings_by_value(values: &[KeyValue], columns: &Columns) -> Vec<ListQuery> {
    let mut listings = Vec::new();
    let mut open: Option<(&'static str, Vec<String>)> = None;
    for value in values {
        let (name, quoted) = (value.attribute().name, quoted(value.text()));
        match &mut open {
            Some((of, texts)) if *of == name && fits(texts, &quoted) && has_in(name) => texts.push(quoted),
            _ => {
                listings.extend(open.take());
                open = Some((name, vec![quoted]));
            }
        }
    }
    listings.extend(open);
    listings
        .into_iter()
        .map(|(name, texts)| ListQuery {
            columns: columns.clone(),
            filter: Some(match texts.as_slice() {
                [only] => format!("{name} eq {only}"),
                several => format!("{name} in ({})", several.join(",")),
            }),
            page_size: None,
        })
        .collect()
}

fn fits(texts: &[String], more: &str) -> bool {
    let letters: usize = texts.iter().map(String::len).sum();
    texts.len() < VALUES_MAX && letters + more.len() <= FILTER_LETTERS_MAX
}

/// `onPremisesSecurityIdentifier` is documented with `eq` alone.
fn has_in(name: &str) -> bool {
    name != "onPremisesSecurityIdentifier"
}

/// A text of an OData filter: a quote in it is doubled.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::by_name;

    fn filters(name: &str, texts: &[String]) -> Vec<String> {
        let attribute = by_name(name).unwrap();
        let values: Vec<KeyValue> = texts
            .iter()
            .map(|text| KeyValue::new(attribute, text).unwrap())
            .collect();
        let listings = listings_by_value(&values, &Vec::new().into());
        listings
            .into_iter()
            .filter_map(|listing| listing.filter)
            .collect()
    }

    #[test]
    fn fifteen_values_go_in_one_filter_and_quotes_are_doubled() {
        let numbers: Vec<String> = (0..16).map(|number| format!("{number:05}")).collect();
        let filters_of_numbers = filters("employeeId", &numbers);
        assert_eq!(filters_of_numbers.len(), 2);
        assert_eq!(filters_of_numbers[0].matches('\'').count(), 30);
        assert_eq!(filters_of_numbers[1], "employeeId eq '00015'");
        assert_eq!(
            filters("displayName", &["O'Brien".to_owned(), "x' or id ne '".to_owned()]),
            ["displayName in ('O''Brien','x'' or id ne ''')"]
        );
    }

    #[test]
    fn long_values_and_attributes_without_in_get_filters_of_their_own() {
        let long = vec!["x".repeat(256), "y".repeat(256)];
        assert_eq!(filters("displayName", &long).len(), 2);
        let ids = ["S-1-5-21-1".to_owned(), "S-1-5-21-2".to_owned()];
        assert_eq!(filters("onPremisesSecurityIdentifier", &ids).len(), 2);
    }
}

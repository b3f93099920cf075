//! Attributes whose value can say which user is meant.
//!
//! Each of them is one text that `GET /users` can be asked for with `eq` and `in`, without the advanced query engine, whose index may
//! lag behind: <https://learn.microsoft.com/graph/aad-advanced-queries>. `tests/catalogue_agreement.rs` holds the list
//! against Microsoft's table.

use super::attribute::Attribute;
use super::entries::by_name;

/// The attributes for `--key`, `--manager-by` and cells like `employeeId:00123`.
pub const KEY_NAMES: [&str; 6] = [
    "employeeId",
    "mail",
    "mailNickname",
    "onPremisesImmutableId",
    "onPremisesSamAccountName",
    "onPremisesUserPrincipalName",
];

/// The key attribute with this Graph name or label, in any case.
pub fn key_attribute(text: &str) -> Option<&'static Attribute> {
    KEY_NAMES
        .iter()
        .filter_map(|name| by_name(name))
        .find(|known| known.name.eq_ignore_ascii_case(text) || known.label.eq_ignore_ascii_case(text))
}

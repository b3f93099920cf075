//! What an answer that asks to wait is about.

use reqwest::header::HeaderMap;

use super::limits::Touched;
use super::pacer::Exceeded;
use super::service::header_text;

/// What a 429 is about: what the service names, else, where it tells a percentage, the budget that the request touched.
/// <https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits>
pub(super) fn exceeded(headers: &HeaderMap, has_percentage: bool, touched: Touched) -> Exceeded {
    match header_text(headers, "x-ms-throttle-information").as_deref() {
        Some("WriteLimitExceeded") => Exceeded::Budget(Touched::Writes),
        Some("ResourceUnitLimitExceeded") => Exceeded::Budget(Touched::ResourceUnits),
        Some("CPULimitExceeded") => Exceeded::Other,
        _ if has_percentage => Exceeded::Budget(touched),
        _ => Exceeded::Perhaps(touched),
    }
}

/// Whether the service says that a budget of the directory is used up or nearly so.
pub(super) fn names_budget(headers: &HeaderMap) -> bool {
    header_text(headers, "x-ms-throttle-information").is_some()
        || headers.contains_key("x-ms-throttle-limit-percentage")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_429_is_about_what_the_service_names_else_about_what_the_request_touched() {
        use Exceeded::{Budget, Other, Perhaps};
        use Touched::{ResourceUnits, Writes};
        for (named, has_percentage, touched, expected) in [
            ("WriteLimitExceeded", false, ResourceUnits, Budget(Writes)),
            ("ResourceUnitLimitExceeded", true, Writes, Budget(ResourceUnits)),
            ("CPULimitExceeded", true, Writes, Other),
            ("", true, Writes, Budget(Writes)),
            ("SomethingNew", true, ResourceUnits, Budget(ResourceUnits)),
            ("", false, Writes, Perhaps(Writes)),
        ] {
            let mut headers = HeaderMap::new();
            if !named.is_empty() {
                headers.insert("x-ms-throttle-information", named.parse().unwrap());
            }
            assert_eq!(
                exceeded(&headers, has_percentage, touched),
                expected,
                "{named} {has_percentage} {touched:?}"
            );
        }
    }
}

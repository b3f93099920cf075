//! How long the service asks to wait. <https://learn.microsoft.com/graph/throttling>

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// Nobody is made to wait longer than this by one header; a deadline decides whether even that is too long.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);

/// The largest wait that any of the headers asks for: `Retry-After` in seconds or as an HTTP date,
/// `retry-after-ms` or `x-ms-retry-after-ms` in milliseconds. A date is counted from the answer's own `Date`, else from `now`,
/// because the clock of this machine may be wrong; one that has passed means no wait. Unreadable headers ask for nothing.
pub fn parse_retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    let bounded = |seconds: f64| Duration::from_secs_f64(seconds.clamp(0.0, RETRY_AFTER_MAX.as_secs_f64()));

    let milliseconds = ["retry-after-ms", "x-ms-retry-after-ms"]
        .into_iter()
        .filter_map(|name| number(text(name)?))
        .map(|milliseconds| bounded(milliseconds / 1_000.0));
    let plain = text("retry-after").and_then(|wish| match number(wish) {
        Some(seconds) => Some(bounded(seconds)),
        None => {
            let from = date(headers).unwrap_or(now);
            let until = http_date(wish)?;
            Some(bounded(until.duration_since(from).as_secs_f64()))
        }
    });
    milliseconds.chain(plain).max()
}

/// What the service's clock said when it answered.
pub(super) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    http_date(headers.get("date")?.to_str().ok()?.trim())
}

fn http_date(text: &str) -> Option<Timestamp> {
    Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp())
}

/// The headers of one answer inside a `$batch`, which come as a JSON object in any spelling.
pub(super) fn item_headers(value: Option<&serde_json::Value>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in value.and_then(|value| value.as_object()).into_iter().flatten() {
        let text = match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(text)) {
            headers.append(name, value);
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_is_read_in_every_form_and_kept_within_bounds() {
        let now: Timestamp = "2026-11-23T15:00:00Z".parse().unwrap();
        let seconds = Duration::from_secs;
        for (headers, expected) in [
            (vec![("retry-after", "7")], Some(seconds(7))),
            (vec![("retry-after", " 0 ")], Some(seconds(0))),
            (vec![("retry-after", "-4")], Some(seconds(0))),
            (vec![("retry-after", "1.5")], Some(Duration::from_millis(1_500))),
            (
                vec![("retry-after", "99999999999999999999")],
                Some(RETRY_AFTER_MAX),
            ),
            (vec![("retry-after", "inf")], None),
            (vec![("retry-after", "soon")], None),
            (
                vec![("retry-after", "Mon, 23 Nov 2026 15:00:30 GMT")],
                Some(seconds(30)),
            ),
            (
                vec![("retry-after", "Mon, 23 Nov 2026 14:00:00 GMT")],
                Some(seconds(0)),
            ),
            (
                vec![
                    ("retry-after", "Mon, 23 Nov 2026 15:10:30 GMT"),
                    ("date", "Mon, 23 Nov 2026 15:10:20 GMT"),
                ],
                Some(seconds(10)),
            ),
            // A local clock that is years behind or ahead does not count where the service tells its own time.
            (
                vec![
                    ("retry-after", "Tue, 23 Nov 2032 15:00:08 GMT"),
                    ("date", "Tue, 23 Nov 2032 15:00:00 GMT"),
                ],
                Some(seconds(8)),
            ),
            (
                vec![
                    ("retry-after", "Sun, 23 Nov 2008 15:00:05 GMT"),
                    ("date", "Sun, 23 Nov 2008 15:00:00 GMT"),
                ],
                Some(seconds(5)),
            ),
            (
                vec![
                    ("retry-after", "Mon, 23 Nov 2026 15:00:30 GMT"),
                    ("date", "today"),
                ],
                Some(seconds(30)),
            ),
            (vec![("retry-after-ms", "250")], Some(Duration::from_millis(250))),
            (
                vec![("x-ms-retry-after-ms", "1250")],
                Some(Duration::from_millis(1_250)),
            ),
            (
                vec![("retry-after", "1"), ("retry-after-ms", "2500")],
                Some(Duration::from_millis(2_500)),
            ),
            (vec![], None),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in &headers {
                map.insert(*name, value.parse().unwrap());
            }
            assert_eq!(parse_retry_after(&map, now), expected, "{headers:?}");
        }
    }

    #[test]
    fn the_headers_of_a_batch_item_are_read_in_any_spelling() {
        let value = serde_json::json!({"Retry-After": "3", "X-MS-Thing": 4, "bad name": "x"});
        let headers = item_headers(Some(&value));
        assert_eq!(
            parse_retry_after(&headers, Timestamp::UNIX_EPOCH),
            Some(Duration::from_secs(3))
        );
        assert_eq!(headers.get("x-ms-thing").unwrap(), "4");
        assert_eq!(headers.len(), 2);
        assert!(item_headers(None).is_empty());
    }
}

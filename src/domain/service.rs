//! Which service something was read from: two directories can have one tenant id, and only one of them is the real one.

/// What the embedded directory is called, which takes another port each time.
const EMBEDDED: &str = "sandbox";

/// Whether two addresses are of the same service, as far as that is known: by their host. All practice directories of one computer
/// count as one, because such a directory comes back on another port; an address that is not known is no other one.
pub fn is_same_service(one: &str, other: &str) -> bool {
    let (one, other) = (host(one), host(other));
    let is_known = !one.is_empty() && !other.is_empty();
    !is_known || one.eq_ignore_ascii_case(other) || is_practice(one) && is_practice(other)
}

/// `https://Graph.Microsoft.com:443/v1.0` is `Graph.Microsoft.com`.
fn host(address: &str) -> &str {
    let address = address.trim();
    let behind = address.split_once("://").map_or(address, |(_, behind)| behind);
    let authority = behind.split(['/', '?', '#']).next().unwrap_or_default();
    let with_port = authority.rsplit('@').next().unwrap_or_default();
    match with_port.split_once(']') {
        Some((host, _)) => host.trim_start_matches('['),
        None => with_port.split(':').next().unwrap_or_default(),
    }
}

fn is_practice(host: &str) -> bool {
    let is_named = [EMBEDDED, "localhost", "::1"]
        .iter()
        .any(|name| host.eq_ignore_ascii_case(name));
    let numbers: Option<Vec<u8>> = host.split('.').map(|number| number.parse().ok()).collect();
    is_named || numbers.is_some_and(|numbers| numbers.len() == 4 && numbers[0] == 127)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_told_apart_by_their_host_and_practice_directories_are_one() {
        for (one, other, is_same) in [
            ("https://graph.microsoft.com", "https://graph.microsoft.com", true),
            (
                "https://graph.microsoft.com",
                "HTTPS://Graph.Microsoft.com:443/v1.0",
                true,
            ),
            ("https://graph.microsoft.com", "https://graph.microsoft.us", false),
            (
                "https://graph.microsoft.us",
                "https://dod-graph.microsoft.us",
                false,
            ),
            (
                "https://graph.microsoft.com",
                "https://microsoftgraph.chinacloudapi.cn",
                false,
            ),
            ("https://graph.microsoft.com", "http://127.0.0.1:8080", false),
            ("sandbox", "https://graph.microsoft.com", false),
            ("http://127.0.0.1:8080", "http://127.0.0.1:41233/", true),
            ("http://localhost:8080", "http://[::1]:1", true),
            ("sandbox", "http://127.0.0.2:8080", true),
            ("http://127.0.0.1.example.com", "http://127.0.0.1", false),
            ("https://localhost@graph.microsoft.com", "http://localhost", false),
            ("", "https://graph.microsoft.com", true),
        ] {
            assert_eq!(is_same_service(one, other), is_same, "{one} {other}");
            assert_eq!(is_same_service(other, one), is_same, "{other} {one}");
        }
    }
}

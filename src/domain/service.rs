//! Which service something was read from: two directories can have one tenant id, and only one of them is the real one.

/// What the embedded directory is called, which takes another port each time.
const EMBEDDED: &str = "sandbox";

/// Whether two addresses are of the same service, as far as that is known: by their host and port. All practice directories of one
/// computer count as one, because such a directory comes back on another port; an address that is not known is no other one.
pub fn is_same_service(one: &str, other: &str) -> bool {
    let (one, other) = (service_name(one), service_name(other));
    one.is_empty() || other.is_empty() || one == other
}

/// By which name an address is the same service as another: `https://Graph.Microsoft.com:443/v1.0` is `graph.microsoft.com`, and every
/// address of this computer is `sandbox`. Empty where nothing is known.
pub fn service_name(address: &str) -> String {
    let (host, port) = host_and_port(address);
    match (is_practice(host), port) {
        (true, _) => EMBEDDED.to_owned(),
        (false, "" | "443" | "80") => host.to_ascii_lowercase(),
        (false, port) => format!("{}:{port}", host.to_ascii_lowercase()),
    }
}

/// The port is empty where none is said.
fn host_and_port(address: &str) -> (&str, &str) {
    let address = address.trim();
    let behind = address.split_once("://").map_or(address, |(_, behind)| behind);
    let authority = behind.split(['/', '?', '#']).next().unwrap_or_default();
    let with_port = authority.rsplit('@').next().unwrap_or_default();
    match with_port.split_once(']') {
        Some((host, port)) => (host.trim_start_matches('['), port.trim_start_matches(':')),
        None => with_port.split_once(':').unwrap_or((with_port, "")),
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
            ("https://gateway:8443", "https://gateway:9443", false),
            ("https://gateway:8443/v1.0", "https://Gateway:8443", true),
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

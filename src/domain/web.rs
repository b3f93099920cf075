//! Addresses of the web, as a profile shows them to others: only what a browser opens as a page.

use super::rules::CellProblem;
use crate::catalogue::Attribute;

/// Whether it begins with `http://` or `https://`, names a host, and holds nothing that hides where it leads.
pub fn is_web_address(text: &str) -> bool {
    let begins = |scheme: &str| {
        let start = text.get(..scheme.len())?;
        start
            .eq_ignore_ascii_case(scheme)
            .then(|| text.get(scheme.len()..))?
    };
    let is_sound = |rest: &str| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        is_host_and_port(authority) && !rest.contains(is_never_in_one)
    };
    begins("https://")
        .or_else(|| begins("http://"))
        .is_some_and(is_sound)
}

/// Reads an address that begins with `http://` or `https://` and names a host.
///
/// # Errors
/// Anything else: a word, an address without its beginning, or one that would run something (`javascript:`).
pub(super) fn web_address(attribute: &Attribute, text: &str) -> Result<String, CellProblem> {
    if is_web_address(text) {
        return Ok(text.to_owned());
    }
    Err(CellProblem::new(
        "not-a-web-address",
        format!(
            "`{}` takes an address of the web that begins with `https://` or `http://` and names a host",
            attribute.name
        ),
        "write it as `https://example.com/page`",
    ))
}

fn is_never_in_one(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "<>\"\\^`{|}".contains(c)
}

/// `example.com`, `example.com:8080` or `[2001:db8::1]`. A name before an `@` is left out by browsers, and hides the host from readers.
fn is_host_and_port(authority: &str) -> bool {
    if let Some((host, port)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        let is_of_it = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.');
        return is_port && host.contains(':') && host.chars().all(is_of_it);
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    port.is_none_or(is_port) && host.split('.').all(is_label)
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::by_name;

    #[test]
    fn an_address_of_the_web_has_a_beginning_and_a_host() {
        let attribute = by_name("mySite").unwrap();
        for text in [
            "https://example.com",
            "HTTP://intranet/people/anna?x=1#top",
            "https://example.com:8443/a%20b",
            "https://[2001:db8::1]:80/",
            "https://bücher.example/é",
            "https://contoso-my.sharepoint.com/personal/anna_contoso_com",
        ] {
            assert_eq!(web_address(attribute, text).ok().as_deref(), Some(text), "{text}");
        }
        for text in [
            "notaurl",
            "javascript:alert(1)",
            "www.example.com",
            "ftp://example.com",
            "https://",
            "https:///path",
            "https:example.com",
            "https://exa mple.com",
            "https://-example.com",
            "https://example..com",
            "https://example.com:port",
            "https://anna@example.com",
            "https://[nonsense]",
            "https://example.com/<script>",
        ] {
            let problem = web_address(attribute, text).unwrap_err();
            assert_eq!(problem.rule, "not-a-web-address", "{text}");
        }
    }
}

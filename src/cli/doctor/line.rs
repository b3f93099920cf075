//! How the lines to the service and to the sign-in service are secured.

use jiff::Timestamp;

use super::checkup::Checkup;
use crate::cli::connect::{Context, address};
use crate::cli::sign_in::authorities;
use crate::config::Target;
use crate::domain::shorten;
use crate::graph::{Peer, peer};

/// Tells of each host once. A host that does not answer, or has no TLS (a practice directory), is told by what follows, or needs none.
pub async fn look(context: &Context, checkup: &mut Checkup) {
    let Target::Tenant(sign_in) = &context.config.target else {
        return;
    };
    let Ok(private) = authorities(context.config.ca_file.as_ref()) else {
        return;
    };
    let authority = &sign_in.authority_host.value;
    let authority = match authority.contains("://") {
        true => authority.clone(),
        false => format!("https://{authority}"),
    };
    let mut hosts: Vec<String> = Vec::new();
    let mut told = Vec::new();
    for (text, origin) in [
        (&sign_in.graph_url.value, &sign_in.graph_url.origin),
        (&authority, &sign_in.authority_host.origin),
    ] {
        let Ok(url) = address(text, origin) else {
            continue;
        };
        let host = url.host_str().unwrap_or_default().to_owned();
        if hosts.contains(&host) {
            continue;
        }
        if let Some(peer) = peer(&url, private.as_deref()).await {
            told.push(in_words(&host, &peer, Timestamp::now()));
        }
        hosts.push(host);
    }
    if !told.is_empty() {
        checkup.well("tls", told.join("; "));
    }
}

fn in_words(host: &str, peer: &Peer, now: Timestamp) -> String {
    let version = peer
        .version
        .map_or_else(String::new, |version| format!("{version}, "));
    let days = match peer.days_left(now) {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    let day = peer.end.strftime("%Y-%m-%d");
    format!(
        "{host}: {version}certificate issued by “{}”, until {day} ({days} left)",
        shorten(&peer.issuer)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_with_its_version_the_issuer_and_the_days_that_are_left() {
        let peer = |version| Peer {
            version,
            issuer: "CN=Example CA,O=Ex\u{1b}ample".to_owned(),
            end: "2027-01-01T00:00:00Z".parse().unwrap(),
        };
        let now = |text: &str| text.parse().unwrap();
        assert_eq!(
            in_words(
                "graph.example",
                &peer(Some("TLS 1.3")),
                now("2026-11-30T12:00:00Z")
            ),
            "graph.example: TLS 1.3, certificate issued by “CN=Example CA,O=Ex\u{fffd}ample”, until 2027-01-01 (31 days left)"
        );
        assert_eq!(
            in_words("h", &peer(None), now("2026-12-30T12:00:00Z")),
            "h: certificate issued by “CN=Example CA,O=Ex\u{fffd}ample”, until 2027-01-01 (1 day left)"
        );
    }
}

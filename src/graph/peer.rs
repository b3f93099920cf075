//! How the line to a host is secured: the version of TLS, and who vouches for the host until when.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::tls::{TlsInfo, Version};
use reqwest::{Client, Url, redirect};

use super::service::{USER_AGENT, certificates};

/// Nobody waits longer for what is only told.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a host showed of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// `TLS 1.3`; `None` where it is not told.
    pub version: Option<&'static str>,
    /// The name of the authority that issued the certificate.
    pub issuer: String,
    /// The end of the certificate.
    pub end: Timestamp,
}

impl Peer {
    /// Whole days until the certificate ends; less than none when it has ended.
    pub fn days_left(&self, now: Timestamp) -> i64 {
        self.end.duration_since(now).as_secs().div_euclid(24 * 3600)
    }
}

/// Asks the host of an address for nothing, over a line like the ones that are worked with: the same authorities (`private` beside the
/// system's, in PEM), the system's proxy. `None` where there is no TLS, no answer, or nothing is told. Nothing secret is sent.
pub async fn peer(address: &Url, private: Option<&[u8]>) -> Option<Peer> {
    if address.scheme() != "https" {
        return None;
    }
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .timeout(PATIENCE)
        .tls_info(true);
    if let Some(pem) = private {
        builder = builder.tls_certs_merge(certificates(pem).ok()?);
    }
    let mut root = address.clone();
    root.set_path("/");
    root.set_query(None);
    // Whatever it answers, the line was there.
    let response = builder.build().ok()?.head(root).send().await.ok()?;
    let told = response.extensions().get::<TlsInfo>()?;
    let (issuer, end) = issued(told.peer_certificate()?)?;
    Some(Peer {
        version: told.version().and_then(in_words),
        issuer,
        end,
    })
}

fn in_words(version: Version) -> Option<&'static str> {
    match version {
        Version::TLS_1_3 => Some("TLS 1.3"),
        Version::TLS_1_2 => Some("TLS 1.2"),
        _ => None,
    }
}

/// The issuer and the end of a certificate in DER.
fn issued(der: &[u8]) -> Option<(String, Timestamp)> {
    use x509_cert::der::Decode;
    let certificate = x509_cert::Certificate::from_der(der).ok()?;
    let signed = certificate.tbs_certificate();
    let end = signed.validity().not_after.to_unix_duration();
    let end = Timestamp::from_second(i64::try_from(end.as_secs()).ok()?).ok()?;
    Some((signed.issuer().to_string(), end))
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    use super::*;

    #[test]
    fn a_certificate_tells_who_issued_it_and_when_it_ends() {
        let pem = include_bytes!("../../tests/keys/tls-server.pem");
        let der = CertificateDer::from_pem_slice(pem).unwrap();
        let (issuer, end) = issued(&der).unwrap();
        assert_eq!(issuer, "CN=dirsheet tests: a private authority");
        assert_eq!(end.to_string(), "2125-12-31T00:00:00Z");
        assert_eq!(issued(b"no certificate"), None);
    }

    #[test]
    fn a_day_that_has_begun_to_run_out_is_not_counted() {
        let end: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
        let peer = Peer {
            version: None,
            issuer: String::new(),
            end,
        };
        for (now, days) in [
            ("2026-11-30T00:00:00Z", 1),
            ("2026-11-30T00:00:01Z", 0),
            ("2026-12-01T00:00:01Z", -1),
        ] {
            assert_eq!(peer.days_left(now.parse().unwrap()), days, "{now}");
        }
    }
}

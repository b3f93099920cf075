//! Why no answer came, told apart by the kinds of the errors underneath and never by their words.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use super::harmless::harmless;

/// A request that got no complete answer. It holds the host, never the rest of the address, a header or a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportError {
    pub kind: TransportErrorKind,
    /// Whether the request may have reached the service; false only when that is certain.
    pub sent: bool,
    /// Whether this host had not answered anything before, so that its name or the way to it may be wrong.
    pub first_contact: bool,
    pub host: String,
    /// The innermost cause in the words of the system.
    pub detail: String,
}

/// What went wrong on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportErrorKind {
    /// The host's name has no address.
    Dns,
    /// Nobody listens there.
    Refused,
    /// Any other trouble while connecting: no route, a proxy that says no.
    Connect,
    ConnectTimeout,
    /// The certificate is not trusted, expired, or for another name.
    Certificate,
    /// Any other trouble of TLS.
    Tls,
    /// The answer did not come in time.
    Timeout,
    /// The connection broke before the answer began.
    Reset,
    /// The connection broke, or the answer became unreadable, in the middle.
    Truncated,
    /// What came is no answer: a head without end, or a body that is not packed as it says.
    Malformed,
    /// The answer was larger than anything the service sends.
    BodyTooLarge,
    /// The request could not be made.
    Other,
}

impl TransportError {
    pub(super) fn of(
        error: reqwest::Error,
        host: String,
        first_contact: bool,
        reading: bool,
    ) -> TransportError {
        let connecting = error.is_connect();
        let tls = chain(&error).find_map(|cause| cause.downcast_ref::<rustls::Error>());
        let io_kind = chain(&error)
            .filter_map(|cause| cause.downcast_ref::<io::Error>())
            .map(io::Error::kind)
            .last();
        let of_http = chain(&error)
            .find_map(|cause| cause.downcast_ref::<hyper::Error>())
            .map(hyper::Error::is_parse);
        let is_malformed = match of_http {
            Some(is_parse) => is_parse,
            // It came as HTTP, and could not be unpacked.
            None => error.is_decode() && io_kind != Some(io::ErrorKind::UnexpectedEof),
        };
        let kind = match tls {
            Some(rustls::Error::InvalidCertificate(_)) => TransportErrorKind::Certificate,
            Some(_) => TransportErrorKind::Tls,
            None if error.is_dns() => TransportErrorKind::Dns,
            None if error.is_timeout() && connecting => TransportErrorKind::ConnectTimeout,
            None if error.is_timeout() => TransportErrorKind::Timeout,
            None if connecting && io_kind == Some(io::ErrorKind::ConnectionRefused) => {
                TransportErrorKind::Refused
            }
            None if connecting => TransportErrorKind::Connect,
            None if error.is_builder() => TransportErrorKind::Other,
            None if is_malformed => TransportErrorKind::Malformed,
            None if reading => TransportErrorKind::Truncated,
            None => TransportErrorKind::Reset,
        };
        let sent = reading || !(connecting || error.is_dns() || error.is_builder());
        let detail = match tls {
            Some(error) => error.to_string(),
            None => innermost(&error.without_url()),
        };
        TransportError {
            kind,
            sent,
            first_contact,
            host,
            detail: harmless(&detail, 200),
        }
    }

    /// Whether nobody was reached, so that the way or the service is gone.
    pub(super) fn is_unreachable(&self) -> bool {
        matches!(
            self.kind,
            TransportErrorKind::Dns
                | TransportErrorKind::Refused
                | TransportErrorKind::Connect
                | TransportErrorKind::ConnectTimeout
        )
    }

    /// One sentence on what to do.
    pub fn hint(&self) -> &'static str {
        match self.kind {
            TransportErrorKind::Dns => "check the spelling of the host and the network connection",
            TransportErrorKind::Refused => "check host and port, and whether the service is running",
            TransportErrorKind::Connect | TransportErrorKind::ConnectTimeout => {
                "check the network connection, a firewall and the proxy settings (HTTPS_PROXY, NO_PROXY)"
            }
            TransportErrorKind::Certificate => {
                "check the clock of this machine; behind a proxy that opens TLS, name the PEM file of its certificate authority with DIRSHEET_CA_FILE or `ca_file` in the configuration file"
            }
            TransportErrorKind::Tls => {
                "check whether the port speaks TLS 1.2 or 1.3 and whether a proxy is in between"
            }
            TransportErrorKind::Timeout => {
                "try again later; if it stays, look for a proxy in between that holds answers back"
            }
            TransportErrorKind::Reset | TransportErrorKind::Truncated => {
                "try again; if it stays, look for a proxy or firewall in between"
            }
            TransportErrorKind::Malformed => "check the address of the service and a proxy in between",
            TransportErrorKind::BodyTooLarge => "ask for fewer columns",
            TransportErrorKind::Other => {
                "try again; if it stays, this is a mistake of dirsheet's own: tell whoever looks after it for you, with this message"
            }
        }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = &self.host;
        match self.kind {
            TransportErrorKind::Dns => write!(f, "the name `{host}` cannot be found")?,
            TransportErrorKind::Refused => write!(f, "`{host}` refused the connection")?,
            TransportErrorKind::Connect => write!(f, "no connection to `{host}`")?,
            TransportErrorKind::ConnectTimeout => write!(f, "`{host}` did not take the connection in time")?,
            TransportErrorKind::Certificate => write!(f, "the certificate of `{host}` is not trusted")?,
            TransportErrorKind::Tls => write!(f, "no secure connection to `{host}`")?,
            TransportErrorKind::Timeout => write!(f, "`{host}` did not answer in time")?,
            TransportErrorKind::Reset => write!(f, "the connection to `{host}` broke")?,
            TransportErrorKind::Truncated => write!(f, "the answer of `{host}` broke off")?,
            TransportErrorKind::Malformed => write!(f, "what `{host}` answered is not HTTP as it should be")?,
            TransportErrorKind::BodyTooLarge => write!(f, "the answer of `{host}` is too large")?,
            TransportErrorKind::Other => write!(f, "the request to `{host}` could not be made")?,
        }
        if self.detail.is_empty() {
            return Ok(());
        }
        write!(f, " ({})", self.detail)
    }
}

impl StdError for TransportError {}

/// The error and everything it comes from. An `io::Error` leaves the error it wraps out of its own chain, so it is opened here;
/// TLS errors travel inside two of them.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        match wrapped {
            Some(inner) => Some(inner as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}

fn innermost(error: &(dyn StdError + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

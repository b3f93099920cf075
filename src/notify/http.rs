//! One request to an address that is a secret: a few attempts, a bounded time, no redirects, https or this machine.

use std::net::IpAddr;
use std::sync::Once;
use std::time::Duration;

use reqwest::{Certificate, Client, StatusCode, Url};
use secrecy::ExposeSecret;
use serde_json::Value;

use super::channels::Road;
use super::{Fetched, failed, told};
use crate::feed::NoticeResult;

/// What is sent.
#[derive(Debug, Clone)]
pub(super) enum Body {
    Json(Value),
    Text(String),
}

/// Why an attempt did not arrive, and whether another one may.
struct Missed {
    why: String,
    again: bool,
}

/// Sends `body` to the address with `suffix` after its path. `to` is how the receiver is named; its host is added.
pub(super) async fn post(
    to: String,
    address: &Fetched,
    suffix: &str,
    body: Body,
    (pace, authorities): Road<'_>,
) -> NoticeResult {
    let text = match address {
        Ok(text) => text.expose_secret(),
        Err(reason) => return failed(to, format!("its address could not be fetched: {reason}")),
    };
    let url = match judged(text, suffix) {
        Ok(url) => url,
        Err(reason) => return failed(to, reason),
    };
    let to = format!("{to} ({})", url.host_str().unwrap_or_default());
    let client = match client(&url, pace.attempt, authorities) {
        Ok(client) => client,
        Err(reason) => return failed(to, reason),
    };
    let mut last = format!("no answer within {} s", pace.whole.as_secs_f32());
    let attempts = async {
        for attempt in 0..=pace.pauses.len() {
            match once(&client, &url, &body).await {
                Ok(()) => return true,
                Err(missed) => {
                    last = missed.why;
                    match pace.pauses.get(attempt) {
                        Some(pause) if missed.again => tokio::time::sleep(*pause).await,
                        _ => return false,
                    }
                }
            }
        }
        false
    };
    let arrived = tokio::time::timeout(pace.whole, attempts).await.unwrap_or(false);
    if arrived { told(to) } else { failed(to, last) }
}

/// The address, when it may be used. What is wrong is told without it.
fn judged(text: &str, suffix: &str) -> Result<Url, String> {
    let mut url = Url::parse(text.trim()).map_err(|_| "its address is no web address".to_owned())?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return Err(
                "its address begins with http://, which anybody on the way can read; use https://".to_owned(),
            );
        }
        _ => return Err("its address does not begin with https://".to_owned()),
    }
    if url.host_str().is_none() || !url.username().is_empty() || url.password().is_some() {
        return Err("its address must name a host, and no account before an `@`".to_owned());
    }
    if !suffix.is_empty() {
        let path = format!("{}{suffix}", url.path().trim_end_matches('/'));
        url.set_path(&path);
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost",
    }
}

fn client(url: &Url, attempt: Duration, authorities: Option<&[u8]>) -> Result<Client, String> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Somebody else in this process may have chosen one already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let builder = || {
        let builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(attempt)
            .user_agent(concat!("dirsheet/", env!("CARGO_PKG_VERSION")));
        match is_loopback(url) {
            true => builder.no_proxy(),
            false => builder,
        }
    };
    let private = authorities.and_then(|pem| Certificate::from_pem_bundle(pem).ok());
    // What stands between the marks is looked at only here; with a damaged one people are told all the same.
    if let Some(private) = private.filter(|private| !private.is_empty())
        && let Ok(client) = builder().tls_certs_merge(private).build()
    {
        return Ok(client);
    }
    builder().build().map_err(|_| {
        "no connection could be prepared (is the system's list of certificates there?)".to_owned()
    })
}

/// One attempt. The errors of the library hold the address, so none of their words are used.
async fn once(client: &Client, url: &Url, body: &Body) -> Result<(), Missed> {
    let request = match body {
        Body::Json(value) => client.post(url.clone()).json(value),
        Body::Text(text) => client.post(url.clone()).body(text.clone()),
    };
    let response = request.send().await.map_err(|error| Missed {
        why: if error.is_timeout() {
            "it did not answer in time".to_owned()
        } else if error.is_connect() {
            "it cannot be reached".to_owned()
        } else {
            "the connection broke".to_owned()
        },
        again: true,
    })?;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let again = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
    let help = match status {
        status if status.is_redirection() => {
            " and points elsewhere, which is not followed; use the final address"
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => "; is the address still valid?",
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "; the address or its signature is not accepted",
        StatusCode::PAYLOAD_TOO_LARGE => "; the message is too long for it",
        _ => "",
    };
    Err(Missed {
        why: format!("it answered {}{help}", status.as_u16()),
        again,
    })
}

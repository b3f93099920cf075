//! The client of the sign-in service: a form goes in, an answer comes out. What proved a sign-in is in no error, and no token is either.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, Url};
use serde::{Deserialize, Deserializer};

use super::harmless::{beginning, taken_out_of};
use super::retry_after::parse_retry_after;
use super::service::{Body, Request, Response, Service};
use super::sign_in::SignInError;

/// What a good answer has.
/// <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#successful-response-1>
#[derive(Deserialize)]
pub(super) struct Granted {
    pub access_token: String,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    /// Only a person has one.
    #[serde(default)]
    pub refresh_token: Option<String>,
}

impl Granted {
    /// How long the token is good. The documents promise the number; without it the token is used with care.
    pub fn life(&self) -> Duration {
        Duration::from_secs(self.expires_in.unwrap_or(300))
    }
}

/// Sends a form.
///
/// # Errors
/// Nobody was reached.
pub(super) async fn post(
    service: &Service,
    url: Url,
    form: &[(&str, &str)],
) -> Result<Response, SignInError> {
    let mut pairs = url.clone();
    pairs.query_pairs_mut().clear().extend_pairs(form);
    let request = Request {
        method: Method::POST,
        body: Some(Body {
            content_type: "application/x-www-form-urlencoded",
            bytes: pairs.query().unwrap_or_default().as_bytes().to_vec(),
        }),
        headers: HeaderMap::new(),
        ..Request::get(url)
    };
    service.send(request).await.map_err(SignInError::transport)
}

/// The token of an answer. `secret`: what the form proved the sign-in with.
///
/// # Errors
/// The sign-in service said no, or something that is no token.
pub(super) fn granted(response: Response, secret: &str) -> Result<Granted, Box<SignInError>> {
    if !response.status.is_success() {
        return Err(Box::new(refused(response, secret)));
    }
    let status = response.status.as_u16();
    serde_json::from_slice(&response.body).map_err(|_| {
        // Before anything is cut off: half of it would be found no more.
        let body = taken_out_of(response.body, secret);
        // Of an answer that was cut off the token would be shown.
        let has_token = String::from_utf8_lossy(&body).contains("_token");
        Box::new(SignInError::unreadable(
            status,
            match has_token {
                true => "a part of an answer".to_owned(),
                false => beginning(&body),
            },
        ))
    })
}

/// What the sign-in service refused.
pub(super) fn refused(response: Response, secret: &str) -> SignInError {
    let retry_after = parse_retry_after(&response.headers, jiff::Timestamp::now());
    let body = taken_out_of(response.body, secret);
    SignInError::answer(response.status.as_u16(), &body, secret, retry_after)
}

/// Newer endpoints write a number, older ones the same as text.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_u64().or_else(|| value.as_str()?.trim().parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::super::limits::Touched;
    use super::super::service::Sent;
    use super::*;

    fn answer(status: u16, body: &str) -> Response {
        Response {
            status: reqwest::StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
            client_request_id: String::new(),
            sent: Sent {
                at: tokio::time::Instant::now(),
                date: None,
                touched: Touched::ResourceUnits,
                token_generation: 0,
            },
        }
    }

    #[test]
    fn a_life_is_read_as_a_number_as_text_and_with_care_where_it_is_not_told() {
        for (life, seconds) in [
            (r#","expires_in":3599"#, 3_599),
            (r#","expires_in":" 86399 ""#, 86_399),
            (r#","expires_in":"soon""#, 300),
            ("", 300),
        ] {
            let granted = granted(answer(200, &format!(r#"{{"access_token":"t"{life}}}"#)), "s");
            let granted = granted.unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(granted.life().as_secs(), seconds, "{life}");
            assert_eq!(
                (granted.access_token.as_str(), granted.refresh_token),
                ("t", None)
            );
        }
    }

    #[test]
    fn neither_what_proved_a_sign_in_nor_a_part_of_a_token_is_in_an_error() {
        for (status, body) in [
            (200, r#"{"access_token":"eyJhbGciOi"#),
            (200, "<html>hush-hush</html>"),
            (
                400,
                r#"{"error":"invalid_client","error_description":"AADSTS7000215: hush-hush"}"#,
            ),
            (502, "hush-hush"),
        ] {
            let Err(error) = granted(answer(status, body), "hush-hush") else {
                panic!("{body} is no token");
            };
            let told = format!("{error} {error:?}");
            assert!(!told.contains("hush") && !told.contains("eyJ"), "{told}");
        }
    }
}

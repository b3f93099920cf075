//! Continuous access evaluation: the service turns a token away before its end and says which claims the next one must have.
//!
//! <https://learn.microsoft.com/entra/identity-platform/claims-challenge>

use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};
use serde_json::{Map, Value as Json, json};

use super::claims::base64;

/// More than this is no challenge of Microsoft's.
const BYTES_MAX: usize = 16 * 1024;

/// The claims that the service asks for, as a JSON object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Challenge(Map<String, Json>);

impl Challenge {
    /// Reads the challenge of a 401. One that cannot be read is none, and the 401 an ordinary one.
    pub fn read(headers: &HeaderMap) -> Option<Challenge> {
        headers.get_all(WWW_AUTHENTICATE).iter().find_map(|value| {
            let text = value.to_str().ok().filter(|text| text.len() <= BYTES_MAX)?;
            let parameters = parameters(text);
            let get = |wanted: &str| {
                let mut named = parameters.iter().filter(|(name, _)| name == wanted);
                named.next().map(|(_, value)| value.as_str())
            };
            if get("error") != Some("insufficient_claims") {
                return None;
            }
            match serde_json::from_slice(&base64(get("claims")?)?) {
                Ok(Json::Object(claims)) if claims.get("access_token").is_none_or(Json::is_object) => {
                    Some(Challenge(claims))
                }
                _ => None,
            }
        })
    }
}

impl Challenge {
    /// As it is typed into a shell: all of it is letters, digits and `+/=`.
    pub fn in_base64(&self) -> String {
        use ::base64::Engine;
        let json = Json::Object(self.0.clone()).to_string();
        ::base64::engine::general_purpose::STANDARD.encode(json)
    }

    #[cfg(test)]
    pub fn of(json: Json) -> Challenge {
        Challenge(json.as_object().cloned().unwrap_or_default())
    }
}

/// The `claims` of a token request: that this client understands challenges, and what a challenge asks for.
/// Without the declaration the service sends no challenge and tokens live shorter.
pub(super) fn claims_parameter(challenge: Option<&Challenge>) -> String {
    let mut claims = challenge.map(|challenge| challenge.0.clone()).unwrap_or_default();
    let token = claims.entry("access_token").or_insert_with(|| json!({}));
    if let Json::Object(token) = token {
        token.insert("xms_cc".to_owned(), json!({"values": ["cp1"]}));
    }
    Json::Object(claims).to_string()
}

/// The parameters of a `WWW-Authenticate` header, names in lower case: `Bearer realm="", error="…"`. A scheme in front of a
/// name is dropped.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('=') {
        let name = before.rsplit([' ', ',', '\t']).next().unwrap_or(before);
        let (value, left) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => quoted_string(quoted),
            None => {
                let end = after.find([',', ' ']).unwrap_or(after.len());
                (after[..end].to_owned(), &after[end..])
            }
        };
        found.push((name.to_ascii_lowercase(), value));
        rest = left;
    }
    found
}

/// The text up to the closing quote, and what is behind it. A backslash takes the next character as it is.
fn quoted_string(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((place, c)) = characters.next() {
        match c {
            '"' => return (value, &text[place + 1..]),
            '\\' => value.extend(characters.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    // {"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}
    const CLAIMS: &str =
        "eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxNjA0MTA2NjUxIn19fQ==";

    fn read(values: &[&str]) -> Option<Json> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, value.parse().unwrap());
        }
        Challenge::read(&headers).map(|challenge| Json::Object(challenge.0))
    }

    #[test]
    fn a_challenge_is_read_from_the_header_in_every_usual_form() {
        let wanted = json!({"access_token": {"nbf": {"essential": true, "value": "1604106651"}}});
        let unpadded = CLAIMS.trim_end_matches('=');
        for value in [
            format!(
                "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", error=\"insufficient_claims\", claims=\"{CLAIMS}\""
            ),
            format!("Bearer claims=\"{unpadded}\",error=\"insufficient_claims\""),
            format!("bearer Error = \"insufficient_claims\", Claims=\"{CLAIMS}\"")
                .replace("Error = ", "Error="),
            format!("Bearer error=insufficient_claims, claims={unpadded}, realm=\"a\\\"b=c\""),
        ] {
            assert_eq!(read(&[&value]), Some(wanted.clone()), "{value}");
        }
        let bearer = format!("Bearer error=\"insufficient_claims\", claims=\"{CLAIMS}\"");
        assert_eq!(read(&["Basic realm=\"x\"", &bearer]), Some(wanted));
    }

    #[test]
    fn what_is_no_challenge_that_can_be_met_is_an_ordinary_401() {
        let long = format!(
            "Bearer error=\"insufficient_claims\", claims=\"{}\"",
            "A".repeat(BYTES_MAX)
        );
        for value in [
            "",
            "Bearer",
            "Bearer realm=\"\"",
            "Bearer error=\"invalid_token\", claims=\"e30\"",
            "Bearer error=\"insufficient_claims\"",
            "Bearer error=\"insufficient_claims\", claims=\"\"",
            "Bearer error=\"insufficient_claims\", claims=\"%%%\"",
            "Bearer error=\"insufficient_claims\", claims=\"bm8gSlNPTg\"",
            // [] and {"access_token":1}
            "Bearer error=\"insufficient_claims\", claims=\"W10\"",
            "Bearer error=\"insufficient_claims\", claims=\"eyJhY2Nlc3NfdG9rZW4iOjF9\"",
            "Bearer error=\"insufficient_claims\", claims=\"e30",
            &long,
        ] {
            // An unclosed quote is forgiven: what is inside is whole or it is no JSON.
            let expected = value.ends_with("e30").then(|| json!({}));
            assert_eq!(read(&[value]), expected, "{value}");
        }
    }

    #[test]
    fn the_declaration_stands_beside_what_is_asked_for() {
        assert_eq!(
            claims_parameter(None),
            r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#
        );
        let challenge = |claims: Json| Challenge(claims.as_object().unwrap().clone());
        let asked = challenge(json!({"access_token": {"nbf": {"essential": true}}, "id_token": {"x": null}}));
        let merged: Json = serde_json::from_str(&claims_parameter(Some(&asked))).unwrap();
        assert_eq!(
            merged,
            json!({"access_token": {"nbf": {"essential": true}, "xms_cc": {"values": ["cp1"]}}, "id_token": {"x": null}})
        );
        let merged: Json = serde_json::from_str(&claims_parameter(Some(&challenge(json!({}))))).unwrap();
        assert_eq!(merged, json!({"access_token": {"xms_cc": {"values": ["cp1"]}}}));
    }
}

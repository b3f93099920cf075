//! Claims challenges of continuous access evaluation: who may get one, and which token answers it.
//!
//! <https://learn.microsoft.com/entra/identity-platform/claims-challenge>

use super::{base64, reply::Refusal};
use serde_json::{Value, json};

/// The first moment that a challenge asks for; each later one asks for a second more, so that a token that answered
/// one does not answer the next.
const FIRST_MOMENT: u64 = 1_604_106_651;

/// What a token was asked for with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// The client said that it understands challenges.
    pub capable: bool,
    /// The moment of the challenge that the client answered, 0 when none.
    pub answers: u64,
}

/// Reads the `claims` of a token request; `None` when it is not a JSON object.
pub fn read(claims: &str) -> Option<Asked> {
    let Ok(Value::Object(claims)) = serde_json::from_str(claims) else {
        return None;
    };
    let wanted = claims.get("access_token").cloned().unwrap_or_default();
    let values = wanted.pointer("/xms_cc/values").and_then(Value::as_array);
    let moment = wanted.pointer("/nbf/value").and_then(Value::as_str);
    Some(Asked {
        capable: values.is_some_and(|values| values.contains(&json!("cp1"))),
        answers: moment.and_then(|moment| moment.parse().ok()).unwrap_or(0),
    })
}

/// The challenges made so far.
#[derive(Debug, Default)]
pub struct Challenges(u64);

impl Challenges {
    /// One more: tokens that do not answer it are no longer good.
    pub fn make(&mut self) {
        self.0 += 1;
    }

    /// Whether a token that was asked for like this still counts.
    pub fn pass(&self, asked: Asked) -> bool {
        self.0 == 0 || (asked.capable && asked.answers >= self.moment())
    }

    fn moment(&self) -> u64 {
        FIRST_MOMENT + self.0
    }

    /// The last challenge.
    pub fn refusal(&self) -> Refusal {
        let moment = self.moment().to_string();
        let claims = json!({"access_token": {"nbf": {"essential": true, "value": moment}}}).to_string();
        let claims = base64::encode(claims.as_bytes());
        let header = format!(
            r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="{claims}""#
        );
        Refusal::new(
            401,
            "InvalidAuthenticationToken",
            "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp",
        )
        .header("WWW-Authenticate", header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_claims_that_declare_and_answer_pass_a_challenge() {
        let mut challenges = Challenges::default();
        assert!(challenges.pass(Asked::default()));
        challenges.make();
        for (claims, passes) in [
            (
                r#"{"access_token":{"xms_cc":{"values":["cp1"]},"nbf":{"essential":true,"value":"1604106652"}}}"#,
                true,
            ),
            (
                r#"{"access_token":{"xms_cc":{"values":["cp1"]},"nbf":{"essential":true,"value":"1604106651"}}}"#,
                false,
            ),
            (
                r#"{"access_token":{"nbf":{"essential":true,"value":"1604106652"}}}"#,
                false,
            ),
            (r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#, false),
            (
                r#"{"access_token":{"xms_cc":{"values":["cp2"]},"nbf":{"value":"1604106652"}}}"#,
                false,
            ),
            ("{}", false),
        ] {
            assert_eq!(challenges.pass(read(claims).unwrap()), passes, "{claims}");
        }
        for wrong in ["", "x", "[]", "null"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}

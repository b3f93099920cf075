//! What a token says about itself. It is read for messages only and decides nothing: the service checks the token.

use std::fmt;

use serde::Deserialize;

use super::harmless::harmless;
use crate::domain::{Actor, ActorKind};

/// How much of a claim is kept, in characters; a token with all permissions of the service has less.
const CHARS_MAX: usize = 20_000;

/// The readable part of an access token.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Claims {
    /// Application permissions.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Delegated permissions, separated by blanks.
    #[serde(default)]
    pub scp: Option<String>,
    /// The tenant's id.
    #[serde(default)]
    pub tid: Option<String>,
    /// The object id of whoever is signed in: a user, or the application's service principal.
    #[serde(default)]
    pub oid: Option<String>,
    /// Template ids of the tenant-wide roles of whoever is signed in.
    /// <https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>
    #[serde(default)]
    pub wids: Vec<String>,
    /// `app` for an application, `user` for a person; not every token tells.
    #[serde(default)]
    pub idtyp: Option<String>,
    /// The person's name for signing in.
    #[serde(default)]
    pub upn: Option<String>,
    /// The application's id.
    #[serde(default)]
    pub appid: Option<String>,
}

impl Claims {
    /// `None` for a token that is not a JWT, which is allowed.
    pub(super) fn read(token: &str) -> Option<Claims> {
        let payload = token.split('.').nth(1)?;
        let mut claims: Claims = serde_json::from_slice(&base64(payload)?).ok()?;
        // It is shown, and some of it stands in lines that people paste into a shell.
        let words = [
            &mut claims.tid,
            &mut claims.oid,
            &mut claims.upn,
            &mut claims.appid,
            &mut claims.scp,
        ];
        for word in words.into_iter().flatten().chain(&mut claims.roles) {
            *word = harmless(word, CHARS_MAX);
        }
        Some(claims)
    }

    /// The signed-in person, if it is one: an application has no account among the users.
    pub fn person(&self) -> Option<&str> {
        let is_person = match self.idtyp.as_deref() {
            Some(kind) => kind == "user",
            // Only a token of a person has delegated permissions.
            None => self.scp.is_some(),
        };
        self.oid.as_deref().filter(|_| is_person)
    }

    /// What the signed-in person is called: the name for signing in, else the id.
    pub fn person_name(&self) -> Option<&str> {
        let id = self.person()?;
        Some(self.upn.as_deref().unwrap_or(id))
    }

    /// Whether an application is signed in for itself.
    pub fn is_application(&self) -> bool {
        match self.idtyp.as_deref() {
            Some(kind) => kind == "app",
            // Only a token of an application has application permissions alone.
            None => self.scp.is_none() && !self.roles.is_empty(),
        }
    }

    /// Who is signed in: a person by the object id, an application by its own id, as a run keeps it. `None` where the token does not
    /// tell.
    pub fn signed_in(&self) -> Option<Actor> {
        if let Some(person) = self.person() {
            return Some(Actor {
                kind: ActorKind::Person,
                id: person.to_owned(),
                name: self.upn.clone(),
            });
        }
        let id = self.appid.clone().filter(|_| self.is_application())?;
        Some(Actor {
            kind: ActorKind::Application,
            id,
            name: None,
        })
    }

    /// All permissions, application and delegated.
    pub fn granted(&self) -> Vec<String> {
        let delegated = self.scp.iter().flat_map(|scp| scp.split_whitespace());
        self.roles
            .iter()
            .map(String::as_str)
            .chain(delegated)
            .map(str::to_owned)
            .collect()
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claims({:?}, tenant {:?})", self.granted(), self.tid)
    }
}

/// Either alphabet of RFC 4648, sections 4 and 5; padding at the end is tolerated.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut buffer, mut bits) = (0_u32, 0);
    for b in text.trim_end_matches('=').bytes() {
        let value = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => return None,
        };
        buffer = (buffer << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits & 0xff) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_person_has_an_own_account() {
        for (json, person, is_application) in [
            (r#"{"oid":"o","idtyp":"app","roles":["A"]}"#, None, true),
            (r#"{"oid":"o","idtyp":"user"}"#, Some("o"), false),
            (r#"{"oid":"o","scp":"User.ReadWrite.All"}"#, Some("o"), false),
            (r#"{"oid":"o","roles":["A"]}"#, None, true),
            (r#"{"oid":"o","roles":["A"],"scp":"B"}"#, Some("o"), false),
            (r#"{"scp":"User.ReadWrite.All"}"#, None, false),
            (r#"{"oid":"o"}"#, None, false),
        ] {
            let claims: Claims = serde_json::from_str(json).unwrap();
            assert_eq!(claims.person(), person, "{json}");
            assert_eq!(claims.is_application(), is_application, "{json}");
        }
    }

    #[test]
    fn a_person_is_kept_by_the_object_id_and_an_application_by_its_own() {
        for (json, told) in [
            (
                r#"{"oid":"o","idtyp":"app","appid":"a"}"#,
                Some("the application a"),
            ),
            (
                r#"{"oid":"o","roles":["A"],"appid":"a"}"#,
                Some("the application a"),
            ),
            (
                r#"{"oid":"o","scp":"A","appid":"a","upn":"jan@x"}"#,
                Some("jan@x (o)"),
            ),
            (r#"{"oid":"o","scp":"A","appid":"a"}"#, Some("the person o")),
            (r#"{"oid":"o","appid":"a"}"#, None),
            (r#"{"idtyp":"app"}"#, None),
        ] {
            let claims: Claims = serde_json::from_str(json).unwrap();
            assert_eq!(
                claims.signed_in().map(|who| who.to_string()).as_deref(),
                told,
                "{json}"
            );
        }
    }

    #[test]
    fn what_a_token_says_is_on_one_line_and_moves_no_terminal() {
        use ::base64::Engine;
        let payload = serde_json::json!({ "upn": "a\u{1b}]0;x\u{7}@x", "tid": "t\nx", "scp": "A\tB", "roles": ["R\r"] });
        let encoded = ::base64::engine::general_purpose::STANDARD.encode(payload.to_string());
        let claims = Claims::read(&format!("e30.{encoded}.sig")).unwrap();
        let texts = [
            claims.upn,
            claims.tid,
            claims.scp,
            claims.roles.into_iter().next(),
        ];
        for text in texts.into_iter().flatten() {
            assert!(!text.contains(char::is_control), "{text:?}");
        }
    }

    #[test]
    fn the_claims_of_a_token_are_read_and_other_tokens_have_none() {
        // {"tid":"t-1","roles":["User.Read.All"],"scp":"User.Read profile","x":"?>?>"}
        let token = "e30.eyJ0aWQiOiJ0LTEiLCJyb2xlcyI6WyJVc2VyLlJlYWQuQWxsIl0sInNjcCI6IlVzZXIuUmVhZCBwcm9maWxlIiwieCI6Ij8-Pz4ifQ.sig";
        let claims = Claims::read(token).unwrap();
        assert_eq!(claims.granted(), ["User.Read.All", "User.Read", "profile"]);
        assert_eq!(claims.tid.as_deref(), Some("t-1"));
        assert_eq!((claims.person(), claims.wids.len()), (None, 0));
        for other in ["opaque", "", "a.b.c", "..", "a.%%.c"] {
            assert_eq!(Claims::read(other), None, "{other}");
        }
    }
}

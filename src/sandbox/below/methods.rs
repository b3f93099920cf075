//! Telephone numbers and the mail address for signing in.
//!
//! <https://learn.microsoft.com/graph/api/resources/phoneauthenticationmethod>,
//! <https://learn.microsoft.com/graph/api/resources/emailauthenticationmethod>. Which codes the service gives for a second
//! method of a type, a missing one and a wrong format is not documented; 400 is given here.

use super::super::{
    directory::{Directory, Effect, at},
    record,
    reply::{Refusal, Reply},
    roles,
    select::Caller,
    view::View,
};
use serde_json::{Map, Value, json};

/// The ids of the phone methods, which are the same for every user, with their types.
const PHONES: [(&str, &str); 3] = [
    ("mobile", "3179e48a-750b-4051-897c-87b9720928f7"),
    ("alternateMobile", "b6332ec1-7057-4abe-9331-3d72feddfe41"),
    ("office", "e37fc753-ff3b-4958-9484-eaa9425c82bc"),
];
/// The id of the email method, which is the same for every user.
const EMAIL: &str = "3ddfcfc8-9383-446f-83cc-3ab9be4be18f";

/// Which of the two collections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Collection {
    Phone,
    Email,
}

/// A collection, or one method of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    collection: Collection,
    id: Option<String>,
}

impl Target {
    pub fn read(segments: &[&str]) -> Option<Target> {
        let (collection, rest) = match segments {
            ["phoneMethods", rest @ ..] => (Collection::Phone, rest),
            ["emailMethods", rest @ ..] => (Collection::Email, rest),
            _ => return None,
        };
        let id = match rest {
            [] => None,
            [id] => Some((*id).to_owned()),
            _ => return None,
        };
        Some(Target { collection, id })
    }

    pub fn permit(&self, method: &str, caller: &Caller) -> Result<(), Refusal> {
        let (reads, writes): ([&str; 2], [&str; 2]) = match self.collection {
            Collection::Phone => (
                [
                    "UserAuthMethod-Phone.Read.All",
                    "UserAuthenticationMethod.Read.All",
                ],
                [
                    "UserAuthMethod-Phone.ReadWrite.All",
                    "UserAuthenticationMethod.ReadWrite.All",
                ],
            ),
            Collection::Email => (
                [
                    "UserAuthMethod-Email.Read.All",
                    "UserAuthenticationMethod.Read.All",
                ],
                [
                    "UserAuthMethod-Email.ReadWrite.All",
                    "UserAuthenticationMethod.ReadWrite.All",
                ],
            ),
        };
        let allowed = match (method, &self.id) {
            ("GET", _) => caller.has_one(&reads) || caller.has_one(&writes),
            ("POST", None) | ("PATCH" | "DELETE", Some(_)) => caller.has_one(&writes),
            _ => return Err(Refusal::method()),
        };
        if allowed { Ok(()) } else { Err(Refusal::denied()) }
    }

    pub fn show(&self, user: &View<'_>, base: &str) -> Result<Reply, Refusal> {
        let kept = kept(&user.value(*at::AUTHENTICATION));
        let all: Vec<Value> = match self.collection {
            Collection::Phone => PHONES
                .iter()
                .filter_map(|(kind, id)| Some(phone(kind, id, kept.get(*kind)?)))
                .collect(),
            Collection::Email => kept.get("email").map(email).into_iter().collect(),
        };
        let name = match self.collection {
            Collection::Phone => "phoneMethods",
            Collection::Email => "emailMethods",
        };
        let context = format!(
            "{base}/v1.0/$metadata#users('{}')/authentication/{name}",
            user.id()
        );
        let Some(id) = &self.id else {
            return Ok(Reply::json(
                json!({"@odata.context": context, "value": all}).to_string(),
            ));
        };
        let one = all.into_iter().find(|one| {
            one["id"]
                .as_str()
                .is_some_and(|known| known.eq_ignore_ascii_case(id))
        });
        let mut one = one.ok_or_else(|| Refusal::absent(id))?;
        one["@odata.context"] = json!(format!("{context}/$entity"));
        Ok(Reply::json(one.to_string()))
    }

    pub fn change(
        &self,
        method: &str,
        directory: &Directory,
        place: u32,
        body: &Value,
        caller: &Caller,
    ) -> Result<(Effect, Reply), Refusal> {
        // A method of somebody with a role is changed by whoever may do what is sensitive to them.
        if !roles::may_touch(caller.app_role.as_deref(), directory.roles(place))
            || directory.record(place).raw(*at::RESTRICTED) == Some("true")
        {
            return Err(Refusal::denied());
        }
        let mut kept = kept(&directory.view(place, None).value(*at::AUTHENTICATION));
        let reply = match self.collection {
            Collection::Phone => self.change_phone(method, body, &mut kept)?,
            Collection::Email => self.change_email(method, body, &mut kept)?,
        };
        let effect = Effect {
            settings: vec![record::packed(*at::AUTHENTICATION, &Value::Object(kept))],
            manager: None,
        };
        Ok((effect, reply))
    }

    fn change_phone(
        &self,
        method: &str,
        body: &Value,
        kept: &mut Map<String, Value>,
    ) -> Result<Reply, Refusal> {
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let kind = match &self.id {
            None => text("phoneType").ok_or_else(|| Refusal::bad("The phoneType is required."))?,
            Some(id) => PHONES
                .iter()
                .find(|(_, known)| known.eq_ignore_ascii_case(id))
                .map(|(kind, _)| *kind)
                .ok_or_else(|| Refusal::absent(id))?,
        };
        let Some((kind, id)) = PHONES.iter().find(|(known, _)| *known == kind) else {
            return Err(Refusal::bad(
                "The phoneType must be mobile, alternateMobile or office.",
            ));
        };
        let there = kept.contains_key(*kind);
        if method == "DELETE" {
            if !there {
                return Err(Refusal::absent(id));
            }
            if *kind == "mobile" && kept.contains_key("alternateMobile") {
                return Err(Refusal::bad(
                    "The mobile phone cannot be removed while there is an alternate mobile phone.",
                ));
            }
            kept.remove(*kind);
            return Ok(Reply::done());
        }
        match (method, there) {
            ("POST", true) => {
                return Err(Refusal::bad(format!(
                    "A phone of the type {kind} exists already."
                )));
            }
            ("PATCH", false) => return Err(Refusal::absent(id)),
            _ => {}
        }
        if text("phoneType").is_some_and(|given| given != *kind) {
            return Err(Refusal::bad("The phoneType of a phone cannot be changed."));
        }
        if *kind == "alternateMobile" && !kept.contains_key("mobile") {
            return Err(Refusal::bad("An alternate mobile phone needs a mobile phone."));
        }
        let number = text("phoneNumber")
            .filter(|number| is_number(number, *kind == "office"))
            .ok_or_else(|| {
                Refusal::bad("The phoneNumber must be in the format +{country code} {number}x{extension}.")
            })?;
        let value = json!(number);
        let reply = match method {
            "POST" => Reply::created(phone(kind, id, &value).to_string()),
            _ => Reply::done(),
        };
        kept.insert((*kind).to_owned(), value);
        Ok(reply)
    }

    fn change_email(
        &self,
        method: &str,
        body: &Value,
        kept: &mut Map<String, Value>,
    ) -> Result<Reply, Refusal> {
        if let Some(id) = self.id.as_deref().filter(|id| !id.eq_ignore_ascii_case(EMAIL)) {
            return Err(Refusal::absent(id));
        }
        let there = kept.contains_key("email");
        match (method, there) {
            ("POST", true) => return Err(Refusal::bad("An email method exists already.")),
            ("PATCH" | "DELETE", false) => return Err(Refusal::absent(EMAIL)),
            ("DELETE", true) => {
                kept.remove("email");
                return Ok(Reply::done());
            }
            _ => {}
        }
        let address = body
            .get("emailAddress")
            .and_then(Value::as_str)
            .filter(|address| {
                address
                    .split_once('@')
                    .is_some_and(|(name, rest)| !name.is_empty() && rest.contains('.'))
            })
            .ok_or_else(|| Refusal::bad("The emailAddress is not valid."))?;
        let value = json!(address);
        let reply = match method {
            "POST" => Reply::created(email(&value).to_string()),
            _ => Reply::done(),
        };
        kept.insert("email".to_owned(), value);
        Ok(reply)
    }
}

fn kept(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn phone(kind: &str, id: &str, number: &Value) -> Value {
    json!({"id": id, "phoneNumber": number, "phoneType": kind, "smsSignInState": "notConfigured"})
}

fn email(address: &Value) -> Value {
    json!({"id": EMAIL, "emailAddress": address})
}

/// `+{country code} {number}`, and for an office `x{extension}` behind it.
fn is_number(text: &str, with_extension: bool) -> bool {
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let Some((country, rest)) = text.strip_prefix('+').and_then(|rest| rest.split_once(' ')) else {
        return false;
    };
    let (number, extension) = match rest.split_once('x') {
        Some((number, extension)) => (number, Some(extension)),
        None => (rest, None),
    };
    let extension = extension.is_none_or(|extension| with_extension && digits(extension, 20));
    digits(country, 3) && digits(number, 15) && extension
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_needs_its_country_code_and_one_blank() {
        for (text, office, holds) in [
            ("+31 612345678", false, true),
            ("+1 5555551234x123", true, true),
            ("+1 5555551234x123", false, false),
            ("+31612345678", false, false),
            ("0612345678", false, false),
            ("+31 6 12345678", false, false),
            ("+ 612345678", false, false),
        ] {
            assert_eq!(is_number(text, office), holds, "{text}");
        }
    }

    #[test]
    fn an_alternate_number_stands_beside_a_mobile_one_only() {
        let target = |path: &[&str]| Target::read(path).unwrap();
        let mut kept = Map::new();
        let post = |kind: &str| json!({"phoneType": kind, "phoneNumber": "+31 612345678"});
        let phones = target(&["phoneMethods"]);
        assert!(
            phones
                .change_phone("POST", &post("alternateMobile"), &mut kept)
                .is_err()
        );
        assert_eq!(
            phones
                .change_phone("POST", &post("mobile"), &mut kept)
                .unwrap()
                .status,
            201
        );
        assert!(phones.change_phone("POST", &post("mobile"), &mut kept).is_err());
        assert_eq!(
            phones
                .change_phone("POST", &post("alternateMobile"), &mut kept)
                .unwrap()
                .status,
            201
        );
        let mobile = target(&["phoneMethods", PHONES[0].1]);
        assert!(mobile.change_phone("DELETE", &Value::Null, &mut kept).is_err());
        let alternate = target(&["phoneMethods", PHONES[1].1]);
        assert_eq!(
            alternate
                .change_phone("DELETE", &Value::Null, &mut kept)
                .unwrap()
                .status,
            204
        );
        assert_eq!(
            mobile
                .change_phone("DELETE", &Value::Null, &mut kept)
                .unwrap()
                .status,
            204
        );
        assert!(kept.is_empty());
    }

    #[test]
    fn there_is_one_mail_address_and_nothing_else() {
        let mut kept = Map::new();
        let mails = Target::read(&["emailMethods"]).unwrap();
        assert!(
            mails
                .change_email("POST", &json!({"emailAddress": "nobody"}), &mut kept)
                .is_err()
        );
        assert!(
            mails
                .change_email("POST", &json!({"emailAddress": "a@b.example"}), &mut kept)
                .is_ok()
        );
        assert!(
            mails
                .change_email("POST", &json!({"emailAddress": "a@b.example"}), &mut kept)
                .is_err()
        );
        assert!(Target::read(&["phoneMethods", "x", "y"]).is_none());
        assert!(Target::read(&["fido2Methods"]).is_none());
    }
}

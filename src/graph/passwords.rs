//! New passwords on their way into requests, and out of what is told of the answers.

use serde_json::{Map, Value as Json, json};

use secrecy::{ExposeSecret, SecretString};

use super::encode::Encoded;
use super::item_answer::{Answer, ItemAnswer};
use crate::catalogue::AccountPart;
use crate::domain::{Action, Operation};

/// Whether the request of this operation needs a password that is not in it.
pub(super) fn needs_one(operation: &Operation) -> bool {
    match &operation.action {
        Action::Create { invitation, .. } => invitation.is_none(),
        Action::Account { change } => change.attribute.account_part() == Some(AccountPart::Password),
        Action::Patch { .. } | Action::Relation { .. } | Action::Profile { .. } | Action::Resource { .. } => {
            false
        }
    }
}

/// Puts a password into a request, to be changed at the next sign-in.
/// <https://learn.microsoft.com/graph/api/resources/passwordprofile>
pub(super) fn put(password: &SecretString, encoded: &mut Encoded) {
    let body = encoded.body.get_or_insert_with(|| Json::Object(Map::new()));
    body["passwordProfile"] =
        json!({ "password": password.expose_secret(), "forceChangePasswordNextSignIn": true });
}

/// An answer that repeats the password of its request is told without its words.
pub(super) fn without(answer: ItemAnswer, sent: &Encoded) -> ItemAnswer {
    const LEFT_OUT: &str = "the answer is left out, because it repeats the password";
    let body = sent.body.as_ref();
    let password = body
        .and_then(|body| body.pointer("/passwordProfile/password"))
        .and_then(Json::as_str);
    let Some(password) = password else { return answer };
    let repeats = |text: &str| text.contains(password);
    let told = match answer.answer {
        Answer::Failed {
            mut error,
            retry_after,
        } => {
            let in_details = error.details.iter().any(|detail| {
                repeats(&detail.code)
                    || repeats(&detail.message)
                    || detail.target.as_deref().is_some_and(repeats)
            });
            if repeats(&error.message) || repeats(&error.code) || in_details {
                LEFT_OUT.clone_into(&mut error.message);
                error.code = error.code.replace(password, "");
                error.details.clear();
            }
            Answer::Failed { error, retry_after }
        }
        Answer::Unreadable { status, reason } if repeats(&reason) => Answer::Unreadable {
            status,
            reason: LEFT_OUT.to_owned(),
        },
        other => other,
    };
    ItemAnswer {
        answer: told,
        request_id: answer.request_id.filter(|id| !repeats(id)),
        ..answer
    }
}

#[cfg(test)]
mod tests {
    use reqwest::Method;

    use super::super::error::GraphError;
    use super::*;
    use crate::domain::OperationNumber;

    #[test]
    fn an_answer_that_repeats_the_password_is_told_without_it() {
        let mut encoded = Encoded {
            method: Method::PATCH,
            path: "/users/x".to_owned(),
            body: None,
        };
        let failed = |message: &str| ItemAnswer {
            number: OperationNumber(0),
            answer: Answer::Failed {
                error: Box::new(GraphError::of_json(
                    400,
                    &json!({"error": {"code": "Request_BadRequest", "message": message,
                                      "details": [{"code": "x", "message": message, "target": "password"}]}}),
                )),
                retry_after: None,
            },
            request_id: Some("1".to_owned()),
        };
        let harmless = failed("too weak");
        assert_eq!(
            without(failed("Wq7secret is weak"), &encoded),
            failed("Wq7secret is weak")
        );
        put(&SecretString::from("Wq7secret".to_owned()), &mut encoded);
        assert_eq!(without(harmless.clone(), &encoded), harmless);
        let told = without(failed("Wq7secret is weak"), &encoded);
        assert!(!format!("{told:?}").contains("Wq7secret"), "{told:?}");
        assert!(format!("{told:?}").contains("Request_BadRequest"));
    }
}

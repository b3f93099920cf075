//! New passwords on their way into requests, and nowhere else.

use std::fmt;
use std::sync::Arc;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::batch::{Answer, ItemAnswer};
use super::encode::Encoded;
use crate::catalogue::AccountPart;
use crate::domain::{Action, Operation, UserId};

/// Where new passwords come from. No change and no journal holds one.
pub trait NewPasswords: fmt::Debug + Send + Sync {
    /// The password of a user, the same one however often it is asked for: a request that goes again says the same. When this
    /// returns, it is where the people find it who hand it on.
    ///
    /// # Errors
    /// Why there is none, in words.
    fn for_user(&self, user: UserId, upn: &str) -> Result<SecretString, String>;
}

/// Whether the operation needs a password that is not in it.
pub(super) fn is_reset(operation: &Operation) -> bool {
    let part = match &operation.action {
        Action::Account { change } => change.attribute.account_part(),
        _ => None,
    };
    part == Some(AccountPart::Password)
}

/// The password for an operation. It may have to be written to a disk first, so this waits beside the other work.
///
/// # Errors
/// Why there is none, in words.
pub(super) async fn fetch(
    source: Option<&Arc<dyn NewPasswords>>,
    operation: &Operation,
) -> Result<SecretString, String> {
    let Some(source) = source.map(Arc::clone) else {
        return Err("there is no place for new passwords".to_owned());
    };
    let (user, upn) = (operation.user, operation.upn.clone());
    let told = tokio::task::spawn_blocking(move || source.for_user(user, &upn)).await;
    told.unwrap_or_else(|_| Err("the new password could not be made".to_owned()))
}

/// The request that sets a password, to be changed at the next sign-in.
/// <https://learn.microsoft.com/graph/api/resources/passwordprofile>
pub(super) fn request(user: UserId, password: &SecretString) -> Encoded {
    let profile = json!({ "password": password.expose_secret(), "forceChangePasswordNextSignIn": true });
    Encoded {
        method: Method::PATCH,
        path: format!("/users/{user}"),
        body: Some(json!({ "passwordProfile": profile })),
    }
}

/// An answer that repeats the password is told without its words.
pub(super) fn without(answer: ItemAnswer, password: &SecretString) -> ItemAnswer {
    const LEFT_OUT: &str = "the answer is left out, because it repeats the password";
    let repeats = |text: &str| text.contains(password.expose_secret());
    let answer = ItemAnswer {
        request_id: answer.request_id.filter(|id| !repeats(id)),
        ..answer
    };
    let told = match answer.answer {
        Answer::Failed {
            mut error,
            retry_after,
        } => {
            let details = error.details.iter();
            let in_details = details.into_iter().any(|detail| {
                repeats(&detail.code)
                    || repeats(&detail.message)
                    || detail.target.as_deref().is_some_and(repeats)
            });
            if repeats(&error.message) || repeats(&error.code) || in_details {
                LEFT_OUT.clone_into(&mut error.message);
                error.code = error.code.replace(password.expose_secret(), "");
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
        ..answer
    }
}

//! New passwords on their way into requests, and out of what is told of the answers.

use serde_json::{Map, Value as Json, json};

use secrecy::{ExposeSecret, SecretString};

use super::encode::Encoded;

/// Puts a password into a request, to be changed at the next sign-in.
/// <https://learn.microsoft.com/graph/api/resources/passwordprofile>
pub(super) fn put(password: &SecretString, encoded: &mut Encoded) {
    let body = encoded.body.get_or_insert_with(|| Json::Object(Map::new()));
    body["passwordProfile"] =
        json!({ "password": password.expose_secret(), "forceChangePasswordNextSignIn": true });
}

/// The password in the body of a request, if there is one.
pub(super) fn in_body(body: &Json) -> Option<SecretString> {
    let password = body.pointer("/passwordProfile/password")?.as_str()?;
    Some(SecretString::from(password))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::newcomers::PasswordKeeper;
    use super::super::testing::{Server, change, operation, plain_answer, text};
    use super::super::*;
    use super::*;
    use crate::domain::{Action, Operation};

    #[derive(Debug)]
    struct Keeper(Result<(), String>);

    impl PasswordKeeper for Keeper {
        fn password(&self, upn: &str) -> Result<SecretString, String> {
            self.0
                .clone()
                .map(|()| SecretString::from(format!("Wq7secret-{upn}")))
        }
    }

    fn makes(number: u32) -> Operation {
        Operation {
            action: Action::Create {
                changes: vec![change("displayName", text("Anna"))],
                invitation: None,
            },
            ..operation(number, Vec::new())
        }
    }

    /// What comes of the operations when the service repeats them after so many other characters.
    async fn told(operations: &[Operation], status: u16, before: usize) -> String {
        let server = Server::start(move |_, seen| {
            let sent = String::from_utf8_lossy(&seen.body).into_owned();
            assert!(sent.contains("Wq7secret-"), "{sent}");
            let only = match seen.json().pointer("/requests/0/body") {
                Some(body) => body.to_string(),
                None => sent,
            };
            // Without its beginning, so that the password comes within what is told.
            let from = only.find("passwordProfile").unwrap();
            plain_answer(status, &[], &format!("{}{}", "x".repeat(before), &only[from..]))
        })
        .await;
        let session = server.session();
        session.keep_passwords(Arc::new(Keeper(Ok(()))));
        let told = DirectoryWriter::new(session).send_operations(operations).await;
        assert_eq!(server.seen().len(), 1);
        format!("{told:?}")
    }

    #[tokio::test]
    async fn an_answer_that_repeats_the_password_is_told_without_it_even_where_it_is_cut() {
        for operations in [&[makes(1)][..], &[makes(1), makes(2)]] {
            for status in [200, 400, 503] {
                for before in [0, 130, 150, 155, 160] {
                    let told = told(operations, status, before).await;
                    assert!(!told.contains("Wq7s"), "{status} {before}: {told}");
                }
            }
        }
    }

    #[tokio::test]
    async fn nothing_is_sent_where_a_password_cannot_be_kept() {
        let server = Server::start(|_, _| plain_answer(204, &[], "")).await;
        let session = server.session();
        session.keep_passwords(Arc::new(Keeper(Err("no room".to_owned()))));
        let ordinary = operation(2, vec![change("jobTitle", text("Lead"))]);
        let error = DirectoryWriter::new(session)
            .send_operations(&[makes(1), ordinary])
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "no room");
        assert!(!error.failure().may_have_been_applied());
        assert_eq!(server.seen().len(), 0);
    }
}

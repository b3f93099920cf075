//! Claims challenges: alone, inside a batch, many at once, and such as cannot be read.

use serde_json::{Value as Json, json};

use super::super::testing::{Seen, Server, change, json_answer, operation, plain_answer, text};
use super::super::*;

// {"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}
const CHALLENGE: &str = "Bearer realm=\"\", authorization_uri=\"https://x\", error=\"insufficient_claims\", claims=\"eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxNjA0MTA2NjUxIn19fQ==\"";

/// The claims of a token request.
fn claims(seen: &Seen) -> Json {
    let form = String::from_utf8(seen.body.to_vec()).unwrap();
    let url = reqwest::Url::parse(&format!("http://x/?{form}")).unwrap();
    let (_, claims) = url.query_pairs().find(|(name, _)| name == "claims").unwrap();
    serde_json::from_str(&claims).unwrap()
}

fn declared() -> Json {
    json!({"access_token": {"xms_cc": {"values": ["cp1"]}}})
}

fn asked_for() -> Json {
    json!({"access_token": {"nbf": {"essential": true, "value": "1604106651"}, "xms_cc": {"values": ["cp1"]}}})
}

/// A server that gives a good token only for the claims it asks for.
async fn server(answer: impl Fn(usize, &Seen) -> axum::response::Response + Send + Sync + 'static) -> Server {
    Server::start_with(
        |number, seen| {
            let kind = if claims(seen) == asked_for() {
                "good"
            } else {
                assert_eq!(claims(seen), declared());
                "plain"
            };
            json_answer(
                200,
                &json!({"expires_in": 3600, "access_token": format!("{kind}-{number}")}),
            )
        },
        answer,
    )
    .await
}

#[tokio::test]
async fn a_challenge_brings_one_new_token_with_its_claims_for_everybody() {
    let server = server(|_, seen| {
        if seen.bearer().starts_with("Bearer good") {
            plain_answer(200, &[], "7")
        } else {
            plain_answer(401, &[("www-authenticate", CHALLENGE)], "")
        }
    })
    .await;
    let session = server.session();
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let reader = DirectoryReader::new(session.clone());
            tokio::spawn(async move { reader.directory_size().await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), Ok(7));
    }
    assert_eq!(server.token_requests(), 2);
}

#[tokio::test]
async fn a_challenge_inside_a_batch_is_met_as_well() {
    let server = server(|_, seen| {
        if seen.bearer().starts_with("Bearer good") {
            return plain_answer(200, &[], "7");
        }
        json_answer(
            200,
            &json!({"responses": [
                {"id": "1", "status": 204},
                {"id": "2", "status": 401, "headers": {"WWW-Authenticate": CHALLENGE},
                    "body": {"error": {"code": "InvalidAuthenticationToken", "message": "x"}}}
            ]}),
        )
    })
    .await;
    let session = server.session();
    let operations = [1, 2].map(|number| operation(number, vec![change("jobTitle", text("Nurse"))]));
    let answers = DirectoryWriter::new(session.clone())
        .send_operations(&operations)
        .await
        .unwrap();
    let failure = answers[1].failure().unwrap();
    assert!(matches!(
        Tries::new(true, None).after(&failure),
        Decision::Again {
            refresh_token: true,
            ..
        }
    ));
    assert_eq!(DirectoryReader::new(session).directory_size().await, Ok(7));
    assert_eq!(server.token_requests(), 2);
}

#[tokio::test]
async fn a_challenge_that_cannot_be_read_is_an_ordinary_401_and_one_that_stays_is_met_once() {
    let unreadable = "Bearer error=\"insufficient_claims\", claims=\"%%%\"";
    for challenge in [unreadable, CHALLENGE] {
        let server = server(move |_, _| plain_answer(401, &[("www-authenticate", challenge)], "")).await;
        let error = DirectoryReader::new(server.session())
            .directory_size()
            .await
            .unwrap_err();
        assert!(error.is_sign_in_or_permission());
        assert_eq!((server.seen().len(), server.token_requests()), (2, 2));
        let second = server.seen()[1].bearer().to_owned();
        let expected = if challenge == CHALLENGE { "good" } else { "plain" };
        assert_eq!(second, format!("Bearer {expected}-1"));
    }
}

#[tokio::test]
async fn the_claims_are_asked_for_until_a_token_has_them_and_not_after_that() {
    let server = Server::start_with(
        |number, seen| match number {
            // The authority is out of order when the challenge is to be met first.
            1 => {
                assert_eq!(claims(seen), asked_for());
                plain_answer(503, &[], "")
            }
            2 => {
                assert_eq!(claims(seen), asked_for());
                json_answer(200, &json!({"expires_in": 3600, "access_token": "good"}))
            }
            _ => {
                assert_eq!(claims(seen), declared());
                json_answer(
                    200,
                    &json!({"expires_in": 3600, "access_token": format!("t-{number}")}),
                )
            }
        },
        |number, _| match number {
            0 => plain_answer(401, &[("www-authenticate", CHALLENGE)], ""),
            2 => plain_answer(401, &[], ""),
            _ => plain_answer(200, &[], "7"),
        },
    )
    .await;
    let reader = DirectoryReader::new(server.session());
    assert_eq!(reader.directory_size().await, Ok(7));
    // The good token is turned away without a challenge: nothing is asked for any more.
    assert_eq!(reader.directory_size().await, Ok(7));
    let bearers: Vec<String> = server
        .seen()
        .iter()
        .map(|seen| seen.bearer().to_owned())
        .collect();
    assert_eq!(
        bearers,
        ["Bearer t-0", "Bearer good", "Bearer good", "Bearer t-3"]
    );
}

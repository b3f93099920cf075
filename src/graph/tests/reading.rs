//! Pages, lookups and small reads against a server on this machine.

use serde_json::{Value as Json, json};

use super::super::testing::{Seen, Server, columns, json_answer, plain_answer, user_id};
use super::super::*;
use crate::domain::{UpnKey, UserKey};

fn query() -> ListQuery {
    ListQuery {
        columns: columns(&["jobTitle"]),
        filter: None,
        page_size: None,
    }
}

fn page(seen: &Seen, users: &[u32], next: Option<&str>) -> Json {
    let users: Vec<Json> = users.iter().map(|number| json!({"id": user_id(*number), "userPrincipalName": format!("u{number}@x.com"), "jobTitle": "J"})).collect();
    let mut page = json!({"value": users});
    if let Some(next) = next {
        page["@odata.nextLink"] = json!(format!(
            "http://{}/v1.0/users?$skiptoken={next}",
            seen.headers["host"].to_str().unwrap()
        ));
    }
    page
}

async fn all(mut pages: Pages) -> Result<Vec<usize>, CallError> {
    let mut lengths = Vec::new();
    while let Some(users) = pages.next_page().await? {
        lengths.push(users.len());
    }
    assert_eq!(pages.next_page().await, Ok(None));
    Ok(lengths)
}

fn token_of(seen: &Seen) -> &str {
    seen.uri
        .query()
        .unwrap_or_default()
        .split("$skiptoken=")
        .nth(1)
        .unwrap_or_default()
}

#[tokio::test]
async fn a_listing_follows_links_over_empty_and_odd_pages_and_repeats_its_headers() {
    let server = Server::start(|_, seen| match token_of(seen) {
        "" => json_answer(200, &page(seen, &[1, 2], Some("a%2Bb=="))),
        "a%2Bb==" => json_answer(200, &page(seen, &[], Some("c"))),
        "c" => json_answer(200, &page(seen, &[3, 2, 4], None)),
        other => panic!("{other}"),
    })
    .await;
    let mut query = query();
    query.columns = columns(&["jobTitle", "manager"]);
    let lengths = all(DirectoryReader::new(server.session()).pages(query))
        .await
        .unwrap();
    assert_eq!(lengths, [2, 0, 2]);
    for seen in server.seen() {
        assert_eq!(seen.headers["consistencylevel"], "eventual");
        assert_eq!(seen.headers["client-request-id"].len(), 36);
        assert!(
            seen.headers["user-agent"]
                .to_str()
                .unwrap()
                .starts_with("dirsheet/")
        );
    }
}

#[tokio::test]
async fn a_link_to_another_host_is_refused_and_gets_no_token() {
    let stranger = Server::start(|_, _| plain_answer(200, &[], "")).await;
    let link = format!("http://{}/v1.0/users?$skiptoken=x", stranger.address);
    let body = json!({"value": [], "@odata.nextLink": link});
    let server = Server::start(move |_, _| json_answer(200, &body)).await;
    let mut pages = DirectoryReader::new(server.session()).pages(query());
    let error = pages.next_page().await.unwrap_err();
    assert_eq!(
        error,
        CallError::ForeignHost {
            host: format!("http://{}", stranger.address)
        }
    );
    assert_eq!((stranger.seen().len(), server.seen().len()), (0, 1));

    let session = server.session();
    let port = server.address.port();
    for link in [
        "https://evil.example/v1.0/users".to_owned(),
        format!("http://127.0.0.1:{port}@evil.example/"),
        format!("http://user@127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        "http://127.0.0.1/".to_owned(),
        "//evil.example/".to_owned(),
    ] {
        assert!(session.link(&link).is_err(), "{link}");
    }
    let good = format!(
        "http://127.0.0.1:{port}/v1.0/users?$select=id&$skiptoken=RFNwdAIAAQ%3d%3d*~-_.(x)!;,+%20/?:@"
    );
    assert_eq!(session.link(&good).unwrap().as_str(), good);
}

#[tokio::test]
async fn pages_in_a_circle_end_with_an_error() {
    let server = Server::start(|_, seen| json_answer(200, &page(seen, &[1], Some("same")))).await;
    assert_eq!(
        all(DirectoryReader::new(server.session()).pages(query())).await,
        Err(CallError::EndlessPages)
    );
    assert!(server.seen().len() <= 3);
}

#[tokio::test]
async fn an_expired_page_token_begins_the_listing_again_without_doubles() {
    let server = Server::start(|number, seen| match (number, token_of(seen)) {
        (0, "") => json_answer(200, &page(seen, &[1, 2], Some("old"))),
        (1, "old") => json_answer(
            400,
            &json!({"error": {"code": "Request_BadRequest", "message": "The page token is not valid."}}),
        ),
        (2, "") => json_answer(200, &page(seen, &[1, 2, 3], Some("new"))),
        (3, "new") => json_answer(200, &page(seen, &[4], None)),
        other => panic!("{other:?}"),
    })
    .await;
    let mut pages = DirectoryReader::new(server.session()).pages(query());
    let mut ids = Vec::new();
    while let Some(users) = pages.next_page().await.unwrap() {
        ids.extend(users.iter().map(|user| user.id));
    }
    assert_eq!(ids, [user_id(1), user_id(2), user_id(3), user_id(4)]);
    assert_eq!(pages.restarts(), 1);
}

#[tokio::test]
async fn a_listing_that_always_loses_its_place_ends_with_the_services_error() {
    let server = Server::start(|_, seen| match token_of(seen) {
        "" => json_answer(200, &page(seen, &[1], Some("old"))),
        _ => json_answer(400, &json!({"error": {"code": "Directory_ExpiredPageToken"}})),
    })
    .await;
    let error = all(DirectoryReader::new(server.session()).pages(query()))
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Graph { error, .. } if error.code == "Directory_ExpiredPageToken"));
    assert_eq!(server.seen().len(), 8);
}

#[tokio::test]
async fn a_refused_first_page_is_not_repeated() {
    let server = Server::start(|_, _| json_answer(403, &json!({"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges to complete the operation."}}))).await;
    let error = all(DirectoryReader::new(server.session()).pages(query()))
        .await
        .unwrap_err();
    assert!(error.is_sign_in_or_permission());
    assert_eq!(server.seen().len(), 1);
    let refusal = error.to_refusal();
    assert_eq!(
        (
            refusal.status,
            refusal.code.as_str(),
            refusal.request_id.as_deref()
        ),
        (403, "Authorization_RequestDenied", Some("req-1"))
    );
}

#[tokio::test]
async fn a_filter_that_needs_it_is_asked_of_the_advanced_engine() {
    let server = Server::start(|_, seen| match seen.headers.get("consistencylevel") {
        None => json_answer(400, &json!({"error": {"code": "Request_UnsupportedQuery"}})),
        Some(_) => json_answer(200, &page(seen, &[1], None)),
    })
    .await;
    let mut query = query();
    query.filter = Some("endsWith(mail,'x')".into());
    assert_eq!(
        all(DirectoryReader::new(server.session()).pages(query)).await,
        Ok(vec![1])
    );
    let seen = server.seen();
    assert!(!seen[0].uri.to_string().contains("$count") && seen[1].uri.to_string().contains("$count=true"));
}

#[tokio::test]
async fn html_instead_of_a_page_is_tried_again_and_then_read() {
    let server = Server::start(|number, seen| match number {
        0 => plain_answer(200, &[("content-type", "text/html")], "<html>maintenance</html>"),
        _ => json_answer(200, &page(seen, &[1], None)),
    })
    .await;
    assert_eq!(
        all(DirectoryReader::new(server.session()).pages(query())).await,
        Ok(vec![1])
    );
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_throttled_read_waits_as_long_as_asked_and_holds_everybody() {
    let server = Server::start(|number, _| match number {
        0 => plain_answer(429, &[("retry-after", "1")], ""),
        _ => plain_answer(200, &[], "7"),
    })
    .await;
    let session = server.session();
    let begin = tokio::time::Instant::now();
    let reader = DirectoryReader::new(session.clone());
    let other = reader.clone();
    let late = tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        other.directory_size().await
    });
    assert_eq!(reader.directory_size().await, Ok(7));
    assert_eq!(late.await.unwrap(), Ok(7));
    assert!(begin.elapsed() >= std::time::Duration::from_secs(1));
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn nothing_is_waited_for_beyond_the_deadline() {
    let server = Server::start(|_, _| plain_answer(429, &[("retry-after", "600")], "")).await;
    let begin = tokio::time::Instant::now();
    let reader =
        DirectoryReader::new(server.session()).until(Some(begin + std::time::Duration::from_secs(5)));
    let error = reader.directory_size().await.unwrap_err();
    assert!(error.is_unavailable());
    assert!(begin.elapsed() < std::time::Duration::from_secs(3));
}

#[tokio::test]
async fn the_tenants_name_is_read_when_it_may_be() {
    let server = Server::start(|number, _| match number {
        0 => json_answer(200, &json!({"value": [{"id": "t-1", "displayName": "Contoso", "verifiedDomains": [{"name": "contoso.com", "isDefault": true}, {"name": "contoso.nl"}]}]})),
        _ => json_answer(403, &json!({"error": {"code": "Authorization_RequestDenied"}})),
    })
    .await;
    let reader = DirectoryReader::new(server.session());
    let organization = reader.organization().await.unwrap().unwrap();
    assert_eq!(organization.display_name, "Contoso");
    assert_eq!(organization.verified_domains, ["contoso.com", "contoso.nl"]);
    assert_eq!(organization.default_domain.as_deref(), Some("contoso.com"));
    assert_eq!(reader.organization().await, Ok(None));
}

#[tokio::test]
async fn users_are_read_by_key_twenty_at_a_time_and_only_open_ones_again() {
    let server = Server::start(|number, seen| {
        let requests = seen.json()["requests"].as_array().unwrap().clone();
        assert!(requests.len() <= 20);
        let mut responses: Vec<Json> = requests
            .iter()
            .map(|request| {
                let (id, url) = (&request["id"], request["url"].as_str().unwrap());
                assert_eq!((request["method"].as_str(), request.get("body")), (Some("GET"), None));
                if url.starts_with("/users/gone@x.com") {
                    return json!({"id": id, "status": 404, "body": {"error": {"code": "Request_ResourceNotFound"}}});
                }
                if url.starts_with("/users/other@x.com") {
                    return json!({"id": id, "status": 200, "body": {"id": user_id(99), "userPrincipalName": "somebody@x.com"}});
                }
                if url.starts_with("/users/odd@x.com") {
                    return json!({"id": id, "status": 403, "body": {"error": {"code": "Authorization_RequestDenied"}}});
                }
                if number == 0 && id == "3" {
                    return json!({"id": id, "status": 429, "headers": {"Retry-After": "0"}});
                }
                let user = url.split(['/', '?']).nth(2).unwrap();
                json!({"id": id, "status": 200, "body": {"id": user, "userPrincipalName": "u@x.com", "jobTitle": "J"}})
            })
            .collect();
        responses.reverse();
        json_answer(200, &json!({"responses": responses}))
    })
    .await;
    let mut keys: Vec<UserKey> = (0..22).map(|number| UserKey::Id(user_id(number))).collect();
    keys[0] = UserKey::Upn(UpnKey::new("gone@x.com"));
    keys[1] = UserKey::Upn(UpnKey::new("other@x.com"));
    keys[2] = UserKey::Upn(UpnKey::new("odd@x.com"));
    let found = DirectoryReader::new(server.session())
        .users_by_key(&keys, &columns(&["jobTitle"]))
        .await
        .unwrap();
    assert_eq!(found.len(), 22);
    assert_eq!((&found[0], &found[1]), (&Lookup::NotFound, &Lookup::Mismatch));
    assert!(matches!(&found[2], Lookup::Failed(error) if error.status == 403));
    for (number, lookup) in found.iter().enumerate().skip(3) {
        assert!(
            matches!(lookup, Lookup::Found(user) if user.id == user_id(number as u32)),
            "{number}"
        );
    }
    let sizes: Vec<usize> = server
        .seen()
        .iter()
        .map(|seen| seen.json()["requests"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [20, 1, 2]);
}

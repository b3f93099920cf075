//! Changes: told to their end, lost, refused; and counts of filters.

use axum::response::Response as Answer;
use serde_json::json;

use super::*;
use crate::graph::testing::{Server, columns, json_answer, text, user_id};

fn error(status: u16, code: &str) -> Answer {
    json_answer(status, &json!({"error": {"code": code, "message": "no"}}))
}

fn reader(server: &Server) -> DirectoryReader {
    DirectoryReader::new(server.session())
}

fn link(server: &Server, token: &str) -> DeltaLink {
    let url = format!("http://{}/v1.0/users/delta?$deltatoken={token}", server.address);
    DeltaLink::new(url, "2026-11-29T12:00:00Z".parse().unwrap())
}

#[tokio::test]
async fn the_place_from_now_on_is_asked_for_with_the_columns_whose_changes_are_told() {
    let server = Server::start(|_, _| {
        json_answer(
            200,
            &json!({"value": [], "@odata.deltaLink": "https://graph.example/delta?$deltatoken=x"}),
        )
    })
    .await;
    let wanted = columns(&[
        "id",
        "jobTitle",
        "manager",
        "employeeOrgData.division",
        "signInActivity",
    ]);
    let link = reader(&server).delta_from_now(&wanted).await.unwrap();
    assert_eq!(link.url(), "https://graph.example/delta?$deltatoken=x");
    let seen = server.seen();
    assert_eq!(
        seen[0].uri.to_string(),
        "/v1.0/users/delta?$deltatoken=latest&$select=id,userPrincipalName,jobTitle,manager,employeeOrgData"
    );
}

#[tokio::test]
async fn columns_that_are_not_tracked_or_not_shown_are_not_told() {
    let server = Server::start(|_, _| error(500, "never")).await;
    let reader = reader(&server);
    let wanted = columns(&["id", "jobTitle", "manager", "signInActivity"]);
    assert_eq!(reader.untold_columns(&wanted), ["signInActivity"]);
    // The service has refused to show it to this sign-in.
    reader.closed.lock().unwrap().push(("jobTitle", "no".to_owned()));
    assert_eq!(reader.untold_columns(&wanted), ["jobTitle", "signInActivity"]);
}

#[tokio::test]
async fn a_round_is_told_to_its_end_with_what_was_left_out_empty_and_what_is_not_tracked_unread() {
    let server = Server::start(|number, seen| {
        let host = seen.headers.get("host").unwrap().to_str().unwrap();
        let next = format!("http://{host}/v1.0/users/delta?$skiptoken=1");
        let end = format!("http://{host}/v1.0/users/delta?$deltatoken=after");
        match number {
            0 => json_answer(
                200,
                &json!({"@odata.nextLink": next, "value": [
                    {"id": user_id(1).to_string(), "userPrincipalName": "a@x", "jobTitle": "Pilot",
                     "manager@delta": [{"id": user_id(8).to_string(), "@removed": {"reason": "changed"}}, {"id": user_id(9).to_string()}]},
                    {"id": user_id(2).to_string(), "@removed": {"reason": "changed"}},
                ]}),
            ),
            _ => json_answer(
                200,
                &json!({"@odata.deltaLink": end, "value": [
                    {"id": user_id(3).to_string(), "userPrincipalName": "c@x", "manager@delta": []},
                    {"id": user_id(4).to_string(), "@removed": {"reason": "deleted"}},
                ]}),
            ),
        }
    })
    .await;
    let wanted = columns(&["id", "jobTitle", "manager", "signInActivity"]);
    let mut round = reader(&server).delta(&link(&server, "before"), &wanted);
    let mut items = Vec::new();
    assert!(round.end().is_none());
    while let Some(page) = round.next_page().await.unwrap() {
        items.extend(page);
    }
    assert!(round.end().unwrap().url().ends_with("after"));
    let changed = |item: &DeltaItem| match item {
        DeltaItem::Changed(changed) => (**changed).clone(),
        DeltaItem::Gone(id) => panic!("{id}"),
    };
    let (first, third) = (changed(&items[0]), changed(&items[2]));
    assert_eq!(first.user.values[1], text("Pilot"));
    assert_eq!(first.user.unread, ["signInActivity"]);
    assert_eq!(first.manager, Some(Some(user_id(9))));
    assert!(third.user.values[1].is_empty() && !third.user.unread.contains(&"jobTitle"));
    assert_eq!(third.manager, Some(None));
    assert_eq!(items[1], DeltaItem::Gone(user_id(2)));
    assert_eq!(items[3], DeltaItem::Gone(user_id(4)));
}

#[tokio::test]
async fn a_link_the_service_no_longer_knows_is_lost_and_a_refusal_is_none() {
    for (status, code, lost) in [
        (400, "syncStateNotFound", true),
        (400, "SyncStateNotFound", true),
        (410, "resyncRequired", true),
        (400, "Request_BadRequest", true),
        (403, "Authorization_RequestDenied", false),
    ] {
        let server = Server::start(move |_, _| error(status, code)).await;
        let mut round = reader(&server).delta(&link(&server, "old"), &columns(&["id"]));
        let told = round.next_page().await.unwrap_err();
        assert_eq!(
            matches!(told, DeltaError::Lost(_)),
            lost,
            "{status} {code}: {told}"
        );
        assert!(lost || matches!(told, DeltaError::Refused(_)), "{told}");
    }
    let server = Server::start(|_, _| error(400, "Request_BadRequest")).await;
    let refused = reader(&server).delta_from_now(&columns(&["id"])).await;
    assert!(matches!(refused, Err(DeltaError::Refused(_))), "{refused:?}");
    assert!(server.seen().len() == 1);
}

#[tokio::test]
async fn a_place_that_is_lost_inside_a_round_begins_the_round_again() {
    let server = Server::start(|number, seen| {
        let host = seen.headers.get("host").unwrap().to_str().unwrap();
        match number {
            1 => error(400, "DirectoryPageTokenNotFoundException"),
            0 | 2 => json_answer(
                200,
                &json!({"@odata.nextLink": format!("http://{host}/v1.0/users/delta?$skiptoken=1"), "value": []}),
            ),
            _ => json_answer(
                200,
                &json!({"@odata.deltaLink": format!("http://{host}/v1.0/users/delta?$deltatoken=z"), "value": [
                    {"id": user_id(1).to_string(), "@removed": {"reason": "changed"}},
                ]}),
            ),
        }
    })
    .await;
    let mut round = reader(&server).delta(&link(&server, "a"), &columns(&["id"]));
    let mut items = Vec::new();
    while let Some(page) = round.next_page().await.unwrap() {
        items.extend(page);
    }
    assert_eq!(items, [DeltaItem::Gone(user_id(1))]);
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn a_link_of_another_host_is_lost_and_nothing_is_sent_there() {
    let server = Server::start(|_, _| error(500, "no")).await;
    let elsewhere = DeltaLink::new(
        "https://elsewhere.example/v1.0/users/delta?$deltatoken=a".to_owned(),
        "2026-11-29T12:00:00Z".parse().unwrap(),
    );
    let mut round = reader(&server).delta(&elsewhere, &columns(&["id"]));
    assert!(matches!(round.next_page().await, Err(DeltaError::Lost(_))));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn filters_are_counted_twenty_in_a_request_and_a_refusal_is_told() {
    let server = Server::start(|_, seen| {
        let batch = seen.json();
        let answers: Vec<Json> = batch["requests"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| {
                assert_eq!(item["headers"]["ConsistencyLevel"], "eventual");
                let url = item["url"].as_str().unwrap();
                let body = match url.split("'b").nth(1) {
                    _ if url.contains("refused") => {
                        json!({"error": {"code": "Request_UnsupportedQuery", "message": "no"}})
                    }
                    _ => json!({"@odata.count": url.len(), "value": []}),
                };
                let status = if url.contains("refused") { 400 } else { 200 };
                json!({"id": item["id"], "status": status, "body": body})
            })
            .collect();
        json_answer(200, &json!({"responses": answers}))
    })
    .await;
    let filters: Vec<Option<String>> = (0..45).map(|n| (n > 0).then(|| format!("{n:0n$}"))).collect();
    let counts = reader(&server).count_each(&filters).await.unwrap();
    assert_eq!(counts.len(), 45);
    assert!(counts.is_sorted(), "{counts:?}");
    assert_eq!(server.seen().len(), 3);
    let refused = reader(&server).count_each(&[Some("refused".to_owned())]).await;
    assert!(matches!(refused, Err(CallError::Graph { error, .. }) if error.status == 400));
}

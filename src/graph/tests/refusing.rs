//! Refusals inside real batches: the 200 around them is no success, and the order of the items decides nothing.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::time::Instant;

use super::super::service::Sent;
use super::super::testing::{Seen, Server, change, columns, json_answer, operation, text, user_id};
use super::super::*;
use crate::domain::{Operation, UserKey};

/// The status of an item and its `Retry-After`.
type Scripted = (u16, Option<&'static str>);

const DONE: Scripted = (204, None);
const BARE: Scripted = (429, None);

/// Answers the n-th batch with the n-th round, item by item, in a 200.
async fn scripted(rounds: Vec<[Scripted; 2]>) -> (Server, Arc<Session>) {
    let server = Server::start(move |number, seen| {
        let round = rounds[number];
        let responses: Vec<Json> = ids(seen)
            .into_iter()
            .zip(round)
            .map(|(id, (status, wish))| match wish {
                Some(wish) => json!({"id": id, "status": status, "headers": {"Retry-After": wish}}),
                None => json!({"id": id, "status": status}),
            })
            .collect();
        json_answer(200, &json!({"responses": responses}))
    })
    .await;
    let session = Session::open(&server.settings(), Limits::for_directory(Some(10_000))).unwrap();
    (server, session)
}

fn ids(seen: &Seen) -> Vec<Json> {
    let body = seen.json();
    let requests = body["requests"].as_array().unwrap();
    requests.iter().map(|request| request["id"].clone()).collect()
}

fn two() -> Vec<Operation> {
    [1, 2]
        .map(|number| operation(number, vec![change("jobTitle", text("Nurse"))]))
        .to_vec()
}

/// How many seconds a read is held up. The clock stands still but for that wait.
async fn held(session: &Session) -> f64 {
    tokio::time::pause();
    let begin = Instant::now();
    session.turn(Cost::of_read(1), None).await.unwrap();
    let held = begin.elapsed().as_secs_f64();
    tokio::time::resume();
    (held * 10.0).round() / 10.0
}

fn rate(session: &Session) -> f64 {
    let fill = session.pace_state().writes.unwrap();
    (fill.per_second * 100.0).round() / 100.0
}

#[tokio::test]
async fn refusals_inside_batches_add_up_until_an_item_is_served_whatever_the_order() {
    let one_second = (429, Some("1"));
    // What the two items are answered, for how many seconds that holds everybody, and the rate of writes believed after it.
    let rounds = [
        ([BARE, BARE], 2.0, 20.0),
        ([BARE, BARE], 4.0, 14.0),
        ([BARE, BARE], 8.0, 9.8),
        ([DONE, BARE], 2.0, 9.8),
        ([BARE, DONE], 2.0, 9.8),
        // The content was refused: the service does its work.
        ([BARE, (404, None)], 2.0, 9.8),
        // These are no signs of that.
        ([BARE, (500, None)], 4.0, 6.86),
        ([BARE, (0, None)], 8.0, 4.8),
        ([DONE, DONE], 0.0, 4.8),
        ([one_second, one_second], 1.0, 4.8),
        ([one_second, one_second], 1.0, 3.36),
    ];
    let (_server, session) = scripted(rounds.iter().map(|round| round.0).collect()).await;
    let writer = DirectoryWriter::new(session.clone());
    for (number, (items, hold, believed)) in rounds.into_iter().enumerate() {
        writer.send_operations(&two()).await.unwrap();
        assert_eq!(
            (held(&session).await, rate(&session)),
            (hold, believed),
            "round {number}: {items:?}"
        );
    }
}

#[tokio::test]
async fn a_look_whose_items_are_all_refused_twice_in_a_row_teaches_the_budget_of_resource_units() {
    let no_time = (429, Some("0"));
    let not_found = (404, None);
    let (server, session) = scripted(vec![[no_time; 2], [no_time; 2], [not_found; 2]]).await;
    let reader = DirectoryReader::new(session.clone());
    let keys = [1, 2].map(|number| UserKey::Id(user_id(number)));
    let found = reader.users_by_key(&keys, &columns(&["jobTitle"])).await;
    assert_eq!(found, Ok(vec![Lookup::NotFound; 2]));
    assert_eq!(server.seen().len(), 3);
    let fill = session.pace_state().resource_units.unwrap();
    assert_eq!((fill.per_second, fill.per_second_documented), (560.0, 800.0));
}

#[tokio::test]
async fn the_200_around_refusals_does_not_end_what_stands_in_the_way() {
    let (_server, session) = scripted(vec![[BARE, BARE], [BARE, DONE]]).await;
    session.troubles().note(&Failure::Unreadable);
    let writer = DirectoryWriter::new(session.clone());
    for expected in [true, false] {
        writer.send_operations(&two()).await.unwrap();
        assert_eq!(session.troubles().now().is_some(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_whose_turn_has_come_waits_out_the_429_of_another_up_to_its_deadline() {
    let (server, session) = scripted(Vec::new()).await;
    let writer = DirectoryWriter::new(session.clone());
    session.turn(Cost::of_writes(20), None).await.unwrap();
    let begin = Instant::now();
    assert_eq!(writer.wait_out_hold().await, Ok(()));
    assert_eq!(begin.elapsed(), Duration::ZERO);

    let headers = [("retry-after".parse().unwrap(), "30".parse().unwrap())];
    let sent = Sent {
        at: begin,
        date: None,
        touched: Touched::Writes,
        token_generation: 0,
    };
    session.observe(429, &headers.into_iter().collect(), sent);
    let hasty = writer.clone().until(Some(begin + Duration::from_secs(7)));
    assert_eq!(hasty.wait_out_hold().await, Err(CallError::DeadlinePassed));
    assert_eq!(begin.elapsed(), Duration::from_secs(7));
    assert_eq!(writer.wait_out_hold().await, Ok(()));
    assert_eq!(begin.elapsed(), Duration::from_secs(30));
    let left = session.pace_state().writes.unwrap().left;
    assert_eq!(left, 2_970, "nothing was charged, and the turn has come back");
    assert!(server.seen().is_empty());
}

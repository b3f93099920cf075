//! Change tracking over many rounds: lost tokens, late changes, and others who write meanwhile.

use crate::{
    Desk,
    delta::{latest, options, plain, round},
};
use dirsheet::sandbox::{Fault, SandboxOptions};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// The state after a round: by id, the last one wins.
fn put(state: &mut BTreeMap<String, Value>, items: &[Value]) {
    for item in items {
        let id = item["id"].as_str().unwrap().to_owned();
        if item["@removed"].is_object() {
            state.remove(&id);
        } else {
            let kept = state.entry(id).or_insert_with(|| json!({}));
            for (name, value) in item.as_object().unwrap() {
                kept[name] = value.clone();
            }
        }
    }
}

#[tokio::test]
async fn a_token_that_is_not_known_and_a_state_that_was_thrown_away_ask_for_everything_again() {
    let desk = Desk::open(options(60)).await;
    let link = latest(&desk, "displayName").await;
    let other = Desk::open(options(60)).await;
    let foreign = link.replace(&desk.sandbox.url(), &other.sandbox.url());
    for link in [format!("{link}x"), desk.url("/users/delta?$deltatoken=abc")] {
        assert_eq!(desk.get(&link).await.refusal().1, "syncStateNotFound");
    }
    let answer = other.get(&foreign).await;
    assert_eq!(
        (answer.refusal().0, answer.refusal().1),
        (400, "syncStateNotFound")
    );

    desk.sandbox
        .set_faults(Fault::parse_list("delta-expired,times=1; delta-reset,times=1").unwrap());
    assert_eq!(
        desk.get("/users/delta?$select=id").await.status,
        200,
        "who begins has no token"
    );
    assert_eq!(desk.get(&link).await.refusal().1, "syncStateNotFound");
    let reset = desk.get(&link).await;
    assert_eq!(reset.status, 410);
    let location = reset.header("location").to_owned();
    assert!(location.ends_with("/users/delta?$deltatoken="), "{location}");
    assert_eq!(round(&desk, &location).await.0.len(), 60);
    assert_eq!(desk.sandbox.faults_happened(), [1, 1]);
    desk.sandbox
        .set_faults(Fault::parse_list("stale-page,on=delta; 503,on=delta,after=2").unwrap());
    assert_eq!(
        desk.get("/users/delta?$skiptoken=abc").await.message(),
        "The page token is not valid."
    );
}

#[tokio::test]
async fn a_late_change_is_told_by_the_next_round_and_an_empty_round_proves_nothing() {
    let desk = Desk::open(options(60)).await;
    let link = latest(&desk, "jobTitle").await;
    let users = plain(&desk, 2);
    desk.patch(&users[0], json!({"jobTitle": "First"})).await;
    desk.patch(&users[1], json!({"jobTitle": "Second"})).await;
    desk.sandbox
        .set_faults(Fault::parse_list("late-change,times=1").unwrap());
    let (items, _, link) = round(&desk, &link).await;
    assert_eq!((items.len(), &items[0]["jobTitle"]), (1, &json!("First")));
    let (items, _, link) = round(&desk, &link).await;
    assert!(items.iter().any(|item| item["jobTitle"] == "Second"));
    assert_eq!(round(&desk, &link).await.0.len(), 0);

    // With a lag nothing is lost either, whatever a reader saw in between.
    let desk = Desk::open(SandboxOptions {
        lag: Duration::from_millis(300),
        ..options(60)
    })
    .await;
    desk.patch(&users[0], json!({"jobTitle": "Lagging"})).await;
    let link = latest(&desk, "jobTitle").await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    let (items, _, _) = round(&desk, &link).await;
    assert!(items.iter().any(|item| item["jobTitle"] == "Lagging"));
}

#[tokio::test]
async fn rounds_over_many_pages_end_while_others_write_and_lead_to_the_state_of_the_directory() {
    let desk = Desk::open(SandboxOptions {
        churn: Some(2_000),
        ..options(1_500)
    })
    .await;
    let select = "displayName,userPrincipalName,jobTitle,city,mobilePhone,employeeOrgData,manager";
    let (mut items, pages, mut link) = round(&desk, &format!("/users/delta?$select={select}")).await;
    assert!(pages >= 8);
    let mut state = BTreeMap::new();
    put(&mut state, &items);
    let (mut empty, mut twice) = (0, 0);
    for turn in 0..6 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        if turn == 4 {
            assert!(desk.sandbox.stop_churn() > 500);
        }
        let (mut next, mut seen) = (link.clone(), BTreeSet::new());
        loop {
            let page = desk.get(&next).await;
            items = page.json["value"].as_array().unwrap().clone();
            empty += usize::from(items.is_empty());
            twice += items
                .iter()
                .filter(|item| !seen.insert(item["id"].to_string()))
                .count();
            put(&mut state, &items);
            match page.json["@odata.nextLink"].as_str() {
                Some(link) => next = link.to_owned(),
                None => {
                    link = page.json["@odata.deltaLink"].as_str().unwrap().to_owned();
                    break;
                }
            }
        }
    }
    assert!(empty > 0 && twice > 0, "{empty} empty pages, {twice} told twice");
    let own = desk.sandbox.own_state();
    let alive: Vec<&Value> = own.iter().filter(|user| user["deleted"] == false).collect();
    assert_eq!(state.len(), alive.len());
    for user in alive {
        let told = &state[user["id"].as_str().unwrap()];
        for name in [
            "displayName",
            "userPrincipalName",
            "jobTitle",
            "city",
            "mobilePhone",
        ] {
            assert_eq!(
                told.get(name).unwrap_or(&Value::Null),
                &user["set"].get(name).cloned().unwrap_or_default(),
                "{name} of {user}"
            );
        }
        let division = told["employeeOrgData"]
            .get("division")
            .cloned()
            .unwrap_or_default();
        assert_eq!(
            division,
            user["set"]["employeeOrgData"]
                .get("division")
                .cloned()
                .unwrap_or_default()
        );
        let managers = told
            .get("manager@delta")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let manager = managers.iter().rfind(|entry| entry.get("@removed").is_none());
        assert_eq!(
            manager.map_or(&Value::Null, |entry| &entry["id"]),
            &user["manager"],
            "{user}"
        );
    }
}

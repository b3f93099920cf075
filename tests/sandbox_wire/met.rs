//! Calls that a fault refuses, and what the directory remembers of who met a fault.

use crate::mishaps::{patch, plain, reached, read, with};
use dirsheet::sandbox::FaultKind;
use serde_json::{Value, json};

#[tokio::test]
async fn one_read_or_one_write_can_be_refused_alone_and_inside_a_batch() {
    for (kind, status, code) in [
        ("403", 403, "Authorization_RequestDenied"),
        ("404", 404, "Request_ResourceNotFound"),
    ] {
        let desk = with(&format!("{kind},on=read,times=1,after=1")).await;
        let users = plain(&desk, 3);
        let path = format!("/users/{}", users[0]);
        assert_eq!(desk.get(&path).await.status, 200, "{kind}");
        let answer = desk.get(&path).await;
        assert_eq!(answer.refusal().0, status);
        assert_eq!(answer.refusal().1, code);
        assert_eq!(desk.get(&path).await.status, 200, "{kind}");

        let desk = with(&format!("{kind},on=read,times=1,after=1")).await;
        let mut requests: Vec<Value> = users.iter().map(|user| read(user, user)).collect();
        requests.push(patch("write", &users[0]));
        let answer = desk.batch(json!(requests)).await;
        assert_eq!(answer.status, 200, "{kind}");
        let items = answer.json["responses"].as_array().unwrap();
        let refused: Vec<&Value> = items.iter().filter(|item| item["status"] == status).collect();
        assert_eq!(refused.len(), 1, "{kind}: {items:?}");
        assert_ne!(refused[0]["id"], "write", "a write is no read");
        assert_eq!(refused[0]["body"]["error"]["code"], code);
        assert_eq!(items.iter().filter(|item| item["status"] == 200).count(), 2);
        assert_eq!(reached(&desk, &users), 1);

        // A write that is refused like this is not carried out.
        let desk = with(&format!("{kind},on=patch,times=1")).await;
        assert_eq!(
            desk.patch(&users[0], json!({"city": "Reached"})).await.status,
            status
        );
        assert_eq!(reached(&desk, &users), 0);
        let stats = desk.sandbox.stats();
        assert_eq!((stats.writes_accepted, stats.writes_refused), (0, 1), "{kind}");
        // Whoever asks for a token is never told such a thing.
        let desk = with(&format!("{kind},on=token")).await;
        desk.sign_in().await;
    }
}

#[tokio::test]
async fn the_directory_remembers_who_met_a_fault() {
    let desk =
        with("404,on=read,times=1,after=1; 503,on=write-batch,times=1; missing,on=patch,times=1").await;
    let users = plain(&desk, 3);
    let path = format!("/users/{}?$select=city", users[1]);
    desk.get(&path).await;
    desk.get(&path).await;
    let writes = json!([patch("a", &users[0]), read("b", &users[1]), patch("c", &users[2])]);
    desk.batch(writes.clone()).await;
    desk.batch(writes).await;
    let met = desk.sandbox.faults_met();
    assert_eq!(met.iter().map(|one| one.fault).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(met[0].kind, FaultKind::Absent);
    assert_eq!(met[0].users, users[1..2]);
    assert_eq!(met[1].users, users, "everybody in the batch");
    assert_eq!(met[2].users.len(), 1, "one item");
    assert!(users.contains(&met[2].users[0]));
    desk.sandbox.set_faults(Vec::new());
    assert!(desk.sandbox.faults_met().is_empty());
}

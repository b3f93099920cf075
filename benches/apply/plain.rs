//! A plain client: no journal, no pace, no look, no second try. It sends one PATCH at a time, or batches one after another.

use std::time::{Duration, Instant};

use dirsheet::domain::Operation;
use dirsheet::sandbox::Sandbox;
use serde_json::json;

use super::sign_in::sign_in;
use super::title;

/// Makes these updates, so many together, and says how long they took.
pub async fn update(sandbox: &Sandbox, operations: &[Operation], together: usize) -> Duration {
    let url = sandbox.url();
    let (client, token) = sign_in(sandbox).await;
    let began = Instant::now();
    for some in operations.chunks(together) {
        let answer = match some {
            [one] => client
                .patch(format!("{url}/v1.0/users/{}", one.user))
                .json(&json!({ "jobTitle": title(one) })),
            several => {
                let requests: Vec<_> = several
                    .iter()
                    .map(|one| {
                        json!({
                            "id": one.number.0.to_string(),
                            "method": "PATCH",
                            "url": format!("/users/{}", one.user),
                            "headers": { "Content-Type": "application/json" },
                            "body": { "jobTitle": title(one) },
                        })
                    })
                    .collect();
                client
                    .post(format!("{url}/v1.0/$batch"))
                    .json(&json!({ "requests": requests }))
            }
        }
        .bearer_auth(&token)
        .send()
        .await
        .expect("an answer");
        assert!(answer.status().is_success());
        answer.bytes().await.expect("a body");
    }
    began.elapsed()
}

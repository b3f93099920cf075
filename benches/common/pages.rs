//! Everybody, one page after another, with nothing done to them.

use std::time::{Duration, Instant};

use dirsheet::sandbox::Sandbox;
use serde_json::Value as Json;

use super::sign_in::sign_in;

/// The longest page.
pub const PAGE: usize = 999;

/// Reads these columns of everybody; how long it took, and how many pages there were.
pub async fn read_all(sandbox: &Sandbox, select: &str) -> (Duration, u64) {
    let (client, token) = sign_in(sandbox).await;
    let mut next = Some(format!(
        "{}/v1.0/users?$select={select}&$top={PAGE}",
        sandbox.url()
    ));
    let (began, mut pages) = (Instant::now(), 0);
    while let Some(address) = next {
        let answer = client.get(address).bearer_auth(&token).send().await;
        let answer = answer.expect("an answer");
        // The quota of reading is the service's; whoever is told to wait, waits.
        if answer.status() == 429 {
            let wait = answer
                .headers()
                .get("retry-after")
                .and_then(|text| text.to_str().ok()?.parse().ok());
            tokio::time::sleep(Duration::from_secs(wait.unwrap_or(1))).await;
            next = Some(answer.url().to_string());
            continue;
        }
        let page: Json = answer.json().await.expect("a page");
        pages += 1;
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
    }
    (began.elapsed(), pages)
}

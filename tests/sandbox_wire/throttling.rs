//! Budgets and their headers.

use crate::{Desk, people};
use dirsheet::sandbox::{Quota, SandboxOptions};
use serde_json::json;

#[tokio::test]
async fn a_read_says_what_it_cost() {
    let desk = Desk::with(30).await;
    for (path, units) in [
        ("/users", "2"),
        ("/users?$select=id", "1"),
        ("/users?$expand=manager", "3"),
        ("/users?$expand=manager&$select=id", "2"),
        ("/users?$top=19", "1"),
        ("/users?$top=19&$select=id", "1"),
        ("/organization", "1"),
    ] {
        assert_eq!(desk.get(path).await.header("x-ms-resource-unit"), units, "{path}");
    }
}

#[tokio::test]
async fn writes_beyond_the_budget_are_429_with_the_four_headers_while_reads_still_pass() {
    // A hundredth of the real budget: thirty writes per 150 seconds.
    let desk = Desk::open(SandboxOptions {
        quota: Quota::Scaled(0.01),
        ..people(600)
    })
    .await;
    let id = desk.plain();
    let mut warned = 0.0_f64;
    for _ in 0..30 {
        let answer = desk.patch(&id, json!({"city": "x"})).await;
        assert_eq!(answer.status, 204);
        warned = warned.max(
            answer
                .header("x-ms-throttle-limit-percentage")
                .parse()
                .unwrap_or(0.0),
        );
    }
    assert!((0.8..=1.0).contains(&warned), "{warned}");
    let answer = desk.patch(&id, json!({"city": "x"})).await;
    assert_eq!(answer.refusal().0, 429);
    assert_eq!(answer.refusal().1, "TooManyRequests");
    let first: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=6).contains(&first), "{first}");
    let scope = format!(
        "Tenant_Application/Write/{}/{}",
        desk.sandbox.client_id(),
        desk.sandbox.tenant_id()
    );
    assert_eq!(answer.header("x-ms-throttle-scope"), scope);
    assert_eq!(answer.header("x-ms-throttle-information"), "WriteLimitExceeded");
    assert!(
        answer
            .header("x-ms-throttle-limit-percentage")
            .parse::<f64>()
            .unwrap()
            >= 1.0
    );
    for _ in 0..5 {
        desk.patch(&id, json!({"city": "x"})).await;
    }
    let later: u64 = desk
        .patch(&id, json!({"city": "x"}))
        .await
        .header("retry-after")
        .parse()
        .unwrap();
    assert!(later > first, "refused calls count: {later} after {first}");
    assert_eq!(desk.get("/users?$select=id").await.status, 200);
    let stats = desk.sandbox.stats();
    assert_eq!((stats.writes_accepted, stats.throttled), (30, 7));
}

#[tokio::test]
async fn resource_units_beyond_the_budget_are_429_too() {
    let desk = Desk::open(SandboxOptions {
        quota: Quota::Scaled(0.001),
        ..people(30)
    })
    .await;
    let mut refused = None;
    for _ in 0..20 {
        let answer = desk.get("/users").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a refusal");
    assert_eq!(
        refused.header("x-ms-throttle-information"),
        "ResourceUnitLimitExceeded"
    );
    assert!(
        refused
            .header("x-ms-throttle-scope")
            .starts_with("Tenant_Application/ReadWrite/")
    );
}

//! What somebody who watches over a running directory may ask of it, beside the service it stands for.
//!
//! `POST /sandbox/churn/stop` stops those who write, and answers when their last change is in. `GET /sandbox/state?from=N`
//! tells the store as it is, some thousand users at a time, each answer with the version and the moment. Both are there
//! only in a directory that was started with a rate of changes, and ask for the token that the service asks for.

use super::{
    query::Query,
    reply::{Refusal, Reply, Stamp},
    service::Service,
};
use axum::http::Method;
use serde_json::json;
use tokio::time::Instant;

/// So many places are told in one answer.
const PART: u32 = 5_000;

/// The answer to what stands behind `/sandbox/`.
pub fn answer(
    service: &Service,
    method: &Method,
    wish: &str,
    query: &str,
    authorization: Option<&str>,
    stamp: &Stamp,
) -> Reply {
    let good = service.tokens().check(authorization, Instant::now());
    if let Err(bad) = good {
        return service.tokens().refusal(bad).reply(stamp);
    }
    match (method.as_str(), wish) {
        ("POST", "churn/stop") => {
            let changes = service.stop_churn();
            let version = service.directory().version;
            let moment = jiff::Timestamp::now().to_string();
            Reply::json(json!({"changes": changes, "version": version, "moment": moment}).to_string())
        }
        ("GET", "state") => {
            let from =
                match Query::read(query).map(|query| query.get("from").map_or(Ok(0), str::parse::<u32>)) {
                    Ok(Ok(from)) => from,
                    _ => return Refusal::bad("`from` needs a whole number.").reply(stamp),
                };
            let directory = service.directory();
            let end = from.saturating_add(PART).min(directory.len() as u32);
            let users: Vec<_> = (from..end).filter_map(|place| directory.own(place)).collect();
            Reply::json(
                json!({
                    "version": directory.version,
                    "moment": jiff::Timestamp::now().to_string(),
                    "next": ((end as usize) < directory.len()).then_some(end),
                    "users": users,
                })
                .to_string(),
            )
        }
        _ => {
            Refusal::unreadable("The directory is asked for `POST churn/stop` and `GET state`.").reply(stamp)
        }
    }
}

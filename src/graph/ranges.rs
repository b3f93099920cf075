//! How many users filters find, many filters together.
//!
//! <https://learn.microsoft.com/graph/aad-advanced-queries>: the count comes with a list of one user, which is JSON also inside a batch.

use super::ask::Ask;
use super::beside::Told;
use super::call_error::CallError;
use super::endless::believed;
use super::error::GraphError;
use super::query::encoded;
use super::reader::DirectoryReader;
use crate::domain::BATCH_OPERATIONS_MAX;

impl DirectoryReader {
    /// How many users each filter finds, `None` being everybody; all as the service counts them in an index that may lag behind.
    ///
    /// # Errors
    /// [`CallError`] when a request failed after all attempts, or the service refuses to count one of them.
    pub async fn count_each(&self, filters: &[Option<String>]) -> Result<Vec<u64>, CallError> {
        let asks: Vec<Ask> = filters
            .iter()
            .map(|filter| Ask {
                path: match filter {
                    Some(filter) => {
                        format!("/users?$count=true&$select=id&$top=1&$filter={}", encoded(filter))
                    }
                    None => "/users?$count=true&$select=id&$top=1".to_owned(),
                },
                eventual: true,
                resource_units: 1,
                lane: None,
            })
            .collect();
        let told = self.ask_all(&asks, BATCH_OPERATIONS_MAX).await?;
        told.into_iter().map(counted).collect()
    }
}

fn counted(told: Told) -> Result<u64, CallError> {
    match told {
        Told::Body(body) => {
            let number = body.get("@odata.count").and_then(serde_json::Value::as_u64);
            let number = number.ok_or_else(|| "a count without a number".to_owned());
            number
                .and_then(believed)
                .map_err(|reason| CallError::unreadable(200, reason))
        }
        Told::Refused(error) => Err(refused(error)),
    }
}

fn refused(error: Box<GraphError>) -> CallError {
    CallError::Graph {
        error,
        retry_after: None,
    }
}

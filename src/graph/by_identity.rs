//! Who has an identity. The service finds users by issuer and issuerAssignedId together, one identity to a filter; it does not find a
//! userPrincipalName so. <https://learn.microsoft.com/graph/api/resources/objectidentity>

use serde_json::Value as Json;

use super::ask::Ask;
use super::by_value::quoted;
use super::call_error::CallError;
use super::envelope::ItemResponse;
use super::error::GraphError;
use super::lookup::{Lookup, not_shown};
use super::reader::DirectoryReader;
use crate::domain::{BATCH_OPERATIONS_MAX, Columns, IdentityKey, UserId};

/// Who has the identities that were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentityHolders {
    pub users: Vec<UserId>,
    /// About these the service did not answer, or not to the end.
    pub unknown: Vec<IdentityKey>,
}

impl DirectoryReader {
    /// The users who have one of these identities, twenty identities to a request. They are asked for as they are written.
    ///
    /// # Errors
    /// [`CallError`] when a whole request failed after all attempts.
    pub async fn holders_of_identities(&self, keys: &[IdentityKey]) -> Result<IdentityHolders, CallError> {
        let selection = self.open_selection(&Columns::from([]))?;
        let mut holders = IdentityHolders::default();
        for some in keys.chunks(BATCH_OPERATIONS_MAX) {
            let asks: Vec<Ask> = some
                .iter()
                .map(|key| Ask {
                    lane: None,
                    path: selection.list_path(Some(&filter(key)), None, false),
                    eventual: selection.advanced,
                    resource_units: selection.cost.resource_units,
                })
                .collect();
            // The users, and whether these are all.
            let read = |_, response: ItemResponse, wish| {
                if response.status == 200 {
                    // An identity is one user's: another page is nothing that is documented, and is not followed.
                    let is_whole = response.body.get("@odata.nextLink").is_none_or(Json::is_null);
                    return Ok((ids(&response.body), is_whole));
                }
                let error =
                    GraphError::of_json(response.status, &response.body).with_headers(&response.headers);
                let found = not_shown(error, wish)?;
                Ok((Vec::new(), matches!(found, Lookup::NotFound)))
            };
            let found = self.ask_together(&asks, read, Err).await?;
            for (key, (users, is_whole)) in some.iter().zip(found) {
                holders.users.extend(users);
                if !is_whole {
                    holders.unknown.push(key.clone());
                }
            }
        }
        holders.users.sort();
        holders.users.dedup();
        Ok(holders)
    }
}

fn filter(key: &IdentityKey) -> String {
    format!(
        "identities/any(c:c/issuerAssignedId eq {} and c/issuer eq {})",
        quoted(&key.assigned),
        quoted(&key.issuer)
    )
}

fn ids(body: &Json) -> Vec<UserId> {
    let users = body.get("value").and_then(Json::as_array);
    let users = users.into_iter().flatten();
    let id = |user: &Json| user.get("id").and_then(Json::as_str).and_then(UserId::parse);
    users.filter_map(id).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{Server, json_answer};
    use super::*;

    #[test]
    fn a_filter_names_the_issuer_and_what_it_assigned_with_quotes_doubled() {
        assert_eq!(
            filter(&IdentityKey::new("Fabrikam.com", "o'x@fabrikam.com")),
            "identities/any(c:c/issuerAssignedId eq 'o''x@fabrikam.com' and c/issuer eq 'Fabrikam.com')"
        );
    }

    #[tokio::test]
    async fn holders_are_the_users_of_all_lists_and_only_a_404_says_that_there_is_none() {
        const ID: &str = "00000000-0000-4000-8000-000000000007";
        let server = Server::start(|_, seen| {
            let items = seen.json()["requests"].as_array().cloned().unwrap_or_default();
            let answers = items.iter().enumerate().map(|(index, item)| match index {
                0 => json!({"id": item["id"], "status": 200, "body": {"value": [{"id": ID}]}}),
                1 => json!({"id": item["id"], "status": 200, "body": {"value": []}}),
                2 => json!({"id": item["id"], "status": 404, "body": {"error": {"code": "Request_ResourceNotFound", "message": "no"}}}),
                3 => json!({"id": item["id"], "status": 200, "body": {"value": [], "@odata.nextLink": "https://graph.example/next"}}),
                other => json!({"id": item["id"], "status": ([400, 403, 501][other - 4]), "body": {"error": {"code": "Request_UnsupportedQuery", "message": "no"}}}),
            });
            json_answer(200, &json!({"responses": answers.collect::<Vec<_>>()}))
        })
        .await;
        let keys = ["a", "b", "c", "d", "e", "f", "g"].map(|name| IdentityKey::new("google.com", name));
        let found = DirectoryReader::new(server.session())
            .holders_of_identities(&keys)
            .await
            .unwrap();
        assert_eq!(found.users, [UserId::parse(ID).unwrap()]);
        assert_eq!(found.unknown, keys[3..]);
        assert_eq!(server.seen().len(), 1);
    }
}
